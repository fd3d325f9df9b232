//! Streams, merges, nulls, filters and tuples give what one call on the values gives.

use crate::columns::{FAMILIES, family};
use crate::data::Random;
use crate::reference::{Sorted, Value};
use lanefold::{
    Accumulator, Adapt, Aggregate, Backend, Count, Max, Median, Nullable, NumericRow, Quantile,
    QuantileError, QuantileMethod, Quantiles,
};

fn quantile(q: f64) -> Quantile {
    Quantile::new(q).expect("between 0 and 1")
}

const LENGTHS: [usize; 6] = [0, 1, 40, 513, 1_025, 6_000];

#[test]
fn streams_and_merges() {
    let random = &mut Random(3);
    for backend in Backend::available() {
        for (seed, name) in FAMILIES.iter().enumerate() {
            for len in LENGTHS {
                let values = family::<f64>(name, len, seed as u64);
                let want = quantile(0.9).of_on(backend, &values);
                let mut stream = Accumulator::<_, f64>::on(backend, quantile(0.9));
                let mut parts = vec![stream.clone(); 3];
                let mut rest = &values[..];
                while !rest.is_empty() {
                    let (some, others) = rest.split_at(1 + random.below(rest.len()));
                    stream.update(some).expect("one column");
                    for &x in some {
                        parts[random.below(3)].push(x);
                    }
                    rest = others;
                }
                same!(stream.finish(), want, "a stream of {len} {name}");
                for order in [[0, 1, 2], [2, 0, 1], [1, 2, 0]] {
                    let mut merged = Accumulator::<_, f64>::on(backend, quantile(0.9));
                    for i in order {
                        merged.merge(&parts[i]);
                    }
                    same!(merged.finish(), want, "merges of {len} {name}");
                }
            }
        }
    }
}

#[test]
fn nulls_filters_and_tuples() {
    let random = &mut Random(4);
    for backend in Backend::available() {
        for (seed, name) in FAMILIES.iter().enumerate() {
            for len in LENGTHS {
                let values = family::<f64>(name, len, seed as u64);
                for (nulls, offset) in [(0, 0), (2, 3), (5, 1), (64, 7), (1_000, 0)] {
                    let bits: Vec<u8> = (0..len / 8 + 2)
                        .map(|_| (0..8).map(|i| u8::from(random.below(nulls + 1) == 0) << i).sum())
                        .collect();
                    let column = Nullable::new(&values, &bits, offset).expect("enough bits");
                    let there: Vec<f64> =
                        (0..len).filter(|&i| column.is_present(i)).map(|i| values[i]).collect();
                    let several = Quantiles::new([0.99, 0.25]).expect("between 0 and 1");
                    let want = several.of_on(backend, &there);
                    let context = format!("{nulls} nulls to one, {len} {name} on {backend}");
                    same!(
                        several.of_on(backend, column).map(|x| x[0]),
                        want.map(|x| x[0]),
                        "{context}"
                    );
                    same!(
                        several.of_on(backend, column).map(|x| x[1]),
                        want.map(|x| x[1]),
                        "{context}"
                    );
                    same!(
                        (Count, Median, Max).of_on(backend, column).1,
                        Median.of_on(backend, &there),
                        "a tuple, {context}"
                    );
                    let kept: Vec<f64> = there.iter().copied().filter(|x| *x >= 0.0).collect();
                    same!(
                        Median.filter(0.0..).of_on(backend, column),
                        Median.of_on(backend, &kept),
                        "a filter, {context}"
                    );
                }
                let numbers: Vec<f64> = values.iter().copied().filter(|x| !x.is_nan()).collect();
                same!(
                    Median.skip_nan().of_on(backend, &values),
                    Median.of_on(backend, &numbers),
                    "{len} {name} without NaN"
                );
                let mut windows = vec![None; len.div_ceil(700)];
                let every = Median.every(700).expect("some rows");
                every.of_on(backend, &values, &mut windows).expect("as many windows");
                for (got, window) in windows.iter().zip(values.chunks(700)) {
                    same!(*got, Median.of_on(backend, window), "windows of {len} {name}");
                }
            }
        }
    }
}

/// Columns whose rows are there by so many: those that are sorted, the next, and those of bytes,
/// which have a way of their own.
#[test]
fn so_many_rows_among_nulls() {
    fn types<T: Value + NumericRow<Value = T>>(families: &[&str]) {
        let random = &mut Random(5);
        for (&name, present) in families.iter().flat_map(|name| {
            [0, 1, 7, 8, 9, 15, 16, 17, 100, 512, 513, 3_000].map(|present| (name, present))
        }) {
            let there = family::<T>(name, present, present as u64);
            let sorted = Sorted::of(&there);
            for (nulls, offset) in [(0, 0), (1, 3), (5, 7)] {
                let mut rows: Vec<Option<T>> = there.iter().copied().map(Some).collect();
                let at = random.below(present + 1);
                rows.splice(at..at, vec![None; nulls]);
                let values: Vec<T> =
                    rows.iter().map(|row| row.unwrap_or(T::of_float(1.0))).collect();
                let mut bits = vec![0_u8; (rows.len() + offset) / 8 + 1];
                for (row, _) in rows.iter().enumerate().filter(|(_, row)| row.is_some()) {
                    bits[(row + offset) / 8] |= 1 << ((row + offset) % 8);
                }
                let column = Nullable::new(&values, &bits, offset).expect("enough bits");
                let asked = [0.0, 0.3, 0.5, 0.99, 1.0];
                let several = Quantiles::new(asked).expect("between 0 and 1");
                for backend in Backend::available() {
                    let all = several.of_on(backend, column);
                    for (i, q) in asked.into_iter().enumerate() {
                        let want = sorted.quantile(q, QuantileMethod::Linear);
                        let got = quantile(q).of_on(backend, column);
                        let context = format!("{q} of {present} {name}, {nulls} nulls, {backend}");
                        assert!(want.is_met_by(got), "{got:?} should be {want:?}: {context}");
                        same!(all.map(|all| all[i]), got, "of several, {context}");
                    }
                }
            }
        }
    }
    types::<f64>(&["ordinary", "zeros of both signs", "a NaN at the end"]);
    types::<i64>(&["ordinary"]);
    types::<u8>(&["ordinary", "few values"]);
    types::<i8>(&["ordinary"]);
}

#[test]
fn a_bad_quantile_is_an_error_that_names_it() {
    for q in [-0.1, 1.5, f64::INFINITY, -f64::MIN_POSITIVE] {
        assert_eq!(Quantile::new(q), Err(QuantileError { q }));
        assert_eq!(Quantiles::new([0.5, q, 2.0]), Err(QuantileError { q }));
        assert_eq!(lanefold::quantile(&[1.0], q), Err(QuantileError { q }));
    }
    assert!(Quantile::new(f64::NAN).is_err_and(|error| error.q.is_nan()));
    assert_eq!(QuantileError { q: 1.5 }.to_string(), "quantile 1.5 is not between 0 and 1");
    assert_eq!(Quantile::new(-0.0).expect("0").of(&[2, 1]), Some(1.0));
}

#[test]
fn none_and_many_quantiles() {
    assert_eq!(Quantiles::new([]).expect("none").of(&[1.0]), Some([]));
    assert_eq!(Quantiles::new([0.5; 7]).expect("seven").of(&[1.0, 2.0]), Some([1.5; 7]));
    assert_eq!(Quantiles::new([0.5; 2]).expect("two").of(&[0.0_f32; 0]), None);
}
