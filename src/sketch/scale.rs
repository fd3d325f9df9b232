//! The buckets of [`ExponentialHistogram`](crate::ExponentialHistogram): exact boundaries, and
//! the exact index of a value.
//!
//! At scale `s` the boundaries are `2^(i / 2^s)` for all integers `i`, and bucket `i` holds
//! what is above boundary `i` and not above boundary `i + 1`. Halving an index gives that of
//! the next lower scale, so there is one question: how many of the boundaries `2^(j / 2^s)`,
//! from `j = 0` on, lie below a mantissa `M * 2⁻⁵²` between 1 and 2?
//!
//! 1. But for `j = 0` boundaries are irrational: none is a float, and the least mantissa above
//!    one is `floor(boundary * 2⁵²) + 1`, its *threshold*. With a power of two that form is
//!    right, too, for a power of two itself belongs to the bucket below.
//! 2. A boundary is a product of some of the roots `2^(1/2)`, `2^(1/4)`, ..., `2^(2⁻²⁰)`,
//!    one for each digit of `j`. They stand here with 127 binary digits, so that products are
//!    off by less than 2⁻¹²⁰. Of the boundaries at scale 20, which are those at every lower
//!    one, none is so near to a multiple of 2⁻⁵² that this could matter: a test looks at all.
//! 3. Up to scale 8, a table has the 256 thresholds of scale 8, and another says how many are
//!    below each 512th of the way from 1 to 2. Thresholds are more than a 512th apart, so one
//!    comparison is left. The tables, 3 KiB, are made when the crate is compiled.
//! 4. Above scale 8, the distance from the boundary of scale 8 below is at most 0.0028, and a
//!    few terms of the logarithm's series tell the place with an error below 2⁻²⁸ buckets.
//!    Where that is so near to a boundary as to leave a doubt, its threshold decides.

use super::count::Index;

/// Digits of a mantissa behind the point.
const MANTISSA: u32 = 52;

/// Digits of a boundary behind the point.
const DIGITS: u32 = 127;

/// The finest scale.
pub(super) const FINEST: i32 = 20;

/// The scale of the tables.
const TABLE: i32 = 8;

/// `2^(1/2)`, `2^(1/4)` and so on, in units of 2⁻¹²⁷, rounded down.
const ROOTS: [u128; FINEST as usize] = [
    0xb504_f333_f9de_6484_597d_89b3_754a_be9f,
    0x9837_f051_8db8_a96f_46ad_2318_2e42_f6f6,
    0x8b95_c1e3_ea8b_d6e6_fbe4_6287_58a5_3c90,
    0x85aa_c367_cc48_7b14_c5c9_5b8c_2154_c1b2,
    0x82cd_8698_ac2b_a1d7_3e2a_475b_4652_0bff,
    0x8164_d1f3_bc03_0773_7be5_6527_bd14_def4,
    0x80b1_ed4f_d999_ab6c_2533_5719_b6e6_fd20,
    0x8058_d7d2_d5e5_f6b0_94d5_89f6_08ee_4aa2,
    0x802c_6436_d0e0_4f50_ff8c_e94a_6797_b3ce,
    0x8016_302f_1746_7628_3690_dfe4_4d11_d008,
    0x800b_179c_8202_8fd0_945e_54e2_ae18_f2f0,
    0x8005_8baf_7fee_3b5d_1c71_8b38_e549_cb93,
    0x8002_c5d0_0fdc_fcb6_b656_6a58_c048_be1f,
    0x8001_62e6_1bed_4a48_e84c_2e1a_4634_73d9,
    0x8000_b172_92f7_02a3_aa22_beac_ca94_9013,
    0x8000_58b9_2abb_ae02_030c_5fa5_256f_41fe,
    0x8000_2c5c_8dad_e4d7_1776_c0f4_dbea_67d6,
    0x8000_162e_44ea_f636_526b_e456_600b_dbe4,
    0x8000_0b17_21fa_7c18_8307_016c_1cd4_e8b6,
    0x8000_058b_90de_7e4c_ecfc_4875_0348_8bb1,
];

/// The product of two numbers of at least 1 that is less than 2, in units of 2⁻¹²⁷.
const fn product(a: u128, b: u128) -> u128 {
    const LOW: u128 = u64::MAX as u128;
    let (above_a, below_a, above_b, below_b) = (a >> 64, a & LOW, b >> 64, b & LOW);
    let (one, other) = (above_a * below_b, below_a * above_b);
    let middle = ((below_a * below_b) >> 64) + (one & LOW) + (other & LOW);
    let upper = above_a * above_b + (one >> 64) + (other >> 64) + (middle >> 64);
    upper << 1 | (middle >> 63 & 1)
}

