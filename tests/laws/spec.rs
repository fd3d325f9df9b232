//! The specification: what the documentation says, in the plainest code for it.
//!
//! A column is cut into tiles of 8 KiB, and a tile into runs of 16 stripes of 256 bytes.
//! Row `i` of a run goes to lane `i % stripe`, which takes its rows in order. The lanes
//! of runs join one by one, in order; then the lanes of the tile by halving. Sums of
//! tiles join `hi + lo`, where `lo` takes what each addition to `hi` rounds away.
//! Spreads of tiles join by the formula of Chan, Golub and `LeVeque`. So do 64 tiles, a block;
//! then the blocks, in order.
//!
//! A row that is null keeps its place, and its lane leaves it out.
//!
//! Integers need no order: their statistics are exact, rounded once; see [`exact`].

use crate::data::{Same, Sample};
use crate::exact::{self, Signed};
use lanefold::{
    Aggregate, Count, Max, Mean, Min, MinMax, Number, StdDev, Sum, SumOfSquares, Variance,
};
use std::cmp::Ordering;
use std::fmt::Debug;

pub(crate) const STRIPE_BYTES: usize = 256;
pub(crate) const RUN: usize = 16;
pub(crate) const TILE_BYTES: usize = 8192;
pub(crate) const BLOCK_TILES: usize = 64;

/// Folds a tile: lanes by run, runs by lane, lanes by halving.
fn tile<X: Copy, L: Copy>(
    rows: &[Option<X>],
    stripe: usize,
    identity: L,
    step: impl Fn(L, X) -> L,
    join: impl Fn(L, L) -> L,
) -> L {
    let run = |rows: &[Option<X>]| {
        let mut lanes = vec![identity; stripe];
        for (i, row) in rows.iter().enumerate() {
            if let Some(x) = *row {
                lanes[i % stripe] = step(lanes[i % stripe], x);
            }
        }
        lanes
    };
    let mut runs = rows.chunks(RUN * stripe).map(run);
    let mut lanes = runs.next().unwrap_or_else(|| vec![identity; stripe]);
    for other in runs {
        lanes = lanes.iter().zip(other).map(|(&one, other)| join(one, other)).collect();
    }
    while lanes.len() > 1 {
        let (low, high) = lanes.split_at(lanes.len() / 2);
        lanes = low.iter().zip(high).map(|(&one, &other)| join(one, other)).collect();
    }
    lanes[0]
}

/// `a + b`, rounded, and what the rounding took away. An intermediate can overflow where
/// an operand is the greatest number; the other order does not.
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let knuth = |a: f64, b: f64| {
        let sum = a + b;
        let part = sum - a;
        (a - (sum - part)) + (b - part)
    };
    let lost = knuth(a, b);
    (a + b, if lost.is_finite() { lost } else { knuth(b, a) })
}

/// Adds `hi + lo`.
fn add(total: Option<(f64, f64)>, (sum, rest): (f64, f64)) -> (f64, f64) {
    let (hi, lo) = total.unwrap_or((-0.0, 0.0));
    let (hi, lost) = two_sum(hi, sum);
    (hi, lo + lost + rest)
}

/// The sum of the tiles that have a row, by the block.
fn total<X: Copy, L: Copy + Into<f64>>(
    rows: &[Option<X>],
    identity: L,
    step: impl Fn(L, X) -> L,
    join: impl Fn(L, L) -> L,
) -> f64 {
    let tiles = TILE_BYTES / size_of::<L>();
    let mut total = None;
    for rows in rows.chunks(BLOCK_TILES * tiles) {
        let mut block = None;
        for rows in rows.chunks(tiles) {
            if rows.iter().any(Option::is_some) {
                let sum = tile(rows, STRIPE_BYTES / size_of::<L>(), identity, &step, &join).into();
                block = Some(add(block, (sum, 0.0)));
            }
        }
        total = block.map(|block| add(total, block)).or(total);
    }
    match total {
        None => 0.0,
        Some((hi, _)) if hi.is_nan() => f64::NAN,
        Some((hi, lo)) if hi.is_infinite() || lo == 0.0 => hi,
        Some((hi, lo)) => hi + lo,
    }
}

#[derive(Clone, Copy)]
struct Spread {
    count: f64,
    mean: f64,
    low: f64,
    m2: f64,
}

