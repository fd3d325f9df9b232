//! A tour of one minute: one-liners, several results at once, nulls, and streams.
//!
//! A service has the response times of its last requests, in milliseconds, and wants
//! to say something about them. Everything here is one pass over the slice, without
//! allocation, and gives the same bits on every CPU.
#![allow(clippy::float_cmp, reason = "the results are exact here")]

use lanefold::{Aggregate, Count, LengthMismatch, Max, Mean, Min, Nullable, StdDev, Sum};
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    if let Err(error) = lanefold::Backend::from_env() {
        eprintln!("LANEFOLD_BACKEND: {error}");
        std::process::exit(2);
    }
    let times = [12.5, 11.0, 14.0, 250.0, 12.0, 13.5];

    one_liners(&times);
    several_at_once(&times);
    integers();
    nulls(&times)?;
    stream(&times)?;
    Ok(())
}

/// Where one number is wanted, there is a function for it. What no value has, such as
/// the mean of nothing, is `None`.
fn one_liners(times: &[f64]) {
    println!("sum      {:?}", lanefold::sum(times));
    println!("mean     {:?}", lanefold::mean(times));
    println!("min, max {:?}", lanefold::min_max(times));
    println!("std dev  {:?}", lanefold::std_dev(times));

    assert_eq!(lanefold::sum(times), 313.0);
    assert_eq!(lanefold::min_max(times), Some((11.0, 250.0)));
    assert_eq!(lanefold::mean::<f64>(&[]), None);
}

/// Aggregates are values, and a tuple of them is one, too: memory is read once.
fn several_at_once(times: &[f64]) {
    let (count, min, max, mean) = (Count, Min, Max, Mean).of(times);
    println!("together {count} values, {min:?} to {max:?}, mean {mean:?}");

    assert_eq!((count, min, max), (6, Some(11.0), Some(250.0)));
    assert_eq!(mean, lanefold::mean(times));
}

/// Sums of integers are wide enough not to overflow, and exact.
fn integers() {
    let pixels = [255_u8; 1_000];
    println!("pixels   {}", lanefold::sum(&pixels));

    assert_eq!(lanefold::sum(&pixels), 255_000_u64);
    assert_eq!(lanefold::mean(&[i32::MAX, i32::MAX]), Some(f64::from(i32::MAX)));
}

/// An Arrow bitmap says which values are there; what lies under a null is not looked at.
/// NaN is another matter: it is a value, which extrema skip and sums pass on.
fn nulls(times: &[f64]) -> Result<(), Box<dyn Error>> {
    let answered = Nullable::new(times, &[0b11_0111], 0)?;
    let (count, max) = (Count, Max).of(answered);
    println!("answered {count}, the slowest in {max:?}");

    assert_eq!((count, max), (5, Some(14.0)));
    assert_eq!(Max.of(&[1.0, f64::NAN]), Some(1.0));
    assert!(Sum.of(&[1.0, f64::NAN]).is_nan());
    Ok(())
}

/// Values that come bit by bit give the bits of one call over all of them.
fn stream(times: &[f64]) -> Result<(), LengthMismatch> {
    let mut stream = (Mean, StdDev::sample()).accumulator();
    stream.push(times[0]);
    stream.update(&times[1..])?;
    println!("streamed {:?}", stream.finish());

    assert_eq!(stream.finish(), (Mean, StdDev::sample()).of(times));
    Ok(())
}
