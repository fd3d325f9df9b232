//! Sums and means.
//!
//! # Floats
//!
//! The lanes of a tile add as [`lanes`](crate::lanes) lays down. Tile sums then join a
//! pair `hi + lo` of `f64` by Knuth's error-free `TwoSum` (TAOCP 2, 4.2.2, theorem B),
//! so that what the first addition rounds away is kept. The error is therefore that of
//! a tile, however long the column: a value passes through at most 15 additions in its
//! run, 1 where the runs of the tile join, and 5 (`f64`) or 6 (`f32`) in the fold, and
//! the result is rounded when `hi + lo` becomes one number. With `u` = 2⁻⁵³ or 2⁻²⁴,
//!
//! `|sum - exact| ≤ 24 u · Σ|x|`
//!
//! to first order in `u`, for columns of up to 2⁴⁰ rows. The pairwise sum of NumPy has
//! `(19 + log₂(n / 128)) u` there, which grows with `n`.
//!
//! The identity is `-0.0`, which leaves every number as it is, `-0.0` included.
//!
//! # Integers
//!
//! Sums are exact. Vectors keep lane sums that cannot overflow within a tile:
//! bytes add up by eights (`psadbw`), 16-bit numbers by pairs (`pmaddwd`), and for wider
//! ones two sums tell all: `Σx` modulo the width, and `Σ(x >> half the width)`, whose
//! difference gives `Σ(lower half)` because that is known to fit. Tiles add up in 128 bits.

use crate::aggregate::Aggregate;
use crate::backend::{Simd, Vector};
use crate::integer::ratio;
use crate::lanes::LaneFold;
use crate::number::Number;
use crate::row::NumericRow;
use crate::tile::Tile;
use core::marker::PhantomData;

/// How a number type is summed.
pub trait Summable: Sized {
    /// Lane sums of a tile.
    type SumLanes<S: Simd>: Copy;
    /// Registers that they take up.
    const SUM_REGISTERS: usize;
    /// The sum of a tile.
    type TileSum: Copy;
    /// The sum of any number of tiles.
    type Total: Copy + core::fmt::Debug + PartialEq;
    /// What a sum is given as.
    type Sum: Copy + core::fmt::Debug + PartialEq;
    /// The sum of no rows.
    const NOTHING: Self::Total;

    /// Lane sums of no rows.
    fn no_lanes<S: Simd>(simd: S) -> Self::SumLanes<S>;
    /// Adds a register of values, in which absent rows are [`pad`](Self::PAD).
    fn add_lanes<S: Simd>(
        simd: S,
        lanes: Self::SumLanes<S>,
        values: <Self as Number>::Vec<S>,
    ) -> Self::SumLanes<S>
    where
        Self: Number;
    /// Adds lane by lane.
    fn join_lanes<S: Simd>(one: Self::SumLanes<S>, other: Self::SumLanes<S>) -> Self::SumLanes<S>;
    /// Folds the lanes.
    fn total<S: Simd>(lanes: Self::SumLanes<S>) -> Self::TileSum;
    /// What changes no sum.
    const PAD: Self;

    /// Adds a tile that has a row.
    fn add_tile(total: &mut Self::Total, tile: Self::TileSum);
    /// Adds another total.
    fn add_total(total: &mut Self::Total, other: &Self::Total);
    /// The sum.
    fn sum(total: &Self::Total) -> Self::Sum;
    /// The sum divided by a count that is not 0.
    fn mean(total: &Self::Total, count: u64) -> f64;
    /// The sum of a short slice, in plain code, with the bits of the lanes.
    fn short_sum(values: &[Self]) -> Option<Self::TileSum>;
    /// [`sum`](Self::sum) of one tile.
    fn sum_of_one(tile: Self::TileSum) -> Self::Sum;
    /// [`mean`](Self::mean) of one tile.
    fn mean_of_one(tile: Self::TileSum, count: u64) -> f64;
}

