//! Products of integers.

use crate::aggregate::Aggregate;
use crate::backend::Simd;
use crate::extrema::Ordered;
use crate::kind::Integer;
use crate::lanes::operation::Folded;
use crate::row::NumericRow;
use crate::stored::stored;
use crate::sum::Overflow;
use crate::tile::Tile;
use core::marker::PhantomData;

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
    type Partial = Folded<R::Value>;
    type Output = R::Value;

    #[inline(always)]
    fn identity(&self) -> Self::Partial {
        Folded { value: R::Value::ONE }
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut Self::Partial, tile: &Tile<'_, R, S>) {
        let product = tile.with_values(
            R::Value::ONE,
            #[inline(always)]
            |values| wrapping_product(values),
        );
        partial.value = partial.value.wrapping_mul(product);
    }
    #[inline(always)]
    fn merge(&self, into: &mut Self::Partial, other: &Self::Partial) {
        into.value = into.value.wrapping_mul(other.value);
    }
    #[inline(always)]
    fn finish(&self, partial: &Self::Partial) -> R::Value {
        partial.value
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
pub struct ExactProduct<T> {
    /// The product, or `None` where its magnitude exceeds 64 bits: without a zero, it is
    /// not going to be less.
    product: Option<i128>,
    rows: PhantomData<T>,
}

stored! {
    [T: Integer] ExactProduct<T> as "ExactProduct" |it| {
        v = 1,
        product: Maybe<Words> = it.product,
    }
    refuses {
        product if product.is_some_and(|x| x.unsigned_abs() > u64::MAX.into()),
            "a magnitude of more than 64 bits is none";
        product if product.is_some_and(|x| x < 0) && T::LOWEST == T::ZERO,
            "a product of what is not negative";
    }
    => ExactProduct::of(product)
}

impl<T: Integer> ExactProduct<T> {
    #[inline(always)]
    fn of(product: Option<i128>) -> Self {
        Self { product, rows: PhantomData }
    }

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
        Self::of(product)
    }

    #[inline(always)]
    fn take(mut self, values: &[T]) -> Self {
        let mut at = 0;
        while at < values.len() && !matches!(self.product, None | Some(0)) {
            self = self.times(Self::of(Some(values[at].widen())));
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
    type Partial = ExactProduct<R::Value>;
    type Output = Result<R::Value, Overflow>;

    #[inline(always)]
    fn identity(&self) -> Self::Partial {
        ExactProduct::of(Some(1))
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut Self::Partial, tile: &Tile<'_, R, S>) {
        *partial = tile.with_values(
            R::Value::ONE,
            #[inline(always)]
            |values| partial.take(values),
        );
    }
    #[inline(always)]
    fn merge(&self, into: &mut Self::Partial, other: &Self::Partial) {
        *into = into.times(*other);
    }
    #[inline(always)]
    fn finish(&self, partial: &Self::Partial) -> Self::Output {
        partial.product.and_then(R::Value::narrow).ok_or(Overflow)
    }
}