/// `2^(j / 2²⁰)` for `j` below 2²⁰, in units of 2⁻¹²⁷; at most 2⁻¹²⁰ less.
pub(super) const fn boundary(j: u32) -> u128 {
    let mut boundary = 1 << DIGITS;
    let mut i = 0;
    while i < ROOTS.len() {
        if j >> (ROOTS.len() - 1 - i) & 1 == 1 {
            boundary = product(boundary, ROOTS[i]);
        }
        i += 1;
    }
    boundary
}

/// The least mantissa of 53 digits above boundary `j` of scale 20.
const fn threshold(j: u32) -> u64 {
    mantissa_above(boundary(j))
}

/// The least mantissa of 53 digits above a boundary.
const fn mantissa_above(boundary: u128) -> u64 {
    (boundary >> (DIGITS - MANTISSA)) as u64 + 1
}

/// Digits of an encoding in front of those of the mantissa.
const FIELD: u32 = 64 - MANTISSA;

/// Thresholds of scale 8, from the digit behind the point on, as the upper digits of a word;
/// and one that no mantissa reaches.
static THRESHOLDS: [u64; (1 << TABLE) + 1] = {
    let mut boundaries = [1 << DIGITS; 1 << TABLE];
    let mut thresholds = [u64::MAX; (1 << TABLE) + 1];
    let mut j: usize = 0;
    while j < 1 << TABLE {
        if j > 0 {
            // As `boundary` has it, whose last factor is that of the last digit: one product where
            // it takes one for each digit, for the compiler is slow to work them out.
            let last = j.trailing_zeros();
            let root = ROOTS[(TABLE as u32 - 1 - last) as usize];
            boundaries[j] = product(boundaries[j ^ 1 << last], root);
        }
        thresholds[j] = mantissa_above(boundaries[j]) << FIELD;
        j += 1;
    }
    thresholds
};

/// The logarithm of the steps from 1 to 2.
const STEPS: u32 = 9;

/// How many of the thresholds are at most so many steps from 1.
static BELOW: [u16; 1 << STEPS] = {
    let mut below = [0; 1 << STEPS];
    let mut step = 0;
    let mut count = 0;
    while step < below.len() {
        while THRESHOLDS[count as usize] <= (step as u64) << (64 - STEPS) {
            count += 1;
        }
        below[step] = count;
        step += 1;
    }
    below
};

/// The exponent of a number from 2⁻¹⁰²² up.
#[inline(always)]
fn exponent(bits: u64) -> i32 {
    ((bits >> MANTISSA) as i32 & 0x7ff) - 1023
}

/// How many thresholds of scale 8 a mantissa has reached, less one.
#[inline(always)]
fn place(bits: u64) -> i32 {
    let step = (bits >> (MANTISSA - STEPS)) as usize % BELOW.len();
    let below = BELOW[step];
    i32::from(below) + i32::from(bits << FIELD >= THRESHOLDS[below as usize]) - 1
}

/// The index, at a scale of at most 8, of the magnitude of a number from 2⁻¹⁰²² up, given by
/// its encoding, with or without the sign.
#[inline(always)]
fn coarse_index(bits: u64, scale: i32) -> i32 {
    ((exponent(bits) << TABLE) + place(bits)) >> (TABLE - scale)
}

/// The index at a scale from 9 to 20.
#[inline(always)]
fn fine_index(bits: u64, scale: i32) -> i32 {
    /// Of `log2(1 + u)`, from the fifth power of `u` down.
    const SERIES: [f64; 6] = [-1.0 / 6.0, 0.2, -0.25, 1.0 / 3.0, -0.5, 1.0];
    /// More than the error, in buckets of scale 20.
    const DOUBT: f64 = 1e-6;
    const ONE: u64 = 1 << MANTISSA;
    let coarse = place(bits);
    let start = exponent(bits) << scale;
    if coarse < 0 {
        return start - 1;
    }
    let mantissa = ONE | bits << FIELD >> FIELD;
    // A threshold is the boundary without its last digits, plus one.
    let below = (ONE | THRESHOLDS[coarse as usize] >> FIELD) - 1;
    let u = (mantissa - below) as f64 / below as f64;
    let sum = SERIES.iter().fold(0.0, |sum, term| sum * u + term);
    let buckets = sum * u * core::f64::consts::LOG2_E * f64::from(1_u32 << scale);
    let finer = coarse << (scale - TABLE);
    let (lower, upper) = ((buckets - DOUBT) as i32, (buckets + DOUBT) as i32);
    if lower == upper && buckets > DOUBT {
        return start + finer + lower;
    }
    // At the nearest boundary, which is the next power of two after the last.
    let nearest = finer + upper;
    let reached =
        nearest < 1 << scale && mantissa >= threshold((nearest as u32) << (FINEST - scale));
    start + nearest - i32::from(!reached)
}

