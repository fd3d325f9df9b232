//! Groups that several threads work out (feature `rayon`).
//!
//! A row is taken the [way](super::ways) that one thread takes it, and a partial sees what it
//! would see of one thread, in the same order. So neither the number of threads, nor which of
//! them was faster, is seen in the bits.
//!
//! 1. Threads survey chunks. Together that is the survey of the call, and where it finds an id
//!    that is too great, nothing was written yet.
//! 2. What cells come to does not depend on partials. So threads fill them chunk by chunk, each
//!    in a table of its own, and leave digests.
//! 3. Then the partials are shared out: each thread has those of a range of ids, and goes
//!    through all chunks in order. It joins digests, and takes runs and rows, of its range, and
//!    passes over the others. Ranges have as many rows each, as far as some of the ids tell.
//!
//! 2 and 3 take turns, [`ROUND`] chunks at a time or fewer, so that digests are few. Where no chunk
//! has cells, all chunks are one round: a round of sorted ids may be of one group, and of one
//! thread then.
//!
//! To pass over an id costs a cycle or two, in a loop without branches that leaves the places of
//! the others; to look at all ids in each thread is less than to put them into order first, up to
//! ten threads or so.

use super::digest::{Digest, Parts};
use super::error::GroupError;
use super::grouped::Grouped;
use super::partition::Scratch;
use super::survey::{Look, Survey, Way, joined};
use super::table::{COPIES, FEW, Table};
use super::ways::{AHEAD, CHUNK, Doubt, FAR, ask_ahead, join_row, rows_a_join, runs, wrong_id};
use crate::aggregate::Aggregate;
use crate::backend::{Kernel, Simd, dispatch};
use crate::column::IntoColumn;
use crate::number::Number;
use crate::row::Row;
use alloc::vec::Vec;
use core::marker::PhantomData;
use core::ops::Range;
use rayon::iter::{
    IndexedParallelIterator, IntoParallelIterator, IntoParallelRefMutIterator, ParallelIterator,
};

/// Chunks from which on threads share the work.
const LEAST: usize = 8;

/// Chunks of a round, at most, and digests of all its chunks, about.
const ROUND: usize = 64;
const DIGESTS: usize = 1 << 16;

/// Ids that are looked at to share out the partials.
const SAMPLE: usize = 256;

