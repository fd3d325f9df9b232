//! What the policies on NaN and ties make of one small column.
//!
//! A sensor reports NaN where it has no reading, and another one sets the sign of its NaN.
//! What "the least value" of such a column is depends on whom one asks: `f64::min` skips
//! NaN, `numpy.amin` passes it on, and a sort by `total_cmp` gives it a place at either
//! end. Here the question is in the type, and each has one answer, whether the column
//! is short or long, has nulls, or comes in pieces.
#![allow(clippy::float_cmp, reason = "extrema are values of the column, not rounded")]

use lanefold::{
    Aggregate, ArgMax, ArgMin, LastTie, LengthMismatch, Max, Min, PropagateNan, TotalOrder,
};

/// Two NaN of different sign; two zeros of different sign; the greatest value twice.
const COLUMN: [f64; 8] = [7.5, 0.0, f64::NAN, -0.0, -f64::NAN, 7.5, 0.0, -0.0];

fn main() -> Result<(), LengthMismatch> {
    if let Err(error) = lanefold::Backend::from_env() {
        eprintln!("LANEFOLD_BACKEND: {error}");
        std::process::exit(2);
    }
    println!("row    {:>5} {:>5} {:>5} {:>5} {:>5} {:>5} {:>5} {:>5}", 0, 1, 2, 3, 4, 5, 6, 7);
    println!("value  {}\n", COLUMN.map(|x| format!("{:>5}", shown(x))).join(" "));
    println!("{:<28} {:>12} {:>12}", "policy", "least", "greatest");

    let skipped = table("NaN skipped", &ArgMin, &ArgMax);
    let last = table("the last of ties", &LastTie(ArgMin), &LastTie(ArgMax));
    let nan = table("PropagateNan", &PropagateNan(ArgMin), &PropagateNan(ArgMax));
    let last_nan = table(
        "PropagateNan, the last",
        &LastTie(PropagateNan(ArgMin)),
        &LastTie(PropagateNan(ArgMax)),
    );
    let total = table("TotalOrder", &TotalOrder(ArgMin), &TotalOrder(ArgMax));

    // Of equal zeros -0.0 is the lesser, so that no answer depends on the order of rows.
    assert_eq!(skipped, [Some(3), Some(0)]);
    assert_eq!(last, [Some(7), Some(5)]);
    // Any NaN will do, and it wins at both ends.
    assert_eq!(nan, [Some(2), Some(2)]);
    assert_eq!(last_nan, [Some(4), Some(4)]);
    // The NaN with a sign is below all numbers, the other one above.
    assert_eq!(total, [Some(4), Some(2)]);

    values();
    stream()
}

/// Without the row, the same policies.
fn values() {
    let (min, max, any) = (Min, Max, PropagateNan(Max)).of(&COLUMN);
    assert_eq!((min.map(f64::to_bits), max), (Some((-0.0_f64).to_bits()), Some(7.5)));
    assert!(any.is_some_and(f64::is_nan));
    // Where every value is NaN, none is left to be the least.
    assert_eq!(Min.of(&[f64::NAN; 3]), None);
}

/// Rows count on, however they come.
fn stream() -> Result<(), LengthMismatch> {
    let mut stream = PropagateNan(ArgMax).accumulator();
    stream.push(COLUMN[0]);
    stream.push(COLUMN[1]);
    assert_eq!(stream.finish(), Some((0, 7.5)));
    stream.update(&COLUMN[2..])?;
    assert_eq!(stream.finish().map(|(row, _)| row), Some(2));
    Ok(())
}

/// A line of the table; gives the rows.
fn table<A, B>(policy: &str, least: &A, greatest: &B) -> [Option<usize>; 2]
where
    A: Aggregate<f64, Output = Option<(usize, f64)>>,
    B: Aggregate<f64, Output = Option<(usize, f64)>>,
{
    let places = [least.of(&COLUMN), greatest.of(&COLUMN)];
    let [least, greatest] = places.map(|place| match place {
        Some((row, value)) => format!("{} in row {row}", shown(value)),
        None => "none".to_owned(),
    });
    println!("{policy:<28} {least:>12} {greatest:>12}");
    places.map(|place| place.map(|(row, _)| row))
}

/// With the sign, which NaN and zero are printed without.
fn shown(x: f64) -> String {
    let sign = if x.is_sign_negative() { "-" } else { "" };
    format!("{sign}{}", x.abs())
}
