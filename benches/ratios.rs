//! How close each aggregate comes to the limit, and how far it leaves the plain loop.
//!
//! A ratio of two times is worth something only if both were taken under the same
//! load, so all ways to run an operation take turns in one process, round after round,
//! and the best round of each counts. Results are checked before they are timed.
//!
//! ```text
//! taskset -c 1 cargo bench --bench ratios -- sum f64
//! taskset -c 1 cargo bench --bench ratios -- six f32 1000 16384 aligned avx2 best
//! ```
//!
//! Pin it to one CPU that does nothing else. The arguments are a filter: names of
//! operations, types, backends (or `best`, `plain`, `read`, `apart`, `lanes`), numbers
//! of values, `aligned` or `shifted` (the column starts one value after a cache line). Words
//! of one kind add up, words of different kinds cut down. Without a filter it takes some
//! minutes and 300 MB.
//!
//! | column | meaning |
//! | --- | --- |
//! | `way` | the backend; `best` is `of`; `plain` the loop that one writes without the crate, see below; `read_…` loads only; `apart_…` the members of the tuple one after the other; `lanes_…` is `Sum`, beside the exact sum |
//! | `ns` | a call, in the best round |
//! | `GB/s` | values read, nulls included, bitmaps not |
//! | `/read` | the time of `read_…` on that backend over this time: 1.00 is the limit |
//! | `/plain` | the time of `plain` over this time: how many times faster |
//!
//! Plain loops are compiled for what every CPU of the target has, and are the idioms:
//! `sum()`, `reduce(f64::min)`, `min()` of an iterator. `variance` makes two passes, for
//! the mean and the squares. `six` is a loop by hand for count, sum, minimum and maximum,
//! the mean from that sum, and a loop for the squares: two passes, with nothing done
//! twice. The sum of `six` is as precise as its type in there, that of `mean` and
//! `variance` alone is one of `f64`. `masked_…` takes the bitmap by words of 64 bits and
//! the set bits of each. `covariance` and `correlation` take the means first.

mod common;

use common::{Data, Run, Value, Way, further_ways};
use lanefold::Backend;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// `six` is the tuple `(Count, Sum, Min, Max, Mean, Variance)`.
const OPERATIONS: [&str; 13] = [
    "sum",
    "exact_sum",
    "min",
    "max",
    "arg_min",
    "mean",
    "variance",
    "six",
    "masked_sum",
    "masked_min",
    "dot",
    "covariance",
    "correlation",
];
/// Those of them that read a second column, too.
const OF_PAIRS: [&str; 3] = ["dot", "covariance", "correlation"];
/// Numbers of values; 0 stands for as many as fill 4 KiB.
const SIZES: [usize; 8] = [8, 16, 64, 0, 1_000, 16_384, 1_000_000, 16_000_000];
const TYPES: [&str; 4] = ["f32", "f64", "i32", "u8"];
const ALIGNMENTS: [&str; 2] = ["aligned", "shifted"];
const WAYS: [&str; 5] = ["best", "plain", "read", "apart", "lanes"];

/// How long a turn should last, so that the clock's own cost does not count.
const TURN: Duration = Duration::from_micros(60);
/// Turns of each way, where they are short.
const ROUNDS: usize = 60;
/// Turns of each way, where one call is longer than a turn.
const LONG_ROUNDS: usize = 21;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    // Under `cargo test` there is no `--bench`, and `--test` asks for the same: one look
    // at everything.
    let quick = words.iter().any(|word| word == "--test") || !words.iter().any(|w| w == "--bench");
    let filter = match Filter::new(words.into_iter().filter(|word| !word.starts_with('-'))) {
        Ok(filter) => filter,
        Err(word) => {
            eprintln!("nothing is named {word:?}; names are");
            eprintln!("{OPERATIONS:?}\n{TYPES:?}\n{ALIGNMENTS:?}\n{WAYS:?}, backends, numbers");
            return ExitCode::from(2);
        }
    };
    if !quick {
        println!(
            "{:<11} {:<4} {:>9} {:<8} {:<13} {:>12} {:>8} {:>7} {:>7}",
            "operation", "type", "values", "start", "way", "ns", "GB/s", "/read", "/plain"
        );
    }
    report::<f32>(&filter, quick);
    report::<f64>(&filter, quick);
    report::<i32>(&filter, quick);
    report::<u8>(&filter, quick);
    if quick {
        println!("all ways give the right results");
    }
    ExitCode::SUCCESS
}

/// Names to look at; none of a kind stands for all of that kind.
#[derive(Default)]
struct Filter {
    operations: Vec<String>,
    types: Vec<String>,
    sizes: Vec<usize>,
    alignments: Vec<String>,
    ways: Vec<String>,
}

