//! The trait that carries the library.

use crate::accumulator::Accumulator;
use crate::backend::{Backend, Kernel, Simd, dispatch};
use crate::block;
use crate::group::{Digest, Parts};
use crate::number::RUN_ROWS;
use crate::row::{IntoColumn, LengthMismatch, NumericRow, Row};
use crate::tile::Tile;
use core::marker::PhantomData;
use core::mem;

/// Longest slice that most aggregates work out in plain code, where the caller is, without
/// dispatch: see [`Aggregate::short`].
pub(crate) const SHORT: usize = 16;

/// A summary of rows that is taken in one pass.
///
/// An aggregate is a value, of no size where nothing is configured: `Mean`,
/// `Variance::sample()`. It knows how to start a *partial*, how to take rows into it,
/// how to merge two, and what to make of one in the end. A tuple of up to eight
/// aggregates is an aggregate that reads memory once.
///
/// ```
/// use lanefold::{Aggregate, Count, Max, Mean};
/// assert_eq!((Count, Mean, Max).of(&[1.0, 2.0, 6.0]), (3, Some(3.0), Some(6.0)));
/// ```
///
/// # Your own
///
/// Implement the four methods without a body. [`update`](Self::update) gets rows by
/// the tile; a plain loop over them is compiled for every backend, and
/// [`LaneFold`](crate::LaneFold) gives the lanes.
///
/// Mark `update`, and what it calls, `#[inline(always)]`: see [`Simd`].
///
/// ```
/// use lanefold::{Aggregate, Simd, Tile};
///
/// /// How many values are greater than a limit.
/// struct Above(f64);
///
/// impl Aggregate<f64> for Above {
///     type Partial = u64;
///     type Output = u64;
///
///     fn identity(&self) -> u64 {
///         0
///     }
///     #[inline(always)]
///     fn update<S: Simd>(&self, partial: &mut u64, tile: &Tile<'_, f64, S>) {
///         *partial += tile.column().iter().map(|&x| u64::from(x > self.0)).sum::<u64>();
///     }
///     fn merge(&self, into: &mut u64, other: &u64) {
///         *into += other;
///     }
///     fn finish(&self, partial: &u64) -> u64 {
///         *partial
///     }
/// }
///
/// assert_eq!(Above(1.5).of(&[1.0, 2.0, 3.0]), 2);
/// ```
///
/// # Laws
///
/// - Merging with the identity, on either side, changes nothing.
/// - `update` sees at least one row, of which all may be null.
/// - `update` and `merge` give the same bits on every backend.
/// - The result may depend on where rows are cut. Unless [`ANY_CUT`](Self::ANY_CUT) allows
///   others, the library cuts at fixed places: into tiles of [`Row::TILE`] rows, but for the
///   last one before a result or a merge, and after each 64 tiles into a *block*, which
///   starts from the identity; the partials of blocks merge in order.
pub trait Aggregate<R: Row> {
    /// A small summary of the rows seen so far.
    type Partial: Clone;
    /// What a partial comes to.
    type Output;

    /// Whether the result is the same wherever rows are cut, into tiles, or into partials that
    /// merge in order. An [`Accumulator`] then takes what is worth a kernel straight from the
    /// caller's memory, and does not wait for whole tiles; and a column is not cut into blocks.
    const ANY_CUT: bool = false;

    /// Whether a column is one block, however long: where a merge loses something, or costs
    /// more than the rows of a block. Such an aggregate does not run in parallel.
    const ONE_BLOCK: bool = false;

    /// The partial of no rows.
    fn identity(&self) -> Self::Partial;

    /// Makes a partial that of no rows. What has memory may keep it, for the rows to come.
    #[inline(always)]
    fn reset(&self, partial: &mut Self::Partial) {
        *partial = self.identity();
    }

