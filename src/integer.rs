//! Exact integer totals, and fractions of them rounded once.
//!
//! Statistics of integers are exact until the last step: sums are kept in 128 or 192
//! bits, and a mean or a variance is one fraction of integers, rounded once to the
//! nearest `f64`, ties to even. So they do not depend on any order at all.

#[cfg(feature = "serde")]
pub(crate) mod possible;

use crate::stored::stored;
use core::marker::PhantomData;
use core::num::NonZeroU64;

/// A signed integer of 192 bits, in two's complement.
///
/// Holds any sum of fewer than 2⁶⁴ products of two 64-bit integers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wide {
    low: u128,
    high: i64,
}

impl Wide {
    pub(crate) const ZERO: Self = Self { low: 0, high: 0 };

    #[inline(always)]
    pub(crate) const fn from_unsigned(value: u128) -> Self {
        Self { low: value, high: 0 }
    }

    #[inline(always)]
    pub(crate) const fn from_signed(value: i128) -> Self {
        Self { low: value.cast_unsigned(), high: if value < 0 { -1 } else { 0 } }
    }

    /// `low + high * 2⁶⁴`.
    #[inline(always)]
    pub(crate) fn from_parts(low: u128, high: u128) -> Self {
        let shifted = Self { low: high << 64, high: (high >> 64) as i64 };
        shifted.plus(Self::from_unsigned(low))
    }

    #[inline(always)]
    #[must_use]
    pub(crate) const fn plus(self, other: Self) -> Self {
        let (low, carry) = self.low.overflowing_add(other.low);
        Self { low, high: self.high.wrapping_add(other.high).wrapping_add(carry as i64) }
    }

    /// The value, or the nearest that `T` holds.
    pub(crate) fn saturate<T: Saturated>(self) -> T {
        let low = self.low.cast_signed();
        let exact = match self.high {
            0 => T::try_from(self.low).ok(),
            -1 if low < 0 => T::try_from(low).ok(),
            _ => None,
        };
        exact.unwrap_or(if self.high < 0 { T::LEAST } else { T::GREATEST })
    }
}

/// A sum of squares or products of integers; `K` says of which.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WideTotal<K> {
    pub(crate) total: Wide,
    terms: PhantomData<K>,
}

impl<K> WideTotal<K> {
    pub(crate) const ZERO: Self = Self { total: Wide::ZERO, terms: PhantomData };

    #[inline(always)]
    pub(crate) fn add(&mut self, other: Wide) {
        self.total = self.total.plus(other);
    }
}

/// Of squares of a type.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OfSquares<T>(PhantomData<T>);

/// Of products of a type.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OfProducts<T>(PhantomData<T>);

stored! {
    [K: possible::Terms] WideTotal<K> as "WideTotal" |it| {
        v = 1,
        total: WideWords = it.total,
    }
    refuses {
        total if !total.is_sum_of(K::bounds().0, K::bounds().1), "more than 2⁶³ terms";
    }
    => WideTotal { total, terms: PhantomData }
}

/// The 256-bit product of an integer that is not negative, high half first.
fn times(a: Wide, b: u64) -> [u128; 2] {
    let [high, low] = product(a.low, b.into());
    [high.wrapping_add(u128::from(a.high.cast_unsigned()).wrapping_mul(b.into())), low]
}

/// Integers that a [`Wide`] can be narrowed to.
pub(crate) trait Saturated: TryFrom<u128> + TryFrom<i128> {
    const LEAST: Self;
    const GREATEST: Self;
}

macro_rules! saturated {
    ($($T:ident)*) => {$(
        impl Saturated for $T {
            const LEAST: $T = $T::MIN;
            const GREATEST: $T = $T::MAX;
        }
    )*};
}

saturated! { i64 u64 i128 u128 }

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
    let positive = divide([0, numerator.unsigned_abs()], u128::from(denominator));
    if numerator < 0 { -positive } else { positive }
}

