//! One pass over a column: what lies below each bracket is counted, what lies inside one is
//! copied.

use super::rows::{Keyed, Rows};
use crate::backend::{Simd, Vector};
use crate::extrema::Ordered;
use crate::key::{BLOCK, Key};
use crate::lanes::AHEAD;
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
    /// What part of the column is thought to be inside, at most.
    pub(super) share: f64,
}

impl<T: Number> Bracket<T> {
    /// Nothing is inside.
    #[inline(always)]
    pub(super) fn nothing() -> Self {
        Self::new(None, Some(T::LOWEST), 0.0)
    }

    #[inline(always)]
    pub(super) fn new(mut low: Option<T>, high: Option<T>, share: f64) -> Self {
        // An end of the order has nothing beyond: what equals it must lie on the bracket.
        if high == Some(T::LOWEST) {
            low = high;
        }
        if low == Some(T::HIGHEST) {
            // What is less cannot be told from what equals it, so nothing is said of it.
            let last = T::HIGHEST.pred();
            return Self { low: None, high: low, first: T::HIGHEST, last, share };
        }
        Self {
            low,
            high,
            first: low.map_or(T::LOWEST, T::succ),
            last: high.map_or(T::HIGHEST, T::pred),
            share,
        }
    }
}

/// What a pass found of `K` brackets.
#[derive(Clone, Copy, Debug)]
pub(super) struct Narrowed<const K: usize> {
    /// Keys below the first that is inside, of each bracket.
    pub(super) below: [usize; K],
    /// Keys that are inside any bracket, and those that are NaN.
    pub(super) inside: usize,
}

/// Copies the keys inside any of `K` brackets, and every NaN. Where there is less room than
/// a [`WINDOW`] they are counted only. So much of what is looked at may be copied that it is
/// best done without a branch.
#[inline(always)]
pub(super) fn narrow<S: Simd, R: NumericRow, M: Keyed<R::Value>, const K: usize>(
    simd: S,
    rows: &Rows<'_, R, M>,
    brackets: &[Bracket<M::Key>; K],
    to: &mut [M::Key],
    is_dense: bool,
) -> Narrowed<K> {
    let is_wide = Lanes::<S, M::Key>::LANES >= 8 || Lanes::<S, M::Key>::LANES >= 4 && is_dense;
    if size_of::<M::Key>() >= 4 && is_wide {
        pass::<S, R, M, K, true>(simd, rows, brackets, to)
    } else {
        pass::<S, R, M, K, false>(simd, rows, brackets, to)
    }
}

