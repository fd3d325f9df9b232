//! Laws: an aggregate of one column, or of a pair, has on every backend the result that it has on the
//! scalar one, and so it has where the library chooses; those that say so allocate nothing.
//!
//! Other laws look at more columns and types than these. This one is small, so that it is compiled
//! and run as optimized code, too. Sketches, histograms, groups and what is
//! made of several quantiles have laws of their own.
#![cfg(feature = "std")]

#[path = "laws/backends.rs"]
mod backends;
mod counting;

use counting::allocations;
use fastrand::Rng;
use lanefold::{
    Aggregate, All, Any, ArgMax, ArgMin, ArgMinMax, Backend, BitAnd, BitOr, BitXor, Bitmap,
    CheckedProduct, CheckedSum, CoefficientOfVariation, Correlation, CosineSimilarity, Count,
    CountIf, CountNan, Covariance, Dot, EuclideanDistance, ExactDot, ExactMean, ExactSum,
    ExactVariance, First, GeometricMean, HarmonicMean, Last, LastTie, LinearFit, LogSumExp, Max,
    Mean, MeanAbsoluteError, Min, MinMax, Moments, Norm, Nullable, Product, PropagateNan, Quantile,
    RootMeanSquare, RootMeanSquareError, StdDev, Sum, SumOfSquares, TopK, TotalOrder, Variance,
    WeightedMean, WeightedVariance, WrappingProduct, WrappingSum,
};
use std::fmt::Debug;
use std::hint::black_box;

const LONGEST: usize = 5000;
/// Around the ends of the ways to short columns, of a run, and of a tile.
const LENGTHS: [usize; 22] =
    [0, 1, 2, 4, 7, 8, 9, 12, 15, 16, 17, 24, 33, 40, 64, 100, 128, 512, 513, 1024, 1025, LONGEST];

/// Calls a function of a backend, or of none, so that the library chooses, and a length for all of
/// these.
fn for_each(run: impl Fn(Option<Backend>, usize)) {
    // The first call reads an environment variable, which is a `String`.
    let _ = Backend::best();
    let named = ["scalar", "sse", "avx2", "avx512"].into_iter().filter_map(backends::named);
    for backend in named.map(Some).chain([None]) {
        for len in LENGTHS {
            run(backend, len);
        }
    }
}

/// Compares a result with that of the scalar backend, and counts what it allocates.
fn compare<O: Debug>(
    name: &str,
    on: Option<Backend>,
    len: usize,
    result: impl Fn() -> O,
    wanted: &O,
) {
    let mut got = None;
    let count = allocations(|| got = Some(black_box(result())));
    let got = got.expect("it was called");
    // As text, which tells zeros apart, and takes a NaN for a NaN.
    assert_eq!(format!("{got:?}"), format!("{wanted:?}"), "{name} of {len} rows on {on:?}");
    // Quantiles of more rows say that they do.
    let may = name == "quantile" && len > 512;
    assert!(count == 0 || may, "{name} of {len} rows on {on:?} allocates {count} times");
}

/// Checks each of some aggregates, of a column.
macro_rules! each {
    ($on:ident, $len:ident, $column:expr; $($aggregate:expr),* $(,)?) => {$(
        let wanted = $aggregate.of_on(Backend::SCALAR, $column);
        let name = stringify!($aggregate);
        match $on {
            Some(backend) => compare(name, $on, $len, || $aggregate.of_on(backend, $column), &wanted),
            None => compare(name, $on, $len, || $aggregate.of($column), &wanted),
        }
    )*};
}

/// Numbers from -100 to 100 whose sums are rounded.
fn floats(seed: u64) -> Vec<f64> {
    let mut random = Rng::with_seed(seed);
    (0..LONGEST).map(|_| random.f64() * 200.0 - 100.0).collect()
}

/// Of which few statistics are NaN.
fn positive(seed: u64) -> Vec<f64> {
    floats(seed).into_iter().map(|x| x.abs() + 0.5).collect()
}