impl<A: Aggregate<R>, R: Row> Grouped<A, R> {
    /// Takes in a column as [`update`](Self::update) does, by several threads (feature
    /// `rayon`), which run on the thread pool of `rayon` that the caller is in, or else on the
    /// global one.
    ///
    /// The results have the bits of [`update`](Self::update) of the same rows, whatever the number
    /// of threads. Fewer than 262,144 rows are taken in by the caller's thread. A panic of an
    /// aggregate of your own comes out of the call, and rows may be lost then.
    ///
    /// - **Cost**: as of [`update`](Self::update), and each thread looks at all ids. Memory for
    ///   each thread's cells, and for what cells come to, at most 14 MB, is taken for the time of
    ///   the call. It is for aggregates that cost some nanoseconds a row: two cores of
    ///   a virtual machine (Zen 3) took in 30 million rows 1.2 to 1.9 times as fast as one for
    ///   [`Variance`](crate::Variance), 1.1 to 1.5 times for count, sum and extremes together, and
    ///   0.7 to 1.4 times for [`Sum`](crate::Sum), whose rows wait for memory; a million rows of
    ///   [`Sum`](crate::Sum) in 16 groups took twice as long as by one thread.
    ///
    /// ```
    /// use lanefold::{Grouped, Mean, StdDev};
    /// let ids: Vec<u32> = (0..1_000_000).map(|i| i % 1000).collect();
    /// let values: Vec<f64> = (0..1_000_000).map(|i| f64::from(i).sqrt()).collect();
    /// let mut groups = Grouped::new((Mean, StdDev::sample()));
    /// groups.resize(1000);
    /// let mut alone = groups.clone();
    /// groups.par_update(&ids, &values)?;
    /// alone.update(&ids, &values)?;
    /// assert!(groups.finish().eq(alone.finish()));
    /// # Ok::<(), lanefold::GroupError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If an id is not that of a group, or if there is not one for each row. No row is taken
    /// in then.
    pub fn par_update<'a, C>(&mut self, ids: &[u32], column: C) -> Result<(), GroupError>
    where
        C: IntoColumn<'a, Row = R>,
        R::Column<'a>: Sync,
        A: Sync,
        A::Partial: Send,
    {
        let column = column.into_column()?;
        let chunks = ids.len().div_ceil(CHUNK);
        // To ask for the number of threads would start the pool.
        if ids.len() < LEAST * CHUNK
            || R::len(column) != ids.len()
            || rayon::current_num_threads() == 1
        {
            return self.update_column(ids, column);
        }
        let (aggregate, partials, backend) = self.fields();
        let look = |i: usize| dispatch(backend, Look(PhantomData), &&ids[rows_of(i, ids.len())]);
        let surveys: Vec<Survey> = (0..chunks).into_par_iter().map(look).collect();
        let call = joined(&surveys, ids);
        if call.greatest as usize >= partials.len() {
            return Err(wrong_id(ids, partials.len()));
        }
        let (way, groups) = (call.way(ids.len()), partials.len());
        let has_cells = const { A::DIGEST.is_some() } && way != Way::Runs;
        let of_cells = |survey: &Survey| survey.way(CHUNK) == Way::Cells;
        let spans = surveys.iter().filter(|survey| of_cells(survey)).map(Survey::span);
        let most = if way == Way::Cells { Some(call.span()) } else { spans.max() };
        let round = (DIGESTS / most.unwrap_or(1)).clamp(1, ROUND);
        let round = if has_cells { round } else { chunks };
        let slot = || Slot { left: Left::Runs, joins: Joins::default() };
        let mut slots: Vec<Slot<R::Digest>> = (0..round.min(chunks)).map(|_| slot()).collect();
        for first in (0..chunks).step_by(round) {
            let all = first..(first + round).min(chunks);
            let rows = first * CHUNK..(all.end * CHUNK).min(ids.len());
            let fill = |table: &mut Table<R::Digest>, (slot, i): (&mut Slot<R::Digest>, usize)| {
                let own = way == Way::Rows;
                let survey = if own { surveys[i] } else { call };
                let rows = rows_of(i, ids.len());
                let way = if own { survey.way(rows.len()) } else { way };
                let joins = &mut slot.joins;
                let fill = Fill::<A, R> { table, joins, way, survey, input: PhantomData };
                slot.left =
                    dispatch(backend, fill, &(&ids[rows.clone()], part::<R>(column, &rows)));
            };
            if has_cells {
                let slots = slots.par_iter_mut().with_min_len(2).zip(all);
                slots.for_each_init(|| table::<A, R>(groups), fill);
            }
            let (ids, rows) = (&ids[rows.clone()], part::<R>(column, &rows));
            shares(ids, partials).into_par_iter().for_each(|(base, partials)| {
                let slots = &slots[..];
                let share = Share { aggregate, partials, base, slots, input: PhantomData };
                dispatch(backend, share, &(ids, rows));
            });
        }
        Ok(())
    }
}

/// Rows of a chunk.
fn rows_of(chunk: usize, rows: usize) -> Range<usize> {
    chunk * CHUNK..(chunk * CHUNK + CHUNK).min(rows)
}

/// These rows of a column.
fn part<'c, R: Row>(column: R::Column<'c>, rows: &Range<usize>) -> R::Column<'c> {
    R::split_at(R::split_at(column, rows.start).1, rows.len()).0
}

/// A thread's cells.
fn table<A: Aggregate<R>, R: Row>(groups: usize) -> Table<R::Digest> {
    let mut table = Table::new();
    table.reserve(const { Parts::of(A::DIGEST) }, groups);
    table
}

/// What is left to do with a chunk.
enum Left {
    /// To join the digests of all ids of a range, again and again.
    Digests(Range<usize>),
    Runs,
    Rows,
}

