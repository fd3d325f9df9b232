//! Rows that lanes can load: without nulls, with nulls, and pairs.

use crate::backend::{Simd, Vector};
use crate::number::{Load, Number};
use core::marker::PhantomData;

/// Rows that can be loaded by register.
pub(crate) trait Source<S: Simd>: Copy {
    /// What a load gives.
    type Item: Copy;
    /// A whole stripe of rows.
    type Stripe: Copy;
    /// Whole stripes.
    fn stripes(self) -> usize;
    /// A whole stripe.
    fn stripe(self, index: usize) -> Self::Stripe;
    /// A register of a whole stripe.
    fn load(simd: S, stripe: Self::Stripe, register: usize, pad: Self::Item) -> Self::Item;
    /// Asks for the rows of a stripe some way after this one.
    fn prefetch(simd: S, stripe: Self::Stripe);
    /// Whether rows after the last whole stripe reach into a register.
    fn reaches(self, register: usize) -> bool;
    /// A register of the rows after the last whole stripe.
    fn load_rest(self, simd: S, register: usize, pad: Self::Item) -> Self::Item;
    /// The same, where a row may come again: the last rows with some before them.
    #[inline(always)]
    fn load_last(self, simd: S, register: usize, pad: Self::Item) -> Self::Item {
        self.load_rest(simd, register, pad)
    }
}

/// How far ahead a prefetch looks, in bytes. From 4 to 8 KiB are alike.
pub(crate) const AHEAD: usize = 4096;

/// Rows without nulls: values of `T` that feed lanes of `L`.
pub(crate) struct Dense<'a, T: Load<L>, L: Number> {
    stripes: &'a [T::Stripe],
    rest: &'a [T],
    lanes: PhantomData<L>,
}

// Not derived: that would ask for `T: Clone` of types that are only pointed to.
#[allow(clippy::expl_impl_clone_on_copy, reason = "the derived one has other bounds")]
impl<T: Load<L>, L: Number> Clone for Dense<'_, T, L> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Load<L>, L: Number> Copy for Dense<'_, T, L> {}

impl<'a, T: Load<L>, L: Number> Dense<'a, T, L> {
    #[inline(always)]
    pub(crate) fn new(values: &'a [T]) -> Self {
        let (stripes, rest) = T::stripes(values);
        Self { stripes, rest, lanes: PhantomData }
    }
}

impl<'a, S: Simd, T: Load<L>, L: Number> Source<S> for Dense<'a, T, L> {
    type Item = L::Vec<S>;
    type Stripe = &'a T::Stripe;

    #[inline(always)]
    fn stripes(self) -> usize {
        self.stripes.len()
    }
    #[inline(always)]
    fn stripe(self, index: usize) -> &'a T::Stripe {
        &self.stripes[index]
    }
    #[inline(always)]
    fn load(simd: S, stripe: &'a T::Stripe, register: usize, _: L::Vec<S>) -> L::Vec<S> {
        T::load(simd, &stripe.as_ref()[register * L::Vec::<S>::LANES..])
    }
    #[inline(always)]
    fn prefetch(simd: S, stripe: &'a T::Stripe) {
        simd.prefetch(stripe.as_ref(), AHEAD);
    }
    #[inline(always)]
    fn reaches(self, register: usize) -> bool {
        self.rest.len() > register * L::Vec::<S>::LANES
    }
    #[inline(always)]
    fn load_rest(self, simd: S, register: usize, pad: L::Vec<S>) -> L::Vec<S> {
        // An empty slice at the end of the others: a masked load of no lane, where there is no
        // memory, would trap, and be mended by the CPU, in 50 ns.
        let from = self.rest.len().min(register * L::Vec::<S>::LANES);
        T::load_part(simd, &self.rest[from..], pad)
    }
    #[inline(always)]
    fn load_last(self, simd: S, register: usize, pad: L::Vec<S>) -> L::Vec<S> {
        let (len, lanes) = (self.rest.len(), L::Vec::<S>::LANES);
        if lanes <= len && len < (register + 1) * lanes {
            T::load(simd, &self.rest[len - lanes..])
        } else {
            self.load_rest(simd, register, pad)
        }
    }
}

/// Rows with nulls: as [`Dense`], and a bit for each row, unless a fold sees by the values
/// which rows are there.
pub(crate) struct Masked<'a, T: Load<L>, L: Number> {
    dense: Dense<'a, T, L>,
    bits: Option<&'a [u8]>,
}

#[allow(clippy::expl_impl_clone_on_copy, reason = "as above")]
impl<T: Load<L>, L: Number> Clone for Masked<'_, T, L> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Load<L>, L: Number> Copy for Masked<'_, T, L> {}

impl<'a, T: Load<L>, L: Number> Masked<'a, T, L> {
    /// `bits` holds the validity of row `i` at bit `i % 8` of byte `i / 8`, and has room
    /// for a whole tile, or for the run that the rows are.
    #[inline(always)]
    pub(crate) fn new(values: &'a [T], bits: Option<&'a [u8]>) -> Self {
        Self { dense: Dense::new(values), bits }
    }

