//! What takes several instructions on AVX2, and loads of fewer values than there are lanes.

use crate::backend::sse::helpers as sse;
use crate::backend::x86::{self, helpers};
use core::arch::x86_64::*;

/// See [`front`](x86::front).
static FRONT: [[u8; 8]; 256] = x86::front();

/// Fewer values than lanes, the rest from `pad`.
///
/// # Safety
///
/// AVX2; the slice is shorter than a register.
#[inline(always)]
pub(super) unsafe fn part_f32(values: &[f32], pad: __m256) -> __m256 {
    // SAFETY: the caller's promise; the mask admits the values of the slice only.
    unsafe {
        let mask = prefix_32(values.len());
        select_f32(mask, _mm256_maskload_ps(values.as_ptr(), mask), pad)
    }
}

/// Fewer values than lanes, the rest from `pad`.
///
/// # Safety
///
/// AVX2; the slice is shorter than a register.
#[inline(always)]
pub(super) unsafe fn part_f64(values: &[f64], pad: __m256d) -> __m256d {
    // SAFETY: the caller's promise; the mask admits the values of the slice only.
    unsafe {
        let mask = prefix_64(values.len());
        select_f64(mask, _mm256_maskload_pd(values.as_ptr(), mask), pad)
    }
}

/// As [`part_f32`].
///
/// # Safety
///
/// AVX2; `T` is an integer of 32 bits; the slice is shorter than a register.
#[inline(always)]
pub(super) unsafe fn part_32<T>(values: &[T], pad: __m256i) -> __m256i {
    // SAFETY: the caller's promise; the mask admits the values of the slice only.
    unsafe {
        let mask = prefix_32(values.len());
        select_int(mask, _mm256_maskload_epi32(values.as_ptr().cast(), mask), pad)
    }
}

/// As [`part_f64`].
///
/// # Safety
///
/// AVX2; `T` is an integer of 64 bits; the slice is shorter than a register.
#[inline(always)]
pub(super) unsafe fn part_64<T>(values: &[T], pad: __m256i) -> __m256i {
    // SAFETY: the caller's promise; the mask admits the values of the slice only.
    unsafe {
        let mask = prefix_64(values.len());
        select_int(mask, _mm256_maskload_epi64(values.as_ptr().cast(), mask), pad)
    }
}

/// Fewer values than lanes, the rest from `pad`: each half is whole, absent, or the
/// business of SSE.
///
/// # Safety
///
/// AVX2; `T` is an integer of 16 bits; the slice is shorter than a register.
#[inline(always)]
pub(super) unsafe fn part_16<T: Copy>(values: &[T], pad: __m256i) -> __m256i {
    // SAFETY: the caller's promise; a whole half is read only where it is there.
    unsafe {
        match values.split_at_checked(8) {
            Some((low, high)) => {
                let low = _mm_loadu_si128(low.as_ptr().cast());
                let high = sse::part_int(high, high_int(pad));
                _mm256_set_m128i(high, low)
            }
            None => _mm256_inserti128_si256::<0>(pad, sse::part_int(values, low_int(pad))),
        }
    }
}

/// Fewer values than lanes, the rest from `pad`: each half is whole, absent, or the
/// business of SSE.
///
/// # Safety
///
/// AVX2; `T` is an integer of 8 bits; the slice is shorter than a register.
#[inline(always)]
pub(super) unsafe fn part_8<T: Copy>(values: &[T], pad: __m256i) -> __m256i {
    // SAFETY: the caller's promise; a whole half is read only where it is there.
    unsafe {
        match values.split_at_checked(16) {
            Some((low, high)) => {
                let low = _mm_loadu_si128(low.as_ptr().cast());
                let high = sse::part_int(high, high_int(pad));
                _mm256_set_m128i(high, low)
            }
            None => _mm256_inserti128_si256::<0>(pad, sse::part_int(values, low_int(pad))),
        }
    }
}

