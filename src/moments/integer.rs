//! Squares and spreads of integers.
//!
//! Squares of up to 32 bits are taken in lanes, by the multiplications that CPUs have: of
//! neighbouring signed 16-bit numbers, whose two squares come added up in 32 bits, and of
//! signed 32-bit numbers, whose square has 64. `u8` is widened to the former. Types of the
//! other sign are shifted into those by a constant `c`, and with `b = x - c`,
//!
//! `Σx² = Σb² + 2c · Σx - n c²`,
//!
//! where the sum comes from the same sweep: the variance needs it anyway. What is not there
//! takes part as `c`, so that its `b` is 0. What the multiplications give is added up as
//! rows of `u32` and `u64` are: see [`sum`](crate::sum).

use super::Squares;
use crate::aggregate::SHORT;
use crate::backend::{Simd, Vector};
use crate::integer::{self, OfSquares, Wide, WideTotal};
use crate::lanes::{LaneFold, digits};
use crate::number::Number;
use crate::row::NumericRow;
use crate::stored::stored;
use crate::sum::{IntegerTotal, Summable};
use crate::tile::Tile;
use core::marker::PhantomData;

/// The spread of integers: exact sums.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct IntegerSpread<T> {
    count: u64,
    sum: IntegerTotal<T>,
    squares: Wide,
}

stored! {
    [T: crate::kind::Integer] IntegerSpread<T> as "IntegerSpread" |it| {
        v = 1,
        count: Rows = it.count,
        sum: Itself<IntegerTotal<T>> = it.sum,
        squares: WideWords = it.squares,
    }
    refuses {
        sum if !sum.is_of(count), "not a sum of as many rows";
        squares if !integer::possible::is_spread(count, sum.sum, squares),
            "not of as many rows of that sum";
        squares if !squares.is_sum_of(0, integer::possible::square_bound::<T>()),
            "more than 2⁶³ rows";
    }
    => IntegerSpread { count, sum, squares }
}

