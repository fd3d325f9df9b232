//! Views whose lanes carry along where their best was found: rows, or the numbers of stripes.

use super::{Cover, View, join, join_two, load};
use crate::backend::{Simd, Vector};
use crate::extrema::find::{Present, Same, find};
use crate::extrema::order::{End, Greatest, Least};
use crate::number::Number;
use crate::tile::head;

/// The best of each lane, and its place: the number of its stripe, or its row.
struct Lead<S: Simd, T: Number> {
    best: T::Vec<S>,
    place: T::Vec<S>,
}

impl<S: Simd, T: Number> Lead<S, T> {
    #[inline(always)]
    fn start<E: End>(simd: S) -> Self {
        let best = Vector::splat(simd, E::identity());
        Self { best, place: Vector::splat(simd, T::default()) }
    }

    /// Takes in a stripe.
    #[cfg_attr(debug_assertions, inline)]
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn step<E: End>(&mut self, simd: S, is_last: bool, stripe: &[T], number: T::Vec<S>) {
        let lanes = T::Vec::<S>::LANES;
        let mut joined = None;
        for k in 0..S::REGISTERS / 2 {
            let [one, other] = load(simd, &stripe[2 * k * lanes..]);
            joined = Some(join_two::<E, S, T>(joined, simd, one, other));
        }
        self.take::<E>(is_last, joined.unwrap_or(self.best), number);
    }

    /// Takes in a register, without NaN where the last of equal values is wanted.
    #[inline(always)]
    fn take<E: End>(&mut self, is_last: bool, values: T::Vec<S>, number: T::Vec<S>) {
        self.place = if is_last {
            self.place.select(E::leads::<S, T, _>(self.best, values), number)
        } else {
            number.select(E::leads::<S, T, _>(values, self.best), self.place)
        };
        self.best = E::pick::<S, T, _>(values, self.best);
    }

    /// The leads of `K` registers, of rows from 0.
    #[inline(always)]
    fn of<E: End, const K: usize>(simd: S, is_last: bool, values: &[T]) -> Self {
        let lanes = T::Vec::<S>::LANES;
        let rows: T::Vec<S> = Vector::load(simd, &T::ROWS);
        let first = join::<E, S, T>(None, simd, Vector::load(simd, values));
        let mut lead = Self { best: first, place: rows };
        for k in 1..K {
            let rows = rows.add(Vector::splat(simd, T::whole(k * lanes)));
            let some = Vector::load(simd, &values[k * lanes..]);
            let some = if is_last { join::<E, S, T>(None, simd, some) } else { some };
            lead.take::<E>(is_last, some, rows);
        }
        lead
    }

    /// The leads of `K` registers from the start, and `K` up to the end, with their rows.
    #[cfg_attr(debug_assertions, inline)]
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn of_ends<E: End, const K: usize>(simd: S, is_last: bool, values: &[T]) -> Self {
        let from = values.len() - K * T::Vec::<S>::LANES;
        let mut lead = Self::of::<E, K>(simd, is_last, values);
        let tail = Self::of::<E, K>(simd, is_last, &values[from..]);
        lead.take::<E>(is_last, tail.best, tail.place.add(Vector::splat(simd, T::whole(from))));
        lead
    }

    /// The place of this value, which is the best of a lane.
    #[cfg_attr(debug_assertions, inline)]
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn place_of(&self, simd: S, is_last: bool, value: T) -> usize {
        let here = self.best.eq(Vector::splat(simd, value));
        let place = if is_last {
            self.place.select(here, Vector::splat(simd, T::default())).fold_max()
        } else {
            self.place.select(here, Vector::splat(simd, T::HIGHEST)).fold_min()
        };
        place.small()
    }
}

/// `K` to `2K` registers, of which each lane carries its row along with its best: for wide lanes, fewer
/// operations than a second look. The place of the least of 64 values takes 0.7 of the time of [`Cover`]
/// for `i64`, 0.77 for `f64` and `i32`; of two to four registers (`K` of 2) as long, and of `f64` longer.
pub(super) struct Led<'a, S: Simd, T: Number> {
    simd: S,
    values: &'a [T],
    leads: (Lead<S, T>, Lead<S, T>),
}

