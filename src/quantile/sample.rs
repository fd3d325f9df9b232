//! Samples of a column, and the brackets that follow from them.

use super::find::Failure;
use super::narrow::{Bracket, WINDOW};
use super::pair::Pair;
use super::rows::{Keyed, Rows};
use super::small::{has_nan, pick, places};
use crate::backend::Simd;
use crate::number::Number;
use crate::row::NumericRow;
use crate::sqrt::sqrt;

/// Standard deviations of a rank, between the middle of a bracket and its ends.
const WIDTH: f64 = 2.5;

/// Keys in a sample of so many: about the power 2/3 of them, where the work on the sample
/// and that on what is inside its bracket weigh the same.
#[inline(always)]
fn sample_size(len: usize) -> usize {
    1 << (2 * (len | 1).ilog2() / 3).clamp(6, 11)
}

/// Places for a sample, and for two copies.
#[inline(always)]
pub(super) fn sample_places(len: usize) -> usize {
    3 * places(sample_size(len))
}

/// Places for the keys inside a bracket.
#[inline(always)]
pub(super) fn room(len: usize) -> usize {
    let sample = sample_size(len) as f64;
    let most = (1.2 * (WIDTH * sqrt(sample) + 6.0) * len as f64 / sample) as usize;
    most.min(len) + 2 * WINDOW
}

/// Brackets for the keys that are not known, around what a sample says. The scratch has as
/// many places as [`sample_places`] says, or more.
#[inline(always)]
pub(super) fn brackets<S: Simd, R: NumericRow, M: Keyed<R::Value>, const K: usize>(
    simd: S,
    rows: &Rows<'_, R, M>,
    pairs: &[Pair<M::Key>],
    scratch: &mut [M::Key],
    attempt: usize,
) -> Result<[Bracket<M::Key>; K], Failure> {
    let most = sample_size(R::len(rows.column));
    let (sample, scratch) = scratch.split_at_mut(places(most));
    let len = take_sample(rows, &mut sample[..most], attempt);
    let sample = &sample[..len];
    if has_nan(sample) {
        return Err(Failure::Nan);
    }
    // Those that no pair needs are empty.
    let mut brackets = [Bracket::nothing(); K];
    for (k, pair) in pairs.iter().enumerate() {
        if !pair.is_found() && len > 0 {
            let low = pair.ranks[usize::from(pair.keys[0].is_some())];
            let high = pair.ranks[usize::from(pair.keys[1].is_none())];
            brackets[k] = around(simd, sample, scratch, [low, high], rows.count);
        }
    }
    Ok(brackets)
}

/// The bracket for two ranks among so many keys.
#[inline(always)]
fn around<S: Simd, T: Number>(
    simd: S,
    sample: &[T],
    scratch: &mut [T],
    ranks: [usize; 2],
    count: usize,
) -> Bracket<T> {
    let len = sample.len();
    let [one, other] = ranks.map(|rank| (rank as f64 + 0.5) / count as f64);
    let margin = |share: f64| 1.0 + WIDTH * sqrt(len as f64 * share * (1.0 - share));
    let from = one * len as f64 - margin(one);
    let to = other * len as f64 + margin(other);
    let mut ends = [None; 2];
    for (end, place) in ends.iter_mut().zip([from, to]) {
        if place >= 0.0 && place < len as f64 {
            let (copy, spare) = scratch.split_at_mut(places(len));
            copy[..len].copy_from_slice(sample);
            *end = Some(pick(simd, copy, spare, len, place as usize)[0]);
        }
    }
    Bracket::new(ends[0], ends[1])
}

/// Takes keys from fixed places, one from each of as many parts of the column.
#[inline(always)]
fn take_sample<R: NumericRow, M: Keyed<R::Value>>(
    rows: &Rows<'_, R, M>,
    to: &mut [M::Key],
    attempt: usize,
) -> usize {
    let values = R::values(rows.column);
    let mut word = attempt as u64;
    let mut len = 0;
    for i in 0..to.len() {
        let mut at = place(&mut word, i, to.len(), values.len());
        if R::NULLABLE {
            // The next row that is there, if it is near.
            let present = rows.present(at);
            if present == 0 {
                continue;
            }
            at += present.trailing_zeros() as usize;
        }
        to[len] = rows.keyed.key(values[at]);
        len += 1;
    }
    len
}

/// The row that is sampled of one of so many parts of a column, a power of two: somewhere in
/// it, so that no period of the data is met.
#[inline(always)]
fn place(word: &mut u64, part: usize, parts: usize, len: usize) -> usize {
    const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;
    *word = (*word ^ *word >> 29).wrapping_add(GOLDEN).wrapping_mul(GOLDEN);
    let place = (part as u64) << 32 | *word >> 32;
    ((u128::from(place) * len as u128) >> (32 + parts.trailing_zeros())) as usize
}

/// The rows that an attempt samples.
#[cfg(all(test, feature = "std"))]
pub(super) fn sampled(len: usize, attempt: usize) -> impl Iterator<Item = usize> {
    let size = sample_size(len);
    let mut word = attempt as u64;
    (0..size).map(move |i| place(&mut word, i, size, len))
}