/// A chunk of a round. The memory of digests serves the next round, too.
struct Slot<T: Number> {
    left: Left,
    joins: Joins<T>,
}

/// What cells come to.
struct Joins<T: Number> {
    /// Those of all ids of a range, again and again.
    digests: Vec<Digest<T>>,
    /// The group, if there is one, from which on rows join one by one, each time.
    wild: Vec<Option<u32>>,
}

impl<T: Number> Default for Joins<T> {
    fn default() -> Self {
        Self { digests: Vec::new(), wild: Vec::new() }
    }
}

/// Fills cells with a chunk, if they are its way.
struct Fill<'t, 'i, 'c, A, R: Row> {
    table: &'t mut Table<R::Digest>,
    joins: &'t mut Joins<R::Digest>,
    way: Way,
    survey: Survey,
    input: PhantomData<(A, &'i [u32], R::Column<'c>)>,
}

impl<'i, 'c, A: Aggregate<R>, R: Row> Kernel for Fill<'_, 'i, 'c, A, R> {
    type Input = (&'i [u32], R::Column<'c>);
    type Output = Left;

    #[inline(always)]
    fn run<S: Simd>(mut self, simd: S, (ids, column): Self::Input) -> Left {
        let parts = const { Parts::of(A::DIGEST) };
        match self.way {
            Way::Runs => Left::Runs,
            Way::Cells => {
                if self.survey.span() <= FEW {
                    self.fill::<S, COPIES>(simd, parts, ids, column);
                } else {
                    self.fill::<S, 1>(simd, parts, ids, column);
                }
                let first = self.survey.least as usize;
                Left::Digests(first..first + self.survey.span())
            }
            Way::Rows => Left::Rows,
        }
    }
}

impl<A, R: Row> Fill<'_, '_, '_, A, R> {
    #[inline(always)]
    fn fill<S: Simd, const COPIES: usize>(
        &mut self,
        simd: S,
        parts: Parts,
        ids: &[u32],
        column: R::Column<'_>,
    ) {
        let (span, rows_a_join) = (self.survey.span(), rows_a_join(self.survey.span()));
        let Joins { digests, wild } = &mut *self.joins;
        digests.clear();
        wild.clear();
        digests.reserve(ids.len().div_ceil(rows_a_join) * span);
        let mut rest = column;
        for ids in ids.chunks(rows_a_join) {
            let rows;
            (rows, rest) = R::split_at(rest, ids.len());
            self.table.put::<S, R, COPIES>(simd, parts, ids, rows);
            let mut doubt = Doubt::NONE;
            // Not by an iterator's closure, which would be compiled apart, for no CPU's features.
            for id in self.survey.least..=self.survey.greatest {
                let digest = self.table.take::<R, COPIES>(parts, id, rows);
                doubt.ask::<R>(parts, id, &digest, rows);
                digests.push(digest);
            }
            wild.push(doubt.first);
        }
    }
}

/// The partials, in ranges of ids with as many rows each, and the first id of each.
fn shares<'p, P>(ids: &[u32], mut partials: &'p mut [P]) -> Vec<(u32, &'p mut [P])> {
    let mut some: Vec<u32> = ids.iter().step_by(ids.len().div_ceil(SAMPLE)).copied().collect();
    some.sort_unstable();
    let threads = rayon::current_num_threads();
    let (mut shares, mut base) = (Vec::with_capacity(threads), 0);
    for thread in 1..threads {
        // However many its rows are, a group has one thread.
        let cut = some[thread * some.len() / threads];
        if cut > base {
            let share;
            (share, partials) = partials.split_at_mut((cut - base) as usize);
            shares.push((base, share));
            base = cut;
        }
    }
    shares.push((base, partials));
    shares
}

/// What is left to do with all chunks, for the partials of some ids.
struct Share<'g, 'i, 'c, A: Aggregate<R>, R: Row> {
    aggregate: &'g A,
    partials: &'g mut [A::Partial],
    base: u32,
    slots: &'g [Slot<R::Digest>],
    input: PhantomData<(&'i [u32], R::Column<'c>)>,
}