/// The same, where the keys of a register are moved to the front together, or taken one by one.
#[inline(always)]
fn pass<S: Simd, R: NumericRow, M: Keyed<R::Value>, const K: usize, const TOGETHER: bool>(
    simd: S,
    rows: &Rows<'_, R, M>,
    brackets: &[Bracket<M::Key>; K],
    to: &mut [M::Key],
) -> Narrowed<K> {
    #[cfg(all(test, feature = "std"))]
    super::tests::note_pass(R::len(rows.column));
    let highest = Lanes::<S, M::Key>::splat(simd, M::Key::HIGHEST);
    let zeros = Lanes::<S, M::Key>::splat(simd, M::Key::default());
    let (mut first, mut last) = ([zeros; K], [zeros; K]);
    for k in 0..K {
        first[k] = Vector::splat(simd, brackets[k].first);
        last[k] = Vector::splat(simd, brackets[k].last);
    }
    let mut found = Narrowed { below: [0; K], inside: 0 };
    let (mut tallies, mut blocks) = ([zeros; K], 0);
    rows.for_each(
        #[inline(always)]
        |block, present| {
            simd.prefetch(block, AHEAD);
            // Wider than what a block can fill, so that no place in it is out of bounds.
            let window = to.get_mut(found.inside..).and_then(<[_]>::first_chunk_mut);
            let mut nowhere = None;
            let window: &mut [M::Key; WINDOW] = match window {
                Some(window) => window,
                None => nowhere.insert([M::Key::default(); WINDOW]),
            };
            let (mut inside, mut outside) = (0, 0_u64);
            rows.registers(
                simd,
                block,
                #[inline(always)]
                |at, mut keys| {
                    if R::NULLABLE || present != u64::MAX {
                        // Below nothing, and left out by `present`.
                        let there = Lanes::<S, M::Key>::mask(simd, present >> at);
                        keys = keys.select(there, highest);
                    }
                    let mut out = None;
                    for k in 0..K {
                        let less = keys.lt(first[k]);
                        // A NaN is neither below nor above.
                        let beside = Lanes::<S, M::Key>::either(simd, less, last[k].lt(keys));
                        out = Some(match out {
                            Some(out) => Lanes::<S, M::Key>::both(simd, out, beside),
                            None => beside,
                        });
                        if is_tallied::<M::Key>() {
                            tallies[k] = tallies[k].tally(less);
                        } else {
                            let less = Lanes::<S, M::Key>::bits(simd, less);
                            found.below[k] += less.count_ones() as usize;
                        }
                    }
                    let Some(mut out) = out else { return };
                    if TOGETHER {
                        if R::NULLABLE || present != u64::MAX {
                            let absent = Lanes::<S, M::Key>::mask(simd, !present >> at);
                            out = Lanes::<S, M::Key>::either(simd, out, absent);
                        }
                        inside += keys.keep_unless(simd, out, &mut window[inside % BLOCK..]);
                    } else {
                        // Opaque, or the compiler keeps all masks until the end, on the stack.
                        outside = simd.opaque(outside | Lanes::<S, M::Key>::bits(simd, out) << at);
                    }
                },
            );
            if !TOGETHER {
                let rows_inside = !outside & present;
                take(simd, rows.keyed, block, rows_inside, window);
                inside = rows_inside.count_ones() as usize;
            }
            found.inside += inside;
            blocks += 1;
            if blocks == MOST_TALLIED {
                for (below, tally) in found.below.iter_mut().zip(&mut tallies) {
                    *below += sum_tally::<S, M::Key>(simd, *tally);
                    *tally = zeros;
                }
                blocks = 0;
            }
        },
    );
    for (below, tally) in found.below.iter_mut().zip(tallies) {
        *below += sum_tally::<S, M::Key>(simd, tally);
    }
    found
}

/// From what part of the keys on it costs less to move registers of four to the front than to
/// take keys one by one: the more of these, the less often is their number foreseen.
pub(super) const DENSE: f64 = 0.12;

/// Room for the keys of a block, and for what is written after them.
pub(super) const WINDOW: usize = 2 * BLOCK;

/// Keys that are taken without asking whether there are so many.
const AT_ONCE: usize = 4;

/// Copies the keys of the rows whose bits are set to the front of a window.
#[inline(always)]
fn take<S: Simd, T: Number, M: Keyed<T>>(
    simd: S,
    keyed: M,
    block: &[T; BLOCK],
    mut rows: u64,
    window: &mut [M::Key; WINDOW],
) {
    for places in window.as_chunks_mut::<AT_ONCE>().0 {
        for place in places {
            // Opaque, or the compiler finds all rows first, in vectors, and gathers them.
            let row = simd.opaque(u64::from(rows.trailing_zeros())) as usize % BLOCK;
            *place = keyed.key(block[row]);
            rows &= rows.wrapping_sub(1);
        }
        if rows == 0 {
            return;
        }
    }
}

/// Blocks after which tallies are added up: no lane of 32 bits is full by then.
const MOST_TALLIED: usize = 1 << 24;

/// Whether the lanes of a register count what is below. Narrow ones would soon be full; of
/// these, a register holds so many that to count bits costs little.
#[inline(always)]
const fn is_tallied<T>() -> bool {
    size_of::<T>() >= 4
}

/// The sum of the numbers that the encodings of lanes are.
#[inline(always)]
fn sum_tally<S: Simd, T: Number>(simd: S, tally: Lanes<S, T>) -> usize {
    let mut lanes = [T::Encoding::default(); BLOCK];
    T::encode(simd, tally).store(&mut lanes);
    lanes.iter().map(|lane| lane.distinct_key() as usize).sum()
}

/// A register of keys.
type Lanes<S, T> = <T as Number>::Vec<S>;
