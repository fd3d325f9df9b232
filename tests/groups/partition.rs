//! Aggregates that take rows by the tile.

use crate::data::{Kind, Random, column};
use crate::ids::{ORDERS, apart, groups, ids};
use lanefold::{
    Aggregate, Any, Backend, Bitmap, Count, CountIf, Covariance, Grouped, Median, Nullable,
    NumericRow, Simd, Sum, Tile, Variance,
};

/// The tiles that it saw.
#[derive(Clone, Copy)]
struct Tiles;

impl<R: NumericRow<Value = i32>> Aggregate<R> for Tiles {
    type Partial = Vec<Vec<i32>>;
    type Output = Vec<Vec<i32>>;

    fn identity(&self) -> Self::Partial {
        Vec::new()
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut Self::Partial, tile: &Tile<'_, R, S>) {
        let mut seen = Vec::new();
        tile.for_each(|x| seen.push(x));
        partial.push(seen);
    }
    fn merge(&self, into: &mut Self::Partial, other: &Self::Partial) {
        into.extend_from_slice(other);
    }
    fn finish(&self, partial: &Self::Partial) -> Self::Output {
        partial.clone()
    }
}

#[test]
fn rows_come_in_order_by_tiles_of_each_chunk() {
    for order in ORDERS {
        let len = 40_000;
        let ids = ids(order, len, 1);
        let values: Vec<i32> = (0..len as i32).collect();
        let mut want = vec![Vec::new(); groups(&ids)];
        for (ids, values) in ids.chunks(32_768).zip(values.chunks(32_768)) {
            for (id, rows) in apart(ids, values) {
                want[id as usize].extend(rows.chunks(2048).map(<[i32]>::to_vec));
            }
        }
        for backend in Backend::available() {
            let mut grouped = Grouped::<_, i32>::on(backend, Tiles);
            grouped.resize(groups(&ids));
            grouped.update(&ids, &values).expect("ids of groups");
            assert!(grouped.finish().eq(want.iter().cloned()), "{backend}, {order:?}");
        }
    }
}

#[test]
fn a_tuple_with_one_of_them_is_one_of_them() {
    let ids: Vec<u32> = (0..5000).map(|i| i % 3).collect();
    let values = column::<f64>(Kind::Ordinary, 5000, 2);
    let all = apart(&ids, &values);
    for backend in Backend::available() {
        let both = (Sum, Variance::sample());
        let mut grouped = Grouped::<_, f64>::on(backend, both);
        grouped.resize(3);
        grouped.update(&ids, &values).expect("ids of groups");
        for (got, (id, rows)) in grouped.finish().zip(&all) {
            same!(got, both.of(rows), "{backend}, group {id}");
        }
    }
}

#[test]
fn nulls_pairs_and_booleans() {
    let random = &mut Random(9);
    let len = 5_000;
    for order in ORDERS.into_iter().step_by(3) {
        let ids = ids(order, len, 4);
        let one = column::<f64>(Kind::Ordinary, len, 5);
        let other = column::<i32>(Kind::Ordinary, len, 6);
        let bits: Vec<u8> = (0..len / 8 + 2).map(|_| random.word() as u8).collect();
        let present = |i: usize| bits[(i + 3) / 8] >> ((i + 3) % 8) & 1 == 1;
        let pairs: Vec<(f64, i32)> = one.iter().copied().zip(other.iter().copied()).collect();
        let rows: Vec<usize> = (0..len).collect();
        let all = apart(&ids, &rows);
        for backend in Backend::available() {
            let context = format!("{backend}, {order:?}");
            let nullable = Nullable::new(&one, &bits, 3).expect("enough bits");
            let mut medians = Grouped::<_, Option<f64>>::on(backend, Median);
            medians.resize(groups(&ids));
            medians.update(&ids, nullable).expect("ids of groups");
            let joint = (Count, Covariance::sample());
            let mut of_pairs = Grouped::<_, (f64, i32)>::on(backend, joint);
            of_pairs.resize(groups(&ids));
            of_pairs.update(&ids, (&one, &other)).expect("ids of groups");
            let mut counts = Grouped::<_, (Option<f64>, i32)>::on(backend, Count);
            counts.resize(groups(&ids));
            counts.update(&ids, (nullable, &other)).expect("ids of groups");
            let booleans = Bitmap::new(&bits, 3, len).expect("enough bits");
            let mut of_booleans = Grouped::<_, bool>::on(backend, (Any, CountIf, Count));
            of_booleans.resize(groups(&ids));
            of_booleans.update(&ids, booleans).expect("ids of groups");
            for (id, rows) in &all {
                let some: Vec<f64> =
                    rows.iter().filter(|&&i| present(i)).map(|&i| one[i]).collect();
                let (a, b): (Vec<f64>, Vec<i32>) = rows.iter().map(|&i| pairs[i]).unzip();
                same!(medians.get(*id).unwrap(), Median.of(&some), "{context}, group {id}");
                same!(of_pairs.get(*id).unwrap(), joint.of((&a, &b)), "{context}, group {id}");
                assert_eq!(counts.get(*id), Some(some.len() as u64), "{context}, group {id}");
                let trues = some.len() as u64;
                let want = (trues > 0, trues, rows.len() as u64);
                assert_eq!(of_booleans.get(*id), Some(want), "{context}, group {id}");
            }
        }
    }
}
