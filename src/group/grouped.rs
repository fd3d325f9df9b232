//! One partial for each group.

use super::error::GroupError;
use super::partition::Scratch;
use super::table::Table;
use super::ways::{Update, check, join_row};
use crate::aggregate::Aggregate;
use crate::backend::{Backend, dispatch};
use crate::column::IntoColumn;
use crate::row::Row;
use alloc::vec::Vec;
use core::fmt;
use core::marker::PhantomData;
use core::mem;

/// An aggregate of each of many groups of rows.
///
/// Each row has the id of its group: a number from 0 up to [`groups`](Self::groups). There is a
/// partial for each group, of whatever [`Aggregate`], and a tuple of aggregates is taken in one
/// pass. [`GroupBy`](crate::GroupBy) makes ids of keys.
///
/// - **Empty**: a group without rows has the result of no rows. **Nulls**, **NaN**,
///   **infinities**, **overflow**: as of the aggregate.
/// - **Order**: results that the aggregate gives in any order (counts, integers, extrema, exact
///   sums, sketches) are those of [`of`](Aggregate::of) on the rows of the group. Sums of floats,
///   and what is made of them alone ([`Sum`](crate::Sum), [`Mean`](crate::Mean),
///   [`SumOfSquares`](crate::SumOfSquares)), have an error of at most `32770 u · Σ|x|` (of
///   squares, one `u` more), where `u` is 2⁻⁵³, however many the rows: `517 u` of up to 64 groups,
///   `24 u` where ids are sorted, and about `66 u` where they are mixed evenly. Where rows of
///   `f32` come in runs of 16 and more, or beside an aggregate of the other kind, it is `24 u`
///   with 2⁻²⁴, as in a column. Other aggregates of floats see the rows of a group in order, by
///   tiles that are cut anew in each 32,768 rows of a call, and so do all members of a tuple with
///   one of them.
/// - **Bits**: a result is a function of the ids, of the rows, of where [`update`](Self::update)
///   was cut, and of the type of the aggregate, on every CPU, and by any number of threads
///   (`par_update`, feature `rayon`). What rows of other groups stand between, and whether a
///   group before has `-0.0` or infinities alone, decides in which order sums of floats add up;
///   where not even that may show, take [`ExactSum`](crate::ExactSum).
/// - **Cost**: a pass over all ids, to check them, and then two over each chunk: its ids (three
///   where they are far apart) and its rows. Memory for a partial for each group, and at most
///   8,192 cells, is taken by [`resize`](Self::resize), and [`update`](Self::update) takes no
///   more; but for aggregates that are no sums, counts, means, extrema, first or last values, or
///   squares, it takes up to 768 KiB, and a tile, of scratch memory, which is kept.
///
/// ```
/// use lanefold::{Count, Grouped, Max, Mean};
///
/// let mut latencies = Grouped::new((Count, Mean, Max));
/// latencies.resize(3);
/// latencies.update(&[0, 2, 0], &[12.0, 250.0, 14.0])?;
/// latencies.push(2, 350.0)?;
/// let results: Vec<_> = latencies.finish().collect();
/// assert_eq!(results[0], (2, Some(13.0), Some(14.0)));
/// assert_eq!(results[1], (0, None, None));
/// assert_eq!(results[2], (2, Some(300.0), Some(350.0)));
/// # Ok::<(), lanefold::GroupError>(())
/// ```
#[derive(Clone)]
pub struct Grouped<A: Aggregate<R>, R: Row> {
    aggregate: A,
    partials: Vec<A::Partial>,
    table: Table<R::Digest>,
    scratch: Option<Scratch<R>>,
    backend: Backend,
}

impl<A: Aggregate<R>, R: Row> Grouped<A, R> {
    /// No groups, on the backend [`Backend::best`].
    pub fn new(aggregate: A) -> Self {
        Self::on(Backend::best(), aggregate)
    }

    /// No groups, on a given backend.
    pub fn on(backend: Backend, aggregate: A) -> Self {
        Self { aggregate, partials: Vec::new(), table: Table::new(), scratch: None, backend }
    }

    /// The groups of partials that were [taken](Self::take), or stored: group `i` has the
    /// `i`-th. They must be of the same aggregate, with the same configuration.
    ///
    /// ```
    /// use lanefold::{Backend, Grouped, Sum};
    /// let mut sums = Grouped::<_, f64>::new(Sum);
    /// sums.resize(2);
    /// sums.update(&[0, 1], &[1.0, 2.0])?;
    /// let mut again = Grouped::<_, f64>::from_partials(Backend::best(), Sum, sums.take());
    /// again.push(1, 4.0)?;
    /// assert!(again.finish().eq([1.0, 6.0]));
    /// # Ok::<(), lanefold::GroupError>(())
    /// ```
    pub fn from_partials(backend: Backend, aggregate: A, partials: Vec<A::Partial>) -> Self {
        let mut grouped = Self { partials, ..Self::on(backend, aggregate) };
        grouped.resize(0);
        grouped
    }

    /// The number of groups: ids are below.
    pub fn groups(&self) -> usize {
        self.partials.len()
    }

    /// Makes them so many, where they are fewer: the new groups have no rows. Where they are
    /// more, nothing changes.
    pub fn resize(&mut self, groups: usize) {
        if groups > self.partials.len() {
            let aggregate = &self.aggregate;
            self.partials.resize_with(groups, || aggregate.identity());
        }
        if let Some(parts) = A::DIGEST {
            self.table.reserve(parts, self.partials.len());
        }
    }

