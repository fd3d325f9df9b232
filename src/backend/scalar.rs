//! The scalar backend: plain arrays of 16 bytes, in plain Rust.
//!
//! It is always there, and it says what each operation of the seam means. Sixteen
//! bytes are what the baseline of most targets has as a register, so the compiler
//! turns these loops into the baseline's own vector code where there is any.

use super::{Backend, FloatVector, Kernel, POWER_BIAS, Simd, Vector, split_product_error};

/// Token of the scalar backend.
#[derive(Clone, Copy, Debug)]
pub struct Scalar(());

impl Scalar {
    /// Runs a kernel on this backend. Not inlined, for the same reason as the entries of
    /// the other backends cannot be: the caller, which chooses among them, keeps no frame.
    #[inline(never)]
    pub(super) fn enter<K: Kernel>(kernel: K, input: K::Input) -> K::Output {
        kernel.run(Self(()), input)
    }
}

impl super::sealed::Token for Scalar {}

macro_rules! vectors {
    ($($Name:ident $T:ident $lanes:literal $add:expr, $sub:expr, $and:expr, $or:expr, $xor:expr, $next:expr;)*) => {$(
        /// An array of lanes.
        #[derive(Clone, Copy, Debug)]
        pub struct $Name([$T; $lanes]);

        impl $Name {
            #[inline(always)]
            fn zip(self, other: Self, f: impl Fn($T, $T) -> $T) -> Self {
                Self(core::array::from_fn(
                    #[inline(always)]
                    |i| f(self.0[i], other.0[i]),
                ))
            }

            /// The halving tree.
            #[inline(always)]
            fn fold(mut self, f: impl Fn($T, $T) -> $T) -> $T {
                let mut half = $lanes / 2;
                while half > 0 {
                    for i in 0..half {
                        self.0[i] = f(self.0[i], self.0[i + half]);
                    }
                    half /= 2;
                }
                self.0[0]
            }
        }

        impl Vector<Scalar, $T> for $Name {
            const LANES: usize = $lanes;
            type Mask = [bool; $lanes];

            #[inline(always)]
            fn splat(_: Scalar, value: $T) -> Self {
                Self([value; $lanes])
            }
            #[inline(always)]
            fn load(_: Scalar, values: &[$T]) -> Self {
                Self(*values.first_chunk().expect("a load of at least LANES values"))
            }
            #[inline(always)]
            fn load_part(_: Scalar, values: &[$T], pad: Self) -> Self {
                Self(core::array::from_fn(
                    #[inline(always)]
                    |i| *values.get(i).unwrap_or(&pad.0[i]),
                ))
            }
            #[inline(always)]
            fn store(self, to: &mut [$T]) {
                *to.first_chunk_mut().expect("a store to at least LANES places") = self.0;
            }
            #[inline(always)]
            fn add(self, other: Self) -> Self {
                self.zip(other, $add)
            }
            #[inline(always)]
            fn sub(self, other: Self) -> Self {
                self.zip(other, $sub)
            }
            #[inline(always)]
            fn min(self, other: Self) -> Self {
                self.zip(other, lesser)
            }
            #[inline(always)]
            fn max(self, other: Self) -> Self {
                self.zip(other, greater)
            }
            #[inline(always)]
            fn and(self, other: Self) -> Self {
                self.zip(other, $and)
            }
            #[inline(always)]
            fn or(self, other: Self) -> Self {
                self.zip(other, $or)
            }
            #[inline(always)]
            fn xor(self, other: Self) -> Self {
                self.zip(other, $xor)
            }
            #[inline(always)]
            fn lt(self, other: Self) -> Self::Mask {
                core::array::from_fn(
                    #[inline(always)]
                    |i| self.0[i] < other.0[i],
                )
            }
            #[inline(always)]
            fn eq(self, other: Self) -> Self::Mask {
                core::array::from_fn(
                    #[inline(always)]
                    |i| self.0[i] == other.0[i],
                )
            }
            #[inline(always)]
            fn both(_: Scalar, one: Self::Mask, other: Self::Mask) -> Self::Mask {
                core::array::from_fn(
                    #[inline(always)]
                    |i| one[i] & other[i],
                )
            }
            #[inline(always)]
            fn either(_: Scalar, one: Self::Mask, other: Self::Mask) -> Self::Mask {
                core::array::from_fn(
                    #[inline(always)]
                    |i| one[i] | other[i],
                )
            }
            #[inline(always)]
            fn bits(_: Scalar, mask: Self::Mask) -> u64 {
                let mut bits = 0;
                for i in 0..$lanes {
                    bits |= u64::from(mask[i]) << i;
                }
                bits
            }
            #[inline(always)]
            fn mask_from(_: Scalar, bits: u64, from: usize) -> Self::Mask {
                core::array::from_fn(
                    #[inline(always)]
                    |i| bits >> (from + i) & 1 == 1,
                )
            }
            #[inline(always)]
            fn select(self, mask: Self::Mask, other: Self) -> Self {
                Self(core::array::from_fn(
                    #[inline(always)]
                    |i| if mask[i] { self.0[i] } else { other.0[i] },
                ))
            }
            #[inline(always)]
            fn keep_unless(self, _: Scalar, mask: Self::Mask, to: &mut [$T]) -> usize {
                let to: &mut [$T; $lanes] =
                    to.first_chunk_mut().expect("a store to at least LANES places");
                let mut count = 0;
                for i in 0..$lanes {
                    // Not beyond the end: `count` is at most `i`.
                    to[count % $lanes] = self.0[i];
                    count += usize::from(!mask[i]);
                }
                count
            }
            #[inline(always)]
            fn tally(self, mask: Self::Mask) -> Self {
                let next: fn($T) -> $T = $next;
                Self(core::array::from_fn(
                    #[inline(always)]
                    |i| if mask[i] { next(self.0[i]) } else { self.0[i] },
                ))
            }
            #[inline(always)]
            fn fold_add(self) -> $T {
                self.fold($add)
            }
            #[inline(always)]
            fn fold_min(self) -> $T {
                self.fold(lesser)
            }
            #[inline(always)]
            fn fold_max(self) -> $T {
                self.fold(greater)
            }
        }
    )*};
}

