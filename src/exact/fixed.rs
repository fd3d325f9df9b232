//! The integer that a sum of floats is.
//!
//! A finite float is an integer times 2⁻¹⁰⁷⁴, the least positive number, so an exact sum is
//! an integer in that unit. Values of `f64` are below 2²⁰⁹⁸ units; 34 words of 64 bits, in
//! two's complement, leave room for the sum of 2⁷⁷ of them. Values of `f32` are multiples
//! of 2⁻¹⁴⁹ below 2¹²⁸, and touch the words 14 to 19 of those only.
//!
//! An integer has one form. So whatever the order of additions and merges, equal sums have
//! equal words.

/// The exponent of the unit.
pub(super) const UNIT: i32 = -1074;

/// The words from `FIRST` on of an integer in units of 2⁻¹⁰⁷⁴, lowest first: words below
/// are zero, and those above repeat the sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fixed<const FIRST: usize, const WORDS: usize>([u64; WORDS]);

impl<const FIRST: usize, const WORDS: usize> Fixed<FIRST, WORDS> {
    pub(super) const ZERO: Self = Self([0; WORDS]);

    /// Adds `value * 2^exponent`, which is a multiple of the lowest word's unit.
    #[inline]
    pub(super) fn add(&mut self, value: i128, exponent: i32) {
        let bit = exponent - UNIT - 64 * FIRST as i32;
        let (value, bit) =
            if bit < 0 { (value >> (-bit).min(127), 0) } else { (value, bit as usize) };
        let (at, shift) = (bit / 64, bit % 64);
        let above = (value >> 64) >> (64 - shift);
        let terms = [(value as u64) << shift, (value >> (64 - shift)) as u64, above as u64];
        let sign = (value >> 127) as u64;
        let (first, rest) = self.0[at..].split_at_mut(3.min(WORDS - at));
        let mut carry = false;
        for (word, term) in first.iter_mut().zip(terms) {
            *word = adc(*word, term, &mut carry);
        }
        for word in rest {
            // What is left to add is 0: nothing, or -1 and a carry.
            if sign.wrapping_add(carry.into()) == 0 {
                break;
            }
            *word = adc(*word, sign, &mut carry);
        }
    }

    /// Adds an integer of which all words are given.
    #[inline]
    pub(super) fn add_words(&mut self, words: &[u64; 34]) {
        let mut carry = false;
        for (word, &term) in self.0.iter_mut().zip(&words[FIRST..]) {
            *word = adc(*word, term, &mut carry);
        }
    }

    /// Adds another integer.
    #[inline]
    pub(super) fn merge(&mut self, other: &Self) {
        let mut carry = false;
        for (word, &term) in self.0.iter_mut().zip(&other.0) {
            *word = adc(*word, term, &mut carry);
        }
    }

    /// The highest words, from the first that is not 0 on; `None` for 0.
    pub(super) fn leading(&self) -> Option<Leading> {
        let negative = self.0[WORDS - 1] >> 63 == 1;
        let mut magnitude = self.0;
        if negative {
            let mut carry = true;
            for word in &mut magnitude {
                *word = adc(!*word, 0, &mut carry);
            }
        }
        let top = magnitude.iter().rposition(|&word| word != 0)?;
        let word = |below: usize| top.checked_sub(below).map_or(0, |i| magnitude[i]);
        let more = magnitude[..top.saturating_sub(3)].iter().any(|&word| word != 0);
        let exponent = 64 * (FIRST as i32 + top as i32 - 3) + UNIT;
        Some(Leading { negative, words: [0, 1, 2, 3].map(word), more, exponent })
    }
}

/// All words.
impl<const FIRST: usize, const WORDS: usize> From<Fixed<FIRST, WORDS>> for [u64; 34] {
    fn from(Fixed(words): Fixed<FIRST, WORDS>) -> Self {
        let mut all = [0; 34];
        all[FIRST..FIRST + WORDS].copy_from_slice(&words);
        let sign = (words[WORDS - 1].cast_signed() >> 63).cast_unsigned();
        all[FIRST + WORDS..].fill(sign);
        all
    }
}

/// `a + b + carry`, and the carry out.
#[inline(always)]
fn adc(a: u64, b: u64, carry: &mut bool) -> u64 {
    let (sum, one) = a.overflowing_add(b);
    let (sum, other) = sum.overflowing_add((*carry).into());
    *carry = one | other;
    sum
}

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
    /// Of `value * 2^exponent`.
    #[inline]
    pub(super) fn of(value: i128, exponent: i32) -> Option<Self> {
        let magnitude = value.unsigned_abs();
        let (high, low) = ((magnitude >> 64) as u64, magnitude as u64);
        let (words, exponent) = if high > 0 {
            ([high, low, 0, 0], exponent - 128)
        } else {
            ([low, 0, 0, 0], exponent - 192)
        };
        (magnitude > 0).then_some(Self { negative: value < 0, words, more: false, exponent })
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

    /// The quotient, rounded once to `f64`.
    pub(super) fn over(&self, divisor: u64) -> f64 {
        let mut remainder = 0;
        let [a, b, c, d] = self.words.map(|word| {
            let left = u128::from(remainder) << 64 | u128::from(word);
            remainder = (left % u128::from(divisor)) as u64;
            (left / u128::from(divisor)) as u64
        });
        // The first word is at least 1 and the divisor below 2⁶⁴: `a` or `b` is not 0.
        let (high, low, below, exponent) =
            if a > 0 { (a, b, c | d, self.exponent + 128) } else { (b, c, d, self.exponent + 64) };
        let more = self.more || below != 0 || remainder != 0;
        let magnitude = u128::from(high) << 64 | u128::from(low);
        signed(self.negative, round(magnitude, more, exponent, 53, UNIT))
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
        1 << (exponent - UNIT)
    } else {
        ((exponent + 1023) as u64) << 52
    })
}
