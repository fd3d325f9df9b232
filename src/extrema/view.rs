//! Tiles as a search for places sees them: what is best in them, and where it stands.
//!
//! | rows | view |
//! | --- | --- |
//! | fewer than a register holds | [`Part`]: one load in part |
//! | up to a stripe, or two where half of them are at most 128 lanes, in a column of their own | [`Cover`]: registers, each loaded once for each look; of 32 and 64 bits, more than four, [`Led`]: rows in lanes |
//! | of a stripe or more | [`Stripes`]: one sweep, then a search of one stripe |
//! | all others: nulls, policies on NaN, tiles that several aggregates share | [`Whole`]: a sweep, then a search of the tile |
//!
//! 1. An extreme does not change by what is seen twice, so a tail is a whole register, or a
//!    whole stripe, that ends with the rows and overlaps what was read before.
//! 2. `Cover` and the last step of `Stripes` search without a branch: which register holds
//!    the place is a matter of chance, and a branch guessed wrong costs more than they do.
//! 3. `Stripes` joins the registers of a stripe to one, and compares that one with the best
//!    so far: three operations more for each stripe, of 4 to 16 registers, say in which
//!    stripe each lane found its best. The chain from stripe to stripe is one operation long.
//! 4. The number of the stripe is a value of the column's own type, which every type can
//!    hold: a tile has 32 stripes, and part of one. It is folded only where the extreme
//!    takes the place of the best so far.
//!
//! Lanes start at the identity, or at an integer, so that what is joined is never NaN.
//!
//! Builds for debugging keep the views apart from what looks at them, for a copy in each of
//! hundreds of kernels takes compilers minutes, and gigabytes.

use super::find::{AnyNan, Same, in_register};
use super::order::End;
use super::policy::{For, Nan, Policy};
use super::sweep::{extreme, extremes};
use crate::backend::{Simd, Vector};
use crate::lanes::operation::halve_by;
use crate::number::Number;
use crate::row::NumericRow;
use crate::tile::Tile;

mod lead;

use lead::{Led, Stripes};

/// A tile in which places are looked for.
pub(super) trait View<S: Simd, T: Number> {
    /// The extreme. A zero may be either zero, and the identity may stand for no value.
    fn best<E: End>(&self) -> T;
    /// The row of a value of these bits, the first or the last.
    fn row<E: End>(&self, is_last: bool, value: T) -> Option<usize>;
    /// The row of a NaN, if those win.
    #[inline(always)]
    fn nan_row(&self, is_last: bool) -> Option<usize> {
        let _ = is_last;
        None
    }
}

/// What looks for places.
pub(super) trait Look<T: Number> {
    /// Takes in a view.
    fn look<S: Simd, V: View<S, T>>(&mut self, view: &V);
}

/// The values of a tile that [`show`] can show: all take part, and nobody else asks for the
/// same sweep. What is left of a long column is not worth code of its own.
#[inline(always)]
pub(super) fn dense<'t, P: Policy, R: NumericRow, S: Simd>(
    tile: &'t Tile<'_, R, S>,
) -> Option<&'t [R::Value]> {
    if const { !matches!(For::<P, R::Value>::NAN, Nan::Skipped) } {
        return None;
    }
    let enough = tile.is_one_run() || tile.len() >= R::Value::STRIPE;
    if enough { tile.dense() } else { None }
}

/// Shows such values.
#[inline(always)]
pub(super) fn show<P: Policy, S: Simd, T: Number>(
    simd: S,
    one_run: bool,
    values: &[T],
    look: &mut impl Look<T>,
) {
    let lanes = T::Vec::<S>::LANES;
    // Twice a stripe, unless half of them are more lanes than fit one word of bits.
    let covered = const {
        let fits = S::REGISTERS < 16 && T::Vec::<S>::LANES * S::REGISTERS <= 128;
        if fits { 2 * S::REGISTERS } else { S::REGISTERS }
    };
    if !one_run || values.len() > covered * lanes {
        look.look::<S, _>(&Stripes::new(simd, P::LAST, values));
    } else if values.len() < lanes {
        look.look::<S, _>(&Part::new(simd, values));
    } else if values.len() <= 2 * lanes {
        cover::<P, S, T, 1>(simd, values, look);
    } else if values.len() <= 4 * lanes {
        cover::<P, S, T, 2>(simd, values, look);
    } else if values.len() <= 8 * lanes {
        cover::<P, S, T, 4>(simd, values, look);
    } else {
        cover::<P, S, T, 8>(simd, values, look);
    }
}

