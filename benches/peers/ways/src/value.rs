//! The number types, and what differs between them: the idioms of plain loops, and the
//! peers that are not generic.

use crate::contest::{Contest, equal};
use crate::data::{Column, Random};
use crate::facts::Precision::Loose;
use argminmax::ArgMinMax;
use arrow_array::ArrowNumericType;
use arrow_array::types::{Float32Type, Float64Type, Int32Type, Int64Type, UInt8Type};
use arrow_buffer::ArrowNativeType;
use lanefold::{CheckedSum, ExactSum, Number, WrappingSum};
use ndarray::ArrayView1;
use num_traits::AsPrimitive;
use numkong::{Dot, ReduceMinMax, ReduceMoments};
use polars_arrow::types::NativeType;
use polars_compute::float_sum::FloatSum;
use polars_compute::min_max::MinMaxKernel;
use polars_compute::sum::{WrappingSum as _, wrapping_sum_arr_upcast};
use xsum::XsumExt;

/// A sum, in what has room for it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Total {
    Integer(i128),
    Float(f64),
}

/// What sums may be given as.
pub trait Answer: Copy + 'static {
    fn total(self) -> Total;
}

macro_rules! answers {
    ($($T:ident $Variant:ident $Wide:ident),*) => {$(
        impl Answer for $T {
            #[allow(clippy::cast_lossless, reason = "the same cast for each type")]
            fn total(self) -> Total {
                Total::$Variant(self as $Wide)
            }
        }
    )*};
}

answers! {
    f32 Float f64, f64 Float f64,
    i32 Integer i128, i64 Integer i128, i128 Integer i128,
    u8 Integer i128, u32 Integer i128, u64 Integer i128
}

/// A number type to measure with.
pub trait Value:
    Number<Sum: Answer, Dot: Answer>
    + ArrowNativeType
    + NativeType
    + AsPrimitive<f64>
    + ReduceMoments<SumOutput: Answer>
    + ReduceMinMax<Output = Self>
{
    /// Its name in reports and filters.
    const NAME: &'static str;
    const INTEGER: bool;
    /// Half the distance from 1 to the next number: `u` in the documented bounds.
    const UNIT: f64;
    /// What a loop that adds in a row may be off, relative to what it adds up.
    const LOOSE: f64;
    /// Whether six aggregates at once are measured: to compile them takes longer than all else
    /// of a type, so one type of floats and one of integers are enough.
    const SIX: bool;
    /// The type in `arrow`.
    type Arrow: ArrowNumericType<Native = Self>;
    /// The sum of a plain loop.
    type PlainSum: Answer;

    fn random(random: &mut Random) -> Self;
    fn to_f64(self) -> f64;
    /// The nearest value of this type.
    fn round(value: f64) -> f64;
    /// The value of an integer.
    fn to_i128(self) -> i128;
    /// The sum, as an iterator gives it.
    fn plain_sum(values: impl Iterator<Item = Self>) -> Self::PlainSum;
    /// The least value, as an iterator gives it.
    fn plain_min(values: impl Iterator<Item = Self>) -> Option<Self>;
    /// The greatest value, as an iterator gives it.
    fn plain_max(values: impl Iterator<Item = Self>) -> Option<Self>;
    /// The sum of products, as an iterator gives it.
    fn plain_dot(pairs: impl Iterator<Item = (Self, Self)>) -> impl Answer;
    /// The order, NaN included.
    fn order(&self, other: &Self) -> std::cmp::Ordering;
    /// Adds the peers of an operation that are not generic, and what of `lanefold` is only
    /// for some types.
    fn further<'a>(operation: &str, contest: &mut Contest<'a>, column: &'a Column<'a, Self>);
}

/// What macros of both kinds share.
macro_rules! common {
    ($T:ident $Arrow:ident) => {
        const NAME: &'static str = stringify!($T);
        const SIX: bool = matches!(stringify!($T).as_bytes(), b"f64" | b"i32");
        type Arrow = $Arrow;

        #[inline(always)]
        fn to_f64(self) -> f64 {
            self.as_()
        }
    };
}

/// Extrema of crates that implement them for each type.
macro_rules! extrema {
    ($operation:ident $contest:ident $column:ident) => {
        let values = $column.values;
        let &((min_row, min), (max_row, max)) = match $operation {
            "min" | "max" | "min_max" | "arg_min" | "arg_max" => $column.facts.extremes(),
            _ => return,
        };
        match $operation {
            "min" => $contest.peer(
                "polars",
                values,
                |values| values.min_ignore_nan_kernel(),
                |got| equal(&got, &Some(min)),
            ),
            "max" => $contest.peer(
                "polars",
                values,
                |values| values.max_ignore_nan_kernel(),
                |got| equal(&got, &Some(max)),
            ),
            "min_max" => {
                $contest.peer(
                    "polars",
                    values,
                    |values| values.min_max_ignore_nan_kernel(),
                    |got| equal(&got, &Some((min, max))),
                );
                $contest.peer(
                    "argminmax",
                    values,
                    |values| {
                        let (min, max) = values.argminmax();
                        (values[min], values[max])
                    },
                    |got| equal(&got, &(min, max)),
                );
            }
            "arg_min" => $contest.peer_of_any(
                "argminmax",
                &$column.columns,
                |values| values.argmin(),
                |got| equal(&got, &min_row),
            ),
            _ => $contest.peer_of_any(
                "argminmax",
                &$column.columns,
                |values| values.argmax(),
                |got| equal(&got, &max_row),
            ),
        }
    };
}

