//! Selection among few keys, which lie in L1: Hoare's, with registers in the place of swaps.
//!
//! All keys are compared with a *pivot*, the median of three. Those below are moved to the
//! front, where they are, and those above to a second place; there is no branch on a key.
//! The rank says which of the two goes on. When few are left, each is asked how many are
//! below it.
//!
//! The greatest two need one pass, and keys of 8 bits are found [bit by bit](super::bisect).

use super::bisect::{bisect, is_bisected};
use super::pair::Pair;
use crate::backend::{Simd, Vector, with_zeros};
use crate::number::Number;
use core::mem;

/// The most keys that are selected from in this way.
pub(super) const SMALL: usize = 512;

/// So few are compared each with each.
#[inline(always)]
fn few<S: Simd, T: Number>() -> usize {
    if Lanes::<S, T>::LANES <= 4 { 8 } else { 16 }
}

/// The most lanes that a register has.
const MOST_LANES: usize = 64;

/// Places for so many keys, and for a whole register after them.
#[inline(always)]
pub(super) const fn places(len: usize) -> usize {
    len + MOST_LANES
}

/// A register of keys.
type Lanes<S, T> = <T as Number>::Vec<S>;

/// Writes what is below no key after so many keys.
#[inline(always)]
fn pad<S: Simd, T: Number>(simd: S, keys: &mut [T], len: usize) {
    Lanes::<S, T>::splat(simd, T::HIGHEST).store(&mut keys[len..]);
}

/// The key that has a place, counted from 0, among the first `len`, which are not NaN, and
/// the key in the place after that; for the last, any. Zeros are equal. Both slices have
/// [`places`] for so many, and are changed.
#[inline(always)]
pub(super) fn pick<'a, S: Simd, T: Number>(
    simd: S,
    mut keys: &'a mut [T],
    mut spare: &'a mut [T],
    mut len: usize,
    mut rank: usize,
) -> [T; 2] {
    if const { is_bisected::<T>(SMALL) } {
        pad(simd, keys, len);
        return bisect(
            [rank, rank + 1],
            #[inline(always)]
            |key| count_below(simd, keys, len, key),
        );
    }
    let lanes = Lanes::<S, T>::LANES;
    let mut ceiling = T::HIGHEST;
    // Each turn leaves the pivot behind; that they are few depends on the keys.
    while len > few::<S, T>() {
        pad(simd, keys, len);
        let pivot = median(keys[0], keys[len / 2], keys[len - 1]);
        let pivots = Lanes::<S, T>::splat(simd, pivot);
        let (mut below, mut above, mut at) = (0, 0, 0);
        while at < len {
            let some = Lanes::<S, T>::load(simd, &keys[at..]);
            let (less, equal, more) = (some.lt(pivots), some.eq(pivots), pivots.lt(some));
            let not_less = Lanes::<S, T>::either(simd, more, equal);
            let not_more = Lanes::<S, T>::either(simd, less, equal);
            below += some.keep_unless(simd, not_less, &mut keys[below..]);
            above += some.keep_unless(simd, not_more, &mut spare[above..]);
            at += lanes;
        }
        if pivot < T::HIGHEST {
            above -= at - len; // what is after the keys, and so after those above
        }
        let others = len - above;
        if rank < below {
            ceiling = pivot;
            len = below;
        } else if rank >= others {
            rank -= others;
            len = above;
            mem::swap(&mut keys, &mut spare);
        } else if rank + 1 < others || above == 0 {
            return [pivot, if rank + 1 < others { pivot } else { ceiling }];
        } else {
            return [pivot, least(simd, spare, above)];
        }
    }
    pad(simd, keys, len);
    let [key, next] = among_few(simd, keys, len, rank);
    [key, if rank + 1 < len { next } else { ceiling }]
}

/// The median of three.
#[inline(always)]
fn median<T: PartialOrd>(a: T, b: T, c: T) -> T {
    let (low, high) = if b < a { (b, a) } else { (a, b) };
    let high = if c < high { c } else { high };
    if high < low { low } else { high }
}

