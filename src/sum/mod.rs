//! Sums and means.
//!
//! # Floats
//!
//! The lanes of a tile add as [`lanes`](crate::lanes) lays down. Tile sums then join a
//! pair `hi + lo` of `f64` by Knuth's error-free `TwoSum` (TAOCP 2, 4.2.2, theorem B),
//! so that what the first addition rounds away is kept. Such pairs of blocks of 64 tiles
//! ([`block`](crate::block)) join in the same way: `TwoSum` adds the one's `hi` to the
//! other's, and `lo` takes what that rounds away, and the one's `lo`. The error is therefore
//! that of a tile, however long the column: a value passes through at most 15 additions in its
//! run, 1 where the runs of the tile join, and 5 (`f64`) or 6 (`f32`) in the fold, and
//! the result is rounded when `hi + lo` becomes one number. With `u` = 2⁻⁵³ or 2⁻²⁴,
//!
//! `|sum - exact| ≤ 24 u · Σ|x|`
//!
//! to first order in `u`, for columns of up to 2⁴⁰ rows. (`lo` is rounded, too: 64 times in
//! a block, and twice for each of `b` blocks. It is at most `(64 + b) 2⁻⁵³ · Σ|x|`, and
//! so off by about `2 b² 2⁻¹⁰⁶ · Σ|x|`, which for 2⁴⁰ rows of `f64` is a 16th of `u`.) The pairwise sum of `NumPy` has
//! `(19 + log₂(n / 128)) u` there, which grows with `n`.
//!
//! The identity is `-0.0`, which leaves every number as it is, `-0.0` included.
//!
//! # Integers
//!
//! Sums are exact. Vectors keep lane sums that cannot overflow within a tile:
//! bytes add up by eights (`psadbw`), 16-bit numbers by pairs (`pmaddwd`), and for wider
//! ones two sums tell all: `Σx` modulo the width, and the sum of the upper bits of each,
//! half of them (of `i64` the upper 16): their difference gives the sum of the lower bits,
//! because that is known to fit. Tiles add up in 128 bits. With AVX-512 full adders save seven
//! operations of 24: see [`adds`].

mod adds;
mod counted;
mod float;
mod integer;
mod mean;
mod narrow;

pub(crate) use adds::Adds;
pub(crate) use counted::Counted;
pub(crate) use float::{FloatTotal, Magnitudes, canonical, same, two_sum};
pub(crate) use integer::IntegerTotal;
pub use mean::Mean;
pub use narrow::{CheckedSum, Overflow, WrappingSum};

use crate::aggregate::{Aggregate, SHORT, SHORT_NULLABLE};
use crate::backend::Simd;
use crate::group::{Digest, Digested, Parts};
use crate::number::Number;
#[cfg(feature = "alloc")]
use crate::rolling::by_kernel;
use crate::row::{NumericRow, Row};
use crate::tile::Tile;
use core::array;

/// How a number type is summed.
pub trait Summable: Sized {
    /// Lane sums of a tile.
    type SumLanes<S: Simd>: Copy;
    /// Registers that they take up.
    const SUM_REGISTERS: usize;
    /// The sum of a tile.
    type TileSum: Copy + core::fmt::Debug;
    /// The sum of any number of tiles.
    type Total: Copy + core::fmt::Debug + PartialEq;
    /// What a sum is given as.
    type Sum: Copy + core::fmt::Debug + PartialEq;
    /// The sum of no rows.
    const NOTHING: Self::Total;

    /// Lane sums of no rows.
    fn no_lanes<S: Simd>(simd: S) -> Self::SumLanes<S>;
    /// Adds a register of values, in which absent rows are [`pad`](Self::PAD); of integers, also one of
    /// what counts several times.
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
    /// Whether this may be the sum of no rows, and it matters: of floats, which rows with a
    /// value of [`PAD`](Self::PAD) alone may have, too.
    fn may_be_of_none(tile: Self::TileSum) -> bool;

