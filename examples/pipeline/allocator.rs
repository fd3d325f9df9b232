//! The allocator of this program: it counts, and hands on to one of two others.
//!
//! An allocator serves a whole process, and memory must go back to where it came from. So the
//! choice is made once, when the process asks for its first bytes: by the environment variable
//! [`CHOICE`], which `getenv` of the C library reads without an allocation. Each rung runs in a
//! process of its own, and so all of them pay the same for the choice and for the count: a load,
//! a branch and an addition for each call.
#![allow(unsafe_code, reason = "an allocator is unsafe to implement, and so is a call of C")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// The variable that chooses: `mimalloc`, or else the allocator of the system.
pub(crate) const CHOICE: &str = "PIPELINE_ALLOCATOR";

struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

thread_local! {
    // Of the thread: an atomic addition would cost as much as some allocations do.
    static CALLS: Cell<u64> = const { Cell::new(0) };
    static BYTES: Cell<u64> = const { Cell::new(0) };
}

/// How often this thread asked for memory so far, and for how many bytes.
pub(crate) fn counts() -> (u64, u64) {
    (CALLS.with(Cell::get), BYTES.with(Cell::get))
}

fn count(bytes: usize) {
    CALLS.with(|calls| calls.set(calls.get() + 1));
    BYTES.with(|sum| sum.set(sum.get() + bytes as u64));
}

// SAFETY: all work is done by other allocators, and the choice between them never changes, so
// that memory returns to the one that it came from.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        // SAFETY: the caller's promise, here and in the other three.
        unsafe { if other::chosen() { other::OTHER.alloc(layout) } else { System.alloc(layout) } }
    }
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        // SAFETY: as above.
        unsafe {
            if other::chosen() {
                other::OTHER.alloc_zeroed(layout)
            } else {
                System.alloc_zeroed(layout)
            }
        }
    }
    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size.saturating_sub(layout.size()));
        // SAFETY: as above.
        unsafe {
            if other::chosen() {
                other::OTHER.realloc(at, layout, size)
            } else {
                System.realloc(at, layout, size)
            }
        }
    }
    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe {
            if other::chosen() {
                other::OTHER.dealloc(at, layout);
            } else {
                System.dealloc(at, layout);
            }
        }
    }
}

/// Whether rungs 4 and up have an allocator of their own on this platform.
pub(crate) const HAS_OTHER: bool = other::THERE;

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod other {
    use std::ffi::{CStr, c_char};
    use std::sync::atomic::{AtomicU8, Ordering};

    pub(super) static OTHER: mimalloc::MiMalloc = mimalloc::MiMalloc;
    pub(super) const THERE: bool = true;

    const UNKNOWN: u8 = 0;
    const SYSTEM: u8 = 1;
    const MIMALLOC: u8 = 2;
    static CHOSEN: AtomicU8 = AtomicU8::new(UNKNOWN);

    unsafe extern "C" {
        fn getenv(name: *const c_char) -> *const c_char;
    }

    #[inline]
    pub(super) fn chosen() -> bool {
        match CHOSEN.load(Ordering::Relaxed) {
            UNKNOWN => choose(),
            choice => choice == MIMALLOC,
        }
    }

    #[cold]
    fn choose() -> bool {
        // SAFETY: the name ends with a zero byte. The first allocation comes before `main`, when
        // no other thread is there to change the environment.
        let value = unsafe { getenv(c"PIPELINE_ALLOCATOR".as_ptr()) };
        // SAFETY: if not null, what `getenv` gives ends with a zero byte.
        let mimalloc = !value.is_null() && unsafe { CStr::from_ptr(value) } == c"mimalloc";
        CHOSEN.store(if mimalloc { MIMALLOC } else { SYSTEM }, Ordering::Relaxed);
        mimalloc
    }
}

#[cfg(not(all(target_os = "linux", target_arch = "x86_64")))]
mod other {
    pub(super) static OTHER: std::alloc::System = std::alloc::System;
    pub(super) const THERE: bool = false;

    pub(super) fn chosen() -> bool {
        false
    }
}
