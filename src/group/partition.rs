//! Rows put together by group: for aggregates that take their rows by the tile.
//!
//! Of each chunk, the rows of a group, in
//! order, are put into contiguous memory, and go to the aggregate as a column of its own, tile by
//! tile; groups follow each other in order of their ids. That is all there is to the definition:
//! a partial sees the chunks' rows in order, cut into tiles anew in each chunk.
//!
//! A counting sort finds the order where the ids span no more than four times the rows; else the
//! ids are sorted with their positions. Where the ids do not fall, rows are together already, and
//! are taken from where they are.

use super::ways::{CHUNK, runs};
use crate::aggregate::Aggregate;
use crate::backend::Simd;
use crate::row::Row;
use crate::tile::Tile;
use alloc::boxed::Box;
use alloc::vec::Vec;

/// Ids for each row, up to which they are counted.
const SPREAD: usize = 4;

/// Memory for the order of a chunk, and for the rows of a tile. It is kept from call to call.
#[derive(Clone, Debug)]
pub(super) struct Scratch<R: Row> {
    /// Ids and positions, in order.
    order: Vec<(u32, u32)>,
    /// Where the rows of each id begin.
    starts: Vec<u32>,
    pub(super) tile: Box<R::Buffer>,
}

impl<R: Row> Scratch<R> {
    pub(super) fn new() -> Self {
        Self { order: Vec::new(), starts: Vec::new(), tile: Box::new(R::buffer()) }
    }

    #[inline(always)]
    pub(super) fn update<A: Aggregate<R>, S: Simd>(
        &mut self,
        simd: S,
        aggregate: &A,
        partials: &mut [A::Partial],
        ids: &[u32],
        mut column: R::Column<'_>,
    ) {
        for ids in ids.chunks(CHUNK) {
            let (chunk, rest) = R::split_at(column, ids.len());
            column = rest;
            if ids.is_sorted() {
                runs::<A, R, S>(simd, aggregate, partials, 0, ids, chunk);
            } else {
                self.sort(ids.iter().enumerate().map(|(row, &id)| (id, row as u32)));
                self.gather(simd, aggregate, partials, chunk);
            }
        }
    }

    /// Takes some rows of a chunk, in order.
    #[cfg(feature = "rayon")]
    #[inline(always)]
    pub(super) fn update_some<A: Aggregate<R>, S: Simd>(
        &mut self,
        simd: S,
        aggregate: &A,
        partials: &mut [A::Partial],
        rows: &[(u32, u32)],
        chunk: R::Column<'_>,
    ) {
        self.sort(rows.iter().copied());
        self.gather(simd, aggregate, partials, chunk);
    }

    /// Finds the order of ids, and in each that of rows.
    fn sort(&mut self, rows: impl ExactSizeIterator<Item = (u32, u32)> + Clone) {
        let ids = || rows.clone().map(|(id, _)| id);
        let least = ids().min().unwrap_or(0);
        let span = (ids().max().unwrap_or(0) - least) as usize + 1;
        self.order.clear();
        if span > SPREAD * rows.len() {
            self.order.extend(rows);
            self.order.sort_unstable();
            return;
        }
        self.order.resize(rows.len(), (0, 0));
        self.starts.clear();
        self.starts.resize(span + 1, 0);
        for id in ids() {
            self.starts[(id - least) as usize + 1] += 1;
        }
        for i in 1..span {
            self.starts[i] += self.starts[i - 1];
        }
        for (id, row) in rows {
            let start = &mut self.starts[(id - least) as usize];
            self.order[*start as usize] = (id, row);
            *start += 1;
        }
    }

    #[inline(always)]
    fn gather<A: Aggregate<R>, S: Simd>(
        &mut self,
        simd: S,
        aggregate: &A,
        partials: &mut [A::Partial],
        column: R::Column<'_>,
    ) {
        let mut bits = R::NO_BITS;
        let mut rows = 0;
        for (i, &(id, row)) in self.order.iter().enumerate() {
            R::put(&mut self.tile, rows, R::at(column, row as usize));
            rows += 1;
            let is_last = self.order.get(i + 1).is_none_or(|next| next.0 != id);
            if is_last || rows == R::TILE {
                let tile = Tile::new(simd, R::view(&self.tile, rows), false, bits.as_mut());
                aggregate.update(&mut partials[id as usize], &tile);
                rows = 0;
            }
        }
    }
}
