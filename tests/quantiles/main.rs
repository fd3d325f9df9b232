//! Law: a quantile is what its definition says, whatever the column and the backend.
//!
//! The reference sorts, and works out positions and points between in integers of any size:
//! see [`reference`]. The other laws are in a binary of their own, `tests/laws`, whose macros
//! and data these share.
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
#[cfg(feature = "bumpalo")]
#[path = "../counting/mod.rs"]
mod counting;
mod definition;
#[cfg(feature = "bumpalo")]
mod memory;
mod partials;
mod reference;
mod spread;
mod weighted;
