//! What the two benchmarks share: the data, the operations, and the ways to run them.
//!
//! An operation is run in several *ways*: by `lanefold` on each backend and on the one
//! that it chooses, by the plain loop that one writes without the crate, and, as
//! the limit of what can be had, by a loop that only loads the values. [`ways`] checks
//! the results of all of them before it hands out anything to time.

#[allow(dead_code, reason = "for the benchmark `ratios`")]
mod pairs;
mod plain;
mod read;

use plain::Precision;
pub(crate) use plain::Value;

use lanefold::{
    Aggregate, ArgMin, Backend, Count, ExactSum, IntoColumn, Max, Mean, Min, Nullable, Sum,
    ValidityError, Variance,
};
use std::fmt;
use std::hint::black_box;
use std::iter;

/// How an operation is run.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// By `of_on`.
    On(Backend),
    /// By `of`.
    Best,
    /// The members of a tuple one after the other, each by `of_on`.
    ApartOn(Backend),
    /// The members of a tuple one after the other, each by `of`.
    Apart,
    /// By the plain loop.
    Plain,
    /// By `Sum`, which is what an exact sum is compared with.
    Lanes(Backend),
    /// Not at all: the values are only loaded.
    Read(Backend),
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Way::On(backend) => backend.name().to_owned(),
            Way::Best => "best".to_owned(),
            Way::ApartOn(backend) => format!("apart_{backend}"),
            Way::Apart => "apart".to_owned(),
            Way::Plain => "plain".to_owned(),
            Way::Lanes(backend) => format!("lanes_{backend}"),
            Way::Read(backend) => format!("read_{backend}"),
        };
        f.pad(&name)
    }
}

/// One way to run an operation on one column.
pub(crate) struct Run<'a> {
    /// Which way.
    pub(crate) way: Way,
    /// Runs the operation that many times. A call of the box costs the same however
    /// often the loop in it runs, so that an operation of 2 ns can be timed.
    pub(crate) repeat: Box<dyn Fn(u64) + 'a>,
}

impl<'a> Run<'a> {
    fn new<I: Copy + 'a, O>(way: Way, input: I, f: impl Fn(I) -> O + 'a) -> Self {
        let repeat = move |calls| {
            for _ in 0..calls {
                black_box(f(black_box(input)));
            }
        };
        Self { way, repeat: Box::new(repeat) }
    }
}

/// Values with room around them, and bits that say which are present.
pub(crate) struct Data<T> {
    values: Vec<T>,
    others: Vec<T>,
    validity: Vec<u8>,
    len: usize,
}

/// Bytes of a cache line.
const LINE: usize = 64;

impl<T: Value> Data<T> {
    /// Random values; three of four are present in the masked operations.
    pub(crate) fn new(len: usize) -> Self {
        let mut random = Random(0x9E37_79B9_7F4A_7C15);
        let [values, others] =
            [(); 2].map(|()| (0..=len + LINE).map(|_| T::random(random.next())).collect());
        let validity =
            (0..len / 8 + 2).map(|_| (random.next() | random.next()).to_le_bytes()[0]).collect();
        Self { values, others, validity, len }
    }

    /// The first `len` values from the start of a cache line, and from one value later.
    /// The bitmap starts at its first bit, and at its fourth.
    pub(crate) fn columns(&self, len: usize) -> [(&'static str, Column<'_, T>); 2] {
        assert!(len <= self.len, "more values than there are");
        let [start, other] = [&self.values, &self.others].map(|values| {
            let start = values.as_ptr().align_offset(LINE);
            assert!(start <= LINE, "a start of a line within a line's length");
            start
        });
        [("aligned", 0, 0), ("shifted", 1, 3)].map(|(name, shift, offset)| {
            let values = &self.values[start + shift..][..len];
            let others = &self.others[other + shift..][..len];
            (name, Column { values, others, validity: &self.validity, offset })
        })
    }
}

/// Values, a second column for the operations on pairs, and a bitmap for the masked ones.
#[derive(Clone, Copy)]
pub(crate) struct Column<'a, T> {
    values: &'a [T],
    others: &'a [T],
    validity: &'a [u8],
    offset: usize,
}