impl<'i, 'c, A: Aggregate<R>, R: Row> Kernel for Share<'_, 'i, 'c, A, R> {
    type Input = (&'i [u32], R::Column<'c>);
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S, (ids, mut column): Self::Input) {
        let Self { aggregate, partials, base, slots, .. } = self;
        let mut picked = Vec::new();
        let mut scratch = const { A::DIGEST.is_none() }.then(Scratch::<R>::new);
        for (ids, slot) in ids.chunks(CHUNK).zip(slots) {
            let (chunk, rest) = R::split_at(column, ids.len());
            column = rest;
            if let Some(scratch) = &mut scratch {
                if ids.is_sorted() {
                    runs(simd, aggregate, partials, base, ids, chunk);
                } else {
                    let picked = pick(&mut picked, ids, base, partials.len());
                    scratch.update_some(simd, aggregate, partials, picked, chunk);
                }
                continue;
            }
            match &slot.left {
                Left::Runs => runs(simd, aggregate, partials, base, ids, chunk),
                Left::Digests(all) => {
                    join::<A, R>(aggregate, partials, base, all, &slot.joins, ids, chunk);
                }
                Left::Rows => {
                    let picked = pick(&mut picked, ids, base, partials.len());
                    rows(simd, aggregate, partials, picked, chunk);
                }
            }
        }
    }
}

/// Finds the ids of a share, counted from its first, and their places in a chunk.
#[inline(always)]
fn pick<'p>(
    picked: &'p mut Vec<(u32, u32)>,
    ids: &[u32],
    base: u32,
    groups: usize,
) -> &'p [(u32, u32)] {
    // At the first time; then there is room.
    picked.resize(CHUNK, (0, 0));
    let picked: &mut [_; CHUNK] = (&mut picked[..]).try_into().expect("room for a chunk");
    let mut len = 0;
    for (row, &id) in ids.iter().enumerate() {
        let id = id.wrapping_sub(base);
        // Without a branch, which would be guessed wrong.
        picked[len % CHUNK] = (id, row as u32);
        len += usize::from((id as usize) < groups);
    }
    &picked[..len]
}

/// Joins each of these rows by itself.
#[inline(always)]
fn rows<A: Aggregate<R>, R: Row, S: Simd>(
    simd: S,
    aggregate: &A,
    partials: &mut [A::Partial],
    picked: &[(u32, u32)],
    column: R::Column<'_>,
) {
    let is_far = size_of_val(partials) > FAR;
    for (i, &(id, row)) in picked.iter().enumerate() {
        if is_far {
            // The last rows ask for their own.
            ask_ahead(simd, partials, picked[(i + AHEAD).min(picked.len() - 1)].0);
        }
        join_row(aggregate, &mut partials[id as usize], R::at(column, row as usize));
    }
}

/// Joins the digests of a share, or the rows where these are wild.
#[inline(always)]
fn join<A: Aggregate<R>, R: Row>(
    aggregate: &A,
    partials: &mut [A::Partial],
    base: u32,
    all: &Range<usize>,
    joins: &Joins<R::Digest>,
    ids: &[u32],
    mut column: R::Column<'_>,
) {
    let base = base as usize;
    let (from, to) = (all.start.max(base), all.end.min(base + partials.len()));
    if from >= to {
        return;
    }
    let digests = joins.digests.chunks(all.len()).zip(&joins.wild);
    for ((digests, wild), ids) in digests.zip(ids.chunks(rows_a_join(all.len()))) {
        let (rows, rest) = R::split_at(column, ids.len());
        column = rest;
        let end = wild.map_or(to, |first| (first as usize).clamp(from, to));
        let digests = &digests[from - all.start..end - all.start];
        for (partial, digest) in partials[from - base..end - base].iter_mut().zip(digests) {
            aggregate.join(partial, digest);
        }
        if end < to {
            for (row, &id) in ids.iter().enumerate() {
                if (end..to).contains(&(id as usize)) {
                    join_row(aggregate, &mut partials[id as usize - base], R::at(rows, row));
                }
            }
        }
    }
}
