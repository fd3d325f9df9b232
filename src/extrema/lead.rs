//! The extreme of a tile, and about where it stands, in one sweep of the lanes.
//!
//! 1. The registers of a stripe are joined to one, and that one is compared with the best so
//!    far: three operations more for each stripe, of 4 to 16 registers, say in which stripe
//!    each lane found its best. The chain from stripe to stripe is one operation long.
//! 2. The number of the stripe is a value of the column's own type, which every type can
//!    hold: a tile has 32 stripes, and part of one.
//! 3. A tail is a whole stripe again, which ends with the tile and overlaps what was read
//!    before: an extreme does not change by what is seen twice. Columns of less than a stripe
//!    do the same with registers, and only those of less than a register are loaded in part.
//! 4. Which stripe it was is worked out only where the extreme takes the place of the best
//!    so far; see [`find`](super::find).
//!
//! Lanes start at the identity, and what is joined to them is never NaN.

use super::order::{End, Greatest, Least};
use super::policy::{For, Nan, Policy};
use super::sweep::{extreme, extremes};
use crate::backend::{Simd, Vector};
use crate::number::Number;
use crate::row::NumericRow;
use crate::tile::Tile;
use core::ops::Range;

/// The best of each lane, and in which stripe it was.
struct Lead<S: Simd, T: Number> {
    best: T::Vec<S>,
    stripe: T::Vec<S>,
}

#[allow(clippy::expl_impl_clone_on_copy, reason = "the derived one has other bounds")]
impl<S: Simd, T: Number> Clone for Lead<S, T> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<S: Simd, T: Number> Copy for Lead<S, T> {}

impl<S: Simd, T: Number> Lead<S, T> {
    #[inline(always)]
    fn start<E: End>(simd: S) -> Self {
        let best = Vector::splat(simd, E::identity());
        Self { best, stripe: Vector::splat(simd, T::default()) }
    }

    /// Takes in what a stripe was joined to.
    #[inline(always)]
    fn step<E: End, P: Policy>(&mut self, joined: T::Vec<S>, stripe: T::Vec<S>) {
        self.stripe = if P::LAST {
            self.stripe.select(E::leads::<S, T, _>(self.best, joined), stripe)
        } else {
            stripe.select(E::leads::<S, T, _>(joined, self.best), self.stripe)
        };
        self.best = E::pick::<S, T, _>(joined, self.best);
    }

    /// The stripe of this value, which is the best of a lane.
    #[inline(always)]
    fn stripe_of<P: Policy>(self, simd: S, value: T) -> usize {
        let here = self.best.eq(Vector::splat(simd, value));
        let stripe = if P::LAST {
            self.stripe.select(here, Vector::splat(simd, T::default())).fold_max()
        } else {
            self.stripe.select(here, Vector::splat(simd, T::HIGHEST)).fold_min()
        };
        stripe.small()
    }
}

/// What the lanes found in a tile, and what tells the rows that hold it.
pub(super) struct Found<S: Simd, T: Number> {
    pub(super) value: T,
    rows: usize,
    lead: Option<Lead<S, T>>,
}

impl<S: Simd, T: Number> Found<S, T> {
    #[inline(always)]
    fn in_all(value: T, rows: usize) -> Self {
        Self { value, rows, lead: None }
    }

    #[inline(always)]
    fn led<E: End>(lead: Lead<S, T>, rows: usize) -> Self {
        Self { value: E::fold(lead.best), rows, lead: Some(lead) }
    }

    /// Some rows that hold the value. One that a second look has to settle may stand in any
    /// stripe, and the identity in none.
    #[inline(always)]
    pub(super) fn rows<E: End, P: Policy>(&self, simd: S) -> Range<usize> {
        let unsettled = self.value == E::identity() || (T::IS_FLOAT && self.value == T::LOW_ZERO);
        match self.lead {
            Some(lead) if !unsettled => {
                let stripe = lead.stripe_of::<P>(simd, self.value);
                let start = (stripe * T::STRIPE).min(self.rows - T::STRIPE);
                start..start + T::STRIPE
            }
            _ => 0..self.rows,
        }
    }
}

