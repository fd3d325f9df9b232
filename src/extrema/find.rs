//! The row of a value in a tile.
//!
//! An index for each lane, carried along with its best value, costs as many operations
//! again as the comparison, and lanes of bytes cannot hold one. Here the lanes look for
//! values only, and a tile is searched for the row afterwards, while it lies in L1, and only
//! where its extreme takes the place of the best so far. In a column in random order the n-th
//! tile does so with a probability of 1/n: of a million tiles, fourteen. In a sorted column
//! all may. Most tiles need no more than a stripe searched; and of a few registers of
//! wide lanes, it does pay to carry the rows along: see [`view`](super::view).
//!
//! 1. A stripe is compared in one go, and its masks are joined to one test: two operations
//!    a register, and a branch a stripe.
//! 2. Only a stripe with a hit is looked at register by register, for the bits of the mask.
//! 3. What is compared are encodings, as integers, so that zeros differ and NaN is found.
//! 4. Validity is asked of hits alone: garbage under a null costs a look, and is passed over.

use super::order::Ordered;
use crate::backend::{Simd, Vector};
use crate::lanes::{Bounds, validity, within};
use crate::number::Number;
use core::marker::PhantomData;
use core::ops::RangeBounds;

type Encodings<S, T> = <<T as Ordered>::Encoding as Number>::Vec<S>;
type Mask<S, T> = <Encodings<S, T> as Vector<S, <T as Ordered>::Encoding>>::Mask;

/// What is searched for.
pub(crate) trait Probe<S: Simd, T: Number>: Copy {
    /// Which lanes are hits.
    fn hits(self, simd: S, encodings: Encodings<S, T>) -> Mask<S, T>;
}

/// A value of these bits.
#[derive(Clone, Copy)]
pub(super) struct Same<T>(pub(super) T);

impl<S: Simd, T: Number> Probe<S, T> for Same<T> {
    #[inline(always)]
    fn hits(self, simd: S, encodings: Encodings<S, T>) -> Mask<S, T> {
        encodings.eq(Vector::splat(simd, self.0.encoding()))
    }
}

/// Any NaN: a magnitude above that of infinity.
#[derive(Clone, Copy)]
pub(super) struct AnyNan<T>(PhantomData<T>);

impl<T> AnyNan<T> {
    pub(super) const PROBE: Self = Self(PhantomData);
}

impl<S: Simd, T: Number> Probe<S, T> for AnyNan<T> {
    #[inline(always)]
    fn hits(self, simd: S, encodings: Encodings<S, T>) -> Mask<S, T> {
        let infinity: Encodings<S, T> = Vector::splat(simd, T::HIGHEST.encoding());
        infinity.lt(encodings.and(Vector::splat(simd, T::Encoding::HIGHEST)))
    }
}

/// How to tell which rows are there.
#[derive(Clone, Copy)]
pub(crate) enum Present<'a, T> {
    /// All are.
    All,
    /// Row `i`, where bit `i % 8` of byte `i / 8` is set.
    Bits(&'a [u8]),
    /// Those whose value lies between bounds.
    Within(Bounds<T>),
}

impl<T: Number> Present<'_, T> {
    /// Whether a row of this value is there.
    #[inline(always)]
    pub(crate) fn is_there(self, row: usize, value: T) -> bool {
        match self {
            Self::All => true,
            Self::Bits(bits) => bits[row / 8] >> (row % 8) & 1 == 1,
            Self::Within(bounds) => bounds.contains(&value),
        }
    }
}

/// Whether a value of these bits is among those of a tile.
#[inline(always)]
pub(crate) fn has<S: Simd, T: Number>(
    simd: S,
    values: &[T],
    present: Present<'_, T>,
    value: T,
) -> bool {
    // What is not between the bounds need not be searched for, and what is, is there.
    let present = match present {
        Present::Within(bounds) if !bounds.contains(&value) => return false,
        Present::Within(_) => Present::All,
        others => others,
    };
    find(simd, values, present, false, Same(value)).is_some()
}

/// The first hit among the values of a tile, or, if `is_last`, the last.
#[inline(always)]
pub(crate) fn find<S: Simd, T: Number, F: Probe<S, T>>(
    simd: S,
    values: &[T],
    present: Present<'_, T>,
    is_last: bool,
    probe: F,
) -> Option<usize> {
    match present {
        Present::All if is_last => last(simd, values, probe),
        Present::All => first(simd, values, probe),
        _ => among_nulls(simd, values, present, is_last, probe),
    }
}

