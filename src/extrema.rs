//! Least and greatest values.
//!
//! # The order
//!
//! NaN is skipped, and `-0.0 < +0.0`. Neither costs an operation in the loop:
//!
//! 1. `min(x, acc)` is `if x < acc { x } else { acc }`, the one x86 instruction. Where
//!    `x` is NaN the comparison is false and `acc` stays, so NaN drops out by itself.
//! 2. Lanes start at the identity, `+∞` for the least value. If that is still the
//!    result, a second look tells whether it was ever seen.
//! 3. The comparison takes zeros for equal, so a zero may have either sign. Only where
//!    the result is a zero, a second look tells whether one of them is `-0.0` (for the
//!    greatest value: `+0.0`).
//!
//! The second look reads a tile that lies in L1, and data with zeros pay for it only
//! until a value beyond zero has been seen.

use crate::aggregate::Aggregate;
use crate::backend::{Simd, Vector};
use crate::lanes::LaneFold;
use crate::number::Number;
use crate::row::NumericRow;
use crate::tile::Tile;
use core::marker::PhantomData;

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
    /// What no extreme looks at, where there is such a value.
    const SKIPPED: Self;
    /// Whether there are values that compare as equal and are not, or are skipped.
    const IS_FLOAT: bool;

    /// Whether the bits are the same.
    fn is_same(self, other: Self) -> bool;
}

macro_rules! ordered {
    (floats $($F:ident)*; integers $($I:ident)*) => {
        $(impl Ordered for $F {
            const HIGHEST: $F = $F::INFINITY;
            const LOWEST: $F = $F::NEG_INFINITY;
            const LOW_ZERO: $F = -0.0;
            const HIGH_ZERO: $F = 0.0;
            const SKIPPED: $F = $F::NAN;
            const IS_FLOAT: bool = true;

            #[inline(always)]
            fn is_same(self, other: $F) -> bool {
                self.to_bits() == other.to_bits()
            }
        })*
        $(impl Ordered for $I {
            const HIGHEST: $I = $I::MAX;
            const LOWEST: $I = $I::MIN;
            const LOW_ZERO: $I = 0;
            const HIGH_ZERO: $I = 0;
            const SKIPPED: $I = 0;
            const IS_FLOAT: bool = false;

            #[inline(always)]
            fn is_same(self, other: $I) -> bool {
                self == other
            }
        })*
    };
}

ordered! { floats f32 f64; integers i8 i16 i32 i64 u8 u16 u32 u64 }

/// Which end of the order: what the least and the greatest value do differently.
pub(crate) trait End {
    /// What every value beats or equals.
    fn identity<T: Ordered>() -> T;
    /// The zero that beats the other zero.
    fn zero<T: Ordered>() -> T;
    /// Whether `a` beats `b`, where zeros are equal.
    fn beats<T: PartialOrd>(a: T, b: T) -> bool;
    /// Lane by lane: `value` where it beats `best`, else `best`.
    fn pick<S: Simd, T, V: Vector<S, T>>(value: V, best: V) -> V;
    /// The best of the lanes.
    fn fold<S: Simd, T, V: Vector<S, T>>(lanes: V) -> T;
}

/// The lower end.
pub(crate) struct Least;

impl End for Least {
    #[inline(always)]
    fn identity<T: Ordered>() -> T {
        T::HIGHEST
    }
    #[inline(always)]
    fn zero<T: Ordered>() -> T {
        T::LOW_ZERO
    }
    #[inline(always)]
    fn beats<T: PartialOrd>(a: T, b: T) -> bool {
        a < b
    }
    #[inline(always)]
    fn pick<S: Simd, T, V: Vector<S, T>>(value: V, best: V) -> V {
        value.min(best)
    }
    #[inline(always)]
    fn fold<S: Simd, T, V: Vector<S, T>>(lanes: V) -> T {
        lanes.fold_min()
    }
}

/// The upper end.
pub(crate) struct Greatest;

