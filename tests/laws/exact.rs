//! The reference: real numbers, with integers of any size.
//!
//! A finite float is an integer times a power of two. So a sum of floats is an integer
//! in units of 2⁻¹⁰⁷⁴, a sum of products one in units of 2⁻²¹⁴⁸, and a variance a fraction
//! of two. They are added as school teaches it, limb by limb, and rounded once at the
//! end, to the nearest, ties to even. Nothing here is clever, so that it can be believed.

use std::cmp::Ordering;

/// An integer that is not negative: limbs of 32 bits, lowest first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Natural(Vec<u32>);

impl Natural {
    /// Adds `value * 2^shift`.
    pub(crate) fn add(&mut self, value: u128, shift: u32) {
        let (mut at, bits) = ((shift / 32) as usize, shift % 32);
        // 128 bits shifted by up to 31: the low 96 bits and the others apart.
        let low = (value & ((1 << 96) - 1)) << bits;
        let high = (value >> 96) << bits;
        let mut carry = 0_u64;
        for i in 0.. {
            let mut limb = carry;
            if i < 4 {
                limb += (low >> (32 * i)) as u64 & 0xffff_ffff;
            }
            if (3..5).contains(&i) {
                limb += (high >> (32 * (i - 3))) as u64 & 0xffff_ffff;
            }
            if limb == 0 && i >= 5 {
                return;
            }
            if self.0.len() <= at {
                self.0.resize(at + 1, 0);
            }
            limb += u64::from(self.0[at]);
            self.0[at] = limb as u32;
            carry = limb >> 32;
            at += 1;
        }
    }

    pub(crate) fn plus(&self, other: &Natural) -> Natural {
        let mut sum = self.clone();
        other.0.iter().enumerate().for_each(|(i, &limb)| sum.add(limb.into(), 32 * i as u32));
        sum
    }

    fn limb(&self, i: usize) -> u64 {
        self.0.get(i).map_or(0, |&limb| limb.into())
    }

    /// Binary digits.
    pub(crate) fn bits(&self) -> u32 {
        match self.0.iter().rposition(|&limb| limb != 0) {
            Some(i) => 32 * i as u32 + 32 - self.0[i].leading_zeros(),
            None => 0,
        }
    }

    fn bit(&self, i: u32) -> bool {
        self.limb((i / 32) as usize) >> (i % 32) & 1 == 1
    }

    pub(crate) fn compare(&self, other: &Natural) -> Ordering {
        let limbs = self.0.len().max(other.0.len());
        let order = |i| self.limb(i).cmp(&other.limb(i));
        (0..limbs).rev().map(order).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    }

    /// `self - other`, where that is not negative.
    pub(crate) fn minus(&self, other: &Natural) -> Natural {
        let mut borrow = 0;
        let limbs = (0..self.0.len().max(other.0.len())).map(|i| {
            let limb = (1 << 32) + self.limb(i) - other.limb(i) - borrow;
            borrow = 1 - (limb >> 32);
            limb as u32
        });
        let difference = Natural(limbs.collect());
        assert_eq!(borrow, 0);
        difference
    }

    pub(crate) fn times(&self, other: &Natural) -> Natural {
        let mut product = Natural::default();
        for (i, &a) in self.0.iter().enumerate().filter(|(_, a)| **a != 0) {
            for (j, &b) in other.0.iter().enumerate() {
                product.add(u128::from(a) * u128::from(b), 32 * (i + j) as u32);
            }
        }
        product
    }

    pub(crate) fn shifted(&self, shift: u32) -> Natural {
        let mut shifted = Natural::default();
        for (i, &limb) in self.0.iter().enumerate() {
            shifted.add(limb.into(), shift + 32 * i as u32);
        }
        shifted
    }

    /// The quotient, and whether there is a remainder.
    pub(crate) fn divided(&self, divisor: u64) -> (Natural, bool) {
        let mut quotient = self.clone();
        let mut remainder = 0_u128;
        for limb in quotient.0.iter_mut().rev() {
            let left = remainder << 32 | u128::from(*limb);
            *limb = (left / u128::from(divisor)) as u32;
            remainder = left % u128::from(divisor);
        }
        (quotient, remainder != 0)
    }

    /// `self * 2^unit` rounded to `digits` binary digits, none below `2^lowest`.
    pub(crate) fn round(&self, unit: i32, digits: i32, lowest: i32) -> f64 {
        let top = self.bits() as i32 + unit;
        let last = lowest.max(top - digits);
        // `self` may have to be shifted up to reach the last digit's place.
        let scaled = self.shifted((unit - last).max(0) as u32);
        let drop = (last - unit).max(0) as u32;
        let mut kept = (0..64).filter(|&i| scaled.bit(drop + i)).map(|i| 1_u64 << i).sum::<u64>();
        if drop > 0 {
            let half = scaled.bit(drop - 1);
            let more = (0..drop - 1).any(|i| scaled.bit(i));
            kept += u64::from(half && (more || kept % 2 == 1));
        }
        // Each product is exact or overflows.
        let (mut x, mut power) = (kept as f64, last);
        while power != 0 {
            let step = power.clamp(-1074, 1000);
            x *= if step < -1022 {
                f64::from_bits(1 << (step + 1074))
            } else {
                f64::from_bits(((step + 1023) as u64) << 52)
            };
            power -= step;
        }
        x
    }
}

