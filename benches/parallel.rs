//! What threads gain: `par_of` beside `of`.
//!
//! All ways take turns in one process, round after round, and the best round of each
//! counts. Results are compared, bit for bit, before they are timed.
//!
//! ```text
//! cargo bench --bench parallel
//! cargo bench --bench parallel -- sum 30000000
//! ```
//!
//! The arguments are a filter: names of operations, and numbers of values. The columns are
//! `of`, and how many times faster `par_of` is on pools of 1 and 2 threads, and on one of a
//! thread for each CPU. It takes 240 MB.

use lanefold::{
    Aggregate, Count, DistinctSketch, ExactSum, Histogram, LogSumExp, Max, Mean, Min, Parallel,
    StdDev, Sum, Variance,
};
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::fmt::Debug;
use std::hint::black_box;
use std::time::{Duration, Instant};

const SIZES: [usize; 7] = [65_536, 200_000, 300_000, 600_000, 1_000_000, 4_000_000, 30_000_000];
const THREADS: [usize; 3] = [1, 2, 0];

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let quick = words.iter().any(|word| word == "--test") || !words.iter().any(|w| w == "--bench");
    let words: Vec<String> = words.into_iter().filter(|word| !word.starts_with('-')).collect();
    let (numbers, names): (Vec<_>, Vec<_>) =
        words.into_iter().partition(|word| word.parse::<usize>().is_ok());
    let mut sizes: Vec<usize> = numbers.iter().filter_map(|word| word.parse().ok()).collect();
    if sizes.is_empty() {
        sizes = SIZES.to_vec();
    }
    if quick {
        sizes.retain(|&size| size <= 600_000);
    }
    let pools = THREADS.map(|threads| {
        ThreadPoolBuilder::new().num_threads(threads).build().expect("threads start")
    });
    let most = sizes.iter().copied().max().unwrap_or(0);
    let values: Vec<f64> = (0..most).map(value).collect();
    let bench = Bench { names, quick, pools };
    println!(
        "{:<10} {:>9} {:>12} {:>8} {:>8} {:>8}",
        "operation", "values", "of, ns", "1", "2", "all"
    );
    for size in sizes {
        let column = &values[..size];
        bench.run("sum", &Sum, column);
        bench.run("variance", &Variance::sample(), column);
        bench.run("six", &(Count, Sum, Mean, StdDev::sample(), Min, Max), column);
        bench.run("exact_sum", &ExactSum, column);
        bench.run("log_sum", &LogSumExp, column);
        bench.run("histogram", &Histogram::linear(0.0, 1.0, 100).expect("edges"), column);
        bench.run("distinct", &DistinctSketch::new(12).expect("a precision"), column);
    }
}

/// Numbers between 0 and 1 that look random.
fn value(i: usize) -> f64 {
    let z = (i as u64).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    ((z ^ (z >> 27)) >> 11) as f64 / (1_u64 << 53) as f64
}

struct Bench {
    names: Vec<String>,
    quick: bool,
    pools: [ThreadPool; THREADS.len()],
}

impl Bench {
    fn run<A>(&self, name: &str, aggregate: &A, column: &[f64])
    where
        A: Aggregate<f64, Partial: Send, Output: Debug + Send> + Sync,
    {
        if !self.names.is_empty() && !self.names.iter().any(|wanted| wanted == name) {
            return;
        }
        let want = format!("{:?}", aggregate.of(column));
        for pool in &self.pools {
            let got = pool.install(|| aggregate.par_of(column));
            assert_eq!(format!("{got:?}"), want, "{name} of {}", column.len());
        }
        if self.quick {
            return;
        }
        let mut best = [Duration::MAX; 1 + THREADS.len()];
        let rounds = (60_000_000 / column.len()).clamp(9, 200);
        for _ in 0..rounds {
            for (i, best) in best.iter_mut().enumerate() {
                let time = match i.checked_sub(1) {
                    None => time(|| aggregate.of(black_box(column))),
                    // The caller is no thread of the pool, and waits until one takes over.
                    Some(pool) => {
                        time(|| self.pools[pool].install(|| aggregate.par_of(black_box(column))))
                    }
                };
                if time < *best {
                    *best = time;
                }
            }
        }
        let [of, par @ ..] = best.map(|time| time.as_nanos() as f64);
        let [one, two, all] = par.map(|time| of / time);
        println!("{name:<10} {:>9} {of:>12.0} {one:>8.2} {two:>8.2} {all:>8.2}", column.len());
    }
}

fn time<O>(f: impl FnOnce() -> O) -> Duration {
    let start = Instant::now();
    black_box(f());
    start.elapsed()
}