/// The values, if they are to be looked at by the stripe. The lanes of other policies are
/// not joined so cheaply.
#[inline(always)]
fn dense<'t, P: Policy, R: NumericRow, S: Simd>(
    tile: &'t Tile<'_, R, S>,
) -> Option<&'t [R::Value]> {
    if const { matches!(For::<P, R::Value>::NAN, Nan::Skipped) } { tile.dense() } else { None }
}

/// Joins the registers of a stripe.
#[inline(always)]
fn joined<E: End, S: Simd, T: Number>(simd: S, stripe: &[T]) -> T::Vec<S> {
    let lanes = T::Vec::<S>::LANES;
    let mut joined = Vector::splat(simd, E::identity());
    for k in 0..S::REGISTERS {
        joined = E::pick::<S, T, _>(Vector::load(simd, &stripe[k * lanes..]), joined);
    }
    joined
}

/// Joins the values of less than a stripe.
#[inline(always)]
fn few<E: End, S: Simd, T: Number>(simd: S, values: &[T]) -> T::Vec<S> {
    let lanes = T::Vec::<S>::LANES;
    let identity = Vector::splat(simd, E::identity());
    let Some(last) = values.len().checked_sub(lanes) else {
        return E::pick::<S, T, _>(Vector::load_part(simd, values, identity), identity);
    };
    let mut joined = E::pick::<S, T, _>(Vector::load(simd, &values[last..]), identity);
    for register in values.chunks_exact(lanes) {
        joined = E::pick::<S, T, _>(Vector::load(simd, register), joined);
    }
    joined
}

/// Calls `f` with each stripe of a tile, and its number; the last one may overlap another.
#[inline(always)]
fn stripes<S: Simd, T: Number>(simd: S, values: &[T], mut f: impl FnMut(&[T], T::Vec<S>)) {
    let one = Vector::splat(simd, T::ONE);
    let mut number: T::Vec<S> = Vector::splat(simd, T::default());
    let mut chunks = values.chunks_exact(T::STRIPE);
    for stripe in &mut chunks {
        f(stripe, number);
        number = number.add(one);
    }
    if !chunks.remainder().is_empty() {
        f(&values[values.len() - T::STRIPE..], number);
    }
}

/// The extreme of a tile, and where to search for it.
#[inline(always)]
pub(super) fn found<E: End, P: Policy, R: NumericRow, S: Simd>(
    tile: &Tile<'_, R, S>,
) -> Found<S, R::Value> {
    let (simd, rows) = (tile.simd(), tile.len());
    let Some(values) = dense::<P, R, S>(tile) else {
        return Found::in_all(extreme::<E, P, R, S>(tile), rows);
    };
    if rows < R::Value::STRIPE {
        return Found::in_all(E::fold(few::<E, S, R::Value>(simd, values)), rows);
    }
    let mut lead = Lead::start::<E>(simd);
    stripes(
        simd,
        values,
        #[inline(always)]
        |stripe, number| lead.step::<E, P>(joined::<E, S, R::Value>(simd, stripe), number),
    );
    Found::led::<E>(lead, rows)
}

/// Both extremes of a tile, likewise.
#[inline(always)]
pub(super) fn both_found<P: Policy, R: NumericRow, S: Simd>(
    tile: &Tile<'_, R, S>,
) -> (Found<S, R::Value>, Found<S, R::Value>) {
    let (simd, rows) = (tile.simd(), tile.len());
    let Some(values) = dense::<P, R, S>(tile) else {
        let (least, greatest) = extremes::<P, R, S>(tile);
        return (Found::in_all(least, rows), Found::in_all(greatest, rows));
    };
    if rows < R::Value::STRIPE {
        let least = Least::fold(few::<Least, S, R::Value>(simd, values));
        let greatest = Greatest::fold(few::<Greatest, S, R::Value>(simd, values));
        return (Found::in_all(least, rows), Found::in_all(greatest, rows));
    }
    let mut least = Lead::start::<Least>(simd);
    let mut greatest = Lead::start::<Greatest>(simd);
    stripes(
        simd,
        values,
        #[inline(always)]
        |stripe, number| {
            least.step::<Least, P>(joined::<Least, S, R::Value>(simd, stripe), number);
            greatest.step::<Greatest, P>(joined::<Greatest, S, R::Value>(simd, stripe), number);
        },
    );
    (Found::led::<Least>(least, rows), Found::led::<Greatest>(greatest, rows))
}
