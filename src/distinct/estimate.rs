//! From registers to a number.
//!
//! The improved raw estimator of Ertl (*New cardinality estimation algorithms for HyperLogLog
//! sketches*, 2017, algorithm 6). With `m` registers of which `C[k]` hold the rank `k`, and
//! `q = 64 - p` bits to count zeros on:
//!
//! ```text
//! estimate = m² / (2 ln 2 · z),   z = m · σ(C[0] / m) + Σ C[k] / 2^k (k = 1..q) + m · τ(1 - C[q+1] / m) / 2^q
//! σ(x) = x + Σ x^(2^k) 2^(k-1) (k ≥ 1)
//! τ(x) = (1 - x - Σ (1 - x^(2^-k))² / 2^k (k ≥ 1)) / 3
//! ```
//!
//! `σ` stands for the registers that have seen nothing yet, and `τ` for those that can hold no
//! more. The estimator needs no tables of measured bias (HLL++ has 6,000 numbers), no switch to
//! another formula for few values, and no iteration as maximum likelihood does, and its error
//! over the whole range is that of the best of them. It uses additions, products, divisions
//! and square roots only, so it has the same bits everywhere.

use crate::sqrt::sqrt;

/// How many values gave registers of that histogram.
pub(super) fn estimate(precision: u32, counts: &[u32; 64]) -> f64 {
    let q = 64 - precision as usize;
    let m = (1_u64 << precision) as f64;
    let mut z = m * tau(1.0 - f64::from(counts[q + 1]) / m);
    for &count in counts[1..=q].iter().rev() {
        z = 0.5 * (z + f64::from(count));
    }
    z += m * sigma(f64::from(counts[0]) / m);
    0.5 / core::f64::consts::LN_2 * m * m / z
}

/// Until another term changes nothing; infinite at 1, where no register has seen a value.
fn sigma(mut x: f64) -> f64 {
    if x == 1.0 {
        return f64::INFINITY;
    }
    let (mut weight, mut sum) = (1.0, x);
    loop {
        x *= x;
        let before = sum;
        sum += x * weight;
        weight += weight;
        if sum == before {
            return sum;
        }
    }
}

fn tau(mut x: f64) -> f64 {
    if x == 0.0 || x == 1.0 {
        return 0.0;
    }
    let (mut weight, mut sum) = (1.0, 1.0 - x);
    loop {
        x = sqrt(x);
        let before = sum;
        weight *= 0.5;
        sum -= (1.0 - x) * (1.0 - x) * weight;
        if sum == before {
            return sum / 3.0;
        }
    }
}
