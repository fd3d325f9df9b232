//! Laws of sums of squares, variance and standard deviation.
//!
//! Those of integers are exact, or rounded once, also where 128 bits do not hold the sum
//! of squares. Those of floats follow the specification bit for bit. A variance is never
//! negative, and a constant column has exactly none, whatever the constant; an overflow
//! of finite values is `+∞`, never NaN.

use crate::check::{every_alignment, every_length, of_agrees, specials_everywhere};
use crate::data::{Kind, Random, Sample, column, follows, present, seams};
use crate::spec::Spec;
use lanefold::{Aggregate, Backend, StdDev, SumOfSquares, Variance};

fn follow_the_spec_at_every_length<T: Sample>(backend: Backend) {
    each_aggregate!(a in [SumOfSquares, Variance::population()] => {
        every_length::<T, _>(backend, a);
    });
}

fn follow_the_spec_at_every_alignment<T: Sample>(backend: Backend) {
    each_aggregate!(a in [SumOfSquares, Variance::sample()] => {
        every_alignment::<T, _>(backend, a);
    });
}

fn follow_the_spec_with_specials_in_every_lane<T: Sample>(backend: Backend) {
    each_aggregate!(a in [SumOfSquares, Variance::sample()] => {
        specials_everywhere::<T, _>(backend, a);
    });
}

fn short_columns_agree_with_long_ones<T: Sample>(backend: Backend) {
    each_aggregate!(a in [SumOfSquares, Variance::sample()] => {
        of_agrees::<T, _>(backend, a);
    });
}

fn any_ddof<T: Sample>(backend: Backend) {
    let values = column::<T>(Kind::Ordinary, 50, 21);
    for len in [0, 1, 2, 5, 50] {
        for ddof in [0, 1, 2, 4, 5, 6, 49, 50, 51, 1 << 40, u64::MAX] {
            let values = &values[..len];
            let want = T::written_variance(&present(values), ddof);
            same!(Variance::new(ddof).of_on(backend, values), want, "ddof {ddof} of {len}");
        }
    }
}

fn no_square_overflows<T: Sample>(backend: Backend) {
    let specials = T::specials();
    let (least, greatest) = (specials[0], specials[1]);
    for len in [1, 2, 3, 4, 5].into_iter().chain(seams::<T>()) {
        let alternating: Vec<T> =
            (0..len).map(|i| if i % 2 == 0 { least } else { greatest }).collect();
        for values in [vec![least; len], vec![greatest; len], alternating] {
            each_aggregate!(a in [SumOfSquares, Variance::sample()] => {
                follows(backend, a, &values);
            });
        }
    }
}

fn constants_have_no_variance<T: Sample>(backend: Backend) {
    let finite =
        T::specials().into_iter().filter(|x| Variance::population().of(&[*x]) == Some(0.0));
    let constants: Vec<T> = finite.chain(column(Kind::Ordinary, 4, 22)).collect();
    assert!(constants.len() > 10);
    let stripe = <T as Sample>::STRIPE;
    let lengths: Vec<usize> = (1..=stripe + 2).chain(seams::<T>()).collect();
    for &constant in &constants {
        let values = vec![constant; 2 * <T as Sample>::TILE + 5];
        for &len in &lengths {
            let variance = Variance::population().of_on(backend, &values[..len]);
            same!(variance, Some(0.0), "{len} of {constant:?}");
        }
    }
}

fn variance_is_never_negative<T: Sample>(backend: Backend) {
    let random = &mut Random(23);
    for round in 0..200 {
        // Few values that come again and again, of any size.
        let some = column::<T>(Kind::Bits, 1 + random.below(3), random.word());
        let values: Vec<T> =
            (0..2 + random.below(70)).map(|_| some[random.below(some.len())]).collect();
        let variance = Variance::sample().of_on(backend, &values).expect("two values or more");
        assert!(variance.is_nan() || variance.is_sign_positive(), "{round}: {values:?}");
    }
}

suite! {
    all [
        follow_the_spec_at_every_length
        follow_the_spec_at_every_alignment
        follow_the_spec_with_specials_in_every_lane
        short_columns_agree_with_long_ones
        any_ddof
    ]
    floats [constants_have_no_variance variance_is_never_negative]
    integers [no_square_overflows]
}

