//! Digests: what of the rows of a group most aggregates ask for.
//!
//! A digest is a handful of numbers that a row is put into in plain code. An aggregate says
//! which of them it asks for, in [`DIGEST`](crate::Aggregate::DIGEST), and joins them to its
//! partial; a tuple asks for what its members ask for, and what two of them ask for is kept
//! once. It is always there, for aggregates of any build; what keeps tables of them, in
//! [`group`](crate::group), needs memory.

use crate::integer::Wide;
use crate::moments::Squares;
use crate::number::Number;
use crate::sum::Summable;

/// Which numbers of a digest are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts(u8);

impl Parts {
    pub(crate) const NONE: Self = Self(0);
    pub(crate) const COUNT: Self = Self(1);
    pub(crate) const SUM: Self = Self(2);
    pub(crate) const MIN: Self = Self(4);
    pub(crate) const MAX: Self = Self(8);
    pub(crate) const FIRST: Self = Self(16);
    pub(crate) const LAST: Self = Self(32);
    pub(crate) const SQUARES: Self = Self(64);
    /// That NaN is a value as any other, and so none that a table can leave out.
    pub(crate) const NAN: Self = Self(128);

    /// None are none.
    #[cfg(feature = "alloc")]
    pub(crate) const fn of(parts: Option<Self>) -> Self {
        match parts {
            Some(parts) => parts,
            None => Self::NONE,
        }
    }

    pub(crate) const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Both, if there are both.
    pub(crate) const fn both(one: Option<Self>, other: Option<Self>) -> Option<Self> {
        match (one, other) {
            (Some(one), Some(other)) => Some(one.and(other)),
            _ => None,
        }
    }

    pub(crate) const fn has(self, part: Self) -> bool {
        self.0 & part.0 != 0
    }
}

/// Those numbers, of the rows of a group that are not null. What nobody asked for may be
/// anything.
#[derive(Clone, Copy, Debug)]
pub struct Digest<T: Number> {
    /// How many they are.
    pub(crate) count: u64,
    /// Their sum, if there are any.
    pub(crate) sum: Option<T::Plain>,
    /// The least of those that are a number; of a single row, the row.
    pub(crate) min: Option<T>,
    /// The greatest, likewise.
    pub(crate) max: Option<T>,
    pub(crate) first: Option<T>,
    pub(crate) last: Option<T>,
    /// The sum of their squares, if there are any.
    pub(crate) squares: Option<T::PlainSquares>,
}

#[cfg(feature = "alloc")]
impl<T: Number> Digest<T> {
    /// Whether values that are not [tame](Digested::wild) may hide behind it.
    #[inline(always)]
    pub(crate) fn is_in_doubt(&self, parts: Parts) -> bool {
        parts.has(Parts::NAN)
            || parts.has(Parts::SUM) && self.sum.is_none()
            || parts.has(Parts::MIN) && T::hides(self.min)
            || parts.has(Parts::MAX) && T::hides(self.max)
    }

    /// Of one row.
    #[inline(always)]
    pub(crate) fn of(row: T) -> Self {
        Self {
            count: 1,
            sum: Some(row.plain_value()),
            min: Some(row),
            max: Some(row),
            first: Some(row),
            last: Some(row),
            squares: Some(row.plain_square()),
        }
    }
}

/// How plain code digests a number type.
pub trait Digested: Copy {
    /// Sums of the rows of a chunk: `f64` for floats, and integers that hold them.
    type Plain: Copy + Send + Sync + core::fmt::Debug;
    /// The sum of no rows.
    const NO_PLAIN: Self::Plain;
    /// Sums of squares of the rows of a chunk.
    type PlainSquares: Copy + Send + Sync + core::fmt::Debug;
    /// The sum of squares of no rows.
    const NO_PLAIN_SQUARES: Self::PlainSquares;
    /// What the least and the greatest value are kept as: a type with more values, or one
    /// where the ends are not [tame](Self::wild).
    type Bound: Copy + PartialOrd + core::fmt::Debug;
    /// What is above, or as high as, all.
    const ABOVE: Self::Bound;
    /// What is below, or as low as, all.
    const BELOW: Self::Bound;