/// Shows the values of `K` to `2K` registers.
#[inline(always)]
fn cover<P: Policy, S: Simd, T: Number, const K: usize>(
    simd: S,
    values: &[T],
    look: &mut impl Look<T>,
) {
    if const { size_of::<T>() >= 4 && K >= 4 } {
        look.look::<S, _>(&Led::<S, T>::new::<K>(simd, P::LAST, values));
    } else {
        look.look::<S, _>(&Cover::<S, T, K>::new(simd, values));
    }
}

/// Joins a value to what was joined before.
#[inline(always)]
fn join<E: End, S: Simd, T: Number>(joined: Option<T::Vec<S>>, simd: S, v: T::Vec<S>) -> T::Vec<S> {
    match joined {
        Some(joined) => E::pick::<S, T, _>(v, joined),
        None if T::IS_FLOAT => E::pick::<S, T, _>(v, Vector::splat(simd, E::identity())),
        None => v,
    }
}

/// Joins two values to what was joined before.
///
/// Of integers, those two first: both ends ask for the one comparison, and 64-bit ones, which
/// have no instruction for extremes, spend it once.
#[inline(always)]
fn join_two<E: End, S: Simd, T: Number>(
    joined: Option<T::Vec<S>>,
    simd: S,
    one: T::Vec<S>,
    other: T::Vec<S>,
) -> T::Vec<S> {
    if T::IS_FLOAT {
        let joined = join::<E, S, T>(joined, simd, one);
        return E::pick::<S, T, _>(other, joined);
    }
    let (one, other) = if *E::of(&(true, false)) { (one, other) } else { (other, one) };
    join::<E, S, T>(joined, simd, E::pick::<S, T, _>(one, other))
}

/// Fewer values than a register holds, and the first of them in the lanes that are left: it
/// changes no extreme, so one load serves both ends and both looks.
struct Part<S: Simd, T: Number> {
    simd: S,
    len: usize,
    values: T::Vec<S>,
}

impl<S: Simd, T: Number> Part<S, T> {
    #[cfg_attr(debug_assertions, inline)]
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn new(simd: S, values: &[T]) -> Self {
        let first = Vector::splat(simd, values.first().copied().unwrap_or_default());
        Self { simd, len: values.len(), values: Vector::load_part(simd, values, first) }
    }
}

impl<S: Simd, T: Number> View<S, T> for Part<S, T> {
    #[cfg_attr(debug_assertions, inline)]
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn best<E: End>(&self) -> T {
        E::fold(join::<E, S, T>(None, self.simd, self.values))
    }
    #[cfg_attr(debug_assertions, inline)]
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn row<E: End>(&self, is_last: bool, value: T) -> Option<usize> {
        let there = (1_u64 << self.len) - 1;
        let hits = u128::from(in_register(self.simd, self.values, Same(value)) & there);
        (hits != 0).then_some(pick_bit(is_last, hits))
    }
}

/// The first of the bits, or the last; of none, some number.
#[inline(always)]
fn pick_bit(is_last: bool, hits: u128) -> usize {
    (if is_last { (hits | 1).ilog2() } else { hits.trailing_zeros() }) as usize
}

/// The first registers of a slice.
#[inline(always)]
fn load<S: Simd, T: Number, const K: usize>(simd: S, values: &[T]) -> [T::Vec<S>; K] {
    let mut registers = [Vector::load(simd, values); K];
    for k in 1..K {
        registers[k] = Vector::load(simd, &values[k * T::Vec::<S>::LANES..]);
    }
    registers
}

/// `K` registers from the start, and `K` up to the end: all values of `K` to `2K` registers. The look for
/// a row loads them again, for before AVX-512 there may be more of them than registers: where the compiler
/// put some on the stack, in places that lie across two lines, the place of the least of 64 `i64` took
/// 29 ns in one program, and 19 in another.
struct Cover<'a, S: Simd, T, const K: usize> {
    simd: S,
    values: &'a [T],
}

