//! The limit: loops that load every byte and do next to nothing with it.
//!
//! The loads are the widest of the backend, eight in flight, each joined by OR to a
//! register of its own. A tail is covered by loads that overlap what was read before,
//! which OR does not mind. No aggregate on that backend can be faster from the same
//! level of the memory; on few values it can, where it is inlined and this is not.

use lanefold::Backend;

/// A function that reads every byte.
pub(crate) type Reader = fn(&[u8]) -> u64;

/// The reader with the widest loads of a backend. The features are checked here, once:
/// a check in each call would be most of what a read of eight bytes costs.
pub(crate) fn reader(backend: Backend) -> Reader {
    #[cfg(target_arch = "x86_64")]
    match backend.name() {
        "sse" if is_x86_feature_detected!("sse2") => return x86::sse,
        "avx2" if is_x86_feature_detected!("avx2") => return x86::avx2,
        "avx512" if is_x86_feature_detected!("avx512f") => return x86::avx512,
        _ => {}
    }
    let _ = backend;
    baseline
}

/// What a reader gives: the OR of all bytes, which does not depend on how wide the
/// loads were.
pub(crate) fn specification(bytes: &[u8]) -> u64 {
    u64::from(bytes.iter().fold(0, |all, byte| all | byte))
}

/// Folds a word to the OR of its bytes.
#[inline(always)]
fn fold(word: u64) -> u64 {
    let word = word | word >> 32;
    let word = word | word >> 16;
    (word | word >> 8) & 0xFF
}

/// Fewer bytes than a register, by loads of a power of two, of which the last overlaps.
#[inline(always)]
fn short(bytes: &[u8]) -> u64 {
    if let Some(last) = bytes.last_chunk::<8>() {
        let (words, _) = bytes.as_chunks();
        words.iter().fold(u64::from_ne_bytes(*last), |all, &word| all | u64::from_ne_bytes(word))
    } else if let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        u64::from(u32::from_ne_bytes(*first) | u32::from_ne_bytes(*last))
    } else {
        specification(bytes)
    }
}

/// In plain Rust, which is compiled for what every CPU of the target has.
fn baseline(bytes: &[u8]) -> u64 {
    const WORDS: usize = 16;
    let (blocks, rest) = bytes.as_chunks::<{ 8 * WORDS }>();
    let mut all = [0; WORDS];
    for block in blocks {
        for (all, &word) in all.iter_mut().zip(block.as_chunks().0) {
            *all |= u64::from_ne_bytes(word);
        }
    }
    fold(all.into_iter().fold(short(rest), |all, word| all | word))
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::{fold, short};
    use std::arch::x86_64::{
        __m128i, __m256i, __m512i, _mm_loadu_si128, _mm_or_si128, _mm_setzero_si128,
        _mm256_loadu_si256, _mm256_or_si256, _mm256_setzero_si256, _mm512_loadu_si512,
        _mm512_or_si512, _mm512_setzero_si512,
    };
    use std::mem::transmute;

    macro_rules! readers {
        ($($name:ident $feature:literal $Vec:ident $load:ident $or:ident $zero:ident;)*) => {$(
            /// To be handed out by `reader` only, which has checked the feature.
            pub(super) fn $name(bytes: &[u8]) -> u64 {
                #[target_feature(enable = $feature)]
                fn read(bytes: &[u8]) -> u64 {
                    const WIDTH: usize = size_of::<$Vec>();
                    #[inline(always)]
                    fn at(register: &[u8; WIDTH]) -> *const $Vec {
                        register.as_ptr().cast()
                    }
                    let Some(last) = bytes.last_chunk::<WIDTH>() else {
                        return fold(short(bytes));
                    };
                    let (registers, _) = bytes.as_chunks::<WIDTH>();
                    let (blocks, rest) = registers.as_chunks::<8>();
                    let mut all = [$zero(); 8];
                    for block in blocks {
                        for (all, register) in all.iter_mut().zip(block) {
                            // SAFETY: the pointer is to as many bytes as are loaded.
                            *all = $or(*all, unsafe { $load(at(register)) });
                        }
                    }
                    for (all, register) in all.iter_mut().zip(rest.iter().chain([last])) {
                        // SAFETY: as above.
                        *all = $or(*all, unsafe { $load(at(register)) });
                    }
                    let [a, b, c, d, e, f, g, h] = all;
                    let all = $or($or($or(a, b), $or(c, d)), $or($or(e, f), $or(g, h)));
                    // SAFETY: both are so many bytes, and any bits are a `u64`.
                    let words = unsafe { transmute::<$Vec, [u64; WIDTH / 8]>(all) };
                    fold(words.into_iter().fold(0, |all, word| all | word))
                }
                // SAFETY: `reader` has checked the feature.
                unsafe { read(bytes) }
            }
        )*};
    }

    readers! {
        sse "sse2" __m128i _mm_loadu_si128 _mm_or_si128 _mm_setzero_si128;
        avx2 "avx2" __m256i _mm256_loadu_si256 _mm256_or_si256 _mm256_setzero_si256;
        avx512 "avx512f" __m512i _mm512_loadu_si512 _mm512_or_si512 _mm512_setzero_si512;
    }
}
