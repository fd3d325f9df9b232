//! From ranks to keys: samples, brackets, passes, and what to do where they fail.

use super::narrow::{Bracket, narrow};
use super::rows::{BLOCK, Keyed, Rows};
use super::small::{SMALL, next, pad, pick, places};
use crate::backend::{Simd, with_zeros};
use crate::extrema::is_nan;
use crate::number::Number;
use crate::row::NumericRow;
use crate::sqrt::sqrt;
use core::cmp::Ordering;

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
const ATTEMPTS: usize = 3;

/// Standard deviations of a rank, between the middle of a bracket and its ends.
const WIDTH: f64 = 2.75;

/// Keys in a sample of so many.
#[inline(always)]
fn sample_size(len: usize) -> usize {
    match len {
        0..4_096 => 64,
        4_096..65_536 => 256,
        _ => SMALL,
    }
}

/// Places for the keys inside of so many brackets.
#[inline(always)]
pub(super) fn room(len: usize, brackets: usize) -> usize {
    let sample = sample_size(len);
    let most = (1.2 * (WIDTH * sqrt(sample as f64) + 6.0) * len as f64 / sample as f64) as usize;
    (most * brackets).min(len) + 2 * BLOCK
}

/// Places of scratch for so many rows, in all.
#[inline(always)]
pub(super) fn scratch(len: usize, brackets: usize) -> usize {
    if len <= SMALL {
        return 0;
    }
    let first = room(len, brackets);
    first + room(first, brackets)
}

/// Finds the keys of some pairs, whose ranks are below the number of rows, and ascend. At
/// most `K` at a time. The scratch has as many places as [`scratch`] says. Zeros come with
/// any sign.
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
                pad(keys, len);
                all_of_few(simd, keys, len, pairs);
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
    let (one, other) = scratch.split_at_mut(room(R::len(rows.column), K));
    let brackets = brackets::<S, R, M, K>(simd, rows, pairs, attempt)?;
    let found = narrow(simd, rows, &brackets, one);
    let there = found.inside.min(one.len() - BLOCK);
    if has_nan(&one[..there]) {
        return Err(Failure::Nan);
    }
    if found.inside > there {
        return Ok(()); // too many, and a NaN may be among those that were not copied
    }
    let mut left = [Pair::new([0; 2]); K];
    let mut at = [0; K];
    let mut count = 0;
    for (k, pair) in pairs.iter_mut().enumerate() {
        let mut next = *pair;
        let below = found.below[k];
        if advance::<S, M::Key, R, M, K>(simd, rows, &brackets[k], below, &one[..there], &mut next)
        {
            pair.keys = next.keys;
            if !next.is_found() {
                (left[count], at[count]) = (next, k);
                count += 1;
            }
        }
    }
    settle::<S, M::Key, K>(simd, one, there, other, &mut left[..count]);
    for (left, at) in left[..count].iter().zip(at) {
        pairs[at].keys = left.keys;
    }
    Ok(())
}

/// Goes on with the keys that were copied: sets the keys of a pair that lie on its bracket,
/// and turns the ranks of the others into those among the copied ones. False where the
/// bracket missed; then the pair stays as it is.
#[inline(always)]
fn advance<S: Simd, T: Number, R: NumericRow, M: Keyed<R::Value, Key = T>, const K: usize>(
    simd: S,
    rows: &Rows<'_, R, M>,
    bracket: &Bracket<T>,
    below: usize,
    copied: &[T],
    pair: &mut Pair<T>,
) -> bool {
    // Of the keys that were copied, those of other brackets are not this one's.
    let (mut before, mut inside) = (0, copied.len());
    if K > 1 {
        let copied = Rows::of_slice(copied);
        before = copied.count_below(simd, bracket.first);
        inside = inside.saturating_sub(before + copied.count_above(simd, bracket.last));
    }
    let mut next = *pair;
    locate(simd, rows, bracket, below, inside, &mut next);
    for i in 0..2 {
        let rank = pair.ranks[i];
        if (below..below + inside).contains(&rank) {
            next.ranks[i] = rank - below + before;
        } else if next.keys[i].is_none() {
            return false;
        } else {
            next.ranks[i] = 0;
        }
    }
    *pair = next;
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

/// Finds what lies among keys that were copied, in which every pair's ranks are. This always
/// ends: a pair that a bracket misses is selected for by the standard library.
#[inline(always)]
fn settle<'a, S: Simd, T: Number, const K: usize>(
    simd: S,
    mut keys: &'a mut [T],
    mut len: usize,
    mut spare: &'a mut [T],
    pairs: &mut [Pair<T>],
) {
    while pairs.iter().any(|pair| !pair.is_found()) {
        if len <= SMALL && keys.len() >= places(len) {
            pad(keys, len);
            all_of_few(simd, keys, len, pairs);
            return;
        }
        let rows = Rows::of_slice(&keys[..len]);
        let Ok(brackets) = brackets::<S, T, _, K>(simd, &rows, pairs, 0) else { return };
        let found = narrow(simd, &rows, &brackets, spare);
        // Half are always left behind, or this would not be linear.
        let fits = found.inside <= len / 2 && found.inside + BLOCK <= spare.len();
        let copied = if fits { found.inside } else { 0 };
        let mut missed = [true; K];
        let mut left = false;
        for (k, pair) in pairs.iter_mut().enumerate() {
            missed[k] = !fits
                || !advance::<S, T, T, _, K>(
                    simd,
                    &rows,
                    &brackets[k],
                    found.below[k],
                    &spare[..copied],
                    pair,
                );
            left |= !missed[k] && !pair.is_found();
        }
        for (pair, missed) in pairs.iter_mut().zip(missed) {
            if missed {
                select(&mut keys[..len], pair);
            }
        }
        if !left {
            return;
        }
        len = copied;
        (keys, spare) = (spare, keys);
    }
}

