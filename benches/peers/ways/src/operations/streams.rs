//! What takes values one by one or in batches: sketches, histograms, different values, and
//! `push`. The values are those of latencies: lognormal, in microseconds.
//!
//! Sketches keep quantiles within 1 %: `ddsketch` with the same bound, `hdrhistogram` with
//! two digits and of integers, `tdigest` (of `datasketches`) with a compression of 200,
//! which bounds ranks instead of values.

#![allow(clippy::needless_for_each, reason = "one line for what each crate does with a value")]

use crate::contest::{Check, Contest, equal, near};
use crate::data::{Random, aligned};
use crate::facts::Careful;
use average::Estimate;
use datasketches::hll::{HllSketch, HllType};
use datasketches::tdigest::TDigestMut;
use hdrhistogram::Histogram as HdrHistogram;
use lanefold::{
    Accumulator, Aggregate, Backend, DistinctSketch, Histogram, QuantileSketch, Variance,
};
use ndhistogram::axis::Uniform;
use ndhistogram::{Histogram as _, ndhistogram};
use polars_compute::moment::VarState;
use sketches_ddsketch::{Config, DDSketch};
use std::cell::RefCell;
use std::collections::HashSet;
use std::f64::consts::TAU;
use std::hint::black_box;
use std::rc::Rc;

/// All of them, and the type of their values.
pub(crate) const OPERATIONS: [(&str, &str); 8] = [
    ("sketch", "f64"),
    ("sketch_insert", "f64"),
    ("sketch_push", "f64"),
    ("sketch_merge", "f64"),
    ("histogram", "f64"),
    ("push_variance", "f64"),
    ("distinct", "u64"),
    ("distinct_insert", "u64"),
];

/// The bound of quantiles, relative.
const ALPHA: f64 = 0.01;
/// Values of a batch.
const BATCH: usize = 1_000;
/// Bins of the histogram.
const BINS: usize = 100;
/// Registers of a sketch of different values: 2 to this power.
const PRECISION: u8 = 14;
/// More values than this are too many for a set.
const MOST_OF_A_SET: usize = 1_000_000;

/// The values of streams.
#[derive(Debug)]
pub(crate) struct Streams {
    latencies: Vec<f64>,
    /// The latencies, for sketches of integers.
    micros: Vec<u64>,
    units: Vec<f64>,
    keys: Vec<u64>,
}

impl Streams {
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "latencies are positive and in range"
    )]
    pub(crate) fn new(len: usize) -> Self {
        let random = &mut Random(2);
        let mut latency = || {
            let radius = (-2.0 * random.unit().ln()).sqrt();
            1e5 * (radius * (TAU * random.unit()).cos()).exp()
        };
        // Some more, for reads that start at a cache line.
        let latencies: Vec<f64> = (0..len + 8).map(|_| latency()).collect();
        let micros = latencies.iter().map(|&x| x as u64).collect();
        // Each begins in the same way, however long it is.
        let (units, keys) = (&mut Random(3), &mut Random(4));
        let units = (0..len).map(|_| units.unit()).collect();
        let keys = (0..len).map(|_| keys.next()).collect();
        Self { latencies, micros, units, keys }
    }

    /// The first latencies.
    pub(crate) fn latencies(&self, len: usize) -> &[f64] {
        &self.latencies[..len]
    }
}

/// Adds all ways to run an operation on the first `len` values.
pub(crate) fn ways<'a>(
    operation: &str,
    contest: &mut Contest<'a>,
    streams: &'a Streams,
    len: usize,
) {
    let latencies = &streams.latencies[..len];
    let micros = &streams.micros[..len];
    match operation {
        "sketch" => sketch(contest, latencies, micros),
        "sketch_insert" | "sketch_push" => insert(operation, contest, latencies, micros),
        "sketch_merge" => merge(contest, latencies, micros),
        "histogram" => histogram(contest, &streams.units[..len]),
        "push_variance" => push_variance(contest, latencies),
        "distinct" => distinct(contest, &streams.keys[..len]),
        "distinct_insert" => distinct_insert(contest, &streams.keys[..len]),
        _ => {}
    }
    // A merge reads sketches, and values no more.
    if operation != "sketch_merge" {
        contest.read(aligned(&streams.latencies, len), &[]);
    }
}

