//! Why sums of floats differ, and how `ExactSum` stops that.
//!
//! ```sh
//! cargo run --release --example exact
//! ```
//!
//! An addition of floats is rounded, so a sum depends on the order of its additions: on how
//! a column is sorted, where it is cut, how many threads or lanes work on it. A fixed order,
//! which is what `Sum` has, gives the same bits for the same column; it cannot for the same
//! values in another order. An exact sum has no order.
#![allow(clippy::float_cmp, reason = "an exact sum is equal or wrong")]

use lanefold::{Accumulator, Aggregate, Backend, ExactMean, ExactSum, Sum, exact_sum};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    if let Err(error) = lanefold::Backend::from_env() {
        eprintln!("LANEFOLD_BACKEND: {error}");
        std::process::exit(2);
    }
    let ledger = ledger();
    let mut reversed = ledger.clone();
    reversed.reverse();

    println!("{} entries that add up to 0.25\n", ledger.len());
    println!("{:<12} {:>24} {:>24}", "", "as booked", "from the last");
    let naive = [&ledger, &reversed].map(|entries| entries.iter().sum::<f64>());
    let lanes = [&ledger, &reversed].map(|entries| Sum.of(entries));
    let exact = [&ledger, &reversed].map(|entries| ExactSum.of(entries));
    for (name, [first, second]) in [("iter().sum()", naive), ("Sum", lanes), ("ExactSum", exact)] {
        println!("{name:<12} {first:>24} {second:>24}");
    }
    assert_ne!(naive[0].to_bits(), naive[1].to_bits());
    assert_eq!(exact, [0.25, 0.25]);

    // Each branch sums its own entries, and the partials merge in whatever order they come.
    let branches = ledger.chunks(777).map(|entries| {
        let mut branch = ExactSum.accumulator();
        branch.update(entries).map(|()| branch)
    });
    let branches: Vec<Accumulator<ExactSum, f64>> = branches.collect::<Result<_, _>>()?;
    let merged = |order: &mut dyn Iterator<Item = &Accumulator<ExactSum, f64>>| {
        let mut total = ExactSum.accumulator();
        order.for_each(|branch| total.merge(branch));
        total
    };
    let (forth, back) = (merged(&mut branches.iter()), merged(&mut branches.iter().rev()));
    assert_eq!(forth.finish(), 0.25);
    // Not only the results: the partials are equal, and can be compared to audit a sum.
    assert!(forth.partial() == back.partial());
    println!("\n{} branches merged forth and back: {}", branches.len(), forth.finish());

    for backend in Backend::available() {
        assert_eq!(ExactSum.of_on(backend, &reversed), 0.25, "on {backend}");
    }

    // What overflows on the way does not in the end.
    let large = [f64::MAX, -f64::MAX, f64::MAX];
    assert_eq!((Sum.of(&large), exact_sum(&large)), (f64::INFINITY, f64::MAX));
    assert_eq!(ExactMean.of(&[f64::MAX, f64::MAX]), Some(f64::MAX));
    println!("MAX - MAX + MAX: {}, and exactly {:e}", Sum.of(&large), exact_sum(&large));
    Ok(())
}

/// Bookings of all sizes, each of which is cancelled by a later one, and a quarter.
fn ledger() -> Vec<f64> {
    let mut state = 1_u64;
    let mut entries = vec![0.25];
    for _ in 0..5_000 {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let size = 10_f64.powf((state >> 32) as f64 / 2_f64.powf(32.0) * 18.0);
        entries.push(size);
        let at = (state >> 20) as usize % entries.len();
        entries.insert(at, -size);
    }
    entries
}
