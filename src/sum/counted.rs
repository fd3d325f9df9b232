//! The partial of counts.

use crate::stored::stored;

/// So many rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    pub(crate) rows: u64,
}

stored! {
    Counted as "Counted" |it| {
        v = 1,
        rows: Rows = it.rows,
    }
    => Counted { rows }
}

impl Counted {
    pub(crate) const NOTHING: Self = Self { rows: 0 };

    #[inline(always)]
    pub(crate) fn merge(&mut self, other: Self) {
        self.rows = self.rows.saturating_add(other.rows);
    }
}
