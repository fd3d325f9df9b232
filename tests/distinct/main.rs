//! Laws of `DistinctSketch`.
//!
//! The count is that of the registers as the papers define them, or of a set while it is
//! small; partials are equal where sets of values are, whatever the order, the cut, the tree
//! of merges or the backend; and the error is what the documentation says.
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
mod error;
mod partials;
mod reference;
