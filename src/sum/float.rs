//! Sums of `f32` and `f64`.

#![allow(clippy::many_single_char_names, reason = "the leaves of a tree of additions")]

use super::{SHORT, Summable};
use crate::backend::{Simd, Vector};
#[cfg(feature = "alloc")]
use crate::row::NumericRow;
use crate::stored::stored;
use core::hint::black_box;

/// The sum of floats: `hi + lo`, where `hi` is the rounded sum of the tile sums, and
/// `lo` the sum of what that rounded away.
///
/// `lo` is `-0.0` exactly while no tile was added: `TwoSum` never gives that.
#[derive(Clone, Copy, Debug)]
pub struct FloatTotal {
    hi: f64,
    lo: f64,
}

impl PartialEq for FloatTotal {
    /// Whether the bits are the same, or both are NaN.
    fn eq(&self, other: &Self) -> bool {
        same(self.hi, other.hi) && same(self.lo, other.lo)
    }
}

/// Whether two numbers have the same bits, or both are NaN.
pub(crate) fn same(a: f64, b: f64) -> bool {
    canonical(a).to_bits() == canonical(b).to_bits()
}

/// The one NaN that results show: which bits an operation gives a NaN is not specified.
#[inline(always)]
pub(crate) fn canonical(x: f64) -> f64 {
    if x.is_nan() { f64::NAN } else { x }
}

/// What is not expected of a result that comes alone. In its place the compiler puts a branch: a
/// selection would let the result wait for the comparison, and the sum of 64 `f32` take 1.2 times as
/// long. (Results of many windows are selected: with branches they take up to twice as long.)
#[inline(always)]
fn rare<T>(x: T) -> T {
    black_box(x)
}

stored! {
    FloatTotal as "FloatTotal" |it| {
        v = 1,
        hi: Real = it.hi,
        lo: Real = it.lo,
    }
    refuses {
        hi if lo.to_bits() == NOTHING && hi.to_bits() != NOTHING, "a sum of no tile";
        lo if lo.to_bits() != NOTHING && is_no_rest(hi, lo), "not what the sum rounded away";
    }
    => FloatTotal { hi, lo }
}

/// The bits of both numbers where no tile was added.
const NOTHING: u64 = (-0.0_f64).to_bits();

#[cfg(feature = "serde")]
impl FloatTotal {
    /// Whether it is no sum of terms that are at least 0, or NaN.
    pub(crate) fn is_negative(self) -> bool {
        !self.is_nothing() && (self.hi.is_sign_negative() || self.value() < 0.0)
    }
}

#[cfg(feature = "serde")]
impl crate::stored::form::Possible for FloatTotal {
    fn is_of(&self, rows: u64) -> bool {
        self.is_nothing() == (rows == 0)
    }
}

impl FloatTotal {
    pub(crate) const NOTHING: Self = Self { hi: -0.0, lo: -0.0 };

    #[inline(always)]
    pub(crate) fn add(&mut self, term: f64) {
        if self.is_nothing() {
            // Known at compile time where a column is one tile: no wait for a chain of additions.
            *self = Self::of(term);
            return;
        }
        let hi = self.hi + term;
        let mut lost = lost(self.hi, term, hi);
        if !lost.is_finite() && hi.is_finite() {
            // Next to the greatest number, a step may overflow although the sum does not:
            // with the operands in the other order it does not.
            lost = self::lost(term, self.hi, hi);
        }
        self.lo += lost;
        self.hi = hi;
    }

    /// Adds a term by Kahan's compensated addition: cheaper than [`add`](Self::add), and
    /// as good where each term is a row, or a sum of few.
    #[inline(always)]
    pub(crate) fn join(&mut self, term: f64) {
        let corrected = term + self.lo;
        let hi = self.hi + corrected;
        let lo = (self.hi - hi) + corrected;
        // One comparison for all: neither is NaN, `hi` is no zero, and `lo` is finite. Nor was there
        // anything before that is not: `lo` would be NaN.
        if lo.abs() < hi.abs() {
            (self.hi, self.lo) = (hi, lo);
        } else {
            self.join_with_care(term);
        }
    }

