//! Sums of squares, variance and standard deviation.
//!
//! # Floats
//!
//! A variance is taken tile by tile in lanes of `f64`. With a *pivot* `p`, the first
//! value of the tile, and `d = x - p`, one sweep gives `s = Σd` and `q = Σd²`, and so
//!
//! - `mean = p + s / n`,
//! - `m2 = Σ(x - mean)² = q - s² / n`.
//!
//! Since `p` is one of the values, `(p - mean)² ≤ m2`, and `q ≤ (1 + n) m2` for the `n`
//! rows of the tile: the subtraction loses at most the eleven bits of a tile's `n`, and
//! an offset that all values share loses nothing. Where all values are equal, every
//! `d` is 0, and so are `s`, `q` and `m2`, exactly.
//!
//! Tiles, and partials, merge by the formula of Chan, Golub and `LeVeque` (*Updating
//! Formulae and a Pairwise Algorithm for Computing Sample Variances*, 1979, eq. 2.1):
//! with `δ = mean_b - mean_a` and `n = n_a + n_b`,
//!
//! - `mean = mean_a + δ · n_b / n`,
//! - `m2 = m2_a + m2_b + δ² · n_a · n_b / n`.
//!
//! Every term of `m2` is at least 0. The mean is kept as two numbers, the second of which
//! is what the first rounds away. One pass over memory, three additions and a
//! multiplication a value, no wait for a mean.
//!
//! The distances to a pivot may overflow where those to the mean do not. A tile in which
//! they do, or that holds a NaN or an infinity, is taken again by the definition.
//!
//! # Integers
//!
//! The count, `Σx` and `Σx²` are exact, and the variance is one fraction of them,
//! rounded once; see [`integer`](crate::integer).

mod float;
mod integer;
mod norm;
mod scaled;
mod shape;

pub(crate) use float::{About, FloatSpread, ROOM, Square};
pub use norm::{L1, L2, LInfinity, Norm, RootMeanSquare};
pub(crate) use norm::{MeanSquare, magnitude};
pub(crate) use scaled::{Range, ScaledSquares};
pub use shape::{MomentStatistics, Moments};

use crate::aggregate::Aggregate;
use crate::backend::Simd;
use crate::group::{Digest, Digested, Parts};
use crate::row::NumericRow;
use crate::sum::canonical;
use crate::tile::Tile;

/// How a number type is squared and spread.
pub trait Squares: Sized {
    /// The partial of a sum of squares.
    type SquareTotal: Copy + core::fmt::Debug + PartialEq;
    /// What a sum of squares is given as.
    type SumOfSquares: Copy + core::fmt::Debug + PartialEq;
    /// The partial of a variance.
    type Spread: Copy + core::fmt::Debug + PartialEq;
    /// The sum of squares of no rows.
    const NO_SQUARES: Self::SquareTotal;
    /// The spread of no rows.
    const NO_SPREAD: Self::Spread;