/// The variance of `count` integers with the given sum and sum of squares, rounded
/// once: `(count · squares - sum²) / (count · (count - ddof))`, where `ddof < count`.
pub(crate) fn variance(count: u64, sum: i128, squares: Wide, ddof: u64) -> f64 {
    const EXACT: u128 = 1 << 53;
    let sum = sum.unsigned_abs();
    if count <= 1 << 26 && squares.high == 0 && squares.low >> 101 == 0 {
        // By Cauchy, the square of the sum is at most `scaled`: the sum has at most 64 bits.
        let ([_, sum], scaled) = (halves(sum), squares.low * u128::from(count));
        let numerator = scaled - u128::from(sum) * u128::from(sum);
        let denominator = count * (count - ddof);
        if numerator <= EXACT {
            // Both are exact as f64, and so the division rounds once.
            let [_, numerator] = halves(numerator);
            return numerator.cast_signed() as f64 / denominator.cast_signed() as f64;
        }
        return divide_narrow(numerator, denominator);
    }
    let (n, degrees) = (u128::from(count), u128::from(count - ddof));
    if let (0, Some(scaled), Some(square)) =
        (squares.high, squares.low.checked_mul(n), sum.checked_mul(sum))
    {
        return divide([0, scaled - square], n * degrees);
    }
    // 192 bits times 64, and 127 bits squared, both fit into 256.
    let scaled = times(squares, count);
    let square = product(sum, sum);
    let (difference, borrow) = scaled[1].overflowing_sub(square[1]);
    let numerator =
        [scaled[0].wrapping_sub(square[0]).wrapping_sub(u128::from(borrow)), difference];
    divide(numerator, n * degrees)
}

/// `low + (high - low) · part / whole`, rounded once, where `low <= high` are integers of 64
/// bits with or without a sign, `part < whole`, and `whole` is at most 2¹²³.
pub(crate) fn between(low: i128, high: i128, part: u128, whole: u128) -> f64 {
    const NARROW: u64 = 1 << 62;
    let distance = (high - low).unsigned_abs();
    if part == 0 || distance == 0 {
        return nearest(low);
    }
    if let (Ok(part), Ok(denominator @ ..=NARROW)) = (u64::try_from(part), u64::try_from(whole)) {
        // Each of the products has at most 126 bits, and the second is of two numbers of 64.
        let [_, distance] = halves(distance);
        let more = u128::from(distance) * u128::from(part);
        let numerator = low * i128::from(denominator) + more.cast_signed();
        if denominator.is_power_of_two() {
            // The division is exact.
            return nearest(numerator) / denominator.cast_signed() as f64;
        }
        return ratio(numerator, denominator);
    }
    let magnitude =
        |base: u128, part: u128| divide(add(product(base, whole), product(distance, part)), whole);
    if low >= 0 {
        return magnitude(low.unsigned_abs(), part);
    }
    if high <= 0 {
        return -magnitude(high.unsigned_abs(), whole - part);
    }
    // The sum of a negative and a positive number.
    let (down, up) = (product(low.unsigned_abs(), whole), product(distance, part));
    if down > up { -divide(subtract(down, up), whole) } else { divide(subtract(up, down), whole) }
}

/// The sum of two integers of 256 bits that does not overflow, high halves first.
fn add(a: [u128; 2], b: [u128; 2]) -> [u128; 2] {
    let (low, carry) = a[1].overflowing_add(b[1]);
    [a[0] + b[0] + u128::from(carry), low]
}

/// The difference of two integers of 256 bits, the second not the greater.
fn subtract(a: [u128; 2], b: [u128; 2]) -> [u128; 2] {
    let (low, borrow) = a[1].overflowing_sub(b[1]);
    [a[0] - b[0] - u128::from(borrow), low]
}

/// The 256-bit product, high half first.
fn product(a: u128, b: u128) -> [u128; 2] {
    const LOW: u128 = u64::MAX as u128;
    let (a1, a0, b1, b0) = (a >> 64, a & LOW, b >> 64, b & LOW);
    let low = a0 * b0;
    let middle = a1 * b0 + (low >> 64);
    let other = a0 * b1 + (middle & LOW);
    [a1 * b1 + (middle >> 64) + (other >> 64), other << 64 | low & LOW]
}

