//! From ranks to keys: samples, brackets, passes, and what to do where they fail.

use super::narrow::{Bracket, Narrowed, WINDOW, narrow};
use super::rows::{Keyed, Rows};
use super::small::{SMALL, pick, places};
use crate::backend::{Simd, with_zeros};
use crate::number::Number;
use crate::row::NumericRow;
use crate::sqrt::sqrt;
use core::cmp::Ordering;
use core::{mem, slice};

/// Why keys were not found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Failure {
    /// There is a NaN.
    Nan,
    /// Brackets missed, every time; a copy is needed.
    Missed,
}

/// Two ranks, equal or neighbours, and the keys that have them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pair<T> {
    pub(super) ranks: [usize; 2],
    pub(super) keys: [Option<T>; 2],
}

impl<T: Copy> Pair<T> {
    #[inline(always)]
    pub(super) fn new(ranks: [usize; 2]) -> Self {
        Self { ranks, keys: [None; 2] }
    }

    #[inline(always)]
    fn is_found(&self) -> bool {
        self.keys[0].is_some() && self.keys[1].is_some()
    }

    /// Sets a key that is not known yet.
    #[inline(always)]
    fn set(&mut self, i: usize, key: T) {
        if self.keys[i].is_none() {
            self.keys[i] = Some(key);
        }
    }
}

/// How often a bracket is tried before all is copied.
pub(super) const ATTEMPTS: usize = 3;

/// Standard deviations of a rank, between the middle of a bracket and its ends.
const WIDTH: f64 = 2.75;

/// Keys in a sample of so many.
#[inline(always)]
fn sample_size(len: usize) -> usize {
    match len {
        0..1_024 => 64,
        1_024..4_096 => 128,
        4_096..65_536 => 256,
        _ => SMALL,
    }
}

/// Places for the keys inside a bracket.
#[inline(always)]
pub(super) fn room(len: usize) -> usize {
    let sample = sample_size(len) as f64;
    let most = (1.2 * (WIDTH * sqrt(sample) + 6.0) * len as f64 / sample) as usize;
    most.min(len) + 2 * WINDOW
}

/// Places of scratch for so many rows, in all.
#[inline(always)]
pub(super) fn scratch(len: usize, brackets: usize) -> usize {
    if len <= SMALL { 0 } else { brackets * room(len) + room(room(len)) }
}

/// Finds the keys of some pairs, whose ranks are below the number of rows. At most `K` at a
/// time. The scratch has as many places as [`scratch`] says. Zeros come with any sign.
#[inline(always)]
pub(super) fn find<S: Simd, R: NumericRow, M: Keyed<R::Value>, const K: usize>(
    simd: S,
    rows: &Rows<'_, R, M>,
    pairs: &mut [Pair<M::Key>],
    scratch: &mut [M::Key],
) -> Result<(), Failure> {
    if rows.count <= SMALL {
        return with_zeros(
            places(rows.count),
            #[inline(always)]
            |keys| {
                let len = rows.copy(keys);
                if has_nan(&keys[..len]) {
                    return Err(Failure::Nan);
                }
                let keys = &mut keys[..places(len)];
                if let [pair] = pairs {
                    of_few_once(simd, keys, len, pair);
                } else {
                    for pair in pairs {
                        of_few(simd, keys, len, pair);
                    }
                }
                Ok(())
            },
        );
    }
    for pairs in pairs.chunks_mut(K) {
        let mut attempt = 0;
        while pairs.iter().any(|pair| !pair.is_found()) {
            if attempt == ATTEMPTS {
                return Err(Failure::Missed);
            }
            try_brackets::<S, R, M, K>(simd, rows, pairs, scratch, attempt)?;
            attempt += 1;
        }
    }
    Ok(())
}

/// One sample, one pass, and what follows from it.
#[inline(always)]
fn try_brackets<S: Simd, R: NumericRow, M: Keyed<R::Value>, const K: usize>(
    simd: S,
    rows: &Rows<'_, R, M>,
    pairs: &mut [Pair<M::Key>],
    scratch: &mut [M::Key],
    attempt: usize,
) -> Result<(), Failure> {
    let brackets = brackets::<S, R, M, K>(simd, rows, pairs, attempt)?;
    let mut rest = scratch;
    let mut copied: [&mut [M::Key]; K] = core::array::from_fn(
        #[inline(always)]
        |_| {
            let (one, others) = mem::take(&mut rest).split_at_mut(room(R::len(rows.column)));
            rest = others;
            one
        },
    );
    let found = narrow(simd, rows, &brackets, copied.each_mut().map(|copied| &mut **copied));
    for (copied, found) in copied.iter().zip(&found) {
        if has_nan(&copied[..found.inside.min(copied.len() - WINDOW)]) {
            return Err(Failure::Nan);
        }
    }
    for (k, pair) in pairs.iter_mut().enumerate() {
        // Where there were too many, a NaN may be among those that were not copied.
        if !pair.is_found() && found[k].inside + WINDOW <= copied[k].len() {
            let mut next = *pair;
            if advance(simd, rows, &brackets[k], found[k], &mut next) {
                settle(simd, copied[k], found[k].inside, rest, &mut next);
                pair.keys = next.keys;
            }
        }
    }
    Ok(())
}

