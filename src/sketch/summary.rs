//! The partial of a quantile sketch, and what can be asked of it.

use super::buckets::Buckets;
use super::grid::Grid;
use super::quantile::QuantileSketch;
use super::settings::UnequalSketches;
use super::survey::{Survey, Tally};
use super::window::Window;
use core::mem;

/// What a [`QuantileSketch`] makes of rows: count, sum and extremes, and all quantiles within
/// its relative error. Also its partial.
///
/// Two of them are equal if they come from sketches of equal settings and equal sets of values.
///
/// ```
/// use lanefold::{Aggregate, QuantileSketch};
/// let sketch = QuantileSketch::new(0.02)?;
/// let mut first = sketch.of(&[1.0, 2.0, f64::NAN]);
/// let second = sketch.of(&[-3.0, 0.0, f64::INFINITY]);
/// first.try_merge(&second)?;
/// assert_eq!((first.count(), first.nan_count(), first.zero_count()), (5, 1, 1));
/// assert_eq!(first.infinities(), (0, 1));
/// assert_eq!((first.quantile(0.0), first.quantile(1.0)), (Some(-3.0), Some(f64::INFINITY)));
/// assert_eq!(first.rank(0.5), Some(2));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct QuantileSummary {
    pub(super) sketch: QuantileSketch,
    pub(super) tally: Tally,
    pub(super) window: Window,
}

/// A bucket of a [`QuantileSummary`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bucket {
    /// The end nearer to minus infinity. It belongs to the bucket where it is positive.
    pub lower: f64,
    /// The other end. It belongs to the bucket where it is negative.
    pub upper: f64,
    /// Values in it.
    pub count: u64,
}

impl QuantileSummary {
    pub(super) fn nothing(sketch: QuantileSketch, grid: Grid) -> Self {
        let window = Window::empty(Some(grid), sketch.buckets());
        Self { sketch, tally: Tally::nothing(), window }
    }

    /// Makes it one of nothing, which keeps its memory.
    pub(super) fn reset(&mut self, sketch: QuantileSketch, grid: Grid) {
        let mut buckets = mem::take(&mut self.window.buckets);
        buckets.iter_mut().for_each(Buckets::clear);
        *self = Self::nothing(sketch, grid);
        self.window.buckets = buckets;
    }

