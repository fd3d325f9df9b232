//! The buckets of [`QuantileSketch`](crate::QuantileSketch): which bucket a magnitude is in,
//! and which value speaks for a bucket.
//!
//! Every binade `[2^e, 2^(e+1))` is cut into `m = 2^k` buckets of equal width. So the index of
//! a bucket is the exponent and the first `k` digits of the mantissa: the upper bits of the
//! encoding, one shift away. It is a straight line from power of two to power of two in the
//! place of a logarithm, and the same integer on every CPU.
//!
//! The buckets that are widest by ratio start a binade: from `m` to `m + 1`. The value
//! `2a(a+1) / (2a+1)`, the harmonic mean of the ends of `[a, a+1)`, is within `1 / (2a+1)` of
//! all values there, by ratio. So `m` is the least power of two with `1 / (2m+1) <= alpha`.
//!
//! What it costs: a logarithm needs `ln 2 / ln((1+α)/(1-α))` buckets a binade, 34.7 for 1 %,
//! where this takes 64. Straight lines take up to 1.44 times as many, and the power of two
//! up to twice that; in return most sketches are more precise than they promise.
//!
//! Numbers below 2⁻¹⁰²² have fewer digits, and an encoding that is not exponent and mantissa.
//! Their index goes on below the others as if they had all digits.

use super::count::Index;

/// Buckets as fine as a bound on the relative error asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Grid {
    /// The logarithm of the buckets in a binade.
    digits: u32,
}

/// The buckets of numbers from 2⁻¹⁰²² up.
#[derive(Clone, Copy)]
pub(super) struct Normal(pub(super) Grid);

impl Index for Normal {
    #[inline(always)]
    fn of_positive(self, bits: u64) -> i32 {
        (bits >> self.0.shift()) as i32
    }
    #[inline(always)]
    fn of_any(self, bits: u64) -> i32 {
        ((bits << 1) >> (self.0.shift() + 1)) as i32
    }
}

/// The buckets of any numbers.
impl Index for Grid {
    #[inline(always)]
    fn of_positive(self, bits: u64) -> i32 {
        self.index(bits)
    }
    #[inline(always)]
    fn of_any(self, bits: u64) -> i32 {
        self.index(bits << 1 >> 1)
    }
}

/// Digits of a mantissa behind the point.
const MANTISSA: u32 = 52;

impl Grid {
    /// For a bound that is at least 0.001.
    pub(super) fn of(alpha: f64) -> Self {
        // A little less, for the value that speaks for a bucket is rounded.
        let bound = alpha * (1.0 - 1e-9);
        let mut digits = 0;
        while 1.0 / f64::from((2_u32 << digits) + 1) > bound {
            digits += 1;
        }
        Self { digits }
    }

    /// Buckets in a binade.
    pub(super) fn per_binade(self) -> u32 {
        1 << self.digits
    }

    /// Digits of an encoding that do not matter.
    #[inline(always)]
    fn shift(self) -> u32 {
        MANTISSA - self.digits
    }

    /// The bucket of a positive finite number, given by its encoding.
    #[inline(always)]
    pub(super) fn index(self, magnitude: u64) -> i32 {
        // At least 12, for a zero is no positive number.
        let missing = (magnitude | 1).leading_zeros().saturating_sub(11);
        ((magnitude << missing) >> self.shift()) as i32 - ((missing as i32) << self.digits)
    }

    /// The least number of a bucket, or, of one past the greatest numbers, infinity.
    pub(super) fn lower(self, index: i32) -> f64 {
        if index >= 1 << self.digits {
            return f64::from_bits((index as u64) << self.shift());
        }
        let (a, exponent) = self.units(index);
        f64::from_bits(if exponent >= 0 { a << exponent } else { a.div_ceil(1 << -exponent) })
    }

    /// A value within the bound of all numbers of a bucket; below 2⁻¹⁰²² rounded.
    pub(super) fn value(self, index: i32) -> f64 {
        let (a, exponent) = self.units(index);
        let a = a as f64;
        let ratio = 2.0 * (a + 1.0) / (2.0 * a + 1.0);
        if index >= 1 << self.digits {
            return self.lower(index) * ratio;
        }
        let unit = f64::from_bits(((1023 + exponent) as u64) << MANTISSA);
        let units = a * ratio * unit + 0.5;
        f64::from_bits(if units < 1.0 { 1 } else { units as u64 })
    }

    /// The bucket starts at `a * 2^exponent` units of 2⁻¹⁰⁷⁴.
    fn units(self, index: i32) -> (u64, i32) {
        let m = 1 << self.digits;
        let (field, step) = (index >> self.digits, index & (m - 1));
        ((m + step) as u64, field - 1 + self.shift() as i32)
    }
}
