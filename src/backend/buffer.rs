//! A tile of values that come one by one.

use crate::number::Number;
use core::hint::black_box;
use core::mem::MaybeUninit;
use core::slice;

/// Room for a tile of values, of which the first have been written. A new one touches no memory:
/// zeros for a whole tile would cost a stream of few rows many times what these cost.
#[derive(Clone, Debug)]
pub struct Buffer<T: Number> {
    tile: MaybeUninit<T::Tile>,
    /// Values from the first on that have been written.
    written: usize,
}

impl<T: Number> Buffer<T> {
    /// Values of a tile.
    pub(super) const ROOM: usize = size_of::<T::Tile>() / size_of::<T>();

    #[inline(always)]
    pub(crate) fn new() -> Self {
        // A constant would be written with all its bytes, those of the tile included.
        Self { tile: MaybeUninit::uninit(), written: black_box(0) }
    }

    /// Writes a value. Panics if one before it was never written, or there is no room.
    #[inline(always)]
    pub(crate) fn put(&mut self, at: usize, value: T) {
        assert!(at <= self.written && at < Self::ROOM);
        let first: *mut T = self.tile.as_mut_ptr().cast();
        // SAFETY: `Number` is sealed, and its one macro makes a tile an array of the type, with
        // `ROOM` places; `at` is one of them, as asserted.
        unsafe { first.add(at).write(value) };
        self.wrote(at + 1);
    }

    /// Writes values. Panics as [`put`](Self::put) does.
    #[inline(always)]
    pub(crate) fn copy(&mut self, at: usize, values: &[T]) {
        assert!(at <= self.written && values.len() <= Self::ROOM - at);
        let first: *mut T = self.tile.as_mut_ptr().cast();
        // SAFETY: a tile is such an array, with room for the values from `at` on, as asserted;
        // and nobody else has a reference into the buffer.
        unsafe { first.add(at).copy_from_nonoverlapping(values.as_ptr(), values.len()) };
        self.wrote(at + values.len());
    }

    /// A branch, which is soon never taken, and no chain of stores and loads from row to row.
    #[inline(always)]
    fn wrote(&mut self, end: usize) {
        if end > self.written {
            self.written = end;
        }
    }

    /// The first values. Panics if one was never written.
    #[inline(always)]
    pub(crate) fn view(&self, len: usize) -> &[T] {
        assert!(len <= self.written);
        // SAFETY: a tile is such an array; so many have been written, as asserted, one after the
        // other, and none is ever taken out.
        unsafe { slice::from_raw_parts(self.tile.as_ptr().cast(), len) }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;
    use std::panic::catch_unwind;

    #[test]
    fn what_was_written_is_there_and_nothing_else() {
        let mut buffer = Buffer::<u32>::new();
        assert!(buffer.view(0).is_empty());
        buffer.put(0, 7);
        buffer.copy(1, &[8, 9]);
        buffer.put(1, 5);
        assert_eq!(buffer.clone().view(3), [7, 5, 9]);
        assert_eq!(buffer.view(1), [7]);
        assert!(catch_unwind(|| buffer.view(4).len()).is_err());
        let put = |at| catch_unwind(move || Buffer::<u32>::new().put(at, 0));
        assert!(put(1).is_err());
        let copy = |len| catch_unwind(move || Buffer::<u32>::new().copy(0, &[1; 3000][..len]));
        assert!(copy(2048).is_ok() && copy(2049).is_err());
        buffer.copy(3, &[1; 2045]);
        assert_eq!(buffer.view(2048).iter().sum::<u32>(), 2045 + 21);
        assert!(catch_unwind(move || buffer.put(2048, 0)).is_err());
    }
}
