//! Columns: the distributions that sketches are tried on.

use std::f64::consts::TAU;

/// The generator `SplitMix64`.
#[derive(Clone, Debug)]
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        (self.word() % limit as u64) as usize
    }

    /// In `(0, 1)`.
    pub(crate) fn unit(&mut self) -> f64 {
        ((self.word() >> 12) as f64 + 0.5) / (1_u64 << 52) as f64
    }

    pub(crate) fn normal(&mut self) -> f64 {
        (-2.0 * self.unit().ln()).sqrt() * (TAU * self.unit()).cos()
    }

    pub(crate) fn shuffle<T>(&mut self, values: &mut [T]) {
        for i in (1..values.len()).rev() {
            values.swap(i, self.below(i + 1));
        }
    }
}

/// A power of two from 2⁻¹⁰⁷⁴ to 2¹⁰²³.
pub(crate) fn power(exponent: i32) -> f64 {
    f64::from_bits(match exponent {
        ..-1022 => 1 << (exponent + 1074),
        _ => ((exponent + 1023) as u64) << 52,
    })
}

pub(crate) const KINDS: [&str; 10] = [
    "constant",
    "linear",
    "normal",
    "lognormal",
    "exponential",
    "pareto",
    "bimodal",
    "signed lognormal",
    "half zeros",
    "any numbers",
];

/// Finite values of a distribution.
pub(crate) fn column(kind: &str, len: usize, seed: u64) -> Vec<f64> {
    let random = &mut Random(seed);
    let mut value = |i: usize| match kind {
        "constant" => 1234.5,
        "linear" => i as f64 + 1.0,
        "normal" => 3.0 + 10.0 * random.normal(),
        "lognormal" => (1.5 * random.normal()).exp(),
        "exponential" => -25.0 * random.unit().ln(),
        "pareto" => random.unit().powf(-1.0 / 1.2),
        "bimodal" if random.word() & 1 == 0 => 1e-3 * (5.0 + random.normal()),
        "bimodal" => 1e3 + 10.0 * random.normal(),
        "signed lognormal" => (random.normal()).exp() * [-1.0, 1.0][random.below(2)],
        "half zeros" => [0.0, random.unit()][random.below(2)],
        "any numbers" => loop {
            let x = f64::from_bits(random.word());
            if x.is_finite() {
                break x;
            }
        },
        other => panic!("{other}"),
    };
    (0..len).map(&mut value).collect()
}

/// Finite values with NaN, infinities, zeros and subnormal numbers among them.
pub(crate) fn sprinkled(kind: &str, len: usize, seed: u64) -> Vec<f64> {
    const SPECIAL: [f64; 9] = [
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        0.0,
        -0.0,
        f64::MIN_POSITIVE,
        5e-324,
        -1e-310,
        f64::MAX,
    ];
    let random = &mut Random(seed ^ 0x55);
    let mut values = column(kind, len, seed);
    for x in &mut values {
        match random.below(40) {
            0 => *x = SPECIAL[random.below(SPECIAL.len())],
            1 => *x = f64::from_bits(x.to_bits() | 0xfff8 << 48),
            _ => {}
        }
    }
    values
}
