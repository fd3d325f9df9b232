//! Laws of adaptors: an adapted aggregate gives, on every backend and to the last bit, what
//! the aggregate gives for the rows that the adaptor is said to hand on.
//!
//! - A filtered column is the column with the others as nulls; exact results are also those
//!   of the kept values in a column of their own.
//! - A mapped column is a column of the mapped values.
//! - Windows, and strided columns, are columns of their rows alone.
//! - All of it holds for columns with nulls, in tuples, through accumulators, and merged.
#![cfg(feature = "std")]
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::float_cmp,
    reason = "tests make data from random words, and compare floats for identity"
)]

use lanefold::{
    Above, Absolute, Accumulator, Adapt, Affine, Aggregate, ArgMax, ArgMin, Backend, Count,
    CountNan, Equal, EveryError, ExactMean, ExactSum, ExactVariance, First, GeometricMean,
    HarmonicMean, LastTie, LogSumExp, Max, Mean, Min, MinMax, Moments, Norm, NotNan, Nullable,
    Number, Predicate, Product, PropagateNan, RootMeanSquare, Square, StrideError, Strided, Sum,
    TotalOrder, Variance,
};
use std::fmt::Debug;

/// A result as text: floats by their bits, so that NaN and both zeros are told apart.
trait Shown {
    fn shown(&self) -> String;
}

macro_rules! shown {
    ($($T:ty: |$x:ident| $text:expr;)*) => {$(
        impl Shown for $T {
            fn shown(&self) -> String {
                let $x = self;
                $text
            }
        }
    )*};
}

shown! {
    f64: |x| format!("{:x}", x.to_bits());
    f32: |x| format!("{:x}", x.to_bits());
    i64: |x| format!("{x}");
    u64: |x| format!("{x}");
    i32: |x| format!("{x}");
    u8: |x| format!("{x}");
    i128: |x| format!("{x}");
    usize: |x| format!("{x}");
}

impl<T: Shown> Shown for Option<T> {
    fn shown(&self) -> String {
        self.as_ref().map_or("none".into(), Shown::shown)
    }
}

impl<A: Shown, B: Shown> Shown for (A, B) {
    fn shown(&self) -> String {
        format!("{} {}", self.0.shown(), self.1.shown())
    }
}

impl<A: Shown, B: Shown, C: Shown, D: Shown, E: Shown> Shown for (A, B, C, D, E) {
    fn shown(&self) -> String {
        let parts =
            [self.0.shown(), self.1.shown(), self.2.shown(), self.3.shown(), self.4.shown()];
        parts.join(" ")
    }
}

#[track_caller]
fn same<T: Shown>(got: &T, want: &T, context: &dyn Debug) {
    assert_eq!(got.shown(), want.shown(), "{context:?}");
}

/// Random words: the multiplier is Knuth's.
struct Random(u64);

impl Random {
    fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        self.0 >> 20
    }
}

/// Values of a type, special ones among them.
trait Sample: Number + Shown {
    fn sample(word: u64) -> Self;
    /// A value about which half of the others lie.
    const MIDDLE: Self;
    const MORE: Self;
}

macro_rules! floats {
    ($($T:ident)*) => {$(
        impl Sample for $T {
            fn sample(word: u64) -> $T {
                match word % 23 {
                    0 => $T::NAN,
                    1 => -$T::NAN,
                    2 => $T::INFINITY,
                    3 => $T::NEG_INFINITY,
                    4 => -0.0,
                    5 => 0.0,
                    6 => Self::MIDDLE,
                    _ => ((word >> 8) % 2001) as $T / 7.0 - 143.0,
                }
            }
            const MIDDLE: $T = 1.5;
            const MORE: $T = 60.0;
        }
    )*};
}

floats! { f32 f64 }

