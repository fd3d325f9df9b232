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
//! rows of the tile: the subtraction loses at most the ten bits of a tile's `n`, and
//! an offset that all values share loses nothing. Where all values are equal, every
//! `d` is 0, and so are `s`, `q` and `m2`, exactly.
//!
//! Tiles, and partials, merge by the formula of Chan, Golub and LeVeque (*Updating
//! Formulae and a Pairwise Algorithm for Computing Sample Variances*, 1979, eq. 2.1):
//! with `δ = mean_b - mean_a` and `n = n_a + n_b`,
//!
//! - `mean = mean_a + δ · n_b / n`,
//! - `m2 = m2_a + m2_b + δ² · n_a · n_b / n`.
//!
//! Every term of `m2` is at least 0. One pass over memory, three additions and a
//! multiplication a value, no wait for a mean.
//!
//! # Integers
//!
//! The count, `Σx` and `Σx²` are exact, and the variance is one fraction of them,
//! rounded once; see [`integer`](crate::integer).

use crate::aggregate::Aggregate;
use crate::backend::{FloatVector, Simd, Vector};
use crate::integer::{self, Wide};
use crate::lanes::LaneFold;
use crate::number::Load;
use crate::row::NumericRow;
use crate::sum::{FloatTotal, Summable};
use crate::tile::Tile;
use core::marker::PhantomData;

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

    /// Adds a tile that has a row.
    fn add_spread<R, S>(spread: &mut Self::Spread, tile: &Tile<'_, R, S>)
    where
        R: NumericRow<Value = Self>,
        S: Simd;
    /// Adds another spread.
    fn merge_spread(spread: &mut Self::Spread, other: &Self::Spread);
    /// The sum of squared deviations over `count - ddof`, where that is positive.
    fn variance(spread: &Self::Spread, ddof: u64) -> Option<f64>;
}

/// Lanes of `Σx²`.
struct SquareLanes<T>(PhantomData<T>);

macro_rules! square_lanes {
    ($($T:ident $Vec:ident)*) => {$(
        impl<S: Simd> LaneFold<S, S::$Vec> for SquareLanes<$T> {
            type Lanes = S::$Vec;
            const REGISTERS: usize = 1;

            #[inline(always)]
            fn identity(&self, simd: S) -> S::$Vec {
                Vector::splat(simd, -0.0)
            }
            #[inline(always)]
            fn step(
                &self,
                simd: S,
                lanes: S::$Vec,
                load: impl Fn(S::$Vec) -> S::$Vec,
            ) -> S::$Vec {
                // The square of an absent row is +0.0, and a sum of squares is never
                // -0.0 but where there is no row at all.
                let x = load(Vector::splat(simd, 0.0));
                lanes.add(x.mul(x))
            }
            #[inline(always)]
            fn join(&self, one: S::$Vec, other: S::$Vec) -> S::$Vec {
                one.add(other)
            }
        }
    )*};
}

/// Lanes of `Σd` and `Σd²`, where `d = x - pivot`.
struct SpreadLanes {
    pivot: f64,
}

impl<S: Simd> LaneFold<S, S::F64> for SpreadLanes {
    type Lanes = (S::F64, S::F64);
    const REGISTERS: usize = 2;

    #[inline(always)]
    fn identity(&self, simd: S) -> Self::Lanes {
        (Vector::splat(simd, 0.0), Vector::splat(simd, 0.0))
    }
    #[inline(always)]
    fn step(&self, simd: S, lanes: Self::Lanes, load: impl Fn(S::F64) -> S::F64) -> Self::Lanes {
        // For an absent row, `d` is 0.
        let pivot = Vector::splat(simd, self.pivot);
        let d = load(pivot).sub(pivot);
        (lanes.0.add(d), lanes.1.add(d.mul(d)))
    }
    #[inline(always)]
    fn join(&self, one: Self::Lanes, other: Self::Lanes) -> Self::Lanes {
        (one.0.add(other.0), one.1.add(other.1))
    }
}

