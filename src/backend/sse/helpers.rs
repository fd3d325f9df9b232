//! What takes several instructions on SSE, and loads of fewer values than there are lanes.

use crate::backend::x86::{self, helpers};
use core::arch::x86_64::*;

/// See [`front_bytes`](x86::front_bytes).
static FRONT_64: [[u8; 16]; 4] = x86::front_bytes::<8, 4>();
static FRONT_32: [[u8; 16]; 16] = x86::front_bytes::<4, 16>();
static FRONT_16: [[u8; 16]; 256] = x86::front_bytes::<2, 256>();

#[inline(always)]
pub(super) fn same(v: __m128i) -> __m128i {
    v
}

/// Fewer values than lanes, the rest from `pad`, in registers: two loads of a power of two
/// bytes, of which the second ends with the slice and overlaps the first.
///
/// # Safety
///
/// SSE4.1; `T` is an integer.
#[inline(always)]
pub(in crate::backend) unsafe fn part_int<T: Copy>(values: &[T], pad: __m128i) -> __m128i {
    let bytes = size_of_val(values).min(16);
    let from: *const u8 = values.as_ptr().cast();
    // SAFETY: the caller's promise. Each pointer leads to as many bytes as are read: at most
    // `bytes` from the first on, or up to the last of them. Integers have no padding.
    unsafe {
        let (low, high) = match bytes {
            16.. => return _mm_loadu_si128(from.cast()),
            8..16 => {
                let first = from.cast::<u64>().read_unaligned();
                let last = from.add(bytes - 8).cast::<u64>().read_unaligned();
                // In two steps, for a shift by all 64 bits is none.
                (first, last >> (8 * (15 - bytes)) >> 8)
            }
            4..8 => {
                let first = from.cast::<u32>().read_unaligned();
                let last = from.add(bytes - 4).cast::<u32>().read_unaligned();
                (u64::from(first) | u64::from(last) << (8 * (bytes - 4)), 0)
            }
            2..4 => {
                let first = from.cast::<u16>().read_unaligned();
                let last = from.add(bytes - 2).cast::<u16>().read_unaligned();
                (u64::from(first) | u64::from(last) << (8 * (bytes - 2)), 0)
            }
            1 => (u64::from(from.read()), 0),
            0 => return pad,
        };
        let places = _mm_setr_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
        let there = _mm_cmpgt_epi8(_mm_set1_epi8(bytes as i8), places);
        select_int(there, _mm_set_epi64x(high as i64, low as i64), pad)
    }
}

/// Fewer than four values, the rest from `pad`, in registers.
///
/// # Safety
///
/// SSE4.1.
#[inline(always)]
pub(in crate::backend) unsafe fn part_f32(values: &[f32], pad: __m128) -> __m128 {
    // SAFETY: the caller's promise; where eight bytes are loaded, from any address, there
    // are two values.
    unsafe {
        match values {
            [] => pad,
            [a] => _mm_move_ss(pad, _mm_load_ss(a)),
            [_, _, rest @ ..] => {
                let two = _mm_castsi128_pd(_mm_loadl_epi64(values.as_ptr().cast()));
                let two = _mm_castpd_ps(_mm_move_sd(_mm_castps_pd(pad), two));
                match rest {
                    [] => two,
                    [c, ..] => _mm_insert_ps::<0x20>(two, _mm_load_ss(c)),
                }
            }
        }
    }
}

/// No value or one, the rest from `pad`, in registers.
///
/// # Safety
///
/// SSE2.
#[inline(always)]
pub(in crate::backend) unsafe fn part_f64(values: &[f64], pad: __m128d) -> __m128d {
    match values {
        [] => pad,
        // SAFETY: the caller's promise; the pointer comes from a reference.
        [a, ..] => unsafe { _mm_loadl_pd(pad, a) },
    }
}

