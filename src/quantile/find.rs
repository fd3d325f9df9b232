//! From ranks to keys: samples, brackets, passes, and what to do where they fail.

use super::bisect::{bisect, is_bisected};
use super::narrow::{Bracket, DENSE, WINDOW, narrow};
use super::pair::Pair;
use super::rows::{Keyed, Rows};
use super::sample::{brackets, room, sample_places};
use super::small::{SMALL, has_nan, of_few_once, places};
use crate::backend::{Simd, with_zeros};
use crate::number::Number;
use crate::row::NumericRow;
use core::cmp::Ordering;
use core::slice;

/// Why keys were not found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Failure {
    /// There is a NaN.
    Nan,
    /// Brackets missed, every time; a copy is needed.
    Missed,
}

/// How often a bracket is tried before all is copied.
pub(super) const ATTEMPTS: usize = 3;

/// Places of scratch for so many rows, of which some are there, in all.
#[inline(always)]
pub(super) fn scratch<K>(len: usize, count: usize, brackets: usize) -> usize {
    if count <= SMALL || is_bisected::<K>(len) {
        return 0;
    }
    let one = if brackets > 1 { room(len) } else { 0 };
    sample_places(len) + brackets * room(len) + one + room(room(len))
}

/// Scratch, cut into its parts.
struct Scratch<'a, T> {
    /// For samples.
    sample: &'a mut [T],
    /// For the keys inside any of the brackets.
    copied: &'a mut [T],
    /// For those inside one of several.
    one: &'a mut [T],
    /// For those that are fewer.
    spare: &'a mut [T],
}

impl<'a, T> Scratch<'a, T> {
    #[inline(always)]
    fn new(all: &'a mut [T], len: usize, brackets: usize) -> Self {
        let (sample, rest) = all.split_at_mut(sample_places(len));
        let (copied, rest) = rest.split_at_mut(brackets * room(len));
        let (one, spare) = rest.split_at_mut(if brackets > 1 { room(len) } else { 0 });
        Self { sample, copied, one, spare }
    }
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
        return find_few(simd, rows, pairs);
    }
    // The first is known at compile time: passes for the other types are not compiled.
    if const { is_bisected::<M::Key>(0) } && is_bisected::<M::Key>(R::len(rows.column)) {
        for pair in pairs {
            let keys = bisect(
                pair.ranks,
                #[inline(always)]
                |key| rows.count_below(simd, key),
            );
            pair.keys = keys.map(Some);
        }
        return Ok(());
    }
    let mut scratch = Scratch::new(scratch, R::len(rows.column), K);
    for pairs in pairs.chunks_mut(K) {
        let mut attempt = 0;
        while pairs.iter().any(|pair| !pair.is_found()) {
            if attempt == ATTEMPTS {
                return Err(Failure::Missed);
            }
            try_brackets::<S, R, M, K>(simd, rows, pairs, &mut scratch, attempt)?;
            attempt += 1;
        }
    }
    Ok(())
}

/// The same for few rows, on the stack.
#[inline(always)]
fn find_few<S: Simd, R: NumericRow, M: Keyed<R::Value>>(
    simd: S,
    rows: &Rows<'_, R, M>,
    pairs: &mut [Pair<M::Key>],
) -> Result<(), Failure> {
    with_zeros(
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
                    with_zeros(
                        places(len),
                        #[inline(always)]
                        |copy| {
                            copy[..len].copy_from_slice(&keys[..len]);
                            of_few_once(simd, copy, len, pair);
                        },
                    );
                }
            }
            Ok(())
        },
    )
}

/// One sample, one pass, and what follows from it.
#[inline(always)]
fn try_brackets<S: Simd, R: NumericRow, M: Keyed<R::Value>, const K: usize>(
    simd: S,
    rows: &Rows<'_, R, M>,
    pairs: &mut [Pair<M::Key>],
    scratch: &mut Scratch<'_, M::Key>,
    attempt: usize,
) -> Result<(), Failure> {
    let Scratch { sample, copied, one, spare } = scratch;
    let brackets = if R::NULLABLE && rows.count + WINDOW <= room(R::len(rows.column)) {
        // Few rows are there, and a sample may meet none: all of them are copied.
        [Bracket::new(None, None, 1.0); K]
    } else {
        brackets::<S, R, M, K>(simd, rows, pairs, sample, attempt)?
    };
    let mut share = 0.0;
    for bracket in &brackets {
        share += bracket.share;
    }
    let found = narrow(simd, rows, &brackets, copied, share > DENSE);
    let fits = found.inside + WINDOW <= copied.len();
    if has_nan(&copied[..found.inside.min(copied.len() - WINDOW)]) {
        return Err(Failure::Nan);
    }
    // Where there were too many, a NaN may be among those that were not copied.
    if !fits {
        return Ok(());
    }
    for (k, pair) in pairs.iter_mut().enumerate() {
        if pair.is_found() {
            continue;
        }
        let (below, mut inside, mut keys) = (found.below[k], found.inside, &mut **copied);
        if K > 1 {
            // Those that are inside its own bracket.
            let copied = Rows::of_slice(&keys[..inside]);
            inside = narrow(simd, &copied, &[brackets[k]], one, true).inside;
            keys = one;
            if inside + WINDOW > keys.len() {
                continue;
            }
        }
        let mut next = *pair;
        if advance(simd, rows, &brackets[k], below, inside, &mut next) {
            settle(simd, sample, keys, inside, spare, &mut next);
            pair.keys = next.keys;
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
    below: usize,
    inside: usize,
    pair: &mut Pair<M::Key>,
) -> bool {
    locate(simd, rows, bracket, below, inside, pair);
    for i in 0..2 {
        let rank = pair.ranks[i].wrapping_sub(below);
        if pair.keys[i].is_none() && rank >= inside {
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
    sample: &mut [T],
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
        let Ok(brackets) = brackets::<S, T, _, 1>(simd, &rows, slice::from_ref(pair), sample, 0)
        else {
            return;
        };
        let found = narrow(simd, &rows, &brackets, spare, true);
        // Half are always left behind, or this would not be linear.
        let fits = found.inside <= len / 2 && found.inside + WINDOW <= spare.len();
        let mut next = *pair;
        if !fits || !advance(simd, &rows, &brackets[0], found.below[0], found.inside, &mut next) {
            select(&mut keys[..len], pair);
            return;
        }
        *pair = next;
        len = found.inside;
        (keys, spare) = (spare, keys);
    }
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