macro_rules! floats {
    ($($T:ident $Arrow:ident $loose:literal $doubles:expr),*) => {$(
        impl Value for $T {
            common! { $T $Arrow }
            const INTEGER: bool = false;
            const UNIT: f64 = $T::EPSILON as f64 / 2.0;
            const LOOSE: f64 = $loose;
            type PlainSum = $T;

            #[allow(clippy::cast_possible_truncation, reason = "a random value, rounded")]
            fn random(random: &mut Random) -> Self {
                (random.unit() * 200.0 - 100.0) as $T
            }
            #[allow(clippy::cast_possible_truncation, reason = "the one rounding")]
            fn round(value: f64) -> f64 {
                (value as $T).into()
            }
            fn to_i128(self) -> i128 {
                unreachable!("no integer")
            }
            #[inline(always)]
            fn plain_sum(values: impl Iterator<Item = Self>) -> $T {
                values.sum()
            }
            #[inline(always)]
            #[allow(clippy::disallowed_methods, reason = "the idiom to compare with")]
            fn plain_min(values: impl Iterator<Item = Self>) -> Option<Self> {
                values.reduce($T::min)
            }
            #[inline(always)]
            #[allow(clippy::disallowed_methods, reason = "the idiom to compare with")]
            fn plain_max(values: impl Iterator<Item = Self>) -> Option<Self> {
                values.reduce($T::max)
            }
            #[inline(always)]
            fn plain_dot(pairs: impl Iterator<Item = (Self, Self)>) -> impl Answer {
                pairs.map(|(x, y)| x * y).sum::<$T>()
            }
            #[inline(always)]
            fn order(&self, other: &Self) -> std::cmp::Ordering {
                self.total_cmp(other)
            }

            #[allow(clippy::cast_lossless, reason = "the same cast for both types")]
            fn further<'a>(
                operation: &str,
                contest: &mut Contest<'a>,
                column: &'a Column<'a, Self>,
            ) {
                let (values, others, facts) = (column.values, column.others, &column.facts);
                let array = ArrayView1::from(values);
                match operation {
                    "sum" => {
                        let check = |sum: $T| facts.sum(sum.total(), Loose);
                        contest.peer("lanes", values, lanes::stats::$T::sum, check);
                        contest.peer("ndarray", array, |array| array.sum(), check);
                        contest.peer("polars", values, |values| FloatSum::sum(values), check);
                    }
                    "exact_sum" => {
                        contest.lanefold(ExactSum, values, |sum| facts.exact(sum.total()));
                        let doubles: fn(&[$T]) -> Option<&[f64]> = $doubles;
                        if let Some(values) = doubles(values) {
                            contest.peer("xsum", values, XsumExt::xsum, |sum: f64| {
                                facts.exact(sum.total())
                            });
                        }
                    }
                    "mean" => {
                        let check = |mean: Option<$T>| {
                            facts.mean(mean.map(|mean| mean as f64), Loose)
                        };
                        contest.peer("lanes", values, lanes::stats::$T::mean, check);
                        contest.peer("ndarray", array, |array| array.mean(), check);
                    }
                    "variance" => {
                        let check = |variance: Option<$T>| {
                            facts.variance(variance.map(|variance| variance as f64), Loose)
                        };
                        // `lanes` divides by `n`, so it is not asked for more than it does.
                        let n = values.len() as f64;
                        contest.peer("lanes", values, lanes::stats::$T::variance, |variance| {
                            let sample = variance.map(|v| v as f64 * n / (n - 1.0));
                            facts.variance(sample, Loose)
                        });
                        contest.peer("ndarray", array, |array| Some(array.var(1.0)), check);
                    }
                    "dot" => {
                        let check = |dot: $T| facts.dot(dot.total(), Loose);
                        contest.peer(
                            "lanes",
                            (values, others),
                            |(xs, ys)| lanes::stats::$T::dot(xs, ys).unwrap_or($T::NAN),
                            check,
                        );
                        contest.peer(
                            "ndarray",
                            (array, ArrayView1::from(others)),
                            |(xs, ys)| xs.dot(&ys),
                            check,
                        );
                        contest.peer(
                            "numkong",
                            (values, others),
                            |(xs, ys)| <$T as Dot>::dot(xs, ys),
                            |dot| facts.dot(dot.unwrap_or(f64::NAN).total(), Loose),
                        );
                    }
                    "masked_sum" => contest.peer_of_any(
                        "polars",
                        &column.polars_with_nulls,
                        |array| {
                            let nulls = array.validity().expect("a column with nulls");
                            FloatSum::sum_with_validity(array.values(), nulls)
                        },
                        |sum: $T| facts.masked_sum(sum.total(), Loose),
                    ),
                    "min" => contest.peer("lanes", values, lanes::stats::$T::min, |got| {
                        equal(&got, &Some(facts.extremes().0.1))
                    }),
                    "max" => contest.peer("lanes", values, lanes::stats::$T::max, |got| {
                        equal(&got, &Some(facts.extremes().1.1))
                    }),
                    "arg_min" => contest.peer_of_any(
                        "lanes",
                        &column.columns,
                        |values| lanes::stats::$T::argmin(values),
                        |got| equal(&got, &Some(facts.extremes().0.0)),
                    ),
                    "arg_max" => contest.peer_of_any(
                        "lanes",
                        &column.columns,
                        |values| lanes::stats::$T::argmax(values),
                        |got| equal(&got, &Some(facts.extremes().1.0)),
                    ),
                    _ => {}
                }
                extrema!(operation contest column);
            }
        }
    )*};
}

