//! Sets of aggregates over values that come bit by bit.

use super::set::AT_ONCE;
use super::{ErasedPartial, SetError, Value};
use crate::backend::Backend;
use crate::number::Number;
use crate::row::Row;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// What [`AggregateSet::accumulator`](crate::AggregateSet::accumulator) makes: an
/// [`Accumulator`](crate::Accumulator) of all members, with one buffer of a tile for all.
///
/// Each result has the bits of one call over all values, however they came. Quantiles keep
/// the values, each its own.
///
/// ```
/// use lanefold::{AggregateSet, Value};
/// let set = AggregateSet::<f64>::from_names(["count", "mean"])?;
/// let (mut stream, mut other) = (set.accumulator(), set.accumulator());
/// stream.push(1.0);
/// stream.update(&[2.0, 6.0]);
/// other.push(11.0);
/// stream.merge(&other)?;
/// assert_eq!(stream.finish(), [("count", Value::Unsigned(4)), ("mean", Value::Float(5.0))]);
/// # Ok::<(), lanefold::SetError>(())
/// ```
pub struct SetAccumulator<T: Number> {
    names: Vec<String>,
    partials: Vec<Box<dyn ErasedPartial<T>>>,
    /// Fewer than a tile between calls.
    buffer: Vec<T>,
    /// Whether any value was taken in, or any accumulator merged.
    used: bool,
    backend: Backend,
}

impl<T: Number> SetAccumulator<T> {
    pub(super) fn new(
        backend: Backend,
        names: Vec<String>,
        partials: Vec<Box<dyn ErasedPartial<T>>>,
    ) -> Self {
        let buffer = Vec::with_capacity(<T as Row>::TILE);
        Self { names, partials, buffer, used: false, backend }
    }

    /// Takes in one value.
    #[inline]
    pub fn push(&mut self, value: T) {
        self.buffer.push(value);
        self.used = true;
        if self.buffer.len() == <T as Row>::TILE {
            self.flush();
        }
    }

    /// Takes in the values of a slice.
    pub fn update(&mut self, mut column: &[T]) {
        self.used |= !column.is_empty();
        if !self.buffer.is_empty() {
            let room = (<T as Row>::TILE - self.buffer.len()).min(column.len());
            let (first, rest) = column.split_at(room);
            self.buffer.extend_from_slice(first);
            column = rest;
            if self.buffer.len() < <T as Row>::TILE {
                return;
            }
            self.flush();
        }
        let (whole, rest) = column.split_at(column.len() / <T as Row>::TILE * <T as Row>::TILE);
        for piece in whole.chunks(AT_ONCE / size_of::<T>()) {
            for partial in &mut self.partials {
                partial.update(self.backend, piece);
            }
        }
        self.buffer.extend_from_slice(rest);
    }

    /// Takes in the values of another accumulator of the same set, after its own.
    ///
    /// As for [`Accumulator::merge`](crate::Accumulator::merge), both are cut where they stand,
    /// and one without values changes nothing.
    ///
    /// # Errors
    ///
    /// If the names differ, or the types of the aggregates; nothing is merged then. What an
    /// aggregate of your own is configured with is not compared.
    pub fn merge(&mut self, other: &Self) -> Result<(), SetError> {
        let mut pairs = self.partials.iter().zip(&other.partials);
        if self.names != other.names || !pairs.all(|(one, other)| one.is_like(&**other)) {
            let (names, others) = (self.names.clone(), other.names.clone());
            return Err(SetError::Unlike { names, others });
        }
        if other.used {
            self.flush();
            self.used = true;
            for (partial, other_partial) in self.partials.iter_mut().zip(&other.partials) {
                partial.merge(&**other_partial, self.backend, &other.buffer);
            }
        }
        Ok(())
    }

    /// The names, and the results for all values so far, in order. More values may follow.
    #[must_use]
    pub fn finish(&self) -> Vec<(&str, Value)> {
        let value = |partial: &dyn ErasedPartial<T>| partial.value(self.backend, &self.buffer);
        let members = self.names.iter().zip(&self.partials);
        members.map(|(name, partial)| (&**name, value(&**partial))).collect()
    }

    fn flush(&mut self) {
        for partial in &mut self.partials {
            partial.update(self.backend, &self.buffer);
        }
        self.buffer.clear();
    }
}

impl<T: Number> Clone for SetAccumulator<T> {
    fn clone(&self) -> Self {
        let mut buffer = Vec::with_capacity(<T as Row>::TILE);
        buffer.extend_from_slice(&self.buffer);
        Self {
            names: self.names.clone(),
            partials: self.partials.iter().map(|partial| partial.boxed()).collect(),
            buffer,
            used: self.used,
            backend: self.backend,
        }
    }
}

impl<T: Number> fmt::Debug for SetAccumulator<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SetAccumulator")
            .field("names", &self.names)
            .field("buffered", &self.buffer.len())
            .field("backend", &self.backend)
            .finish_non_exhaustive()
    }
}
