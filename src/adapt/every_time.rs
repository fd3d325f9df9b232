//! Tumbling windows by time: a result for each bucket of so much time.

use crate::aggregate::Aggregate;
use crate::backend::{Backend, Kernel, Simd, dispatch};
use crate::column::IntoColumn;
use crate::row::Row;
use crate::run::one_of_many;
use crate::times::{TimeError, check_duration, check_times};
use core::marker::PhantomData;

/// An aggregate of each bucket of time: what
/// [`Adapt::every_time`](crate::Adapt::every_time) makes.
///
/// A row of time `t` is in the bucket `⌊t / width⌋`, which starts at `⌊t / width⌋ · width`; so
/// buckets lie at the same places whatever the column, before time 0, too. Each result has the
/// bits of [`of`](Aggregate::of) for the rows of its bucket.
#[derive(Clone, Copy, Debug)]
pub struct EveryTime<A> {
    aggregate: A,
    width: i64,
}

impl<A> EveryTime<A> {
    pub(super) fn new(aggregate: A, width: i64) -> Result<Self, TimeError> {
        check_duration(width)?;
        Ok(Self { aggregate, width })
    }

    /// Calls `bucket` with the start and the result of each bucket that has a row, the earliest
    /// first, on the backend [`Backend::best`]: one dispatch (and one more for each block of a long
    /// bucket), a pass over the times and one over the column, and no allocation but that of the
    /// aggregate. A row that is null is a row.
    ///
    /// A start below [`i64::MIN`], which one bucket may have, is given as that.
    ///
    /// # Errors
    ///
    /// If a time is earlier than the one before it, if there are not as many times as rows, or
    /// if the columns of a pair differ in length; `bucket` is not called then.
    pub fn of<'a, C>(
        &self,
        times: &[i64],
        column: C,
        bucket: impl FnMut(i64, A::Output),
    ) -> Result<(), TimeError>
    where
        C: IntoColumn<'a>,
        A: Aggregate<C::Row>,
    {
        self.of_on(Backend::best(), times, column, bucket)
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
        bucket: impl FnMut(i64, A::Output),
    ) -> Result<(), TimeError>
    where
        C: IntoColumn<'a>,
        A: Aggregate<C::Row>,
    {
        let column = column.into_column().map_err(TimeError::Columns)?;
        check_times(times, C::Row::len(column))?;
        dispatch(backend, Buckets { every: self, times, bucket, column: PhantomData }, &column);
        Ok(())
    }

    /// The start of the bucket of a time, and the start of the next, if there are such times.
    fn bounds(&self, time: i64) -> (i64, Option<i64>) {
        let width = i128::from(self.width);
        let start = i128::from(time).div_euclid(width) * width;
        (start.try_into().unwrap_or(i64::MIN), (start + width).try_into().ok())
    }
}

/// How many of sorted times, of which there is one, are before an end: found in so many steps
/// as the number has digits.
fn before(times: &[i64], end: Option<i64>) -> usize {
    let Some(end) = end else { return times.len() };
    let mut step = 1;
    while step < times.len() && times[step] < end {
        step *= 2;
    }
    let (from, to) = (step / 2, times.len().min(step));
    from + times[from..to].partition_point(|&time| time < end)
}

struct Buckets<'e, 'c, A, R: Row, F> {
    every: &'e EveryTime<A>,
    times: &'e [i64],
    bucket: F,
    column: PhantomData<R::Column<'c>>,
}

impl<'c, A, R, F> Kernel for Buckets<'_, 'c, A, R, F>
where
    A: Aggregate<R>,
    R: Row,
    F: FnMut(i64, A::Output),
{
    type Input = R::Column<'c>;
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S, mut column: R::Column<'c>) {
        let Self { every, mut times, mut bucket, .. } = self;
        let aggregate = &every.aggregate;
        while let Some(&first) = times.first() {
            let (start, end) = every.bounds(first);
            let rows = before(times, end);
            let (window, rest) = R::split_at(column, rows);
            let result = if const { A::WHOLE } {
                aggregate.whole(simd, window)
            } else {
                one_of_many(aggregate, simd, window)
            };
            bucket(start, result);
            column = rest;
            times = &times[rows..];
        }
    }
}
