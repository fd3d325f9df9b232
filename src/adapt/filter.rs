//! Aggregates of the rows that meet a condition.

use super::predicate::{IsFinite, Predicate, select};
use crate::aggregate::Aggregate;
use crate::backend::Simd;
use crate::row::{NumericRow, Row};
use crate::stored::stored;
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

/// The partial of [`Finite`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Kept<P> {
    /// That of the rows that were kept.
    kept: P,
    skipped: u64,
}

stored! {
    [P: Serialize + de::DeserializeOwned + Clone + core::fmt::Debug] Kept<P> as "Kept" |it| {
        v = 1,
        kept: Itself<P> = it.kept,
        skipped: Rows = it.skipped,
    }
    => Kept { kept, skipped }
}

impl<A, P, R> Aggregate<R> for Filter<A, P>
where
    R: NumericRow,
    A: Aggregate<Option<R::Value>>,
    P: Predicate<R::Value>,
{
    type Partial = A::Partial;
    type Output = A::Output;

    const ANY_CUT: bool = A::ANY_CUT;
    const ONE_BLOCK: bool = A::ONE_BLOCK;

    #[inline(always)]
    fn identity(&self) -> Self::Partial {
        self.aggregate.identity()
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut Self::Partial, tile: &Tile<'_, R, S>) {
        let mut bits = <Option<R::Value>>::NO_BITS;
        let (simd, values) = (tile.simd(), R::values(tile.column()));
        let found = select(simd, values, tile.validity(), &self.predicate, bits.as_mut());
        let bounds = if R::NULLABLE { None } else { self.predicate.bounds() };
        let count = tile.count_within(bounds).unwrap_or(found);
        self.aggregate.update(partial, &tile.with_validity(values, bits.as_ref(), count, bounds));
    }
    #[inline(always)]
    fn merge(&self, into: &mut Self::Partial, other: &Self::Partial) {
        self.aggregate.merge(into, other);
    }
    #[inline(always)]
    fn finish(&self, partial: &Self::Partial) -> Self::Output {
        self.aggregate.finish(partial)
    }
    const BECOMES: bool = A::BECOMES;
    #[inline(always)]
    fn finish_owned(&self, partial: Self::Partial) -> Self::Output {
        self.aggregate.finish_owned(partial)
    }
    #[inline(always)]
    fn begin_block(&self, total: &mut Self::Partial, block: &mut Self::Partial) {
        self.aggregate.begin_block(total, block);
    }
    #[inline(always)]
    fn end_block(&self, total: &mut Self::Partial, block: &mut Self::Partial) {
        self.aggregate.end_block(total, block);
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

    const ANY_CUT: bool = A::ANY_CUT;
    const ONE_BLOCK: bool = A::ONE_BLOCK;

    #[inline(always)]
    fn identity(&self) -> Self::Partial {
        self.aggregate.identity()
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut Self::Partial, tile: &Tile<'_, (V, K), S>) {
        let mut bits = <Option<V::Value>>::NO_BITS;
        let (values, keys) = (V::values(tile.column().0), K::values(tile.column().1));
        let count = select(tile.simd(), keys, tile.validity(), &self.predicate, bits.as_mut());
        self.aggregate.update(partial, &tile.with_validity(values, bits.as_ref(), count, None));
    }
    #[inline(always)]
    fn merge(&self, into: &mut Self::Partial, other: &Self::Partial) {
        self.aggregate.merge(into, other);
    }
    #[inline(always)]
    fn finish(&self, partial: &Self::Partial) -> Self::Output {
        self.aggregate.finish(partial)
    }
    const BECOMES: bool = A::BECOMES;
    #[inline(always)]
    fn finish_owned(&self, partial: Self::Partial) -> Self::Output {
        self.aggregate.finish_owned(partial)
    }
    #[inline(always)]
    fn begin_block(&self, total: &mut Self::Partial, block: &mut Self::Partial) {
        self.aggregate.begin_block(total, block);
    }
    #[inline(always)]
    fn end_block(&self, total: &mut Self::Partial, block: &mut Self::Partial) {
        self.aggregate.end_block(total, block);
    }
}

impl<A, R> Aggregate<R> for Finite<A>
where
    R: NumericRow,
    A: Aggregate<Option<R::Value>>,
{
    type Partial = Kept<A::Partial>;
    type Output = WithSkipped<A::Output>;

    const ANY_CUT: bool = A::ANY_CUT;
    const ONE_BLOCK: bool = A::ONE_BLOCK;

    #[inline(always)]
    fn identity(&self) -> Self::Partial {
        Kept { kept: self.aggregate.identity(), skipped: 0 }
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut Self::Partial, tile: &Tile<'_, R, S>) {
        let mut bits = <Option<R::Value>>::NO_BITS;
        let (simd, values) = (tile.simd(), R::values(tile.column()));
        let found = select(simd, values, tile.validity(), &IsFinite, bits.as_mut());
        let bounds = if R::NULLABLE { None } else { IsFinite.bounds() };
        let count = tile.count_within(bounds).unwrap_or(found);
        let kept = tile.with_validity(values, bits.as_ref(), count, bounds);
        self.aggregate.update(&mut partial.kept, &kept);
        partial.skipped = partial.skipped.saturating_add((tile.count() - count) as u64);
    }
    #[inline(always)]
    fn merge(&self, into: &mut Self::Partial, other: &Self::Partial) {
        self.aggregate.merge(&mut into.kept, &other.kept);
        into.skipped = into.skipped.saturating_add(other.skipped);
    }
    #[inline(always)]
    fn finish(&self, partial: &Self::Partial) -> Self::Output {
        WithSkipped { value: self.aggregate.finish(&partial.kept), skipped: partial.skipped }
    }
    const BECOMES: bool = A::BECOMES;
    #[inline(always)]
    fn finish_owned(&self, partial: Self::Partial) -> Self::Output {
        WithSkipped { value: self.aggregate.finish_owned(partial.kept), skipped: partial.skipped }
    }
    #[inline(always)]
    fn begin_block(&self, total: &mut Self::Partial, block: &mut Self::Partial) {
        self.aggregate.begin_block(&mut total.kept, &mut block.kept);
    }
    #[inline(always)]
    fn end_block(&self, total: &mut Self::Partial, block: &mut Self::Partial) {
        self.aggregate.end_block(&mut total.kept, &mut block.kept);
        total.skipped = total.skipped.saturating_add(block.skipped);
        block.skipped = 0;
    }
}