/// The spread of a tile that has a row, from the distances to its first one.
fn tile_spread(rows: &[Option<f64>]) -> Option<Spread> {
    let pivot = rows.iter().find_map(|&row| row)?;
    let (sum, squares) = tile(
        rows,
        STRIPE_BYTES / size_of::<f64>(),
        (0.0, 0.0),
        |(sum, squares), x| (sum + (x - pivot), squares + (x - pivot) * (x - pivot)),
        |one: (f64, f64), other| (one.0 + other.0, one.1 + other.1),
    );
    let count = rows.iter().flatten().count() as f64;
    let offset = sum / count;
    let mut m2 = squares - sum * offset;
    if m2 < 0.0 {
        m2 = 0.0;
    }
    let (mean, low) = two_sum(pivot, offset);
    if m2.is_finite() {
        return Some(Spread { count, mean, low, m2 });
    }
    let mean = rows.iter().flatten().fold(0.0, |mean, x| mean + x / count);
    let m2 = rows.iter().flatten().fold(0.0, |m2, x| m2 + (x - mean) * (x - mean));
    Some(Spread { count, mean, low: 0.0, m2 })
}

/// Chan, Golub and `LeVeque`. NaN comes from the values, and else there was an overflow.
fn join_spreads(one: Spread, other: Spread) -> Spread {
    let count = one.count + other.count;
    let share = other.count / count;
    let delta = (other.mean - one.mean) + (other.low - one.low);
    let m2 = one.m2 + other.m2 + delta * delta * (one.count * share);
    let overflowed = m2.is_nan() && !one.m2.is_nan() && !other.m2.is_nan();
    let m2 = if overflowed { f64::INFINITY } else { m2 };
    let (mean, low) = two_sum(one.mean, one.low + delta * share);
    Spread { count, mean, low, m2 }
}

fn canonical(x: f64) -> f64 {
    if x.is_nan() { f64::NAN } else { x }
}

/// What the documentation says of a number type.
pub(crate) trait Spec: Number<Sum: Same, SumOfSquares: Same> {
    type Product: Same + Copy;
    fn is_nan(self) -> bool;
    /// Of two that are not NaN.
    fn order(&self, other: &Self) -> Ordering;
    fn written_sum(rows: &[Option<Self>]) -> Self::Sum;
    fn written_mean(rows: &[Option<Self>]) -> Option<f64>;
    fn written_squares(rows: &[Option<Self>]) -> Self::SumOfSquares;
    fn written_variance(rows: &[Option<Self>], ddof: u64) -> Option<f64>;
    fn written_dot(rows: &[Option<(Self, Self)>]) -> Self::Product;
}

macro_rules! floats {
    ($($T:ident)*) => {$(
        impl Spec for $T {
            type Product = $T;
            fn is_nan(self) -> bool {
                $T::is_nan(self)
            }
            fn order(&self, other: &$T) -> Ordering {
                self.total_cmp(other)
            }
            fn written_sum(rows: &[Option<$T>]) -> $T {
                total::<$T, $T>(rows, -0.0, |lane, x| lane + x, |a, b| a + b) as $T
            }
            fn written_mean(rows: &[Option<$T>]) -> Option<f64> {
                let count = rows.iter().flatten().count();
                let sum = total::<$T, $T>(rows, -0.0, |lane, x| lane + x, |a, b| a + b);
                (count > 0).then_some(canonical(sum / count as f64))
            }
            fn written_squares(rows: &[Option<$T>]) -> $T {
                total::<$T, $T>(rows, -0.0, |lane, x| lane + x * x, |a, b| a + b) as $T
            }
            fn written_variance(rows: &[Option<$T>], ddof: u64) -> Option<f64> {
                let wide: Vec<_> = rows.iter().map(|x| x.map(f64::from)).collect();
                let tile = TILE_BYTES / size_of::<$T>();
                let block = |rows: &[Option<f64>]| {
                    rows.chunks(tile).filter_map(tile_spread).reduce(join_spreads)
                };
                let blocks = wide.chunks(BLOCK_TILES * tile).filter_map(block);
                let spread = blocks.reduce(join_spreads)?;
                let degrees = spread.count - ddof as f64;
                (degrees > 0.0).then_some(canonical(spread.m2 / degrees))
            }
            fn written_dot(rows: &[Option<($T, $T)>]) -> $T {
                total::<($T, $T), $T>(rows, -0.0, |lane, (x, y)| lane + x * y, |a, b| a + b) as $T
            }
        }
    )*};
}

