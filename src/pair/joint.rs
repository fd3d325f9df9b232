//! Covariance, correlation, and the line of least squares.
//!
//! # A tile
//!
//! With the first pair as *pivots*, `d = x - p` and `e = y - q`, one sweep gives `Σd`, `Σe`,
//! `Σde` and, where they are needed, `Σd²` and `Σe²`. Then
//!
//! - `Σ(x - mean_x)(y - mean_y) = Σde - Σd Σe / n`,
//!
//! and each column's mean and squared deviations are as in [`moments`](crate::moments). Since
//! the pivots are among the values, the subtraction loses at most a tile's `n` of what
//! Cauchy's inequality allows: the error is at most `80 u (1 + n) √(M₂x M₂y)`, and an
//! offset that all values share adds nothing.
//!
//! # Merges
//!
//! By the formula of Pébay (*Formulas for Robust, One-Pass Parallel Computation of
//! Covariances and Arbitrary-Order Statistical Moments*, 2008, equation 3.5; Chan, Golub
//! and `LeVeque` for the squares): with `δ` and `ε` for the distances of the means,
//!
//! - `C = C_a + C_b + δ ε n_a n_b / n`.
//!
//! # Cost
//!
//! For each two registers that are loaded six float operations (covariance), or ten, half
//! of which the multipliers do: the subtractions are done there, too.

use crate::aggregate::Aggregate;
use crate::backend::{FloatVector, Simd, Vector};
use crate::lanes::{Sums, Terms, totals};
use crate::moments::{About, FloatSpread, ROOM, degrees_of_freedom};
use crate::number::Load;
use crate::row::NumericRow;
use crate::sqrt::sqrt;
use crate::stored::stored;
use crate::sum::{FloatTotal, canonical, same};
use crate::tile::Tile;

/// Distances to pivots, and their products.
struct Distances<S: Simd> {
    pivots: (S::F64, S::F64),
    minus_pivots: (S::F64, S::F64),
    one: <S::F64 as FloatVector<S, f64>>::One,
}

impl<S: Simd> Distances<S> {
    #[inline(always)]
    fn to(simd: S, (x, y): (f64, f64)) -> Self {
        Self {
            pivots: (Vector::splat(simd, x), Vector::splat(simd, y)),
            minus_pivots: (Vector::splat(simd, -x), Vector::splat(simd, -y)),
            one: S::F64::one(simd),
        }
    }

    /// Both are +0.0 for an absent pair.
    #[inline(always)]
    fn of(&self, load: impl Fn((S::F64, S::F64)) -> (S::F64, S::F64)) -> (S::F64, S::F64) {
        let (x, y) = load(self.pivots);
        let (minus_x, minus_y) = self.minus_pivots;
        (x.add_aside(minus_x, self.one), y.add_aside(minus_y, self.one))
    }
}

impl<S: Simd> Terms<S, (S::F64, S::F64), 3> for Distances<S> {
    type Number = f64;
    const START: f64 = 0.0;
    const OTHERS: usize = 3;

    #[inline(always)]
    fn of(&self, _: S, load: impl Fn((S::F64, S::F64)) -> (S::F64, S::F64)) -> [S::F64; 3] {
        let (d, e) = self.of(load);
        [d, e, d.mul(e)]
    }
}

impl<S: Simd> Terms<S, (S::F64, S::F64), 5> for Distances<S> {
    type Number = f64;
    const START: f64 = 0.0;

    #[inline(always)]
    fn of(&self, _: S, load: impl Fn((S::F64, S::F64)) -> (S::F64, S::F64)) -> [S::F64; 5] {
        let (d, e) = self.of(load);
        [d, e, d.mul(e), d.mul(d), e.mul(e)]
    }
}

/// The spreads of two columns, and the sum of the products of deviations. Squared
/// deviations are 0 where nobody asks for them.
#[derive(Clone, Copy, Debug)]
pub struct JointSpread {
    x: FloatSpread,
    y: About,
    products: f64,
}

