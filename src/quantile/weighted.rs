//! Quantiles of values that count for more or less than one.

use super::QuantileError;
use super::collected::Weighted;
use crate::adapt::Adapt;
use crate::aggregate::Aggregate;
use crate::backend::Simd;
use crate::number::Load;
use crate::row::NumericRow;
use crate::sum::two_sum;
use crate::tile::Tile;
use alloc::vec::Vec;

/// A quantile of values with weights: pairs of a value and a weight.
///
/// It is the least value up to which, in order, the weights add up to at least `q` times
/// their sum; for `q` of 0 the least value. Where all weights are 1 that is type 1 of
/// [`QuantileMethod`](super::QuantileMethod), and a whole weight is as good as so many rows.
/// A pair whose weight is 0, or of which either is null, is left out.
///
/// - **Empty**, or without weight: `None`.
/// - **NaN**, and a weight that is negative or infinite, gives NaN; so do weights whose sum
///   is out of range.
/// - **Order**: the result does not depend on it, nor on merges. Weights add up in pairs of
///   `f64`: exactly, where all are integers and the sum is below 2⁵³, else to about 2⁻¹⁰⁰.
///   Values and weights of 64 bits are rounded to `f64`.
/// - **Cost**: the pairs are collected and sorted, `O(n log n)`; 16 bytes a pair.
///
/// ```
/// use lanefold::{Aggregate, WeightedQuantile};
/// let (price, sold) = ([1.0, 2.0, 9.0], [10, 30, 1]);
/// assert_eq!(WeightedQuantile::new(0.5)?.of((&price, &sold)), Some(2.0));
/// # Ok::<(), lanefold::QuantileError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WeightedQuantile {
    q: f64,
}

impl WeightedQuantile {
    /// The quantile `q`.
    ///
    /// # Errors
    ///
    /// If `q` is not between 0 and 1.
    pub const fn new(q: f64) -> Result<Self, QuantileError> {
        match QuantileError::check(q) {
            Ok(q) => Ok(Self { q }),
            Err(error) => Err(error),
        }
    }
}

impl Adapt for WeightedQuantile {}

/// A sum in two parts.
#[derive(Clone, Copy)]
struct Total(f64, f64);

impl Total {
    fn plus(self, weight: f64) -> Self {
        let (sum, lost) = two_sum(self.0, weight);
        let (high, low) = two_sum(sum, lost + self.1);
        Self(high, low)
    }

    /// So much of it.
    fn share(self, q: f64) -> Self {
        let product = q * self.0;
        let (high, low) = two_sum(product, libm::fma(q, self.0, -product) + q * self.1);
        Self(high, low)
    }

    #[allow(clippy::float_cmp, reason = "the second part decides only where the first is equal")]
    fn reaches(self, other: Self) -> bool {
        self.0 > other.0 || self.0 == other.0 && self.1 >= other.1
    }
}

impl<A: NumericRow, B: NumericRow> Aggregate<(A, B)> for WeightedQuantile {
    type Partial = Weighted;
    type Output = Option<f64>;

    const ANY_CUT: bool = true;

    #[inline(always)]
    fn identity(&self) -> Self::Partial {
        Weighted { pairs: Vec::new() }
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut Self::Partial, tile: &Tile<'_, (A, B), S>) {
        tile.for_each(
            #[inline(always)]
            |value, weight| {
                let weight = Load::<f64>::convert(weight);
                if weight != 0.0 {
                    partial.pairs.push((Load::<f64>::convert(value), weight));
                }
            },
        );
    }
    #[inline]
    fn merge(&self, into: &mut Self::Partial, other: &Self::Partial) {
        into.pairs.extend_from_slice(&other.pairs);
    }
    fn finish(&self, partial: &Self::Partial) -> Option<f64> {
        let bad = |&(value, weight): &(f64, f64)| value.is_nan() || weight.is_nan() || weight < 0.0;
        if partial.pairs.iter().any(bad) {
            return Some(f64::NAN);
        }
        let mut pairs = partial.pairs.clone();
        // By weight, too, so that the order in which they came is forgotten.
        let order = |one: f64, other: f64| one.total_cmp(&other);
        pairs.sort_unstable_by(|a, b| order(a.0, b.0).then_with(|| order(a.1, b.1)));
        let nothing = Total(0.0, 0.0);
        let total = pairs.iter().fold(nothing, |total, &(_, weight)| total.plus(weight));
        if !total.0.is_finite() {
            return Some(f64::NAN);
        }
        let wanted = total.share(self.q);
        let mut sum = nothing;
        let reached = |&&(_, weight): &&(f64, f64)| {
            sum = sum.plus(weight);
            sum.reaches(wanted)
        };
        // The last of them reaches any share, but for what rounding does.
        let found = pairs.iter().find(reached).or(pairs.last());
        found.map(|&(value, _)| value)
    }
}
