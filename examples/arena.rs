//! Batches of events whose memory is an arena: rows in, columns out, and one step to forget them.
//!
//! ```text
//! cargo run --release --features bumpalo --example arena
//! ```
//!
//! A service that takes in events in batches needs, for each batch, columns for a few
//! milliseconds. On the heap they are allocated, grown and freed, batch by batch. In an arena they
//! are bytes of one chunk, which is used again from its start on. See `pipeline` for what that,
//! and the rest of a service, costs.

use bumpalo::Bump;
use lanefold::{Aggregate, Backend, Batch, Count, EventProblem, Interner, Max, Mean};
use std::process::ExitCode;

const BATCHES: i64 = 5;
const EVENTS: i64 = 1_000;

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
            eprintln!("arena: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn std::error::Error>> {
    // Memory of the batches, and the numbers of the series, which outlive them.
    let mut arena = Bump::new();
    let mut series = Interner::new();
    let mut sizes = Vec::new();

    for number in 0..BATCHES {
        let mut batch = Batch::new(&arena, &mut series);
        for i in 0..EVENTS {
            // A name, labels in any order, a value, and when it was.
            let host = if i % 3 == 0 { "a1" } else { "b7" };
            let millis = (i % 100) as f64 / 4.0;
            let labels = [("region", "eu"), ("host", host)];
            batch.push("latency", &labels, millis, number * EVENTS + i)?;
        }
        // Columns are slices: any aggregate takes them.
        assert_eq!(batch.timestamps().last(), Some(&((number + 1) * EVENTS - 1)));
        let (count, mean, max) = (Count, Mean, Max).of(batch.values());
        assert_eq!((count, mean, max), (1_000, Some(12.375), Some(24.75)));
        let of_first = batch.series().iter().filter(|&&id| id == 0).count();
        assert_eq!(of_first, 334);
        println!("batch {number}: {count} events, {of_first} of series 0, greatest {max:?}");

        // The batch ends, and its borrow of the arena with it: all its memory is free.
        drop(batch);
        arena.reset();
        sizes.push(arena.allocated_bytes());
    }
    // The arena keeps its largest chunk, in which the later batches fit.
    println!("the arena after each batch: {sizes:?} bytes");
    assert_eq!(sizes[1..], [sizes[4]; 4], "it grew after the first batches");

    // Two series, whatever the order of labels was.
    assert_eq!(series.len(), 2);
    for id in 0..2 {
        let (name, labels) = series.get(id).ok_or("no such series")?;
        let labels: Vec<(&str, &str)> = labels.collect();
        println!("series {id}: {name} {labels:?}");
        assert_eq!(labels, [("host", ["a1", "b7"][id as usize]), ("region", "eu")]);
    }

    // A bad event says what is wrong, and where; the batch goes on without it.
    let mut batch = Batch::new(&arena, &mut series);
    batch.push("latency", &[("host", "a1"), ("region", "eu")], 1.0, 0)?;
    let twice = [("host", "a1"), ("host", "b7")];
    let error = batch.push("latency", &twice, 2.0, 1).err().ok_or("two hosts were taken in")?;
    println!("refused: {error}");
    assert_eq!(error.row, 1);
    assert!(matches!(error.problem, EventProblem::DuplicateKey { key, .. } if key == "host"));
    assert_eq!(batch.len(), 1);
    Ok(())
}
