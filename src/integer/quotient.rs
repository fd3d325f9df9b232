//! Quotients of wide integers, rounded once, and the arithmetic of 256 bits that they need.
//!
//! A quotient is worked out to 55 bits or more, of which the last tells of a remainder, too: the 53
//! of an `f64`, and enough to round by. So the conversion, which is to the nearest, ties to even, is
//! the one rounding. What it is multiplied by is a power of two.

use core::num::NonZeroU64;

/// `numerator / denominator`, rounded once. The denominator is not 0.
#[inline]
pub(crate) fn ratio(numerator: i128, denominator: u64) -> f64 {
    const EXACT: i64 = 1 << 53;
    const LEAST: i64 = -EXACT;
    if let (Ok(numerator @ LEAST..=EXACT), Ok(denominator @ ..=EXACT)) =
        (i64::try_from(numerator), i64::try_from(denominator))
    {
        // Both are exact as f64, and so the division rounds once.
        return numerator as f64 / denominator as f64;
    }
    let positive = divide_narrow(numerator.unsigned_abs(), denominator);
    if numerator < 0 { -positive } else { positive }
}

/// The sum of two integers of 256 bits that does not overflow, high halves first.
pub(super) fn add(a: [u128; 2], b: [u128; 2]) -> [u128; 2] {
    let (low, carry) = a[1].overflowing_add(b[1]);
    [a[0] + b[0] + u128::from(carry), low]
}

/// The difference of two integers of 256 bits, the second not the greater.
pub(super) fn subtract(a: [u128; 2], b: [u128; 2]) -> [u128; 2] {
    let (low, borrow) = a[1].overflowing_sub(b[1]);
    [a[0] - b[0] - u128::from(borrow), low]
}

/// The 256-bit product, high half first.
pub(super) fn product(a: u128, b: u128) -> [u128; 2] {
    const LOW: u128 = u64::MAX as u128;
    let (a1, a0, b1, b0) = (a >> 64, a & LOW, b >> 64, b & LOW);
    let low = a0 * b0;
    let middle = a1 * b0 + (low >> 64);
    let other = a0 * b1 + (middle & LOW);
    [a1 * b1 + (middle >> 64) + (other >> 64), other << 64 | low & LOW]
}

/// A 256-bit integer, high half first, divided by one of 128 bits that is not 0, and
/// rounded once to the nearest, ties to even.
pub(super) fn divide(numerator: [u128; 2], denominator: u128) -> f64 {
    let Ok(narrow) = u64::try_from(denominator) else {
        return divide_long(numerator, denominator);
    };
    let [high, low] = numerator;
    if high == 0 {
        return divide_narrow(low, narrow);
    }
    let shift = high.leading_zeros();
    let first = if shift == 0 { high } else { high << shift | low >> (128 - shift) };
    quotient(first, low << shift != 0, shift, narrow)
}

/// The same of 128 bits by 64. Not inlined, lest what is divided as `f64` pays for its registers.
#[inline(never)]
pub(super) fn divide_narrow(numerator: u128, denominator: u64) -> f64 {
    let [high, low] = halves(numerator);
    // Of one half alone: without `lzcnt`, CPUs look for the first bit slowly.
    let shift = match (NonZeroU64::new(high), NonZeroU64::new(low)) {
        (Some(high), _) => high.leading_zeros(),
        (None, Some(low)) => 64 + low.leading_zeros(),
        (None, None) => return 0.0,
    };
    quotient(numerator << shift, false, 128 + shift, denominator)
}

/// An integer of 256 bits, divided and rounded once: `first` are its 128 bits from the first that is
/// set, before which are `shift` others, and `rest` says whether any is set below.
#[inline(always)]
fn quotient(first: u128, rest: bool, shift: u32, denominator: u64) -> f64 {
    // By no more, the quotient of 64 bits has 55: 53 for the result, and enough to round by
    // once the last of them tells of a remainder.
    const FEW: u64 = 512;
    let shift = shift.cast_signed();
    if denominator <= FEW {
        let [first, second] = halves(first);
        let remains = rest || second != 0 || !first.is_multiple_of(denominator);
        return ((first / denominator) | u64::from(remains)) as f64 * two_to(192 - shift);
    }
    let divisor = u128::from(denominator);
    let remains = rest || !first.is_multiple_of(divisor);
    ((first / divisor) | u128::from(remains)) as f64 * two_to(128 - shift)
}

/// `numerator as f64`, in a third of the instructions of what compilers call for that.
#[inline]
pub(super) fn nearest(numerator: i128) -> f64 {
    const LOW: u32 = 53;
    if let Ok(numerator) = i64::try_from(numerator) {
        return numerator as f64;
    }
    if let Ok(high) = i64::try_from(numerator >> LOW)
        && high.unsigned_abs() <= 1 << LOW
    {
        // Both parts are exact as f64, and so their sum rounds once. That takes no look for the first
        // bit, which CPUs without `lzcnt` do slowly.
        let [_, low] = halves(numerator.cast_unsigned());
        let low = low & ((1 << LOW) - 1);
        return high as f64 * two_to(LOW.cast_signed()) + low.cast_signed() as f64;
    }
    let magnitude = numerator.unsigned_abs();
    let shift = magnitude.leading_zeros();
    let [first, rest] = halves(magnitude << shift);
    // Of 64 bits, the lowest tells of a remainder.
    let rounded = (first | u64::from(rest != 0)) as f64;
    let scaled = rounded * two_to(64 - shift.cast_signed());
    if numerator < 0 { -scaled } else { scaled }
}

