//! Squares and spreads of integers.

use super::Squares;
use crate::backend::Simd;
use crate::integer::{self, Wide};
use crate::row::NumericRow;
use crate::tile::Tile;

/// The spread of integers: exact sums.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct IntegerSpread {
    count: u64,
    sum: i128,
    squares: Wide,
}

macro_rules! integers {
    ($($T:ident $Sum:ident $narrow:ident $squares:ident;)*) => {$(
        impl Squares for $T {
            type SquareTotal = Wide;
            type SumOfSquares = $Sum;
            type Spread = IntegerSpread;
            const NO_SQUARES: Wide = Wide::ZERO;
            const NO_SPREAD: IntegerSpread =
                IntegerSpread { count: 0, sum: 0, squares: Wide::ZERO };

            #[inline(always)]
            fn add_squares<R, S>(total: &mut Wide, tile: &Tile<'_, R, S>)
            where
                R: NumericRow<Value = $T>,
                S: Simd,
            {
                *total = total.plus(tile.with_values(
                    0,
                    #[inline(always)]
                    |values| $squares(values.iter().map(|&x| x.$narrow().into())),
                ));
            }
            #[inline(always)]
            fn merge_squares(total: &mut Wide, other: &Wide) {
                *total = total.plus(*other);
            }
            #[inline(always)]
            fn sum_of_squares(total: &Wide) -> $Sum {
                total.saturate()
            }
            #[inline(always)]
            fn add_spread<R, S>(spread: &mut IntegerSpread, tile: &Tile<'_, R, S>)
            where
                R: NumericRow<Value = $T>,
                S: Simd,
            {
                spread.count += tile.count() as u64;
                spread.sum += tile.sum();
                Self::add_squares(&mut spread.squares, tile);
            }
            #[inline(always)]
            fn merge_spread(spread: &mut IntegerSpread, other: &IntegerSpread) {
                spread.count = spread.count.saturating_add(other.count);
                spread.sum = spread.sum.saturating_add(other.sum);
                spread.squares = spread.squares.plus(other.squares);
            }
            #[inline(always)]
            fn variance(spread: &IntegerSpread, ddof: u64) -> Option<f64> {
                let &IntegerSpread { count, sum, squares } = spread;
                (ddof < count).then(|| integer::variance(count, sum, squares, ddof))
            }
            #[inline(always)]
            fn spread_mean(spread: &IntegerSpread) -> f64 {
                <$T as crate::sum::Summable>::mean(&spread.sum, spread.count)
            }
        }
    )*};
}

integers! {
    i8 u64 unsigned_abs small_squares;
    u8 u64 magnitude small_squares;
    i16 u64 unsigned_abs half_squares;
    u16 u64 magnitude half_squares;
    i32 u128 unsigned_abs squares;
    u32 u128 magnitude squares;
    i64 u128 unsigned_abs wide_squares;
    u64 u128 magnitude wide_squares;
}

/// `unsigned_abs` for what is unsigned.
trait Magnitude: Sized {
    #[inline(always)]
    fn magnitude(self) -> Self {
        self
    }
}

impl Magnitude for u8 {}
impl Magnitude for u16 {}
impl Magnitude for u32 {}
impl Magnitude for u64 {}

// Each sum is one of at most a tile of magnitudes, and cannot overflow.

/// Magnitudes of 8 bits: at most 2¹³ squares below 2¹⁶.
#[inline(always)]
fn small_squares(magnitudes: impl Iterator<Item = u32>) -> Wide {
    Wide::from_unsigned(u128::from(magnitudes.map(|x| x * x).sum::<u32>()))
}

/// Magnitudes of 16 bits.
#[inline(always)]
fn half_squares(magnitudes: impl Iterator<Item = u32>) -> Wide {
    Wide::from_unsigned(u128::from(magnitudes.map(|x| u64::from(x * x)).sum::<u64>()))
}

/// Magnitudes of 32 bits: the halves of their squares are added apart.
#[inline(always)]
fn squares(magnitudes: impl Iterator<Item = u64>) -> Wide {
    let (low, high) = magnitudes.map(|x| x * x).fold(
        (0_u64, 0_u64),
        #[inline(always)]
        |(low, high), square| (low + (square & 0xffff_ffff), high + (square >> 32)),
    );
    Wide::from_unsigned(u128::from(low) + (u128::from(high) << 32))
}

/// Magnitudes of 64 bits, likewise.
#[inline(always)]
fn wide_squares(magnitudes: impl Iterator<Item = u128>) -> Wide {
    let (low, high) = magnitudes.map(|x| x * x).fold(
        (0_u128, 0_u128),
        #[inline(always)]
        |(low, high), square| (low + (square & u128::from(u64::MAX)), high + (square >> 64)),
    );
    Wide::from_parts(low, high)
}
