//! Exact quantiles: medians, quantiles of nine types, several at once, and what is built on
//! them.
mod find;
mod memory;
mod narrow;
mod position;
mod rows;
mod small;
mod spread;
mod weighted;

#[cfg(all(test, feature = "std"))]
mod tests;

pub use position::{QuantileError, QuantileMethod};
pub use spread::{Iqr, MedianAbsoluteDeviation};
pub use weighted::WeightedQuantile;

use crate::adapt::Adapt;
use crate::aggregate::Aggregate;
use crate::backend::{Backend, Kernel, Simd, dispatch};
use crate::interpolate::Interpolate;
use crate::row::{NumericRow, Row};
use crate::tile::Tile;
use alloc::vec::Vec;
use core::marker::PhantomData;
use find::{Failure, Pair, find, find_in_copy, scratch};
use memory::{Heap, Memory};
use position::Position;
use rows::{Keyed, Rows, Values};

/// What is worked out from the order of the values of a column.
trait OrderStatistic {
    type Output;

    /// Must be `#[inline(always)]`; see [`Simd`].
    fn evaluate<S: Simd, R: NumericRow, B: Memory>(
        &self,
        simd: S,
        column: R::Column<'_>,
        memory: &mut B,
    ) -> Self::Output;
}

/// An order statistic of a column, with memory from somewhere.
struct Evaluate<'a, 'c, A, B, R: Row>(&'a A, B, PhantomData<R::Column<'c>>);

impl<'c, A: OrderStatistic, B: Memory, R: NumericRow> Kernel for Evaluate<'_, 'c, A, B, R> {
    type Input = R::Column<'c>;
    type Output = A::Output;

    #[inline(always)]
    fn run<S: Simd>(mut self, simd: S, column: R::Column<'c>) -> A::Output {
        self.0.evaluate::<S, R, B>(simd, column, &mut self.1)
    }
}

/// The quantiles of the keys of a column, or `None` where there are none. At most `K` are
/// looked for in one pass.
#[inline(always)]
fn quantiles<S, R, M, B, const K: usize, const N: usize>(
    simd: S,
    column: R::Column<'_>,
    keyed: M,
    memory: &mut B,
    asked: &[f64; N],
    method: QuantileMethod,
) -> Option<[f64; N]>
where
    S: Simd,
    R: NumericRow,
    M: Keyed<R::Value>,
    B: Memory,
{
    let rows = Rows::<R, M>::of(column, keyed);
    if rows.count == 0 {
        return None;
    }
    let positions = asked.map(
        #[inline(always)]
        |q| Position::of(q, method, rows.count),
    );
    let mut order: [usize; N] = core::array::from_fn(|i| i);
    order.sort_unstable_by_key(|&i| positions[i].ranks);
    let mut pairs = order.map(|i| Pair::new(positions[i].ranks));
    let mut found = memory.with(
        scratch(R::len(column), K),
        #[inline(always)]
        |scratch| find::<S, R, M, K>(simd, &rows, &mut pairs, scratch),
    );
    if found == Err(Failure::Missed) {
        found = memory.with(rows.count, |copy| find_in_copy(&rows, &mut pairs, copy));
    }
    if found.is_err() {
        return Some([f64::NAN; N]);
    }
    sign_zeros(simd, &rows, &mut pairs);
    let mut results = [0.0; N];
    for (pair, i) in pairs.into_iter().zip(order) {
        let Position { part, whole, .. } = positions[i];
        let [low, high] = pair.keys.map(Option::unwrap_or_default);
        results[i] = M::Key::between(low, high, part, whole);
    }
    Some(results)
}

/// Gives zeros the sign that zeros of their ranks have.
#[inline(always)]
fn sign_zeros<S: Simd, R: NumericRow, M: Keyed<R::Value>>(
    simd: S,
    rows: &Rows<'_, R, M>,
    pairs: &mut [Pair<M::Key>],
) {
    use crate::extrema::Ordered;
    let zero = M::Key::default();
    if !M::Key::IS_FLOAT || !pairs.iter().any(|pair| pair.keys.contains(&Some(zero))) {
        return;
    }
    let negative = rows.count_to_negative_zero(simd);
    for pair in pairs {
        for i in 0..2 {
            if pair.keys[i] == Some(zero) {
                let is_negative = pair.ranks[i] < negative;
                pair.keys[i] =
                    Some(if is_negative { M::Key::LOW_ZERO } else { M::Key::HIGH_ZERO });
            }
        }
    }
}

/// Appends the rows of a tile that are not null.
#[inline(always)]
fn collect<R: NumericRow, S: Simd>(partial: &mut Vec<R::Value>, tile: &Tile<'_, R, S>) {
    if R::NULLABLE {
        partial.reserve(tile.count());
        tile.for_each(
            #[inline(always)]
            |value| partial.push(value),
        );
    } else {
        partial.extend_from_slice(R::values(tile.column()));
    }
}

