//! Rung 5: the statistics of rung 4 by `lanefold`. All but the percentile come from one pass, in
//! lanes; the exact percentile does not sort, and reads the values about once.

use lanefold::{Aggregate, Count, Mean, MinMax, Quantile, QuantileMethod, StdDev, Sum};

use crate::statistics::Statistics;

pub(crate) fn statistics(values: &[f64]) -> Statistics {
    // One definition of percentile for all rungs: a value that was there.
    let p99 = Quantile::new(0.99).map(|p99| p99.method(QuantileMethod::InverseCdf));
    let aggregates = (Count, Sum, Mean, MinMax, StdDev::sample());
    let (count, sum, mean, extremes, std_dev) = aggregates.of(values);
    let (min, max) = extremes.unwrap_or_default();
    Statistics {
        count,
        sum,
        mean: mean.unwrap_or_default(),
        min,
        max,
        std_dev: std_dev.unwrap_or_default(),
        p99: p99.ok().and_then(|p99| p99.of(values)).unwrap_or_default(),
    }
}
