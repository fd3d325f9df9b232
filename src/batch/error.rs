//! What is wrong with an event.

use alloc::string::String;
use core::fmt;

/// An event that a [`Batch`](super::Batch) or an [`Interner`](super::Interner) refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventError {
    /// The row of the batch that the event would have been, from 0; 0 from an interner alone.
    pub row: usize,
    /// What is wrong with it.
    pub problem: EventProblem,
}

/// What is wrong with the name or the labels of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventProblem {
    /// The name has no characters.
    EmptyName,
    /// More labels than [`MAX_LABELS`](super::MAX_LABELS).
    TooManyLabels {
        /// The name of the event.
        name: String,
        /// How many labels it has.
        labels: usize,
    },
    /// A label whose key has no characters.
    EmptyKey {
        /// The name of the event.
        name: String,
        /// The place of the label, from 0.
        label: usize,
    },
    /// Two labels have the same key.
    DuplicateKey {
        /// The name of the event.
        name: String,
        /// The key.
        key: String,
    },
    /// There are so many series, or so much text in them, that numbers of 32 bits do not suffice.
    TooManySeries {
        /// How many there are.
        series: usize,
    },
}

impl fmt::Display for EventError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "row {}: ", self.row)?;
        match &self.problem {
            EventProblem::EmptyName => f.write_str("the name is empty"),
            EventProblem::TooManyLabels { name, labels } => {
                write!(f, "{name:?} has {labels} labels, and {} are allowed", super::MAX_LABELS)
            }
            EventProblem::EmptyKey { name, label } => {
                write!(f, "the key of label {label} of {name:?} is empty")
            }
            EventProblem::DuplicateKey { name, key } => {
                write!(f, "two labels of {name:?} have the key {key:?}")
            }
            EventProblem::TooManySeries { series } => {
                write!(f, "one series more than the {series} that numbers of 32 bits suffice for")
            }
        }
    }
}

impl core::error::Error for EventError {}
