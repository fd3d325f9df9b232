//! Aggregates by name.

use super::{ErasedAggregate, Value};
use crate::exact::ExactFloat;
use crate::kind::{Float, Integer};
use crate::moments::Squares;
use crate::number::Number;
use crate::sum::Summable;
use crate::{
    ArgMax, ArgMin, CoefficientOfVariation, Count, CountNan, ExactMean, ExactSum, ExactVariance,
    First, GeometricMean, HarmonicMean, Iqr, Last, LogSumExp, Max, Mean, Median,
    MedianAbsoluteDeviation, Min, Norm, Product, Quantile, RootMeanSquare, StdDev, Sum,
    SumOfSquares, Variance,
};
use alloc::boxed::Box;
use alloc::format;

/// The numbers whose aggregates have names: all of them.
///
/// `variance`, `std_dev`, `exact_variance` and `coefficient_of_variation` are those of a sample
/// (`ddof` is 1); `population_variance` and `population_std_dev` are not. `arg_min` and
/// `arg_max` give rows. Percentiles are `p0` to `p100`, and fractions of them as `p99.9`: the
/// quantile of type 7.
pub trait NamedAggregates: Number {
    /// The names that there are, but for percentiles.
    const NAMES: &'static [&'static str];

    /// The aggregate of a name.
    fn named(name: &str) -> Option<Box<dyn ErasedAggregate<Self>>>;
}

/// The aggregates of each of some types: one function that finds them, and the list of names.
///
/// Functions are `#[inline]` or generic, so that kernels are compiled where a set is made by name,
/// for the type that it is of, and nowhere else. The one that finds is generic, because that an
/// aggregate can be erased is then proved once for all types; for each it would take longer than
/// most files of this crate.
macro_rules! named {
    ($find:ident $NAMES:ident [$($Kind:tt)*] [$($T:ident)*] {
        $($name:literal => $aggregate:expr,)*
    }) => {
        $(impl NamedAggregates for $T {
            const NAMES: &'static [&'static str] = $NAMES;

            #[inline]
            fn named(name: &str) -> Option<Box<dyn ErasedAggregate<$T>>> {
                $find(name)
            }
        })*

        const $NAMES: &[&str] = &[$($name),*];

        fn $find<T>(name: &str) -> Option<Box<dyn ErasedAggregate<T>>>
        where
            T: $($Kind)* + Into<Value>,
            T: Summable<Sum: Into<Value>, Total: Send + Sync + 'static>,
            T: Squares<SumOfSquares: Into<Value>, SquareTotal: Send + Sync + 'static>,
            T: Squares<Spread: Send + Sync + 'static>,
        {
            Some(match name {
                $($name => Box::new($aggregate),)*
                _ => Box::new(percentile(name)?),
            })
        }
    };
}

named! { float FLOAT [Float + ExactFloat<Words: Send + Sync, ProductWords: Send + Sync>] [f32 f64] {
    "count" => Count,
    "count_nan" => CountNan,
    "sum" => Sum,
    "exact_sum" => ExactSum,
    "mean" => Mean,
    "exact_mean" => ExactMean,
    "min" => Min,
    "max" => Max,
    "arg_min" => ArgMin,
    "arg_max" => ArgMax,
    "first" => First,
    "last" => Last,
    "variance" => Variance::sample(),
    "std_dev" => StdDev::sample(),
    "population_variance" => Variance::population(),
    "population_std_dev" => StdDev::population(),
    "exact_variance" => ExactVariance::sample(),
    "coefficient_of_variation" => CoefficientOfVariation::sample(),
    "sum_of_squares" => SumOfSquares,
    "root_mean_square" => RootMeanSquare,
    "norm" => Norm::l2(),
    "product" => Product,
    "geometric_mean" => GeometricMean,
    "harmonic_mean" => HarmonicMean,
    "log_sum_exp" => LogSumExp,
    "median" => Median,
    "iqr" => Iqr,
    "median_absolute_deviation" => MedianAbsoluteDeviation,
} }

named! { integer INTEGER [Integer] [i8 i16 i32 i64 u8 u16 u32 u64] {
    "count" => Count,
    "sum" => Sum,
    "mean" => Mean,
    "min" => Min,
    "max" => Max,
    "arg_min" => ArgMin,
    "arg_max" => ArgMax,
    "first" => First,
    "last" => Last,
    "variance" => Variance::sample(),
    "std_dev" => StdDev::sample(),
    "population_variance" => Variance::population(),
    "population_std_dev" => StdDev::population(),
    "coefficient_of_variation" => CoefficientOfVariation::sample(),
    "sum_of_squares" => SumOfSquares,
    "root_mean_square" => RootMeanSquare,
    "norm" => Norm::l2(),
    "geometric_mean" => GeometricMean,
    "harmonic_mean" => HarmonicMean,
    "log_sum_exp" => LogSumExp,
    "median" => Median,
    "iqr" => Iqr,
    "median_absolute_deviation" => MedianAbsoluteDeviation,
} }

/// The quantile that a name as `p99.9` means: the decimal number, moved by two places. To
/// divide by 100 would round twice, and be another quantile.
fn percentile(name: &str) -> Option<Quantile> {
    let digits = name.strip_prefix('p')?;
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_number = |digits: &str| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    if !is_number(whole) || !is_number(fraction) {
        return None;
    }
    let q = format!("{digits}e-2").parse().ok()?;
    Quantile::new(q).ok()
}