/// The lanes of a sum.
pub(crate) struct Adds<T>(pub(crate) PhantomData<T>);

impl<S: Simd, T: Number> LaneFold<S, T::Vec<S>> for Adds<T> {
    type Lanes = T::SumLanes<S>;
    const REGISTERS: usize = T::SUM_REGISTERS;

    #[inline(always)]
    fn identity(&self, simd: S) -> Self::Lanes {
        T::no_lanes(simd)
    }
    #[inline(always)]
    fn step(
        &self,
        simd: S,
        lanes: Self::Lanes,
        load: impl Fn(T::Vec<S>) -> T::Vec<S>,
    ) -> Self::Lanes {
        T::add_lanes(simd, lanes, load(T::Vec::<S>::splat(simd, T::PAD)))
    }
    #[inline(always)]
    fn join(&self, one: Self::Lanes, other: Self::Lanes) -> Self::Lanes {
        T::join_lanes::<S>(one, other)
    }
}

/// The sum of floats: `hi + lo`, where `hi` is the rounded sum of the tile sums, and
/// `lo` the sum of what that rounded away.
///
/// `lo` is `-0.0` exactly while no tile was added: `TwoSum` never gives that.
#[derive(Clone, Copy, Debug)]
pub struct FloatTotal {
    hi: f64,
    lo: f64,
}

impl PartialEq for FloatTotal {
    /// Whether the bits are the same.
    fn eq(&self, other: &Self) -> bool {
        [self.hi, self.lo].map(f64::to_bits) == [other.hi, other.lo].map(f64::to_bits)
    }
}

impl FloatTotal {
    pub(crate) const NOTHING: Self = Self { hi: -0.0, lo: -0.0 };

    #[inline(always)]
    pub(crate) fn add(&mut self, term: f64) {
        let hi = self.hi + term;
        let other = hi - self.hi;
        self.lo += (self.hi - (hi - other)) + (term - other);
        self.hi = hi;
    }

    #[inline(always)]
    fn is_nothing(self) -> bool {
        self.lo.to_bits() == (-0.0_f64).to_bits()
    }

    #[inline(always)]
    pub(crate) fn merge(&mut self, other: &Self) {
        if !other.is_nothing() {
            self.add(other.hi);
            self.lo += other.lo;
        }
    }

    /// `hi + lo`: `+0.0` for nothing, and canonical where it is NaN.
    #[inline(always)]
    pub(crate) fn value(self) -> f64 {
        // A zero `lo` must not turn `-0.0` into `+0.0`.
        let sum = if self.lo == 0.0 { self.hi } else { self.hi + self.lo };
        if self.is_nothing() {
            0.0
        } else if sum.is_nan() {
            // Where `hi` is infinite, `lo` is NaN: an infinity minus itself.
            if self.hi.is_nan() { f64::NAN } else { self.hi }
        } else {
            sum
        }
    }
}

