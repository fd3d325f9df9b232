//! Windows of a duration.
//!
//! A queue of two stacks: partials of the last rows of the front, and one of all rows behind
//! them. When the front has left the window, what is behind becomes the front. So each row is
//! merged into either once, and a result is one merge more.

use super::rows_of;
use crate::adapt::OneRow;
use crate::aggregate::Aggregate;
use crate::backend::{Backend, Kernel, Simd, dispatch};
use crate::column::IntoColumn;
use crate::row::Row;
use crate::times::{TimeError, check_duration, check_times};
use alloc::vec::Vec;
use core::marker::PhantomData;
use core::ops::Range;

/// An aggregate of the rows of a duration: what
/// [`Adapt::rolling_time`](crate::Adapt::rolling_time) makes.
///
/// Result `i` is that of the rows whose time is in `(tᵢ - duration, tᵢ]`. Rows of the same time
/// are in the same windows, those that come after `i`, too, and have the same result: it does
/// not depend on the order of rows of one time. (So does `RANGE` in SQL.)
///
/// - **Results**: as those of [`Rolling`](crate::Rolling). No float is subtracted, and nothing
///   drifts; the order in which a float sum is added depends on all times, and the bits are
///   the same on every backend.
/// - **Cost**: three merges of partials for each row, however long the duration. Exact quantiles
///   search each window anew. A call allocates, and frees, partials for the rows of the
///   longest window.
#[derive(Clone, Copy, Debug)]
pub struct RollingTime<A> {
    aggregate: A,
    duration: i64,
}

impl<A> RollingTime<A> {
    pub(crate) fn new(aggregate: A, duration: i64) -> Result<Self, TimeError> {
        check_duration(duration)?;
        Ok(Self { aggregate, duration })
    }

    /// Writes the result of each window, on the backend [`Backend::best`]: one dispatch.
    ///
    /// # Errors
    ///
    /// If a time is earlier than the one before it, if there are not as many times as rows, or
    /// not one place for each result, or if the columns of a pair differ in length; nothing is
    /// written then.
    pub fn of<'a, C>(
        &self,
        times: &[i64],
        column: C,
        results: &mut [A::Output],
    ) -> Result<(), TimeError>
    where
        C: IntoColumn<'a>,
        A: Aggregate<C::Row>,
    {
        self.of_on(Backend::best(), times, column, results)
    }

    /// As [`of`](Self::of), on a given backend.
    ///
    /// # Errors
    ///
    /// Those of [`of`](Self::of).
    pub fn of_on<'a, C>(
        &self,
        backend: Backend,
        times: &[i64],
        column: C,
        results: &mut [A::Output],
    ) -> Result<(), TimeError>
    where
        C: IntoColumn<'a>,
        A: Aggregate<C::Row>,
    {
        let column = column.into_column().map_err(TimeError::Columns)?;
        let windows = C::Row::len(column);
        check_times(times, windows)?;
        if windows != results.len() {
            return Err(TimeError::Places { windows, places: results.len() });
        }
        dispatch(backend, Windows { rolling: self, times, results, column: PhantomData }, &column);
        Ok(())
    }

    /// Whether a time is in the window of a later one, or of the same.
    #[inline(always)]
    fn reaches(&self, time: i64, later: i64) -> bool {
        // The difference of two `i64` fits a `u64`.
        later.wrapping_sub(time).cast_unsigned() < self.duration.cast_unsigned()
    }
}

struct Windows<'w, 'c, A: Aggregate<R>, R: Row> {
    rolling: &'w RollingTime<A>,
    times: &'w [i64],
    results: &'w mut [A::Output],
    column: PhantomData<R::Column<'c>>,
}

impl<'c, A: Aggregate<R>, R: Row> Kernel for Windows<'_, 'c, A, R> {
    type Input = R::Column<'c>;
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S, column: R::Column<'c>) {
        let Self { rolling, times, mut results, .. } = self;
        let mut queue = Queue::<A, R, S>::new(&rolling.aggregate, simd, column);
        let (mut start, mut end) = (0, 0);
        while let Some(&time) = times.get(end) {
            let first = end;
            while times.get(end) == Some(&time) {
                end += 1;
            }
            while !rolling.reaches(times[start], time) {
                start += 1;
            }
            let (places, rest) = results.split_at_mut(end - first);
            queue.move_to(start..end);
            for place in places {
                *place = queue.finish();
            }
            results = rest;
        }
    }
}

/// Rows of a column, of which the first leave, and others come behind.
struct Queue<'q, 'c, A: Aggregate<R>, R: Row, S> {
    rows: OneRow<'q, A, R, S>,
    aggregate: &'q A,
    simd: S,
    column: R::Column<'c>,
    /// Those that are in it.
    window: Range<usize>,
    /// The first row behind the front.
    back: usize,
    /// Partial `j` is that of the last `j + 1` rows of the front.
    front: Vec<A::Partial>,
    /// Of the rows behind the front.
    behind: A::Partial,
}

impl<'q, 'c, A: Aggregate<R>, R: Row, S: Simd> Queue<'q, 'c, A, R, S> {
    #[inline(always)]
    fn new(aggregate: &'q A, simd: S, column: R::Column<'c>) -> Self {
        Self {
            rows: OneRow::new(aggregate, simd),
            aggregate,
            simd,
            column,
            window: 0..0,
            back: 0,
            front: Vec::new(),
            behind: aggregate.identity(),
        }
    }

    /// To a window that neither begins nor ends before this one.
    #[inline(always)]
    fn move_to(&mut self, window: Range<usize>) {
        let new = self.window.end..window.end;
        self.window = window;
        if const { A::WHOLE } {
            return;
        }
        if self.window.start > self.back {
            self.front.clear();
            for row in self.window.clone().rev() {
                let mut partial = self.rows.of(self.column, row);
                if let Some(last) = self.front.last() {
                    self.aggregate.merge(&mut partial, last);
                }
                self.front.push(partial);
            }
            self.back = self.window.end;
            self.behind = self.aggregate.identity();
            return;
        }
        for row in new {
            let partial = self.rows.of(self.column, row);
            self.aggregate.merge(&mut self.behind, &partial);
        }
    }

    /// The result for the window.
    #[inline(always)]
    fn finish(&self) -> A::Output {
        if const { A::WHOLE } {
            return self.aggregate.whole(self.simd, rows_of::<R>(self.column, self.window.clone()));
        }
        let last = (self.back - self.window.start).checked_sub(1);
        let Some(front) = last.and_then(|last| self.front.get(last)) else {
            return self.aggregate.finish(&self.behind);
        };
        let mut all = front.clone();
        self.aggregate.merge(&mut all, &self.behind);
        self.aggregate.finish(&all)
    }
}
