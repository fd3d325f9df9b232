//! What sums of integers can be: what is asked of stored ones.

use super::{OfProducts, OfSquares, Wide, product, times};
use crate::kind::Integer;

impl Wide {
    /// Words of 64 bits, lowest first.
    #[allow(clippy::cast_possible_truncation, reason = "each word is cut out")]
    pub(crate) fn words(self) -> [u64; 3] {
        [self.low as u64, (self.low >> 64) as u64, self.high.cast_unsigned()]
    }

    /// From words of 64 bits, lowest first.
    pub(crate) fn of_words([low, middle, high]: [u64; 3]) -> Self {
        Self { low: u128::from(middle) << 64 | u128::from(low), high: high.cast_signed() }
    }

    /// Whether it is a sum of fewer than 2⁶³ terms from `-below` to `above`.
    pub(crate) fn is_sum_of(self, below: u128, above: u128) -> bool {
        // 129 bits of 192: what is left of the magnitude has no more than those of a bound.
        let (magnitude, bound) = if self.high < 0 {
            let low = (!self.low).overflowing_add(1);
            (Self { low: low.0, high: (!self.high).wrapping_add(low.1.into()) }, below)
        } else {
            (self, above)
        };
        let rest = u128::from(magnitude.high.cast_unsigned()) << 65 | magnitude.low >> 63;
        magnitude.high.cast_unsigned() < 1 << 63 && rest < bound || magnitude == Self::ZERO
    }
}

/// What the terms of a sum can be.
pub trait Terms {
    /// The magnitudes of the least and the greatest.
    fn bounds() -> (u128, u128);
}

impl<T: Integer> Terms for OfSquares<T> {
    fn bounds() -> (u128, u128) {
        (0, square_bound::<T>())
    }
}

impl<T: Integer> Terms for OfProducts<T> {
    fn bounds() -> (u128, u128) {
        let [least, greatest] = [T::LOWEST, T::HIGHEST].map(|x| x.widen().unsigned_abs());
        (least * greatest, square_bound::<T>())
    }
}

/// The greatest square of a type.
pub(crate) fn square_bound<T: Integer>() -> u128 {
    let [least, greatest] = [T::LOWEST, T::HIGHEST].map(|x| x.widen().unsigned_abs());
    least.max(greatest).pow(2)
}

/// Whether so many integers, fewer than 2⁶³, can have this sum and this sum of squares: the
/// variance is not negative, that of one is 0, and an odd square is that of an odd integer.
pub(crate) fn is_spread(count: u64, sum: i128, squares: Wide) -> bool {
    let (scaled, square) = (times(squares, count), product(sum.unsigned_abs(), sum.unsigned_abs()));
    let varies = if count > 1 { scaled >= square } else { scaled == square };
    let there = count > 0 || squares == Wide::ZERO;
    there && squares.high >= 0 && varies && (squares.low ^ sum.cast_unsigned()) & 1 == 0
}
