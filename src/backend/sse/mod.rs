//! The SSE backend: 16-byte registers, x86-64-v2.
//!
//! Also the place where every wider fold ends: see `vectors!`.

pub(super) mod helpers;

use super::choice::Level;
use super::x86::{Sse, vectors};
use super::{Backend, FloatVector, POWER_BIAS, Simd, Vector, split_product_error, x86};
use core::arch::x86_64::*;
use helpers::*;

vectors! { Sse, both _mm_and_si128, either _mm_or_si128;
    I8 i8 as i8, __m128i, __m128i, 16,
        load load_int, store store_int, splat _mm_set1_epi8, part part_int,
        add _mm_add_epi8, sub _mm_sub_epi8, min _mm_min_epi8, max _mm_max_epi8,
        and _mm_and_si128, or _mm_or_si128, xor _mm_xor_si128,
        lt _mm_cmplt_epi8, eq _mm_cmpeq_epi8, bits bits_8,
        mask mask_8, select select_int, keep keep_8, tally tally_8,
        fold (shifts same same 8 4 2 1);
    U8 u8 as i8, __m128i, __m128i, 16,
        load load_int, store store_int, splat _mm_set1_epi8, part part_int,
        add _mm_add_epi8, sub _mm_sub_epi8, min _mm_min_epu8, max _mm_max_epu8,
        and _mm_and_si128, or _mm_or_si128, xor _mm_xor_si128,
        lt lt_u8, eq _mm_cmpeq_epi8, bits bits_8,
        mask mask_8, select select_int, keep keep_8, tally tally_8,
        fold (shifts same same 8 4 2 1);
    I16 i16 as i16, __m128i, __m128i, 8,
        load load_int, store store_int, splat _mm_set1_epi16, part part_int,
        add _mm_add_epi16, sub _mm_sub_epi16, min _mm_min_epi16, max _mm_max_epi16,
        and _mm_and_si128, or _mm_or_si128, xor _mm_xor_si128,
        lt _mm_cmplt_epi16, eq _mm_cmpeq_epi16, bits bits_16,
        mask mask_16, select select_int, keep keep_16, tally tally_16,
        fold (shifts same same 8 4 2);
    U16 u16 as i16, __m128i, __m128i, 8,
        load load_int, store store_int, splat _mm_set1_epi16, part part_int,
        add _mm_add_epi16, sub _mm_sub_epi16, min _mm_min_epu16, max _mm_max_epu16,
        and _mm_and_si128, or _mm_or_si128, xor _mm_xor_si128,
        lt lt_u16, eq _mm_cmpeq_epi16, bits bits_16,
        mask mask_16, select select_int, keep keep_16, tally tally_16,
        fold (shifts same same 8 4 2);
    I32 i32 as i32, __m128i, __m128i, 4,
        load load_int, store store_int, splat _mm_set1_epi32, part part_int,
        add _mm_add_epi32, sub _mm_sub_epi32, min _mm_min_epi32, max _mm_max_epi32,
        and _mm_and_si128, or _mm_or_si128, xor _mm_xor_si128,
        lt _mm_cmplt_epi32, eq _mm_cmpeq_epi32, bits bits_32,
        mask mask_32, select select_int, keep keep_32, tally tally_32,
        fold (shifts same same 8 4);
    U32 u32 as i32, __m128i, __m128i, 4,
        load load_int, store store_int, splat _mm_set1_epi32, part part_int,
        add _mm_add_epi32, sub _mm_sub_epi32, min _mm_min_epu32, max _mm_max_epu32,
        and _mm_and_si128, or _mm_or_si128, xor _mm_xor_si128,
        lt lt_u32, eq _mm_cmpeq_epi32, bits bits_32,
        mask mask_32, select select_int, keep keep_32, tally tally_32,
        fold (shifts same same 8 4);
    I64 i64 as i64, __m128i, __m128i, 2,
        load load_int, store store_int, splat _mm_set1_epi64x, part part_int,
        add _mm_add_epi64, sub _mm_sub_epi64, min min_i64, max max_i64,
        and _mm_and_si128, or _mm_or_si128, xor _mm_xor_si128,
        lt lt_i64, eq _mm_cmpeq_epi64, bits bits_64,
        mask mask_64, select select_int, keep keep_64, tally tally_64,
        fold (shifts same same 8);
    U64 u64 as i64, __m128i, __m128i, 2,
        load load_int, store store_int, splat _mm_set1_epi64x, part part_int,
        add _mm_add_epi64, sub _mm_sub_epi64, min min_u64, max max_u64,
        and _mm_and_si128, or _mm_or_si128, xor _mm_xor_si128,
        lt lt_u64, eq _mm_cmpeq_epi64, bits bits_64,
        mask mask_64, select select_int, keep keep_64, tally tally_64,
        fold (shifts same same 8);
    F32 f32 as f32, __m128, __m128i, 4,
        load _mm_loadu_ps, store _mm_storeu_ps, splat _mm_set1_ps, part part_f32,
        add _mm_add_ps, sub _mm_sub_ps, min _mm_min_ps, max _mm_max_ps,
        and _mm_and_ps, or _mm_or_ps, xor _mm_xor_ps,
        lt lt_f32, le le_f32, eq eq_f32, bits bits_32,
        mask mask_32, select select_f32, keep keep_f32, tally tally_f32,
        fold (shifts _mm_castps_si128 _mm_castsi128_ps 8 4);
    F64 f64 as f64, __m128d, __m128i, 2,
        load _mm_loadu_pd, store _mm_storeu_pd, splat _mm_set1_pd, part part_f64,
        add _mm_add_pd, sub _mm_sub_pd, min _mm_min_pd, max _mm_max_pd,
        and _mm_and_pd, or _mm_or_pd, xor _mm_xor_pd,
        lt lt_f64, le le_f64, eq eq_f64, bits bits_64,
        mask mask_64, select select_f64, keep keep_f64, tally tally_f64,
        fold (shifts _mm_castpd_si128 _mm_castsi128_pd 8);
}