/// These numbers with others among them, the first of those in the third row.
fn with(others: &[f64], mut values: Vec<f64>) -> Vec<f64> {
    let some = values.iter_mut().skip(2).step_by(5);
    some.zip(others.iter().cycle()).for_each(|(x, other)| *x = *other);
    values
}

/// What is no ordinary number, and NaN from the 34th row on: before, statistics are not all NaN.
fn specials(seed: u64) -> Vec<f64> {
    let mut values = with(&[f64::INFINITY, -0.0, 1e300, 5e-324], floats(seed));
    values.iter_mut().skip(33).step_by(61).for_each(|x| *x = f64::NAN);
    values.iter_mut().skip(63).step_by(61).for_each(|x| *x = f64::NEG_INFINITY);
    values
}

fn integers() -> Vec<i32> {
    let mut random = Rng::with_seed(3);
    (0..LONGEST).map(|_| random.i32(..)).collect()
}

#[test]
fn of_floats() {
    let positive = positive(1);
    assert!(GeometricMean.of(&positive).is_some_and(f64::is_finite));
    assert!(HarmonicMean.of(&positive).is_some_and(f64::is_finite));
    // Whose least value is a zero, and whose greatest is one.
    let zeros = with(&[0.0, -0.0, 5e-324], positive.clone());
    let negative = zeros.iter().map(|x| -x).collect();
    for values in [floats(1), positive, zeros, negative, specials(8)] {
        for_each(|on, len| {
            let x = &values[..len];
            each![on, len, x; Count, CountNan, Sum, Mean, First, Last, Product, SumOfSquares];
            each![on, len, x; Min, Max, MinMax, ArgMin, ArgMax, ArgMinMax, LastTie(ArgMin)];
            each![on, len, x; PropagateNan(MinMax), PropagateNan(ArgMax), TotalOrder(Min)];
            each![on, len, x; Variance::sample(), StdDev::sample(), Moments];
            each![on, len, x; CoefficientOfVariation::sample(), RootMeanSquare];
            each![on, len, x; Norm::l1(), Norm::l2(), Norm::max()];
            each![on, len, x; GeometricMean, HarmonicMean, LogSumExp];
            each![on, len, x; TopK::largest(8), TopK::smallest(3).with_rows()];
        });
    }
}

#[test]
#[allow(clippy::cast_possible_truncation, reason = "other numbers, whichever they are")]
fn of_floats_that_may_be_null() {
    let bits = vec![0b1011_0111; LONGEST / 8 + 1];
    let quantile = Quantile::new(0.99).expect("between 0 and 1");
    for values in [floats(4), specials(4)] {
        let narrow: Vec<f32> = values.iter().map(|&x| x as f32).collect();
        for_each(|on, len| {
            let x = Nullable::new(&values[..len], &bits, 3).expect("enough bits");
            each![on, len, x; Count, Sum, Mean, Min, Max, ArgMin, Variance::sample(), quantile];
            let x = Nullable::new(&narrow[..len], &bits, 3).expect("enough bits");
            each![on, len, x; Sum, Min, Max];
        });
    }
}

/// Of exponents that are near each other, for other sums allocate.
#[test]
fn exact_ones_of_floats() {
    let (values, others) = (floats(5), floats(6));
    for_each(|on, len| {
        let (x, y) = (&values[..len], &others[..len]);
        each![on, len, x; ExactSum, ExactMean, ExactVariance::sample()];
        each![on, len, (x, y); ExactDot];
    });
}

#[test]
fn of_integers() {
    let numbers = integers();
    for_each(|on, len| {
        let n = &numbers[..len];
        each![on, len, n; Sum, Mean, WrappingSum, CheckedSum, WrappingProduct, CheckedProduct];
        each![on, len, n; BitAnd, BitOr, BitXor, Min, Max, ArgMin, ArgMinMax, First, Last];
        each![on, len, n; SumOfSquares, Variance::sample(), Moments, RootMeanSquare];
    });
}