stored! {
    JointSpread as "JointSpread" |it| {
        v = 1,
        x: Itself<FloatSpread> = it.x,
        y_mean: Real = it.y.mean,
        y_low: Real = it.y.low,
        y_m2: Real = it.y.m2,
        products: Real = it.products,
    }
    refuses {
        y_mean if x.count == 0 && !is_zero(y_mean), "the mean of no rows";
        y_low if x.count == 0 && !is_zero(y_low), "the mean of no rows";
        y_m2 if x.count == 0 && !is_zero(y_m2), "the deviations of no rows";
        products if x.count == 0 && !is_zero(products), "the deviations of no rows";
        y_low if is_no_rest(y_mean, y_low), "not what the mean rounded away";
        y_m2 if y_m2.is_sign_negative(), "a sum of squares";
        y_m2 if y_m2.is_finite() && !y_mean.is_finite(), "deviations from what is not finite";
        y_m2 if y_m2.is_finite() && y_m2 > 0.0 && x.count == 1, "the deviation of one row";
    }
    => JointSpread { x, y: About { mean: y_mean, low: y_low, m2: y_m2 }, products }
}

impl PartialEq for JointSpread {
    fn eq(&self, other: &Self) -> bool {
        self.x == other.x && self.y == other.y && same(self.products, other.products)
    }
}

impl JointSpread {
    const NOTHING: Self = Self { x: FloatSpread::NOTHING, y: About::NOTHING, products: 0.0 };

