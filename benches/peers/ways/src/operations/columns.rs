//! Operations on columns of any number type: sums, extrema, moments, pairs, nulls, filters
//! and quantiles.
//!
//! The plain loops are the idioms: `sum()`, `reduce(f64::min)`, two passes for a variance.
//! A loop that is faster, but needs a second thought, is `plain/…`.

use crate::contest::{Check, Contest, equal};
use crate::data::Column;
use crate::facts::Precision::{Documented, Loose};
use crate::value::{Answer, Total, Value};
use arrow_arith::aggregate;
use arrow_array::cast::AsArray;
use arrow_array::{PrimitiveArray, Scalar};
use average::{Covariance as AverageCovariance, Kurtosis};
use lanefold::{
    Above, Adapt, Aggregate, ArgMax, ArgMin, Correlation, Covariance, Dot, Max, Mean, Median, Min,
    MinMax, Moments, Quantile, Sum, Variance,
};
use polars_compute::moment;
use statrs::statistics::{Data as StatrsData, OrderStatistics, Statistics};
use std::cell::RefCell;

/// All of them; `further` of a type knows which are for it alone.
pub(crate) const OPERATIONS: [&str; 21] = [
    "sum",
    "checked_sum",
    "wrapping_sum",
    "exact_sum",
    "min",
    "max",
    "min_max",
    "arg_min",
    "arg_max",
    "mean",
    "variance",
    "moments",
    "dot",
    "covariance",
    "correlation",
    "masked_sum",
    "masked_min",
    "filter_sum",
    "median",
    "p99",
    "six",
];

/// Whether there is such an operation for a type.
pub(crate) fn is_for<T: Value>(operation: &str) -> bool {
    match operation {
        // A sum of more than a few bytes is no byte, and loops stop where they see that.
        "checked_sum" => T::INTEGER && size_of::<T>() > 1,
        "wrapping_sum" => T::INTEGER,
        "exact_sum" => !T::INTEGER,
        "six" => T::SIX,
        _ => true,
    }
}

/// Adds all ways to run an operation on a column.
pub(crate) fn ways<'a, T: Value>(
    operation: &str,
    contest: &mut Contest<'a>,
    column: &'a Column<'a, T>,
) {
    match operation {
        "sum" => sum(contest, column),
        "min" | "max" | "min_max" | "arg_min" | "arg_max" => extrema(operation, contest, column),
        "mean" => mean(contest, column),
        "variance" => variance(contest, column),
        "moments" => moments(contest, column),
        "dot" => dot(contest, column),
        "covariance" => covariance(contest, column),
        "correlation" => correlation(contest, column),
        "masked_sum" | "masked_min" => masked(operation, contest, column),
        "filter_sum" => filter_sum(contest, column),
        "median" => quantile(0.5, Median, |data| data.median(), contest, column),
        "p99" => {
            let p99 = Quantile::new(0.99).expect("between 0 and 1");
            quantile(0.99, p99, |data| data.quantile(0.99), contest, column);
        }
        #[allow(clippy::collapsible_match, reason = "where it is false, it is not compiled")]
        "six" => {
            if const { T::SIX } {
                six(contest, column);
            }
        }
        _ => {}
    }
    T::further(operation, contest, column);
    let second: &[u8] = match operation {
        "dot" | "covariance" | "correlation" => column.aligned[1],
        _ => &[],
    };
    contest.read(column.aligned[0], second);
}

fn sum<'a, T: Value>(contest: &mut Contest<'a>, column: &'a Column<'a, T>) {
    let (values, facts) = (column.values, &column.facts);
    contest.lanefold(Sum, values, |sum| facts.sum(sum.total(), Documented));
    contest.peer(
        "plain",
        values,
        #[inline(always)]
        |values| T::plain_sum(values.iter().copied()),
        |sum| facts.sum(sum.total(), Loose),
    );
    if !T::INTEGER {
        contest.peer("arrow", &column.array, aggregate::sum, |sum| {
            sum.map_or(Err("no sum".into()), |sum| facts.sum(float(sum), Loose))
        });
    }
    contest.peer("numkong", values, numkong_moments, |(sum, _)| facts.sum(sum.total(), Loose));
}

