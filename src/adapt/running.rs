//! Scans: a result for each row, of all rows up to it.

use crate::aggregate::Aggregate;
use crate::backend::{Backend, Kernel, Simd, dispatch};
use crate::column::{IntoColumn, LengthMismatch};
use crate::row::Row;
use crate::tile::Tile;
use core::fmt;
use core::marker::PhantomData;

/// An aggregate of each row and all rows before it: what
/// [`Adapt::running`](crate::Adapt::running) makes.
///
/// - **Results**: those of [`of`](Aggregate::of) for the rows up to each. Where that is exact
///   they have the same bits; float sums and moments are merged row by row, which makes a tile of
///   each row where the bound of the aggregate counts tiles, and have the same bits on every
///   backend. `HeavyHitters` merge row by row, too, and know less.
/// - **[`Sum`](crate::Sum) of floats** keeps what each addition rounds away in a second number,
///   so that a result of `n` rows is wrong by at most `u · |sum| + 2 n² u² · Σ|x|`, with `u` =
///   2⁻⁵³ (and for `f32` is rounded once more).
/// - **Cost**: for each row a merge of partials, less for sums, means, least and
///   greatest values. No allocation but that of the aggregate. An aggregate whose result takes time, as exact quantiles, takes it for each row.
#[derive(Clone, Copy, Debug)]
pub struct Running<A> {
    aggregate: A,
}

impl<A> Running<A> {
    pub(super) fn new(aggregate: A) -> Self {
        Self { aggregate }
    }

    /// Writes the result for each row, on the backend [`Backend::best`]: one dispatch, one pass.
    ///
    /// # Errors
    ///
    /// If there is not one place for each row, or if the columns of a pair differ in length;
    /// nothing is written then.
    pub fn of<'a, C>(&self, column: C, results: &mut [A::Output]) -> Result<(), RunningError>
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
    ) -> Result<(), RunningError>
    where
        C: IntoColumn<'a>,
        A: Aggregate<C::Row>,
    {
        let column = column.into_column().map_err(RunningError::Columns)?;
        let rows = C::Row::len(column);
        if rows != results.len() {
            return Err(RunningError::Places { rows, places: results.len() });
        }
        let aggregate = &self.aggregate;
        dispatch(backend, Scan { aggregate, results, column: PhantomData }, &column);
        Ok(())
    }
}

struct Scan<'s, 'c, A: Aggregate<R>, R: Row> {
    aggregate: &'s A,
    results: &'s mut [A::Output],
    column: PhantomData<R::Column<'c>>,
}

impl<'c, A: Aggregate<R>, R: Row> Kernel for Scan<'_, 'c, A, R> {
    type Input = R::Column<'c>;
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S, column: R::Column<'c>) {
        self.aggregate.scan(simd, column, self.results);
    }
}

/// Makes partials of rows. It has the bits for the validity of a tile, which would else be
/// cleared for each row.
pub(crate) struct OneRow<'a, A, R: Row, S> {
    aggregate: &'a A,
    simd: S,
    bits: R::Bits,
}

impl<'a, A: Aggregate<R>, R: Row, S: Simd> OneRow<'a, A, R, S> {
    #[inline(always)]
    pub(crate) fn new(aggregate: &'a A, simd: S) -> Self {
        Self { aggregate, simd, bits: R::NO_BITS }
    }

    /// The partial of one row of a column.
    #[inline(always)]
    pub(crate) fn of(&mut self, column: R::Column<'_>, row: usize) -> A::Partial {
        let (row, _) = R::split_at(R::split_at(column, row).1, 1);
        let mut partial = self.aggregate.identity();
        self.aggregate.update(&mut partial, &Tile::new(self.simd, row, true, self.bits.as_mut()));
        partial
    }
}

/// Any aggregate, through its merge: it never sees rows cut where no merge follows.
#[inline(always)]
pub(crate) fn by_merges<A: Aggregate<R>, R: Row, S: Simd>(
    aggregate: &A,
    simd: S,
    column: R::Column<'_>,
    results: &mut [A::Output],
) {
    let mut rows = OneRow::<A, R, S>::new(aggregate, simd);
    let mut partial = aggregate.identity();
    for (row, result) in results.iter_mut().enumerate() {
        aggregate.merge(&mut partial, &rows.of(column, row));
        *result = aggregate.finish(&partial);
    }
}

/// Calls a function with the value of each row, or none, which gives the result.
#[inline(always)]
pub(crate) fn by_values<R: crate::row::NumericRow, O>(
    mut column: R::Column<'_>,
    results: &mut [O],
    mut f: impl FnMut(Option<R::Value>) -> O,
) {
    let mut bits = R::NO_BITS;
    for results in results.chunks_mut(R::TILE) {
        let (tile, rest) = R::split_at(column, results.len());
        if R::NULLABLE {
            R::write_bits(tile, bits.as_mut());
        }
        for (i, (result, &value)) in results.iter_mut().zip(R::values(tile)).enumerate() {
            let is_there = !R::NULLABLE || bits.as_ref()[i / 8] >> (i % 8) & 1 == 1;
            *result = f(is_there.then_some(value));
        }
        column = rest;
    }
}

/// Why there are no running results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunningError {
    /// The rows are more, or fewer, than the places for their results.
    Places {
        /// Rows of the column.
        rows: usize,
        /// Places for results.
        places: usize,
    },
    /// The columns of a pair differ in length.
    Columns(LengthMismatch),
}

impl fmt::Display for RunningError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Places { rows, places } => {
                write!(f, "{rows} rows, and places for {places} results")
            }
            Self::Columns(mismatch) => mismatch.fmt(f),
        }
    }
}

impl core::error::Error for RunningError {}
