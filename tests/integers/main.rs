//! Laws of what integers have beyond other numbers, of booleans, and of places and products.
//!
//! Results that keep the type (wrapped, checked, bitwise), squares in lanes, bitmaps, the
//! first and the last row, the product of floats. Each reference is the plainest code for
//! what the documentation says, in 128 bits or bit by bit, and stands in [`written`]; the
//! ways to choose columns are those of the other laws.
#![allow(
    clippy::cast_lossless,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::float_cmp,
    reason = "tests make data from random words, and compare floats for identity"
)]

#[macro_use]
#[path = "../laws/suite.rs"]
mod suite;

#[path = "../laws/backends.rs"]
mod backends;
#[path = "../laws/check.rs"]
mod check;
#[allow(dead_code, reason = "shared with the other laws, which use all of it")]
#[path = "../laws/data.rs"]
mod data;
#[allow(dead_code, reason = "as above")]
#[path = "../laws/exact.rs"]
mod exact;
#[allow(dead_code, reason = "as above")]
#[path = "../laws/spec.rs"]
mod spec;

/// Runs a block for each aggregate.
macro_rules! each {
    ($a:ident in [$($aggregate:expr),* $(,)?] => $body:block) => {
        $({
            let $a = $aggregate;
            $body
        })*
    };
}

mod dense;
mod floats;
mod logic;
mod nulls;
mod partials;
mod written;