    /// As [`join`](Self::join), for any sum: where it is a zero, or is not finite, too.
    #[cold]
    #[inline(never)]
    fn join_with_care(&mut self, term: f64) {
        let corrected = term + self.lo;
        // A zero `lo`, that of nothing included, must not change the sign of a zero; and beside
        // an infinity there may be NaN.
        let has_rest = self.lo.abs() > 0.0 && self.lo.abs() < f64::INFINITY;
        let term = if has_rest { corrected } else { term };
        let hi = self.hi + term;
        // In this order zeros give +0.0: something was added.
        let lo = (self.hi - hi) + term;
        self.lo = if lo.is_finite() { lo } else { 0.0 };
        self.hi = hi;
    }

    /// One term.
    #[inline(always)]
    pub(crate) fn of(term: f64) -> Self {
        Self { hi: term, lo: 0.0 }
    }

    /// Times a power of two.
    #[inline(always)]
    pub(crate) fn scaled(self, by: f64) -> Self {
        // A `lo` that underflows must not look like that of nothing.
        let lo = if self.is_nothing() { self.lo } else { self.lo * by + 0.0 };
        Self { hi: self.hi * by, lo }
    }

    #[inline(always)]
    pub(crate) fn is_nothing(self) -> bool {
        self.lo.to_bits() == NOTHING
    }

    #[inline(always)]
    pub(crate) fn merge(&mut self, other: &Self) {
        if !other.is_nothing() {
            self.add(other.hi);
            self.lo += other.lo;
        }
    }

    /// `hi + lo`, and `+0.0` for nothing.
    #[inline(always)]
    pub(crate) fn value(self) -> f64 {
        // A zero `lo` must not turn `-0.0` into `+0.0`.
        let sum = if self.lo == 0.0 { self.hi } else { self.hi + self.lo };
        if self.is_nothing() {
            0.0
        } else if self.hi.is_infinite() {
            // Then `lo` is NaN: an infinity minus itself.
            self.hi
        } else {
            sum
        }
    }
}

/// The sum of floats that are not negative, or NaN.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Magnitudes {
    pub(crate) total: FloatTotal,
}

stored! {
    Magnitudes as "Magnitudes" |it| {
        v = 1,
        total: Itself<FloatTotal> = it.total,
    }
    refuses {
        total if total.is_negative(), "a sum of what is not negative";
    }
    => Magnitudes { total }
}

impl Magnitudes {
    pub(crate) const NOTHING: Self = Self { total: FloatTotal::NOTHING };
}

/// The rounded sum of two numbers, and what it has lost.
#[inline(always)]
pub(crate) fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    (sum, lost(a, b, sum))
}

/// What `sum`, the rounded sum of `a` and `b`, has lost: exact where nothing overflows.
#[inline(always)]
fn lost(a: f64, b: f64, sum: f64) -> f64 {
    let other = sum - a;
    (a - (sum - other)) + (b - other)
}

