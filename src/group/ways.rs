//! How a chunk of rows is taken.
//!
//! # The definition
//!
//! `update` cuts its rows into *chunks* of 32,768, from its first row on. A chunk is taken in
//! one of three ways, which the ids of the call, the values of the chunk, and the type of the
//! aggregate decide, and nothing else: so a result is a function of the rows, their ids, and of
//! where `update` was cut, on every backend. Where the ids of the whole call allow one of the
//! first two ways, it is the way of all chunks; else each chunk's ids are asked.
//!
//! 1. **Runs.** Where the ids change so seldom that 16 rows or more have the same id on
//!    average, each run of equal ids goes to the aggregate by the tile, as a column of its own.
//! 2. **Cells.** Where the ids are few and lie close together (from the least to the greatest
//!    are `n`, at most 8,192, and at most a quarter of the rows of the call, or of the chunk),
//!    each has a cell: see [`table`](super::table). A sum in a cell is a plain one. After each
//!    `64 n` rows, but not fewer than 512, and at the end of the chunk, cells join the partials,
//!    in order of ids. Up to 64 ids have eight cells each; row `i` since the last join goes to
//!    cell `i % 8`, and the eight are folded by halves.
//! 3. **Rows.** Else each row joins its partial by itself, in order.
//!
//! Some values look in a cell like no row at all, or like each other: `-0.0` (for sums and
//! extrema), infinities (for extrema), and NaN (for extrema under a policy). Where a cell's sum is
//! `-0.0`, or its extreme a zero or none (or there is a policy), the values since the last join
//! are looked at; and if there are such among them, the rows of this group, and of those after it,
//! do not join as cells, but one by one. So a value is read once, as a rule.
//!
//! That is for aggregates that are content with a [`Digest`], and tuples of these. Others, and
//! tuples with others, have their rows [partitioned](super::partition).
//!
//! # The bound of a float sum
//!
//! A run has the bound of a column, `24 u Σ|x|`. What cells, and single rows, come to joins a
//! pair `hi + lo` by Kahan's compensated addition (Higham, *Accuracy and Stability of Numerical
//! Algorithms*, 2002, equation 4.8), which has an error of `2 u Σ|x|` however many they are. A
//! cell of up to 64 ids adds up at most 512 rows, and passes through 3 additions more; one of
//! more ids adds up at most 32,768. So, to first order in `u` = 2⁻⁵³,
//!
//! `|sum - exact| ≤ 32770 u · Σ|x|`
//!
//! whatever the number of rows: less than 4 · 10⁻¹² of `Σ|x|`. It is `517 u` for up to 64
//! ids, and the worst case is one group that has nearly all rows beside a thousand others; for
//! rows spread evenly cells add up 64 rows or so. Sums of `f32` are taken in `f64`, but in runs.
//!
//! # Cost
//!
//! A plain loop, `sums[id] += x`, costs two cycles a row where the table lies in L1, and four
//! to ten where the groups are few, for each row then waits for the store of one shortly
//! before (measured on Zen 3). Cells cost a little less than the loop, and do not wait; what comes
//! on top is to look at ids twice, a tenth, and a join for each 64 rows, or fewer in short calls.
//!
//! So, on Zen 3 with AVX2, a sum by group is this many times as fast as the plain loop (which
//! takes 0.57 to 0.78 ns a row in L2, as the compiler happens to lay it out):
//!
//! | rows | 4, 64, 1,000 groups, mixed | 100,000, mixed | 4, 64, 1,000, sorted |
//! | --- | --- | --- | --- |
//! | 16,384 | 1.8, 0.8, 0.8 | 0.5 | 15, 11, 1.2 |
//! | 1,000,000 | 1.6, 0.9, 0.9 | 0.5 | 6, 7, 5.5 |
//!
//! Where it is slower: a group of 16 rows in a call costs a join for these; and with 100,000
//! groups and more, a partial with what additions have lost is twice as large as the loop's, so
//! that fewer of them lie in L2.

use super::digest::{Digest, Parts};
use super::error::GroupError;
use super::partition::Scratch;
use super::survey::{Survey, Way};
use super::table::{COPIES, FEW, Table};
use crate::aggregate::Aggregate;
use crate::backend::{Kernel, Simd};
use crate::group::Digested;
use crate::row::Row;
use crate::tile::Tile;
use core::marker::PhantomData;
use core::slice;

/// Rows of a chunk.
pub(super) const CHUNK: usize = 1 << 15;
/// Rows for each id after which cells join the partials, and the least in all.
const ROWS_A_JOIN: usize = 64;
const LEAST_ROWS: usize = 512;
/// Bytes of partials from which on they are asked for ahead, and how many rows.
pub(super) const FAR: usize = 1 << 18;
pub(super) const AHEAD: usize = 24;

