//! Each thing that a partial cannot be, and the field that the error names.

use crate::columns::{Storable, partial};
use lanefold::{
    Adapt, Aggregate, All, Any, ArgMax, ArgMinMax, Backend, BitXor, CheckedProduct, CheckedSum,
    CosineSimilarity, Count, CountIf, CountNan, Covariance, Dot, ExactDot, ExactMean, ExactSum,
    ExactVariance, First, GeometricMean, HarmonicMean, LastTie, LogSumExp, Max, Mean,
    MeanAbsoluteError, Min, MinMax, Moments, Norm, Product, PropagateNan, RootMeanSquare, Row, Sum,
    SumOfSquares, TotalOrder, Variance, WeightedMean, WeightedVariance, WrappingSum,
};
use serde_json::{Value, json};

/// A float, as it is stored.
pub(crate) fn f(x: f64) -> Value {
    x.to_bits().into()
}

/// A changed form is refused: at a path in it stands another value, and the error names the
/// last field of the path, or the one given, and says what was found.
#[track_caller]
pub(crate) fn refuses<R: Row, A: Storable<R>>(
    a: A,
    rows: &[R],
    changes: &[(&str, Value, &str, &str)],
) {
    let form = serde_json::to_value(partial(Backend::best(), &a, rows)).expect("a form");
    serde_json::from_value::<A::Partial>(form.clone()).expect("as it was stored");
    for (path, value, field, shown) in changes {
        let mut form = form.clone();
        *form.pointer_mut(path).expect("a path in the form") = value.clone();
        let error = serde_json::from_value::<A::Partial>(form.clone());
        let error = error.expect_err(&format!("{path}: {value} in {form}")).to_string();
        let wanted = format!("impossible {field}: ");
        assert!(error.starts_with(&wanted), "{error} for {path}: {value}, not {wanted}");
        assert!(error.contains(shown), "{error} for {path}: {value}, without {shown}");
    }
}

pub(crate) const TOO_MANY: u64 = 1 << 63;
const OTHER_NAN: u64 = 0x7ff8_0000_0000_0001;

#[test]
fn counts() {
    let rows: &[(&str, Value, &str, &str)] =
        &[("/rows", TOO_MANY.into(), "rows", "922337203685477580")];
    refuses(Count, &[1.0], rows);
    refuses(CountNan, &[1.0], rows);
    refuses(CountIf, &[true], rows);
    refuses(
        Mean.finite(),
        &[1.0],
        &[("/skipped", TOO_MANY.into(), "skipped", "9223372036854775808")],
    );
}

#[test]
fn sums_of_floats() {
    let changes = |total: &str| {
        let at = |field: &str| -> &'static str { format!("{total}/{field}").leak() };
        [
            (at("hi"), json!(OTHER_NAN), "hi", "9221120237041090561"),
            (at("hi"), json!(0xfff8_0000_0000_0000_u64), "hi", "one NaN"),
            (at("lo"), f(-0.0), "hi", "3.0"),
            (at("lo"), f(f64::INFINITY), "lo", "inf"),
            (at("lo"), f(f64::NAN), "lo", "NaN"),
        ]
    };
    refuses(Sum, &[1.0, 2.0], &changes(""));
    refuses(Sum, &[3.0_f32], &changes(""));
    refuses(Mean, &[1.0, 2.0], &changes("/total"));
    refuses(Mean, &[1.0], &[("/count", json!(0), "total", "hi: 1.0")]);
    refuses(Mean, &[] as &[f64], &[("/count", json!(1), "total", "-0.0")]);
    refuses(Sum, &[f64::INFINITY], &[("/lo", f(1.0), "lo", "1.0")]);
    refuses(Sum, &[f64::NAN], &[("/lo", f(-1.0), "lo", "-1.0")]);
    refuses(Product, &[2.0], &[("/product", json!(OTHER_NAN), "product", "one NaN")]);
}

