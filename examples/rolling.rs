//! Rolling windows over the readings of a sensor: what a NaN, and a spike, leave behind.
//!
//! ```text
//! cargo run --release --example rolling
//! ```
//!
//! A dashboard shows, for each reading, the mean, the range and the deviation of the last 100.
//! The loop that one writes for that adds the reading that enters and subtracts the one that
//! leaves. It is wrong for ever after the first NaN, and a little wrong after each large
//! value: what rounding has taken away does not come back. The windows here are made anew
//! from their rows, eight at a time, and that costs no more.
#![allow(clippy::float_cmp, reason = "the totals are exact here")]

use lanefold::{Adapt, Aggregate, Backend, Count, Max, Mean, MinMax, StdDev, Sum};
use std::error::Error;
use std::process::ExitCode;

const WINDOW: usize = 100;

/// Readings: 20 degrees, and some noise.
const READINGS: usize = 2_000;
/// A loose contact.
const NAN_AT: usize = 300;
/// A spark.
const SPIKE_AT: usize = 900;

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
            eprintln!("rolling: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let mut readings: Vec<f64> = (0..READINGS).map(noise).map(|x| 20.0 + x).collect();
    readings[NAN_AT] = f64::NAN;
    readings[SPIKE_AT] = 1e19;

    // A result for each reading; the first ones are of fewer readings.
    let mut means = vec![None; READINGS];
    let mut ranges = vec![None; READINGS];
    let mut deviations = vec![None; READINGS];
    Mean.rolling(WINDOW)?.of(&readings, &mut means)?;
    MinMax.rolling(WINDOW)?.of(&readings, &mut ranges)?;
    StdDev::sample().rolling(WINDOW)?.of(&readings, &mut deviations)?;
    let drifted = add_and_subtract(&readings);

    println!("{:>8} {:>12} {:>12} {:>12}", "reading", "mean", "deviation", "the loop");
    for i in [299, 300, 399, 400, 950, 1000, 1999] {
        let (mean, deviation) = (means[i].ok_or("no mean")?, deviations[i].ok_or("none")?);
        println!("{i:>8} {mean:>12.4} {deviation:>12.4} {:>12.4}", drifted[i]);
    }

    // The NaN is in the windows that have its row, and in no others.
    let is_nan = |i: usize| means[i].is_some_and(f64::is_nan);
    assert!((0..READINGS).all(|i| is_nan(i) == (NAN_AT..NAN_AT + WINDOW).contains(&i)));
    assert!(drifted[NAN_AT..].iter().all(|mean| mean.is_nan()));
    // Extremes skip it.
    let (least, greatest) = ranges[NAN_AT].ok_or("no range")?;
    assert!(19.0 < least && greatest < 21.0);

    // Without the NaN the loop is still wrong, after the spike has left.
    readings[NAN_AT] = 20.0;
    Mean.rolling(WINDOW)?.of(&readings, &mut means)?;
    let drifted = add_and_subtract(&readings);
    let end = READINGS - 1;
    let window = Mean.of(&readings[end + 1 - WINDOW..]).ok_or("no mean")?;
    let (ours, theirs) = (means[end].ok_or("no mean")?, drifted[end]);
    println!("the last mean: {window:.4}; rolling {ours:.4}, the loop {theirs:.4}");
    assert!((ours - window).abs() < 1e-12);
    assert!((theirs - window).abs() > 0.1);

    // Readings that come when they want: the last minute of each, and minutes by the clock.
    let seconds = [0, 20, 59, 60, 61, 200, 201];
    let degrees = [20.0, 21.0, 22.0, 23.0, 24.0, 25.0, 26.0];
    let mut last_minute = [(0, None); 7];
    (Count, Max).rolling_time(60)?.of(&seconds, &degrees, &mut last_minute)?;
    assert_eq!(last_minute.map(|(count, _)| count), [1, 2, 3, 3, 4, 1, 2]);
    let mut minutes = Vec::new();
    Mean.every_time(60)?.of(&seconds, &degrees, |start, mean| minutes.push((start, mean)))?;
    assert_eq!(minutes, [(0, Some(21.0)), (60, Some(23.5)), (180, Some(25.5))]);
    println!("means by the minute: {minutes:?}");

    // And all so far.
    let mut totals = [0.0; 7];
    Sum.running().of(&degrees, &mut totals)?;
    assert_eq!(totals, [20.0, 41.0, 63.0, 86.0, 110.0, 135.0, 161.0]);
    println!("running totals: {totals:?}");
    Ok(())
}

/// The loop that one writes.
fn add_and_subtract(readings: &[f64]) -> Vec<f64> {
    let mut sum = 0.0;
    let mut mean = |i: usize| {
        sum += readings[i];
        if i >= WINDOW {
            sum -= readings[i - WINDOW];
        }
        sum / WINDOW.min(i + 1) as f64
    };
    (0..readings.len()).map(&mut mean).collect()
}

/// Between -0.5 and 0.5: Knuth's multiplicative hash.
fn noise(i: usize) -> f64 {
    let word = (i as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (word >> 11) as f64 / (1_u64 << 53) as f64 - 0.5
}