impl Sample for i32 {
    fn sample(word: u64) -> i32 {
        if word.is_multiple_of(9) { Self::MIDDLE } else { ((word >> 3) as u32).cast_signed() }
    }
    const MIDDLE: i32 = -7;
    const MORE: i32 = 1 << 30;
}

impl Sample for u8 {
    fn sample(word: u64) -> u8 {
        word as u8
    }
    const MIDDLE: u8 = 100;
    const MORE: u8 = 200;
}

fn column<T: Sample>(len: usize, seed: u64) -> Vec<T> {
    let random = &mut Random(seed);
    (0..len).map(|_| T::sample(random.word())).collect()
}

fn lengths<T: Number>() -> Vec<usize> {
    let tile = 8192 / size_of::<T>();
    let mut lengths: Vec<usize> = (0..70).collect();
    lengths.extend([127, 128, 129, 500, 512, 513, tile - 1, tile, tile + 1, 2 * tile + 67]);
    lengths
}

/// A bitmap from an offset on of the rows for which a condition holds.
fn bitmap(offset: usize, rows: impl IntoIterator<Item = bool>) -> Vec<u8> {
    let mut bits = vec![0b0101_0101; 2];
    for (i, row) in rows.into_iter().enumerate() {
        let bit = offset + i;
        bits.resize(bits.len().max(bit / 8 + 1), 0xff);
        let flag = 1 << (bit % 8);
        if row { bits[bit / 8] |= flag } else { bits[bit / 8] &= !flag }
    }
    bits
}

type Members = (Count, Sum, MinMax, Mean, Variance);
const MEMBERS: Members = (Count, Sum, MinMax, Mean, Variance::sample());

/// What filters are tried with: few members, for each predicate makes kernels of its own.
const KEPT: (Count, Sum) = (Count, Sum);

/// A filter against the same rows as a column with nulls.
fn filters<T: Sample, P>(predicate: &P, holds: impl Fn(T) -> bool)
where
    P: Predicate<T> + Clone,
    <Sum as Aggregate<T>>::Output: Shown,
    <Sum as Aggregate<Option<T>>>::Output: Shown,
{
    for backend in Backend::available() {
        for len in lengths::<T>() {
            let xs = column::<T>(len, len as u64 + 1);
            let kept = bitmap(0, xs.iter().map(|&x| holds(x)));
            let want = KEPT.of_on(backend, Nullable::new(&xs, &kept, 0).unwrap());
            let got = KEPT.filter(predicate.clone()).of_on(backend, &xs);
            same(&got, &want, &(backend, len));
            assert_eq!(got.0, xs.iter().filter(|&&x| holds(x)).count() as u64, "{backend} {len}");

            // With nulls of its own, under which any value may lie.
            let offset = len % 8;
            let present: Vec<bool> = column::<u8>(len, 7).iter().map(|&x| x < 170).collect();
            let bits = bitmap(offset, present.iter().copied());
            let nulls = Nullable::new(&xs, &bits, offset).unwrap();
            let kept = xs.iter().zip(&present).map(|(&x, &there)| there && holds(x));
            let kept = bitmap(3, kept);
            let want = KEPT.of_on(backend, Nullable::new(&xs, &kept, 3).unwrap());
            let got = KEPT.filter(predicate.clone()).of_on(backend, nulls);
            same(&got, &want, &(backend, len, "nulls"));
        }
    }
}

#[test]
fn a_second_column_decides() {
    for backend in Backend::available() {
        for len in lengths::<f64>() {
            let (xs, keys) = (column::<f64>(len, 8), column::<u8>(len, 9));
            let kept = bitmap(0, keys.iter().map(|&key| key < 90));
            let want = MEMBERS.of_on(backend, Nullable::new(&xs, &kept, 0).unwrap());
            let got = MEMBERS.filter(..90).of_on(backend, (&xs, &keys));
            same(&got, &want, &(backend, len));
            // A pair with a null is left out, whichever side has it.
            let bits = bitmap(1, xs.iter().map(|&x| x < 50.0));
            let nulls = Nullable::new(&keys, &bits, 1).unwrap();
            let kept = bitmap(0, keys.iter().zip(&xs).map(|(&key, &x)| key < 90 && x < 50.0));
            let want = KEPT.of_on(backend, Nullable::new(&xs, &kept, 0).unwrap());
            same(&KEPT.filter(..90).of_on(backend, (&xs, nulls)), &want, &(backend, len));
        }
    }
}