    /// The row as a sum.
    fn plain_value(self) -> Self::Plain;
    /// The sum of two.
    fn add_plain(one: Self::Plain, other: Self::Plain) -> Self::Plain;
    /// Whether rows that are tame may have this sum. That of no rows need not be told from
    /// others where it changes nothing.
    fn is_some_plain(sum: Self::Plain) -> bool;
    /// Adds it to a total.
    fn join_plain(total: &mut <Self as Summable>::Total, sum: Self::Plain)
    where
        Self: Summable;
    /// The square of the row.
    fn plain_square(self) -> Self::PlainSquares;
    /// The sum of two.
    fn add_squares_plain(one: Self::PlainSquares, other: Self::PlainSquares) -> Self::PlainSquares;
    /// Whether rows may have this sum of squares.
    fn is_some_squares(sum: Self::PlainSquares) -> bool;
    /// Adds it to a total.
    fn join_squares(total: &mut <Self as Squares>::SquareTotal, sum: Self::PlainSquares)
    where
        Self: Squares;
    /// The row as a bound.
    fn bound(self) -> Self::Bound;
    /// A bound that is some row.
    fn of_bound(bound: Self::Bound) -> Self;
    /// Whether rows may have another bound than this one, which was found, or not found, among
    /// bounds: where it is a zero, or an end.
    fn hides(bound: Option<Self>) -> bool;
    /// Flags, as wide as the type, so that they are found in lanes.
    type Wild: Copy + Default + PartialEq + core::ops::BitOr<Output = Self::Wild>;
    /// 0 where the value is *tame*: these parts tell it from no row, and zeros apart.
    fn wild(self, parts: Parts) -> Self::Wild;
}

macro_rules! floats {
    ($($T:ident $Bits:ident)*) => {$(
        impl Digested for $T {
            type Plain = f64;
            const NO_PLAIN: f64 = -0.0;
            type PlainSquares = f64;
            const NO_PLAIN_SQUARES: f64 = -0.0;
            type Bound = $T;
            const ABOVE: $T = $T::INFINITY;
            const BELOW: $T = $T::NEG_INFINITY;

            #[inline(always)]
            fn plain_value(self) -> f64 {
                self.into()
            }
            #[inline(always)]
            fn add_plain(one: f64, other: f64) -> f64 {
                one + other
            }
            #[inline(always)]
            fn is_some_plain(sum: f64) -> bool {
                sum.to_bits() != Self::NO_PLAIN.to_bits()
            }
            #[inline(always)]
            fn join_plain(total: &mut <Self as Summable>::Total, sum: f64) {
                total.join(sum);
            }
            #[inline(always)]
            fn plain_square(self) -> f64 {
                f64::from(self) * f64::from(self)
            }
            #[inline(always)]
            fn add_squares_plain(one: f64, other: f64) -> f64 {
                one + other
            }
            #[inline(always)]
            fn is_some_squares(sum: f64) -> bool {
                sum.to_bits() != Self::NO_PLAIN_SQUARES.to_bits()
            }
            #[inline(always)]
            fn join_squares(total: &mut <Self as Squares>::SquareTotal, sum: f64) {
                total.total.join(sum);
            }
            #[inline(always)]
            fn bound(self) -> $T {
                self
            }
            #[inline(always)]
            fn of_bound(bound: $T) -> $T {
                bound
            }
            #[inline(always)]
            fn hides(bound: Option<$T>) -> bool {
                bound.is_none_or(|bound| bound == 0.0)
            }
            type Wild = $Bits;
            #[inline(always)]
            fn wild(self, parts: Parts) -> $Bits {
                let ends = parts.has(Parts::MIN) || parts.has(Parts::MAX);
                let zero = ends || parts.has(Parts::SUM);
                let is_zero = self.to_bits() == (-0.0 as $T).to_bits();
                let is_infinite = self.to_bits() << 1 == $T::INFINITY.to_bits() << 1;
                let mut wild = 0;
                if zero {
                    wild |= $Bits::from(is_zero);
                }
                if ends {
                    wild |= $Bits::from(is_infinite);
                }
                if parts.has(Parts::NAN) {
                    wild |= $Bits::from(self.is_nan());
                }
                wild
            }
        }
    )*};
}

