//! What groups keep, hand out, and merge.

use crate::data::{Kind, column};
use crate::ids::{Order, ids};
use lanefold::{
    Accumulator, Adapt, Aggregate, Backend, Count, ExactSum, Grouped, Max, Median, Sum, Variance,
};

#[test]
fn rows_pushed_are_calls_of_one_row() {
    let (ids, values) = (ids(Order::Random(5), 300, 1), column::<f64>(Kind::Sprinkled, 300, 2));
    for backend in Backend::available() {
        let mut pushed = Grouped::<_, f64>::on(backend, (Count, Sum, Max));
        let mut medians = Grouped::<_, f64>::on(backend, (Sum, Median));
        let (mut updated, mut one_by_one) = (pushed.clone(), medians.clone());
        for groups in [&mut pushed, &mut updated] {
            groups.resize(5);
        }
        for groups in [&mut medians, &mut one_by_one] {
            groups.resize(5);
        }
        for (&id, x) in ids.iter().zip(&values) {
            pushed.push(id, *x).expect("a group");
            updated.update(&[id], core::slice::from_ref(x)).expect("a group");
            medians.push(id, *x).expect("a group");
            one_by_one.update(&[id], core::slice::from_ref(x)).expect("a group");
        }
        for (one, other) in pushed.finish().zip(updated.finish()) {
            same!(one, other, "{backend}");
        }
        for (one, other) in medians.finish().zip(one_by_one.finish()) {
            same!(one, other, "{backend}");
        }
    }
}

#[test]
fn groups_merge() {
    let (ids, values) =
        (ids(Order::Random(700), 20_000, 3), column::<f64>(Kind::Ordinary, 20_000, 4));
    let each = (Count, ExactSum, Max);
    for backend in Backend::available() {
        let mut whole = Grouped::<_, f64>::on(backend, each);
        let (mut first, mut second) = (whole.clone(), whole.clone());
        whole.resize(701);
        // Fewer groups than the other; one has no rows.
        first.resize(700);
        second.resize(701);
        whole.update(&ids, &values).expect("ids of groups");
        first.update(&ids[..9000], &values[..9000]).expect("ids of groups");
        second.update(&ids[9000..], &values[9000..]).expect("ids of groups");
        let mut merged = first.clone();
        merged.merge(&second);
        assert_eq!(merged.groups(), 701);
        assert!(merged.finish().eq(whole.finish()), "{backend}");
        merged.merge(&Grouped::on(backend, each));
        assert!(merged.finish().eq(whole.finish()), "{backend}");

        let map: Vec<u32> = (0..701).map(|i| (i * 3) % 10).collect();
        let mut mapped = Grouped::<_, f64>::on(backend, each);
        mapped.resize(10);
        mapped.merge_mapped(&whole, &map).expect("ids of groups");
        let ten: Vec<u32> = ids.iter().map(|&id| map[id as usize]).collect();
        let want = each.by(&ten, 10).of_on(backend, &values).expect("ids of groups");
        assert!(mapped.finish().eq(want), "{backend}");
    }
}

/// The rows of `other` come after.
#[test]
fn merges_are_those_of_partials() {
    let values = column::<f64>(Kind::Ordinary, 3000, 5);
    let variance = Variance::sample();
    let mut first = Grouped::<_, f64>::new(variance);
    first.resize(1);
    let mut second = first.clone();
    first.update(&[0; 2000], &values[..2000]).expect("ids of groups");
    second.update(&[0; 1000], &values[2000..]).expect("ids of groups");
    first.merge(&second);
    let mut want = Accumulator::<_, f64>::new(variance);
    want.update(&values[..2000]).expect("one column");
    let mut other = Accumulator::<_, f64>::new(variance);
    other.update(&values[2000..]).expect("one column");
    want.merge(&other);
    same!(first.get(0).expect("a group"), want.finish(), "merged");
}

#[test]
fn what_is_taken_starts_anew() {
    for backend in Backend::available() {
        let mut grouped = Grouped::<_, i32>::on(backend, (Count, Sum));
        assert_eq!((grouped.groups(), grouped.finish().len()), (0, 0));
        grouped.resize(3);
        grouped.update(&[2, 2, 0], &[1, 2, 3]).expect("ids of groups");
        grouped.resize(2);
        assert_eq!(grouped.groups(), 3, "they do not get fewer");
        grouped.resize(4);
        let mut places = [(9, 9); 4];
        grouped.finish_into(&mut places).expect("as many places");
        assert_eq!(places, [(1, 3), (0, 0), (2, 3), (0, 0)]);
        let partials = grouped.take();
        assert_eq!(partials.len(), 4);
        let finished: Vec<(u64, i64)> = partials
            .iter()
            .map(|partial| Aggregate::<i32>::finish(&(Count, Sum), partial))
            .collect();
        assert_eq!(finished, places);
        assert!(grouped.finish().eq([(0, 0); 4]));
        grouped.update(&[1], &[7]).expect("ids of groups");
        assert_eq!(grouped.get(1), Some((1, 7)));
        assert_eq!(grouped.get(4), None);
        grouped.reset();
        assert!(grouped.finish().eq([(0, 0); 4]));
    }
}
