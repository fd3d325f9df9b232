//! What a sketch is, in the plainest code for it.

use crate::data::{Random, Sample};
use std::collections::BTreeSet;

/// A type of number, and what makes two of them the same.
pub(crate) trait Value: Sample {
    fn key(self) -> u64;
}

macro_rules! values {
    (integers [$($I:ident)*] floats [$($F:ident)*]) => {
        $(impl Value for $I {
            fn key(self) -> u64 {
                self as i128 as u64
            }
        })*
        $(impl Value for $F {
            fn key(self) -> u64 {
                match f64::from(self) {
                    x if x.is_nan() => f64::NAN.to_bits(),
                    x if x == 0.0 => 0.0_f64.to_bits(),
                    x => x.to_bits(),
                }
            }
        })*
    };
}

values! { integers [i8 i16 i32 i64 u8 u16 u32 u64] floats [f32 f64] }

/// The hash: what the generator gives first when it starts from the key.
pub(crate) fn hash(key: u64) -> u64 {
    Random(key).word()
}

/// The key of a hash.
pub(crate) fn unhash(hash: u64) -> u64 {
    // A shift is undone from the top down, as many bits at a time as it moves.
    let unshift = |x: u64, by: u32| (0..64 / by).fold(x, |y, _| x ^ (y >> by));
    let inverse =
        |odd: u64| (0..6).fold(odd, |y, _| y.wrapping_mul(2_u64.wrapping_sub(odd.wrapping_mul(y))));
    let z = unshift(hash, 31).wrapping_mul(inverse(0x94d0_49bb_1331_11eb));
    let z = unshift(z, 27).wrapping_mul(inverse(0xbf58_476d_1ce4_e5b9));
    unshift(z, 30).wrapping_sub(0x9e37_79b9_7f4a_7c15)
}

#[test]
fn a_hash_has_one_key() {
    let random = &mut Random(1);
    for word in (0..1000).map(|_| random.word()).chain([0, 1, u64::MAX]) {
        assert_eq!(hash(unhash(word)), word);
        assert_eq!(unhash(hash(word)), word);
    }
}

/// The greatest number of values that are counted exactly.
pub(crate) fn most(precision: u8) -> usize {
    (1_usize << precision >> 4).max(16)
}

/// The number of different keys, or the estimate of it, as far as a `u64` reaches.
pub(crate) fn count(precision: u8, keys: &BTreeSet<u64>) -> f64 {
    if keys.len() <= most(precision) {
        return keys.len() as f64;
    }
    let (p, m) = (u32::from(precision), 1_usize << precision);
    let mut registers = vec![0; m];
    for &key in keys {
        let bits = format!("{:064b}", hash(key));
        let (index, rest) = bits.split_at(p as usize);
        let index = usize::from_str_radix(index, 2).expect("binary");
        let rank = 1 + rest.bytes().rev().take_while(|&bit| bit == b'0').count();
        registers[index] = rank.max(registers[index]);
    }
    let estimate = estimate(64 - p as usize, &registers);
    if estimate < 2.0_f64.powf(64.0) { estimate } else { u64::MAX as f64 }
}

/// Ertl's formula, term by term, for registers of ranks up to `q + 1`.
fn estimate(q: usize, registers: &[usize]) -> f64 {
    let m = registers.len() as f64;
    let share = |rank| registers.iter().filter(|&&register| register == rank).count() as f64 / m;
    let mut sum = sigma(share(0)) + tau(1.0 - share(q + 1)) / (q as f64).exp2();
    for rank in 1..=q {
        sum += share(rank) / (rank as f64).exp2();
    }
    m / sum / (2.0 * 2.0_f64.ln())
}

fn sigma(x: f64) -> f64 {
    (1..64).map(|k| x.powf(f64::from(k).exp2()) * f64::from(k - 1).exp2()).fold(x, |a, b| a + b)
}

fn tau(x: f64) -> f64 {
    let term = |k: i32| {
        let rest = 1.0 - x.powf(f64::from(-k).exp2());
        rest * rest * f64::from(-k).exp2()
    };
    (1..64).map(term).fold(1.0 - x, |a, b| a - b) / 3.0
}

/// Fails unless a count is the nearest integer to the reference.
#[track_caller]
pub(crate) fn assert_counts(got: u64, precision: u8, keys: &BTreeSet<u64>, context: &str) {
    let want = count(precision, keys);
    let off = (got as f64 - want).abs();
    let exact = keys.len() <= most(precision);
    let near = if exact { off == 0.0 } else { off <= 0.5 + 1e-9 * want };
    let n = keys.len();
    assert!(near, "{got} should be {want}, for {n} values, precision {precision}: {context}");
}
