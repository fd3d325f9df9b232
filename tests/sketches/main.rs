//! Laws of sketches: what they promise, and that nothing else shows.
//!
//! A quantile is within its relative error of the sorted column, a bucket holds what its
//! definition says, and neither the order of values, nor cuts, merges or backends change a bit.
//!
//! The other laws are in a binary of their own, `tests/laws`, whose data these share.
#![cfg(feature = "alloc")]
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::float_cmp,
    reason = "tests make data from random words, and compare floats for identity"
)]

#[allow(dead_code, reason = "the laws of other aggregates need the rest")]
#[path = "../laws/backends.rs"]
mod backends;

mod boundaries;
mod collapse;
mod data;
mod exponential;
mod order;
mod quantiles;
mod reference;
mod rows;
