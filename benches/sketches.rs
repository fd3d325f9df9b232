//! What insertion into sketches, questions and merges cost.
//!
//! Ways to run an operation take turns in one process, round after round, and the best round
//! of each counts. Results are checked before they are timed.
//!
//! ```text
//! taskset -c 1 cargo bench --bench sketches -- lognormal
//! ```
//!
//! Pin it to one CPU that does nothing else. An argument is a part of the name of a
//! distribution. `table` is a plain increment of a table at indices that are ready: what
//! counting costs at least. `sum` is [`ExactSum`] alone, which both sketches have beside their
//! buckets.

use lanefold::{
    Accumulator, Aggregate, Backend, ExactSum, ExponentialHistogram, QuantileSketch,
    QuantileSummary,
};
use std::f64::consts::TAU;
use std::hint::black_box;
use std::process::ExitCode;
use std::time::Instant;

/// Values of a distribution: they stay in L2.
const VALUES: usize = 64_000;
/// Values of a batch.
const BATCH: usize = 1_000;
const ROUNDS: usize = 15;
const ALPHA: f64 = 0.01;

/// In `(0, 1)`, by the generator `SplitMix64`.
fn unit(state: &mut u64) -> f64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (((z ^ (z >> 31)) >> 12) as f64 + 0.5) / (1_u64 << 52) as f64
}

fn normal(state: &mut u64) -> f64 {
    (-2.0 * unit(state).ln()).sqrt() * (TAU * unit(state)).cos()
}

/// A name, and what makes a value.
type Distribution = (&'static str, fn(&mut u64) -> f64);

const DISTRIBUTIONS: [Distribution; 6] = [
    ("lognormal", |s| 1000.0 * normal(s).exp()),
    ("pareto", |s| 100.0 * unit(s).powf(-1.0 / 1.5)),
    ("uniform", |s| 1000.0 * unit(s)),
    ("constant", |_| 123.0),
    ("normal", |s| 1000.0 * normal(s)),
    ("zeros", |s| if unit(s) < 0.2 { 0.0 } else { unit(s) }),
];

/// The best time of each way, in ns, and its name.
struct Times(Vec<(String, f64)>);

impl Times {
    fn take(&mut self, name: &str, run: impl FnOnce()) {
        let start = Instant::now();
        run();
        let time = start.elapsed().as_nanos() as f64;
        match self.0.iter_mut().find(|(other, _)| other == name) {
            Some((_, best)) if *best <= time => {}
            Some((_, best)) => *best = time,
            None => self.0.push((name.into(), time)),
        }
    }

    fn print(&self, title: &str, values: usize) {
        print!("{title:<12}");
        for (name, time) in &self.0 {
            print!("  {name} {:.2}", time / values as f64);
        }
        println!();
    }
}

fn stream<A: Aggregate<f64>>(backend: Backend, aggregate: A, values: &[f64]) -> A::Output {
    let mut stream = Accumulator::<_, f64>::on(backend, aggregate);
    for batch in values.chunks(BATCH) {
        stream.update(batch).expect("one column");
    }
    stream.finish()
}

fn push(sketch: QuantileSketch, values: &[f64]) -> QuantileSummary {
    let mut stream = Accumulator::<_, f64>::new(sketch);
    for &x in black_box(values) {
        stream.push(x);
    }
    stream.finish()
}

/// All ways give the same, and quantiles are near those of the sorted column.
fn check(sketch: QuantileSketch, values: &[f64]) {
    let summary = sketch.of(values);
    assert_eq!(push(sketch, values), summary);
    for backend in Backend::available() {
        assert_eq!(stream(backend, sketch, values), summary, "{backend}");
    }
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    for percent in [1, 50, 90, 99] {
        let want = sorted[percent * (values.len() - 1) / 100];
        let got = summary.quantile(percent as f64 / 100.0).expect("there are values");
        let near = (got - want).abs() <= ALPHA * want.abs();
        assert!(near || want.abs() < summary.guaranteed_from(), "{got} for {want}");
    }
    let point = ExponentialHistogram::new().of(values);
    assert_eq!((point.count(), point.sum()), (summary.count(), summary.sum()));
}

fn insertion(name: &str, values: &[f64], rounds: usize) {
    let sketch = QuantileSketch::new(ALPHA).expect("in range");
    check(sketch, values);
    let indices: Vec<u32> =
        values.iter().map(|x| (x.abs().to_bits() >> 46) as u32 % 2_048).collect();
    let mut table = vec![0_u64; 2_048];
    let mut times = Times(Vec::new());
    for _ in 0..rounds {
        times.take("table", || {
            for &i in black_box(&indices) {
                table[i as usize % 2_048] += 1;
            }
            black_box(&mut table);
        });
        times.take("sum", || {
            black_box(stream(Backend::best(), ExactSum, values));
        });
        for backend in Backend::available() {
            times.take(backend.name(), || {
                black_box(stream(backend, sketch, values));
            });
        }
        times.take("push", || {
            black_box(push(sketch, values));
        });
        times.take("exponential", || {
            black_box(stream(Backend::best(), ExponentialHistogram::new(), values));
        });
    }
    times.print(name, values.len());
}

/// Two sketches of 2,000 buckets, beside two arrays as long; and questions.
fn merges(rounds: usize) {
    let sketch = QuantileSketch::new(ALPHA).expect("in range");
    let values: Vec<f64> =
        (0..200_000).map(|i| 2.0_f64.powf(31.3 * f64::from(i) / 200_000.0)).collect();
    let other = sketch.of(&values);
    let mut summary = other.clone();
    let counts: Vec<u64> = other.buckets().map(|bucket| bucket.count).collect();
    let mut sums = counts.clone();
    let mut times = Times(Vec::new());
    for _ in 0..100 * rounds {
        times.take("arrays", || {
            for (sum, &count) in sums.iter_mut().zip(black_box(&counts)) {
                *sum = sum.wrapping_add(count);
            }
            black_box(&mut sums);
        });
        times.take("merge", || summary.try_merge(black_box(&other)).expect("equal settings"));
        times.take("quantile", || {
            black_box(summary.quantile(black_box(0.99)));
        });
    }
    assert_eq!(summary.count(), (100 * rounds as u64 + 1) * 200_000);
    println!("{} buckets, ns a call", counts.len());
    times.print("merges", 1);
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    // Under `cargo test` there is no `--bench`, and `--test` asks for the same: one look.
    let quick = words.iter().any(|word| word == "--test") || !words.iter().any(|w| w == "--bench");
    let rounds = if quick { 1 } else { ROUNDS };
    let names: Vec<&String> = words.iter().filter(|word| !word.starts_with('-')).collect();
    println!("ns a value, in batches of {BATCH}");
    for (name, value) in DISTRIBUTIONS {
        if names.is_empty() || names.iter().any(|part| name.contains(part.as_str())) {
            let state = &mut 1;
            let values: Vec<f64> = (0..VALUES).map(|_| value(state)).collect();
            insertion(name, &values, rounds);
        }
    }
    merges(rounds);
    ExitCode::SUCCESS
}
