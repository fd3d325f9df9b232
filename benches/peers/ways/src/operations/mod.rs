//! The operations: for each, the ways to run it.

pub mod columns;
pub mod streams;