impl End for Greatest {
    #[inline(always)]
    fn identity<T: Ordered>() -> T {
        T::LOWEST
    }
    #[inline(always)]
    fn zero<T: Ordered>() -> T {
        T::HIGH_ZERO
    }
    #[inline(always)]
    fn beats<T: PartialOrd>(a: T, b: T) -> bool {
        a > b
    }
    #[inline(always)]
    fn pick<S: Simd, T, V: Vector<S, T>>(value: V, best: V) -> V {
        value.max(best)
    }
    #[inline(always)]
    fn fold<S: Simd, T, V: Vector<S, T>>(lanes: V) -> T {
        lanes.fold_max()
    }
}

/// The lanes of an extreme.
pub(crate) struct Extreme<E, T>(PhantomData<(E, T)>);

impl<E, T> Extreme<E, T> {
    pub(crate) const LANES: Self = Self(PhantomData);
}

impl<S: Simd, E: End, T: Number> LaneFold<S, T::Vec<S>> for Extreme<E, T> {
    type Lanes = T::Vec<S>;
    const REGISTERS: usize = 1;

    #[inline(always)]
    fn identity(&self, simd: S) -> T::Vec<S> {
        Vector::splat(simd, E::identity::<T>())
    }
    #[inline(always)]
    fn step(&self, simd: S, lanes: T::Vec<S>, load: impl Fn(T::Vec<S>) -> T::Vec<S>) -> T::Vec<S> {
        let pad = Vector::splat(simd, E::identity::<T>());
        E::pick::<S, T, _>(load(pad), lanes)
    }
    #[inline(always)]
    fn join(&self, one: T::Vec<S>, other: T::Vec<S>) -> T::Vec<S> {
        E::pick::<S, T, _>(one, other)
    }
}

/// What the lanes found, made precise by a second look where that is needed. `seen`
/// tells whether there was a row, and `has` whether there was a value of these bits.
#[inline(always)]
fn settle<E: End, T: Ordered + Default>(
    found: T,
    seen: bool,
    has: impl FnOnce(T) -> bool,
) -> Option<T> {
    if !T::IS_FLOAT {
        return seen.then_some(found);
    }
    if found == T::LOW_ZERO {
        let zero = E::zero::<T>();
        let other = if zero.is_same(T::LOW_ZERO) { T::HIGH_ZERO } else { T::LOW_ZERO };
        return Some(if has(zero) { zero } else { other });
    }
    let identity = E::identity::<T>();
    (!found.is_same(identity) || has(identity)).then_some(found)
}

/// Whether `a` beats `b` in the order that tells zeros apart.
#[inline(always)]
fn wins<E: End, T: Ordered>(a: T, b: T) -> bool {
    E::beats(a, b) || (a == b && a.is_same(E::zero::<T>()) && !b.is_same(a))
}

#[inline(always)]
fn update<E: End, R: NumericRow, S: Simd>(
    best: &mut Option<R::Value>,
    found: R::Value,
    tile: &Tile<'_, R, S>,
) {
    if let Some(best) = *best {
        let is_zero = best == R::Value::LOW_ZERO;
        let as_good = best == found && (!is_zero || best.is_same(E::zero::<R::Value>()));
        if E::beats(best, found) || as_good {
            return;
        }
    }
    let settled = settle::<E, R::Value>(
        found,
        tile.count() > 0,
        #[inline(always)]
        |value| {
            tile.with_values(
                R::Value::SKIPPED,
                #[inline(always)]
                |values| has(values, value),
            )
        },
    );
    merge::<E, _>(best, settled);
}

/// Without an early end, so that the loop is compiled to vector code.
#[inline(always)]
fn has<T: Ordered>(values: &[T], value: T) -> bool {
    values.iter().fold(
        false,
        #[inline(always)]
        |has, x| has | x.is_same(value),
    )
}

#[inline(always)]
fn merge<E: End, T: Ordered>(best: &mut Option<T>, other: Option<T>) {
    if let Some(other) = other
        && best.is_none_or(
            #[inline(always)]
            |best| wins::<E, T>(other, best),
        )
    {
        *best = Some(other);
    }
}

/// Longest slice whose extremes are found in plain code, where the caller is.
const SHORT: usize = 16;

