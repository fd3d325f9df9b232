//! Law: groups by several threads have the bits of one, whatever the number of threads.
//!
//! Each aggregate is asked by pools of 1, 2, 3 and 8 threads, of ids in all orders that lead
//! different ways, at lengths around the ends of chunks and of rounds.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::needless_pass_by_value,
    reason = "data from random words, and aggregates that are values"
)]

use lanefold::{
    Aggregate, Backend, Count, ExactSum, First, GroupError, Grouped, IntoColumn, Last,
    LengthMismatch, Max, Mean, Median, Min, Nullable, PropagateNan, QuantileSketch, Row, Simd, Sum,
    SumOfSquares, Tile, TotalOrder, Variance,
};
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::fmt::Debug;
use std::sync::LazyLock;

/// Rows of a chunk, and of a round of chunks.
const CHUNK: usize = 32_768;
const ROUND: usize = 64 * CHUNK;

static POOLS: LazyLock<Vec<ThreadPool>> = LazyLock::new(|| {
    let pool = |threads| ThreadPoolBuilder::new().num_threads(threads).build();
    [1, 2, 3, 8].map(|threads| pool(threads).expect("threads")).into()
});

/// Random words, by `SplitMix64`.
fn words(seed: u64) -> impl Iterator<Item = u64> {
    (seed << 32..).map(|i| {
        let z = i.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    })
}

/// Values whose sum depends on the order, of all sizes and either sign.
fn values(len: usize, seed: u64) -> Vec<f64> {
    let value = |bits: u64| {
        let exponent = 1023 - 20 + (bits >> 52) % 40;
        f64::from_bits(bits & 0x800f_ffff_ffff_ffff | exponent << 52)
    };
    words(seed).take(len).map(value).collect()
}

/// Any of so many ids, from one on.
fn any(len: usize, from: u32, groups: u64) -> Vec<u32> {
    words(9).take(len).map(|word| from + (word % groups) as u32).collect()
}

/// Ids in an order, and how many groups there are.
fn ids(order: &str, len: usize) -> (Vec<u32>, usize) {
    let ids = match order {
        "few" => any(len, 0, 16),
        "more" => any(len, 3000, 1000),
        "many" => any(len, 0, 20_000),
        "sorted" => {
            let mut ids = any(len, 5, 40);
            ids.sort_unstable();
            ids
        }
        "one" => vec![7; len],
        "skewed" => any(len, 0, 20_000).into_iter().map(|id| id.saturating_sub(18_000)).collect(),
        // Chunks of all kinds: far apart, few, in runs, sorted.
        "mixed" => any(len, 0, 20_000)
            .into_iter()
            .enumerate()
            .map(|(row, id)| match row / CHUNK % 4 {
                0 => id,
                1 => id % 5,
                2 => (row / 40 * 7 % 50) as u32,
                _ => (row % CHUNK) as u32,
            })
            .collect(),
        _ => unreachable!("an order"),
    };
    let groups = ids.iter().max().map_or(0, |&id| id as usize + 3);
    (ids, groups)
}

const ORDERS: [&str; 7] = ["few", "more", "many", "sorted", "one", "skewed", "mixed"];

/// Fails unless all pools give the bits of one thread, after some rows before. `Debug` of a
/// float shows each of its bits, but for those of NaN, which is canonical.
fn same<'a, A, C>(aggregate: A, (ids, groups): &(Vec<u32>, usize), column: C, context: &str)
where
    C: IntoColumn<'a> + Copy + Send + Sync,
    <C::Row as Row>::Column<'a>: Sync,
    A: Aggregate<C::Row, Partial: Send, Output: Debug> + Sync + Clone,
    Grouped<A, C::Row>: Send,
{
    let mut alone = Grouped::<A, C::Row>::new(aggregate.clone());
    alone.resize(*groups);
    alone.update(ids, column).expect("ids of groups");
    let shown = |grouped: &Grouped<A, C::Row>| -> Vec<String> {
        grouped.finish().map(|output| format!("{output:?}")).collect()
    };
    // A second time onto partials with rows.
    let once = shown(&alone);
    alone.update(ids, column).expect("ids of groups");
    let twice = shown(&alone);
    for pool in POOLS.iter() {
        let mut grouped = Grouped::<A, C::Row>::new(aggregate.clone());
        grouped.resize(*groups);
        // Rows onto rows by one pool: the others have told.
        let wants = [&once, &twice];
        for want in &wants[..=usize::from(pool.current_num_threads() == 3)] {
            pool.install(|| grouped.par_update(ids, column)).expect("ids of groups");
            let got = shown(&grouped);
            let at = got.iter().zip(*want).position(|(got, want)| got != want);
            let name = std::any::type_name::<A>();
            let threads = pool.current_num_threads();
            assert!(at.is_none(), "{name}, {context}, {threads} threads, group {}", at.unwrap());
        }
    }
}

