//! The x86-64 backends: their tokens, their features, and the entries into them.

use super::Kernel;
use core::arch::asm;
use core::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
use core::slice;

/// For each line: the token, and an entry that is compiled with the features: those of the backend
/// below, and more. What the backend below has is detected there: each feature's detection is code
/// that takes time to compile.
macro_rules! x86_backends {
    ($(
        $(#[$doc:meta])*
        $Token:ident $detect:ident $($Below:ident)? [$($inherited:tt)*] [$($feature:tt)*]
    )*) => {$(
        cpufeatures::new!($detect, $($feature),*);

        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $Token(());

        impl super::sealed::Token for $Token {}

        impl $Token {
            /// Whether this CPU, and its operating system, have the features. Costs
            /// nothing where the build already requires them.
            pub(super) fn detected() -> bool {
                $($Below::detected() &&)? $detect::get()
            }

            /// Runs a kernel compiled for this backend.
            ///
            /// # Safety
            ///
            /// The CPU has the backend's features.
            #[inline]
            pub(super) unsafe fn enter<K: Kernel>(kernel: K, input: K::Input) -> K::Output {
                $(#[target_feature(enable = $inherited)])*
                $(#[target_feature(enable = $feature)])*
                unsafe fn entry<K: Kernel>(kernel: K, input: K::Input) -> K::Output {
                    kernel.run($Token(()), input)
                }
                // SAFETY: the caller's promise.
                unsafe { entry(kernel, input) }
            }
        }
    )*};
}

x86_backends! {
    /// Token of the SSE backend: x86-64-v2.
    Sse sse_features [] ["sse3" "ssse3" "sse4.1" "sse4.2" "popcnt"]

    /// Token of the AVX2 backend: x86-64-v3, as far as kernels use it.
    Avx2 avx2_features Sse ["sse3" "ssse3" "sse4.1" "sse4.2" "popcnt"]
        ["avx" "avx2" "bmi1" "bmi2" "fma"]

    /// Token of the AVX-512 backend: x86-64-v4, as far as kernels use it.
    Avx512 avx512_features Avx2 ["sse3" "ssse3" "sse4.1" "sse4.2" "popcnt"
        "avx" "avx2" "bmi1" "bmi2" "fma"]
        ["avx512f" "avx512bw" "avx512cd" "avx512dq" "avx512vl"]
}

macro_rules! opaque_ones {
    ($($name:ident $T:ident)*) => {$(
        /// 1, in a way that the compiler does not turn `x * 1` into `x`. By an integer
        /// register, for there are targets whose floats are in software.
        #[inline(always)]
        pub(super) fn $name() -> $T {
            let mut one = $T::to_bits(1.0);
            // SAFETY: no instruction.
            unsafe {
                asm!("/* {0:r} */", inout(reg) one, options(pure, nomem, nostack, preserves_flags));
            }
            $T::from_bits(one)
        }
    )*};
}

opaque_ones! { opaque_one_f32 f32 opaque_one_f64 f64 }

/// The same bits, out of a register that the compiler does not look into.
#[inline(always)]
pub(super) fn opaque(mut bits: u64) -> u64 {
    // SAFETY: no instruction.
    unsafe {
        asm!("/* {0:r} */", inout(reg) bits, options(pure, nomem, nostack, preserves_flags));
    }
    bits
}

/// The same slice, out of a register that the compiler does not look into.
#[allow(
    clippy::pointers_in_nomem_asm_block,
    reason = "nothing is read or written: it is a comment"
)]
#[inline(always)]
pub(super) fn again<T>(values: &[T]) -> &[T] {
    let mut start = values.as_ptr();
    // SAFETY: no instruction; so the address, and what it may be used for, are as they were.
    unsafe {
        asm!("/* {0:r} */", inout(reg) start, options(pure, nomem, nostack, preserves_flags));
    }
    // SAFETY: that is the start of `values`, which has so many, and is borrowed as long.
    unsafe { slice::from_raw_parts(start, values.len()) }
}

/// A hint for each cache line that lies `ahead` bytes after one of the slice's.
#[inline(always)]
pub(super) fn prefetch<T>(values: &[T], ahead: usize) {
    const LINE: usize = 64;
    let start: *const i8 = values.as_ptr().cast();
    for offset in (0..size_of_val(values)).step_by(LINE) {
        // SAFETY: every x86-64 CPU has the instruction, which reads nothing.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(start.wrapping_add(ahead + offset)) };
    }
}

/// Stamps the vector types of an x86 backend. Each line names the type, its register,
/// its mask, and the operations, which are intrinsics or helpers of the same form.
///
/// `low` and `high` give the halves as vectors of the backend below, whose fold
/// continues the halving tree.
macro_rules! vectors {
    // Wider than 128 bits: combine the halves, and let the backend below go on.
    (@fold $fold:ident $op:ident $T:ident halves $Half:ident $low:ident $high:ident) => {
        #[inline(always)]
        fn $fold(self) -> $T {
            // SAFETY: `self` proves the features, and with them those of the backend below.
            let (low, high) = unsafe { ($Half($low(self.0)), $Half($high(self.0))) };
            low.$op(high).$fold()
        }
    };
    // 128 bits: shift the upper half of what is left onto the lower one. Lanes above
    // what is left hold rubbish that no later step brings into lane 0.
    (@fold $fold:ident $op:ident $T:ident shifts $to:ident $from:ident $($bytes:literal)*) => {
        #[inline(always)]
        fn $fold(self) -> $T {
            let left = self;
            $(
                // SAFETY: `self` proves the features.
                let left = left.$op(Self(unsafe { $from(_mm_srli_si128::<$bytes>($to(left.0))) }));
            )*
            let mut lanes = [<$T>::default(); <Self as Vector<_, $T>>::LANES];
            left.store(&mut lanes);
            lanes[0]
        }
    };
    // 512 bits of integers that only AVX-512 can compare in one step: the halves stay where
    // they are, and rubbish above them.
    (@fold $fold:ident $op:ident $T:ident wide) => {
        #[inline(always)]
        fn $fold(self) -> $T {
            // SAFETY: `self` proves the features, in each of the three steps.
            let left = self.$op(Self(unsafe { _mm512_shuffle_i64x2::<0b11_10>(self.0, self.0) }));
            // SAFETY: as above.
            let left = left.$op(Self(unsafe { _mm512_shuffle_i64x2::<0b01>(left.0, left.0) }));
            // SAFETY: as above.
            let left = left.$op(Self(unsafe { _mm512_bsrli_epi128::<8>(left.0) }));
            let mut lanes = [<$T>::default(); <Self as Vector<_, $T>>::LANES];
            left.store(&mut lanes);
            lanes[0]
        }
    };
    ($Token:ident, both $both:expr, either $either:expr; $(
        $Name:ident $T:ident as $set:ident, $Reg:ident, $Mask:ident, $lanes:literal,
        load $load:expr, store $store:expr, splat $splat:ident, part $part:ident, $(end $end:ident,)?
        add $add:ident, sub $sub:ident, min $min:ident, max $max:ident,
        and $and:ident, or $or:ident, xor $xor:ident, $(full_add $full_add:ident,)?
        lt $lt:ident, $(le $le:ident,)? eq $eq:ident, bits $bits:ident,
        mask $mask:ident, select $select:ident, keep $keep:ident, tally $tally:ident,
        fold ($($how:tt)*);
    )*) => {$(
        /// A register of this backend; the token that made it proves the features.
        #[derive(Clone, Copy, Debug)]
        pub struct $Name(pub(super) $Reg);

        impl Vector<$Token, $T> for $Name {
            const LANES: usize = $lanes;
            type Mask = $Mask;

            #[inline(always)]
            fn splat(_: $Token, value: $T) -> Self {
                // SAFETY: the token proves the features.
                Self(unsafe { $splat(value as $set) })
            }
            #[inline(always)]
            fn load(_: $Token, values: &[$T]) -> Self {
                assert!(values.len() >= $lanes);
                // SAFETY: the token proves the features; the slice is long enough.
                Self(unsafe { $load(values.as_ptr()) })
            }
            #[inline(always)]
            fn load_part(simd: $Token, values: &[$T], pad: Self) -> Self {
                if size_of::<$Reg>() < 64 && values.len() >= $lanes {
                    return Self::load(simd, values);
                }
                // SAFETY: the token proves the features. The helper reads values of the
                // slice only: with the mask of AVX-512 as many as there are lanes, and
                // on other backends all, which are fewer than the lanes.
                Self(unsafe { $part(values, pad.0) })
            }
            $(#[inline(always)]
            fn load_end(_: $Token, values: &[$T], pad: Self) -> Self {
                assert!(values.len() <= $lanes);
                // SAFETY: the token proves the features; the slice has no more values than there are
                // lanes, and the mask of the helper admits those alone.
                Self(unsafe { $end(values, pad.0) })
            })?
            #[inline(always)]
            fn store(self, to: &mut [$T]) {
                assert!(to.len() >= $lanes);
                // SAFETY: `self` proves the features; the slice is long enough.
                unsafe { $store(to.as_mut_ptr(), self.0) }
            }
            #[inline(always)]
            fn add(self, other: Self) -> Self {
                // SAFETY: `self` proves the features.
                Self(unsafe { $add(self.0, other.0) })
            }
            #[inline(always)]
            fn sub(self, other: Self) -> Self {
                // SAFETY: `self` proves the features.
                Self(unsafe { $sub(self.0, other.0) })
            }
            #[inline(always)]
            fn min(self, other: Self) -> Self {
                // SAFETY: `self` proves the features.
                Self(unsafe { $min(self.0, other.0) })
            }
            #[inline(always)]
            fn max(self, other: Self) -> Self {
                // SAFETY: `self` proves the features.
                Self(unsafe { $max(self.0, other.0) })
            }
            #[inline(always)]
            fn and(self, other: Self) -> Self {
                // SAFETY: `self` proves the features.
                Self(unsafe { $and(self.0, other.0) })
            }
            #[inline(always)]
            fn or(self, other: Self) -> Self {
                // SAFETY: `self` proves the features.
                Self(unsafe { $or(self.0, other.0) })
            }
            #[inline(always)]
            fn xor(self, other: Self) -> Self {
                // SAFETY: `self` proves the features.
                Self(unsafe { $xor(self.0, other.0) })
            }
            $(#[inline(always)]
            fn full_add(self, b: Self, c: Self) -> (Self, Self) {
                // SAFETY: `self` proves the features.
                let (sum, carry) = unsafe { $full_add(self.0, b.0, c.0) };
                (Self(sum), Self(carry))
            })?
            #[inline(always)]
            fn lt(self, other: Self) -> $Mask {
                // SAFETY: `self` proves the features.
                unsafe { $lt(self.0, other.0) }
            }
            $(#[inline(always)]
            fn le(self, other: Self) -> $Mask {
                // SAFETY: `self` proves the features.
                unsafe { $le(self.0, other.0) }
            })?
            #[inline(always)]
            fn eq(self, other: Self) -> $Mask {
                // SAFETY: `self` proves the features.
                unsafe { $eq(self.0, other.0) }
            }
            #[allow(unused_unsafe, reason = "on AVX-512 a mask is its bits")]
            #[inline(always)]
            fn both(_: $Token, one: $Mask, other: $Mask) -> $Mask {
                // SAFETY: the token proves the features.
                unsafe { $both(one, other) }
            }
            #[allow(unused_unsafe, reason = "as above")]
            #[inline(always)]
            fn either(_: $Token, one: $Mask, other: $Mask) -> $Mask {
                // SAFETY: the token proves the features.
                unsafe { $either(one, other) }
            }
            #[inline(always)]
            fn bits(_: $Token, mask: $Mask) -> u64 {
                // SAFETY: the token proves the features.
                unsafe { $bits(mask) }
            }
            #[inline(always)]
            fn mask_from(_: $Token, bits: u64, from: usize) -> $Mask {
                // SAFETY: the token proves the features.
                unsafe { $mask(bits, from) }
            }
            #[inline(always)]
            fn select(self, mask: $Mask, other: Self) -> Self {
                // SAFETY: `self` proves the features.
                Self(unsafe { $select(mask, self.0, other.0) })
            }
            #[inline(always)]
            fn keep_unless(self, _: $Token, mask: $Mask, to: &mut [$T]) -> usize {
                assert!(to.len() >= $lanes);
                // SAFETY: `self` proves the features; a register fits into the slice, and a helper
                // that stores in parts begins each at no more than the lanes before it.
                unsafe { $keep(self.0, mask, to.as_mut_ptr()) }
            }
            #[inline(always)]
            fn tally(self, mask: $Mask) -> Self {
                // SAFETY: `self` proves the features.
                Self(unsafe { $tally(self.0, mask) })
            }
            vectors!(@fold fold_add add $T $($how)*);
            vectors!(@fold fold_min min $T $($how)*);
            vectors!(@fold fold_max max $T $($how)*);
        }
    )*};
}

/// For each set of lanes of 32 bits, the places of those in the set, first to last, then
/// rubbish: what a permutation by places needs to bring them to the front.
pub(super) const fn front<const LANES: usize, const SETS: usize>() -> [[u8; LANES]; SETS] {
    let mut table = [[0; LANES]; SETS];
    let mut set = 0;
    while set < SETS {
        let (mut lane, mut to) = (0, 0);
        while lane < LANES {
            if set >> lane & 1 == 1 {
                table[set][to] = lane as u8;
                to += 1;
            }
            lane += 1;
        }
        set += 1;
    }
    table
}

/// The same for bytes: lanes of `SIZE` bytes, of which 16 bytes hold `16 / SIZE`.
pub(super) const fn front_bytes<const SIZE: usize, const SETS: usize>() -> [[u8; 16]; SETS] {
    let mut table = [[0; 16]; SETS];
    let mut set = 0;
    while set < SETS {
        let (mut byte, mut to) = (0, 0);
        while byte < 16 {
            if set >> (byte / SIZE) & 1 == 1 {
                table[set][to] = byte as u8;
                to += 1;
            }
            byte += 1;
        }
        set += 1;
    }
    table
}

/// Stamps functions of the same form as intrinsics, for what takes several of them.
macro_rules! helpers {
    ($(
        $(#[$doc:meta])*
        $name:ident $([$T:ident])? ($($arg:ident: $Type:ty),*) $(-> $Out:ty)? { $($body:tt)* }
    )*) => {$(
        $(#[$doc])*
        ///
        /// # Safety
        ///
        /// The CPU has the features of the backend; where an argument is a pointer, as many
        /// bytes as a register has may be read or written there.
        #[allow(unused_unsafe, reason = "on some backends a mask is its bits")]
        #[inline(always)]
        pub(in crate::backend) unsafe fn $name $(<$T>)? ($($arg: $Type),*) $(-> $Out)? {
            // SAFETY: the caller's promise.
            unsafe { $($body)* }
        }
    )*};
}
pub(super) use {helpers, vectors};