/// A float of whatever type.
fn float<T: Value>(value: T) -> Total {
    Total::Float(value.to_f64())
}

/// The sum, and that of the squares.
fn numkong_moments<T: Value>(values: &[T]) -> (T::SumOutput, T::SumSqOutput) {
    T::reduce_moments(values, size_of::<T>())
}

fn extrema<'a, T: Value>(operation: &str, contest: &mut Contest<'a>, column: &'a Column<'a, T>) {
    let (values, columns) = (column.values, column.columns.as_slice());
    let &((min_row, min), (max_row, max)) = column.facts.extremes();
    let is_min = move |got: Option<T>| equal(&got, &Some(min));
    let is_max = move |got: Option<T>| equal(&got, &Some(max));
    let is_min_row = move |got: Option<usize>| equal(&got, &Some(min_row));
    let is_max_row = move |got: Option<usize>| equal(&got, &Some(max_row));
    let row = |got: Option<(usize, T)>| got.map(|(row, _)| row);
    let numkong = |values: &[T]| T::reduce_minmax(values, size_of::<T>());
    match operation {
        "min" => {
            contest.lanefold(Min, values, is_min);
            contest.peer("plain", values, |values| T::plain_min(values.iter().copied()), is_min);
            contest.peer("arrow", &column.array, aggregate::min, is_min);
            contest.peer("numkong", values, numkong, |got| is_min(got.map(|got| got.0)));
        }
        "max" => {
            contest.lanefold(Max, values, is_max);
            contest.peer("plain", values, |values| T::plain_max(values.iter().copied()), is_max);
            contest.peer("arrow", &column.array, aggregate::max, is_max);
            contest.peer("numkong", values, numkong, |got| is_max(got.map(|got| got.2)));
        }
        "min_max" => {
            let check = |got: Option<(T, T)>| equal(&got, &Some((min, max)));
            contest.lanefold(MinMax, values, check);
            contest.peer("plain", values, plain_min_max, check);
            contest.peer(
                "arrow",
                &column.array,
                |array| aggregate::min(array).zip(aggregate::max(array)),
                check,
            );
            contest.peer("numkong", values, numkong, |got| check(got.map(|got| (got.0, got.2))));
        }
        "arg_min" => {
            contest.part_of_any(ArgMin, columns, row, is_min_row);
            let plain = |values: &&[T]| plain_arg(values, |a, b| a < b);
            contest.peer_of_any("plain", columns, plain, is_min_row);
            let is_min_row = |got: Option<(T, usize, T, usize)>| is_min_row(got.map(|got| got.1));
            contest.peer_of_any("numkong", columns, move |values| numkong(values), is_min_row);
        }
        _ => {
            contest.part_of_any(ArgMax, columns, row, is_max_row);
            let plain = |values: &&[T]| plain_arg(values, |a, b| a > b);
            contest.peer_of_any("plain", columns, plain, is_max_row);
            let is_max_row = |got: Option<(T, usize, T, usize)>| is_max_row(got.map(|got| got.3));
            contest.peer_of_any("numkong", columns, move |values| numkong(values), is_max_row);
        }
    }
}

/// Both extremes in one loop.
#[inline(always)]
fn plain_min_max<T: Value>(values: &[T]) -> Option<(T, T)> {
    let first = *values.first()?;
    Some(values.iter().fold((first, first), |(min, max), &value| {
        (if value < min { value } else { min }, if value > max { value } else { max })
    }))
}

/// The first row of the least value by an order.
#[inline(always)]
fn plain_arg<T: Value>(values: &[T], is_before: impl Fn(T, T) -> bool) -> Option<usize> {
    let mut best = (0, *values.first()?);
    for (row, &value) in values.iter().enumerate() {
        if is_before(value, best.1) {
            best = (row, value);
        }
    }
    Some(best.0)
}

