//! What partials that hold lists cannot be.

use crate::columns::{Storable, partial};
use crate::lists::{distinct, heavy, histogram, sketch, weighted};
use crate::refused::{TOO_MANY, f, has_a_strict_form, refuses};
use lanefold::{Aggregate, Backend, Histogram, Iqr, Median, TopK};
use serde_json::{Value, json};

const OTHER_NAN: u64 = 0x7ff8_0000_0000_0001;

#[test]
fn weights() {
    refuses(
        weighted(0.5),
        &[(2.0, 1.0)],
        &[
            ("/weights", json!([]), "weights", "[]"),
            ("/weights", json!([f(1.0), f(1.0)]), "weights", "[1.0, 1.0]"),
            ("/weights", json!([f(-0.0)]), "weights", "[-0.0]"),
            ("/weights", json!([OTHER_NAN]), "weights", "one NaN"),
            ("/values", json!([OTHER_NAN]), "values", "one NaN"),
        ],
    );
}

#[test]
fn sets() {
    let increasing: Vec<u64> = (0..17).collect();
    refuses(
        distinct(4),
        &[7_u8, 7, 1],
        &[
            ("/precision", json!(3), "precision", "3"),
            ("/precision", json!(19), "precision", "19"),
            ("/hashes", json!(increasing), "hashes", "15, 16]"),
            ("/hashes", json!([2, 1]), "hashes", "[2, 1]"),
            ("/hashes", json!([1, 1]), "hashes", "[1, 1]"),
            ("/registers", json!(vec![1; 16]), "registers", "[1, 1"),
        ],
    );
    let rows: Vec<u8> = (0..40).collect();
    refuses(
        distinct(4),
        &rows,
        &[
            ("/hashes", json!([5]), "registers", "["),
            ("/precision", json!(5), "registers", "["),
            ("/registers", json!(vec![1; 15]), "registers", "[1, 1"),
            ("/registers", json!(vec![1; 32]), "registers", "[1, 1"),
            ("/registers", json!(vec![62; 16]), "registers", "[62, 62"),
            ("/registers", json!(vec![255; 16]), "registers", "[255, "),
            ("/registers", json!(vec![0; 16]), "registers", "[0, 0"),
        ],
    );
}

#[test]
fn counters() {
    refuses(
        heavy(2),
        &[200, 200, 404, 200, 500_u16],
        &[
            ("/capacity", json!(0), "capacity", "0"),
            ("/capacity", json!(1), "keys", "[200, 500]"),
            ("/capacity", json!(3), "others", "1"),
            ("/rows", json!(TOO_MANY), "rows", "9223372036854775808"),
            ("/rows", json!(4), "counts", "[3, 2]"),
            ("/others", json!(3), "counts", "[3, 2]"),
            ("/others", json!(0), "errors", "[0, 1]"),
            ("/keys", json!([200, 70_000]), "keys", "[200, 70000]"),
            ("/keys", json!([200, 200]), "keys", "[200, 200]"),
            ("/keys", json!([200]), "counts", "[3, 2]"),
            ("/counts", json!([3]), "counts", "[3]"),
            ("/counts", json!([3, TOO_MANY]), "counts", "9223372036854775808"),
            ("/counts", json!([TOO_MANY - 1, TOO_MANY - 1]), "counts", "9223372036854775807"),
            ("/errors", json!([0]), "errors", "[0]"),
            ("/errors", json!([0, 2]), "errors", "[0, 2]"),
            ("/errors", json!([2, 1]), "errors", "[2, 1]"),
        ],
    );
    let wrong = [("/rows", json!(4), "rows", "4"), ("/keys", json!([1, 255]), "keys", "255")];
    refuses(heavy(2), &[1_i8, 1, -1], &wrong);
    let wrong = |bits: u64| [("/keys", json!([bits]), "keys", "[")];
    refuses(heavy(2), &[1.0], &wrong(OTHER_NAN));
    refuses(heavy(2), &[1.0], &wrong((-0.0_f64).to_bits()));
    refuses(heavy(2), &[1.0_f32], &wrong(0.1_f64.to_bits()));
}

