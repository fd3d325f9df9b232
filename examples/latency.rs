//! Percentiles of a stream: exact, and by sketches that several producers fill.
//!
//! ```text
//! cargo run --release --example latency
//! ```
//!
//! Exact percentiles need all values. A sketch keeps counts of buckets that grow with their
//! values, so that any percentile is right within a relative error that is chosen
//! beforehand; it stays small, and merging two loses nothing: how a service answers "p99 of
//! the last hour, over all machines" from what each machine stored every minute.

use lanefold::{
    Accumulator, Aggregate, Backend, DistinctSketch, ExponentialHistogram, HeavyHitters, Histogram,
    QuantileSketch, Quantiles, TopK,
};
use std::process::ExitCode;

const PRODUCERS: usize = 4;
const REQUESTS: usize = 100_000;
const PERCENTILES: [f64; 4] = [0.5, 0.9, 0.99, 0.999];
const ALPHA: f64 = 0.01;

fn main() -> ExitCode {
    match Backend::from_env() {
        Ok(backend) => println!("backend: {backend}"),
        Err(error) => {
            eprintln!("LANEFOLD_BACKEND: {error}");
            return ExitCode::from(2);
        }
    }
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("latency: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn std::error::Error>> {
    // Each producer has its requests: milliseconds, mostly short, with a long tail.
    let producers: Vec<Vec<f64>> = (0..PRODUCERS).map(latencies).collect();

    // Each fills a sketch, row by row, and hands over what it has: its partial.
    let sketch = QuantileSketch::new(ALPHA)?;
    let mut merged = Accumulator::<_, f64>::new(sketch);
    for latencies in &producers {
        let mut own = Accumulator::<_, f64>::new(sketch);
        for &millis in latencies {
            own.push(millis);
        }
        merged.merge(&own);
    }
    let summary = merged.finish();

    // For comparison, all values in one place.
    let all: Vec<f64> = producers.concat();
    let exact = Quantiles::new(PERCENTILES)?.of(&all).ok_or("no requests")?;

    println!("{:>9} {:>12} {:>12} {:>9}", "", "exact ms", "sketch ms", "error");
    for (q, exact) in PERCENTILES.into_iter().zip(exact) {
        let sketched = summary.quantile(q).ok_or("no requests")?;
        let error = (sketched - exact) / exact;
        println!(
            "{:>9} {exact:>12.4} {sketched:>12.4} {:>8.2}%",
            format!("p{}", q * 100.0),
            error * 100.0
        );
        assert!(error.abs() <= ALPHA * 1.01, "beyond what was promised");
    }
    println!("{} requests, exact sum {} ms", summary.count(), summary.sum());

    // One sketch of all values is the same, to the last bit.
    assert_eq!(summary, sketch.of(&all));

    // Rank queries go the other way: how many took at most 100 ms?
    let within = summary.cdf(100.0).ok_or("no requests")?;
    println!("within 100 ms: {:.3} % of requests", within * 100.0);

    // What other questions a stream is asked.
    let histogram = Histogram::logarithmic(1.0, 10_000.0, 4)?.of(&all);
    println!("\nhistogram: {} below 1 ms", histogram.under());
    for bin in histogram.bins() {
        println!("{:>8.0} to {:>5.0} ms: {}", bin.low, bin.high, bin.count);
    }
    let slowest = TopK::largest(3).of(&all);
    println!("slowest: {:.1?} ms", &slowest[..]);
    let point = ExponentialHistogram::new().of(&all);
    println!(
        "for OpenTelemetry: scale {}, {} buckets",
        point.scale(),
        point.positive().counts.len()
    );

    // Who they came from: the greater a client's number, the fewer its requests.
    let clients: Vec<f64> =
        (0..REQUESTS as u64).map(|i| 5000_f64.powf(uniform(i)).floor()).collect();
    println!("different clients: about {}", DistinctSketch::new(12)?.of(&clients));
    let busy = HeavyHitters::new(500)?.of(&clients);
    for client in busy.values.iter().take(3) {
        println!(
            "client {:>4}: {} to {} requests",
            client.value,
            client.count - client.error,
            client.count
        );
    }
    Ok(())
}

/// Latencies of a producer, in milliseconds.
fn latencies(producer: usize) -> Vec<f64> {
    let seed = (producer * REQUESTS) as u64;
    // A Pareto distribution: the slowest of a thousand takes a hundred times the fastest.
    (0..REQUESTS as u64).map(|i| 2.0 / uniform(seed + i).sqrt().sqrt().powf(2.6)).collect()
}

/// A number between 0 and 1.
fn uniform(i: u64) -> f64 {
    ((mixed(i) >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
}

/// Numbers that look random: `SplitMix64` (Steele, Lea and Flood 2014).
fn mixed(i: u64) -> u64 {
    let z = i.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
