//! The scalar backend: plain arrays of 16 bytes, in plain Rust.
//!
//! It is always there, and it says what each operation of the seam means. Sixteen
//! bytes are what the baseline of most targets has as a register, so the compiler
//! turns these loops into the baseline's own vector code where there is any.

#[allow(clippy::needless_range_loop, reason = "the loops of two arrays are alike")]
mod lanes;

use super::{Backend, Kernel, POWER_BIAS, Simd, split_product_error};
use lanes::Lanes;

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

type I8 = Lanes<i8, 16>;
type I16 = Lanes<i16, 8>;
type I32 = Lanes<i32, 4>;
type I64 = Lanes<i64, 2>;
type U8 = Lanes<u8, 16>;
type U16 = Lanes<u16, 8>;
type U32 = Lanes<u32, 4>;
type U64 = Lanes<u64, 2>;
type F32 = Lanes<f32, 4>;
type F64 = Lanes<f64, 2>;

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
        Lanes([0, 1].map(|i| octets[i].iter().map(|&x| u64::from(x)).sum()))
    }
    #[inline(always)]
    fn sum_pairs(self, v: I16) -> I32 {
        Lanes([0, 1, 2, 3].map(|i| i32::from(v.0[2 * i]) + i32::from(v.0[2 * i + 1])))
    }
    #[inline(always)]
    fn bias_i8(self, v: I8) -> U8 {
        Lanes(v.0.map(|x| x.cast_unsigned() ^ 0x80))
    }
    #[inline(always)]
    fn bias_u16(self, v: U16) -> I16 {
        Lanes(v.0.map(|x| (x ^ 0x8000).cast_signed()))
    }
    #[inline(always)]
    fn high_i32(self, v: I32) -> I32 {
        Lanes(v.0.map(|x| x >> 16))
    }
    #[inline(always)]
    fn high_u32(self, v: U32) -> U32 {
        Lanes(v.0.map(|x| x >> 16))
    }
    #[inline(always)]
    fn high_i64(self, v: I64) -> I64 {
        Lanes(v.0.map(|x| (x >> 48) << 32))
    }
    #[inline(always)]
    fn high_u64(self, v: U64) -> U64 {
        Lanes(v.0.map(|x| x >> 32))
    }
    #[inline(always)]
    fn bias_u32(self, v: U32) -> I32 {
        Lanes(v.0.map(|x| (x ^ 0x8000_0000).cast_signed()))
    }
    #[inline(always)]
    fn mul_u64(self, a: U64, b: U64) -> U64 {
        a.zip(b, u64::wrapping_mul)
    }
    #[inline(always)]
    fn shift_right_u64(self, v: U64, by: u32) -> U64 {
        Lanes(v.0.map(|x| x >> by))
    }
    #[inline(always)]
    fn square_quads(self, v: U8) -> U32 {
        let (quads, _) = v.0.as_chunks::<4>();
        Lanes([0, 1, 2, 3].map(|i| quads[i].iter().map(|&x| u32::from(x) * u32::from(x)).sum()))
    }
    #[inline(always)]
    fn square_pairs_i16(self, v: I16) -> U32 {
        let square = |x: i16| (i32::from(x) * i32::from(x)).cast_unsigned();
        Lanes([0, 1, 2, 3].map(|i| square(v.0[2 * i]) + square(v.0[2 * i + 1])))
    }
    #[inline(always)]
    fn square_pairs_i32(self, v: I32) -> U64 {
        let square = |x: i32| (i64::from(x) * i64::from(x)).cast_unsigned();
        Lanes([0, 1].map(|i| square(v.0[2 * i]) + square(v.0[2 * i + 1])))
    }
    #[inline(always)]
    fn multiply_pairs(self, one: I16, other: I16) -> I32 {
        let product = |i: usize| i32::from(one.0[i]) * i32::from(other.0[i]);
        Lanes([0, 1, 2, 3].map(|i| product(2 * i).wrapping_add(product(2 * i + 1))))
    }
    #[inline(always)]
    fn products_i32(self, one: I32, other: I32) -> (I64, I64) {
        let product = |i: usize| i64::from(one.0[i]) * i64::from(other.0[i]);
        (Lanes([0, 2].map(product)), Lanes([1, 3].map(product)))
    }
    #[inline(always)]
    fn products_u32(self, one: U32, other: U32) -> (U64, U64) {
        let product = |i: usize| u64::from(one.0[i]) * u64::from(other.0[i]);
        (Lanes([0, 2].map(product)), Lanes([1, 3].map(product)))
    }
    #[inline(always)]
    fn mul_low(self, one: U64, other: U64) -> U64 {
        let low = |x: u64| i64::from(x as i32);
        one.zip(other, |a, b| (low(a) * low(b)).cast_unsigned())
    }
    #[inline(always)]
    fn halves_i8(self, v: I8) -> (I16, I16) {
        let half = |from: usize| Lanes(core::array::from_fn(|i| v.0[2 * i + from].into()));
        (half(0), half(1))
    }
    #[inline(always)]
    fn halves_u8(self, v: U8) -> (I16, I16) {
        let half = |from: usize| Lanes(core::array::from_fn(|i| v.0[2 * i + from].into()));
        (half(0), half(1))
    }
    #[inline(always)]
    fn encoding_f32(self, v: F32) -> I32 {
        Lanes(v.0.map(|x| x.to_bits().cast_signed()))
    }
    #[inline(always)]
    fn encoding_f64(self, v: F64) -> I64 {
        Lanes(v.0.map(|x| x.to_bits().cast_signed()))
    }
    #[inline(always)]
    fn bits_i64(self, v: I64) -> U64 {
        Lanes(v.0.map(i64::cast_unsigned))
    }
    #[inline(always)]
    fn bits_f32(self, v: F32) -> U32 {
        Lanes(v.0.map(f32::to_bits))
    }
    #[inline(always)]
    fn bits_f64(self, v: F64) -> U64 {
        Lanes(v.0.map(f64::to_bits))
    }
    #[inline(always)]
    fn prefetch<T>(self, _: &[T], _: usize) {}
    #[inline(always)]
    fn opaque(self, bits: u64) -> u64 {
        bits
    }
    #[inline(always)]
    fn again<T>(self, values: &[T]) -> &[T] {
        values
    }
    #[inline(always)]
    fn power_of_two(self, k: F64) -> F64 {
        Lanes(k.0.map(|k| f64::from_bits((k + POWER_BIAS).to_bits() << 52)))
    }
    #[allow(clippy::cast_sign_loss, reason = "there is no sign")]
    #[inline(always)]
    fn integer_part(self, v: F64) -> F64 {
        Lanes(v.0.map(|x| f64::from(x as u32)))
    }
    #[inline(always)]
    fn product_error(self, x: F64, y: F64, product: F64) -> F64 {
        split_product_error(self, x, y, product)
    }
    #[inline(always)]
    fn widen(self, values: &[f32]) -> F64 {
        Lanes([f64::from(values[0]), f64::from(values[1])])
    }
    #[inline(always)]
    fn widen_part(self, values: &[f32], pad: F64) -> F64 {
        Lanes([0, 1].map(|i| values.get(i).map_or(pad.0[i], |&x| f64::from(x))))
    }
}