    /// Adds the squares of a tile that has a row.
    fn add_squares<R, S>(total: &mut Self::SquareTotal, tile: &Tile<'_, R, S>)
    where
        R: NumericRow<Value = Self>,
        S: Simd;
    /// Adds another total.
    fn merge_squares(total: &mut Self::SquareTotal, other: &Self::SquareTotal);
    /// The sum of squares.
    fn sum_of_squares(total: &Self::SquareTotal) -> Self::SumOfSquares;
    /// The same for columns so short that plain code is faster; `None` for any other.
    #[inline(always)]
    fn short_squares(values: &[Self]) -> Option<Self::SumOfSquares> {
        let _ = values;
        None
    }

    /// Adds a tile that has a row.
    fn add_spread<R, S>(spread: &mut Self::Spread, tile: &Tile<'_, R, S>)
    where
        R: NumericRow<Value = Self>,
        S: Simd;
    /// The spread of a column so short that plain code is faster; `None` for any other, and where
    /// the numbers are too great for it.
    #[inline(always)]
    fn short_spread(values: &[Self]) -> Option<Self::Spread> {
        let _ = values;
        None
    }
    /// Adds another spread.
    fn merge_spread(spread: &mut Self::Spread, other: &Self::Spread);
    /// The sum of squared deviations over `count - ddof`, where that is positive.
    fn variance(spread: &Self::Spread, ddof: u64) -> Option<f64>;
    /// The mean, where there is a row.
    fn spread_mean(spread: &Self::Spread) -> f64;
    /// Writes the results of the last rolling windows.
    #[cfg(feature = "alloc")]
    #[inline(always)]
    fn roll<A, R, S>(
        aggregate: &A,
        simd: S,
        window: usize,
        column: R::Column<'_>,
        results: &mut [A::Output],
    ) where
        A: Aggregate<R, Partial = Self::Spread>,
        R: NumericRow<Value = Self>,
        S: Simd,
    {
        crate::rolling::by_merges::<A, R, S>(aggregate, simd, window, column, results);
    }
}

/// The sum of the squares.
///
/// | rows | result |
/// | --- | --- |
/// | `i8`, `u8`, `i16`, `u16` | `u64`, exact |
/// | `i32`, `u32`, `i64`, `u64` | `u128`, exact |
/// | `f32`, `f64` | the same type, with a relative error of at most `25 u`, where `u` is 2⁻²⁴ or 2⁻⁵³ |
///
/// - **Empty**, or all null: 0.
/// - **NaN** gives NaN; infinities give `+∞`.
/// - **Overflow**: floats whose squares leave the range give `+∞`, and squares below the
///   range lose digits. An integer result saturates: for `u64` rows from the
///   second value near the end of their range on, for `i64` rows from the fourth; for
///   others not below 2³² rows.
/// - **Order**: as [`Sum`](crate::Sum).
/// - **Cost**: one pass, no allocation; a partial of 16 bytes (32 for integers).
///
/// ```
/// use lanefold::{Aggregate, SumOfSquares};
/// assert_eq!(SumOfSquares.of(&[3.0, 4.0]), 25.0);
/// assert_eq!(SumOfSquares.of(&[-128_i8; 3]), 49_152_u64);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct SumOfSquares;

impl<R: NumericRow> Aggregate<R> for SumOfSquares {
    type Partial = <R::Value as Squares>::SquareTotal;
    type Output = <R::Value as Squares>::SumOfSquares;

    #[inline(always)]
    fn identity(&self) -> Self::Partial {
        R::Value::NO_SQUARES
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut Self::Partial, tile: &Tile<'_, R, S>) {
        if tile.count() > 0 {
            R::Value::add_squares(partial, tile);
        }
    }
    #[inline(always)]
    fn merge(&self, into: &mut Self::Partial, other: &Self::Partial) {
        R::Value::merge_squares(into, other);
    }
    #[inline(always)]
    fn finish(&self, partial: &Self::Partial) -> Self::Output {
        R::Value::sum_of_squares(partial)
    }
    const DIGEST: Option<Parts> = Some(Parts::SQUARES);
    #[inline(always)]
    fn join(&self, partial: &mut Self::Partial, digest: &Digest<R::Digest>) {
        if let Some(squares) = digest.squares {
            R::Value::join_squares(partial, squares);
        }
    }
    #[inline(always)]
    fn short(&self, column: R::Column<'_>) -> Option<Self::Output> {
        if R::NULLABLE { None } else { R::Value::short_squares(R::values(column)) }
    }
}

/// The variance, `Σ(x - mean)² / (n - ddof)`, as `f64`.
///
/// - **`n ≤ ddof`**, and so empty or all null: `None`.
/// - **Integers**: the exact fraction, rounded once.
/// - **Floats**, `f32` too, in `f64`. Never negative, and exactly 0 where all values are
///   equal. The relative error is at most `2⁻³⁵ + 8 t u` for `t` tiles of 1,024 rows (2,048
///   of `f32`), where `u` is 2⁻⁵³; it is far less unless one of the first values lies
///   far out. An offset that all values share does not add to it.
/// - **NaN** or an infinity gives NaN. **Range**: squared
///   deviations below 2⁻¹⁰²² lose digits, and come to 0 in the end. Finite values whose squared
///   deviations overflow give `+∞`.
/// - **Order**: for integers the result does not depend on it. For floats it is a
///   function of the column alone, on every CPU and however it was delivered.
/// - **Cost**: one pass, no allocation; a partial of 32 bytes (64 for integers).
///
/// ```
/// use lanefold::{Aggregate, Variance};
/// let xs = [1e9 + 4.0, 1e9 + 7.0, 1e9 + 13.0, 1e9 + 16.0];
/// assert_eq!(Variance::sample().of(&xs), Some(30.0));
/// assert_eq!(Variance::population().of(&xs), Some(22.5));
/// assert_eq!(Variance::sample().of(&xs[..1]), None);
/// ```
///
/// Source: Chan, Golub, `LeVeque`, *Updating Formulae and a Pairwise Algorithm for
/// Computing Sample Variances*, 1979, equation 2.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Variance {
    ddof: u64,
}

/// The standard deviation: the square root of the [`Variance`], rounded once more.
///
/// As [`Variance`] in every respect.
///
/// ```
/// use lanefold::{Aggregate, StdDev};
/// assert_eq!(StdDev::population().of(&[2, 4, 4, 4, 5, 5, 7, 9]), Some(2.0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StdDev {
    ddof: u64,
}