fn dd() -> DDSketch {
    DDSketch::new(Config::new(ALPHA, 2_048, 1e-9))
}

/// The median by a sketch of all values within another bound.
pub(crate) fn dd_of(alpha: f64, values: &[f64]) -> Option<f64> {
    let mut sketch = DDSketch::new(Config::new(alpha, 20_480, 1e-9));
    values.iter().for_each(|&value| sketch.add(value));
    sketch.quantile(0.5).ok().flatten()
}

fn hdr() -> HdrHistogram<u64> {
    HdrHistogram::new_with_bounds(1, 3_600_000_000, 2).expect("bounds that are")
}

fn digest() -> TDigestMut {
    TDigestMut::new(200).expect("a compression that is")
}

/// The quantiles p50 and p99, and the values around them.
#[derive(Clone, Copy, Debug)]
struct Quantiles {
    at: [f64; 2],
    /// The values half a percent of the ranks below and above, and two ranks more.
    around: [(f64, f64); 2],
}

impl Quantiles {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "ranks")]
    fn of(values: &[f64]) -> Self {
        let mut sorted = values.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        let last = (sorted.len() - 1) as f64;
        let at = |rank: f64| sorted[rank.clamp(0.0, last) as usize];
        let ranks = [0.5 * last, 0.99 * last];
        let off = 0.005 * last + 2.0;
        Self { at: ranks.map(at), around: ranks.map(|rank| (at(rank - off), at(rank + off))) }
    }

    /// Whether quantiles are within the bound of the values of their ranks.
    fn near(&self, got: [Option<f64>; 2]) -> Check {
        for (got, want) in got.into_iter().zip(self.at) {
            near(got.unwrap_or(f64::NAN), want, want * ALPHA * (1.0 + 1e-9))?;
        }
        Ok(())
    }

    /// Whether quantiles are within twice the bound of values whose ranks are close: crates
    /// count ranks in their own ways, and some bound ranks alone.
    fn around(&self, got: [Option<f64>; 2]) -> Check {
        for (got, (low, high)) in got.into_iter().zip(self.around) {
            let range = low * (1.0 - 2.0 * ALPHA)..=high * (1.0 + 2.0 * ALPHA);
            if !got.is_some_and(|got| range.contains(&got)) {
                return Err(format!("{got:?}, not in {range:?}"));
            }
        }
        Ok(())
    }
}

fn of_dd(sketch: &DDSketch) -> [Option<f64>; 2] {
    [0.5, 0.99].map(|q| sketch.quantile(q).ok().flatten())
}

fn of_hdr(histogram: &HdrHistogram<u64>) -> [Option<f64>; 2] {
    [0.5, 0.99].map(|q| Some(histogram.value_at_quantile(q) as f64))
}

fn of_digest(digest: &mut TDigestMut) -> [Option<f64>; 2] {
    [0.5, 0.99].map(|q| digest.quantile(q).ok().flatten())
}

