//! What a value costs: from 8 to 100 million of them, by groups, by threads, and at other
//! bounds of a sketch.
//!
//! These rows are for the charts. Their operations are named `scaling/…`, those of groups
//! `groups/…`, whose number of values is that of the groups, those of threads `threads/…`,
//! and those of sketches `alpha/…` after the bound.

use crate::contest::{Check, Contest, Row, Way, equal, near};
use crate::data::{Random, aligned};
use crate::operations::streams::{Streams, dd_of};
use crate::value::Value;
use lanefold::{
    Aggregate, ExactSum, Grouped, Median, Min, Parallel, Quantile, QuantileSketch, Sum, Variance,
};
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::cell::{Cell, RefCell};
use std::fmt::Debug;
use std::hint::black_box;
use std::rc::Rc;

/// Numbers of values.
const SIZES: [usize; 15] = [
    8,
    16,
    32,
    64,
    128,
    256,
    1_000,
    4_000,
    16_000,
    64_000,
    256_000,
    1_000_000,
    4_000_000,
    20_000_000,
    100_000_000,
];
/// Of a quick run.
const QUICK: [usize; 4] = [8, 64, 1_000, 16_000];

/// Bounds of a sketch, as their names.
pub const ALPHAS: [(&str, f64); 7] = [
    ("alpha/0.001", 0.001),
    ("alpha/0.002", 0.002),
    ("alpha/0.005", 0.005),
    ("alpha/0.01", 0.01),
    ("alpha/0.02", 0.02),
    ("alpha/0.05", 0.05),
    ("alpha/0.1", 0.1),
];
/// Numbers of values at each bound.
pub const VALUES: [usize; 4] = [1_000, 10_000, 100_000, 1_000_000];

/// Values of all columns of a size together, at least, where each call takes the next.
const ROTATED: usize = 50_000;

/// All operations, in the order of the chart's legend.
pub const OPERATIONS: [&str; 7] = [
    "scaling/sum",
    "scaling/min",
    "scaling/variance",
    "scaling/exact_sum",
    "scaling/median",
    "scaling/p99",
    "scaling/sketch",
];

/// Rows that groups share, and numbers of groups.
pub const GROUPED: usize = 1_000_000;
const GROUPS: [usize; 9] = [1, 4, 64, 1_000, 10_000, 100_000, 1_000_000, 4_000_000, 10_000_000];
/// How the ids of groups come.
pub const ORDERS: [&str; 2] = ["groups/mixed", "groups/sorted"];

/// Numbers of values for threads to share. Fewer are one block, which one thread works on.
const SHARED: [usize; 6] = [65_536, 200_000, 600_000, 1_000_000, 4_000_000, 30_000_000];
pub const THREADED: [&str; 3] = ["threads/sum", "threads/variance", "threads/exact_sum"];
/// Numbers of threads, as names of ways.
pub const THREADS: [(&str, usize); 2] = [("threads/1", 1), ("threads/2", 2)];

pub fn measure(quick: bool) -> Vec<Row> {
    let sizes: &[usize] = if quick { &QUICK } else { &SIZES };
    let most = sizes.iter().copied().max().unwrap_or(0);
    let mut random = Random(3);
    // Some more, for reads that start at a cache line.
    let len = most.max(ROTATED) + 8;
    let values: Vec<f64> = (0..len).map(|_| f64::random(&mut random)).collect();
    let mut rows = Vec::new();
    for &size in sizes {
        for operation in OPERATIONS {
            rows.push(scaling(operation, &values, size).measure(quick));
            eprintln!("{operation:<20} {size:>9} {:>14.1} ns", rows[rows.len() - 1].lanefold());
        }
    }
    drop(values);
    grouped(quick, &mut rows);
    let streams = Streams::new(if quick { 10_000 } else { 1_000_000 });
    for (operation, alpha) in ALPHAS {
        for size in VALUES.into_iter().filter(|&size| !quick || size <= 10_000) {
            rows.push(at_bound(operation, alpha, streams.latencies(size)).measure(quick));
            eprintln!("{operation:<20} {size:>9} {:>14.1} ns", rows[rows.len() - 1].lanefold());
        }
    }
    rows
}

fn grouped(quick: bool, rows: &mut Vec<Row>) {
    let mut random = Random(4);
    let len = if quick { 20_000 } else { GROUPED };
    let values: Vec<f64> = (0..len).map(|_| f64::random(&mut random)).collect();
    for groups in GROUPS.into_iter().filter(|&groups| !quick || groups <= 10_000) {
        let mut ids: Vec<u32> = (0..len).map(|_| group(&mut random, groups)).collect();
        for operation in ORDERS {
            if operation == "groups/sorted" {
                ids.sort_unstable();
            }
            rows.push(by_group(operation, groups, &ids, &values).measure(quick));
            eprintln!("{operation:<20} {groups:>9} {:>14.1} ns", rows[rows.len() - 1].lanefold());
        }
    }
}

#[allow(clippy::cast_possible_truncation, reason = "less than ten million")]
fn group(random: &mut Random, groups: usize) -> u32 {
    (random.next() % groups as u64) as u32
}