/// Sets the keys of a pair that lie on its bracket, and turns the ranks of the others into
/// those among the keys that were copied. False where the bracket missed.
#[inline(always)]
fn advance<S: Simd, R: NumericRow, M: Keyed<R::Value>>(
    simd: S,
    rows: &Rows<'_, R, M>,
    bracket: &Bracket<M::Key>,
    found: Narrowed,
    pair: &mut Pair<M::Key>,
) -> bool {
    locate(simd, rows, bracket, found.below, found.inside, pair);
    for i in 0..2 {
        let rank = pair.ranks[i].wrapping_sub(found.below);
        if pair.keys[i].is_none() && rank >= found.inside {
            return false;
        }
        pair.ranks[i] = rank;
    }
    true
}

/// Sets the keys that lie on a bracket: of these there may be many, so they are not copied.
#[inline(always)]
fn locate<S: Simd, R: NumericRow, M: Keyed<R::Value>>(
    simd: S,
    rows: &Rows<'_, R, M>,
    bracket: &Bracket<M::Key>,
    below: usize,
    inside: usize,
    pair: &mut Pair<M::Key>,
) {
    for i in 0..2 {
        if pair.keys[i].is_some() {
            continue;
        }
        let rank = pair.ranks[i];
        // The ends of a bracket are keys of the column: the greatest of those below, and the
        // least of those above. Others of these are told by another pass.
        if let Some(low) = bracket.low
            && rank < below
            && (rank + 1 == below || rank >= rows.count_below(simd, low))
        {
            pair.set(i, low);
        }
        if let Some(high) = bracket.high
            && rank >= below + inside
            && (rank == below + inside || rank < rows.count - rows.count_above(simd, high))
        {
            pair.set(i, high);
        }
    }
}

/// Finds a pair among keys that were copied. This always ends: where a bracket misses, the
/// standard library selects.
#[inline(always)]
fn settle<'a, S: Simd, T: Number>(
    simd: S,
    mut keys: &'a mut [T],
    mut len: usize,
    mut spare: &'a mut [T],
    pair: &mut Pair<T>,
) {
    while !pair.is_found() {
        if len <= SMALL {
            of_few_once(simd, &mut keys[..places(len)], len, pair);
            return;
        }
        let rows = Rows::of_slice(&keys[..len]);
        let Ok(brackets) = brackets::<S, T, _, 1>(simd, &rows, slice::from_ref(pair), 0) else {
            return;
        };
        let [found] = narrow(simd, &rows, &brackets, [&mut *spare]);
        // Half are always left behind, or this would not be linear.
        let fits = found.inside <= len / 2 && found.inside + WINDOW <= spare.len();
        let mut next = *pair;
        if !fits || !advance(simd, &rows, &brackets[0], found, &mut next) {
            select(&mut keys[..len], pair);
            return;
        }
        *pair = next;
        len = found.inside;
        (keys, spare) = (spare, keys);
    }
}

/// Brackets for the keys that are not known, around what a sample says.
#[inline(always)]
fn brackets<S: Simd, R: NumericRow, M: Keyed<R::Value>, const K: usize>(
    simd: S,
    rows: &Rows<'_, R, M>,
    pairs: &[Pair<M::Key>],
    attempt: usize,
) -> Result<[Bracket<M::Key>; K], Failure> {
    let most = sample_size(R::len(rows.column));
    with_zeros(
        places(most),
        #[inline(always)]
        |sample| {
            let len = take_sample(rows, &mut sample[..most], attempt);
            if has_nan(&sample[..len]) {
                return Err(Failure::Nan);
            }
            // Those that no pair needs are empty.
            let mut brackets = [Bracket::nothing(); K];
            for (k, pair) in pairs.iter().enumerate() {
                if !pair.is_found() && len > 0 {
                    let low = pair.ranks[usize::from(pair.keys[0].is_some())];
                    let high = pair.ranks[usize::from(pair.keys[1].is_none())];
                    brackets[k] = around(simd, sample, len, low, high, rows.count);
                }
            }
            Ok(brackets)
        },
    )
}