/// A finite float as `(is negative, mantissa, exponent)`: `± mantissa * 2^exponent`.
pub(crate) fn parts(x: f64) -> (bool, u64, i32) {
    assert!(x.is_finite());
    let bits = x.to_bits();
    let (exponent, mantissa) = ((bits >> 52 & 0x7ff) as i32, bits & ((1 << 52) - 1));
    match exponent {
        0 => (x.is_sign_negative(), mantissa, -1074),
        _ => (x.is_sign_negative(), mantissa | 1 << 52, exponent - 1075),
    }
}

/// A sum of terms of either sign, in units of `2^unit`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Signed {
    plus: Natural,
    minus: Natural,
    unit: i32,
}

impl Signed {
    /// Of floats.
    pub(crate) fn sum(values: impl IntoIterator<Item = f64>) -> Signed {
        let mut sum = Signed { unit: -1074, ..Signed::default() };
        values.into_iter().for_each(|x| sum.add_float(x));
        sum
    }

    /// Of products of floats.
    pub(crate) fn dot(pairs: impl IntoIterator<Item = (f64, f64)>) -> Signed {
        let mut sum = Signed { unit: -2148, ..Signed::default() };
        for (x, y) in pairs {
            let (x, y) = (parts(x), parts(y));
            sum.add(x.0 != y.0, u128::from(x.1) * u128::from(y.1), (x.2 + y.2 + 2148) as u32);
        }
        sum
    }

    fn add(&mut self, negative: bool, value: u128, shift: u32) {
        if negative { &mut self.minus } else { &mut self.plus }.add(value, shift);
    }

    /// Adds a float.
    pub(crate) fn add_float(&mut self, x: f64) {
        let (negative, mantissa, exponent) = parts(x);
        self.add(negative, mantissa.into(), (exponent - self.unit) as u32);
    }

    /// Adds an integer to a sum of integers.
    pub(crate) fn add_integer(&mut self, x: i128) {
        self.add(x < 0, x.unsigned_abs(), 0);
    }

    /// Adds a product of integers of 64 bits to a sum of integers.
    pub(crate) fn add_product(&mut self, x: i128, y: i128) {
        self.add((x < 0) != (y < 0), x.unsigned_abs() * y.unsigned_abs(), 0);
    }

    /// Whether it is negative, and its magnitude in units.
    pub(crate) fn magnitude(&self) -> (bool, Natural) {
        if self.plus.compare(&self.minus).is_lt() {
            (true, self.minus.minus(&self.plus))
        } else {
            (false, self.plus.minus(&self.minus))
        }
    }

    /// The quotient, with a last digit beyond all that matter which tells of a remainder.
    pub(crate) fn over(&self, divisor: u64) -> Signed {
        let (negative, magnitude) = self.magnitude();
        let (mut quotient, inexact) = magnitude.shifted(160).divided(divisor);
        quotient = quotient.shifted(1);
        quotient.add(inexact.into(), 0);
        let nothing = Natural::default();
        let (plus, minus) = if negative { (nothing, quotient) } else { (quotient, nothing) };
        Signed { plus, minus, unit: self.unit - 161 }
    }

    pub(crate) fn round(&self, digits: i32, lowest: i32) -> f64 {
        let (negative, magnitude) = self.magnitude();
        let rounded = magnitude.round(self.unit, digits, lowest);
        if negative { -rounded } else { rounded }
    }

    /// The nearest `f64`.
    pub(crate) fn to_f64(&self) -> f64 {
        self.round(53, -1074)
    }

    /// The nearest `f32`.
    pub(crate) fn to_f32(&self) -> f32 {
        self.round(24, -149) as f32
    }

    /// An integer, or the end of the range that it is beyond, in two's complement.
    pub(crate) fn saturate(&self, least: i128, greatest: u128) -> u128 {
        let (negative, magnitude) = self.magnitude();
        let value = (0..4).map(|i| u128::from(magnitude.limb(i)) << (32 * i)).sum::<u128>();
        let limit = if negative { least.unsigned_abs() } else { greatest };
        let value = if magnitude.bits() > 128 || value > limit { limit } else { value };
        if negative { value.wrapping_neg() } else { value }
    }
}

/// The variance of integers, rounded once; `None` where `n ≤ ddof`.
pub(crate) fn integer_variance(
    values: impl Iterator<Item = i128> + Clone,
    ddof: u64,
) -> Option<f64> {
    let (mut sum, mut squares) = (Signed::default(), Signed::default());
    values.clone().for_each(|x| sum.add_integer(x));
    values.clone().for_each(|x| squares.add_product(x, x));
    fraction(&sum, &squares, values.count() as u64, ddof)
}

/// The variance of finite floats, rounded once.
pub(crate) fn float_variance(values: impl Iterator<Item = f64> + Clone, ddof: u64) -> Option<f64> {
    let squares = Signed::dot(values.clone().map(|x| (x, x)));
    fraction(&Signed::sum(values.clone()), &squares, values.count() as u64, ddof)
}

