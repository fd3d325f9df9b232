//! The row of a value in a tile.
//!
//! An index for each lane, carried along with its best value, costs as many operations
//! again as the comparison, and lanes of bytes cannot hold one. Here the lanes look for
//! values only, at the speed of loads, and a tile is searched for the row afterwards, while
//! it lies in L1, and only where its extreme takes the place of the best so far. In a column
//! in random order the n-th tile does so with a probability of 1/n: of a million tiles,
//! fourteen. In a sorted column all may, and each is read twice in L1.
//!
//! 1. A stripe is compared in one go, and its masks are joined to one test: two operations
//!    a register, and a branch a stripe.
//! 2. Only a stripe with a hit is looked at register by register, for the bits of the mask.
//! 3. What is compared are encodings, as integers, so that zeros differ and NaN is found.
//! 4. Validity is asked of hits alone: garbage under a null costs a look, and is passed over.

use super::order::Ordered;
use super::policy::Policy;
use crate::backend::{Simd, Vector};
use crate::lanes::validity;
use crate::number::Number;
use core::marker::PhantomData;

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

/// The first hit among the values of a tile, or the last.
///
/// `bits` holds the validity of row `i` at bit `i % 8` of byte `i / 8`, if rows may be null.
#[inline(always)]
pub(crate) fn find<S: Simd, T: Number, F: Probe<S, T>, P: Policy>(
    simd: S,
    values: &[T],
    bits: Option<&[u8]>,
    probe: F,
) -> Option<usize> {
    let blocks = values.len().div_ceil(T::STRIPE);
    for step in 0..blocks {
        let start = if P::LAST { blocks - 1 - step } else { step } * T::STRIPE;
        let block = &values[start..];
        if block.len() >= T::STRIPE && !any(simd, block, probe) {
            continue;
        }
        if let Some(row) = in_block::<S, T, F, P>(simd, block, start, bits, probe) {
            return Some(row);
        }
    }
    None
}

/// Whether there is a hit in the first stripe of a slice.
#[inline(always)]
fn any<S: Simd, T: Number, F: Probe<S, T>>(simd: S, block: &[T], probe: F) -> bool {
    let lanes = T::Vec::<S>::LANES;
    let block = &block[..T::STRIPE];
    let mut any = probe.hits(simd, T::encode(simd, Vector::load(simd, block)));
    for k in 1..S::REGISTERS {
        let hits = probe.hits(simd, T::encode(simd, Vector::load(simd, &block[k * lanes..])));
        any = Encodings::<S, T>::either(simd, any, hits);
    }
    Encodings::<S, T>::bits(simd, any) != 0
}

/// The first hit in the first stripe of a slice, or the last; `start` is the row of its
/// first value.
#[inline(always)]
fn in_block<S: Simd, T: Number, F: Probe<S, T>, P: Policy>(
    simd: S,
    block: &[T],
    start: usize,
    bits: Option<&[u8]>,
    probe: F,
) -> Option<usize> {
    let lanes = T::Vec::<S>::LANES;
    let registers = block.len().min(T::STRIPE).div_ceil(lanes);
    let pad = Vector::splat(simd, T::default());
    for step in 0..registers {
        let from = if P::LAST { registers - 1 - step } else { step } * lanes;
        let rest = &block[from..];
        let values = T::encode(simd, Vector::load_part(simd, rest, pad));
        let mut hits = Encodings::<S, T>::bits(simd, probe.hits(simd, values));
        if rest.len() < lanes {
            hits &= (1 << rest.len()) - 1;
        }
        if let Some(bits) = bits {
            hits &= validity(bits, start + from, lanes);
        }
        if hits != 0 {
            let lane = if P::LAST { hits.ilog2() } else { hits.trailing_zeros() };
            return Some(start + from + lane as usize);
        }
    }
    None
}