/// Outside tuples a filter of a range compares as it loads, and makes no bits.
macro_rules! alone {
    ($($name:ident: $T:ty, $column:expr, $limits:expr;)*) => {$(
        #[test]
        fn $name() {
            let column: fn(usize) -> Vec<$T> = $column;
            for backend in Backend::available() {
                for len in [1, 7, 63, 64, 65, 700, 1024, 3000, 9000] {
                    let xs = column(len);
                    for limit in $limits {
                        alone!(@ backend, xs, limit.., |x| x >= limit);
                        alone!(@ backend, xs, ..limit, |x| x < limit);
                    }
                }
            }
        }
    )*};
    (@ $backend:ident, $xs:ident, $predicate:expr, |$x:ident| $holds:expr) => {
        let kept = bitmap(0, $xs.iter().map(|&$x| $holds));
        let nulls = Nullable::new(&$xs, &kept, 0).unwrap();
        alone!(@ $backend, $xs, nulls, $predicate; Sum Mean Min Max ArgMax);
        alone!(@ $backend, $xs, nulls, $predicate; (Variance::sample()) (LastTie(ArgMin)));
        alone!(@ $backend, $xs, nulls, $predicate; (PropagateNan(Max)) (TotalOrder(Min)));
    };
    (@ $backend:ident, $xs:ident, $nulls:ident, $predicate:expr; $($aggregate:tt)*) => {$(
        let got = $aggregate.filter($predicate).of_on($backend, &$xs);
        let want = $aggregate.of_on($backend, $nulls);
        let context = ($backend, $xs.len(), $predicate, stringify!($aggregate));
        same(&got, &want, &context);
    )*};
}

mod alone {
    use super::*;

    alone! {
        of_f64: f64, |len| column(len, 31), [1.5, -0.0, 1e9, f64::NEG_INFINITY, f64::INFINITY];
        of_zeros: f64, |len| column::<u8>(len, 32).iter().map(|&x| [0.0, -0.0][usize::from(x > 250)]).collect(),
            [0.0, 1.0];
        of_u8: u8, |len| column(len, 33), [0, 100, 255];
        of_i64: i64, |len| column::<u8>(len, 34).iter().map(|&x| i64::MAX - i64::from(x)).collect(),
            [i64::MIN, i64::MAX - 77, i64::MAX];
    }
}

#[test]
fn lanes_that_round_ask_the_bits() {
    for backend in Backend::available() {
        let xs: Vec<i64> = (0..3000).map(|i| i64::MAX - i % 200).collect();
        let limit = i64::MAX - 77;
        let kept = bitmap(0, xs.iter().map(|&x| x >= limit));
        let want = HarmonicMean.of_on(backend, Nullable::new(&xs, &kept, 0).unwrap());
        same(&HarmonicMean.filter(limit..).of_on(backend, &xs), &want, &backend);
    }
}

#[test]
fn exact_results_are_those_of_the_kept_values_alone() {
    for backend in Backend::available() {
        for len in lengths::<i32>() {
            let xs = column::<i32>(len, 10);
            let only: Vec<i32> =
                xs.iter().copied().filter(|x| (-900..90_000).contains(x)).collect();
            let got = MEMBERS.filter(-900..90_000).of_on(backend, &xs);
            same(&got, &MEMBERS.of_on(backend, &only), &(backend, len));
        }
    }
}