impl FloatVector<Sse, f32> for F32 {
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        // SAFETY: `self` proves the features.
        Self(unsafe { _mm_mul_ps(self.0, other.0) })
    }
    #[inline(always)]
    fn div(self, other: Self) -> Self {
        // SAFETY: `self` proves the features.
        Self(unsafe { _mm_div_ps(self.0, other.0) })
    }
    type One = ();
    #[inline(always)]
    fn one(_: Sse) {}
}

impl FloatVector<Sse, f64> for F64 {
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        // SAFETY: `self` proves the features.
        Self(unsafe { _mm_mul_pd(self.0, other.0) })
    }
    #[inline(always)]
    fn div(self, other: Self) -> Self {
        // SAFETY: `self` proves the features.
        Self(unsafe { _mm_div_pd(self.0, other.0) })
    }
    type One = ();
    #[inline(always)]
    fn one(_: Sse) {}
}

impl Simd for Sse {
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
        Backend::of_level(Level::Sse)
    }
    #[inline(always)]
    fn sum_octets(self, v: U8) -> U64 {
        // SAFETY: the token proves the features.
        U64(unsafe { _mm_sad_epu8(v.0, _mm_setzero_si128()) })
    }
    #[inline(always)]
    fn sum_pairs(self, v: I16) -> I32 {
        // SAFETY: the token proves the features.
        I32(unsafe { _mm_madd_epi16(v.0, _mm_set1_epi16(1)) })
    }
    #[inline(always)]
    fn bias_i8(self, v: I8) -> U8 {
        // SAFETY: the token proves the features.
        U8(unsafe { _mm_xor_si128(v.0, _mm_set1_epi8(i8::MIN)) })
    }
    #[inline(always)]
    fn bias_u16(self, v: U16) -> I16 {
        // SAFETY: the token proves the features.
        I16(unsafe { _mm_xor_si128(v.0, _mm_set1_epi16(i16::MIN)) })
    }
    #[inline(always)]
    fn high_i32(self, v: I32) -> I32 {
        // SAFETY: the token proves the features.
        I32(unsafe { _mm_srai_epi32::<16>(v.0) })
    }
    #[inline(always)]
    fn high_u32(self, v: U32) -> U32 {
        // SAFETY: the token proves the features.
        U32(unsafe { _mm_srli_epi32::<16>(v.0) })
    }
    #[inline(always)]
    fn high_i64(self, v: I64) -> I64 {
        // SAFETY: the token proves the features.
        I64(unsafe {
            // Each 16 bits are multiplied by 0, but for the uppermost; each two products are
            // added. One instruction, where CPUs before AVX-512 have no such shift.
            _mm_madd_epi16(v.0, _mm_set1_epi64x(1 << 48))
        })
    }
    #[inline(always)]
    fn high_u64(self, v: U64) -> U64 {
        // SAFETY: the token proves the features.
        U64(unsafe { _mm_srli_epi64::<32>(v.0) })
    }
    #[inline(always)]
    fn bias_u32(self, v: U32) -> I32 {
        // SAFETY: the token proves the features.
        I32(unsafe { _mm_xor_si128(v.0, _mm_set1_epi32(i32::MIN)) })
    }
    #[inline(always)]
    fn mul_u64(self, a: U64, b: U64) -> U64 {
        // SAFETY: the token proves the features.
        U64(unsafe {
            // By halves of 32 bits; the product of the upper ones is beyond the lowest 64.
            let (a_high, b_high) = (_mm_srli_epi64::<32>(a.0), _mm_srli_epi64::<32>(b.0));
            let cross = _mm_add_epi64(_mm_mul_epu32(a_high, b.0), _mm_mul_epu32(a.0, b_high));
            _mm_add_epi64(_mm_mul_epu32(a.0, b.0), _mm_slli_epi64::<32>(cross))
        })
    }
    #[inline(always)]
    fn shift_right_u64(self, v: U64, by: u32) -> U64 {
        // SAFETY: the token proves the features.
        U64(unsafe { _mm_srl_epi64(v.0, _mm_cvtsi32_si128(by as i32)) })
    }
    #[inline(always)]
    fn square_quads(self, v: U8) -> U32 {
        // SAFETY: the token proves the features.
        U32(unsafe {
            let evens = _mm_and_si128(v.0, _mm_set1_epi16(0xff));
            let odds = _mm_srli_epi16::<8>(v.0);
            _mm_add_epi32(_mm_madd_epi16(evens, evens), _mm_madd_epi16(odds, odds))
        })
    }
    #[inline(always)]
    fn square_pairs_i16(self, v: I16) -> U32 {
        // SAFETY: the token proves the features. The one sum of squares that is too great
        // for an `i32`, 2³¹, comes out as the bits of that number.
        U32(unsafe { _mm_madd_epi16(v.0, v.0) })
    }
    #[inline(always)]
    fn square_pairs_i32(self, v: I32) -> U64 {
        // SAFETY: the token proves the features.
        U64(unsafe {
            // Only the lower halves are multiplied: nothing needs clearing.
            let odds = _mm_srli_epi64::<32>(v.0);
            _mm_add_epi64(_mm_mul_epi32(v.0, v.0), _mm_mul_epi32(odds, odds))
        })
    }
    #[inline(always)]
    fn multiply_pairs(self, one: I16, other: I16) -> I32 {
        // SAFETY: the token proves the features.
        I32(unsafe { _mm_madd_epi16(one.0, other.0) })
    }
    #[inline(always)]
    fn products_i32(self, one: I32, other: I32) -> (I64, I64) {
        // SAFETY: the token proves the features.
        unsafe {
            // Only the lower halves are multiplied: nothing needs clearing.
            let odds = (_mm_srli_epi64::<32>(one.0), _mm_srli_epi64::<32>(other.0));
            (I64(_mm_mul_epi32(one.0, other.0)), I64(_mm_mul_epi32(odds.0, odds.1)))
        }
    }
    #[inline(always)]
    fn products_u32(self, one: U32, other: U32) -> (U64, U64) {
        // SAFETY: the token proves the features.
        unsafe {
            let odds = (_mm_srli_epi64::<32>(one.0), _mm_srli_epi64::<32>(other.0));
            (U64(_mm_mul_epu32(one.0, other.0)), U64(_mm_mul_epu32(odds.0, odds.1)))
        }
    }
    #[inline(always)]
    fn mul_low(self, one: U64, other: U64) -> U64 {
        // SAFETY: the token proves the features.
        U64(unsafe { _mm_mul_epi32(one.0, other.0) })
    }
    #[inline(always)]
    fn halves_i8(self, v: I8) -> (I16, I16) {
        // SAFETY: the token proves the features.
        unsafe {
            let evens = _mm_srai_epi16::<8>(_mm_slli_epi16::<8>(v.0));
            (I16(evens), I16(_mm_srai_epi16::<8>(v.0)))
        }
    }
    #[inline(always)]
    fn halves_u8(self, v: U8) -> (I16, I16) {
        // SAFETY: the token proves the features.
        unsafe {
            let evens = _mm_and_si128(v.0, _mm_set1_epi16(0xff));
            (I16(evens), I16(_mm_srli_epi16::<8>(v.0)))
        }
    }
    #[inline(always)]
    fn encoding_f32(self, v: F32) -> I32 {
        // SAFETY: the token proves the features.
        I32(unsafe { _mm_castps_si128(v.0) })
    }
    #[inline(always)]
    fn encoding_f64(self, v: F64) -> I64 {
        // SAFETY: the token proves the features.
        I64(unsafe { _mm_castpd_si128(v.0) })
    }
    #[inline(always)]
    fn bits_i64(self, v: I64) -> U64 {
        U64(v.0)
    }
    #[inline(always)]
    fn bits_f32(self, v: F32) -> U32 {
        // SAFETY: the token proves the features.
        U32(unsafe { _mm_castps_si128(v.0) })
    }
    #[inline(always)]
    fn bits_f64(self, v: F64) -> U64 {
        // SAFETY: the token proves the features.
        U64(unsafe { _mm_castpd_si128(v.0) })
    }
    #[inline(always)]
    fn prefetch<T>(self, values: &[T], ahead: usize) {
        x86::prefetch(values, ahead);
    }
    #[inline(always)]
    fn opaque(self, bits: u64) -> u64 {
        x86::opaque(bits)
    }
    #[inline(always)]
    fn again<T>(self, values: &[T]) -> &[T] {
        x86::again(values)
    }
    #[inline(always)]
    fn power_of_two(self, k: F64) -> F64 {
        let bits = self.encoding_f64(k.add(Vector::splat(self, POWER_BIAS)));
        // SAFETY: the token proves the features.
        F64(unsafe { _mm_castsi128_pd(_mm_slli_epi64::<52>(bits.0)) })
    }
    #[inline(always)]
    fn product_error(self, x: F64, y: F64, product: F64) -> F64 {
        split_product_error(self, x, y, product)
    }
    #[inline(always)]
    fn integer_part(self, v: F64) -> F64 {
        // SAFETY: the token proves the features.
        F64(unsafe { _mm_round_pd::<{ _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC }>(v.0) })
    }
    #[inline(always)]
    fn widen(self, values: &[f32]) -> F64 {
        assert!(values.len() >= 2);
        // SAFETY: the token proves the features; eight bytes are there to read.
        F64(unsafe { _mm_cvtps_pd(_mm_castsi128_ps(_mm_loadl_epi64(values.as_ptr().cast()))) })
    }
    #[inline(always)]
    fn widen_part(self, values: &[f32], pad: F64) -> F64 {
        match values {
            [] => pad,
            // SAFETY: the token proves the features.
            [one] => F64(unsafe { _mm_move_sd(pad.0, _mm_set_sd(f64::from(*one))) }),
            _ => self.widen(values),
        }
    }
}