    /// Takes in a column, whose rows belong to the groups of these ids.
    ///
    /// # Errors
    ///
    /// If an id is not that of a group, or if there is not one for each row. No row is taken
    /// in then.
    pub fn update<'a, C>(&mut self, ids: &[u32], column: C) -> Result<(), GroupError>
    where
        C: IntoColumn<'a, Row = R>,
    {
        self.update_column(ids, column.into_column()?)
    }

    pub(super) fn update_column(
        &mut self,
        ids: &[u32],
        column: R::Column<'_>,
    ) -> Result<(), GroupError> {
        let rows = R::len(column);
        if ids.len() != rows {
            return Err(GroupError::Rows { ids: ids.len(), rows });
        }
        let update = Update {
            aggregate: &self.aggregate,
            partials: &mut self.partials,
            table: &mut self.table,
            scratch: &mut self.scratch,
            input: PhantomData,
        };
        dispatch(self.backend, update, &(ids, column))
    }

    /// Takes in one row, as [`update`](Self::update) takes a column of one.
    ///
    /// # Errors
    ///
    /// If the id is not that of a group.
    pub fn push(&mut self, id: u32, row: R) -> Result<(), GroupError> {
        let groups = self.partials.len();
        let Some(partial) = self.partials.get_mut(id as usize) else {
            return Err(GroupError::Id { row: 0, id, groups });
        };
        if A::DIGEST.is_some() {
            join_row(&self.aggregate, partial, row);
            return Ok(());
        }
        let tile = &mut self.scratch.get_or_insert_with(Scratch::new).tile;
        R::put(tile, 0, row);
        crate::run::update(&self.aggregate, partial, self.backend, R::view(tile, 1));
        Ok(())
    }

    /// Takes in the groups of another, each after the rows of the group of its id. Groups that
    /// are not there are added.
    ///
    /// Both must be of the same aggregate, with the same configuration.
    pub fn merge(&mut self, other: &Self) {
        self.resize(other.partials.len());
        for (into, other) in self.partials.iter_mut().zip(&other.partials) {
            self.aggregate.merge(into, other);
        }
    }

    /// Takes in the groups of another, whose group `i` is group `map[i]` here. Several may
    /// be the same.
    ///
    /// # Errors
    ///
    /// If there is not one id for each group of the other, or if one is not that of a group
    /// here. Nothing is taken in then.
    pub fn merge_mapped(&mut self, other: &Self, map: &[u32]) -> Result<(), GroupError> {
        if map.len() != other.partials.len() {
            return Err(GroupError::Map { ids: map.len(), groups: other.partials.len() });
        }
        check(map, self.partials.len())?;
        for (&id, other) in map.iter().zip(&other.partials) {
            self.aggregate.merge(&mut self.partials[id as usize], other);
        }
        Ok(())
    }

    /// The partials, in order of ids.
    pub fn partials(&self) -> &[A::Partial] {
        &self.partials
    }

    /// The results, in order of ids.
    pub fn finish(&self) -> impl ExactSizeIterator<Item = A::Output> {
        self.partials.iter().map(|partial| self.aggregate.finish(partial))
    }

    /// The same of groups that nobody needs any more.
    pub(super) fn finish_owned(self) -> Vec<A::Output> {
        let Self { aggregate, partials, .. } = self;
        partials.into_iter().map(|partial| aggregate.finish_owned(partial)).collect()
    }

    /// Writes the results, in order of ids.
    ///
    /// # Errors
    ///
    /// If there is not one place for each group. Nothing is written then.
    pub fn finish_into(&self, places: &mut [A::Output]) -> Result<(), GroupError> {
        if places.len() != self.partials.len() {
            let groups = self.partials.len();
            return Err(GroupError::Places { places: places.len(), groups });
        }
        for (place, output) in places.iter_mut().zip(self.finish()) {
            *place = output;
        }
        Ok(())
    }

    /// The result of a group, if it is there.
    pub fn get(&self, id: u32) -> Option<A::Output> {
        self.partials.get(id as usize).map(|partial| self.aggregate.finish(partial))
    }

    /// Hands out the partials, and starts anew with as many groups.
    pub fn take(&mut self) -> Vec<A::Partial> {
        let groups = self.partials.len();
        let partials = mem::take(&mut self.partials);
        self.resize(groups);
        partials
    }

    /// Starts anew with as many groups, in the same memory, that of sketches included.
    pub fn reset(&mut self) {
        for partial in &mut self.partials {
            self.aggregate.reset(partial);
        }
    }

    #[cfg(feature = "rayon")]
    pub(super) fn fields(&mut self) -> (&A, &mut [A::Partial], Backend) {
        (&self.aggregate, &mut self.partials, self.backend)
    }

    pub(super) fn truncate(&mut self, groups: usize) {
        self.partials.truncate(groups);
    }
}

impl<A, R> fmt::Debug for Grouped<A, R>
where
    A: Aggregate<R, Partial: fmt::Debug> + fmt::Debug,
    R: Row,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Grouped")
            .field("aggregate", &self.aggregate)
            .field("partials", &self.partials)
            .field("backend", &self.backend)
            .finish_non_exhaustive()
    }
}