/// Makes aggregates of order statistics.
macro_rules! aggregates {
    ($($Name:ident $(<const $N:ident>)? => $Output:ty;)*) => {$(
        impl<R: NumericRow $(, const $N: usize)?> Aggregate<R> for $Name $(<$N>)? {
            /// The values that are not null.
            type Partial = Vec<R::Value>;
            type Output = $Output;

            const WHOLE: bool = true;

            #[inline(always)]
            fn identity(&self) -> Self::Partial {
                Vec::new()
            }
            #[inline(always)]
            fn update<S: Simd>(&self, partial: &mut Self::Partial, tile: &Tile<'_, R, S>) {
                collect(partial, tile);
            }
            #[inline]
            fn merge(&self, into: &mut Self::Partial, other: &Self::Partial) {
                into.extend_from_slice(other);
            }
            #[inline]
            fn finish(&self, partial: &Self::Partial) -> Self::Output {
                let kernel = Evaluate::<_, _, R::Value>(self, Heap, PhantomData);
                dispatch(Backend::best(), kernel, &partial.as_slice())
            }
            #[inline(always)]
            fn whole<S: Simd>(&self, simd: S, column: R::Column<'_>) -> Self::Output {
                self.evaluate::<S, R, _>(simd, column, &mut Heap)
            }
        }

        impl $(<const $N: usize>)? Adapt for $Name $(<$N>)? {}

        #[cfg(feature = "bumpalo")]
        impl $(<const $N: usize>)? $Name $(<$N>)? {
            /// As [`of`](Aggregate::of), with scratch memory from an arena, which keeps it
            /// until it is reset. Where the arena has room, the allocator is not asked.
            ///
            /// ```
            /// use lanefold::Median;
            /// let mut bump = bumpalo::Bump::new();
            /// assert_eq!(Median.of_in(&bump, &[3.0, 1.0, 2.0]), Some(2.0));
            /// bump.reset();
            /// ```
            pub fn of_in<'a, C>(&self, bump: &bumpalo::Bump, column: C) -> $Output
            where
                C: crate::row::IntoColumn<'a, Row: NumericRow>,
            {
                match column.into_column() {
                    Ok(column) => {
                        let kernel = Evaluate::<_, _, C::Row>(self, bump, PhantomData);
                        dispatch(Backend::best(), kernel, &column)
                    }
                    Err(mismatch) => crate::aggregate::panic_of(mismatch),
                }
            }
        }
    )*};
}
use aggregates;

aggregates! {
    Median => Option<f64>;
    Quantile => Option<f64>;
    Quantiles<const N> => Option<[f64; N]>;
}

/// The median.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Median;

impl OrderStatistic for Median {
    type Output = Option<f64>;

    #[inline(always)]
    fn evaluate<S: Simd, R: NumericRow, B: Memory>(
        &self,
        simd: S,
        column: R::Column<'_>,
        memory: &mut B,
    ) -> Option<f64> {
        let linear = QuantileMethod::Linear;
        let [median] =
            quantiles::<S, R, _, B, 1, 1>(simd, column, Values, memory, &[0.5], linear)?;
        Some(median)
    }
}

/// A quantile.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantile {
    q: f64,
    method: QuantileMethod,
}

impl Quantile {
    /// The quantile `q`.
    ///
    /// # Errors
    ///
    /// If `q` is not between 0 and 1.
    pub const fn new(q: f64) -> Result<Self, QuantileError> {
        match QuantileError::check(q) {
            Ok(q) => Ok(Self { q, method: QuantileMethod::Linear }),
            Err(error) => Err(error),
        }
    }

    /// The same quantile by another definition.
    #[must_use]
    pub const fn method(self, method: QuantileMethod) -> Self {
        Self { method, ..self }
    }
}

impl OrderStatistic for Quantile {
    type Output = Option<f64>;

    #[inline(always)]
    fn evaluate<S: Simd, R: NumericRow, B: Memory>(
        &self,
        simd: S,
        column: R::Column<'_>,
        memory: &mut B,
    ) -> Option<f64> {
        let asked = [self.q];
        let [quantile] =
            quantiles::<S, R, _, B, 1, 1>(simd, column, Values, memory, &asked, self.method)?;
        Some(quantile)
    }
}

/// Several quantiles.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantiles<const N: usize> {
    asked: [f64; N],
    method: QuantileMethod,
}

impl<const N: usize> Quantiles<N> {
    /// The quantiles `asked`, in any order.
    ///
    /// # Errors
    ///
    /// If one is not between 0 and 1; the error has the first of these.
    pub const fn new(asked: [f64; N]) -> Result<Self, QuantileError> {
        let mut i = 0;
        while i < N {
            if let Err(error) = QuantileError::check(asked[i]) {
                return Err(error);
            }
            i += 1;
        }
        Ok(Self { asked, method: QuantileMethod::Linear })
    }

    /// The same quantiles by another definition.
    #[must_use]
    pub const fn method(self, method: QuantileMethod) -> Self {
        Self { method, ..self }
    }
}

/// Quantiles that one pass looks for.
const AT_ONCE: usize = 3;

impl<const N: usize> OrderStatistic for Quantiles<N> {
    type Output = Option<[f64; N]>;

    #[inline(always)]
    fn evaluate<S: Simd, R: NumericRow, B: Memory>(
        &self,
        simd: S,
        column: R::Column<'_>,
        memory: &mut B,
    ) -> Option<[f64; N]> {
        let Self { asked, method } = self;
        quantiles::<S, R, _, B, AT_ONCE, N>(simd, column, Values, memory, asked, *method)
    }
}
