//! Aggregates over rows that come bit by bit.

use crate::aggregate::Aggregate;
use crate::backend::Backend;
use crate::block::Blocks;
use crate::column::{IntoColumn, LengthMismatch};
use crate::row::Row;
use crate::run;
use core::fmt;

/// Where cuts do not matter, columns of less than this part of a tile still go through the
/// buffer: to copy them costs less than a kernel for each.
const SHARE: usize = 4;

/// A partial, that of the block which is not complete, and a buffer of one tile in front of them.
///
/// Rows come one by one ([`push`](Self::push)), or by the column
/// ([`update`](Self::update)). Only whole tiles are folded into the partial, at
/// positions that depend on nothing but the number of rows; so the result has the same
/// bits as one call over all the rows, however they came. A pushed row costs a store;
/// whole tiles of a column are taken straight from the caller's memory, and so are parts of
/// tiles where [cuts do not matter](Aggregate::ANY_CUT).
///
/// The buffer is 8 KiB of values for each column, inline: no allocation. Where millions of partials are
/// kept, keep bare [`Aggregate::Partial`]s.
///
/// ```
/// use lanefold::{Aggregate, Count, Mean};
/// let mut stream = (Count, Mean).accumulator();
/// stream.push(1.0);
/// stream.update(&[2.0, 6.0])?;
/// assert_eq!(stream.finish(), (3, Some(3.0)));
/// # Ok::<(), lanefold::LengthMismatch>(())
/// ```
#[derive(Clone)]
pub struct Accumulator<A: Aggregate<R>, R: Row> {
    aggregate: A,
    blocks: Blocks<A::Partial>,
    buffer: R::Buffer,
    /// Rows in the buffer: fewer than a tile between calls.
    buffered: usize,
    /// Whether anything went on from the buffer, or past it, to the blocks.
    folded: bool,
    backend: Backend,
}

impl<A: Aggregate<R>, R: Row> Accumulator<A, R> {
    /// An accumulator without rows, on the backend [`Backend::best`].
    #[inline]
    pub fn new(aggregate: A) -> Self {
        Self::on(Backend::best(), aggregate)
    }

    /// An accumulator without rows, on a given backend.
    #[inline]
    pub fn on(backend: Backend, aggregate: A) -> Self {
        let blocks = Blocks::new(&aggregate);
        Self { aggregate, blocks, buffer: R::buffer(), buffered: 0, folded: false, backend }
    }

    /// Takes in one row.
    #[inline]
    pub fn push(&mut self, row: R) {
        R::put(&mut self.buffer, self.buffered, row);
        self.buffered += 1;
        if self.buffered == R::TILE {
            self.flush();
        }
    }

    /// Takes in the rows of a column.
    ///
    /// # Errors
    ///
    /// If the columns of a pair differ in length; no row is taken in then.
    pub fn update<'a, C>(&mut self, column: C) -> Result<(), LengthMismatch>
    where
        C: IntoColumn<'a, Row = R>,
    {
        let mut column = column.into_column()?;
        if A::ANY_CUT && R::len(column) >= R::TILE / SHARE {
            if self.buffered > 0 {
                self.flush();
            }
            self.blocks.update(&self.aggregate, self.backend, column);
            self.folded = true;
            return Ok(());
        }
        if self.buffered > 0 {
            let room = (R::TILE - self.buffered).min(R::len(column));
            let (first, rest) = R::split_at(column, room);
            R::copy(&mut self.buffer, self.buffered, first);
            self.buffered += room;
            column = rest;
            if self.buffered < R::TILE {
                return Ok(());
            }
            self.flush();
        }
        let (whole, rest) = R::split_at(column, R::len(column) / R::TILE * R::TILE);
        self.blocks.update(&self.aggregate, self.backend, whole);
        self.folded |= R::len(whole) > 0;
        R::copy(&mut self.buffer, 0, rest);
        self.buffered = R::len(rest);
        Ok(())
    }

    /// Takes in the rows of another accumulator of the same aggregate, after its own.
    ///
    /// Both are cut where they stand: what follows starts a new tile, and a
    /// new block. Merging one that has seen no rows changes nothing.
    pub fn merge(&mut self, other: &Self) {
        if other.folded || other.buffered > 0 {
            self.merge_partial(&other.partial());
        }
    }

    /// Takes in the rows of a partial of the same aggregate, after its own. What follows
    /// starts a new tile, and a new block, whatever the partial holds.
    pub fn merge_partial(&mut self, other: &A::Partial) {
        self.flush();
        self.blocks.merge(&self.aggregate, other);
    }

    /// The partial of all rows so far.
    #[must_use]
    pub fn partial(&self) -> A::Partial {
        let rows = R::view(&self.buffer, self.buffered);
        if !self.folded {
            let mut partial = self.aggregate.identity();
            run::update(&self.aggregate, &mut partial, self.backend, rows);
            return partial;
        }
        let mut blocks = self.blocks.clone();
        blocks.update(&self.aggregate, self.backend, rows);
        blocks.join(&self.aggregate)
    }

    /// The result for all rows so far. More rows may follow. Few rows may be worked out on a lower backend
    /// than [`Backend::best`], where that is faster: the bits are the same.
    #[must_use]
    pub fn finish(&self) -> A::Output {
        if !self.folded {
            // As one call would: less than a tile is at hand as a column.
            let column = R::view(&self.buffer, self.buffered);
            let mut backend = self.backend;
            if backend == Backend::best() {
                // Plain code may leave the work to a kernel of the best backend.
                if let Some(output) = self.aggregate.short(column) {
                    return output;
                }
                backend = self.aggregate.backend_for(backend, column);
            }
            return run::whole(&self.aggregate, backend, &column);
        }
        self.aggregate.finish_owned(self.partial())
    }

    fn flush(&mut self) {
        let rows = R::view(&self.buffer, self.buffered);
        self.blocks.update(&self.aggregate, self.backend, rows);
        self.buffered = 0;
        self.folded = true;
    }
}

impl<A, R> fmt::Debug for Accumulator<A, R>
where
    A: Aggregate<R, Partial: fmt::Debug> + fmt::Debug,
    R: Row,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Accumulator")
            .field("aggregate", &self.aggregate)
            .field("blocks", &self.blocks)
            .field("buffered", &self.buffered)
            .field("backend", &self.backend)
            .finish_non_exhaustive()
    }
}
