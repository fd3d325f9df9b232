//! Sketches: quantiles and histograms of bounded size, with stated errors.
//!
//! | file | subject |
//! | --- | --- |
//! | `quantile` | the quantile sketch: settings and insertion |
//! | `summary` | its partial, and what can be asked of it |
//! | `grid` | its buckets: which one a number is in |
//! | `exponential` | the histogram of OpenTelemetry: settings and insertion |
//! | `point` | its partial, and what can be read off it |
//! | `scale` | its buckets: exact boundaries |
//! | `survey` | rows as `f64`, their range, and what is no number to count |
//! | `count` | the loops that take values to counters |
//! | `buckets` | the counters |
//! | `window` | which of them are kept, and what falls out |
//! | `settings` | bad settings, and unequal ones |
//! | `stored` | the partials as they are stored (feature `serde`) |
//!
//! # Why any order gives the same bits
//!
//! The bucket of a value is a function of the value. Which buckets there are is a function of
//! all values: for the quantile sketch, of the greatest magnitude, below which it keeps a fixed
//! number of buckets; for the histogram, of the least and the greatest magnitude of each sign,
//! which ask for a scale. Greatest magnitudes only grow and scales only fall, and to take a
//! finer state to a coarser one gives what would have been there, had it been coarse from the
//! start. Counts are integers, and the sum is an exact one.

mod buckets;
mod count;
mod exponential;
mod grid;
mod point;
mod quantile;
mod scale;
mod settings;
#[cfg(feature = "serde")]
mod stored;
mod summary;
mod survey;
mod window;

use crate::adapt::Adapt;

impl Adapt for QuantileSketch {}
impl Adapt for ExponentialHistogram {}

pub use exponential::ExponentialHistogram;
pub use point::{BucketRange, ExponentialHistogramPoint};
pub use quantile::QuantileSketch;
pub use settings::{SketchError, UnequalSketches};
pub use summary::{Bucket, QuantileSummary};