/// The values as floats, which crates of floats take.
#[inline(always)]
fn floats<T: Value>(values: &[T]) -> impl Iterator<Item = f64> {
    values.iter().map(|value| value.to_f64())
}

#[inline(always)]
fn plain_mean<T: Value>(values: &[T]) -> Option<f64> {
    (!values.is_empty()).then(|| floats(values).sum::<f64>() / values.len() as f64)
}

/// Two passes: the mean, then the squares.
#[inline(always)]
fn plain_variance<T: Value>(values: &[T]) -> Option<f64> {
    let mean = plain_mean(values)?;
    let squares: f64 = floats(values).map(|x| (x - mean) * (x - mean)).sum();
    (values.len() > 1).then(|| squares / (values.len() - 1) as f64)
}

fn mean<'a, T: Value>(contest: &mut Contest<'a>, column: &'a Column<'a, T>) {
    let (values, facts) = (column.values, &column.facts);
    let loose = |mean: Option<f64>| facts.mean(mean, Loose);
    contest.lanefold(Mean, values, |mean| facts.mean(mean, Documented));
    contest.peer("plain", values, plain_mean, loose);
    contest.peer(
        "average",
        values,
        |values| floats(values).collect::<average::Mean>().mean(),
        |mean| loose(Some(mean)),
    );
    contest.peer(
        "statrs",
        values,
        |values| Statistics::mean(floats(values)),
        |mean| loose(Some(mean)),
    );
    let n = values.len() as f64;
    contest.peer("numkong", values, numkong_moments, |(sum, _)| match sum.total() {
        Total::Float(sum) => loose(Some(sum / n)),
        Total::Integer(sum) => loose(Some(sum as f64 / n)),
    });
}

fn variance<'a, T: Value>(contest: &mut Contest<'a>, column: &'a Column<'a, T>) {
    let (values, facts) = (column.values, &column.facts);
    let loose = |variance: Option<f64>| facts.variance(variance, Loose);
    contest.lanefold(Variance::sample(), values, |v| facts.variance(v, Documented));
    contest.peer("plain", values, plain_variance, loose);
    contest.peer(
        "average",
        values,
        |values| floats(values).collect::<average::Variance>().sample_variance(),
        |variance| loose(Some(variance)),
    );
    contest.peer(
        "statrs",
        values,
        |values| Statistics::variance(floats(values)),
        |variance| loose(Some(variance)),
    );
    contest.peer("polars", &column.polars, |array| moment::var(array).finalize(1), loose);
}

/// Two passes: the mean, then three powers.
#[inline(always)]
fn plain_moments<T: Value>(values: &[T]) -> Option<[f64; 4]> {
    let (mean, n) = (plain_mean(values)?, values.len() as f64);
    let powers = floats(values).fold([0.0; 3], |[a, b, c], x| {
        let d = x - mean;
        let square = d * d;
        [a + square, b + square * d, c + square * square]
    });
    let [second, third, fourth] = powers.map(|sum| sum / n);
    Some([mean, second, third / (second * second.sqrt()), fourth / (second * second) - 3.0])
}

fn moments<'a, T: Value>(contest: &mut Contest<'a>, column: &'a Column<'a, T>) {
    let (values, facts) = (column.values, &column.facts);
    contest.lanefold(Moments, values, |got| {
        let Some(got) = got else { return Err("no moments".into()) };
        let shape = [Some(got.mean()), got.variance(0), got.skewness(), got.kurtosis()];
        facts.shape(shape, Documented)
    });
    contest.peer("plain", values, plain_moments, |got| match got {
        Some(got) => facts.shape(got.map(Some), Loose),
        None => Err("no moments".into()),
    });
    contest.peer(
        "average",
        values,
        |values| {
            let all = floats(values).collect::<Kurtosis>();
            [all.mean(), all.population_variance(), all.skewness(), all.kurtosis()]
        },
        |got| facts.shape(got.map(Some), Loose),
    );
    contest.peer(
        "polars",
        &column.polars,
        |array| moment::kurtosis(array).finalize(true, true),
        |kurtosis| facts.shape([None, None, None, kurtosis], Loose),
    );
}