/// Squares that vanish, and whose sum would not: `Σd² - (Σd)²/n` is below zero.
#[test]
fn variance_of_tiny_values_is_not_negative() {
    for backend in Backend::available() {
        for len in [2, 3, 33, 1000, 1024, 3000] {
            let mut values = vec![1.5e-162; len];
            values[0] = 0.0;
            let variance = Variance::population().of_on(backend, &values).expect("rows");
            assert!(variance >= 0.0 && variance.is_sign_positive(), "{variance:e} of {len}");
        }
    }
}

#[test]
fn finite_values_overflow_to_infinity() {
    for backend in Backend::available() {
        for len in [2, 3, 33, 1024, 1025, 3000] {
            for great in [1e200, f64::MAX, -1e300] {
                let mut values = vec![0.0; len];
                for place in [0, len / 2, len - 1] {
                    values[place] = great;
                    let variance = Variance::sample().of_on(backend, &values);
                    assert_eq!(variance, Some(f64::INFINITY), "{great:e} at {place} of {len}");
                    let squares = SumOfSquares.of_on(backend, &values);
                    assert_eq!(squares, f64::INFINITY, "{great:e} at {place} of {len}");
                    values[place] = 0.0;
                }
                let signs: Vec<f64> =
                    (0..len).map(|i| if i % 3 == 0 { great } else { -great }).collect();
                assert_eq!(Variance::population().of_on(backend, &signs), Some(f64::INFINITY));
            }
            // Distances to the first value overflow when squared, and those to the mean do not.
            let mut values = vec![5e152; 1024];
            values[0] = 0.0;
            let variance = Variance::population().of_on(backend, &values).expect("rows");
            let want = 25e304 * (1023.0 / 1024.0 / 1024.0);
            assert!((variance / want - 1.0).abs() < 1e-12, "{variance:e} is not {want:e}");
            // In whole tiles of their own, whose means lie too far apart.
            let values: Vec<f64> =
                (0..4096).map(|i| if i < 1024 * (len % 4) { f64::MAX } else { f64::MIN }).collect();
            let want = if len % 4 == 0 { 0.0 } else { f64::INFINITY };
            assert_eq!(Variance::population().of_on(backend, &values), Some(want), "{len}");
        }
    }
}

#[test]
fn nan_and_infinities_give_nan() {
    for backend in Backend::available() {
        for value in [f64::NAN, -f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            for len in [1, 2, 33, 2000] {
                for place in [0, len / 2, len - 1] {
                    let mut values = column::<f64>(Kind::Ordinary, len, 24);
                    values[place] = value;
                    let variance = Variance::population().of_on(backend, &values);
                    same!(variance, Some(f64::NAN), "{value} at {place} of {len}");
                    let squares = SumOfSquares.of_on(backend, &values);
                    let want = if value.is_nan() { f64::NAN } else { f64::INFINITY };
                    same!(squares, want, "{value} at {place} of {len}");
                }
            }
        }
    }
}

fn a_deviation_is_the_root_of_a_variance<T: Sample>() {
    for backend in Backend::available() {
        for len in [0, 1, 2, 3, 100, 513, 3000] {
            let values = column::<T>(Kind::Ordinary, len, 25);
            for ddof in [0, 1, 2, 100] {
                let root = Variance::new(ddof).of_on(backend, &values).map(f64::sqrt);
                same!(StdDev::new(ddof).of_on(backend, &values), root, "ddof {ddof} of {len}");
            }
            each_aggregate!(a in [StdDev::sample(), StdDev::population()] => {
                follows(backend, a, &values);
            });
        }
    }
}

#[test]
fn deviations() {
    a_deviation_is_the_root_of_a_variance::<f64>();
    a_deviation_is_the_root_of_a_variance::<f32>();
    a_deviation_is_the_root_of_a_variance::<i64>();
}

#[test]
fn empty_columns() {
    assert_eq!(SumOfSquares.of(&[] as &[f64]).to_bits(), 0);
    assert_eq!(SumOfSquares.of(&[-0.0_f64, -0.0]).to_bits(), 0);
    assert_eq!(SumOfSquares.of(&[] as &[i64]), 0);
    assert_eq!(Variance::population().of(&[] as &[f32]), None);
    assert_eq!(f64::written_variance(&[], 0), None);
}