/// A sum for each group, into groups that are there.
fn by_group<'a>(operation: &str, groups: usize, ids: &'a [u32], values: &'a [f64]) -> Contest<'a> {
    let mut contest = Contest::new(operation, "f64", groups, &|_| true);
    let mut want = vec![0.0; groups];
    ids.iter().zip(values).for_each(|(&id, x)| want[id as usize] += x);
    // The first call, whose result is checked, is the first sum.
    let sums = RefCell::new(Grouped::new(Sum));
    sums.borrow_mut().resize(groups);
    let sums = Rc::new(sums);
    let seen = Rc::clone(&sums);
    let bound = 1e-9 * ids.len() as f64;
    contest.best(
        (ids, values),
        move |(ids, values)| sums.borrow_mut().update(ids, values).expect("ids of groups"),
        |()| {
            let sums = seen.borrow();
            let mut all = sums.finish().zip(&want);
            all.try_for_each(|(got, &want): (f64, &f64)| near(got, want, bound))
        },
    );
    let sums = RefCell::new(vec![0.0; groups]);
    contest.peer(
        "plain",
        (ids, values),
        move |(ids, values)| {
            let mut sums = sums.borrow_mut();
            ids.iter().zip(values).for_each(|(&id, x)| sums[id as usize] += x);
        },
        any,
    );
    contest
}

/// What threads gain. None where the process has but one CPU, as when it is pinned.
pub fn threads(quick: bool) -> Vec<Row> {
    let mut rows = Vec::new();
    if std::thread::available_parallelism().map_or(1, usize::from) < 2 {
        eprintln!("threads: not measured, for there is but one CPU");
        return rows;
    }
    let pools = THREADS.map(|(_, threads)| {
        ThreadPoolBuilder::new().num_threads(threads).build().expect("threads start")
    });
    let sizes = SHARED.into_iter().filter(|&size| !quick || size <= 200_000);
    let most = sizes.clone().max().unwrap_or(0);
    let mut random = Random(5);
    let values: Vec<f64> = (0..most).map(|_| f64::random(&mut random)).collect();
    for size in sizes {
        for operation in THREADED {
            rows.push(shared(operation, &values[..size], &pools).measure(quick));
            eprintln!("{operation:<20} {size:>9} {:>14.1} ns", rows[rows.len() - 1].lanefold());
        }
    }
    rows
}

fn shared<'a>(
    operation: &str,
    values: &'a [f64],
    pools: &'a [ThreadPool; THREADS.len()],
) -> Contest<'a> {
    let mut contest = Contest::new(operation, "f64", values.len(), &|_| true);
    match operation {
        "threads/sum" => of_threads(&mut contest, Sum, values, pools),
        "threads/variance" => of_threads(&mut contest, Variance::sample(), values, pools),
        _ => of_threads(&mut contest, ExactSum, values, pools),
    }
    contest
}

fn of_threads<'a, A>(
    contest: &mut Contest<'a>,
    aggregate: A,
    values: &'a [f64],
    pools: &'a [ThreadPool; THREADS.len()],
) where
    A: Aggregate<f64, Partial: Send, Output: PartialEq + Debug + Send> + Copy + Sync + 'a,
{
    let want = aggregate.of(values);
    contest.best(values, move |values| aggregate.of(values), any);
    for ((name, _), pool) in THREADS.into_iter().zip(pools) {
        contest.peer(
            name,
            values,
            move |values| pool.install(|| aggregate.par_of(values)),
            |got| equal(&got, &want),
        );
    }
}

/// What is right here was checked in the rows of the table.
#[allow(clippy::unnecessary_wraps, reason = "one of the checks")]
fn any<O>(_: O) -> Check {
    Ok(())
}

fn scaling<'a>(operation: &str, all: &'a [f64], size: usize) -> Contest<'a> {
    let mut contest = Contest::new(operation, "f64", size, &|way: &Way| !matches!(way, Way::On(_)));
    let values = &all[..size];
    let columns = move || {
        let many = all.len().min(size.max(ROTATED)) / size;
        let at = Cell::new(0);
        move || {
            let row = at.get();
            at.set(if row + 1 == many { 0 } else { row + 1 });
            black_box(&all[row * size..(row + 1) * size])
        }
    };
    match operation {
        "scaling/sum" => contest.lanefold(Sum, values, any),
        "scaling/min" => contest.lanefold(Min, values, any),
        "scaling/variance" => contest.lanefold(Variance::sample(), values, any),
        "scaling/exact_sum" => contest.lanefold(ExactSum, values, any),
        "scaling/median" => {
            let next = columns();
            contest.best((), move |()| Median.of(next()), any);
            let (next, copy) = (columns(), RefCell::new(values.to_vec()));
            contest.peer(
                "select_nth",
                (),
                move |()| {
                    let mut copy = copy.borrow_mut();
                    copy.copy_from_slice(next());
                    *copy.select_nth_unstable_by(size / 2, f64::total_cmp).1
                },
                any,
            );
        }
        "scaling/p99" => {
            let (p99, next) = (Quantile::new(0.99).expect("between 0 and 1"), columns());
            contest.best((), move |()| p99.of(next()), any);
        }
        _ => {
            let sketch = QuantileSketch::new(0.01).expect("in range");
            contest.best(values, move |values| sketch.of(values), any);
        }
    }
    contest.read(aligned(all, size), &[]);
    contest
}

/// A sketch of all values, from nothing to a quantile.
fn at_bound<'a>(operation: &str, alpha: f64, values: &'a [f64]) -> Contest<'a> {
    let mut contest = Contest::new(operation, "f64", values.len(), &|_| true);
    let sketch = QuantileSketch::new(alpha).expect("in range");
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let (half, n) = (sorted[(sorted.len() - 1) / 2], values.len());
    let check = move |got: Option<f64>, factor: f64| {
        near(got.unwrap_or(f64::NAN), half, half * (factor * alpha + 10.0 / n as f64))
    };
    contest.best(values, move |values| sketch.of(values).quantile(0.5), |got| check(got, 1.05));
    contest.peer("ddsketch", values, move |v| dd_of(alpha, v), |got| check(got, 2.0));
    contest
}
