//! Laws of running results.

use crate::exact::Signed;
use crate::{floats, same};
use lanefold::{
    Adapt, Aggregate, ArgMin, Backend, Count, ExactSum, LengthMismatch, Mean, Min, MinMax,
    Nullable, PropagateNan, RunningError, Sum,
};
use std::fmt::Debug;

/// That they are those of all rows up to each.
fn exact<A, T>(name: &str, aggregate: A, values: &[T])
where
    T: lanefold::Number,
    A: Aggregate<T, Output: Clone + Debug> + Adapt + Copy,
{
    for backend in Backend::available() {
        let mut got = vec![aggregate.of(&[] as &[T]); values.len()];
        aggregate.running().of_on(backend, values, &mut got).expect("places");
        for (i, got) in got.iter().enumerate() {
            let want = aggregate.of(&values[..=i]);
            same(got, &want, || format!("{name}, row {i} on {backend}"));
        }
    }
}

#[test]
fn exact_results_are_those_of_the_rows_so_far() {
    for one_of in [0, 2, 20] {
        let values = &floats(150, one_of, 1)[..];
        exact("min", Min, values);
        exact("both", MinMax, values);
        exact("nan wins", PropagateNan(Min), values);
        exact("place", ArgMin, values);
        exact("exact", (Count, ExactSum), values);
    }
    let bytes: Vec<u8> = floats(1500, 0, 2).iter().map(|x| x.to_bits() as u8).collect();
    exact("sum", Sum, &bytes);
    let words: Vec<i64> = floats(90, 0, 2).iter().map(|x| x.to_bits() as i64).collect();
    exact("sum", Sum, &words);
}

/// What a single row gives is merged, and so does a tuple, which has no kernel.
#[test]
fn sums_of_floats_are_merges_of_rows() {
    for one_of in [0, 30] {
        let values = floats(2100, one_of, 5);
        for backend in Backend::available() {
            let (mut sums, mut merged) = (vec![0.0; 2100], vec![(0.0, None); 2100]);
            let mut means = vec![None; 2100];
            Sum.running().of_on(backend, &values, &mut sums).expect("places");
            Mean.running().of_on(backend, &values, &mut means).expect("places");
            (Sum, Mean).running().of_on(backend, &values, &mut merged).expect("places");
            let kernel: Vec<_> = sums.iter().copied().zip(means).collect();
            same(&kernel, &merged, || backend.to_string());
            if one_of > 0 {
                continue;
            }
            for i in (0..2100).step_by(41) {
                let exact = Signed::sum(values[..=i].iter().copied()).to_f64();
                let magnitude: f64 = values[..=i].iter().map(|x| x.abs()).sum();
                let bound = f64::EPSILON * exact.abs() + 1e-25 * magnitude;
                assert!((sums[i] - exact).abs() <= bound, "row {i}: {} {exact}", sums[i]);
            }
        }
    }
}

#[test]
fn nulls_leave_a_result_as_it_was() {
    let values = [f64::NAN, 1.0, f64::NAN, 0.5, -2.0];
    let column = Nullable::new(&values, &[0b11010], 0).expect("bits");
    for backend in Backend::available() {
        let (mut sums, mut least) = ([7.0; 5], [Some(7.0); 5]);
        let mut means = [Some(7.0); 5];
        Sum.running().of_on(backend, column, &mut sums).expect("places");
        Mean.running().of_on(backend, column, &mut means).expect("places");
        Min.running().of_on(backend, column, &mut least).expect("places");
        same(&sums, &[0.0, 1.0, 1.0, 1.5, -0.5], || backend.to_string());
        same(&least, &[None, Some(1.0), Some(1.0), Some(0.5), Some(-2.0)], || backend.to_string());
        let third = Some(-0.5 / 3.0);
        same(&means, &[None, Some(1.0), Some(1.0), Some(0.75), third], || backend.to_string());
    }
    // Beyond a tile.
    let (values, bits) = ([1_u8; 9000], [0b0101_0101; 1125]);
    let column = Nullable::new(&values, &bits, 0).expect("bits");
    let mut sums = vec![0; 9000];
    Sum.running().of(column, &mut sums).expect("places");
    assert!(sums.iter().enumerate().all(|(i, sum)| *sum == i as u64 / 2 + 1));
}

#[test]
fn errors() {
    let mut places = [7_i64; 3];
    let error = Sum.running().of(&[1; 4], &mut places).unwrap_err();
    assert_eq!(error, RunningError::Places { rows: 4, places: 3 });
    assert_eq!(error.to_string(), "4 rows, and places for 3 results");
    assert_eq!(places, [7; 3]);
    let mismatch = LengthMismatch { left: 1, right: 2 };
    let error = lanefold::Dot.running().of((&[1.0], &[1.0, 2.0]), &mut [0.0]).unwrap_err();
    assert_eq!(error, RunningError::Columns(mismatch));
    assert_eq!(error.to_string(), mismatch.to_string());
}
