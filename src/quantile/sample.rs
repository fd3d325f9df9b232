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
    Bracket::new(ends[0], ends[1], (to - from) / len as f64)
}

/// Takes keys from fixed places, one from each of as many parts of the column.
#[inline(always)]
fn take_sample<R: NumericRow, M: Keyed<R::Value>>(
    rows: &Rows<'_, R, M>,
    to: &mut [M::Key],
    attempt: usize,
) -> usize {
    let values = R::values(rows.column);
    let mut places = Places::new(values.len(), attempt);
    let mut len = 0;
    for _ in 0..to.len() {
        let mut at = places.next();
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

/// The rows that an attempt samples: one of each of [`sample_size`] parts of a column, somewhere
/// in it, so that no period of the data is met. Not an iterator, whose adaptors were not inlined.
struct Places {
    parts: usize,
    /// Rows of a part, and those left over, of which one makes a part longer now and then.
    width: usize,
    over: usize,
    owed: usize,
    start: usize,
    word: u64,
}

impl Places {
    #[inline(always)]
    fn new(len: usize, attempt: usize) -> Self {
        let parts = sample_size(len);
        let (width, over) = (len / parts, len % parts);
        Self { parts, width, over, owed: 0, start: 0, word: attempt as u64 }
    }

    /// The row of the next part. The fewer instructions lie between two loads, the more of these
    /// are under way at once.
    #[inline(always)]
    fn next(&mut self) -> usize {
        const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;
        self.owed += self.over;
        let is_longer = self.owed >= self.parts;
        self.owed -= if is_longer { self.parts } else { 0 };
        let width = self.width + usize::from(is_longer);
        self.word = self.word.wrapping_add(GOLDEN);
        let random = (self.word ^ self.word >> 29).wrapping_mul(GOLDEN);
        let place = self.start + ((u128::from(random) * width as u128) >> 64) as usize;
        self.start += width;
        place
    }
}

/// The rows that an attempt samples.
#[cfg(all(test, feature = "std"))]
pub(super) fn sampled(len: usize, attempt: usize) -> impl Iterator<Item = usize> {
    let mut places = Places::new(len, attempt);
    (0..places.parts).map(move |_| places.next())
}
