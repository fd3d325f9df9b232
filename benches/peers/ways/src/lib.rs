//! What is measured: the ways to run each operation, and the checks of their results.
//!
//! What is generic here becomes code in the packages of `types`, one for each type of
//! values: kernels take minutes to compile, and the report does not.
//!
//! # Where to add
//!
//! An operation on columns goes to `operations/columns.rs`, one on streams to
//! `operations/streams.rs`: its name to `OPERATIONS`, its ways to a function of its own.
//! What is no row of the table, but a line of a chart, goes to `scaling.rs`.

// Generic kernels and closures of peers, as in the benchmarks of the crate itself.
#![allow(clippy::inline_always, reason = "a plain loop is compiled where it is called")]
#![allow(clippy::cast_precision_loss, reason = "counts, as floats of a report")]
#![allow(clippy::redundant_closure_for_method_calls, reason = "not all are methods")]
#![allow(clippy::missing_errors_doc, clippy::missing_panics_doc, reason = "of one program")]
#![allow(clippy::must_use_candidate, reason = "of one program")]

mod contest;
mod data;
mod facts;
mod filter;
mod operations;
#[path = "../../../common/read.rs"]
mod read;
pub mod scaling;
mod value;

pub use contest::{Row, Time, Way};
pub use filter::Filter;

use contest::Contest;
use data::Data;
use operations::{columns, streams};
use value::Value;

/// Numbers of values.
const SIZES: [usize; 9] = [8, 16, 64, 100, 1_000, 10_000, 100_000, 1_000_000, 30_000_000];
/// Of a quick run.
const QUICK: [usize; 6] = [8, 16, 64, 100, 1_000, 10_000];

/// Up to so many values, load of other programs changes a time the most, and to measure it again takes
/// the least.
const SHORT: usize = 1_000;

/// How much of a table is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pass {
    /// Few values, and each way once.
    Quick,
    /// Up to 1,000 values.
    Short,
    /// All.
    Whole,
}

impl Pass {
    fn sizes(self, filter: &Filter) -> Vec<usize> {
        let mut sizes = filter.sizes(if self == Self::Quick { &QUICK } else { &SIZES });
        sizes.retain(|&size| self != Self::Short || size <= SHORT);
        sizes
    }
}

/// Measures the rows of a type that the filter takes.
pub fn of_type<T: Value>(filter: &Filter, pass: Pass, rows: &mut Vec<Row>) {
    let is_taken = |operation: &&&str| {
        columns::is_for::<T>(operation) && filter.takes(operation, <T as Value>::NAME)
    };
    let operations: Vec<&'static str> =
        columns::OPERATIONS.iter().filter(is_taken).copied().collect();
    if operations.is_empty() {
        return;
    }
    let sizes = &pass.sizes(filter);
    let data = Data::<T>::new(sizes.iter().copied().max().unwrap_or(0));
    let wanted = |way: &Way| filter.takes_way(way);
    for &values in sizes {
        let column = data.column(values);
        for &operation in &operations {
            let mut contest = Contest::new(operation, <T as Value>::NAME, values, &wanted);
            columns::ways(operation, &mut contest, &column);
            done(contest.measure(pass == Pass::Quick), rows);
        }
    }
}

/// Measures the rows of streams that the filter takes.
pub fn of_streams(filter: &Filter, pass: Pass, rows: &mut Vec<Row>) {
    let is_taken = |(operation, element): &&(&str, &str)| filter.takes(operation, element);
    let operations: Vec<_> = streams::OPERATIONS.iter().filter(is_taken).collect();
    if operations.is_empty() {
        return;
    }
    let sizes = &pass.sizes(filter);
    let data = streams::Streams::new(sizes.iter().copied().max().unwrap_or(0));
    let wanted = |way: &Way| filter.takes_way(way);
    for &values in sizes {
        for &&(operation, element) in &operations {
            let mut contest = Contest::new(operation, element, values, &wanted);
            streams::ways(operation, &mut contest, &data, values);
            done(contest.measure(pass == Pass::Quick), rows);
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