/// A sketch of all values, from nothing to two quantiles.
fn sketch<'a>(contest: &mut Contest<'a>, values: &'a [f64], micros: &'a [u64]) {
    let truth = Quantiles::of(values);
    let sketch = QuantileSketch::new(ALPHA).expect("in range");
    for backend in Backend::available() {
        contest.on(
            backend,
            values,
            move |values| {
                let summary = sketch.of_on(backend, values);
                [0.5, 0.99].map(|q| summary.quantile(q))
            },
            |got| truth.near(got),
        );
    }
    contest.best(
        values,
        move |values| {
            let summary = sketch.of(values);
            [0.5, 0.99].map(|q| summary.quantile(q))
        },
        |got| truth.near(got),
    );
    contest.peer(
        "ddsketch",
        values,
        |values| {
            let mut sketch = dd();
            values.iter().for_each(|&value| sketch.add(value));
            of_dd(&sketch)
        },
        |got| truth.around(got),
    );
    contest.peer(
        "hdrhistogram",
        micros,
        |micros| {
            let mut histogram = hdr();
            micros.iter().for_each(|&value| histogram.saturating_record(value));
            of_hdr(&histogram)
        },
        |got| truth.around(got),
    );
    contest.peer(
        "tdigest",
        values,
        |values| {
            let mut digest = digest();
            values.iter().for_each(|&value| digest.update(value));
            of_digest(&mut digest)
        },
        |got| truth.around(got),
    );
}

/// Into sketches that have seen such values before.
fn insert<'a>(operation: &str, contest: &mut Contest<'a>, values: &'a [f64], micros: &'a [u64]) {
    let truth = Quantiles::of(values);
    let sketch = QuantileSketch::new(ALPHA).expect("in range");
    let check = |stream: &RefCell<Accumulator<QuantileSketch, f64>>| {
        let summary = stream.borrow().finish();
        truth.near([0.5, 0.99].map(|q| summary.quantile(q)))
    };
    if operation == "sketch_push" {
        let stream = Rc::new(RefCell::new(Accumulator::new(sketch)));
        let seen = Rc::clone(&stream);
        let push = move |values: &[f64]| {
            let mut stream = stream.borrow_mut();
            values.iter().for_each(|&value| stream.push(value));
        };
        contest.best(values, push, |()| check(&seen));
    } else {
        let update = |stream: &RefCell<Accumulator<QuantileSketch, f64>>, values: &[f64]| {
            let mut stream = stream.borrow_mut();
            for batch in values.chunks(BATCH) {
                stream.update(batch).expect("one column");
            }
        };
        for backend in Backend::available() {
            let stream = Rc::new(RefCell::new(Accumulator::on(backend, sketch)));
            let seen = Rc::clone(&stream);
            contest.on(backend, values, move |v| update(&stream, v), |()| check(&seen));
        }
        let stream = Rc::new(RefCell::new(Accumulator::new(sketch)));
        let seen = Rc::clone(&stream);
        contest.best(values, move |values| update(&stream, values), |()| check(&seen));
    }
    let stream = Rc::new(RefCell::new(dd()));
    let seen = Rc::clone(&stream);
    contest.peer(
        "ddsketch",
        values,
        move |values| {
            let mut stream = stream.borrow_mut();
            values.iter().for_each(|&value| stream.add(value));
        },
        |()| truth.around(of_dd(&seen.borrow())),
    );
    let stream = Rc::new(RefCell::new(hdr()));
    let seen = Rc::clone(&stream);
    contest.peer(
        "hdrhistogram",
        micros,
        move |micros| {
            let mut stream = stream.borrow_mut();
            micros.iter().for_each(|&value| stream.saturating_record(value));
        },
        |()| truth.around(of_hdr(&seen.borrow())),
    );
    let stream = Rc::new(RefCell::new(digest()));
    let seen = Rc::clone(&stream);
    contest.peer(
        "tdigest",
        values,
        move |values| {
            let mut stream = stream.borrow_mut();
            values.iter().for_each(|&value| stream.update(value));
        },
        |()| truth.around(of_digest(&mut seen.borrow_mut())),
    );
}

