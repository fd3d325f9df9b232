//! Groups in one call.

use super::error::GroupError;
use super::grouped::Grouped;
use crate::aggregate::Aggregate;
use crate::backend::Backend;
use crate::column::IntoColumn;
use alloc::vec::Vec;

/// An aggregate for each group: what [`Adapt::by`](crate::Adapt::by) makes.
#[derive(Clone, Copy, Debug)]
pub struct By<'i, A> {
    pub(crate) aggregate: A,
    pub(crate) ids: &'i [u32],
    pub(crate) groups: usize,
}

impl<A> By<'_, A> {
    /// The result of each group, in order of ids.
    ///
    /// # Errors
    ///
    /// If an id is not below the number of groups, or if there is not one for each row.
    pub fn of<'a, C>(self, column: C) -> Result<Vec<A::Output>, GroupError>
    where
        C: IntoColumn<'a>,
        A: Aggregate<C::Row>,
    {
        self.of_on(Backend::best(), column)
    }

    /// The same on a given backend.
    ///
    /// # Errors
    ///
    /// As [`of`](Self::of).
    pub fn of_on<'a, C>(self, backend: Backend, column: C) -> Result<Vec<A::Output>, GroupError>
    where
        C: IntoColumn<'a>,
        A: Aggregate<C::Row>,
    {
        let mut grouped = Grouped::on(backend, self.aggregate);
        grouped.resize(self.groups);
        grouped.update(self.ids, column)?;
        Ok(grouped.finish_owned())
    }
}
