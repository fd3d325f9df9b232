//! Squares and spreads of `f32` and `f64`.

use super::Squares;
use crate::backend::{FloatVector, Simd, Vector};
use crate::lanes::LaneFold;
use crate::number::Load;
use crate::row::NumericRow;
use crate::sum::{FloatTotal, Summable, canonical, same, two_sum};
use crate::tile::Tile;
use core::marker::PhantomData;

/// Lanes of `Σx²`.
struct SquareLanes<T>(PhantomData<T>);

macro_rules! square_lanes {
    ($($T:ident $Vec:ident)*) => {$(
        impl<S: Simd> LaneFold<S, S::$Vec> for SquareLanes<$T> {
            type Lanes = S::$Vec;
            const REGISTERS: usize = 1;

            #[inline(always)]
            fn identity(&self, simd: S) -> S::$Vec {
                Vector::splat(simd, -0.0)
            }
            #[inline(always)]
            fn step(
                &self,
                simd: S,
                lanes: S::$Vec,
                load: impl Fn(S::$Vec) -> S::$Vec,
            ) -> S::$Vec {
                // The square of an absent row is +0.0, and a sum of squares is never
                // -0.0 but where there is no row at all.
                let x = load(Vector::splat(simd, 0.0));
                lanes.add(x.mul(x))
            }
            #[inline(always)]
            fn join(&self, one: S::$Vec, other: S::$Vec) -> S::$Vec {
                one.add(other)
            }
        }
    )*};
}

/// Lanes of `Σd` and `Σd²`, where `d = x - pivot`.
///
/// Four float operations a register, of which three would wait for the adders; so one
/// of the three goes to the multipliers.
struct SpreadLanes<S: Simd> {
    pivot: S::F64,
    minus_pivot: S::F64,
    one: <S::F64 as FloatVector<S, f64>>::One,
}

impl<S: Simd> LaneFold<S, S::F64> for SpreadLanes<S> {
    type Lanes = (S::F64, S::F64);
    const REGISTERS: usize = 2;

    #[inline(always)]
    fn identity(&self, simd: S) -> Self::Lanes {
        (Vector::splat(simd, 0.0), Vector::splat(simd, 0.0))
    }
    #[inline(always)]
    fn step(&self, _: S, lanes: Self::Lanes, load: impl Fn(S::F64) -> S::F64) -> Self::Lanes {
        // For an absent row, `d` is 0.
        let d = load(self.pivot).add_aside(self.minus_pivot, self.one);
        (lanes.0.add(d), lanes.1.add(d.mul(d)))
    }
    #[inline(always)]
    fn join(&self, one: Self::Lanes, other: Self::Lanes) -> Self::Lanes {
        (one.0.add(other.0), one.1.add(other.1))
    }
}

/// The spread of floats: their count, mean, and sum of squared deviations from it.
///
/// The mean is `mean + low`: alone, `mean` would stand still as soon as a tile moves it
/// by less than half of its last digit, and every later tile would seem to deviate.
#[derive(Clone, Copy, Debug)]
pub struct FloatSpread {
    count: u64,
    mean: f64,
    low: f64,
    m2: f64,
}

impl PartialEq for FloatSpread {
    /// Whether the bits are the same, or both are NaN, of each number.
    fn eq(&self, other: &Self) -> bool {
        self.count == other.count
            && same(self.mean, other.mean)
            && same(self.low, other.low)
            && same(self.m2, other.m2)
    }
}

impl FloatSpread {
    const NOTHING: Self = Self { count: 0, mean: 0.0, low: 0.0, m2: 0.0 };

