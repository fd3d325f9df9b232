//! The partial of an exponential histogram, with the fields of a data point.

use super::buckets::Buckets;
use super::exponential::ExponentialHistogram;
use super::scale;
use super::settings::UnequalSketches;
use super::survey::{Survey, Tally};

/// What an [`ExponentialHistogram`] makes of rows, with the fields of a data point of
/// OpenTelemetry. Also its partial.
///
/// Two of them are equal if they come from histograms of equal settings and equal sets of
/// values.
///
/// ```
/// use lanefold::{Aggregate, ExponentialHistogram};
/// let mut point = ExponentialHistogram::new().of(&[1.0, 2.0, f64::NAN]);
/// point.try_merge(&ExponentialHistogram::new().of(&[-0.5, 1000.0]))?;
/// assert_eq!((point.count(), point.sum(), point.nan_count()), (4, 1002.5, 1));
/// // The finest scale at which ten binades are no more than 160 buckets.
/// assert_eq!(point.scale(), 3);
/// assert_eq!(point.positive().counts.len(), 81);
/// assert_eq!(point.boundary(point.negative().offset + 1), 0.5);
/// # Ok::<(), lanefold::UnequalSketches>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ExponentialHistogramPoint {
    pub(super) histogram: ExponentialHistogram,
    pub(super) tally: Tally,
    pub(super) ranges: Ranges,
}

/// The buckets of both signs, at one scale.
///
/// Of each sign, those from the first to the last with a count are no more than the limit.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Ranges {
    pub(super) scale: i32,
    /// The most buckets for each sign.
    pub(super) limit: u32,
    /// Of negative values by magnitude, and of positive ones.
    pub(super) buckets: [Buckets; 2],
    /// Whether histograms of unequal settings were merged: there are no buckets then.
    pub(super) mixed: bool,
}

/// The first and the last index of a sign.
type Range = Option<(i32, i32)>;

/// The range from the first of either to the last of either.
fn join(one: Range, other: Range) -> Range {
    match (one, other) {
        (Some((low, high)), Some((lower, higher))) => Some((low.min(lower), high.max(higher))),
        _ => one.or(other),
    }
}

impl Ranges {
    pub(super) fn empty(histogram: ExponentialHistogram, mixed: bool) -> Self {
        Self {
            scale: histogram.max_scale(),
            limit: histogram.max_buckets(),
            buckets: [Buckets::NONE, Buckets::NONE],
            mixed,
        }
    }

    /// Goes to a scale at which these indices, of the present scale, fit in with what there is.
    pub(super) fn make_room(&mut self, more: [Range; 2]) {
        let mut levels = 0;
        for (buckets, more) in self.buckets.iter().zip(more) {
            if let Some((low, high)) = join(buckets.range(), more) {
                // At the finest scale a difference takes 32 bits.
                while (high >> levels).abs_diff(low >> levels) >= self.limit {
                    levels += 1;
                }
            }
        }
        self.coarsen(levels);
    }

    fn coarsen(&mut self, levels: u32) {
        if levels > 0 {
            self.scale -= levels.cast_signed();
            for buckets in &mut self.buckets {
                buckets.coarsen(levels);
            }
        }
    }

    /// Goes to a lower scale.
    fn coarsen_to(&mut self, scale: i32) {
        self.coarsen(u32::try_from(self.scale - scale).unwrap_or(0));
    }

    fn merge(&mut self, other: &Self, fits: bool) {
        self.coarsen_to(other.scale);
        let levels = other.scale - self.scale;
        let at_scale = |(low, high)| (low >> levels, high >> levels);
        let ranges = [0, 1].map(|i: usize| other.buckets[i].range().map(at_scale));
        self.make_room(ranges);
        let coarser;
        let other = if other.scale == self.scale {
            other
        } else {
            let mut copy = other.clone();
            copy.coarsen_to(self.scale);
            coarser = copy;
            &coarser
        };
        for i in 0..2 {
            self.buckets[i].merge(&other.buckets[i], i32::MIN, fits);
        }
    }
}

/// The buckets of one sign of an [`ExponentialHistogramPoint`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BucketRange<'a> {
    /// The index of the first bucket; 0 where there are none.
    pub offset: i32,
    /// Values in each bucket from there on; neither the first nor the last count is 0.
    pub counts: &'a [u64],
}

impl ExponentialHistogramPoint {
    pub(super) fn nothing(histogram: ExponentialHistogram) -> Self {
        Self { histogram, tally: Tally::nothing(), ranges: Ranges::empty(histogram, false) }
    }

