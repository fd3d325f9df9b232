//! Squares and spreads of `f32` and `f64`.

use super::Squares;
#[cfg(feature = "alloc")]
use crate::aggregate::Aggregate;
use crate::backend::{FloatVector, Simd, Vector};
use crate::lanes::{Sums, Terms, totals};
use crate::number::Load;
use crate::row::NumericRow;
use crate::stored::stored;
use crate::sum::{Magnitudes, Summable, canonical, same, two_sum};
use crate::tile::Tile;
use core::marker::PhantomData;

/// `x²`.
pub(crate) struct Square<T>(pub(crate) PhantomData<T>);

/// `d` and `d²`, where `d = x - pivot`.
///
/// Four float operations a register, of which three would wait for the adders; so one
/// of the three goes to the multipliers.
struct Deviations<S: Simd> {
    pivot: S::F64,
    minus_pivot: S::F64,
    one: <S::F64 as FloatVector<S, f64>>::One,
}

impl<S: Simd> Terms<S, S::F64, 2> for Deviations<S> {
    type Number = f64;
    const START: f64 = 0.0;

    #[inline(always)]
    fn of(&self, _: S, load: impl Fn(S::F64) -> S::F64) -> [S::F64; 2] {
        // For an absent row, `d` is 0.
        let d = load(self.pivot).add_aside(self.minus_pivot, self.one);
        [d, d.mul(d)]
    }
}

/// 2⁻⁶⁴: no sum of a tile overflows whose terms are multiplied by it, and what vanishes is
/// nothing beside the terms that would make it overflow.
pub(crate) const ROOM: f64 = f64::from_bits((1023 - 64) << 52);

/// A mean, and the sum of squared deviations from it.
///
/// The mean is `mean + low`: alone, `mean` would stand still as soon as a tile moves it
/// by less than half of its last digit, and every later tile would seem to deviate.
#[derive(Clone, Copy, Debug)]
pub(crate) struct About {
    pub(crate) mean: f64,
    pub(crate) low: f64,
    pub(crate) m2: f64,
}

impl PartialEq for About {
    /// Whether the bits are the same, or both are NaN, of each number.
    fn eq(&self, other: &Self) -> bool {
        same(self.mean, other.mean) && same(self.low, other.low) && same(self.m2, other.m2)
    }
}

impl About {
    pub(crate) const NOTHING: Self = Self { mean: 0.0, low: 0.0, m2: 0.0 };

    /// Of `n` rows, by the sums of their distances to a number beside the mean, and of the
    /// squares of these.
    #[inline(always)]
    pub(crate) fn beside(pivot: f64, sum: f64, squares: f64, n: f64) -> Self {
        let offset = sum / n;
        let m2 = squares - sum * offset;
        let (mean, low) = two_sum(pivot, offset);
        // Rounding may take it below 0 by a little.
        Self { mean, low, m2: if m2 < 0.0 { 0.0 } else { m2 } }
    }

    /// The same where squares, or the values, may be infinite: an infinity has no place among
    /// means, either.
    pub(crate) fn beside_if_finite(pivot: f64, sum: f64, squares: f64, n: f64) -> Self {
        if squares.is_finite() {
            return Self::beside(pivot, sum, squares, n);
        }
        Self { mean: if pivot.is_finite() { pivot } else { f64::NAN }, low: 0.0, m2: squares }
    }

    /// From one mean to another.
    #[inline(always)]
    pub(crate) fn distance(&self, other: &Self) -> f64 {
        (other.mean - self.mean) + (other.low - self.low)
    }

    /// Chan, Golub and `LeVeque`: of all rows, `share` are the other's, and `own` is the
    /// number, or the weight, of one's own.
    #[inline(always)]
    pub(crate) fn merge(&mut self, other: &Self, own: f64, share: f64) {
        let delta = self.distance(other);
        let m2 = self.m2 + other.m2 + delta * delta * (own * share);
        let finite = !self.m2.is_nan() && !other.m2.is_nan();
        (self.mean, self.low) = two_sum(self.mean, self.low + delta * share);
        // Means whose difference overflowed: the spread did, too.
        self.m2 = if m2.is_nan() && finite { f64::INFINITY } else { m2 };
    }

    /// The mean as one number.
    #[inline(always)]
    pub(crate) fn centre(&self) -> f64 {
        canonical(self.mean + self.low)
    }
}

/// The spread of floats: their count, mean, and sum of squared deviations from it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FloatSpread {
    pub(crate) count: u64,
    pub(crate) about: About,
}

