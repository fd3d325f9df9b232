//! One pass over a column: what lies below each bracket is counted, what lies inside one is
//! copied.

use super::rows::{BLOCK, Keyed, Rows};
use crate::backend::{Simd, Vector};
use crate::number::Number;
use crate::row::NumericRow;

/// Two keys of a column, one or both of them missing, between which others are looked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bracket<T> {
    /// A key of the column; those up to it are below.
    pub(super) low: Option<T>,
    /// A key of the column; those from it on are above.
    pub(super) high: Option<T>,
    /// The least and the greatest key that are inside; none are where the first is greater.
    pub(super) first: T,
    pub(super) last: T,
}

impl<T: Number> Bracket<T> {
    pub(super) const EVERYTHING: Self =
        Self { low: None, high: None, first: T::LOWEST, last: T::HIGHEST };

    #[inline(always)]
    pub(super) fn new(mut low: Option<T>, high: Option<T>) -> Self {
        // An end of the order has nothing beyond: what equals it must lie on the bracket.
        if high == Some(T::LOWEST) {
            low = high;
        }
        if low == Some(T::HIGHEST) {
            // What is less cannot be told from what equals it, so nothing is said of it.
            return Self { low: None, high: low, first: T::HIGHEST, last: T::HIGHEST.pred() };
        }
        Self {
            low,
            high,
            first: low.map_or(T::LOWEST, T::succ),
            last: high.map_or(T::HIGHEST, T::pred),
        }
    }
}

/// What a pass found.
#[derive(Clone, Copy, Debug)]
pub(super) struct Narrowed<const K: usize> {
    /// Keys below the first of each bracket.
    pub(super) below: [usize; K],
    /// Keys that are inside any bracket, and all that are NaN.
    pub(super) inside: usize,
}

/// Copies the keys inside `K` brackets, which are in order, and every NaN. Where there is no
/// more room they are counted only; the last [`BLOCK`] places are for rubbish.
#[inline(always)]
pub(super) fn narrow<S: Simd, R: NumericRow, M: Keyed<R::Value>, const K: usize>(
    simd: S,
    rows: &Rows<'_, R, M>,
    brackets: &[Bracket<M::Key>; K],
    to: &mut [M::Key],
) -> Narrowed<K> {
    #[cfg(all(test, feature = "std"))]
    super::tests::note_pass(R::len(rows.column));
    let first = brackets.map(
        #[inline(always)]
        |bracket| <M::Key as Number>::Vec::<S>::splat(simd, bracket.first),
    );
    let last = brackets.map(
        #[inline(always)]
        |bracket| <M::Key as Number>::Vec::<S>::splat(simd, bracket.last),
    );
    let mut found = Narrowed { below: [0; K], inside: 0 };
    rows.for_each(
        #[inline(always)]
        |block, present| {
            let (mut below, mut outside) = ([0_u64; K], 0_u64);
            rows.registers(
                simd,
                block,
                #[inline(always)]
                |at, keys| {
                    // Outside are those below the first bracket, those between one and the
                    // next, and those above the last: a NaN is not.
                    let less = keys.lt(first[0]);
                    below[0] |= bits::<S, M::Key>(simd, less) << at;
                    let mut out = less;
                    for k in 1..K {
                        let less = keys.lt(first[k]);
                        below[k] |= bits::<S, M::Key>(simd, less) << at;
                        let between =
                            <M::Key as Number>::Vec::<S>::both(simd, less, last[k - 1].lt(keys));
                        out = <M::Key as Number>::Vec::<S>::either(simd, out, between);
                    }
                    let more = last[K - 1].lt(keys);
                    out = <M::Key as Number>::Vec::<S>::either(simd, out, more);
                    outside |= bits::<S, M::Key>(simd, out) << at;
                },
            );
            for k in 0..K {
                found.below[k] += (below[k] & present).count_ones() as usize;
            }
            let inside = !outside & present;
            if let Some(to) = to.get_mut(found.inside..)
                && let Some(to) = to.first_chunk_mut()
            {
                extract(rows.keyed, block, inside, to);
            }
            found.inside += inside.count_ones() as usize;
        },
    );
    found
}

#[inline(always)]
fn bits<S: Simd, T: Number>(simd: S, mask: <T::Vec<S> as Vector<S, T>>::Mask) -> u64 {
    <T::Vec<S> as Vector<S, T>>::bits(simd, mask)
}

/// Writes the keys whose bits are set, and rubbish after them: eight at a time, whether they
/// are there or not, for how many there are cannot be foretold.
#[inline(always)]
fn extract<T: Number, M: Keyed<T>>(
    keyed: M,
    block: &[T; BLOCK],
    mut inside: u64,
    to: &mut [M::Key; BLOCK],
) {
    let (eights, _) = to.as_chunks_mut::<8>();
    for eight in eights {
        for to in eight {
            *to = keyed.key(block[inside.trailing_zeros() as usize % BLOCK]);
            inside &= inside.wrapping_sub(1);
        }
        if inside == 0 {
            break;
        }
    }
}