/// The spread of floats: their count, mean, and sum of squared deviations from it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FloatSpread {
    count: u64,
    mean: f64,
    m2: f64,
}

impl FloatSpread {
    const NOTHING: Self = Self { count: 0, mean: 0.0, m2: 0.0 };

    #[inline(always)]
    fn merge(&mut self, other: &Self) {
        if self.count == 0 || other.count == 0 {
            if self.count == 0 {
                *self = *other;
            }
            return;
        }
        let count = self.count + other.count;
        let share = other.count as f64 / count as f64;
        let delta = other.mean - self.mean;
        let m2 = self.m2 + other.m2 + delta * delta * (self.count as f64 * share);
        let finite = !self.m2.is_nan() && !other.m2.is_nan();
        self.count = count;
        self.mean += delta * share;
        // Infinite means that overflowed have no difference: the spread did overflow.
        self.m2 = if m2.is_nan() && finite { f64::INFINITY } else { m2 };
    }
}

macro_rules! floats {
    ($($T:ident $Vec:ident)*) => {
        square_lanes! { $($T $Vec)* }
        $(impl Squares for $T {
            type SquareTotal = FloatTotal;
            type SumOfSquares = $T;
            type Spread = FloatSpread;
            const NO_SQUARES: FloatTotal = FloatTotal::NOTHING;
            const NO_SPREAD: FloatSpread = FloatSpread::NOTHING;

            #[inline(always)]
            fn add_squares<R, S>(total: &mut FloatTotal, tile: &Tile<'_, R, S>)
            where
                R: NumericRow<Value = $T>,
                S: Simd,
            {
                total.add(f64::from(tile.fold(&SquareLanes::<$T>(PhantomData)).fold_add()));
            }
            #[inline(always)]
            fn merge_squares(total: &mut FloatTotal, other: &FloatTotal) {
                total.merge(other);
            }
            #[inline(always)]
            fn sum_of_squares(total: &FloatTotal) -> $T {
                <$T as Summable>::sum(total)
            }
            #[inline(always)]
            fn add_spread<R, S>(spread: &mut FloatSpread, tile: &Tile<'_, R, S>)
            where
                R: NumericRow<Value = $T>,
                S: Simd,
            {
                spread.merge(&tile_spread(tile));
            }
            #[inline(always)]
            fn merge_spread(spread: &mut FloatSpread, other: &FloatSpread) {
                spread.merge(other);
            }
            #[inline(always)]
            fn variance(spread: &FloatSpread, ddof: u64) -> Option<f64> {
                let degrees = spread.count.checked_sub(ddof).filter(|&degrees| degrees > 0)?;
                let variance = spread.m2 / degrees as f64;
                Some(if variance.is_nan() { f64::NAN } else { variance })
            }
        })*
    };
}

floats! { f32 F32 f64 F64 }

/// The spread of a tile that has a row.
#[inline(always)]
fn tile_spread<R, S>(tile: &Tile<'_, R, S>) -> FloatSpread
where
    R: NumericRow<Value: Load<f64> + Into<f64>>,
    S: Simd,
{
    let pivot: f64 = tile.first().map_or(0.0, Into::into);
    let count = tile.count() as u64;
    let (sum, squares) = tile.fold_as::<f64, _>(&SpreadLanes { pivot });
    let (sum, squares) = (sum.fold_add(), squares.fold_add());
    let offset = sum / count as f64;
    let m2 = squares - sum * offset;
    // Rounding may take it below 0 by a little.
    let m2 = if m2 < 0.0 { 0.0 } else { m2 };
    let m2 = if m2.is_nan() && is_finite(tile) { f64::INFINITY } else { m2 };
    FloatSpread { count, mean: pivot + offset, m2 }
}

/// Whether a spread that is NaN comes from an overflow, and not from a value.
#[cold]
#[inline(never)]
fn is_finite<R, S>(tile: &Tile<'_, R, S>) -> bool
where
    R: NumericRow<Value: Into<f64>>,
    S: Simd,
{
    tile.with_values(R::Value::default(), |values| {
        values.iter().all(|&x| Into::<f64>::into(x).is_finite())
    })
}

/// The spread of integers: exact sums.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct IntegerSpread {
    count: u64,
    sum: i128,
    squares: Wide,
}

macro_rules! integers {
    ($($T:ident $Sum:ident $narrow:ident $squares:ident;)*) => {$(
        impl Squares for $T {
            type SquareTotal = Wide;
            type SumOfSquares = $Sum;
            type Spread = IntegerSpread;
            const NO_SQUARES: Wide = Wide::ZERO;
            const NO_SPREAD: IntegerSpread =
                IntegerSpread { count: 0, sum: 0, squares: Wide::ZERO };

            #[inline(always)]
            fn add_squares<R, S>(total: &mut Wide, tile: &Tile<'_, R, S>)
            where
                R: NumericRow<Value = $T>,
                S: Simd,
            {
                *total = total.plus(tile.with_values(
                    0,
                    #[inline(always)]
                    |values| $squares(values.iter().map(|&x| x.$narrow().into())),
                ));
            }
            #[inline(always)]
            fn merge_squares(total: &mut Wide, other: &Wide) {
                *total = total.plus(*other);
            }
            #[inline(always)]
            fn sum_of_squares(total: &Wide) -> $Sum {
                total.saturate()
            }
            #[inline(always)]
            fn add_spread<R, S>(spread: &mut IntegerSpread, tile: &Tile<'_, R, S>)
            where
                R: NumericRow<Value = $T>,
                S: Simd,
            {
                spread.count += tile.count() as u64;
                spread.sum += tile.sum();
                Self::add_squares(&mut spread.squares, tile);
            }
            #[inline(always)]
            fn merge_spread(spread: &mut IntegerSpread, other: &IntegerSpread) {
                spread.count += other.count;
                spread.sum += other.sum;
                spread.squares = spread.squares.plus(other.squares);
            }
            #[inline(always)]
            fn variance(spread: &IntegerSpread, ddof: u64) -> Option<f64> {
                let &IntegerSpread { count, sum, squares } = spread;
                (ddof < count).then(|| integer::variance(count, sum, squares, ddof))
            }
        }
    )*};
}

integers! {
    i8 u64 unsigned_abs small_squares;
    u8 u64 magnitude small_squares;
    i16 u64 unsigned_abs half_squares;
    u16 u64 magnitude half_squares;
    i32 u128 unsigned_abs squares;
    u32 u128 magnitude squares;
    i64 u128 unsigned_abs wide_squares;
    u64 u128 magnitude wide_squares;
}

/// `unsigned_abs` for what is unsigned.
trait Magnitude: Sized {
    #[inline(always)]
    fn magnitude(self) -> Self {
        self
    }
}

impl Magnitude for u8 {}
impl Magnitude for u16 {}
impl Magnitude for u32 {}
impl Magnitude for u64 {}

// Each sum is one of at most a tile of magnitudes, and cannot overflow.

/// Magnitudes of 8 bits: at most 2¹³ squares below 2¹⁶.
#[inline(always)]
fn small_squares(magnitudes: impl Iterator<Item = u32>) -> Wide {
    Wide::from_unsigned(u128::from(magnitudes.map(|x| x * x).sum::<u32>()))
}

/// Magnitudes of 16 bits.
#[inline(always)]
fn half_squares(magnitudes: impl Iterator<Item = u32>) -> Wide {
    Wide::from_unsigned(u128::from(magnitudes.map(|x| u64::from(x * x)).sum::<u64>()))
}

/// Magnitudes of 32 bits: the halves of their squares are added apart.
#[inline(always)]
fn squares(magnitudes: impl Iterator<Item = u64>) -> Wide {
    let (low, high) = magnitudes.map(|x| x * x).fold(
        (0_u64, 0_u64),
        #[inline(always)]
        |(low, high), square| (low + (square & 0xffff_ffff), high + (square >> 32)),
    );
    Wide::from_unsigned(u128::from(low) + (u128::from(high) << 32))
}

/// Magnitudes of 64 bits, likewise.
#[inline(always)]
fn wide_squares(magnitudes: impl Iterator<Item = u128>) -> Wide {
    let (low, high) = magnitudes.map(|x| x * x).fold(
        (0_u128, 0_u128),
        #[inline(always)]
        |(low, high), square| (low + (square & u128::from(u64::MAX)), high + (square >> 64)),
    );
    Wide::from_parts(low, high)
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
///   range lose digits. An integer result stays at the end of its range: for 64-bit
///   rows after four values near the end of theirs, for others after 2³² rows.
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
}

/// The variance, `Σ(x - mean)² / (n - ddof)`, as `f64`.
///
/// - **`n ≤ ddof`**, and so empty or all null: `None`.
/// - **Integers**: the exact fraction, rounded once.
/// - **Floats**, `f32` too, in `f64`. Never negative; exactly 0 where all values are
///   equal; an offset that all values share costs no digits beyond those that its
///   size takes from the values. NaN or an infinity gives NaN. Finite values whose
///   squared deviations overflow give `+∞`.
/// - **Order**: for integers the result does not depend on it. For floats it is a
///   function of the column alone, on every CPU and however it was delivered.
/// - **Cost**: one pass, no allocation; a partial of 24 bytes (80 for integers).
///
/// ```
/// use lanefold::{Aggregate, Variance};
/// let xs = [1e9 + 4.0, 1e9 + 7.0, 1e9 + 13.0, 1e9 + 16.0];
/// assert_eq!(Variance::sample().of(&xs), Some(30.0));
/// assert_eq!(Variance::population().of(&xs), Some(22.5));
/// assert_eq!(Variance::sample().of(&xs[..1]), None);
/// ```
///
/// Source: Chan, Golub, LeVeque, *Updating Formulae and a Pairwise Algorithm for
/// Computing Sample Variances*, 1979, equation 2.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Variance {
    ddof: u64,
}

impl Variance {
    /// The variance over `n - ddof`, where `ddof` counts the parameters that were
    /// estimated from the same rows.
    #[must_use]
    pub const fn new(ddof: u64) -> Self {
        Self { ddof }
    }

    /// The variance of a sample: over `n - 1`.
    #[must_use]
    pub const fn sample() -> Self {
        Self::new(1)
    }

    /// The variance of a whole population: over `n`.
    #[must_use]
    pub const fn population() -> Self {
        Self::new(0)
    }
}

impl<R: NumericRow> Aggregate<R> for Variance {
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
        R::Value::variance(partial, self.ddof)
    }
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
    variance: Variance,
}

impl StdDev {
    /// The square root of [`Variance::new`].
    #[must_use]
    pub const fn new(ddof: u64) -> Self {
        Self { variance: Variance::new(ddof) }
    }

    /// The square root of [`Variance::sample`].
    #[must_use]
    pub const fn sample() -> Self {
        Self::new(1)
    }

    /// The square root of [`Variance::population`].
    #[must_use]
    pub const fn population() -> Self {
        Self::new(0)
    }
}

impl<R: NumericRow> Aggregate<R> for StdDev {
    type Partial = <R::Value as Squares>::Spread;
    type Output = Option<f64>;

    #[inline(always)]
    fn identity(&self) -> Self::Partial {
        R::Value::NO_SPREAD
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut Self::Partial, tile: &Tile<'_, R, S>) {
        Aggregate::<R>::update(&self.variance, partial, tile);
    }
    #[inline(always)]
    fn merge(&self, into: &mut Self::Partial, other: &Self::Partial) {
        R::Value::merge_spread(into, other);
    }
    #[inline(always)]
    fn finish(&self, partial: &Self::Partial) -> Self::Output {
        R::Value::variance(partial, self.variance.ddof).map(crate::sqrt::sqrt)
    }
}
