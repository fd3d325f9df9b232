//! Results that need no order are those of the rows of the group, whatever the way.

use crate::data::{KINDS, Random, Same, Sample, column};
use crate::ids::{ORDERS, Order, apart, cut, groups, ids, lengths};
use crate::spec::{Spec, Written};
use lanefold::{
    Aggregate, Backend, Count, First, Grouped, Last, Max, Mean, Min, MinMax, Nullable, Number,
    PropagateNan, Sum, SumOfSquares, TotalOrder,
};

/// Compares each group's result with what the specification says of its rows, which may be null.
fn agree<T, A>(aggregate: A, written: impl Fn(&[Option<T>]) -> <A as Aggregate<T>>::Output)
where
    T: Sample + Number,
    A: Aggregate<T, Output: Same> + Copy,
    A: Aggregate<Option<T>, Output = <A as Aggregate<T>>::Output>,
{
    let random = &mut Random(7);
    for (i, order) in ORDERS.into_iter().enumerate() {
        for len in lengths(i) {
            let kind = KINDS[(i + len) % KINDS.len()];
            let ids = ids(order, len, len as u64);
            let values = column::<T>(kind, len, i as u64);
            let bits: Vec<u8> =
                (0..len / 8 + 2).map(|_| (random.word() | random.word()) as u8).collect();
            let nullable = Nullable::new(&values, &bits, 3).expect("enough bits");
            let rows: Vec<Option<T>> =
                (0..len).map(|i| nullable.is_present(i).then_some(values[i])).collect();
            let all: Vec<Option<T>> = values.iter().copied().map(Some).collect();
            let want = |rows| -> Vec<_> {
                let of = |(id, rows): (u32, Vec<Option<T>>)| (id, written(&rows));
                apart(&ids, rows).into_iter().map(of).collect()
            };
            let (want_all, want_some) = (want(&all), want(&rows));
            for backend in Backend::available() {
                let context = format!("{backend}, {order:?}, {kind:?}, {len} rows");
                let cut = cut(len);
                let mut grouped = Grouped::<_, T>::on(backend, aggregate);
                grouped.resize(groups(&ids));
                grouped.update(&ids[..cut], &values[..cut]).expect("ids of groups");
                grouped.update(&ids[cut..], &values[cut..]).expect("ids of groups");
                for (id, want) in &want_all {
                    same!(grouped.get(*id).expect("a group"), *want, "{context}, group {id}");
                }
                let last = grouped.get(groups(&ids) as u32 - 1).expect("a group");
                same!(last, written(&[]), "{context}, no rows");
                let mut grouped = Grouped::<_, Option<T>>::on(backend, aggregate);
                grouped.resize(groups(&ids));
                grouped.update(&ids, nullable).expect("ids of groups");
                for (id, want) in &want_some {
                    let got = grouped.get(*id).expect("a group");
                    same!(got, *want, "{context} with nulls, group {id}");
                }
            }
        }
    }
}

fn first<T: Copy>(rows: &[Option<T>]) -> Option<T> {
    rows.iter().copied().find_map(|row| row)
}

fn last<T: Copy>(rows: &[Option<T>]) -> Option<T> {
    rows.iter().rev().copied().find_map(|row| row)
}

#[test]
fn integers() {
    agree::<i32, _>((Count, Sum, Mean, Min, Max, SumOfSquares), |rows| {
        let (count, sum, mean) = (Count.written(rows), Sum.written(rows), Mean.written(rows));
        (count, sum, mean, Min.written(rows), Max.written(rows), SumOfSquares.written(rows))
    });
    agree::<u8, _>((Sum, Max), |rows| (Sum.written(rows), Max.written(rows)));
    agree::<u64, _>((Sum, MinMax), |rows| (Sum.written(rows), MinMax.written(rows)));
    agree::<i16, _>(MinMax, |rows| MinMax.written(rows));
    agree::<i64, _>((Sum, First, Last, SumOfSquares), |rows| {
        (Sum.written(rows), first(rows), last(rows), SumOfSquares.written(rows))
    });
}

fn canonical(x: f64) -> f64 {
    if x.is_nan() { f64::NAN } else { x }
}

#[test]
fn floats() {
    agree::<f64, _>((Count, Min, Max, First, Last), |rows| {
        let (first, last) = (first(rows).map(canonical), last(rows).map(canonical));
        (Count.written(rows), Min.written(rows), Max.written(rows), first, last)
    });
    agree::<f32, _>((Count, MinMax), |rows| (Count.written(rows), MinMax.written(rows)));
    agree::<f64, _>((PropagateNan(Min), TotalOrder(Max)), |rows| {
        let some = || rows.iter().flatten().copied();
        let is_nan = some().any(Spec::is_nan);
        let min = if is_nan { Some(f64::NAN) } else { Min.written(rows) };
        (min, some().max_by(f64::total_cmp).map(canonical))
    });
}

/// Compares each group's result with that of its rows as a column.
fn agree_with_columns<A: Aggregate<f64, Output: Same> + Copy>(
    aggregate: A,
    ids: &[u32],
    values: &[f64],
    hidden: &[f64],
) {
    for backend in Backend::available() {
        let mut grouped = Grouped::<_, f64>::on(backend, aggregate);
        grouped.resize(groups(ids));
        grouped.update(ids, values).expect("ids of groups");
        for (id, rows) in apart(ids, values) {
            let got = grouped.get(id).expect("a group");
            same!(got, aggregate.of(&rows), "{backend}, {hidden:?}, group {id}");
        }
    }
}

/// One group has nothing but values that a cell cannot tell from no row, or from each other, and
/// each aggregate is asked alone: no other one finds them for it.
#[test]
fn what_cells_hide_is_found() {
    const SETS: [&[f64]; 7] = [
        &[f64::INFINITY],
        &[f64::NEG_INFINITY],
        &[-0.0],
        &[-0.0, 0.0],
        &[0.0, -0.0],
        &[f64::INFINITY, f64::NAN],
        &[f64::NAN, f64::NEG_INFINITY, f64::NAN],
    ];
    for few in [4_u32, 16, 700] {
        let ids = ids(Order::Random(few), 4000, 3);
        for set in SETS {
            for sign in [1.0, -1.0] {
                let value = |(row, &id): (usize, &u32)| {
                    if id == few / 2 { set[row % set.len()] } else { sign * (1 + row) as f64 }
                };
                let values: Vec<f64> = ids.iter().enumerate().map(value).collect();
                agree_with_columns(Min, &ids, &values, set);
                agree_with_columns(Max, &ids, &values, set);
                agree_with_columns(PropagateNan(Max), &ids, &values, set);
                agree_with_columns(TotalOrder(Min), &ids, &values, set);
                if set.iter().all(|x| *x == 0.0) {
                    agree_with_columns(Sum, &ids, &values, set);
                }
            }
        }
    }
}
