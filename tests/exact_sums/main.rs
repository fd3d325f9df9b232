//! Law: exact means exact.
//!
//! `ExactSum`, `ExactMean`, `ExactDot` and `ExactVariance` give the real number, rounded once,
//! for any column, in any order, however it was cut and merged, on every backend. What the real
//! number is, says [`exact`], with integers of any size and no code of the library.
//!
//! The other laws are in a binary of their own, `tests/laws`, whose macros and data these
//! share.
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
#[allow(dead_code, reason = "the laws of other aggregates need the rest")]
#[path = "../laws/data.rs"]
mod data;
#[allow(dead_code, reason = "as above")]
#[path = "../laws/exact.rs"]
mod exact;
#[allow(dead_code, reason = "as above")]
#[path = "../laws/spec.rs"]
mod spec;

mod columns;
mod order;
mod products;
mod random;
mod values;