/// All rows of a call.
pub(super) struct Update<'g, 'i, 'c, A: Aggregate<R>, R: Row> {
    pub(super) aggregate: &'g A,
    pub(super) partials: &'g mut [A::Partial],
    pub(super) table: &'g mut Table<R::Digest>,
    pub(super) scratch: &'g mut Option<Scratch<R>>,
    pub(super) input: PhantomData<(&'i [u32], R::Column<'c>)>,
}

/// The first id that is too great.
#[cold]
#[inline(never)]
pub(super) fn wrong_id(ids: &[u32], groups: usize) -> GroupError {
    let row = ids.iter().position(|&id| id as usize >= groups).unwrap_or(0);
    GroupError::Id { row, id: ids[row], groups }
}

/// Fails for the first id that is too great.
pub(super) fn check(ids: &[u32], groups: usize) -> Result<(), GroupError> {
    let is_wrong = ids.iter().any(|&id| id as usize >= groups);
    if is_wrong { Err(wrong_id(ids, groups)) } else { Ok(()) }
}

impl<'i, 'c, A: Aggregate<R>, R: Row> Kernel for Update<'_, 'i, 'c, A, R> {
    type Input = (&'i [u32], R::Column<'c>);
    type Output = Result<(), GroupError>;

    #[inline(always)]
    fn run<S: Simd>(
        mut self,
        simd: S,
        (ids, mut column): (&'i [u32], R::Column<'c>),
    ) -> Self::Output {
        if ids.is_empty() {
            return Ok(());
        }
        let call = Survey::of(simd, ids);
        if call.greatest as usize >= self.partials.len() {
            return Err(wrong_id(ids, self.partials.len()));
        }
        // Known at compile time: the other half is not compiled.
        if const { A::DIGEST.is_none() } {
            let scratch = self.scratch.get_or_insert_with(Scratch::new);
            scratch.update(simd, self.aggregate, self.partials, ids, column);
            return Ok(());
        }
        let parts = const { Parts::of(A::DIGEST) };
        let way = call.way(ids.len());
        for ids in ids.chunks(CHUNK) {
            let (chunk, rest) = R::split_at(column, ids.len());
            column = rest;
            // A call as a whole, or else each chunk.
            let survey = if way == Way::Rows { Survey::of(simd, ids) } else { call };
            let way = if way == Way::Rows { survey.way(ids.len()) } else { way };
            match way {
                Way::Runs => runs(simd, self.aggregate, self.partials, 0, ids, chunk),
                Way::Cells if survey.span() <= FEW => {
                    self.cells::<S, COPIES>(simd, parts, &survey, ids, chunk);
                }
                Way::Cells => self.cells::<S, 1>(simd, parts, &survey, ids, chunk),
                Way::Rows => self.rows(simd, ids, chunk),
            }
        }
        Ok(())
    }
}

/// The rows of the first id.
#[inline(always)]
fn run(ids: &[u32]) -> usize {
    let (blocks, _) = ids.as_chunks::<32>();
    let mut len = 0;
    for block in blocks {
        // Without an early end, so that the loop is compiled to vector code.
        let mut others = 0;
        for &id in block {
            others |= id ^ ids[0];
        }
        if others != 0 {
            break;
        }
        len += block.len();
    }
    while len < ids.len() && ids[len] == ids[0] {
        len += 1;
    }
    len
}

/// Rows after which cells of so many ids join the partials.
#[inline(always)]
pub(super) fn rows_a_join(span: usize) -> usize {
    (span * ROWS_A_JOIN).max(LEAST_ROWS)
}

/// Takes each run of equal ids into the partial of its group, as a column of its own. The
/// partials are those of the ids from `base` on, and other runs are passed over.
#[inline(always)]
pub(super) fn runs<A: Aggregate<R>, R: Row, S: Simd>(
    simd: S,
    aggregate: &A,
    partials: &mut [A::Partial],
    base: u32,
    ids: &[u32],
    mut column: R::Column<'_>,
) {
    let mut at = 0;
    while at < ids.len() {
        let id = ids[at];
        let len = run(&ids[at..]);
        let (rows, rest) = R::split_at(column, len);
        if let Some(partial) = partials.get_mut(id.wrapping_sub(base) as usize) {
            by_tile(aggregate, partial, simd, rows);
        }
        column = rest;
        at += len;
    }
}

