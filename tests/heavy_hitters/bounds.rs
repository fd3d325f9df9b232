//! The bounds, on data that tries them, and on trees of merges.

use crate::data::Random;
use lanefold::{Accumulator, Aggregate, FrequentValues, HeavyHitters};
use std::collections::HashMap;

type Partial = <HeavyHitters as Aggregate<u64>>::Partial;

fn hitters(capacity: usize) -> HeavyHitters {
    HeavyHitters::new(capacity).expect("a capacity that there is")
}

fn partial(capacity: usize, values: &[u64]) -> Partial {
    let mut stream = Accumulator::new(hitters(capacity));
    stream.update(values).expect("one column");
    stream.partial()
}

fn merge(capacity: usize, into: &mut Partial, other: &Partial) {
    Aggregate::<u64>::merge(&hitters(capacity), into, other);
}

fn finish(partial: &Partial) -> FrequentValues<u64> {
    Aggregate::<u64>::finish(&hitters(1), partial)
}

/// Fails unless all that is promised of `rows` holds.
#[track_caller]
fn holds(got: &FrequentValues<u64>, capacity: usize, rows: &[u64], context: &str) {
    let mut truth: HashMap<u64, u64> = HashMap::new();
    for &row in rows {
        *truth.entry(row).or_default() += 1;
    }
    let exact = truth.len() <= capacity;
    let bound = rows.len() as u64 / capacity as u64;
    assert_eq!(got.rows, rows.len() as u64, "{context}");
    assert!(got.values.len() <= capacity, "{context}: {} values", got.values.len());
    assert!(got.others <= bound, "{context}: others {} of {bound}", got.others);
    let mut sum = 0;
    for x in &got.values {
        let rows = truth.remove(&x.value).unwrap_or(0);
        assert!(x.count >= rows && x.count - x.error <= rows, "{context}: {x:?}, {rows} rows");
        assert!(x.error <= bound && x.error <= got.others, "{context}: {x:?}, {bound}");
        assert!(x.count >= got.others, "{context}: {x:?}, others {}", got.others);
        sum += x.count;
    }
    assert!(sum <= got.rows, "{context}: counts add up to {sum}");
    let unseen = truth.values().copied().max().unwrap_or(0);
    assert!(unseen <= got.others, "{context}: {unseen} rows of a value that is not listed");
    if exact {
        assert!(truth.is_empty() && got.others == 0, "{context}: exact");
    }
}

/// Columns that try the bounds.
fn columns(len: usize, capacity: usize, seed: u64) -> Vec<(&'static str, Vec<u64>)> {
    let random = &mut Random(seed);
    let k = capacity as u64;
    let n = len as u64;
    // Zipf's law, of exponents 1 and 2, by inversion.
    let zipf = |random: &mut Random| 1e5_f64.powf(random.unit()) as u64;
    let steep = |random: &mut Random| (1.0 / (1.0 - random.unit())) as u64;
    let ones = (0..len).map(|_| zipf(random)).collect();
    let twos = (0..len).map(|_| steep(random)).collect();
    let any = (0..len).map(|_| random.word()).collect();
    let mixed = (0..n).map(|i| if random.below(3) == 0 { i } else { zipf(random) }).collect();
    vec![
        ("zipf 1", ones),
        ("zipf 2", twos),
        ("random", any),
        ("half noise", mixed),
        ("one too many", (0..n).map(|i| i % (k + 1)).collect()),
        ("as many as counters", (0..n).map(|i| i % k).collect()),
        ("all different", (0..n).collect()),
        ("constant", vec![7; len]),
        ("sorted", (0..n).map(|i| i * i / n).collect()),
        // Those that come often come first, and then nothing but others; or the reverse.
        ("noise after", (0..n).map(|i| if i < n / 2 { i % 5 } else { i }).collect()),
        ("noise before", (0..n).map(|i| if i > n / 2 { i % 5 } else { i }).collect()),
    ]
}

