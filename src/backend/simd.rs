//! The seam: what a backend must offer.
//!
//! A backend is a token type that implements [`Simd`], and a vector type for each
//! of the ten number types that implements [`Vector`]. The algorithms are generic
//! over the two traits and are written once; a backend file holds operations only,
//! under the same names in every file, so that a missing one does not compile.
//!
//! # The inlining law
//!
//! Everything generic between a dispatch entry and an intrinsic is
//! `#[inline(always)]`: a helper that is only `#[inline]` may be compiled on its
//! own, without the CPU features of the entry that calls it, and every intrinsic in
//! it becomes a function call. So may a function of `core` that is handed a closure, as `map`
//! of an array, however the closure is marked: with AVX-512 the products of 64 pairs of `i64` took 145 ns,
//! not 35, for two results of a `map`. Implementors of [`Aggregate`](crate::Aggregate) and
//! [`LaneFold`](crate::LaneFold) follow the same law in `update` and `step`.

use super::Backend;
use crate::number::Number;
use core::fmt::Debug;

/// Bytes of a stripe: the lanes that one step of a kernel feeds, on every backend.
///
/// Part of the meaning of every float sum, and so never changed without a new major
/// version (before 1.0, a minor one). A stripe of 128 bytes leaves too few independent additions to keep two
/// adders busy; with 512 bytes SSE and AVX2 run out of registers, and the tails get
/// longer. See the crate documentation for the measurements.
pub const STRIPE_BYTES: usize = 256;

/// A backend token: the proof that this CPU has the backend's features.
///
/// A value of a token exists only inside a kernel that was entered through the
/// library's dispatch, after the features were detected. The trait is sealed, for
/// that promise is what every intrinsic call relies on.
#[allow(clippy::doc_markdown, reason = "type names of CPUs and instructions")]
pub trait Simd: super::sealed::Token + Copy + Debug + Send + Sync + 'static {
    /// The backend that this token stands for.
    #[must_use]
    fn backend(self) -> Backend;
    /// Registers in a stripe.
    const REGISTERS: usize;

    /// Vector of `i8`.
    type I8: Vector<Self, i8>;
    /// Vector of `i16`.
    type I16: Vector<Self, i16>;
    /// Vector of `i32`.
    type I32: Vector<Self, i32>;
    /// Vector of `i64`.
    type I64: Vector<Self, i64>;
    /// Vector of `u8`.
    type U8: Vector<Self, u8>;
    /// Vector of `u16`.
    type U16: Vector<Self, u16>;
    /// Vector of `u32`.
    type U32: Vector<Self, u32>;
    /// Vector of `u64`.
    type U64: Vector<Self, u64>;
    /// Vector of `f32`.
    type F32: FloatVector<Self, f32>;
    /// Vector of `f64`.
    type F64: FloatVector<Self, f64>;

    /// Adds each eight neighbouring bytes into one `u64`.
    fn sum_octets(self, v: Self::U8) -> Self::U64;
    /// Adds each two neighbouring `i16` into one `i32`.
    fn sum_pairs(self, v: Self::I16) -> Self::I32;
    /// `x + 128` of each `i8`, as a `u8`.
    fn bias_i8(self, v: Self::I8) -> Self::U8;
    /// `x - 32768` of each `u16`, as an `i16`.
    fn bias_u16(self, v: Self::U16) -> Self::I16;
    /// `x >> 16`, rounding down.
    fn high_i32(self, v: Self::I32) -> Self::I32;
    /// `x >> 16`.
    fn high_u32(self, v: Self::U32) -> Self::U32;
    /// `(x >> 48) << 32`: the upper 16 bits as a signed number, in the upper half.
    fn high_i64(self, v: Self::I64) -> Self::I64;
    /// `x >> 32`.
    fn high_u64(self, v: Self::U64) -> Self::U64;
    /// `x - 2³¹` of each `u32`, as an `i32`.
    fn bias_u32(self, v: Self::U32) -> Self::I32;
    /// `a * b`, of which the lowest 64 bits are kept.
    fn mul_u64(self, a: Self::U64, b: Self::U64) -> Self::U64;
    /// `v >> by`, for a `by` of less than 64.
    fn shift_right_u64(self, v: Self::U64, by: u32) -> Self::U64;
    /// Adds the squares of each four neighbouring bytes into one `u32`.
    fn square_quads(self, v: Self::U8) -> Self::U32;
    /// Adds the squares of each two neighbouring `i16` into one `u32`.
    fn square_pairs_i16(self, v: Self::I16) -> Self::U32;
    /// Adds the squares of each two neighbouring `i32` into one `u64`.
    fn square_pairs_i32(self, v: Self::I32) -> Self::U64;
    /// The sums of the products of each two neighbouring `i16`, modulo 2³²: the one that is too
    /// great for an `i32`, 2³¹, comes out as `i32::MIN`.
    fn multiply_pairs(self, one: Self::I16, other: Self::I16) -> Self::I32;
    /// The products of every second `i32`, from the first and from the second on.
    fn products_i32(self, one: Self::I32, other: Self::I32) -> (Self::I64, Self::I64);
    /// The products of every second `u32`, from the first and from the second on.
    fn products_u32(self, one: Self::U32, other: Self::U32) -> (Self::U64, Self::U64);
    /// The products of the lowest 32 bits of each lane, which are signed numbers.
    fn mul_low(self, one: Self::U64, other: Self::U64) -> Self::U64;
    /// Every second `i8`, from the first and from the second on.
    fn halves_i8(self, v: Self::I8) -> (Self::I16, Self::I16);
    /// Every second `u8`, from the first and from the second on.
    fn halves_u8(self, v: Self::U8) -> (Self::I16, Self::I16);
    /// The encoding of each `f32`: its sign, exponent and fraction, as in memory.
    fn encoding_f32(self, v: Self::F32) -> Self::I32;
    /// The encoding of each `f64`.
    fn encoding_f64(self, v: Self::F64) -> Self::I64;
    /// The encoding of each `i64`, as an unsigned number.
    fn bits_i64(self, v: Self::I64) -> Self::U64;
    /// The encoding of each `f32`, as an unsigned number.
    fn bits_f32(self, v: Self::F32) -> Self::U32;
    /// The encoding of each `f64`, likewise.
    fn bits_f64(self, v: Self::F64) -> Self::U64;
    /// Asks for the memory that lies `ahead` bytes after a slice's, in whatever object that
    /// is, or in none: a hint, which is never a fault. For kernels that do so much with each
    /// line that the CPU does not see far enough ahead by itself.
    #[doc(hidden)]
    fn prefetch<T>(self, values: &[T], ahead: usize);
    /// The same bits, which the compiler knows nothing about: a loop over bits stays as it is
    /// written, and does not become a gather of what costs less to load one by one.
    #[doc(hidden)]
    fn opaque(self, bits: u64) -> u64;
    /// The same slice, which the compiler takes for another: what was loaded from it is loaded again,
    /// where it would be kept on the stack.
    #[doc(hidden)]
    fn again<T>(self, values: &[T]) -> &[T];
    /// `2^k` of each `k`, which are integers of at least -1022 and at most 1023; of others,
    /// some number.
    fn power_of_two(self, k: Self::F64) -> Self::F64;
    /// `xy - product`, where `product` is `xy` rounded: exact where that is 0, or of at least
    /// 2⁻⁹⁶⁰, and it and the factors are below 2⁹⁹⁵. Where these are greater it is exact, an
    /// infinity or NaN, and below 2⁻⁹⁶⁰ any number: backends need not agree on which.
    #[doc(hidden)]
    fn product_error(self, x: Self::F64, y: Self::F64, product: Self::F64) -> Self::F64;
    /// The integer part of each lane that is at least `+0.0` and less than 2³²; of others,
    /// some number.
    fn integer_part(self, v: Self::F64) -> Self::F64;
    /// The first `LANES` values of a slice of `f32`, converted to `f64`, which is exact.
    ///
    /// # Panics
    ///
    /// If the slice is shorter than a vector of `f64` has lanes.
    fn widen(self, values: &[f32]) -> Self::F64;
    /// As [`widen`](Self::widen); lanes past the end of the slice come from `pad`.
    fn widen_part(self, values: &[f32], pad: Self::F64) -> Self::F64;
}

