//! Parallel results (feature `rayon`).
//!
//! A column is cut where one thread cuts it: see [`block`](crate::block). Threads take blocks
//! as they come, each from the identity, and the partials merge in the order of the rows on
//! the thread that called. So neither the number of threads, nor which of them was
//! faster, is seen in the bits.
//!
//! 1. Partials wait until those before them are there: at most [`AT_ONCE`] of them, however
//!    long the column.
//! 2. What does not depend on cuts needs no blocks: it is cut into a few pieces for each
//!    thread, so that large partials, as those of sketches, are few.
//! 3. Columns of fewer than [`FEW`] blocks do not come near the pool. To wake its threads, and
//!    to wait for them, took 10 to 30 microseconds; in that time one thread sums up two blocks.
//!    With two threads, sums came out even at a million `f64`, and histograms gained from
//!    200,000 on.
//!
//! What is left to one thread: aggregates with [`Aggregate::WHOLE`], the quantiles, which
//! look at a column several times and keep nothing; and those with [`Aggregate::ONE_BLOCK`].

use crate::aggregate::Aggregate;
use crate::backend::Backend;
use crate::block;
use crate::column::{IntoColumn, LengthMismatch};
use crate::row::Row;
use crate::run::{update, whole};
use alloc::vec::Vec;
use rayon::iter::{IntoParallelIterator, ParallelIterator};

/// Blocks from which on threads share the work.
const FEW: usize = 8;

/// Partials that are kept at once.
const AT_ONCE: usize = 1024;

/// Pieces for each thread, where cuts do not matter.
const PIECES: usize = 4;

/// Results that several threads work out, as methods of the aggregates (feature `rayon`).
///
/// They run on the thread pool of `rayon` that the caller is in, or else on the global one.
/// The results are those of [`of`](Aggregate::of), bit for bit, whatever the number of threads.
/// Columns of at most 3.5 MiB of values are worked out where the caller is, and so are
/// quantiles alone, and aggregates with [`ONE_BLOCK`](Aggregate::ONE_BLOCK), or tuples with
/// one of these. A panic of an aggregate of your own comes out of the call.
///
/// - **Cost**: one pass, and memory for at most 1,024 partials, but for partials that
///   allocate themselves. Of 30 million `f64`, two threads took a sum in 1 / 1.8 of the time of
///   one, six statistics in 1 / 1.6, a variance in 1 / 1.3, an exact sum in 1 / 1.6.
///
/// ```
/// use lanefold::{Aggregate, Mean, Parallel, StdDev};
/// let values: Vec<f64> = (0..1_000_000).map(|i| f64::from(i).sqrt()).collect();
/// let statistics = (Mean, StdDev::sample());
/// assert_eq!(statistics.par_of(&values), statistics.of(&values));
/// ```
pub trait Parallel<R: Row>: Aggregate<R> {
    /// The result for a column, by several threads, on [`Backend::best`].
    ///
    /// # Panics
    ///
    /// If the columns of a pair differ in length; [`try_par_of`](Self::try_par_of) does not.
    fn par_of<'a, C>(&self, column: C) -> Self::Output
    where
        C: IntoColumn<'a, Row = R>,
        R::Column<'a>: Sync,
        Self: Sync + Sized,
        Self::Partial: Send,
    {
        self.par_of_on(Backend::best(), column)
    }

    /// The result for a column, by several threads, on [`Backend::best`].
    ///
    /// # Errors
    ///
    /// If the columns of a pair differ in length.
    fn try_par_of<'a, C>(&self, column: C) -> Result<Self::Output, LengthMismatch>
    where
        C: IntoColumn<'a, Row = R>,
        R::Column<'a>: Sync,
        Self: Sync + Sized,
        Self::Partial: Send,
    {
        let column = column.into_column()?;
        Ok(parallel::<Self, R>(self, Backend::best(), column))
    }

    /// The result for a column, by several threads, on a given backend.
    ///
    /// # Panics
    ///
    /// If the columns of a pair differ in length.
    fn par_of_on<'a, C>(&self, backend: Backend, column: C) -> Self::Output
    where
        C: IntoColumn<'a, Row = R>,
        R::Column<'a>: Sync,
        Self: Sync + Sized,
        Self::Partial: Send,
    {
        parallel::<Self, R>(self, backend, column.into_column_or_panic())
    }
}

impl<A: Aggregate<R>, R: Row> Parallel<R> for A {}

fn parallel<'a, A, R>(aggregate: &A, backend: Backend, column: R::Column<'a>) -> A::Output
where
    A: Aggregate<R, Partial: Send> + Sync,
    R: Row<Column<'a>: Sync>,
{
    let block = block::rows::<R>();
    let blocks = R::len(column).div_ceil(block);
    let alone = const { A::WHOLE || A::ONE_BLOCK };
    // To ask for the number of threads would start the pool.
    if alone || blocks < FEW || rayon::current_num_threads() == 1 {
        return whole(aggregate, backend, &column);
    }
    let rows = if const { A::ANY_CUT } {
        blocks.div_ceil(PIECES * rayon::current_num_threads()) * block
    } else {
        block
    };
    let partial_of = |column: R::Column<'a>| {
        let mut partial = aggregate.identity();
        update::<A, R>(aggregate, &mut partial, backend, column);
        partial
    };
    let mut total = aggregate.identity();
    let mut rest = column;
    while R::len(rest) > 0 {
        let (now, later) = R::split_at(rest, R::len(rest).min(AT_ONCE.saturating_mul(rows)));
        let partials: Vec<_> = (0..R::len(now).div_ceil(rows))
            .into_par_iter()
            .map(|i| {
                let (_, from) = R::split_at(now, i * rows);
                let (piece, _) = R::split_at(from, R::len(from).min(rows));
                partial_of(piece)
            })
            .collect();
        for partial in &partials {
            aggregate.merge(&mut total, partial);
        }
        rest = later;
    }
    aggregate.finish_owned(total)
}
