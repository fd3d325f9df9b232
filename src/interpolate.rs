//! Between two neighbours in order: the next value up and down, and the points between.
//!
//! Integers are interpolated exactly, as one fraction that is rounded once; floats in `f64`,
//! in three roundings.

use crate::integer;
use core::cmp::Ordering;

/// How a number type is stepped and interpolated.
pub trait Interpolate: Copy {
    /// The least value that is greater, zeros of both signs taken as one; the greatest value
    /// itself.
    #[must_use]
    fn succ(self) -> Self;
    /// The greatest value that is less, likewise.
    #[must_use]
    fn pred(self) -> Self;
    /// `low + (high - low) · part / whole`, where `low <= high`, `part < whole` and
    /// `whole` is at most 2¹²³.
    fn between(low: Self, high: Self, part: u128, whole: u128) -> f64;
}

macro_rules! integers {
    ($($T:ident)*) => {$(
        impl Interpolate for $T {
            #[inline(always)]
            fn succ(self) -> $T {
                self.saturating_add(1)
            }
            #[inline(always)]
            fn pred(self) -> $T {
                self.saturating_sub(1)
            }
            #[inline]
            fn between(low: $T, high: $T, part: u128, whole: u128) -> f64 {
                integer::between(low.into(), high.into(), part, whole)
            }
        }
    )*};
}

integers! { i8 i16 i32 i64 u8 u16 u32 u64 }

macro_rules! floats {
    ($($T:ident)*) => {$(
        impl Interpolate for $T {
            #[inline(always)]
            fn succ(self) -> $T {
                self.next_up()
            }
            #[inline(always)]
            fn pred(self) -> $T {
                self.next_down()
            }
            #[inline]
            fn between(low: $T, high: $T, part: u128, whole: u128) -> f64 {
                between_floats(low.into(), high.into(), part, whole)
            }
        }
    )*};
}

floats! { f32 f64 }

/// The [`Share`] of two integers, both of which are rounded.
macro_rules! share {
    ($part:ident, $whole:ident) => {{
        let rest = $whole - $part;
        match $part.cmp(&rest) {
            Ordering::Equal => Share::Half,
            Ordering::Less => Share::Low($part as f64 / $whole as f64),
            Ordering::Greater => Share::High(rest as f64 / $whole as f64),
        }
    }};
}

/// The same for numbers that are not NaN. Never below `low`, never above `high`, and
/// growing with the part.
fn between_floats(low: f64, high: f64, part: u128, whole: u128) -> f64 {
    if low.to_bits() == high.to_bits() || part == 0 {
        return low;
    }
    // Those of 63 bits, which have instructions for all of it, are tried first.
    let narrow = (i64::try_from(part), i64::try_from(whole));
    let share =
        if let (Ok(part), Ok(whole)) = narrow { share!(part, whole) } else { share!(part, whole) };
    share.of(low, high)
}

/// A part of a whole that is neither all of it nor nothing, from the nearer end, so that either
/// end comes out as it is.
#[derive(Clone, Copy)]
enum Share {
    Half,
    Low(f64),
    High(f64),
}

impl Share {
    /// The point between two numbers, which differ.
    #[inline(always)]
    fn of(self, low: f64, high: f64) -> f64 {
        if low == f64::NEG_INFINITY || high == f64::INFINITY {
            return match self {
                _ if low > f64::NEG_INFINITY => high,
                _ if high < f64::INFINITY => low,
                // What a range ever wider tends to.
                Self::Half => 0.0,
                Self::Low(_) => low,
                Self::High(_) => high,
            };
        }
        let distance = high - low;
        if distance == f64::INFINITY {
            // Halves of numbers of this size are exact, or too small to matter.
            return 2.0 * self.within(low / 2.0, high / 2.0, high / 2.0 - low / 2.0);
        }
        self.within(low, high, distance)
    }

    #[inline(always)]
    fn within(self, low: f64, high: f64, distance: f64) -> f64 {
        let point = match self {
            // One rounding, for halving is exact where the sum is not.
            Self::Half if (low + high).is_finite() => return (low + high) * 0.5,
            Self::Half => low + distance * 0.5,
            Self::Low(share) => low + distance * share,
            Self::High(share) => high - distance * share,
        };
        if point < low {
            low
        } else if point > high {
            high
        } else {
            point
        }
    }
}

#[cfg(test)]
#[allow(clippy::float_cmp, reason = "each result is one value")]
mod tests {
    use super::*;

    #[test]
    fn infinities_never_make_a_nan() {
        let (low, high) = (f64::NEG_INFINITY, f64::INFINITY);
        assert_eq!(f64::between(low, high, 1, 2), 0.0);
        assert_eq!(f64::between(low, high, 1, 4), low);
        assert_eq!(f64::between(low, high, 3, 4), high);
        assert_eq!(f64::between(low, 1.0, 3, 4), low);
        assert_eq!(f64::between(1.0, high, 1, 4), high);
        assert_eq!(f64::between(1.0, high, 3, 4), high);
        assert_eq!(f64::between(high, high, 1, 4), high);
    }

    #[test]
    fn distances_may_overflow() {
        assert_eq!(f64::between(f64::MIN, f64::MAX, 1, 2), 0.0);
        assert_eq!(f64::between(f64::MAX / 2.0, f64::MAX, 1, 2), f64::MAX * 0.75);
        assert_eq!(f64::between(f64::MIN, f64::MAX, 3, 4), f64::MAX / 2.0);
    }

    #[test]
    fn zeros_keep_their_signs() {
        assert_eq!(f64::between(-0.0, -0.0, 1, 3).to_bits(), (-0.0_f64).to_bits());
        assert_eq!(f64::between(-0.0, 0.0, 1, 3).to_bits(), 0);
        assert_eq!(f64::between(-0.0, 0.0, 0, 3).to_bits(), (-0.0_f64).to_bits());
    }
}
