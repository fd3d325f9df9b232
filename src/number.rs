//! The ten number types, and what ties each to its vectors.

use crate::backend::{STRIPE_BYTES, Simd, Vector};
use crate::extrema::Ordered;
use crate::group::Digested;
use crate::interpolate::Interpolate;
use crate::key::Key;
use crate::moments::Squares;
use crate::pair::Products;
use crate::sum::Summable;
use core::fmt::Debug;

/// Stripes whose lanes are added up before lanes of different runs meet: the longest
/// chain of float additions that one value passes through is this and the fold.
pub(crate) const RUN: usize = 16;

/// So many rows are at most a run, whatever the lanes: those of `f64` are the fewest.
pub(crate) const RUN_ROWS: usize = RUN * <f64 as Number>::STRIPE;

/// Bytes of a tile: two runs of stripes.
pub(crate) const TILE_BYTES: usize = 2 * RUN * STRIPE_BYTES;

/// A primitive number: `i8` to `i64`, `u8` to `u64`, `f32`, `f64`.
///
/// The trait ties a type to its vectors, so it is implemented here and nowhere else. Every number is
/// a [`Row`](crate::Row) of a column `&[T]`, and generic code needs no other bound to say so:
///
/// ```
/// use lanefold::{Aggregate, Max, Number};
///
/// fn greatest_of_both<T: Number>(one: &[T], other: &[T]) -> Option<T> {
///     let mut stream = Max.accumulator();
///     stream.update(one).expect("one column has one length");
///     stream.update(other).expect("one column has one length");
///     stream.finish()
/// }
///
/// assert_eq!(greatest_of_both(&[1, 2], &[3]), Some(3));
/// ```
///
/// A bound `T: Row` beside it hides that.
pub trait Number:
    Copy
    + PartialOrd
    + Default
    + Debug
    + Send
    + Sync
    + 'static
    + Load<Self>
    + Load<f64>
    + Summable
    + Ordered
    + Squares
    + Products
    + Interpolate
    + Key
    + Digested
    + sealed::Sealed
{
    /// Lanes in a stripe.
    const STRIPE: usize = STRIPE_BYTES / size_of::<Self>();
    /// A vector of this type on a backend.
    type Vec<S: Simd>: Vector<S, Self>;
    /// A tile of values, for the buffer of an [`Accumulator`](crate::Accumulator).
    type Tile: Copy + Debug;
    /// A bit for each row of a tile.
    #[doc(hidden)]
    type Bits: AsRef<[u8]> + AsMut<[u8]> + Clone + Debug;
    #[doc(hidden)]
    const NO_BITS: Self::Bits;
}

/// Values in memory that feed lanes of `L`: each type feeds its own lanes, and all feed
/// lanes of `f64`, where a statistic is computed in `f64`.
pub trait Load<L: Number>: Copy + 'static {
    /// As many values as a stripe of `L` has lanes.
    type Stripe: AsRef<[Self]> + 'static;
    /// Whether the conversion keeps each value as it is.
    const EXACT: bool;
    /// Cuts a slice into whole stripes and the rest.
    fn stripes(values: &[Self]) -> (&[Self::Stripe], &[Self]);
    /// A vector of `L` from the first values of a slice.
    fn load<S: Simd>(simd: S, values: &[Self]) -> L::Vec<S>;
    /// As [`load`](Self::load); lanes past the end of the slice come from `pad`.
    fn load_part<S: Simd>(simd: S, values: &[Self], pad: L::Vec<S>) -> L::Vec<S>;
    /// One value: integers beyond 2⁵³ are rounded to the nearest `f64`.
    fn convert(self) -> L;
    /// The values as they are, where they need no conversion.
    #[doc(hidden)]
    #[inline(always)]
    fn same(values: &[Self]) -> Option<&[L]> {
        let _ = values;
        None
    }
}

mod sealed {
    pub trait Sealed {}
}