/// The first, or the last, of the rows that no other beats; NaN is no row.
fn place<T: PartialOrd + Copy>(
    values: &[T],
    last: bool,
    beats: impl Fn(&T, &T) -> bool,
) -> Option<(usize, T)> {
    let mut best: Option<(usize, T)> = None;
    for (row, &value) in values.iter().enumerate() {
        let is_nan = value.partial_cmp(&value).is_none();
        let replaces = best.is_none_or(|(_, best)| beats(&value, &best) || last && value == best);
        if !is_nan && replaces {
            best = Some((row, value));
        }
    }
    best
}

/// Checks both places of columns of few different values.
fn places<T: lanefold::Number + PartialEq>(values: &[T]) {
    for_each(|on, len| {
        let x = &values[..len];
        each![on, len, x; ArgMinMax, LastTie(ArgMinMax)];
    });
    // The scalar backend has the same ways, so once by a loop.
    for x in (0..=128).map(|len| &values[..len]) {
        let both = |last| place(x, last, T::lt).zip(place(x, last, T::gt));
        assert_eq!(ArgMinMax.of(x), both(false), "{x:?}");
        assert_eq!(LastTie(ArgMinMax).of(x), both(true), "{x:?}");
    }
}

#[test]
#[allow(clippy::cast_possible_truncation, reason = "small numbers, and NaN, which becomes 0")]
fn places_of_equal_values() {
    let mut random = Rng::with_seed(11);
    let few: Vec<f64> = (0..LONGEST).map(|_| [-1.0, 2.0, f64::NAN][random.usize(..3)]).collect();
    places(&few);
    places(&vec![f64::NAN; LONGEST]);
    places(&few.iter().map(|&x| x as f32).collect::<Vec<_>>());
    places(&few.iter().map(|&x| x as i64).collect::<Vec<_>>());
    places(&few.iter().map(|&x| x as i32).collect::<Vec<_>>());
}

/// Which value in order, of so many.
type Place = fn(usize) -> Option<usize>;

#[test]
fn quantiles() {
    let (values, numbers) = (floats(9), integers());
    // And the place of the one value that it is, in order, where it is no point between two.
    let asked: [(f64, Place); 4] = [
        (0.0, |_| Some(0)),
        (0.5, |len| (len % 2 == 1).then_some(len / 2)),
        (0.99, |_| None),
        (1.0, |len| Some(len - 1)),
    ];
    for (q, place) in asked {
        let quantile = Quantile::new(q).expect("between 0 and 1");
        for_each(|on, len| {
            each![on, len, &values[..len]; quantile];
            each![on, len, &numbers[..len]; quantile];
        });
        // Few are sorted by the same code on every backend.
        for len in 1..=17 {
            let Some(place) = place(len) else { continue };
            let mut sorted = values[..len].to_vec();
            sorted.sort_by(f64::total_cmp);
            assert_eq!(quantile.of(&values[..len]), Some(sorted[place]), "{q} of {len} rows");
        }
    }
}

#[test]
fn of_pairs() {
    let weights = positive(2);
    for (values, others) in
        [(floats(1), floats(2)), (floats(1), weights), (specials(10), floats(2))]
    {
        for_each(|on, len| {
            let pair = (&values[..len], &others[..len]);
            each![on, len, pair; Dot, Covariance::sample(), Correlation, LinearFit];
            each![on, len, pair; WeightedMean, WeightedVariance::frequency(1)];
            each![on, len, pair; MeanAbsoluteError, RootMeanSquareError];
            each![on, len, pair; EuclideanDistance, CosineSimilarity];
        });
    }
}

#[test]
fn of_booleans() {
    let mixed = (0..LONGEST).map(|i| if i % 100 < 50 { 0xff } else { 0b1011_0111 }).collect();
    let late = (0..LONGEST).map(|i| u8::from(i >= 120)).collect();
    for bits in [mixed, late, vec![0_u8; LONGEST]] {
        for_each(|on, len| {
            let booleans = Bitmap::new(&bits, 3, len).expect("enough bits");
            let nullable = booleans.with_validity(&bits, 1).expect("enough bits");
            each![on, len, booleans; Any, All, CountIf, Count];
            each![on, len, nullable; Any, All, CountIf, Count];
        });
    }
}