#[test]
fn magnitudes() {
    let negative =
        [("/total/hi", f(-1.0), "total", "-1.0"), ("/total/lo", f(-9.0), "total", "-9.0")];
    refuses(Norm::l1(), &[1.0, -4.0], &negative);
    refuses(SumOfSquares, &[1.0, 2.0], &negative);
    refuses(MeanAbsoluteError, &[(1.0, 2.0)], &negative);
    refuses(MeanAbsoluteError, &[(1.0, 2.0)], &[("/count", json!(0), "total", "hi: 1.0")]);
    refuses(Norm::max(), &[1.0], &[("/greatest", f(-1.0), "greatest", "-1.0")]);
    refuses(Norm::max(), &[1.0], &[("/greatest", f(-0.0), "greatest", "-0.0")]);
    refuses(Norm::l2(), &[2.0], &negative);
    refuses(Norm::l2(), &[2.0], &[("/range", json!(3), "range", "3")]);
    refuses(Norm::l2(), &[] as &[f64], &[("/range", json!(1), "range", "1")]);
    refuses(RootMeanSquare, &[2.0], &[("/count", json!(0), "squares", "4.0")]);
    refuses(RootMeanSquare, &[] as &[f64], &[("/count", json!(4), "squares", "-0.0")]);
}

#[test]
fn integers() {
    let many = json!([0, 1_u64 << 62]);
    refuses(Sum, &[1_u8], &[("/sum", json!([u64::MAX, u64::MAX]), "sum", "-1")]);
    refuses(CheckedSum, &[1_i8], &[("/sum", many.clone(), "sum", "85070591730234615865")]);
    refuses(Mean, &[1_i8, 2], &[("/total/sum", json!([255, 0]), "total", "255")]);
    refuses(Mean, &[1_i8, 2], &[("/count", json!(0), "total", "3")]);
    refuses(
        CheckedProduct,
        &[3_i8],
        &[("/product", json!([0, 1]), "product", "18446744073709551616")],
    );
    let minus_one = json!([u64::MAX, u64::MAX]);
    refuses(CheckedProduct, &[3_u16], &[("/product", minus_one, "product", "-1")]);
    let minus_one = json!([u64::MAX, u64::MAX, u64::MAX]);
    refuses(SumOfSquares, &[3_i8], &[("/total", minus_one.clone(), "total", "high: -1")]);
    refuses(SumOfSquares, &[3_i8], &[("/total", json!([0, 1 << 14, 0]), "total", "Wide")]);
    refuses(Dot, &[(3_u8, 1_u8)], &[("/total", minus_one, "total", "high: -1")]);
    refuses(Dot, &[(3_i64, 1_i64)], &[("/total", json!([0, 0, 1_u64 << 62]), "total", "Wide")]);
    // 0 + 25 and -16129 are within the bounds of their types.
    refuses(Dot, &[(3_i8, 1_i8)], &[("/total", json!([0, 1 << 13, 0]), "total", "Wide")]);
}

#[test]
fn spreads_of_integers() {
    refuses(
        Variance::sample(),
        &[1_i32, 4],
        &[
            ("/count", json!(TOO_MANY), "count", "9223372036854775808"),
            ("/count", json!(0), "sum", "5"),
            ("/count", json!(1), "squares", "17"),
            ("/sum/sum", json!([7, 0]), "squares", "17"),
            ("/squares", json!([11, 0, 0]), "squares", "11"),
            ("/squares", json!([18, 0, 0]), "squares", "18"),
            ("/squares", json!([u64::MAX, u64::MAX, u64::MAX]), "squares", "-1"),
            ("/squares", json!([1, 0, 1_u64 << 62]), "squares", "Wide"),
        ],
    );
    let none = ("/count", json!(0), "squares", "Wide { low: 2, high: 0 }");
    let one = ("/count", json!(1), "squares", "Wide { low: 2, high: 0 }");
    refuses(Variance::sample(), &[-1_i32, 1], &[none, one]);
}

