//! The numbers of one series, field and window, and what they come to.
//!
//! Either all of them are kept, and percentiles are exact; or they go into an accumulator
//! with a sketch, which takes the same memory however many they are. All other statistics
//! have the same bits both ways.

use lanefold::{
    Accumulator, Aggregate, Backend, Count, Max, Mean, Min, QuantileSketch, Quantiles, StdDev, Sum,
};

/// How numbers are taken in.
#[derive(Clone, Copy)]
pub(crate) struct Method {
    pub(crate) backend: Backend,
    /// Instead of the numbers.
    pub(crate) sketch: Option<QuantileSketch>,
}

/// Six statistics from one pass over memory; that is what a tuple of aggregates is for.
type Six = (Count, Sum, Mean, StdDev, Min, Max);
const SIX: Six = (Count, Sum, Mean, StdDev::sample(), Min, Max);

pub(crate) enum Values {
    Kept(Vec<f64>),
    Sketched(Box<Accumulator<(Six, QuantileSketch), f64>>),
}

impl Values {
    pub(crate) fn new(method: Method) -> Self {
        match method.sketch {
            None => Self::Kept(Vec::new()),
            Some(sketch) => {
                Self::Sketched(Box::new(Accumulator::on(method.backend, (SIX, sketch))))
            }
        }
    }

    pub(crate) fn push(&mut self, number: f64) {
        match self {
            Self::Kept(values) => values.push(number),
            Self::Sketched(accumulator) => accumulator.push(number),
        }
    }

    pub(crate) fn statistics(&self, backend: Backend) -> Statistics {
        let ((count, sum, mean, stddev, min, max), [p50, p99]) = match self {
            Self::Kept(values) => {
                let quantiles = Quantiles::new(PERCENTILES).expect("between 0 and 1");
                let found = quantiles.of_on(backend, values);
                (SIX.of_on(backend, values), found.map_or([None; 2], |found| found.map(Some)))
            }
            Self::Sketched(accumulator) => {
                let (six, sketch) = accumulator.finish();
                (six, PERCENTILES.map(|q| sketch.quantile(q)))
            }
        };
        Statistics { count, sum, mean, stddev, min, p50, p99, max }
    }
}

const PERCENTILES: [f64; 2] = [0.5, 0.99];

/// `None` where undefined, which is the standard deviation of a single number.
#[derive(Debug, PartialEq)]
pub(crate) struct Statistics {
    pub(crate) count: u64,
    sum: f64,
    mean: Option<f64>,
    stddev: Option<f64>,
    min: Option<f64>,
    p50: Option<f64>,
    p99: Option<f64>,
    max: Option<f64>,
}

pub(crate) const NUMBERS: [&str; 8] =
    ["count", "sum", "mean", "stddev", "min", "p50", "p99", "max"];

impl Statistics {
    /// All but the count, in the order of `NUMBERS`.
    pub(crate) fn numbers(&self) -> [Option<f64>; 7] {
        let Self { mean, stddev, min, p50, p99, max, .. } = *self;
        [Some(self.sum), mean, stddev, min, p50, p99, max]
    }
}
