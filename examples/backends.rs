//! Backends: which there are, which one runs, and how to choose another.
//!
//! A backend is a set of CPU features that the kernels are compiled for. The library
//! looks at the CPU once and takes the highest that it has. There is one reason less
//! than elsewhere to care: the result has the same bits on all of them. To choose is
//! for tests, for measurements, and for machines where the highest is not the fastest.
//!
//! ```text
//! cargo run --example backends
//! LANEFOLD_BACKEND=sse cargo run --example backends
//! LANEFOLD_BACKEND=mmx cargo run --example backends    # an error, and exit status 2
//! ```

use lanefold::{Aggregate, Backend, Sum, Variance};
use std::process::ExitCode;

fn main() -> ExitCode {
    // The library never fails because of the variable: where it makes no sense, the
    // highest backend runs. A program that would rather stop asks here, at its start.
    let asked = match Backend::from_env() {
        Ok(backend) => backend,
        Err(error) => {
            eprintln!("LANEFOLD_BACKEND: {error}");
            return ExitCode::from(2);
        }
    };

    let names: Vec<&str> = Backend::available().map(Backend::name).collect();
    println!("available: {}", names.join(" "));
    println!("chosen: {}", Backend::best());
    assert_eq!(Backend::best(), asked);

    // A sum that depends on the order of additions, unless that order is laid down.
    let values: Vec<f64> = (1..=100_000).map(|i| 1.0 / f64::from(i)).collect();
    let (sum, variance) = (Sum, Variance::sample()).of(&values);
    println!("\n{:<9} {:<20} the bits of the sum", "backend", "sum of 1/i");
    for backend in Backend::available() {
        let forced = (Sum, Variance::sample()).of_on(backend, &values);
        println!("{backend:<9} {:<20} {:016x}", forced.0, forced.0.to_bits());
        assert_eq!(forced.0.to_bits(), sum.to_bits());
        assert_eq!(forced.1.map(f64::to_bits), variance.map(f64::to_bits));
    }
    let in_a_row: f64 = values.iter().sum();
    println!("{:<9} {in_a_row:<20} {:016x}", "a loop", in_a_row.to_bits());

    // A name gives a backend, or an error that says what is wrong with it.
    println!();
    for name in ["avx2", "neon", "fastest"] {
        match Backend::from_name(name) {
            Ok(backend) => println!("{name:?} is {backend:?}"),
            Err(error) => println!("{error}"),
        }
    }
    ExitCode::SUCCESS
}