/// `None` where the slice is longer, or has nulls.
#[allow(clippy::option_option, reason = "whether there is an answer, and the answer")]
#[inline(always)]
fn short<E: End, R: NumericRow>(column: R::Column<'_>) -> Option<Option<R::Value>> {
    let values = R::values(column);
    if R::NULLABLE || values.len() > SHORT {
        return None;
    }
    let mut found = E::identity::<R::Value>();
    for &value in values {
        if E::beats(value, found) {
            found = value;
        }
    }
    Some(settle::<E, R::Value>(
        found,
        !values.is_empty(),
        #[inline(always)]
        |value| has(values, value),
    ))
}

macro_rules! extremes {
    ($($(#[$doc:meta])* $Name:ident $End:ident $raw:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        pub struct $Name;

        impl<R: NumericRow> Aggregate<R> for $Name {
            type Partial = Option<R::Value>;
            type Output = Option<R::Value>;

            #[inline(always)]
            fn identity(&self) -> Self::Partial {
                None
            }
            #[inline(always)]
            fn update<S: Simd>(&self, partial: &mut Self::Partial, tile: &Tile<'_, R, S>) {
                update::<$End, R, S>(partial, tile.$raw(), tile);
            }
            #[inline(always)]
            fn merge(&self, into: &mut Self::Partial, other: &Self::Partial) {
                merge::<$End, _>(into, *other);
            }
            #[inline(always)]
            fn finish(&self, partial: &Self::Partial) -> Self::Output {
                *partial
            }
            #[inline(always)]
            fn short(&self, column: R::Column<'_>) -> Option<Self::Output> {
                short::<$End, R>(column)
            }
        }
    )*};
}

extremes! {
    /// The least value.
    ///
    /// - **Empty**, all null, or all NaN: `None`.
    /// - **NaN** is skipped. `-0.0 < +0.0`. Infinities are values as any other.
    /// - **Order**: the result does not depend on it, nor on merges.
    /// - **Cost**: one pass, and a second look at tiles whose least value is a zero; no
    ///   allocation. The partial is the result.
    ///
    /// ```
    /// use lanefold::{Aggregate, Min};
    /// assert_eq!(Min.of(&[3.0, f64::NAN, -1.0]), Some(-1.0));
    /// assert_eq!(Min.of(&[f64::NAN]), None);
    /// ```
    Min Least raw_min;

    /// The greatest value.
    ///
    /// - **Empty**, all null, or all NaN: `None`.
    /// - **NaN** is skipped. `-0.0 < +0.0`. Infinities are values as any other.
    /// - **Order**: the result does not depend on it, nor on merges.
    /// - **Cost**: one pass, and a second look at tiles whose greatest value is a zero;
    ///   no allocation. The partial is the result.
    ///
    /// ```
    /// use lanefold::{Aggregate, Max};
    /// assert_eq!(Max.of(&[3, -1, 7]), Some(7));
    /// ```
    Max Greatest raw_max;
}

/// The least and the greatest value, in one pass.
///
/// As [`Min`] and [`Max`] in every respect, and `None` where they are.
///
/// ```
/// use lanefold::{Aggregate, MinMax};
/// assert_eq!(MinMax.of(&[3.0, f64::NAN, -1.0]), Some((-1.0, 3.0)));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct MinMax;

impl<R: NumericRow> Aggregate<R> for MinMax {
    type Partial = Option<(R::Value, R::Value)>;
    type Output = Option<(R::Value, R::Value)>;

    #[inline(always)]
    fn identity(&self) -> Self::Partial {
        None
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut Self::Partial, tile: &Tile<'_, R, S>) {
        let (least, greatest) = tile.raw_extrema();
        let (mut min, mut max) = partial.unzip();
        update::<Least, R, S>(&mut min, least, tile);
        update::<Greatest, R, S>(&mut max, greatest, tile);
        *partial = min.zip(max);
    }
    #[inline(always)]
    fn merge(&self, into: &mut Self::Partial, other: &Self::Partial) {
        let ((mut min, mut max), other) = (into.unzip(), other.unzip());
        merge::<Least, _>(&mut min, other.0);
        merge::<Greatest, _>(&mut max, other.1);
        *into = min.zip(max);
    }
    #[inline(always)]
    fn finish(&self, partial: &Self::Partial) -> Self::Output {
        *partial
    }
    #[inline(always)]
    fn short(&self, column: R::Column<'_>) -> Option<Self::Output> {
        Some(short::<Least, R>(column)?.zip(short::<Greatest, R>(column)?))
    }
}