#[test]
fn spreads() {
    let changes = [
        ("/count", json!(TOO_MANY), "count", "9223372036854775808"),
        ("/count", json!(0), "mean", "2.5"),
        ("/count", json!(1), "m2", "4.5"),
        ("/m2", f(-4.5), "m2", "-4.5"),
        ("/m2", f(-0.0), "m2", "-0.0"),
        ("/mean", f(f64::INFINITY), "low", "0.0"),
        ("/low", f(f64::NAN), "low", "NaN"),
    ];
    refuses(Variance::sample(), &[1.0, 4.0], &changes[..5]);
    refuses(Variance::sample(), &[1.0, 4.0], &changes[6..]);
    refuses(Variance::sample(), &[1.0, 4.0], &[("/mean", f(f64::NAN), "m2", "4.5")]);
    refuses(
        Variance::sample(),
        &[] as &[f64],
        &[("/low", f(-0.0), "low", "-0.0"), ("/m2", f(1.0), "m2", "1.0")],
    );
    refuses(
        Moments,
        &[1.0, 4.0],
        &[
            ("/spread/m2", f(-4.5), "m2", "-4.5"),
            ("/m4", f(-1.0), "m4", "-1.0"),
            ("/m3", json!(OTHER_NAN), "m3", "one NaN"),
        ],
    );
    refuses(Moments, &[] as &[f64], &[("/m3", f(1.0), "m3", "1.0"), ("/m4", f(1.0), "m4", "1.0")]);
    refuses(
        Covariance::sample(),
        &[(1.0, 2.0), (2.0, 5.0)],
        &[
            ("/x/m2", f(-1.0), "m2", "-1.0"),
            ("/y_m2", f(-1.0), "y_m2", "-1.0"),
            ("/y_low", f(f64::INFINITY), "y_low", "inf"),
            ("/y_mean", f(f64::NAN), "y_m2", "0.0"),
            ("/products", json!(OTHER_NAN), "products", "one NaN"),
        ],
    );
    refuses(Covariance::sample(), &[(1.0, 2.0)], &[("/y_m2", f(1.0), "y_m2", "1.0")]);
    refuses(
        Covariance::sample(),
        &[] as &[(f64, f64)],
        &[
            ("/y_mean", f(1.0), "y_mean", "1.0"),
            ("/y_low", f(1.0), "y_low", "1.0"),
            ("/y_m2", f(1.0), "y_m2", "1.0"),
            ("/products", f(1.0), "products", "1.0"),
        ],
    );
    refuses(
        WeightedVariance::frequency(0),
        &[(1.0, 2.0)],
        &[("/squares", f(-1.0), "squares", "-1.0"), ("/low", f(f64::NAN), "low", "NaN")],
    );
}

#[test]
fn means_and_angles() {
    refuses(
        GeometricMean,
        &[4.0, 6.0],
        &[
            ("/mantissa", f(2.0), "mantissa", "2.0"),
            ("/mantissa", f(0.5), "mantissa", "0.5"),
            ("/mantissa", f(f64::NAN), "mantissa", "NaN"),
            ("/exponent", json!(2049), "exponent", "2049"),
            ("/exponent", json!(-2149), "exponent", "-2149"),
            ("/count", json!(0), "mantissa", "1.5"),
        ],
    );
    refuses(
        GeometricMean,
        &[] as &[f64],
        &[
            ("/exponent", json!(1), "exponent", "1"),
            ("/zero", json!(true), "zero", "true"),
            ("/infinite", json!(true), "infinite", "true"),
            ("/invalid", json!(true), "invalid", "true"),
        ],
    );
    refuses(
        HarmonicMean,
        &[2.0],
        &[("/count", json!(0), "total", "0.5"), ("/total/hi", f(-0.5), "total", "-0.5")],
    );
    refuses(HarmonicMean, &[] as &[f64], &[("/negative", json!(true), "negative", "true")]);
    refuses(
        LogSumExp,
        &[2.0],
        &[
            ("/greatest", f(f64::NAN), "greatest", "NaN"),
            ("/count", json!(0), "greatest", "2.0"),
            ("/total/hi", f(0.5), "total", "0.5"),
            ("/total/hi", f(-1.0), "total", "-1.0"),
        ],
    );
    refuses(LogSumExp, &[f64::NEG_INFINITY], &[("/count", json!(0), "total", "1.0")]);
    let nothing = json!({"v": 1, "hi": (-0.0_f64).to_bits(), "lo": (-0.0_f64).to_bits()});
    refuses(WeightedMean, &[(1.0, 2.0)], &[("/weights", nothing.clone(), "weights", "-0.0")]);
    let no_squares = json!({"v": 1, "range": 0, "total": nothing});
    refuses(
        CosineSimilarity,
        &[(1.0, 2.0)],
        &[
            ("/x", no_squares.clone(), "x", "Small"),
            ("/y", no_squares, "y", "Small"),
            ("/x/range", json!(9), "range", "9"),
            ("/y/total/hi", f(-4.0), "total", "-4.0"),
        ],
    );
}

