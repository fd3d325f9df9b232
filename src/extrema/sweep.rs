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
use super::policy::{For, Nan, Policy};
use crate::backend::{Simd, Vector};
use crate::lanes::{Dense, LaneFold, sweep};
use crate::number::{Load, Number};
use crate::row::NumericRow;
use crate::tile::Tile;
use core::marker::PhantomData;
use core::ops::Range;

/// The lanes of an extreme that skips NaN.
pub(crate) struct Extreme<E, T>(PhantomData<(E, T)>);

impl<E, T> Extreme<E, T> {
    pub(crate) const LANES: Self = Self(PhantomData);
}

impl<S: Simd, E: End, T: Number> LaneFold<S, T::Vec<S>> for Extreme<E, T> {
    type Lanes = T::Vec<S>;
    const REGISTERS: usize = 1;

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

/// A quarter of a tile. The lanes are folded once for each block, so that a search knows
/// where to look: smaller blocks cost more folds, larger ones a longer search.
const BLOCK_STRIPES: usize = 8;

/// What the lanes found in a tile, and the rows that hold it.
#[derive(Clone, Copy)]
pub(super) struct Found<T> {
    pub(super) value: T,
    start: usize,
    end: usize,
}

impl<T: Number> Found<T> {
    #[inline(always)]
    fn in_all(value: T, rows: usize) -> Self {
        Self { value, start: 0, end: rows }
    }

    #[inline(always)]
    fn in_block<E: End, S: Simd>(simd: S, rows: Dense<'_, T, T>, at: Range<usize>) -> Self {
        let value = one_of::<Extreme<E, T>, S, _>(
            simd,
            #[inline(always)]
            |fold| sweep(simd, true, rows, fold),
        );
        Self { value, start: at.start, end: at.end }
    }

    #[inline(always)]
    fn both_in_block<S: Simd>(simd: S, rows: Dense<'_, T, T>, at: Range<usize>) -> (Self, Self) {
        let (least, greatest) = both_of::<Extreme<Least, T>, Extreme<Greatest, T>, S, _>(
            simd,
            #[inline(always)]
            |fold| sweep(simd, true, rows, fold),
        );
        let (start, end) = (at.start, at.end);
        (Self { value: least, start, end }, Self { value: greatest, start, end })
    }

    #[inline(always)]
    pub(super) fn rows(&self) -> Range<usize> {
        self.start..self.end
    }

    /// Takes in what was found in a later block.
    #[inline(always)]
    fn join<E: End, P: Policy>(&mut self, later: Self) {
        let replaces = if P::LAST {
            !E::beats(self.value, later.value)
        } else {
            E::beats(later.value, self.value)
        };
        self.value = if replaces { later.value } else { self.value };
        self.start = if replaces { later.start } else { self.start };
        self.end = if replaces { later.end } else { self.end };
    }

    /// A value that a second look has to settle may stand in any block, and the identity in
    /// none.
    #[inline(always)]
    fn widen<E: End>(mut self, rows: usize) -> Self {
        if self.value == E::identity() || (T::IS_FLOAT && self.value == T::LOW_ZERO) {
            (self.start, self.end) = (0, rows);
        }
        self
    }
}

/// The values, if they are to be looked at by the block. The lanes of other policies take
/// longer to fold than blocks save.
#[inline(always)]
fn blocks<'t, P: Policy, R: NumericRow, S: Simd>(
    tile: &'t Tile<'_, R, S>,
) -> Option<&'t [R::Value]> {
    if const { matches!(For::<P, R::Value>::NAN, Nan::Skipped) } { tile.blocks() } else { None }
}

/// The extreme of a tile, and where to search for it.
#[inline(always)]
pub(super) fn found<E: End, P: Policy, R: NumericRow, S: Simd>(
    tile: &Tile<'_, R, S>,
) -> Found<R::Value> {
    let rows = tile.len();
    let Some(values) = blocks::<P, R, S>(tile) else {
        return Found::in_all(extreme::<E, P, R, S>(tile), rows);
    };
    let (stripe, (stripes, _)) = (R::Value::STRIPE, <R::Value as Load<R::Value>>::stripes(values));
    let block = opaque(BLOCK_STRIPES);
    let mut best = Found::in_all(E::identity(), 0);
    let mut at = 0;
    while let Some(whole) = stripes.get(at..at + block) {
        let range = at * stripe..(at + block) * stripe;
        best.join::<E, P>(Found::in_block::<E, S>(tile.simd(), Dense::of_stripes(whole), range));
        at += block;
    }
    let start = at * stripe;
    if start < rows {
        let rest = Dense::new(&values[start..]);
        best.join::<E, P>(Found::in_block::<E, S>(tile.simd(), rest, start..rows));
    }
    best.widen::<E>(rows)
}

/// Both extremes of a tile, likewise.
#[inline(always)]
pub(super) fn both_found<P: Policy, R: NumericRow, S: Simd>(
    tile: &Tile<'_, R, S>,
) -> (Found<R::Value>, Found<R::Value>) {
    let rows = tile.len();
    let Some(values) = blocks::<P, R, S>(tile) else {
        let (least, greatest) = extremes::<P, R, S>(tile);
        return (Found::in_all(least, rows), Found::in_all(greatest, rows));
    };
    let (stripe, (stripes, _)) = (R::Value::STRIPE, <R::Value as Load<R::Value>>::stripes(values));
    let block = opaque(BLOCK_STRIPES);
    let mut least = Found::in_all(Least::identity(), 0);
    let mut greatest = Found::in_all(Greatest::identity(), 0);
    let mut at = 0;
    while let Some(whole) = stripes.get(at..at + block) {
        let range = at * stripe..(at + block) * stripe;
        let later = Found::both_in_block::<S>(tile.simd(), Dense::of_stripes(whole), range);
        least.join::<Least, P>(later.0);
        greatest.join::<Greatest, P>(later.1);
        at += block;
    }
    let start = at * stripe;
    if start < rows {
        let rest = Dense::new(&values[start..]);
        let later = Found::both_in_block::<S>(tile.simd(), rest, start..rows);
        least.join::<Least, P>(later.0);
        greatest.join::<Greatest, P>(later.1);
    }
    (least.widen::<Least>(rows), greatest.widen::<Greatest>(rows))
}

/// A number that the compiler cannot see through: it would unroll a loop of eight steps in
/// full and then sort its loads by lane instead of by address. On AVX2 that reads L2 at 0.6
/// of its speed, where the loop reads it at 0.9.
#[inline(always)]
fn opaque(steps: usize) -> usize {
    core::hint::black_box(steps)
}
