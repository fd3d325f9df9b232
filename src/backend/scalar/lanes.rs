//! Vectors of the scalar backend: arrays, one implementation for all types of lanes.

use super::Scalar;
use crate::backend::{FloatVector, Vector};
use core::fmt::Debug;
use core::ops;

/// What differs between the types of lanes.
pub trait Lane: Copy + PartialOrd + Debug {
    /// `self + other`: integers wrap.
    fn add(self, other: Self) -> Self;
    /// `self - other`: integers wrap.
    fn sub(self, other: Self) -> Self;
    /// The bits that are set in both; those of a float are its encoding.
    fn and(self, other: Self) -> Self;
    /// The bits that are set in either.
    fn or(self, other: Self) -> Self;
    /// The bits that are set in one alone.
    fn xor(self, other: Self) -> Self;
    /// The encoding plus 1.
    fn next(self) -> Self;
}

macro_rules! lanes {
    ($($T:ident |$a:ident, $b:ident| $add:expr, $sub:expr, $and:expr, $or:expr, $xor:expr, $next:expr;)*) => {$(
        impl Lane for $T {
            #[inline(always)]
            fn add(self, $b: Self) -> Self {
                let $a = self;
                $add
            }
            #[inline(always)]
            fn sub(self, $b: Self) -> Self {
                let $a = self;
                $sub
            }
            #[inline(always)]
            fn and(self, $b: Self) -> Self {
                let $a = self;
                $and
            }
            #[inline(always)]
            fn or(self, $b: Self) -> Self {
                let $a = self;
                $or
            }
            #[inline(always)]
            fn xor(self, $b: Self) -> Self {
                let $a = self;
                $xor
            }
            #[inline(always)]
            fn next(self) -> Self {
                let $a = self;
                $next
            }
        }
    )*};
    (integers $($T:ident)*) => {
        lanes! { $($T |a, b| a.wrapping_add(b), a.wrapping_sub(b), a & b, a | b, a ^ b, a.wrapping_add(1);)* }
    };
    (floats $($T:ident)*) => {
        lanes! { $(
            $T |a, b| a + b, a - b,
                $T::from_bits(a.to_bits() & b.to_bits()),
                $T::from_bits(a.to_bits() | b.to_bits()),
                $T::from_bits(a.to_bits() ^ b.to_bits()),
                $T::from_bits(a.to_bits().wrapping_add(1));
        )* }
    };
}

lanes! { integers i8 i16 i32 i64 u8 u16 u32 u64 }
lanes! { floats f32 f64 }

/// An array of lanes.
#[derive(Clone, Copy, Debug)]
pub struct Lanes<T, const N: usize>(pub(super) [T; N]);

impl<T: Copy, const N: usize> Lanes<T, N> {
    #[inline(always)]
    pub(super) fn zip(self, other: Self, f: impl Fn(T, T) -> T) -> Self {
        Self(core::array::from_fn(
            #[inline(always)]
            |i| f(self.0[i], other.0[i]),
        ))
    }

    /// The halving tree.
    #[inline(always)]
    fn fold(mut self, f: impl Fn(T, T) -> T) -> T {
        let mut half = N / 2;
        while half > 0 {
            for i in 0..half {
                self.0[i] = f(self.0[i], self.0[i + half]);
            }
            half /= 2;
        }
        self.0[0]
    }
}

impl<T: Lane, const N: usize> Vector<Scalar, T> for Lanes<T, N> {
    const LANES: usize = N;
    type Mask = [bool; N];