/// Brackets for the keys that are not known, around what a sample says. They are in order.
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
            let mut brackets = [Bracket::EVERYTHING; K];
            if len == 0 {
                return Ok(brackets);
            }
            pad(sample, len);
            let mut known = None;
            for (k, pair) in pairs.iter().enumerate() {
                if !pair.is_found() {
                    let low = pair.ranks[usize::from(pair.keys[0].is_some())];
                    let high = pair.ranks[usize::from(pair.keys[1].is_none())];
                    brackets[k] = around(simd, &sample[..places(len)], len, low, high, rows.count);
                    known.get_or_insert(k);
                }
            }
            // The places that no pair needs repeat a neighbour.
            let known = known.unwrap_or(0);
            for k in 0..K {
                if k < known {
                    brackets[k] = brackets[known];
                } else if k > known && pairs.get(k).is_none_or(Pair::is_found) {
                    brackets[k] = brackets[k - 1];
                }
            }
            // What one learnt of an end of the order, its neighbours share.
            for k in 1..K {
                if brackets[k].first < brackets[k - 1].first {
                    brackets[k] = Bracket::new(brackets[k - 1].low, brackets[k].high);
                }
            }
            for k in (1..K).rev() {
                if brackets[k].last < brackets[k - 1].last {
                    brackets[k - 1] = Bracket::new(brackets[k - 1].low, brackets[k].high);
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
    let key = |place: f64| {
        let place = place as usize;
        with_zeros(
            sample.len(),
            #[inline(always)]
            |copy| {
                copy.copy_from_slice(sample);
                pick(simd, copy, len, place)
            },
        )
    };
    Bracket::new(
        if from >= 0.0 { Some(key(from)) } else { None },
        if to < len as f64 { Some(key(to)) } else { None },
    )
}

/// Takes keys from fixed places, one from each of as many parts of the column: somewhere in
/// the part, so that no period of the data is met.
#[inline(always)]
fn take_sample<R: NumericRow, M: Keyed<R::Value>>(
    rows: &Rows<'_, R, M>,
    to: &mut [M::Key],
    attempt: usize,
) -> usize {
    const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;
    let values = R::values(rows.column);
    let part = values.len() / to.len();
    let mut word = (attempt as u64 + 1).wrapping_mul(GOLDEN);
    let mut len = 0;
    for i in 0..to.len() {
        word = (word ^ word >> 29).wrapping_mul(GOLDEN).wrapping_add(i as u64);
        let within = (u128::from(word >> 32) * part as u128) >> 32;
        let mut at = i * part + within as usize;
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

/// Finds keys among so few that no sample is needed; changes nothing.
#[inline(always)]
fn all_of_few<S: Simd, T: Number>(simd: S, keys: &[T], len: usize, pairs: &mut [Pair<T>]) {
    let keys = &keys[..places(len)];
    with_zeros(
        keys.len(),
        #[inline(always)]
        |copy| {
            for pair in pairs {
                if pair.keys[0].is_none() {
                    copy.copy_from_slice(keys);
                    let key = pick(simd, copy, len, pair.ranks[0]);
                    pair.set(0, key);
                    if pair.keys[1].is_none() {
                        let is_same = pair.ranks[0] == pair.ranks[1];
                        pair.set(
                            1,
                            if is_same { key } else { next(simd, keys, len, pair.ranks[0], key) },
                        );
                    }
                } else if pair.keys[1].is_none() {
                    copy.copy_from_slice(keys);
                    pair.set(1, pick(simd, copy, len, pair.ranks[1]));
                }
            }
        },
    );
}

/// Whether a key is NaN.
#[inline(always)]
fn has_nan<T: Number>(keys: &[T]) -> bool {
    T::IS_FLOAT && keys.iter().fold(false, |is_there, &key| is_there | is_nan(key))
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
