//! Sums of integers that keep the type of the rows.

use crate::aggregate::Aggregate;
use crate::backend::{Simd, Vector};
use crate::group::{Digest, Parts};
use crate::kind::Integer;
use crate::lanes::operation::{self, Folded, Operation};
use crate::row::NumericRow;
use crate::sum::{IntegerTotal, Sum};
use crate::tile::Tile;
use core::fmt;

/// Addition that wraps.
struct Add;

impl<T: Integer> Operation<T> for Add {
    const IDENTITY: T = T::ZERO;

    #[inline(always)]
    fn values(one: T, other: T) -> T {
        one.wrapping_add(other)
    }
    #[inline(always)]
    fn lanes<S: Simd>(one: T::Vec<S>, other: T::Vec<S>) -> T::Vec<S> {
        one.add(other)
    }
}

/// The sum of integers, in their own type, modulo 2 to the number of its bits.
///
/// - **Empty**, or all null: 0.
/// - **Overflow** wraps around, as `wrapping_add` does.
/// - **Order**: the result does not depend on it, nor on merges.
/// - **Cost**: one pass, no allocation. The partial is the result.
///
/// ```
/// use lanefold::{Aggregate, WrappingSum};
/// assert_eq!(WrappingSum.of(&[200_u8, 100]), 44);
/// assert_eq!(WrappingSum.of(&[i32::MAX, 1]), i32::MIN);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct WrappingSum;

impl<R: NumericRow<Value: Integer>> Aggregate<R> for WrappingSum {
    type Partial = Folded<R::Value>;
    type Output = R::Value;

    #[inline(always)]
    fn identity(&self) -> Self::Partial {
        Folded { value: R::Value::ZERO }
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut Self::Partial, tile: &Tile<'_, R, S>) {
        let lanes = tile.fold(&operation::By::<Add, R::Value>::LANES);
        partial.value = partial.value.wrapping_add(lanes.fold_add());
    }
    #[inline(always)]
    fn merge(&self, into: &mut Self::Partial, other: &Self::Partial) {
        into.value = into.value.wrapping_add(other.value);
    }
    #[inline(always)]
    fn finish(&self, partial: &Self::Partial) -> R::Value {
        partial.value
    }
    const OWN_LANES: bool = true;
    #[inline(always)]
    fn short(&self, column: R::Column<'_>) -> Option<R::Value> {
        operation::of_short::<Add, R>(column)
    }
}

/// The sum of integers, in their own type, or an error where it does not fit.
///
/// The exact sum decides, not the sums on the way to it: what leaves the range and comes
/// back has not overflowed.
///
/// - **Empty**, or all null: `Ok(0)`.
/// - **Overflow**: [`Overflow`], where the exact sum is not of the type.
/// - **Order**: the result does not depend on it, nor on merges: an overflow is not lost, and
///   not found too early.
/// - **Cost**: as [`Sum`], with which it shares the work in a tuple; a partial of 16 bytes.
///
/// ```
/// use lanefold::{Aggregate, CheckedSum, Overflow};
/// assert_eq!(CheckedSum.of(&[200_u8, 55]), Ok(255));
/// assert_eq!(CheckedSum.of(&[200_u8, 56]), Err(Overflow));
/// assert_eq!(CheckedSum.of(&[i32::MAX, 1, -1]), Ok(i32::MAX));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct CheckedSum;

impl<R: NumericRow<Value: Integer>> Aggregate<R> for CheckedSum {
    type Partial = IntegerTotal<R::Value>;
    type Output = Result<R::Value, Overflow>;

    #[inline(always)]
    fn identity(&self) -> Self::Partial {
        Aggregate::<R>::identity(&Sum)
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut Self::Partial, tile: &Tile<'_, R, S>) {
        Aggregate::<R>::update(&Sum, partial, tile);
    }
    #[inline(always)]
    fn merge(&self, into: &mut Self::Partial, other: &Self::Partial) {
        Aggregate::<R>::merge(&Sum, into, other);
    }
    #[inline(always)]
    fn finish(&self, partial: &Self::Partial) -> Self::Output {
        R::Value::narrow(partial.sum).ok_or(Overflow)
    }
    const DIGEST: Option<Parts> = Some(Parts::SUM);
    #[inline(always)]
    fn join(&self, partial: &mut Self::Partial, digest: &Digest<R::Digest>) {
        Aggregate::<R>::join(&Sum, partial, digest);
    }
    const OWN_LANES: bool = true;
    #[inline(always)]
    fn short(&self, column: R::Column<'_>) -> Option<Self::Output> {
        super::short_sum::<R>(column).map(
            #[inline(always)]
            |sum| R::Value::narrow(sum).ok_or(Overflow),
        )
    }
}

/// The exact result is not of the rows' type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Overflow;

impl fmt::Display for Overflow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the exact result does not fit the type of the rows")
    }
}

impl core::error::Error for Overflow {}
