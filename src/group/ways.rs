//! How a chunk of rows is taken.
//!
//! # The definition
//!
//! `update` cuts its rows into *chunks* of 8,192, from its first row on. A chunk is taken in
//! one of three ways, which its ids, its values and the type of the aggregate decide, and
//! nothing else: so a result is a function of the rows, their ids, and of where `update` was
//! cut, on every backend.
//!
//! 1. **Runs.** Where the ids change so seldom that 16 rows or more have the same id on
//!    average, each run of equal ids goes to the aggregate by the tile, as a column of its own.
//! 2. **Cells.** Where the ids are few and lie close together (from the least to the greatest
//!    are at most 2,048, and a quarter of the rows), each has a cell: see [`table`](super::table).
//!    A sum in a cell is a plain one. When the chunk ends, the cells join the partials, in order
//!    of ids. Up to 64 ids have eight cells each; row `i` of the chunk goes to cell `i % 8`, and
//!    the eight are folded by halves.
//! 3. **Rows.** Else each row joins its partial by itself, in order. So do the rows of a chunk
//!    with values that cells cannot keep: `-0.0` (for sums and extrema), infinities (for
//!    extrema), and NaN (for extrema under a policy).
//!
//! That is for aggregates that are content with a [`Digest`], and tuples of these. Others, and
//! tuples with others, have their rows [partitioned](super::partition).
//!
//! # The bound of a float sum
//!
//! A run has the bound of a column, `24 u Σ|x|`. A cell adds up at most 8,192 rows. What cells,
//! and single rows, come to joins a pair `hi + lo` by Kahan's compensated addition (Higham,
//! *Accuracy and Stability of Numerical Algorithms*, 2002, equation 4.8), which has an error of
//! `2 u Σ|x|` however many they are. So, to first order in `u` = 2⁻⁵³,
//!
//! `|sum - exact| ≤ 8194 u · Σ|x|`
//!
//! whatever the number of rows: less than 10⁻¹² of `Σ|x|`. That is the worst case, of one
//! group that has nearly all rows beside many others that have few; for rows spread evenly
//! over `g` groups, it is `(8192 / g + 2) u`. Sums of `f32` are taken in `f64`, and rounded once.
//!
//! # Cost
//!
//! A plain loop, `sums[id] += x`, costs two cycles a row where the table lies in L1, and four
//! to ten where the groups are few, for each row then waits for the store of one shortly
//! before. Cells cost what the loop costs, and do not wait.

use super::digest::{Digest, Parts};
use super::partition::Scratch;
use super::table::{CELLS, Table};
use crate::aggregate::{Aggregate, by_tile};
use crate::backend::{Kernel, Simd};
use crate::group::Digested;
use crate::row::Row;
use core::marker::PhantomData;

/// Rows of a chunk.
pub(super) const CHUNK: usize = 8192;
/// Rows of a run, on average, from which on runs are worth a kernel each.
const RUN: usize = 16;
/// Rows for each cell, at least.
const ROWS_A_CELL: usize = 4;
/// Ids that have several cells, and how many these are.
const FEW: usize = 64;
const COPIES: usize = 8;
/// Bytes of partials from which on they are asked for ahead, and how many rows.
const FAR: usize = 1 << 18;
const AHEAD: usize = 24;

/// All rows of a call.
pub(super) struct Update<'g, 'i, 'c, A: Aggregate<R>, R: Row> {
    pub(super) aggregate: &'g A,
    pub(super) partials: &'g mut [A::Partial],
    pub(super) table: &'g mut Option<Table<R::Digest>>,
    pub(super) scratch: &'g mut Option<Scratch<R>>,
    pub(super) input: PhantomData<(&'i [u32], R::Column<'c>)>,
}

/// What decides how a chunk is taken.
struct Survey {
    least: u32,
    greatest: u32,
    /// Runs of equal ids.
    runs: usize,
}

