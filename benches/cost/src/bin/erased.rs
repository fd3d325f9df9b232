//! A program with the aggregates that have names, of one type.

#[path = "../column.rs"]
mod column;

use lanefold::AggregateSet;
use std::error::Error;
use std::hint::black_box;

fn main() -> Result<(), Box<dyn Error>> {
    let values = column::column();
    let set = AggregateSet::<f64>::from_names([black_box("sum")])?;
    black_box(set.of(black_box(values.as_slice())));
    println!("{}", black_box(0.0_f64));
    Ok(())
}