macro_rules! floats {
    ($($T:ident $Vec:ident)*) => {$(
        impl Summable for $T {
            type SumLanes<S: Simd> = S::$Vec;
            const SUM_REGISTERS: usize = 1;
            type TileSum = $T;
            type Total = FloatTotal;
            type Sum = $T;
            const NOTHING: FloatTotal = FloatTotal::NOTHING;
            const PAD: $T = -0.0;

            #[inline(always)]
            fn no_lanes<S: Simd>(simd: S) -> S::$Vec {
                Vector::splat(simd, -0.0)
            }
            #[inline(always)]
            fn add_lanes<S: Simd>(_: S, lanes: S::$Vec, values: S::$Vec) -> S::$Vec {
                lanes.add(values)
            }
            #[inline(always)]
            fn join_lanes<S: Simd>(one: S::$Vec, other: S::$Vec) -> S::$Vec {
                one.add(other)
            }
            #[inline(always)]
            fn total<S: Simd>(lanes: S::$Vec) -> $T {
                lanes.fold_add()
            }
            #[inline(always)]
            fn add_tile(total: &mut FloatTotal, tile: $T) {
                total.add(f64::from(tile));
            }
            #[inline(always)]
            fn add_total(total: &mut FloatTotal, other: &FloatTotal) {
                total.merge(other);
            }
            #[inline(always)]
            #[allow(clippy::cast_possible_truncation, reason = "an f32 sum is rounded to f32")]
            fn sum(total: &FloatTotal) -> $T {
                total.value() as $T
            }
            #[inline(always)]
            fn mean(total: &FloatTotal, count: u64) -> f64 {
                total.value() / count as f64
            }
            #[inline(always)]
            fn short_sum(values: &[$T]) -> Option<$T> {
                if values.is_empty() { Some(0.0) } else { short_tree(values) }
            }
            #[inline(always)]
            fn sum_of_one(tile: $T) -> $T {
                if tile.is_nan() { $T::NAN } else { tile }
            }
            #[inline(always)]
            fn mean_of_one(tile: $T, count: u64) -> f64 {
                f64::from(Self::sum_of_one(tile)) / count as f64
            }
        }
    )*};
}

floats! { f32 F32 f64 F64 }

/// The halving tree of up to 16 values, each in a lane of its own, in plain code that
/// needs no dispatch: absent lanes are left out, which changes no bit.
#[inline(always)]
fn short_tree<T: Copy + core::ops::Add<Output = T>>(x: &[T]) -> Option<T> {
    Some(match *x {
        [a] => a,
        [a, b] => a + b,
        [a, b, c] => (a + c) + b,
        [a, b, c, d] => (a + c) + (b + d),
        [a, b, c, d, e] => ((a + e) + c) + (b + d),
        [a, b, c, d, e, f] => ((a + e) + c) + ((b + f) + d),
        [a, b, c, d, e, f, g] => ((a + e) + (c + g)) + ((b + f) + d),
        [a, b, c, d, e, f, g, h] => tree_of_8([a, b, c, d, e, f, g, h]),
        [] => return None,
        _ if x.len() <= SHORT => tree_of_16(x),
        _ => return None,
    })
}

#[inline(always)]
fn tree_of_8<T: Copy + core::ops::Add<Output = T>>([a, b, c, d, e, f, g, h]: [T; 8]) -> T {
    ((a + e) + (c + g)) + ((b + f) + (d + h))
}

/// Not inlined: eight ways to add up are too much code for every caller.
#[inline(never)]
fn tree_of_16<T: Copy + core::ops::Add<Output = T>>(x: &[T]) -> T {
    let Some((&[a, b, c, d, e, f, g, h], high)) = x.split_first_chunk() else {
        return x[0];
    };
    tree_of_8(match *high {
        [] => [a, b, c, d, e, f, g, h],
        [i] => [a + i, b, c, d, e, f, g, h],
        [i, j] => [a + i, b + j, c, d, e, f, g, h],
        [i, j, k] => [a + i, b + j, c + k, d, e, f, g, h],
        [i, j, k, l] => [a + i, b + j, c + k, d + l, e, f, g, h],
        [i, j, k, l, m] => [a + i, b + j, c + k, d + l, e + m, f, g, h],
        [i, j, k, l, m, n] => [a + i, b + j, c + k, d + l, e + m, f + n, g, h],
        [i, j, k, l, m, n, o] => [a + i, b + j, c + k, d + l, e + m, f + n, g + o, h],
        [i, j, k, l, m, n, o, p, ..] => [a + i, b + j, c + k, d + l, e + m, f + n, g + o, h + p],
    })
}

