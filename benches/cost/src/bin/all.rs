//! A program with all aggregates of one type, each alone, and of pairs of it.

#[path = "../column.rs"]
mod column;

use lanefold::{
    Aggregate, ArgMax, ArgMin, ArgMinMax, CoefficientOfVariation, Correlation, CosineSimilarity,
    Count, CountNan, Covariance, DistinctSketch, Dot, EuclideanDistance, ExactDot, ExactMean,
    ExactSum, ExactVariance, ExponentialHistogram, First, GeometricMean, HarmonicMean,
    HeavyHitters, Histogram, Iqr, Last, LinearFit, LogSumExp, Max, Mean, MeanAbsoluteError, Median,
    MedianAbsoluteDeviation, Min, MinMax, Moments, Norm, Product, Quantile, QuantileSketch,
    RootMeanSquare, RootMeanSquareError, StdDev, Sum, SumOfSquares, TopK, Variance,
    WeightedMean, WeightedQuantile, WeightedVariance,
};
use std::error::Error;
use std::hint::black_box;

macro_rules! each {
    ($column:expr => $($aggregate:expr),* $(,)?) => {
        $(black_box($aggregate.of(black_box($column)));)*
    };
}

fn main() -> Result<(), Box<dyn Error>> {
    let values = column::column();
    let xs = values.as_slice();
    each! { xs =>
        Count, Sum, ExactSum, ExactMean, ExactVariance::sample(), Product, Mean, Min, Max, MinMax,
        ArgMin, ArgMax, ArgMinMax, First, Last, CountNan, SumOfSquares, Variance::sample(),
        StdDev::sample(), CoefficientOfVariation::sample(), Moments, Norm::l1(), Norm::l2(),
        Norm::max(), RootMeanSquare, GeometricMean, HarmonicMean, LogSumExp,
    }
    each! { (xs, xs) =>
        Dot, ExactDot, Covariance::sample(), Correlation, LinearFit, WeightedMean,
        WeightedVariance::frequency(1), MeanAbsoluteError, RootMeanSquareError,
        EuclideanDistance, CosineSimilarity, WeightedQuantile::new(0.5)?,
    }
    each! { xs =>
        Median, Quantile::new(0.99)?, Iqr, MedianAbsoluteDeviation, QuantileSketch::new(0.01)?,
        ExponentialHistogram::new(), Histogram::linear(0.0, 1.0, 100)?, TopK::largest(10),
        DistinctSketch::new(14)?, HeavyHitters::new(100)?,
    }
    println!("{}", black_box(0.0_f64));
    Ok(())
}