helpers! {
    load_int[T](from: *const T) -> __m256i { _mm256_loadu_si256(from.cast()) }
    store_int[T](to: *mut T, v: __m256i) { _mm256_storeu_si256(to.cast(), v) }
    low_int(v: __m256i) -> __m128i { _mm256_castsi256_si128(v) }
    high_int(v: __m256i) -> __m128i { _mm256_extracti128_si256::<1>(v) }
    low_f32(v: __m256) -> __m128 { _mm256_castps256_ps128(v) }
    high_f32(v: __m256) -> __m128 { _mm256_extractf128_ps::<1>(v) }
    low_f64(v: __m256d) -> __m128d { _mm256_castpd256_pd128(v) }
    high_f64(v: __m256d) -> __m128d { _mm256_extractf128_pd::<1>(v) }
    select_int(mask: __m256i, yes: __m256i, no: __m256i) -> __m256i {
        _mm256_blendv_epi8(no, yes, mask)
    }
    select_f32(mask: __m256i, yes: __m256, no: __m256) -> __m256 {
        _mm256_blendv_ps(no, yes, _mm256_castsi256_ps(mask))
    }
    select_f64(mask: __m256i, yes: __m256d, no: __m256d) -> __m256d {
        _mm256_blendv_pd(no, yes, _mm256_castsi256_pd(mask))
    }
    /// Lanes below `count`, which is less than 2³¹, are all ones.
    prefix_32(count: usize) -> __m256i {
        let lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
        _mm256_cmpgt_epi32(_mm256_set1_epi32(count as i32), lanes)
    }
    /// Lanes below `count` are all ones.
    prefix_64(count: usize) -> __m256i {
        _mm256_cmpgt_epi64(_mm256_set1_epi64x(count as i64), _mm256_setr_epi64x(0, 1, 2, 3))
    }
    /// Values in the last lanes, those before from `pad`: the address may lie before the slice, but
    /// the mask admits values of the slice only. They are no more than the lanes. So it is in the one below.
    end_f32(values: &[f32], pad: __m256) -> __m256 {
        let before = 8 - values.len();
        let lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
        let mask = _mm256_cmpgt_epi32(lanes, _mm256_set1_epi32(before as i32 - 1));
        select_f32(mask, _mm256_maskload_ps(values.as_ptr().wrapping_sub(before), mask), pad)
    }
    end_f64(values: &[f64], pad: __m256d) -> __m256d {
        let before = 4 - values.len();
        let lanes = _mm256_setr_epi64x(0, 1, 2, 3);
        let mask = _mm256_cmpgt_epi64(lanes, _mm256_set1_epi64x(before as i64 - 1));
        select_f64(mask, _mm256_maskload_pd(values.as_ptr().wrapping_sub(before), mask), pad)
    }
    /// The bits go to every lane, and each lane keeps its own, and becomes all ones if that
    /// is set. Where a byte holds all bits it comes straight from memory.
    mask_64(bits: u64, from: usize) -> __m256i {
        const OWN: [[i64; 4]; 2] = [[1, 2, 4, 8], [16, 32, 64, 128]];
        let own = _mm256_loadu_si256(OWN[from / 4 % 2].as_ptr().cast());
        _mm256_cmpeq_epi64(_mm256_and_si256(_mm256_set1_epi8(bits as i8), own), own)
    }
    mask_32(bits: u64, _from: usize) -> __m256i {
        let own = _mm256_setr_epi32(1, 2, 4, 8, 16, 32, 64, 128);
        _mm256_cmpeq_epi32(_mm256_and_si256(_mm256_set1_epi8(bits as i8), own), own)
    }
    mask_16(bits: u64, _from: usize) -> __m256i {
        let low = _mm_setr_epi16(1, 2, 4, 8, 16, 32, 64, 128);
        let own = _mm256_set_m128i(_mm_slli_epi16::<8>(low), low);
        _mm256_cmpeq_epi16(_mm256_and_si256(_mm256_set1_epi16(bits as i16), own), own)
    }
    mask_8(bits: u64, _from: usize) -> __m256i {
        let own = _mm256_set1_epi64x(0x8040_2010_0804_0201_u64 as i64);
        let ones = 0x0101_0101_0101_0101;
        let bytes = _mm256_setr_epi64x(0, ones, 2 * ones, 3 * ones);
        let spread = _mm256_shuffle_epi8(_mm256_set1_epi32(bits as i32), bytes);
        _mm256_cmpeq_epi8(_mm256_and_si256(spread, own), own)
    }
    min_i64(a: __m256i, b: __m256i) -> __m256i { select_int(_mm256_cmpgt_epi64(b, a), a, b) }
    max_i64(a: __m256i, b: __m256i) -> __m256i { select_int(_mm256_cmpgt_epi64(a, b), a, b) }
    /// Flips the sign bit, which turns the order of `u64` into that of `i64`.
    flip(v: __m256i) -> __m256i { _mm256_xor_si256(v, _mm256_set1_epi64x(i64::MIN)) }
    min_u64(a: __m256i, b: __m256i) -> __m256i {
        select_int(_mm256_cmpgt_epi64(flip(b), flip(a)), a, b)
    }
    max_u64(a: __m256i, b: __m256i) -> __m256i {
        select_int(_mm256_cmpgt_epi64(flip(a), flip(b)), a, b)
    }
    /// The sign of each lane is flipped, which turns the order of unsigned numbers into
    /// that of signed ones.
    flip_8(v: __m256i) -> __m256i { _mm256_xor_si256(v, _mm256_set1_epi8(i8::MIN)) }
    flip_16(v: __m256i) -> __m256i { _mm256_xor_si256(v, _mm256_set1_epi16(i16::MIN)) }
    flip_32(v: __m256i) -> __m256i { _mm256_xor_si256(v, _mm256_set1_epi32(i32::MIN)) }
    lt_i8(a: __m256i, b: __m256i) -> __m256i { _mm256_cmpgt_epi8(b, a) }
    lt_u8(a: __m256i, b: __m256i) -> __m256i { _mm256_cmpgt_epi8(flip_8(b), flip_8(a)) }
    lt_i16(a: __m256i, b: __m256i) -> __m256i { _mm256_cmpgt_epi16(b, a) }
    lt_u16(a: __m256i, b: __m256i) -> __m256i { _mm256_cmpgt_epi16(flip_16(b), flip_16(a)) }
    lt_i32(a: __m256i, b: __m256i) -> __m256i { _mm256_cmpgt_epi32(b, a) }
    lt_u32(a: __m256i, b: __m256i) -> __m256i { _mm256_cmpgt_epi32(flip_32(b), flip_32(a)) }
    lt_i64(a: __m256i, b: __m256i) -> __m256i { _mm256_cmpgt_epi64(b, a) }
    lt_u64(a: __m256i, b: __m256i) -> __m256i { _mm256_cmpgt_epi64(flip(b), flip(a)) }
    /// A lane that is true is -1.
    tally_8(v: __m256i, mask: __m256i) -> __m256i { _mm256_sub_epi8(v, mask) }
    tally_16(v: __m256i, mask: __m256i) -> __m256i { _mm256_sub_epi16(v, mask) }
    tally_32(v: __m256i, mask: __m256i) -> __m256i { _mm256_sub_epi32(v, mask) }
    tally_64(v: __m256i, mask: __m256i) -> __m256i { _mm256_sub_epi64(v, mask) }
    tally_f32(v: __m256, mask: __m256i) -> __m256 {
        _mm256_castsi256_ps(_mm256_sub_epi32(_mm256_castps_si256(v), mask))
    }
    tally_f64(v: __m256d, mask: __m256i) -> __m256d {
        _mm256_castsi256_pd(_mm256_sub_epi64(_mm256_castpd_si256(v), mask))
    }
    le_f32(a: __m256, b: __m256) -> __m256i {
        _mm256_castps_si256(_mm256_cmp_ps::<_CMP_LE_OQ>(a, b))
    }
    le_f64(a: __m256d, b: __m256d) -> __m256i {
        _mm256_castpd_si256(_mm256_cmp_pd::<_CMP_LE_OQ>(a, b))
    }
    lt_f32(a: __m256, b: __m256) -> __m256i {
        _mm256_castps_si256(_mm256_cmp_ps::<_CMP_LT_OQ>(a, b))
    }
    lt_f64(a: __m256d, b: __m256d) -> __m256i {
        _mm256_castpd_si256(_mm256_cmp_pd::<_CMP_LT_OQ>(a, b))
    }
    eq_f32(a: __m256, b: __m256) -> __m256i {
        _mm256_castps_si256(_mm256_cmp_ps::<_CMP_EQ_OQ>(a, b))
    }
    eq_f64(a: __m256d, b: __m256d) -> __m256i {
        _mm256_castpd_si256(_mm256_cmp_pd::<_CMP_EQ_OQ>(a, b))
    }
    bits_8(mask: __m256i) -> u64 { u64::from(_mm256_movemask_epi8(mask).cast_unsigned()) }
    bits_16(mask: __m256i) -> u64 {
        sse::bits_8(_mm_packs_epi16(low_int(mask), high_int(mask)))
    }
    bits_32(mask: __m256i) -> u64 {
        u64::from(_mm256_movemask_ps(_mm256_castsi256_ps(mask)).cast_unsigned())
    }
    bits_64(mask: __m256i) -> u64 {
        u64::from(_mm256_movemask_pd(_mm256_castsi256_pd(mask)).cast_unsigned())
    }
    /// The lanes where a mask is false, to the front.
    keep_32[T](v: __m256i, out: __m256i, to: *mut T) -> usize {
        let set = (!bits_32(out) & 0xff) as usize;
        let places = _mm256_cvtepu8_epi32(_mm_loadl_epi64(FRONT[set].as_ptr().cast()));
        _mm256_storeu_si256(to.cast(), _mm256_permutevar8x32_epi32(v, places));
        set.count_ones() as usize
    }
    /// Each lane is two of 32 bits.
    keep_64[T](v: __m256i, out: __m256i, to: *mut T) -> usize {
        let pairs = (!bits_32(out) & 0xff) as usize;
        let places = _mm256_cvtepu8_epi32(_mm_loadl_epi64(FRONT[pairs].as_ptr().cast()));
        _mm256_storeu_si256(to.cast(), _mm256_permutevar8x32_epi32(v, places));
        pairs.count_ones() as usize / 2
    }
    keep_f64(v: __m256d, out: __m256i, to: *mut f64) -> usize {
        keep_64(_mm256_castpd_si256(v), out, to)
    }
    keep_f32(v: __m256, out: __m256i, to: *mut f32) -> usize {
        keep_32(_mm256_castps_si256(v), out, to)
    }
    /// By halves: at most as many lanes are before the second as the first has.
    keep_16[T](v: __m256i, out: __m256i, to: *mut T) -> usize {
        let count = sse::keep_16(low_int(v), low_int(out), to);
        count + sse::keep_16(high_int(v), high_int(out), to.add(count))
    }
    keep_8[T](v: __m256i, out: __m256i, to: *mut T) -> usize {
        let count = sse::keep_8(low_int(v), low_int(out), to);
        count + sse::keep_8(high_int(v), high_int(out), to.add(count))
    }
}
