//! Moments up to the fourth.
//!
//! # A tile
//!
//! Two sweeps over a tile that lies in L1. The first gives `Σ(x - p)` for a pivot `p`, the
//! first value, and so the mean, rounded to a centre `c`. The second gives, with `d = x - c`,
//! the sums `s₁` to `s₄` of `d`, `d²`, `d³` and `d⁴`. With `m = s₁ / n`, the little by which
//! the mean lies beside `c`,
//!
//! - `M₂ = s₂ - m s₁`,
//! - `M₃ = s₃ - 3 m s₂ + 2 m² s₁`,
//! - `M₄ = s₄ - 4 m s₃ + 6 m² s₂ - 3 m³ s₁`,
//!
//! where `Mₖ = Σ(x - mean)ᵏ`. Every correction is small beside the term before it, so nothing
//! cancels, whatever offset the values share; one pivot for all would cost the kurtosis as
//! many digits as the variance, and the skewness half as many more. Where all values are
//! equal, every `d` is 0, and so is every moment, exactly.
//!
//! # Merges
//!
//! By the formulae of Pébay (*Formulas for Robust, One-Pass Parallel Computation of
//! Covariances and Arbitrary-Order Statistical Moments*, Sandia report SAND2008-6212, 2008,
//! equations 2.1 and 3.1): with `δ = mean_b - mean_a`, `n = n_a + n_b`, `p = n_a / n` and
//! `q = n_b / n`,
//!
//! - `M₃ = M₃a + M₃b + δ³ n p q (p - q) + 3 δ (p M₂b - q M₂a)`,
//! - `M₄ = M₄a + M₄b + δ⁴ n p q (p² - p q + q²) + 6 δ² (p² M₂b + q² M₂a) + 4 δ (p M₃b - q M₃a)`,
//!
//! and the mean and `M₂` as in [`moments`](super).
//!
//! # Cost and limits
//!
//! Ten float operations a value. Fourth powers leave the range of `f64` where deviations
//! are beyond 2²⁵⁵; then the tile is taken again by the definition, for the variance. Below
//! 2⁻²⁰⁰ they lose digits. The result is NaN in both cases, and not a wrong number.

use super::{About, FloatSpread, ROOM};
use crate::aggregate::Aggregate;
use crate::backend::{FloatVector, Simd, Vector};
use crate::lanes::{Sums, Terms, totals};
use crate::number::Load;
use crate::row::NumericRow;
use crate::sqrt::sqrt;
use crate::stored::stored;
use crate::sum::{FloatTotal, canonical, same};
use crate::tile::Tile;

/// Distances to a centre, and their powers.
struct Powers<S: Simd> {
    centre: S::F64,
    minus_centre: S::F64,
    one: <S::F64 as FloatVector<S, f64>>::One,
}

impl<S: Simd> Powers<S> {
    #[inline(always)]
    fn about(simd: S, centre: f64) -> Self {
        Self {
            centre: Vector::splat(simd, centre),
            minus_centre: Vector::splat(simd, -centre),
            one: S::F64::one(simd),
        }
    }

    /// `x - centre`, which is +0.0 for an absent row. Aside, since most else is additions.
    #[inline(always)]
    fn distance(&self, load: impl Fn(S::F64) -> S::F64) -> S::F64 {
        load(self.centre).add_aside(self.minus_centre, self.one)
    }
}

impl<S: Simd> Terms<S, S::F64, 1> for Powers<S> {
    type Number = f64;
    const START: f64 = 0.0;

    #[inline(always)]
    fn of(&self, _: S, load: impl Fn(S::F64) -> S::F64) -> [S::F64; 1] {
        [self.distance(load)]
    }
}

impl<S: Simd> Terms<S, S::F64, 4> for Powers<S> {
    type Number = f64;
    const START: f64 = 0.0;

    #[inline(always)]
    fn of(&self, _: S, load: impl Fn(S::F64) -> S::F64) -> [S::F64; 4] {
        let d = self.distance(load);
        let square = d.mul(d);
        [d, square, square.mul(d), square.mul(square)]
    }
}

/// The partial of [`Moments`].
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    spread: FloatSpread,
    m3: f64,
    m4: f64,
}