macro_rules! integers {
    ($($T:ident $Sum:ident $Lanes:ty, $registers:literal, $no:expr, $add:expr, $join:expr, $total:expr;)*) => {$(
        impl Summable for $T {
            type SumLanes<S: Simd> = $Lanes;
            const SUM_REGISTERS: usize = $registers;
            type TileSum = i128;
            type Total = i128;
            type Sum = $Sum;
            const NOTHING: i128 = 0;
            const PAD: $T = 0;

            #[inline(always)]
            fn no_lanes<S: Simd>(simd: S) -> $Lanes {
                $no(simd)
            }
            #[inline(always)]
            fn add_lanes<S: Simd>(
                simd: S,
                lanes: $Lanes,
                values: <$T as Number>::Vec<S>,
            ) -> $Lanes {
                $add(simd, lanes, values)
            }
            #[inline(always)]
            fn join_lanes<S: Simd>(one: $Lanes, other: $Lanes) -> $Lanes {
                $join(one, other)
            }
            #[inline(always)]
            fn total<S: Simd>(lanes: $Lanes) -> i128 {
                $total(lanes)
            }
            #[inline(always)]
            fn add_tile(total: &mut i128, tile: i128) {
                *total += tile;
            }
            #[inline(always)]
            fn add_total(total: &mut i128, other: &i128) {
                *total += other;
            }
            #[inline(always)]
            fn sum(total: &i128) -> $Sum {
                $Sum::try_from(*total).unwrap_or(if *total < 0 { $Sum::MIN } else { $Sum::MAX })
            }
            #[inline(always)]
            fn mean(total: &i128, count: u64) -> f64 {
                ratio(*total, count)
            }
            #[inline(always)]
            fn short_sum(values: &[$T]) -> Option<i128> {
                // Sixteen values cannot overflow the sum that is given in the end.
                let sum = || values.iter().map(|&x| $Sum::from(x)).sum::<$Sum>() as i128;
                (values.len() <= SHORT).then(sum)
            }
            #[inline(always)]
            fn sum_of_one(tile: i128) -> $Sum {
                tile as $Sum
            }
            #[inline(always)]
            fn mean_of_one(tile: i128, count: u64) -> f64 {
                ratio(tile, count)
            }
        }
    )*};
}

