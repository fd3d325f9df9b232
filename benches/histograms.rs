//! How fast histograms and the best `k` are, beside the loops that one writes without the
//! crate.
//!
//! All ways to do a thing take turns in one process, round after round, and the best round of
//! each counts. Results are checked before they are timed.
//!
//! ```text
//! taskset -c 1 cargo bench --bench histograms -- linear
//! ```
//!
//! The arguments are parts of names of operations, or of the data. `bare` increments a table
//! with bins that are ready; `plain` subtracts, divides, checks and increments, or searches
//! edges by `partition_point`; `sort` sorts a copy; `max` is `Max`, which reads all values.
//! The column `bare` (or `max`) has the time over that of `bare` (`max`), `plain` (`sort`) how
//! many times faster than `plain` (`sort`).

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "as loops without the crate are written"
)]

use lanefold::{Aggregate, Backend, Histogram, Max, TopK};
use std::hint::black_box;
use std::time::Instant;

const ROWS: usize = 16_384;
const ROUNDS: usize = 60;
const BINS: usize = 100;

/// Marsaglia's xorshift.
struct Random(u64);

impl Random {
    /// In `[0, 1)`.
    fn unit(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// A way to do a thing, with its name.
type Way<'a> = (String, Box<dyn Fn() + 'a>);

fn way<'a, O>(name: impl Into<String>, f: impl Fn() -> O + 'a) -> Way<'a> {
    let run = move || {
        black_box(f());
    };
    (name.into(), Box::new(run))
}

