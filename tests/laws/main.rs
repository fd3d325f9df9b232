//! The laws of the library, each stated once and tested everywhere.
//!
//! A law is a generic function over a number type that is handed a backend. The macro
//! of [`suite`] makes tests of it, one for each backend and type, by name: the test
//! `sums::avx2::f64::follow_the_spec_at_every_length` is the law
//! `sums::follow_the_spec_at_every_length` for `f64` on AVX2. What a result should be
//! is said by two files that share no code with the library: [`spec`] gives the bits
//! of the documented algorithm, and [`exact`] the real number.
//!
//! A backend that the CPU lacks is left out with a message, and the test
//! `backends::the_backends_of_this_machine_ran` fails where too few are left.
#![allow(
    clippy::cast_lossless,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::float_cmp,
    reason = "tests make data from random words, and compare floats for identity"
)]

/// Runs a block for each aggregate of one column that has a kernel of its own. A mean is a
/// sum, and a deviation a variance, until the last step.
macro_rules! each_aggregate {
    ($name:ident => $body:block) => {
        each_aggregate!($name in [
            lanefold::Count, lanefold::Sum, lanefold::Min, lanefold::Max, lanefold::MinMax,
            lanefold::SumOfSquares, lanefold::Variance::sample()
        ] => $body)
    };
    ($name:ident in [$($aggregate:expr),*] => $body:block) => {
        $({
            let $name = $aggregate;
            $body
        })*
    };
}

#[macro_use]
mod suite;

mod backends;
mod blocks;
mod check;
mod data;
mod exact;
mod extrema;
mod merges;
mod moments;
mod nulls;
mod own;
mod pairs;
mod precision;
mod random;
mod spec;
mod streams;
mod sums;
mod tuples;
