//! Rows that are left out: nulls, filters, and values that are not finite.
//!
//! Run it with `cargo run --example nulls_and_filters`.

#![allow(clippy::float_cmp, reason = "the results are exact here")]

use lanefold::{
    Above, Absolute, Accumulator, Adapt, Aggregate, Backend, Count, Max, Mean, Nullable, StdDev,
    Strided, Sum,
};
use std::process::ExitCode;

/// What a probe reports: a reading a minute, some of them missing or broken.
const CELSIUS: [f64; 12] =
    [21.5, 21.0, -999.0, 22.5, f64::NAN, 23.0, f64::INFINITY, 22.0, 21.5, -999.0, 20.5, 20.0];

fn main() -> ExitCode {
    if let Err(error) = Backend::from_env() {
        eprintln!("LANEFOLD_BACKEND: {error}");
        return ExitCode::from(2);
    }
    match show() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn show() -> Result<(), Box<dyn std::error::Error>> {
    // Left alone, one broken reading spoils all results but those of order.
    println!("all rows:        mean {:?}", Mean.of(&CELSIUS));

    // Nulls, as Arrow has them: a bit for each row, the lowest first.
    let valid = [0b1010_1011, 0b1101];
    let column = Nullable::new(&CELSIUS, &valid, 0)?;
    let (count, mean) = (Count, Mean).of(column);
    println!("without nulls:   {count} rows, mean {mean:?}");
    assert_eq!(count, 8);

    // What is not finite, left out and counted.
    let finite = (Count, Mean).finite().of(&CELSIUS);
    println!("finite rows:     {} and {} others", finite.value.0, finite.skipped);
    assert_eq!((finite.value.0, finite.skipped), (10, 2));

    // A range, a comparison, a closure. Comparisons are false for NaN.
    let plausible = (Count, Mean, StdDev::sample()).filter(-40.0..60.0);
    let (count, mean, deviation) = plausible.of(&CELSIUS);
    println!("plausible rows:  {count}, mean {mean:?}, deviation {deviation:.3?}");
    assert_eq!((count, mean), (8, Some(21.5)));
    assert_eq!(Count.filter(Above(22.0)).of(&CELSIUS), 3);
    assert_eq!(Count.filter(|x: f64| x.fract() == 0.0).of(&CELSIUS), 6);

    // A filter is an aggregate: here it stands beside another in one pass, over nulls too.
    let (all, hot) = (Count, Max.filter(..60.0)).of(column);
    println!("of {all} rows that are there, the hottest is {hot:?}");

    // A condition on a second column: readings of the minutes that the probe calls good.
    let good = [1_u8, 1, 0, 1, 0, 1, 0, 1, 1, 0, 1, 1];
    let by_quality = Mean.filter(1..).of((&CELSIUS, &good));
    println!("called good:     mean {by_quality:?}");
    assert_eq!(by_quality, mean);

    // Mapped: how far from 22 degrees, at most?
    let furthest = Max.map(Absolute).map(|x: f64| x - 22.0).filter(-40.0..60.0).of(&CELSIUS);
    println!("furthest from 22: {furthest:?}");
    assert_eq!(furthest, Some(2.0));

    // A result for each four minutes, into the caller's places.
    let mut quarters = [None; 3];
    Mean.filter(-40.0..60.0).every(4)?.of(&CELSIUS, &mut quarters)?;
    println!("every four rows: {quarters:?}");

    // One field of records that lie in a row.
    let records = [0.0, 21.5, 1.0, 21.0, 2.0, 22.0];
    let celsius = Strided::new(&records, 1, 2)?;
    println!("second fields:   sum {}", celsius.of(&Sum));
    assert_eq!(celsius.of(&Sum), 64.5);

    // And as a stream, in whatever pieces it comes: the same bits.
    let mut stream = Accumulator::<_, f64>::new(plausible_mean());
    for piece in CELSIUS.chunks(5) {
        stream.update(piece)?;
    }
    assert_eq!(stream.finish(), mean);
    Ok(())
}

/// Adaptors are types, so a function can give one.
fn plausible_mean() -> impl Aggregate<f64, Output = Option<f64>> {
    Mean.filter(-40.0..60.0)
}
