//! The geometric mean, without a logarithm for each value.
//!
//! A positive number is `m · 2^e` with `1 ≤ m < 2`. The product of a column is the product of
//! its `m` and two to the sum of its `e`:
//!
//! 1. The sum of the `e` is an exact integer.
//! 2. A lane multiplies at most 16 `m` in a run, which stays below 2¹⁶. Where lanes join,
//!    their product is split again, so that it stays in range.
//! 3. What a tile comes to is multiplied into `m · 2^e` of all tiles.
//! 4. One logarithm and one exponential in the end: with `E = q n + r`,
//!    `(m · 2^E)^(1/n) = 2^q · 2^((r + log₂ m) / n)`.
//!
//! The splitting takes the bits of the number, and is right for normal positive numbers
//! alone. Lanes collect the bits that tell of any other; a tile with one is taken again in
//! plain code. Cost: one multiplication and eleven operations on integers a register.
//!
//! A product of `k` numbers is off by `k u`, in which case the mean is by `k u / n`: next to
//! nothing. What is left is the rounding of the last step.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "exponents have 11 bits, and sums of them fit 64 by far"
)]

use crate::aggregate::Aggregate;
use crate::backend::{FloatVector, Simd, Vector};
use crate::lanes::LaneFold;
use crate::number::Load;
use crate::row::NumericRow;
use crate::stored::stored;
use crate::sum::canonical;
use crate::tile::Tile;

const SIGN_AND_EXPONENT: u64 = 0xfff0_0000_0000_0000;
const MANTISSA: u64 = !SIGN_AND_EXPONENT;
/// An exponent of 1, and the bias, as the upper 16 bits of an encoding in the upper half.
const STEP: i64 = 1 << 36;
const BIAS: i64 = 1023 * STEP;
/// Lanes of `f64` in the widest register.
const MOST_LANES: usize = 8;

/// Lanes of the product of the `m`, the sum of the `e`, and bits that tell of numbers that
/// are not normal and positive.
struct Factors<S>(S);

impl<S: Simd> Factors<S> {
    /// The lower half of a number that is positive and normal, as `m`.
    #[inline(always)]
    fn mantissa(&self, x: S::F64) -> S::F64 {
        let bits: S::F64 = Vector::splat(self.0, f64::from_bits(MANTISSA));
        x.and(bits).or(Vector::splat(self.0, 1.0))
    }

    /// Its sign and exponent, in steps.
    #[inline(always)]
    fn exponent(&self, x: S::F64) -> S::I64 {
        let wanted = Vector::splat(self.0, SIGN_AND_EXPONENT.cast_signed());
        self.0.high_i64(self.0.encoding_f64(x).and(wanted))
    }
}

impl<S: Simd> LaneFold<S, S::F64> for Factors<S> {
    type Lanes = (S::F64, S::I64, S::I64);
    const REGISTERS: usize = 3;

    #[inline(always)]
    fn identity(&self, simd: S) -> Self::Lanes {
        (Vector::splat(simd, 1.0), Vector::splat(simd, 0), Vector::splat(simd, 0))
    }
    #[inline(always)]
    fn step(&self, simd: S, lanes: Self::Lanes, load: impl Fn(S::F64) -> S::F64) -> Self::Lanes {
        let x = load(Vector::splat(simd, 1.0));
        let exponent = self.exponent(x);
        let step: S::I64 = Vector::splat(simd, STEP);
        // Below 0 with a sign, or where the exponent is 0; one of 2047 becomes 2048.
        let odd = exponent.sub(step).or(exponent.add(step));
        (
            lanes.0.mul(self.mantissa(x)),
            lanes.1.add(exponent.sub(Vector::splat(simd, BIAS))),
            lanes.2.or(odd),
        )
    }
    #[inline(always)]
    fn join(&self, one: Self::Lanes, other: Self::Lanes) -> Self::Lanes {
        let product = one.0.mul(other.0);
        let exponent = self.exponent(product).sub(Vector::splat(self.0, BIAS));
        (self.mantissa(product), one.1.add(other.1).add(exponent), one.2.or(other.2))
    }
}

/// A product of positive numbers, `mantissa · 2^exponent`, and what it met besides.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GeometricProduct {
    count: u64,
    /// In `[1, 2)`.
    mantissa: f64,
    exponent: i64,
    zero: bool,
    infinite: bool,
    /// A negative number, or a NaN.
    invalid: bool,
}

stored! {
    GeometricProduct as "GeometricProduct" |it| {
        v = 1,
        count: Rows = it.count,
        mantissa: Real = it.mantissa,
        exponent: Itself<i64> = it.exponent,
        zero: Itself<bool> = it.zero,
        infinite: Itself<bool> = it.infinite,
        invalid: Itself<bool> = it.invalid,
    }
    refuses {
        mantissa if !(1.0..2.0).contains(&mantissa), "not in [1, 2)";
        mantissa if count == 0 && mantissa > 1.0, "the product of no rows";
        zero if count == 0 && zero, "there are no rows";
        infinite if count == 0 && infinite, "there are no rows";
        invalid if count == 0 && invalid, "there are no rows";
        exponent if !is_exponent(exponent, count), "beyond what as many rows have";
    }
    => GeometricProduct { count, mantissa, exponent, zero, infinite, invalid }
}

/// Whether so many numbers can have it; 2⁶² is beyond any memory, and leaves room.
#[cfg(feature = "serde")]
fn is_exponent(exponent: i64, count: u64) -> bool {
    let (exponent, count) = (i128::from(exponent), i128::from(count));
    (-1074 * count..=1024 * count).contains(&exponent) && exponent.unsigned_abs() < 1 << 62
}

