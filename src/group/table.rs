//! The cells of the groups of a chunk.
//!
//! A cell is what one group's rows of a chunk come to: a plain sum, a count, bounds. Each part
//! of it has an array of its own, of 2,048 cells, and only the parts that are asked for have
//! memory: a sum of `f64` has 16 KiB, which stay in L1 beside the chunk. An index is cut to
//! eleven bits, so that no place is checked.
//!
//! Few groups have eight cells each, which rows go to by their position modulo eight. A row
//! that adds to the same cell as the row before waits for its store, some ten cycles, and with
//! one cell a group of few groups would do nothing else.

use super::digest::{Digest, Parts};
use crate::number::Number;
use crate::row::Row;
use alloc::vec::Vec;

/// Cells of a table.
pub(super) const CELLS: usize = 2048;

/// The cells. Between chunks, all are those of no row.
#[derive(Clone, Debug)]
pub(super) struct Table<T: Number> {
    counts: Vec<u32>,
    sums: Vec<T::Plain>,
    mins: Vec<T::Bound>,
    maxs: Vec<T::Bound>,
    /// Rows of the chunk, from 1 on.
    firsts: Vec<u32>,
    lasts: Vec<u32>,
    squares: Vec<T::PlainSquares>,
}

impl<T: Number> Table<T> {
    /// A table of these parts.
    pub(super) fn new(parts: Parts) -> Self {
        fn of<V: Clone>(value: V, is_asked_for: bool) -> Vec<V> {
            alloc::vec![value; if is_asked_for { CELLS } else { 0 }]
        }
        Self {
            counts: of(0, parts.has(Parts::COUNT)),
            sums: of(T::NO_PLAIN, parts.has(Parts::SUM)),
            mins: of(T::ABOVE, parts.has(Parts::MIN)),
            maxs: of(T::BELOW, parts.has(Parts::MAX)),
            firsts: of(0, parts.has(Parts::FIRST)),
            lasts: of(0, parts.has(Parts::LAST)),
            squares: of(T::NO_PLAIN_SQUARES, parts.has(Parts::SQUARES)),
        }
    }

    /// Puts the rows of a chunk into `COPIES` cells for each id from `base` on.
    #[inline(always)]
    pub(super) fn put<R: Row<Digest = T>, const COPIES: usize>(
        &mut self,
        parts: Parts,
        base: u32,
        ids: &[u32],
        column: R::Column<'_>,
    ) {
        // Their length is known to the compiler then.
        let counts = &mut self.counts[..if parts.has(Parts::COUNT) { CELLS } else { 0 }];
        let sums = &mut self.sums[..if parts.has(Parts::SUM) { CELLS } else { 0 }];
        let mins = &mut self.mins[..if parts.has(Parts::MIN) { CELLS } else { 0 }];
        let maxs = &mut self.maxs[..if parts.has(Parts::MAX) { CELLS } else { 0 }];
        let firsts = &mut self.firsts[..if parts.has(Parts::FIRST) { CELLS } else { 0 }];
        let lasts = &mut self.lasts[..if parts.has(Parts::LAST) { CELLS } else { 0 }];
        let squares = &mut self.squares[..if parts.has(Parts::SQUARES) { CELLS } else { 0 }];
        assert!(R::len(column) == ids.len());
        for (row, &id) in ids.iter().enumerate() {
            let k = (id.wrapping_sub(base) as usize * COPIES + row % COPIES) % CELLS;
            // A null puts what changes nothing: no branch, which would be guessed wrong.
            let value = R::at(column, row).digest();
            let (is_there, x) = (value.is_some(), value.unwrap_or_default());
            if parts.has(Parts::COUNT) {
                counts[k] += u32::from(is_there);
            }
            if parts.has(Parts::SUM) {
                let term = if is_there { x.plain() } else { T::NO_PLAIN };
                sums[k] = T::add_plain(sums[k], term);
            }
            if parts.has(Parts::MIN) {
                let bound = if is_there { x.bound() } else { T::ABOVE };
                // NaN is not less.
                mins[k] = if bound < mins[k] { bound } else { mins[k] };
            }
            if parts.has(Parts::MAX) {
                let bound = if is_there { x.bound() } else { T::BELOW };
                maxs[k] = if bound > maxs[k] { bound } else { maxs[k] };
            }
            let place = row as u32 + 1;
            if parts.has(Parts::FIRST) {
                let is_first = is_there && firsts[k] == 0;
                firsts[k] = if is_first { place } else { firsts[k] };
            }
            if parts.has(Parts::LAST) {
                lasts[k] = if is_there { place } else { lasts[k] };
            }
            if parts.has(Parts::SQUARES) {
                let term = if is_there { x.plain_square() } else { T::NO_PLAIN_SQUARES };
                squares[k] = T::add_squares_plain(squares[k], term);
            }
        }
    }

