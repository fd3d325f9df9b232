//! The loops that one writes without the crate, and how far a result may be from them.
//!
//! The loops are the idioms: `sum()`, `reduce(f64::min)`, two passes for a variance, and
//! for six results at once a loop by hand. They are what gets timed, not what decides: a
//! loop that adds 16 million `f32` in a row is far off. What decides for floats is a sum
//! that keeps what it rounds away. The loops are held to it loosely, for one that skips
//! rows or adds them twice is fast for no good reason.

use super::pairs::Pair;
use super::{Run, lanes};
use lanefold::{Dot, Number};
use std::slice;

/// How precise a result has to be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Precision {
    /// As the crate promises.
    Documented,
    /// As additions in a row may well be.
    Loose,
}

impl Precision {
    /// The bound on a sum or mean, relative to that of the magnitudes.
    fn of_sums<T: Value>(self) -> f64 {
        match self {
            Self::Documented => 24.0 * T::UNIT,
            Self::Loose => T::LOOSE,
        }
    }

    /// The bound on a variance, relative: documented, but for the ten bits that the sums
    /// of a tile may lose.
    fn of_variances<T: Value>(self) -> f64 {
        match self {
            Self::Documented => 24.0 * 1024.0 * (f64::EPSILON / 2.0),
            Self::Loose => T::LOOSE,
        }
    }
}

/// A number type to measure with.
pub(crate) trait Value: Number {
    /// Its name in reports and filters.
    const NAME: &'static str;
    /// Half the distance from 1 to the next number: `u` in the documented bounds.
    const UNIT: f64;
    /// What a loop that adds in a row may be off, relative to what it adds up. Roundings
    /// mostly cancel, but not those of the squares of 16 million `u8`: there are only 256
    /// different ones, and they come to 1e-11.
    const LOOSE: f64;

    /// A value from random bits.
    fn random(bits: u64) -> Self;
    /// The value, which every type here converts to without loss.
    fn to_f64(self) -> f64;
    /// The sum, as an iterator gives it.
    fn plain_sum(values: impl Iterator<Item = Self>) -> Self::Sum;
    /// The least value, as an iterator gives it.
    fn plain_min(values: impl Iterator<Item = Self>) -> Option<Self>;
    /// The greatest value, as an iterator gives it.
    fn plain_max(values: impl Iterator<Item = Self>) -> Option<Self>;
    /// No value, added up.
    const ZERO: Self::Sum;
    /// A sum and one value more.
    fn plus(sum: Self::Sum, value: Self) -> Self::Sum;
    /// The sum, rounded.
    fn sum_to_f64(sum: Self::Sum) -> f64;
    /// Panics unless this is the sum: exactly, or within a part of `Σ|x|`.
    fn assert_sum(sum: Self::Sum, values: impl Iterator<Item = Self>, precision: Precision);
    /// Panics unless this is the sum as a real number, rounded once.
    fn assert_exact(sum: Self::Sum, values: impl Iterator<Item = Self>);
    /// The ways to sum floats exactly; none for integers, whose sums are exact anyway.
    fn exact(values: &[Self]) -> Vec<Run<'_>>;