macro_rules! numbers {
    ($($T:ident $Vec:ident)*) => {$(
        impl sealed::Sealed for $T {}

        impl Number for $T {
            type Vec<S: Simd> = S::$Vec;
            type Tile = [$T; TILE_BYTES / size_of::<$T>()];
            type Bits = [u8; TILE_BYTES / size_of::<$T>() / 8];
            const NO_BITS: Self::Bits = [0; TILE_BYTES / size_of::<$T>() / 8];
        }

        impl Load<$T> for $T {
            type Stripe = [$T; STRIPE_BYTES / size_of::<$T>()];
            const EXACT: bool = true;

            #[inline(always)]
            fn stripes(values: &[$T]) -> (&[Self::Stripe], &[$T]) {
                values.as_chunks()
            }
            #[inline(always)]
            fn load<S: Simd>(simd: S, values: &[$T]) -> S::$Vec {
                Vector::load(simd, values)
            }
            #[inline(always)]
            fn load_part<S: Simd>(simd: S, values: &[$T], pad: S::$Vec) -> S::$Vec {
                Vector::load_part(simd, values, pad)
            }
            #[inline(always)]
            fn convert(self) -> $T {
                self
            }
            #[inline(always)]
            fn same(values: &[$T]) -> Option<&[$T]> {
                Some(values)
            }
        }
    )*};
}

numbers! { i8 I8 i16 I16 i32 I32 i64 I64 u8 U8 u16 U16 u32 U32 u64 U64 f32 F32 f64 F64 }

impl Load<f64> for f32 {
    type Stripe = [f32; <f64 as Number>::STRIPE];
    const EXACT: bool = true;

    #[inline(always)]
    fn stripes(values: &[f32]) -> (&[Self::Stripe], &[f32]) {
        values.as_chunks()
    }
    #[inline(always)]
    fn load<S: Simd>(simd: S, values: &[f32]) -> S::F64 {
        simd.widen(values)
    }
    #[inline(always)]
    fn load_part<S: Simd>(simd: S, values: &[f32], pad: S::F64) -> S::F64 {
        simd.widen_part(values, pad)
    }
    #[inline(always)]
    fn convert(self) -> f64 {
        self.into()
    }
}

/// No backend has more lanes of `f64`.
const MOST_LANES: usize = 8;

macro_rules! load_integers {
    ($($T:ident)*) => {$(
        impl Load<f64> for $T {
            type Stripe = [$T; <f64 as Number>::STRIPE];
            const EXACT: bool = size_of::<$T>() <= 4;

            #[inline(always)]
            fn stripes(values: &[$T]) -> (&[Self::Stripe], &[$T]) {
                values.as_chunks()
            }
            // Plain code, which the compiler turns into the conversions of the backend.
            #[inline(always)]
            fn load<S: Simd>(simd: S, values: &[$T]) -> S::F64 {
                let values = &values[..S::F64::LANES];
                let mut wide = [0.0; MOST_LANES];
                for i in 0..S::F64::LANES {
                    wide[i] = Load::<f64>::convert(values[i]);
                }
                Vector::load(simd, &wide)
            }
            #[inline(always)]
            fn load_part<S: Simd>(simd: S, values: &[$T], pad: S::F64) -> S::F64 {
                if values.len() >= S::F64::LANES {
                    return Load::<f64>::load(simd, values);
                }
                // Of a known number, so that they need no memory: a vector that is loaded from
                // what was just stored one by one waits for it.
                let mut padded = [0; MOST_LANES];
                for i in 0..S::F64::LANES {
                    padded[i] = if i < values.len() { values[i] } else { 0 };
                }
                let mask = S::F64::mask(simd, (1 << values.len()) - 1);
                <$T as Load<f64>>::load(simd, &padded).select(mask, pad)
            }
            #[allow(clippy::cast_lossless, reason = "64 bits are rounded, the others are not")]
            #[inline(always)]
            fn convert(self) -> f64 {
                self as f64
            }
        }
    )*};
}

load_integers! { i8 i16 i32 i64 u8 u16 u32 u64 }