    /// Adds a tile that has a row.
    fn add_tile(total: &mut Self::Total, tile: Self::TileSum);
    /// Adds another total.
    fn add_total(total: &mut Self::Total, other: &Self::Total);
    /// The sum.
    fn sum(total: &Self::Total) -> Self::Sum;
    /// The same, where it is not one of many.
    fn sum_alone(total: &Self::Total) -> Self::Sum;
    /// The sum divided by a count that is not 0.
    fn mean(total: &Self::Total, count: u64) -> f64;
    /// The sum of a short slice, in plain code, with the bits of the lanes.
    fn short_sum(values: &[Self]) -> Option<Self::TileSum>;
    /// [`sum`](Self::sum) of one tile.
    fn sum_of_one(tile: Self::TileSum) -> Self::Sum;
    /// [`mean`](Self::mean) of one tile.
    fn mean_of_one(tile: Self::TileSum, count: u64) -> f64;

    /// The longest window, in rows, that has a kernel.
    #[cfg(feature = "alloc")]
    const LONGEST_WINDOW: usize;
    /// Hands the total and the count of each full window to a function, which gives its result.
    #[cfg(feature = "alloc")]
    fn roll<R, S, O>(
        simd: S,
        window: usize,
        column: R::Column<'_>,
        results: &mut [O],
        finish: impl Fn(&Self::Total, u64) -> O,
    ) where
        R: NumericRow<Value = Self>,
        S: Simd;
}

/// The number of rows that are not null.
///
/// Takes any rows, pairs too. NaN counts. No row gives 0. A partial of 8 bytes.
///
/// ```
/// use lanefold::{Aggregate, Count};
/// assert_eq!(Count.of(&[1.0, f64::NAN]), 2);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Count;

impl<R: Row> Aggregate<R> for Count {
    type Partial = Counted;
    type Output = u64;

    #[inline(always)]
    fn identity(&self) -> Counted {
        Counted::NOTHING
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut Counted, tile: &Tile<'_, R, S>) {
        partial.rows = partial.rows.saturating_add(tile.count() as u64);
    }
    #[inline(always)]
    fn merge(&self, into: &mut Counted, other: &Counted) {
        into.merge(*other);
    }
    #[inline(always)]
    fn finish(&self, partial: &Counted) -> u64 {
        partial.rows
    }
    const SHORT: bool = true;
    const OWN_LANES: bool = true;
    #[inline(always)]
    fn short(&self, column: R::Column<'_>) -> Option<u64> {
        (!R::NULLABLE).then(|| R::len(column) as u64)
    }
    const DIGEST: Option<Parts> = Some(Parts::COUNT);
    #[inline(always)]
    fn join(&self, partial: &mut Self::Partial, digest: &Digest<R::Digest>) {
        partial.rows = partial.rows.saturating_add(digest.count);
    }
}

