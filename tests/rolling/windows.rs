//! Law: what is exact has the bits of the aggregate of each window.

use crate::{Random, WINDOWS, floats, same};
use lanefold::{
    Adapt, Aggregate, ArgMax, Backend, Count, ExactMean, ExactSum, LengthMismatch, Max, Mean,
    Median, Min, MinMax, Nullable, NumericRow, PropagateNan, RollingError, Row, Sum, TotalOrder,
    Variance,
};
use std::fmt::Debug;

/// A column, and the same cut.
trait Cut<'a>: Copy {
    type Row: Row;
    fn rows(self) -> usize;
    fn of<A: Aggregate<Self::Row>>(self, aggregate: &A, from: usize, to: usize) -> A::Output;
    fn roll<A: Aggregate<Self::Row>>(
        self,
        rolling: &lanefold::Rolling<A>,
        backend: Backend,
        results: &mut [A::Output],
    ) -> Result<(), RollingError>;
}

impl<'a, T: NumericRow<Value = T> + lanefold::Number> Cut<'a> for &'a [T] {
    type Row = T;
    fn rows(self) -> usize {
        self.len()
    }
    fn of<A: Aggregate<T>>(self, aggregate: &A, from: usize, to: usize) -> A::Output {
        aggregate.of(&self[from..to])
    }
    fn roll<A: Aggregate<T>>(
        self,
        rolling: &lanefold::Rolling<A>,
        backend: Backend,
        results: &mut [A::Output],
    ) -> Result<(), RollingError> {
        rolling.of_on(backend, self, results)
    }
}

/// Values, a bitmap, and its offset.
#[derive(Clone, Copy)]
struct WithNulls<'a, T>(&'a [T], &'a [u8], usize);

impl<'a, T: lanefold::Number> Cut<'a> for WithNulls<'a, T> {
    type Row = Option<T>;
    fn rows(self) -> usize {
        self.0.len()
    }
    fn of<A: Aggregate<Option<T>>>(self, aggregate: &A, from: usize, to: usize) -> A::Output {
        aggregate.of(Nullable::new(&self.0[from..to], self.1, self.2 + from).expect("bits"))
    }
    fn roll<A: Aggregate<Option<T>>>(
        self,
        rolling: &lanefold::Rolling<A>,
        backend: Backend,
        results: &mut [A::Output],
    ) -> Result<(), RollingError> {
        rolling.of_on(backend, Nullable::new(self.0, self.1, self.2).expect("bits"), results)
    }
}

fn check<'a, A, C>(name: &str, aggregate: A, column: C)
where
    C: Cut<'a>,
    A: Aggregate<C::Row, Output: Clone + Debug> + Adapt + Copy,
{
    let rows = column.rows();
    // Long columns are there for the blocks.
    for window in WINDOWS.into_iter().filter(|&window| rows < 200 || window % 3 == 1) {
        let rolling = aggregate.rolling(window).expect("a window");
        let want: Vec<A::Output> = (0..rows)
            .map(|i| column.of(&aggregate, (i + 1).saturating_sub(window), i + 1))
            .collect();
        let full = rows.min(window - 1);
        for backend in Backend::available() {
            let context = || format!("{name}, {rows} rows, windows of {window} on {backend}");
            let mut got = vec![column.of(&aggregate, 0, 0); rows];
            column.roll(&rolling, backend, &mut got).expect("places");
            same(&got, &want, context);
            let mut got = vec![column.of(&aggregate, 0, 0); rows - full];
            column.roll(&rolling.full(), backend, &mut got).expect("places");
            same(&got, &want[full..].to_vec(), context);
        }
    }
}

/// Around registers, blocks, and windows.
const LENGTHS: [usize; 9] = [0, 1, 2, 9, 33, 99, 131, 1200, 2303];

fn short(lengths: &[usize]) -> impl Iterator<Item = usize> {
    lengths.iter().copied().filter(|&len| len < 200)
}

#[test]
fn extremes_of_floats() {
    for (i, len) in LENGTHS.into_iter().enumerate() {
        for one_of in [0, 2, 50] {
            let values = &floats(len, one_of, i as u64)[..];
            check("min", Min, values);
            if len < 200 {
                check("both", MinMax, values);
                check("nan wins", PropagateNan(Max), values);
                check("place", ArgMax, values);
            }
        }
    }
    // Zeros of both signs alone, and what lanes could take for no value.
    let zeros: Vec<f64> = floats(300, 1, 9).into_iter().filter(|x| *x == 0.0).collect();
    check("zeros", MinMax, &zeros[..]);
    check("no value", MinMax, &[f64::INFINITY, f64::NAN, f64::NEG_INFINITY, f64::NAN][..]);
}

