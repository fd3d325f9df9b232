//! The forms in which partials are stored, and what tells that no values gave one.
//!
//! Settings are stored, and grids made of them. The greatest index of a window is that of a
//! bucket with a count, so it is not stored. Counts are without zeros at the ends, which are
//! room. The extremes are exact: so they say which bucket is the last of a sign, and, where
//! all values have one sign, which is the first.

use super::buckets::Buckets;
use super::exponential::ExponentialHistogram;
use super::grid::Grid;
use super::point::{ExponentialHistogramPoint, Ranges};
use super::quantile::QuantileSketch;
use super::scale;
use super::summary::QuantileSummary;
use super::survey::Tally;
use super::window::Window;
use crate::stored::stored;

stored! {
    QuantileSummary as "QuantileSummary" |it| {
        v = 1,
        alpha: Real = it.sketch.alpha(),
        buckets: Itself<u32> = it.sketch.buckets(),
        mixed: Itself<bool> = it.is_mixed(),
        tally: Itself<Tally> = it.tally,
        negative: Itself<Buckets> = it.window.buckets[0],
        positive: Itself<Buckets> = it.window.buckets[1],
        negative_collapsed: Rows = it.window.collapsed[0],
        positive_collapsed: Rows = it.window.collapsed[1],
    }
    refuses {
        alpha if QuantileSketch::new(alpha).is_err(), "from 0.001 to 0.1";
        buckets if QuantileSketch::of_settings(alpha, buckets).is_err(), "from 16 to 2²¹";
        mixed if mixed && [&negative, &positive].iter().any(|sign| !is_empty(sign)),
            "there are no buckets";
        mixed if mixed && (negative_collapsed > 0 || positive_collapsed > 0),
            "there are no buckets";
        negative if !kept(alpha, buckets, [&negative, &positive]).holds(&negative),
            "not in the window";
        positive if !kept(alpha, buckets, [&negative, &positive]).holds(&positive),
            "not in the window";
        negative_collapsed if negative_collapsed > 0
            && kept(alpha, buckets, [&negative, &positive]).is_all(),
            "no number is below the window";
        positive_collapsed if positive_collapsed > 0
            && kept(alpha, buckets, [&negative, &positive]).is_all(),
            "no number is below the window";
        tally if !mixed && !is_total(
            &tally,
            [&negative, &positive],
            negative_collapsed.saturating_add(positive_collapsed),
        ), "not as many values as there are in buckets";
        tally if !mixed && !kept(alpha, buckets, [&negative, &positive]).agrees(
            &tally,
            [&negative, &positive],
            [negative_collapsed, positive_collapsed],
        ), "extremes of other buckets";
        tally if !has_zeros(&tally, 0.0), "zeros are not between the extremes";
    }
    => {
        let sketch = QuantileSketch::of_settings(alpha, buckets).map_err(E::custom)?;
        let window = if mixed {
            Window::empty(None, 1)
        } else {
            let top = top([&negative, &positive]).unwrap_or(i32::MIN);
            Window {
                top,
                buckets: [negative, positive],
                collapsed: [negative_collapsed, positive_collapsed],
                ..Window::empty(Some(sketch.grid()), buckets)
            }
        };
        QuantileSummary { sketch, tally, window }
    }
}

stored! {
    ExponentialHistogramPoint as "ExponentialHistogramPoint" |it| {
        v = 1,
        max_buckets: Itself<u32> = it.histogram.max_buckets(),
        max_scale: Itself<i32> = it.histogram.max_scale(),
        zero_threshold: Real = it.histogram.zero_threshold(),
        mixed: Itself<bool> = it.is_mixed(),
        scale: Itself<i32> = it.ranges.scale,
        tally: Itself<Tally> = it.tally,
        negative: Itself<Buckets> = it.ranges.buckets[0],
        positive: Itself<Buckets> = it.ranges.buckets[1],
    }
    refuses {
        max_buckets if ExponentialHistogram::new().with_max_buckets(max_buckets).is_err(),
            "from 3 to 2²⁰";
        max_scale if ExponentialHistogram::new().with_max_scale(max_scale).is_err(),
            "from -10 to 20";
        zero_threshold if zero_threshold.is_sign_negative()
            || ExponentialHistogram::new().with_zero_threshold(zero_threshold).is_err(),
            "finite, and not below +0.0";
        scale if !(ExponentialHistogram::COARSEST..=max_scale).contains(&scale),
            "from -10 to max_scale";
        mixed if mixed && [&negative, &positive].iter().any(|sign| !is_empty(sign)),
            "there are no buckets";
        scale if scale < max_scale
            && [&negative, &positive].iter().all(|sign| 2 * width(sign) <= max_buckets.into()),
            "coarser than it has to be";
        negative if width(&negative) > max_buckets.into(), "more than max_buckets";
        positive if width(&positive) > max_buckets.into(), "more than max_buckets";
        negative if !at_scale(scale, zero_threshold).holds(&negative), "no number is there";
        positive if !at_scale(scale, zero_threshold).holds(&positive), "no number is there";
        tally if !mixed && !is_total(&tally, [&negative, &positive], 0),
            "not as many values as there are in buckets";
        tally if !mixed && !at_scale(scale, zero_threshold).agrees(
            &tally,
            [&negative, &positive],
            [0, 0],
        ), "extremes of other buckets";
        tally if !has_zeros(&tally, zero_threshold), "zeros are not between the extremes";
    }
    => {
        let histogram = ExponentialHistogram::of_settings(max_buckets, max_scale, zero_threshold)
            .map_err(E::custom)?;
        let empty = Ranges::empty(histogram, mixed);
        let ranges = Ranges { scale, buckets: [negative, positive], ..empty };
        ExponentialHistogramPoint { histogram, tally, ranges }
    }
}

