//! Tumbling windows: a result for each so many rows.

use crate::aggregate::Aggregate;
use crate::backend::{Backend, Kernel, Simd, dispatch};
use crate::column::{IntoColumn, LengthMismatch};
use crate::row::Row;
use crate::run::one_of_many;
use core::fmt;
use core::marker::PhantomData;

/// An aggregate of each so many rows of a column: what
/// [`Adapt::every`](crate::Adapt::every) makes.
///
/// The windows do not overlap, and the last one has what is left. Each result has the bits
/// of [`of`](Aggregate::of) for the rows of its window.
#[derive(Clone, Copy, Debug)]
pub struct Every<A> {
    aggregate: A,
    rows: usize,
}

impl<A> Every<A> {
    pub(super) fn new(aggregate: A, rows: usize) -> Result<Self, EveryError> {
        if rows == 0 {
            return Err(EveryError::NoRows);
        }
        Ok(Self { aggregate, rows })
    }

    /// How many windows so many rows have.
    #[must_use]
    pub fn windows(&self, rows: usize) -> usize {
        rows.div_ceil(self.rows)
    }

    /// Writes the result of each window, on the backend [`Backend::best`]: one dispatch,
    /// one pass, no allocation.
    ///
    /// # Errors
    ///
    /// If there is not one place for each window, or if the columns of a pair differ in
    /// length; nothing is written then.
    pub fn of<'a, C>(&self, column: C, results: &mut [A::Output]) -> Result<(), EveryError>
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
    ) -> Result<(), EveryError>
    where
        C: IntoColumn<'a>,
        A: Aggregate<C::Row>,
    {
        let column = column.into_column().map_err(EveryError::Columns)?;
        let windows = self.windows(C::Row::len(column));
        if windows != results.len() {
            return Err(EveryError::Places { windows, places: results.len() });
        }
        dispatch(backend, Windows { every: self, results, column: PhantomData }, &column);
        Ok(())
    }
}

struct Windows<'e, 'c, A: Aggregate<R>, R: Row> {
    every: &'e Every<A>,
    results: &'e mut [A::Output],
    column: PhantomData<R::Column<'c>>,
}

impl<'c, A: Aggregate<R>, R: Row> Kernel for Windows<'_, 'c, A, R> {
    type Input = R::Column<'c>;
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S, mut column: R::Column<'c>) {
        let Every { aggregate, rows } = self.every;
        for result in self.results {
            let (window, rest) = R::split_at(column, R::len(column).min(*rows));
            *result = if const { A::WHOLE } {
                aggregate.whole(simd, window)
            } else {
                one_of_many(aggregate, simd, window)
            };
            column = rest;
        }
    }
}

/// Why there are no windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EveryError {
    /// A window has no rows.
    NoRows,
    /// The windows are more, or fewer, than the places for their results.
    Places {
        /// Windows of the column.
        windows: usize,
        /// Places for results.
        places: usize,
    },
    /// The columns of a pair differ in length.
    Columns(LengthMismatch),
}

impl fmt::Display for EveryError {
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

impl core::error::Error for EveryError {}