    /// Adds a tile; `squares`, a constant to the compiler, asks for squared deviations.
    #[inline(always)]
    fn add<A, B, S>(&mut self, tile: &Tile<'_, (A, B), S>, squares: bool)
    where
        A: NumericRow,
        B: NumericRow,
        S: Simd,
    {
        let Some(first) = tile.first() else { return };
        let pivots: (f64, f64) = (first.0.convert(), first.1.convert());
        let n = tile.count() as f64;
        let distances = Distances::to(tile.simd(), pivots);
        let [sum_d, sum_e, products, squares_d, squares_e] = if squares {
            totals::<S, f64, 5>(tile.fold_as::<f64, _>(&Sums::<_, 5>(distances)))
        } else {
            let lanes = tile.fold_as::<f64, _>(&Sums::<_, 3>(distances));
            let [sum_d, sum_e, products] = totals::<S, f64, 3>(lanes);
            // No squares, and none that the means could be missing.
            [sum_d, sum_e, products, sum_d * (sum_d / n), sum_e * (sum_e / n)]
        };
        let x = About::beside(pivots.0, sum_d, squares_d, n);
        let y = About::beside(pivots.1, sum_e, squares_e, n);
        let products = products - sum_d * (sum_e / n);
        let count = tile.count() as u64;
        if (x.m2 + y.m2 + products).is_finite() {
            self.merge(&Self { x: FloatSpread { count, about: x }, y, products });
        } else {
            let pairs = tile.pairs_there();
            self.merge(&wide(pairs.map(|(x, y)| (x.convert(), y.convert())), count));
        }
    }

    #[inline(always)]
    fn merge(&mut self, other: &Self) {
        let (a, b) = (self.x.count, other.x.count);
        if a == 0 || b == 0 {
            if a == 0 {
                *self = *other;
            }
            return;
        }
        let n = a.saturating_add(b) as f64;
        let share = b as f64 / n;
        let delta = self.x.about.distance(&other.x.about);
        let epsilon = self.y.distance(&other.y);
        self.products += other.products + delta * epsilon * (a as f64 * share);
        self.y.merge(&other.y, a as f64, share);
        self.x.merge(&other.x);
    }

    /// Whether there is a NaN.
    #[inline(always)]
    fn is_nan(&self) -> bool {
        (self.x.about.m2 + self.y.m2 + self.products).is_nan()
    }

    /// `M₂` of both, where there are two pairs and neither column is constant.
    #[inline(always)]
    fn spreads(&self) -> Option<(f64, f64)> {
        let (x, y) = (self.x.about.m2, self.y.m2);
        let spread = self.is_nan() || (x > 0.0 && y > 0.0);
        (self.x.count > 1 && spread).then_some((x, y))
    }
}

/// A tile with values that are not finite, or with products that overflow: by the
/// definition, in two passes of plain code.
#[cold]
#[inline(never)]
fn wide(pairs: impl Iterator<Item = (f64, f64)> + Clone, count: u64) -> JointSpread {
    let n = count as f64;
    let mut sums = [FloatTotal::NOTHING; 2];
    for (x, y) in pairs.clone() {
        sums[0].add(x * ROOM);
        sums[1].add(y * ROOM);
    }
    let centres = sums.map(|sum| sum.value() / n / ROOM);
    let mut sums = [FloatTotal::NOTHING; 5];
    for (x, y) in pairs {
        let (d, e) = (x - centres[0], y - centres[1]);
        for (sum, term) in sums.iter_mut().zip([d, e, d * d, e * e, d * e]) {
            sum.add(term);
        }
    }
    let [sum_d, sum_e, squares_d, squares_e, products] = sums.map(FloatTotal::value);
    let x = About::beside_if_finite(centres[0], sum_d, squares_d, n);
    let y = About::beside_if_finite(centres[1], sum_e, squares_e, n);
    let products = if products.is_finite() { products - sum_d * (sum_e / n) } else { products };
    JointSpread { x: FloatSpread { count, about: x }, y, products }
}

/// What is made of a joint spread.
trait FromJointSpread<O> {
    /// Whether squared deviations are needed.
    const SQUARES: bool;
    fn finish(&self, spread: &JointSpread) -> Option<O>;
}

macro_rules! of_joint_spreads {
    ($($Name:ident $Output:ident)*) => {$(
        impl<A: NumericRow, B: NumericRow> Aggregate<(A, B)> for $Name {
            type Partial = JointSpread;
            type Output = Option<$Output>;

            #[inline(always)]
            fn identity(&self) -> JointSpread {
                JointSpread::NOTHING
            }
            #[inline(always)]
            fn update<S: Simd>(&self, partial: &mut JointSpread, tile: &Tile<'_, (A, B), S>) {
                partial.add(tile, <Self as FromJointSpread<$Output>>::SQUARES);
            }
            #[inline(always)]
            fn merge(&self, into: &mut JointSpread, other: &JointSpread) {
                into.merge(other);
            }
            #[inline(always)]
            fn finish(&self, partial: &JointSpread) -> Self::Output {
                FromJointSpread::finish(self, partial)
            }
        }
    )*};
}

of_joint_spreads! { Covariance f64 Correlation f64 LinearFit Line }

/// The covariance, `Σ(x - mean_x)(y - mean_y) / (n - ddof)`, as `f64`.
///
/// The columns may hold different types. A pair of which one value is null is left out.
///
/// - **`n ≤ ddof`**, and so empty: `None`.
/// - **Integers** are converted to `f64`, which rounds those beyond 2⁵³.
/// - **Precision**: the error is at most `2⁻³⁵ + 8 t u` times the product of both
///   deviations, for `t` tiles of 1,024 pairs of `f64`, where `u` is 2⁻⁵³; it is far less
///   unless one of the first values lies far out. Offsets that all values share do not add to
///   it. 0 where a column is constant.
/// - **NaN** or an infinity gives NaN. **Range**: products of deviations below 2⁻¹⁰²² lose
///   digits. Finite values whose sum of such products overflows give an infinity, or NaN.
/// - **Order**: a function of the columns alone, on every CPU and however they were
///   delivered; merging partials in another order may give other bits.
/// - **Cost**: one pass, no allocation; a partial of 64 bytes.
///
/// # Panics
///
/// `of` panics where the columns differ in length, and `try_of` returns the error.
///
/// ```
/// use lanefold::{Aggregate, Covariance};
/// let (xs, ys) = ([1e9 + 1.0, 1e9 + 2.0, 1e9 + 3.0], [5.0, 7.0, 9.0]);
/// assert_eq!(Covariance::sample().of((&xs, &ys)), Some(2.0));
/// assert_eq!(Covariance::sample().of((&xs[..1], &ys[..1])), None);
/// ```
///
/// Source: Pébay, *Formulas for Robust, One-Pass Parallel Computation of Covariances and
/// Arbitrary-Order Statistical Moments*, 2008, equation 3.5.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Covariance {
    ddof: u64,
}

degrees_of_freedom! { Covariance "The covariance" }

impl FromJointSpread<f64> for Covariance {
    const SQUARES: bool = false;

    // Inlined, so that short columns make no means that nobody asks for, and no partial in memory.
    #[inline(always)]
    fn finish(&self, spread: &JointSpread) -> Option<f64> {
        let degrees = spread.x.count.checked_sub(self.ddof).filter(|&degrees| degrees > 0)?;
        Some(canonical(spread.products / degrees as f64))
    }
}

