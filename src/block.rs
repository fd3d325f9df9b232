//! Blocks: where a long column is cut, so that it may be taken up in parallel.
//!
//! Where the bits of a result depend on the cuts, a column is cut into *blocks* of
//! [`TILES`] tiles, 512 KiB of values. The first tile of a block starts from the identity,
//! and the partials of blocks merge in order, the first with the second, and what comes of
//! that with the third. So each block can be worked on by itself, on any thread, and the
//! bits are those of one thread after the other.
//!
//! 1. A column of one block sees no merge.
//! 2. Streams cut where columns do: after so many rows, however they came. A partial that
//!    is merged into a stream is a cut of its own, and what follows starts a block.
//! 3. What does not depend on cuts ([`Aggregate::ANY_CUT`]) goes on from block to block, and
//!    so does what would rather not merge ([`Aggregate::ONE_BLOCK`]). Members of a tuple
//!    each do as they would alone.
//!
//! Why 64 tiles? A merge takes some nanoseconds, a dispatch less than one, and a block of `f64` at
//! the speed of DRAM 15,000: a sum of a million values took 1.01 and 1.02 times what it took
//! without blocks, and a variance 0.97 and 0.99 times, in two runs on a busy machine, whose noise
//! is as large. Other sizes were not measured. Blocks of a few tiles would be seen where threads
//! take them up; more than 64 would leave columns of some megabytes to one thread.

use crate::aggregate::Aggregate;
use crate::backend::Backend;
use crate::row::Row;
use crate::run::update;

/// Tiles of a block. Part of the meaning of every float sum, as the stripe is.
pub(crate) const TILES: usize = 64;

/// Rows of a block.
pub(crate) const fn rows<R: Row>() -> usize {
    TILES * R::TILE
}

/// The partial of a column of more than a block.
#[inline(never)]
pub(crate) fn many<A: Aggregate<R>, R: Row>(
    aggregate: &A,
    backend: Backend,
    column: R::Column<'_>,
) -> A::Partial {
    let mut blocks = Blocks::new(aggregate);
    blocks.update(aggregate, backend, column);
    blocks.join(aggregate)
}

/// The partial of the blocks that are complete, and that of the one which is not.
#[derive(Clone, Debug)]
pub(crate) struct Blocks<P> {
    total: P,
    block: P,
    /// Tiles in the block.
    tiles: usize,
    /// Whether anything came before the block.
    joined: bool,
}

impl<P> Blocks<P> {
    pub(crate) fn new<A: Aggregate<R, Partial = P>, R: Row>(aggregate: &A) -> Self {
        let (total, block) = (aggregate.identity(), aggregate.identity());
        Self { total, block, tiles: 0, joined: false }
    }

    /// Takes in rows: whole tiles, but for the last before a merge or the end.
    pub(crate) fn update<A: Aggregate<R, Partial = P>, R: Row>(
        &mut self,
        aggregate: &A,
        backend: Backend,
        mut column: R::Column<'_>,
    ) {
        if const { A::ANY_CUT } {
            return update(aggregate, &mut self.block, backend, column);
        }
        while R::len(column) > 0 {
            if self.tiles == TILES {
                self.cut(aggregate);
            }
            let room = (TILES - self.tiles) * R::TILE;
            let (now, rest) = R::split_at(column, R::len(column).min(room));
            update(aggregate, &mut self.block, backend, now);
            self.tiles += R::len(now).div_ceil(R::TILE);
            column = rest;
        }
    }

    /// Takes in a partial. What follows starts a block.
    pub(crate) fn merge<A: Aggregate<R, Partial = P>, R: Row>(&mut self, aggregate: &A, other: &P) {
        aggregate.end_block(&mut self.total, &mut self.block);
        aggregate.merge(&mut self.total, other);
        aggregate.begin_block(&mut self.total, &mut self.block);
        self.tiles = 0;
        self.joined = true;
    }

    /// Starts a block.
    fn cut<A: Aggregate<R, Partial = P>, R: Row>(&mut self, aggregate: &A) {
        aggregate.end_block(&mut self.total, &mut self.block);
        aggregate.begin_block(&mut self.total, &mut self.block);
        self.tiles = 0;
        self.joined = true;
    }

    /// The partial of all rows.
    pub(crate) fn join<A: Aggregate<R, Partial = P>, R: Row>(mut self, aggregate: &A) -> P {
        if !self.joined {
            return self.block;
        }
        aggregate.end_block(&mut self.total, &mut self.block);
        self.total
    }
}
