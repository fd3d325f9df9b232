//! Counting: the loops that take a value to its counter.
//!
//! An increment is a load, an addition and a store, and on a Zen 5 core counting takes some
//! 0.3 ns a value, whether values meet on one counter or not: that CPU hands a stored value on
//! to a load without a detour. Others take some 5 cycles where neighbours are equal. Tables on
//! the stack in which neighbours count apart would spare those, and cost all others a quarter
//! more; so there are none.
//!
//! 1. Where there is no counter for an index, the check that Rust makes anyway finds out. So
//!    values below the window of a sketch cost nothing extra.
//! 2. A positive value is its magnitude, and is not masked.

use super::buckets::Buckets;

/// How to find the index of a value, given by its encoding.
pub(super) trait Index: Copy {
    /// Of a positive value.
    fn of_positive(self, bits: u64) -> i32;
    /// Of a value of any sign.
    ///
    /// No mask of 63 ones: it becomes a `bzhi` with its count in a part of a register, and each
    /// turn of a loop waits for the one before, which makes it four times slower.
    fn of_any(self, bits: u64) -> i32;
}

/// Indices from the lowest to the highest, of negative and of positive values.
pub(super) type Ranges = [Option<(i32, i32)>; 2];

/// Counts values of which the indices are in some ranges. Gives how many of each sign,
/// negative ones first, have no counter.
#[inline(always)]
pub(super) fn count<I: Index>(
    values: &[f64],
    [negative, positive]: &mut [Buckets; 2],
    ranges: Ranges,
    index: I,
) -> [u64; 2] {
    match ranges {
        [None, None] => [0; 2],
        [Some(_), None] => [
            one_sign(
                values,
                negative,
                #[inline(always)]
                |bits| index.of_any(bits),
            ),
            0,
        ],
        [None, Some(_)] => [
            0,
            one_sign(
                values,
                positive,
                #[inline(always)]
                |bits| index.of_positive(bits),
            ),
        ],
        [Some(_), Some(_)] => both_signs(values, [positive, negative], index),
    }
}

#[inline(always)]
fn one_sign(values: &[f64], buckets: &mut Buckets, index: impl Fn(u64) -> i32) -> u64 {
    let (first, counts) = buckets.parts();
    let mut outside = 0;
    for &x in values {
        // Below the first, the difference is a great number.
        let slot = index(x.to_bits()).wrapping_sub(first).cast_unsigned();
        match counts.get_mut(slot as usize) {
            Some(count) => *count += 1,
            None => outside += 1,
        }
    }
    outside
}

/// Takes the buckets in the order of the sign bit.
#[inline(always)]
fn both_signs<I: Index>(
    values: &[f64],
    [positive, negative]: [&mut Buckets; 2],
    index: I,
) -> [u64; 2] {
    let ((first, positive), (negative_first, negative)) = (positive.parts(), negative.parts());
    let firsts = [first, negative_first];
    let counts = [positive, negative];
    let mut outside = [0; 2];
    for &x in values {
        let bits = x.to_bits();
        let sign = (bits >> 63) as usize;
        let slot = index.of_any(bits).wrapping_sub(firsts[sign]).cast_unsigned();
        match counts[sign].get_mut(slot as usize) {
            Some(count) => *count += 1,
            None => outside[1 - sign] += 1,
        }
    }
    outside
}