impl<'a, T: Value> Column<'a, T> {
    fn nullable(self) -> Result<Nullable<'a, T>, ValidityError> {
        Nullable::new(self.values, self.validity, self.offset)
    }

    /// The values that are present, found as one would without the crate: of each word
    /// of 64 bits those that are set.
    #[inline(always)]
    fn present(self) -> impl Iterator<Item = T> {
        self.values.chunks(64).enumerate().flat_map(move |(i, rows)| {
            let mut word = self.word(self.offset + 64 * i);
            iter::from_fn(move || {
                // An empty word has its first bit at 64, so one bound ends both it and
                // the bits behind the last row.
                let &value = rows.get(word.trailing_zeros() as usize)?;
                word &= word - 1;
                Some(value)
            })
        })
    }

    /// 64 bits of the bitmap; beyond its end they are zeros.
    #[inline(always)]
    fn word(self, bit: usize) -> u64 {
        let (bytes, shift) = (&self.validity[bit / 8..], bit % 8);
        if let Some(&[low @ .., high]) = bytes.first_chunk::<9>() {
            // Shifted twice, for a shift by 64 would be one by 0.
            return u64::from_le_bytes(low) >> shift | u64::from(high) << 1 << (63 - shift);
        }
        let bits = bytes.iter().rev().fold(0, |bits, &byte| bits << 8 | u64::from(byte));
        bits >> shift
    }

    /// The values that are present, one bit after the other.
    fn specification(self) -> impl Iterator<Item = T> {
        self.values.iter().enumerate().filter_map(move |(i, &value)| {
            let bit = self.offset + i;
            (self.validity[bit / 8] >> (bit % 8) & 1 == 1).then_some(value)
        })
    }
}

/// Marsaglia's xorshift: good enough to be no pattern, and the same in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}

/// All ways to run an operation on a column.
///
/// # Panics
///
/// If one of them gives a wrong result, or there is no such operation.
pub(crate) fn ways<'a, T: Value>(operation: &str, column: Column<'a, T>) -> Vec<Run<'a>> {
    let values = column.values;
    let all = || values.iter().copied();
    let mut runs = match operation {
        "sum" => lanes(
            Sum,
            values,
            #[inline(always)]
            |values: &[T]| T::plain_sum(values.iter().copied()),
            |&sum, precision| T::assert_sum(sum, all(), precision),
        ),
        "min" => lanes(
            Min,
            values,
            #[inline(always)]
            |values: &[T]| T::plain_min(values.iter().copied()),
            |&min, _| assert_eq!(min, T::plain_min(all())),
        ),
        "mean" => lanes(Mean, values, plain::mean, |&mean, precision| {
            plain::assert_mean(mean, values, precision);
        }),
        "variance" => lanes(Variance::sample(), values, plain::variance, |&variance, precision| {
            plain::assert_variance(variance, values, precision);
        }),
        "six" => six(values),
        _ => panic!("no operation {operation:?}"),
    };
    runs.extend(limits(values));
    runs
}

/// As [`ways`], for the operations that only one of the benchmarks measures: a function
/// of its own, so that the other need not compile their kernels.
#[allow(dead_code, reason = "for the benchmark `ratios`")]
pub(crate) fn further_ways<'a, T: Value>(operation: &str, column: Column<'a, T>) -> Vec<Run<'a>> {
    let values = column.values;
    if let Some(runs) = pairs::ways(operation, (values, column.others)) {
        return runs;
    }
    let nullable = column.nullable().expect("a bitmap that is long enough");
    let mut runs = match operation {
        "max" => lanes(
            Max,
            values,
            #[inline(always)]
            |values: &[T]| T::plain_max(values.iter().copied()),
            |&max, _| assert_eq!(max, T::plain_max(values.iter().copied())),
        ),
        "arg_min" => lanes(ArgMin, values, plain::arg_min, |&place, _| {
            assert_eq!(place, plain::arg_min(values));
        }),
        "masked_sum" => lanes(
            Sum,
            nullable,
            #[inline(always)]
            move |_| T::plain_sum(black_box(column).present()),
            |&sum, precision| T::assert_sum(sum, column.specification(), precision),
        ),
        "masked_min" => lanes(
            Min,
            nullable,
            #[inline(always)]
            move |_| T::plain_min(black_box(column).present()),
            |&min, _| assert_eq!(min, T::plain_min(column.specification())),
        ),
        "exact_sum" => match T::exact(values) {
            runs if runs.is_empty() => return runs,
            runs => runs,
        },
        _ => return ways(operation, column),
    };
    runs.extend(limits(values));
    runs
}

