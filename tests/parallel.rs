//! Law: parallel results equal sequential results, bit for bit, whatever the number of threads.
//!
//! Each family is asked by pools of 1, 2, 3 and 7 threads, at lengths around the ends of blocks
//! of 64 tiles. What merges with what is seen by an aggregate that writes it down: another
//! order of merges, or a block that is cut elsewhere, is another list.
#![allow(clippy::float_cmp, reason = "the bits are the same")]
#![allow(clippy::cast_possible_truncation, reason = "data from random words")]

use lanefold::{
    Adapt, Aggregate, ArgMinMax, Backend, Correlation, Count, CountIf, CountNan, Covariance,
    DistinctSketch, Dot, ExactSum, First, GeometricMean, HeavyHitters, Histogram, IntoColumn, Last,
    LogSumExp, Max, Mean, Median, Min, Moments, Norm, Nullable, Parallel, Product, Quantile,
    QuantileSketch, Row, Simd, StdDev, Sum, SumOfSquares, Tile, TopK, Variance, WeightedMean,
};
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::fmt::Debug;
use std::sync::LazyLock;

/// Rows of a block of `f64`.
const BLOCK: usize = 64 * 1024;

static POOLS: LazyLock<Vec<ThreadPool>> = LazyLock::new(|| {
    let pool = |threads| ThreadPoolBuilder::new().num_threads(threads).build();
    [1, 2, 3, 7].map(|threads| pool(threads).expect("threads")).into()
});

/// Fails unless all pools give the bits of one call. `Debug` of a float shows each of its
/// bits, but for those of NaN, which is canonical.
fn same<'a, A, C>(pools: &[ThreadPool], aggregate: &A, column: C)
where
    C: IntoColumn<'a> + Copy + Send + Sync,
    <C::Row as Row>::Column<'a>: Sync,
    A: Aggregate<C::Row, Partial: Send, Output: Debug + Send> + Sync,
{
    let want = format!("{:?}", aggregate.of(column));
    for pool in pools {
        let got = format!("{:?}", pool.install(|| aggregate.par_of(column)));
        let name = std::any::type_name::<A>();
        assert!(got == want, "{name} by {} threads", pool.current_num_threads());
    }
}

/// As [`same`], where what is shown differs in what counts for nothing: the room of buckets.
fn equal<A>(aggregate: &A, column: &Vec<f64>)
where
    A: Aggregate<f64, Partial: Send, Output: PartialEq + Debug + Send> + Sync,
{
    for pool in &POOLS[1..3] {
        assert_eq!(pool.install(|| aggregate.par_of(column)), aggregate.of(column));
    }
}

/// Values whose sum depends on the order, of all sizes and either sign, by `SplitMix64`.
fn values(len: usize, seed: u64) -> Vec<f64> {
    let mut state = seed;
    let mut word = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    };
    (0..len)
        .map(|_| {
            let bits = word();
            let exponent = 1023 - 20 + (bits >> 52) % 40;
            f64::from_bits(bits & 0x800f_ffff_ffff_ffff | exponent << 52)
        })
        .collect()
}

/// Threads share the work from more than seven blocks on.
const LENGTHS: [usize; 8] =
    [0, 1000, BLOCK, 7 * BLOCK, 7 * BLOCK + 1, 8 * BLOCK, 8 * BLOCK + 1, 9 * BLOCK + 1029];

#[test]
fn sums_and_moments_around_the_ends_of_blocks() {
    for len in LENGTHS {
        let column = values(len, 1);
        same(&POOLS, &Sum, &column);
        same(&POOLS, &(Count, Mean, StdDev::sample(), Min, Max), &column);
    }
}

#[test]
fn all_families() {
    let column = values(7 * BLOCK + 777, 2);
    same(&POOLS[1..3], &SumOfSquares, &column);
    same(&POOLS[1..3], &Variance::population(), &column);
    same(&POOLS[1..3], &Moments, &column);
    same(&POOLS[1..3], &Norm::l2(), &column);
    same(&POOLS[1..3], &Product, &column);
    same(&POOLS[1..3], &(GeometricMean, LogSumExp), &column);
    same(&POOLS[1..3], &(First, Last, CountNan, ArgMinMax), &column);
    same(&POOLS[1..3], &ExactSum, &column);
    same(&POOLS[1..3], &TopK::largest(10).with_rows(), &column);
    same(&POOLS[1..3], &Mean.filter(0.0..), &column);
    same(&POOLS[1..3], &(Sum, Median).skip_nan(), &column);
    same(&POOLS[1..3], &Sum.finite(), &column);
    same(&POOLS[1..3], &Sum.map(|x: f64| x * 0.1), &column);
    same(&POOLS[1..3], &Median, &column);
    same(&POOLS[1..3], &Quantile::new(0.99).expect("a share"), &column);
    same(&POOLS[1..3], &Histogram::linear(-1e3, 1e3, 100).expect("edges"), &column);
    equal(&QuantileSketch::new(0.01).expect("an error"), &column);
    same(&POOLS[1..3], &DistinctSketch::new(10).expect("a precision"), &column);
    same(&POOLS[1..3], &HeavyHitters::new(8).expect("a capacity"), &column);
    // Members that are cut, that are not, and that would rather not be.
    let sketch = QuantileSketch::new(0.01).expect("an error");
    let frequent = HeavyHitters::new(8).expect("a capacity");
    equal(&(Sum, Median, sketch), &column);
    equal(&(sketch, DistinctSketch::new(10).expect("a precision")), &column);
    same(&POOLS[1..3], &(Sum, frequent), &column);
}