/// The squares of a tile.
trait TileSquares: Number {
    /// Their sum.
    fn squares<R: NumericRow<Value = Self>, S: Simd>(tile: &Tile<'_, R, S>) -> Wide;
    /// The `c` of the file's essay.
    const C: Self;
    /// The sum of the rows, and that of their squares.
    fn sums<R: NumericRow<Value = Self>, S: Simd>(tile: &Tile<'_, R, S>) -> (i128, Wide);
    /// The same of a column so short that plain code is faster; `None` for any other, and where
    /// the numbers are too great for it.
    #[inline(always)]
    fn short_sums(values: &[Self]) -> Option<(i128, Wide)> {
        let _ = values;
        None
    }
}

macro_rules! integers {
    ($($T:ident $Sum:ident)*) => {$(
        impl Squares for $T {
            type SquareTotal = WideTotal<OfSquares<$T>>;
            type SumOfSquares = $Sum;
            type Spread = IntegerSpread<$T>;
            const NO_SQUARES: Self::SquareTotal = WideTotal::ZERO;
            const NO_SPREAD: Self::Spread =
                IntegerSpread { count: 0, sum: Self::NOTHING, squares: Wide::ZERO };

            #[inline(always)]
            fn add_squares<R, S>(total: &mut Self::SquareTotal, tile: &Tile<'_, R, S>)
            where
                R: NumericRow<Value = $T>,
                S: Simd,
            {
                total.add(Self::squares(tile));
            }
            #[inline(always)]
            fn merge_squares(total: &mut Self::SquareTotal, other: &Self::SquareTotal) {
                total.add(other.total);
            }
            #[inline(always)]
            fn sum_of_squares(total: &Self::SquareTotal) -> $Sum {
                total.total.saturate()
            }
            #[inline(always)]
            fn short_squares(values: &[$T]) -> Option<$Sum> {
                // Not inlined, for that is too much code for every caller.
                #[inline(never)]
                fn squares(values: &[$T]) -> $Sum {
                    let magnitudes = values.iter().map(|x| $Sum::from(x.abs_diff(0)));
                    magnitudes.fold(0, |sum, x| sum.saturating_add(x * x))
                }
                (values.len() <= SHORT).then(|| squares(values))
            }
            #[inline(always)]
            fn add_spread<R, S>(spread: &mut Self::Spread, tile: &Tile<'_, R, S>)
            where
                R: NumericRow<Value = $T>,
                S: Simd,
            {
                let (sum, squares) = Self::sums(tile);
                spread.count = spread.count.saturating_add(tile.count() as u64);
                Self::add_tile(&mut spread.sum, sum);
                spread.squares = spread.squares.plus(squares);
            }
            #[inline(always)]
            fn short_spread(values: &[$T]) -> Option<Self::Spread> {
                let (total, squares) = Self::short_sums(values)?;
                let mut sum = Self::NOTHING;
                Self::add_tile(&mut sum, total);
                Some(IntegerSpread { count: values.len() as u64, sum, squares })
            }
            #[inline(always)]
            fn merge_spread(spread: &mut Self::Spread, other: &Self::Spread) {
                spread.count = spread.count.saturating_add(other.count);
                Self::add_total(&mut spread.sum, &other.sum);
                spread.squares = spread.squares.plus(other.squares);
            }
            #[inline(always)]
            fn variance(spread: &Self::Spread, ddof: u64) -> Option<f64> {
                let &IntegerSpread { count, sum, squares } = spread;
                (ddof < count).then(|| integer::variance(count, sum.sum, squares, ddof))
            }
            #[inline(always)]
            fn spread_mean(spread: &Self::Spread) -> f64 {
                Self::mean(&spread.sum, spread.count)
            }
        }
    )*};
}

integers! { i8 u64 u8 u64 i16 u64 u16 u64 i32 u128 u32 u128 i64 u128 u64 u128 }

/// The lanes of `Σb²`.
struct SquareLanes<T>(PhantomData<T>);

/// For each type, how its squares are added to lanes: as `lanes` of how many registers,
/// which `add` and `join` keep and `total` folds; and the `c` of the file's essay.
macro_rules! lanes {
    ($(
        $T:ident c $c:literal, lanes $Lanes:ty, $registers:expr,
        no |$no_simd:ident| $no:expr,
        add |$simd:ident, $to:ident, $x:ident| $add:expr,
        join |$one:ident, $other:ident| $join:expr,
        total |$lanes:ident| $total:expr;
    )*) => {$(
        impl<S: Simd> LaneFold<S, <$T as Number>::Vec<S>> for SquareLanes<$T> {
            type Lanes = $Lanes;
            const REGISTERS: usize = $registers;

            #[inline(always)]
            fn identity(&self, $no_simd: S) -> $Lanes {
                $no
            }
            #[inline(always)]
            fn step(
                &self,
                $simd: S,
                $to: $Lanes,
                load: impl Fn(<$T as Number>::Vec<S>) -> <$T as Number>::Vec<S>,
            ) -> $Lanes {
                let $x = load(Vector::splat($simd, <$T>::C));
                $add
            }
            #[inline(always)]
            fn join(&self, $one: $Lanes, $other: $Lanes) -> $Lanes {
                $join
            }
        }

        impl TileSquares for $T {
            const C: $T = $c;

            #[inline(always)]
            fn squares<R: NumericRow<Value = $T>, S: Simd>(tile: &Tile<'_, R, S>) -> Wide {
                if Self::C != 0 {
                    return Self::sums(tile).1;
                }
                let $lanes = tile.fold(&SquareLanes::<$T>(PhantomData));
                let total: i128 = $total;
                Wide::from_signed(total)
            }
            #[inline(always)]
            fn sums<R: NumericRow<Value = $T>, S: Simd>(tile: &Tile<'_, R, S>) -> (i128, Wide) {
                let (sum, $lanes) = tile.sum_and(SquareLanes::<$T>(PhantomData));
                let (total, c): (i128, i128) = ($total, Self::C.into());
                (sum, Wide::from_signed(total + 2 * c * sum - c * c * tile.count() as i128))
            }
        }
    )*};
}

lanes! {
    // At most 2¹³ squares below 2¹⁶: 32 bits hold the sum.
    u8 c 0, lanes S::U32, 1,
        no |simd| Vector::splat(simd, 0),
        add |simd, lanes, x| lanes.add(simd.square_quads(x)),
        join |one, other| one.add(other),
        total |lanes| i128::from(lanes.fold_add());
    i8 c -128, lanes S::U32, 1,
        no |simd| Vector::splat(simd, 0),
        add |simd, lanes, x| lanes.add(simd.square_quads(simd.bias_i8(x))),
        join |one, other| one.add(other),
        total |lanes| i128::from(lanes.fold_add());
    i16 c 0, lanes <u32 as Summable>::SumLanes<S>, u32::SUM_REGISTERS,
        no |simd| u32::no_lanes(simd),
        add |simd, lanes, x| u32::add_lanes(simd, lanes, simd.square_pairs_i16(x)),
        join |one, other| u32::join_lanes::<S>(one, other),
        total |lanes| u32::total::<S>(lanes);
    u16 c 0x8000, lanes <u32 as Summable>::SumLanes<S>, u32::SUM_REGISTERS,
        no |simd| u32::no_lanes(simd),
        add |simd, lanes, x| {
            u32::add_lanes(simd, lanes, simd.square_pairs_i16(simd.bias_u16(x)))
        },
        join |one, other| u32::join_lanes::<S>(one, other),
        total |lanes| u32::total::<S>(lanes);
    i32 c 0, lanes <u64 as Summable>::SumLanes<S>, u64::SUM_REGISTERS,
        no |simd| u64::no_lanes(simd),
        add |simd, lanes, x| u64::add_lanes(simd, lanes, simd.square_pairs_i32(x)),
        join |one, other| u64::join_lanes::<S>(one, other),
        total |lanes| u64::total::<S>(lanes);
    u32 c 0x8000_0000, lanes <u64 as Summable>::SumLanes<S>, u64::SUM_REGISTERS,
        no |simd| u64::no_lanes(simd),
        add |simd, lanes, x| {
            u64::add_lanes(simd, lanes, simd.square_pairs_i32(simd.bias_u32(x)))
        },
        join |one, other| u64::join_lanes::<S>(one, other),
        total |lanes| u64::total::<S>(lanes);
}

/// 64 bits: where their digits do not do, no lane holds the squares, and the halves of the squares are added apart. Each
/// sum is one of at most a tile, and cannot overflow.
macro_rules! plain {
    ($($T:ident |$x:ident| $square:expr;)*) => {$(
        impl TileSquares for $T {
            const C: $T = 0;

            #[inline(always)]
            fn squares<R: NumericRow<Value = $T>, S: Simd>(tile: &Tile<'_, R, S>) -> Wide {
                if let Some(sum) = digits::squares(tile) {
                    return Wide::from_signed(sum);
                }
                let (low, high) = tile.with_values(
                    0,
                    #[inline(always)]
                    |values| {
                        let (mut low, mut high) = (0_u128, 0_u128);
                        for &$x in values {
                            let square: u128 = $square;
                            low += square & u128::from(u64::MAX);
                            high += square >> 64;
                        }
                        (low, high)
                    },
                );
                Wide::from_parts(low, high)
            }
            #[inline(always)]
            fn sums<R: NumericRow<Value = $T>, S: Simd>(tile: &Tile<'_, R, S>) -> (i128, Wide) {
                (tile.sum(), Self::squares(tile))
            }
            #[inline(always)]
            fn short_sums(values: &[$T]) -> Option<(i128, Wide)> {
                // Not inlined, for that is too much code for every caller.
                #[allow(clippy::cast_possible_wrap, reason = "what would has too great a square")]
                #[inline(never)]
                fn sums(values: &[$T]) -> Option<(i64, u128)> {
                    let (mut sum, mut squares) = (0_i64, 0_u128);
                    for &$x in values {
                        sum = sum.wrapping_add($x as i64);
                        squares = squares.checked_add($square)?;
                    }
                    // By Cauchy, the sum is below 2^63: no addition to it has wrapped in the end.
                    (squares < 1 << 122).then_some((sum, squares))
                }
                if values.len() > SHORT {
                    return None;
                }
                let (sum, squares) = sums(values)?;
                Some((sum.into(), Wide::from_unsigned(squares)))
            }
        }
    )*};
}

plain! {
    i64 |x| (i128::from(x) * i128::from(x)).cast_unsigned();
    u64 |x| u128::from(x) * u128::from(x);
}
