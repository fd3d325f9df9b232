//! The interquartile range and the median absolute deviation, by their definitions.

use crate::columns::{FAMILIES, family};
use crate::reference::Value;
use lanefold::{Aggregate, Backend, Iqr, MedianAbsoluteDeviation, NumericRow, Quantile};

fn apart(a: f64, b: f64) -> f64 {
    if a == b { 0.0 } else { (a - b).abs() }
}

fn check<T: Value + NumericRow<Value = T>>() {
    for backend in Backend::available() {
        for (seed, name) in FAMILIES.iter().enumerate() {
            for len in [0, 1, 2, 3, 10, 65, 600, 3_000] {
                let values = family::<T>(name, len, seed as u64);
                let of =
                    |q: f64| Quantile::new(q).expect("between 0 and 1").of_on(backend, &values);
                let want = of(0.25).zip(of(0.75)).map(|(low, high)| apart(high, low));
                let got = Iqr.of_on(backend, &values);
                same!(got.map(f64::abs), want.map(f64::abs), "IQR of {len} {name} on {backend}");
                let want = of(0.5).and_then(|median| {
                    let distances: Vec<f64> =
                        values.iter().map(|x| apart(x.float(), median)).collect();
                    Quantile::new(0.5).expect("half").of_on(backend, &distances)
                });
                let got = MedianAbsoluteDeviation.of_on(backend, &values);
                same!(got, want, "deviation of {len} {name} on {backend}");
            }
        }
    }
}

#[test]
fn spreads() {
    check::<f64>();
    check::<f32>();
    check::<u16>();
    check::<i64>();
}

#[test]
fn by_hand() {
    assert_eq!(Iqr.of(&[1, 2, 3, 4, 5]), Some(2.0));
    assert_eq!(MedianAbsoluteDeviation.of(&[1.0, 1.0, 2.0, 2.0, 4.0, 6.0, 9.0]), Some(1.0));
    assert_eq!(Iqr.of(&[f64::INFINITY; 3]), Some(0.0));
    assert_eq!(MedianAbsoluteDeviation.of(&[f64::INFINITY, f64::INFINITY, 1.0]), Some(0.0));
}
