//! The product of floats.

use crate::aggregate::{Aggregate, SHORT};
use crate::backend::Simd;
use crate::exact::ExactFloat;
use crate::kind::{Float, multiply};
use crate::lanes::operation::{By, Operation, halve, of_lanes};
use crate::row::NumericRow;
use crate::stored::stored;
use crate::sum::canonical;
use crate::tile::Tile;

/// Multiplication in `f64`.
struct Multiply;

impl Operation<f64> for Multiply {
    const IDENTITY: f64 = 1.0;

    #[inline(always)]
    fn values(one: f64, other: f64) -> f64 {
        one * other
    }
    #[inline(always)]
    fn lanes<S: Simd>(one: S::F64, other: S::F64) -> S::F64 {
        multiply::<S>(one, other)
    }
}

/// The product of floats.
///
/// Rows of `f32` are multiplied as `f64`, and the product is rounded once. Of integers there
/// are [`WrappingProduct`](crate::WrappingProduct) and
/// [`CheckedProduct`](crate::CheckedProduct).
///
/// - **Empty**, or all null: 1.
/// - **Error**: each multiplication rounds. Where none leaves the range of `f64`, the relative
///   error of `n` rows is at most `n · 2⁻⁵³` (to first order), and for `f32` that and `2⁻²⁴`.
/// - **NaN** gives NaN, and so do a zero and an infinity together, or a zero and products that
///   overflow. Otherwise a zero gives zero, and an infinity that or its negative: the sign is
///   that of the exact product.
/// - **Overflow**: a product of some of the rows that leaves the range of `f64` gives an
///   infinity, or at the other end 0 or lost digits, although the product of all rows may
///   be in range; where some rows do the one and some the other, NaN.
/// - **Order**: a function of the column alone, on every CPU and however it was delivered;
///   merging partials in another order may give other bits within the bound. Rows meet as
///   those of a sum of `f64` do, tile by tile; see the crate's documentation.
/// - **Cost**: one pass, no allocation; a partial of 8 bytes.
///
/// ```
/// use lanefold::{Aggregate, Product};
/// assert_eq!(Product.of(&[1.5, -2.0, 4.0]), -12.0);
/// assert_eq!(Product.of(&[] as &[f64]), 1.0);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Product;

/// The partial of [`Product`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FloatProduct {
    product: f64,
}

stored! {
    FloatProduct as "FloatProduct" |it| {
        v = 1,
        product: Real = it.product,
    }
    => FloatProduct { product }
}

impl<R: NumericRow<Value: Float>> Aggregate<R> for Product {
    type Partial = FloatProduct;
    type Output = R::Value;

    #[inline(always)]
    fn identity(&self) -> FloatProduct {
        FloatProduct { product: 1.0 }
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut FloatProduct, tile: &Tile<'_, R, S>) {
        let lanes = tile.fold_as::<f64, _>(&By::<Multiply, f64>::LANES);
        partial.product *= of_lanes::<Multiply, f64, S>(lanes);
    }
    #[inline(always)]
    fn merge(&self, into: &mut FloatProduct, other: &FloatProduct) {
        into.product *= other.product;
    }
    #[inline(always)]
    fn finish(&self, partial: &FloatProduct) -> R::Value {
        R::Value::nearest(canonical(partial.product))
    }
    #[inline(always)]
    fn short(&self, column: R::Column<'_>) -> Option<R::Value> {
        let rows = R::values(column);
        if R::NULLABLE || rows.len() > SHORT {
            return None;
        }
        // Each row has a lane of its own.
        let mut lanes = [1.0; SHORT];
        for i in 0..rows.len() {
            lanes[i] = rows[i].into();
        }
        Some(R::Value::nearest(canonical(halve::<Multiply, f64>(&mut lanes))))
    }
}
