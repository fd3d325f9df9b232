//! `lanefold` beside its peers, on the same data, in one process.
//!
//! ```text
//! cargo run --release --manifest-path benches/peers/Cargo.toml -- sum f64 1000 arrow
//! cargo run --release --manifest-path benches/peers/Cargo.toml -- --record records
//! cargo run --release --manifest-path benches/peers/Cargo.toml -- --quick
//! cargo run --release --manifest-path benches/peers/Cargo.toml -- threads --record records
//! ```
//!
//! Pin it to one CPU that does nothing else. Words are a filter: operations, types, numbers
//! of values, and ways (crates, `plain`, backends). Words of one kind add up, words of
//! different kinds cut down. `lanefold` on its best backend and the loops that only load
//! always run. Without a filter it takes twenty minutes and 1.5 GB. `threads` needs more than
//! one CPU, and is left out where the process is pinned; `scaling` and `threads` are charts,
//! and no rows.
//!
//! # What is compared
//!
//! A row of the table is an operation on a column. In each, all ways take turns for many
//! short rounds, in three passes over the table and six more over its short columns, and the best
//! round of each counts. Up to
//! 8 MiB, a turn begins with a call that is not timed, so that each way finds in the caches
//! what it left there itself. Each result is checked before it is timed: those of `lanefold`
//! within the documented bounds, and bit for bit between its backends; those of peers as one
//! may expect of additions in a row. Peers whose results are wrong are named, and do not count.
//!
//! - The values lie as a `Vec` has them. The read limit alone starts at a cache line: it
//!   is what the machine can do.
//! - Peers are called as their documentation says, and compiled for what every CPU of the target
//!   has, as `cargo` does it by default, each in one piece.
//!   `arrow`, `polars` and `ndarray` choose their instructions at compile time; with
//!   `RUSTFLAGS="-C target-cpu=native"` they are faster.
//! - `average` and `statrs` are of `f64`; other types are converted on the way.
//! - `lanes` divides a variance by `n`; `numkong` finds sums with sums of squares, and
//!   extrema with their rows, whether or not one asks for them.
//! - Of places of extremes the row is asked for, which is what `argminmax` gives.
//! - `select_nth` and `statrs` find quantiles in a copy, and making it counts, since
//!   `lanefold` leaves the column as it is.
//! - Of quantiles, places of extremes and columns with nulls, each call in the table gets any one of
//!   up to 128 columns, together up to 50,000 values: of one alone, or of 2,000 in turn, the CPU knows
//!   all branches by heart. To draw one is part of the time of all ways. Most of these come from L2,
//!   where the read limit of short columns is that of L1; and of few long columns slow ways, of which a
//!   round has few calls, may draw the best.
//! - Random floats are within ±100, `i32` within ±10⁵ and `i64` within ±2⁴⁰, so that sums
//!   of a type in that type do not overflow; `u8` has all values.

#![allow(clippy::cast_precision_loss, reason = "counts, as floats of a report")]

mod charts;
mod plot;
mod record;
mod table;

use clap::Parser;
use lanefold_peers_ways::{Filter, Pass, Row, Time, Way, of_streams, scaling};
use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

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
    let rows = table(&filter, quick);
    let scaling =
        in_passes(quick, || if filter.scaling() { scaling::measure(quick) } else { Vec::new() });
    let threads =
        in_passes(quick, || if filter.threads() { scaling::threads(quick) } else { Vec::new() });
    if quick {
        table::wrong(&rows);
    } else {
        table::print(&rows);
    }
    if let Some(directory) = &arguments.record {
        std::fs::create_dir_all(directory)?;
        for (name, rows) in [("peers", &rows), ("scaling", &scaling), ("threads", &threads)] {
            if !rows.is_empty() {
                record::write(&directory.join(name).with_extension("csv"), rows)?;
            }
        }
        // What is written by `threads` goes beside the record of a run.
        if !rows.is_empty() {
            let all: Vec<&Row> = rows.iter().chain(&scaling).collect();
            record::write_run(&directory.join("run.csv"), &all)?;
        }
        charts::draw(directory, &rows, &scaling, &threads)?;
    }
    let is_peer = |time: &Time| matches!(time.way, Way::Peer(_));
    let all = || rows.iter().chain(&scaling).chain(&threads);
    if all().flat_map(Row::wrong).any(|time| !is_peer(time)) {
        return Err("lanefold gives wrong results".into());
    }
    println!("\n{} rows: all results of lanefold are right", all().count());
    Ok(())
}

/// Times that all is measured,
const PASSES: usize = 3;
/// and that short columns are besides, after each.
const SHORT_PASSES: usize = 2;

/// The rows of the table that the filter takes. Each way has its best time.
fn table(filter: &Filter, quick: bool) -> Vec<Row> {
    if quick {
        return measure(filter, Pass::Quick);
    }
    in_passes(quick, || {
        let mut rows = measure(filter, Pass::Whole);
        for _ in 0..SHORT_PASSES {
            for again in measure(filter, Pass::Short) {
                let row = rows.iter_mut().find(|row| row.is_same(&again));
                row.expect("a row of the whole table").merge(again);
            }
        }
        rows
    })
}

/// Measures rows several times, unless it shall be quick or there are none. Each way has its best
/// time.
fn in_passes(quick: bool, measure: impl Fn() -> Vec<Row>) -> Vec<Row> {
    let mut rows = measure();
    for pass in 1..if quick || rows.is_empty() { 1 } else { PASSES } {
        eprintln!("pass {} of {PASSES}", pass + 1);
        let again = measure();
        assert_eq!(rows.len(), again.len(), "passes measure the same rows");
        for (row, again) in rows.iter_mut().zip(again) {
            row.merge(again);
        }
    }
    rows
}

/// Measures the rows that the filter takes, once.
fn measure(filter: &Filter, pass: Pass) -> Vec<Row> {
    let mut rows = Vec::new();
    lanefold_peers_f32::measure(filter, pass, &mut rows);
    lanefold_peers_f64::measure(filter, pass, &mut rows);
    lanefold_peers_i32::measure(filter, pass, &mut rows);
    lanefold_peers_i64::measure(filter, pass, &mut rows);
    lanefold_peers_u8::measure(filter, pass, &mut rows);
    of_streams(filter, pass, &mut rows);
    rows
}
