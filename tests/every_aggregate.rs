//! Laws: each aggregate has on every backend the result that it has on the scalar one, and allocates
//! nothing.
//!
//! Other laws look at more columns and types than these. This one is small, so that it is compiled
//! and run as optimized code, too.
#![cfg(feature = "std")]

mod counting;

use counting::allocations;
use lanefold::{
    Aggregate, All, Any, ArgMax, ArgMin, ArgMinMax, Backend, BitAnd, BitOr, BitXor, Bitmap,
    CheckedProduct, CheckedSum, CoefficientOfVariation, Correlation, CosineSimilarity, Count,
    CountIf, CountNan, Covariance, Dot, EuclideanDistance, ExactDot, ExactMean, ExactSum,
    ExactVariance, First, GeometricMean, HarmonicMean, Last, LastTie, LinearFit, LogSumExp, Max,
    Mean, MeanAbsoluteError, Min, MinMax, Moments, Norm, Nullable, Product, PropagateNan,
    RootMeanSquare, RootMeanSquareError, StdDev, Sum, SumOfSquares, TopK, TotalOrder, Variance,
    WeightedMean, WeightedVariance, WrappingProduct, WrappingSum,
};
use std::fmt::Debug;
use std::hint::black_box;

const LENGTHS: [usize; 10] = [0, 1, 8, 16, 17, 100, 513, 1024, 1025, 5000];

/// Calls a function of a backend and a length for all of these.
fn for_each(run: impl Fn(Backend, usize)) {
    // The first call reads an environment variable, which is a `String`.
    let _ = Backend::best();
    for backend in Backend::available() {
        for len in LENGTHS {
            run(backend, len);
        }
    }
}

/// Compares a result with that of the scalar backend, and counts what it allocates.
fn check<O: Debug>(name: &str, backend: Backend, len: usize, of_on: impl Fn(Backend) -> O) {
    let mut result = None;
    let count = allocations(|| result = Some(black_box(of_on(backend))));
    let wanted = Some(of_on(Backend::SCALAR));
    // As text, which tells zeros apart, and takes a NaN for a NaN.
    assert_eq!(format!("{result:?}"), format!("{wanted:?}"), "{name} of {len} rows on {backend}");
    assert_eq!(count, 0, "{name} of {len} rows on {backend}");
}

/// Checks each of some aggregates, of a column.
macro_rules! each {
    ($backend:ident, $len:ident, $column:expr; $($aggregate:expr),* $(,)?) => {
        $(check(stringify!($aggregate), $backend, $len, |on| $aggregate.of_on(on, $column));)*
    };
}

/// Random bits, each time others (xorshift, by Marsaglia).
fn random(seed: u64) -> impl FnMut() -> u64 {
    let mut state = seed;
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    }
}

/// Numbers from -100 to 100 whose sums are rounded.
fn floats(seed: u64) -> Vec<f64> {
    let mut next = random(seed);
    (0..5000).map(|_| (next() >> 11) as f64 / (1_u64 << 53) as f64 * 200.0 - 100.0).collect()
}

/// The same with what is no ordinary number among them.
fn specials(seed: u64) -> Vec<f64> {
    let mut values = floats(seed);
    let others = [0.0, -0.0, f64::NAN, f64::INFINITY, 5e-324, 1e300];
    values.iter_mut().step_by(97).zip(others.into_iter().cycle()).for_each(|(x, y)| *x = y);
    values
}

fn integers() -> Vec<i32> {
    let mut next = random(3);
    let bytes = |bits: u64| bits.to_le_bytes()[..4].try_into().expect("four bytes");
    (0..5000).map(|_| i32::from_le_bytes(bytes(next()))).collect()
}

#[test]
fn of_floats() {
    for values in [floats(1), specials(1)] {
        for_each(|backend, len| {
            let x = &values[..len];
            each![backend, len, x; Count, CountNan, Sum, Mean, First, Last, Product, SumOfSquares];
            each![backend, len, x; Min, Max, MinMax, ArgMin, ArgMax, ArgMinMax, LastTie(ArgMin)];
            each![backend, len, x; PropagateNan(MinMax), PropagateNan(ArgMax), TotalOrder(Min)];
            each![backend, len, x; Variance::sample(), StdDev::sample(), Moments];
            each![backend, len, x; CoefficientOfVariation::sample(), RootMeanSquare];
            each![backend, len, x; Norm::l1(), Norm::l2(), Norm::max()];
            each![backend, len, x; GeometricMean, HarmonicMean, LogSumExp];
            each![backend, len, x; TopK::largest(8), TopK::smallest(3).with_rows()];
        });
    }
}

#[test]
fn of_floats_that_may_be_null() {
    let (values, bits) = (specials(4), vec![0b1011_0111; 1000]);
    for_each(|backend, len| {
        let x = Nullable::new(&values[..len], &bits, 3).expect("enough bits");
        each![backend, len, x; Count, Sum, Mean, Max, ArgMin, Variance::sample()];
    });
}

/// Of exponents that are near each other, for other sums allocate.
#[test]
fn exact_ones_of_floats() {
    let (values, others) = (floats(5), floats(6));
    for_each(|backend, len| {
        let (x, y) = (&values[..len], &others[..len]);
        each![backend, len, x; ExactSum, ExactMean, ExactVariance::sample()];
        each![backend, len, (x, y); ExactDot];
    });
}

#[test]
fn of_integers() {
    let numbers = integers();
    for_each(|backend, len| {
        let n = &numbers[..len];
        each![backend, len, n; Sum, Mean, WrappingSum, CheckedSum, WrappingProduct, CheckedProduct];
        each![backend, len, n; BitAnd, BitOr, BitXor, Min, Max, ArgMinMax, First, Last];
        each![backend, len, n; SumOfSquares, Variance::sample(), Moments, RootMeanSquare];
    });
}

#[test]
fn of_pairs() {
    for (values, others) in [(floats(1), floats(2)), (specials(1), floats(2))] {
        for_each(|backend, len| {
            let pair = (&values[..len], &others[..len]);
            each![backend, len, pair; Dot, Covariance::sample(), Correlation, LinearFit];
            each![backend, len, pair; WeightedMean, WeightedVariance::frequency(1)];
            each![backend, len, pair; MeanAbsoluteError, RootMeanSquareError];
            each![backend, len, pair; EuclideanDistance, CosineSimilarity];
        });
    }
}

#[test]
fn of_booleans() {
    let bits: Vec<u8> = (0..1000).map(|i| if i % 100 < 50 { 0xff } else { 0b1011_0111 }).collect();
    for_each(|backend, len| {
        let booleans = Bitmap::new(&bits, 3, len).expect("enough bits");
        let nullable = booleans.with_validity(&bits, 1).expect("enough bits");
        each![backend, len, booleans; Any, All, CountIf, Count];
        each![backend, len, nullable; Any, All, CountIf, Count];
    });
}
