//! The one-liners: free functions on slices.

use crate::aggregate::Aggregate;
use crate::exact::{ExactFloat, ExactSum};
use crate::extrema::{ArgMax, ArgMin, Max, Min, MinMax};
use crate::moments::{StdDev, Variance};
use crate::number::Number;
use crate::pair::{Dot, Products};
#[cfg(feature = "alloc")]
use crate::quantile::{Median, Quantile, QuantileError};
use crate::sum::{Mean, Sum, Summable};

/// The sum of a slice: [`Sum`].
///
/// ```
/// assert_eq!(lanefold::sum(&[0.5, 0.25]), 0.75);
/// ```
#[inline]
#[must_use]
pub fn sum<T: Number>(values: &[T]) -> <T as Summable>::Sum {
    Sum.of(values)
}

/// The exact sum of a slice of floats, rounded once: [`ExactSum`].
///
/// ```
/// assert_eq!(lanefold::exact_sum(&[0.1; 10]), 1.0);
/// ```
#[inline]
#[must_use]
pub fn exact_sum<T: ExactFloat>(values: &[T]) -> T {
    ExactSum.of(values)
}

/// The mean of a slice, `None` where it is empty: [`Mean`].
///
/// ```
/// assert_eq!(lanefold::mean(&[1, 2, 4, 5]), Some(3.0));
/// ```
#[inline]
#[must_use]
pub fn mean<T: Number>(values: &[T]) -> Option<f64> {
    Mean.of(values)
}

/// The least value of a slice, NaN skipped: [`Min`].
///
/// ```
/// assert_eq!(lanefold::min(&[2.0, f64::NAN, 1.0]), Some(1.0));
/// ```
#[inline]
#[must_use]
pub fn min<T: Number>(values: &[T]) -> Option<T> {
    Min.of(values)
}

/// The greatest value of a slice, NaN skipped: [`Max`].
///
/// ```
/// assert_eq!(lanefold::max(&[2.0, f64::NAN, 1.0]), Some(2.0));
/// ```
#[inline]
#[must_use]
pub fn max<T: Number>(values: &[T]) -> Option<T> {
    Max.of(values)
}

/// The least and the greatest value of a slice, NaN skipped: [`MinMax`].
///
/// ```
/// assert_eq!(lanefold::min_max(&[2, 3, 1]), Some((1, 3)));
/// ```
#[inline]
#[must_use]
pub fn min_max<T: Number>(values: &[T]) -> Option<(T, T)> {
    MinMax.of(values)
}

/// The row of the least value of a slice, the first of several, NaN skipped: [`ArgMin`].
///
/// ```
/// assert_eq!(lanefold::arg_min(&[2.0, f64::NAN, 1.0, 1.0]), Some(2));
/// ```
#[inline]
#[must_use]
pub fn arg_min<T: Number>(values: &[T]) -> Option<usize> {
    ArgMin.of(values).map(|(row, _)| row)
}

/// The row of the greatest value of a slice, the first of several, NaN skipped: [`ArgMax`].
///
/// ```
/// assert_eq!(lanefold::arg_max(&[2.0, f64::NAN, 1.0, 2.0]), Some(0));
/// ```
#[inline]
#[must_use]
pub fn arg_max<T: Number>(values: &[T]) -> Option<usize> {
    ArgMax.of(values).map(|(row, _)| row)
}

/// The sample variance of a slice (ddof 1), `None` for fewer than two values: [`Variance`].
///
/// ```
/// assert_eq!(lanefold::variance(&[1.0, 3.0]), Some(2.0));
/// ```
#[inline]
#[must_use]
pub fn variance<T: Number>(values: &[T]) -> Option<f64> {
    Variance::sample().of(values)
}

/// The sample standard deviation of a slice (ddof 1), `None` for fewer than two values:
/// [`StdDev`].
///
/// ```
/// assert_eq!(lanefold::std_dev(&[1.0, 9.0, 5.0]), Some(4.0));
/// ```
#[inline]
#[must_use]
pub fn std_dev<T: Number>(values: &[T]) -> Option<f64> {
    StdDev::sample().of(values)
}

/// The dot product of two slices: [`Dot`].
///
/// # Panics
///
/// If the slices differ in length.
///
/// ```
/// assert_eq!(lanefold::dot(&[1.0, 2.0], &[3.0, 4.0]), 11.0);
/// ```
#[inline]
#[must_use]
pub fn dot<T: Number>(x: &[T], y: &[T]) -> <T as Products>::Dot {
    Dot.of((x, y))
}

/// The median of a slice, `None` where it is empty: [`Median`].
///
/// ```
/// assert_eq!(lanefold::median(&[2.0, 9.0, 1.0]), Some(2.0));
/// ```
#[cfg(feature = "alloc")]
#[inline]
#[must_use]
pub fn median<T: Number>(values: &[T]) -> Option<f64> {
    Median.of(values)
}

/// A quantile of a slice, of type 7, `None` where it is empty: [`Quantile`].
///
/// # Errors
///
/// If `q` is not between 0 and 1.
///
/// ```
/// assert_eq!(lanefold::quantile(&[1.0, 2.0, 4.0, 8.0], 0.75)?, Some(5.0));
/// # Ok::<(), lanefold::QuantileError>(())
/// ```
#[cfg(feature = "alloc")]
#[inline]
pub fn quantile<T: Number>(values: &[T], q: f64) -> Result<Option<f64>, QuantileError> {
    Ok(Quantile::new(q)?.of(values))
}
