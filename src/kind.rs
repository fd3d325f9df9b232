//! The two kinds of numbers: what only integers have, and what only floats have.

use crate::backend::{FloatVector, Simd};
use crate::exact::ExactFloat;
use crate::number::{Load, Number};
use crate::sum::{IntegerTotal, Summable};

/// A primitive integer: `i8` to `i64`, `u8` to `u64`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a primitive integer of up to 64 bits",
    note = "of floats there are `Sum` and `Product`"
)]
pub trait Integer: Number + Summable<TileSum = i128, Total = IntegerTotal<Self>> + Ord {
    /// 0.
    const ZERO: Self;
    /// The integer whose bits are all set.
    const ONES: Self;

    /// The lower bits of the sum.
    #[must_use]
    fn wrapping_add(self, other: Self) -> Self;
    /// The lower bits of the product.
    #[must_use]
    fn wrapping_mul(self, other: Self) -> Self;
    /// The bits that are set in both.
    #[must_use]
    fn and(self, other: Self) -> Self;
    /// The bits that are set in either.
    #[must_use]
    fn or(self, other: Self) -> Self;
    /// The bits that are set in one alone.
    #[must_use]
    fn xor(self, other: Self) -> Self;
    /// The same integer in 128 bits.
    fn widen(self) -> i128;
    /// The same integer, where it fits.
    fn narrow(wide: i128) -> Option<Self>;
}

macro_rules! integers {
    ($($T:ident)*) => {$(
        impl Integer for $T {
            const ZERO: $T = 0;
            const ONES: $T = !0;

            #[inline(always)]
            fn wrapping_add(self, other: $T) -> $T {
                self.wrapping_add(other)
            }
            #[inline(always)]
            fn wrapping_mul(self, other: $T) -> $T {
                self.wrapping_mul(other)
            }
            #[inline(always)]
            fn and(self, other: $T) -> $T {
                self & other
            }
            #[inline(always)]
            fn or(self, other: $T) -> $T {
                self | other
            }
            #[inline(always)]
            fn xor(self, other: $T) -> $T {
                self ^ other
            }
            #[inline(always)]
            fn widen(self) -> i128 {
                self.into()
            }
            #[inline(always)]
            fn narrow(wide: i128) -> Option<$T> {
                wide.try_into().ok()
            }
        }
    )*};
}

integers! { i8 i16 i32 i64 u8 u16 u32 u64 }

/// A primitive float: `f32`, `f64`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a primitive float",
    note = "of integers there are `WrappingProduct` and `CheckedProduct`, and none is NaN"
)]
pub trait Float: Number + Load<f64> + Into<f64> + ExactFloat {
    /// The nearest float of this type.
    fn round(wide: f64) -> Self;
}

macro_rules! floats {
    ($($T:ident)*) => {$(
        impl Float for $T {
            #[allow(clippy::cast_possible_truncation, reason = "rounding is what it is for")]
            #[inline(always)]
            fn round(wide: f64) -> $T {
                wide as $T
            }
        }
    )*};
}

floats! { f32 f64 }

/// Multiplies lanes of `f64`; the vectors of a backend are known by name only.
#[inline(always)]
pub(crate) fn multiply<S: Simd>(one: S::F64, other: S::F64) -> S::F64 {
    one.mul(other)
}
