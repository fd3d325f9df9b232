//! Rolling windows: a result for each row, of the rows up to it.
//!
//! | file | subject |
//! | --- | --- |
//! | `merges` | any aggregate, through its merge |
//! | [`doubling`] | sums, by lanes |
//! | `overlaps` | least and greatest values, by lanes |
//! | `sums` | sums and means of floats, and of integers, which can be taken out again |
//! | `spread` | variances, by lanes |
//! | `time` | windows of a duration |
//!
//! The loop that everybody writes adds the row that enters and subtracts the one that leaves.
//! With floats it drifts: what a subtraction leaves behind stays for ever, and after one NaN,
//! one infinity, or one value that is large, all results are wrong. Nothing here subtracts
//! a float: a result depends on the rows of its window, and on nothing else.

mod doubling;
mod merges;
mod overlaps;
mod spread;
mod sums;
mod time;

pub(crate) use doubling::{Join, LONGEST};
pub(crate) use merges::by_merges;
pub(crate) use overlaps::Overlaps;
pub(crate) use spread::spreads;
pub(crate) use sums::{Present, float_sums, integer_sums};
pub use time::RollingTime;

use crate::aggregate::Aggregate;
use crate::backend::{Backend, Kernel, Simd, dispatch};
use crate::column::{IntoColumn, LengthMismatch};
use crate::row::Row;
use core::fmt;
use core::marker::PhantomData;
use core::ops::Range;

/// An aggregate of each row and the rows before it: what
/// [`Adapt::rolling`](crate::Adapt::rolling) makes.
///
/// Result `i` is that of the rows `i + 1 - window` to `i`: as many as the window has, and at
/// the beginning of the column those that there are. [`full`](Self::full) leaves the windows
/// out that have fewer rows. A null is a row of its windows, as any other; of a window of
/// nulls, the result is that of no rows.
///
/// - **Results**: those of [`of`](Aggregate::of) for the rows of the window. Where that is
///   exact (counts, integers, extremes, [`ExactSum`](crate::ExactSum) and so on) they have the
///   same bits. Float sums and moments are added in another order, within the bounds of
///   the aggregate by lanes, and by merges with a tile for each row where the bound counts tiles;
///   they have the same bits on every backend. [`HeavyHitters`](crate::HeavyHitters) merge row by
///   row, too, and know less.
/// - **No drift**: a result depends on the rows of its window alone. A NaN, or an infinity,
///   leaves with its row.
/// - **Cost**, for each row, whatever the window: three merges of partials. Less, by lanes, for
///   [`Sum`](crate::Sum), [`Mean`](crate::Mean), [`Min`](crate::Min), [`Max`](crate::Max),
///   [`MinMax`](crate::MinMax) and, of floats without nulls, [`Variance`](crate::Variance),
///   [`StdDev`](crate::StdDev) and
///   [`CoefficientOfVariation`](crate::CoefficientOfVariation): for windows of up to 4,096
///   rows a few operations of vectors, of sums and variances as many as `window` has binary
///   digits. That holds for each alone: in a tuple, or behind an adaptor, they merge, with other
///   bits of float sums. Windows whose squares overflow, although all values are finite, are each
///   read as a column.
///   [`ExactSum`](crate::ExactSum) and [`ExactMean`](crate::ExactMean) add the row that comes and
///   subtract the one that goes. Exact quantiles, which have no small partial, search each window
///   anew.
/// - **Memory**: a call allocates, and frees, partials for a window less one row; by
///   lanes, a few times 8 bytes for each row of three windows, or of 1,024 rows; for exact sums
///   with nulls, a bit for each row.
#[derive(Clone, Copy, Debug)]
pub struct Rolling<A> {
    aggregate: A,
    window: usize,
    /// Windows at the beginning that have no result.
    left_out: usize,
}

impl<A> Rolling<A> {
    pub(crate) fn new(aggregate: A, window: usize) -> Result<Self, RollingError> {
        if window == 0 {
            return Err(RollingError::NoRows);
        }
        Ok(Self { aggregate, window, left_out: 0 })
    }

    /// The same without the results of windows that have fewer rows: result `i` is that of the
    /// rows `i` to `i + window - 1`.
    ///
    /// ```
    /// use lanefold::{Adapt, Max};
    /// let mut greatest = [None; 3];
    /// Max.rolling(2)?.full().of(&[4, 1, 3, 5], &mut greatest)?;
    /// assert_eq!(greatest, [Some(4), Some(3), Some(5)]);
    /// # Ok::<(), lanefold::RollingError>(())
    /// ```
    #[must_use]
    pub fn full(self) -> Self {
        Self { left_out: self.window - 1, ..self }
    }