impl Survey {
    #[inline(always)]
    fn of(ids: &[u32]) -> Self {
        let (mut least, mut greatest, mut changes) = (u32::MAX, 0, 0_u32);
        for &id in ids {
            least = if id < least { id } else { least };
            greatest = if id > greatest { id } else { greatest };
        }
        for i in 1..ids.len() {
            changes += u32::from(ids[i] != ids[i - 1]);
        }
        Self { least, greatest, runs: 1 + changes as usize }
    }

    /// From the least id to the greatest.
    #[inline(always)]
    fn span(&self) -> usize {
        (self.greatest - self.least) as usize + 1
    }
}

impl<'i, 'c, A: Aggregate<R>, R: Row> Kernel for Update<'_, 'i, 'c, A, R> {
    type Input = (&'i [u32], R::Column<'c>);
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(mut self, simd: S, (ids, mut column): (&'i [u32], R::Column<'c>)) {
        let Some(parts) = A::DIGEST else {
            let scratch = self.scratch.get_or_insert_with(Scratch::new);
            return scratch.update(simd, self.aggregate, self.partials, ids, column);
        };
        for ids in ids.chunks(CHUNK) {
            let (chunk, rest) = R::split_at(column, ids.len());
            column = rest;
            let survey = Survey::of(ids);
            let span = survey.span();
            if survey.runs * RUN <= ids.len() {
                self.runs(simd, ids, chunk);
            } else if span * ROWS_A_CELL <= ids.len()
                && span <= CELLS
                && are_tame::<R>(parts, chunk)
            {
                if span <= FEW {
                    self.cells::<COPIES>(parts, &survey, ids, chunk);
                } else {
                    self.cells::<1>(parts, &survey, ids, chunk);
                }
            } else {
                self.rows(simd, ids, chunk);
            }
        }
    }
}

/// Whether cells can keep all values of a column.
#[inline(always)]
fn are_tame<R: Row>(parts: Parts, column: R::Column<'_>) -> bool {
    let mut are = true;
    for row in 0..R::len(column) {
        // Without an early end, so that the loop is compiled to vector code.
        are &= match R::at(column, row).digest() {
            Some(value) => value.is_tame(parts),
            None => true,
        };
    }
    are
}

impl<A: Aggregate<R>, R: Row> Update<'_, '_, '_, A, R> {
    #[inline(always)]
    fn runs<S: Simd>(&mut self, simd: S, ids: &[u32], mut column: R::Column<'_>) {
        let mut at = 0;
        while at < ids.len() {
            let id = ids[at];
            let len = ids[at..].iter().position(|&other| other != id).unwrap_or(ids.len() - at);
            let (run, rest) = R::split_at(column, len);
            by_tile(self.aggregate, &mut self.partials[id as usize], simd, run);
            column = rest;
            at += len;
        }
    }

    #[inline(always)]
    fn cells<const COPIES: usize>(
        &mut self,
        parts: Parts,
        survey: &Survey,
        ids: &[u32],
        column: R::Column<'_>,
    ) {
        let table = self.table.get_or_insert_with(|| Table::new(parts));
        table.put::<R, COPIES>(parts, survey.least, ids, column);
        let ids = survey.least as usize..=survey.greatest as usize;
        for (group, partial) in self.partials[ids].iter_mut().enumerate() {
            self.aggregate.join(partial, &table.take::<R, COPIES>(parts, group, column));
        }
    }

    #[inline(always)]
    fn rows<S: Simd>(&mut self, simd: S, ids: &[u32], column: R::Column<'_>) {
        let is_far = size_of_val(self.partials) > FAR;
        assert!(R::len(column) == ids.len());
        for (row, &id) in ids.iter().enumerate() {
            if is_far && row + AHEAD < ids.len() {
                let later = ids[row + AHEAD] as usize * size_of::<A::Partial>();
                simd.prefetch(self.partials, later);
            }
            if let Some(value) = R::at(column, row).digest() {
                self.aggregate.join(&mut self.partials[id as usize], &Digest::of(value));
            }
        }
    }
}