fn dot<'a, T: Value>(contest: &mut Contest<'a>, column: &'a Column<'a, T>) {
    let (pair, facts) = ((column.values, column.others), &column.facts);
    contest.lanefold(Dot, pair, |dot| facts.dot(dot.total(), Documented));
    contest.peer(
        "plain",
        pair,
        #[inline(always)]
        |(xs, ys)| T::plain_dot(xs.iter().copied().zip(ys.iter().copied())),
        |dot| facts.dot(dot.total(), Loose),
    );
}

/// Two passes: the means, then squares and products.
#[inline(always)]
fn plain_spreads<T: Value>((xs, ys): (&[T], &[T])) -> Option<[f64; 3]> {
    let (mean_x, mean_y) = (plain_mean(xs)?, plain_mean(ys)?);
    let mut sums = [0.0; 3];
    for (x, y) in floats(xs).zip(floats(ys)) {
        let (d, e) = (x - mean_x, y - mean_y);
        sums = [sums[0] + d * d, sums[1] + e * e, sums[2] + d * e];
    }
    Some(sums)
}

#[inline(always)]
fn plain_covariance<T: Value>((xs, ys): (&[T], &[T])) -> Option<f64> {
    let (mean_x, mean_y) = (plain_mean(xs)?, plain_mean(ys)?);
    let products = floats(xs).zip(floats(ys)).map(|(x, y)| (x - mean_x) * (y - mean_y));
    let sum: f64 = products.sum();
    (xs.len() > 1).then(|| sum / (xs.len() - 1) as f64)
}

fn average_covariance<T: Value>((xs, ys): (&[T], &[T])) -> AverageCovariance {
    floats(xs).zip(floats(ys)).collect()
}

fn covariance<'a, T: Value>(contest: &mut Contest<'a>, column: &'a Column<'a, T>) {
    let (pair, facts) = ((column.values, column.others), &column.facts);
    let loose = |covariance| facts.covariance(covariance, Loose);
    contest.lanefold(Covariance::sample(), pair, |got| facts.covariance(got, Documented));
    contest.peer("plain", pair, plain_covariance, loose);
    contest.peer(
        "average",
        pair,
        |pair| average_covariance(pair).sample_covariance(),
        |covariance| loose(Some(covariance)),
    );
    contest.peer(
        "statrs",
        pair,
        |(xs, ys): (&[T], &[T])| {
            Statistics::covariance(xs.iter().map(to_f64), ys.iter().map(to_f64))
        },
        |covariance| loose(Some(covariance)),
    );
    contest.peer(
        "polars",
        (&column.polars, &column.polars_other),
        |(xs, ys)| moment::cov(xs, ys).finalize(1),
        loose,
    );
}

/// A function, so that two iterators of it have one type.
#[inline(always)]
fn to_f64<T: Value>(value: &T) -> f64 {
    value.to_f64()
}

fn correlation<'a, T: Value>(contest: &mut Contest<'a>, column: &'a Column<'a, T>) {
    let (pair, facts) = ((column.values, column.others), &column.facts);
    let loose = |correlation| facts.correlation(correlation, Loose);
    contest.lanefold(Correlation, pair, |got| facts.correlation(got, Documented));
    contest.peer(
        "plain",
        pair,
        |pair| plain_spreads(pair).map(|[x, y, xy]| xy / (x * y).sqrt()),
        loose,
    );
    contest.peer(
        "average",
        pair,
        |pair| average_covariance(pair).pearson(),
        |correlation| loose(Some(correlation)),
    );
    contest.peer(
        "polars",
        (&column.polars, &column.polars_other),
        |(xs, ys)| moment::pearson_corr(xs, ys).finalize(),
        |correlation| loose(Some(correlation)),
    );
}