    /// The values of a register, and `pad` where there are none.
    #[inline(always)]
    fn present<S: Simd>(
        self,
        simd: S,
        stripe: usize,
        register: usize,
        values: L::Vec<S>,
        pad: L::Vec<S>,
    ) -> L::Vec<S> {
        let Some(bits) = self.bits else { return values };
        let lanes = L::Vec::<S>::LANES;
        let bits = bytes_of(bits, stripe * L::STRIPE + register * lanes, lanes);
        // A stripe begins with a byte of its own.
        let mask = L::Vec::<S>::mask_from(simd, bits, register * lanes % 8);
        values.select(mask, pad)
    }
}

/// The validity of so many rows from one on, which is a multiple of that: some whole bytes,
/// or a part of one.
#[inline(always)]
fn bytes_of(bits: &[u8], row: usize, rows: usize) -> u64 {
    // The number of chunks is a power of two, which the compiler knows from the array that was
    // borrowed: no check, which would keep it from unrolling the loop over registers, no wrap.
    let at = row / 8;
    match rows / 8 {
        8 => u64::from_le_bytes(at_wrapped(bits.as_chunks().0, at / 8)),
        4 => u32::from_le_bytes(at_wrapped(bits.as_chunks().0, at / 4)).into(),
        2 => u16::from_le_bytes(at_wrapped(bits.as_chunks().0, at / 2)).into(),
        _ => at_wrapped(bits, at).into(),
    }
}

#[inline(always)]
fn at_wrapped<T: Copy>(values: &[T], index: usize) -> T {
    values[index % values.len()]
}

/// The validity of so many rows from one on, which is a multiple of that, from the lowest
/// bit on; above it there may be that of others.
#[inline(always)]
pub(crate) fn validity(bits: &[u8], row: usize, rows: usize) -> u64 {
    bytes_of(bits, row, rows) >> (row % 8)
}

impl<'a, S: Simd, T: Load<L>, L: Number> Source<S> for Masked<'a, T, L> {
    type Item = L::Vec<S>;
    type Stripe = (Self, usize, &'a T::Stripe);

    #[inline(always)]
    fn stripes(self) -> usize {
        Source::<S>::stripes(self.dense)
    }
    #[inline(always)]
    fn stripe(self, index: usize) -> Self::Stripe {
        (self, index, Source::<S>::stripe(self.dense, index))
    }
    #[inline(always)]
    fn load(simd: S, stripe: Self::Stripe, register: usize, pad: L::Vec<S>) -> L::Vec<S> {
        let (rows, index, values) = stripe;
        let values = Dense::<T, L>::load(simd, values, register, pad);
        rows.present(simd, index, register, values, pad)
    }
    #[inline(always)]
    fn prefetch(simd: S, stripe: Self::Stripe) {
        Dense::<T, L>::prefetch(simd, stripe.2);
    }
    #[inline(always)]
    fn reaches(self, register: usize) -> bool {
        Source::<S>::reaches(self.dense, register)
    }
    #[inline(always)]
    fn load_rest(self, simd: S, register: usize, pad: L::Vec<S>) -> L::Vec<S> {
        let stripe = Source::<S>::stripes(self.dense);
        let values = self.dense.load_rest(simd, register, pad);
        self.present(simd, stripe, register, values, pad)
    }
}

/// Two columns side by side, of the same length and with the same rows present.
#[derive(Clone, Copy)]
pub(crate) struct Zip<A, B>(pub(crate) A, pub(crate) B);

impl<S: Simd, A: Source<S>, B: Source<S>> Source<S> for Zip<A, B> {
    type Item = (A::Item, B::Item);
    type Stripe = (A::Stripe, B::Stripe);

    #[inline(always)]
    fn stripes(self) -> usize {
        self.0.stripes()
    }
    #[inline(always)]
    fn stripe(self, index: usize) -> Self::Stripe {
        (self.0.stripe(index), self.1.stripe(index))
    }
    #[inline(always)]
    fn load(simd: S, stripe: Self::Stripe, register: usize, pad: Self::Item) -> Self::Item {
        (A::load(simd, stripe.0, register, pad.0), B::load(simd, stripe.1, register, pad.1))
    }
    #[inline(always)]
    fn prefetch(simd: S, stripe: Self::Stripe) {
        A::prefetch(simd, stripe.0);
        B::prefetch(simd, stripe.1);
    }
    #[inline(always)]
    fn reaches(self, register: usize) -> bool {
        self.0.reaches(register)
    }
    #[inline(always)]
    fn load_rest(self, simd: S, register: usize, pad: Self::Item) -> Self::Item {
        (self.0.load_rest(simd, register, pad.0), self.1.load_rest(simd, register, pad.1))
    }
}
