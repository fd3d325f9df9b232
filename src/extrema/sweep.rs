//! The extreme of a tile, in one sweep of the lanes.
//!
//! 1. **NaN skipped.** `min(x, best)` is `if x < best { x } else { best }`, the one x86
//!    instruction. Where `x` is NaN the comparison is false and `best` stays, so NaN drops
//!    out by itself. Lanes start at the identity, `+∞` for the least value; whether it was
//!    ever seen, and which zero a zero is, a second look tells where it matters.
//! 2. **NaN wins.** The same instruction keeps a `best` that is NaN, for no comparison with
//!    it is true. What is missing is to let NaN in: where `x` is not equal to itself, the
//!    lane takes `x` instead. Compare, pick and blend: three operations a register, or two
//!    with the masks of AVX-512, and still one accumulator.
//! 3. **totalOrder.** Floats become their rank (see [`order`](super::order)), and integers
//!    are picked: three operations more, two with AVX-512. The result is exact, so there
//!    is no second look.

use super::order::{End, Greatest, Least, rank};
use super::policy::{For, Policy};
use crate::backend::{Simd, Vector};
use crate::lanes::LaneFold;
use crate::number::Number;
use crate::row::NumericRow;
use crate::tile::Tile;
use core::marker::PhantomData;

/// The lanes of an extreme that skips NaN.
pub(crate) struct Extreme<E, T>(PhantomData<(E, T)>);

impl<E, T> Extreme<E, T> {
    pub(crate) const LANES: Self = Self(PhantomData);
}

impl<S: Simd, E: End, T: Number> LaneFold<S, T::Vec<S>> for Extreme<E, T> {
    type Lanes = T::Vec<S>;
    const REGISTERS: usize = 1;
    const IDEMPOTENT: bool = true;
    // Registers of integers of 64 bits have no extremes before AVX-512: to find them takes longer than
    // loads, and lanes wait for it.
    const ANY_LANE: bool = T::IS_FLOAT || size_of::<T>() < 8 || S::REGISTERS == 4;
    const ALIGNS: bool = <Self as LaneFold<S, T::Vec<S>>>::ANY_LANE;

    #[inline(always)]
    fn identity(&self, simd: S) -> T::Vec<S> {
        Vector::splat(simd, E::identity::<T>())
    }
    #[inline(always)]
    fn step(&self, simd: S, lanes: T::Vec<S>, load: impl Fn(T::Vec<S>) -> T::Vec<S>) -> T::Vec<S> {
        let pad = Vector::splat(simd, E::identity::<T>());
        E::pick::<S, T, _>(load(pad), lanes)
    }
    #[inline(always)]
    fn join(&self, one: T::Vec<S>, other: T::Vec<S>) -> T::Vec<S> {
        E::pick::<S, T, _>(one, other)
    }
}

/// The lanes of an extreme that NaN wins.
struct Sticky<E, T>(PhantomData<(E, T)>);

impl<S: Simd, E: End, T: Number> LaneFold<S, T::Vec<S>> for Sticky<E, T> {
    type Lanes = T::Vec<S>;
    const REGISTERS: usize = 1;
    const IDEMPOTENT: bool = true;

    #[inline(always)]
    fn identity(&self, simd: S) -> T::Vec<S> {
        Vector::splat(simd, E::identity::<T>())
    }
    #[inline(always)]
    fn step(&self, simd: S, lanes: T::Vec<S>, load: impl Fn(T::Vec<S>) -> T::Vec<S>) -> T::Vec<S> {
        let pad = Vector::splat(simd, E::identity::<T>());
        LaneFold::<S, _>::join(self, load(pad), lanes)
    }
    #[inline(always)]
    fn join(&self, one: T::Vec<S>, other: T::Vec<S>) -> T::Vec<S> {
        E::pick::<S, T, _>(one, other).select(one.eq(one), one)
    }
}

/// The lanes of an extreme in totalOrder.
struct Ranked<E, T>(PhantomData<(E, T)>);

impl<S: Simd, E: End, T: Number> LaneFold<S, T::Vec<S>> for Ranked<E, T> {
    type Lanes = <T::Encoding as Number>::Vec<S>;
    const REGISTERS: usize = 1;
    const IDEMPOTENT: bool = true;

