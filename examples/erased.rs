//! Statistics that are chosen at run time: a service whose configuration lists them.
//!
//! ```text
//! cargo run --release --example erased
//! cargo run --release --example erased -- count median p99.9
//! ```
//!
//! Where the list is known when the program is written, a tuple of aggregates is faster,
//! and has less code than all aggregates that have names: see `quickstart`.

use lanefold::{AggregateSet, Backend, Count, SetAccumulator, SetError, Value};
use std::process::ExitCode;

/// What an operator would write into a file.
const CONFIGURATION: &str = "
# What the dashboard shows of each endpoint.
statistics = count, mean, std_dev, min, p50, p99, p99.9, max
";

fn main() -> ExitCode {
    match Backend::from_env() {
        Ok(backend) => println!("backend: {backend}"),
        Err(error) => {
            eprintln!("LANEFOLD_BACKEND: {error}");
            return ExitCode::from(2);
        }
    }
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let set = if arguments.is_empty() {
        configured(CONFIGURATION)
    } else {
        AggregateSet::from_names(&arguments)
    };
    match set.and_then(|set| serve(&set)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("statistics: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The statistics that a configuration lists, and one of the service's own.
fn configured(configuration: &str) -> Result<AggregateSet<f64>, SetError> {
    let list = configuration.lines().find_map(|line| line.strip_prefix("statistics = "));
    let names = list.unwrap_or_default().split(',').map(str::trim);
    let slow = lanefold::Adapt::filter(Count, 100.0..);
    AggregateSet::from_names(names)?.with("slower than 100 ms", slow)
}

fn serve(set: &AggregateSet<f64>) -> Result<(), SetError> {
    // Two workers measure requests, one by one.
    let mut workers = [set.accumulator(), set.accumulator()];
    for i in 0..10_000 {
        workers[i % 2].push(latency(i));
    }
    // What they saw comes together for the report.
    let mut all: SetAccumulator<f64> = set.accumulator();
    for worker in &workers {
        all.merge(worker)?;
    }
    for (name, value) in all.finish() {
        match value {
            Value::Float(millis) => println!("{name:<20} {millis:>12.3} ms"),
            Value::Missing => println!("{name:<20} {:>12}", "-"),
            exact => println!("{name:<20} {exact:>12}"),
        }
    }
    Ok(())
}

/// Milliseconds of a request: mostly short, with a long tail.
fn latency(i: usize) -> f64 {
    let uniform = (i * 7_919 % 10_007 + 1) as f64 / 10_008.0;
    2.0 / uniform.sqrt()
}