floats! { f32 f64 }

macro_rules! integers {
    ($($T:ident $Sum:ident $Squares:ident $Dot:ident)*) => {$(
        impl Spec for $T {
            type Product = $Dot;
            fn is_nan(self) -> bool {
                false
            }
            fn order(&self, other: &$T) -> Ordering {
                self.cmp(other)
            }
            fn written_sum(rows: &[Option<$T>]) -> $Sum {
                $Sum::try_from(rows.iter().flatten().map(|&x| i128::from(x)).sum::<i128>()).unwrap()
            }
            fn written_mean(rows: &[Option<$T>]) -> Option<f64> {
                let mut sum = Signed::default();
                rows.iter().flatten().for_each(|&x| sum.add_integer(x.into()));
                let count = rows.iter().flatten().count();
                (count > 0).then(|| sum.over(count as u64).to_f64())
            }
            fn written_squares(rows: &[Option<$T>]) -> $Squares {
                let mut sum = Signed::default();
                for &x in rows.iter().flatten() {
                    sum.add_product(x.into(), x.into());
                }
                sum.saturate($Squares::MIN as i128, $Squares::MAX as u128) as $Squares
            }
            fn written_variance(rows: &[Option<$T>], ddof: u64) -> Option<f64> {
                exact::integer_variance(rows.iter().flatten().map(|&x| x.into()), ddof)
            }
            fn written_dot(rows: &[Option<($T, $T)>]) -> $Dot {
                let mut sum = Signed::default();
                for &(x, y) in rows.iter().flatten() {
                    sum.add_product(x.into(), y.into());
                }
                sum.saturate($Dot::MIN as i128, $Dot::MAX as u128) as $Dot
            }
        }
    )*};
}

integers! {
    i8 i64 u64 i64
    i16 i64 u64 i64
    i32 i64 u128 i128
    i64 i128 u128 i128
    u8 u64 u64 u64
    u16 u64 u64 u64
    u32 u64 u128 u128
    u64 u128 u128 u128
}

/// An aggregate whose result is written down: for plain rows, and for rows with nulls.
pub(crate) trait Written<T: Sample>:
    Aggregate<T, Output: Same>
    + Aggregate<Option<T>, Output = <Self as Aggregate<T>>::Output>
    + Copy
    + Debug
{
    fn written(&self, rows: &[Option<T>]) -> <Self as Aggregate<T>>::Output;
}

impl<T: Sample> Written<T> for Count {
    fn written(&self, rows: &[Option<T>]) -> u64 {
        rows.iter().flatten().count() as u64
    }
}

impl<T: Sample> Written<T> for Sum {
    fn written(&self, rows: &[Option<T>]) -> T::Sum {
        T::written_sum(rows)
    }
}

impl<T: Sample> Written<T> for Mean {
    fn written(&self, rows: &[Option<T>]) -> Option<f64> {
        T::written_mean(rows)
    }
}

fn numbers<T: Sample>(rows: &[Option<T>]) -> impl Iterator<Item = T> {
    rows.iter().flatten().copied().filter(|x| !x.is_nan())
}

impl<T: Sample> Written<T> for Min {
    fn written(&self, rows: &[Option<T>]) -> Option<T> {
        numbers(rows).min_by(T::order)
    }
}

impl<T: Sample> Written<T> for Max {
    fn written(&self, rows: &[Option<T>]) -> Option<T> {
        numbers(rows).max_by(T::order)
    }
}

impl<T: Sample> Written<T> for MinMax {
    fn written(&self, rows: &[Option<T>]) -> Option<(T, T)> {
        numbers(rows).min_by(T::order).zip(numbers(rows).max_by(T::order))
    }
}

impl<T: Sample> Written<T> for SumOfSquares {
    fn written(&self, rows: &[Option<T>]) -> T::SumOfSquares {
        T::written_squares(rows)
    }
}

impl<T: Sample> Written<T> for Variance {
    fn written(&self, rows: &[Option<T>]) -> Option<f64> {
        let ddof = u64::from(*self == Variance::sample());
        T::written_variance(rows, ddof)
    }
}

impl<T: Sample> Written<T> for StdDev {
    fn written(&self, rows: &[Option<T>]) -> Option<f64> {
        let ddof = u64::from(*self == StdDev::sample());
        T::written_variance(rows, ddof).map(f64::sqrt)
    }
}