stored! {
    FloatSpread as "FloatSpread" |it| {
        v = 1,
        count: Rows = it.count,
        mean: Real = it.about.mean,
        low: Real = it.about.low,
        m2: Real = it.about.m2,
    }
    refuses {
        mean if count == 0 && !is_zero(mean), "the mean of no rows";
        low if count == 0 && !is_zero(low), "the mean of no rows";
        m2 if count == 0 && !is_zero(m2), "the deviations of no rows";
        low if is_no_rest(mean, low), "not what the mean rounded away";
        m2 if m2.is_sign_negative(), "a sum of squares";
        m2 if m2.is_finite() && !mean.is_finite(), "deviations from what is not finite";
        m2 if m2.is_finite() && m2 > 0.0 && count == 1, "the deviation of one row";
    }
    => FloatSpread { count, about: About { mean, low, m2 } }
}

impl FloatSpread {
    pub(crate) const NOTHING: Self = Self { count: 0, about: About::NOTHING };

    #[inline(always)]
    pub(crate) fn merge(&mut self, other: &Self) {
        if self.count == 0 || other.count == 0 {
            if self.count == 0 {
                *self = *other;
            }
            return;
        }
        let count = self.count.saturating_add(other.count);
        let share = other.count as f64 / count as f64;
        self.about.merge(&other.about, self.count as f64, share);
        self.count = count;
    }

    /// `m2 / (n - ddof)`, where that is positive.
    #[inline(always)]
    pub(crate) fn variance(&self, ddof: u64) -> Option<f64> {
        let degrees = self.count.checked_sub(ddof).filter(|&degrees| degrees > 0)?;
        Some(canonical(self.about.m2 / degrees as f64))
    }
}

macro_rules! floats {
    ($($T:ident $Vec:ident)*) => {
        $(impl<S: Simd> Terms<S, S::$Vec, 1> for Square<$T> {
            type Number = $T;
            const START: $T = -0.0;

            #[inline(always)]
            fn of(&self, simd: S, load: impl Fn(S::$Vec) -> S::$Vec) -> [S::$Vec; 1] {
                // The square of an absent row is +0.0, and a sum of squares is never
                // -0.0 but where there is no row at all.
                let x = load(Vector::splat(simd, 0.0));
                [x.mul(x)]
            }
        }

        impl Squares for $T {
            type SquareTotal = Magnitudes;
            type SumOfSquares = $T;
            type Spread = FloatSpread;
            const NO_SQUARES: Magnitudes = Magnitudes::NOTHING;
            const NO_SPREAD: FloatSpread = FloatSpread::NOTHING;

            #[inline(always)]
            fn add_squares<R, S>(total: &mut Magnitudes, tile: &Tile<'_, R, S>)
            where
                R: NumericRow<Value = $T>,
                S: Simd,
            {
                let [sum] = tile.fold(&Sums(Square::<$T>(PhantomData)));
                total.total.add(f64::from(sum.fold_add()));
            }
            #[inline(always)]
            fn merge_squares(total: &mut Magnitudes, other: &Magnitudes) {
                total.total.merge(&other.total);
            }
            #[inline(always)]
            fn sum_of_squares(total: &Magnitudes) -> $T {
                <$T as Summable>::sum(&total.total)
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
                spread.variance(ddof)
            }
            #[inline(always)]
            fn spread_mean(spread: &FloatSpread) -> f64 {
                spread.about.centre()
            }
            #[cfg(feature = "alloc")]
            #[inline(always)]
            fn roll<A, R, S>(
                aggregate: &A,
                simd: S,
                window: usize,
                column: R::Column<'_>,
                results: &mut [A::Output],
            ) where
                A: Aggregate<R, Partial = FloatSpread>,
                R: NumericRow<Value = $T>,
                S: Simd,
            {
                crate::rolling::spreads::<A, R, S>(aggregate, simd, window, column, results);
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
    let [sum, squares] = totals::<S, f64, 2>(tile.fold_as::<f64, _>(&Sums(Deviations {
        pivot: Vector::splat(simd, pivot),
        minus_pivot: Vector::splat(simd, -pivot),
        one: S::F64::one(simd),
    })));
    let count = tile.count() as u64;
    let about = About::beside(pivot, sum, squares, count as f64);
    if about.m2.is_finite() {
        return FloatSpread { count, about };
    }
    wide_spread(tile.values_there().map(Into::into), count)
}

/// The spread of a tile with distances to its first value that overflow when squared, or
/// with values that are not finite: by the definition, in two passes of plain code.
#[cold]
#[inline(never)]
fn wide_spread(values: impl Iterator<Item = f64> + Clone, count: u64) -> FloatSpread {
    let (mut mean, mut m2) = (0.0, 0.0);
    for x in values.clone() {
        mean += x / count as f64;
    }
    for x in values {
        let deviation = x - mean;
        m2 += deviation * deviation;
    }
    FloatSpread { count, about: About { mean, low: 0.0, m2 } }
}
