//! Robust measures of spread.

use super::memory::{Heap, Memory};
use super::rows::{Distances, Values};
use super::{Evaluate, OrderStatistic, QuantileMethod, aggregates, collect, quantiles};
use crate::adapt::Adapt;
use crate::aggregate::Aggregate;
use crate::backend::{Backend, Simd, dispatch};
use crate::row::NumericRow;
use crate::tile::Tile;
use alloc::vec::Vec;
use core::marker::PhantomData;

aggregates! {
    Iqr => Option<f64>;
    MedianAbsoluteDeviation => Option<f64>;
}

/// The interquartile range.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Iqr;

impl OrderStatistic for Iqr {
    type Output = Option<f64>;

    #[inline(always)]
    fn evaluate<S: Simd, R: NumericRow, B: Memory>(
        &self,
        simd: S,
        column: R::Column<'_>,
        memory: &mut B,
    ) -> Option<f64> {
        let linear = QuantileMethod::Linear;
        let asked = [0.25, 0.75];
        let [low, high] = quantiles::<S, R, _, B, 2, 2>(simd, column, Values, memory, &asked, linear)?;
        #[allow(clippy::float_cmp, reason = "equal infinities are 0 apart")]
        Some(if low == high { 0.0 } else { high - low })
    }
}

/// The median absolute deviation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct MedianAbsoluteDeviation;

impl OrderStatistic for MedianAbsoluteDeviation {
    type Output = Option<f64>;

    #[inline(always)]
    fn evaluate<S: Simd, R: NumericRow, B: Memory>(
        &self,
        simd: S,
        column: R::Column<'_>,
        memory: &mut B,
    ) -> Option<f64> {
        let linear = QuantileMethod::Linear;
        let [median] =
            quantiles::<S, R, _, B, 1, 1>(simd, column, Values, memory, &[0.5], linear)?;
        if median.is_nan() {
            return Some(f64::NAN);
        }
        let [deviation] = quantiles::<S, R, _, B, 1, 1>(
            simd,
            column,
            Distances(median),
            memory,
            &[0.5],
            linear,
        )?;
        Some(deviation)
    }
}
