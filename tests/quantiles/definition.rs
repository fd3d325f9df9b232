//! Quantiles of all types, types of rows, columns and backends.

use crate::columns::{FAMILIES, family};
use crate::reference::{METHODS, Sorted, Value};
use lanefold::{Aggregate, Backend, Median, Quantile, QuantileMethod, Quantiles};

suite!(types [i8 u16 f32 f64 i64] laws [few_rows many_rows]);

pub(crate) const ASKED: [f64; 9] = [0.0, 1e-9, 0.01, 0.1, 0.25, 0.5, 0.75, 0.99, 1.0];

fn check<T: Value>(backend: Backend, values: &[T], methods: &[QuantileMethod], what: &str) {
    let sorted = Sorted::of(values);
    let before: Vec<u64> = values.iter().map(|x| x.float().to_bits()).collect();
    let shown = &values[..values.len().min(70)];
    for &method in methods {
        let several = Quantiles::new(ASKED).expect("between 0 and 1").method(method);
        let all = several.of_on(backend, values);
        for (i, q) in ASKED.into_iter().enumerate() {
            let want = sorted.quantile(q, method);
            let quantile = Quantile::new(q).expect("between 0 and 1").method(method);
            let got = quantile.of_on(backend, values);
            assert!(
                want.is_met_by(got),
                "{got:?} should be {want:?}: {method:?} {q} of {} {what} on {backend}: {shown:?}",
                values.len()
            );
            if values.len() <= 40 {
                // The fewest have no backend.
                same!(quantile.of(values), got, "{method:?} {q} of {shown:?} on {backend}");
            }
            let of_all = all.map(|all| all[i]);
            same!(
                of_all,
                got,
                "of several, {method:?} {q} of {} {what} on {backend}",
                values.len()
            );
        }
    }
    let median = Median.of_on(backend, values);
    assert!(sorted.quantile(0.5, QuantileMethod::Linear).is_met_by(median), "median of {shown:?}");
    let after: Vec<u64> = values.iter().map(|x| x.float().to_bits()).collect();
    assert_eq!(before, after, "the column is as it was");
}

/// The other types, on the backend of all: their kernels differ from the ones above in the
/// vectors alone, each of which has tests of its own.
#[test]
fn other_types() {
    fn types<T: Value>() {
        for (seed, name) in FAMILIES.iter().enumerate() {
            for len in [0, 1, 2, 17, 300, 1_500] {
                let values = family::<T>(name, len, seed as u64);
                let thin = cfg!(debug_assertions) && len >= 300;
                let methods = if thin { &METHODS[6..7] } else { &METHODS[..] };
                check(Backend::best(), &values, methods, name);
            }
        }
    }
    types::<u8>();
    types::<i16>();
    types::<i32>();
    types::<u32>();
    types::<u64>();
}

/// Beyond 2¹⁹ rows, bytes are no longer found bit by bit.
#[test]
fn the_longest_columns_of_bytes() {
    fn types<T: Value>() {
        let few = if cfg!(debug_assertions) { 1 } else { 3 };
        for name in &["mostly one value", "ordinary", "few values"][..few] {
            for len in [1 << 19, (1 << 19) + 1] {
                let values = family::<T>(name, len, 7);
                check(Backend::best(), &values, &METHODS[6..7], name);
            }
        }
    }
    types::<u8>();
    types::<i8>();
}

fn few_rows<T: Value>(backend: Backend) {
    for (seed, name) in FAMILIES.iter().enumerate() {
        for len in (0..70).step_by(if cfg!(debug_assertions) { 7 } else { 1 }) {
            let values = family::<T>(name, len, seed as u64);
            check(backend, &values, &METHODS, name);
        }
    }
}

fn many_rows<T: Value>(backend: Backend) {
    let lengths: &[usize] = if cfg!(debug_assertions) {
        &[127, 512, 513, 5_003]
    } else {
        &[127, 200, 511, 512, 513, 577, 1_000, 2_049, 5_003, 20_000, 70_001, 300_000]
    };
    for (seed, name) in FAMILIES.iter().enumerate() {
        for &len in lengths {
            let values = family::<T>(name, len, 1000 + seed as u64);
            let few = if cfg!(debug_assertions) { 200 } else { 1_000 };
            let methods = if len < few { &METHODS[..] } else { &METHODS[6..7] };
            check(backend, &values, methods, name);
        }
    }
}
