//! `lanefold` beside its peers, on the same data, in one process.
//!
//! ```text
//! cargo run --release --manifest-path benches/peers/Cargo.toml -- sum f64 1000 arrow
//! cargo run --release --manifest-path benches/peers/Cargo.toml -- --record records
//! cargo run --release --manifest-path benches/peers/Cargo.toml -- --quick
//! ```
//!
//! Pin it to one CPU that does nothing else. Words are a filter: operations, types, numbers
//! of values, and ways (crates, `plain`, backends). Words of one kind add up, words of
//! different kinds cut down. `lanefold` on its best backend and the loops that only load
//! always run. Without a filter it takes a quarter of an hour and 1 GB.
//!
//! # What is compared
//!
//! A row of the table is an operation on a column. In each, all ways take turns for many
//! short rounds, and the best round of each counts. Each result is checked before it is
//! timed: those of `lanefold` within the documented bounds, and bit for bit between its
//! backends; those of peers as one may expect of additions in a row. Peers whose results
//! are wrong are named, and do not count.
//!
//! - The values lie as a `Vec` has them. The read limit alone starts at a cache line: it
//!   is what the machine can do.
//! - Peers are called as their documentation says, compiled as `cargo` does it by default.
//!   `arrow`, `polars` and `ndarray` choose their instructions at compile time; with
//!   `RUSTFLAGS="-C target-cpu=native"` they are faster.
//! - `average` and `statrs` are of `f64`; other types are converted on the way.
//! - `lanes` divides a variance by `n`; `numkong` finds sums with sums of squares, and
//!   extrema with their rows, whether or not one asks for them.
//! - `select_nth` and `statrs` find quantiles in a copy, and making it counts, since
//!   `lanefold` leaves the column as it is. Each call gets another of several columns.
//! - Random floats are within ±100, `i32` within ±10⁵ and `i64` within ±2⁴⁰, so that sums
//!   of a type in that type do not overflow; `u8` has all values.
//!
//! # Where to add
//!
//! An operation on columns goes to `operations/columns.rs`, one on streams to
//! `operations/streams.rs`: its name to `OPERATIONS`, its ways to a function of its own.
//! What runs on several threads, or by groups, is a third file beside them, with a type of
//! data of its own, and a loop in `measure` below.

// Generic kernels and closures of peers, as in the benchmarks of the crate itself.
#![allow(clippy::inline_always, reason = "a plain loop is compiled where it is called")]
#![allow(clippy::cast_precision_loss, reason = "counts, as floats of a report")]
#![allow(clippy::redundant_closure_for_method_calls, reason = "not all are methods")]

mod charts;
mod contest;
mod data;
mod facts;
mod filter;
mod operations;
#[path = "../../common/read.rs"]
mod read;
mod record;
mod scaling;
mod table;
mod value;

use clap::Parser;
use contest::{Contest, Row, Time, Way};
use data::Data;
use filter::Filter;
use operations::{columns, streams};
use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use value::Value;

/// Numbers of values.
const SIZES: [usize; 9] = [8, 16, 64, 100, 1_000, 10_000, 100_000, 1_000_000, 30_000_000];
/// Of a quick run.
const QUICK: [usize; 6] = [8, 16, 64, 100, 1_000, 10_000];

/// lanefold beside its peers: checks all results, then times all ways in turns
#[derive(Debug, Parser)]
struct Arguments {
    /// Operations, types, numbers of values and ways to look at; none of a kind means all
    filters: Vec<String>,
    /// Writes a CSV record and SVG charts to this directory
    #[arg(long, value_name = "DIR")]
    record: Option<PathBuf>,
    /// Runs each way once, on few values: to see that all results are right
    #[arg(long)]
    quick: bool,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let filter = Filter::new(&arguments.filters)?;
    let quick = arguments.quick;
    let rows = measure(&filter, quick);
    let scaling = if filter.scaling() { scaling::measure(quick) } else { Vec::new() };
    if quick {
        table::wrong(&rows);
    } else {
        table::print(&rows);
    }
    if let Some(directory) = &arguments.record {
        std::fs::create_dir_all(directory)?;
        record::write(&directory.join("peers.csv"), rows.iter().chain(&scaling))?;
        charts::draw(directory, &rows, &scaling)?;
    }
    let is_peer = |time: &Time| matches!(time.way, Way::Peer(_));
    let all = || rows.iter().chain(&scaling);
    if all().flat_map(Row::wrong).any(|time| !is_peer(time)) {
        return Err("lanefold gives wrong results".into());
    }
    println!("\n{} rows: all results of lanefold are right", all().count());
    Ok(())
}

/// Measures all rows that the filter takes.
fn measure(filter: &Filter, quick: bool) -> Vec<Row> {
    let sizes = filter.sizes(if quick { &QUICK } else { &SIZES });
    let mut rows = Vec::new();
    of_type::<f32>(filter, &sizes, quick, &mut rows);
    of_type::<f64>(filter, &sizes, quick, &mut rows);
    of_type::<i32>(filter, &sizes, quick, &mut rows);
    of_type::<i64>(filter, &sizes, quick, &mut rows);
    of_type::<u8>(filter, &sizes, quick, &mut rows);
    of_streams(filter, &sizes, quick, &mut rows);
    rows
}

fn of_type<T: Value>(filter: &Filter, sizes: &[usize], quick: bool, rows: &mut Vec<Row>) {
    let is_taken = |operation: &&&str| {
        columns::is_for::<T>(operation) && filter.takes(operation, <T as Value>::NAME)
    };
    let operations: Vec<&'static str> =
        columns::OPERATIONS.iter().filter(is_taken).copied().collect();
    if operations.is_empty() {
        return;
    }
    let data = Data::<T>::new(sizes.iter().copied().max().unwrap_or(0));
    let wanted = |way: &Way| filter.takes_way(way);
    for &values in sizes {
        let column = data.column(values);
        for &operation in &operations {
            let mut contest = Contest::new(operation, <T as Value>::NAME, values, &wanted);
            columns::ways(operation, &mut contest, &column);
            done(contest.measure(quick), rows);
        }
    }
}

fn of_streams(filter: &Filter, sizes: &[usize], quick: bool, rows: &mut Vec<Row>) {
    let is_taken = |(operation, element): &&(&str, &str)| filter.takes(operation, element);
    let operations: Vec<_> = streams::OPERATIONS.iter().filter(is_taken).collect();
    if operations.is_empty() {
        return;
    }
    let data = streams::Streams::new(sizes.iter().copied().max().unwrap_or(0));
    let wanted = |way: &Way| filter.takes_way(way);
    for &values in sizes {
        for &&(operation, element) in &operations {
            let mut contest = Contest::new(operation, element, values, &wanted);
            streams::ways(operation, &mut contest, &data, values);
            done(contest.measure(quick), rows);
        }
    }
}

/// Takes a row, and says so: a run takes minutes.
fn done(row: Row, rows: &mut Vec<Row>) {
    let Row { operation, element, values, .. } = &row;
    let ratio = row.ratio().map_or_else(String::new, |ratio| format!("{ratio:.2}"));
    eprintln!("{operation:<16} {element:<4} {values:>9} {:>14.1} ns {ratio:>7}", row.lanefold());
    rows.push(row);
}
