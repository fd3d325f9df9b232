//! A program with one aggregate of one type.

#[path = "../column.rs"]
mod column;

use lanefold::{Aggregate, Sum};
use std::hint::black_box;

fn main() {
    let values = column::column();
    println!("{}", black_box(Sum.of(black_box(values.as_slice()))));
}