#[test]
fn sums_around_the_ends_of_chunks() {
    let lengths = [0, 7 * CHUNK, 7 * CHUNK + 1, 8 * CHUNK - 1, 8 * CHUNK, 8 * CHUNK + 1];
    for (i, order) in ORDERS.into_iter().enumerate() {
        for len in [lengths[i % 6], 9 * CHUNK + 700 + i] {
            let ids = ids(order, len);
            same(Sum, &ids, &values(len, 1), &format!("{order}, {len} rows"));
        }
    }
}

#[test]
fn sums_around_the_ends_of_rounds() {
    for (order, len) in [("few", ROUND), ("mixed", ROUND + CHUNK + 1)] {
        let ids = ids(order, len);
        same(Sum, &ids, &values(len, 2), &format!("{order}, {len} rows"));
    }
}

#[test]
fn all_kinds_in_all_orders() {
    let len = 8 * CHUNK + 333;
    let column = values(len, 3);
    let narrow: Vec<f32> = column.iter().map(|&x| x as f32).collect();
    for order in ORDERS {
        let ids = ids(order, len);
        same((Count, Sum, Min, Max), &ids, &column, order);
        same(Variance::sample(), &ids, &column, order);
        same(Sum, &ids, &narrow, order);
    }
}

#[test]
fn other_families() {
    let len = 8 * CHUNK + 50;
    let column = values(len, 4);
    for order in ["mixed", "more"] {
        let ids = ids(order, len);
        same((First, Last, Mean, SumOfSquares), &ids, &column, order);
        same(ExactSum, &ids, &column, order);
        same((Sum, Median), &ids, &column, order);
    }
    let sketch = QuantileSketch::new(0.05).expect("an error");
    same(sketch, &ids("few", len), &column, "few");
    let (ones, twos): (Vec<i32>, Vec<i32>) = (vec![3; len], (0..len as i32).collect());
    same((Sum, Max), &ids("mixed", len), &twos, "mixed");
    same(Count, &ids("mixed", len), (&ones, &twos), "mixed");
}

/// What cells cannot keep is joined row by row, and what is null is passed over.
#[test]
fn wild_values_and_nulls() {
    let len = 9 * CHUNK;
    let mut column = values(len, 5);
    for row in [100, 3 * CHUNK + 5, 3 * CHUNK + 6] {
        column[row] = -0.0;
    }
    column[5 * CHUNK + 9] = f64::INFINITY;
    column[6 * CHUNK + 9] = f64::NAN;
    let bits: Vec<u8> = words(6).take(len / 8 + 2).map(|word| word as u8).collect();
    let nullable = Nullable::new(&column, &bits, 3).expect("enough bits");
    for order in ["few", "more", "many"] {
        let ids = ids(order, len);
        same((Sum, Min), &ids, &column, order);
        same(PropagateNan(Max), &ids, &column, order);
        same((Count, Sum, Max), &ids, nullable, order);
    }
}

/// Groups in the middle whose rows are all of a value that cells cannot keep, in some joins only,
/// beside groups that are not there at all: from there on, rows join one by one.
#[test]
fn from_the_first_group_in_doubt_on() {
    let len = 8 * CHUNK + 9;
    for span in [16_u32, 700] {
        let mut ids = any(len, 0, span.into());
        let mut column = values(len, 9);
        for (row, (id, x)) in ids.iter_mut().zip(&mut column).enumerate() {
            let is_there = row / 5000 % 3 != 0;
            if *id == span / 2 && row / 3000 % 2 == 0 {
                *x = -0.0;
            } else if *id == span / 2 + 3 && row / 7000 % 2 == 0 {
                *x = f64::INFINITY;
            } else if *id == span / 3 && !is_there {
                *id += 1;
            }
        }
        let ids = (ids, span as usize);
        same(Sum, &ids, &column, "a sum");
        same((Sum, Min, Max), &ids, &column, "three");
        same((Max, TotalOrder(Min)), &ids, &column, "a total order");
    }
}

