//! The exact dot product.

use super::float::ExactFloat;
use super::total::Total;
use crate::aggregate::Aggregate;
use crate::backend::Simd;
use crate::row::NumericRow;
use crate::tile::Tile;

/// The dot product as a real number, rounded once to the nearest, ties to even.
///
/// Takes pairs of `f32` or of `f64`, and gives the same type. A pair of which one value is null
/// is left out.
///
/// - **Empty**, or no whole pair: `+0.0`. Where all products are `-0.0`, `-0.0`; any other sum
///   of 0 is `+0.0`.
/// - **NaN** gives NaN, and so do `0 · ∞` and infinities of both signs; infinities of one sign
///   give that one.
/// - **Overflow**: only where the exact sum is out of range. Products neither overflow nor
///   underflow.
/// - **Order**: none, as of [`ExactSum`](crate::ExactSum); equal sums have equal partials.
/// - **Cost**: one pass; a partial of 64 bytes (`f32`: 96). The digits of a sum of `f64` move to
///   the heap, up to 540 bytes, where they need more than five words of 64 bits. Nothing else
///   allocates, and without the feature `alloc` nothing does: the partial then has 552 bytes.
///   Where the products of a tile are within some 34 binades, it is as fast as a plain loop with
///   AVX-512 (beside [`Dot`](crate::Dot) 0.8 from memory and 0.4 from L2), and half to four
///   fifths of it with AVX2; `f32` is as fast as `Dot` from memory. Exponents that are wider apart
///   cost some 2.5 ns a pair, and products that leave the range of `f64` 20 ns.
///
/// # Panics
///
/// `of` panics where the columns differ in length, and `try_of` returns the error.
///
/// ```
/// use lanefold::{Aggregate, Dot, ExactDot};
/// let (xs, ys) = ([1e200_f64, 3.0, -1e200], [1e200, 0.5, 1e200]);
/// assert!(Dot.of((&xs, &ys)).is_nan());
/// assert_eq!(ExactDot.of((&xs, &ys)), 1.5);
/// ```
///
/// Source: Dekker, *A floating-point technique for extending the available precision*, 1971;
/// Ogita, Rump and Oishi, *Accurate Sum and Dot Product*, 2005.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ExactDot;

impl<A, B> Aggregate<(A, B)> for ExactDot
where
    A: NumericRow<Value: ExactFloat>,
    B: NumericRow<Value = A::Value>,
{
    type Partial = Total<<A::Value as ExactFloat>::ProductWords, 2>;
    type Output = A::Value;

    #[inline(always)]
    fn identity(&self) -> Self::Partial {
        Total::nothing()
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut Self::Partial, tile: &Tile<'_, (A, B), S>) {
        partial.add_products(tile);
    }
    #[inline(always)]
    fn merge(&self, into: &mut Self::Partial, other: &Self::Partial) {
        into.merge(other);
    }
    #[inline(always)]
    fn finish(&self, partial: &Self::Partial) -> Self::Output {
        partial.sum()
    }
}