#[test]
fn other_rows() {
    let xs = values(7 * BLOCK + 100, 3);
    let ys = values(7 * BLOCK + 100, 4);
    same(&POOLS[1..3], &Dot, (&xs, &ys));
    same(&POOLS[1..3], &(Covariance::sample(), Correlation), (&xs, &ys));
    let weights: Vec<f64> = ys.iter().map(|y| y.abs()).collect();
    same(&POOLS[1..3], &WeightedMean, (&xs, &weights));
    same(&POOLS[1..3], &Histogram::linear(-1e3, 1e3, 10).expect("edges"), (&xs, &weights));
    same(&POOLS[1..3], &Sum.filter(0.0..), (&xs, &ys));

    let bits: Vec<u8> = ys.iter().map(|y| y.to_bits() as u8).collect();
    let nullable = Nullable::new(&xs, &bits, 3).expect("enough bits");
    same(&POOLS[1..3], &(Count, Sum, Mean, Variance::sample(), Min), nullable);
    same(&POOLS[1..3], &(Count, Dot), (nullable, &ys));

    let integers: Vec<i32> = (0..1_000_000).map(|i: i32| i.wrapping_mul(0x1e37_79b9)).collect();
    same(&POOLS[1..3], &(Count, Sum, Variance::sample(), ArgMinMax), &integers);
    let many = vec![0b0110_1001_u8; 4_000_000];
    let bitmap = lanefold::Bitmap::new(&many, 1, 31_000_000).expect("enough bits");
    same(&POOLS[1..3], &(CountIf, Count), bitmap);
}

/// The tiles of each block, in the order in which they merged: their lengths and first values.
#[derive(Clone, Copy)]
struct Blocks;

impl Aggregate<f64> for Blocks {
    type Partial = Vec<Vec<(usize, f64)>>;
    type Output = Self::Partial;

    fn identity(&self) -> Self::Partial {
        Vec::new()
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut Self::Partial, tile: &Tile<'_, f64, S>) {
        let seen = (tile.len(), tile.column()[0]);
        match partial.last_mut() {
            Some(block) => block.push(seen),
            None => partial.push(vec![seen]),
        }
    }
    fn merge(&self, into: &mut Self::Partial, other: &Self::Partial) {
        into.extend_from_slice(other);
    }
    fn finish(&self, partial: &Self::Partial) -> Self::Output {
        partial.clone()
    }
}

#[test]
fn blocks_merge_in_order() {
    for len in LENGTHS {
        let column: Vec<f64> = (0..len).map(|i| i as f64).collect();
        let tiles = |block: &[f64]| block.chunks(1024).map(|x| (x.len(), x[0])).collect();
        let want: Vec<Vec<_>> = column.chunks(BLOCK).map(tiles).collect();
        assert_eq!(Blocks.of(&column), want, "{len}");
        for pool in POOLS.iter() {
            assert_eq!(pool.install(|| Blocks.par_of(&column)), want, "{len}");
        }
    }
}

#[test]
fn on_each_backend() {
    let column = values(8 * BLOCK + 5, 5);
    for backend in Backend::available() {
        for pool in POOLS.iter() {
            let got = pool.install(|| (Sum, Variance::sample()).par_of_on(backend, &column));
            assert_eq!(got, (Sum, Variance::sample()).of(&column), "{backend}");
        }
    }
}

#[test]
fn unequal_columns_are_an_error() {
    let (xs, ys) = (values(8 * BLOCK, 6), values(8 * BLOCK - 1, 7));
    let error = Dot.try_par_of((&xs, &ys)).expect_err("unequal lengths");
    assert_eq!((error.left, error.right), (xs.len(), ys.len()));
    assert_eq!(Dot.try_par_of((&xs, &xs)), Ok(Dot.of((&xs, &xs))));
}

#[test]
#[should_panic(expected = "columns of unequal length: 2 rows and 1 rows")]
fn unequal_columns_panic() {
    let _ = Dot.par_of((&[1.0, 2.0], &[1.0]));
}

/// Panics at a value.
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
    let mut column = vec![0.0; 8 * BLOCK];
    column[5 * BLOCK] = 7.5;
    POOLS[2].install(|| Fails.par_of(&column));
}