/// No backend has more lanes, of any type.
pub(crate) const MOST_LANES: usize = 64;

/// One register of lanes of `T`.
///
/// Additions and subtractions of integers wrap. Operations act lane by lane, and the
/// same inputs give the same bits on every backend, but for the payload of a NaN.
pub trait Vector<S: Simd, T>: Copy + Debug {
    /// Lanes in the register.
    const LANES: usize;
    /// One truth value for each lane, in the form that suits the backend.
    type Mask: Copy + Debug;

    /// The same value in every lane.
    fn splat(simd: S, value: T) -> Self;
    /// The first `LANES` values of a slice.
    ///
    /// # Panics
    ///
    /// If the slice is shorter than that.
    fn load(simd: S, values: &[T]) -> Self;
    /// The first `LANES` values of a slice; lanes past its end come from `pad`.
    fn load_part(simd: S, values: &[T], pad: Self) -> Self;
    /// The values of a slice in the last lanes; those before it come from `pad`. Through memory, where
    /// nothing better is written down.
    ///
    /// # Panics
    ///
    /// If the slice has more values than there are lanes.
    #[doc(hidden)]
    #[inline(always)]
    fn load_end(simd: S, values: &[T], pad: Self) -> Self
    where
        T: Number,
    {
        let mut lanes = [T::default(); MOST_LANES];
        pad.store(&mut lanes);
        lanes[Self::LANES - values.len()..Self::LANES].copy_from_slice(values);
        Self::load(simd, &lanes)
    }
    /// Writes the lanes to the first `LANES` places of a slice.
    ///
    /// # Panics
    ///
    /// If the slice is shorter than that.
    fn store(self, to: &mut [T]);
    /// `self + other`.
    #[must_use]
    fn add(self, other: Self) -> Self;
    /// `self - other`.
    #[must_use]
    fn sub(self, other: Self) -> Self;
    /// `if self < other { self } else { other }`: where `self` is NaN, `other`; where
    /// both are zeros, `other`.
    #[must_use]
    fn min(self, other: Self) -> Self;
    /// `if self > other { self } else { other }`: where `self` is NaN, `other`; where
    /// both are zeros, `other`.
    #[must_use]
    fn max(self, other: Self) -> Self;
    /// The bits that are set in both; those of a float are its encoding.
    #[must_use]
    fn and(self, other: Self) -> Self;
    /// The bits that are set in either.
    #[must_use]
    fn or(self, other: Self) -> Self;
    /// The bits that are set in one alone.
    #[must_use]
    fn xor(self, other: Self) -> Self;
    /// Three integers as two: the bits that are set in one or all of them, and, to be counted twice, those
    /// that are set in two or all. Two operations with AVX-512; what is written here, for other backends,
    /// compilers make four or five of.
    #[doc(hidden)]
    #[must_use]
    #[inline(always)]
    fn full_add(self, b: Self, c: Self) -> (Self, Self) {
        let half = self.xor(b);
        (half.xor(c), self.and(b).or(half.and(c)))
    }
    /// `self < other`: false where either is NaN.
    fn lt(self, other: Self) -> Self::Mask;
    /// `self == other`: false where either is NaN, true for zeros of both signs.
    fn eq(self, other: Self) -> Self::Mask;
    /// `self <= other`: false where either is NaN.
    #[inline(always)]
    fn le(self, other: Self) -> Self::Mask {
        self.min(other).eq(self)
    }
    /// True where both masks are.
    fn both(simd: S, one: Self::Mask, other: Self::Mask) -> Self::Mask;
    /// True where either mask is.
    fn either(simd: S, one: Self::Mask, other: Self::Mask) -> Self::Mask;
    /// The bits of a mask: bit `i` stands for lane `i`, and the others are 0.
    fn bits(simd: S, mask: Self::Mask) -> u64;
    /// A mask from bits: bit `i` stands for lane `i`, and the others are ignored.
    #[inline(always)]
    fn mask(simd: S, bits: u64) -> Self::Mask {
        Self::mask_from(simd, bits, 0)
    }
    /// As [`mask`](Self::mask), but where a register has fewer than eight lanes, bit
    /// `from + i` of the lowest byte stands for lane `i`. Otherwise `from` is 0.
    #[doc(hidden)]
    fn mask_from(simd: S, bits: u64, from: usize) -> Self::Mask;
    /// `self` where the mask is true, `other` elsewhere.
    #[must_use]
    fn select(self, mask: Self::Mask, other: Self) -> Self;
    /// Writes the lanes where the mask is false to the front of a slice, in order, and gives
    /// how many they are. Of the first `LANES` places, the others hold anything afterwards.
    ///
    /// # Panics
    ///
    /// If the slice has fewer places than that.
    fn keep_unless(self, simd: S, mask: Self::Mask, to: &mut [T]) -> usize;
    /// Adds 1 to the encoding, as an integer that wraps, of each lane where the mask is true:
    /// lanes that start at +0.0 or 0 count, and a float's are read by its bits.
    #[must_use]
    fn tally(self, mask: Self::Mask) -> Self;
    /// The sum of the lanes by the halving tree: `lane[i] + lane[i + half]` until one is left.
    fn fold_add(self) -> T;
    /// [`min`](Self::min) of the lanes by the halving tree.
    fn fold_min(self) -> T;
    /// [`max`](Self::max) of the lanes by the halving tree.
    fn fold_max(self) -> T;
}

/// What float vectors offer beyond [`Vector`].
pub trait FloatVector<S: Simd, T>: Vector<S, T> {
    /// `self * other`.
    #[must_use]
    fn mul(self, other: Self) -> Self;
    /// `self / other`.
    #[must_use]
    fn div(self, other: Self) -> Self;
    /// A 1 that the compiler cannot see through.
    #[doc(hidden)]
    type One: Copy + Debug;
    /// That 1.
    #[doc(hidden)]
    fn one(simd: S) -> Self::One;
    /// `self + other`, by [`add`](Vector::add), and where a backend has it, as on CPUs that
    /// multiply and add in one step, as `self * 1 + other`: the product is exact, so the bits are the
    /// same, and the units that do it are not those of plain additions. A kernel bound
    /// by its additions gets more done with some of them moved there.
    #[doc(hidden)]
    #[must_use]
    #[inline(always)]
    fn add_aside(self, other: Self, _: Self::One) -> Self {
        self.add(other)
    }
    /// `self - other`, likewise.
    #[doc(hidden)]
    #[must_use]
    #[inline(always)]
    fn sub_aside(self, other: Self, _: Self::One) -> Self {
        self.sub(other)
    }
}
