//! The first and the last value.

use crate::aggregate::Aggregate;
use crate::backend::Simd;
use crate::extrema::canonical;
use crate::group::{Digest, Parts};
use crate::row::NumericRow;
use crate::stored::stored;
use crate::tile::Tile;

/// The partial of [`First`] and [`Last`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place<T> {
    value: Option<T>,
}

stored! {
    [T: Element] Place<T> as "Place" |it| {
        v = 1,
        value: Maybe<Bits<T>> = it.value,
    }
    => Place { value }
}

/// The first value that is not null.
///
/// - **Empty**, or all null: `None`.
/// - **NaN** is a value, given as the canonical one. [`skip_nan`](crate::Adapt::skip_nan) skips it.
/// - **Order** is what it is about: rows of a merged partial come after those before.
/// - **Cost**: of a plain column, one row is read. The partial is the result.
///
/// ```
/// use lanefold::{Aggregate, First, Nullable};
/// assert_eq!(First.of(&[3, 1, 2]), Some(3));
/// assert_eq!(First.of(Nullable::new(&[3, 1, 2], &[0b110], 0)?), Some(1));
/// # Ok::<(), lanefold::ValidityError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct First;

impl<R: NumericRow> Aggregate<R> for First {
    type Partial = Place<R::Value>;
    type Output = Option<R::Value>;

    #[inline(always)]
    fn identity(&self) -> Self::Partial {
        Place { value: None }
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut Self::Partial, tile: &Tile<'_, R, S>) {
        if partial.value.is_none() && tile.count() > 0 {
            partial.value = tile.first();
        }
    }
    #[inline(always)]
    fn merge(&self, into: &mut Self::Partial, other: &Self::Partial) {
        into.value = into.value.or(other.value);
    }
    #[inline(always)]
    fn finish(&self, partial: &Self::Partial) -> Self::Output {
        partial.value.map(canonical)
    }
    const DIGEST: Option<Parts> = Some(Parts::FIRST);
    #[inline(always)]
    fn join(&self, partial: &mut Self::Partial, digest: &Digest<R::Digest>) {
        partial.value = partial.value.or(digest.first);
    }
    #[inline(always)]
    fn short(&self, column: R::Column<'_>) -> Option<Self::Output> {
        if R::NULLABLE { None } else { Some(R::values(column).first().copied().map(canonical)) }
    }
}

/// The last value that is not null.
///
/// As [`First`] in every respect.
///
/// ```
/// use lanefold::{Aggregate, Last};
/// let mut stream = Last.accumulator();
/// stream.push(3.0);
/// stream.push(1.0);
/// assert_eq!(stream.finish(), Some(1.0));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Last;

impl<R: NumericRow> Aggregate<R> for Last {
    type Partial = Place<R::Value>;
    type Output = Option<R::Value>;

    #[inline(always)]
    fn identity(&self) -> Self::Partial {
        Place { value: None }
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut Self::Partial, tile: &Tile<'_, R, S>) {
        if tile.count() > 0 {
            partial.value = tile.last();
        }
    }
    #[inline(always)]
    fn merge(&self, into: &mut Self::Partial, other: &Self::Partial) {
        into.value = other.value.or(into.value);
    }
    #[inline(always)]
    fn finish(&self, partial: &Self::Partial) -> Self::Output {
        partial.value.map(canonical)
    }
    const DIGEST: Option<Parts> = Some(Parts::LAST);
    #[inline(always)]
    fn join(&self, partial: &mut Self::Partial, digest: &Digest<R::Digest>) {
        partial.value = digest.last.or(partial.value);
    }
    #[inline(always)]
    fn short(&self, column: R::Column<'_>) -> Option<Self::Output> {
        if R::NULLABLE { None } else { Some(R::values(column).last().copied().map(canonical)) }
    }
}
