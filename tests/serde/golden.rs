//! Some forms, to the letter: a change of the form, or of the order of bytes, is noticed.

use crate::columns::{Storable, partial};
use lanefold::{
    ArgMinMax, Backend, Count, ExactMean, ExactSum, GeometricMean, LogSumExp, Max, Mean, MinMax,
    Row, Sum, TotalOrder, Variance,
};

/// The JSON, the bytes, and that both are read.
#[track_caller]
pub(crate) fn is_stored_as<R: Row, A: Storable<R>>(a: A, rows: &[R], json: &str, bytes: &[u8]) {
    let partial = partial(Backend::best(), &a, rows);
    assert_eq!(serde_json::to_string(&partial).expect("JSON takes any partial"), json);
    assert_eq!(postcard::to_stdvec(&partial).expect("so does a binary format"), bytes);
    let want = format!("{:?}", a.finish(&partial));
    let read: A::Partial = serde_json::from_str(json).expect("a form");
    assert_eq!(format!("{:?}", a.finish(&read)), want);
    let read: A::Partial = postcard::from_bytes(bytes).expect("a form");
    assert_eq!(format!("{:?}", a.finish(&read)), want);
}

#[test]
fn counts_and_sums() {
    is_stored_as(Count, &[1.0, f64::NAN], r#"{"v":1,"rows":2}"#, &[1, 2]);
    is_stored_as(
        Sum,
        &[] as &[f64],
        r#"{"v":1,"hi":9223372036854775808,"lo":9223372036854775808}"#,
        &[
            1, 128, 128, 128, 128, 128, 128, 128, 128, 128, 1, 128, 128, 128, 128, 128, 128, 128,
            128, 128, 1,
        ],
    );
    is_stored_as(
        Sum,
        &[1.5, f64::NEG_INFINITY],
        r#"{"v":1,"hi":18442240474082181120,"lo":0}"#,
        &[1, 128, 128, 128, 128, 128, 128, 128, 248, 255, 1, 0],
    );
    is_stored_as(
        Sum,
        &[-1_i64, -2],
        r#"{"v":1,"sum":[18446744073709551613,18446744073709551615]}"#,
        &[
            1, 253, 255, 255, 255, 255, 255, 255, 255, 255, 1, 255, 255, 255, 255, 255, 255, 255,
            255, 255, 1,
        ],
    );
    is_stored_as(
        Mean,
        &[1.5_f32, 2.5],
        r#"{"v":1,"count":2,"total":{"v":1,"hi":4616189618054758400,"lo":0}}"#,
        &[1, 2, 1, 128, 128, 128, 128, 128, 128, 128, 136, 64, 0],
    );
    is_stored_as(
        (Count, Max),
        &[3_i8, -7],
        r#"[{"v":1,"rows":2},{"v":1,"value":3}]"#,
        &[1, 2, 1, 1, 3],
    );
}

#[test]
fn spreads() {
    is_stored_as(
        Variance::sample(),
        &[1.0, 4.0],
        r#"{"v":1,"count":2,"mean":4612811918334230528,"low":0,"m2":4616752568008179712}"#,
        &[
            1, 2, 128, 128, 128, 128, 128, 128, 128, 130, 64, 0, 128, 128, 128, 128, 128, 128, 128,
            137, 64,
        ],
    );
    is_stored_as(
        Variance::sample(),
        &[300_i32, -1],
        r#"{"v":1,"count":2,"sum":{"v":1,"sum":[299,0]},"squares":[90001,0,0]}"#,
        &[1, 2, 1, 171, 2, 0, 145, 191, 5, 0, 0],
    );
    is_stored_as(
        GeometricMean,
        &[4, 6],
        r#"{"v":1,"count":2,"mantissa":4609434218613702656,"exponent":4,"zero":false,"infinite":false,"invalid":false}"#,
        &[1, 2, 128, 128, 128, 128, 128, 128, 128, 252, 63, 8, 0, 0, 0],
    );
    is_stored_as(
        LogSumExp,
        &[2.0, f64::NAN],
        r#"{"v":1,"count":2,"greatest":4611686018427387904,"total":{"v":1,"hi":9221120237041090560,"lo":0}}"#,
        &[
            1, 2, 128, 128, 128, 128, 128, 128, 128, 128, 64, 1, 128, 128, 128, 128, 128, 128, 128,
            252, 127, 0,
        ],
    );
}

#[test]
fn extrema() {
    is_stored_as(
        MinMax,
        &[2.0_f32, -0.0],
        r#"{"v":1,"min":2147483648,"max":1073741824}"#,
        &[1, 1, 128, 128, 128, 128, 8, 1, 128, 128, 128, 128, 4],
    );
    is_stored_as(
        TotalOrder(Max),
        &[f64::from_bits(0x7ff8_0000_0000_0123)],
        r#"{"v":1,"value":9221120237041090851}"#,
        &[1, 1, 163, 130, 128, 128, 128, 128, 128, 252, 127],
    );
    is_stored_as(
        ArgMinMax,
        &[300_u16, 7, 9],
        r#"{"v":1,"rows":3,"min_row":1,"min":7,"max_row":0,"max":300}"#,
        &[1, 3, 1, 1, 1, 7, 1, 0, 1, 172, 2],
    );
    is_stored_as(
        ArgMinMax,
        &[] as &[u16],
        r#"{"v":1,"rows":0,"min_row":null,"min":null,"max_row":null,"max":null}"#,
        &[1, 0, 0, 0, 0, 0],
    );
}

#[test]
fn exact_sums() {
    is_stored_as(
        ExactSum,
        &[1.0, f64::EPSILON / f64::from(1 << 18)],
        r#"{"v":1,"flags":3,"first":32,"words":[17592186044416,1125899906842624]}"#,
        &[1, 3, 32, 2, 128, 128, 128, 128, 128, 128, 4, 128, 128, 128, 128, 128, 128, 128, 2],
    );
    is_stored_as(ExactSum, &[-0.0_f32], r#"{"v":1,"flags":1,"first":0,"words":[]}"#, &[1, 1, 0, 0]);
    is_stored_as(
        ExactMean,
        &[-3.0_f32],
        r#"{"v":1,"count":1,"total":{"v":1,"flags":3,"first":33,"words":[18443366373989023744]}}"#,
        &[1, 1, 1, 3, 33, 1, 128, 128, 128, 128, 128, 128, 128, 250, 255, 1],
    );
    is_stored_as(
        ExactSum,
        &[1.0, f64::INFINITY],
        r#"{"v":1,"flags":7,"first":0,"words":[]}"#,
        &[1, 7, 0, 0],
    );
}
