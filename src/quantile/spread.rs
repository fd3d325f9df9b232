//! Robust measures of spread.

use super::memory::{Heap, Memory};
use super::rows::{Distances, Values};
use super::{AT_ONCE, OrderStatistic, QuantileMethod, aggregates, collect, quantiles};
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

/// The interquartile range.
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
        let linear = QuantileMethod::Linear;
        let asked = [0.25, 0.75];
        let [low, high] =
            quantiles::<R, _, B, AT_ONCE, 2>(backend, column, Values, &mut memory, &asked, linear)?;
        #[allow(clippy::float_cmp, reason = "equal infinities are 0 apart")]
        Some(if low == high { 0.0 } else { high - low })
    }
}

/// The median absolute deviation.
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
        let [median] =
            quantiles::<R, _, B, 1, 1>(backend, column, Values, &mut memory, &[0.5], linear)?;
        if median.is_nan() {
            return Some(f64::NAN);
        }
        let [deviation] = quantiles::<R, _, B, 1, 1>(
            backend,
            column,
            Distances(median),
            &mut memory,
            &[0.5],
            linear,
        )?;
        Some(deviation)
    }
}