floats! { f32 Float32Type 2e-6 |_| None, f64 Float64Type 1e-10 |values| Some(values) }

macro_rules! integers {
    ($($T:ident $Arrow:ident $Sum:ident $Dot:ident $random:expr),*) => {$(
        impl Value for $T {
            common! { $T $Arrow }
            const INTEGER: bool = true;
            const UNIT: f64 = f64::EPSILON / 2.0;
            const LOOSE: f64 = 1e-10;
            type PlainSum = $Sum;

            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "in range"
            )]
            fn random(random: &mut Random) -> Self {
                let make: fn(f64) -> $T = $random;
                make(random.unit())
            }
            fn round(value: f64) -> f64 {
                value.round()
            }
            fn to_i128(self) -> i128 {
                self.into()
            }
            #[inline(always)]
            fn plain_sum(values: impl Iterator<Item = Self>) -> $Sum {
                values.map($Sum::from).sum()
            }
            #[inline(always)]
            fn plain_min(values: impl Iterator<Item = Self>) -> Option<Self> {
                values.min()
            }
            #[inline(always)]
            fn plain_max(values: impl Iterator<Item = Self>) -> Option<Self> {
                values.max()
            }
            #[inline(always)]
            fn plain_dot(pairs: impl Iterator<Item = (Self, Self)>) -> impl Answer {
                pairs.map(|(x, y)| $Dot::from(x) * $Dot::from(y)).sum::<$Dot>()
            }
            #[inline(always)]
            fn order(&self, other: &Self) -> std::cmp::Ordering {
                self.cmp(other)
            }

            fn further<'a>(
                operation: &str,
                contest: &mut Contest<'a>,
                column: &'a Column<'a, Self>,
            ) {
                let (values, facts) = (column.values, &column.facts);
                match operation {
                    "sum" => contest.peer(
                        "polars",
                        &column.polars,
                        |array| wrapping_sum_arr_upcast::<$T, $Sum>(array),
                        |sum| facts.sum(sum.total(), Loose),
                    ),
                    "checked_sum" => {
                        let check = |sum: Option<$T>| match sum {
                            Some(sum) => facts.sum(sum.total(), Loose),
                            None => Err("no sum".into()),
                        };
                        contest.lanefold(CheckedSum, values, |sum| check(sum.ok()));
                        contest.peer(
                            "plain",
                            values,
                            |values| values.iter().try_fold(0, |sum: $T, &x| sum.checked_add(x)),
                            check,
                        );
                        contest.peer(
                            "arrow",
                            &column.array,
                            |array| arrow_arith::aggregate::sum_checked(array).ok().flatten(),
                            check,
                        );
                    }
                    "wrapping_sum" => {
                        let want = values.iter().fold(0, |sum: $T, &x| sum.wrapping_add(x));
                        let check = |sum: $T| equal(&sum, &want);
                        contest.lanefold(WrappingSum, values, check);
                        contest.peer(
                            "plain",
                            values,
                            |values| values.iter().fold(0, |sum: $T, &x| sum.wrapping_add(x)),
                            check,
                        );
                        contest.peer(
                            "arrow",
                            &column.array,
                            |array| arrow_arith::aggregate::sum(array).unwrap_or_default(),
                            check,
                        );
                        contest.peer(
                            "polars",
                            values,
                            |values| <$T>::wrapping_sum(values),
                            check,
                        );
                        contest.peer(
                            "ndarray",
                            ArrayView1::from(values),
                            |array| array.sum(),
                            check,
                        );
                    }
                    _ => {}
                }
                extrema!(operation contest column);
            }
        }
    )*};
}

integers! {
    i32 Int32Type i64 i128 |unit| (unit * 200_000.0) as i32 - 100_000,
    i64 Int64Type i128 i128 |unit| (unit * 2_199_023_255_552.0) as i64 - 1_099_511_627_776,
    u8 UInt8Type u64 u64 |unit| (unit * 256.0) as u8
}
