//! Results that need no order are those of `of` on the rows of the group.

use crate::data::{KINDS, Random, Same, Sample, column};
use crate::ids::{GROUPS, LENGTHS, ORDERS, apart, ids};
use lanefold::{
    Aggregate, Backend, Count, First, Grouped, Last, Max, Mean, Min, MinMax, Nullable, Number,
    NumericRow, PropagateNan, Sum, SumOfSquares, TotalOrder,
};
use std::fmt::Debug;

/// Whether a group's result is that of its rows, for all orders of ids.
fn agree<T, A>(aggregate: A, kinds: &[crate::data::Kind])
where
    T: Sample + Number,
    A: Aggregate<T, Output: Same + Debug> + Aggregate<Option<T>> + Copy,
    A: Aggregate<Option<T>, Output = <A as Aggregate<T>>::Output>,
{
    let random = &mut Random(7);
    for (i, order) in ORDERS.into_iter().enumerate() {
        for len in LENGTHS {
            let kind = kinds[(i + len) % kinds.len()];
            let ids = ids(order, len, len as u64);
            let values = column::<T>(kind, len, i as u64);
            let bits: Vec<u8> =
                (0..len / 8 + 2).map(|_| (random.word() | random.word()) as u8).collect();
            let nullable = Nullable::new(&values, &bits, 3).expect("enough bits");
            let rows: Vec<Option<T>> =
                (0..len).map(|i| nullable.is_present(i).then_some(values[i])).collect();
            let plain = apart(&ids, &values);
            let some: Vec<(u32, Vec<T>)> = apart(&ids, &rows)
                .into_iter()
                .map(|(id, rows)| (id, rows.into_iter().flatten().collect()))
                .collect();
            for backend in Backend::available() {
                let context = format!("{backend}, {order:?}, {kind:?}, {len} rows");
                let cut = len / 4;
                let mut grouped = Grouped::<_, T>::on(backend, aggregate);
                grouped.resize(GROUPS);
                grouped.update(&ids[..cut], &values[..cut]).expect("ids of groups");
                grouped.update(&ids[cut..], &values[cut..]).expect("ids of groups");
                check(&plain, |id| grouped.get(id), aggregate, &context);
                let mut grouped = Grouped::<_, Option<T>>::on(backend, aggregate);
                grouped.resize(GROUPS);
                grouped.update(&ids, nullable).expect("ids of groups");
                check(&some, |id| grouped.get(id), aggregate, &format!("{context} with nulls"));
            }
        }
    }
}

fn check<T: NumericRow<Value = T> + Number, A: Aggregate<T, Output: Same>>(
    groups: &[(u32, Vec<T>)],
    get: impl Fn(u32) -> Option<A::Output>,
    aggregate: A,
    context: &str,
) {
    for (id, rows) in groups {
        let got = get(*id).expect("a group");
        same!(got, aggregate.of(&rows[..]), "{context}, group {id} of {} rows", rows.len());
    }
    let empty = (0..GROUPS as u32).find(|id| groups.iter().all(|(other, _)| other != id));
    let got = get(empty.expect("a group without rows")).expect("a group");
    same!(got, aggregate.of(&[] as &[T]), "{context}, no rows");
}

#[test]
fn integers() {
    agree::<i32, _>((Count, Sum, Mean, Min, Max, SumOfSquares), &KINDS);
    agree::<u8, _>((Sum, MinMax), &KINDS);
    agree::<i64, _>((Sum, First, Last, SumOfSquares, Max), &KINDS);
}

#[test]
fn floats() {
    agree::<f64, _>((Count, Min, Max, First, Last), &KINDS);
    agree::<f64, _>((PropagateNan(Min), TotalOrder(Max)), &KINDS);
}