/// Of a sketch of all values into one of such values.
fn merge<'a>(contest: &mut Contest<'a>, values: &'a [f64], micros: &'a [u64]) {
    // The first merge, whose result is checked, makes it two of each.
    let truth = Quantiles::of(&[values, values].concat());
    let other = QuantileSketch::new(ALPHA).expect("in range").of(values);
    let sum = Rc::new(RefCell::new(other.clone()));
    let seen = Rc::clone(&sum);
    contest.best(
        (),
        move |()| sum.borrow_mut().try_merge(black_box(&other)).expect("equal settings"),
        |()| truth.near([0.5, 0.99].map(|q| seen.borrow().quantile(q))),
    );
    let mut other = dd();
    values.iter().for_each(|&value| other.add(value));
    let sum = Rc::new(RefCell::new(other.clone()));
    let seen = Rc::clone(&sum);
    contest.peer(
        "ddsketch",
        (),
        move |()| sum.borrow_mut().merge(black_box(&other)).expect("equal settings"),
        |()| truth.around(of_dd(&seen.borrow())),
    );
    let mut other = hdr();
    micros.iter().for_each(|&value| other.saturating_record(value));
    let sum = Rc::new(RefCell::new(other.clone()));
    let seen = Rc::clone(&sum);
    contest.peer(
        "hdrhistogram",
        (),
        move |()| sum.borrow_mut().add(black_box(&other)).expect("equal settings"),
        |()| truth.around(of_hdr(&seen.borrow())),
    );
    let mut other = digest();
    values.iter().for_each(|&value| other.update(value));
    let sum = Rc::new(RefCell::new(other.clone()));
    let seen = Rc::clone(&sum);
    contest.peer(
        "tdigest",
        (),
        move |()| sum.borrow_mut().merge(black_box(&other)),
        |()| truth.around(of_digest(&mut seen.borrow_mut())),
    );
}

#[allow(clippy::float_cmp, reason = "in the macro")]
mod hundred {
    average::define_histogram!(inner, 100);
    pub(super) use inner::Histogram;
}

/// The loop that people write.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a bin")]
fn plain_histogram(values: &[f64]) -> [u64; BINS] {
    let mut counts = [0; BINS];
    let width = 1.0 / BINS as f64;
    for &x in values {
        if (0.0..=1.0).contains(&x) {
            counts[((x / width) as usize).min(BINS - 1)] += 1;
        }
    }
    counts
}

fn histogram<'a>(contest: &mut Contest<'a>, values: &'a [f64]) {
    let linear = Histogram::linear(0.0, 1.0, BINS).expect("edges that are");
    let edges = linear.of(&[0.0; 0]).edges().to_vec();
    let mut want = [0_u64; BINS];
    for value in values {
        want[edges.partition_point(|edge| edge <= value).clamp(1, BINS) - 1] += 1;
    }
    let check = |counts: &[u64]| equal(&counts, &want.as_slice());
    // Loops that divide may place a value beside an edge in the other bin.
    let close = |counts: &mut dyn Iterator<Item = u64>| {
        let off: u64 = counts.zip(want).map(|(got, want)| got.abs_diff(want)).sum();
        near(off as f64, 0.0, 1e-6 * values.len() as f64)
    };
    for backend in Backend::available() {
        let linear = linear.clone();
        let run = move |values: &[f64]| linear.of_on(backend, values);
        contest.on(backend, values, run, |got| check(got.counts()));
    }
    let run = move |values: &[f64]| linear.of(values);
    contest.best(values, run, |got| check(got.counts()));
    contest.peer("plain", values, plain_histogram, |got| close(&mut got.into_iter()));
    contest.peer(
        "ndhistogram",
        values,
        |values| {
            let axis = Uniform::new(BINS, 0.0, 1.0).expect("an axis that is");
            let mut histogram = ndhistogram!(axis; u64);
            values.iter().for_each(|value| histogram.fill(value));
            histogram
        },
        |got| close(&mut got.values().skip(1).copied()),
    );
    contest.peer(
        "average",
        values,
        |values| {
            let mut histogram = hundred::Histogram::with_const_width(0.0, 1.0);
            for &value in values {
                // A value beyond is left out, as elsewhere.
                let _ = histogram.add(value);
            }
            histogram
        },
        |got| close(&mut average::Histogram::bins(&got).iter().copied()),
    );
}