    /// What counts rows.
    #[inline(always)]
    pub(super) fn survey(&mut self) -> Survey<'_, Window> {
        Survey { tally: &mut self.tally, counter: &mut self.window, zero: 0 }
    }

    /// The settings of the sketch; in a [mixed](Self::is_mixed) summary, the greatest error
    /// and the fewest buckets.
    #[must_use]
    pub fn sketch(&self) -> QuantileSketch {
        self.sketch
    }

    /// Values other than NaN.
    #[must_use]
    pub fn count(&self) -> u64 {
        let [negative, positive] = self.tally.infinities;
        self.tally.finite.saturating_add(negative).saturating_add(positive)
    }

    /// Zeros of both signs.
    #[must_use]
    pub fn zero_count(&self) -> u64 {
        self.tally.zeros
    }

    /// NaN, which nothing else here counts.
    #[must_use]
    pub fn nan_count(&self) -> u64 {
        self.tally.nan
    }

    /// Negative infinities, and positive ones.
    #[must_use]
    pub fn infinities(&self) -> (u64, u64) {
        self.tally.infinities.into()
    }

    /// The sum of the values other than NaN as a real number, rounded once: as
    /// [`ExactSum`](crate::ExactSum).
    #[must_use]
    pub fn sum(&self) -> f64 {
        match self.tally.infinities {
            [0, 0] => self.tally.sum(),
            [0, _] => f64::INFINITY,
            [_, 0] => f64::NEG_INFINITY,
            [_, _] => f64::NAN,
        }
    }

    /// The least value, exactly.
    #[must_use]
    pub fn min(&self) -> Option<f64> {
        let finite = self.tally.extremes().map(|(least, _)| least);
        match self.tally.infinities {
            [0, 0] => finite,
            [0, _] => finite.or(Some(f64::INFINITY)),
            _ => Some(f64::NEG_INFINITY),
        }
    }

    /// The greatest value, exactly.
    #[must_use]
    pub fn max(&self) -> Option<f64> {
        let finite = self.tally.extremes().map(|(_, greatest)| greatest);
        match self.tally.infinities {
            [0, 0] => finite,
            [_, 0] => finite.or(Some(f64::NEG_INFINITY)),
            _ => Some(f64::INFINITY),
        }
    }

    /// Values that have collapsed: too near to zero, beside the greatest magnitude, for the
    /// buckets that there are. Of their quantiles only the sign is known, and a bound.
    #[must_use]
    pub fn collapsed(&self) -> u64 {
        let [negative, positive] = self.window.collapsed;
        negative.saturating_add(positive)
    }

    /// The magnitude from which on quantiles are within the error: 0 where nothing has
    /// collapsed, and infinity where the summary is [mixed](Self::is_mixed).
    #[must_use]
    pub fn guaranteed_from(&self) -> f64 {
        match self.window.grid {
            None => f64::INFINITY,
            Some(_) if self.collapsed() == 0 => 0.0,
            Some(grid) => grid.lower(self.window.floor()),
        }
    }

    /// Whether partials of unequal settings were merged by [`Aggregate::merge`]. Quantiles and
    /// ranks are `None` then; counts, sum, minimum and maximum are those of all values.
    ///
    /// [`Aggregate::merge`]: crate::Aggregate::merge
    #[must_use]
    pub fn is_mixed(&self) -> bool {
        self.window.grid.is_none()
    }

    /// The value of rank `⌊q · (count - 1)⌋`, from 0 in ascending order, within the relative
    /// error of the sketch. The product is rounded to `f64`.
    ///
    /// - The least and the greatest value are exact, and so are zeros and infinities.
    /// - For a value that has collapsed: the magnitude below which such values are, or the
    ///   extreme, where that is nearer to zero.
    /// - `None` without values, where `q` is not from 0 to 1, and in mixed summaries.
    ///
    /// One pass over the buckets.
    ///
    /// ```
    /// use lanefold::{Aggregate, QuantileSketch};
    /// let summary = QuantileSketch::new(0.01)?.of(&[30, 10, 20]);
    /// assert!((summary.quantile(0.5).unwrap() - 20.0).abs() <= 0.2);
    /// assert_eq!(summary.quantile(1.5), None);
    /// # Ok::<(), lanefold::SketchError>(())
    /// ```
    #[must_use]
    pub fn quantile(&self, q: f64) -> Option<f64> {
        let last = self.count().checked_sub(1)?;
        if !(0.0..=1.0).contains(&q) {
            return None;
        }
        // Never beyond the last, though rounded: the conversion back saturates.
        let rank = ((q * last as f64) as u64).min(last);
        self.at_rank(rank)
    }

    /// The value of a rank below the count.
    fn at_rank(&self, rank: u64) -> Option<f64> {
        let grid = self.window.grid?;
        if rank == 0 {
            return self.min();
        }
        if rank == self.count() - 1 {
            return self.max();
        }
        let [negative, positive] = &self.window.buckets;
        let [below, above] = self.window.collapsed;
        // The floor is that of a number where something has collapsed.
        let edge = || grid.lower(self.window.floor());
        let mut left = rank;
        // Whether the rank is among the next so many.
        let mut is_in = |count: u64| {
            let found = left < count;
            left = left.saturating_sub(count);
            found
        };
        if is_in(self.tally.infinities[0]) {
            return Some(f64::NEG_INFINITY);
        }
        let found = negative.iter().rev().find(|&(_, count)| is_in(count));
        let found = found.map(|(index, _)| -grid.value(index));
        let found = found.or_else(|| is_in(below).then(|| -edge()));
        let found = found.or_else(|| is_in(self.tally.zeros).then_some(0.0));
        let found = found.or_else(|| is_in(above).then(edge));
        let found = found.or_else(|| {
            let found = positive.iter().find(|&(_, count)| is_in(count));
            found.map(|(index, _)| grid.value(index))
        });
        let (least, greatest) = self.tally.extremes().unwrap_or_default();
        match found {
            // Nearer to any value that it stands for, since those are in between.
            Some(value) if value < least => Some(least),
            Some(value) if value > greatest => Some(greatest),
            Some(value) => Some(value),
            None => Some(f64::INFINITY),
        }
    }

    /// How many values are at most `value`, as far as buckets tell: all that are, and of those
    /// above it only such as share its bucket, which are within a factor `(1 + α) / (1 - α)`.
    ///
    /// - Exact from the greatest value on, below the least, and at zero.
    /// - Below [`guaranteed_from`](Self::guaranteed_from), all collapsed values of the sign
    ///   share a bucket.
    /// - `None` for NaN, and in mixed summaries. Without values 0.
    ///
    /// ```
    /// use lanefold::{Aggregate, QuantileSketch};
    /// let summary = QuantileSketch::new(0.01)?.of(&[1.0, 2.0, 4.0, 8.0]);
    /// assert_eq!((summary.rank(0.9), summary.rank(3.0), summary.rank(9.0)), (Some(0), Some(2), Some(4)));
    /// # Ok::<(), lanefold::SketchError>(())
    /// ```
    #[must_use]
    pub fn rank(&self, value: f64) -> Option<u64> {
        let grid = self.window.grid?;
        if value.is_nan() {
            return None;
        }
        let all = self.count();
        let (Some(least), Some(greatest)) = (self.min(), self.max()) else {
            return Some(0);
        };
        if value < least {
            return Some(0);
        }
        if value >= greatest {
            return Some(all);
        }
        let [negative, positive] = &self.window.buckets;
        let [below, above] = self.window.collapsed;
        let infinite = self.tally.infinities[0];
        if value == f64::NEG_INFINITY {
            return Some(infinite);
        }
        let index = grid.index(value.abs().to_bits());
        let sum = |buckets: &Buckets, counted: &dyn Fn(i32) -> bool| {
            let counts = buckets.iter().filter(|&(index, _)| counted(index));
            counts.fold(0, |sum: u64, (_, count)| sum.saturating_add(count))
        };
        let mut rank = infinite;
        if value < 0.0 {
            rank = rank.saturating_add(sum(negative, &|i| i >= index));
            if index < self.window.floor() {
                rank = rank.saturating_add(below);
            }
            return Some(rank);
        }
        for count in [sum(negative, &|_| true), below, self.tally.zeros] {
            rank = rank.saturating_add(count);
        }
        if value > 0.0 {
            rank = rank.saturating_add(above).saturating_add(sum(positive, &|i| i <= index));
        }
        Some(rank)
    }

    /// The share of values that are at most `value`: [`rank`](Self::rank) over the count.
    ///
    /// `None` without values, too.
    #[must_use]
    pub fn cdf(&self, value: f64) -> Option<f64> {
        let rank = self.rank(value)?;
        (self.count() > 0).then(|| rank as f64 / self.count() as f64)
    }

    /// The buckets with values, in ascending order. Zeros, infinities and what has collapsed
    /// are not in them.
    ///
    /// ```
    /// use lanefold::{Aggregate, QuantileSketch};
    /// let summary = QuantileSketch::new(0.1)?.of(&[-1.0, 0.0, 1.0, 1.1]);
    /// let buckets: Vec<_> = summary.buckets().map(|b| (b.lower, b.upper, b.count)).collect();
    /// assert_eq!(buckets, [(-1.125, -1.0, 1), (1.0, 1.125, 2)]);
    /// # Ok::<(), lanefold::SketchError>(())
    /// ```
    pub fn buckets(&self) -> impl Iterator<Item = Bucket> {
        let [negative, positive] = &self.window.buckets;
        let below = negative.iter().rev().map(|(index, count)| (index, count, true));
        let above = positive.iter().map(|(index, count)| (index, count, false));
        below.chain(above).filter_map(|(index, count, negative)| {
            let grid = self.window.grid?;
            let (near, far) = (grid.lower(index), grid.lower(index + 1));
            let (lower, upper) = if negative { (-far, -near) } else { (near, far) };
            Some(Bucket { lower, upper, count })
        })
    }

    /// Takes in the values of another summary.
    ///
    /// # Errors
    ///
    /// If the settings of the sketches differ; or if one of the two is
    /// [mixed](Self::is_mixed), whose `alpha` is NaN in the error. Nothing changes then.
    pub fn try_merge(&mut self, other: &Self) -> Result<(), UnequalSketches> {
        let alpha = |it: &Self| if it.is_mixed() { f64::NAN } else { it.sketch.alpha() };
        UnequalSketches::check(&[
            ("alpha", alpha(self), alpha(other)),
            ("buckets", self.sketch.buckets().into(), other.sketch.buckets().into()),
        ])?;
        let fits = self.tally.merge(&other.tally);
        self.window.merge(&other.window, fits);
        Ok(())
    }

    /// As [`try_merge`](Self::try_merge); gives up the buckets where that fails.
    pub(super) fn merge(&mut self, other: &Self) {
        if self.try_merge(other).is_err() {
            self.tally.merge(&other.tally);
            self.window = Window::empty(None, 1);
            self.sketch = self.sketch.coarser(other.sketch);
        }
    }
}
