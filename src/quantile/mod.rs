//! Exact quantiles: medians, quantiles of nine types, several at once, and what is built on
//! them.
//!
//! A quantile is a value of a column, or a point between two that are neighbours in order:
//! [`position`] says which, from the definitions of Hyndman and Fan. To *find* the values of
//! these ranks takes no sort, and no copy of the column. Floyd and Rivest (*Expected Time
//! Bounds for Selection*, CACM 18, 1975) choose two values between which the wanted one is
//! all but sure to be; so does this:
//!
//! ```text
//! sample    64 to 2,048 values, from fixed places
//! bracket   the values of the sample at its share of the rank, 2½ standard deviations less
//!           and more:  r/n · s ± 2.5 √(s · r/n · (1 - r/n))
//! pass      count the values up to the bracket; copy those inside
//! again     with what was copied, a tenth or so, until it is few enough to select at once
//! ```
//!
//! 1. The pass has no branch on a value: two comparisons, and lanes that count. Registers of
//!    eight lanes or more are moved to the front ([`Vector::keep_unless`](crate::Vector)), and
//!    those of four where more than an eighth is copied. Otherwise a word of a bit for each of
//!    64 rows says which are copied, four at a time.
//! 2. The ends of a bracket are values of the column, and those that equal them are not
//!    copied. A value that takes up more of the sample than the bracket does is an end of it;
//!    so columns of one value, or of few, copy next to nothing. How many equal an end is
//!    counted in a pass of its own, where it matters.
//! 3. A NaN is neither below a bracket nor above it, so it is copied, and found there.
//! 4. Comparisons take both zeros for one. Where the result is a zero, one more pass counts
//!    those with a sign.
//! 5. Places of a sample are apart by a part of the column, and somewhere within it: no
//!    period of the data can hide, and the same column gives the same work.
//! 6. A bracket that misses, or that holds too much, is tried again from other places, three
//!    times in all. Then the column is copied, and the standard library selects, in linear
//!    time. Of random columns one or two in a hundred are tried twice.
//! 7. Columns of up to 512 rows are copied to the stack, and selected from by [`small`]; those
//!    of up to 16 are sorted by a [`network`], without a dispatch: on Zen 3, medians of 8 and 16
//!    take half and a quarter of the time of the standard library.
//! 8. Keys of 8 bits are found bit by bit, among more than 16 rows and up to 2¹⁹, in eight
//!    passes for each quantile, or up to sixteen where it lies between two: see [`bisect`].
//!
//! Several quantiles of others share a pass, three at a time: what lies inside any of the brackets is
//! copied, and told apart afterwards. Where nulls leave fewer rows than a bracket has room
//! for, all of these are copied, and none is sampled.
//!
//! Measured on a Zen 5 core, beside `select_nth_unstable_by(f64::total_cmp)` on a copy whose
//! making is not counted, random values, median and 99 %:
//!
//! | rows | `f64` AVX-512 | `f64` AVX2 | `f32` AVX-512 | `f32` AVX2 |
//! | --- | --- | --- | --- | --- |
//! | 100 | 1.4, 1.4 times as fast | 1.3, 1.3 | 1.6, 1.6 | 1.2, 1.3 |
//! | 1,000 | 1.4, 1.9 | 1.2, 1.8 | 1.9, 2.5 | 1.8, 2.2 |
//! | 10,000 | 3.1, 3.9 | 2.6, 4.0 | 4.5, 5.6 | 4.3, 5.6 |
//! | 100,000 | 5.2, 5.4 | 4.9, 5.3 | 8.7, 8.1 | 7.7, 8.4 |
//! | 1,000,000 | 3.4, 5.2 | 2.7, 4.9 | 6.7, 9.7 | 5.9, 9.9 |
//!
//! On Zen 3 with AVX2, `f64`: 1.2, 3.3 at 100 rows, 1.1, 1.7 at 1,000, 2.4, 3.9 at 10,000,
//! 4.0, 5.6 at 100,000, and 3.0, 3.0 at 1,000,000. The quantile 0.99 of up to 101 rows lies
//! between the greatest two, which take one pass.
//!
//! Three quantiles take 2.0 to 2.3 times as long as one there, and 1.4 times at 1,000,000 rows:
//! a pass has three times as many comparisons. What it cannot do: a stream keeps
//! all its values, 8 bytes for each `f64`.
mod bisect;
mod collected;
mod find;
mod memory;
mod narrow;
mod network;
mod pair;
mod position;
mod rows;
mod sample;
mod search;
mod small;
mod spread;
mod weighted;

#[cfg(all(test, feature = "std"))]
mod tests;

pub use position::{QuantileError, QuantileMethod};
pub use spread::{Iqr, MedianAbsoluteDeviation};
pub use weighted::WeightedQuantile;