const ROWS: [f64; 5] = [1.0, 1.5, -2.0, 0.0, f64::NAN];

#[test]
fn tallies() {
    let sum = |flags: u8, words: &[u64]| {
        let first = if words.is_empty() { 0 } else { 33 };
        json!({"v": 1, "flags": flags, "first": first, "words": words})
    };
    refuses(
        sketch(0.1, 16),
        &ROWS,
        &[
            ("/tally/nan", json!(TOO_MANY - 1), "finite", "4"),
            ("/tally/positive_infinities", json!(TOO_MANY - 5), "finite", "4"),
            ("/tally/zeros", json!(5), "zeros", "5"),
            ("/tally/least", Value::Null, "least", "None"),
            ("/tally/greatest", Value::Null, "greatest", "None"),
            ("/tally/least", f(f64::NEG_INFINITY), "least", "inf"),
            ("/tally/least", f(-0.0), "least", "-0.0"),
            ("/tally/greatest", f(f64::NAN), "greatest", "NaN"),
            ("/tally/greatest", f(-0.0), "greatest", "-0.0"),
            ("/tally/greatest", f(-3.0), "greatest", "-3.0"),
            ("/tally/sum", sum(0, &[]), "sum", "Total"),
            ("/tally/sum", sum(1, &[]), "sum", "Total"),
            ("/tally/sum", sum(7, &[]), "sum", "Total"),
            ("/tally/sum", sum(19, &[]), "sum", "Total"),
            ("/tally/sum", sum(3, &[7 << 50]), "sum", "Total"),
            ("/tally/sum", sum(3, &[(9_u64 << 50).wrapping_neg()]), "sum", "Total"),
        ],
    );
    refuses(sketch(0.1, 16), &[2.0], &[("/tally/greatest", f(2.05), "greatest", "2.05")]);
    refuses(sketch(0.1, 16), &[] as &[f64], &[("/tally/sum", sum(3, &[1 << 50]), "sum", "Total")]);
    refuses(sketch(0.1, 16), &[] as &[f64], &[("/tally/least", f(1.0), "least", "1.0")]);
}

#[test]
fn buckets() {
    let of = |first: i32, counts: &[u64]| json!({"v": 1, "first": first, "counts": counts});
    refuses(
        sketch(0.1, 16),
        &ROWS,
        &[
            ("/negative/counts", json!([0, 1]), "counts", "[0, 1]"),
            ("/negative/counts", json!([1, 0]), "counts", "[1, 0]"),
            ("/negative/counts", json!([TOO_MANY - 1, 1]), "counts", "[9223372036854775807, 1]"),
            ("/negative/counts", json!([]), "first", "8192"),
            ("/negative/first", json!(i32::MAX), "first", "2147483647"),
            ("/alpha", f(0.2), "alpha", "0.2"),
            ("/alpha", f(f64::NAN), "alpha", "NaN"),
            ("/buckets", json!(15), "buckets", "15"),
            ("/buckets", json!(2_097_153), "buckets", "2097153"),
            ("/mixed", json!(true), "mixed", "true"),
            ("/negative/first", json!(8172), "negative", "8172"),
            ("/positive/first", json!(8100), "positive", "8100"),
            ("/positive/first", json!(i32::MIN), "positive", "-2147483648"),
            ("/negative_collapsed", json!(1), "tally", "Tally"),
            ("/tally/zeros", json!(2), "tally", "Tally"),
            ("/tally/finite", json!(3), "tally", "Tally"),
            ("/negative/first", json!(8191), "tally", "Tally"),
            ("/positive/first", json!(8183), "tally", "Tally"),
            ("/tally/greatest", f(1.7), "tally", "Tally"),
        ],
    );
    let all = [
        ("/negative_collapsed", json!(1), "negative_collapsed", "1"),
        ("/positive_collapsed", json!(1), "positive_collapsed", "1"),
        ("/positive/first", json!(70_000), "positive", "70000"),
    ];
    refuses(sketch(0.1, 1 << 21), &ROWS, &all);
    // The first bucket is that of the least value; or it has collapsed.
    let first = [("/positive", of(8185, &[1, 0, 0, 1]), "tally", "Tally")];
    refuses(sketch(0.1, 16), &[1.0, 1.5], &first);
    refuses(sketch(0.1, 16), &[1e-9, 1.0], &[("/tally/least", f(0.4), "tally", "Tally")]);
    refuses(sketch(0.1, 16), &[-1e-9, -1.0], &[("/tally/greatest", f(-0.4), "tally", "Tally")]);
    refuses(sketch(0.1, 16), &[0.0, 1.0], &[("/tally/least", f(0.5), "tally", "Tally")]);
}

