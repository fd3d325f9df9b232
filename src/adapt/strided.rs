//! Columns of which every so manyth value counts: one field of records in a row.

use crate::aggregate::Aggregate;
use crate::backend::{Backend, with_zeros};
use crate::block::Blocks;
use crate::number::Number;
use crate::row::Row;
use core::fmt;

/// Every `step`th value of a slice, from one on: a field of records that lie in a row.
///
/// A result has the bits of [`Aggregate::of`] for the chosen values in a slice of their
/// own. They are gathered by the tile, into 8 KiB on the stack; no allocation.
///
/// ```
/// use lanefold::{Max, Mean, Strided};
/// // Records of a time, a price and a volume.
/// let trades = [0.0, 10.5, 300.0, 1.0, 11.5, 200.0, 2.0, 11.0, 100.0];
/// let prices = Strided::new(&trades, 1, 3)?;
/// assert_eq!(prices.of(&(Mean, Max)), (Some(11.0), Some(11.5)));
/// # Ok::<(), lanefold::StrideError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Strided<'a, T> {
    /// From the first value that counts on.
    values: &'a [T],
    step: usize,
}

impl<'a, T: Number> Strided<'a, T> {
    /// The values at `start`, `start + step`, and so on.
    ///
    /// # Errors
    ///
    /// If `step` is 0, or `start` lies beyond the end.
    pub fn new(values: &'a [T], start: usize, step: usize) -> Result<Self, StrideError> {
        let len = values.len();
        match values.get(start..) {
            Some(values) if step > 0 => Ok(Self { values, step }),
            _ => Err(StrideError { len, start, step }),
        }
    }

    /// Values that count.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len().div_ceil(self.step)
    }

    /// Whether no value counts.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The result for the values, on the backend [`Backend::best`].
    #[must_use]
    pub fn of<A: Aggregate<T>>(&self, aggregate: &A) -> A::Output {
        self.of_on(Backend::best(), aggregate)
    }

    /// The result for the values, on a given backend.
    #[must_use]
    pub fn of_on<A: Aggregate<T>>(&self, backend: Backend, aggregate: &A) -> A::Output {
        let mut blocks = Blocks::new(aggregate);
        with_zeros(self.len().min(<T as Row>::TILE), |tile: &mut [T]| {
            let mut rest = self.values;
            while !rest.is_empty() {
                let mut rows = 0;
                for (place, &value) in tile.iter_mut().zip(rest.iter().step_by(self.step)) {
                    *place = value;
                    rows += 1;
                }
                blocks.update(aggregate, backend, &tile[..rows]);
                // Where the tile is full, this many values lie before the next that counts.
                let taken = tile.len().saturating_mul(self.step);
                rest = rest.get(taken..).unwrap_or(&[]);
            }
        });
        aggregate.finish_owned(blocks.join(aggregate))
    }
}

/// A step of 0, or a start beyond the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StrideError {
    /// Values of the slice.
    pub len: usize,
    /// Where to start.
    pub start: usize,
    /// From one value to the next.
    pub step: usize,
}

impl fmt::Display for StrideError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { len, start, step } = self;
        write!(f, "no values from {start} on in steps of {step} in a slice of {len}")
    }
}

impl core::error::Error for StrideError {}