/// 2 to a power between -256 and 256.
#[inline(always)]
pub(super) fn two_to(exponent: i32) -> f64 {
    f64::from_bits(u64::from((1023 + exponent).cast_unsigned()) << 52)
}

/// The high and the low half.
#[allow(clippy::cast_possible_truncation, reason = "halves are what is wanted")]
#[inline(always)]
pub(super) fn halves(x: u128) -> [u64; 2] {
    [(x >> 64) as u64, x as u64]
}

/// As [`divide`], bit by bit.
#[cold]
pub(super) fn divide_long(numerator: [u128; 2], denominator: u128) -> f64 {
    let bits = match numerator {
        [0, low] => 128 - low.leading_zeros(),
        [high, _] => 256 - high.leading_zeros(),
    };
    if bits == 0 {
        return 0.0;
    }
    // Long division, bit by bit. It goes on past the binary point until the quotient
    // has 64 bits: 53 for the result, and enough to round by.
    let (mut quotient, mut remainder, mut exponent) = (0_u64, 0_u128, 0_i32);
    let mut at = i64::from(bits) - 1;
    while at >= 0 || (quotient >> 63 == 0 && remainder != 0) {
        let bit = match at {
            0..128 => numerator[1] >> at & 1,
            128.. => numerator[0] >> (at - 128) & 1,
            _ => 0,
        };
        let carry = remainder >> 127 == 1;
        remainder = remainder << 1 | bit;
        let digit = carry || remainder >= denominator;
        if digit {
            remainder = remainder.wrapping_sub(denominator);
        }
        if quotient >> 63 == 0 {
            quotient = quotient << 1 | u64::from(digit);
            exponent -= i32::from(at < 0);
        } else {
            // A whole digit beyond the 64: it only matters whether it is 0.
            quotient |= u64::from(digit);
            exponent += 1;
        }
        at -= 1;
    }
    // What remains lies below all 64 bits, or there is nothing below them to round.
    quotient |= u64::from(remainder != 0);
    quotient as f64 * two_to(exponent)
}

#[cfg(test)]
#[allow(clippy::float_cmp, reason = "each result is one value, rounded once")]
mod tests {
    use super::*;

    #[test]
    fn fractions_round_once() {
        assert_eq!(ratio(1, 3), 1.0 / 3.0);
        assert_eq!(ratio(-7, 2), -3.5);
        assert_eq!(ratio(i128::MAX, 1), 2.0_f64.powf(127.0));
        // 2^53 + 1 is a tie, which goes to the even neighbour; the half above does not.
        assert_eq!(ratio((1 << 53) + 1, 1), 9_007_199_254_740_992.0);
        assert_eq!(ratio((1 << 54) + 3, 2), 9_007_199_254_740_994.0);
        assert_eq!(ratio((1 << 100) + 1, 3), ((1_u128 << 100) as f64) / 3.0);
    }

    #[test]
    fn nearest_is_what_the_language_gives() {
        let near = |x: i128| (-3..=3).map(move |step| x.saturating_add(step));
        // A power, a tie to even below it and above it, and what is just past a tie.
        for bit in 0..127 {
            let power = 1_i128 << bit;
            let [tie, half] = [power >> 53, power >> 54];
            for x in [power, power | tie, power | (3 * tie), power | half] {
                for x in near(x).chain(near(-x)) {
                    assert_eq!(nearest(x), x as f64, "{x}");
                }
            }
        }
        for x in near(i128::MIN).chain(near(i128::MAX)) {
            assert_eq!(nearest(x), x as f64, "{x}");
        }
    }

    #[test]
    fn both_divisions_agree() {
        let mut state = 1_u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            state
        };
        for _ in 0..20_000 {
            let numerator = (u128::from(next()) << 64 | u128::from(next())) >> (next() >> 57);
            let denominator = u128::from((next() >> (next() >> 58)).max(1));
            let high = match next() >> 62 {
                0 => 0,
                1 => 1,
                _ => u128::from(next()) << 64 | u128::from(next()),
            };
            for numerator in [[0, numerator], [high >> (next() >> 57), numerator]] {
                for denominator in [denominator, denominator % 600 + 1] {
                    let one = divide(numerator, denominator);
                    assert_eq!(
                        one,
                        divide_long(numerator, denominator),
                        "{numerator:?} / {denominator}"
                    );
                }
            }
        }
    }

    #[test]
    fn products_have_256_bits() {
        assert_eq!(product(u128::MAX, u128::MAX), [u128::MAX - 1, 1]);
        assert_eq!(product(1 << 64, 1 << 64), [1, 0]);
    }
}
