//! Weighted means and variances: pairs of a value and a weight.
//!
//! A weighted mean is the quotient of two sums, `Σwx` and `Σw`, each as precise as a
//! [`Dot`](super::Dot).
//!
//! A weighted variance needs the mean first. The first value may have a weight of 0 and lie
//! anywhere, so a pivot alone is not enough here: two sweeps over a tile that lies in L1,
//! the first of which gives `Σw`, `Σwd` for `d = x - p`, and so a centre `c = p + Σwd / Σw`,
//! and the second, with `d = x - c`, `Σwd`, `Σwd²` and `Σw²`. Then
//!
//! - `mean = c + Σwd / Σw`,
//! - `M₂ = Σw(x - mean)² = Σwd² - (Σwd)² / Σw`.
//!
//! Tiles and partials merge by the formula of Chan, Golub and `LeVeque` with weights in the
//! place of counts, as West has it (*Updating Mean and Variance Estimates: An Improved
//! Method*, CACM 22, 1979).

use crate::aggregate::Aggregate;
use crate::backend::{FloatVector, Simd, Vector};
use crate::lanes::{Sums, Terms, totals};
use crate::moments::About;
use crate::number::Load;
use crate::row::NumericRow;
use crate::stored::stored;
use crate::sum::{FloatTotal, canonical, same};
use crate::tile::Tile;

/// `wx` and `w`.
struct Weighted;

impl<S: Simd> Terms<S, (S::F64, S::F64), 2> for Weighted {
    type Number = f64;
    const START: f64 = 0.0;

    #[inline(always)]
    fn of(&self, simd: S, load: impl Fn((S::F64, S::F64)) -> (S::F64, S::F64)) -> [S::F64; 2] {
        let zero = Vector::splat(simd, 0.0);
        let (x, w) = load((zero, zero));
        [w.mul(x), w]
    }
}

/// Weighted distances to a centre.
struct WeightedDistances<S: Simd> {
    centre: S::F64,
    minus_centre: S::F64,
}

impl<S: Simd> WeightedDistances<S> {
    #[inline(always)]
    fn to(simd: S, centre: f64) -> Self {
        let minus_centre = Vector::splat(simd, -centre);
        Self { centre: Vector::splat(simd, centre), minus_centre }
    }

    /// The distance and the weight, which are +0.0 for an absent pair.
    #[inline(always)]
    fn of(&self, simd: S, load: impl Fn((S::F64, S::F64)) -> (S::F64, S::F64)) -> (S::F64, S::F64) {
        let (x, w) = load((self.centre, Vector::splat(simd, 0.0)));
        (x.add(self.minus_centre), w)
    }
}

impl<S: Simd> Terms<S, (S::F64, S::F64), 2> for WeightedDistances<S> {
    type Number = f64;
    const START: f64 = 0.0;

    #[inline(always)]
    fn of(&self, simd: S, load: impl Fn((S::F64, S::F64)) -> (S::F64, S::F64)) -> [S::F64; 2] {
        let (d, w) = self.of(simd, load);
        [w.mul(d), w]
    }
}

impl<S: Simd> Terms<S, (S::F64, S::F64), 3> for WeightedDistances<S> {
    type Number = f64;
    const START: f64 = 0.0;

    #[inline(always)]
    fn of(&self, simd: S, load: impl Fn((S::F64, S::F64)) -> (S::F64, S::F64)) -> [S::F64; 3] {
        let (d, w) = self.of(simd, load);
        let product = w.mul(d);
        [product, product.mul(d), w.mul(w)]
    }
}

/// The weighted mean, `Σwx / Σw`, as `f64`: of pairs `(x, w)` of a value and its weight.
///
/// The columns may hold different types. A pair of which one is null is left out.
///
/// - **Empty**, or where the sum of the weights is 0: `None`.
/// - **Precision**: the error of `Σwx` is at most `25 u · Σ|wx|`, that of `Σw` `24 u · Σ|w|`,
///   where `u` is 2⁻⁵³. So for weights of one sign that of the mean is at most
///   `50 u · Σ|wx| / Σ|w|`. Negative weights are taken as they are.
/// - **Integers** are converted to `f64`, which rounds those beyond 2⁵³.
/// - **NaN** gives NaN, also with a weight of 0, and so does an infinity with a weight of 0
///   or an infinite weight; other infinities are as in [`Sum`](crate::Sum).
/// - **Overflow**: as [`Dot`](crate::Dot).
/// - **Order**: as [`Sum`](crate::Sum).
/// - **Cost**: one pass, no allocation; a partial of 32 bytes.
///
/// # Panics
///
/// `of` panics where the columns differ in length, and `try_of` returns the error.
///
/// ```
/// use lanefold::{Aggregate, WeightedMean};
/// assert_eq!(WeightedMean.of((&[1.0, 2.0, 9.0], &[1, 3, 0])), Some(1.75));
/// assert_eq!(WeightedMean.of((&[1.0, 2.0], &[0, 0])), None);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct WeightedMean;

