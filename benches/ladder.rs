//! The rungs of `examples/pipeline`, a batch at a time, by `criterion`.
//!
//! ```text
//! taskset -c 1 cargo bench --features bumpalo --bench ladder -- "7 "
//! ```
//!
//! An argument is a part of the name of a rung. Rungs 1 to 3 run in one process, with the
//! allocator of the system, and the others in a second one, with `mimalloc`: an allocator serves
//! a whole process. Results are checked before anything is timed.

#[allow(dead_code, reason = "shared with the example, which uses all of it")]
#[path = "../examples/pipeline/allocator.rs"]
mod allocator;
#[path = "../examples/pipeline/borrowed.rs"]
mod borrowed;
#[path = "../examples/pipeline/columns.rs"]
mod columns;
#[path = "../examples/pipeline/fused.rs"]
mod fused;
#[path = "../examples/pipeline/naive.rs"]
mod naive;
#[allow(dead_code, reason = "shared with the example, which uses all of it")]
#[path = "../examples/pipeline/rungs.rs"]
mod rungs;
#[path = "../examples/pipeline/simd.rs"]
mod simd;
#[allow(dead_code, reason = "shared with the example, which uses all of it")]
#[path = "../examples/pipeline/statistics.rs"]
mod statistics;
#[path = "../examples/pipeline/workload.rs"]
mod workload;

use criterion::{Criterion, Throughput};
use statistics::Statistics;
use std::env;
use std::fmt::Display;
use std::hint::black_box;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};
use workload::{BATCH, BATCHES_OF_WINDOW, Producers};

fn main() -> ExitCode {
    match env::var(allocator::CHOICE) {
        Ok(choice) => {
            run(choice == "mimalloc");
            ExitCode::SUCCESS
        }
        Err(_) => both(),
    }
}

/// A process for each allocator.
fn both() -> ExitCode {
    for choice in ["system", "mimalloc"] {
        let child = env::current_exe().and_then(|program| {
            Command::new(program).args(env::args().skip(1)).env(allocator::CHOICE, choice).status()
        });
        match child {
            Ok(status) if status.success() => {}
            _ => return ExitCode::FAILURE,
        }
    }
    ExitCode::SUCCESS
}

fn run(mimalloc: bool) {
    let producers = Producers::new();
    let labels = producers.labels();
    let mut events = producers.events(&labels, BATCHES_OF_WINDOW);
    if !mimalloc {
        rungs::check(&events);
    }
    let mut criterion = Criterion::default().configure_from_args().sample_size(20);
    let mut group = criterion.benchmark_group("ladder");
    group.throughput(Throughput::Elements(BATCH as u64));
    for rung in (1..=rungs::RUNGS).filter(|&rung| rungs::has_mimalloc(rung) == mimalloc) {
        let mut running = rungs::make(rung);
        let mut sink = |window: i64, name: &dyn Display, statistics: &Statistics| {
            black_box((window, name, statistics));
        };
        let mut batch = 0;
        group.bench_function(format!("{rung} {}", rungs::NAMES[rung - 1]), |bencher| {
            bencher.iter_custom(|batches| {
                let mut time = Duration::ZERO;
                for _ in 0..batches {
                    if batch == BATCHES_OF_WINDOW {
                        batch = 0;
                        // The next window: as if the events came again.
                        for event in &mut events {
                            event.timestamp += workload::WINDOW;
                        }
                    }
                    let start = Instant::now();
                    running.batch(&events[batch * BATCH..][..BATCH], &mut sink);
                    time += start.elapsed();
                    batch += 1;
                }
                time
            });
        });
    }
    group.finish();
    criterion.final_summary();
}