#[test]
fn on_each_backend() {
    let len = 8 * CHUNK + 5;
    let (ids, groups) = ids("mixed", len);
    let column = values(len, 7);
    let mut want = Grouped::<_, f64>::new((Sum, Mean));
    want.resize(groups);
    want.update(&ids, &column).expect("ids of groups");
    for backend in Backend::available() {
        let mut grouped = Grouped::<_, f64>::on(backend, (Sum, Mean));
        grouped.resize(groups);
        POOLS[1].install(|| grouped.par_update(&ids, &column)).expect("ids of groups");
        assert!(grouped.finish().eq(want.finish()), "{backend}");
    }
}

#[test]
fn errors_name_the_first_place_and_nothing_is_taken_in() {
    let len = 12 * CHUNK;
    let column = values(len, 8);
    for pool in POOLS.iter() {
        let mut grouped = Grouped::<_, f64>::new((Count, Sum));
        grouped.resize(16);
        grouped.update(&[1, 1], &[2.0, 3.0]).expect("ids of groups");
        let before: Vec<_> = grouped.finish().collect();
        for row in [0, 5 * CHUNK, len - 1] {
            let mut ids = any(len, 0, 16);
            for (later, id) in [(row, 16), ((row + 3 * CHUNK).min(len - 1), u32::MAX)] {
                if later == row || ids[row] == 16 && later > row {
                    ids[later] = id;
                }
            }
            let error = GroupError::Id { row, id: ids[row], groups: 16 };
            assert_eq!(pool.install(|| grouped.par_update(&ids, &column)), Err(error));
            assert!(grouped.finish().eq(before.iter().copied()));
        }
        let ids = any(len, 0, 16);
        let error = GroupError::Rows { ids: len, rows: len - 1 };
        assert_eq!(pool.install(|| grouped.par_update(&ids, &column[1..])), Err(error));
        assert!(grouped.finish().eq(before.iter().copied()));
        let mut pairs = Grouped::<_, (f64, f64)>::new(Count);
        pairs.resize(16);
        let error = GroupError::Columns(LengthMismatch { left: len, right: len - 1 });
        let got = pool.install(|| pairs.par_update(&ids, (&column, &column[1..])));
        assert_eq!(got, Err(error));
    }
}

/// The tiles of a group, in the order in which they came: their lengths and first values.
#[derive(Clone, Copy)]
struct Tiles;

impl Aggregate<f64> for Tiles {
    type Partial = Vec<(usize, f64)>;
    type Output = Self::Partial;

    fn identity(&self) -> Self::Partial {
        Vec::new()
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut Self::Partial, tile: &Tile<'_, f64, S>) {
        partial.push((tile.len(), tile.column()[0]));
    }
    fn merge(&self, into: &mut Self::Partial, other: &Self::Partial) {
        into.extend_from_slice(other);
    }
    fn finish(&self, partial: &Self::Partial) -> Self::Output {
        partial.clone()
    }
}

#[test]
fn tiles_come_in_order() {
    let len = 10 * CHUNK + 77;
    let column: Vec<f64> = (0..len).map(|row| row as f64).collect();
    for order in ORDERS {
        same(Tiles, &ids(order, len), &column, order);
    }
}

/// Panics at a value.
#[derive(Clone, Copy)]
struct Fails;

impl Aggregate<f64> for Fails {
    type Partial = ();
    type Output = ();

    fn identity(&self) {}
    #[inline(always)]
    fn update<S: Simd>(&self, (): &mut (), tile: &Tile<'_, f64, S>) {
        assert!(!tile.column().contains(&7.5), "that value");
    }
    fn merge(&self, (): &mut (), (): &()) {}
    fn finish(&self, (): &()) {}
}

#[test]
#[should_panic(expected = "that value")]
fn a_panic_comes_out() {
    let mut column = vec![0.0; 9 * CHUNK];
    column[5 * CHUNK] = 7.5;
    let mut grouped = Grouped::<_, f64>::new(Fails);
    grouped.resize(16);
    let _ = POOLS[2].install(|| grouped.par_update(&any(9 * CHUNK, 0, 16), &column));
}
