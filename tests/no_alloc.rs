//! Law: no aggregate allocates, unless it says so: an exact sum where exponents are far apart.
//!
//! An allocator counts what the thread that runs a kernel asks for.
#![cfg(feature = "std")]
#![allow(unsafe_code, reason = "an allocator is unsafe to implement")]

use lanefold::{
    Accumulator, Aggregate, Backend, Count, Dot, ExactDot, ExactMean, ExactSum, ExactVariance, Max,
    Mean, Min, MinMax, Nullable, StdDev, Sum, SumOfSquares, Variance,
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

#[test]
fn no_aggregate_allocates() {
    // The first call reads an environment variable, which is a `String`.
    let _ = Backend::best();
    let backends: Vec<Backend> = Backend::available().collect();
    let values: Vec<f64> = (0..5000).map(f64::from).collect();
    let numbers: Vec<i32> = (0..5000).collect();
    let bits = vec![0b1011_0111; 1000];
    for backend in backends {
        for len in [0, 1, 8, 16, 17, 100, 513, 1024, 5000] {
            let (x, n) = (&values[..len], &numbers[..len]);
            let count = allocations(|| {
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
            assert_eq!(count, 0, "{backend}, {len} rows");
        }
    }
}

/// The digits of ordinary values are few, wherever they are and whatever the sum.
#[test]
fn exact_sums_of_ordinary_values_do_not_allocate() {
    let _ = Backend::best();
    let mut random = 1_u64;
    // All 53 digits, and exponents that are up to 33 apart.
    let mut next = |exponent: u64| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        f64::from_bits(random << 63 | (exponent + random % 34) << 52 | random >> 12)
    };
    for exponent in (1..2000).step_by(21) {
        let values: Vec<f64> = (0..5000).map(|_| next(exponent)).collect();
        let low = |x: &f64| x.to_bits().to_le_bytes()[..4].try_into().expect("four bytes");
        let wide: Vec<f32> = values.iter().map(|x| f32::from_le_bytes(low(x))).collect();
        for backend in Backend::available() {
            let count = allocations(|| {
                black_box((ExactSum, ExactMean).of_on(backend, &values));
                black_box((ExactSum, ExactMean).of_on(backend, &wide));
                black_box(ExactDot.of_on(backend, (&values[..2500], &values[2500..])));
                black_box(ExactDot.of_on(backend, (&wide, &wide)));
                black_box(ExactVariance::sample().of_on(backend, &values));
                black_box(ExactVariance::sample().of_on(backend, &wide));
                let mut one = Accumulator::<_, f64>::on(backend, ExactSum);
                let mut other = one.clone();
                one.update(&values[..2000]).expect("one column");
                other.update(&values[2000..]).expect("one column");
                one.merge(&other);
                black_box(one.finish());
            });
            assert_eq!(count, 0, "{backend}, exponents from {exponent} on");
        }
    }
}