integers! {
    u8 u64 S::U64, 1,
        |simd| Vector::splat(simd, 0),
        |simd: S, lanes: S::U64, x| lanes.add(simd.sum_octets(x)),
        Vector::add,
        |lanes: S::U64| i128::from(lanes.fold_add());
    i8 i64 S::U64, 1,
        |simd| Vector::splat(simd, 0),
        // Eight lanes, each 128 too high.
        |simd: S, lanes: S::U64, x| {
            lanes.add(simd.sum_octets(simd.bias_i8(x))).sub(Vector::splat(simd, 8 * 128))
        },
        Vector::add,
        |lanes: S::U64| i128::from(lanes.fold_add().cast_signed());
    i16 i64 S::I32, 1,
        |simd| Vector::splat(simd, 0),
        |simd: S, lanes: S::I32, x| lanes.add(simd.sum_pairs(x)),
        Vector::add,
        |lanes: S::I32| i128::from(lanes.fold_add());
    u16 u64 S::I32, 1,
        |simd| Vector::splat(simd, 0),
        // Two lanes, each 32768 too low.
        |simd: S, lanes: S::I32, x| {
            lanes.add(simd.sum_pairs(simd.bias_u16(x))).add(Vector::splat(simd, 2 * 32768))
        },
        Vector::add,
        |lanes: S::I32| i128::from(lanes.fold_add());
    i32 i64 (S::I32, S::I32), 2,
        |simd| (Vector::splat(simd, 0), Vector::splat(simd, 0)),
        |simd: S, (all, high): (S::I32, S::I32), x| (all.add(x), high.add(simd.high_i32(x))),
        |one: (S::I32, S::I32), other: (S::I32, S::I32)| (one.0.add(other.0), one.1.add(other.1)),
        |lanes: (S::I32, S::I32)| {
            let (all, high) = (lanes.0.fold_add(), lanes.1.fold_add());
            let low = all.wrapping_sub(high << 16).cast_unsigned();
            i128::from((i64::from(high) << 16) + i64::from(low))
        };
    u32 u64 (S::U32, S::U32), 2,
        |simd| (Vector::splat(simd, 0), Vector::splat(simd, 0)),
        |simd: S, (all, high): (S::U32, S::U32), x| (all.add(x), high.add(simd.high_u32(x))),
        |one: (S::U32, S::U32), other: (S::U32, S::U32)| (one.0.add(other.0), one.1.add(other.1)),
        |lanes: (S::U32, S::U32)| {
            let (all, high) = (lanes.0.fold_add(), lanes.1.fold_add());
            let low = all.wrapping_sub(high << 16);
            i128::from((u64::from(high) << 16) + u64::from(low))
        };
    i64 i128 (S::I64, S::I64), 2,
        |simd| (Vector::splat(simd, 0), Vector::splat(simd, 0)),
        |simd: S, (all, high): (S::I64, S::I64), x| (all.add(x), high.add(simd.high_i64(x))),
        |one: (S::I64, S::I64), other: (S::I64, S::I64)| (one.0.add(other.0), one.1.add(other.1)),
        |lanes: (S::I64, S::I64)| {
            let (all, high) = (lanes.0.fold_add(), lanes.1.fold_add());
            let low = all.wrapping_sub(high << 32).cast_unsigned();
            (i128::from(high) << 32) + i128::from(low)
        };
    u64 u128 (S::U64, S::U64), 2,
        |simd| (Vector::splat(simd, 0), Vector::splat(simd, 0)),
        |simd: S, (all, high): (S::U64, S::U64), x| (all.add(x), high.add(simd.high_u64(x))),
        |one: (S::U64, S::U64), other: (S::U64, S::U64)| (one.0.add(other.0), one.1.add(other.1)),
        |lanes: (S::U64, S::U64)| {
            let (all, high) = (lanes.0.fold_add(), lanes.1.fold_add());
            let low = all.wrapping_sub(high << 32);
            (i128::from(high) << 32) + i128::from(low)
        };
}

/// Longest slice that is summed in plain code, where the caller is, without dispatch.
const SHORT: usize = 16;

/// The number of rows that are not null.
///
/// Takes any rows of numbers. NaN counts. No row gives 0. The partial is a `u64`.
///
/// ```
/// use lanefold::{Aggregate, Count};
/// assert_eq!(Count.of(&[1.0, f64::NAN]), 2);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Count;

impl<R: NumericRow> Aggregate<R> for Count {
    type Partial = u64;
    type Output = u64;

    #[inline(always)]
    fn identity(&self) -> u64 {
        0
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut u64, tile: &Tile<'_, R, S>) {
        *partial += tile.count() as u64;
    }
    #[inline(always)]
    fn merge(&self, into: &mut u64, other: &u64) {
        *into += other;
    }
    #[inline(always)]
    fn finish(&self, partial: &u64) -> u64 {
        *partial
    }
}

/// The sum.
///
/// | rows | result |
/// | --- | --- |
/// | `i8`, `i16`, `i32` | `i64`, exact |
/// | `u8`, `u16`, `u32` | `u64`, exact |
/// | `i64`, `u64` | `i128`, `u128`, exact |
/// | `f32`, `f64` | the same type, with an error of at most `24 u · Σ\|x\|` where `u` is 2⁻²⁴ or 2⁻⁵³ |
///
/// - **Empty**, or all null: `+0.0` or 0. Where all values are `-0.0`, `-0.0`.
/// - **NaN** gives NaN, and so do infinities of both signs; infinities of one sign give
///   that one.
/// - **Overflow**: finite floats whose partial sums leave the range give an infinity, or
///   NaN where they leave it at both ends. Integer sums cannot overflow for fewer than
///   2³² rows; beyond, an integer result of 64 bits stays at the end of its range.
/// - **Order**: integer sums do not depend on it. A float sum is a function of the
///   column alone, on every CPU and however it was delivered; merging partials in
///   another order may give other bits within the bound.
/// - **Cost**: one pass, no allocation; a partial of 16 bytes.
///
/// ```
/// use lanefold::{Aggregate, Sum};
/// assert_eq!(Sum.of(&[0.25, 0.5]), 0.75);
/// assert_eq!(Sum.of(&[200_u8; 1_000]), 200_000_u64);
/// ```
///
/// Source: Knuth, *The Art of Computer Programming*, volume 2, section 4.2.2, theorem B.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Sum;