    /// Takes rows into a partial. The hot path: compiled once for each backend `S`.
    fn update<S: Simd>(&self, partial: &mut Self::Partial, tile: &Tile<'_, R, S>);

    /// Takes the rows of `other`, which come after those of `into`, into `into`.
    fn merge(&self, into: &mut Self::Partial, other: &Self::Partial);

    /// What the partial comes to.
    fn finish(&self, partial: &Self::Partial) -> Self::Output;

    /// Before the first row of a block, whose partial is the identity: `total` is that of the
    /// blocks before. Those that do not end with a block take it back.
    #[doc(hidden)]
    #[inline(always)]
    fn begin_block(&self, total: &mut Self::Partial, block: &mut Self::Partial) {
        if const { Self::ANY_CUT || Self::ONE_BLOCK } {
            mem::swap(total, block);
        }
    }

    /// After the last row of a block: its partial joins the total, and becomes the identity.
    #[doc(hidden)]
    #[inline(always)]
    fn end_block(&self, total: &mut Self::Partial, block: &mut Self::Partial) {
        if const { Self::ANY_CUT || Self::ONE_BLOCK } {
            mem::swap(total, block);
        } else {
            self.merge(total, block);
            *block = self.identity();
        }
    }

    /// The result for a column so short that it is better worked out in plain code where
    /// the caller is, without choosing a backend; `None` for any other. The bits must be
    /// those of the other way.
    #[inline(always)]
    fn short(&self, column: R::Column<'_>) -> Option<Self::Output> {
        let _ = column;
        None
    }

    /// What of the rows of a group [`join`](Self::join) asks for; `None` where groups hand over
    /// their rows by the tile.
    #[doc(hidden)]
    const DIGEST: Option<Parts> = None;

    /// Takes the rows of a digest, which come after those of the partial, into it.
    #[doc(hidden)]
    #[inline(always)]
    fn join(&self, partial: &mut Self::Partial, digest: &Digest<R::Digest>) {
        let _ = (partial, digest);
    }

    /// The backend for a column where the caller names none: the best, or a lower one where
    /// that is faster. The bits are those of any.
    #[doc(hidden)]
    #[inline(always)]
    fn backend_for(&self, best: Backend, column: R::Column<'_>) -> Backend {
        let _ = column;
        best
    }

    /// Whether it asks a tile for an extreme: a tuple of none such gets sums alone. Which are
    /// asked for changes no bit.
    #[doc(hidden)]
    const EXTREMA: bool = false;

    /// Whether [`whole`](Self::whole) is there, and takes the place of tiles where a whole
    /// column is at hand.
    const WHOLE: bool = false;

    /// The result for a whole column: for aggregates that would rather look at a column
    /// several times than keep what they have seen of it. The bits must be those of the
    /// other way. Streams and tuples go the other way.
    #[inline(always)]
    fn whole<S: Simd>(&self, simd: S, column: R::Column<'_>) -> Self::Output
    where
        Self: Sized,
    {
        one_of_many(self, simd, column)
    }

    /// Writes the results of all rows up to each: those of [`Running`](crate::Running).
    #[doc(hidden)]
    #[inline(always)]
    fn scan<S: Simd>(&self, simd: S, column: R::Column<'_>, results: &mut [Self::Output])
    where
        Self: Sized,
    {
        crate::adapt::by_merges::<Self, R, S>(self, simd, column, results);
    }

    /// Writes the results of the last windows of so many rows, one for each row, as many as
    /// there are places: those of [`Rolling`](crate::Rolling).
    #[cfg(feature = "alloc")]
    #[doc(hidden)]
    #[inline(always)]
    fn roll<S: Simd>(
        &self,
        simd: S,
        window: usize,
        column: R::Column<'_>,
        results: &mut [Self::Output],
    ) where
        Self: Sized,
    {
        crate::rolling::by_merges::<Self, R, S>(self, simd, window, column, results);
    }

    /// The result for a column, on [`Backend::best`] or on a lower backend where that is faster.
    ///
    /// # Panics
    ///
    /// If the columns of a pair differ in length; [`try_of`](Self::try_of) does not.
    #[inline(always)]
    fn of<'a, C>(&self, column: C) -> Self::Output
    where
        C: IntoColumn<'a, Row = R>,
        Self: Sized,
    {
        match self.try_of(column) {
            Ok(output) => output,
            Err(mismatch) => panic_of(mismatch),
        }
    }

    /// The result for a column, on [`Backend::best`] or on a lower backend where that is faster.
    ///
    /// # Errors
    ///
    /// If the columns of a pair differ in length.
    #[inline(always)]
    fn try_of<'a, C>(&self, column: C) -> Result<Self::Output, LengthMismatch>
    where
        C: IntoColumn<'a, Row = R>,
        Self: Sized,
    {
        let column = column.into_column()?;
        Ok(match self.short(column) {
            Some(output) => output,
            // Two words travel in registers. More would be copied at every step of the way, by
            // vector loads of what was just stored by the word, which wait for the stores.
            None if const { size_of::<R::Column<'_>>() <= 2 * size_of::<usize>() } => {
                on_best(self, column)
            }
            None => on_best_there(self, &column),
        })
    }

    /// The result for a column, on a given backend.
    ///
    /// # Panics
    ///
    /// If the columns of a pair differ in length.
    #[inline]
    fn of_on<'a, C>(&self, backend: Backend, column: C) -> Self::Output
    where
        C: IntoColumn<'a, Row = R>,
        Self: Sized,
    {
        match column.into_column() {
            Ok(column) => whole(self, backend, &column),
            Err(mismatch) => panic_of(mismatch),
        }
    }

    /// An [`Accumulator`] for rows that come bit by bit.
    #[inline]
    fn accumulator(self) -> Accumulator<Self, R>
    where
        Self: Sized,
    {
        Accumulator::new(self)
    }
}

#[cold]
#[inline(never)]
pub(crate) fn panic_of(mismatch: LengthMismatch) -> ! {
    panic!("{mismatch}")
}

/// What a caller's code holds is the call of this, and the plain code for short columns:
/// little enough to be inlined.
#[inline(never)]
fn on_best<A: Aggregate<R>, R: Row>(aggregate: &A, column: R::Column<'_>) -> A::Output {
    whole(aggregate, aggregate.backend_for(Backend::best(), column), &column)
}

/// As [`on_best`], for a column that stays where it is.
#[inline(never)]
fn on_best_there<A: Aggregate<R>, R: Row>(aggregate: &A, column: &R::Column<'_>) -> A::Output {
    whole(aggregate, aggregate.backend_for(Backend::best(), *column), column)
}

/// From a whole column to a result, in one dispatch.
#[inline]
pub(crate) fn whole<A: Aggregate<R>, R: Row>(
    aggregate: &A,
    backend: Backend,
    column: &R::Column<'_>,
) -> A::Output {
    if const { A::WHOLE } {
        return dispatch(backend, Whole(aggregate, PhantomData), column);
    }
    if R::len(*column) <= RUN_ROWS {
        return dispatch(backend, OneRun(aggregate, PhantomData), column);
    }
    many_runs(aggregate, backend, column)
}

/// The other columns. Not inlined, so that the way to short ones needs no frame.
#[inline(never)]
fn many_runs<A: Aggregate<R>, R: Row>(
    aggregate: &A,
    backend: Backend,
    column: &R::Column<'_>,
) -> A::Output {
    if !const { A::ANY_CUT } && R::len(*column) > block::rows::<R>() {
        return aggregate.finish(&block::many(aggregate, backend, *column));
    }
    let mut partial = aggregate.identity();
    // From where it stands: a copy by vectors would wait for the words.
    dispatch(backend, Update::<A, R>(aggregate, &mut partial, PhantomData), column);
    aggregate.finish(&partial)
}

/// As [`whole`], for columns of a register or two, on the backend that is best for them.
#[inline]
pub(crate) fn few<A: Aggregate<R>, R: NumericRow>(
    aggregate: &A,
    column: R::Column<'_>,
) -> A::Output {
    debug_assert!(R::len(column) <= RUN_ROWS);
    let backend = Backend::best().for_few(size_of_val(R::values(column)));
    dispatch(backend, OneRun(aggregate, PhantomData), &column)
}

/// A column that the aggregate takes as it is.
struct Whole<'a, 'c, A, R: Row>(&'a A, PhantomData<R::Column<'c>>);

impl<'c, A: Aggregate<R>, R: Row> Kernel for Whole<'_, 'c, A, R> {
    type Input = R::Column<'c>;
    type Output = A::Output;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S, column: R::Column<'c>) -> A::Output {
        self.0.whole(simd, column)
    }
}

/// A column of at most one run of stripes. Calls on short columns are the most frequent;
/// compiled apart, they are free of the loops and registers that long ones need.
struct OneRun<'a, 'c, A, R: Row>(&'a A, PhantomData<R::Column<'c>>);

impl<'c, A: Aggregate<R>, R: Row> Kernel for OneRun<'_, 'c, A, R> {
    type Input = R::Column<'c>;
    type Output = A::Output;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S, column: R::Column<'c>) -> A::Output {
        let mut partial = self.0.identity();
        if R::len(column) > 0 {
            let mut bits = R::NO_BITS;
            self.0.update(&mut partial, &Tile::new(simd, column, true, &mut bits));
        }
        self.0.finish(&partial)
    }
}

