//! Laws of `HeavyHitters`.
//!
//! The list is that of the algorithm as it is defined, on every backend, however the rows
//! arrive; and whatever the rows and the tree of merges, the bounds hold.
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
#[allow(unused_macros, reason = "the laws of other aggregates need the rest")]
#[path = "../laws/suite.rs"]
mod suite;

#[allow(dead_code, reason = "as above")]
#[path = "../laws/backends.rs"]
mod backends;
#[allow(dead_code, reason = "as above")]
#[path = "../laws/data.rs"]
mod data;
#[allow(dead_code, reason = "as above")]
#[path = "../laws/exact.rs"]
mod exact;
#[allow(dead_code, reason = "as above")]
#[path = "../laws/spec.rs"]
mod spec;

mod bounds;
mod lists;