/// The values that are present: of each word of 64 bits those that are set.
#[inline(always)]
fn present<'a, T: Value>(values: &'a [T], validity: &'a [u8]) -> impl Iterator<Item = T> + 'a {
    values.chunks(64).enumerate().flat_map(move |(i, rows)| {
        let bytes = &validity[8 * i..];
        let mut word = match bytes.first_chunk::<8>() {
            Some(&word) => u64::from_le_bytes(word),
            None => bytes.iter().rev().fold(0, |bits, &byte| bits << 8 | u64::from(byte)),
        };
        std::iter::from_fn(move || {
            // An empty word has its first bit at 64, so one bound ends both it and the
            // bits behind the last row.
            let &value = rows.get(word.trailing_zeros() as usize)?;
            word &= word - 1;
            Some(value)
        })
    })
}

fn masked<'a, T: Value>(operation: &str, contest: &mut Contest<'a>, column: &'a Column<'a, T>) {
    let facts = &column.facts;
    if operation == "masked_sum" {
        let check = |sum: T::Sum| facts.masked_sum(sum.total(), Documented);
        contest.lanefold_of_any(Sum, &column.nullable, check);
        contest.peer_of_any(
            "plain",
            &column.masked,
            #[inline(always)]
            |&(values, validity)| T::plain_sum(present(values, validity)),
            |sum| facts.masked_sum(sum.total(), Loose),
        );
        if !T::INTEGER {
            contest.peer_of_any("arrow", &column.arrow_with_nulls, aggregate::sum, |sum| {
                facts.masked_sum(float(sum.unwrap_or_default()), Loose)
            });
        }
    } else {
        contest.lanefold_of_any(Min, &column.nullable, |min| facts.masked_min(min));
        contest.peer_of_any(
            "plain",
            &column.masked,
            #[inline(always)]
            |&(values, validity)| T::plain_min(present(values, validity)),
            |min| facts.masked_min(min),
        );
        contest.peer_of_any("arrow", &column.arrow_with_nulls, aggregate::min, |min| {
            facts.masked_min(min)
        });
    }
}

/// The sum of the values above a limit, which about half of them are.
fn filter_sum<'a, T: Value>(contest: &mut Contest<'a>, column: &'a Column<'a, T>) {
    let (values, facts) = (column.values, &column.facts);
    let middle = &mut values.to_vec();
    middle.truncate(1_000);
    middle.sort_by(T::order);
    let limit = middle[middle.len() / 2];
    contest.lanefold(Sum.filter(Above(limit)), values, |sum| {
        facts.above(limit, sum.total(), Documented)
    });
    contest.peer(
        "plain",
        (values, limit),
        #[inline(always)]
        |(values, limit)| T::plain_sum(values.iter().copied().filter(|&value| value > limit)),
        |sum| facts.above(limit, sum.total(), Loose),
    );
    contest.peer(
        "plain/select",
        (values, limit),
        #[inline(always)]
        |(values, limit)| {
            let zero = T::default();
            let select = |&value: &T| if value > limit { value } else { zero };
            T::plain_sum(values.iter().map(select))
        },
        |sum| facts.above(limit, sum.total(), Loose),
    );
    if !T::INTEGER {
        let limit_of_arrow = PrimitiveArray::<T::Arrow>::new_scalar(limit);
        contest.peer(
            "arrow",
            &column.array,
            move |array| arrow_filter_sum::<T>((array, &limit_of_arrow)),
            |sum| facts.above(limit, float(sum.unwrap_or_default()), Loose),
        );
    }
}

