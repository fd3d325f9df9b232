//! Products of integers of up to 32 bits, in lanes.
//!
//! One instruction multiplies 16-bit numbers and adds the products by pairs (`pmaddwd`). Bytes
//! are split into those at even and at odd places, each a 16-bit number; two products of bytes
//! are so small that a lane holds those of a tile. Two of 16 bits fill a lane, and are summed as
//! [`Sum`](crate::Sum) sums an `i32`: modulo 2³², and their upper halves. Products of 32 bits have 64,
//! and are summed as rows of 64 bits are.

use crate::backend::{Backend, Simd, Vector};
use crate::lanes::LaneFold;
use crate::row::NumericRow;
use crate::sum::Summable;
use crate::tile::Tile;
use core::marker::PhantomData;

/// Integers whose products are summed in lanes.
pub(super) trait NarrowProducts: Sized {
    /// The sum of the products of a tile.
    fn of_tile<A, B, S>(tile: &Tile<'_, (A, B), S>) -> i128
    where
        A: NumericRow<Value = Self>,
        B: NumericRow<Value = Self>,
        S: Simd;
}

/// The lanes.
struct Narrow<T>(PhantomData<T>);

macro_rules! bytes {
    ($($T:ident $Vec:ident $halves:ident)*) => {$(
        /// A lane adds at most 512 products (AVX-512) to 2,048 of a tile, and all lanes 8,192: none
        /// leaves the range of an `i32`.
        impl<S: Simd> LaneFold<S, (S::$Vec, S::$Vec)> for Narrow<$T> {
            type Lanes = S::I32;
            const REGISTERS: usize = 2;

            #[inline(always)]
            fn identity(&self, simd: S) -> S::I32 {
                Vector::splat(simd, 0)
            }
            #[inline(always)]
            fn step(
                &self,
                simd: S,
                lanes: S::I32,
                load: impl Fn((S::$Vec, S::$Vec)) -> (S::$Vec, S::$Vec),
            ) -> S::I32 {
                let zero = Vector::splat(simd, 0);
                let (x, y) = load((zero, zero));
                let (x, y) = (simd.$halves(x), simd.$halves(y));
                let products = simd.multiply_pairs(x.0, y.0).add(simd.multiply_pairs(x.1, y.1));
                lanes.add(products)
            }
            #[inline(always)]
            fn join(&self, one: S::I32, other: S::I32) -> S::I32 {
                one.add(other)
            }
        }

        impl NarrowProducts for $T {
            #[inline(always)]
            fn of_tile<A, B, S>(tile: &Tile<'_, (A, B), S>) -> i128
            where
                A: NumericRow<Value = $T>,
                B: NumericRow<Value = $T>,
                S: Simd,
            {
                tile.fold(&Narrow::<$T>(PhantomData)).fold_add().into()
            }
        }
    )*};
}

bytes! { i8 I8 halves_i8 u8 U8 halves_u8 }

/// Two products of `i16` come to at least -2³¹ + 2¹⁶ and at most 2³¹: so much less is an `i32`, and
/// is summed as such.
const BIAS: i32 = 1 << 16;

impl<S: Simd> LaneFold<S, (S::I16, S::I16)> for Narrow<i16> {
    /// Sums, and registers that were added.
    type Lanes = (<i32 as Summable>::SumLanes<S>, u64);
    const REGISTERS: usize = 3;

    #[inline(always)]
    fn identity(&self, simd: S) -> Self::Lanes {
        (<i32 as Summable>::no_lanes(simd), 0)
    }
    #[inline(always)]
    fn step(
        &self,
        simd: S,
        lanes: Self::Lanes,
        load: impl Fn((S::I16, S::I16)) -> (S::I16, S::I16),
    ) -> Self::Lanes {
        let zero = Vector::splat(simd, 0);
        let (x, y) = load((zero, zero));
        let biased = simd.multiply_pairs(x, y).sub(Vector::splat(simd, BIAS));
        (<i32 as Summable>::add_lanes(simd, lanes.0, biased), lanes.1 + 1)
    }
    #[inline(always)]
    fn join(&self, one: Self::Lanes, other: Self::Lanes) -> Self::Lanes {
        (<i32 as Summable>::join_lanes::<S>(one.0, other.0), one.1 + other.1)
    }
}

/// CPUs have no such instruction for these, and compilers know what is next best.
impl NarrowProducts for u16 {
    #[inline(always)]
    fn of_tile<A, B, S>(tile: &Tile<'_, (A, B), S>) -> i128
    where
        A: NumericRow<Value = u16>,
        B: NumericRow<Value = u16>,
        S: Simd,
    {
        let mut sum = 0;
        tile.for_each(
            #[inline(always)]
            |x, y| sum += u64::from(u32::from(x) * u32::from(y)),
        );
        sum.into()
    }
}

impl NarrowProducts for i16 {
    #[inline(always)]
    fn of_tile<A, B, S>(tile: &Tile<'_, (A, B), S>) -> i128
    where
        A: NumericRow<Value = i16>,
        B: NumericRow<Value = i16>,
        S: Simd,
    {
        let (lanes, registers) = tile.fold(&Narrow::<i16>(PhantomData));
        let biases = i128::from(registers) * S::I32::LANES as i128 * i128::from(BIAS);
        <i32 as Summable>::total::<S>(lanes) + biases
    }
}

/// Of 2,048 products, of at most 2⁶² with a sign and below 2⁶⁴ without, the sums of the upper parts are at
/// most 2⁵⁷ and below 2⁴³, and those of the lower parts below 2⁵⁹ and 2⁴³.
macro_rules! words {
    ($($T:ident $Vec:ident $Long:ident $products:ident)*) => {$(
        impl<S: Simd> LaneFold<S, (S::$Vec, S::$Vec)> for Narrow<$T> {
            type Lanes = <$Long as Summable>::SumLanes<S>;
            const REGISTERS: usize = <$Long as Summable>::SUM_REGISTERS + 1;
            const ANY_LANE: bool = true;

            #[inline(always)]
            fn identity(&self, simd: S) -> Self::Lanes {
                <$Long as Summable>::no_lanes(simd)
            }
            #[inline(always)]
            fn step(
                &self,
                simd: S,
                lanes: Self::Lanes,
                load: impl Fn((S::$Vec, S::$Vec)) -> (S::$Vec, S::$Vec),
            ) -> Self::Lanes {
                let zero = Vector::splat(simd, 0);
                let (x, y) = load((zero, zero));
                let (evens, odds) = simd.$products(x, y);
                let lanes = <$Long as Summable>::add_lanes(simd, lanes, evens);
                <$Long as Summable>::add_lanes(simd, lanes, odds)
            }
            #[inline(always)]
            fn join(&self, one: Self::Lanes, other: Self::Lanes) -> Self::Lanes {
                <$Long as Summable>::join_lanes::<S>(one, other)
            }
        }

        impl NarrowProducts for $T {
            #[inline(always)]
            fn of_tile<A, B, S>(tile: &Tile<'_, (A, B), S>) -> i128
            where
                A: NumericRow<Value = $T>,
                B: NumericRow<Value = $T>,
                S: Simd,
            {
                if tile.simd().backend() == Backend::SCALAR {
                    // Arrays of lanes take up to twice as long.
                    let mut sum = 0;
                    tile.for_each(
                        #[inline(always)]
                        |x, y| sum += i128::from($Long::from(x) * $Long::from(y)),
                    );
                    return sum;
                }
                <$Long as Summable>::total::<S>(tile.fold(&Narrow::<$T>(PhantomData)))
            }
        }
    )*};
}

words! { i32 I32 i64 products_i32 u32 U32 u64 products_u32 }
