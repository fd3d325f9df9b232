//! Laws of what is new for floats: products, NaN, and the first and last row.

use crate::check::{every_alignment, every_length, of_agrees, specials_everywhere};
use crate::data::{Kind, Random, Sample, column, follows};
use lanefold::{Aggregate, Backend, CountNan, First, Float, Last, Product};

fn follow_the_spec_at_every_length<T: Sample + Float>(backend: Backend) {
    each!(a in [Product, CountNan, First, Last] => { every_length::<T, _>(backend, a) });
}

fn follow_the_spec_at_every_alignment<T: Sample + Float>(backend: Backend) {
    each!(a in [Product, CountNan] => { every_alignment::<T, _>(backend, a) });
}

fn follow_the_spec_with_specials_in_every_lane<T: Sample + Float>(backend: Backend) {
    each!(a in [Product, CountNan, First, Last] => { specials_everywhere::<T, _>(backend, a) });
}

fn short_columns_agree_with_long_ones<T: Sample + Float>(backend: Backend) {
    each!(a in [Product, CountNan, First, Last] => { of_agrees::<T, _>(backend, a) });
}

/// Factors about 1, whose products stay in range and have many digits.
fn products_in_range<T: Sample + Float>(backend: Backend) {
    let random = &mut Random(41);
    for len in [1, 2, 16, 17, 33, 100, 511, 513, 2047, 2049, 5000] {
        let factor = |random: &mut Random| (0.02 * (random.unit() - 0.5)).exp();
        let values: Vec<T> = (0..len).map(|_| T::nearest(factor(random))).collect();
        follows(backend, Product, &values);
        let got: f64 = Product.of_on(backend, &values).into();
        let (high, low) = values.iter().fold((1.0, 0.0), |product, &x| times(product, x.into()));
        let unit = if size_of::<T>() == 4 { 2_f64.powf(-24.0) } else { 0.0 };
        let bound = len as f64 * 2_f64.powf(-53.0) + unit;
        assert!(((got - high) - low).abs() <= bound * high, "{got:e} is not {high:e}");
    }
}

/// A product of two doubles by one, with some 100 bits: Dekker's, whose factors are split.
fn times((high, low): (f64, f64), x: f64) -> (f64, f64) {
    let split = |x: f64| {
        let big = x * 134_217_729.0;
        let upper = big - (big - x);
        (upper, x - upper)
    };
    let product = high * x;
    let (one, other) = (split(high), split(x));
    let cross = one.0 * other.1 + one.1 * other.0;
    let error = ((one.0 * other.0 - product) + cross) + one.1 * other.1;
    (product, low * x + error)
}

suite! {
    types [f32 f64]
    laws [
        follow_the_spec_at_every_length
        follow_the_spec_at_every_alignment
        follow_the_spec_with_specials_in_every_lane
        short_columns_agree_with_long_ones
        products_in_range
    ]
}

#[test]
fn where_products_leave_the_range() {
    for backend in Backend::available() {
        let product = |values: &[f64]| Product.of_on(backend, values);
        assert_eq!(product(&[1e200, 1e200]), f64::INFINITY);
        assert_eq!(product(&[-1e200, 1e200]), f64::NEG_INFINITY);
        assert_eq!(product(&[1e-200, -1e-200]).to_bits(), (-0.0_f64).to_bits());
        assert_eq!(product(&[0.0, f64::INFINITY]).to_bits(), f64::NAN.to_bits());
        assert_eq!(product(&[-0.0; 3]).to_bits(), (-0.0_f64).to_bits());
        // Rows of f32 have more room on the way.
        assert_eq!(Product.of_on(backend, &[1e30_f32, 1e30, 1e-30, 1e-30]), 1.0);
        assert_eq!(Product.of_on(backend, &[1e30_f32, 1e30]), f32::INFINITY);
    }
    assert_eq!(Product.of(&[] as &[f32]), 1.0);
    assert_eq!(CountNan.of(&[] as &[f32]), 0);
}

#[test]
fn every_nan_counts() {
    for backend in Backend::available() {
        for len in [1, 31, 512, 513, 2048, 5000] {
            let nan = vec![f32::from_bits(0xffff_ffff); len];
            assert_eq!(CountNan.of_on(backend, &nan), len as u64);
            let bits = column::<f64>(Kind::Bits, len, 42);
            follows(backend, CountNan, &bits);
        }
    }
}