#[inline(always)]
fn lesser<T: PartialOrd>(a: T, b: T) -> T {
    if a < b { a } else { b }
}

#[inline(always)]
fn greater<T: PartialOrd>(a: T, b: T) -> T {
    if a > b { a } else { b }
}

macro_rules! bitwise {
    ($T:ident, $a:ident $op:tt $b:ident) => {
        $T::from_bits($a.to_bits() $op $b.to_bits())
    };
}

vectors! {
    I8 i8 16 i8::wrapping_add, i8::wrapping_sub,
        |a, b| a & b, |a, b| a | b, |a, b| a ^ b, |a| a.wrapping_add(1);
    I16 i16 8 i16::wrapping_add, i16::wrapping_sub,
        |a, b| a & b, |a, b| a | b, |a, b| a ^ b, |a| a.wrapping_add(1);
    I32 i32 4 i32::wrapping_add, i32::wrapping_sub,
        |a, b| a & b, |a, b| a | b, |a, b| a ^ b, |a| a.wrapping_add(1);
    I64 i64 2 i64::wrapping_add, i64::wrapping_sub,
        |a, b| a & b, |a, b| a | b, |a, b| a ^ b, |a| a.wrapping_add(1);
    U8 u8 16 u8::wrapping_add, u8::wrapping_sub,
        |a, b| a & b, |a, b| a | b, |a, b| a ^ b, |a| a.wrapping_add(1);
    U16 u16 8 u16::wrapping_add, u16::wrapping_sub,
        |a, b| a & b, |a, b| a | b, |a, b| a ^ b, |a| a.wrapping_add(1);
    U32 u32 4 u32::wrapping_add, u32::wrapping_sub,
        |a, b| a & b, |a, b| a | b, |a, b| a ^ b, |a| a.wrapping_add(1);
    U64 u64 2 u64::wrapping_add, u64::wrapping_sub,
        |a, b| a & b, |a, b| a | b, |a, b| a ^ b, |a| a.wrapping_add(1);
    F32 f32 4 core::ops::Add::add, core::ops::Sub::sub,
        |a, b| bitwise!(f32, a & b), |a, b| bitwise!(f32, a | b), |a, b| bitwise!(f32, a ^ b),
        |a| f32::from_bits(a.to_bits().wrapping_add(1));
    F64 f64 2 core::ops::Add::add, core::ops::Sub::sub,
        |a, b| bitwise!(f64, a & b), |a, b| bitwise!(f64, a | b), |a, b| bitwise!(f64, a ^ b),
        |a| f64::from_bits(a.to_bits().wrapping_add(1));
}

