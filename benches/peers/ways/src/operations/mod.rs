//! The operations: for each, the ways to run it.

pub(crate) mod columns;
pub(crate) mod streams;
