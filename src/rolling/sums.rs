//! Rolling sums and means, and how many rows of each window are there.
//!
//! Sums of floats go by [`doubling`](super::doubling), in which a null is `-0.0`, that changes
//! nothing. Integers are exact in 128 bits, and what is exact may be subtracted: the row that
//! enters is added, the one that leaves subtracted. Each block starts anew.

use super::doubling::{Doubling, Join, Plus};
use super::{blocks, longest_block, rows_of};
use crate::backend::Simd;
use crate::kind::Integer;
use crate::number::Number;
use crate::row::NumericRow;
use crate::sum::{IntegerTotal, Summable};
use alloc::vec;
use alloc::vec::Vec;

/// Which rows of a block are not null.
pub(crate) struct Present {
    bits: Vec<u8>,
}

impl Present {
    /// For blocks of at most so many rows.
    #[inline(always)]
    pub(crate) fn new<R: NumericRow>(most: usize) -> Self {
        // Whole words: they are written as such.
        Self { bits: vec![0; if R::NULLABLE { most.div_ceil(64) * 8 } else { 0 }] }
    }

    #[inline(always)]
    pub(crate) fn read<R: NumericRow>(&mut self, block: R::Column<'_>) {
        if R::NULLABLE {
            R::write_bits(block, &mut self.bits);
        }
    }

    #[inline(always)]
    pub(crate) fn has<R: NumericRow>(&self, row: usize) -> bool {
        !R::NULLABLE || self.bits[row / 8] >> (row % 8) & 1 == 1
    }

    /// Calls `f` with the number of each window of the block, and how many of its rows are
    /// there.
    #[inline(always)]
    pub(crate) fn count<R: NumericRow>(
        &self,
        window: usize,
        windows: usize,
        mut f: impl FnMut(usize, u64),
    ) {
        if !R::NULLABLE {
            for i in 0..windows {
                f(i, window as u64);
            }
            return;
        }
        let mut count = (0..window - 1).map(|row| u64::from(self.has::<R>(row))).sum::<u64>();
        for i in 0..windows {
            count += u64::from(self.has::<R>(i + window - 1));
            f(i, count);
            count -= u64::from(self.has::<R>(i));
        }
    }
}

/// Hands the total of each full window, and how many rows it has, to a function, which gives
/// the result.
#[inline(always)]
pub(crate) fn float_sums<T, R, S, O>(
    simd: S,
    window: usize,
    column: R::Column<'_>,
    mut results: &mut [O],
    finish: impl Fn(&T::Total, u64) -> O,
) where
    T: Number + Summable<TileSum = T>,
    Plus: Join<T>,
    R: NumericRow<Value = T>,
    S: Simd,
{
    let rows = R::len(column);
    let mut doubling = Doubling::new(rows, window);
    let windows = Doubling::<T>::WINDOWS;
    let most = longest_block(rows, window, windows);
    let mut present = Present::new::<R>(most);
    let mut filled = vec![T::PAD; if R::NULLABLE { most } else { 0 }];
    for block in blocks(rows, window, windows) {
        let block = rows_of::<R>(column, block);
        let values = R::values(block);
        if R::NULLABLE {
            present.read::<R>(block);
            for (i, (to, &value)) in filled.iter_mut().zip(values).enumerate() {
                *to = if present.has::<R>(i) { value } else { T::PAD };
            }
        }
        let values = if R::NULLABLE { &filled[..values.len()] } else { values };
        let sums = doubling.of_block::<Plus, S>(simd, values);
        let (places, rest) = results.split_at_mut(sums.len());
        present.count::<R>(
            window,
            sums.len(),
            #[inline(always)]
            |i, count| {
                let mut total = T::NOTHING;
                if !R::NULLABLE || count > 0 {
                    T::add_tile(&mut total, sums[i]);
                }
                places[i] = finish(&total, count);
            },
        );
        results = rest;
    }
}

/// Windows of a block of integers.
const WINDOWS: usize = 4096;

/// As [`float_sums`], of integers.
#[inline(always)]
pub(crate) fn integer_sums<T, R, O>(
    window: usize,
    column: R::Column<'_>,
    mut results: &mut [O],
    finish: impl Fn(&IntegerTotal<T>, u64) -> O,
) where
    T: Integer,
    R: NumericRow<Value = T>,
{
    let rows = R::len(column);
    let mut present = Present::new::<R>(longest_block(rows, window, WINDOWS));
    for block in blocks(rows, window, WINDOWS) {
        let block = rows_of::<R>(column, block);
        present.read::<R>(block);
        let values = R::values(block);
        let value = |row: usize| if present.has::<R>(row) { values[row].widen() } else { 0 };
        let mut sum: i128 = (0..window - 1).map(value).sum();
        let (places, rest) = results.split_at_mut(values.len() + 1 - window);
        present.count::<R>(
            window,
            places.len(),
            #[inline(always)]
            |i, count| {
                sum += value(i + window - 1);
                let mut total = T::NOTHING;
                T::add_tile(&mut total, sum);
                places[i] = finish(&total, count);
                sum -= value(i);
            },
        );
        results = rest;
    }
}
