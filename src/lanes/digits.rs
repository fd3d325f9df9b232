//! Products of 64-bit integers, by digits.
//!
//! No CPU multiplies vectors of 64-bit numbers to 128 bits; for plain code one product takes two
//! cycles. But most columns of 64 bits hold counts, times and places, far from the end of the range.
//! Of numbers in `[-2⁵¹, 2⁵¹)`, two digits of 26 bits, the lower without and the upper with a sign,
//! have products of 52 bits, which vectors of 32-bit multipliers give, and lanes of 64 bits hold the
//! sums of a tile:
//!
//! `xy = x₀y₀ + 2²⁶ (x₀y₁ + x₁y₀) + 2⁵² x₁y₁`.
//!
//! A last register gathers the bits beyond. Where a tile turns out to have some, the sums are not
//! what was wanted, and the caller takes plain code; tiles whose first number is too great are not
//! even tried. So a tile of small numbers with a great one among them pays for both ways. With AVX2
//! (Zen 3), the dot product of 1,000 pairs of 41 bits takes 0.43 of the time of plain code, and the
//! squares of 1,000 numbers 0.31; from some 40 rows on they are faster.

use super::LaneFold;
use crate::backend::{Simd, Vector};
use crate::number::Number;
use crate::row::NumericRow;
use crate::tile::Tile;
use core::marker::PhantomData;

/// Bits of the lower digit.
const LOW: u32 = 26;
/// Bits of both digits.
const BOTH: u32 = 2 * LOW;
/// Fewer rows are multiplied faster by plain code.
const FEWEST: usize = 40;

/// Integers of 64 bits.
pub(crate) trait Long: Number {
    /// What is added so that those of two digits are from 0 on, and below `2^BITS`.
    const BIAS: u64;
    /// Without a sign, one bit fewer than two digits have: twice the product of two digits, 1,024
    /// times, is to be below 2⁶³.
    const BITS: u32;
    /// Each lane as an unsigned number.
    fn bits<S: Simd>(simd: S, v: Self::Vec<S>) -> S::U64;
    /// Whether a number needs more than two digits.
    fn is_wide(self) -> bool;
}

macro_rules! long {
    ($($T:ident $bias:expr, $bits:expr, |$simd:ident, $v:ident| $unsigned:expr, |$x:ident| $word:expr;)*) => {$(
        impl Long for $T {
            const BIAS: u64 = $bias;
            const BITS: u32 = $bits;

            #[inline(always)]
            fn bits<S: Simd>($simd: S, $v: Self::Vec<S>) -> S::U64 {
                $unsigned
            }
            #[inline(always)]
            fn is_wide(self) -> bool {
                let $x = self;
                let word: u64 = $word;
                word.wrapping_add($bias) >> $bits != 0
            }
        }
    )*};
}

long! {
    i64 1 << (BOTH - 1), BOTH, |simd, v| simd.bits_i64(v), |x| x.cast_unsigned();
    u64 0, BOTH - 1, |_simd, v| v, |x| x;
}

/// Sums of the products of digits: of both lower ones, of one of each, and of both upper ones; and
/// the bits of all numbers, biased.
type Lanes<S> = [<S as Simd>::U64; 4];

/// The products of pairs.
struct ProductDigits<T>(PhantomData<T>);
/// The squares of numbers.
struct SquareDigits<T>(PhantomData<T>);

/// The lower digit, and lanes whose lowest 32 bits are the upper one.
#[inline(always)]
fn digits<S: Simd>(simd: S, v: S::U64) -> (S::U64, S::U64) {
    (v.and(Vector::splat(simd, (1 << LOW) - 1)), simd.shift_right_u64(v, LOW))
}

#[inline(always)]
fn join<S: Simd>(one: Lanes<S>, other: Lanes<S>) -> Lanes<S> {
    [one[0].add(other[0]), one[1].add(other[1]), one[2].add(other[2]), one[3].or(other[3])]
}

impl<S: Simd, T: Long> LaneFold<S, (T::Vec<S>, T::Vec<S>)> for ProductDigits<T> {
    type Lanes = Lanes<S>;
    const REGISTERS: usize = 4;
    const ANY_LANE: bool = true;

