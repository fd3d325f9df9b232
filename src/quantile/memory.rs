//! Where scratch memory comes from.

use crate::number::Number;
use smallvec::SmallVec;

/// Numbers that lie on the stack: scratch of more comes from the heap.
const INLINE: usize = 512;

/// Hands out scratch memory.
pub(super) trait Memory {
    /// Calls a function with so many numbers.
    fn with<T: Number, O>(&mut self, len: usize, f: impl FnOnce(&mut [T]) -> O) -> O;
}

/// The stack and, for long columns, the heap.
pub(super) struct Heap;

impl Memory for Heap {
    #[inline(always)]
    fn with<T: Number, O>(&mut self, len: usize, f: impl FnOnce(&mut [T]) -> O) -> O {
        if len == 0 {
            return f(&mut []);
        }
        let mut memory: SmallVec<[T; INLINE]> = SmallVec::from_elem(T::default(), len);
        f(&mut memory)
    }
}

#[cfg(feature = "bumpalo")]
impl Memory for &bumpalo::Bump {
    #[inline(always)]
    fn with<T: Number, O>(&mut self, len: usize, f: impl FnOnce(&mut [T]) -> O) -> O {
        f(self.alloc_slice_fill_copy(len, T::default()))
    }
}