#[test]
fn histograms() {
    let of = |first: i32, counts: &[u64]| json!({"v": 1, "first": first, "counts": counts});
    refuses(
        histogram(5, 3, 0.25),
        &[1.0, 3.0, -0.25, f64::INFINITY],
        &[
            ("/max_buckets", json!(2), "max_buckets", "2"),
            ("/max_buckets", json!(1_048_577), "max_buckets", "1048577"),
            ("/max_buckets", json!(4), "positive", "Buckets"),
            ("/max_scale", json!(21), "max_scale", "21"),
            ("/max_scale", json!(-11), "max_scale", "-11"),
            ("/max_scale", json!(0), "scale", "1"),
            ("/scale", json!(-11), "scale", "-11"),
            ("/scale", json!(0), "tally", "Tally"),
            ("/zero_threshold", f(-0.0), "zero_threshold", "-0.0"),
            ("/zero_threshold", f(f64::INFINITY), "zero_threshold", "inf"),
            ("/zero_threshold", f(f64::NAN), "zero_threshold", "NaN"),
            ("/zero_threshold", f(0.0), "tally", "Tally"),
            ("/mixed", json!(true), "mixed", "true"),
            ("/negative", of(-3, &[1; 6]), "negative", "Buckets"),
            ("/negative", of(-5_000, &[1]), "negative", "-5000"),
            ("/positive/first", json!(5_000), "positive", "5000"),
            ("/positive/counts", json!([1, 0, 0, 0, 2]), "tally", "Tally"),
            ("/positive/first", json!(0), "tally", "Tally"),
        ],
    );
    refuses(histogram(5, 3, 0.0), &[1.0], &[("/scale", json!(2), "scale", "2")]);
    refuses(histogram(5, 3, 0.0), &[1.0, 1.0], &[("/tally/least", f(0.5), "tally", "Tally")]);
}

/// Of sketches of unequal settings no buckets are left, but zeros are.
#[test]
fn mixed() {
    fn refuses<A: Storable<f64>>(one: A, other: A, changes: &[(&str, &str)]) {
        let mut mixed = partial(Backend::best(), &one, &[1.0, 2.0]);
        one.merge(&mut mixed, &partial(Backend::best(), &other, &[3.0]));
        let form = serde_json::to_value(&mixed).expect("a form");
        assert_eq!(form["mixed"], true);
        for (path, field) in changes {
            let mut form = form.clone();
            *form.pointer_mut(path).expect("a path in the form") = 1.into();
            let error = serde_json::from_value::<A::Partial>(form).expect_err(path).to_string();
            assert!(error.starts_with(&format!("impossible {field}: ")), "{error}");
        }
    }
    let zeros = ("/tally/zeros", "tally");
    let collapsed = ("/positive_collapsed", "mixed");
    refuses(sketch(0.1, 16), sketch(0.05, 16), &[zeros, collapsed]);
    refuses(histogram(5, 3, 0.0), histogram(5, 3, 0.5), &[zeros, ("/scale", "scale")]);
    let buckets = [("/mixed", json!(true), "mixed", "true")];
    crate::refused::refuses(histogram(5, 3, 0.0), &[1.0], &buckets);
}

