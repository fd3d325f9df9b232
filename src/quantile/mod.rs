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
use crate::row::NumericRow;
use crate::tile::Tile;
use alloc::vec::Vec;
use find::{Failure, Pair, find, find_in_copy, scratch};
use memory::{Heap, Memory};
use position::Position;
use rows::{Keyed, Rows, Values};

/// What is worked out from the order of the values of a column.
trait OrderStatistic {
    type Output;

    fn evaluate<R: NumericRow, B: Memory>(
        &self,
        backend: Backend,
        column: R::Column<'_>,
        memory: B,
    ) -> Self::Output;
}

/// The quantiles of the keys of a column, or `None` where there are none. At most `K` are
/// looked for in one pass.
fn quantiles<R, M, B, const K: usize, const N: usize>(
    backend: Backend,
    column: R::Column<'_>,
    keyed: M,
    memory: &mut B,
    asked: &[f64; N],
    method: QuantileMethod,
) -> Option<[f64; N]>
where
    R: NumericRow,
    M: Keyed<R::Value>,
    B: Memory,
{
    let rows = Rows::<R, M>::of(backend, column, keyed);
    if rows.count == 0 {
        return None;
    }
    let positions = asked.map(|q| Position::of(q, method, rows.count));
    let mut order: [usize; N] = core::array::from_fn(|i| i);
    order.sort_unstable_by_key(|&i| positions[i].ranks);
    let mut pairs = order.map(|i| Pair::new(positions[i].ranks));
    let mut found = memory.with(scratch(R::len(column), K), |scratch| {
        let kernel = Find::<R, M, K> { rows, pairs: &mut pairs, scratch };
        dispatch(backend, kernel, &())
    });
    if found == Err(Failure::Missed) {
        found = memory.with(rows.count, |copy| find_in_copy(&rows, &mut pairs, copy));
    }
    if found.is_err() {
        return Some([f64::NAN; N]);
    }
    let mut results = [0.0; N];
    for (pair, i) in pairs.into_iter().zip(order) {
        let Position { part, whole, .. } = positions[i];
        let [low, high] = pair.keys.map(Option::unwrap_or_default);
        results[i] = M::Key::between(low, high, part, whole);
    }
    Some(results)
}

/// The search for keys: compiled for what is searched, not for each of the aggregates.
struct Find<'a, 'c, R: NumericRow, M: Keyed<R::Value>, const K: usize> {
    rows: Rows<'c, R, M>,
    pairs: &'a mut [Pair<M::Key>],
    scratch: &'a mut [M::Key],
}

impl<R: NumericRow, M: Keyed<R::Value>, const K: usize> Kernel for Find<'_, '_, R, M, K> {
    type Input = ();
    type Output = Result<(), Failure>;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S, (): ()) -> Self::Output {
        find::<S, R, M, K>(simd, &self.rows, self.pairs, self.scratch)?;
        sign_zeros(simd, &self.rows, self.pairs);
        Ok(())
    }
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
                pair.keys[i] = Some(if is_negative { M::Key::LOW_ZERO } else { M::Key::HIGH_ZERO });
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
                self.evaluate::<R::Value, _>(Backend::best(), partial, Heap)
            }
            #[inline(always)]
            fn whole<S: Simd>(&self, simd: S, column: R::Column<'_>) -> Self::Output {
                self.evaluate::<R, _>(simd.backend(), column, Heap)
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
                    Ok(column) => self.evaluate::<C::Row, _>(Backend::best(), column, bump),
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

    fn evaluate<R: NumericRow, B: Memory>(
        &self,
        backend: Backend,
        column: R::Column<'_>,
        mut memory: B,
    ) -> Option<f64> {
        let linear = QuantileMethod::Linear;
        let [median] =
            quantiles::<R, _, B, 1, 1>(backend, column, Values, &mut memory, &[0.5], linear)?;
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

    fn evaluate<R: NumericRow, B: Memory>(
        &self,
        backend: Backend,
        column: R::Column<'_>,
        mut memory: B,
    ) -> Option<f64> {
        let asked = [self.q];
        let [quantile] =
            quantiles::<R, _, B, 1, 1>(backend, column, Values, &mut memory, &asked, self.method)?;
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

    fn evaluate<R: NumericRow, B: Memory>(
        &self,
        backend: Backend,
        column: R::Column<'_>,
        mut memory: B,
    ) -> Option<[f64; N]> {
        let Self { asked, method } = self;
        quantiles::<R, _, B, AT_ONCE, N>(backend, column, Values, &mut memory, asked, *method)
    }
}