stored! {
    Shape as "Shape" |it| {
        v = 1,
        spread: Itself<FloatSpread> = it.spread,
        m3: Real = it.m3,
        m4: Real = it.m4,
    }
    refuses {
        m3 if spread.count == 0 && !is_zero(m3), "the deviations of no rows";
        m4 if spread.count == 0 && !is_zero(m4), "the deviations of no rows";
        // Subnormal numbers are rounded by more than they are.
        m4 if m4.is_finite() && m4 <= -f64::MIN_POSITIVE, "a sum of fourth powers";
    }
    => Shape { spread, m3, m4 }
}

impl PartialEq for Shape {
    fn eq(&self, other: &Self) -> bool {
        self.spread == other.spread && same(self.m3, other.m3) && same(self.m4, other.m4)
    }
}

impl Shape {
    /// A tile that has a row.
    #[inline(always)]
    fn of<R: NumericRow, S: Simd>(tile: &Tile<'_, R, S>) -> Self {
        let (simd, count) = (tile.simd(), tile.count() as u64);
        let n = count as f64;
        let pivot: f64 = tile.first().map_or(0.0, Load::convert);
        let [sum] = tile.fold_as::<f64, _>(&Sums::<_, 1>(Powers::about(simd, pivot)));
        let centre = pivot + sum.fold_add() / n;
        let lanes = tile.fold_as::<f64, _>(&Sums::<_, 4>(Powers::about(simd, centre)));
        let [s1, s2, s3, s4] = totals::<S, f64, 4>(lanes);
        if !s4.is_finite() {
            return wide_shape(tile.values_there().map(Load::<f64>::convert), tile.count() as u64);
        }
        let m = s1 / n;
        let m3 = s3 - 3.0 * m * s2 + 2.0 * m * m * s1;
        let m4 = s4 - 4.0 * m * s3 + 6.0 * m * m * s2 - 3.0 * m * m * m * s1;
        // Rounding may take it below 0 by a little.
        let m4 = if m4 < 0.0 { 0.0 } else { m4 };
        Self { spread: FloatSpread { count, about: About::beside(centre, s1, s2, n) }, m3, m4 }
    }

    #[inline(always)]
    fn merge(&mut self, other: &Self) {
        if self.spread.count == 0 || other.spread.count == 0 {
            if self.spread.count == 0 {
                *self = *other;
            }
            return;
        }
        let (one, two) = (self.spread, other.spread);
        let count = one.count.saturating_add(two.count) as f64;
        let (p, q) = (one.count as f64 / count, two.count as f64 / count);
        let delta = one.about.distance(&two.about);
        let squared = delta * delta;
        let both = one.count as f64 * q;
        self.m4 += other.m4
            + squared * squared * (both * (p * p - p * q + q * q))
            + 6.0 * squared * (p * p * two.about.m2 + q * q * one.about.m2)
            + 4.0 * delta * (p * other.m3 - q * self.m3);
        self.m3 += other.m3
            + squared * delta * (both * (p - q))
            + 3.0 * delta * (p * two.about.m2 - q * one.about.m2);
        self.spread.merge(&other.spread);
    }
}

/// A tile with values that are not finite, or with powers that overflow: by the definition,
/// in two passes of plain code, and without the higher moments.
#[cold]
#[inline(never)]
fn wide_shape(values: impl Iterator<Item = f64> + Clone, count: u64) -> Shape {
    let mut sum = FloatTotal::NOTHING;
    for x in values.clone() {
        sum.add(x * ROOM);
    }
    let centre = sum.value() / count as f64 / ROOM;
    let [mut sum, mut squares] = [FloatTotal::NOTHING; 2];
    for x in values {
        let d = x - centre;
        sum.add(d);
        squares.add(d * d);
    }
    let about = About::beside_if_finite(centre, sum.value(), squares.value(), count as f64);
    Shape { spread: FloatSpread { count, about }, m3: f64::NAN, m4: f64::NAN }
}

