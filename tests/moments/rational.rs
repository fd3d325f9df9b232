//! The reference: rational numbers, as integers of any size over a small one.
//!
//! A finite float is an integer times a power of two; a column has a common one. With the
//! integers `k` of a column of `n`, and `D = n k - Σk`, the moment `Σ(x - mean)ᵖ` is
//! `ΣDᵖ / nᵖ` times a power of two: rounded once, to the nearest `f64`.

use crate::exact::{Natural, parts};

/// An integer with a sign.
#[derive(Clone, Debug, Default)]
pub(crate) struct Integer {
    negative: bool,
    magnitude: Natural,
}

impl Integer {
    pub(crate) fn of(x: i64) -> Self {
        let mut magnitude = Natural::default();
        magnitude.add(x.unsigned_abs().into(), 0);
        Self { negative: x < 0, magnitude }
    }

    pub(crate) fn plus(&self, other: &Self) -> Self {
        if self.negative == other.negative {
            let magnitude = self.magnitude.plus(&other.magnitude);
            return Self { negative: self.negative, magnitude };
        }
        if self.magnitude.compare(&other.magnitude).is_lt() {
            let magnitude = other.magnitude.minus(&self.magnitude);
            return Self { negative: other.negative, magnitude };
        }
        Self { negative: self.negative, magnitude: self.magnitude.minus(&other.magnitude) }
    }

    pub(crate) fn minus(&self, other: &Self) -> Self {
        self.plus(&Self { negative: !other.negative, magnitude: other.magnitude.clone() })
    }

    pub(crate) fn times(&self, other: &Self) -> Self {
        let magnitude = self.magnitude.times(&other.magnitude);
        Self { negative: self.negative != other.negative, magnitude }
    }

    /// `self * 2^unit / divisor`, to the nearest.
    pub(crate) fn over(&self, divisor: u64, unit: i32) -> f64 {
        let (quotient, inexact) = self.magnitude.shifted(160).divided(divisor);
        let mut quotient = quotient.shifted(1);
        quotient.add(inexact.into(), 0);
        let x = quotient.round(unit - 161, 53, -1074);
        if self.negative { -x } else { x }
    }
}

/// A column as integers times `2^unit`.
pub(crate) struct Column {
    pub(crate) integers: Vec<Integer>,
    pub(crate) unit: i32,
}

impl Column {
    pub(crate) fn of(values: &[f64]) -> Self {
        let unit = values.iter().filter(|x| **x != 0.0).map(|&x| {
            let (_, mantissa, exponent) = parts(x);
            exponent + mantissa.trailing_zeros() as i32
        });
        let unit = unit.min().unwrap_or(0);
        let one = |&x: &f64| {
            let (negative, mantissa, exponent) = parts(x);
            let mut magnitude = Natural::default();
            let down = (unit - exponent).clamp(0, 63);
            magnitude.add((mantissa >> down).into(), (exponent - unit).max(0) as u32);
            Integer { negative, magnitude: if x == 0.0 { Natural::default() } else { magnitude } }
        };
        Self { integers: values.iter().map(one).collect(), unit }
    }

    /// `Σwk`, and `Σw · k - Σwk` of each.
    fn deviations(&self, weights: &[u32]) -> (Integer, Vec<Integer>) {
        let total = Integer::of(weights.iter().map(|&w| i64::from(w)).sum());
        let pairs = self.integers.iter().zip(weights);
        let sum = pairs
            .fold(Integer::default(), |sum, (k, &w)| sum.plus(&k.times(&Integer::of(w.into()))));
        let deviations = self.integers.iter().map(|k| k.times(&total).minus(&sum)).collect();
        (sum, deviations)
    }
}

/// The mean, and `Σw(x - mean)ᵖ` for `p` of 2, 3 and 4.
pub(crate) fn moments(values: &[f64], weights: &[u32], powers: u32) -> [f64; 4] {
    let column = Column::of(values);
    let total: u64 = weights.iter().map(|&w| u64::from(w)).sum();
    let (sum, deviations) = column.deviations(weights);
    let mut results = [sum.over(total, column.unit), 0.0, 0.0, 0.0];
    for p in 2..=powers {
        let terms = deviations.iter().zip(weights).map(|(d, &w)| {
            (1..p).fold(d.clone(), |power, _| power.times(d)).times(&Integer::of(w.into()))
        });
        let sum = terms.fold(Integer::default(), |sum, term| sum.plus(&term));
        results[p as usize - 1] = sum.over(total.pow(p), column.unit * p as i32);
    }
    results
}

/// `Σ(x - mean_x)(y - mean_y)`.
pub(crate) fn joint(x: &[f64], y: &[f64]) -> f64 {
    let (x, y) = (Column::of(x), Column::of(y));
    let ones = vec![1; x.integers.len()];
    let ((_, dx), (_, dy)) = (x.deviations(&ones), y.deviations(&ones));
    let terms = dx.iter().zip(&dy).map(|(d, e)| d.times(e));
    let sum = terms.fold(Integer::default(), |sum, term| sum.plus(&term));
    sum.over((ones.len() as u64).pow(2), x.unit + y.unit)
}

#[test]
fn moments_are_the_real_ones() {
    let xs = [1e9 + 1.0, 1e9 + 2.0, 1e9 + 3.0, 1e9 + 10.0];
    assert_eq!(moments(&xs, &[1; 4], 4), [1e9 + 4.0, 50.0, 180.0, 1394.0]);
    assert_eq!(moments(&[0.5, 0.0, -0.25], &[1, 5, 2], 2), [0.0, 0.375, 0.0, 0.0]);
    assert_eq!(joint(&[0.1, 0.1 + 1.0, 0.1 + 2.0].map(|x| x - 0.1), &[4.0, 2.0, 0.0]), -4.0);
}
