//! Aggregates of number slices: the same bits on every CPU, in one pass.
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![deny(unsafe_code)]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod accumulator;
mod aggregate;
#[allow(unsafe_code, reason = "CPU features and intrinsics; the folder's essay has the proofs")]
mod backend;
mod extrema;
mod functions;
mod integer;
mod lanes;
mod moments;
mod number;
mod pair;
mod row;
mod sqrt;
mod sum;
mod tile;
mod tuple;
mod validity;

pub use accumulator::Accumulator;
pub use aggregate::Aggregate;
pub use backend::{Backend, BackendError, FloatVector, STRIPE_BYTES, Scalar, Simd, Vector};
pub use extrema::{Max, Min, MinMax};
pub use functions::{dot, max, mean, min, min_max, std_dev, sum, variance};
pub use lanes::LaneFold;
pub use moments::{StdDev, SumOfSquares, Variance};
pub use number::{Load, Number};
pub use pair::Dot;
pub use row::{IntoColumn, LengthMismatch, NumericRow, Row};
pub use sum::{Count, Mean, Sum};
pub use tile::Tile;
pub use validity::{Nullable, ValidityError};
