//! Columns of every type, at every length, with nulls, filters and tuples.

use crate::data::{KINDS, Kind, Random, column, seams};
use crate::reference::{Value, assert_counts};
use lanefold::{
    Accumulator, Adapt, Aggregate, Backend, Count, DistinctSketch, Max, Nullable, PrecisionError,
};
use std::collections::BTreeSet;

suite!(types [i8 i32 u16 u64 f32 f64] laws [
    every_length
    every_alignment
    nulls
]);

fn sketch(precision: u8) -> DistinctSketch {
    DistinctSketch::new(precision).expect("a precision that there is")
}

fn keys<T: Value>(values: &[T]) -> BTreeSet<u64> {
    values.iter().map(|x| x.key()).collect()
}

#[track_caller]
fn counts<T: Value>(backend: Backend, precision: u8, values: &[T]) {
    let got = sketch(precision).of_on(backend, values);
    assert_counts(got, precision, &keys(values), &format!("{backend}, {} rows", values.len()));
}

fn every_length<T: Value>(backend: Backend) {
    for len in 0..=200 {
        counts::<T>(backend, 4 + (len % 15) as u8, &column(Kind::Bits, len, len as u64));
        counts::<T>(backend, 4 + (len % 4) as u8, &column(Kind::Sprinkled, len, len as u64));
    }
    for (i, len) in seams::<T>().into_iter().enumerate() {
        for kind in KINDS {
            counts::<T>(backend, 4 + (i % 9) as u8, &column(kind, len, 3));
        }
    }
    counts::<T>(backend, 6, &column(Kind::Bits, 40_000, 4));
    counts::<T>(backend, 18, &column(Kind::Bits, 40_000, 5));
}

fn every_alignment<T: Value>(backend: Backend) {
    let places = 64 / size_of::<T>();
    let values = column::<T>(Kind::Bits, 300 + places, 6);
    for start in 0..places {
        counts(backend, 9, &values[start..start + 300]);
    }
}

fn nulls<T: Value>(backend: Backend) {
    let random = &mut Random(7);
    for len in (0..=150).chain(seams::<T>()) {
        let offset = random.below(17);
        let share = 1 + random.below(4);
        let bits: Vec<u8> = (0..(offset + len).div_ceil(8))
            .map(|_| (0..share).fold(0xff, |byte, _| byte & random.word() as u8))
            .collect();
        let values = column::<T>(Kind::Bits, len, len as u64);
        let column = Nullable::new(&values, &bits, offset).expect("enough bits");
        let is_present = |i: usize| bits[(offset + i) / 8] >> ((offset + i) % 8) & 1 == 1;
        let present: Vec<T> = (0..len).filter(|&i| is_present(i)).map(|i| values[i]).collect();
        let (got, count) = (sketch(5), Count).of_on(backend, column);
        assert_eq!(count, present.len() as u64);
        assert_counts(got, 5, &keys(&present), &format!("{backend}, {len} rows with nulls"));
    }
}

#[test]
fn the_other_types() {
    fn some<T: Value>() {
        for backend in Backend::available() {
            for len in [0, 1, 63, 64, 65, 5000] {
                counts::<T>(backend, 8, &column(Kind::Bits, len, 8));
            }
        }
    }
    some::<i16>();
    some::<i64>();
    some::<u8>();
    some::<u32>();
}

#[test]
fn special_floats_are_values() {
    let nans = [f64::NAN, -f64::NAN, f64::from_bits(0x7ff0_0000_0000_0005)];
    assert_eq!(sketch(14).of(&nans), 1);
    assert_eq!(sketch(14).of(&[0.0, -0.0]), 1);
    assert_eq!(sketch(14).of(&[0.0_f32, -0.0, f32::NAN, -f32::NAN, f32::INFINITY]), 3);
    assert_eq!(sketch(14).of(&[f64::INFINITY, f64::NEG_INFINITY, f64::MIN_POSITIVE, 5e-324]), 4);
    assert_eq!(sketch(4).of::<&[f64]>(&[]), 0);
}

#[test]
fn filters_and_tuples() {
    let values = column::<i32>(Kind::Bits, 10_000, 9);
    let some: Vec<i32> = values.iter().copied().filter(|&x| x > 0).collect();
    for backend in Backend::available() {
        let got = sketch(10).filter(1..).of_on(backend, &values);
        assert_counts(got, 10, &keys(&some), "a filter");
        let (one, max, other) = (sketch(10), Max, sketch(16)).of_on(backend, &values);
        assert_counts(one, 10, &keys(&values), "a tuple");
        assert_counts(other, 16, &keys(&values), "a tuple");
        assert_eq!(max, values.iter().copied().max());
    }
}

#[test]
fn types_count_together() {
    let mut stream: Accumulator<_, i64> = Accumulator::new(sketch(14));
    stream.update(&[-1, 0, 5, i64::from(u32::MAX)]).expect("one column");
    let mut narrow: Accumulator<_, i8> = Accumulator::new(sketch(14));
    narrow.update(&[-1, 0, 5, 7]).expect("one column");
    stream.merge_partial(&narrow.partial());
    let mut wide: Accumulator<_, u32> = Accumulator::new(sketch(14));
    wide.update(&[5, u32::MAX]).expect("one column");
    stream.merge_partial(&wide.partial());
    assert_eq!(stream.finish(), 5);

    let mut stream: Accumulator<_, f64> = Accumulator::new(sketch(14));
    stream.update(&[0.5, f64::NAN, 0.1, -0.0]).expect("one column");
    let mut narrow: Accumulator<_, f32> = Accumulator::new(sketch(14));
    narrow.update(&[0.5, f32::NAN, 0.1, 0.0]).expect("one column");
    stream.merge_partial(&narrow.partial());
    assert_eq!(stream.finish(), 5, "0.1 is another number as an `f32`");
}

#[test]
fn bad_precisions_are_named() {
    for precision in (0..4).chain(19..=255) {
        let error = DistinctSketch::new(precision).expect_err("no such precision");
        assert_eq!(error, PrecisionError { precision });
        let text = format!("a precision of {precision}, which should be 4 to 18");
        assert_eq!(error.to_string(), text);
    }
    for precision in 4..=18 {
        let sketch = sketch(precision);
        assert_eq!(sketch.precision(), precision);
        let want = 1.04 / f64::from(1_u32 << precision).sqrt();
        assert_eq!(sketch.standard_error(), want);
    }
}