fn is_empty(buckets: &Buckets) -> bool {
    buckets.range().is_none()
}

/// From the first bucket with a count to the last.
fn width(buckets: &Buckets) -> u64 {
    buckets.range().map_or(0, |(first, last)| u64::from(last.abs_diff(first)) + 1)
}

/// The greatest index of either sign.
fn top(signs: [&Buckets; 2]) -> Option<i32> {
    signs.iter().filter_map(|sign| sign.range()).map(|(_, last)| last).max()
}

/// Whether the finite values are zeros, those in buckets, and so many.
fn is_total(tally: &Tally, signs: [&Buckets; 2], collapsed: u64) -> bool {
    let counts = signs.map(Buckets::total);
    let all = [tally.zeros, counts[0], counts[1], collapsed];
    all.iter().fold(0, |sum: u64, &count| sum.saturating_add(count)) == tally.finite
}

/// Whether values of at most a magnitude are between the extremes, if there are such.
fn has_zeros(tally: &Tally, threshold: f64) -> bool {
    let is_between = |(least, greatest)| least <= threshold && greatest >= -threshold;
    tally.zeros == 0 || tally.extremes().is_some_and(is_between)
}

/// The buckets that are kept of those that there are.
struct Kept<I> {
    /// The bucket of a positive number.
    index: I,
    /// The least that is kept.
    floor: i32,
    /// The greatest magnitude that counts as zero.
    threshold: f64,
}

fn kept(alpha: f64, buckets: u32, signs: [&Buckets; 2]) -> Kept<impl Fn(f64) -> i32> {
    let grid = Grid::of(alpha);
    let floor = top(signs).unwrap_or(i32::MIN).saturating_sub(buckets.cast_signed() - 1);
    Kept { index: move |x: f64| grid.index(x.to_bits()), floor, threshold: 0.0 }
}

fn at_scale(at: i32, threshold: f64) -> Kept<impl Fn(f64) -> i32> {
    Kept { index: move |x: f64| scale::index(x.to_bits(), at), floor: i32::MIN, threshold }
}

impl<I: Fn(f64) -> i32> Kept<I> {
    /// The least bucket of any number.
    fn least(&self) -> i32 {
        (self.index)(f64::from_bits(1))
    }

    /// Whether no number is below the floor.
    fn is_all(&self) -> bool {
        self.floor <= self.least()
    }

    /// Whether none of the buckets is below the floor, or of no number.
    fn holds(&self, buckets: &Buckets) -> bool {
        let (least, greatest) = (self.least(), (self.index)(f64::MAX));
        let is_kept = |(first, last)| first >= least.max(self.floor) && last <= greatest;
        buckets.range().is_none_or(is_kept)
    }

    /// Whether the extremes are in the buckets at the ends.
    fn agrees(&self, tally: &Tally, signs: [&Buckets; 2], collapsed: [u64; 2]) -> bool {
        let below = self.floor.saturating_sub(1);
        let ends = [0, 1].map(|i: usize| match (signs[i].range(), collapsed[i]) {
            (range, 0) => range,
            (range, _) => Some((below, range.map_or(below, |(_, last)| last))),
        });
        let [negative, positive] = ends;
        tally.extremes().is_none_or(|(least, greatest)| {
            self.is_greatest(greatest, tally.zeros, positive, negative)
                && self.is_greatest(-least, tally.zeros, negative, positive)
        })
    }

    /// Whether the greatest of some values can be that, by the first and the last bucket of
    /// its sign, and of the other.
    fn is_greatest(
        &self,
        greatest: f64,
        zeros: u64,
        own: Option<(i32, i32)>,
        other: Option<(i32, i32)>,
    ) -> bool {
        let index = |x: f64| (self.index)(x).max(self.floor.saturating_sub(1));
        match (own, zeros, other) {
            (Some((_, last)), _, _) => greatest > self.threshold && index(greatest) == last,
            (None, 1.., _) => greatest.abs() <= self.threshold,
            (None, 0, Some((first, _))) => greatest < -self.threshold && index(-greatest) == first,
            (None, 0, None) => false,
        }
    }
}