    #[inline(always)]
    fn identity(&self, simd: S) -> Self::Lanes {
        Vector::splat(simd, E::identity::<T::Encoding>())
    }
    #[inline(always)]
    fn step(
        &self,
        simd: S,
        lanes: Self::Lanes,
        load: impl Fn(T::Vec<S>) -> T::Vec<S>,
    ) -> Self::Lanes {
        let pad = Vector::splat(simd, T::of_rank(E::identity()));
        E::pick::<S, T::Encoding, _>(rank::<S, T>(simd, load(pad)), lanes)
    }
    #[inline(always)]
    fn join(&self, one: Self::Lanes, other: Self::Lanes) -> Self::Lanes {
        E::pick::<S, T::Encoding, _>(one, other)
    }
}

/// A fold of lanes, and what they come to.
trait Lanes<S: Simd, T: Number>: LaneFold<S, T::Vec<S>> {
    const LANES: Self;
    fn best(simd: S, lanes: Self::Lanes) -> T;
}

impl<S: Simd, E: End, T: Number> Lanes<S, T> for Extreme<E, T> {
    const LANES: Self = Self(PhantomData);

    #[inline(always)]
    fn best(_: S, lanes: Self::Lanes) -> T {
        E::fold(lanes)
    }
}

impl<S: Simd, E: End, T: Number> Lanes<S, T> for Sticky<E, T> {
    const LANES: Self = Self(PhantomData);

    /// Folding lanes would lose NaN again, so it is asked for first.
    #[inline(always)]
    fn best(simd: S, lanes: Self::Lanes) -> T {
        let numbers = T::Vec::<S>::bits(simd, lanes.eq(lanes));
        if numbers.count_ones() as usize == T::Vec::<S>::LANES { E::fold(lanes) } else { T::NAN }
    }
}

impl<S: Simd, E: End, T: Number> Lanes<S, T> for Ranked<E, T> {
    const LANES: Self = Self(PhantomData);

    #[inline(always)]
    fn best(_: S, lanes: Self::Lanes) -> T {
        T::of_rank(E::fold(lanes))
    }
}

#[inline(always)]
fn one_of<F: Lanes<S, T>, S: Simd, T: Number>(simd: S, fold: impl FnOnce(&F) -> F::Lanes) -> T {
    F::best(simd, fold(&F::LANES))
}

#[inline(always)]
fn both_of<F: Lanes<S, T>, G: Lanes<S, T>, S: Simd, T: Number>(
    simd: S,
    fold: impl FnOnce(&(F, G)) -> (F::Lanes, G::Lanes),
) -> (T, T) {
    let (one, other) = fold(&(F::LANES, G::LANES));
    (F::best(simd, one), G::best(simd, other))
}

/// The extreme of a tile. A zero may be either zero, and the identity may stand for no
/// value at all.
#[inline(always)]
pub(super) fn extreme<E: End, P: Policy, R: NumericRow, S: Simd>(
    tile: &Tile<'_, R, S>,
) -> R::Value {
    if const { For::<P, R::Value>::NAN_WINS } {
        one_of::<Sticky<E, R::Value>, S, _>(
            tile.simd(),
            #[inline(always)]
            |fold| tile.fold(fold),
        )
    } else if const { For::<P, R::Value>::TOTAL } {
        one_of::<Ranked<E, R::Value>, S, _>(
            tile.simd(),
            #[inline(always)]
            |fold| tile.fold(fold),
        )
    } else {
        E::of_tile(tile)
    }
}

/// Both extremes of a tile, likewise.
#[inline(always)]
pub(super) fn extremes<P: Policy, R: NumericRow, S: Simd>(
    tile: &Tile<'_, R, S>,
) -> (R::Value, R::Value) {
    if const { For::<P, R::Value>::NAN_WINS } {
        both_of::<Sticky<Least, R::Value>, Sticky<Greatest, R::Value>, S, _>(
            tile.simd(),
            #[inline(always)]
            |fold| tile.fold(fold),
        )
    } else if const { For::<P, R::Value>::TOTAL } {
        both_of::<Ranked<Least, R::Value>, Ranked<Greatest, R::Value>, S, _>(
            tile.simd(),
            #[inline(always)]
            |fold| tile.fold(fold),
        )
    } else {
        tile.raw_extrema()
    }
}