#[test]
fn extrema() {
    let nan = f(f64::NAN);
    refuses(Min, &[1.0, 2.0], &[("/value", nan.clone(), "value", "NaN")]);
    refuses(
        Max.filter(0.0..),
        &[1.0_f32],
        &[("/value", f32::NAN.to_bits().into(), "value", "NaN")],
    );
    refuses(PropagateNan(Min), &[1.0], &[("/value", json!(OTHER_NAN), "value", "NaN")]);
    refuses(
        MinMax,
        &[1.0, 2.0],
        &[
            ("/min", f(2.5), "max", "2.0"),
            ("/min", nan.clone(), "min", "NaN"),
            ("/max", nan.clone(), "max", "NaN"),
            ("/min", Value::Null, "max", "2.0"),
            ("/max", Value::Null, "max", "None"),
        ],
    );
    refuses(MinMax, &[0.0, 1.0], &[("/max", f(-0.0), "max", "-0.0")]);
    refuses(PropagateNan(MinMax), &[1.0, 2.0], &[("/max", nan.clone(), "max", "NaN")]);
    refuses(TotalOrder(MinMax), &[1.0, 2.0], &[("/min", nan.clone(), "max", "2.0")]);
    refuses(MinMax, &[1_i8, 2], &[("/min", json!(3), "max", "2")]);
    refuses(
        ArgMax,
        &[1.0, 2.0],
        &[
            ("/row", json!(2), "row", "2"),
            ("/rows", json!(1), "row", "1"),
            ("/rows", json!(TOO_MANY), "rows", "9223372036854775808"),
            ("/row", Value::Null, "value", "2.0"),
            ("/value", Value::Null, "value", "None"),
            ("/value", nan.clone(), "value", "NaN"),
        ],
    );
    refuses(
        LastTie(ArgMinMax),
        &[1.0, 2.0],
        &[
            ("/min_row", json!(2), "min_row", "2"),
            ("/max_row", json!(7), "max_row", "7"),
            ("/max_row", json!(0), "max_row", "0"),
            ("/max", f(1.0), "max_row", "1"),
            ("/max", f(0.5), "max", "0.5"),
            ("/max", nan.clone(), "max", "NaN"),
            ("/min", nan, "min", "NaN"),
            ("/min", Value::Null, "min", "None"),
            ("/max", Value::Null, "max", "None"),
            ("/max_row", Value::Null, "max_row", "None"),
        ],
    );
}

#[test]
fn exact_sums() {
    // 3.0 is three times 2⁵⁰ in the word of place 33.
    let word = 3_u64 << 50;
    refuses(
        ExactSum,
        &[3.0],
        &[
            ("/flags", json!(2), "flags", "2"),
            ("/flags", json!(1), "words", &word.to_string()),
            ("/flags", json!(19), "words", &word.to_string()),
            ("/first", json!(51), "first", "51"),
            ("/first", json!(16), "first", "16"),
            ("/words", json!([]), "first", "33"),
            ("/words", json!([0, word]), "words", "[0, 3377699720527872]"),
            ("/words", json!([word, 0]), "words", ", 0]"),
            ("/words", json!([1_u64 << 63, u64::MAX]), "words", "18446744073709551615"),
        ],
    );
    refuses(
        ExactSum,
        &[3.0_f32],
        &[
            ("/first", json!(30), "words", "3377699720527872"),
            ("/first", json!(36), "words", "3377699720527872"),
            ("/words", json!([1, 1, 1, 1_u64 << 50]), "words", "[1, 1, 1, "),
        ],
    );
    refuses(ExactSum, &[3.0], &[("/first", json!(50), "words", "3377699720527872")]);
    refuses(
        ExactMean,
        &[3.0],
        &[
            ("/count", json!(0), "total", "Total"),
            ("/count", json!(TOO_MANY), "count", "9223372036854775808"),
        ],
    );
    refuses(ExactMean, &[f64::MAX; 64], &[("/count", json!(1), "total", "as many values")]);
    refuses(
        ExactDot,
        &[(3.0, 1.0)],
        &[
            ("/first", json!(67), "first", "67"),
            ("/words", json!([0, word]), "words", "[0, 3377699720527872]"),
        ],
    );
    refuses(
        ExactVariance::sample(),
        &[3.0, 4.0],
        &[
            ("/count", json!(0), "sum", "Total"),
            ("/sum/flags", json!(7), "words", &(7_u64 << 50).to_string()),
            ("/squares/words", json!([1]), "squares", "Total"),
            ("/squares/words", json!([u64::MAX]), "squares", "a sum of squares"),
        ],
    );
    let error = serde_json::from_value::<<ExactSum as Aggregate<f64>>::Partial>(
        json!({"v": 1, "flags": 3, "first": 0, "words": vec![1_u64; 35]}),
    );
    assert!(error.unwrap_err().to_string().contains("at most 34 words"));
}