impl<'a, S: Simd, T: Number, const K: usize> Cover<'a, S, T, K> {
    #[inline(always)]
    fn new(simd: S, values: &'a [T]) -> Self {
        Self { simd, values }
    }

    /// The first of these values, and the last.
    #[inline(always)]
    fn ends(values: &[T]) -> [&[T]; 2] {
        let some = K * T::Vec::<S>::LANES;
        [&values[..some], &values[values.len() - some..]]
    }
}

impl<S: Simd, T: Number, const K: usize> View<S, T> for Cover<'_, S, T, K> {
    #[cfg_attr(debug_assertions, inline)]
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn best<E: End>(&self) -> T {
        let [head, tail] = Self::ends(self.values);
        let (head, tail) = (load::<S, T, K>(self.simd, head), load::<S, T, K>(self.simd, tail));
        // By halves, for in a chain each comparison waits for the one before.
        let mut joined = [join_two::<E, S, T>(None, self.simd, head[0], tail[0]); K];
        for k in 1..K {
            joined[k] = join_two::<E, S, T>(None, self.simd, head[k], tail[k]);
        }
        E::fold(halve_by(
            &mut joined,
            #[inline(always)]
            |one, other| E::pick::<S, T, _>(other, one),
        ))
    }
    #[cfg_attr(debug_assertions, inline)]
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn row<E: End>(&self, is_last: bool, value: T) -> Option<usize> {
        let [head, tail] = Self::ends(self.simd.again(self.values));
        let head = hits::<S, T, K>(self.simd, head, value);
        let tail = hits::<S, T, K>(self.simd, tail, value);
        let from = self.values.len() - K * T::Vec::<S>::LANES;
        let in_head = if is_last { tail == 0 } else { head != 0 };
        let (hits, from) = if in_head { (head, 0) } else { (tail, from) };
        (hits != 0).then_some(from + pick_bit(is_last, hits))
    }
}

/// Which lanes of the first `K` registers of a slice, at most 128 of them, hold a value of these bits.
#[cfg_attr(debug_assertions, inline)]
#[cfg_attr(not(debug_assertions), inline(always))]
fn hits<S: Simd, T: Number, const K: usize>(simd: S, values: &[T], value: T) -> u128 {
    let lanes = T::Vec::<S>::LANES;
    let mut words = [0_u64; 2];
    for k in (0..K).rev() {
        let register: T::Vec<S> = Vector::load(simd, &values[k * lanes..]);
        // Left to itself, the compiler gathers the masks in a vector, and shifts them there: of
        // 64 `f32`, a search took 22 ns and takes 13. Words, since it must not know how few bits
        // are set, and shifts of a `u128` are three operations each.
        let bits = simd.opaque(in_register(simd, register, Same(value)));
        let word = &mut words[k * lanes / 64];
        *word = if lanes == 64 { bits } else { *word << lanes | bits };
    }
    u128::from(words[0]) | u128::from(words[1]) << 64
}

/// Any tile.
pub(super) struct Whole<'t, 'a, R: NumericRow, S: Simd> {
    tile: &'t Tile<'a, R, S>,
    extremes: (R::Value, R::Value),
}

impl<'t, 'a, R: NumericRow, S: Simd> Whole<'t, 'a, R, S> {
    /// To be asked for one end only.
    #[inline(always)]
    pub(super) fn with_one<E: End, P: Policy>(tile: &'t Tile<'a, R, S>) -> Self {
        let extreme = extreme::<E, P, R, S>(tile);
        Self { tile, extremes: (extreme, extreme) }
    }

    #[inline(always)]
    pub(super) fn with_both<P: Policy>(tile: &'t Tile<'a, R, S>) -> Self {
        Self { tile, extremes: extremes::<P, R, S>(tile) }
    }
}

impl<R: NumericRow, S: Simd> View<S, R::Value> for Whole<'_, '_, R, S> {
    #[inline(always)]
    fn best<E: End>(&self) -> R::Value {
        *E::of(&self.extremes)
    }
    #[inline(always)]
    fn row<E: End>(&self, is_last: bool, value: R::Value) -> Option<usize> {
        self.tile.find(is_last, Same(value))
    }
    #[inline(always)]
    fn nan_row(&self, is_last: bool) -> Option<usize> {
        self.tile.find(is_last, AnyNan::PROBE)
    }
}
