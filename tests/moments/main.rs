//! The laws of moments, means and norms, and of statistics of two columns.
//!
//! Each law is a generic function that is tried on each backend, for two types of floats
//! and two of integers. The bits are those of the scalar backend, and the values are within a
//! stated bound of the real numbers, which [`rational`] computes with integers of any size.
#![allow(
    clippy::cast_lossless,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::float_cmp,
    reason = "tests make data from random words, and compare floats for identity"
)]
#![allow(dead_code, reason = "what is shared with the other laws has more than is used here")]

#[macro_use]
#[path = "../laws/suite.rs"]
mod suite;
#[path = "../laws/backends.rs"]
mod backends;
#[path = "../laws/data.rs"]
mod data;
#[path = "../laws/exact.rs"]
mod exact;
#[path = "../laws/spec.rs"]
mod spec;

#[macro_use]
mod outcome;
mod bits;
mod bounds;
mod edges;
mod rational;
