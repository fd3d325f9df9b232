//! How edges are made, and which are refused.

use alloc::vec::Vec;
use core::fmt;

/// Most bins of a histogram: with three slots more, they have numbers of 19 bits.
pub(super) const MOST_BINS: usize = 1 << 18;

/// Edges that are no edges of a [`Histogram`](super::Histogram).
///
/// A `place` is the index of an edge, from 0; that of `high` is the number of bins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum HistogramError {
    /// There is no bin: fewer than two edges.
    NoBins,
    /// There are more than 2¹⁸ bins.
    TooManyBins {
        /// So many.
        bins: usize,
    },
    /// An edge is NaN or infinite.
    NotFinite {
        /// Its place.
        place: usize,
        /// The edge.
        value: f64,
    },
    /// An edge is not greater than the one before it. Bins so narrow that two edges round to
    /// one number have this, too.
    NotIncreasing {
        /// Its place.
        place: usize,
        /// The edge.
        value: f64,
    },
    /// The bin that ends at an edge, or all together, are wider than the greatest `f64`.
    TooWide {
        /// The edge's place.
        place: usize,
        /// The edge.
        value: f64,
    },
    /// A logarithmic edge is zero or less.
    NotPositive {
        /// Its place.
        place: usize,
        /// The edge.
        value: f64,
    },
}

impl fmt::Display for HistogramError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoBins => write!(f, "a histogram without bins: it takes two edges"),
            Self::TooManyBins { bins } => write!(f, "{bins} bins: at most {MOST_BINS} are allowed"),
            Self::NotFinite { place, value } => write!(f, "edge {place} is not finite: {value}"),
            Self::NotIncreasing { place, value } => {
                write!(f, "edge {place} is not greater than the one before it: {value}")
            }
            Self::TooWide { place, value } => {
                write!(f, "the width up to edge {place} is infinite: {value}")
            }
            Self::NotPositive { place, value } => {
                write!(f, "edge {place} of a logarithmic histogram is not positive: {value}")
            }
        }
    }
}

impl core::error::Error for HistogramError {}

/// Whether there may be so many bins.
fn check_bins(bins: usize) -> Result<(), HistogramError> {
    match bins {
        0 => Err(HistogramError::NoBins),
        1..=MOST_BINS => Ok(()),
        _ => Err(HistogramError::TooManyBins { bins }),
    }
}

/// Whether edges are finite, increase, and have finite widths.
fn check(edges: &[f64]) -> Result<(), HistogramError> {
    check_bins(edges.len().saturating_sub(1))?;
    let mut before = None;
    for (place, &value) in edges.iter().enumerate() {
        if !value.is_finite() {
            return Err(HistogramError::NotFinite { place, value });
        }
        if let Some(before) = before {
            if value <= before {
                return Err(HistogramError::NotIncreasing { place, value });
            }
            if (value - before).is_infinite() {
                return Err(HistogramError::TooWide { place, value });
            }
        }
        before = Some(value);
    }
    Ok(())
}

/// `low + (high - low) · i / bins`, and `high`.
pub(super) fn linear(low: f64, high: f64, bins: usize) -> Result<Vec<f64>, HistogramError> {
    check_bins(bins)?;
    check(&[low, high]).map_err(|error| at_end(error, bins))?;
    let (width, count) = (high - low, bins as f64);
    let part = |i: f64| {
        let product = width * i;
        if product.is_finite() { product / count } else { width / count * i }
    };
    finished((0..bins).map(|i| low + part(i as f64)), high)
}

/// `low · (high / low)^(i / bins)`, and `high`.
pub(super) fn logarithmic(low: f64, high: f64, bins: usize) -> Result<Vec<f64>, HistogramError> {
    check_bins(bins)?;
    if low <= 0.0 {
        return Err(HistogramError::NotPositive { place: 0, value: low });
    }
    check(&[low, high]).map_err(|error| at_end(error, bins))?;
    let ratio = high / low;
    // An edge of 9.999999999999998 in the place of 10 would offend. Most of the error of a
    // power is that of its exponent, which is rounded; what that lost, `fma` gives without
    // error, and the power is `1 + lost · ln(base)` times as great.
    let count = bins as f64;
    let power = |base: f64, i: usize| {
        let exponent = i as f64 / count;
        let lost = libm::fma(-exponent, count, i as f64) / count;
        let power = libm::pow(base, exponent);
        power + power * (lost * libm::log(base))
    };
    if ratio.is_finite() {
        finished((0..bins).map(|i| low * power(ratio, i)), high)
    } else {
        finished((0..bins).map(|i| power(low, bins - i) * power(high, i)), high)
    }
}

/// These edges.
pub(super) fn explicit(edges: &[f64]) -> Result<Vec<f64>, HistogramError> {
    check(edges)?;
    // There is one zero.
    Ok(edges.iter().map(|edge| edge + 0.0).collect())
}

fn finished(edges: impl Iterator<Item = f64>, high: f64) -> Result<Vec<f64>, HistogramError> {
    explicit(&edges.chain([high]).collect::<Vec<_>>())
}

/// The edge after `low` is `high`, whose place is the number of bins.
fn at_end(error: HistogramError, bins: usize) -> HistogramError {
    match error {
        HistogramError::NotFinite { place: 1, value } => {
            HistogramError::NotFinite { place: bins, value }
        }
        HistogramError::NotIncreasing { value, .. } => {
            HistogramError::NotIncreasing { place: bins, value }
        }
        HistogramError::TooWide { value, .. } => HistogramError::TooWide { place: bins, value },
        other => other,
    }
}