    #[inline(always)]
    fn merge(&mut self, other: &Self) {
        if self.count == 0 || other.count == 0 {
            if self.count == 0 {
                *self = *other;
            }
            return;
        }
        let count = self.count.saturating_add(other.count);
        let share = other.count as f64 / count as f64;
        let delta = (other.mean - self.mean) + (other.low - self.low);
        let m2 = self.m2 + other.m2 + delta * delta * (self.count as f64 * share);
        let finite = !self.m2.is_nan() && !other.m2.is_nan();
        self.count = count;
        (self.mean, self.low) = two_sum(self.mean, self.low + delta * share);
        // Means whose difference overflowed: the spread did, too.
        self.m2 = if m2.is_nan() && finite { f64::INFINITY } else { m2 };
    }
}

macro_rules! floats {
    ($($T:ident $Vec:ident)*) => {
        square_lanes! { $($T $Vec)* }
        $(impl Squares for $T {
            type SquareTotal = FloatTotal;
            type SumOfSquares = $T;
            type Spread = FloatSpread;
            const NO_SQUARES: FloatTotal = FloatTotal::NOTHING;
            const NO_SPREAD: FloatSpread = FloatSpread::NOTHING;

            #[inline(always)]
            fn add_squares<R, S>(total: &mut FloatTotal, tile: &Tile<'_, R, S>)
            where
                R: NumericRow<Value = $T>,
                S: Simd,
            {
                total.add(f64::from(tile.fold(&SquareLanes::<$T>(PhantomData)).fold_add()));
            }
            #[inline(always)]
            fn merge_squares(total: &mut FloatTotal, other: &FloatTotal) {
                total.merge(other);
            }
            #[inline(always)]
            fn sum_of_squares(total: &FloatTotal) -> $T {
                <$T as Summable>::sum(total)
            }
            #[inline(always)]
            fn add_spread<R, S>(spread: &mut FloatSpread, tile: &Tile<'_, R, S>)
            where
                R: NumericRow<Value = $T>,
                S: Simd,
            {
                spread.merge(&tile_spread(tile));
            }
            #[inline(always)]
            fn merge_spread(spread: &mut FloatSpread, other: &FloatSpread) {
                spread.merge(other);
            }
            #[inline(always)]
            fn variance(spread: &FloatSpread, ddof: u64) -> Option<f64> {
                let degrees = spread.count.checked_sub(ddof).filter(|&degrees| degrees > 0)?;
                Some(canonical(spread.m2 / degrees as f64))
            }
        })*
    };
}

floats! { f32 F32 f64 F64 }

/// The spread of a tile that has a row.
#[inline(always)]
fn tile_spread<R, S>(tile: &Tile<'_, R, S>) -> FloatSpread
where
    R: NumericRow<Value: Load<f64> + Into<f64>>,
    S: Simd,
{
    let pivot: f64 = tile.first().map_or(0.0, Into::into);
    let simd = tile.simd();
    let (sum, squares) = tile.fold_as::<f64, _>(&SpreadLanes {
        pivot: Vector::splat(simd, pivot),
        minus_pivot: Vector::splat(simd, -pivot),
        one: S::F64::one(simd),
    });
    let (sum, squares) = (sum.fold_add(), squares.fold_add());
    let count = tile.count() as u64;
    let offset = sum / count as f64;
    let m2 = squares - sum * offset;
    if !m2.is_finite() {
        return wide_spread(tile);
    }
    // Rounding may take it below 0 by a little.
    let m2 = if m2 < 0.0 { 0.0 } else { m2 };
    let (mean, low) = two_sum(pivot, offset);
    FloatSpread { count, mean, low, m2 }
}

/// The spread of a tile with distances to its first value that overflow when squared, or
/// with values that are not finite: by the definition, in two passes of plain code.
#[cold]
#[inline(never)]
fn wide_spread<R, S>(tile: &Tile<'_, R, S>) -> FloatSpread
where
    R: NumericRow<Value: Into<f64>>,
    S: Simd,
{
    let count = tile.count() as u64;
    let (mut mean, mut m2) = (0.0, 0.0);
    tile.for_each(|x| mean += x.into() / count as f64);
    tile.for_each(|x| {
        let deviation = x.into() - mean;
        m2 += deviation * deviation;
    });
    FloatSpread { count, mean, low: 0.0, m2 }
}