/// The partial of [`WeightedMean`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WeightedTotal {
    products: FloatTotal,
    weights: FloatTotal,
}

stored! {
    WeightedTotal as "WeightedTotal" |it| {
        v = 1,
        products: Itself<FloatTotal> = it.products,
        weights: Itself<FloatTotal> = it.weights,
    }
    refuses {
        weights if weights.is_nothing() != products.is_nothing(), "not of as many rows";
    }
    => WeightedTotal { products, weights }
}

impl<A: NumericRow, B: NumericRow> Aggregate<(A, B)> for WeightedMean {
    type Partial = WeightedTotal;
    type Output = Option<f64>;

    #[inline(always)]
    fn identity(&self) -> WeightedTotal {
        WeightedTotal { products: FloatTotal::NOTHING, weights: FloatTotal::NOTHING }
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut WeightedTotal, tile: &Tile<'_, (A, B), S>) {
        if tile.count() > 0 {
            let [products, weights] = totals::<S, f64, 2>(tile.fold_as::<f64, _>(&Sums(Weighted)));
            partial.products.add(products);
            partial.weights.add(weights);
        }
    }
    #[inline(always)]
    fn merge(&self, into: &mut WeightedTotal, other: &WeightedTotal) {
        into.products.merge(&other.products);
        into.weights.merge(&other.weights);
    }
    #[inline(always)]
    fn finish(&self, partial: &WeightedTotal) -> Option<f64> {
        let weight = partial.weights.value();
        let products = partial.products.value();
        (weight != 0.0 || products.is_nan()).then(|| canonical(products / weight))
    }
}

/// The weighted variance, as `f64`: of pairs `(x, w)` of a value and its weight.
///
/// With `M₂ = Σw(x - mean)²`, where `mean` is `Σwx / Σw`, there are two kinds.
///
/// | constructor | weights are | result | `None` where |
/// | --- | --- | --- | --- |
/// | [`frequency`](Self::frequency) | counts of equal values | `M₂ / (Σw - ddof)` | `Σw ≤ ddof` |
/// | [`reliability`](Self::reliability) | inverse variances, or any measure of trust | `M₂ / (Σw - Σw² / Σw)`, which does not depend on their scale | only one weight is not 0 |
///
/// - **Empty**, or all weights 0: `None`.
/// - **Weights** must not be negative: then the result means nothing. Those of `reliability`
///   have squares within the range of `f64`.
/// - **Precision**: a relative error of at most `2⁻⁴⁰ + 8 t u` for `t` tiles of 1,024 pairs of
///   `f64` unless the deviations are as small as the last digits of the values. Offsets that
///   all values share do not add to it. 0 where all values are equal.
/// - **Integers** are converted to `f64`, which rounds those beyond 2⁵³.
/// - **NaN** or an infinity gives NaN, also with a weight of 0. **Overflow** of
///   `w(x - mean)²` or of the sum of the weights gives `+∞`, or NaN.
/// - **Order**: a function of the columns alone, on every CPU and however they were
///   delivered; merging partials in another order may give other bits.
/// - **Cost**: one pass over memory, each tile twice while it is in L1; no allocation; a
///   partial of 40 bytes.
///
/// # Panics
///
/// `of` panics where the columns differ in length, and `try_of` returns the error.
///
/// ```
/// use lanefold::{Aggregate, Variance, WeightedVariance};
/// let (xs, ws) = ([1e9 + 4.0, 1e9 + 7.0], [1, 2]);
/// assert_eq!(WeightedVariance::frequency(1).of((&xs, &ws)), Some(3.0));
/// assert_eq!(Variance::sample().of(&[4.0, 7.0, 7.0]), Some(3.0));
/// assert_eq!(WeightedVariance::reliability().of((&xs, &ws)), Some(4.5));
/// ```
///
/// Source: West, *Updating Mean and Variance Estimates: An Improved Method*, 1979.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct WeightedVariance {
    weights: Weights,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Weights {
    Frequencies { ddof: u64 },
    Reliabilities,
}

impl WeightedVariance {
    /// Weights count how often a value occurs: the variance of the rows written out. 1 for
    /// a sample, 0 for a whole population.
    #[must_use]
    pub const fn frequency(ddof: u64) -> Self {
        Self { weights: Weights::Frequencies { ddof } }
    }

