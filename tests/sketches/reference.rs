//! What sketches should say, from their definitions, value by value.

use std::collections::BTreeMap;

/// Counts by index.
pub(crate) type Counts = BTreeMap<i32, u64>;

/// The exponent of a positive number, and its mantissa of 53 digits.
pub(crate) fn take_apart(x: f64) -> (i32, u64) {
    assert!(x > 0.0 && x.is_finite());
    let bits = x.to_bits();
    let (mut exponent, mut mantissa) = ((bits >> 52) as i32 - 1023, bits & ((1 << 52) - 1));
    if exponent == -1023 {
        exponent = -1022;
        while mantissa < 1 << 52 {
            mantissa *= 2;
            exponent -= 1;
        }
        return (exponent, mantissa);
    }
    mantissa += 1 << 52;
    (exponent, mantissa)
}

/// Buckets in a binade of a quantile sketch: the least power of two that keeps the promise.
pub(crate) fn per_binade(alpha: f64) -> u32 {
    let mut m = 1;
    while 1.0 / (2.0 * f64::from(m) + 1.0) > alpha {
        m *= 2;
    }
    m
}

/// The index of a positive number: binades of `m` buckets of equal width, from 1 up.
pub(crate) fn grid_index(x: f64, m: u32) -> i32 {
    let (exponent, mantissa) = take_apart(x);
    // All of it is exact.
    let place = (mantissa - (1 << 52)) as f64 / (1_u64 << 52) as f64 * f64::from(m);
    exponent * m as i32 + place as i32
}

/// The product of two numbers in units of 2⁻¹²⁷, in units of 2⁻¹²⁶, rounded down or up.
fn product(one: u128, other: u128, up: bool) -> u128 {
    let halves = |x: u128| [x & u128::from(u64::MAX), x >> 64];
    let ([low, high], [other_low, other_high]) = (halves(one), halves(other));
    let [_, carry] = halves(low * other_low);
    let (across, back) = (halves(low * other_high), halves(high * other_low));
    let middle = carry + across[0] + back[0];
    high * other_high + across[1] + back[1] + (middle >> 64) + u128::from(up)
}

/// The index at a scale, by digits of the logarithm: to square a number doubles its logarithm.
/// A lower and an upper bound are carried along, and have to agree.
pub(crate) fn exponential_index(x: f64, scale: i32) -> i32 {
    let (exponent, mantissa) = take_apart(x);
    let mut index = exponent << 20;
    if mantissa == 1 << 52 {
        // A boundary belongs to the bucket below.
        index -= 1;
    } else {
        let mut bounds = [u128::from(mantissa) << 75; 2];
        let mut digits = 0;
        for _ in 0..20 {
            let [low, high] = bounds;
            let squares = [product(low, low, false), product(high, high, true)];
            let [digit, other] = squares.map(|square| square >> 127);
            assert_eq!(digit, other, "bounds are too wide for {x:e}");
            digits = digits * 2 + digit as i32;
            bounds = squares.map(|square| if digit == 1 { square } else { square << 1 });
        }
        index += digits;
    }
    index >> (20 - scale)
}

/// Counts of negative and of positive values by the index of their magnitude.
pub(crate) fn counts(values: &[f64], index: impl Fn(f64) -> i32) -> [Counts; 2] {
    let mut counts = [Counts::new(), Counts::new()];
    for &x in values {
        if x.is_finite() && x != 0.0 {
            *counts[usize::from(x > 0.0)].entry(index(x.abs())).or_default() += 1;
        }
    }
    counts
}

/// The exact sum of finite values that are not too many, nor too far apart, as `f64` of a
/// sum in units of 2⁻⁶⁰: of values that are multiples of it.
pub(crate) fn fixed_sum(values: &[f64]) -> f64 {
    let unit = (1_u64 << 60) as f64;
    values.iter().map(|x| (x * unit) as i128).sum::<i128>() as f64 / unit
}