#[test]
fn bins() {
    let bins = || Histogram::linear(0.0, 2.0, 2).expect("in order");
    refuses(
        bins(),
        &[0.5, 1.0, 9.0],
        &[
            ("/slots", json!([1, 1, 1]), "slots", "[1, 1, 1]"),
            ("/slots", json!(vec![1; (1 << 18) + 4]), "slots", "[1, 1, 1"),
            ("/slots", json!([0, 0, 0, 0, 0]), "slots", "[0, 0, 0"),
            ("/slots", json!([TOO_MANY, 0, 0, 0, 0]), "slots", "[9223372036854775808"),
            ("/slots", json!([TOO_MANY - 1, 0, 0, 0, 1]), "slots", "[9223372036854775807"),
            ("/unplaced", json!(TOO_MANY), "unplaced", "9223372036854775808"),
        ],
    );
    let nothing = json!({"v": 1, "hi": f(-0.0), "lo": f(-0.0)});
    refuses(
        bins(),
        &[(0.5, 1.0)],
        &[
            ("/slots", json!([nothing, nothing, nothing, nothing, nothing]), "slots", "FloatTotal"),
            ("/slots/0/lo", f(f64::INFINITY), "lo", "inf"),
            ("/unplaced/hi", f(1.0), "hi", "1.0"),
        ],
    );
}

#[test]
fn ends() {
    refuses(
        TopK::largest(2),
        &[3.0, 1.0, 7.0, 7.0],
        &[
            ("/rows", json!(3), "best_rows", "[2, 3]"),
            ("/rows", json!(TOO_MANY), "rows", "9223372036854775808"),
            ("/best_rows", json!([3, 2]), "best_rows", "[3, 2]"),
            ("/best_rows", json!([2, 2]), "best_rows", "[2, 2]"),
            ("/best_rows", json!([2, 4]), "best_rows", "[2, 4]"),
            ("/best_rows", json!([2]), "best", "[7.0, 7.0]"),
            ("/best", json!([f(7.0), f(f64::NAN)]), "best", "NaN"),
            ("/bar", f(1.0), "bar", "1.0"),
            ("/bar", f(f64::NAN), "bar", "NaN"),
        ],
    );
    refuses(TopK::largest(2), &[0.0], &[("/bar", f(-0.0), "bar", "-0.0")]);
}

#[test]
fn forms_are_strict() {
    has_a_strict_form(Median, &[1.5]);
    has_a_strict_form(weighted(0.5), &[(1.5, 2)]);
    has_a_strict_form(distinct(4), &[1.5]);
    has_a_strict_form(distinct(4), &(0..30).collect::<Vec<i8>>());
    has_a_strict_form(heavy(2), &[1.5]);
    has_a_strict_form(sketch(0.1, 16), &[1.5]);
    has_a_strict_form(histogram(5, 3, 0.0), &[1.5]);
    has_a_strict_form(Histogram::linear(0.0, 2.0, 2).expect("in order"), &[1.5]);
    has_a_strict_form(TopK::largest(2), &[1.5]);
}

type Of<A, T> = <A as Aggregate<T>>::Partial;

/// A form that tells of more than it has, and one that has too much.
#[test]
fn lengths_are_not_trusted() {
    let most = [255, 255, 255, 255, 255, 255, 255, 255, 255, 1];
    let with = |start: &[u8]| [start, &most, &[1, 2, 3]].concat();
    assert!(postcard::from_bytes::<Of<Median, f64>>(&with(&[1])).is_err());
    assert!(postcard::from_bytes::<Of<Iqr, u8>>(&with(&[1])).is_err());
    assert!(postcard::from_bytes::<Of<lanefold::DistinctSketch, u8>>(&with(&[1, 4])).is_err());
    let counters = with(&[1, 255, 255, 255, 255, 15, 1, 0]);
    assert!(postcard::from_bytes::<Of<lanefold::HeavyHitters, u8>>(&counters).is_err());
    let form = json!({"v": 1, "precision": 18, "hashes": [], "registers": vec![1; 1 << 19]});
    let error = serde_json::from_value::<Of<lanefold::DistinctSketch, u8>>(form);
    let error = error.expect_err("as many as of precision 19").to_string();
    assert!(error.len() < 500 && error.contains("... (not two"), "{error}");
}