#[test]
fn of_a_column() {
    let most = if cfg!(debug_assertions) { 5_000 } else { 200_000 };
    for capacity in [1, 2, 10, 100, 1000] {
        for len in [1, 50, 999, most] {
            for (name, values) in columns(len, capacity, 1) {
                let got = hitters(capacity).of(&values);
                holds(&got, capacity, &values, &format!("{name}, {len} rows, {capacity} counters"));
                if values.len() > capacity && got.others > 0 {
                    let sum = got.values.iter().map(|x| x.count).sum::<u64>();
                    assert_eq!(sum, got.rows, "each row is counted once");
                }
            }
        }
    }
}

#[test]
fn of_merges() {
    let random = &mut Random(2);
    let trials = if cfg!(debug_assertions) { 3 } else { 20 };
    for capacity in [1, 2, 10, 100] {
        for trial in 0..trials {
            for (name, values) in columns(6000, capacity, trial) {
                let context = format!("{name}, {capacity} counters, trial {trial}");
                let mut partials = vec![(partial(capacity, &[]), Vec::new())];
                let mut rest = &values[..];
                while !rest.is_empty() {
                    let longest = [5, 400, 3000][random.below(3)];
                    let (piece, after) = rest.split_at(random.below(longest).min(rest.len()));
                    partials.push((partial(capacity, piece), piece.to_vec()));
                    rest = after;
                }
                while partials.len() > 1 {
                    let (other, rows) = partials.swap_remove(random.below(partials.len()));
                    let at = random.below(partials.len());
                    let (into, all) = &mut partials[at];
                    let mut turned = other.clone();
                    merge(capacity, &mut turned, into);
                    merge(capacity, into, &other);
                    assert_eq!(finish(&turned), finish(into), "{context}: either way");
                    all.extend(rows);
                    // More rows may follow.
                    let mut stream: Accumulator<_, u64> = Accumulator::new(hitters(capacity));
                    stream.merge_partial(into);
                    stream.update(&values[..100]).expect("one column");
                    all.extend_from_slice(&values[..100]);
                    *into = stream.partial();
                    if partials.len() < 5 {
                        let (into, all) = &partials[at.min(partials.len() - 1)];
                        holds(&finish(into), capacity, all, &context);
                    }
                }
                let (all, rows) = &partials[0];
                holds(&finish(all), capacity, rows, &context);
            }
        }
    }
}

/// Merging nothing leaves what would come later as it is, too.
#[test]
fn merging_with_nothing_changes_nothing() {
    for (name, values) in columns(3000, 10, 3) {
        let (first, second) = values.split_at(2000);
        let mut want: Accumulator<_, u64> = Accumulator::new(hitters(10));
        want.update(first).expect("one column");
        let mut before = partial(10, &[]);
        merge(10, &mut before, &partial(10, first));
        let mut after = partial(10, first);
        merge(10, &mut after, &partial(10, &[]));
        want.update(second).expect("one column");
        for first in [before, after] {
            let mut stream: Accumulator<_, u64> = Accumulator::new(hitters(10));
            stream.merge_partial(&first);
            stream.update(second).expect("one column");
            assert_eq!(stream.finish(), want.finish(), "{name}");
        }
    }
}

#[test]
fn unequal_capacities_merge_to_the_lower() {
    for (one, other) in [(100, 10), (10, 100), (1, 1000), (10, 11)] {
        for (name, values) in columns(4000, 10, 4) {
            for cut in [0, 5, 1000, 4000] {
                let (first, second) = values.split_at(cut);
                let mut into = partial(one, first);
                merge(one, &mut into, &partial(other, second));
                let context = format!("{name}, {one} and {other} counters, cut at {cut}");
                holds(&finish(&into), usize::min(one, other), &values, &context);
            }
        }
    }
}

/// More rows than any memory holds: counts stay at the greatest number.
#[test]
fn merges_without_end_saturate() {
    let mut partial = partial(2, &[1, 1, 1, 2, 3]);
    for _ in 0..70 {
        let same = partial.clone();
        merge(2, &mut partial, &same);
    }
    let mut stream: Accumulator<_, u64> = Accumulator::new(hitters(2));
    stream.merge_partial(&partial);
    let frequent = stream.finish();
    assert_eq!((frequent.rows, frequent.values[0].count), (u64::MAX, u64::MAX));
    assert_eq!(frequent.values[0].value, 1);
}
