//! Products: of floats in lanes, of integers modulo their range or checked.

mod float;
mod integer;

pub use float::Product;
pub use integer::{CheckedProduct, WrappingProduct};
