//! Law: no aggregate allocates, unless it says so: an exact sum where exponents are far apart.
//!
//! That of each aggregate alone, of a column, is in `every_aggregate.rs`.
#![cfg(feature = "std")]

mod counting;

use counting::allocations;
use lanefold::{
    Absolute, Accumulator, Adapt, Affine, Aggregate, ArgMax, Backend, Count, Dot, ExactDot,
    ExactMean, ExactSum, ExactVariance, First, Grouped, Last, Max, Mean, Min, MinMax, Nullable,
    StdDev, Strided, Sum, SumOfSquares, Variance,
};
use std::hint::black_box;

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
fn no_adaptor_allocates() {
    let values: Vec<f64> = (0..5000).map(f64::from).collect();
    let others: Vec<f64> = (0..5000).map(|i| f64::from(i % 7)).collect();
    let results = std::cell::RefCell::new(vec![0.0; 5000]);
    let scans = std::cell::RefCell::new(vec![(None, 0.0); 5000]);
    let times: Vec<i64> = (0..5000).map(|row| row / 3).collect();
    none_allocates(|backend, len| {
        let (x, keys) = (&values[..len], &others[..len]);
        let some = (Count, Sum, ArgMax);
        each![backend, x; some.filter(3.0..), some.skip_nan(), some.finite()];
        each![backend, x; some.filter(|x: f64| x > 3.0), some.map(|x: f64| x + 1.0)];
        each![backend, x; some.map(Absolute), some.map(Affine { scale: 2.0, offset: 1.0 })];
        each![backend, (x, keys); some.filter(..5.0)];
        let every = Sum.every(7).expect("not 0");
        every.of_on(backend, x, &mut results.borrow_mut()[..len.div_ceil(7)]).expect("enough room");
        (Max, Sum)
            .running()
            .of_on(backend, x, &mut scans.borrow_mut()[..len])
            .expect("enough room");
        let buckets = Sum.every_time(7).expect("a width");
        let bucket = |start, sum| {
            black_box((start, sum));
        };
        buckets.of_on(backend, &times[..len], x, bucket).expect("sorted times");
        let strided = Strided::new(x, 0, 3).expect("a step");
        black_box(strided.of_on(backend, &some));
    });
}

/// Groups take memory where they are made, and for rows put together by group once.
#[test]
fn groups_take_memory_beforehand() {
    let values: Vec<f64> = (0..40_000).map(f64::from).collect();
    let mixed: Vec<u32> = (0..40_000_u32).map(|i| i.wrapping_mul(2_654_435_761) >> 22).collect();
    let sorted: Vec<u32> = (0..40_000).map(|i| i / 500).collect();
    let far: Vec<u32> = mixed.iter().map(|&id| id * 97).collect();
    for backend in Backend::available() {
        let mut grouped = Grouped::<_, f64>::on(backend, (Count, Sum, Mean, MinMax, First, Last));
        let mut together = Grouped::<_, f64>::on(backend, Variance::sample());
        grouped.resize(100_000);
        together.resize(100_000);
        let update = |of: &mut dyn FnMut(&[u32], &[f64])| {
            for ids in [&mixed, &sorted, &far] {
                for len in [1, 100, 40_000] {
                    of(&ids[..len], &values[..len]);
                }
            }
        };
        let count = allocations(|| {
            update(&mut |ids, values| grouped.update(ids, values).expect("ids of groups"));
            grouped.push(3, 1.0).expect("a group");
            grouped.reset();
        });
        assert_eq!(count, 0, "{backend}");
        let mut once = || {
            allocations(|| {
                update(&mut |ids, values| together.update(ids, values).expect("ids of groups"));
            })
        };
        assert!((1..=20).contains(&once()), "{backend}: it takes some, once");
        assert_eq!(once(), 0, "{backend}: it is kept");
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
