//! Groups by key.

use crate::data::{Kind, Random, column};
use lanefold::{AsKey, Backend, Count, ExactSum, GroupBy, Max, Sum};
use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hash, Hasher, RandomState};

#[test]
fn keys_are_those_of_a_map() {
    let random = &mut Random(1);
    let keys: Vec<u64> = (0..50_000).map(|_| (random.word() % 3000) << 40).collect();
    let values = column::<f64>(Kind::Ordinary, keys.len(), 2);
    let mut map: BTreeMap<u64, Vec<f64>> = BTreeMap::new();
    let mut seen = Vec::new();
    for (&key, &x) in keys.iter().zip(&values) {
        let rows = map.entry(key).or_default();
        if rows.is_empty() {
            seen.push(key);
        }
        rows.push(x);
    }
    for backend in Backend::available() {
        let mut by = GroupBy::<u64, _, f64>::on(backend, (Count, ExactSum));
        for (keys, values) in keys.chunks(7000).zip(values.chunks(7000)) {
            by.update(keys, values).expect("as many keys");
        }
        assert_eq!((by.len(), by.is_empty()), (map.len(), false));
        assert_eq!(by.keys(), seen, "in the order in which they were first seen");
        assert!(by.iter().map(|(key, _)| key).eq(&seen));
        let sorted = by.sorted();
        assert_eq!(sorted.len(), map.len());
        for ((key, got), (want_key, rows)) in sorted.into_iter().zip(&map) {
            assert_eq!(key, want_key);
            let want = (rows.len() as u64, lanefold::exact_sum(rows));
            same!(got, want, "{backend}, key {key}");
            same!(by.get(key).expect("a key"), want, "{backend}, key {key}");
        }
        assert_eq!(by.get(1), None);
    }
}

#[test]
fn the_hasher_does_not_show() {
    let keys: Vec<i32> = (0..1000).map(|i| i * i % 91).collect();
    let values: Vec<f64> = (0..1000).map(|i| 1.0 / (1.0 + f64::from(i))).collect();
    let mut one = GroupBy::<i32, _, f64>::new(Sum);
    let mut other = GroupBy::with_hasher(Backend::best(), Sum, RandomState::new());
    let mut worst = GroupBy::with_hasher(Backend::best(), Sum, One);
    one.update(&keys, &values).expect("as many keys");
    other.update(&keys, &values).expect("as many keys");
    worst.update(&keys, &values).expect("as many keys");
    assert!(one.iter().eq(other.iter()));
    assert!(one.iter().eq(worst.iter()));
}

/// The same hash for all.
#[derive(Clone)]
struct One;

impl BuildHasher for One {
    type Hasher = One;
    fn build_hasher(&self) -> One {
        One
    }
}

impl Hasher for One {
    fn write(&mut self, _: &[u8]) {}
    fn finish(&self) -> u64 {
        1
    }
}

#[test]
fn strings_bytes_and_tuples() {
    let mut by = GroupBy::<(String, u8), _, i32>::new((Count, Max));
    by.update([("x", 1_u8), ("y", 1), ("x", 2), ("x", 1)], &[1, 2, 3, 4]).expect("as many keys");
    by.push(("y", 1), 9).expect("a key");
    by.push((String::from("z"), 0), 5).expect("a key");
    assert_eq!(by.get(("x", 1)), Some((2, Some(4))));
    assert_eq!(by.get(("y", 1)), Some((2, Some(9))));
    assert_eq!(by.get((&String::from("z"), &0)), Some((1, Some(5))));
    assert_eq!(by.get(("y", 2)), None);
    let mut by = GroupBy::<Vec<u8>, _, i32>::new(Count);
    by.update([b"ab", b"cd", b"ab"].map(|bytes| &bytes[..]), &[0, 0, 0]).expect("as many keys");
    assert_eq!(by.get(&b"ab"[..]), Some(2));
    let mut by = GroupBy::<Box<str>, _, i32>::new(Count);
    by.update(["é", "e", "é"], &[0, 0, 0]).expect("as many keys");
    assert_eq!((by.get("é"), by.get("")), (Some(2), None));
}

/// A key of one's own, which counts how often it was made.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Made(String);

struct Lent<'a>(&'a str, &'a std::cell::Cell<usize>);

impl Hash for Lent<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl AsKey<Made> for Lent<'_> {
    fn is_key(&self, key: &Made) -> bool {
        self.0 == key.0
    }
    fn to_key(&self) -> Made {
        self.1.set(self.1.get() + 1);
        Made(self.0.to_owned())
    }
}

#[test]
fn keys_are_made_where_they_are_new() {
    let made = std::cell::Cell::new(0);
    let mut by = GroupBy::<Made, _, i32>::new(Count);
    let words = ["a", "b", "a", "b", "b", "c"];
    by.update(words.map(|word| Lent(word, &made)), &[0; 6]).expect("as many keys");
    by.push(Lent("c", &made), 0).expect("a key");
    assert_eq!((by.len(), made.get()), (3, 3));
    assert_eq!(by.get(Lent("b", &made)), Some(3));
}

#[test]
fn groups_by_key_merge() {
    let mut one = GroupBy::<String, _, i32>::new((Count, Sum));
    let mut other = one.clone();
    one.update(["a", "b"], &[1, 2]).expect("as many keys");
    other.update(["c", "b", "b"], &[4, 8, 16]).expect("as many keys");
    one.merge(&other).expect("few keys");
    let all: Vec<_> = one.iter().map(|(key, sum)| (key.as_str(), sum)).collect();
    assert_eq!(all, [("a", (1, 1)), ("b", (3, 26)), ("c", (1, 4))]);
    one.clear();
    assert!(one.is_empty() && one.get("a").is_none());
    one.push("b", 3).expect("a key");
    assert_eq!(one.get("b"), Some((1, 3)));
    assert_eq!(one.grouped().groups(), 1);
}