impl FloatVector<Scalar, f32> for F32 {
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        self.zip(other, core::ops::Mul::mul)
    }
    #[inline(always)]
    fn div(self, other: Self) -> Self {
        self.zip(other, core::ops::Div::div)
    }
    type One = ();
    #[inline(always)]
    fn one(_: Scalar) {}
    #[inline(always)]
    fn add_aside(self, other: Self, (): ()) -> Self {
        self.add(other)
    }
    #[inline(always)]
    fn sub_aside(self, other: Self, (): ()) -> Self {
        self.sub(other)
    }
}

impl FloatVector<Scalar, f64> for F64 {
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        self.zip(other, core::ops::Mul::mul)
    }
    #[inline(always)]
    fn div(self, other: Self) -> Self {
        self.zip(other, core::ops::Div::div)
    }
    type One = ();
    #[inline(always)]
    fn one(_: Scalar) {}
    #[inline(always)]
    fn add_aside(self, other: Self, (): ()) -> Self {
        self.add(other)
    }
    #[inline(always)]
    fn sub_aside(self, other: Self, (): ()) -> Self {
        self.sub(other)
    }
}

impl Simd for Scalar {
    const REGISTERS: usize = 16;
    type I8 = I8;
    type I16 = I16;
    type I32 = I32;
    type I64 = I64;
    type U8 = U8;
    type U16 = U16;
    type U32 = U32;
    type U64 = U64;
    type F32 = F32;
    type F64 = F64;