use crate::adapt::Adapt;
use crate::aggregate::Aggregate;
use crate::backend::{Backend, Simd};
use crate::row::NumericRow;
use crate::tile::Tile;
use alloc::vec::Vec;
use collected::Collected;
use memory::{Heap, Memory};
use position::Fraction;
use rows::Values;
use search::{quantile, quantiles};

/// What is worked out from the order of the values of a column.
trait OrderStatistic {
    type Output;

    fn evaluate<R: NumericRow, B: Memory>(
        &self,
        backend: Backend,
        column: R::Column<'_>,
        memory: B,
    ) -> Self::Output;
}

/// Appends the rows of a tile that are not null.
#[inline(always)]
fn collect<R: NumericRow, S: Simd>(partial: &mut Collected<R::Value>, tile: &Tile<'_, R, S>) {
    let values = &mut partial.values;
    if R::NULLABLE {
        values.reserve(tile.count());
        tile.for_each(
            #[inline(always)]
            |value| values.push(value),
        );
    } else {
        values.extend_from_slice(R::values(tile.column()));
    }
}

/// Makes aggregates of order statistics.
macro_rules! aggregates {
    ($($Name:ident $(<const $N:ident>)? => $Output:ty;)*) => {$(
        impl<R: NumericRow $(, const $N: usize)?> Aggregate<R> for $Name $(<$N>)? {
            type Partial = Collected<R::Value>;
            type Output = $Output;

            const ANY_CUT: bool = true;
            const WHOLE: bool = true;

            #[inline(always)]
            fn identity(&self) -> Self::Partial {
                Collected { values: Vec::new() }
            }
            #[inline(always)]
            fn update<S: Simd>(&self, partial: &mut Self::Partial, tile: &Tile<'_, R, S>) {
                collect(partial, tile);
            }
            #[inline]
            fn merge(&self, into: &mut Self::Partial, other: &Self::Partial) {
                into.values.extend_from_slice(&other.values);
            }
            #[inline]
            fn finish(&self, partial: &Self::Partial) -> Self::Output {
                self.evaluate::<R::Value, _>(Backend::best(), &partial.values, Heap)
            }
            #[inline(always)]
            fn whole<S: Simd>(&self, simd: S, column: R::Column<'_>) -> Self::Output {
                self.evaluate::<R, _>(simd.backend(), column, Heap)
            }
            #[inline(always)]
            fn short(&self, column: R::Column<'_>) -> Option<Self::Output> {
                // These are sorted, and no backend is asked.
                let is_short = !R::NULLABLE && R::len(column) <= crate::quantile::network::SORTED;
                is_short.then(
                    #[inline(always)]
                    || self.evaluate::<R, _>(Backend::SCALAR, column, Heap),
                )
            }
        }

        impl $(<const $N: usize>)? Adapt for $Name $(<$N>)? {}

        #[cfg(feature = "bumpalo")]
        impl $(<const $N: usize>)? $Name $(<$N>)? {
            /// As [`of`](Aggregate::of), with scratch memory from an arena, which keeps it
            /// until it is reset. Where the arena has room, the allocator is not asked.
            ///
            /// ```
            /// use lanefold::Median;
            /// let mut bump = bumpalo::Bump::new();
            /// assert_eq!(Median.of_in(&bump, &[3.0, 1.0, 2.0]), Some(2.0));
            /// bump.reset();
            /// ```
            pub fn of_in<'a, C>(&self, bump: &bumpalo::Bump, column: C) -> $Output
            where
                C: crate::column::IntoColumn<'a, Row: NumericRow>,
            {
                let column = column.into_column_or_panic();
                self.evaluate::<C::Row, _>(Backend::best(), column, bump)
            }
        }
    )*};
}
use aggregates;

aggregates! {
    Median => Option<f64>;
    Quantile => Option<f64>;
    Quantiles<const N> => Option<[f64; N]>;
}

/// The median: the value in the middle, or the mean of the two in the middle.
///
/// - **Empty**, or all null: `None`.
/// - **NaN** gives NaN; [`skip_nan`](crate::Adapt::skip_nan) leaves it out.
/// - **Infinities** and zeros have their places, `-0.0 < +0.0`; the middle of `-∞` and `+∞`
///   is 0.
/// - **Rounding**: of integers, the exact mean of two is rounded once, and so is that of
///   floats.
/// - **Order**: the result does not depend on it, nor on merges.
/// - **Cost**: a column is read about once, and not changed. Scratch memory comes from the heap,
///   but for 512 rows and fewer: as much as a tenth of the column from a million rows on, half
///   of it at 10,000, and up to three times as much for fewer. Columns of 8 bits and up to 2¹⁹
///   rows are read 8 to 16 times, and need none. A partial holds all values.
///
/// ```
/// use lanefold::{Aggregate, Median};
/// assert_eq!(Median.of(&[9.0, 1.0, 2.0]), Some(2.0));
/// assert_eq!(Median.of(&[i64::MAX, i64::MIN]), Some(-0.5));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Median;

