//! From an integer to a float: one rounding.

use super::words::UNIT;

/// The exponent of the least positive number.
const LOWEST: i32 = -1074;

/// The leading words of a number that is not 0, which tell how it is rounded.
#[derive(Clone, Copy, Debug)]
pub(super) struct Leading {
    negative: bool,
    /// Highest first, and that one is not 0.
    words: [u64; 4],
    /// Whether a bit below them is set.
    more: bool,
    /// Of the lowest bit of the words.
    exponent: i32,
}

impl Leading {
    /// Of the words from `first` on; `None` of 0.
    #[inline(always)]
    pub(super) fn of(first: usize, words: &[u64]) -> Option<Self> {
        let low = words.iter().position(|&word| word != 0)?;
        let negative = words[words.len() - 1] >> 63 == 1;
        // A negative number is negated: the lowest word that is not 0, and all bits above.
        let magnitude = |i: usize| match words[i] {
            word if !negative => word,
            word if i > low => !word,
            word => word.wrapping_neg(),
        };
        let top = (low..words.len()).rev().find(|&i| magnitude(i) != 0)?;
        let word = |below: usize| top.checked_sub(below).map_or(0, magnitude);
        let exponent = 64 * (first as i32 + top as i32 - 3) + UNIT;
        Some(Self { negative, words: [0, 1, 2, 3].map(word), more: low + 3 < top, exponent })
    }

    /// The nearest number of at most `digits` binary digits and none below `2^lowest`; ties
    /// go to the even one.
    #[inline]
    pub(super) fn round(&self, digits: i32, lowest: i32) -> f64 {
        let [a, b, c, d] = self.words;
        let more = self.more || c | d != 0;
        let magnitude = u128::from(a) << 64 | u128::from(b);
        signed(self.negative, round(magnitude, more, self.exponent + 128, digits, lowest))
    }

    /// The nearest `f64`.
    #[inline]
    pub(super) fn to_f64(self) -> f64 {
        self.round(53, LOWEST)
    }

    /// The quotient: its digits above the lowest of these, and whether there is more.
    pub(super) fn over(mut self, divisor: u64) -> Self {
        let mut remainder = 0;
        for word in &mut self.words {
            let left = u128::from(remainder) << 64 | u128::from(*word);
            *word = (left / u128::from(divisor)) as u64;
            remainder = (left % u128::from(divisor)) as u64;
        }
        self.more |= remainder != 0;
        // The first word was at least 1, and the divisor is below 2⁶⁴: one of two is not 0.
        if self.words[0] == 0 {
            let [_, b, c, d] = self.words;
            (self.words, self.exponent) = ([b, c, d, 0], self.exponent - 64);
        }
        self
    }
}

#[inline(always)]
fn signed(negative: bool, magnitude: f64) -> f64 {
    if negative { -magnitude } else { magnitude }
}

/// `magnitude * 2^exponent`, and something below its last bit where there is `more`,
/// rounded. The magnitude is not 0, and has more than 64 bits where there is more.
#[inline(always)]
fn round(magnitude: u128, more: bool, exponent: i32, digits: i32, lowest: i32) -> f64 {
    let bits = 128 - magnitude.leading_zeros() as i32;
    let last = lowest.max(exponent + bits - digits);
    if last > 971 {
        return f64::INFINITY;
    }
    let drop = last - exponent;
    let kept = if drop <= 0 {
        // No digit is lost, and none is added: the number ends at or above `last`.
        (magnitude as u64) << -drop.max(-63)
    } else if drop > 128 {
        0
    } else {
        // Twice, for a shift by 128 is not defined.
        let shifted = magnitude >> (drop - 1);
        let half = shifted as u64 & 1;
        let kept = (shifted >> 1) as u64;
        let rest = more || shifted << (drop - 1) != magnitude;
        kept + (half & (u64::from(rest) | kept & 1))
    };
    // Both factors are exact, and so is the product, unless it is 2¹⁰²⁴.
    kept as f64 * power(last)
}

/// `2^exponent`, for any that is a number.
#[inline(always)]
fn power(exponent: i32) -> f64 {
    f64::from_bits(if exponent < -1022 {
        1 << (exponent - LOWEST)
    } else {
        ((exponent + 1023) as u64) << 52
    })
}
