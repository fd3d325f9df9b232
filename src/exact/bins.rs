//! Values of any exponents, one by one.
//!
//! Where the exponents of a tile are too far apart for windows, each value is added to a
//! *bin* chosen by its sign and its exponent divided by 32: an integer in units of the bin's
//! lowest exponent. A mantissa of 53 digits shifted by up to 31 has 84, and 95 after the 2048
//! additions of a tile; a bin has two halves of 64 bits, each of which takes 42 of the 84,
//! so that no carry passes from one to the other before the end of the tile. (Neal, *Fast
//! Exact Summation Using Small and Large Superaccumulators*, 2015, has bins of 64 bits that
//! overlap, and therefore three additions a value at places of their own.)
//!
//! 1. Taking values apart has no branch and no order, and is done 64 at a time in a loop
//!    that the compiler turns into vector code; only the additions, of two halves at once,
//!    are one by one.
//! 2. Two values that meet in one bin wait for each other. So the bins of both signs are
//!    apart, which also saves negating, and neighbouring values have bins of their own.
//! 3. At the end of the tile one pass of carries makes an integer of the bins.
//!
//! An addition costs some 2 cycles, the ends of a tile 400.

use super::float::ExactFloat;

/// The word whose lowest bit is 2⁻¹⁰⁷⁴, of those that [`words`](super::words) are.
pub(super) const FIRST: usize = 17;

/// Exponents of a bin, as a power of two.
const SPAN: u32 = 5;

/// Bins of one sign: all 2046 exponents of numbers.
const BINS: usize = 2048 >> SPAN;

/// Sets of bins of both signs, which neighbouring values take turns at.
const SETS: usize = 2;

/// Values taken apart at a time.
const BLOCK: usize = 64;

/// Bits of the lower half of a bin's term, which has 53 and up to 31.
const LOW: u32 = 42;

/// Two halves of a sum, the upper one in units of `2^LOW`.
type Bin = [u64; 2];

/// Starts with a cache line: what is stored in vectors is loaded in smaller pieces, none of
/// which may lie across two lines.
#[repr(align(64))]
struct Lines<X>(X);

/// Of the positive numbers by exponent, then of the negative ones.
type Set = [Bin; 2 * BINS];

/// The sum of finite values, as the words of an integer from [`FIRST`] on; calls `special`
/// with those that are not finite.
#[inline(always)]
pub(super) fn sum<T: ExactFloat>(values: &[T], mut special: impl FnMut(f64)) -> [u64; 34] {
    let mut sets: Lines<[Set; SETS]> = Lines([[[0; 2]; 2 * BINS]; SETS]);
    let mut terms = Lines([[0; 2]; BLOCK]);
    let mut at = 0;
    while at < values.len() {
        let (mut block, mut padded);
        if let Some(whole) = values[at..].first_chunk() {
            block = whole;
        } else {
            padded = [T::default(); BLOCK];
            padded[..values.len() - at].copy_from_slice(&values[at..]);
            block = &padded;
        }
        let mut finite;
        if !take_apart(block, &mut terms.0) {
            finite = *block;
            for x in finite.iter_mut().filter(|x| !x.widen().is_finite()) {
                special(x.widen());
                *x = T::default();
            }
            take_apart(&finite, &mut terms.0);
            block = &finite;
        }
        for i in 0..BLOCK {
            let place = block[i].widen().to_bits() >> (52 + SPAN);
            let bin = &mut sets.0[i % SETS][place as usize];
            bin[0] = bin[0].wrapping_add(terms.0[i][0]);
            bin[1] = bin[1].wrapping_add(terms.0[i][1]);
        }
        at += BLOCK;
    }
    words(&sets.0)
}

/// What to add for each value, in units of 2⁻¹⁰⁷⁵ and of its bin; whether all are finite. If
/// not, the terms are of no use.
#[inline(always)]
fn take_apart<T: ExactFloat>(block: &[T; BLOCK], terms: &mut [Bin; BLOCK]) -> bool {
    let mut all = 0;
    for i in 0..BLOCK {
        let bits = block[i].widen().to_bits();
        let (field, digits) = (bits >> 52 & 0x7ff, bits & ((1 << 52) - 1));
        all |= field + 1;
        // Subnormal numbers lack the first digit, and have the exponents of the field 1.
        let mantissa = digits + if field == 0 { digits } else { 1 << 52 };
        let shift = field % (1 << SPAN);
        terms[i] = [mantissa << shift & ((1 << LOW) - 1), mantissa >> (u64::from(LOW) - shift)];
    }
    // The field of infinities and NaN is the greatest.
    all < 0x800
}

/// The integer that the bins are.
#[inline(always)]
fn words(sets: &[Set; SETS]) -> [u64; 34] {
    let mut bins = sets[0];
    for set in &sets[1..] {
        for i in 0..2 * BINS {
            bins[i][0] += set[i][0];
            bins[i][1] += set[i][1];
        }
    }
    let mut words = [0; 34];
    let mut carry = 0_i128;
    for i in 0..BINS / 2 {
        let [a, b] = [difference(&bins, 2 * i), difference(&bins, 2 * i + 1)];
        carry += a + (b << (1 << SPAN));
        words[i] = carry as u64;
        carry >>= 64;
    }
    words[BINS / 2] = carry as u64;
    words[BINS / 2 + 1] = (carry >> 64) as u64;
    // From units of 2⁻¹⁰⁷⁵, of which the sum has an even number.
    for i in 0..33 {
        words[i] = words[i] >> 1 | words[i + 1] << 63;
    }
    words[33] = (words[33].cast_signed() >> 1).cast_unsigned();
    words
}

/// A positive bin less the negative one.
#[inline(always)]
fn difference(bins: &Set, i: usize) -> i128 {
    let ([low, high], [minus_low, minus_high]) = (bins[i], bins[i + BINS]);
    // Halves are below 2⁵³.
    i128::from(low.wrapping_sub(minus_low).cast_signed())
        + (i128::from(high.wrapping_sub(minus_high).cast_signed()) << LOW)
}
