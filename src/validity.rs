//! Columns with nulls: values beside an Arrow validity bitmap.

use core::fmt;

/// Values of which some are null: a slice, and an Arrow validity bitmap.
///
/// Row `i` is present where bit `offset + i` of the bitmap is set; bits count from the
/// lowest of the first byte, as in Arrow. What lies under a null is never looked at:
/// any bits may be there. The column is read as rows of `Option<T>`.
///
/// ```
/// use lanefold::{Aggregate, Count, Nullable, Sum};
/// let column = Nullable::new(&[1.0, f64::NAN, 3.0], &[0b101], 0)?;
/// assert_eq!((Count, Sum).of(column), (2, 4.0));
/// # Ok::<(), lanefold::ValidityError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Nullable<'a, T> {
    values: &'a [T],
    bytes: &'a [u8],
    offset: usize,
}

impl<'a, T> Nullable<'a, T> {
    /// A column of `values`, of which row `i` is present where bit `offset + i` of
    /// `validity` is set. The bitmap may be longer than needed.
    ///
    /// # Errors
    ///
    /// If the bitmap has fewer than `offset + values.len()` bits.
    pub fn new(values: &'a [T], validity: &'a [u8], offset: usize) -> Result<Self, ValidityError> {
        let enough =
            offset.checked_add(values.len()).is_some_and(|bits| bits.div_ceil(8) <= validity.len());
        if enough {
            Ok(Self { values, bytes: &validity[offset / 8..], offset: offset % 8 })
        } else {
            Err(ValidityError { offset, rows: values.len(), bytes: validity.len() })
        }
    }

    /// A column whose bitmap starts at its first bit, and is long enough.
    pub(crate) fn aligned(values: &'a [T], bytes: &'a [u8]) -> Self {
        debug_assert!(values.len().div_ceil(8) <= bytes.len());
        Self { values, bytes, offset: 0 }
    }

    /// The values, those under nulls included.
    #[must_use]
    pub fn values(&self) -> &'a [T] {
        self.values
    }

    /// Rows, nulls included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Whether a row is there and not null.
    #[must_use]
    pub fn is_present(&self, row: usize) -> bool {
        row < self.len() && {
            let bit = self.offset + row;
            self.bytes[bit / 8] >> (bit % 8) & 1 == 1
        }
    }

    pub(crate) fn split_at(self, at: usize) -> (Self, Self) {
        let (first, second) = self.values.split_at(at);
        let bit = self.offset + at;
        (
            Self { values: first, ..self },
            Self { values: second, bytes: &self.bytes[bit / 8..], offset: bit % 8 },
        )
    }

    /// Writes the validity of all rows, 64 to a word, and counts those that are not null.
    /// Bits past the rows are 0.
    #[inline(always)]
    pub(crate) fn write_bits(&self, words: &mut [u64]) -> usize {
        let mut left = self.values.len();
        let mut bytes = self.bytes;
        let mut count = 0;
        for word in words {
            if left == 0 {
                break;
            }
            let (low, next) = match bytes.split_first_chunk() {
                Some((&low, rest)) => {
                    bytes = rest;
                    (u64::from_le_bytes(low), rest.first().copied().unwrap_or(0))
                }
                None => (bytes.iter().rev().fold(0, |low, &byte| low << 8 | u64::from(byte)), 0),
            };
            // The offset is less than 8; a shift by 64 is one by 63 and one by 1.
            let bits = low >> self.offset | (u64::from(next) << 1) << (63 - self.offset);
            *word = if left < 64 { bits & ((1 << left) - 1) } else { bits };
            count += word.count_ones() as usize;
            left = left.saturating_sub(64);
        }
        count
    }
}

/// A validity bitmap that is too short for its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ValidityError {
    offset: usize,
    rows: usize,
    bytes: usize,
}

impl fmt::Display for ValidityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { offset, rows, bytes } = self;
        write!(
            f,
            "a validity bitmap of {bytes} bytes is too short for {rows} rows from bit {offset}"
        )
    }
}

impl core::error::Error for ValidityError {}
