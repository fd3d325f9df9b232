//! Aggregates of two columns.

mod distance;
mod joint;
mod narrow;
mod weighted;

pub use distance::{CosineSimilarity, EuclideanDistance, MeanAbsoluteError, RootMeanSquareError};
pub use joint::{Correlation, Covariance, Line, LinearFit};
pub use weighted::{WeightedMean, WeightedVariance};

use crate::aggregate::{Aggregate, SHORT};
use crate::backend::{FloatVector, Simd, Vector};
use crate::extrema::Ordered;
use crate::integer::{OfProducts, Wide, WideTotal};
use crate::lanes::operation::halve_by;
use crate::lanes::{Sums, Terms, digits};
use crate::row::NumericRow;
use crate::sum::{FloatTotal, Summable};
use crate::tile::Tile;
use core::array;
use core::marker::PhantomData;
use core::ops::{Add, Mul};
use narrow::NarrowProducts;

/// How pairs of a number type are multiplied and summed.
pub trait Products: Sized {
    /// The partial.
    type ProductTotal: Copy + core::fmt::Debug + PartialEq;
    /// The result.
    type Dot: Copy + core::fmt::Debug + PartialEq;
    /// The sum of no products.
    const NO_PRODUCTS: Self::ProductTotal;

    /// Adds the products of a tile that has a row.
    fn add_products<A, B, S>(total: &mut Self::ProductTotal, tile: &Tile<'_, (A, B), S>)
    where
        A: NumericRow<Value = Self>,
        B: NumericRow<Value = Self>,
        S: Simd;
    /// Adds another total.
    fn merge_products(total: &mut Self::ProductTotal, other: &Self::ProductTotal);
    /// The sum of products.
    fn dot(total: &Self::ProductTotal) -> Self::Dot;
    /// The same for columns so short that plain code is faster; `None` for any other.
    #[inline(always)]
    fn short_dot(x: &[Self], y: &[Self]) -> Option<Self::Dot> {
        let _ = (x, y);
        None
    }
}

/// `xy`.
struct Product<T>(PhantomData<T>);

macro_rules! floats {
    ($($T:ident $Vec:ident)*) => {$(
        impl<S: Simd> Terms<S, (S::$Vec, S::$Vec), 1> for Product<$T> {
            type Number = $T;
            const START: $T = -0.0;
            const TURNS: bool = true;

            #[inline(always)]
            fn of(
                &self,
                simd: S,
                load: impl Fn((S::$Vec, S::$Vec)) -> (S::$Vec, S::$Vec),
            ) -> [S::$Vec; 1] {
                // The product of an absent pair is -0.0.
                let (x, y) = load((Vector::splat(simd, -0.0), Vector::splat(simd, 1.0)));
                [x.mul(y)]
            }
        }

        impl Products for $T {
            type ProductTotal = FloatTotal;
            type Dot = $T;
            const NO_PRODUCTS: FloatTotal = FloatTotal::NOTHING;

            #[inline(always)]
            fn add_products<A, B, S>(total: &mut FloatTotal, tile: &Tile<'_, (A, B), S>)
            where
                A: NumericRow<Value = $T>,
                B: NumericRow<Value = $T>,
                S: Simd,
            {
                let [sum] = tile.fold(&Sums(Product::<$T>(PhantomData)));
                total.add(f64::from(sum.fold_add()));
            }
            #[inline(always)]
            fn merge_products(total: &mut FloatTotal, other: &FloatTotal) {
                total.merge(other);
            }
            #[inline(always)]
            fn dot(total: &FloatTotal) -> $T {
                <$T as Summable>::sum(total)
            }
            #[inline(always)]
            fn short_dot(x: &[$T], y: &[$T]) -> Option<$T> {
                if x.len() > SHORT {
                    return None;
                }
                // Of a known length, these need no loop and no memory.
                let sum = if let (Ok(x), Ok(y)) = (<&[$T; 8]>::try_from(x), <&[$T; 8]>::try_from(y)) {
                    let products: [$T; 8] = array::from_fn(|i| x[i] * y[i]);
                    <$T as Summable>::short_sum(&products)?
                } else {
                    sum_of_few(x, y, -0.0)
                };
                Some(<$T as Summable>::sum_of_one(sum))
            }
        }
    )*};
}

floats! { f32 F32 f64 F64 }

/// The sum of the products of up to 16 pairs, each in a lane of its own; `absent` changes no sum. Where
/// products were stored one by one, and loaded by vectors, 16 pairs of `f64` took 10.5 ns, and take 6.
///
/// Not inlined: that is too much code for every caller.
#[inline(never)]
fn sum_of_few<T>(x: &[T], y: &[T], absent: T) -> T
where
    T: Copy + Default + Add<Output = T> + Mul<Output = T>,
{
    if x.is_empty() {
        return T::default();
    }
    let mut products: [T; SHORT] = match (<&[T; SHORT]>::try_from(x), <&[T; SHORT]>::try_from(y)) {
        (Ok(x), Ok(y)) => array::from_fn(|i| x[i] * y[i]),
        _ => array::from_fn(|i| x.get(i).zip(y.get(i)).map_or(absent, |(&x, &y)| x * y)),
    };
    halve_by(&mut products, Add::add)
}

/// 64 bits: by digits, or in plain code.
macro_rules! long {
    ($($T:ident $Dot:ident $wide:path;)*) => {$(
        impl Products for $T {
            type ProductTotal = WideTotal<OfProducts<$T>>;
            type Dot = $Dot;
            const NO_PRODUCTS: Self::ProductTotal = WideTotal::ZERO;

            #[inline(always)]
            fn add_products<A, B, S>(total: &mut Self::ProductTotal, tile: &Tile<'_, (A, B), S>)
            where
                A: NumericRow<Value = $T>,
                B: NumericRow<Value = $T>,
                S: Simd,
            {
                if let Some(sum) = digits::products(tile) {
                    total.add(Wide::from_signed(sum));
                    return;
                }
                let mut sum = Wide::ZERO;
                tile.for_each(
                    #[inline(always)]
                    |x, y| sum = sum.plus($wide($Dot::from(x) * $Dot::from(y))),
                );
                total.add(sum);
            }
            #[inline(always)]
            fn merge_products(total: &mut Self::ProductTotal, other: &Self::ProductTotal) {
                total.add(other.total);
            }
            #[inline(always)]
            fn dot(total: &Self::ProductTotal) -> $Dot {
                total.total.saturate()
            }
            #[inline(always)]
            fn short_dot(x: &[$T], y: &[$T]) -> Option<$Dot> {
                if x.len() > SHORT {
                    return None;
                }
                // Where the type of the result overflows, the exact value is to decide.
                let plus = |sum: $Dot, x, y| sum.checked_add($Dot::from(x) * $Dot::from(y));
                short_products(x, y, 0, plus)
            }
        }
    )*};
}

long! {
    i64 i128 Wide::from_signed;
    u64 u128 Wide::from_unsigned;
}

/// At most 32 bits: in lanes.
macro_rules! narrow {
    ($($T:ident $Dot:ident $Product:ident;)*) => {$(
        impl Products for $T {
            type ProductTotal = WideTotal<OfProducts<$T>>;
            type Dot = $Dot;
            const NO_PRODUCTS: Self::ProductTotal = WideTotal::ZERO;

            #[inline(always)]
            fn add_products<A, B, S>(total: &mut Self::ProductTotal, tile: &Tile<'_, (A, B), S>)
            where
                A: NumericRow<Value = $T>,
                B: NumericRow<Value = $T>,
                S: Simd,
            {
                total.add(Wide::from_signed(<$T>::of_tile(tile)));
            }
            #[inline(always)]
            fn merge_products(total: &mut Self::ProductTotal, other: &Self::ProductTotal) {
                total.add(other.total);
            }
            #[inline(always)]
            fn dot(total: &Self::ProductTotal) -> $Dot {
                total.total.saturate()
            }
            #[inline(always)]
            fn short_dot(x: &[$T], y: &[$T]) -> Option<$Dot> {
                if x.len() > SHORT {
                    return None;
                }
                // So few products need four bits more than one of them, and the result has more.
                let product = |x, y| $Product::from(x) * $Product::from(y);
                let plus = |sum, x, y| Some(sum + $Dot::from(product(x, y)));
                short_products(x, y, 0, plus)
            }
        }
    )*};
}

/// Folds the pairs of short columns of one length. Not inlined: that is too much code for every caller.
#[inline(never)]
fn short_products<T: Copy, P>(
    x: &[T],
    y: &[T],
    no: P,
    plus: impl Fn(P, T, T) -> Option<P>,
) -> Option<P> {
    debug_assert_eq!(x.len(), y.len());
    let ((x, x_rest), (y, y_rest)) = (x.as_chunks::<4>(), y.as_chunks::<4>());
    let mut sum = no;
    for (x, y) in x.iter().zip(y) {
        for i in 0..4 {
            sum = plus(sum, x[i], y[i])?;
        }
    }
    x_rest.iter().zip(y_rest).try_fold(sum, |sum, (&x, &y)| plus(sum, x, y))
}

narrow! {
    i8 i64 i32;
    u8 u64 u32;
    i16 i64 i32;
    u16 u64 u32;
    i32 i128 i64;
    u32 u128 u64;
}

/// The dot product: the sum of the products of the pairs.
///
/// | rows | result |
/// | --- | --- |
/// | pairs of `i8`, `u8`, `i16`, `u16` | `i64`, `u64`, exact |
/// | pairs of `i32`, `u32`, `i64`, `u64` | `i128`, `u128`, exact |
/// | pairs of `f32`, `f64` | the same type, with an error of at most `25 u · Σ\|xy\|`, where `u` is 2⁻²⁴ or 2⁻⁵³ |
///
/// Both columns hold the same type. A pair of which one value is null is left out.
///
/// - **Empty**, or no whole pair: `+0.0` or 0.
/// - **NaN** gives NaN, and so do `0 · ∞` and infinities of both signs.
/// - **Overflow**: as [`Sum`](crate::Sum) for the products; float products below the
///   range lose digits. An integer result saturates: for 64-bit rows from the second product
///   of values near the end of their range on, for others not below 2³² rows.
/// - **Order**: as [`Sum`](crate::Sum).
/// - **Cost**: one pass, no allocation; a partial of 16 bytes (32 for integers).
///
/// # Panics
///
/// `of` panics where the columns differ in length, and `try_of` returns the error.
///
/// ```
/// use lanefold::{Aggregate, Dot};
/// let (xs, ys) = ([1.0, 2.0, 3.0], [4.0, 5.0, 6.0]);
/// assert_eq!(Dot.of((&xs, &ys)), 32.0);
/// assert!(Dot.try_of((&xs, &ys[1..])).is_err());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Dot;

impl<A, B> Aggregate<(A, B)> for Dot
where
    A: NumericRow,
    B: NumericRow<Value = A::Value>,
{
    type Partial = <A::Value as Products>::ProductTotal;
    type Output = <A::Value as Products>::Dot;

    #[inline(always)]
    fn identity(&self) -> Self::Partial {
        A::Value::NO_PRODUCTS
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut Self::Partial, tile: &Tile<'_, (A, B), S>) {
        if tile.count() > 0 {
            A::Value::add_products(partial, tile);
        }
    }
    #[inline(always)]
    fn merge(&self, into: &mut Self::Partial, other: &Self::Partial) {
        A::Value::merge_products(into, other);
    }
    #[inline(always)]
    fn finish(&self, partial: &Self::Partial) -> Self::Output {
        A::Value::dot(partial)
    }
    // Of integers this was not measured.
    const OWN_LANES: bool = A::Value::IS_FLOAT;
    #[inline(always)]
    fn short(&self, (x, y): (A::Column<'_>, B::Column<'_>)) -> Option<Self::Output> {
        let is_plain = !A::NULLABLE && !B::NULLABLE;
        if is_plain { A::Value::short_dot(A::values(x), B::values(y)) } else { None }
    }
}