impl<R: NumericRow> Aggregate<R> for Sum {
    type Partial = <R::Value as Summable>::Total;
    type Output = <R::Value as Summable>::Sum;

    #[inline(always)]
    fn identity(&self) -> Self::Partial {
        R::Value::NOTHING
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut Self::Partial, tile: &Tile<'_, R, S>) {
        if tile.count() > 0 {
            R::Value::add_tile(partial, tile.sum());
        }
    }
    #[inline(always)]
    fn merge(&self, into: &mut Self::Partial, other: &Self::Partial) {
        R::Value::add_total(into, other);
    }
    #[inline(always)]
    fn finish(&self, partial: &Self::Partial) -> Self::Output {
        R::Value::sum(partial)
    }
    #[inline(always)]
    fn short(&self, column: R::Column<'_>) -> Option<Self::Output> {
        short_sum::<R>(column).map(
            #[inline(always)]
            |sum| R::Value::sum_of_one(sum),
        )
    }
}

#[inline(always)]
fn short_sum<R: NumericRow>(column: R::Column<'_>) -> Option<<R::Value as Summable>::TileSum> {
    if R::NULLABLE { None } else { R::Value::short_sum(R::values(column)) }
}

/// The arithmetic mean, as `f64`.
///
/// - **Empty**, or all null: `None`.
/// - **Integers**: the exact sum divided by the count, rounded once.
/// - **Floats**: the sum, with the error of [`Sum`], divided by the count. `f32` rows
///   add up in lanes of `f32` within a tile, and in `f64` beyond.
/// - **NaN, infinities, overflow**: as [`Sum`].
/// - **Cost**: one pass, no allocation; a partial of 24 bytes (32 for integers).
///
/// ```
/// use lanefold::{Aggregate, Mean};
/// assert_eq!(Mean.of(&[1_u8, 2, 255]), Some(86.0));
/// assert_eq!(Mean.of(&[] as &[f64]), None);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Mean;

/// The partial of [`Mean`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeanPartial<T> {
    count: u64,
    total: T,
}

impl<R: NumericRow> Aggregate<R> for Mean {
    type Partial = MeanPartial<<R::Value as Summable>::Total>;
    type Output = Option<f64>;

    #[inline(always)]
    fn identity(&self) -> Self::Partial {
        MeanPartial { count: 0, total: R::Value::NOTHING }
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut Self::Partial, tile: &Tile<'_, R, S>) {
        partial.count += tile.count() as u64;
        Sum.update(&mut partial.total, tile);
    }
    #[inline(always)]
    fn merge(&self, into: &mut Self::Partial, other: &Self::Partial) {
        into.count += other.count;
        R::Value::add_total(&mut into.total, &other.total);
    }
    #[inline(always)]
    fn finish(&self, partial: &Self::Partial) -> Self::Output {
        (partial.count > 0).then(
            #[inline(always)]
            || R::Value::mean(&partial.total, partial.count),
        )
    }
    #[inline(always)]
    fn short(&self, column: R::Column<'_>) -> Option<Self::Output> {
        short_sum::<R>(column).map(
            #[inline(always)]
            |sum| {
                let count = R::len(column) as u64;
                (count > 0).then(|| R::Value::mean_of_one(sum, count))
            },
        )
    }
}
