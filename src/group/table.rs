//! The cells of the groups of a chunk.
//!
//! A cell is what one group's rows of a chunk come to: a plain sum, a count, bounds. Each part
//! of it has an array of its own, and only the parts that are asked for have memory: so the sums
//! of a thousand groups stay in L1. A group's place is its id, cut to as many bits as an array has
//! places: ids that lie close together have places of their own, no place has to be checked, and
//! nothing is subtracted.
//!
//! Few groups have eight cells each, which rows go to by their position modulo eight. A row
//! that adds to the same cell as the row before waits for its store, some ten cycles, and with
//! one cell a group of few groups would do nothing else.

use super::digest::{Digest, Parts};
use crate::backend::Simd;
use crate::lanes::operation::halve_by;
use crate::number::Number;
use crate::row::Row;
use alloc::vec::Vec;
use core::mem;

/// Groups that have several cells, and how many these are.
pub(super) const FEW: usize = 64;
pub(super) const COPIES: usize = 8;
/// Groups that have cells.
pub(super) const MANY: usize = 8192;

/// Places of each array where a group has so many.
const fn places(copies: usize) -> usize {
    if copies > 1 { FEW * COPIES } else { MANY }
}

/// The place of the cell of a group that a row goes to. The copies lie apart: the address of one
/// is then the id and a constant.
#[inline(always)]
const fn cell<const COPIES: usize>(row: usize, id: u32) -> usize {
    let groups = places(COPIES) / COPIES;
    row % COPIES * groups + id as usize % groups
}

/// Rows that are put in one step of a loop: a multiple of the copies.
const BLOCK: usize = 8;
/// How many bytes ahead ids and values are asked for. A row costs so little that the L3 cache
/// would be waited for: with it, a sum of a million rows takes three quarters of the time. From
/// 256 to 2,048 are alike.
const AHEAD: usize = 512;

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
    /// A table without memory.
    pub(super) const fn new() -> Self {
        Self {
            counts: Vec::new(),
            sums: Vec::new(),
            mins: Vec::new(),
            maxs: Vec::new(),
            firsts: Vec::new(),
            lasts: Vec::new(),
            squares: Vec::new(),
        }
    }

    /// Takes memory for these parts, enough for so many groups.
    pub(super) fn reserve(&mut self, parts: Parts, groups: usize) {
        let places = places(if groups > FEW { 1 } else { COPIES });
        let places = |part, now: usize| if parts.has(part) { places.max(now) } else { 0 };
        self.counts.resize(places(Parts::COUNT, self.counts.len()), 0);
        self.sums.resize(places(Parts::SUM, self.sums.len()), T::NO_PLAIN);
        self.mins.resize(places(Parts::MIN, self.mins.len()), T::ABOVE);
        self.maxs.resize(places(Parts::MAX, self.maxs.len()), T::BELOW);
        self.firsts.resize(places(Parts::FIRST, self.firsts.len()), 0);
        self.lasts.resize(places(Parts::LAST, self.lasts.len()), 0);
        self.squares.resize(places(Parts::SQUARES, self.squares.len()), T::NO_PLAIN_SQUARES);
    }

    /// Puts the rows of a chunk into `COPIES` cells for each id.
    #[inline(always)]
    pub(super) fn put<S: Simd, R: Row<Digest = T>, const COPIES: usize>(
        &mut self,
        simd: S,
        parts: Parts,
        ids: &[u32],
        column: R::Column<'_>,
    ) {
        // The length of each is known to the compiler then.
        let cells = |part| if parts.has(part) { places(COPIES) } else { 0 };
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
            simd.prefetch(ids, AHEAD);
            R::prefetch(simd, rows, AHEAD);
            let (pairs, _) = ids.as_chunks::<2>();
            for (pair, &[id, next]) in pairs.iter().enumerate() {
                // One load of two ids: a row is four accesses of memory else, of which three are
                // made in a cycle. It is a tenth of the time of a sum.
                let pair_of_ids = simd.opaque(u64::from(id) | u64::from(next) << 32);
                for (i, id) in [(2 * pair, pair_of_ids), (2 * pair + 1, pair_of_ids >> 32)] {
                    let k = cell::<COPIES>(i, id as u32);
                    cells.put(parts, k, block * BLOCK + i, R::at(rows, i).digest());
                }
            }
        }
        for (i, &id) in last.iter().enumerate() {
            let k = cell::<COPIES>(i, id);
            cells.put(parts, k, blocks.len() * BLOCK + i, R::at(rest, i).digest());
        }
    }

    /// Takes out what the cells of a group come to, by the halving tree of its copies.
    #[inline(always)]
    pub(super) fn take<R: Row<Digest = T>, const COPIES: usize>(
        &mut self,
        parts: Parts,
        id: u32,
        column: R::Column<'_>,
    ) -> Digest<T> {
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
            let count = fold::<_, COPIES>(&mut self.counts, id, 0, add);
            digest.count = count.into();
        }
        if parts.has(Parts::SUM) {
            let add = |a, b| T::add_plain(a, b);
            let sum = fold::<_, COPIES>(&mut self.sums, id, T::NO_PLAIN, add);
            digest.sum = T::is_some_plain(sum).then_some(sum);
        }
        if parts.has(Parts::MIN) {
            let min = |a, b| if b < a { b } else { a };
            let min = fold::<_, COPIES>(&mut self.mins, id, T::ABOVE, min);
            digest.min = (min < T::ABOVE).then(|| T::of_bound(min));
        }
        if parts.has(Parts::MAX) {
            let max = |a, b| if b > a { b } else { a };
            let max = fold::<_, COPIES>(&mut self.maxs, id, T::BELOW, max);
            digest.max = (max > T::BELOW).then(|| T::of_bound(max));
        }
        if parts.has(Parts::FIRST) {
            // The least that is not 0.
            let first = |a: u32, b: u32| {
                if b.wrapping_sub(1) < a.wrapping_sub(1) { b } else { a }
            };
            digest.first = row(fold::<_, COPIES>(&mut self.firsts, id, 0, first));
        }
        if parts.has(Parts::LAST) {
            digest.last = row(fold::<_, COPIES>(&mut self.lasts, id, 0, Ord::max));
        }
        if parts.has(Parts::SQUARES) {
            let add = |a, b| T::add_squares_plain(a, b);
            let squares = fold::<_, COPIES>(&mut self.squares, id, T::NO_PLAIN_SQUARES, add);
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
        // A null puts what changes nothing: no branch, which would be guessed wrong.
        let (is_there, x) = (value.is_some(), value.unwrap_or_default());
        if parts.has(Parts::COUNT) {
            self.counts[k] += u32::from(is_there);
        }
        if parts.has(Parts::SUM) {
            let term = if is_there { x.plain_value() } else { T::NO_PLAIN };
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

/// Folds the cells of a group by halves, and leaves `none` in their place.
#[inline(always)]
fn fold<V: Copy, const COPIES: usize>(
    cells: &mut [V],
    id: u32,
    none: V,
    join: impl Fn(V, V) -> V,
) -> V {
    let mut folded = [none; COPIES];
    let cells = &mut cells[..places(COPIES)];
    for (i, folded) in folded.iter_mut().enumerate() {
        *folded = mem::replace(&mut cells[cell::<COPIES>(i, id)], none);
    }
    halve_by(&mut folded, join)
}
