//! Exact integer totals, and fractions of them rounded once.
//!
//! Statistics of integers are exact until the last step: sums are kept in 128 or 192
//! bits, and a mean or a variance is one fraction of integers, rounded once to the
//! nearest `f64`, ties to even. So they do not depend on any order at all.

#[cfg(feature = "serde")]
pub(crate) mod possible;
mod quotient;

pub(crate) use quotient::ratio;

use crate::stored::stored;
use core::marker::PhantomData;
use quotient::{add, divide, divide_narrow, halves, nearest, product, subtract, two_to};

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

/// The variance of `count` integers with the given sum and sum of squares, rounded
/// once: `(count · squares - sum²) / (count · (count - ddof))`, where `ddof < count`.
pub(crate) fn variance(count: u64, sum: i128, squares: Wide, ddof: u64) -> f64 {
    const EXACT: u128 = 1 << 53;
    let sum = sum.unsigned_abs();
    if count <= 1 << 26 && squares.high == 0 && squares.low >> 101 == 0 {
        // The product has at most 127 bits, and by Cauchy so has the square of the sum, which
        // itself has 64. The denominator has at most 53, and is exact as f64.
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
    // 192 bits times 64, and 127 bits squared, both fit into 256.
    let scaled = times(squares, count);
    let square = product(sum, sum);
    let (difference, borrow) = scaled[1].overflowing_sub(square[1]);
    let numerator =
        [scaled[0].wrapping_sub(square[0]).wrapping_sub(u128::from(borrow)), difference];
    divide(numerator, u128::from(count) * u128::from(count - ddof))
}

/// `low + (high - low) · part / whole`, rounded once, where `low <= high` are integers of 64
/// bits with or without a sign, `part < whole`, and `whole` is at most 2¹²³.
#[inline(always)]
pub(crate) fn between(low: i128, high: i128, part: u128, whole: u128) -> f64 {
    const NARROW: u64 = 1 << 62;
    debug_assert!(low <= high);
    let distance = (high - low).cast_unsigned();
    // What is known of a part and a whole of one word is lost in a call.
    if let (Ok(part), Ok(whole @ ..=NARROW)) = (u64::try_from(part), u64::try_from(whole)) {
        let [_, distance] = halves(distance);
        return between_near(low, distance, part, whole);
    }
    between_far(low, high, part, whole)
}

/// The same of a distance of 64 bits, and a whole of at most 2⁶².
fn between_near(low: i128, distance: u64, part: u64, whole: u64) -> f64 {
    // Each of the products has at most 126 bits, and the second is of two numbers of 64.
    let more = u128::from(distance) * u128::from(part);
    let numerator = low * i128::from(whole) + more.cast_signed();
    if whole.is_power_of_two() {
        // The division is exact.
        return nearest(numerator) * two_to(-whole.trailing_zeros().cast_signed());
    }
    ratio(numerator, whole)
}

/// The same of any.
fn between_far(low: i128, high: i128, part: u128, whole: u128) -> f64 {
    let distance = (high - low).cast_unsigned();
    if part == 0 || distance == 0 {
        return nearest(low);
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

#[cfg(test)]
#[allow(clippy::float_cmp, reason = "each result is one value, rounded once")]
mod tests {
    use super::quotient::divide_long;
    use super::*;

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
    fn variances_agree_at_the_bounds_of_the_narrow_way() {
        for count in [2, 7, 1 << 26, (1 << 26) + 1] {
            for squares in (1_u128 << 101) - 3..(1 << 101) + 3 {
                let n = u128::from(count);
                // The greatest sum that there may be.
                let root = (squares * n).isqrt().cast_signed();
                for sum in [0, -1, (1 << 50) + 1, root, root - 1, -root] {
                    let square = product(sum.unsigned_abs(), sum.unsigned_abs());
                    let numerator = subtract(product(squares, n), square);
                    for ddof in [0, 1] {
                        let want = divide_long(numerator, n * (n - u128::from(ddof)));
                        let got = variance(count, sum, Wide::from_unsigned(squares), ddof);
                        assert_eq!(got, want, "{count} {sum} {squares} {ddof}");
                    }
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
        let most = i128::from(u64::MAX);
        let pairs = [(-7, 9), (3, 1000), (-1000, -3), (-1 << 63, (1 << 63) - 1), (0, most)];
        for (low, high) in pairs.into_iter().chain([0, -5, most].map(|same| (same, same))) {
            for whole in [1, 3, 16, 48, 3 << 60, (1 << 62) - 1, 1 << 62] {
                for part in [0, 1, 2, 5, 7, 8, 9, 15, whole / 2, whole - 1] {
                    if part < whole {
                        let wide = between_far(low, high, part << 60, whole << 60);
                        let near = between(low, high, part, whole);
                        assert_eq!(wide, near, "{low} {high} {part} {whole}");
                    }
                }
            }
        }
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
