//! Laws of groups.
//!
//! Whatever the way that a chunk is taken, results that need no order are those of `of` on the
//! rows of the group; float sums are, bit for bit, what [`reference`] makes of the definition in
//! plain code, on every backend; and other aggregates see the rows of each group in order, cut
//! into tiles as is written.
#![cfg(feature = "alloc")]
#![allow(
    clippy::cast_lossless,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::float_cmp,
    reason = "tests make data from random words, and compare floats for identity"
)]

#[macro_use]
#[allow(unused_macros, reason = "as below")]
#[path = "../laws/suite.rs"]
mod suite;

#[allow(dead_code, reason = "tests loop over backends, so that a law is compiled once")]
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

mod any_order;
mod errors;
mod ids;
mod keys;
mod partition;
mod reference;
mod state;
mod sums;