/// Takes a column into a partial by the tile. One call of a kernel, not two: it is compiled
/// here for each aggregate of each group.
#[inline(always)]
fn by_tile<A: Aggregate<R>, R: Row, S: Simd>(
    aggregate: &A,
    partial: &mut A::Partial,
    simd: S,
    mut column: R::Column<'_>,
) {
    let mut bits = R::NO_BITS;
    while R::len(column) > 0 {
        let (tile, rest) = R::split_at(column, R::TILE.min(R::len(column)));
        aggregate.update(partial, &Tile::new(simd, tile, false, bits.as_mut()));
        column = rest;
    }
}

/// Whether the rows since a join have values that cells cannot keep: they are looked at where a
/// cell is in doubt for the first time.
pub(super) struct Doubt {
    looked: bool,
    /// The group from which on the rows join one by one.
    pub(super) first: Option<u32>,
}

impl Doubt {
    pub(super) const NONE: Self = Self { looked: false, first: None };

    #[inline(always)]
    pub(super) fn ask<R: Row>(
        &mut self,
        parts: Parts,
        id: u32,
        digest: &Digest<R::Digest>,
        rows: R::Column<'_>,
    ) {
        if !self.looked && digest.is_in_doubt(parts) {
            self.looked = true;
            self.first = (!are_tame::<R>(parts, rows)).then_some(id);
        }
    }
}

/// Joins a row by itself, if it is not null.
#[inline(always)]
pub(super) fn join_row<A: Aggregate<R>, R: Row>(aggregate: &A, partial: &mut A::Partial, row: R) {
    if let Some(value) = row.digest() {
        aggregate.join(partial, &Digest::of(value));
    }
}

/// Asks for the partial of a row that comes later.
#[inline(always)]
pub(super) fn ask_ahead<S: Simd, P>(simd: S, partials: &[P], id: u32) {
    let later = slice::from_ref(&partials[id as usize]);
    simd.prefetch(later, 0);
    if const { !size_of::<P>().is_power_of_two() } {
        // It may end in the next line.
        simd.prefetch(later, size_of::<P>() - 1);
    }
}

/// Whether cells can keep all values of a column.
#[inline(always)]
fn are_tame<R: Row>(parts: Parts, column: R::Column<'_>) -> bool {
    let mut wild = <R::Digest as Digested>::Wild::default();
    for row in 0..R::len(column) {
        // Without an early end, so that the loop is compiled to vector code.
        if let Some(value) = R::at(column, row).digest() {
            wild = wild | value.wild(parts);
        }
    }
    wild == Default::default()
}

impl<A: Aggregate<R>, R: Row> Update<'_, '_, '_, A, R> {
    #[inline(always)]
    fn cells<S: Simd, const COPIES: usize>(
        &mut self,
        simd: S,
        parts: Parts,
        survey: &Survey,
        ids: &[u32],
        column: R::Column<'_>,
    ) {
        let mut rest = column;
        for ids in ids.chunks(rows_a_join(survey.span())) {
            let rows;
            (rows, rest) = R::split_at(rest, ids.len());
            self.table.put::<S, R, COPIES>(simd, parts, ids, rows);
            let mut doubt = Doubt::NONE;
            for id in survey.least..=survey.greatest {
                let digest = self.table.take::<R, COPIES>(parts, id, rows);
                doubt.ask::<R>(parts, id, &digest, rows);
                // The cells of the others are emptied all the same.
                if doubt.first.is_none() {
                    self.aggregate.join(&mut self.partials[id as usize], &digest);
                }
            }
            if let Some(first) = doubt.first {
                self.rows_from(first, ids, rows);
            }
        }
    }

    /// Takes the rows of the groups from one on, one by one.
    #[cold]
    #[inline(never)]
    fn rows_from(&mut self, first: u32, ids: &[u32], column: R::Column<'_>) {
        for (row, &id) in ids.iter().enumerate() {
            if id >= first {
                self.row(id, column, row);
            }
        }
    }

    #[inline(always)]
    fn rows<S: Simd>(&mut self, simd: S, ids: &[u32], column: R::Column<'_>) {
        let mut start = 0;
        if size_of_val(self.partials) > FAR && ids.len() > AHEAD {
            start = ids.len() - AHEAD;
            let (rows, _) = R::split_at(column, start);
            for (row, (&id, &later)) in ids.iter().zip(&ids[AHEAD..]).enumerate() {
                ask_ahead(simd, self.partials, later);
                self.row(id, rows, row);
            }
        }
        for row in start..ids.len() {
            self.row(ids[row], column, row);
        }
    }

    #[inline(always)]
    fn row(&mut self, id: u32, column: R::Column<'_>, row: usize) {
        join_row(self.aggregate, &mut self.partials[id as usize], R::at(column, row));
    }
}
