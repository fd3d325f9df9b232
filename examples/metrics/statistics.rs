//! The numbers of one series, field and window, and what they come to.
//!
//! Either all of them are kept, and percentiles are exact; or they go into the partials of
//! the statistics and of a sketch, which take the same memory however many they are. All other
//! statistics are the same both ways, to the bit where a group has its numbers in one batch; the
//! partials of a longer one take them by the batch, and sums may differ in their last digit.
//!
//! To `Grouped` that is an aggregate of this program's own: it hands over the numbers of a
//! group in a batch as slices.

use lanefold::{
    Aggregate, Backend, Count, Max, Mean, Min, QuantileSketch, Quantiles, Simd, StdDev, Sum, Tile,
};

/// How numbers are taken in: an aggregate, from the numbers of a group to its statistics.
#[derive(Clone, Copy)]
pub(crate) struct Method {
    pub(crate) backend: Backend,
    /// Instead of the numbers.
    pub(crate) sketch: Option<QuantileSketch>,
}

/// Six statistics from one pass over memory; that is what a tuple of aggregates is for.
type Six = (Count, Sum, Mean, StdDev, Min, Max);
const SIX: Six = (Count, Sum, Mean, StdDev::sample(), Min, Max);

/// What is kept of a group.
#[derive(Clone)]
pub(crate) enum Values {
    Kept(Vec<f64>),
    Sketched(Box<<(Six, QuantileSketch) as Aggregate<f64>>::Partial>),
}

impl Aggregate<f64> for Method {
    type Partial = Values;
    type Output = Statistics;

    fn identity(&self) -> Values {
        match self.sketch {
            None => Values::Kept(Vec::new()),
            Some(sketch) => Values::Sketched(Box::new(Aggregate::<f64>::identity(&(SIX, sketch)))),
        }
    }

    #[inline(always)]
    fn update<S: Simd>(&self, values: &mut Values, tile: &Tile<'_, f64, S>) {
        match (values, self.sketch) {
            (Values::Kept(values), _) => values.extend_from_slice(tile.column()),
            (Values::Sketched(partial), Some(sketch)) => (SIX, sketch).update(partial, tile),
            _ => unreachable!("one method for all"),
        }
    }

    fn merge(&self, into: &mut Values, other: &Values) {
        match (into, other, self.sketch) {
            (Values::Kept(into), Values::Kept(other), _) => into.extend_from_slice(other),
            (Values::Sketched(into), Values::Sketched(other), Some(sketch)) => {
                <_ as Aggregate<f64>>::merge(&(SIX, sketch), into, other);
            }
            _ => unreachable!("one method for all"),
        }
    }

    fn finish(&self, values: &Values) -> Statistics {
        let ((count, sum, mean, stddev, min, max), [p50, p99]) = match values {
            Values::Kept(values) => {
                let quantiles = Quantiles::new(PERCENTILES).expect("between 0 and 1");
                let found = quantiles.of_on(self.backend, values);
                let six = SIX.of_on(self.backend, values);
                (six, found.map_or([None; 2], |found| found.map(Some)))
            }
            Values::Sketched(partial) => {
                let (six, sketch) = &**partial;
                let six = <_ as Aggregate<f64>>::finish(&SIX, six);
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