/// Registers at the end overlap: what they repeat was no hit.
#[inline(always)]
fn first<S: Simd, T: Number, F: Probe<S, T>>(simd: S, values: &[T], probe: F) -> Option<usize> {
    let lanes = T::Vec::<S>::LANES;
    let len = values.len();
    let row = |at: usize, hits: u64| Some(at + hits.trailing_zeros() as usize);
    if len < lanes {
        let hits = in_part(simd, values, probe);
        return if hits == 0 { None } else { row(0, hits) };
    }
    let mut at = 0;
    while len - at >= T::STRIPE && !any(simd, &values[at..], probe) {
        at += T::STRIPE;
    }
    while len - at >= lanes {
        let hits = register(simd, &values[at..], probe);
        if hits != 0 {
            return row(at, hits);
        }
        at += lanes;
    }
    let hits = register(simd, &values[len - lanes..], probe);
    if at == len || hits == 0 { None } else { row(len - lanes, hits) }
}

/// The mirror image of [`first`]: registers are counted from the end, and overlap at the
/// start.
#[inline(always)]
fn last<S: Simd, T: Number, F: Probe<S, T>>(simd: S, values: &[T], probe: F) -> Option<usize> {
    let lanes = T::Vec::<S>::LANES;
    let row = |at: usize, hits: u64| Some(at + hits.ilog2() as usize);
    if values.len() < lanes {
        let hits = in_part(simd, values, probe);
        return if hits == 0 { None } else { row(0, hits) };
    }
    let mut end = values.len();
    while end >= T::STRIPE && !any(simd, &values[end - T::STRIPE..], probe) {
        end -= T::STRIPE;
    }
    while end >= lanes {
        end -= lanes;
        let hits = register(simd, &values[end..], probe);
        if hits != 0 {
            return row(end, hits);
        }
    }
    let hits = register(simd, values, probe);
    if end == 0 || hits == 0 { None } else { row(0, hits) }
}

/// Registers stay on the grid of the bitmap.
#[inline(always)]
fn among_nulls<S: Simd, T: Number, F: Probe<S, T>>(
    simd: S,
    values: &[T],
    present: Present<'_, T>,
    is_last: bool,
    probe: F,
) -> Option<usize> {
    let lanes = T::Vec::<S>::LANES;
    let stripes = values.len().div_ceil(T::STRIPE);
    for step in 0..stripes {
        let start = if is_last { stripes - 1 - step } else { step } * T::STRIPE;
        let stripe = &values[start..];
        if stripe.len() >= T::STRIPE && !any(simd, stripe, probe) {
            continue;
        }
        let registers = stripe.len().min(T::STRIPE).div_ceil(lanes);
        for step in 0..registers {
            let at = if is_last { registers - 1 - step } else { step } * lanes;
            let hits = in_part(simd, &stripe[at..], probe)
                & match present {
                    Present::All => u64::MAX,
                    Present::Bits(bits) => validity(bits, start + at, lanes),
                    Present::Within(bounds) => {
                        let pad = Vector::splat(simd, T::default());
                        let values = Vector::load_part(simd, &stripe[at..], pad);
                        T::Vec::<S>::bits(simd, within::<S, T>(simd, bounds, values))
                    }
                };
            if hits != 0 {
                let lane = if is_last { hits.ilog2() } else { hits.trailing_zeros() };
                return Some(start + at + lane as usize);
            }
        }
    }
    None
}

/// Whether there is a hit in the first stripe of a slice.
#[inline(always)]
fn any<S: Simd, T: Number, F: Probe<S, T>>(simd: S, values: &[T], probe: F) -> bool {
    let lanes = T::Vec::<S>::LANES;
    let stripe = &values[..T::STRIPE];
    let mut any = probe.hits(simd, T::encode(simd, Vector::load(simd, stripe)));
    for k in 1..S::REGISTERS {
        let hits = probe.hits(simd, T::encode(simd, Vector::load(simd, &stripe[k * lanes..])));
        any = Encodings::<S, T>::either(simd, any, hits);
    }
    Encodings::<S, T>::bits(simd, any) != 0
}

/// The hits in a register.
#[inline(always)]
pub(super) fn in_register<S: Simd, T: Number, F: Probe<S, T>>(
    simd: S,
    register: T::Vec<S>,
    probe: F,
) -> u64 {
    Encodings::<S, T>::bits(simd, probe.hits(simd, T::encode(simd, register)))
}

/// The hits in the first register of a slice.
#[inline(always)]
fn register<S: Simd, T: Number, F: Probe<S, T>>(simd: S, values: &[T], probe: F) -> u64 {
    in_register(simd, Vector::load(simd, values), probe)
}

/// The hits in a slice that is shorter than a register.
#[inline(always)]
pub(super) fn in_part<S: Simd, T: Number, F: Probe<S, T>>(simd: S, values: &[T], probe: F) -> u64 {
    let pad = Vector::splat(simd, T::default());
    let hits = in_register(simd, Vector::load_part(simd, values, pad), probe);
    let there = if values.len() < 64 { (1 << values.len()) - 1 } else { u64::MAX };
    hits & there
}