/// Prints the times of ways, and ratios: the last but one is the limit, the last the rival.
fn report(label: &str, rows: usize, ways: &[Way<'_>], quick: bool) {
    let mut best = vec![f64::INFINITY; ways.len()];
    for _ in 0..if quick { 1 } else { ROUNDS } {
        for ((_, run), best) in ways.iter().zip(&mut best) {
            let start = Instant::now();
            run();
            let time = start.elapsed().as_nanos() as f64;
            if time < *best {
                *best = time;
            }
        }
    }
    if quick {
        return;
    }
    let [.., limit, rival] = best[..] else { return };
    for ((name, _), time) in ways.iter().zip(&best) {
        println!(
            "{label:<28} {rows:>8} {name:<8} {:>8.3} {:>8.2} {:>8.2}",
            time / rows as f64,
            time / limit,
            rival / time
        );
    }
}

/// The loop that people write.
fn plain_linear(values: &[f64], low: f64, high: f64) -> [u64; BINS] {
    let mut counts = [0; BINS];
    let width = (high - low) / BINS as f64;
    for &x in values {
        if x >= low && x <= high {
            let bin = ((x - low) / width) as usize;
            counts[bin.min(BINS - 1)] += 1;
        }
    }
    counts
}

fn plain_search(values: &[f64], edges: &[f64]) -> [u64; BINS] {
    let mut counts = [0; BINS];
    for &x in values {
        if x >= edges[0] && x <= edges[BINS] {
            let bin = edges.partition_point(|&edge| edge <= x) - 1;
            counts[bin.min(BINS - 1)] += 1;
        }
    }
    counts
}

/// The bins of all values.
fn ready(values: &[f64], edges: &[f64]) -> Vec<u8> {
    let bin = |x: f64| edges.partition_point(|&edge| edge <= x).clamp(1, BINS) - 1;
    values.iter().map(|&x| bin(x) as u8).collect()
}

/// A table of 256 places, and bins that are bytes: no bound is checked.
fn bare(bins: &[u8]) -> [u64; 256] {
    let mut counts = [0; 256];
    for &bin in bins {
        counts[usize::from(bin)] += 1;
    }
    counts
}

fn histogram(label: &str, values: &[f64], histogram: &Histogram, quick: bool) {
    let edges = histogram.of(&[0.0; 0]).edges().to_vec();
    let bins = ready(values, &edges);
    let counts = histogram.of(values).counts().to_vec();
    let inside = |&(&x, _): &(&f64, &u8)| x >= edges[0] && x <= edges[BINS];
    let mut want = [0; BINS];
    values.iter().zip(&bins).filter(inside).for_each(|(_, &bin)| want[usize::from(bin)] += 1);
    assert_eq!(counts, want, "{label}");
    assert_eq!(plain_search(values, &edges), want, "{label}");
    let mut ways = Vec::new();
    for backend in Backend::available() {
        assert_eq!(histogram.of_on(backend, values).counts(), counts, "{label} on {backend}");
        let run = move || histogram.of_on(backend, black_box(values));
        ways.push(way(backend.name(), run));
    }
    ways.push(way("bare", || bare(black_box(&bins))));
    if label.starts_with("linear") {
        let (low, high) = (edges[0], edges[BINS]);
        ways.push(way("plain", move || plain_linear(black_box(values), low, high)));
    } else {
        ways.push(way("plain", || plain_search(black_box(values), &edges)));
    }
    report(label, values.len(), &ways, quick);
}

/// Sorts a copy, as one does for a few.
fn plain_top(values: &[f64], k: usize) -> Vec<f64> {
    let mut all = values.to_vec();
    all.sort_unstable_by(|a, b| b.total_cmp(a));
    all.truncate(k);
    all
}

fn top(label: &str, values: &[f64], k: usize, quick: bool) {
    let want = plain_top(values, k);
    let mut ways = Vec::new();
    for backend in Backend::available() {
        assert_eq!(*TopK::largest(k).of_on(backend, values), want, "{label} on {backend}");
        let run = move || TopK::largest(k).of_on(backend, black_box(values));
        ways.push(way(backend.name(), run));
    }
    ways.push(way("max", || Max.of(black_box(values))));
    ways.push(way("sort", move || plain_top(black_box(values), k)));
    report(label, values.len(), &ways, quick);
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let quick = words.iter().any(|word| word == "--test") || !words.iter().any(|w| w == "--bench");
    let filter: Vec<&String> = words.iter().filter(|word| !word.starts_with('-')).collect();
    let wanted = |label: &str| filter.is_empty() || filter.iter().any(|word| label.contains(*word));
    if !quick {
        println!(
            "{:<28} {:>8} {:<8} {:>8} {:>8} {:>8}",
            "", "values", "way", "ns", "limit", "rival"
        );
    }
    let random = &mut Random(0x9E37_79B9_7F4A_7C15);
    let mut column = |f: &dyn Fn(f64, f64) -> f64| -> Vec<f64> {
        (0..ROWS).map(|_| f(random.unit(), random.unit())).collect()
    };
    let linear = Histogram::linear(0.0, 1.0, BINS).expect("edges");
    let logarithmic = Histogram::logarithmic(1e-3, 1e3, BINS).expect("edges");
    let squares: Vec<f64> = (0..=BINS).map(|i| (i * i) as f64).collect();
    let explicit = Histogram::edges(&squares).expect("edges");
    let cases: [(&str, &Histogram, Vec<f64>); 9] = [
        ("linear uniform", &linear, column(&|x, _| x)),
        ("linear bell", &linear, column(&|x, y| f64::midpoint(x, y))),
        ("linear one_bin", &linear, column(&|x, _| 0.505 + x / 1000.0)),
        ("linear beyond", &linear, column(&|x, _| 3.0 * x - 1.0)),
        ("linear on_edges", &linear, column(&|x, _| (x * 100.0).floor() / 100.0)),
        ("linear nan", &linear, column(&|x, y| if y < 0.3 { f64::NAN } else { x })),
        ("logarithmic", &logarithmic, column(&|x, _| (x * 13.8 - 6.9).exp())),
        ("logarithmic one_bin", &logarithmic, column(&|x, _| 1.01 + x / 1000.0)),
        ("explicit", &explicit, column(&|x, _| x * 10_000.0)),
    ];
    for (label, edges, values) in &cases {
        if wanted(label) {
            histogram(label, values, edges, quick);
            histogram(label, &values[..1_000], edges, quick);
        }
    }
    let long: Vec<f64> =
        (0..if quick { 5_000 } else { 1_000_000 }).map(|_| random.unit()).collect();
    let mut rising = long[..ROWS.min(long.len())].to_vec();
    rising.sort_unstable_by(f64::total_cmp);
    for (label, values, k) in [
        ("top 10", &long[..1_000], 10),
        ("top 10", &long, 10),
        ("top 1000", &long, 1000),
        ("top 10 rising", &rising, 10),
    ] {
        if wanted(label) {
            top(label, values, k, quick);
        }
    }
    if quick {
        println!("all ways give the right results");
    }
}
