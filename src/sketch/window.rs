//! The window of buckets that a sketch keeps, and what falls out of it below.

use super::buckets::Buckets;
use super::grid::Grid;

/// The buckets that are kept.
///
/// No counter of an index below the floor, or above the top, is other than 0. If nothing was
/// counted the top is `i32::MIN`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Window {
    /// Nothing once sketches of unequal settings were merged: there are no buckets then.
    pub(super) grid: Option<Grid>,
    /// The most buckets.
    pub(super) limit: i32,
    /// The greatest index that any value had.
    pub(super) top: i32,
    /// Of negative values by magnitude, and of positive ones.
    pub(super) buckets: [Buckets; 2],
    /// Negative values, and positive ones, below the floor.
    pub(super) collapsed: [u64; 2],
}

impl Window {
    pub(super) fn empty(grid: Option<Grid>, limit: u32) -> Self {
        Self {
            grid,
            limit: limit.cast_signed(),
            top: i32::MIN,
            buckets: [Buckets::NONE, Buckets::NONE],
            collapsed: [0; 2],
        }
    }

    /// The least index that is kept.
    #[inline(always)]
    pub(super) fn floor(&self) -> i32 {
        self.top.saturating_sub(self.limit - 1)
    }

    /// Moves the top up to an index, and collapses what is then below the floor.
    #[inline(always)]
    pub(super) fn raise(&mut self, top: i32) {
        if top > self.top {
            self.top = top;
            let floor = self.floor();
            for i in 0..2 {
                let dropped = self.buckets[i].drop_below(floor);
                self.collapsed[i] = self.collapsed[i].saturating_add(dropped);
            }
        }
    }

    pub(super) fn merge(&mut self, other: &Self, fits: bool) {
        self.raise(other.top);
        let floor = self.floor();
        for i in 0..2 {
            let dropped = self.buckets[i].merge(&other.buckets[i], floor, fits);
            let collapsed = self.collapsed[i].saturating_add(other.collapsed[i]);
            self.collapsed[i] = collapsed.saturating_add(dropped);
        }
    }
}
