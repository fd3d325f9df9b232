//! The AVX-512 backend: 64-byte registers with mask registers, x86-64-v4.

mod helpers;

use super::choice::Level;
use super::x86::{Avx512, opaque_one_f32, opaque_one_f64, vectors};
use super::{Backend, FloatVector, POWER_BIAS, Simd, Vector, avx2, x86};
use avx2::{
    F32 as HalfF32, F64 as HalfF64, I8 as HalfI8, I16 as HalfI16, I32 as HalfI32, U8 as HalfU8,
    U16 as HalfU16, U32 as HalfU32,
};
use core::arch::x86_64::*;
use helpers::*;

vectors! { Avx512, both core::ops::BitAnd::bitand, either core::ops::BitOr::bitor;
    I8 i8 as i8, __m512i, __mmask64, 64,
        load load_int, store store_int, splat _mm512_set1_epi8, part part_8,
        add _mm512_add_epi8, sub _mm512_sub_epi8, min _mm512_min_epi8, max _mm512_max_epi8,
        and _mm512_and_si512, or _mm512_or_si512, xor _mm512_xor_si512,
        lt _mm512_cmplt_epi8_mask, le _mm512_cmple_epi8_mask, eq _mm512_cmpeq_epi8_mask, bits bits_8,
        mask mask_8, select select_8, keep keep_8, tally tally_8,
        fold (halves HalfI8 low_int high_int);
    U8 u8 as i8, __m512i, __mmask64, 64,
        load load_int, store store_int, splat _mm512_set1_epi8, part part_8,
        add _mm512_add_epi8, sub _mm512_sub_epi8, min _mm512_min_epu8, max _mm512_max_epu8,
        and _mm512_and_si512, or _mm512_or_si512, xor _mm512_xor_si512,
        lt _mm512_cmplt_epu8_mask, le _mm512_cmple_epu8_mask, eq _mm512_cmpeq_epi8_mask, bits bits_8,
        mask mask_8, select select_8, keep keep_8, tally tally_8,
        fold (halves HalfU8 low_int high_int);
    I16 i16 as i16, __m512i, __mmask32, 32,
        load load_int, store store_int, splat _mm512_set1_epi16, part part_16,
        add _mm512_add_epi16, sub _mm512_sub_epi16, min _mm512_min_epi16, max _mm512_max_epi16,
        and _mm512_and_si512, or _mm512_or_si512, xor _mm512_xor_si512,
        lt _mm512_cmplt_epi16_mask, le _mm512_cmple_epi16_mask, eq _mm512_cmpeq_epi16_mask, bits bits_16,
        mask mask_16, select select_16, keep keep_16, tally tally_16,
        fold (halves HalfI16 low_int high_int);
    U16 u16 as i16, __m512i, __mmask32, 32,
        load load_int, store store_int, splat _mm512_set1_epi16, part part_16,
        add _mm512_add_epi16, sub _mm512_sub_epi16, min _mm512_min_epu16, max _mm512_max_epu16,
        and _mm512_and_si512, or _mm512_or_si512, xor _mm512_xor_si512,
        lt _mm512_cmplt_epu16_mask, le _mm512_cmple_epu16_mask, eq _mm512_cmpeq_epi16_mask, bits bits_16,
        mask mask_16, select select_16, keep keep_16, tally tally_16,
        fold (halves HalfU16 low_int high_int);
    I32 i32 as i32, __m512i, __mmask16, 16,
        load load_int, store store_int, splat _mm512_set1_epi32, part part_32,
        add _mm512_add_epi32, sub _mm512_sub_epi32, min _mm512_min_epi32, max _mm512_max_epi32,
        and _mm512_and_si512, or _mm512_or_si512, xor _mm512_xor_si512, full_add full_add_int,
        lt _mm512_cmplt_epi32_mask, le _mm512_cmple_epi32_mask, eq _mm512_cmpeq_epi32_mask, bits bits_32,
        mask mask_32, select select_32, keep keep_32, tally tally_32,
        fold (halves HalfI32 low_int high_int);
    U32 u32 as i32, __m512i, __mmask16, 16,
        load load_int, store store_int, splat _mm512_set1_epi32, part part_32,
        add _mm512_add_epi32, sub _mm512_sub_epi32, min _mm512_min_epu32, max _mm512_max_epu32,
        and _mm512_and_si512, or _mm512_or_si512, xor _mm512_xor_si512, full_add full_add_int,
        lt _mm512_cmplt_epu32_mask, le _mm512_cmple_epu32_mask, eq _mm512_cmpeq_epi32_mask, bits bits_32,
        mask mask_32, select select_32, keep keep_32, tally tally_32,
        fold (halves HalfU32 low_int high_int);
    I64 i64 as i64, __m512i, __mmask8, 8,
        load load_int, store store_int, splat _mm512_set1_epi64, part part_64,
        add _mm512_add_epi64, sub _mm512_sub_epi64, min _mm512_min_epi64, max _mm512_max_epi64,
        and _mm512_and_si512, or _mm512_or_si512, xor _mm512_xor_si512, full_add full_add_int,
        lt _mm512_cmplt_epi64_mask, le _mm512_cmple_epi64_mask, eq _mm512_cmpeq_epi64_mask, bits bits_64,
        mask mask_64, select select_64, keep keep_64, tally tally_64,
        fold (wide);
    U64 u64 as i64, __m512i, __mmask8, 8,
        load load_int, store store_int, splat _mm512_set1_epi64, part part_64,
        add _mm512_add_epi64, sub _mm512_sub_epi64, min _mm512_min_epu64, max _mm512_max_epu64,
        and _mm512_and_si512, or _mm512_or_si512, xor _mm512_xor_si512, full_add full_add_int,
        lt _mm512_cmplt_epu64_mask, le _mm512_cmple_epu64_mask, eq _mm512_cmpeq_epi64_mask, bits bits_64,
        mask mask_64, select select_64, keep keep_64, tally tally_64,
        fold (wide);
    F32 f32 as f32, __m512, __mmask16, 16,
        load _mm512_loadu_ps, store _mm512_storeu_ps, splat _mm512_set1_ps, part part_f32, end end_f32,
        add _mm512_add_ps, sub _mm512_sub_ps, min _mm512_min_ps, max _mm512_max_ps,
        and _mm512_and_ps, or _mm512_or_ps, xor _mm512_xor_ps,
        lt lt_f32, le le_f32, eq eq_f32, bits bits_32,
        mask mask_32, select select_f32, keep keep_f32, tally tally_f32,
        fold (halves HalfF32 low_f32 high_f32);
    F64 f64 as f64, __m512d, __mmask8, 8,
        load _mm512_loadu_pd, store _mm512_storeu_pd, splat _mm512_set1_pd, part part_f64, end end_f64,
        add _mm512_add_pd, sub _mm512_sub_pd, min _mm512_min_pd, max _mm512_max_pd,
        and _mm512_and_pd, or _mm512_or_pd, xor _mm512_xor_pd,
        lt lt_f64, le le_f64, eq eq_f64, bits bits_64,
        mask mask_64, select select_f64, keep keep_f64, tally tally_f64,
        fold (halves HalfF64 low_f64 high_f64);
}