/// What is wrong with the form itself; of every form, for one macro writes them all.
#[track_caller]
pub(crate) fn has_a_strict_form<R: Row, A: Storable<R>>(a: A, rows: &[R]) {
    let form = serde_json::to_value(partial(Backend::best(), &a, rows)).expect("a form");
    let error = |form: Value| match serde_json::from_value::<A::Partial>(form) {
        Ok(partial) => panic!("{partial:?}"),
        Err(error) => error.to_string(),
    };
    let names: Vec<String> = form.as_object().expect("a struct").keys().cloned().collect();
    let mut newer = form.clone();
    newer["v"] = 2.into();
    assert_eq!(error(newer), "unknown version v: 2 (known is 1)");
    let mut older = form.clone();
    older["v"] = 0.into();
    assert_eq!(error(older), "unknown version v: 0 (known is 1)");
    let mut more = form.clone();
    more["more"] = 1.into();
    assert!(error(more).starts_with("unknown field `more`, expected"));
    for name in &names {
        let mut less = form.clone();
        less.as_object_mut().expect("a struct").remove(name);
        assert_eq!(error(less), format!("missing field `{name}`"));
        let twice = serde_json::to_string(&form).expect("JSON");
        let twice = format!("{{\"{name}\":{},{}", form[name], &twice[1..]);
        let error = serde_json::from_str::<A::Partial>(&twice).expect_err("a field twice");
        assert!(error.to_string().starts_with(&format!("duplicate field `{name}`")), "{error}");
    }
    // The bytes: a version that is not known, and an end in every place.
    let mut bytes = postcard::to_stdvec(&partial(Backend::best(), &a, rows)).expect("bytes");
    for len in 0..bytes.len() {
        assert!(postcard::from_bytes::<A::Partial>(&bytes[..len]).is_err(), "{len} of {bytes:?}");
    }
    bytes[0] = 7;
    assert!(postcard::from_bytes::<A::Partial>(&bytes).is_err());
}

#[test]
fn forms_are_strict() {
    has_a_strict_form(Count, &[1]);
    has_a_strict_form(Sum, &[1.5]);
    has_a_strict_form(Sum, &[1_u16]);
    has_a_strict_form(Mean, &[1.5]);
    has_a_strict_form(WrappingSum, &[1_i64]);
    has_a_strict_form(BitXor, &[1_i64]);
    has_a_strict_form(First, &[1.0_f32]);
    has_a_strict_form(Any, &[true]);
    has_a_strict_form(All, &[true]);
    has_a_strict_form(CheckedProduct, &[1_i64]);
    has_a_strict_form(Variance::sample(), &[1.5]);
    has_a_strict_form(Variance::sample(), &[1_i32]);
    has_a_strict_form(Moments, &[1.5]);
    has_a_strict_form(Norm::l2(), &[1.5]);
    has_a_strict_form(GeometricMean, &[1.5]);
    has_a_strict_form(LogSumExp, &[1.5]);
    has_a_strict_form(CosineSimilarity, &[(1.5, 2.0)]);
    has_a_strict_form(Covariance::sample(), &[(1.5, 2.0)]);
    has_a_strict_form(ArgMinMax, &[] as &[f64]);
    has_a_strict_form(ExactMean, &[1.5]);
    has_a_strict_form(Sum.finite(), &[1.5]);
}