/// The count, the mean, the variance, the skewness and the kurtosis in one: a
/// [`MomentStatistics`].
///
/// - **Empty**, or all null: `None`.
/// - **Integers** are converted to `f64`, which rounds those beyond 2⁵³. (`Mean` and
///   `Variance` of integers are exact.)
/// - **NaN** or an infinity gives NaN, but for the count.
/// - **Overflow**: finite values whose squared deviations overflow give a variance of `+∞`.
///   Skewness and kurtosis are NaN where fourth powers of deviations leave the range of
///   `f64`: where some are beyond 2²⁵⁵, or `Σ(x - mean)²` is below 2⁻⁴⁰⁰.
/// - **Order**: a function of the column alone, on every CPU and however it was delivered;
///   merging partials in another order may give other bits.
/// - **Cost**: one pass over memory, each tile twice while it is in L1; no allocation; a
///   partial of 48 bytes.
///
/// ```
/// use lanefold::{Aggregate, Moments};
/// let moments = Moments.of(&[1e9 + 1.0, 1e9 + 2.0, 1e9 + 3.0, 1e9 + 10.0]).unwrap();
/// assert_eq!(moments.count(), 4);
/// assert_eq!(moments.mean(), 1e9 + 4.0);
/// assert_eq!(moments.variance(0), Some(12.5));
/// assert_eq!(moments.skewness().map(|g| g > 1.0), Some(true));
/// assert_eq!(moments.kurtosis().map(|g| (g * 1e3).round()), Some(-770.0));
/// ```
///
/// Source: Pébay, *Formulas for Robust, One-Pass Parallel Computation of Covariances and
/// Arbitrary-Order Statistical Moments*, 2008, equations 2.1 and 3.1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Moments;

impl<R: NumericRow> Aggregate<R> for Moments {
    type Partial = Shape;
    type Output = Option<MomentStatistics>;

    #[inline(always)]
    fn identity(&self) -> Shape {
        Shape { spread: FloatSpread::NOTHING, m3: 0.0, m4: 0.0 }
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut Shape, tile: &Tile<'_, R, S>) {
        if tile.count() > 0 {
            partial.merge(&Shape::of(tile));
        }
    }
    #[inline(always)]
    fn merge(&self, into: &mut Shape, other: &Shape) {
        into.merge(other);
    }
    #[inline(always)]
    fn finish(&self, partial: &Shape) -> Option<MomentStatistics> {
        (partial.spread.count > 0).then_some(MomentStatistics { shape: *partial })
    }
}

/// What [`Moments`] gives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MomentStatistics {
    shape: Shape,
}

impl MomentStatistics {
    /// The least `Σ(x - mean)²` whose square has all its digits.
    const LEAST: f64 = f64::from_bits((1023 - 400) << 52);

    /// Rows that are not null.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.shape.spread.count
    }

    /// The arithmetic mean.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.shape.spread.about.centre()
    }

    /// The variance over `n - ddof`; `None` where that is not positive.
    #[must_use]
    pub fn variance(&self, ddof: u64) -> Option<f64> {
        self.shape.spread.variance(ddof)
    }

    /// The square root of the variance.
    #[must_use]
    pub fn std_dev(&self, ddof: u64) -> Option<f64> {
        self.variance(ddof).map(sqrt).map(canonical)
    }

    /// The skewness of the population, `(M₃ / n) / (M₂ / n)^(3/2)`; `None` where all values
    /// are equal.
    #[must_use]
    pub fn skewness(&self) -> Option<f64> {
        let variance = self.powers_in_range()?;
        let third = self.shape.m3 / self.count() as f64;
        Some(canonical(third / (variance * sqrt(variance))))
    }

    /// The excess kurtosis of the population, `(M₄ / n) / (M₂ / n)² - 3`, which is 0 for a
    /// normal distribution; `None` where all values are equal.
    #[must_use]
    pub fn kurtosis(&self) -> Option<f64> {
        let variance = self.powers_in_range()?;
        let fourth = self.shape.m4 / self.count() as f64;
        Some(canonical(fourth / (variance * variance) - 3.0))
    }

    /// The variance of the population, or NaN where its square may lack digits; `None` where
    /// it is 0.
    fn powers_in_range(&self) -> Option<f64> {
        let m2 = self.shape.spread.about.m2;
        let in_range = m2 >= Self::LEAST && self.shape.m4.is_finite();
        let variance = if in_range { m2 / self.count() as f64 } else { f64::NAN };
        (m2 != 0.0).then_some(variance)
    }
}