/// The coefficient of variation: the standard deviation over the mean.
///
/// - **`n ≤ ddof`**, and so empty or all null: `None`.
/// - **A mean of 0** gives an infinity, or NaN where the deviation is 0, too; a negative
///   mean gives a negative result.
/// - **NaN, infinities, overflow, order, cost**: as [`Variance`].
///
/// ```
/// use lanefold::{Aggregate, CoefficientOfVariation};
/// let xs = [2, 4, 4, 4, 5, 5, 7, 9];
/// assert_eq!(CoefficientOfVariation::population().of(&xs), Some(0.4));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CoefficientOfVariation {
    ddof: u64,
}

/// Constructors of what is divided by `n - ddof`.
macro_rules! degrees_of_freedom {
    ($($Name:ident $what:literal)*) => {$(
        impl $Name {
            #[doc = concat!($what, " over `n - ddof`, where `ddof` counts the parameters that were")]
            /// estimated from the same rows.
            #[must_use]
            pub const fn new(ddof: u64) -> Self {
                Self { ddof }
            }

            #[doc = concat!($what, " of a sample: over `n - 1`.")]
            #[must_use]
            pub const fn sample() -> Self {
                Self::new(1)
            }

            #[doc = concat!($what, " of a whole population: over `n`.")]
            #[must_use]
            pub const fn population() -> Self {
                Self::new(0)
            }
        }
    )*};
}

pub(crate) use degrees_of_freedom;

degrees_of_freedom! {
    Variance "The variance"
    StdDev "The deviation"
    CoefficientOfVariation "The deviation"
}

/// What is made of a variance and a mean.
trait FromSpread {
    fn finish(&self, variance: f64, mean: impl FnOnce() -> f64) -> f64;
}

impl FromSpread for Variance {
    #[inline(always)]
    fn finish(&self, variance: f64, _: impl FnOnce() -> f64) -> f64 {
        variance
    }
}

impl FromSpread for StdDev {
    #[inline(always)]
    fn finish(&self, variance: f64, _: impl FnOnce() -> f64) -> f64 {
        crate::sqrt::sqrt(variance)
    }
}

impl FromSpread for CoefficientOfVariation {
    #[inline(always)]
    fn finish(&self, variance: f64, mean: impl FnOnce() -> f64) -> f64 {
        crate::sqrt::sqrt(variance) / mean()
    }
}

macro_rules! of_spreads {
    ($($Name:ident)*) => {$(
        impl<R: NumericRow> Aggregate<R> for $Name {
            type Partial = <R::Value as Squares>::Spread;
            type Output = Option<f64>;

            #[inline(always)]
            fn identity(&self) -> Self::Partial {
                R::Value::NO_SPREAD
            }
            #[inline(always)]
            fn update<S: Simd>(&self, partial: &mut Self::Partial, tile: &Tile<'_, R, S>) {
                if tile.count() > 0 {
                    R::Value::add_spread(partial, tile);
                }
            }
            #[inline(always)]
            fn merge(&self, into: &mut Self::Partial, other: &Self::Partial) {
                R::Value::merge_spread(into, other);
            }
            #[inline(always)]
            fn finish(&self, partial: &Self::Partial) -> Self::Output {
                let variance = R::Value::variance(partial, self.ddof)?;
                let mean = || R::Value::spread_mean(partial);
                Some(canonical(FromSpread::finish(self, variance, mean)))
            }
            #[inline(always)]
            fn short(&self, column: R::Column<'_>) -> Option<Self::Output> {
                if R::NULLABLE {
                    return None;
                }
                let spread = R::Value::short_spread(R::values(column))?;
                Some(Aggregate::<R>::finish(self, &spread))
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
                R::Value::roll::<Self, R, S>(self, simd, window, column, results);
            }
        }
    )*};
}

of_spreads! { Variance StdDev CoefficientOfVariation }
