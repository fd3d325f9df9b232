//! How many values are NaN.

use crate::aggregate::Aggregate;
use crate::backend::{Simd, Vector};
use crate::kind::Float;
use crate::lanes::LaneFold;
use crate::row::NumericRow;
use crate::sum::Counted;
use crate::tile::Tile;
use core::marker::PhantomData;

/// The number of floats that are NaN.
///
/// - **Empty**, or all null: 0. What lies under a null does not count.
/// - **Order**: the result does not depend on it, nor on merges.
/// - **Cost**: one pass, no allocation; a partial of 8 bytes.
///
/// ```
/// use lanefold::{Aggregate, Count, CountNan};
/// assert_eq!((Count, CountNan).of(&[1.0, f64::NAN, f64::INFINITY]), (3, 1));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct CountNan;

/// Lanes that count in their own type, which is exact: a tile has few rows.
struct NanLanes<T>(PhantomData<T>);

impl<S: Simd, T: Float> LaneFold<S, T::Vec<S>> for NanLanes<T> {
    type Lanes = T::Vec<S>;
    const REGISTERS: usize = 1;

    #[inline(always)]
    fn identity(&self, simd: S) -> T::Vec<S> {
        Vector::splat(simd, T::default())
    }
    #[inline(always)]
    fn step(&self, simd: S, lanes: T::Vec<S>, load: impl Fn(T::Vec<S>) -> T::Vec<S>) -> T::Vec<S> {
        let zero = T::Vec::<S>::splat(simd, T::default());
        let x = load(zero);
        lanes.add(zero.select(x.eq(x), Vector::splat(simd, T::ONE)))
    }
    #[inline(always)]
    fn join(&self, one: T::Vec<S>, other: T::Vec<S>) -> T::Vec<S> {
        one.add(other)
    }
}

impl<R: NumericRow<Value: Float>> Aggregate<R> for CountNan {
    type Partial = Counted;
    type Output = u64;

    #[inline(always)]
    fn identity(&self) -> Counted {
        Counted::NOTHING
    }
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a count of at most a tile's rows"
    )]
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut Counted, tile: &Tile<'_, R, S>) {
        let count: f64 = tile.fold(&NanLanes::<R::Value>(PhantomData)).fold_add().into();
        partial.rows = partial.rows.saturating_add(count as u64);
    }
    #[inline(always)]
    fn merge(&self, into: &mut Counted, other: &Counted) {
        into.merge(*other);
    }
    #[inline(always)]
    fn finish(&self, partial: &Counted) -> u64 {
        partial.rows
    }
}
