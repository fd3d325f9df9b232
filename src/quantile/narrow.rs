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
    /// Nothing is inside.
    #[inline(always)]
    pub(super) fn nothing() -> Self {
        Self::new(None, Some(T::LOWEST))
    }

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

/// What a pass found of a bracket.
#[derive(Clone, Copy, Debug)]
pub(super) struct Narrowed {
    /// Keys below the first that is inside.
    pub(super) below: usize,
    /// Keys that are inside, and those that are NaN.
    pub(super) inside: usize,
}

/// Copies the keys inside `K` brackets, and every NaN, for each bracket to a place of its
/// own. Where there is less room than a [`WINDOW`] they are counted only.
#[inline(always)]
pub(super) fn narrow<S: Simd, R: NumericRow, M: Keyed<R::Value>, const K: usize>(
    simd: S,
    rows: &Rows<'_, R, M>,
    brackets: &[Bracket<M::Key>; K],
    mut to: [&mut [M::Key]; K],
) -> [Narrowed; K] {
    #[cfg(all(test, feature = "std"))]
    super::tests::note_pass(R::len(rows.column));
    let first = brackets.map(
        #[inline(always)]
        |bracket| Lanes::<S, M::Key>::splat(simd, bracket.first),
    );
    let last = brackets.map(
        #[inline(always)]
        |bracket| Lanes::<S, M::Key>::splat(simd, bracket.last),
    );
    let mut found = [Narrowed { below: 0, inside: 0 }; K];
    rows.for_each(
        #[inline(always)]
        |block, present| {
            for k in 0..K {
                // Wider than what a block can fill, so that no place in it is out of bounds.
                let window = to[k].get_mut(found[k].inside..).and_then(<[_]>::first_chunk_mut);
                let mut nowhere = None;
                let window: &mut [M::Key; WINDOW] = match window {
                    Some(window) => window,
                    None => nowhere.insert([M::Key::default(); WINDOW]),
                };
                let (mut below, mut inside) = (0, 0);
                rows.registers(
                    simd,
                    block,
                    #[inline(always)]
                    |at, keys| {
                        let less = keys.lt(first[k]);
                        // A NaN is neither below nor above.
                        let mut outside = Lanes::<S, M::Key>::either(simd, less, last[k].lt(keys));
                        let mut less = simd.opaque(Lanes::<S, M::Key>::bits(simd, less));
                        if R::NULLABLE || present != u64::MAX {
                            let absent = Lanes::<S, M::Key>::mask(simd, !present >> at);
                            outside = Lanes::<S, M::Key>::either(simd, outside, absent);
                            less &= present >> at;
                        }
                        below += less.count_ones() as usize;
                        inside += keys.keep_unless(simd, outside, &mut window[inside % BLOCK..]);
                    },
                );
                found[k].below += below;
                found[k].inside += inside;
            }
        },
    );
    found
}

/// Room for the keys of a block, and for what is written after them.
pub(super) const WINDOW: usize = 2 * BLOCK;

/// A register of keys.
type Lanes<S, T> = <T as Number>::Vec<S>;