impl FloatVector<Avx512, f32> for F32 {
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        // SAFETY: `self` proves the features.
        Self(unsafe { _mm512_mul_ps(self.0, other.0) })
    }
    #[inline(always)]
    fn div(self, other: Self) -> Self {
        // SAFETY: `self` proves the features.
        Self(unsafe { _mm512_div_ps(self.0, other.0) })
    }
    type One = Self;
    #[inline(always)]
    fn one(simd: Avx512) -> Self {
        Vector::splat(simd, opaque_one_f32())
    }
    #[inline(always)]
    fn add_aside(self, other: Self, one: Self) -> Self {
        // SAFETY: `self` proves the features.
        Self(unsafe { _mm512_fmadd_ps(self.0, one.0, other.0) })
    }
    #[inline(always)]
    fn sub_aside(self, other: Self, one: Self) -> Self {
        // SAFETY: `self` proves the features.
        Self(unsafe { _mm512_fnmadd_ps(other.0, one.0, self.0) })
    }
}

impl FloatVector<Avx512, f64> for F64 {
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        // SAFETY: `self` proves the features.
        Self(unsafe { _mm512_mul_pd(self.0, other.0) })
    }
    #[inline(always)]
    fn div(self, other: Self) -> Self {
        // SAFETY: `self` proves the features.
        Self(unsafe { _mm512_div_pd(self.0, other.0) })
    }
    type One = Self;
    #[inline(always)]
    fn one(simd: Avx512) -> Self {
        Vector::splat(simd, opaque_one_f64())
    }
    #[inline(always)]
    fn add_aside(self, other: Self, one: Self) -> Self {
        // SAFETY: `self` proves the features.
        Self(unsafe { _mm512_fmadd_pd(self.0, one.0, other.0) })
    }
    #[inline(always)]
    fn sub_aside(self, other: Self, one: Self) -> Self {
        // SAFETY: `self` proves the features.
        Self(unsafe { _mm512_fnmadd_pd(other.0, one.0, self.0) })
    }
}