impl GeometricProduct {
    const NOTHING: Self =
        Self { count: 0, mantissa: 1.0, exponent: 0, zero: false, infinite: false, invalid: false };

    /// Multiplies by a normal positive number.
    #[inline(always)]
    fn multiply(&mut self, normal: f64) {
        let product = self.mantissa * (f64::from_bits(normal.to_bits() & MANTISSA | 1023 << 52));
        // Merges have no end, and must not overflow.
        let exponent = exponent_of(normal) + exponent_of(product);
        self.exponent = self.exponent.saturating_add(exponent);
        self.mantissa = f64::from_bits(product.to_bits() & MANTISSA | 1023 << 52);
    }

    /// A tile.
    #[inline(always)]
    fn of<R: NumericRow, S: Simd>(tile: &Tile<'_, R, S>) -> Self {
        let (product, exponents, odd) = tile.fold_as::<f64, _>(&Factors(tile.simd()));
        if odd.fold_min() < 0 || odd.fold_max() >= 2048 * STEP {
            return odd_product(tile);
        }
        let mut lanes = [1.0; MOST_LANES];
        product.store(&mut lanes);
        let mut half = S::F64::LANES / 2;
        while half > 0 {
            for i in 0..half {
                lanes[i] *= lanes[i + half];
            }
            half /= 2;
        }
        let mut product = Self::NOTHING;
        product.multiply(lanes[0]);
        product.count = tile.count() as u64;
        product.exponent += exponents.fold_add() / STEP;
        product
    }

    #[inline(always)]
    fn merge(&mut self, other: &Self) {
        self.count = self.count.saturating_add(other.count);
        self.multiply(other.mantissa);
        self.exponent = self.exponent.saturating_add(other.exponent);
        self.zero |= other.zero;
        self.infinite |= other.infinite;
        self.invalid |= other.invalid;
    }

    fn root(&self) -> Option<f64> {
        if self.count == 0 {
            return None;
        }
        Some(match (self.invalid, self.zero, self.infinite) {
            (true, ..) | (_, true, true) => f64::NAN,
            (_, true, _) => 0.0,
            (.., true) => f64::INFINITY,
            _ if self.count == 1 => libm::scalbn(self.mantissa, self.exponent as i32),
            _ => {
                let count = i64::try_from(self.count).unwrap_or(i64::MAX);
                let (whole, rest) =
                    (self.exponent.div_euclid(count), self.exponent.rem_euclid(count));
                let power = (rest as f64 + libm::log2(self.mantissa)) / count as f64;
                canonical(libm::scalbn(libm::exp2(power), whole as i32))
            }
        })
    }
}

/// The exponent of a normal positive number.
#[inline(always)]
fn exponent_of(x: f64) -> i64 {
    (x.to_bits() >> 52) as i64 - 1023
}

/// A tile with a number that is not normal and positive.
#[cold]
#[inline(never)]
fn odd_product<R: NumericRow, S: Simd>(tile: &Tile<'_, R, S>) -> GeometricProduct {
    /// 2⁶⁴.
    const UP: f64 = f64::from_bits((1023 + 64) << 52);
    let mut product = GeometricProduct { count: tile.count() as u64, ..GeometricProduct::NOTHING };
    tile.for_each(|x| {
        let x: f64 = x.convert();
        if x.is_nan() || x < 0.0 {
            product.invalid = true;
        } else if x == 0.0 {
            product.zero = true;
        } else if x == f64::INFINITY {
            product.infinite = true;
        } else if x < f64::MIN_POSITIVE {
            product.multiply(x * UP);
            product.exponent -= 64;
        } else {
            product.multiply(x);
        }
    });
    product
}

/// The geometric mean, `(Πx)^(1/n)`, as `f64`.
///
/// - **Empty**, or all null: `None`.
/// - **A negative value** gives NaN, and so does a zero together with `+∞`. A zero of
///   either sign gives 0, and `+∞` gives `+∞`.
/// - **NaN** gives NaN. **Overflow**: none; products and subnormal numbers have all digits.
/// - **Precision**: a relative error of at most `6 u`, where `u` is 2⁻⁵³; for one value none.
/// - **Integers** are converted to `f64`, which rounds those beyond 2⁵³.
/// - **Order**: as [`Sum`](crate::Sum), with products in the place of sums.
/// - **Cost**: one pass, no allocation, one logarithm in all; a partial of 32 bytes.
///
/// ```
/// use lanefold::{Aggregate, GeometricMean};
/// assert_eq!(GeometricMean.of(&[1, 4, 16]), Some(4.0));
/// assert_eq!(GeometricMean.of(&[1e300, 1e-300, 1.0, 0.0]), Some(0.0));
/// assert!(GeometricMean.of(&[1.0, -1.0]).unwrap().is_nan());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct GeometricMean;

impl<R: NumericRow> Aggregate<R> for GeometricMean {
    type Partial = GeometricProduct;
    type Output = Option<f64>;

    #[inline(always)]
    fn identity(&self) -> GeometricProduct {
        GeometricProduct::NOTHING
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut GeometricProduct, tile: &Tile<'_, R, S>) {
        partial.merge(&GeometricProduct::of(tile));
    }
    #[inline(always)]
    fn merge(&self, into: &mut GeometricProduct, other: &GeometricProduct) {
        into.merge(other);
    }
    #[inline(always)]
    fn finish(&self, partial: &GeometricProduct) -> Option<f64> {
        partial.root()
    }
}
