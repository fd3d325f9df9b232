//! Columns of times: sorted numbers of whatever unit, from whatever beginning.

use crate::column::LengthMismatch;
use core::fmt;

/// Why there are no results by time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeError {
    /// A duration of a window, or the width of a bucket, is not greater than 0.
    Duration {
        /// What it is.
        duration: i64,
    },
    /// A row is earlier than the one before it.
    Order {
        /// The row.
        row: usize,
        /// The time of the row before.
        before: i64,
        /// The time of the row.
        time: i64,
    },
    /// The times are more, or fewer, than the rows of the column.
    Times {
        /// How many times.
        times: usize,
        /// How many rows.
        rows: usize,
    },
    /// The results are more, or fewer, than the places for them.
    Places {
        /// Results, one for each row.
        windows: usize,
        /// Places for results.
        places: usize,
    },
    /// The columns of a pair differ in length.
    Columns(LengthMismatch),
}

impl fmt::Display for TimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Duration { duration } => write!(f, "a duration of {duration}"),
            Self::Order { row, before, time } => {
                write!(f, "row {row} has the time {time}, after {before}")
            }
            Self::Times { times, rows } => write!(f, "{times} times of {rows} rows"),
            Self::Places { windows, places } => {
                write!(f, "{windows} windows, and places for {places} results")
            }
            Self::Columns(mismatch) => mismatch.fmt(f),
        }
    }
}

impl core::error::Error for TimeError {}

/// Whether a duration is one.
pub(crate) fn check_duration(duration: i64) -> Result<(), TimeError> {
    if duration > 0 { Ok(()) } else { Err(TimeError::Duration { duration }) }
}

/// Whether times are sorted, and as many as there are rows.
pub(crate) fn check_times(times: &[i64], rows: usize) -> Result<(), TimeError> {
    if times.len() != rows {
        return Err(TimeError::Times { times: times.len(), rows });
    }
    match times.windows(2).position(|pair| pair[1] < pair[0]) {
        None => Ok(()),
        Some(i) => Err(TimeError::Order { row: i + 1, before: times[i], time: times[i + 1] }),
    }
}