impl Simd for Avx512 {
    const REGISTERS: usize = 4;
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
        Backend::of_level(Level::Avx512)
    }
    #[inline(always)]
    fn sum_octets(self, v: U8) -> U64 {
        // SAFETY: the token proves the features.
        U64(unsafe { _mm512_sad_epu8(v.0, _mm512_setzero_si512()) })
    }
    #[inline(always)]
    fn sum_pairs(self, v: I16) -> I32 {
        // SAFETY: the token proves the features.
        I32(unsafe { _mm512_madd_epi16(v.0, _mm512_set1_epi16(1)) })
    }
    #[inline(always)]
    fn bias_i8(self, v: I8) -> U8 {
        // SAFETY: the token proves the features.
        U8(unsafe { _mm512_xor_si512(v.0, _mm512_set1_epi8(i8::MIN)) })
    }
    #[inline(always)]
    fn bias_u16(self, v: U16) -> I16 {
        // SAFETY: the token proves the features.
        I16(unsafe { _mm512_xor_si512(v.0, _mm512_set1_epi16(i16::MIN)) })
    }
    #[inline(always)]
    fn high_i32(self, v: I32) -> I32 {
        // SAFETY: the token proves the features.
        I32(unsafe { _mm512_srai_epi32::<16>(v.0) })
    }
    #[inline(always)]
    fn high_u32(self, v: U32) -> U32 {
        // SAFETY: the token proves the features.
        U32(unsafe { _mm512_srli_epi32::<16>(v.0) })
    }
    #[inline(always)]
    fn high_i64(self, v: I64) -> I64 {
        // SAFETY: the token proves the features.
        I64(unsafe {
            // Each 16 bits are multiplied by 0, but for the uppermost; each two products are
            // added. One instruction, where CPUs before AVX-512 have no such shift.
            _mm512_madd_epi16(v.0, _mm512_set1_epi64(1 << 48))
        })
    }
    #[inline(always)]
    fn high_u64(self, v: U64) -> U64 {
        // SAFETY: the token proves the features.
        U64(unsafe { _mm512_srli_epi64::<32>(v.0) })
    }
    #[inline(always)]
    fn bias_u32(self, v: U32) -> I32 {
        // SAFETY: the token proves the features.
        I32(unsafe { _mm512_xor_si512(v.0, _mm512_set1_epi32(i32::MIN)) })
    }
    #[inline(always)]
    fn mul_u64(self, a: U64, b: U64) -> U64 {
        // SAFETY: the token proves the features.
        U64(unsafe { _mm512_mullo_epi64(a.0, b.0) })
    }
    #[inline(always)]
    fn shift_right_u64(self, v: U64, by: u32) -> U64 {
        // SAFETY: the token proves the features.
        U64(unsafe { _mm512_srl_epi64(v.0, _mm_cvtsi32_si128(by as i32)) })
    }
    #[inline(always)]
    fn square_quads(self, v: U8) -> U32 {
        // SAFETY: the token proves the features.
        U32(unsafe {
            let evens = _mm512_and_si512(v.0, _mm512_set1_epi16(0xff));
            let odds = _mm512_srli_epi16::<8>(v.0);
            _mm512_add_epi32(_mm512_madd_epi16(evens, evens), _mm512_madd_epi16(odds, odds))
        })
    }
    #[inline(always)]
    fn square_pairs_i16(self, v: I16) -> U32 {
        // SAFETY: the token proves the features. The one sum of squares that is too great
        // for an `i32`, 2³¹, comes out as the bits of that number.
        U32(unsafe { _mm512_madd_epi16(v.0, v.0) })
    }
    #[inline(always)]
    fn square_pairs_i32(self, v: I32) -> U64 {
        // SAFETY: the token proves the features.
        U64(unsafe {
            // Only the lower halves are multiplied: nothing needs clearing.
            let odds = _mm512_srli_epi64::<32>(v.0);
            _mm512_add_epi64(_mm512_mul_epi32(v.0, v.0), _mm512_mul_epi32(odds, odds))
        })
    }
    #[inline(always)]
    fn multiply_pairs(self, one: I16, other: I16) -> I32 {
        // SAFETY: the token proves the features.
        I32(unsafe { _mm512_madd_epi16(one.0, other.0) })
    }
    #[inline(always)]
    fn products_i32(self, one: I32, other: I32) -> (I64, I64) {
        // SAFETY: the token proves the features.
        unsafe {
            // Only the lower halves are multiplied: nothing needs clearing.
            let odds = (_mm512_srli_epi64::<32>(one.0), _mm512_srli_epi64::<32>(other.0));
            (I64(_mm512_mul_epi32(one.0, other.0)), I64(_mm512_mul_epi32(odds.0, odds.1)))
        }
    }
    #[inline(always)]
    fn products_u32(self, one: U32, other: U32) -> (U64, U64) {
        // SAFETY: the token proves the features.
        unsafe {
            let odds = (_mm512_srli_epi64::<32>(one.0), _mm512_srli_epi64::<32>(other.0));
            (U64(_mm512_mul_epu32(one.0, other.0)), U64(_mm512_mul_epu32(odds.0, odds.1)))
        }
    }
    #[inline(always)]
    fn mul_low(self, one: U64, other: U64) -> U64 {
        // SAFETY: the token proves the features.
        U64(unsafe { _mm512_mul_epi32(one.0, other.0) })
    }
    #[inline(always)]
    fn halves_i8(self, v: I8) -> (I16, I16) {
        // SAFETY: the token proves the features.
        unsafe {
            let evens = _mm512_srai_epi16::<8>(_mm512_slli_epi16::<8>(v.0));
            (I16(evens), I16(_mm512_srai_epi16::<8>(v.0)))
        }
    }
    #[inline(always)]
    fn halves_u8(self, v: U8) -> (I16, I16) {
        // SAFETY: the token proves the features.
        unsafe {
            let evens = _mm512_and_si512(v.0, _mm512_set1_epi16(0xff));
            (I16(evens), I16(_mm512_srli_epi16::<8>(v.0)))
        }
    }
    #[inline(always)]
    fn encoding_f32(self, v: F32) -> I32 {
        // SAFETY: the token proves the features.
        I32(unsafe { _mm512_castps_si512(v.0) })
    }
    #[inline(always)]
    fn encoding_f64(self, v: F64) -> I64 {
        // SAFETY: the token proves the features.
        I64(unsafe { _mm512_castpd_si512(v.0) })
    }
    #[inline(always)]
    fn bits_i64(self, v: I64) -> U64 {
        U64(v.0)
    }
    #[inline(always)]
    fn bits_f32(self, v: F32) -> U32 {
        // SAFETY: the token proves the features.
        U32(unsafe { _mm512_castps_si512(v.0) })
    }
    #[inline(always)]
    fn bits_f64(self, v: F64) -> U64 {
        // SAFETY: the token proves the features.
        U64(unsafe { _mm512_castpd_si512(v.0) })
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
        F64(unsafe { _mm512_castsi512_pd(_mm512_slli_epi64::<52>(bits.0)) })
    }
    #[inline(always)]
    fn product_error(self, x: F64, y: F64, product: F64) -> F64 {
        // SAFETY: the token proves the features.
        F64(unsafe { _mm512_fmsub_pd(x.0, y.0, product.0) })
    }
    #[inline(always)]
    fn integer_part(self, v: F64) -> F64 {
        // SAFETY: the token proves the features.
        F64(unsafe { _mm512_roundscale_pd::<{ _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC }>(v.0) })
    }
    #[inline(always)]
    fn widen(self, values: &[f32]) -> F64 {
        assert!(values.len() >= 8);
        // SAFETY: the token proves the features; eight values are there to read.
        F64(unsafe { _mm512_cvtps_pd(_mm256_loadu_ps(values.as_ptr())) })
    }
    #[inline(always)]
    fn widen_part(self, values: &[f32], pad: F64) -> F64 {
        // SAFETY: the token proves the features; the mask admits the values of the
        // slice, or the first eight of them.
        F64(unsafe {
            let mask = prefix(values.len()) as __mmask8;
            let part = _mm256_maskz_loadu_ps(mask, values.as_ptr());
            _mm512_mask_cvtps_pd(pad.0, mask, part)
        })
    }
}
