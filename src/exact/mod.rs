//! Exact sums and means: the real number, rounded once.
//!
//! | file | subject |
//! | --- | --- |
//! | `window` | the kernel, and why it is exact |
//! | `bins` | values that no window holds |
//! | `products` | pairs, and how their products become values |
//! | `dot`, `variance` | the aggregates of products |
//! | `words` | the integer that a sum is |
//! | `rounding` | from there to a float |
//! | `total` | the partial |
//! | `ways` | the choice of a way for each tile |
//! | `rolling` | rolling windows |
//! | `stored` | the form in which a partial is stored |
//! | `float` | what differs between `f32` and `f64` |

mod bins;
mod dot;
mod float;
mod products;
#[cfg(feature = "alloc")]
mod rolling;
mod rounding;
#[cfg(feature = "serde")]
mod stored;
mod total;
mod variance;
mod ways;
mod window;
mod words;

pub use dot::ExactDot;
pub(crate) use float::ExactFloat;
pub use variance::ExactVariance;

use crate::aggregate::{Aggregate, SHORT};
use crate::backend::Simd;
use crate::row::NumericRow;
use crate::tile::Tile;
use total::Total;
use words::Words;

/// The sum of floats as a real number, rounded once to the nearest, ties to even.
///
/// Takes rows of `f32` or `f64`, and gives the same type.
///
/// - **Empty**, or all null: `+0.0`. Where all values are `-0.0`, `-0.0`; any other sum of 0
///   is `+0.0`.
/// - **NaN** gives NaN, and so do infinities of both signs; infinities of one sign give
///   that one.
/// - **Overflow**: only where the exact sum is out of range, 2¹⁰²⁴ - 2⁹⁷⁰ or more for `f64`,
///   which gives an infinity. Intermediate sums cannot overflow.
/// - **Order**: none. Any order of rows, cut of streams, tree of merges and backend gives the
///   same bits, and equal partials.
/// - **Cost**: one pass; a partial of 40 bytes (`f32`: 56). The digits of a sum of `f64` move to
///   the heap, up to 280 bytes, where they need more than three words of 64 bits, which those of
///   values within 33 binades never do. Nothing else allocates, and without the feature `alloc`
///   nothing does: the partial then has all words, and 280 bytes. Where the values of a tile are
///   within 33 binades of its greatest, it is as fast as [`Sum`] from memory, with AVX-512 from
///   the L3 cache, too, and two to four times slower from nearer caches.
///   Values all over the range of `f64` are added one by one, at four fifths of the speed of
///   a plain loop with AVX-512, half of it with AVX2, and a quarter without either.
///
/// ```
/// use lanefold::{Aggregate, ExactSum, Sum};
/// let xs = [1.0, 1e100, -1e100];
/// assert_eq!((Sum, ExactSum).of(&xs), (0.0, 1.0));
/// assert_eq!(ExactSum.of(&[f64::MAX, f64::MAX, -f64::MAX]), f64::MAX);
/// ```
///
/// Source: Demmel and Nguyen, *Parallel Reproducible Summation*, 2015; Neal, *Fast Exact
/// Summation Using Small and Large Superaccumulators*, 2015.
///
/// [`Sum`]: crate::Sum
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ExactSum;

impl<R: NumericRow<Value: ExactFloat>> Aggregate<R> for ExactSum {
    type Partial = Total<<R::Value as ExactFloat>::Words, 1>;
    type Output = R::Value;

    #[inline(always)]
    fn identity(&self) -> Self::Partial {
        Total::nothing()
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut Self::Partial, tile: &Tile<'_, R, S>) {
        partial.update(tile);
    }
    #[inline(always)]
    fn merge(&self, into: &mut Self::Partial, other: &Self::Partial) {
        into.merge(other);
    }
    #[inline(always)]
    fn finish(&self, partial: &Self::Partial) -> Self::Output {
        partial.sum()
    }
    #[inline(always)]
    fn short(&self, column: R::Column<'_>) -> Option<Self::Output> {
        let values = R::values(column);
        if R::NULLABLE || values.len() > SHORT { None } else { ExactFloat::short(values) }
    }
    #[cfg(feature = "alloc")]
    #[inline(always)]
    fn roll<S: Simd>(
        &self,
        _: S,
        window: usize,
        column: R::Column<'_>,
        results: &mut [Self::Output],
    ) {
        rolling::roll::<R, _>(window, column, results, |total, _| total.sum());
    }
}

/// The arithmetic mean of floats as a real number, rounded once to `f64`.
///
/// Takes rows of `f32` or `f64`: the exact sum divided by the count, and then rounded.
///
/// - **Empty**, or all null: `None`.
/// - **NaN, infinities**: as [`ExactSum`].
/// - **Overflow**: none. The mean of finite values is finite.
/// - **Order, cost**: as [`ExactSum`]; a partial of 8 bytes more.
///
/// ```
/// use lanefold::{Aggregate, ExactMean, Mean};
/// let xs = [f64::MAX, f64::MAX, 0.0, 0.0];
/// assert_eq!((Mean, ExactMean).of(&xs), (Some(f64::INFINITY), Some(f64::MAX / 2.0)));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ExactMean;

/// The partial of [`ExactMean`].
#[derive(Clone, Debug)]
pub struct ExactMeanPartial<W> {
    count: u64,
    total: Total<W, 1>,
}

crate::stored::stored! {
    [W: self::words::Words] ExactMeanPartial<W> as "ExactMeanPartial" |it| {
        v = 1,
        count: Rows = it.count,
        total: Itself<Total<W, 1>> = it.total,
    }
    refuses {
        total if total.is_nothing() != (count == 0), "not a sum of as many rows";
        total if !total.is_of(count), "more than as many values come to";
    }
    => ExactMeanPartial { count, total }
}

// Not derived: that would ask for `W: PartialEq`, and words that are not needed would count.
impl<W: Words> PartialEq for ExactMeanPartial<W> {
    fn eq(&self, other: &Self) -> bool {
        self.count == other.count && self.total == other.total
    }
}

impl<W: Words> Eq for ExactMeanPartial<W> {}

impl<R: NumericRow<Value: ExactFloat>> Aggregate<R> for ExactMean {
    type Partial = ExactMeanPartial<<R::Value as ExactFloat>::Words>;
    type Output = Option<f64>;

    #[inline(always)]
    fn identity(&self) -> Self::Partial {
        ExactMeanPartial { count: 0, total: Total::nothing() }
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut Self::Partial, tile: &Tile<'_, R, S>) {
        partial.count = partial.count.saturating_add(tile.count() as u64);
        partial.total.update(tile);
    }
    #[inline(always)]
    fn merge(&self, into: &mut Self::Partial, other: &Self::Partial) {
        into.count = into.count.saturating_add(other.count);
        into.total.merge(&other.total);
    }
    #[inline(always)]
    fn finish(&self, partial: &Self::Partial) -> Self::Output {
        (partial.count > 0).then(
            #[inline(always)]
            || partial.total.mean(partial.count),
        )
    }
    #[cfg(feature = "alloc")]
    #[inline(always)]
    fn roll<S: Simd>(
        &self,
        _: S,
        window: usize,
        column: R::Column<'_>,
        results: &mut [Self::Output],
    ) {
        let finish = |total: &Total<_, 1>, count| (count > 0).then(|| total.mean(count));
        rolling::roll::<R, _>(window, column, results, finish);
    }
}
