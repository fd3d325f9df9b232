//! What threads gain: `par_of` beside `of`, and `par_update` of groups beside `update`.
//!
//! All ways take turns in one process, round after round, and the best round of each
//! counts. Results are compared, bit for bit, before they are timed.
//!
//! ```text
//! cargo bench --bench parallel
//! cargo bench --bench parallel -- sum 30000000
//! ```
//!
//! The arguments are a filter: names of operations, and numbers of values. `g1000` is a sum of
//! each of 1,000 groups, and `s16` of 16, with sorted ids. The columns are
//! one thread, and how many times faster several are on pools of 1 and 2 threads, and on one of a
//! thread for each CPU. It takes 360 MB.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "ids are shares of numbers of groups"
)]

use lanefold::{
    Aggregate, Count, DistinctSketch, ExactSum, Grouped, Histogram, LogSumExp, Max, Mean, Min,
    Parallel, StdDev, Sum, Variance,
};
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::cell::RefCell;
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
        "operation", "values", "one, ns", "1", "2", "all"
    );
    for size in sizes {
        let column = &values[..size];
        bench.run("sum", &Sum, column);
        bench.run("variance", &Variance::sample(), column);
        bench.run("six", &(Count, Sum, Mean, StdDev::sample(), Min, Max), column);
        bench.run("exact_sum", &ExactSum, column);
        bench.run("log_sum", &LogSumExp, column);
        bench.run("histogram", &Histogram::linear(0.0, 1.0, 100).expect("edges"), column);
        bench.groups("g16", 16, false, column);
        bench.groups("g1000", 1_000, false, column);
        bench.groups("g100000", 100_000, false, column);
        bench.groups("s16", 16, true, column);
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
        if !self.wants(name) {
            return;
        }
        let want = format!("{:?}", aggregate.of(column));
        for pool in &self.pools {
            let got = pool.install(|| aggregate.par_of(column));
            assert_eq!(format!("{got:?}"), want, "{name} of {}", column.len());
        }
        self.time(
            name,
            column.len(),
            &mut || {
                black_box(aggregate.of(black_box(column)));
            },
            &|pool| {
                // The caller is no thread of the pool, and waits until one takes over.
                black_box(pool.install(|| aggregate.par_of(black_box(column))));
            },
        );
    }

    fn groups(&self, name: &str, groups: u32, is_sorted: bool, column: &[f64]) {
        if !self.wants(name) {
            return;
        }
        let id = |i: usize| (value(i + 7) * f64::from(groups)) as u32;
        let mut ids: Vec<u32> = (0..column.len()).map(id).collect();
        if is_sorted {
            ids.sort_unstable();
        }
        let mut one = Grouped::<_, f64>::new(Sum);
        one.resize(groups as usize);
        let par = RefCell::new(one.clone());
        let update = |pool: &ThreadPool| {
            let mut groups = par.borrow_mut();
            let groups = &mut *groups;
            pool.install(|| groups.par_update(black_box(&ids), black_box(column)))
                .expect("ids of groups");
        };
        for pool in &self.pools {
            one.reset();
            par.borrow_mut().reset();
            one.update(&ids, column).expect("ids of groups");
            update(pool);
            assert!(one.finish().eq(par.borrow().finish()), "{name} of {}", column.len());
        }
        let mut alone = || one.update(black_box(&ids), black_box(column)).expect("ids of groups");
        self.time(name, column.len(), &mut alone, &update);
    }

    fn wants(&self, name: &str) -> bool {
        self.names.is_empty() || self.names.iter().any(|wanted| wanted == name)
    }

    /// Prints a line.
    fn time(&self, name: &str, rows: usize, one: &mut dyn FnMut(), par: &dyn Fn(&ThreadPool)) {
        if self.quick {
            return;
        }
        let mut best = [Duration::MAX; 1 + THREADS.len()];
        let rounds = (60_000_000 / rows).clamp(9, 200);
        for _ in 0..rounds {
            for (i, best) in best.iter_mut().enumerate() {
                let start = Instant::now();
                match i.checked_sub(1) {
                    None => one(),
                    Some(pool) => par(&self.pools[pool]),
                }
                *best = start.elapsed().min(*best);
            }
        }
        let [one, par @ ..] = best.map(|time| time.as_nanos() as f64);
        let [first, two, all] = par.map(|time| one / time);
        println!("{name:<10} {rows:>9} {one:>12.0} {first:>8.2} {two:>8.2} {all:>8.2}");
    }
}