    /// How many results so many rows have: one for each row, or for each full window.
    #[must_use]
    pub fn windows(&self, rows: usize) -> usize {
        rows.saturating_sub(self.left_out)
    }

    /// Writes the result of each window, on the backend [`Backend::best`]: one dispatch.
    ///
    /// # Errors
    ///
    /// If there is not one place for each result, or if the columns of a pair differ in
    /// length; nothing is written then.
    pub fn of<'a, C>(&self, column: C, results: &mut [A::Output]) -> Result<(), RollingError>
    where
        C: IntoColumn<'a>,
        A: Aggregate<C::Row>,
    {
        self.of_on(Backend::best(), column, results)
    }

    /// As [`of`](Self::of), on a given backend.
    ///
    /// # Errors
    ///
    /// Those of [`of`](Self::of).
    pub fn of_on<'a, C>(
        &self,
        backend: Backend,
        column: C,
        results: &mut [A::Output],
    ) -> Result<(), RollingError>
    where
        C: IntoColumn<'a>,
        A: Aggregate<C::Row>,
    {
        let column = column.into_column().map_err(RollingError::Columns)?;
        let windows = self.windows(C::Row::len(column));
        if windows != results.len() {
            return Err(RollingError::Places { windows, places: results.len() });
        }
        dispatch(backend, Windows { rolling: self, results, column: PhantomData }, &column);
        Ok(())
    }
}

struct Windows<'w, 'c, A: Aggregate<R>, R: Row> {
    rolling: &'w Rolling<A>,
    results: &'w mut [A::Output],
    column: PhantomData<R::Column<'c>>,
}

impl<'c, A: Aggregate<R>, R: Row> Kernel for Windows<'_, 'c, A, R> {
    type Input = R::Column<'c>;
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S, column: R::Column<'c>) {
        self.rolling.aggregate.roll(simd, self.rolling.window, column, self.results);
    }
}

/// The rows of each block of windows: full windows of a column that has one. A block has so
/// many windows, or, if that is more, twice as many as a window has rows.
#[inline(always)]
pub(crate) fn blocks(
    rows: usize,
    window: usize,
    windows: usize,
) -> impl Iterator<Item = Range<usize>> {
    let step = windows.max(window.saturating_mul(2));
    (0..=rows - window).step_by(step).map(
        #[inline(always)]
        move |from| from..rows.min(from.saturating_add(step).saturating_add(window - 1)),
    )
}

/// The rows of the first block: no block has more.
#[inline(always)]
pub(crate) fn longest_block(rows: usize, window: usize, windows: usize) -> usize {
    blocks(rows, window, windows).next().unwrap_or_default().len()
}

/// Some rows of a column.
#[inline(always)]
pub(crate) fn rows_of<R: Row>(column: R::Column<'_>, rows: Range<usize>) -> R::Column<'_> {
    R::split_at(R::split_at(column, rows.end).0, rows.start).1
}

/// Leaves full windows, if there are any, to a kernel, unless they are longer than `longest`,
/// and writes the results of the others by merges.
#[inline(always)]
pub(crate) fn by_kernel<A: Aggregate<R>, R: Row, S: Simd>(
    aggregate: &A,
    simd: S,
    window: usize,
    longest: usize,
    column: R::Column<'_>,
    results: &mut [A::Output],
    kernel: impl FnOnce(&mut [A::Output]),
) {
    let rows = R::len(column);
    let full = if window > longest { 0 } else { (rows + 1).saturating_sub(window) };
    let (merged, full) = results.split_at_mut(results.len() - full);
    // The first results need the first rows alone, as many as are left out and there are places.
    let column_of_merged = R::split_at(column, rows - full.len()).0;
    if !merged.is_empty() {
        by_merges::<A, R, S>(aggregate, simd, window, column_of_merged, merged);
    }
    if !full.is_empty() {
        kernel(full);
    }
}

/// Why there are no rolling results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RollingError {
    /// A window has no rows.
    NoRows,
    /// The results are more, or fewer, than the places for them.
    Places {
        /// Results of the column.
        windows: usize,
        /// Places for results.
        places: usize,
    },
    /// The columns of a pair differ in length.
    Columns(LengthMismatch),
}

impl fmt::Display for RollingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoRows => f.write_str("a window of 0 rows"),
            Self::Places { windows, places } => {
                write!(f, "{windows} windows, and places for {places} results")
            }
            Self::Columns(mismatch) => mismatch.fmt(f),
        }
    }
}

impl core::error::Error for RollingError {}