helpers! {
    load_int[T](from: *const T) -> __m128i { _mm_loadu_si128(from.cast()) }
    store_int[T](to: *mut T, v: __m128i) { _mm_storeu_si128(to.cast(), v) }
    select_int(mask: __m128i, yes: __m128i, no: __m128i) -> __m128i {
        _mm_blendv_epi8(no, yes, mask)
    }
    select_f32(mask: __m128i, yes: __m128, no: __m128) -> __m128 {
        _mm_blendv_ps(no, yes, _mm_castsi128_ps(mask))
    }
    select_f64(mask: __m128i, yes: __m128d, no: __m128d) -> __m128d {
        _mm_blendv_pd(no, yes, _mm_castsi128_pd(mask))
    }
    /// Lane `i` of each mask is all ones where bit `i` is set: the bits are spread over
    /// the lanes, and each lane keeps its own.
    mask_64(bits: u64, from: usize) -> __m128i {
        let bits = bits >> from;
        let own = _mm_set_epi64x(2, 1);
        _mm_cmpeq_epi64(_mm_and_si128(_mm_set1_epi64x(bits as i64), own), own)
    }
    mask_32(bits: u64, from: usize) -> __m128i {
        let bits = bits >> from;
        let own = _mm_set_epi32(8, 4, 2, 1);
        _mm_cmpeq_epi32(_mm_and_si128(_mm_set1_epi32(bits as i32), own), own)
    }
    mask_16(bits: u64, _from: usize) -> __m128i {
        let own = _mm_set_epi16(128, 64, 32, 16, 8, 4, 2, 1);
        _mm_cmpeq_epi16(_mm_and_si128(_mm_set1_epi16(bits as i16), own), own)
    }
    mask_8(bits: u64, _from: usize) -> __m128i {
        let own = _mm_set1_epi64x(0x8040_2010_0804_0201_u64 as i64);
        let bytes = _mm_set_epi64x(0x0101_0101_0101_0101, 0);
        let spread = _mm_shuffle_epi8(_mm_set1_epi16(bits as i16), bytes);
        _mm_cmpeq_epi8(_mm_and_si128(spread, own), own)
    }
    min_i64(a: __m128i, b: __m128i) -> __m128i { select_int(_mm_cmpgt_epi64(b, a), a, b) }
    max_i64(a: __m128i, b: __m128i) -> __m128i { select_int(_mm_cmpgt_epi64(a, b), a, b) }
    /// Flips the sign bit, which turns the order of `u64` into that of `i64`.
    flip(v: __m128i) -> __m128i { _mm_xor_si128(v, _mm_set1_epi64x(i64::MIN)) }
    min_u64(a: __m128i, b: __m128i) -> __m128i {
        select_int(_mm_cmpgt_epi64(flip(b), flip(a)), a, b)
    }
    max_u64(a: __m128i, b: __m128i) -> __m128i {
        select_int(_mm_cmpgt_epi64(flip(a), flip(b)), a, b)
    }
    /// The sign of each lane is flipped, which turns the order of unsigned numbers into
    /// that of signed ones.
    flip_8(v: __m128i) -> __m128i { _mm_xor_si128(v, _mm_set1_epi8(i8::MIN)) }
    flip_16(v: __m128i) -> __m128i { _mm_xor_si128(v, _mm_set1_epi16(i16::MIN)) }
    flip_32(v: __m128i) -> __m128i { _mm_xor_si128(v, _mm_set1_epi32(i32::MIN)) }
    lt_u8(a: __m128i, b: __m128i) -> __m128i { _mm_cmplt_epi8(flip_8(a), flip_8(b)) }
    lt_u16(a: __m128i, b: __m128i) -> __m128i { _mm_cmplt_epi16(flip_16(a), flip_16(b)) }
    lt_u32(a: __m128i, b: __m128i) -> __m128i { _mm_cmplt_epi32(flip_32(a), flip_32(b)) }
    lt_i64(a: __m128i, b: __m128i) -> __m128i { _mm_cmpgt_epi64(b, a) }
    lt_u64(a: __m128i, b: __m128i) -> __m128i { _mm_cmpgt_epi64(flip(b), flip(a)) }
    lt_f32(a: __m128, b: __m128) -> __m128i { _mm_castps_si128(_mm_cmplt_ps(a, b)) }
    /// A lane that is true is -1.
    tally_8(v: __m128i, mask: __m128i) -> __m128i { _mm_sub_epi8(v, mask) }
    tally_16(v: __m128i, mask: __m128i) -> __m128i { _mm_sub_epi16(v, mask) }
    tally_32(v: __m128i, mask: __m128i) -> __m128i { _mm_sub_epi32(v, mask) }
    tally_64(v: __m128i, mask: __m128i) -> __m128i { _mm_sub_epi64(v, mask) }
    tally_f32(v: __m128, mask: __m128i) -> __m128 {
        _mm_castsi128_ps(_mm_sub_epi32(_mm_castps_si128(v), mask))
    }
    tally_f64(v: __m128d, mask: __m128i) -> __m128d {
        _mm_castsi128_pd(_mm_sub_epi64(_mm_castpd_si128(v), mask))
    }
    le_f32(a: __m128, b: __m128) -> __m128i { _mm_castps_si128(_mm_cmple_ps(a, b)) }
    le_f64(a: __m128d, b: __m128d) -> __m128i { _mm_castpd_si128(_mm_cmple_pd(a, b)) }
    lt_f64(a: __m128d, b: __m128d) -> __m128i { _mm_castpd_si128(_mm_cmplt_pd(a, b)) }
    eq_f32(a: __m128, b: __m128) -> __m128i { _mm_castps_si128(_mm_cmpeq_ps(a, b)) }
    eq_f64(a: __m128d, b: __m128d) -> __m128i { _mm_castpd_si128(_mm_cmpeq_pd(a, b)) }
    bits_8(mask: __m128i) -> u64 { u64::from(_mm_movemask_epi8(mask).cast_unsigned()) }
    bits_16(mask: __m128i) -> u64 { bits_8(_mm_packs_epi16(mask, _mm_setzero_si128())) }
    bits_32(mask: __m128i) -> u64 {
        u64::from(_mm_movemask_ps(_mm_castsi128_ps(mask)).cast_unsigned())
    }
    bits_64(mask: __m128i) -> u64 {
        u64::from(_mm_movemask_pd(_mm_castsi128_pd(mask)).cast_unsigned())
    }
    /// The lanes where a mask is false, to the front.
    keep_64[T](v: __m128i, out: __m128i, to: *mut T) -> usize {
        let set = (!bits_64(out) & 3) as usize;
        let bytes = _mm_loadu_si128(FRONT_64[set].as_ptr().cast());
        _mm_storeu_si128(to.cast(), _mm_shuffle_epi8(v, bytes));
        set.count_ones() as usize
    }
    keep_32[T](v: __m128i, out: __m128i, to: *mut T) -> usize {
        let set = (!bits_32(out) & 15) as usize;
        let bytes = _mm_loadu_si128(FRONT_32[set].as_ptr().cast());
        _mm_storeu_si128(to.cast(), _mm_shuffle_epi8(v, bytes));
        set.count_ones() as usize
    }
    keep_f64(v: __m128d, out: __m128i, to: *mut f64) -> usize {
        keep_64(_mm_castpd_si128(v), out, to)
    }
    keep_f32(v: __m128, out: __m128i, to: *mut f32) -> usize {
        keep_32(_mm_castps_si128(v), out, to)
    }
    keep_16[T](v: __m128i, out: __m128i, to: *mut T) -> usize {
        let set = (!bits_16(out) & 0xff) as usize;
        let bytes = _mm_loadu_si128(FRONT_16[set].as_ptr().cast());
        _mm_storeu_si128(to.cast(), _mm_shuffle_epi8(v, bytes));
        set.count_ones() as usize
    }
    /// Lane by lane: the table of all sets has 65536 rows.
    keep_8[T](v: __m128i, out: __m128i, to: *mut T) -> usize {
        let mut lanes = [0_u8; 16];
        _mm_storeu_si128(lanes.as_mut_ptr().cast(), v);
        let (mut set, mut count) = (!bits_8(out) & 0xffff, 0);
        let to: *mut u8 = to.cast();
        while set != 0 {
            to.add(count).write(lanes[set.trailing_zeros() as usize]);
            set &= set - 1;
            count += 1;
        }
        count
    }
}
