//! Results as bits, and lists of the aggregates under test.

use crate::data::Sample;
use lanefold::{Line, MomentStatistics, Nullable};

/// A result as numbers, of which some may be missing.
pub(crate) trait Outcome {
    fn numbers(&self) -> Vec<Option<f64>>;
    fn bits(&self) -> Vec<Option<u64>> {
        self.numbers().into_iter().map(|x| x.map(f64::to_bits)).collect()
    }
}

impl Outcome for f64 {
    fn numbers(&self) -> Vec<Option<f64>> {
        vec![Some(*self)]
    }
}

impl Outcome for Line {
    fn numbers(&self) -> Vec<Option<f64>> {
        [self.slope, self.intercept, self.r2].map(Some).to_vec()
    }
}

impl Outcome for MomentStatistics {
    fn numbers(&self) -> Vec<Option<f64>> {
        let (count, mean) = (Some(self.count() as f64), Some(self.mean()));
        let spreads = [self.variance(0), self.variance(1), self.std_dev(1)];
        [vec![count, mean, self.skewness(), self.kurtosis()], spreads.to_vec()].concat()
    }
}

impl<O: Outcome> Outcome for Option<O> {
    fn numbers(&self) -> Vec<Option<f64>> {
        self.as_ref().map_or(vec![None], Outcome::numbers)
    }
}

/// A number type of the columns under test.
pub(crate) trait Value: Sample {
    fn wide(self) -> f64;
}

macro_rules! values {
    ($($T:ident)*) => {$(
        impl Value for $T {
            fn wide(self) -> f64 {
                self as f64
            }
        }
    )*};
}

values! { f32 f64 i32 u8 }

/// Runs a block for each aggregate of one column.
macro_rules! each_of_one {
    ($name:ident => $body:block) => {
        each_of_one!(@ $name $body
            lanefold::Moments, lanefold::Norm::l1(), lanefold::Norm::l2(),
            lanefold::Norm::max(), lanefold::RootMeanSquare,
            lanefold::CoefficientOfVariation::sample(), lanefold::GeometricMean,
            lanefold::HarmonicMean, lanefold::LogSumExp)
    };
    (@ $name:ident $body:block $($aggregate:expr),*) => {
        $({
            let $name = $aggregate;
            $body
        })*
    };
}

/// Runs a block for each aggregate of two columns.
macro_rules! each_of_two {
    ($name:ident => $body:block) => {
        each_of_one!(@ $name $body
            lanefold::Covariance::sample(), lanefold::Correlation, lanefold::LinearFit,
            lanefold::WeightedMean, lanefold::WeightedVariance::frequency(1),
            lanefold::WeightedVariance::reliability(), lanefold::MeanAbsoluteError,
            lanefold::RootMeanSquareError, lanefold::CosineSimilarity,
            lanefold::EuclideanDistance)
    };
}

/// A column with nulls, and the rows that are not null.
pub(crate) fn nullable<'a, T: Value>(
    values: &'a [T],
    bits: &'a [u8],
    offset: usize,
) -> (Nullable<'a, T>, Vec<bool>) {
    let column = Nullable::new(values, bits, offset).expect("enough bits");
    let is_present = |i: usize| bits[(offset + i) / 8] >> ((offset + i) % 8) & 1 == 1;
    (column, (0..values.len()).map(is_present).collect())
}
