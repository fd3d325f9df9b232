//! A weighted quantile is that of the rows that its weights stand for.

use crate::columns::{FAMILIES, family};
use crate::data::Random;
use crate::definition::ASKED;
use lanefold::{Aggregate, Nullable, Quantile, QuantileMethod, WeightedQuantile};

#[test]
fn whole_weights_are_so_many_rows() {
    let random = &mut Random(1);
    for (seed, name) in FAMILIES.iter().enumerate() {
        for len in [0, 1, 5, 100, 1_500] {
            let values = family::<f64>(name, len, seed as u64);
            let weights: Vec<u32> = values.iter().map(|_| random.below(4) as u32).collect();
            let rows: Vec<f64> = values
                .iter()
                .zip(&weights)
                .flat_map(|(&x, &weight)| vec![x; weight as usize])
                .collect();
            for q in ASKED {
                let plain = Quantile::new(q).expect("good").method(QuantileMethod::InverseCdf);
                let weighted = WeightedQuantile::new(q).expect("good");
                let got = weighted.of((&values, &weights));
                same!(got, plain.of(&rows), "{q} of {len} {name}");
                let pairs: Vec<usize> = (0..len).rev().collect();
                let mut stream = weighted.accumulator();
                for i in pairs {
                    stream.push((values[i], weights[i]));
                }
                same!(stream.finish(), got, "{q} of {len} {name}, backwards");
            }
        }
    }
}

#[test]
fn what_weights_may_be() {
    let half = WeightedQuantile::new(0.5).expect("good");
    assert_eq!(half.of((&[1.0, 2.0], &[0.0, 0.0])), None);
    assert_eq!(half.of((&[f64::NAN, 2.0], &[0.0, 0.5])), Some(2.0));
    assert_eq!(half.of((&[1.0, 2.0, 3.0], &[0.2, 0.2, 0.7])), Some(3.0));
    for bad in [f64::NAN, -1.0, f64::INFINITY] {
        assert!(half.of((&[1.0, 2.0], &[1.0, bad])).is_some_and(f64::is_nan), "{bad}");
    }
    assert!(half.of((&[1.0, 2.0], &[f64::MAX; 2])).is_some_and(f64::is_nan));
    let weights = Nullable::new(&[9.0, 1.0, 1.0], &[0b110], 0).expect("enough bits");
    assert_eq!(half.of((&[1.0, 2.0, 3.0], weights)), Some(2.0));
    assert!(WeightedQuantile::new(-1.0).is_err());
}