/// The loops that only load, on each backend.
fn limits<T: Value>(values: &[T]) -> impl Iterator<Item = Run<'_>> {
    let bytes = T::bytes(values);
    Backend::available().map(move |backend| {
        let read = read::reader(backend);
        assert_eq!(read(bytes), read::specification(bytes), "reads on {backend}");
        Run::new(Way::Read(backend), bytes, read)
    })
}

/// An aggregate on each backend and on the best, beside the plain loop.
fn lanes<'a, A, C>(
    aggregate: A,
    column: C,
    plain: impl Fn(C) -> A::Output + 'a,
    check: impl Fn(&A::Output, Precision),
) -> Vec<Run<'a>>
where
    C: IntoColumn<'a> + Copy + 'a,
    A: Aggregate<C::Row, Output: PartialEq + fmt::Debug> + Copy + 'a,
{
    let best = aggregate.of(column);
    check(&best, Precision::Documented);
    check(&plain(column), Precision::Loose);
    let mut runs = Vec::new();
    for backend in Backend::available() {
        assert_eq!(aggregate.of_on(backend, column), best, "on {backend}");
        runs.push(Run::new(
            Way::On(backend),
            column,
            #[inline(always)]
            move |column| aggregate.of_on(backend, column),
        ));
    }
    runs.push(Run::new(
        Way::Best,
        column,
        #[inline(always)]
        move |column| aggregate.of(column),
    ));
    runs.push(Run::new(Way::Plain, column, plain));
    runs
}

/// The exact sum, beside the plain loop and the sum in lanes.
#[allow(dead_code, reason = "for the benchmark `ratios`")]
fn exact<T>(values: &[T]) -> Vec<Run<'_>>
where
    T: Value<Sum = T>,
    ExactSum: Aggregate<T, Output = T>,
{
    let mut runs = lanes(
        ExactSum,
        values,
        #[inline(always)]
        |values: &[T]| T::plain_sum(values.iter().copied()),
        |&sum, precision| match precision {
            Precision::Documented => T::assert_exact(sum, values.iter().copied()),
            Precision::Loose => T::assert_sum(sum, values.iter().copied(), precision),
        },
    );
    runs.extend(Backend::available().map(|backend| {
        Run::new(Way::Lanes(backend), values, move |values| Sum.of_on(backend, values))
    }));
    runs
}

/// The tuple of six, and its members one after the other.
fn six<T: Value>(values: &[T]) -> Vec<Run<'_>> {
    const SIX: (Count, Sum, Min, Max, Mean, Variance) =
        (Count, Sum, Min, Max, Mean, Variance::sample());

    let mut runs =
        lanes(SIX, values, plain::six, |&(count, sum, min, max, mean, variance), precision| {
            assert_eq!(count, values.len() as u64);
            T::assert_sum(sum, values.iter().copied(), precision);
            assert_eq!(min, T::plain_min(values.iter().copied()));
            assert_eq!(max, T::plain_max(values.iter().copied()));
            plain::assert_mean(mean, values, precision);
            plain::assert_variance(variance, values, precision);
        });
    let together = SIX.of(values);
    for backend in Backend::available() {
        let apart = move |v: &[T]| {
            (
                SIX.0.of_on(backend, v),
                SIX.1.of_on(backend, v),
                SIX.2.of_on(backend, v),
                SIX.3.of_on(backend, v),
                SIX.4.of_on(backend, v),
                SIX.5.of_on(backend, v),
            )
        };
        assert_eq!(apart(values), together, "one after the other on {backend}");
        runs.push(Run::new(Way::ApartOn(backend), values, apart));
    }
    runs.push(Run::new(Way::Apart, values, |v| {
        (SIX.0.of(v), SIX.1.of(v), SIX.2.of(v), SIX.3.of(v), SIX.4.of(v), SIX.5.of(v))
    }));
    runs
}
