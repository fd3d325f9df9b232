//! Law: no aggregate allocates.
//!
//! An allocator counts what the thread that runs a kernel asks for.
#![cfg(feature = "std")]
#![allow(unsafe_code, reason = "an allocator is unsafe to implement")]

use lanefold::{
    Absolute, Accumulator, Adapt, Affine, Aggregate, All, Any, ArgMax, ArgMin, ArgMinMax, Backend,
    BitAnd, BitOr, BitXor, Bitmap, CheckedProduct, CheckedSum, CoefficientOfVariation, Correlation,
    CosineSimilarity, Count, CountIf, CountNan, Covariance, Dot, EuclideanDistance, ExactMean,
    ExactSum, First, GeometricMean, HarmonicMean, Last, LastTie, LinearFit, LogSumExp, Max, Mean,
    MeanAbsoluteError, Min, MinMax, Moments, Norm, Nullable, Product, PropagateNan, RootMeanSquare,
    RootMeanSquareError, StdDev, Strided, Sum, SumOfSquares, TopK, TotalOrder, Variance,
    WeightedMean, WeightedVariance, WrappingProduct, WrappingSum,
};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::hint::black_box;

struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: all work is done by the allocator of the system.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.with(|count| count.set(count.get() + 1));
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn allocations(run: impl FnOnce()) -> usize {
    let before = ALLOCATIONS.with(Cell::get);
    run();
    ALLOCATIONS.with(Cell::get) - before
}

#[test]
fn the_allocator_counts() {
    assert!(allocations(|| drop(black_box(vec![1.0_f64; 100]))) > 0);
}

/// Calls a function of a backend and a length for all of these.
fn none_allocates(run: impl Fn(Backend, usize)) {
    // The first call reads an environment variable, which is a `String`.
    let _ = Backend::best();
    let backends: Vec<Backend> = Backend::available().collect();
    for backend in backends {
        for len in [0, 1, 8, 16, 17, 100, 513, 1024, 5000] {
            let count = allocations(|| run(backend, len));
            assert_eq!(count, 0, "{backend}, {len} rows");
        }
    }
}

/// Each of some aggregates, of a column.
macro_rules! each {
    ($backend:ident, $column:expr; $($aggregate:expr),* $(,)?) => {
        $(let _ = black_box($aggregate.of_on($backend, $column));)*
    };
}

#[test]
fn no_way_to_hand_over_rows_allocates() {
    let values: Vec<f64> = (0..5000).map(f64::from).collect();
    let numbers: Vec<i32> = (0..5000).collect();
    let bits = vec![0b1011_0111; 1000];
    none_allocates(|backend, len| {
        let (x, n) = (&values[..len], &numbers[..len]);
        let seven = (Count, Sum, Mean, Min, MinMax, SumOfSquares, StdDev::sample());
        black_box(seven.of_on(backend, x));
        black_box(seven.of_on(backend, n));
        let column = Nullable::new(x, &bits, 3).expect("enough bits");
        black_box(seven.of_on(backend, column));
        black_box(Dot.of_on(backend, (x, column)));
        let mut stream = Accumulator::<_, f64>::on(backend, (Max, Variance::sample()));
        stream.update(x).expect("one column");
        stream.push(1.0);
        let other = stream.clone();
        stream.merge(&other);
        black_box(stream.finish());
        black_box((lanefold::sum(x), lanefold::min(n), lanefold::std_dev(x)));
    });
}

#[test]
fn no_aggregate_of_numbers_allocates() {
    let values: Vec<f64> = (0..5000).map(f64::from).collect();
    none_allocates(|backend, len| {
        let x = &values[..len];
        each![backend, x; Count, CountNan, Sum, Mean, First, Last, Product, ExactMean, ExactSum];
        each![backend, x; Min, Max, MinMax, ArgMin, ArgMax, ArgMinMax, LastTie(ArgMin)];
        each![backend, x; PropagateNan(MinMax), PropagateNan(ArgMax), TotalOrder(Min)];
        each![backend, x; SumOfSquares, Variance::sample(), StdDev::sample(), Moments];
        each![backend, x; CoefficientOfVariation::sample(), RootMeanSquare];
        each![backend, x; Norm::l1(), Norm::l2(), Norm::max()];
        each![backend, x; GeometricMean, HarmonicMean, LogSumExp];
        each![backend, x; TopK::largest(8), TopK::smallest(3).with_rows()];
    });
}

#[test]
fn no_aggregate_of_integers_allocates() {
    let numbers: Vec<i32> = (0..5000).collect();
    none_allocates(|backend, len| {
        let n = &numbers[..len];
        each![backend, n; Sum, Mean, WrappingSum, CheckedSum, WrappingProduct, CheckedProduct];
        each![backend, n; BitAnd, BitOr, BitXor, Min, Max, ArgMinMax, First, Last];
        each![backend, n; SumOfSquares, Variance::sample(), Moments, RootMeanSquare];
    });
}

#[test]
fn no_aggregate_of_pairs_or_booleans_allocates() {
    let values: Vec<f64> = (0..5000).map(f64::from).collect();
    let others: Vec<f64> = (0..5000).map(|i| f64::from(i % 7)).collect();
    let bits = vec![0b1011_0111; 1000];
    none_allocates(|backend, len| {
        let pair = (&values[..len], &others[..len]);
        each![backend, pair; Dot, Covariance::sample(), Correlation, LinearFit, WeightedMean];
        each![backend, pair; WeightedVariance::frequency(1), MeanAbsoluteError];
        each![backend, pair; RootMeanSquareError, EuclideanDistance, CosineSimilarity];
        let booleans = Bitmap::new(&bits, 3, len).expect("enough bits");
        let nullable = booleans.with_validity(&bits, 1).expect("enough bits");
        each![backend, booleans; Any, All, CountIf, Count];
        each![backend, nullable; Any, All, CountIf, Count];
    });
}

#[test]
fn no_adaptor_allocates() {
    let values: Vec<f64> = (0..5000).map(f64::from).collect();
    let others: Vec<f64> = (0..5000).map(|i| f64::from(i % 7)).collect();
    let results = std::cell::RefCell::new(vec![0.0; 5000]);
    none_allocates(|backend, len| {
        let (x, keys) = (&values[..len], &others[..len]);
        let some = (Count, Sum, ArgMax);
        each![backend, x; some.filter(3.0..), some.skip_nan(), some.finite()];
        each![backend, x; some.filter(|x: f64| x > 3.0), some.map(|x: f64| x + 1.0)];
        each![backend, x; some.map(Absolute), some.map(Affine { scale: 2.0, offset: 1.0 })];
        each![backend, (x, keys); some.filter(..5.0)];
        let every = Sum.every(7).expect("not 0");
        every.of_on(backend, x, &mut results.borrow_mut()[..len.div_ceil(7)]).expect("enough room");
        let strided = Strided::new(x, 0, 3).expect("a step");
        black_box(strided.of_on(backend, &some));
    });
}