    #[inline(always)]
    fn splat(_: Scalar, value: T) -> Self {
        Self([value; N])
    }
    #[inline(always)]
    fn load(_: Scalar, values: &[T]) -> Self {
        Self(*values.first_chunk().expect("a load of at least LANES values"))
    }
    #[inline(always)]
    fn load_part(_: Scalar, values: &[T], pad: Self) -> Self {
        Self(core::array::from_fn(
            #[inline(always)]
            |i| *values.get(i).unwrap_or(&pad.0[i]),
        ))
    }
    #[inline(always)]
    fn store(self, to: &mut [T]) {
        *to.first_chunk_mut().expect("a store to at least LANES places") = self.0;
    }
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        self.zip(other, T::add)
    }
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        self.zip(other, T::sub)
    }
    #[inline(always)]
    fn min(self, other: Self) -> Self {
        self.zip(other, lesser)
    }
    #[inline(always)]
    fn max(self, other: Self) -> Self {
        self.zip(other, greater)
    }
    #[inline(always)]
    fn and(self, other: Self) -> Self {
        self.zip(other, T::and)
    }
    #[inline(always)]
    fn or(self, other: Self) -> Self {
        self.zip(other, T::or)
    }
    #[inline(always)]
    fn xor(self, other: Self) -> Self {
        self.zip(other, T::xor)
    }
    #[inline(always)]
    fn lt(self, other: Self) -> Self::Mask {
        core::array::from_fn(
            #[inline(always)]
            |i| self.0[i] < other.0[i],
        )
    }
    #[inline(always)]
    fn eq(self, other: Self) -> Self::Mask {
        core::array::from_fn(
            #[inline(always)]
            |i| self.0[i] == other.0[i],
        )
    }
    #[inline(always)]
    fn both(_: Scalar, one: Self::Mask, other: Self::Mask) -> Self::Mask {
        core::array::from_fn(
            #[inline(always)]
            |i| one[i] & other[i],
        )
    }
    #[inline(always)]
    fn either(_: Scalar, one: Self::Mask, other: Self::Mask) -> Self::Mask {
        core::array::from_fn(
            #[inline(always)]
            |i| one[i] | other[i],
        )
    }
    #[inline(always)]
    fn bits(_: Scalar, mask: Self::Mask) -> u64 {
        let mut bits = 0;
        for i in 0..N {
            bits |= u64::from(mask[i]) << i;
        }
        bits
    }
    #[inline(always)]
    fn mask_from(_: Scalar, bits: u64, from: usize) -> Self::Mask {
        core::array::from_fn(
            #[inline(always)]
            |i| bits >> (from + i) & 1 == 1,
        )
    }
    #[inline(always)]
    fn select(self, mask: Self::Mask, other: Self) -> Self {
        Self(core::array::from_fn(
            #[inline(always)]
            |i| if mask[i] { self.0[i] } else { other.0[i] },
        ))
    }
    #[inline(always)]
    fn keep_unless(self, _: Scalar, mask: Self::Mask, to: &mut [T]) -> usize {
        let to: &mut [T; N] = to.first_chunk_mut().expect("a store to at least LANES places");
        let mut count = 0;
        for i in 0..N {
            // Not beyond the end: `count` is at most `i`.
            to[count % N] = self.0[i];
            count += usize::from(!mask[i]);
        }
        count
    }
    #[inline(always)]
    fn tally(self, mask: Self::Mask) -> Self {
        Self(core::array::from_fn(
            #[inline(always)]
            |i| if mask[i] { self.0[i].next() } else { self.0[i] },
        ))
    }
    #[inline(always)]
    fn fold_add(self) -> T {
        self.fold(T::add)
    }
    #[inline(always)]
    fn fold_min(self) -> T {
        self.fold(lesser)
    }
    #[inline(always)]
    fn fold_max(self) -> T {
        self.fold(greater)
    }
}

#[inline(always)]
fn lesser<T: PartialOrd>(a: T, b: T) -> T {
    if a < b { a } else { b }
}

#[inline(always)]
fn greater<T: PartialOrd>(a: T, b: T) -> T {
    if a > b { a } else { b }
}

impl<T, const N: usize> FloatVector<Scalar, T> for Lanes<T, N>
where
    T: Lane + ops::Mul<Output = T> + ops::Div<Output = T>,
{
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        self.zip(other, ops::Mul::mul)
    }
    #[inline(always)]
    fn div(self, other: Self) -> Self {
        self.zip(other, ops::Div::div)
    }
    type One = ();
    #[inline(always)]
    fn one(_: Scalar) {}
}
