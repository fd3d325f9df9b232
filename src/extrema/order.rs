//! The order of a number type, and its two ends.
//!
//! Floats are ordered by their *rank*: an integer of the same width that compares as
//! IEEE 754 totalOrder does, so that `-0.0 < +0.0` and every NaN has its place. The
//! encoding of a float is its sign and, below it, a magnitude that grows with the value.
//! Read as a signed integer it orders all that is not negative; the magnitudes of negative
//! numbers grow the other way, and are flipped:
//!
//! ```text
//! rank(x) = x ^ (x < 0 ? 0x7fff... : 0)       x the encoding, as a signed integer
//! ```
//!
//! The sign stays, so the same step leads back.

use crate::backend::{Simd, Vector};
use crate::group::Parts;
use crate::number::Number;
use crate::row::NumericRow;
use crate::tile::Tile;

/// How a number type is ordered.
pub trait Ordered: Copy + PartialOrd {
    /// No value is greater.
    const HIGHEST: Self;
    /// No value is less.
    const LOWEST: Self;
    /// The zero that is the lesser.
    const LOW_ZERO: Self;
    /// The zero that is the greater.
    const HIGH_ZERO: Self;
    /// 1.
    const ONE: Self;
    /// The rows of a register, from 0: no backend has more lanes of 32 bits. Of 8 and 16 bits there may
    /// be more, and these do not use it.
    const ROWS: [Self; 16];
    /// The NaN of all results; for integers any value.
    const NAN: Self;
    /// Whether there are NaN, and two zeros.
    const IS_FLOAT: bool;
    /// Whether it is `u8`: of 16 lanes of those, every x86-64 CPU has extremes.
    const IS_U8: bool;
    /// The signed integer of the same width; an integer's own type.
    type Encoding: Number + From<bool>;

    /// A whole number of the type that is not negative.
    fn small(self) -> usize;
    /// The number of the type for a row that it holds.
    fn whole(row: usize) -> Self;
    /// The bits of a float; an integer itself.
    fn encoding(self) -> Self::Encoding;
    /// The value of an encoding.
    fn of_encoding(encoding: Self::Encoding) -> Self;
    /// The place in totalOrder; an integer itself.
    fn rank(self) -> Self::Encoding;
    /// The value of a rank.
    fn of_rank(rank: Self::Encoding) -> Self;
    /// [`encoding`](Self::encoding) of each lane.
    fn encode<S: Simd>(simd: S, v: Self::Vec<S>) -> <Self::Encoding as Number>::Vec<S>
    where
        Self: Number;
}

macro_rules! ordered {
    (floats $($F:ident $I:ident $encoding:ident)*; integers $($N:ident)*) => {
        $(impl Ordered for $F {
            const HIGHEST: $F = $F::INFINITY;
            const LOWEST: $F = $F::NEG_INFINITY;
            const LOW_ZERO: $F = -0.0;
            const HIGH_ZERO: $F = 0.0;
            const ONE: $F = 1.0;
            const ROWS: [$F; 16] =
                [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0, 15.0];
            const NAN: $F = $F::NAN;
            const IS_FLOAT: bool = true;
            const IS_U8: bool = false;
            type Encoding = $I;

            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "it is whole, and not negative"
            )]
            #[inline(always)]
            fn small(self) -> usize {
                self as usize
            }
            #[inline(always)]
            fn whole(row: usize) -> $F {
                row as $F
            }
            #[inline(always)]
            fn encoding(self) -> $I {
                self.to_bits().cast_signed()
            }
            #[inline(always)]
            fn of_encoding(encoding: $I) -> $F {
                $F::from_bits(encoding.cast_unsigned())
            }
            #[inline(always)]
            fn rank(self) -> $I {
                flip(self.encoding())
            }
            #[inline(always)]
            fn of_rank(rank: $I) -> $F {
                Self::of_encoding(flip(rank))
            }
            #[inline(always)]
            fn encode<S: Simd>(simd: S, v: <$F as Number>::Vec<S>) -> <$I as Number>::Vec<S> {
                simd.$encoding(v)
            }
        })*
        $(impl Ordered for $N {
            const HIGHEST: $N = $N::MAX;
            const LOWEST: $N = $N::MIN;
            const LOW_ZERO: $N = 0;
            const HIGH_ZERO: $N = 0;
            const ONE: $N = 1;
            const ROWS: [$N; 16] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
            const NAN: $N = 0;
            const IS_FLOAT: bool = false;
            const IS_U8: bool = size_of::<$N>() == 1 && $N::MIN == 0;
            type Encoding = $N;

            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "it is whole, and not negative"
            )]
            #[inline(always)]
            fn small(self) -> usize {
                self as usize
            }
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_possible_wrap,
                reason = "it is small"
            )]
            #[inline(always)]
            fn whole(row: usize) -> $N {
                row as $N
            }
            #[inline(always)]
            fn encoding(self) -> $N {
                self
            }
            #[inline(always)]
            fn of_encoding(encoding: $N) -> $N {
                encoding
            }
            #[inline(always)]
            fn rank(self) -> $N {
                self
            }
            #[inline(always)]
            fn of_rank(rank: $N) -> $N {
                rank
            }
            #[inline(always)]
            fn encode<S: Simd>(_: S, v: <$N as Number>::Vec<S>) -> <$N as Number>::Vec<S> {
                v
            }
        })*
    };
}

ordered! {
    floats f32 i32 encoding_f32 f64 i64 encoding_f64;
    integers i8 i16 i32 i64 u8 u16 u32 u64
}

