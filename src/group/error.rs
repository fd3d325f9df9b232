//! Ids and columns that do not fit.

use crate::column::LengthMismatch;
use core::fmt;

/// Why groups refuse what they are given. Nothing was taken in then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum GroupError {
    /// An id is not that of a group.
    Id {
        /// The first such place.
        row: usize,
        /// The id.
        id: u32,
        /// Groups that there are; ids are below.
        groups: usize,
    },
    /// There is not one id, or key, for each row.
    Rows {
        /// Ids, or keys.
        ids: usize,
        /// Rows of the column.
        rows: usize,
    },
    /// The columns of a pair differ in length.
    Columns(LengthMismatch),
    /// There is not one place for the result of each group.
    Places {
        /// Places.
        places: usize,
        /// Groups.
        groups: usize,
    },
    /// There is not one id for each group that is merged.
    Map {
        /// Ids of the map.
        ids: usize,
        /// Groups of the other.
        groups: usize,
    },
    /// There are more keys than rows.
    ManyKeys {
        /// Rows of the column.
        rows: usize,
    },
    /// There are more different keys than a `u32` counts.
    Keys {
        /// The row of the first key too many.
        row: usize,
    },
}

impl fmt::Display for GroupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Id { row, id, groups } => {
                write!(f, "the id at {row} is {id}, and there are {groups} groups")
            }
            Self::ManyKeys { rows } => write!(f, "more keys than the {rows} rows"),
            Self::Rows { ids, rows } => write!(f, "{ids} ids or keys for {rows} rows"),
            Self::Columns(mismatch) => mismatch.fmt(f),
            Self::Places { places, groups } => {
                write!(f, "{places} places for the results of {groups} groups")
            }
            Self::Map { ids, groups } => write!(f, "a map of {ids} ids for {groups} groups"),
            Self::Keys { row } => {
                write!(f, "the key at {row} is one more than there are ids of 32 bits")
            }
        }
    }
}

impl core::error::Error for GroupError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Columns(mismatch) => Some(mismatch),
            _ => None,
        }
    }
}

impl From<LengthMismatch> for GroupError {
    fn from(mismatch: LengthMismatch) -> Self {
        Self::Columns(mismatch)
    }
}
