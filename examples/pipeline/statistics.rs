//! What the service keeps for a series and a window, and who wants to know it.

use std::fmt::Display;

use crate::workload::Event;

/// The statistics of the values of a series in a window, of which there is at least one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Statistics {
    pub(crate) count: u64,
    pub(crate) sum: f64,
    pub(crate) mean: f64,
    pub(crate) min: f64,
    pub(crate) max: f64,
    /// Of a sample; 0 of a single value.
    pub(crate) std_dev: f64,
    /// The least value that 99 % of the values do not exceed; from a sketch within its error.
    pub(crate) p99: f64,
}

/// Takes the results: the number of a window, the name of a series, and its statistics.
pub(crate) type Sink<'s> = dyn FnMut(i64, &dyn Display, &Statistics) + 's;

/// The relative error of sketches.
pub(crate) const ALPHA: f64 = 0.01;

/// One way to do the work.
pub(crate) trait Rung<'a> {
    /// Takes in a batch, and hands out the results of windows that have ended.
    fn batch(&mut self, events: &[Event<'a>], sink: &mut Sink<'_>);
    /// Hands out the results of the windows that have not.
    fn end(&mut self, sink: &mut Sink<'_>);
}

/// The place of the 99th percentile among so many values in order, from 0.
pub(crate) fn rank_of_p99(count: u64) -> u64 {
    (count * 99).div_ceil(100).max(1) - 1
}
