//! The histogram of OpenTelemetry: its settings, and how rows get in.
//!
//! The metrics data model of OpenTelemetry has a histogram of *base-2 exponential* buckets: at
//! scale `s`, bucket `i` holds the values from above `base^i` to `base^(i+1)`, where
//! `base = 2^(2^-s)`. It starts at the finest scale, and as soon as the buckets from the least
//! to the greatest magnitude of a sign are too many, each two become one, which is the next
//! lower scale.
//!
//! 1. The survey of a tile (see `survey`) has the least and the greatest magnitude of each
//!    sign, and their indices say at which scale the tile fits. So values are looked at once,
//!    at a scale that is right for all of them.
//! 2. Indices are exact (see `scale`): two comparisons with a table at scales up to 8, a few
//!    multiplications above.

use super::buckets::Buckets;
use super::count::{self, Ranges};
use super::point::{self, ExponentialHistogramPoint};
use super::scale::{self, Any, Coarse, FINEST, Fine};
use super::settings::SketchError;
use super::survey::{Counter, Extent};
use crate::aggregate::Aggregate;
use crate::backend::Simd;
use crate::row::NumericRow;
use crate::tile::Tile;

/// A histogram of base-2 exponential buckets, as of the data model of OpenTelemetry.
///
/// Takes rows of any numbers, as `f64`: integers beyond 2⁵³ are rounded to that. Gives an
/// [`ExponentialHistogramPoint`], which is also the partial, and has the fields of a data point.
///
/// - **Scale**: the finest at which the buckets of each sign, from the least to the greatest
///   magnitude, are no more than set: 160, unless it is at most `-10`, where three are enough
///   for all numbers. It starts at 20.
/// - **Boundaries** are exact: a value is in bucket `i` if it is above `2^(i / 2^scale)`, and
///   not above the next, as real numbers. Negative values are counted by magnitude.
/// - **Empty**, or all null: no buckets, at the finest scale; minimum and maximum are `None`.
/// - **NaN and infinities** are counted apart, and are nothing else: no count, no sum, no
///   extreme, as the specification asks.
/// - **Order**: none. Any order of rows, cut of streams, tree of merges and backend gives the
///   same point.
/// - **Cost**: one pass; it allocates where the range of the values grows.
///
/// ```
/// use lanefold::{Aggregate, ExponentialHistogram};
/// let point = ExponentialHistogram::new().with_max_scale(0)?.of(&[0.0, 1.0, 1.5, 2.0, 3.0, 4.0]);
/// // From above 1/2 to 1, to 2, to 4.
/// assert_eq!((point.scale(), point.zero_count()), (0, 1));
/// assert_eq!((point.positive().offset, point.positive().counts), (-1, &[1, 2, 2][..]));
/// # Ok::<(), lanefold::SketchError>(())
/// ```
///
/// # Merging unequal histograms
///
/// Partials of unequal settings do not merge: [`ExponentialHistogramPoint::try_merge`] says
/// so, and changes nothing. [`Aggregate::merge`] makes the partial
/// [mixed](ExponentialHistogramPoint::is_mixed), which has no buckets any more. Unequal scales
/// are no unequal settings: those merge without loss.
///
/// Source: OpenTelemetry, *Metrics Data Model*, section `ExponentialHistogram`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ExponentialHistogram {
    max_buckets: u32,
    max_scale: i32,
    zero_threshold: f64,
}

impl Default for ExponentialHistogram {
    fn default() -> Self {
        Self::new()
    }
}

impl ExponentialHistogram {
    /// The lowest scale, at which three buckets hold all numbers.
    pub(super) const COARSEST: i32 = -10;

    /// At most 160 buckets for each sign, from scale 20 on, and a zero bucket of zeros only.
    #[must_use]
    pub fn new() -> Self {
        Self { max_buckets: 160, max_scale: FINEST, zero_threshold: 0.0 }
    }

    /// The same with at most so many buckets for each sign, from 3 to 2²⁰.
    ///
    /// # Errors
    ///
    /// If `max_buckets` is out of that range.
    pub fn with_max_buckets(self, max_buckets: u32) -> Result<Self, SketchError> {
        SketchError::check("max_buckets", max_buckets.into(), (3.0, 1_048_576.0))?;
        Ok(Self { max_buckets, ..self })
    }