    /// What counts rows.
    #[inline(always)]
    pub(super) fn survey(&mut self) -> Survey<'_, Ranges> {
        let zero = self.histogram.zero_threshold().to_bits();
        Survey { tally: &mut self.tally, counter: &mut self.ranges, zero }
    }

    /// The settings of the histogram; in a [mixed](Self::is_mixed) point, the coarsest of each.
    #[must_use]
    pub fn histogram(&self) -> ExponentialHistogram {
        self.histogram
    }

    /// The scale of the buckets.
    #[must_use]
    pub fn scale(&self) -> i32 {
        self.ranges.scale
    }

    /// Finite values: the zero count, and the counts of all buckets.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.tally.finite
    }

    /// The sum of the finite values as a real number, rounded once: as
    /// [`ExactSum`](crate::ExactSum).
    #[must_use]
    pub fn sum(&self) -> f64 {
        self.tally.sum()
    }

    /// The least finite value.
    #[must_use]
    pub fn min(&self) -> Option<f64> {
        self.tally.extremes().map(|(least, _)| least)
    }

    /// The greatest finite value.
    #[must_use]
    pub fn max(&self) -> Option<f64> {
        self.tally.extremes().map(|(_, greatest)| greatest)
    }

    /// Values from `-zero_threshold` to `zero_threshold`.
    #[must_use]
    pub fn zero_count(&self) -> u64 {
        self.tally.zeros
    }

    /// The greatest magnitude that counts as zero.
    #[must_use]
    pub fn zero_threshold(&self) -> f64 {
        self.histogram.zero_threshold()
    }

    /// NaN, which nothing else here counts.
    #[must_use]
    pub fn nan_count(&self) -> u64 {
        self.tally.nan
    }

    /// Negative infinities, and positive ones, which nothing else here counts.
    #[must_use]
    pub fn infinities(&self) -> (u64, u64) {
        self.tally.infinities.into()
    }

    /// The buckets of positive values.
    #[must_use]
    pub fn positive(&self) -> BucketRange<'_> {
        let (offset, counts) = self.ranges.buckets[1].trimmed();
        BucketRange { offset, counts }
    }

    /// The buckets of negative values, by magnitude.
    #[must_use]
    pub fn negative(&self) -> BucketRange<'_> {
        let (offset, counts) = self.ranges.buckets[0].trimmed();
        BucketRange { offset, counts }
    }

    /// The lower boundary of a bucket, which is the upper one of the bucket before:
    /// `2^(index / 2^scale)`, rounded to the nearest `f64`. Out of range it is 0 or infinity.
    #[must_use]
    pub fn boundary(&self, index: i32) -> f64 {
        scale::lower(index, self.ranges.scale)
    }

    /// Whether partials of unequal settings were merged by [`Aggregate::merge`]. There are no
    /// buckets then; the zero count is that of the several thresholds, and count, sum, minimum
    /// and maximum are those of all values.
    ///
    /// [`Aggregate::merge`]: crate::Aggregate::merge
    #[must_use]
    pub fn is_mixed(&self) -> bool {
        self.ranges.mixed
    }

    /// Takes in the values of another point, whatever its scale.
    ///
    /// # Errors
    ///
    /// If the settings of the histograms differ; or if one of the two is
    /// [mixed](Self::is_mixed), whose `max_buckets` is NaN in the error. Nothing changes then.
    pub fn try_merge(&mut self, other: &Self) -> Result<(), UnequalSketches> {
        let (one, two) = (self.histogram, other.histogram);
        let buckets =
            |it: &Self| if it.is_mixed() { f64::NAN } else { it.histogram.max_buckets().into() };
        UnequalSketches::check(&[
            ("max_buckets", buckets(self), buckets(other)),
            ("max_scale", one.max_scale().into(), two.max_scale().into()),
            ("zero_threshold", one.zero_threshold(), two.zero_threshold()),
        ])?;
        let fits = self.tally.merge(&other.tally);
        self.ranges.merge(&other.ranges, fits);
        Ok(())
    }

    /// As [`try_merge`](Self::try_merge); gives up the buckets where that fails.
    pub(super) fn merge(&mut self, other: &Self) {
        if self.try_merge(other).is_err() {
            self.tally.merge(&other.tally);
            self.histogram = self.histogram.coarser(other.histogram);
            self.ranges = Ranges::empty(self.histogram, true);
        }
    }
}