#[test]
fn integers() {
    let mut random = Random(3);
    for len in LENGTHS {
        let bytes: Vec<u8> = (0..len).map(|_| random.word() as u8 | 0xc0).collect();
        check("sum", Sum, &bytes[..]);
        check("min", Min, &bytes[..]);
    }
    for len in short(&LENGTHS) {
        let words: Vec<i64> = (0..len).map(|_| random.word() as i64).collect();
        check("sum", Sum, &words[..]);
        check("variance", Variance::sample(), &words[..]);
    }
    let ends = [i64::MAX, i64::MIN, i64::MAX, i64::MAX, i64::MAX, -1];
    check("sum", Sum, &ends[..]);
}

#[test]
fn exact_sums() {
    for len in [0, 1, 40, 1200] {
        for one_of in [0, 5, 300] {
            let values = &floats(len, one_of, len as u64)[..];
            check("sum", ExactSum, values);
            if len < 100 {
                check("mean", ExactMean, values);
            }
        }
    }
    // All exponents: the words of the sum grow, and are left.
    let mut random = Random(5);
    let wide: Vec<f64> =
        (0..200).map(|_| f64::from_bits(random.word())).filter(|x| x.is_finite()).collect();
    check("wide", ExactSum, &wide[..]);
    check("zeros", ExactSum, &[-0.0, -0.0, 1.0, -1.0, -0.0, -0.0, 0.0, -0.0, -0.0][..]);
}

#[test]
fn nulls() {
    for (len, share) in [(0, 1), (1, 0), (70, 0), (70, 1), (131, 3), (1200, 2)] {
        let mut random = Random(len as u64);
        let offset = 3_usize;
        let bits: Vec<u8> = (0..(len + offset).div_ceil(8))
            .map(|_| (0..8).fold(0, |byte, i| byte | u8::from(random.below(4) < share) << i))
            .collect();
        let values = floats(len, 9, 4);
        check("extremes", MinMax, WithNulls(&values, &bits, offset));
        if len < 200 {
            check("total", TotalOrder(Max), WithNulls(&values, &bits, offset));
            check("exact", ExactMean, WithNulls(&values, &bits, offset));
            let bytes: Vec<u8> = values.iter().map(|x| x.to_bits() as u8).collect();
            check("bytes", Min, WithNulls(&bytes, &bits, offset));
            check("mean", Mean, WithNulls(&bytes, &bits, offset));
        }
    }
}

#[test]
fn adaptors_and_whole_columns() {
    let values = floats(120, 9, 1);
    let values = &values[..];
    check("filter", (Count, Max).filter(..=0.0), values);
    check("median", Median, values);
}

#[test]
fn pairs() {
    let (one, other) = ([1.0, 2.0, 4.0, 8.0], [1.0, 10.0, 100.0, 1000.0]);
    let mut dots = [0.0; 4];
    for backend in Backend::available() {
        let dot = lanefold::Dot.rolling(2).expect("a window");
        dot.of_on(backend, (&one, &other), &mut dots).expect("places");
        assert_eq!(dots, [1.0, 21.0, 420.0, 8400.0]);
    }
}

#[test]
fn errors() {
    assert_eq!(Sum.rolling(0).unwrap_err(), RollingError::NoRows);
    assert_eq!(RollingError::NoRows.to_string(), "a window of 0 rows");
    let rolling = Sum.rolling(3).expect("a window");
    let mut places = [7.0; 4];
    let error = rolling.of(&[1.0; 5], &mut places).unwrap_err();
    assert_eq!(error, RollingError::Places { windows: 5, places: 4 });
    assert_eq!(error.to_string(), "5 windows, and places for 4 results");
    let error = rolling.full().of(&[1.0; 5], &mut places).unwrap_err();
    assert_eq!(error, RollingError::Places { windows: 3, places: 4 });
    assert_eq!(places, [7.0; 4]);
    assert_eq!(rolling.full().full().windows(2), 0);
    assert_eq!(rolling.full().of(&[1.0; 2], &mut []), Ok(()));
    let dot = lanefold::Dot.rolling(3).expect("a window");
    let mismatch = LengthMismatch { left: 1, right: 2 };
    let error = dot.of((&[1.0], &[1.0, 2.0]), &mut places).unwrap_err();
    assert_eq!(error, RollingError::Columns(mismatch));
    assert_eq!(error.to_string(), mismatch.to_string());
}
