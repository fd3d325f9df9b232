//! Values of any exponents, one by one.
//!
//! Where the exponents of a tile are too far apart for windows, each value is added to a
//! *bin* chosen by its sign and its exponent divided by 32: an integer of 128 bits in units
//! of the bin's lowest exponent. A mantissa of 53 bits shifted by up to 31 and added up to
//! 2048 times takes 95 of them, so that nothing can overflow within a tile, and no carry
//! goes further than one word. (Neal, *Fast Exact Summation Using Small and Large
//! Superaccumulators*, 2015, has bins of 64 bits that overlap, and therefore three additions
//! a value.)
//!
//! 1. Taking values apart has no branch and no order, and is done 32 at a time in a loop
//!    that the compiler turns into vector code; only the additions are one by one.
//! 2. Bins of both signs are apart: that saves negating 128 bits a value.
//! 3. At the end of the tile one pass of carries makes an integer of the 128 bins.
//!
//! An addition costs some 2 cycles, the ends of a tile 400.

use super::float::ExactFloat;

/// Bins of each sign: 2046 exponents of finite numbers, by 32.
const BINS: usize = 64;

/// Values taken apart at a time.
const BLOCK: usize = 32;

/// Exponent fields of infinities and NaN.
const NOT_FINITE: u64 = 0x7ff;

/// The sum of finite values, as the words of an integer in units of 2⁻¹⁰⁷⁴; calls `special`
/// with those that are not finite.
#[inline(always)]
pub(super) fn sum<T: ExactFloat>(values: &[T], mut special: impl FnMut(f64)) -> [u64; 34] {
    let mut bins = [0_u128; 2 * BINS];
    let (blocks, rest) = values.as_chunks::<BLOCK>();
    for block in blocks {
        add(&mut bins, block, &mut special);
    }
    if !rest.is_empty() {
        let mut block = [T::default(); BLOCK];
        block[..rest.len()].copy_from_slice(rest);
        add(&mut bins, &block, &mut special);
    }
    words(&bins)
}

#[inline(always)]
fn add<T: ExactFloat>(
    bins: &mut [u128; 2 * BINS],
    block: &[T; BLOCK],
    special: &mut impl FnMut(f64),
) {
    let (mut lows, mut highs, mut places) = ([0; BLOCK], [0; BLOCK], [0; BLOCK]);
    let mut most = 0;
    for i in 0..BLOCK {
        let bits = block[i].widen().to_bits();
        let field = bits >> 52 & 0x7ff;
        most = if field > most { field } else { most };
        // Subnormal numbers lack the first digit, and have the exponents of the field 1.
        let normal = u64::from(field != 0);
        let finite = u64::from(field != NOT_FINITE);
        let mantissa = (bits & ((1 << 52) - 1) | normal << 52) & finite.wrapping_neg();
        let exponent = field - normal;
        let shift = exponent % 32;
        lows[i] = mantissa << shift;
        highs[i] = mantissa >> 1 >> (63 - shift);
        places[i] = exponent / 32 + (bits >> 63) * BINS as u64;
    }
    for i in 0..BLOCK {
        let term = u128::from(highs[i]) << 64 | u128::from(lows[i]);
        let bin = &mut bins[places[i] as usize % (2 * BINS)];
        *bin = bin.wrapping_add(term);
    }
    if most == NOT_FINITE {
        block.iter().map(|x| x.widen()).filter(|x| !x.is_finite()).for_each(special);
    }
}

/// The integer that the bins are.
#[inline(always)]
fn words(bins: &[u128; 2 * BINS]) -> [u64; 34] {
    let (plus, minus) = bins.split_at(BINS);
    let mut words = [0; 34];
    let mut carry = 0_i128;
    for i in 0..BINS {
        carry += plus[i].cast_signed() - minus[i].cast_signed();
        words[i / 2] |= u64::from(carry as u32) << (32 * (i % 2));
        carry >>= 32;
    }
    words[BINS / 2] = carry as u64;
    words[BINS / 2 + 1] = (carry >> 64) as u64;
    words
}
