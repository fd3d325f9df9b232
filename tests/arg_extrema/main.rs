//! Laws of extrema under every policy, and of their places.
//!
//! The reference is [`written`]: rows are compared one by one, with the comparison that
//! the policy's documentation gives. It shares no code with the library. Each law is tried
//! on every backend; those that a type cannot change are tried on a few types.
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

/// Every policy, on each extreme that a kernel of its own serves. The plain extremes are
/// among the other laws.
macro_rules! each_policy {
    ($a:ident => $body:block) => {
        each!($a in [
            ArgMin, LastTie(ArgMinMax),
            PropagateNan(Min), PropagateNan(Max), PropagateNan(MinMax), PropagateNan(ArgMin),
            PropagateNan(LastTie(ArgMax)), LastTie(PropagateNan(ArgMinMax)),
            TotalOrder(Min), TotalOrder(Max), TotalOrder(MinMax), TotalOrder(ArgMax),
            TotalOrder(LastTie(ArgMin)), LastTie(TotalOrder(ArgMinMax)),
        ] => $body)
    };
}

mod dense;
mod nulls;
mod partials;
mod written;
