//! Means: a sum, and a count to divide it by.

#[cfg(feature = "alloc")]
use super::roll;
use super::{Sum, Summable, scan, short_sum};
use crate::aggregate::Aggregate;
use crate::backend::Simd;
use crate::group::{Digest, Parts};
use crate::row::NumericRow;
use crate::stored::stored;
use crate::tile::Tile;

/// The arithmetic mean, as `f64`.
///
/// - **Empty**, or all null: `None`.
/// - **Integers**: the exact sum divided by the count, rounded once.
/// - **Floats**: the sum, with the error of [`Sum`], divided by the count. `f32` rows
///   add up in lanes of `f32` within a tile, and in `f64` beyond.
/// - **NaN, infinities, overflow**: as [`Sum`].
/// - **Cost**: one pass, no allocation; a partial of 24 bytes (32 for integers).
///
/// ```
/// use lanefold::{Aggregate, Mean};
/// assert_eq!(Mean.of(&[1_u8, 2, 255]), Some(86.0));
/// assert_eq!(Mean.of(&[] as &[f64]), None);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Mean;

/// The partial of [`Mean`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeanPartial<T> {
    count: u64,
    total: T,
}

stored! {
    [T: Possible + Serialize + de::DeserializeOwned + Clone + core::fmt::Debug]
    MeanPartial<T> as "MeanPartial" |it| {
        v = 1,
        count: Rows = it.count,
        total: Itself<T> = it.total,
    }
    refuses {
        total if !total.is_of(count), "not a sum of as many rows";
    }
    => MeanPartial { count, total }
}

/// The mean of so many rows, if there are any.
#[inline(always)]
fn mean<T: Summable>(total: &T::Total, count: u64) -> Option<f64> {
    (count > 0).then(
        #[inline(always)]
        || T::mean(total, count),
    )
}

impl<R: NumericRow> Aggregate<R> for Mean {
    type Partial = MeanPartial<<R::Value as Summable>::Total>;
    type Output = Option<f64>;

    #[inline(always)]
    fn identity(&self) -> Self::Partial {
        MeanPartial { count: 0, total: R::Value::NOTHING }
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut Self::Partial, tile: &Tile<'_, R, S>) {
        let (sum, count) = tile.sum_and_count();
        if count > 0 {
            partial.count = partial.count.saturating_add(count as u64);
            R::Value::add_tile(&mut partial.total, sum);
        }
    }
    #[inline(always)]
    fn merge(&self, into: &mut Self::Partial, other: &Self::Partial) {
        into.count = into.count.saturating_add(other.count);
        R::Value::add_total(&mut into.total, &other.total);
    }
    #[inline(always)]
    fn finish(&self, partial: &Self::Partial) -> Self::Output {
        mean::<R::Value>(&partial.total, partial.count)
    }
    const DIGEST: Option<Parts> = Some(Parts::COUNT.and(Parts::SUM));
    #[inline(always)]
    fn join(&self, partial: &mut Self::Partial, digest: &Digest<R::Digest>) {
        partial.count = partial.count.saturating_add(digest.count);
        Aggregate::<R>::join(&Sum, &mut partial.total, digest);
    }
    const SHORT: bool = true;
    const OWN_LANES: bool = true;
    #[inline(always)]
    fn short(&self, column: R::Column<'_>) -> Option<Self::Output> {
        short_sum::<R>(column).map(
            #[inline(always)]
            |sum| {
                let count = R::len(column) as u64;
                (count > 0).then(|| R::Value::mean_of_one(sum, count))
            },
        )
    }
    #[inline(always)]
    fn scan<S: Simd>(&self, _: S, column: R::Column<'_>, results: &mut [Self::Output]) {
        scan::<R, _>(column, results, mean::<R::Value>);
    }
    #[cfg(feature = "alloc")]
    #[inline(always)]
    fn roll<S: Simd>(
        &self,
        simd: S,
        window: usize,
        column: R::Column<'_>,
        results: &mut [Self::Output],
    ) {
        roll::<Self, R, S>(self, simd, window, column, results, mean::<R::Value>);
    }
}