/// Whether a value is NaN.
#[allow(clippy::eq_op, reason = "NaN is what is not equal to itself, and integers all are")]
#[inline(always)]
pub(crate) fn is_nan<T: PartialEq + Copy>(value: T) -> bool {
    value != value
}

/// As results give it: there is one NaN.
#[inline(always)]
pub(crate) fn canonical<T: Ordered>(value: T) -> T {
    if is_nan(value) { T::NAN } else { value }
}

/// From the encoding of a float to its rank, and back.
#[inline(always)]
fn flip<I: Ordered + core::ops::BitXor<Output = I> + Default>(encoding: I) -> I {
    encoding ^ if encoding < I::default() { I::HIGHEST } else { I::default() }
}

/// The rank of each lane.
#[inline(always)]
pub(super) fn rank<S: Simd, T: Number>(simd: S, v: T::Vec<S>) -> <T::Encoding as Number>::Vec<S> {
    let encoding = T::encode(simd, v);
    let zero = Vector::splat(simd, T::Encoding::default());
    let negative = encoding.lt(zero);
    encoding.xor(Vector::splat(simd, T::Encoding::HIGHEST)).select(negative, encoding)
}

/// Which end of the order: what the least and the greatest value do differently.
pub trait End: 'static {
    /// Which part of a digest it is.
    const PART: Parts;
    /// What every value beats or equals.
    fn identity<T: Ordered>() -> T;
    /// What beats or equals every value.
    fn summit<T: Ordered>() -> T;
    /// The zero that beats the other zero, and the other.
    fn zeros<T: Ordered>() -> (T, T);
    /// What belongs to this end, of what belongs to the least and to the greatest value.
    fn of<T>(both: &(T, T)) -> &T;
    /// Whether `a` beats `b`, where zeros are equal.
    fn beats<T: PartialOrd>(a: T, b: T) -> bool;
    /// Lane by lane: [`beats`](Self::beats).
    fn beats_lanes<S: Simd, T, V: Vector<S, T>>(a: V, b: V) -> V::Mask;
    /// Lane by lane: `value` where it beats `best`, else `best`.
    fn pick<S: Simd, T, V: Vector<S, T>>(value: V, best: V) -> V;
    /// Lane by lane: whether `a` beats `b`.
    fn leads<S: Simd, T, V: Vector<S, T>>(a: V, b: V) -> V::Mask;
    /// The best of the lanes.
    fn fold<S: Simd, T, V: Vector<S, T>>(lanes: V) -> T;
    /// What the lanes find in a tile.
    fn of_tile<R: NumericRow, S: Simd>(tile: &Tile<'_, R, S>) -> R::Value;
}

/// The lower end.
#[derive(Debug)]
pub struct Least;

impl End for Least {
    const PART: Parts = Parts::MIN;

    #[inline(always)]
    fn identity<T: Ordered>() -> T {
        T::HIGHEST
    }
    #[inline(always)]
    fn summit<T: Ordered>() -> T {
        T::LOWEST
    }
    #[inline(always)]
    fn zeros<T: Ordered>() -> (T, T) {
        (T::LOW_ZERO, T::HIGH_ZERO)
    }
    #[inline(always)]
    fn of<T>(both: &(T, T)) -> &T {
        &both.0
    }
    #[inline(always)]
    fn beats<T: PartialOrd>(a: T, b: T) -> bool {
        a < b
    }
    #[inline(always)]
    fn beats_lanes<S: Simd, T, V: Vector<S, T>>(a: V, b: V) -> V::Mask {
        a.lt(b)
    }
    #[inline(always)]
    fn pick<S: Simd, T, V: Vector<S, T>>(value: V, best: V) -> V {
        value.min(best)
    }
    #[inline(always)]
    fn leads<S: Simd, T, V: Vector<S, T>>(a: V, b: V) -> V::Mask {
        a.lt(b)
    }
    #[inline(always)]
    fn fold<S: Simd, T, V: Vector<S, T>>(lanes: V) -> T {
        lanes.fold_min()
    }
    #[inline(always)]
    fn of_tile<R: NumericRow, S: Simd>(tile: &Tile<'_, R, S>) -> R::Value {
        tile.raw_min()
    }
}

/// The upper end.
#[derive(Debug)]
pub struct Greatest;

impl End for Greatest {
    const PART: Parts = Parts::MAX;

    #[inline(always)]
    fn identity<T: Ordered>() -> T {
        T::LOWEST
    }
    #[inline(always)]
    fn summit<T: Ordered>() -> T {
        T::HIGHEST
    }
    #[inline(always)]
    fn zeros<T: Ordered>() -> (T, T) {
        (T::HIGH_ZERO, T::LOW_ZERO)
    }
    #[inline(always)]
    fn of<T>(both: &(T, T)) -> &T {
        &both.1
    }
    #[inline(always)]
    fn beats<T: PartialOrd>(a: T, b: T) -> bool {
        a > b
    }
    #[inline(always)]
    fn beats_lanes<S: Simd, T, V: Vector<S, T>>(a: V, b: V) -> V::Mask {
        b.lt(a)
    }
    #[inline(always)]
    fn pick<S: Simd, T, V: Vector<S, T>>(value: V, best: V) -> V {
        value.max(best)
    }
    #[inline(always)]
    fn leads<S: Simd, T, V: Vector<S, T>>(a: V, b: V) -> V::Mask {
        b.lt(a)
    }
    #[inline(always)]
    fn fold<S: Simd, T, V: Vector<S, T>>(lanes: V) -> T {
        lanes.fold_max()
    }
    #[inline(always)]
    fn of_tile<R: NumericRow, S: Simd>(tile: &Tile<'_, R, S>) -> R::Value {
        tile.raw_max()
    }
}
