//! Backends: which CPU features a kernel is compiled for, and how one is chosen.
//!
//! A *backend* is a set of CPU features. For each there is a zero-sized *token*; a
//! kernel is a function that is generic over the token, and the token is the proof
//! that the features are there. [`Backend`] is the run-time value that names one:
//! it can only be had for a backend that this CPU has, so to run a kernel on a
//! `Backend` is always sound.
//!
//! The table in [`x86_backends!`] is the only place that lists features: detection,
//! the `#[target_feature]` entries and the tests are made from it.
//!
//! `unsafe` code lives in this folder only. Three arguments carry it, but for the memory
//! of [`with_zeros`] and of [`Buffer`], which have their own:
//! 1. a token is made only in the entry that [`dispatch`] calls for a `Backend`, and that
//!    was detected;
//! 2. a vector is made only from a token, from another vector of its backend, or from the
//!    halves of a wider one: the features of a backend include those of the backend below;
//! 3. a pointer that is read or written comes from a slice, or an array, that is long
//!    enough: its length was checked, or a mask admits no more.

mod buffer;
mod choice;
mod scalar;
mod simd;
cfg_if::cfg_if! {
    if #[cfg(target_arch = "x86_64")] {
        mod avx2;
        mod avx512;
        mod sse;
        mod x86;
    }
}

use crate::number::Number;
use core::marker::PhantomData;
use core::mem::MaybeUninit;

pub use buffer::Buffer;
pub use choice::{Backend, BackendError};
pub use scalar::Scalar;
pub(crate) use simd::MOST_LANES;
pub use simd::{FloatVector, STRIPE_BYTES, Simd, Vector};

pub(crate) mod sealed {
    /// Keeps others from making tokens: they are proofs.
    pub trait Token {}
}

/// 2⁵² and the bias of an exponent: added to an integer `k` it leaves the exponent of `2^k`
/// in the lowest bits.
const POWER_BIAS: f64 = ((1_u64 << 52) + 1023) as f64;

/// [`Simd::product_error`] without a fused multiplication: Veltkamp cuts each factor into two
/// of 26 digits, whose products are exact, and Dekker adds those up without an error.
#[inline(always)]
fn split_product_error<S: Simd>(simd: S, x: S::F64, y: S::F64, product: S::F64) -> S::F64 {
    #[inline(always)]
    fn parts<V: FloatVector<S, f64>, S: Simd>(v: V, factor: V) -> (V, V) {
        let scaled = v.mul(factor);
        let high = scaled.sub(scaled.sub(v));
        (high, v.sub(high))
    }
    let factor = S::F64::splat(simd, 134_217_729.0);
    let ((x_high, x_low), (y_high, y_low)) = (parts(x, factor), parts(y, factor));
    let rest = x_high.mul(y_high).sub(product);
    rest.add(x_high.mul(y_low)).add(x_low.mul(y_high)).add(x_low.mul(y_low))
}

/// Hands `len` zeros on the stack to a function, at most a tile of them. A whole tile of
/// zeros would cost a short column many times what it costs to work on.
///
/// # Panics
///
/// If they are more than a tile.
#[inline(always)]
pub(crate) fn with_zeros<T: Number, O>(len: usize, f: impl FnOnce(&mut [T]) -> O) -> O {
    let mut tile = MaybeUninit::<T::Tile>::uninit();
    assert!(len <= Buffer::<T>::ROOM);
    let first: *mut T = tile.as_mut_ptr().cast();
    // SAFETY: `Number` is sealed, and its one macro makes a tile an array of the type: aligned
    // as one, and with room for `len`, as asserted. Zero bits are
    // a number of each type.
    let zeros = unsafe {
        first.write_bytes(0, len);
        core::slice::from_raw_parts_mut(first, len)
    };
    f(zeros)
}

/// A computation that runs on whichever backend was chosen.
pub(crate) trait Kernel {
    /// What it reads: apart from `self`, so that both travel in registers.
    type Input: Copy;
    type Output;
    /// Must be `#[inline(always)]`; see the inlining law of [`Simd`].
    fn run<S: Simd>(self, simd: S, input: Self::Input) -> Self::Output;
}

/// Whether what a type holds travels in registers, as two words do. More stays where it is: to move it
/// takes copies by vector loads of what was just stored by the word, and those wait.
pub(crate) const fn in_registers<T>() -> bool {
    size_of::<T>() <= 2 * size_of::<usize>()
}

/// Runs a kernel on a backend. This is the only way to the entries that make tokens.
#[inline]
pub(crate) fn dispatch<K: Kernel>(backend: Backend, kernel: K, input: &K::Input) -> K::Output {
    if const { in_registers::<K::Input>() } {
        enter(backend, kernel, *input)
    } else {
        enter(backend, There(kernel, PhantomData), input)
    }
}

/// A kernel whose input stays where it is.
struct There<'i, K: Kernel>(K, PhantomData<&'i K::Input>);

impl<'i, K: Kernel> Kernel for There<'i, K> {
    type Input = &'i K::Input;
    type Output = K::Output;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S, input: &'i K::Input) -> K::Output {
        self.0.run(simd, *input)
    }
}

#[inline]
fn enter<K: Kernel>(backend: Backend, kernel: K, input: K::Input) -> K::Output {
    let level = backend.level();
    #[cfg(target_arch = "x86_64")]
    {
        if level > choice::Level::Avx2 {
            // SAFETY: a `Backend` exists only where the features of its level were detected, and above AVX2
            // there is AVX-512 alone: see the assertion beside `LEVELS`.
            return unsafe { x86::Avx512::enter(kernel, input) };
        }
        if level > choice::Level::Sse {
            // SAFETY: as above; what is left above SSE is AVX2.
            return unsafe { x86::Avx2::enter(kernel, input) };
        }
        if level > choice::Level::Scalar {
            // SAFETY: as above; what is left above the scalar level is SSE.
            return unsafe { x86::Sse::enter(kernel, input) };
        }
    }
    Scalar::enter(kernel, input)
}