macro_rules! floats {
    ($($T:ident $Vec:ident)*) => {$(
        impl Summable for $T {
            type SumLanes<S: Simd> = S::$Vec;
            const SUM_REGISTERS: usize = 1;
            type TileSum = $T;
            type Total = FloatTotal;
            type Sum = $T;
            const NOTHING: FloatTotal = FloatTotal::NOTHING;
            const PAD: $T = -0.0;

            #[inline(always)]
            fn may_be_of_none(tile: $T) -> bool {
                tile.to_bits() == (-0.0 as $T).to_bits()
            }

            #[inline(always)]
            fn no_lanes<S: Simd>(simd: S) -> S::$Vec {
                Vector::splat(simd, -0.0)
            }
            #[inline(always)]
            fn add_lanes<S: Simd>(_: S, lanes: S::$Vec, values: S::$Vec) -> S::$Vec {
                lanes.add(values)
            }
            #[inline(always)]
            fn join_lanes<S: Simd>(one: S::$Vec, other: S::$Vec) -> S::$Vec {
                one.add(other)
            }
            #[inline(always)]
            fn total<S: Simd>(lanes: S::$Vec) -> $T {
                lanes.fold_add()
            }
            #[inline(always)]
            fn add_tile(total: &mut FloatTotal, tile: $T) {
                total.add(f64::from(tile));
            }
            #[inline(always)]
            fn add_total(total: &mut FloatTotal, other: &FloatTotal) {
                total.merge(other);
            }
            #[inline(always)]
            #[allow(clippy::cast_possible_truncation, reason = "an f32 sum is rounded to f32")]
            fn sum(total: &FloatTotal) -> $T {
                let sum = total.value() as $T;
                if sum.is_nan() { $T::NAN } else { sum }
            }
            #[inline(always)]
            #[allow(clippy::cast_possible_truncation, reason = "as above")]
            fn sum_alone(total: &FloatTotal) -> $T {
                Self::sum_of_one(total.value() as $T)
            }
            #[inline(always)]
            fn mean(total: &FloatTotal, count: u64) -> f64 {
                canonical(total.value() / count as f64)
            }
            #[inline(always)]
            fn short_sum(values: &[$T]) -> Option<$T> {
                if values.is_empty() { Some(0.0) } else { short_tree(values) }
            }
            #[inline(always)]
            fn sum_of_one(tile: $T) -> $T {
                if tile.is_nan() { rare($T::NAN) } else { tile }
            }
            #[inline(always)]
            fn mean_of_one(tile: $T, count: u64) -> f64 {
                canonical(f64::from(tile) / count as f64)
            }

            #[cfg(feature = "alloc")]
            const LONGEST_WINDOW: usize = crate::rolling::LONGEST;
            #[cfg(feature = "alloc")]
            #[inline(always)]
            fn roll<R, S, O>(
                simd: S,
                window: usize,
                column: R::Column<'_>,
                results: &mut [O],
                finish: impl Fn(&Self::Total, u64) -> O,
            ) where
                R: NumericRow<Value = Self>,
                S: Simd,
            {
                crate::rolling::float_sums::<$T, R, S, O>(simd, window, column, results, finish);
            }
        }
    )*};
}

floats! { f32 F32 f64 F64 }

/// The halving tree of up to 16 values, each in a lane of its own, in plain code that
/// needs no dispatch: absent lanes are left out, which changes no bit.
#[inline(always)]
fn short_tree<T: Copy + core::ops::Add<Output = T>>(x: &[T]) -> Option<T> {
    Some(match *x {
        [a] => a,
        [a, b] => a + b,
        [a, b, c] => (a + c) + b,
        [a, b, c, d] => (a + c) + (b + d),
        [a, b, c, d, e] => ((a + e) + c) + (b + d),
        [a, b, c, d, e, f] => ((a + e) + c) + ((b + f) + d),
        [a, b, c, d, e, f, g] => ((a + e) + (c + g)) + ((b + f) + d),
        [a, b, c, d, e, f, g, h] => tree_of_8([a, b, c, d, e, f, g, h]),
        _ if x.len() <= SHORT => tree_of_16(x),
        _ => return None,
    })
}

#[inline(always)]
fn tree_of_8<T: Copy + core::ops::Add<Output = T>>([a, b, c, d, e, f, g, h]: [T; 8]) -> T {
    ((a + e) + (c + g)) + ((b + f) + (d + h))
}

/// Not inlined: eight ways to add up are too much code for every caller.
#[inline(never)]
fn tree_of_16<T: Copy + core::ops::Add<Output = T>>(x: &[T]) -> T {
    let (&[a, b, c, d, e, f, g, h], high) = x.split_first_chunk().expect("nine values or more");
    tree_of_8(match *high {
        [] => [a, b, c, d, e, f, g, h],
        [i] => [a + i, b, c, d, e, f, g, h],
        [i, j] => [a + i, b + j, c, d, e, f, g, h],
        [i, j, k] => [a + i, b + j, c + k, d, e, f, g, h],
        [i, j, k, l] => [a + i, b + j, c + k, d + l, e, f, g, h],
        [i, j, k, l, m] => [a + i, b + j, c + k, d + l, e + m, f, g, h],
        [i, j, k, l, m, n] => [a + i, b + j, c + k, d + l, e + m, f + n, g, h],
        [i, j, k, l, m, n, o] => [a + i, b + j, c + k, d + l, e + m, f + n, g + o, h],
        [i, j, k, l, m, n, o, p, ..] => [a + i, b + j, c + k, d + l, e + m, f + n, g + o, h + p],
    })
}
