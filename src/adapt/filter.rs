//! Aggregates of the rows that meet a condition.

use super::predicate::{IsFinite, Predicate, select};
use crate::aggregate::Aggregate;
use crate::backend::Simd;
use crate::row::{NumericRow, Row};
use crate::tile::Tile;

/// An aggregate of the values that meet a predicate, or beside which those of a second
/// column do: what [`Adapt::filter`](crate::Adapt::filter) makes.
#[derive(Clone, Copy, Debug)]
pub struct Filter<A, P> {
    pub(super) aggregate: A,
    pub(super) predicate: P,
}

/// An aggregate of the values that are finite, and a count of the others: what
/// [`Adapt::finite`](crate::Adapt::finite) makes.
#[derive(Clone, Copy, Debug)]
pub struct Finite<A> {
    pub(super) aggregate: A,
}

/// A result, and how many rows were left out of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WithSkipped<O> {
    /// The result for the rows that were kept.
    pub value: O,
    /// Rows that were left out; nulls are not among them.
    pub skipped: u64,
}

impl<A, P, R> Aggregate<R> for Filter<A, P>
where
    R: NumericRow,
    A: Aggregate<Option<R::Value>>,
    P: Predicate<R::Value>,
{
    type Partial = A::Partial;
    type Output = A::Output;

    #[inline(always)]
    fn identity(&self) -> Self::Partial {
        self.aggregate.identity()
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut Self::Partial, tile: &Tile<'_, R, S>) {
        let mut bits = <Option<R::Value>>::NO_BITS;
        let (simd, values) = (tile.simd(), R::values(tile.column()));
        let count = select(simd, values, tile.validity(), &self.predicate, bits.as_mut());
        let bounds = if R::NULLABLE { None } else { self.predicate.bounds() };
        self.aggregate.update(partial, &tile.with_validity(values, &bits, count, bounds));
    }
    #[inline(always)]
    fn merge(&self, into: &mut Self::Partial, other: &Self::Partial) {
        self.aggregate.merge(into, other);
    }
    #[inline(always)]
    fn finish(&self, partial: &Self::Partial) -> Self::Output {
        self.aggregate.finish(partial)
    }
}

impl<A, P, V, K> Aggregate<(V, K)> for Filter<A, P>
where
    V: NumericRow,
    K: NumericRow,
    A: Aggregate<Option<V::Value>>,
    P: Predicate<K::Value>,
{
    type Partial = A::Partial;
    type Output = A::Output;

    #[inline(always)]
    fn identity(&self) -> Self::Partial {
        self.aggregate.identity()
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut Self::Partial, tile: &Tile<'_, (V, K), S>) {
        let mut bits = <Option<V::Value>>::NO_BITS;
        let (values, keys) = (V::values(tile.column().0), K::values(tile.column().1));
        let count = select(tile.simd(), keys, tile.validity(), &self.predicate, bits.as_mut());
        self.aggregate.update(partial, &tile.with_validity(values, &bits, count, None));
    }
    #[inline(always)]
    fn merge(&self, into: &mut Self::Partial, other: &Self::Partial) {
        self.aggregate.merge(into, other);
    }
    #[inline(always)]
    fn finish(&self, partial: &Self::Partial) -> Self::Output {
        self.aggregate.finish(partial)
    }
}

impl<A, R> Aggregate<R> for Finite<A>
where
    R: NumericRow,
    A: Aggregate<Option<R::Value>>,
{
    type Partial = (A::Partial, u64);
    type Output = WithSkipped<A::Output>;

    #[inline(always)]
    fn identity(&self) -> Self::Partial {
        (self.aggregate.identity(), 0)
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut Self::Partial, tile: &Tile<'_, R, S>) {
        let mut bits = <Option<R::Value>>::NO_BITS;
        let (simd, values) = (tile.simd(), R::values(tile.column()));
        let count = select(simd, values, tile.validity(), &IsFinite, bits.as_mut());
        let bounds = if R::NULLABLE { None } else { IsFinite.bounds() };
        self.aggregate.update(&mut partial.0, &tile.with_validity(values, &bits, count, bounds));
        partial.1 += (tile.count() - count) as u64;
    }
    #[inline(always)]
    fn merge(&self, into: &mut Self::Partial, other: &Self::Partial) {
        self.aggregate.merge(&mut into.0, &other.0);
        into.1 = into.1.saturating_add(other.1);
    }
    #[inline(always)]
    fn finish(&self, partial: &Self::Partial) -> Self::Output {
        WithSkipped { value: self.aggregate.finish(&partial.0), skipped: partial.1 }
    }
}