/// Takes a column into a partial, tile by tile.
pub(crate) fn update<A: Aggregate<R>, R: Row>(
    aggregate: &A,
    partial: &mut A::Partial,
    backend: Backend,
    column: R::Column<'_>,
) {
    dispatch(backend, Update::<A, R>(aggregate, partial, PhantomData), &column);
}

/// Any column, tile by tile. Whole tiles have a loop of their own, in which their length
/// is known when the kernel is compiled.
struct Update<'a, 'c, A: Aggregate<R>, R: Row>(
    &'a A,
    &'a mut A::Partial,
    PhantomData<R::Column<'c>>,
);

impl<'c, A: Aggregate<R>, R: Row> Kernel for Update<'_, 'c, A, R> {
    type Input = R::Column<'c>;
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S, column: R::Column<'c>) {
        let Self(aggregate, partial, _) = self;
        // What is larger than that is worth more where it is than two moves.
        if const { size_of::<A::Partial>() > 384 } {
            return by_tile(aggregate, partial, simd, column);
        }
        // A local value, which stays in registers. Moved: some partials are large.
        let mut local = mem::replace(partial, aggregate.identity());
        by_tile(aggregate, &mut local, simd, column);
        *partial = local;
    }
}

/// The result for one of many columns that a kernel works on: in place, where that is one block.
#[inline(always)]
pub(crate) fn one_of_many<A: Aggregate<R>, R: Row, S: Simd>(
    aggregate: &A,
    simd: S,
    column: R::Column<'_>,
) -> A::Output {
    if !const { A::ANY_CUT } && R::len(column) > block::rows::<R>() {
        return aggregate.finish(&block::many(aggregate, simd.backend(), column));
    }
    let mut partial = aggregate.identity();
    by_tile(aggregate, &mut partial, simd, column);
    aggregate.finish(&partial)
}

/// Takes a column into a partial, tile by tile.
#[inline(always)]
pub(crate) fn by_tile<A: Aggregate<R>, R: Row, S: Simd>(
    aggregate: &A,
    partial: &mut A::Partial,
    simd: S,
    mut column: R::Column<'_>,
) {
    let mut bits = R::NO_BITS;
    while R::len(column) >= R::TILE {
        let (tile, rest) = R::split_at(column, R::TILE);
        aggregate.update(partial, &Tile::new(simd, tile, false, &mut bits));
        column = rest;
    }
    if R::len(column) > 0 {
        aggregate.update(partial, &Tile::new(simd, column, false, &mut bits));
    }
}