/// The index, at any scale, of a positive finite number, given by its encoding.
pub(super) fn index(magnitude: u64, scale: i32) -> i32 {
    // With all digits, below 2⁻¹⁰²² a power of two more. A zero is no positive number.
    let missing = (magnitude | 1).leading_zeros().saturating_sub(FIELD - 1);
    let bits = magnitude << missing;
    if Coarse::serves(scale) {
        let index = coarse_index(bits, TABLE) - ((missing as i32) << TABLE);
        index >> (TABLE - scale)
    } else {
        fine_index(bits, scale) - ((missing as i32) << scale)
    }
}

/// The buckets of numbers from 2⁻¹⁰²² up, at a scale of at most 8.
#[derive(Clone, Copy)]
pub(super) struct Coarse(pub(super) i32);

impl Coarse {
    /// Whether a scale is one of these.
    #[inline(always)]
    pub(super) fn serves(scale: i32) -> bool {
        scale <= TABLE
    }
}

impl Index for Coarse {
    #[inline(always)]
    fn of_positive(self, bits: u64) -> i32 {
        coarse_index(bits, self.0)
    }
    #[inline(always)]
    fn of_any(self, bits: u64) -> i32 {
        coarse_index(bits, self.0)
    }
}

/// The buckets of numbers from 2⁻¹⁰²² up, at a scale from 9 to 20.
#[derive(Clone, Copy)]
pub(super) struct Fine(pub(super) i32);

impl Index for Fine {
    #[inline(always)]
    fn of_positive(self, bits: u64) -> i32 {
        fine_index(bits, self.0)
    }
    #[inline(always)]
    fn of_any(self, bits: u64) -> i32 {
        fine_index(bits, self.0)
    }
}

/// The buckets of any numbers, at any scale.
#[derive(Clone, Copy)]
pub(super) struct Any(pub(super) i32);

impl Index for Any {
    #[inline(always)]
    fn of_positive(self, bits: u64) -> i32 {
        index(bits, self.0)
    }
    #[inline(always)]
    fn of_any(self, bits: u64) -> i32 {
        index(bits << 1 >> 1, self.0)
    }
}

/// The lower end of a bucket, rounded to the nearest `f64`: 0 or infinity out of range.
pub(super) fn lower(index: i32, scale: i32) -> f64 {
    let (exponent, j) = if scale > 0 {
        (index >> scale, (index & ((1 << scale) - 1)) as u32)
    } else {
        // Indices out of range would overflow.
        (index.clamp(-2048, 2048) << -scale, 0)
    };
    let finest = if scale > 0 { j << (FINEST - scale) } else { 0 };
    round(boundary(finest), exponent)
}

/// `boundary * 2^(exponent - 127)`, rounded to the nearest.
fn round(boundary: u128, exponent: i32) -> f64 {
    if exponent > 1023 {
        return f64::INFINITY;
    }
    // Digits below 2⁻¹⁰⁷⁴ are not there.
    let drop = (DIGITS - MANTISSA) as i32 + (-1022 - exponent).max(0);
    if drop > 127 {
        // 2⁻¹⁰⁷⁵ is a tie, and goes to zero; what is above it does not.
        return if drop == 128 && boundary > 1 << DIGITS { f64::from_bits(1) } else { 0.0 };
    }
    let kept = boundary >> drop;
    let rest = boundary << (128 - drop);
    let up = rest > 1 << 127 || (rest == 1 << 127 && kept & 1 == 1);
    // A carry goes into the exponent, as it should.
    let field = (exponent + 1022).max(0) as u64;
    f64::from_bits((field << MANTISSA) + kept as u64 + u64::from(up))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each root squared is the root before: within the rounding of both.
    #[test]
    fn roots_square() {
        let mut before = 0; // 2, which has a digit too many
        for root in ROOTS {
            let square = product(root, root);
            let next = product(root + 1, root + 1);
            let is_below = |x: u128| if before == 0 { x >> 127 == 1 } else { x <= before };
            assert!(is_below(square) && (before == 0 || next >= before), "{root:x}");
            before = root;
        }
    }

    /// No boundary is so near to a mantissa of 53 digits that its error could matter, and
    /// thresholds are more than a step apart where it does.
    #[test]
    fn boundaries_are_far_from_mantissas() {
        const REST: u128 = (1 << (DIGITS - MANTISSA)) - 1;
        // The greatest error.
        const ERROR: u128 = 1 << 7;
        let step = if cfg!(debug_assertions) { 97 } else { 1 };
        for j in (1..1 << FINEST).step_by(step) {
            let rest = boundary(j) & REST;
            assert!(rest > ERROR && rest < REST - ERROR, "{j}");
        }
        for (j, &entry) in (0..1 << TABLE).zip(&THRESHOLDS) {
            assert_eq!(entry, threshold(j << (FINEST - TABLE)) << FIELD);
        }
        for pair in THRESHOLDS[..1 << TABLE].windows(2) {
            assert!(pair[1] - pair[0] > 1 << (64 - STEPS));
        }
    }
}