    /// Weights say how far a value can be trusted. Without bias where a weight is the
    /// inverse of its value's variance.
    #[must_use]
    pub const fn reliability() -> Self {
        Self { weights: Weights::Reliabilities }
    }
}

/// The partial of [`WeightedVariance`].
#[derive(Clone, Copy, Debug)]
pub struct WeightedSpread {
    weight: f64,
    squares: f64,
    about: About,
}

stored! {
    WeightedSpread as "WeightedSpread" |it| {
        v = 1,
        weight: Real = it.weight,
        squares: Real = it.squares,
        mean: Real = it.about.mean,
        low: Real = it.about.low,
        m2: Real = it.about.m2,
    }
    refuses {
        squares if squares.is_sign_negative(), "a sum of squares";
        low if is_no_rest(mean, low), "not what the mean rounded away";
    }
    => WeightedSpread { weight, squares, about: About { mean, low, m2 } }
}

impl PartialEq for WeightedSpread {
    fn eq(&self, other: &Self) -> bool {
        same(self.weight, other.weight)
            && same(self.squares, other.squares)
            && self.about == other.about
    }
}

impl WeightedSpread {
    const NOTHING: Self = Self { weight: 0.0, squares: 0.0, about: About::NOTHING };

    /// A tile, and the first value in it.
    #[inline(always)]
    fn of<A, B, S>(tile: &Tile<'_, (A, B), S>, pivot: f64) -> Self
    where
        A: NumericRow,
        B: NumericRow,
        S: Simd,
    {
        let simd = tile.simd();
        let lanes = tile.fold_as::<f64, _>(&Sums::<_, 2>(WeightedDistances::to(simd, pivot)));
        let [sum, weight] = totals::<S, f64, 2>(lanes);
        // Without a weight any centre will do; NaN stays.
        let over = if weight == 0.0 { 1.0 } else { weight };
        let centre = pivot + sum / over;
        let lanes = tile.fold_as::<f64, _>(&Sums::<_, 3>(WeightedDistances::to(simd, centre)));
        let [sum, deviations, squares] = totals::<S, f64, 3>(lanes);
        Self { weight, squares, about: About::beside(centre, sum, deviations, over) }
    }

    #[inline(always)]
    fn merge(&mut self, other: &Self) {
        let (a, b) = (self.weight, other.weight);
        if b == 0.0 {
            // All that counts of it is a NaN.
            self.about.m2 += other.about.m2;
            return;
        }
        if a == 0.0 {
            let m2 = self.about.m2 + other.about.m2;
            *self = *other;
            self.about.m2 = m2;
            return;
        }
        let share = b / (a + b);
        self.about.merge(&other.about, a, share);
        self.weight += b;
        self.squares += other.squares;
    }
}

impl<A: NumericRow, B: NumericRow> Aggregate<(A, B)> for WeightedVariance {
    type Partial = WeightedSpread;
    type Output = Option<f64>;

    #[inline(always)]
    fn identity(&self) -> WeightedSpread {
        WeightedSpread::NOTHING
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut WeightedSpread, tile: &Tile<'_, (A, B), S>) {
        let Some((mut x, weight)) = tile.first() else { return };
        if weight == B::Value::default() {
            // A value that does not count may lie anywhere, and is no pivot.
            let mut found = false;
            tile.for_each(
                #[inline(always)]
                |other, weight| {
                    if !found && weight != B::Value::default() {
                        (x, found) = (other, true);
                    }
                },
            );
        }
        partial.merge(&WeightedSpread::of(tile, x.convert()));
    }
    #[inline(always)]
    fn merge(&self, into: &mut WeightedSpread, other: &WeightedSpread) {
        into.merge(other);
    }
    #[inline(always)]
    fn finish(&self, partial: &WeightedSpread) -> Option<f64> {
        let &WeightedSpread { weight, squares, about } = partial;
        let degrees = match self.weights {
            Weights::Frequencies { ddof } => weight - ddof as f64,
            Weights::Reliabilities if weight == 0.0 => 0.0,
            Weights::Reliabilities => {
                // Of one weight, the difference is what rounding left.
                let degrees = weight - squares / weight;
                if degrees <= 4.0 * f64::EPSILON * weight { 0.0 } else { degrees }
            }
        };
        // Not `degrees <= 0`: NaN is to be seen.
        let nothing = degrees <= 0.0 && !about.m2.is_nan() || weight == 0.0 && about.m2 == 0.0;
        (!nothing).then(|| canonical(about.m2 / degrees))
    }
}
