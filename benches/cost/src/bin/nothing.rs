//! A program without an aggregate, whose code the others have as well.

#[path = "../column.rs"]
mod column;

use std::hint::black_box;

fn main() {
    let values = column::column();
    black_box(values.as_slice());
    println!("{}", black_box(0.0_f64));
}
