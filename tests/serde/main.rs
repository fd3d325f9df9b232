//! Law: a partial is stored, and read again, without the loss of a bit; and what no column
//! gives is refused.
//!
//! | file | subject |
//! | --- | --- |
//! | `trips` | from a partial to bytes and back, for every aggregate, on every backend |
//! | `golden` | some forms, to the letter |
//! | `refused` | each thing that a partial cannot be, and the field that the error names |
//! | `random` | random bytes and changed forms: no panic, and no second form |
//! | `lists` | all of this for partials that hold lists (feature `alloc`) |
//! | `lists_refused` | and what these cannot be |
//! | `users` | partials in structs of one's own, and partials of one's own |
#![allow(
    clippy::cast_lossless,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::float_cmp,
    reason = "tests make data from random words, and compare floats for identity"
)]
#![allow(clippy::needless_pass_by_value, reason = "an aggregate is written where it is tested")]

#[allow(unused_macros, reason = "the laws of other aggregates need the rest")]
#[macro_use]
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

mod columns;
mod golden;
#[cfg(feature = "alloc")]
mod lists;
#[cfg(feature = "alloc")]
mod lists_refused;
mod random;
mod refused;
mod trips;
mod users;