macro_rules! predicates {
    ($($name:ident $T:ident: $predicate:expr, $holds:expr;)*) => {$(
        #[test]
        fn $name() {
            filters::<$T, _>(&$predicate, $holds);
        }
    )*};
}

mod filtered {
    use super::*;

    const A: f64 = <f64 as Sample>::MIDDLE;
    const B: f64 = <f64 as Sample>::MORE;

    predicates! {
        below f64: ..A, |x| x < A;
        at_most f64: ..=A, |x| x <= A;
        above f64: Above(A), |x| x > A;
        equal f64: Equal(A), |x| x == A;
        not_nan f64: NotNan, |x: f64| !x.is_nan();
        closure f64: |x: f64| x > B, |x| x > B;
        from_f32 f32: 1.5.., |x| x >= 1.5;
        above_i32 i32: Above(-7), |x| x > -7;
        at_most_u8 u8: ..=100, |x| x <= 100;
        equal_u8 u8: Equal(100), |x| x == 100;
    }

    // These are not `Copy`.
    #[test]
    fn ranges_are_their_two_ends() {
        for backend in Backend::available() {
            let (xs, ks) = (column::<f64>(3000, 20), column::<u8>(3000, 21));
            let count = |holds: &dyn Fn(f64) -> bool| xs.iter().filter(|&&x| holds(x)).count();
            assert_eq!(
                Count.filter(A..B).of_on(backend, &xs),
                count(&|x| (A..B).contains(&x)) as u64
            );
            assert_eq!(
                Count.filter(A..=B).of_on(backend, &xs),
                count(&|x| (A..=B).contains(&x)) as u64
            );
            assert_eq!(Count.filter(B..A).of_on(backend, &xs), 0);
            let count = ks.iter().filter(|&&k| (100..200).contains(&k)).count();
            assert_eq!(Count.filter(100..200).of_on(backend, &ks), count as u64);
        }
    }
}

/// Where a register is not full, no other value is asked about.
#[test]
fn a_closure_is_asked_of_rows_alone() {
    for backend in Backend::available() {
        for len in 1..70 {
            let (ints, floats) = (vec![3; len], vec![2.0; len]);
            let count = Count.filter(|x: i32| 100 / x > 3).of_on(backend, &ints);
            assert_eq!(count, len as u64, "{backend} {len}");
            let two = |x: f64| {
                assert_eq!(x, 2.0);
                true
            };
            assert_eq!(Count.filter(two).of_on(backend, &floats), len as u64, "{backend} {len}");
        }
    }
}

#[test]
fn zeros_are_equal_and_nan_is_in_no_range() {
    let xs = [0.0, -0.0, f64::NAN, 1.0];
    assert_eq!(Count.filter(Equal(0.0)).of(&xs), 2);
    assert_eq!(Count.filter(0.0..).of(&xs), 3);
    assert_eq!(Count.filter(f64::NEG_INFINITY..=f64::INFINITY).of(&xs), 3);
    assert_eq!(Count.filter(f64::NAN..).of(&xs), 0);
}

#[test]
fn what_is_not_finite_is_skipped_and_counted() {
    for backend in Backend::available() {
        for len in lengths::<f64>() {
            let xs = column::<f64>(len, 3);
            let kept = bitmap(0, xs.iter().map(|x| x.is_finite()));
            let want = MEMBERS.of_on(backend, Nullable::new(&xs, &kept, 0).unwrap());
            let got = MEMBERS.finite().of_on(backend, &xs);
            same(&got.value, &want, &(backend, len));
            let skipped = xs.iter().filter(|x| !x.is_finite()).count();
            assert_eq!(got.skipped, skipped as u64, "{backend} {len}");
            // A null is not counted, whatever lies under it.
            let none = vec![0; len.div_ceil(8)];
            let got = Count.finite().of_on(backend, Nullable::new(&xs, &none, 0).unwrap());
            assert_eq!((got.value, got.skipped), (0, 0));
            let xs = column::<f64>(len, 4);
            let want = Sum.of_on(
                backend,
                Nullable::new(&xs, &bitmap(0, xs.iter().map(|x| !x.is_nan())), 0).unwrap(),
            );
            same(&Sum.skip_nan().of_on(backend, &xs), &want, &(backend, len));
        }
    }
}

