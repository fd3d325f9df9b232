//! Products of integers.

use crate::aggregate::Aggregate;
use crate::backend::Simd;
use crate::kind::Integer;
use crate::row::NumericRow;
use crate::sum::Overflow;
use crate::tile::Tile;

/// The product of integers, in their own type, modulo 2 to the number of its bits.
///
/// - **Empty**, or all null: 1.
/// - **Overflow** wraps around, as `wrapping_mul` does.
/// - **Order**: the result does not depend on it, nor on merges.
/// - **Cost**: one pass, no allocation. The partial is the result.
///
/// ```
/// use lanefold::{Aggregate, WrappingProduct};
/// assert_eq!(WrappingProduct.of(&[100_u8, 3]), 44);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct WrappingProduct;

impl<R: NumericRow<Value: Integer>> Aggregate<R> for WrappingProduct {
    type Partial = R::Value;
    type Output = R::Value;

    #[inline(always)]
    fn identity(&self) -> R::Value {
        R::Value::ONE
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut R::Value, tile: &Tile<'_, R, S>) {
        let product = tile.with_values(
            R::Value::ONE,
            #[inline(always)]
            |values| wrapping_product(values),
        );
        *partial = partial.wrapping_mul(product);
    }
    #[inline(always)]
    fn merge(&self, into: &mut R::Value, other: &R::Value) {
        *into = into.wrapping_mul(*other);
    }
    #[inline(always)]
    fn finish(&self, partial: &R::Value) -> R::Value {
        *partial
    }
}

/// A plain loop: multiplications that wrap may be reordered, and the compiler does.
#[inline(always)]
fn wrapping_product<T: Integer>(values: &[T]) -> T {
    let mut product = T::ONE;
    for &x in values {
        product = product.wrapping_mul(x);
    }
    product
}

/// The product of integers, in their own type, or an error where it does not fit.
///
/// The exact product decides, not the products on the way to it: a zero gives 0, however
/// great the others are.
///
/// - **Empty**, or all null: `Ok(1)`.
/// - **Overflow**: [`Overflow`], where the exact product is not of the type.
/// - **Order**: the result does not depend on it, nor on merges.
/// - **Cost**: one pass, no allocation; a partial of 32 bytes. Rows are multiplied one by
///   one until the magnitude exceeds 64 bits, which takes at most 64 rows other than -1, 0
///   and 1; from there on only a zero is looked for.
///
/// ```
/// use lanefold::{Aggregate, CheckedProduct, Overflow};
/// assert_eq!(CheckedProduct.of(&[-16_i8, 8]), Ok(-128));
/// assert_eq!(CheckedProduct.of(&[16_i8, 8]), Err(Overflow));
/// assert_eq!(CheckedProduct.of(&[16_i8, 8, -1]), Ok(-128));
/// assert_eq!(CheckedProduct.of(&[16_i8, 8, 0]), Ok(0));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct CheckedProduct;

/// The partial of [`CheckedProduct`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ExactProduct {
    /// The product, or `None` where its magnitude exceeds 64 bits: without a zero, it is
    /// not going to be less.
    product: Option<i128>,
}

impl ExactProduct {
    #[inline(always)]
    fn times(self, other: Self) -> Self {
        let product = match (self.product, other.product) {
            (Some(0), _) | (_, Some(0)) => Some(0),
            (Some(one), Some(other)) => one.checked_mul(other).filter(
                #[inline(always)]
                |product| product.unsigned_abs() <= u128::from(u64::MAX),
            ),
            _ => None,
        };
        Self { product }
    }

    #[inline(always)]
    fn take<T: Integer>(mut self, values: &[T]) -> Self {
        let mut at = 0;
        while at < values.len() && !matches!(self.product, None | Some(0)) {
            self = self.times(Self { product: Some(values[at].widen()) });
            at += 1;
        }
        if self.product.is_none() && has_zero(&values[at..]) {
            self.product = Some(0);
        }
        self
    }
}

/// Without an early end, so that the loop is compiled to vector code.
#[inline(always)]
fn has_zero<T: Integer>(values: &[T]) -> bool {
    let mut found = false;
    for &x in values {
        found |= x == T::ZERO;
    }
    found
}

impl<R: NumericRow<Value: Integer>> Aggregate<R> for CheckedProduct {
    type Partial = ExactProduct;
    type Output = Result<R::Value, Overflow>;

    #[inline(always)]
    fn identity(&self) -> ExactProduct {
        ExactProduct { product: Some(1) }
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut ExactProduct, tile: &Tile<'_, R, S>) {
        *partial = tile.with_values(
            R::Value::ONE,
            #[inline(always)]
            |values| partial.take(values),
        );
    }
    #[inline(always)]
    fn merge(&self, into: &mut ExactProduct, other: &ExactProduct) {
        *into = into.times(*other);
    }
    #[inline(always)]
    fn finish(&self, partial: &ExactProduct) -> Self::Output {
        partial.product.and_then(R::Value::narrow).ok_or(Overflow)
    }
}