    /// The same with no finer scale, from -10 to 20.
    ///
    /// # Errors
    ///
    /// If `max_scale` is out of that range.
    pub fn with_max_scale(self, max_scale: i32) -> Result<Self, SketchError> {
        let range = (Self::COARSEST.into(), FINEST.into());
        SketchError::check("max_scale", max_scale.into(), range)?;
        Ok(Self { max_scale, ..self })
    }

    /// The same with a zero bucket for all values from `-zero_threshold` to `zero_threshold`,
    /// which is finite and at least 0. Such values count in the sum and the extremes.
    ///
    /// # Errors
    ///
    /// If `zero_threshold` is out of that range, or NaN.
    pub fn with_zero_threshold(self, zero_threshold: f64) -> Result<Self, SketchError> {
        // A negative zero is one, too.
        let zero_threshold =
            SketchError::check("zero_threshold", zero_threshold, (0.0, f64::MAX))? + 0.0;
        Ok(Self { zero_threshold, ..self })
    }

    /// The most buckets for each sign.
    #[must_use]
    pub fn max_buckets(&self) -> u32 {
        self.max_buckets
    }

    /// The finest scale.
    #[must_use]
    pub fn max_scale(&self) -> i32 {
        self.max_scale
    }

    /// The greatest magnitude that counts as zero.
    #[must_use]
    pub fn zero_threshold(&self) -> f64 {
        self.zero_threshold
    }

    /// Of these settings, if they are in range.
    #[cfg(feature = "serde")]
    pub(super) fn of_settings(
        max_buckets: u32,
        max_scale: i32,
        zero_threshold: f64,
    ) -> Result<Self, SketchError> {
        let histogram = Self::new().with_max_buckets(max_buckets)?.with_max_scale(max_scale)?;
        histogram.with_zero_threshold(zero_threshold)
    }

    /// The coarser of each setting.
    pub(super) fn coarser(self, other: Self) -> Self {
        let wider = self.zero_threshold > other.zero_threshold;
        Self {
            max_buckets: self.max_buckets.min(other.max_buckets),
            max_scale: self.max_scale.min(other.max_scale),
            zero_threshold: if wider { self.zero_threshold } else { other.zero_threshold },
        }
    }
}

impl<R: NumericRow> Aggregate<R> for ExponentialHistogram {
    type Partial = ExponentialHistogramPoint;
    type Output = ExponentialHistogramPoint;
    const ANY_CUT: bool = true;

    #[inline(always)]
    fn identity(&self) -> ExponentialHistogramPoint {
        ExponentialHistogramPoint::nothing(*self)
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut ExponentialHistogramPoint, tile: &Tile<'_, R, S>) {
        partial.survey().update(tile);
    }
    fn merge(&self, into: &mut ExponentialHistogramPoint, other: &ExponentialHistogramPoint) {
        into.merge(other);
    }
    fn finish(&self, partial: &ExponentialHistogramPoint) -> ExponentialHistogramPoint {
        partial.clone()
    }
    const BECOMES: bool = true;
    fn finish_owned(&self, partial: ExponentialHistogramPoint) -> ExponentialHistogramPoint {
        partial
    }
}

impl Counter for point::Ranges {
    #[inline(always)]
    fn insert(&mut self, values: &[f64], extent: Extent) {
        if self.mixed {
            return;
        }
        let signs = [extent.negative, extent.positive];
        let at = |scale: i32| {
            signs.map(|sign| {
                sign.map(|(low, high)| (scale::index(low, scale), scale::index(high, scale)))
            })
        };
        self.make_room(at(self.scale));
        let scale = self.scale;
        let ranges = at(scale);
        for (buckets, range) in self.buckets.iter_mut().zip(ranges) {
            if let Some((low, high)) = range {
                buckets.cover(low, high, i32::MIN);
            }
        }
        // All have a counter.
        let _ = if !extent.is_normal() {
            count_any(values, &mut self.buckets, ranges, scale)
        } else if Coarse::serves(scale) {
            count::count(values, &mut self.buckets, ranges, Coarse(scale))
        } else {
            count::count(values, &mut self.buckets, ranges, Fine(scale))
        };
    }
}

/// Some numbers lack digits.
#[cold]
#[inline(never)]
fn count_any(values: &[f64], buckets: &mut [Buckets; 2], ranges: Ranges, scale: i32) -> [u64; 2] {
    count::count(values, buckets, ranges, Any(scale))
}
