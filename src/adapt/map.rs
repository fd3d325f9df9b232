//! Aggregates of what a function makes of the values.

use crate::aggregate::Aggregate;
use crate::backend::{FloatVector, Simd, Vector, with_zeros};
use crate::number::Number;
use crate::row::NumericRow;
use crate::tile::Tile;

/// A function of one number, applied to a tile at a time.
///
/// [`Square`], [`Absolute`] and [`Affine`] are there for floats. A closure `Fn(T) -> T` is
/// one too: a plain loop over it is compiled for the backend. The function is also called
/// for what lies under nulls, and for what a filter left out, and the result is not looked
/// at; so it must not panic for any value.
///
/// A NaN that arithmetic makes may have either sign, which [`TotalOrder`](crate::TotalOrder)
/// sees.
///
/// The same input must give the same bits on every backend: the arithmetic of the
/// language does, and functions of `std` that call the system's mathematics may not.
pub trait Mapping<T: Number> {
    /// Writes the function of each value. Both slices have the same length.
    ///
    /// Must be `#[inline(always)]`; see [`Simd`].
    fn map<S: Simd>(&self, simd: S, from: &[T], to: &mut [T]);
}

impl<T: Number, F: Fn(T) -> T> Mapping<T> for F {
    #[inline(always)]
    fn map<S: Simd>(&self, _: S, from: &[T], to: &mut [T]) {
        for i in 0..from.len().min(to.len()) {
            to[i] = self(from[i]);
        }
    }
}

/// `x · x`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Square;

/// `|x|`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Absolute;

/// `x · scale + offset`, in two roundings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Affine<T> {
    /// What values are multiplied by.
    pub scale: T,
    /// What is added then.
    pub offset: T,
}

/// Applies `f` by the register.
#[inline(always)]
fn by_register<S: Simd, T: Number>(
    simd: S,
    from: &[T],
    to: &mut [T],
    f: impl Fn(T::Vec<S>) -> T::Vec<S>,
) {
    let lanes = T::Vec::<S>::LANES;
    let mut at = 0;
    while at + lanes <= from.len().min(to.len()) {
        f(T::Vec::<S>::load(simd, &from[at..])).store(&mut to[at..]);
        at += lanes;
    }
    if at < from.len() {
        let mut rest = [T::default(); 64];
        f(T::Vec::<S>::load_part(simd, &from[at..], T::Vec::<S>::splat(simd, T::default())))
            .store(&mut rest);
        let left = to.len() - at;
        to[at..].copy_from_slice(&rest[..left]);
    }
}

macro_rules! mappings {
    ($($T:ident $Vec:ident)*) => {$(
        impl Mapping<$T> for Square {
            #[inline(always)]
            fn map<S: Simd>(&self, simd: S, from: &[$T], to: &mut [$T]) {
                by_register::<S, $T>(simd, from, to, #[inline(always)] |x| x.mul(x));
            }
        }

        impl Mapping<$T> for Absolute {
            #[inline(always)]
            fn map<S: Simd>(&self, simd: S, from: &[$T], to: &mut [$T]) {
                let all_but_sign = S::$Vec::splat(simd, $T::from_bits(!(-0.0 as $T).to_bits()));
                by_register::<S, $T>(simd, from, to, #[inline(always)] |x| x.and(all_but_sign));
            }
        }

        impl Mapping<$T> for Affine<$T> {
            #[inline(always)]
            fn map<S: Simd>(&self, simd: S, from: &[$T], to: &mut [$T]) {
                let (scale, offset) = (S::$Vec::splat(simd, self.scale), S::$Vec::splat(simd, self.offset));
                by_register::<S, $T>(simd, from, to, #[inline(always)] |x| x.mul(scale).add(offset));
            }
        }
    )*};
}

mappings! { f32 F32 f64 F64 }

/// An aggregate of what a function makes of the values: what
/// [`Adapt::map`](crate::Adapt::map) makes.
#[derive(Clone, Copy, Debug)]
pub struct Map<A, M> {
    pub(super) aggregate: A,
    pub(super) mapping: M,
}

impl<A, M, R> Aggregate<R> for Map<A, M>
where
    R: NumericRow,
    A: Aggregate<R>,
    M: Mapping<R::Value>,
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
        let values = R::values(tile.column());
        with_zeros(
            values.len(),
            #[inline(always)]
            |mapped| {
                self.mapping.map(tile.simd(), values, mapped);
                self.aggregate.update(partial, &tile.with_values_of(mapped));
            },
        );
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