/// The bracket for two ranks among so many keys.
#[inline(always)]
fn around<S: Simd, T: Number>(
    simd: S,
    sample: &[T],
    len: usize,
    low: usize,
    high: usize,
    count: usize,
) -> Bracket<T> {
    let share = |rank: usize| (rank as f64 + 0.5) / count as f64;
    let margin = |share: f64| 1.0 + WIDTH * sqrt(len as f64 * share * (1.0 - share));
    let (one, other) = (share(low), share(high));
    let from = one * len as f64 - margin(one);
    let to = other * len as f64 + margin(other);
    let mut ends = [None; 2];
    for (end, place) in ends.iter_mut().zip([from, to]) {
        if place >= 0.0 && place < len as f64 {
            let mut pair = Pair::new([place as usize; 2]);
            of_few(simd, sample, len, &mut pair);
            *end = pair.keys[0];
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
    let part = values.len() / to.len();
    let mut word = attempt as u64;
    let mut len = 0;
    for i in 0..to.len() {
        let mut at = place(&mut word, i, part);
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

/// The row of a part that is sampled: somewhere in it, so that no period of the data is met.
#[inline(always)]
fn place(word: &mut u64, i: usize, part: usize) -> usize {
    const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;
    *word = (*word ^ *word >> 29).wrapping_add(GOLDEN).wrapping_mul(GOLDEN);
    let within = (u128::from(*word >> 32) * part as u128) >> 32;
    i * part + within as usize
}

/// The rows that an attempt samples.
#[cfg(all(test, feature = "std"))]
pub(super) fn sampled(len: usize, attempt: usize) -> impl Iterator<Item = usize> {
    let size = sample_size(len);
    let mut word = attempt as u64;
    (0..size).map(move |i| place(&mut word, i, len / size))
}

/// Finds a pair among few keys, which stay as they are.
#[inline(always)]
fn of_few<S: Simd, T: Number>(simd: S, keys: &[T], len: usize, pair: &mut Pair<T>) {
    with_zeros(
        places(len),
        #[inline(always)]
        |copy| {
            copy[..len].copy_from_slice(&keys[..len]);
            of_few_once(simd, copy, len, pair);
        },
    );
}

/// The same, where the keys may be changed. There are places for a register after them.
#[inline(always)]
fn of_few_once<S: Simd, T: Number>(simd: S, keys: &mut [T], len: usize, pair: &mut Pair<T>) {
    with_zeros(
        places(len),
        #[inline(always)]
        |spare| {
            let first = usize::from(pair.keys[0].is_some());
            let [key, next] = pick(simd, keys, spare, len, pair.ranks[first]);
            pair.set(first, key);
            pair.set(1, if pair.ranks[first] == pair.ranks[1] { key } else { next });
        },
    );
}

/// Whether a key is NaN.
#[allow(clippy::eq_op, reason = "NaN is what is not equal to itself")]
#[allow(clippy::needless_bitwise_bool, reason = "a branch would keep it from being vectorized")]
#[inline(always)]
fn has_nan<T: Number>(keys: &[T]) -> bool {
    T::IS_FLOAT && keys.iter().fold(false, |is_there, &key| is_there | (key != key))
}

/// Finds the keys in a copy of them all, which has room for them: the last resort.
#[cold]
#[inline(never)]
pub(super) fn find_in_copy<R: NumericRow, M: Keyed<R::Value>>(
    rows: &Rows<'_, R, M>,
    pairs: &mut [Pair<M::Key>],
    copy: &mut [M::Key],
) -> Result<(), Failure> {
    #[cfg(all(test, feature = "std"))]
    super::tests::note_copy();
    let len = rows.copy(copy);
    if has_nan(&copy[..len]) {
        return Err(Failure::Nan);
    }
    for pair in pairs {
        select(&mut copy[..len], pair);
    }
    Ok(())
}

/// Finds the keys of a pair by the standard library, whose worst case is linear.
#[cold]
#[inline(never)]
fn select<T: Number>(keys: &mut [T], pair: &mut Pair<T>) {
    let order = |a: &T, b: &T| a.rank().partial_cmp(&b.rank()).unwrap_or(Ordering::Equal);
    for i in 0..2 {
        let (_, key, _) = keys.select_nth_unstable_by(pair.ranks[i], order);
        let key = *key;
        pair.set(i, key);
    }
}