/// A 256-bit integer, high half first, divided by one of 128 bits that is not 0, and
/// rounded once to the nearest, ties to even.
fn divide(numerator: [u128; 2], denominator: u128) -> f64 {
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

/// The same of 128 bits by 64.
#[inline]
fn divide_narrow(numerator: u128, denominator: u64) -> f64 {
    let [high, low] = halves(numerator);
    // Of one half alone: to look for the first bit takes as long as a dozen additions.
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
    let power = |exponent: u32| f64::from_bits(u64::from(1023 + exponent - shift) << 52);
    if denominator <= FEW {
        let [first, second] = halves(first);
        let remains = rest || second != 0 || first % denominator != 0;
        return ((first / denominator) | u64::from(remains)) as f64 * power(192);
    }
    let divisor = u128::from(denominator);
    let remains = rest || first % divisor != 0;
    ((first / divisor) | u128::from(remains)) as f64 * power(128)
}

/// `numerator as f64`, in a third of the instructions of what compilers call for that.
#[inline]
fn nearest(numerator: i128) -> f64 {
    if let Ok(numerator) = i64::try_from(numerator) {
        return numerator as f64;
    }
    let magnitude = numerator.unsigned_abs();
    let shift = magnitude.leading_zeros();
    let [first, rest] = halves(magnitude << shift);
    // Of 64 bits, the lowest tells of a remainder.
    let rounded = (first | u64::from(rest != 0)) as f64;
    let scaled = rounded * f64::from_bits(u64::from(1023 + 64 - shift) << 52);
    if numerator < 0 { -scaled } else { scaled }
}

/// The high and the low half.
#[allow(clippy::cast_possible_truncation, reason = "halves are what is wanted")]
#[inline(always)]
fn halves(x: u128) -> [u64; 2] {
    [(x >> 64) as u64, x as u64]
}

/// The same, bit by bit.
#[cold]
fn divide_long(numerator: [u128; 2], denominator: u128) -> f64 {
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
    // The quotient of 256 bits by 128 is far within the range of an f64.
    let scale = f64::from_bits(u64::from((1023 + exponent).cast_unsigned()) << 52);
    quotient as f64 * scale
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
    fn variances_agree_where_they_leave_53_bits() {
        for (count, ddof) in
            [(1, 0), (2, 1), (3, 0), (7, 1), (1 << 20, 1), (u64::from(u32::MAX), 0)]
        {
            for scaled in (1_u64 << 53) - 9..(1 << 53) + 9 {
                let squares = u128::from(scaled) / u128::from(count);
                for sum in [0, 1, -5, 94_906_200] {
                    let n = u128::from(count);
                    let square = i128::unsigned_abs(sum * sum);
                    let Some(numerator) = (squares * n).checked_sub(square) else { continue };
                    let want = divide([0, numerator], n * u128::from(count - ddof));
                    let got = variance(count, sum, Wide::from_unsigned(squares), ddof);
                    assert_eq!(got, want, "{count} {sum} {squares} {ddof}");
                }
            }
        }
    }

    #[test]
    fn points_between_are_fractions() {
        assert_eq!(between(-3, 4, 1, 2), 0.5);
        assert_eq!(between(i128::from(i64::MIN), i128::from(i64::MAX), 1, 2), -0.5);
        let (low, high) = (i128::from(u64::MAX) - 1, i128::from(u64::MAX));
        assert_eq!(between(low, high, 1, 2), 2.0_f64.powf(64.0));
        // The wide way and the narrow way agree.
        for (low, high) in [(-7, 9), (3, 1000), (-1000, -3), (-1 << 63, (1 << 63) - 1)] {
            for part in 0..16 {
                let wide = between(low, high, part << 110, 16 << 110);
                assert_eq!(wide, between(low, high, part, 16), "{low} {high} {part}");
            }
        }
    }

    #[test]
    fn products_have_256_bits() {
        assert_eq!(product(u128::MAX, u128::MAX), [u128::MAX - 1, 1]);
        assert_eq!(product(1 << 64, 1 << 64), [1, 0]);
    }

    #[test]
    fn wide_sums_saturate_when_narrowed() {
        let big = Wide::from_unsigned(u128::MAX).plus(Wide::from_unsigned(1));
        assert_eq!(big.saturate::<u128>(), u128::MAX);
        assert_eq!(big.saturate::<i64>(), i64::MAX);
        let small = Wide::from_signed(i128::MIN).plus(Wide::from_signed(-1));
        assert_eq!(small.saturate::<i128>(), i128::MIN);
        assert_eq!(small.plus(Wide::from_signed(1)).saturate::<i128>(), i128::MIN);
        assert_eq!(Wide::from_signed(-5).plus(Wide::from_unsigned(3)).saturate::<i64>(), -2);
    }
}
