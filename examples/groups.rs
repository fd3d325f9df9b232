//! Requests by endpoint: statistics of each group, in one pass.
//!
//! ```text
//! cargo run --release --example groups
//! ```
//!
//! `Grouped` takes ids of groups, as a column that is encoded by a dictionary has them;
//! `GroupBy` takes keys, and gives them ids. Workers have groups of their own, which merge.

use lanefold::{Adapt, Backend, Count, GroupBy, Grouped, Max, Mean, Nullable, Quantile, Sum};
use std::process::ExitCode;

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
            eprintln!("groups: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn std::error::Error>> {
    // A column of endpoints, as numbers of a dictionary, and one of milliseconds.
    let dictionary = ["/login", "/users", "/health"];
    let endpoints = [0, 1, 1, 0, 1, 1];
    let millis = [250.0, 12.0, 14.0, 310.0, 11.0, 13.0];

    // One call, one result for each group: those without rows, too.
    let sums = Sum.by(&endpoints, dictionary.len()).of(&millis)?;
    assert_eq!(sums, [560.0, 50.0, 0.0]);

    // Groups of a stream. A tuple is taken in one pass.
    let mut latencies = Grouped::new((Count, Mean, Max));
    latencies.resize(dictionary.len());
    latencies.update(&endpoints, &millis)?;
    latencies.push(2, 1.5)?;
    println!("\n{:<10} {:>8} {:>8} {:>8}", "endpoint", "requests", "mean ms", "max ms");
    for (endpoint, (count, mean, max)) in dictionary.iter().zip(latencies.finish()) {
        let (mean, max) = (mean.ok_or("no requests")?, max.ok_or("no requests")?);
        println!("{endpoint:<10} {count:>8} {mean:>8.2} {max:>8.1}");
    }
    assert_eq!(latencies.get(1), Some((4, Some(12.5), Some(14.0))));

    // An id that is no group is an error that names its place; no row was taken in.
    let error = latencies.update(&[0, 3], &[1.0, 2.0]).expect_err("there is no group 3");
    assert_eq!(error.to_string(), "the id at 1 is 3, and there are 3 groups");
    assert_eq!(latencies.get(0), Some((2, Some(280.0), Some(310.0))));

    // Groups by key: here an endpoint and a status. A `String` is made where a key is new.
    let mut by_status = GroupBy::<(String, u16), _, f64>::new((Count, Quantile::new(0.5)?));
    let statuses = [200, 200, 404, 500, 200, 200];
    let keys = endpoints.iter().map(|&endpoint| dictionary[endpoint as usize]).zip(statuses);
    by_status.update(keys, &millis)?;

    // Another worker has groups of its own, with other keys, in another order.
    let mut other = by_status.clone();
    other.clear();
    other.update([("/health", 200), ("/users", 200)], &[1.0, 15.0])?;
    by_status.merge(&other)?;
    println!("\n{:<10} {:>6} {:>8} {:>9}", "endpoint", "status", "requests", "median ms");
    for ((endpoint, status), (count, median)) in by_status.sorted() {
        let median = median.ok_or("no requests")?;
        println!("{endpoint:<10} {status:>6} {count:>8} {median:>9.1}");
    }
    assert_eq!(by_status.get(("/users", 200)), Some((4, Some(12.5))));
    assert_eq!(by_status.get(("/users", 503)), None);

    // Nulls are left out, as they are anywhere: here requests that were cut off.
    let mut finished = Grouped::new((Count, Sum));
    finished.resize(dictionary.len());
    finished.update(&endpoints, Nullable::new(&millis, &[0b10_0111], 0)?)?;
    assert!(finished.finish().eq([(1, 250.0), (3, 39.0), (0, 0.0)]));
    println!("\nfinished requests: {}", finished.finish().map(|(count, _)| count).sum::<u64>());
    Ok(())
}