/// The sum.
///
/// | rows | result |
/// | --- | --- |
/// | `i8`, `i16`, `i32` | `i64`, exact |
/// | `u8`, `u16`, `u32` | `u64`, exact |
/// | `i64`, `u64` | `i128`, `u128`, exact |
/// | `f32`, `f64` | the same type, with an error of at most `24 u · Σ\|x\|` where `u` is 2⁻²⁴ or 2⁻⁵³ (to first order in `u`, for up to 2⁴⁰ rows) |
///
/// - **Empty**, or all null: `+0.0` or 0. Where all values are `-0.0`, `-0.0`.
/// - **NaN** gives NaN, and so do infinities of both signs; infinities of one sign give
///   that one.
/// - **Overflow**: finite floats whose partial sums leave the range give an infinity, or
///   NaN where they leave it at both ends. Integer sums cannot overflow for fewer than
///   2³² rows; beyond, an integer result of 64 bits saturates.
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
        if let Some(sum) = tile.sum_of_rows() {
            R::Value::add_tile(partial, sum);
        }
    }
    #[inline(always)]
    fn merge(&self, into: &mut Self::Partial, other: &Self::Partial) {
        R::Value::add_total(into, other);
    }
    #[inline(always)]
    fn finish(&self, partial: &Self::Partial) -> Self::Output {
        R::Value::sum_alone(partial)
    }
    const DIGEST: Option<Parts> = Some(Parts::SUM);
    #[inline(always)]
    fn join(&self, partial: &mut Self::Partial, digest: &Digest<R::Digest>) {
        if let Some(sum) = digest.sum {
            R::Value::join_plain(partial, sum);
        }
    }
    const SHORT: bool = true;
    const OWN_LANES: bool = true;
    #[inline(always)]
    fn short(&self, column: R::Column<'_>) -> Option<Self::Output> {
        if R::NULLABLE && R::len(column) <= SHORT_NULLABLE {
            return Some(short_masked_sum(R::values(column), R::few_bits(column)));
        }
        short_sum::<R>(column).map(
            #[inline(always)]
            |sum| R::Value::sum_of_one(sum),
        )
    }
    #[inline(always)]
    fn scan<S: Simd>(&self, _: S, column: R::Column<'_>, results: &mut [Self::Output]) {
        scan::<R, _>(column, results, |total, _| R::Value::sum(total));
    }
    #[cfg(feature = "alloc")]
    #[inline(always)]
    fn roll<S: Simd>(
        &self,
        simd: S,
        window: usize,
        column: R::Column<'_>,
        results: &mut [Self::Output],
    ) {
        roll::<Self, R, S>(self, simd, window, column, results, |total, _| R::Value::sum(total));
    }
}

#[inline(always)]
fn short_sum<R: NumericRow>(column: R::Column<'_>) -> Option<<R::Value as Summable>::TileSum> {
    if R::NULLABLE { None } else { R::Value::short_sum(R::values(column)) }
}

/// The sum of a short column with nulls, in plain code. A null is a lane that is not there.
///
/// Not inlined: that is too much code for every caller.
#[inline(never)]
fn short_masked_sum<T: Number>(values: &[T], bits: u64) -> T::Sum {
    let present = |row: usize, value| if bits >> row & 1 == 1 { value } else { T::PAD };
    // Of a known length, that needs no loop and no memory.
    let sum = if bits == 0 {
        T::short_sum(&[])
    } else if let Ok(values) = <&[T; SHORT_NULLABLE]>::try_from(values) {
        T::short_sum(&array::from_fn::<_, SHORT_NULLABLE, _>(|row| present(row, values[row])))
    } else {
        let mut lanes = [T::PAD; SHORT_NULLABLE];
        for (row, (lane, &value)) in lanes.iter_mut().zip(values).enumerate() {
            *lane = present(row, value);
        }
        T::short_sum(&lanes[..values.len()])
    };
    match sum {
        Some(sum) => T::sum_of_one(sum),
        None => unreachable!("short columns have a sum"),
    }
}

/// Running results by the total so far, and its count.
#[inline(always)]
fn scan<R: NumericRow, O>(
    column: R::Column<'_>,
    results: &mut [O],
    finish: impl Fn(&<R::Value as Summable>::Total, u64) -> O,
) {
    let (mut total, mut count) = (R::Value::NOTHING, 0);
    crate::adapt::by_values::<R, O>(
        column,
        results,
        #[inline(always)]
        |value| {
            if let Some(sum) = value.and_then(|value| R::Value::short_sum(&[value])) {
                R::Value::add_tile(&mut total, sum);
                count += 1;
            }
            finish(&total, count)
        },
    );
}

/// Rolling results of an aggregate that has the total of each window, and its count.
#[cfg(feature = "alloc")]
#[inline(always)]
fn roll<A: Aggregate<R>, R: NumericRow, S: Simd>(
    aggregate: &A,
    simd: S,
    window: usize,
    column: R::Column<'_>,
    results: &mut [A::Output],
    finish: impl Fn(&<R::Value as Summable>::Total, u64) -> A::Output,
) {
    by_kernel::<A, R, S>(
        aggregate,
        simd,
        window,
        R::Value::LONGEST_WINDOW,
        column,
        results,
        #[inline(always)]
        |full| R::Value::roll::<R, S, _>(simd, window, column, full, finish),
    );
}
