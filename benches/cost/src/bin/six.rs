//! A program with a tuple of aggregates of one type.

#[path = "../column.rs"]
mod column;

use lanefold::{Aggregate, Count, Max, Mean, Min, StdDev, Sum};
use std::hint::black_box;

fn main() {
    let values = column::column();
    black_box((Count, Sum, Mean, Min, Max, StdDev::sample()).of(black_box(values.as_slice())));
    println!("{}", black_box(0.0_f64));
}