impl Filter {
    /// The filter of these words, or the first that names nothing.
    fn new(words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut filter = Self::default();
        for word in words {
            let is_in = |names: &[&str]| names.contains(&word.as_str());
            if is_in(&OPERATIONS) {
                filter.operations.push(word);
            } else if is_in(&TYPES) {
                filter.types.push(word);
            } else if is_in(&ALIGNMENTS) {
                filter.alignments.push(word);
            } else if is_in(&WAYS) || Backend::from_name(&word).is_ok() {
                filter.ways.push(word);
            } else {
                filter.sizes.push(word.replace('_', "").parse().map_err(|_| word)?);
            }
        }
        Ok(filter)
    }

    fn takes(names: &[String], name: &str) -> bool {
        names.is_empty() || names.iter().any(|taken| taken == name)
    }

    /// Whether a way is printed: `avx2` and `read` both name `read_avx2`.
    fn takes_way(&self, way: Way) -> bool {
        let way = way.to_string();
        self.ways.is_empty() || way.split('_').any(|part| self.ways.iter().any(|w| w == part))
    }

    fn sizes<T>(&self, quick: bool) -> Vec<usize> {
        let mut sizes = SIZES.map(|size| if size == 0 { 4096 / size_of::<T>() } else { size });
        sizes.sort_unstable();
        let mut sizes = if self.sizes.is_empty() { sizes.to_vec() } else { self.sizes.clone() };
        sizes.retain(|&size| size > 1 && (!quick || size <= 5_000));
        sizes
    }
}

/// Measures and prints all of one type.
fn report<T: Value>(filter: &Filter, quick: bool) {
    let sizes = filter.sizes::<T>(quick);
    if !Filter::takes(&filter.types, T::NAME) {
        return;
    }
    let data = Data::<T>::new(sizes.iter().copied().max().unwrap_or(0));
    for operation in OPERATIONS {
        for &size in &sizes {
            for (start, column) in data.columns(size) {
                if Filter::takes(&filter.operations, operation)
                    && Filter::takes(&filter.alignments, start)
                {
                    let runs = further_ways(operation, column);
                    let times = if quick { once(&runs) } else { best_times(&runs) };
                    let label = format!("{operation:<11} {:<4} {size:>9} {start:<8}", T::NAME);
                    if !quick {
                        let columns = 1 + usize::from(OF_PAIRS.contains(&operation));
                        print(&label, columns * size * size_of::<T>(), &runs, &times, filter);
                    }
                }
            }
        }
    }
}

/// Nanoseconds of a turn.
fn turn(run: &Run<'_>, calls: u64) -> f64 {
    let start = Instant::now();
    (run.repeat)(calls);
    start.elapsed().as_nanos() as f64
}

/// One call each, to see that it runs.
fn once(runs: &[Run<'_>]) -> Vec<f64> {
    runs.iter().map(|run| turn(run, 1)).collect()
}

/// Nanoseconds of a call of each, in its best round.
fn best_times(runs: &[Run<'_>]) -> Vec<f64> {
    let goal = TURN.as_nanos() as f64;
    let calls: Vec<u64> = runs
        .iter()
        .map(|run| {
            let mut calls = 1;
            while turn(run, calls) < goal {
                calls *= 2;
            }
            calls
        })
        .collect();
    let rounds = if calls.iter().all(|&calls| calls > 1) { ROUNDS } else { LONG_ROUNDS };
    let mut best = vec![f64::INFINITY; runs.len()];
    for _ in 0..rounds {
        for ((run, &calls), best) in runs.iter().zip(&calls).zip(&mut best) {
            let time = turn(run, calls) / calls as f64;
            if time < *best {
                *best = time;
            }
        }
    }
    best
}

fn print(label: &str, bytes: usize, runs: &[Run<'_>], times: &[f64], filter: &Filter) {
    let time_of = |way| {
        let found = runs.iter().position(|run| run.way == way);
        found.map_or(f64::NAN, |i| times[i])
    };
    for (run, &time) in runs.iter().zip(times) {
        if !filter.takes_way(run.way) {
            continue;
        }
        let limit = match run.way {
            Way::On(backend) | Way::ApartOn(backend) | Way::Lanes(backend) | Way::Read(backend) => {
                Way::Read(backend)
            }
            Way::Best | Way::Apart | Way::Plain => Way::Read(Backend::best()),
        };
        println!(
            "{label} {:<13} {time:>12.1} {:>8.1} {:>7.2} {:>7.2}",
            run.way,
            bytes as f64 / time,
            time_of(limit) / time,
            time_of(Way::Plain) / time,
        );
    }
}