    /// Takes out what the cells of a group come to, by the halving tree of its copies.
    #[inline(always)]
    pub(super) fn take<R: Row<Digest = T>, const COPIES: usize>(
        &mut self,
        parts: Parts,
        group: usize,
        column: R::Column<'_>,
    ) -> Digest<T> {
        let cells = group * COPIES..(group + 1) * COPIES;
        let row = |place: u32| {
            let row = (place as usize).checked_sub(1)?;
            R::at(column, row).digest()
        };
        let mut digest = Digest {
            count: 0,
            sum: None,
            min: None,
            max: None,
            first: None,
            last: None,
            squares: None,
        };
        if parts.has(Parts::COUNT) {
            let add = |a: u32, b| a + b;
            let count = fold::<_, COPIES>(&mut self.counts[cells.clone()], 0, add);
            digest.count = count.into();
        }
        if parts.has(Parts::SUM) {
            let cells = &mut self.sums[cells.clone()];
            let sum = fold::<_, COPIES>(cells, T::NO_PLAIN, |a, b| T::add_plain(a, b));
            digest.sum = T::is_some_plain(sum).then_some(sum);
        }
        if parts.has(Parts::MIN) {
            let min = |a, b| if b < a { b } else { a };
            let min = fold::<_, COPIES>(&mut self.mins[cells.clone()], T::ABOVE, min);
            digest.min = (min < T::ABOVE).then(|| T::of_bound(min));
        }
        if parts.has(Parts::MAX) {
            let max = |a, b| if b > a { b } else { a };
            let max = fold::<_, COPIES>(&mut self.maxs[cells.clone()], T::BELOW, max);
            digest.max = (max > T::BELOW).then(|| T::of_bound(max));
        }
        if parts.has(Parts::FIRST) {
            // The least that is not 0.
            let first = |a: u32, b: u32| {
                if b.wrapping_sub(1) < a.wrapping_sub(1) { b } else { a }
            };
            digest.first = row(fold::<_, COPIES>(&mut self.firsts[cells.clone()], 0, first));
        }
        if parts.has(Parts::LAST) {
            digest.last = row(fold::<_, COPIES>(&mut self.lasts[cells.clone()], 0, Ord::max));
        }
        if parts.has(Parts::SQUARES) {
            let cells = &mut self.squares[cells];
            let add = |a, b| T::add_squares_plain(a, b);
            let squares = fold::<_, COPIES>(cells, T::NO_PLAIN_SQUARES, add);
            digest.squares = T::is_some_squares(squares).then_some(squares);
        }
        digest
    }
}

/// Folds cells by halves, and leaves `none` in their place.
#[inline(always)]
fn fold<V: Copy, const COPIES: usize>(cells: &mut [V], none: V, join: impl Fn(V, V) -> V) -> V {
    let cells: &mut [V; COPIES] = cells.try_into().expect("so many copies");
    let mut folded = *cells;
    *cells = [none; COPIES];
    let mut half = COPIES / 2;
    while half > 0 {
        for i in 0..half {
            folded[i] = join(folded[i], folded[i + half]);
        }
        half /= 2;
    }
    folded[0]
}
