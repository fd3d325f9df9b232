//! Laws of rolling windows, windows and buckets of time, and running results.
//!
//! What is exact has the bits of the aggregate of each window, of which other tests know that
//! they are right. The order in which the float kernels add is written down once more here, in
//! plain code, and their bounds are checked against integers.
#![cfg(feature = "alloc")]
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::float_cmp,
    reason = "tests make data from random words, and compare floats for identity"
)]

#[allow(dead_code, reason = "as below")]
#[path = "../laws/backends.rs"]
mod backends;
#[allow(dead_code, reason = "shared with the other laws, which use all of it")]
#[path = "../laws/exact.rs"]
mod exact;
mod floats;
mod running;
mod time;
mod windows;

use std::fmt::Debug;

/// The generator `SplitMix64`.
struct Random(u64);

impl Random {
    fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.word() % limit as u64) as usize
    }

    /// Of either sign, with exponents that are up to 40 binary places apart.
    fn float(&mut self) -> f64 {
        let word = self.word();
        let scale = (1023 - 20 + (word >> 12) % 40) << 52;
        let unit = (word >> 11) as f64 / (1_u64 << 53) as f64 - 0.5;
        unit * f64::from_bits(scale)
    }
}

const SPECIAL: [f64; 8] =
    [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.0, -0.0, 5e-324, f64::MAX, -f64::NAN];

/// Random floats, of which one of so many is special; none if it is 0.
fn floats(len: usize, one_of: usize, seed: u64) -> Vec<f64> {
    let mut random = Random(seed);
    let mut float = || {
        if one_of > 0 && random.below(one_of) == 0 {
            SPECIAL[random.below(SPECIAL.len())]
        } else {
            random.float()
        }
    };
    (0..len).map(|_| float()).collect()
}

/// Whether results have the same bits; there is one NaN.
#[track_caller]
fn same<O: Debug>(got: &O, want: &O, context: impl Fn() -> String) {
    // As texts, in which zeros have a sign, and floats all digits that tell them apart.
    let (got, want) = (format!("{got:?}"), format!("{want:?}"));
    assert_eq!(got, want, "{}", context());
}

const WINDOWS: [usize; 16] =
    [1, 2, 3, 4, 7, 13, 24, 25, 31, 32, 33, 100, 199, 1000, 5000, usize::MAX];