/// A variance, one value after the other.
fn push_variance<'a>(contest: &mut Contest<'a>, values: &'a [f64]) {
    let n = values.len() as f64;
    let mean = values.iter().copied().collect::<Careful>().value() / n;
    let squares: Careful = values.iter().map(|x| (x - mean) * (x - mean)).collect();
    let want = squares.value() / (n - 1.0);
    let check = |got: f64| near(got, want, want * 1e-9);
    contest.best(
        values,
        |values| {
            let mut stream = Accumulator::new(Variance::sample());
            values.iter().for_each(|&value| stream.push(value));
            stream.finish()
        },
        |got: Option<f64>| check(got.unwrap_or(f64::NAN)),
    );
    contest.peer(
        "plain",
        values,
        |values| {
            let (mut count, mut mean, mut squares) = (0.0, 0.0, 0.0);
            for &value in values {
                count += 1.0;
                let delta = value - mean;
                mean += delta / count;
                squares += delta * (value - mean);
            }
            squares / (count - 1.0)
        },
        check,
    );
    contest.peer(
        "average",
        values,
        |values| {
            let mut variance = average::Variance::new();
            values.iter().for_each(|&value| variance.add(value));
            variance.sample_variance()
        },
        check,
    );
    contest.peer(
        "polars",
        values,
        |values| {
            let mut state = VarState::default();
            values.iter().for_each(|&value| state.insert_one(value));
            state.finalize(1)
        },
        |got| check(got.unwrap_or(f64::NAN)),
    );
}

fn hll() -> HllSketch {
    HllSketch::new(PRECISION, HllType::Hll8).expect("a precision that is")
}

/// Whether this is how many there are, within five standard errors.
fn count(got: f64, values: &[u64]) -> Check {
    let n = values.len() as f64;
    near(got, n, 5.0 * 1.04 / 128.0 * n + 1.0)
}

fn distinct<'a>(contest: &mut Contest<'a>, values: &'a [u64]) {
    let sketch = DistinctSketch::new(PRECISION).expect("a precision that is");
    contest.lanefold(sketch, values, |got| count(got as f64, values));
    contest.peer(
        "datasketches",
        values,
        |values| {
            let mut sketch = hll();
            values.iter().for_each(|value| sketch.update(value));
            sketch.estimate()
        },
        |got| count(got, values),
    );
    if values.len() <= MOST_OF_A_SET {
        let set = |values: &[u64]| values.iter().collect::<HashSet<_>>().len();
        contest.peer("std", values, set, |got| count(got as f64, values));
    }
}

/// Into sketches that have seen the values before.
fn distinct_insert<'a>(contest: &mut Contest<'a>, values: &'a [u64]) {
    let sketch = DistinctSketch::new(PRECISION).expect("a precision that is");
    for backend in Backend::available() {
        let stream = Rc::new(RefCell::new(Accumulator::<_, u64>::on(backend, sketch)));
        let seen = Rc::clone(&stream);
        contest.on(
            backend,
            values,
            move |values| stream.borrow_mut().update(values).expect("one column"),
            |()| count(seen.borrow().finish() as f64, values),
        );
    }
    let stream = Rc::new(RefCell::new(Accumulator::<_, u64>::new(sketch)));
    let seen = Rc::clone(&stream);
    contest.best(
        values,
        move |values| stream.borrow_mut().update(values).expect("one column"),
        |()| count(seen.borrow().finish() as f64, values),
    );
    let stream = Rc::new(RefCell::new(hll()));
    let seen = Rc::clone(&stream);
    contest.peer(
        "datasketches",
        values,
        move |values| {
            let mut stream = stream.borrow_mut();
            values.iter().for_each(|value| stream.update(value));
        },
        |()| count(seen.borrow().estimate(), values),
    );
}