fn arrow_filter_sum<T: Value>(
    (array, limit): (&PrimitiveArray<T::Arrow>, &Scalar<PrimitiveArray<T::Arrow>>),
) -> Option<T> {
    let keep = arrow_ord::cmp::gt(array, limit).ok()?;
    let kept = arrow_select::filter::filter(array, &keep).ok()?;
    aggregate::sum(kept.as_primitive::<T::Arrow>())
}

/// A quantile of one of several columns, each call of any.
fn quantile<'a, T: Value>(
    q: f64,
    aggregate: impl Aggregate<T, Output = Option<f64>> + Copy + 'a,
    of_statrs: impl Fn(&mut StatrsData<&mut [f64]>) -> f64 + 'a,
    contest: &mut Contest<'a>,
    column: &'a Column<'a, T>,
) {
    let columns: &'a [&'a [T]] = &column.columns;
    let first = columns[0];
    let rank = rank(q, first.len());
    let mut copy = first.to_vec();
    let last = copy.len() - 1;
    // Definitions of quantiles differ by less than a rank.
    let mut at = |rank: usize| copy.select_nth_unstable_by(rank.min(last), T::order).1.to_f64();
    let (low, high) = (at(rank), at(rank + 1));
    let (lower, higher) = (at(rank.saturating_sub(1)), at(rank + 2));
    drop(copy);
    let within = |got: Option<f64>, low: f64, high: f64| -> Check {
        match got {
            Some(got) if low <= got && got <= high => Ok(()),
            _ => Err(format!("{got:?}, not in {low:?}..={high:?}")),
        }
    };
    let between = move |got: Option<f64>| within(got, low, high);
    contest.lanefold_of_any(aggregate, columns, between);
    let copy = RefCell::new(first.to_vec());
    contest.peer_of_any(
        "select_nth",
        columns,
        move |column| {
            let mut copy = copy.borrow_mut();
            copy.copy_from_slice(column);
            copy.select_nth_unstable_by(rank, T::order).1.to_f64()
        },
        |got| between(Some(got)),
    );
    let copy = RefCell::new(vec![0.0; first.len()]);
    contest.peer_of_any(
        "statrs",
        columns,
        move |column| {
            let mut copy = copy.borrow_mut();
            for (to, from) in copy.iter_mut().zip(*column) {
                *to = from.to_f64();
            }
            of_statrs(&mut StatrsData::new(copy.as_mut_slice()))
        },
        |got| within(Some(got), lower, higher),
    );
}

/// The rank below a quantile of type 7.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in a column")]
fn rank(q: f64, len: usize) -> usize {
    ((len - 1) as f64 * q) as usize
}

/// Count, sum, minimum, maximum, mean and variance at once.
fn six<'a, T: Value>(contest: &mut Contest<'a>, column: &'a Column<'a, T>) {
    let (values, facts) = (column.values, &column.facts);
    let &((_, min), (_, max)) = facts.extremes();
    contest.lanefold((Sum, MinMax, Mean, Variance::sample()), values, |got| {
        let (sum, extremes, mean, variance) = got;
        facts.sum(sum.total(), Documented)?;
        equal(&extremes, &Some((min, max)))?;
        facts.mean(mean, Documented)?;
        facts.variance(variance, Documented)
    });
    contest.peer(
        "plain",
        values,
        #[inline(always)]
        |values| {
            let first = *values.first()?;
            let (mut sum, mut min, mut max) = (0.0, first, first);
            for &value in values {
                sum += value.to_f64();
                min = if value < min { value } else { min };
                max = if value > max { value } else { max };
            }
            let mean = sum / values.len() as f64;
            let squares: f64 = floats(values).map(|x| (x - mean) * (x - mean)).sum();
            Some((sum, min, max, mean, squares / (values.len() - 1) as f64))
        },
        |got| {
            let Some((_, least, greatest, mean, variance)) = got else {
                return Err("nothing".into());
            };
            equal(&(least, greatest), &(min, max))?;
            facts.mean(Some(mean), Loose)?;
            facts.variance(Some(variance), Loose)
        },
    );
}