impl<'a, S: Simd, T: Number> Led<'a, S, T> {
    #[cfg_attr(debug_assertions, inline)]
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn new<const K: usize>(simd: S, is_last: bool, values: &'a [T]) -> Self {
        let leads = (
            Lead::of_ends::<Least, K>(simd, is_last, values),
            Lead::of_ends::<Greatest, K>(simd, is_last, values),
        );
        Self { simd, values, leads }
    }
}

impl<S: Simd, T: Number> View<S, T> for Led<'_, S, T> {
    #[inline(always)]
    fn best<E: End>(&self) -> T {
        E::fold(E::of(&self.leads).best)
    }
    #[cfg_attr(debug_assertions, inline)]
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn row<E: End>(&self, is_last: bool, value: T) -> Option<usize> {
        if T::IS_FLOAT && (value == E::identity() || value == T::LOW_ZERO) {
            return find(self.simd, self.values, Present::All, is_last, Same(value));
        }
        Some(E::of(&self.leads).place_of(self.simd, is_last, value))
    }
}

/// A stripe of values, or more; the last stripe may overlap the one before, and the second the first:
/// of many stripes, all but the first and the last begin where a register does. What only one
/// end needs is dead code where only one is asked for, and the compiler removes it.
pub(super) struct Stripes<'a, S: Simd, T: Number> {
    simd: S,
    values: &'a [T],
    /// Rows that the first stripe and the second have in common.
    common: usize,
    leads: (Lead<S, T>, Lead<S, T>),
}

impl<'a, S: Simd, T: Number> Stripes<'a, S, T> {
    #[cfg_attr(debug_assertions, inline)]
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn new(simd: S, is_last: bool, values: &'a [T]) -> Self {
        let mut leads = (Lead::start::<Least>(simd), Lead::start::<Greatest>(simd));
        let one = Vector::splat(simd, T::ONE);
        let mut number: T::Vec<S> = Vector::splat(simd, T::default());
        let head = head::<S, T>(values);
        let common = if head > 0 { T::STRIPE - head } else { 0 };
        if head > 0 {
            leads.0.step::<Least>(simd, is_last, &values[..T::STRIPE], number);
            leads.1.step::<Greatest>(simd, is_last, &values[..T::STRIPE], number);
            number = number.add(one);
        }
        let mut stripes = values[head..].chunks_exact(T::STRIPE);
        for stripe in &mut stripes {
            leads.0.step::<Least>(simd, is_last, stripe, number);
            leads.1.step::<Greatest>(simd, is_last, stripe, number);
            number = number.add(one);
        }
        if !stripes.remainder().is_empty() {
            let stripe = &values[values.len() - T::STRIPE..];
            leads.0.step::<Least>(simd, is_last, stripe, number);
            leads.1.step::<Greatest>(simd, is_last, stripe, number);
        }
        Self { simd, values, common, leads }
    }
}

impl<S: Simd, T: Number> View<S, T> for Stripes<'_, S, T> {
    #[inline(always)]
    fn best<E: End>(&self) -> T {
        E::fold(E::of(&self.leads).best)
    }
    /// A zero of either sign leads as the other does, and the identity leads nowhere: both may
    /// stand in any stripe.
    #[cfg_attr(debug_assertions, inline)]
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn row<E: End>(&self, is_last: bool, value: T) -> Option<usize> {
        if value == E::identity() || (T::IS_FLOAT && value == T::LOW_ZERO) {
            return find(self.simd, self.values, Present::All, is_last, Same(value));
        }
        let stripe = E::of(&self.leads).place_of(self.simd, is_last, value);
        let start = (stripe * T::STRIPE).saturating_sub(self.common);
        let start = start.min(self.values.len() - T::STRIPE);
        let stripe = &self.values[start..start + T::STRIPE];
        let row = if const { S::REGISTERS == 4 } {
            Cover::<S, T, 2>::new(self.simd, stripe).row::<E>(is_last, value)?
        } else if const { S::REGISTERS == 8 } {
            Cover::<S, T, 4>::new(self.simd, stripe).row::<E>(is_last, value)?
        } else {
            Cover::<S, T, 8>::new(self.simd, stripe).row::<E>(is_last, value)?
        };
        Some(start + row)
    }
}
