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

/// Rows that are put in one step of a loop: a multiple of the copies.
const BLOCK: usize = 8;

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
        // The length of each is known to the compiler then.
        let cells = |part| if parts.has(part) { CELLS } else { 0 };
        let mut cells = Cells::<T> {
            counts: &mut self.counts[..cells(Parts::COUNT)],
            sums: &mut self.sums[..cells(Parts::SUM)],
            mins: &mut self.mins[..cells(Parts::MIN)],
            maxs: &mut self.maxs[..cells(Parts::MAX)],
            firsts: &mut self.firsts[..cells(Parts::FIRST)],
            lasts: &mut self.lasts[..cells(Parts::LAST)],
            squares: &mut self.squares[..cells(Parts::SQUARES)],
        };
        let (blocks, last) = ids.as_chunks::<BLOCK>();
        let mut rest = column;
        for (block, ids) in blocks.iter().enumerate() {
            let rows;
            (rows, rest) = R::split_at(rest, BLOCK);
            for (i, &id) in ids.iter().enumerate() {
                let k = id.wrapping_sub(base) as usize * COPIES + i % COPIES;
                cells.put(parts, k, block * BLOCK + i, R::at(rows, i).digest());
            }
        }
        for (i, &id) in last.iter().enumerate() {
            let row = blocks.len() * BLOCK + i;
            let k = id.wrapping_sub(base) as usize * COPIES + i % COPIES;
            cells.put(parts, k, row, R::at(rest, i).digest());
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

/// The arrays of a table.
struct Cells<'t, T: Number> {
    counts: &'t mut [u32],
    sums: &'t mut [T::Plain],
    mins: &'t mut [T::Bound],
    maxs: &'t mut [T::Bound],
    firsts: &'t mut [u32],
    lasts: &'t mut [u32],
    squares: &'t mut [T::PlainSquares],
}

impl<T: Number> Cells<'_, T> {
    #[inline(always)]
    fn put(&mut self, parts: Parts, k: usize, row: usize, value: Option<T>) {
        let k = k % CELLS;
        // A null puts what changes nothing: no branch, which would be guessed wrong.
        let (is_there, x) = (value.is_some(), value.unwrap_or_default());
        if parts.has(Parts::COUNT) {
            self.counts[k] += u32::from(is_there);
        }
        if parts.has(Parts::SUM) {
            let term = if is_there { x.plain() } else { T::NO_PLAIN };
            self.sums[k] = T::add_plain(self.sums[k], term);
        }
        if parts.has(Parts::MIN) {
            let bound = if is_there { x.bound() } else { T::ABOVE };
            // NaN is not less.
            self.mins[k] = if bound < self.mins[k] { bound } else { self.mins[k] };
        }
        if parts.has(Parts::MAX) {
            let bound = if is_there { x.bound() } else { T::BELOW };
            self.maxs[k] = if bound > self.maxs[k] { bound } else { self.maxs[k] };
        }
        let place = row as u32 + 1;
        if parts.has(Parts::FIRST) {
            let is_first = is_there && self.firsts[k] == 0;
            self.firsts[k] = if is_first { place } else { self.firsts[k] };
        }
        if parts.has(Parts::LAST) {
            self.lasts[k] = if is_there { place } else { self.lasts[k] };
        }
        if parts.has(Parts::SQUARES) {
            let term = if is_there { x.plain_square() } else { T::NO_PLAIN_SQUARES };
            self.squares[k] = T::add_squares_plain(self.squares[k], term);
        }
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
