//! Sums of squares whose terms may lie beyond the range of `f64`.
//!
//! The square of a number beyond 2⁵¹² overflows, that of one below 2⁻⁵³⁷ vanishes. Blue
//! (*A Portable Fortran Program to Find the Euclidean Norm of a Vector*, ACM TOMS 4, 1978)
//! keeps three sums for that, of numbers scaled by powers of two. Here a tile decides as
//! a whole: its plain sum of squares tells whether it is right.
//!
//! - `2⁻⁹⁶⁰ ≤ Σx² ≤ 2⁹⁶⁰`: it is. What squares below the range lose is at most 2⁻¹⁰⁶² for a
//!   tile, and the sum of 2⁶³ tiles is finite.
//! - Below, no number reaches 2⁻⁴⁸⁰: a second look at the tile takes all times 2⁶⁰⁰.
//! - Above, or where the sum is infinite, one number is beyond 2⁴⁷³, and a second look takes
//!   all times 2⁻⁶⁰⁰. What vanishes does not matter beside that one.
//!
//! The second look is plain code, with sums in two numbers. Sums of different ranges join
//! in the higher one. Cost: one comparison a tile where the numbers are ordinary.

use crate::sqrt::sqrt;
use crate::stored::stored;
use crate::sum::{FloatTotal, canonical};

/// 2⁶⁰⁰ and 2⁻⁶⁰⁰.
const UP: f64 = f64::from_bits((1023 + 600) << 52);
const DOWN: f64 = f64::from_bits((1023 - 600) << 52);

/// 2⁹⁶⁰ and 2⁻⁹⁶⁰.
const MOST: f64 = f64::from_bits((1023 + 960) << 52);
const LEAST: f64 = f64::from_bits((1023 - 960) << 52);

/// Which power of two numbers are scaled by before they are squared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Range {
    /// 2⁶⁰⁰.
    Small,
    /// 1.
    Middle,
    /// 2⁻⁶⁰⁰.
    Large,
}

impl Range {
    /// The range in which a tile has to be taken, by its plain sum of squares.
    #[inline(always)]
    pub(crate) fn of(squares: f64) -> Self {
        if squares < LEAST {
            Self::Small
        } else if squares > MOST {
            Self::Large
        } else {
            Self::Middle // NaN, too.
        }
    }

    /// What numbers are multiplied by.
    #[inline(always)]
    pub(crate) fn scale(self) -> f64 {
        match self {
            Self::Small => UP,
            Self::Middle => 1.0,
            Self::Large => DOWN,
        }
    }

    /// What a number has to be multiplied by, `times` over, to come to a higher range.
    #[inline(always)]
    pub(crate) fn raise(self, to: Self, mut total: FloatTotal, times: u32) -> FloatTotal {
        for _ in 0..(to as u32 - self as u32) * times {
            total = total.scaled(DOWN);
        }
        total
    }
}

/// A sum of squares.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScaledSquares {
    pub(crate) total: FloatTotal,
    pub(crate) range: Range,
}

stored! {
    ScaledSquares as "ScaledSquares" |it| {
        v = 1,
        range: Itself<u8> = it.range as u8,
        total: Itself<FloatTotal> = it.total,
    }
    refuses {
        range if range > Range::Large as u8, "there are three";
        range if range > 0 && total.is_nothing(), "the range of no rows is 0";
        total if total.is_negative(), "a sum of squares";
    }
    => ScaledSquares { total, range: [Range::Small, Range::Middle, Range::Large][range as usize] }
}

impl ScaledSquares {
    pub(crate) const NOTHING: Self = Self { total: FloatTotal::NOTHING, range: Range::Small };

    /// Adds a tile whose plain sum of squares is given; `again` gives the sum of the squares
    /// of its numbers times a scale.
    #[inline(always)]
    pub(crate) fn add_tile(&mut self, squares: f64, again: impl FnOnce(f64) -> FloatTotal) {
        let range = Range::of(squares);
        let total = if range == Range::Middle {
            if self.range == Range::Middle {
                self.total.add(squares);
                return;
            }
            FloatTotal::of(squares)
        } else {
            again(range.scale())
        };
        self.merge(&Self { total, range });
    }

    #[inline(always)]
    pub(crate) fn merge(&mut self, other: &Self) {
        if self.range < other.range {
            self.total = self.range.raise(other.range, self.total, 2);
            self.range = other.range;
        }
        self.total.merge(&other.range.raise(self.range, other.total, 2));
    }

    /// The square root of the sum over a divisor.
    #[inline(always)]
    pub(crate) fn root(&self, divisor: f64) -> f64 {
        let root = sqrt(self.total.value() / divisor);
        canonical(match self.range {
            Range::Small => root * DOWN,
            Range::Middle => root,
            Range::Large => root * UP,
        })
    }
}