/// Pearson's correlation coefficient, as `f64`.
///
/// - **Empty**, fewer than two pairs, or a constant column: `None`.
/// - **Never** outside `[-1, 1]`. The error is at most `2⁻³³ + 16 t u`; see [`Covariance`].
/// - **Range**: that holds where the standard deviation of each column is at least 2⁻⁵¹¹, and
///   less than `2⁵¹² / √n`. Below, squared deviations lose digits, and a column whose deviations
///   are all below 2⁻⁵³⁸ counts as constant; above, they overflow and give NaN. A column
///   multiplied by a power of two has the same correlation, and a deviation in that range.
/// - **NaN** or an infinity gives NaN.
/// - **Integers, order, cost, panics**: as [`Covariance`].
///
/// ```
/// use lanefold::{Aggregate, Correlation};
/// let (xs, ys) = ([1e9 + 1.0, 1e9 + 2.0, 1e9 + 3.0], [9, 7, 5]);
/// assert_eq!(Correlation.of((&xs, &ys)), Some(-1.0));
/// assert_eq!(Correlation.of((&xs, &[7; 3])), None);
/// ```
///
/// Source: as [`Covariance`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Correlation;

impl FromJointSpread<f64> for Correlation {
    const SQUARES: bool = true;

    #[inline(always)]
    fn finish(&self, spread: &JointSpread) -> Option<f64> {
        let (x, y) = spread.spreads()?;
        let is_finite = x.is_finite() && y.is_finite();
        Some(if is_finite { cosine(spread.products, x, y) } else { f64::NAN })
    }
}

/// `products / √(x y)`, which is in `[-1, 1]` but for rounding.
#[inline(always)]
pub(super) fn cosine(products: f64, x: f64, y: f64) -> f64 {
    let square = x * y;
    // Two roots where the product leaves the range; one root has fewer roundings.
    let in_range = square > f64::MIN_POSITIVE && square < f64::INFINITY;
    let r = products / if in_range { sqrt(square) } else { sqrt(x) * sqrt(y) };
    if r > 1.0 {
        1.0
    } else if r < -1.0 {
        -1.0
    } else {
        canonical(r)
    }
}

/// The line of least squares through pairs `(x, y)`: a [`Line`].
///
/// - **Empty**, fewer than two pairs, or all `x` equal: `None`.
/// - **NaN** or an infinity gives NaN for all three numbers, and so do squared deviations that
///   overflow. The **range** is that of [`Correlation`].
/// - **Precision**: the slope is off by at most `2⁻³³ + 16 t u` times the ratio of the
///   deviations; the intercept, by that times the mean of `x`.
/// - **Integers, order, cost, panics**: as [`Covariance`].
///
/// ```
/// use lanefold::{Aggregate, LinearFit};
/// let line = LinearFit.of((&[1, 2, 3], &[5.0, 7.0, 9.0])).unwrap();
/// assert_eq!((line.slope, line.intercept, line.r2), (2.0, 3.0, 1.0));
/// ```
///
/// Source: as [`Covariance`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct LinearFit;

/// The line `y = slope · x + intercept`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    /// By how much `y` grows with `x`.
    pub slope: f64,
    /// Where `x` is 0.
    pub intercept: f64,
    /// The part of the variance of `y` that the line explains, in `[0, 1]`: the square of the
    /// correlation. 1 where all `y` are equal, for then the line meets them all.
    pub r2: f64,
}

impl FromJointSpread<Line> for LinearFit {
    const SQUARES: bool = true;

    fn finish(&self, spread: &JointSpread) -> Option<Line> {
        let (x, y) = (spread.x.about, spread.y);
        if spread.x.count < 2 || x.m2 == 0.0 && !spread.is_nan() {
            return None;
        }
        if spread.is_nan() || x.m2.is_infinite() || y.m2.is_infinite() {
            return Some(Line { slope: f64::NAN, intercept: f64::NAN, r2: f64::NAN });
        }
        let slope = spread.products / x.m2;
        let intercept = (y.mean - slope * x.mean) + (y.low - slope * x.low);
        let r2 = FromJointSpread::finish(&Correlation, spread).map_or(1.0, |r| r * r);
        Some(Line { slope: canonical(slope), intercept: canonical(intercept), r2 })
    }
}