impl OrderStatistic for Median {
    type Output = Option<f64>;

    fn evaluate<R: NumericRow, B: Memory>(
        &self,
        backend: Backend,
        column: R::Column<'_>,
        mut memory: B,
    ) -> Option<f64> {
        let linear = QuantileMethod::Linear;
        quantile::<R, _, B>(backend, column, Values, &mut memory, Fraction::HALF, linear)
    }
}

/// A quantile: the value below which a share of all values lies.
///
/// Of type 7 unless [`method`](Self::method) says otherwise.
///
/// - **Empty**, or all null: `None`.
/// - **NaN** gives NaN; [`skip_nan`](crate::Adapt::skip_nan) leaves it out.
/// - **Infinities** and zeros have their places, `-0.0 < +0.0`. Between an infinity and a
///   finite value lies that infinity; between `-∞` and `+∞` the nearer one, or 0.
/// - **Rounding**: a value is given as `f64`, which rounds those of 64 bits. A point between
///   two integers is exact, rounded once; between two floats it is never outside, and within
///   4 units in the last place of the greater.
/// - **Order**: the result does not depend on it, nor on merges.
/// - **Cost**: as [`Median`].
///
/// ```
/// use lanefold::{Aggregate, Quantile, QuantileMethod};
/// let p90 = Quantile::new(0.9)?;
/// assert_eq!(p90.of(&[10, 20, 30, 40]), Some(37.0));
/// assert_eq!(p90.method(QuantileMethod::InverseCdf).of(&[10, 20, 30, 40]), Some(40.0));
/// # Ok::<(), lanefold::QuantileError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantile {
    q: Fraction,
    method: QuantileMethod,
}

impl Quantile {
    /// The quantile `q`.
    ///
    /// # Errors
    ///
    /// If `q` is not between 0 and 1.
    pub const fn new(q: f64) -> Result<Self, QuantileError> {
        match QuantileError::check(q) {
            Ok(q) => Ok(Self { q: Fraction::of(q), method: QuantileMethod::Linear }),
            Err(error) => Err(error),
        }
    }

    /// The same quantile by another definition.
    #[must_use]
    pub const fn method(self, method: QuantileMethod) -> Self {
        Self { method, ..self }
    }
}

impl OrderStatistic for Quantile {
    type Output = Option<f64>;

    fn evaluate<R: NumericRow, B: Memory>(
        &self,
        backend: Backend,
        column: R::Column<'_>,
        mut memory: B,
    ) -> Option<f64> {
        quantile::<R, _, B>(backend, column, Values, &mut memory, self.q, self.method)
    }
}

/// Several quantiles at once: for three of them, memory is read once (but for short columns of
/// 8 bits, which are read for each).
///
/// Each is what [`Quantile`] gives, in every respect.
///
/// ```
/// use lanefold::{Aggregate, Quantiles};
/// let several = Quantiles::new([0.5, 0.75, 1.0])?;
/// assert_eq!(several.of(&[3.0, 1.0, 2.0]), Some([2.0, 2.5, 3.0]));
/// # Ok::<(), lanefold::QuantileError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantiles<const N: usize> {
    asked: [Fraction; N],
    method: QuantileMethod,
}

impl<const N: usize> Quantiles<N> {
    /// The quantiles `asked`, in any order.
    ///
    /// # Errors
    ///
    /// If one is not between 0 and 1; the error has the first of these.
    pub const fn new(asked: [f64; N]) -> Result<Self, QuantileError> {
        let mut fractions = [Fraction::HALF; N];
        let mut i = 0;
        while i < N {
            fractions[i] = match QuantileError::check(asked[i]) {
                Ok(q) => Fraction::of(q),
                Err(error) => return Err(error),
            };
            i += 1;
        }
        Ok(Self { asked: fractions, method: QuantileMethod::Linear })
    }

    /// The same quantiles by another definition.
    #[must_use]
    pub const fn method(self, method: QuantileMethod) -> Self {
        Self { method, ..self }
    }
}

/// Quantiles that one pass looks for.
const AT_ONCE: usize = 3;

impl<const N: usize> OrderStatistic for Quantiles<N> {
    type Output = Option<[f64; N]>;

    fn evaluate<R: NumericRow, B: Memory>(
        &self,
        backend: Backend,
        column: R::Column<'_>,
        mut memory: B,
    ) -> Option<[f64; N]> {
        let Self { asked, method } = self;
        quantiles::<R, _, B, AT_ONCE, N>(backend, column, Values, &mut memory, asked, *method)
    }
}