#[test]
fn a_mapped_column_is_one_of_the_mapped_values() {
    fn check<M>(mapping: &M, plain: impl Fn(f64) -> f64)
    where
        M: lanefold::Mapping<f64> + Clone,
    {
        for backend in Backend::available() {
            for len in lengths::<f64>() {
                let xs = column::<f64>(len, 5);
                let mapped: Vec<f64> = xs.iter().map(|&x| plain(x)).collect();
                let want = MEMBERS.of_on(backend, &mapped);
                same(&MEMBERS.map(mapping.clone()).of_on(backend, &xs), &want, &(backend, len));
                let bits = bitmap(5, column::<u8>(len, 6).iter().map(|&x| x > 40));
                let want = MEMBERS.of_on(backend, Nullable::new(&mapped, &bits, 5).unwrap());
                let column = Nullable::new(&xs, &bits, 5).unwrap();
                let got = MEMBERS.map(mapping.clone()).of_on(backend, column);
                same(&got, &want, &(backend, len, "nulls"));
            }
        }
    }
    check(&Square, |x| x * x);
    check(&Absolute, |x| if x.is_sign_negative() { -x } else { x });
    check(&Affine { scale: 1.8, offset: 32.0 }, |x| x * 1.8 + 32.0);
    check(&(|x: f64| 1.0 / x), |x| 1.0 / x);
    let xs = [1_i32, -5, 4];
    assert_eq!(Sum.map(|x: i32| x * x).of(&xs), 42);
    let f32s = [3.0_f32, -4.0];
    assert_eq!((Sum.map(Absolute).of(&f32s), Sum.map(Square).of(&f32s)), (7.0, 25.0));
}

#[test]
fn adaptors_stack() {
    let xs = [4.0, -9.0, f64::NAN, 16.0, -1.0];
    assert_eq!(Sum.filter(..10.0).map(Absolute).of(&xs), 14.0);
    assert_eq!(Sum.map(Absolute).filter(..10.0).of(&xs), 14.0);
    let (all, some) = (Count, Mean.filter(0.0..)).of(&xs);
    assert_eq!((all, some), (5, Some(10.0)));
    let mut least = [None; 2];
    Min.skip_nan().every(3).unwrap().of(&xs, &mut least).unwrap();
    assert_eq!(least, [Some(-9.0), Some(-1.0)]);
}

#[test]
fn streams_and_merges_have_the_bits_of_one_call() {
    let adapted = (Sum.filter(Above(0.0)), Variance::sample().skip_nan().map(Absolute));
    let random = &mut Random(11);
    for backend in Backend::available() {
        for len in [0, 1, 100, 1023, 1024, 3000, 5000] {
            let xs = column::<f64>(len, 12);
            let want = adapted.of_on(backend, &xs);
            let mut stream = Accumulator::<_, f64>::on(backend, adapted);
            let mut rest = xs.as_slice();
            while let [first, others @ ..] = rest {
                if random.word().is_multiple_of(3) {
                    stream.push(*first);
                    rest = others;
                } else {
                    let (piece, after) =
                        rest.split_at(rest.len().min(random.word() as usize % 1500));
                    stream.update(piece).unwrap();
                    rest = after;
                }
            }
            same(&stream.finish(), &want, &(backend, len));

            let (first, second) = xs.split_at(len.min(1024));
            let mut one = Accumulator::<_, f64>::on(backend, adapted);
            one.update(first).unwrap();
            let mut other = Accumulator::<_, f64>::on(backend, adapted);
            other.update(second).unwrap();
            one.merge(&other);
            same(&one.finish(), &want, &(backend, len, "merged"));
        }
    }
    let mut one = Sum.finite().accumulator();
    one.push(f64::NAN);
    let mut other = Sum.finite().accumulator();
    other.update(&[1.0, f64::INFINITY]).unwrap();
    one.merge(&other);
    assert_eq!((one.finish().value, one.finish().skipped), (1.0, 2));
}

