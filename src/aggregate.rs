//! The trait that carries the library.

use crate::accumulator::Accumulator;
use crate::backend::{Backend, Simd, in_registers};
use crate::column::{IntoColumn, LengthMismatch};
use crate::group::{Digest, Parts};
use crate::row::Row;
use crate::run::{most_below_avx512, on_best, on_best_there, one_of_many, whole};
use crate::tile::Tile;
use core::mem;

/// Longest slice that most aggregates work out in plain code, where the caller is, without
/// dispatch: see [`Aggregate::short`].
pub(crate) const SHORT: usize = 16;

/// The same of columns with nulls: of sixteen rows, a kernel takes no longer (AVX2, Zen 3).
pub(crate) const SHORT_NULLABLE: usize = 8;

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

    /// Whether a partial, or a part of it, becomes the result as it is, without a copy:
    /// [`finish_owned`](Self::finish_owned) does that.
    #[doc(hidden)]
    const BECOMES: bool = false;

    /// What a partial comes to that nobody needs any more: the same as [`finish`](Self::finish), which
    /// may have memory to spare, as a partial has.
    #[doc(hidden)]
    #[inline(always)]
    fn finish_owned(&self, partial: Self::Partial) -> Self::Output {
        self.finish(&partial)
    }

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
    /// those of the other way. [`Accumulator::finish`] asks it, too, where no more has come.
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

    /// Whether [`short`](Self::short) gives the result of every column of up to 16 rows that are
    /// never null: a tuple of such has its results from there, too.
    #[doc(hidden)]
    const SHORT: bool = false;

    /// The backend for a column where the caller names none: the best, or a lower one where
    /// that is faster. The bits are those of any.
    #[doc(hidden)]
    #[inline(always)]
    fn backend_for(&self, best: Backend, column: R::Column<'_>) -> Backend {
        let most = const { most_below_avx512::<Self, R>() };
        if most > 0 && R::len(column) <= most { best.below_avx512() } else { best }
    }

    /// Whether it asks a tile for an extreme: a tuple of none such gets sums alone. Which are
    /// asked for changes no bit.
    #[doc(hidden)]
    const EXTREMA: bool = false;

    /// Whether it sweeps values as what they are, by [`Tile::fold`] and never by
    /// [`Tile::fold_as`]: a run of narrow ones then has more than 512 rows, and more columns are
    /// short. Where this is wrongly true, rows are left out.
    #[doc(hidden)]
    const OWN_LANES: bool = false;

    /// Whether [`whole`](Self::whole) is there, and takes the place of tiles where a whole
    /// column is at hand.
    const WHOLE: bool = false;

    /// The result for a whole column: for aggregates that would rather look at a column
    /// several times than keep what they have seen of it. The bits must be those of the
    /// other way. Tuples go the other way, and streams of more than they have buffered.
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
        // Not by `try_of`, out of whose result every word would be copied.
        of_column(self, column.into_column_or_panic())
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
        Ok(of_column(self, column.into_column()?))
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
        whole(self, backend, &column.into_column_or_panic())
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

/// The result for a column, in plain code where it is short, and else on the best backend.
#[inline(always)]
fn of_column<A: Aggregate<R>, R: Row>(aggregate: &A, column: R::Column<'_>) -> A::Output {
    // Apart until the end: written to one place, a short result would not stay in registers,
    // and to move it would wait for the stores. Both extremes of 8 `f64` took 11 ns, not 5.
    let output = match aggregate.short(column) {
        Some(output) => Ok(output),
        None if const { in_registers::<R::Column<'_>>() } => Err(on_best(aggregate, column)),
        None => Err(on_best_there(aggregate, &column)),
    };
    match output {
        Ok(short) => short,
        Err(long) => long,
    }
}
