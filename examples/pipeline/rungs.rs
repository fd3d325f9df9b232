//! The ladder: what each rung is called, what it changed, and how to run it.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::hint::black_box;
use std::time::Instant;

use crate::allocator;
use crate::borrowed::Borrowed;
use crate::columns::Columns;
use crate::fused::Fused;
use crate::naive::{self, Naive};
use crate::simd;
use crate::statistics::{ALPHA, Rung, Statistics};
use crate::workload::{BATCH, BATCHES_OF_WINDOW, Event};

/// How many rungs there are; they count from 1.
pub(crate) const RUNGS: usize = 7;

/// What each rung changed.
pub(crate) const NAMES: [&str; RUNGS] = [
    "naive",
    "fused iterators",
    "borrowed keys",
    "mimalloc",
    "SIMD aggregates",
    "arena, groups, sketches",
    "labels by place",
];

/// Whether a rung has the other allocator.
pub(crate) fn has_mimalloc(rung: usize) -> bool {
    rung >= 4
}

/// A rung by its number.
pub(crate) fn make<'a>(rung: usize) -> Box<dyn Rung<'a> + 'a> {
    match rung {
        1 => Box::new(Naive::default()),
        2 => Box::new(Fused::default()),
        3 | 4 => Box::new(Borrowed::new(naive::statistics)),
        5 => Box::new(Borrowed::new(simd::statistics)),
        _ => Box::new(Columns::new(rung == RUNGS)),
    }
}

/// What a run came to.
pub(crate) struct Run {
    pub(crate) seconds: f64,
    /// Of each batch, in milliseconds.
    pub(crate) latencies: Vec<f64>,
    pub(crate) allocations: f64,
    pub(crate) bytes: f64,
}

/// Runs a rung: a window to warm up, and the other batches timed. Allocations and bytes are those
/// of an event.
pub(crate) fn run(rung: usize, events: &[Event<'_>]) -> Run {
    let (warm_up, timed) = events.split_at(events.len().min(BATCHES_OF_WINDOW * BATCH));
    let mut rung = make(rung);
    let mut sum = 0.0;
    let mut sink = |window: i64, name: &dyn Display, statistics: &Statistics| {
        black_box((window, name, statistics));
        sum += statistics.p99;
    };
    for batch in warm_up.chunks(BATCH) {
        rung.batch(batch, &mut sink);
    }
    let mut latencies = Vec::with_capacity(timed.len() / BATCH + 1);
    let before = allocator::counts();
    let start = Instant::now();
    let mut last = start;
    for batch in timed.chunks(BATCH) {
        rung.batch(batch, &mut sink);
        let now = Instant::now();
        latencies.push((now - last).as_secs_f64() * 1e3);
        last = now;
    }
    let seconds = (last - start).as_secs_f64();
    let after = allocator::counts();
    rung.end(&mut sink);
    black_box(sum);
    let of_event = |(after, before): (u64, u64)| (after - before) as f64 / timed.len() as f64;
    Run {
        seconds,
        latencies,
        allocations: of_event((after.0, before.0)),
        bytes: of_event((after.1, before.1)),
    }
}

/// What each window says of each series.
type Results = BTreeMap<(i64, String), Statistics>;

fn results(rung: usize, events: &[Event<'_>]) -> Results {
    let mut results = Results::new();
    let mut sink = |window: i64, name: &dyn Display, statistics: &Statistics| {
        let before = results.insert((window, name.to_string()), *statistics);
        assert!(before.is_none(), "rung {rung}: {name} was handed out twice for window {window}");
    };
    let mut rung = make(rung);
    for batch in events.chunks(BATCH) {
        rung.batch(batch, &mut sink);
    }
    rung.end(&mut sink);
    results
}

/// Asserts that every rung gives what the first one does.
///
/// Counts and extremes are equal, sums and what follows from them within the rounding of
/// additions in another order, and percentiles equal, or within the error of the sketch.
pub(crate) fn check(events: &[Event<'_>]) -> usize {
    let expected = results(1, events);
    let count: u64 = expected.values().map(|statistics| statistics.count).sum();
    assert_eq!(count, events.len() as u64, "an event was lost");
    for rung in 2..=RUNGS {
        let got = results(rung, events);
        assert!(got.keys().eq(expected.keys()), "rung {rung}: other series or windows");
        let alpha = if rung >= 6 { ALPHA } else { 0.0 };
        for ((key, got), expected) in got.iter().zip(expected.values()) {
            let near = |a: f64, b: f64, bound: f64| (a - b).abs() <= bound * b.abs();
            // A plain loop errs by n units of 2⁻⁵³ at most; values are positive.
            let rounding = 2.0 * expected.count as f64 * f64::EPSILON;
            let same = (got.count, got.min, got.max)
                == (expected.count, expected.min, expected.max)
                && near(got.sum, expected.sum, rounding)
                && near(got.mean, expected.mean, rounding)
                && near(got.std_dev, expected.std_dev, 4.0 * rounding)
                && near(got.p99, expected.p99, alpha);
            assert!(same, "rung {rung}: {key:?}: {got:?} instead of {expected:?}");
        }
    }
    expected.len()
}