    #[inline(always)]
    fn identity(&self, simd: S) -> Lanes<S> {
        [Vector::splat(simd, 0); 4]
    }
    #[inline(always)]
    fn step(
        &self,
        simd: S,
        lanes: Lanes<S>,
        load: impl Fn((T::Vec<S>, T::Vec<S>)) -> (T::Vec<S>, T::Vec<S>),
    ) -> Lanes<S> {
        let zero = Vector::splat(simd, T::default());
        let (x, y) = load((zero, zero));
        let (x, y) = (T::bits(simd, x), T::bits(simd, y));
        let (x0, x1) = digits(simd, x);
        let (y0, y1) = digits(simd, y);
        let bias = Vector::splat(simd, T::BIAS);
        let terms = [
            simd.mul_low(x0, y0),
            simd.mul_low(x0, y1).add(simd.mul_low(x1, y0)),
            simd.mul_low(x1, y1),
            x.add(bias).or(y.add(bias)),
        ];
        join::<S>(lanes, terms)
    }
    #[inline(always)]
    fn join(&self, one: Lanes<S>, other: Lanes<S>) -> Lanes<S> {
        join::<S>(one, other)
    }
}

impl<S: Simd, T: Long> LaneFold<S, T::Vec<S>> for SquareDigits<T> {
    type Lanes = Lanes<S>;
    const REGISTERS: usize = 4;
    const ANY_LANE: bool = true;

    #[inline(always)]
    fn identity(&self, simd: S) -> Lanes<S> {
        [Vector::splat(simd, 0); 4]
    }
    #[inline(always)]
    fn step(&self, simd: S, lanes: Lanes<S>, load: impl Fn(T::Vec<S>) -> T::Vec<S>) -> Lanes<S> {
        let x = T::bits(simd, load(Vector::splat(simd, T::default())));
        let (x0, x1) = digits(simd, x);
        let terms = [
            simd.mul_low(x0, x0),
            simd.mul_low(x0, x1),
            simd.mul_low(x1, x1),
            x.add(Vector::splat(simd, T::BIAS)),
        ];
        join::<S>(lanes, terms)
    }
    #[inline(always)]
    fn join(&self, one: Lanes<S>, other: Lanes<S>) -> Lanes<S> {
        join::<S>(one, other)
    }
}

/// The sum of products, if no number was too wide; `mixed` is how often the product of two different
/// digits counts.
#[inline(always)]
fn total<S: Simd, T: Long>(simd: S, lanes: Lanes<S>, mixed: i128) -> Option<i128> {
    let beyond = simd.shift_right_u64(lanes[3], T::BITS).fold_add();
    // Of 1,024 products the first sum, of numbers without a sign, is below 2⁶², the second at most 2⁶²
    // on either side of 0, and the third 2⁶⁰. With a number that is too wide they are nothing.
    let low = i128::from(lanes[0].fold_add());
    // Not by `map` of an array: see the inlining law of `Simd`.
    let cross = i128::from(lanes[1].fold_add().cast_signed());
    let high = i128::from(lanes[2].fold_add().cast_signed());
    (beyond == 0).then_some(low + ((mixed * cross) << LOW) + (high << BOTH))
}

/// Whether the digits of so many rows are worth their lanes: of two, as SSE has, they are not.
#[inline(always)]
fn pays<S: Simd>(rows: usize) -> bool {
    S::U64::LANES >= 4 && rows >= FEWEST
}

/// Whether digits of the values would likely be taken in vain. The first may be null: which way is taken
/// changes no result.
#[inline(always)]
fn is_wide<T: Long>(values: &[T]) -> bool {
    values.first().is_none_or(|value| value.is_wide())
}

/// The sum of the products of a tile, where it pays to take them by digits, and these suffice.
#[inline(always)]
pub(crate) fn products<A, B, S>(tile: &Tile<'_, (A, B), S>) -> Option<i128>
where
    A: NumericRow<Value: Long>,
    B: NumericRow<Value = A::Value>,
    S: Simd,
{
    let (x, y) = tile.column();
    if !pays::<S>(tile.len()) || is_wide(A::values(x)) || is_wide(B::values(y)) {
        return None;
    }
    total::<S, A::Value>(tile.simd(), tile.fold(&ProductDigits::<A::Value>(PhantomData)), 1)
}

/// The sum of the squares of a tile, likewise.
#[inline(always)]
pub(crate) fn squares<R, S>(tile: &Tile<'_, R, S>) -> Option<i128>
where
    R: NumericRow<Value: Long>,
    S: Simd,
{
    if !pays::<S>(tile.len()) || is_wide(R::values(tile.column())) {
        return None;
    }
    total::<S, R::Value>(tile.simd(), tile.fold(&SquareDigits::<R::Value>(PhantomData)), 2)
}