    #[inline(always)]
    fn backend(self) -> Backend {
        Backend::SCALAR
    }
    #[inline(always)]
    fn sum_octets(self, v: U8) -> U64 {
        let (octets, _) = v.0.as_chunks::<8>();
        U64([0, 1].map(|i| octets[i].iter().map(|&x| u64::from(x)).sum()))
    }
    #[inline(always)]
    fn sum_pairs(self, v: I16) -> I32 {
        I32([0, 1, 2, 3].map(|i| i32::from(v.0[2 * i]) + i32::from(v.0[2 * i + 1])))
    }
    #[inline(always)]
    fn bias_i8(self, v: I8) -> U8 {
        U8(v.0.map(|x| x.cast_unsigned() ^ 0x80))
    }
    #[inline(always)]
    fn bias_u16(self, v: U16) -> I16 {
        I16(v.0.map(|x| (x ^ 0x8000).cast_signed()))
    }
    #[inline(always)]
    fn high_i32(self, v: I32) -> I32 {
        I32(v.0.map(|x| x >> 16))
    }
    #[inline(always)]
    fn high_u32(self, v: U32) -> U32 {
        U32(v.0.map(|x| x >> 16))
    }
    #[inline(always)]
    fn high_i64(self, v: I64) -> I64 {
        I64(v.0.map(|x| (x >> 48) << 32))
    }
    #[inline(always)]
    fn high_u64(self, v: U64) -> U64 {
        U64(v.0.map(|x| x >> 32))
    }
    #[inline(always)]
    fn bias_u32(self, v: U32) -> I32 {
        I32(v.0.map(|x| (x ^ 0x8000_0000).cast_signed()))
    }
    #[inline(always)]
    fn mul_u64(self, a: U64, b: U64) -> U64 {
        a.zip(b, u64::wrapping_mul)
    }
    #[inline(always)]
    fn shift_right_u64(self, v: U64, by: u32) -> U64 {
        U64(v.0.map(|x| x >> by))
    }
    #[inline(always)]
    fn square_quads(self, v: U8) -> U32 {
        let (quads, _) = v.0.as_chunks::<4>();
        U32([0, 1, 2, 3].map(|i| quads[i].iter().map(|&x| u32::from(x) * u32::from(x)).sum()))
    }
    #[inline(always)]
    fn square_pairs_i16(self, v: I16) -> U32 {
        let square = |x: i16| (i32::from(x) * i32::from(x)).cast_unsigned();
        U32([0, 1, 2, 3].map(|i| square(v.0[2 * i]) + square(v.0[2 * i + 1])))
    }
    #[inline(always)]
    fn square_pairs_i32(self, v: I32) -> U64 {
        let square = |x: i32| (i64::from(x) * i64::from(x)).cast_unsigned();
        U64([0, 1].map(|i| square(v.0[2 * i]) + square(v.0[2 * i + 1])))
    }
    #[inline(always)]
    fn multiply_pairs(self, one: I16, other: I16) -> I32 {
        let product = |i: usize| i32::from(one.0[i]) * i32::from(other.0[i]);
        I32([0, 1, 2, 3].map(|i| product(2 * i).wrapping_add(product(2 * i + 1))))
    }
    #[inline(always)]
    fn halves_i8(self, v: I8) -> (I16, I16) {
        let half = |from: usize| I16(core::array::from_fn(|i| v.0[2 * i + from].into()));
        (half(0), half(1))
    }
    #[inline(always)]
    fn halves_u8(self, v: U8) -> (I16, I16) {
        let half = |from: usize| I16(core::array::from_fn(|i| v.0[2 * i + from].into()));
        (half(0), half(1))
    }
    #[inline(always)]
    fn encoding_f32(self, v: F32) -> I32 {
        I32(v.0.map(|x| x.to_bits().cast_signed()))
    }
    #[inline(always)]
    fn encoding_f64(self, v: F64) -> I64 {
        I64(v.0.map(|x| x.to_bits().cast_signed()))
    }
    #[inline(always)]
    fn bits_f32(self, v: F32) -> U32 {
        U32(v.0.map(f32::to_bits))
    }
    #[inline(always)]
    fn bits_f64(self, v: F64) -> U64 {
        U64(v.0.map(f64::to_bits))
    }
    #[inline(always)]
    fn prefetch<T>(self, _: &[T], _: usize) {}
    #[inline(always)]
    fn opaque(self, bits: u64) -> u64 {
        bits
    }
    #[inline(always)]
    fn power_of_two(self, k: F64) -> F64 {
        F64(k.0.map(|k| f64::from_bits((k + POWER_BIAS).to_bits() << 52)))
    }
    #[allow(clippy::cast_sign_loss, reason = "there is no sign")]
    #[inline(always)]
    fn integer_part(self, v: F64) -> F64 {
        F64(v.0.map(|x| f64::from(x as u32)))
    }
    #[inline(always)]
    fn product_error(self, x: F64, y: F64, product: F64) -> F64 {
        split_product_error(self, x, y, product)
    }
    #[inline(always)]
    fn widen(self, values: &[f32]) -> F64 {
        F64([f64::from(values[0]), f64::from(values[1])])
    }
    #[inline(always)]
    fn widen_part(self, values: &[f32], pad: F64) -> F64 {
        F64([0, 1].map(|i| values.get(i).map_or(pad.0[i], |&x| f64::from(x))))
    }
}
