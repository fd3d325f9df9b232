//! Selection among few values, which lie in L1: no value is moved until three of four are
//! out of the question.
//!
//! A bit for each value says whether it may be the one. A *pivot* is the median of three of
//! these; all values are compared with it, whether they may be the one or not, and the bits
//! of the side that the rank is not on are cleared. There is no branch on a value. When a
//! quarter of the bits is left, these values are moved to the front; when few are left, each
//! is asked how many are below it.

use super::rows::{BLOCK, first_bits};
use crate::backend::{Simd, Vector};
use crate::number::Number;

/// The most values that are selected from in this way.
pub(super) const SMALL: usize = 512;

/// So few are compared each with each.
const FEW: usize = 24;

/// Places for so many values, in whole blocks.
#[inline(always)]
pub(super) const fn places(len: usize) -> usize {
    len.next_multiple_of(BLOCK)
}

/// Fills the last block with what is below no value.
#[inline(always)]
pub(super) fn pad<T: Number>(values: &mut [T], len: usize) {
    for value in &mut values[len..places(len)] {
        *value = T::HIGHEST;
    }
}

/// Which values of a block are less than a pivot, and which are greater.
#[inline(always)]
fn split<S: Simd, T: Number>(simd: S, block: &[T], pivot: T::Vec<S>) -> (u64, u64) {
    let lanes = T::Vec::<S>::LANES;
    let (mut below, mut above) = (0, 0);
    for i in 0..BLOCK / lanes {
        let values = T::Vec::<S>::load(simd, &block[i * lanes..]);
        below |= T::Vec::<S>::bits(simd, values.lt(pivot)) << (i * lanes);
        above |= T::Vec::<S>::bits(simd, pivot.lt(values)) << (i * lanes);
    }
    (below, above)
}

/// The value that has a place, counted from 0, among the first `len`, which are not NaN;
/// zeros are equal. Whole blocks of the slice are there, and [`pad`]ded. Changes the values.
#[inline(always)]
pub(super) fn pick<S: Simd, T: Number>(
    simd: S,
    values: &mut [T],
    mut len: usize,
    mut rank: usize,
) -> T {
    debug_assert!(rank < len && len <= SMALL);
    let mut active = [0_u64; SMALL / BLOCK];
    let mut below = [0_u64; SMALL / BLOCK];
    let mut above = [0_u64; SMALL / BLOCK];
    loop {
        if len <= FEW {
            return among_few(simd, values, len, rank);
        }
        let words = len.div_ceil(BLOCK).min(SMALL / BLOCK);
        for (i, word) in active[..words].iter_mut().enumerate() {
            *word = first_bits(len - i * BLOCK);
        }
        let mut left = len;
        while 4 * left > len || left > 4 * FEW {
            let pivot = median_of_three(values, &active[..words]);
            let lanes = T::Vec::<S>::splat(simd, pivot);
            let (mut less, mut more) = (0, 0);
            for i in 0..words {
                let (b, a) = split::<S, T>(simd, &values[i * BLOCK..], lanes);
                (below[i], above[i]) = (b & active[i], a & active[i]);
                less += below[i].count_ones() as usize;
                more += above[i].count_ones() as usize;
            }
            if rank < less {
                active[..words].copy_from_slice(&below[..words]);
                left = less;
            } else if rank >= left - more {
                active[..words].copy_from_slice(&above[..words]);
                rank -= left - more;
                left = more;
            } else {
                return pivot;
            }
        }
        len = compact(values, &active[..words]);
        pad(values, len);
    }
}

/// The median of the first, the last and one in the middle of those whose bits are set.
#[inline(always)]
fn median_of_three<T: Number>(values: &[T], active: &[u64]) -> T {
    let mut last = active.len() - 1;
    while active[last] == 0 && last > 0 {
        last -= 1;
    }
    let last = last * BLOCK + (BLOCK - 1 - active[last].leading_zeros() as usize % BLOCK);
    let first = set_from(active, 0);
    let middle = set_from(active, usize::midpoint(first, last));
    let (a, b, c) = (values[first], values[middle], values[last]);
    let (low, high) = if b < a { (b, a) } else { (a, b) };
    let high = if c < high { c } else { high };
    if high < low { low } else { high }
}

/// The first bit that is set from one on; there is one.
#[inline(always)]
fn set_from(active: &[u64], at: usize) -> usize {
    let mut i = at / BLOCK;
    let mut word = active[i] & !first_bits(at % BLOCK);
    while word == 0 && i + 1 < active.len() {
        i += 1;
        word = active[i];
    }
    i * BLOCK + word.trailing_zeros() as usize % BLOCK
}

/// Moves the values whose bits are set to the front.
#[inline(always)]
fn compact<T: Number>(values: &mut [T], active: &[u64]) -> usize {
    let mut to = 0;
    for (i, &word) in active.iter().enumerate() {
        let mut word = word;
        while word != 0 {
            values[to] = values[i * BLOCK + word.trailing_zeros() as usize];
            to += 1;
            word &= word - 1;
        }
    }
    to
}

/// The greatest value that no more than `rank` others are below.
#[inline(always)]
fn among_few<S: Simd, T: Number>(simd: S, values: &[T], len: usize, rank: usize) -> T {
    let lanes = T::Vec::<S>::LANES;
    let mut best = values[0];
    let mut found = false;
    for &value in &values[..len] {
        let pivot = T::Vec::<S>::splat(simd, value);
        let mut below = 0;
        let mut at = 0;
        while at < len {
            let values = T::Vec::<S>::load(simd, &values[at..]);
            below += T::Vec::<S>::bits(simd, values.lt(pivot)).count_ones() as usize;
            at += lanes;
        }
        if below <= rank && (!found || best < value) {
            best = value;
            found = true;
        }
    }
    best
}

/// The value in the place after that of `value`, which is at `rank` among the first `len`.
#[inline(always)]
pub(super) fn next<S: Simd, T: Number>(
    simd: S,
    values: &[T],
    len: usize,
    rank: usize,
    value: T,
) -> T {
    let pivot = T::Vec::<S>::splat(simd, value);
    let highest = T::Vec::<S>::splat(simd, T::HIGHEST);
    let (mut least, mut above) = (highest, 0);
    let lanes = T::Vec::<S>::LANES;
    let mut at = 0;
    while at < len {
        let values = T::Vec::<S>::load(simd, &values[at..]);
        let mask = pivot.lt(values);
        above += (T::Vec::<S>::bits(simd, mask) & first_bits(len - at)).count_ones() as usize;
        least = values.select(mask, highest).min(least);
        at += lanes;
    }
    if rank + 1 < len - above { value } else { least.fold_min() }
}