/// The least of the first `len` keys.
#[inline(always)]
fn least<S: Simd, T: Number>(simd: S, keys: &mut [T], len: usize) -> T {
    pad(simd, keys, len);
    let mut least = Lanes::<S, T>::splat(simd, T::HIGHEST);
    let mut at = 0;
    while at < len {
        least = Lanes::<S, T>::load(simd, &keys[at..]).min(least);
        at += Lanes::<S, T>::LANES;
    }
    least.fold_min()
}

/// How many of the first `len` keys are below one. Those after them are below none.
#[inline(always)]
fn count_below<S: Simd, T: Number>(simd: S, keys: &[T], len: usize, key: T) -> usize {
    let limit = Lanes::<S, T>::splat(simd, key);
    let (mut below, mut at) = (0, 0);
    while at < len {
        let less = Lanes::<S, T>::load(simd, &keys[at..]).lt(limit);
        below += Lanes::<S, T>::bits(simd, less).count_ones() as usize;
        at += Lanes::<S, T>::LANES;
    }
    below
}

/// The key of a rank, and that of the next: the greatest keys that no more are below.
#[inline(always)]
fn among_few<S: Simd, T: Number>(simd: S, keys: &[T], len: usize, rank: usize) -> [T; 2] {
    let mut best = [T::LOWEST; 2];
    for &key in &keys[..len] {
        let below = count_below(simd, keys, len, key);
        for (best, rank) in best.iter_mut().zip([rank, rank + 1]) {
            *best = if below <= rank && *best < key { key } else { *best };
        }
    }
    best
}

/// Finds a pair among few keys, which are changed. There are places for a register after
/// them.
#[inline(always)]
pub(super) fn of_few_once<S: Simd, T: Number>(
    simd: S,
    keys: &mut [T],
    len: usize,
    pair: &mut Pair<T>,
) {
    let first = usize::from(pair.keys[0].is_some());
    let rank = pair.ranks[first];
    let [key, next] = if rank + 2 >= len {
        let [greatest, second] = greatest_two(simd, keys, len);
        if rank + 1 == len { [greatest; 2] } else { [second, greatest] }
    } else {
        with_zeros(
            places(len),
            #[inline(always)]
            |spare| pick(simd, keys, spare, len, rank),
        )
    };
    pair.set(first, key);
    pair.set(1, if rank == pair.ranks[1] { key } else { next });
}

/// The greatest of the first `len` keys, and the greatest of the others: what the quantile
/// 0.99 of up to 101 keys lies between.
#[inline(always)]
fn greatest_two<S: Simd, T: Number>(simd: S, keys: &mut [T], len: usize) -> [T; 2] {
    let lowest = Lanes::<S, T>::splat(simd, T::LOWEST);
    lowest.store(&mut keys[len..]);
    let (mut greatest, mut second, mut at) = (lowest, lowest, 0);
    while at < len {
        let some = Lanes::<S, T>::load(simd, &keys[at..]);
        second = second.max(greatest.min(some));
        greatest = greatest.max(some);
        at += Lanes::<S, T>::LANES;
    }
    let most = greatest.fold_max();
    let is_most = greatest.eq(Lanes::<S, T>::splat(simd, most));
    if Lanes::<S, T>::bits(simd, is_most).count_ones() > 1 {
        return [most; 2];
    }
    [most, second.select(is_most, greatest).fold_max()]
}

/// Whether a key is NaN.
#[allow(clippy::eq_op, reason = "NaN is what is not equal to itself")]
#[allow(clippy::needless_bitwise_bool, reason = "a branch would keep it from being vectorized")]
#[inline(always)]
pub(super) fn has_nan<T: Number>(keys: &[T]) -> bool {
    T::IS_FLOAT && keys.iter().fold(false, |is_there, &key| is_there | (key != key))
}