floats! { f32 u32 f64 u64 }

macro_rules! integers {
    ($($T:ident $Plain:ident $Squares:ident |$x:ident| $square:expr;)*) => {$(
        impl Digested for $T {
            type Plain = $Plain;
            const NO_PLAIN: $Plain = 0;
            type PlainSquares = $Squares;
            const NO_PLAIN_SQUARES: $Squares = $Squares::ZERO;
            type Bound = $Plain;
            const ABOVE: $Plain = $Plain::MAX;
            const BELOW: $Plain = $Plain::MIN;

            #[inline(always)]
            fn plain_value(self) -> $Plain {
                self.into()
            }
            #[inline(always)]
            fn add_plain(one: $Plain, other: $Plain) -> $Plain {
                // Of the rows of a chunk, which fit.
                one.wrapping_add(other)
            }
            #[inline(always)]
            fn is_some_plain(_: $Plain) -> bool {
                true
            }
            #[inline(always)]
            fn join_plain(total: &mut <Self as Summable>::Total, sum: $Plain) {
                Self::add_tile(total, sum.into());
            }
            #[inline(always)]
            fn plain_square(self) -> $Squares {
                let $x = u64::from(self.abs_diff(0));
                $square
            }
            #[inline(always)]
            fn add_squares_plain(one: $Squares, other: $Squares) -> $Squares {
                one.plus(other)
            }
            #[inline(always)]
            fn is_some_squares(_: $Squares) -> bool {
                true
            }
            #[inline(always)]
            fn join_squares(total: &mut <Self as Squares>::SquareTotal, sum: $Squares) {
                total.add(sum.wide());
            }
            #[inline(always)]
            fn bound(self) -> $Plain {
                self.into()
            }
            #[inline(always)]
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it was")]
            fn of_bound(bound: $Plain) -> $T {
                bound as $T
            }
            #[inline(always)]
            fn hides(_: Option<$T>) -> bool {
                false
            }
            type Wild = u8;
            #[inline(always)]
            fn wild(self, _: Parts) -> u8 {
                0
            }
        }
    )*};
}

integers! {
    i8 i64 u64 |x| x * x;
    i16 i64 u64 |x| x * x;
    i32 i64 u128 |x| u128::from(x * x);
    i64 i128 Wide |x| Wide::from_unsigned(u128::from(x) * u128::from(x));
    u8 i64 u64 |x| x * x;
    u16 i64 u64 |x| x * x;
    u32 i64 u128 |x| u128::from(x * x);
    u64 i128 Wide |x| Wide::from_unsigned(u128::from(x) * u128::from(x));
}

/// A sum of squares of at most a chunk's integers, which it holds.
trait SquareSum: Copy {
    const ZERO: Self;
    fn plus(self, other: Self) -> Self;
    fn wide(self) -> Wide;
}

macro_rules! square_sums {
    ($($T:ident)*) => {$(
        impl SquareSum for $T {
            const ZERO: $T = 0;

            #[inline(always)]
            fn plus(self, other: $T) -> $T {
                self.wrapping_add(other)
            }
            #[inline(always)]
            fn wide(self) -> Wide {
                Wide::from_unsigned(self.into())
            }
        }
    )*};
}

square_sums! { u64 u128 }

impl SquareSum for Wide {
    const ZERO: Wide = Wide::ZERO;

    #[inline(always)]
    fn plus(self, other: Wide) -> Wide {
        self.plus(other)
    }
    #[inline(always)]
    fn wide(self) -> Wide {
        self
    }
}