    /// The ways to multiply and sum pairs.
    fn dots(columns: Pair<'_, Self>) -> Vec<Run<'_>>;

    /// The bytes of the values.
    fn bytes(values: &[Self]) -> &[u8] {
        // SAFETY: the values lie in those bytes, and a number has no padding.
        unsafe { slice::from_raw_parts(values.as_ptr().cast(), size_of_val(values)) }
    }
}

macro_rules! floats {
    ($($T:ident $loose:literal),*) => {$(
        impl Value for $T {
            const NAME: &'static str = stringify!($T);
            const UNIT: f64 = $T::EPSILON as f64 / 2.0;
            const LOOSE: f64 = $loose;
            const ZERO: $T = 0.0;

            #[allow(clippy::cast_possible_truncation, reason = "a random value, rounded")]
            fn random(bits: u64) -> Self {
                ((bits >> 11) as f64 / (1_u64 << 53) as f64 * 200.0 - 100.0) as $T
            }
            #[inline(always)]
            fn to_f64(self) -> f64 {
                self.into()
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
            fn plus(sum: $T, value: Self) -> $T {
                sum + value
            }
            #[inline(always)]
            fn sum_to_f64(sum: $T) -> f64 {
                sum.into()
            }
            fn assert_sum(sum: $T, values: impl Iterator<Item = Self>, precision: Precision) {
                let (mut exact, mut size) = (Careful::default(), 0.0);
                for value in values {
                    exact.add(value.into());
                    size += f64::from(value.abs());
                }
                let error = (f64::from(sum) - exact.value()).abs();
                let bound = precision.of_sums::<Self>() * size;
                assert!(error <= bound, "a sum of {sum} is {error} off");
            }
            #[allow(clippy::cast_possible_truncation, reason = "the one rounding")]
            #[allow(clippy::float_cmp, reason = "an exact sum is equal or wrong")]
            fn assert_exact(sum: $T, values: impl Iterator<Item = Self>) {
                // The data are of a size, so that what this loses is far below a rounding.
                let mut exact = Careful::default();
                values.for_each(|value| exact.add(value.into()));
                assert_eq!(sum, exact.value() as $T, "an exact sum");
            }
            fn exact(values: &[$T]) -> Vec<Run<'_>> {
                super::exact(values)
            }
            fn dots(columns: Pair<'_, $T>) -> Vec<Run<'_>> {
                lanes(
                    Dot,
                    columns,
                    #[inline(always)]
                    |(xs, ys): Pair<'_, $T>| xs.iter().zip(ys).map(|(x, y)| x * y).sum(),
                    |&dot: &$T, precision| {
                        let (mut exact, mut size) = (Careful::default(), 0.0);
                        for (&x, &y) in columns.0.iter().zip(columns.1) {
                            let product = f64::from(x) * f64::from(y);
                            exact.add(product);
                            size += product.abs();
                        }
                        let error = (f64::from(dot) - exact.value()).abs();
                        let bound = 2.0 * precision.of_sums::<$T>() * size;
                        assert!(error <= bound, "a dot product of {dot} is {error} off");
                    },
                )
            }
        }
    )*};
}

floats! { f32 1e-6, f64 1e-10 }

macro_rules! integers {
    ($($T:ident $Sum:ident $Dot:ident),*) => {$(
        impl Value for $T {
            const NAME: &'static str = stringify!($T);
            const UNIT: f64 = f64::EPSILON / 2.0;
            const LOOSE: f64 = 1e-10;
            const ZERO: $Sum = 0;

            #[allow(clippy::cast_possible_truncation, reason = "any bits are random")]
            fn random(bits: u64) -> Self {
                (bits >> 16) as $T
            }
            #[inline(always)]
            fn to_f64(self) -> f64 {
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
            fn plus(sum: $Sum, value: Self) -> $Sum {
                sum + $Sum::from(value)
            }
            #[inline(always)]
            fn sum_to_f64(sum: $Sum) -> f64 {
                sum as f64
            }
            fn assert_sum(sum: $Sum, values: impl Iterator<Item = Self>, _: Precision) {
                assert_eq!(sum, Self::plain_sum(values));
            }
            fn assert_exact(sum: $Sum, values: impl Iterator<Item = Self>) {
                Self::assert_sum(sum, values, Precision::Documented);
            }
            fn exact(_: &[$T]) -> Vec<Run<'_>> {
                Vec::new()
            }
            fn dots(columns: Pair<'_, $T>) -> Vec<Run<'_>> {
                let plain = |(xs, ys): Pair<'_, $T>| {
                    xs.iter().zip(ys).map(|(&x, &y)| $Dot::from(x) * $Dot::from(y)).sum::<$Dot>()
                };
                lanes(Dot, columns, plain, |&dot, _| assert_eq!(dot, plain(columns)))
            }
        }
    )*};
}

integers! { i32 i64 i128, u8 u64 u64 }

/// The mean in `f64`.
#[inline(always)]
pub(crate) fn mean<T: Value>(values: &[T]) -> Option<f64> {
    let sum: f64 = values.iter().map(|x| x.to_f64()).sum();
    (!values.is_empty()).then(|| sum / values.len() as f64)
}

/// The sample variance in `f64`: the mean, then the squares.
#[inline(always)]
pub(crate) fn variance<T: Value>(values: &[T]) -> Option<f64> {
    let mean = mean(values)?;
    let squares: f64 = values.iter().map(|x| (x.to_f64() - mean) * (x.to_f64() - mean)).sum();
    (values.len() > 1).then(|| squares / (values.len() - 1) as f64)
}

/// The row of the least value, and the value.
#[inline(always)]
pub(crate) fn arg_min<T: Value>(values: &[T]) -> Option<(usize, T)> {
    let mut best = (0, *values.first()?);
    for (row, &value) in values.iter().enumerate() {
        if value < best.1 {
            best = (row, value);
        }
    }
    Some(best)
}

/// The sums of squared deviations in `f64`, and of their products: the means, then the rest.
#[inline(always)]
fn spreads<T: Value>((xs, ys): Pair<'_, T>) -> Option<[f64; 3]> {
    let (mean_x, mean_y) = (mean(xs)?, mean(ys)?);
    let mut sums = [0.0; 3];
    for (x, y) in xs.iter().zip(ys) {
        let (d, e) = (x.to_f64() - mean_x, y.to_f64() - mean_y);
        sums = [sums[0] + d * d, sums[1] + e * e, sums[2] + d * e];
    }
    Some(sums)
}

/// The sample covariance.
#[inline(always)]
pub(crate) fn covariance<T: Value>(columns: Pair<'_, T>) -> Option<f64> {
    let n = columns.0.len();
    spreads(columns).filter(|_| n > 1).map(|[_, _, xy]| xy / (n - 1) as f64)
}

/// The correlation.
#[inline(always)]
pub(crate) fn correlation<T: Value>(columns: Pair<'_, T>) -> Option<f64> {
    spreads(columns).map(|[x, y, xy]| xy / (x * y).sqrt())
}

/// The variances and the covariance, with nothing lost.
pub(crate) fn careful_spreads<T: Value>((xs, ys): Pair<'_, T>) -> [f64; 3] {
    let (mean_x, mean_y) = (careful_mean(xs), careful_mean(ys));
    let mut sums = [(); 3].map(|()| Careful::default());
    for (x, y) in xs.iter().zip(ys) {
        let (d, e) = (x.to_f64() - mean_x, y.to_f64() - mean_y);
        sums[0].add(d * d);
        sums[1].add(e * e);
        sums[2].add(d * e);
    }
    sums.map(|sum| sum.value() / (xs.len() - 1) as f64)
}

/// Count, sum, minimum, maximum, mean and sample variance.
pub(crate) type Six<T, Sum> = (u64, Sum, Option<T>, Option<T>, Option<f64>, Option<f64>);

/// All six as one would write them by hand: a loop for what needs one look at the values,
/// the mean from its sum, and a second loop for the squares.
#[inline(always)]
pub(crate) fn six<T: Value>(values: &[T]) -> Six<T, T::Sum> {
    let Some(&first) = values.first() else {
        return (0, T::ZERO, None, None, None, None);
    };
    let (mut count, mut sum, mut min, mut max) = (0_u64, T::ZERO, first, first);
    for &value in values {
        count += 1;
        sum = T::plus(sum, value);
        if value < min {
            min = value;
        }
        if value > max {
            max = value;
        }
    }
    let mean = T::sum_to_f64(sum) / count as f64;
    let mut squares = 0.0;
    for value in values {
        let distance = value.to_f64() - mean;
        squares += distance * distance;
    }
    let variance = (count > 1).then(|| squares / (count - 1) as f64);
    (count, sum, Some(min), Some(max), Some(mean), variance)
}

/// Panics unless this is the mean.
pub(crate) fn assert_mean<T: Value>(mean: Option<f64>, values: &[T], precision: Precision) {
    let size: f64 = values.iter().map(|x| x.to_f64().abs()).sum();
    let (mean, exact) = (mean.expect("a mean"), careful_mean(values));
    let (error, bound) =
        ((mean - exact).abs(), precision.of_sums::<T>() * size / values.len() as f64);
    assert!(error <= bound, "a mean of {mean} is {error} off");
}

/// Panics unless this is the sample variance.
pub(crate) fn assert_variance<T: Value>(variance: Option<f64>, values: &[T], precision: Precision) {
    let (variance, mean) = (variance.expect("a variance"), careful_mean(values));
    let mut squares = Careful::default();
    for x in values {
        squares.add((x.to_f64() - mean) * (x.to_f64() - mean));
    }
    let exact = squares.value() / (values.len() - 1) as f64;
    let error = (variance - exact).abs();
    let bound = precision.of_variances::<T>() * exact;
    assert!(error <= bound, "a variance of {variance} is {error} off");
}

fn careful_mean<T: Value>(values: &[T]) -> f64 {
    let mut sum = Careful::default();
    for x in values {
        sum.add(x.to_f64());
    }
    sum.value() / values.len() as f64
}

/// A sum, and what it rounded away (Knuth's `TwoSum`).
#[derive(Default)]
struct Careful {
    high: f64,
    low: f64,
}

impl Careful {
    fn add(&mut self, term: f64) {
        let high = self.high + term;
        let other = high - self.high;
        self.low += (self.high - (high - other)) + (term - other);
        self.high = high;
    }

    fn value(&self) -> f64 {
        self.high + self.low
    }
}
