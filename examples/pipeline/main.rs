//! A metrics pipeline, rung by rung: from what one writes first to columns in an arena.
//!
//! ```text
//! cargo run --release --features bumpalo --example pipeline -- [--batches N] [--svg FILE]
//! ```
//!
//! The service takes in batches of events (a name, labels, a value, a time), and keeps for each
//! series and each window of 10 seconds the count, sum, mean, extremes, standard deviation and
//! 99th percentile. Seven programs do that, each the one before with one change:
//!
//! 1. `naive`: owned strings, a `Vec` for each stage, statistics by sorting and plain loops;
//! 2. `fused`: the stages are one iterator;
//! 3. `borrowed`: keys borrow, and labels lie on the stack;
//! 4. the same with another allocator, `mimalloc`;
//! 5. `simd`: the statistics by `lanefold`;
//! 6. `columns`: batches in an arena, numbers for series, groups, and sketches;
//! 7. the same, and series are known by the place of the labels that producers lend.
//!
//! First it asserts that all of them give the same statistics. Then each runs in a process of its
//! own, since an allocator serves a whole process, in several rounds of which the best counts.
//! The events are made beforehand, as structs of borrowed strings that all rungs share, so
//! reading text is not measured: see `workload`.

mod allocator;
mod borrowed;
mod chart;
mod columns;
mod fused;
mod naive;
mod report;
mod rungs;
mod simd;
mod statistics;
mod workload;

use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::{env, fs};

use clap::Parser;
use lanefold::Backend;

use crate::report::Measured;
use crate::workload::{BATCH, BATCHES_OF_WINDOW, Producers};

/// A metrics pipeline, rung by rung: how fast each is, and what it allocates
#[derive(Parser)]
#[command(name = "pipeline")]
struct Args {
    /// Timed batches of 25,000 events
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..=2_000))]
    batches: u16,

    /// Runs of each rung, of which the fastest counts
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..=100))]
    rounds: u16,

    /// Draw the ladder as an SVG
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,

    /// Run one rung, and print numbers for the process that asked
    #[arg(long, hide = true)]
    rung: Option<usize>,
}

fn main() -> ExitCode {
    if let Err(error) = Backend::from_env() {
        eprintln!("LANEFOLD_BACKEND: {error}");
        return ExitCode::from(2);
    }
    let args = Args::parse();
    let done = match args.rung {
        Some(rung) => one(rung, args.batches.into()),
        None => all(&args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("pipeline: {error}");
            ExitCode::FAILURE
        }
    }
}

type Done = Result<(), Box<dyn std::error::Error>>;

/// What a child process does.
fn one(rung: usize, batches: usize) -> Done {
    let producers = Producers::new();
    let labels = producers.labels();
    let events = producers.events(&labels, BATCHES_OF_WINDOW + batches);
    let run = rungs::run(rung, &events);
    println!("{}", Measured::of(&run, batches * BATCH)?);
    Ok(())
}

fn all(args: &Args) -> Done {
    println!("backend: {}", Backend::best());
    let producers = Producers::new();
    let labels = producers.labels();
    // Windows that end, and one that does not.
    let events = producers.events(&labels, 2 * BATCHES_OF_WINDOW + 5);
    let results = rungs::check(&events);
    println!("checked: {} rungs agree on {results} series and windows", rungs::RUNGS);
    drop(events);

    let mut ladder: Vec<Measured> = Vec::new();
    for round in 0..args.rounds {
        for rung in 1..=rungs::RUNGS {
            let measured = child(rung, args.batches)?;
            match ladder.get_mut(rung - 1) {
                Some(best) if best.rate >= measured.rate => {}
                Some(best) => *best = measured,
                None => ladder.push(measured),
            }
        }
        eprintln!("round {} of {}", round + 1, args.rounds);
    }
    report::print(&ladder);
    if !allocator::HAS_OTHER {
        println!("no mimalloc on this platform: rungs 4 and above ran with the system's allocator");
    }
    if let Some(path) = &args.svg {
        let svg = chart::draw(&ladder)?;
        fs::write(path, svg)
            .map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    }
    Ok(())
}

/// Runs a rung in a process of its own.
fn child(rung: usize, batches: u16) -> Result<Measured, Box<dyn std::error::Error>> {
    let choice = if rungs::has_mimalloc(rung) { "mimalloc" } else { "system" };
    let output = Command::new(env::current_exe()?)
        .args(["--rung", &rung.to_string(), "--batches", &batches.to_string()])
        .env(allocator::CHOICE, choice)
        .output()?;
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr);
        return Err(format!("rung {rung} failed: {}", words.trim()).into());
    }
    Ok(String::from_utf8(output.stdout)?.trim().parse()?)
}
