//! How long it takes to count different values, and to find those that come often.
//!
//! A benchmark is named `aggregate/rows/way/values`, as in `distinct/all/avx2/1000`. The rows are
//! numbers that are all different (`all`), or one of a thousand (`some`), or follow Zipf's law
//! (`zipf`). The ways are each backend, `warm` (more of the same rows for a sketch of the best
//! backend that has seen some), and `std`: a set, or a map of counters, of the standard library.
//! `plain` is the loop that one writes for registers: hash, shift, count zeros, compare.
//!
//! ```text
//! cargo bench --bench distinct -- 'distinct/all/'
//! cargo bench --bench distinct -- --test
//! ```
//!
//! Results are checked before they are timed.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "indices are cut out of hashes, and values are positive"
)]

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use lanefold::{Aggregate, Backend, DistinctSketch, HeavyHitters};
use std::collections::{HashMap, HashSet};
use std::hint::black_box;
use std::time::Duration;

const SIZES: [usize; 3] = [1_000, 100_000, 1_000_000];
const PRECISION: u8 = 14;

/// The generator `SplitMix64`.
fn mix(key: u64) -> u64 {
    let z = key.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ z >> 31
}

/// Rows of a kind: the numbers are mixed, so that they are in no order.
fn rows(kind: &str, len: usize) -> Vec<u64> {
    (0..len as u64)
        .map(|i| match kind {
            "all" => mix(i),
            "some" => mix(mix(i) % 1_000),
            "zipf" => {
                let unit = (mix(i) >> 11) as f64 / (1_u64 << 53) as f64;
                1e6_f64.powf(unit) as u64
            }
            _ => unreachable!("there are three kinds"),
        })
        .collect()
}

/// Registers in plain code; the estimate is left out.
fn plain(values: &[u64]) -> Vec<u8> {
    let mut registers = vec![0; 1 << PRECISION];
    for &value in values {
        let hash = mix(value);
        let register: &mut u8 = &mut registers[(hash >> (64 - PRECISION)) as usize];
        let rank = (hash << PRECISION | 1 << (PRECISION - 1)).leading_zeros().to_le_bytes()[0] + 1;
        if rank > *register {
            *register = rank;
        }
    }
    registers
}

fn distinct(criterion: &mut Criterion) {
    let sketch = DistinctSketch::new(PRECISION).expect("a precision that there is");
    for kind in ["all", "some"] {
        let mut group = criterion.benchmark_group(format!("distinct/{kind}"));
        for size in SIZES {
            let values = rows(kind, size);
            group.throughput(Throughput::Elements(size as u64));
            let set = |values: &[u64]| values.iter().collect::<HashSet<_>>().len();
            let (truth, got) = (set(&values) as f64, sketch.of(&values));
            assert!((got as f64 / truth - 1.0).abs() < 3.0 * sketch.standard_error());
            for backend in Backend::available() {
                assert_eq!(sketch.of_on(backend, &values), got, "on {backend}");
                group.bench_function(BenchmarkId::new(backend.name(), size), |bencher| {
                    bencher.iter(|| sketch.of_on(backend, black_box(&values)));
                });
            }
            let mut stream = sketch.accumulator();
            stream.update(&values).expect("one column");
            assert_eq!(stream.finish(), got);
            group.bench_function(BenchmarkId::new("warm", size), |bencher| {
                bencher.iter(|| stream.update(black_box(&values)).expect("one column"));
            });
            group.bench_function(BenchmarkId::new("plain", size), |bencher| {
                bencher.iter(|| plain(black_box(&values)));
            });
            group.bench_function(BenchmarkId::new("std", size), |bencher| {
                bencher.iter(|| set(black_box(&values)));
            });
        }
        group.finish();
    }
}

fn heavy_hitters(criterion: &mut Criterion) {
    let hitters = HeavyHitters::new(1_000).expect("a capacity that there is");
    for kind in ["zipf", "all"] {
        let mut group = criterion.benchmark_group(format!("heavy_hitters/{kind}"));
        for size in SIZES {
            let values = rows(kind, size);
            group.throughput(Throughput::Elements(size as u64));
            let map = |values: &[u64]| {
                let mut counts = HashMap::<u64, u64>::new();
                for &value in values {
                    *counts.entry(value).or_default() += 1;
                }
                counts
            };
            let (truth, got) = (map(&values), hitters.of(&values));
            for x in &got.values {
                let count = truth[&x.value];
                assert!(x.count >= count && x.count - x.error <= count);
            }
            for backend in Backend::available() {
                assert_eq!(hitters.of_on(backend, &values), got, "on {backend}");
            }
            group.bench_function(BenchmarkId::new("best", size), |bencher| {
                bencher.iter(|| hitters.of(black_box(&values)));
            });
            group.bench_function(BenchmarkId::new("std", size), |bencher| {
                bencher.iter(|| map(black_box(&values)));
            });
        }
        group.finish();
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(20)
        .nresamples(2_000)
        .warm_up_time(Duration::from_millis(100))
        .measurement_time(Duration::from_millis(300));
    targets = distinct, heavy_hitters
}
criterion_main!(benches);
