//! The lanes of sums, and with AVX-512 full adders in front of those of wide integers.
//!
//! An exact sum of wide integers takes three operations a register: see [`sum`](super). AVX-512 has
//! operations of three operands, two of which are a full adder: of each bit of three numbers, the sum and
//! the carry, which counts twice. Seven full adders (carry-save addition, as in Harley's and Seal's count
//! of bits) make of eight registers one that counts eight times, and leave what counts once, twice and
//! four times to the next eight: 17 operations, not 24. Longer columns than a run take 0.82 to 0.89 of the
//! time so in L1 and L2 (Emerald Rapids), and a run 1.1 times as long, so it goes without; so do sums in
//! a sweep with something else.
//!
//! A full adder is exact with signs, too, for the top bit has one weight in all three. Lanes add what is no
//! more than a tile of rows and seven registers: 2,160 values of 32 bits or 1,080 of 64, whose upper parts,
//! and the rest of each, add up to less than 2²⁸ or 2⁵⁹.

use crate::backend::{Simd, Vector};
use crate::lanes::LaneFold;
use crate::number::Number;
use core::marker::PhantomData;

/// The lanes of a sum.
pub(crate) struct Adds<T>(pub(crate) PhantomData<T>);

impl<S: Simd, T: Number> LaneFold<S, T::Vec<S>> for Adds<T> {
    type Lanes = T::SumLanes<S>;
    const REGISTERS: usize = T::SUM_REGISTERS;
    const ANY_LANE: bool = !T::IS_FLOAT;
    // Not measured again for narrower ones: `u8`, whose step is two operations, once took longer.
    const ALIGNS: bool = !T::IS_FLOAT && (size_of::<T>() >= 4 || S::REGISTERS == 4);
    const TURNS: bool = T::IS_FLOAT;
    const CARRIES: bool = !T::IS_FLOAT && size_of::<T>() >= 4;

    #[inline(always)]
    fn identity(&self, simd: S) -> Self::Lanes {
        T::no_lanes(simd)
    }
    #[inline(always)]
    fn step(
        &self,
        simd: S,
        lanes: Self::Lanes,
        load: impl Fn(T::Vec<S>) -> T::Vec<S>,
    ) -> Self::Lanes {
        T::add_lanes(simd, lanes, load(T::Vec::<S>::splat(simd, T::PAD)))
    }
    #[inline(always)]
    fn join(&self, one: Self::Lanes, other: Self::Lanes) -> Self::Lanes {
        T::join_lanes::<S>(one, other)
    }
    #[inline(always)]
    fn carry(
        &self,
        simd: S,
        eights: usize,
        load: impl Fn(usize, usize, T::Vec<S>) -> T::Vec<S>,
    ) -> Self::Lanes {
        debug_assert!(<Self as LaneFold<S, T::Vec<S>>>::CARRIES, "bits and lanes that count");
        let none = T::Vec::<S>::splat(simd, T::PAD);
        // What counts once, twice and four times, and sums of what counts eight times.
        let (mut ones, mut twos, mut fours) = (none, none, none);
        let mut lanes = T::no_lanes(simd);
        for i in 0..eights {
            let (a, b, c, d, eight);
            (ones, a) = ones.full_add(load(i, 0, none), load(i, 1, none));
            (ones, b) = ones.full_add(load(i, 2, none), load(i, 3, none));
            (ones, c) = ones.full_add(load(i, 4, none), load(i, 5, none));
            (ones, d) = ones.full_add(load(i, 6, none), load(i, 7, none));
            let (four, other);
            (twos, four) = twos.full_add(a, b);
            (twos, other) = twos.full_add(c, d);
            (fours, eight) = fours.full_add(four, other);
            lanes = T::add_lanes(simd, lanes, eight);
        }
        for part in [fours, twos, ones] {
            lanes = T::add_lanes(simd, T::join_lanes::<S>(lanes, lanes), part);
        }
        lanes
    }
}
