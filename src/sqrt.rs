//! The square root, which `core` does not have.

/// The square root of a number that is not negative, rounded to the nearest.
#[inline]
pub(crate) fn sqrt(x: f64) -> f64 {
    cfg_if::cfg_if! {
        if #[cfg(feature = "std")] {
            x.sqrt()
        } else {
            integer_sqrt(x)
        }
    }
}

/// The same by the square root of an integer: `x = m · 2^e` with an even `e` and an `m`
/// of so many bits that its root has more than 54, then one rounding. What the root
/// leaves over makes its last bit odd, so that it is not mistaken for a tie.
#[cfg(any(test, not(feature = "std")))]
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "exponents have 11 bits, and the root has 56"
)]
fn integer_sqrt(x: f64) -> f64 {
    const MANTISSA: u32 = f64::MANTISSA_DIGITS - 1;
    if !(x > 0.0 && x < f64::INFINITY) {
        return x; // 0, infinity or NaN
    }
    // A subnormal gets a whole mantissa first; 2^54 is the square of 2^27.
    if x < f64::MIN_POSITIVE {
        const UP: f64 = (1_u64 << 54) as f64;
        const DOWN: f64 = 1.0 / (1_u64 << 27) as f64;
        return integer_sqrt(x * UP) * DOWN;
    }
    let bits = x.to_bits();
    let exponent = (bits >> MANTISSA) as i32 - 1023 - MANTISSA as i32;
    let mantissa = bits & ((1 << MANTISSA) - 1) | 1 << MANTISSA;
    // 53 bits shifted by 58 or 59 have 111 or 112, and their root has 56.
    let shift = 58 + (exponent & 1);
    let square = u128::from(mantissa) << shift;
    let root = square.isqrt();
    let root = root as u64 | u64::from(root * root != square);
    let half = (exponent - shift) / 2;
    root as f64 * f64::from_bits(((1023 + half) as u64) << MANTISSA)
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use super::*;

    #[test]
    fn the_integer_root_is_the_root() {
        let specials = [0.0, -0.0, 1.0, 2.0, 4.0, f64::MAX, f64::MIN_POSITIVE, f64::INFINITY];
        let tiny = [1, 2, 3, 4, 0x000f_ffff_ffff_ffff].map(f64::from_bits);
        let mut state = 1_u64;
        let random = core::iter::repeat_with(|| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            f64::from_bits(state >> 1)
        });
        let values = specials.into_iter().chain(tiny).chain(random.take(100_000));
        for x in values.filter(|x| !x.is_nan()) {
            assert_eq!(integer_sqrt(x).to_bits(), x.sqrt().to_bits(), "{x:e}");
        }
    }
}