#[test]
fn windows_are_columns_of_their_own() {
    for backend in Backend::available() {
        for len in [0, 1, 7, 100, 1024, 3000] {
            let xs = column::<f64>(len, 13);
            for rows in [1, 2, 7, 64, 1000, 1024, 1025, 4000] {
                let every = (Count, Variance::sample()).every(rows).unwrap();
                let mut got = vec![(77, None); every.windows(len)];
                every.of_on(backend, &xs, &mut got).unwrap();
                let want: Vec<_> = xs
                    .chunks(rows)
                    .map(|rows| (Count, Variance::sample()).of_on(backend, rows))
                    .collect();
                assert_eq!(got.len(), want.len());
                for (got, want) in got.iter().zip(&want) {
                    same(got, want, &(backend, len, rows));
                }
            }
        }
    }
    assert_eq!(Sum.every(0).unwrap_err(), EveryError::NoRows);
    let error = Sum.every(2).unwrap().of(&[1.0, 2.0, 3.0], &mut [0.0; 3]).unwrap_err();
    assert_eq!(error.to_string(), "2 windows, and places for 3 results");
}

#[test]
fn strided_columns_are_columns_of_their_values() {
    for backend in Backend::available() {
        for len in [0, 1, 2, 10, 1024, 3073, 9000] {
            let xs = column::<f64>(len, 14);
            for (start, step) in [(0, 1), (0, 2), (1, 3), (0, 1000), (len / 2, 5), (len, 1)] {
                let chosen: Vec<f64> = xs.iter().skip(start).step_by(step).copied().collect();
                let Ok(strided) = Strided::new(&xs, start, step) else {
                    assert!(start > len);
                    continue;
                };
                assert_eq!(strided.len(), chosen.len());
                same(
                    &strided.of_on(backend, &MEMBERS),
                    &MEMBERS.of_on(backend, &chosen),
                    &(backend, len, start, step),
                );
            }
        }
    }
    let error = Strided::new(&[1, 2], 3, 1).unwrap_err();
    assert_eq!(error, StrideError { len: 2, start: 3, step: 1 });
    assert!(Strided::new(&[1, 2], 0, 0).is_err());
    // The end of the address space is no place to wrap around at.
    assert_eq!(Strided::new(&[1, 2], 1, usize::MAX).unwrap().of(&Max), Some(2));
}

/// What many merges leave of an aggregate, with a row after them: no panic, whatever the result.
fn merged_without_end<A: Aggregate<f64> + Clone>(aggregate: A, values: &[f64]) {
    let mut stream = aggregate.accumulator();
    stream.update(values).expect("one column");
    for _ in 0..70 {
        let same = stream.clone();
        stream.merge(&same);
    }
    stream.update(values).expect("one column");
    let _ = stream.finish();
}

#[test]
fn rows_beyond_all_counts_do_not_panic() {
    for values in [&[1.0, 2.0, 3.0][..], &[f64::NAN, 1.0], &[f64::INFINITY, -0.0]] {
        merged_without_end((Count, Sum, Mean, CountNan, ExactSum, ExactMean), values);
        merged_without_end((Variance::sample(), ExactVariance::sample(), Moments), values);
        merged_without_end((RootMeanSquare, Norm::l2(), GeometricMean, HarmonicMean), values);
        merged_without_end((LogSumExp, ArgMin, First, Product), values);
        merged_without_end(Sum.finite(), values);
        merged_without_end(Count.filter(1.5..), values);
    }
}
