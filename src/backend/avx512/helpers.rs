//! What takes several instructions on AVX-512, and loads of fewer values than there are lanes.

use crate::backend::x86::helpers;
use core::arch::x86_64::*;

helpers! {
    load_int[T](from: *const T) -> __m512i { _mm512_loadu_si512(from.cast()) }
    store_int[T](to: *mut T, v: __m512i) { _mm512_storeu_si512(to.cast(), v) }
    /// The lowest `count` bits are set, or all where there are no more.
    prefix(count: usize) -> u64 {
        // The instruction reads the lowest eight bits of the count.
        _bzhi_u64(u64::MAX, count.min(64) as u32)
    }
    low_int(v: __m512i) -> __m256i { _mm512_castsi512_si256(v) }
    high_int(v: __m512i) -> __m256i { _mm512_extracti64x4_epi64::<1>(v) }
    low_f32(v: __m512) -> __m256 { _mm512_castps512_ps256(v) }
    high_f32(v: __m512) -> __m256 { _mm512_extractf32x8_ps::<1>(v) }
    low_f64(v: __m512d) -> __m256d { _mm512_castpd512_pd256(v) }
    high_f64(v: __m512d) -> __m256d { _mm512_extractf64x4_pd::<1>(v) }
    /// Fewer values than lanes, the rest from `pad`: the mask admits values of the slice
    /// only. So it is in those below. `T` has as many bits as the name says.
    part_8[T](values: &[T], pad: __m512i) -> __m512i {
        _mm512_mask_loadu_epi8(pad, prefix(values.len()) as __mmask64, values.as_ptr().cast())
    }
    select_8(mask: __mmask64, yes: __m512i, no: __m512i) -> __m512i {
        _mm512_mask_blend_epi8(mask, no, yes)
    }
    part_16[T](values: &[T], pad: __m512i) -> __m512i {
        _mm512_mask_loadu_epi16(pad, prefix(values.len()) as __mmask32, values.as_ptr().cast())
    }
    select_16(mask: __mmask32, yes: __m512i, no: __m512i) -> __m512i {
        _mm512_mask_blend_epi16(mask, no, yes)
    }
    part_32[T](values: &[T], pad: __m512i) -> __m512i {
        _mm512_mask_loadu_epi32(pad, prefix(values.len()) as __mmask16, values.as_ptr().cast())
    }
    select_32(mask: __mmask16, yes: __m512i, no: __m512i) -> __m512i {
        _mm512_mask_blend_epi32(mask, no, yes)
    }
    part_64[T](values: &[T], pad: __m512i) -> __m512i {
        _mm512_mask_loadu_epi64(pad, prefix(values.len()) as __mmask8, values.as_ptr().cast())
    }
    select_64(mask: __mmask8, yes: __m512i, no: __m512i) -> __m512i {
        _mm512_mask_blend_epi64(mask, no, yes)
    }
    part_f32(values: &[f32], pad: __m512) -> __m512 {
        _mm512_mask_loadu_ps(pad, prefix(values.len()) as __mmask16, values.as_ptr())
    }
    /// Values in the last lanes, those before from `pad`: the address may lie before the slice, but
    /// the mask admits values of the slice only. They are no more than the lanes. So it is in the one below.
    end_f32(values: &[f32], pad: __m512) -> __m512 {
        let before = 16 - values.len();
        let mask = !prefix(before) as __mmask16;
        _mm512_mask_loadu_ps(pad, mask, values.as_ptr().wrapping_sub(before))
    }
    full_add_int(a: __m512i, b: __m512i, c: __m512i) -> (__m512i, __m512i) {
        // Bit `4 a + 2 b + c` of the constant: whether one of the three is set, or all.
        let sum = _mm512_ternarylogic_epi64::<0b1001_0110>(a, b, c);
        // Bit `4 b + 2 c + sum`: whether two of `b`, `c` and `a = b ^ c ^ sum` are. Not of `a`, which the
        // sum takes the register of: nothing has to be copied.
        (sum, _mm512_ternarylogic_epi64::<0b1101_0100>(b, c, sum))
    }
    select_f32(mask: __mmask16, yes: __m512, no: __m512) -> __m512 {
        _mm512_mask_blend_ps(mask, no, yes)
    }
    part_f64(values: &[f64], pad: __m512d) -> __m512d {
        _mm512_mask_loadu_pd(pad, prefix(values.len()) as __mmask8, values.as_ptr())
    }
    end_f64(values: &[f64], pad: __m512d) -> __m512d {
        let before = 8 - values.len();
        let mask = !prefix(before) as __mmask8;
        _mm512_mask_loadu_pd(pad, mask, values.as_ptr().wrapping_sub(before))
    }
    select_f64(mask: __mmask8, yes: __m512d, no: __m512d) -> __m512d {
        _mm512_mask_blend_pd(mask, no, yes)
    }
    mask_8(bits: u64, _from: usize) -> __mmask64 { bits }
    mask_16(bits: u64, _from: usize) -> __mmask32 { bits as __mmask32 }
    mask_32(bits: u64, _from: usize) -> __mmask16 { bits as __mmask16 }
    mask_64(bits: u64, _from: usize) -> __mmask8 { bits as __mmask8 }
    lt_f32(a: __m512, b: __m512) -> __mmask16 { _mm512_cmp_ps_mask::<_CMP_LT_OQ>(a, b) }
    lt_f64(a: __m512d, b: __m512d) -> __mmask8 { _mm512_cmp_pd_mask::<_CMP_LT_OQ>(a, b) }
    le_f32(a: __m512, b: __m512) -> __mmask16 { _mm512_cmp_ps_mask::<_CMP_LE_OQ>(a, b) }
    le_f64(a: __m512d, b: __m512d) -> __mmask8 { _mm512_cmp_pd_mask::<_CMP_LE_OQ>(a, b) }
    eq_f32(a: __m512, b: __m512) -> __mmask16 { _mm512_cmp_ps_mask::<_CMP_EQ_OQ>(a, b) }
    eq_f64(a: __m512d, b: __m512d) -> __mmask8 { _mm512_cmp_pd_mask::<_CMP_EQ_OQ>(a, b) }
    bits_8(mask: __mmask64) -> u64 { mask }
    bits_16(mask: __mmask32) -> u64 { u64::from(mask) }
    bits_32(mask: __mmask16) -> u64 { u64::from(mask) }
    bits_64(mask: __mmask8) -> u64 { u64::from(mask) }
    tally_8(v: __m512i, mask: __mmask64) -> __m512i {
        _mm512_mask_sub_epi8(v, mask, v, _mm512_set1_epi8(-1))
    }
    tally_16(v: __m512i, mask: __mmask32) -> __m512i {
        _mm512_mask_sub_epi16(v, mask, v, _mm512_set1_epi16(-1))
    }
    tally_32(v: __m512i, mask: __mmask16) -> __m512i {
        _mm512_mask_sub_epi32(v, mask, v, _mm512_set1_epi32(-1))
    }
    tally_64(v: __m512i, mask: __mmask8) -> __m512i {
        _mm512_mask_sub_epi64(v, mask, v, _mm512_set1_epi64(-1))
    }
    tally_f32(v: __m512, mask: __mmask16) -> __m512 {
        _mm512_castsi512_ps(tally_32(_mm512_castps_si512(v), mask))
    }
    tally_f64(v: __m512d, mask: __mmask8) -> __m512d {
        _mm512_castsi512_pd(tally_64(_mm512_castpd_si512(v), mask))
    }
    /// The lanes where a mask is false, to the front. Compressed in a register, for to compress
    /// into memory takes some CPUs a hundred cycles.
    keep_64[T](v: __m512i, out: __mmask8, to: *mut T) -> usize {
        _mm512_storeu_si512(to.cast(), _mm512_maskz_compress_epi64(!out, v));
        (!out).count_ones() as usize
    }
    keep_32[T](v: __m512i, out: __mmask16, to: *mut T) -> usize {
        _mm512_storeu_si512(to.cast(), _mm512_maskz_compress_epi32(!out, v));
        (!out).count_ones() as usize
    }
    keep_f64(v: __m512d, out: __mmask8, to: *mut f64) -> usize {
        keep_64(_mm512_castpd_si512(v), out, to)
    }
    keep_f32(v: __m512, out: __mmask16, to: *mut f32) -> usize {
        keep_32(_mm512_castps_si512(v), out, to)
    }
    /// Narrower lanes are compressed in halves that are made twice as wide.
    keep_16[T](v: __m512i, out: __mmask32, to: *mut T) -> usize {
        let to: *mut u16 = to.cast();
        let low = _mm512_cvtepu16_epi32(low_int(v));
        let high = _mm512_cvtepu16_epi32(high_int(v));
        let (first, second) = (!out as __mmask16, (!out >> 16) as __mmask16);
        let count = first.count_ones() as usize;
        let low = _mm512_cvtepi32_epi16(_mm512_maskz_compress_epi32(first, low));
        let high = _mm512_cvtepi32_epi16(_mm512_maskz_compress_epi32(second, high));
        _mm256_storeu_si256(to.cast(), low);
        // At most 16 are before these 16.
        _mm256_storeu_si256(to.add(count).cast(), high);
        count + second.count_ones() as usize
    }
    keep_8[T](v: __m512i, out: __mmask64, to: *mut T) -> usize {
        let to: *mut u8 = to.cast();
        let quarters = [
            _mm512_castsi512_si128(v),
            _mm512_extracti32x4_epi32::<1>(v),
            _mm512_extracti32x4_epi32::<2>(v),
            _mm512_extracti32x4_epi32::<3>(v),
        ];
        let mut count = 0;
        for (i, quarter) in quarters.into_iter().enumerate() {
            let set = (!out >> (16 * i)) as __mmask16;
            let wide = _mm512_cvtepu8_epi32(quarter);
            let front = _mm512_cvtepi32_epi8(_mm512_maskz_compress_epi32(set, wide));
            // At most 16 are before these 16, for each of the quarters before.
            _mm_storeu_si128(to.add(count).cast(), front);
            count += set.count_ones() as usize;
        }
        count
    }
}
