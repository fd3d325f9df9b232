//! Law: once warm, neither a batch of the last rung of `examples/pipeline` nor an update of groups
//! or accumulators takes memory.
//!
//! `dhat` counts what the whole process asks for, so this is a program without a test harness,
//! whose threads would ask for some, too.
#![cfg(feature = "bumpalo")]

#[allow(dead_code, reason = "the rung is shared with the example, of which this uses a part")]
#[path = "../examples/pipeline/columns.rs"]
mod columns;
#[allow(dead_code, reason = "the rung is shared with the example, of which this uses a part")]
#[path = "../examples/pipeline/statistics.rs"]
mod statistics;
#[allow(dead_code, reason = "the rung is shared with the example, of which this uses a part")]
#[path = "../examples/pipeline/workload.rs"]
mod workload;

use columns::Columns;
use lanefold::{
    Accumulator, Aggregate, Backend, Count, ExactSum, Grouped, Histogram, Interner, Max, Mean,
    MinMax, QuantileSketch, StdDev, Sum, Variance,
};
use statistics::{Rung, Statistics};
use std::fmt::Display;
use std::hint::black_box;
use workload::{BATCH, Producers, WINDOW};

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

/// How many blocks were asked for.
fn blocks(run: impl FnOnce()) -> u64 {
    let before = dhat::HeapStats::get().total_blocks;
    run();
    dhat::HeapStats::get().total_blocks - before
}

fn main() {
    let _profiler = dhat::Profiler::builder().testing().build();
    // The first call reads an environment variable, which is a `String`.
    let _ = Backend::best();
    the_allocator_counts();
    the_last_rungs_allocate_nothing();
    groups_allocate_nothing();
    accumulators_allocate_nothing();
    known_series_allocate_nothing();
    a_histogram_of_few_values_allocates_its_counts();
    println!("alloc_free: 6 laws hold");
}

/// Results share their edges, so that there is nothing but the counts.
fn a_histogram_of_few_values_allocates_its_counts() {
    let histogram = Histogram::linear(0.0, 1.0, 100).expect("edges");
    let values = [0.5; 64];
    assert_eq!(blocks(|| drop(black_box(histogram.of(&values)))), 1);
    let (one, other) = (histogram.of(&values), histogram.of(&[0.5; 1_000]));
    assert!(core::ptr::eq(one.edges(), other.edges()));
}

fn the_allocator_counts() {
    assert_eq!(blocks(|| drop(black_box(vec![1.0_f64; 100]))), 1);
}

/// Each window has the same events as the one before, so that the first two warm all up: both
/// sets of groups, which take turns, the arena, and the names of the series.
fn the_last_rungs_allocate_nothing() {
    const BATCHES: usize = 3;
    let producers = Producers::new();
    let labels = producers.labels();
    let mut events = producers.events(&labels, BATCHES);
    let mut results = 0_u64;
    for by_place in [false, true] {
        let mut rung = Columns::new(by_place);
        let mut sink = |_: i64, _: &dyn Display, statistics: &Statistics| {
            results += statistics.count;
        };
        for window in 0..8 {
            for batch in events.chunks(BATCH) {
                let taken = blocks(|| rung.batch(batch, &mut sink));
                // The first window of the third round is the first where nothing is new.
                assert!(window < 4 || taken == 0, "window {window}: {taken} blocks");
            }
            for event in &mut events {
                event.timestamp += WINDOW;
            }
        }
        rung.end(&mut sink);
    }
    assert_eq!(results, 2 * 8 * (BATCHES * BATCH) as u64, "an event was lost");
}

fn groups_allocate_nothing() {
    let ids: Vec<u32> = (0..50_000).map(|i| i * 7919 % 1000).collect();
    let sorted: Vec<u32> = (0..50_000).map(|i| i / 50).collect();
    let values: Vec<f64> = (0..50_000).map(|i| 1.0 + f64::from(i * 31 % 97)).collect();
    let sketch = QuantileSketch::new(0.01).expect("in range");
    for backend in Backend::available() {
        let mut cheap = Grouped::on(backend, (Count, Sum, Mean, MinMax));
        let mut any = Grouped::on(backend, (StdDev::sample(), sketch));
        cheap.resize(1000);
        any.resize(1000);
        for round in 0..3 {
            let taken = blocks(|| {
                for ids in [&ids, &sorted] {
                    cheap.update(ids, &values).expect("groups");
                    any.update(ids, &values).expect("groups");
                }
                cheap.push(7, 1.0).expect("a group");
                black_box((cheap.get(7), any.partials().len()));
                cheap.reset();
                any.reset();
            });
            assert!(round == 0 || taken == 0, "{backend}: {taken} blocks");
        }
    }
}

fn accumulators_allocate_nothing() {
    let values: Vec<f64> = (0..5000).map(f64::from).collect();
    for backend in Backend::available() {
        let taken = blocks(|| {
            let aggregates = (Count, Sum, ExactSum, Mean, Max, MinMax, Variance::sample());
            let mut stream = Accumulator::<_, f64>::on(backend, aggregates);
            stream.update(&values).expect("one column");
            stream.push(1.0);
            black_box(stream.finish());
            black_box(aggregates.of_on(backend, &values));
        });
        assert_eq!(taken, 0, "{backend}");
    }
}

fn known_series_allocate_nothing() {
    let mut series = Interner::new();
    let labels = [("a", "1"), ("b", "2"), ("c", "3")];
    let mixed = [("c", "3"), ("a", "1"), ("b", "2")];
    assert!(blocks(|| assert_eq!(series.id("x", &labels), Ok(0))) > 0);
    let taken = blocks(|| {
        assert_eq!(series.id("x", &labels), Ok(0));
        assert_eq!(series.id("x", &mixed), Ok(0));
    });
    assert_eq!(taken, 0);
}
