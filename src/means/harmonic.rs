//! The harmonic mean.

use crate::aggregate::Aggregate;
use crate::backend::{FloatVector, Simd, Vector};
use crate::extrema::{Extreme, Least};
use crate::lanes::{Sums, Terms};
use crate::moments::magnitude;
use crate::row::NumericRow;
use crate::stored::stored;
use crate::sum::{FloatTotal, canonical};
use crate::tile::Tile;

/// `1 / |x|`. The sign is looked at apart: zeros of both signs must not cancel.
struct Reciprocal;

impl<S: Simd> Terms<S, S::F64, 1> for Reciprocal {
    type Number = f64;
    const START: f64 = 0.0;

    #[inline(always)]
    fn of(&self, simd: S, load: impl Fn(S::F64) -> S::F64) -> [S::F64; 1] {
        let x = magnitude(simd, load(Vector::splat(simd, f64::INFINITY)));
        let one: S::F64 = Vector::splat(simd, 1.0);
        [one.div(x)]
    }
}

/// The harmonic mean, `n / Σ(1/x)`, as `f64`.
///
/// - **Empty**, or all null: `None`.
/// - **A negative value** gives NaN. A zero of either sign gives 0.
/// - **NaN** gives NaN; an infinity counts as a reciprocal of 0.
/// - **Overflow**: reciprocals of numbers below 2⁻¹⁰²⁴ overflow, which count as zeros; so do
///   sums of reciprocals beyond the range.
/// - **Precision**: a relative error of at most `40 u`, where `u` is 2⁻⁵³, for
///   values below 2¹⁰²², whose reciprocals have all their digits.
/// - **Integers** are converted to `f64`, which rounds those beyond 2⁵³.
/// - **Order**: as [`Sum`](crate::Sum).
/// - **Cost**: one pass with a division a value, no allocation; a partial of 32 bytes.
///
/// ```
/// use lanefold::{Aggregate, HarmonicMean};
/// assert_eq!(HarmonicMean.of(&[1, 4, 4]), Some(2.0));
/// assert_eq!(HarmonicMean.of(&[1.0, 0.0]), Some(0.0));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct HarmonicMean;

/// The partial of [`HarmonicMean`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reciprocals {
    count: u64,
    total: FloatTotal,
    negative: bool,
}

stored! {
    Reciprocals as "Reciprocals" |it| {
        v = 1,
        count: Rows = it.count,
        total: Itself<FloatTotal> = it.total,
        negative: Itself<bool> = it.negative,
    }
    refuses {
        total if !total.is_of(count), "not a sum of as many rows";
        total if total.is_negative(), "a sum of magnitudes";
        negative if negative && count == 0, "there are no rows";
    }
    => Reciprocals { count, total, negative }
}

impl<R: NumericRow> Aggregate<R> for HarmonicMean {
    type Partial = Reciprocals;
    type Output = Option<f64>;

    #[inline(always)]
    fn identity(&self) -> Reciprocals {
        Reciprocals { count: 0, total: FloatTotal::NOTHING, negative: false }
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut Reciprocals, tile: &Tile<'_, R, S>) {
        if tile.count() > 0 {
            let least = Extreme::<Least, f64>::LANES;
            let ([sum], least) = tile.fold_as::<f64, _>(&(Sums(Reciprocal), least));
            partial.count = partial.count.saturating_add(tile.count() as u64);
            partial.total.add(sum.fold_add());
            partial.negative |= least.fold_min() < 0.0;
        }
    }
    #[inline(always)]
    fn merge(&self, into: &mut Reciprocals, other: &Reciprocals) {
        into.count = into.count.saturating_add(other.count);
        into.total.merge(&other.total);
        into.negative |= other.negative;
    }
    #[inline(always)]
    fn finish(&self, partial: &Reciprocals) -> Option<f64> {
        let mean = partial.count as f64 / partial.total.value();
        // Reciprocals of the greatest numbers are subnormal: rounded down, their sum gives more
        // than any of the numbers.
        let total = partial.total.value();
        let mean = if mean.is_infinite() && total > 0.0 { f64::MAX } else { mean };
        let mean = if partial.negative { f64::NAN } else { mean };
        (partial.count > 0).then_some(canonical(mean))
    }
}