/// `(n Σx² - (Σx)²) / (n (n - ddof))`.
fn fraction(sum: &Signed, squares: &Signed, count: u64, ddof: u64) -> Option<f64> {
    let degrees = count.checked_sub(ddof).filter(|&degrees| degrees > 0)?;
    let (_, sum) = sum.magnitude();
    let mut n = Natural::default();
    n.add(count.into(), 0);
    let plus = squares.plus.times(&n);
    let spread = Signed { plus, minus: sum.times(&sum), unit: squares.unit };
    Some(spread.over(count * degrees).to_f64())
}

/// Whether `|got - exact| ≤ times * 2^-digits * Σ|terms|`.
pub(crate) fn within(got: f64, exact: &Signed, times: u64, digits: u32) -> bool {
    let mut error = exact.clone();
    let (negative, mantissa, exponent) = parts(got);
    error.add(!negative, mantissa.into(), (exponent - exact.unit) as u32);
    let mut factor = Natural::default();
    factor.add(times.into(), 0);
    let bound = exact.plus.plus(&exact.minus).times(&factor);
    error.magnitude().1.shifted(digits).compare(&bound).is_le()
}

#[test]
fn sums_are_the_real_ones() {
    assert_eq!(Signed::sum([1e300, 1.0, -1e300]).to_f64(), 1.0);
    assert_eq!(Signed::sum([0.1, 0.2]).to_f64(), 0.1 + 0.2);
    assert_eq!(Signed::sum([0.1; 10]).to_f64(), 1.0);
    assert_eq!(Signed::sum([5e-324, 5e-324, -15e-324]).to_f64(), -5e-324);
    assert_eq!(Signed::sum([f64::MAX, f64::MAX]).to_f64(), f64::INFINITY);
    assert_eq!(Signed::sum([f64::MAX, f64::MAX, -f64::MAX]).to_f64(), f64::MAX);
    assert_eq!(Signed::sum([-1.5, 0.25]).to_f64(), -1.25);
}

#[test]
fn rounding_is_to_the_nearest_and_ties_go_to_even() {
    let big = (1_u64 << 53) as f64;
    assert_eq!(Signed::sum([big, 1.0]).to_f64(), big);
    assert_eq!(Signed::sum([big, 1.0, 5e-324]).to_f64(), big + 2.0);
    assert_eq!(Signed::sum([big, 2.0, 1.0]).to_f64(), big + 4.0);
    assert_eq!(Signed::sum([-big, -1.0, -5e-324]).to_f64(), -big - 2.0);
    for x in [0.1_f64, 1e-40, 1e-46, 7e-46, 1e38, 3.5e38, 3.402_823_5e38, 1.000_000_059_604_644_8] {
        assert_eq!(Signed::sum([x]).to_f32(), x as f32);
        assert_eq!(Signed::sum([x]).to_f64(), x);
    }
}

#[test]
fn products_and_fractions_are_the_real_ones() {
    assert_eq!(Signed::dot([(5e-324, 5e-324), (3.0, -0.5)]).to_f64(), -1.5);
    assert_eq!(Signed::dot([(f64::MAX, 2.0), (f64::MAX, -1.0)]).to_f64(), f64::MAX);
    assert_eq!(Signed::dot([(1e-162, 1e-162)]).to_f64(), 1e-324);
    assert_eq!(Signed::sum([1.0]).over(3).to_f64(), 1.0 / 3.0);
    assert_eq!(Signed::sum([-7.0]).over(10).to_f64(), -0.7);
    assert_eq!(
        float_variance([1e9 + 4.0, 1e9 + 7.0, 1e9 + 13.0, 1e9 + 16.0].into_iter(), 1),
        Some(30.0)
    );
    assert_eq!(float_variance([0.1; 7].into_iter(), 0), Some(0.0));
    assert_eq!(
        integer_variance([i128::from(i64::MIN), i128::from(i64::MAX)].into_iter(), 0),
        Some(2_f64.powf(126.0))
    );
    assert_eq!(integer_variance([1, 2].into_iter(), 2), None);
    let mut sum = Signed::default();
    sum.add_product(i64::MIN.into(), i64::MIN.into());
    assert_eq!(sum.saturate(i128::MIN, i128::MAX as u128), 1 << 126);
    sum.add_product(i64::MIN.into(), i64::MIN.into());
    assert_eq!(sum.saturate(i128::MIN, i128::MAX as u128), i128::MAX as u128);
    assert_eq!(sum.saturate(0, u128::MAX), 1 << 127);
}

#[test]
fn bounds_are_tight() {
    let exact = Signed::sum([1.0, -0.5]);
    let u = 1.0 / (1_u64 << 53) as f64;
    assert!(within(0.5, &exact, 0, 53));
    assert!(within(0.5 + 3.0 * u, &exact, 2, 53));
    assert!(!within(0.5 + 4.0 * u, &exact, 2, 53));
    assert!(!within(0.5 - 4.0 * u, &exact, 2, 53));
}
