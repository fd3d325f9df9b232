//! Robust measures of spread.

use super::collected::Collected;
use super::memory::{Heap, Memory};
use super::position::Fraction;
use super::rows::{Distances, Values};
use super::search::{quantile, quantiles};
use super::{AT_ONCE, OrderStatistic, QuantileMethod, aggregates, collect};
use crate::adapt::Adapt;
use crate::aggregate::Aggregate;
use crate::backend::{Backend, Simd};
use crate::row::NumericRow;
use crate::tile::Tile;
use alloc::vec::Vec;

aggregates! {
    Iqr => Option<f64>;
    MedianAbsoluteDeviation => Option<f64>;
}

/// The interquartile range: the quantile ¾ less the quantile ¼, each of type 7 and rounded.
///
/// Equal infinities are 0 apart. In every other respect as [`Quantile`](crate::Quantile).
///
/// ```
/// use lanefold::{Aggregate, Iqr};
/// assert_eq!(Iqr.of(&[1, 2, 3, 4, 500]), Some(2.0));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Iqr;

impl OrderStatistic for Iqr {
    type Output = Option<f64>;

    fn evaluate<R: NumericRow, B: Memory>(
        &self,
        backend: Backend,
        column: R::Column<'_>,
        mut memory: B,
    ) -> Option<f64> {
        const QUARTILES: [Fraction; 2] = [Fraction::of(0.25), Fraction::of(0.75)];
        let linear = QuantileMethod::Linear;
        let [low, high] = quantiles::<R, _, B, AT_ONCE, 2>(
            backend,
            column,
            Values,
            &mut memory,
            &QUARTILES,
            linear,
        )?;
        #[allow(clippy::float_cmp, reason = "equal infinities are 0 apart")]
        Some(if low == high { 0.0 } else { high - low })
    }
}

/// The median absolute deviation: the median of the distances to the median.
///
/// Of normal data it is the standard deviation divided by 1.4826. Distances are rounded to
/// `f64`, as are values of 64 bits before; those of equal infinities are 0.
///
/// - **Cost**: that of two medians; nothing is copied for the distances.
///
/// In every other respect as [`Median`](crate::Median).
///
/// ```
/// use lanefold::{Aggregate, MedianAbsoluteDeviation};
/// assert_eq!(MedianAbsoluteDeviation.of(&[1.0, 2.0, 3.0, 4.0, 500.0]), Some(1.0));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct MedianAbsoluteDeviation;

impl OrderStatistic for MedianAbsoluteDeviation {
    type Output = Option<f64>;

    fn evaluate<R: NumericRow, B: Memory>(
        &self,
        backend: Backend,
        column: R::Column<'_>,
        mut memory: B,
    ) -> Option<f64> {
        let linear = QuantileMethod::Linear;
        let median =
            quantile::<R, _, B>(backend, column, Values, &mut memory, Fraction::HALF, linear)?;
        if median.is_nan() {
            return Some(f64::NAN);
        }
        quantile::<R, _, B>(backend, column, Distances(median), &mut memory, Fraction::HALF, linear)
    }
}
