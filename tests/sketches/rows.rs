//! Other rows: narrower types, integers, nulls, filters, tuples.

use crate::data::{Random, column, sprinkled};
use lanefold::{
    Above, Absolute, Accumulator, Adapt, Aggregate, Backend, Count, ExactSum, ExponentialHistogram,
    Max, Min, Nullable, QuantileSketch,
};

fn both() -> (QuantileSketch, ExponentialHistogram) {
    (QuantileSketch::new(0.01).expect("in range"), ExponentialHistogram::new())
}

macro_rules! as_f64 {
    ($($name:ident $T:ident)*) => {$(
        /// Rows of another type are their values as `f64`.
        #[test]
        fn $name() {
            let random = &mut Random(20);
            for len in [0, 1, 40, 1_000, 1_024, 1_025, 2_500, 9_000] {
                let values: Vec<$T> =
                    (0..len).map(|_| (random.word() >> random.below(60)) as $T).collect();
                let wide: Vec<f64> = values.iter().map(|&x| x as f64).collect();
                let want = both().of(&wide);
                for backend in Backend::available() {
                    assert_eq!(both().of_on(backend, &values), want, "{len} on {backend}");
                }
            }
        }
    )*};
}

#[allow(clippy::cast_lossless, reason = "some are rounded")]
mod types {
    use super::*;
    as_f64! { of_i64 i64 of_u8 u8 of_i32 i32 }
}

#[test]
fn of_f32() {
    let narrow: Vec<f32> = sprinkled("normal", 5_000, 21).into_iter().map(|x| x as f32).collect();
    let wide: Vec<f64> = narrow.iter().map(|&x| x.into()).collect();
    for backend in Backend::available() {
        for len in [0, 3, 100, 1_024, 2_048, 2_049, 5_000] {
            let got = both().of_on(backend, &narrow[..len]);
            assert_eq!(got, both().of(&wide[..len]), "{len} on {backend}");
        }
    }
}

#[test]
fn nulls_are_not_there() {
    let random = &mut Random(22);
    for len in [0, 1, 9, 64, 1_000, 1_025, 3_000] {
        for offset in [0, 3] {
            let values = sprinkled("signed lognormal", len, 23);
            let bits: Vec<u8> = (0..=(len + offset) / 8).map(|_| random.word() as u8).collect();
            let present: Vec<f64> = values
                .iter()
                .enumerate()
                .filter(|(i, _)| bits[(i + offset) / 8] >> ((i + offset) % 8) & 1 == 1)
                .map(|(_, &x)| x)
                .collect();
            let nullable = Nullable::new(&values, &bits, offset).expect("enough bits");
            let short: Vec<f32> = values.iter().map(|&x| x as f32).collect();
            let short = Nullable::new(&short, &bits, offset).expect("enough bits");
            let narrow: Vec<f32> = present.iter().map(|&x| x as f32).collect();
            for backend in Backend::available() {
                assert_eq!(both().of_on(backend, nullable), both().of(&present), "{backend}");
                assert_eq!(both().of_on(backend, short), both().of(&narrow), "{backend}");
            }
        }
    }
}

#[test]
fn filters_and_tuples() {
    let values = column("lognormal", 3_000, 24);
    let kept: Vec<f64> = values.iter().copied().filter(|x| (0.5..3.0).contains(x)).collect();
    let (sketch, histogram) = both();
    for backend in Backend::available() {
        let filtered = sketch.filter(0.5..3.0).of_on(backend, &values);
        assert_eq!(filtered, sketch.of(&kept), "{backend}");
        let (count, got, min, max, sum, other) =
            (Count, sketch, Min, Max, ExactSum, histogram).of_on(backend, &values);
        assert_eq!((got.count(), other.count()), (count, count), "{backend}");
        assert_eq!((got.min(), other.min()), (min, min), "{backend}");
        assert_eq!((got.max(), other.max()), (max, max), "{backend}");
        assert_eq!((got.sum(), other.sum()), (sum, sum), "{backend}");
        assert_eq!((got, other), both().of(&values), "{backend}");
    }
}

/// A partial that nobody needs any more becomes the result, and a copy of it is the same; so it is
/// within tuples, filters and maps.
#[test]
fn a_partial_becomes_the_result() {
    let values = sprinkled("signed lognormal", 3_000, 26);
    let aggregate = (both().filter(Above(0.5)), Count, both().map(Absolute).finite());
    for len in [0, 1, 40, 1_024, 3_000] {
        let mut stream = Accumulator::new(aggregate);
        stream.update(&values[..len]).expect("one column");
        let copied = Aggregate::<f64>::finish(&aggregate, &stream.partial());
        assert_eq!(format!("{:?}", stream.finish()), format!("{copied:?}"), "{len}");
        assert_eq!(format!("{:?}", aggregate.of(&values[..len])), format!("{copied:?}"), "{len}");
    }
}
