//! Folds of the rows whose value lies between bounds.

use super::LaneFold;
use crate::backend::{Simd, Vector};
use crate::extrema::Ordered;
use crate::number::{Load, Number};
use core::ops::{Bound, RangeBounds};

/// The two ends of a range of numbers, as [`RangeBounds`] gives them.
pub(crate) type Bounds<T> = (Bound<T>, Bound<T>);

/// The bounds among converted numbers, where these compare as the numbers do.
#[inline(always)]
pub(crate) fn convert<T: Load<L>, L: Number>(bounds: Bounds<T>) -> Option<Bounds<L>> {
    let of = |bound: Bound<T>| bound.map(<T as Load<L>>::convert);
    if T::EXACT { Some((of(bounds.0), of(bounds.1))) } else { None }
}

/// Which lanes lie between bounds: NaN does where there are none.
#[inline(always)]
pub(crate) fn within<S: Simd, T: Number>(
    simd: S,
    bounds: Bounds<T>,
    values: T::Vec<S>,
) -> <T::Vec<S> as Vector<S, T>>::Mask {
    let splat = |limit: T| T::Vec::<S>::splat(simd, limit);
    let above = match bounds.0 {
        Bound::Included(limit) => Some(splat(limit).le(values)),
        Bound::Excluded(limit) => Some(splat(limit).lt(values)),
        Bound::Unbounded => None,
    };
    let below = match bounds.1 {
        Bound::Included(limit) => Some(values.le(splat(limit))),
        Bound::Excluded(limit) => Some(values.lt(splat(limit))),
        Bound::Unbounded => None,
    };
    match (above, below) {
        (Some(above), Some(below)) => T::Vec::<S>::both(simd, above, below),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => T::Vec::<S>::mask(simd, u64::MAX),
    }
}

/// A fold of the rows between bounds, if there are any: the others are as rows that are not
/// there.
pub(crate) struct Within<'f, L, F> {
    pub(crate) bounds: Option<Bounds<L>>,
    pub(crate) fold: &'f F,
}

impl<L: Number, F> Within<'_, L, F> {
    /// The values that are there, and `pad` in the place of others.
    #[inline(always)]
    fn present<S: Simd>(&self, simd: S, values: L::Vec<S>, pad: L::Vec<S>) -> L::Vec<S> {
        match self.bounds {
            Some(bounds) => values.select(within(simd, bounds, values), pad),
            None => values,
        }
    }
}

impl<S, L, F> LaneFold<S, L::Vec<S>> for Within<'_, L, F>
where
    S: Simd,
    L: Number,
    F: LaneFold<S, L::Vec<S>>,
{
    type Lanes = F::Lanes;
    const REGISTERS: usize = F::REGISTERS;
    const KEPT: bool = F::KEPT;
    const CARRIES: bool = F::CARRIES;

    #[inline(always)]
    fn identity(&self, simd: S) -> F::Lanes {
        self.fold.identity(simd)
    }
    #[inline(always)]
    fn step(&self, simd: S, lanes: F::Lanes, load: impl Fn(L::Vec<S>) -> L::Vec<S>) -> F::Lanes {
        self.fold.step(
            simd,
            lanes,
            #[inline(always)]
            |pad| self.present(simd, load(pad), pad),
        )
    }
    #[inline(always)]
    fn join(&self, one: F::Lanes, other: F::Lanes) -> F::Lanes {
        self.fold.join(one, other)
    }
    #[inline(always)]
    fn carry(
        &self,
        simd: S,
        eights: usize,
        load: impl Fn(usize, usize, L::Vec<S>) -> L::Vec<S>,
    ) -> F::Lanes {
        self.fold.carry(
            simd,
            eights,
            #[inline(always)]
            |i, register, pad| self.present(simd, load(i, register, pad), pad),
        )
    }
}

/// How many rows lie between bounds.
pub(crate) struct CountWithin<T> {
    bounds: Bounds<T>,
    /// A value that does not, if there is one.
    beyond: Option<T>,
}

impl<T: Number> CountWithin<T> {
    #[inline(always)]
    pub(crate) fn new(bounds: Bounds<T>) -> Self {
        let unless_within = |other: T| if bounds.contains(&other) { None } else { Some(other) };
        let beyond = match (unless_within(T::NAN), unless_within(T::LOWEST)) {
            (Some(other), _) | (None, Some(other)) => Some(other),
            (None, None) => unless_within(T::HIGHEST),
        };
        Self { bounds, beyond }
    }

    /// The count of so many rows.
    #[inline(always)]
    pub(crate) fn total<S: Simd>(&self, (lanes, bytes): Lanes<S, T>, rows: usize) -> usize {
        if self.beyond.is_none() {
            rows
        } else if const { size_of::<T>() == 1 } {
            bytes
        } else {
            lanes.fold_add().small()
        }
    }
}

/// Lanes that count, as integers of the same width, whose additions do not compete with those
/// of floats; and a count of bytes, whose lanes would overflow.
type Lanes<S, T> = (<<T as Ordered>::Encoding as Number>::Vec<S>, usize);

impl<S: Simd, T: Number> LaneFold<S, T::Vec<S>> for CountWithin<T> {
    type Lanes = Lanes<S, T>;
    const REGISTERS: usize = 1;
    const KEPT: bool = false;

    #[inline(always)]
    fn identity(&self, simd: S) -> Lanes<S, T> {
        (Vector::splat(simd, T::Encoding::default()), 0)
    }
    #[inline(always)]
    fn step(
        &self,
        simd: S,
        (lanes, bytes): Lanes<S, T>,
        load: impl Fn(T::Vec<S>) -> T::Vec<S>,
    ) -> Lanes<S, T> {
        let values = load(Vector::splat(simd, self.beyond.unwrap_or_default()));
        let kept = within::<S, T>(simd, self.bounds, values);
        if const { size_of::<T>() == 1 } {
            (lanes, bytes + T::Vec::<S>::bits(simd, kept).count_ones() as usize)
        } else {
            // On AVX2 one subtraction: the compiler sees that the lanes start at zero.
            let units = T::Vec::<S>::splat(simd, T::default()).tally(kept);
            (lanes.add(T::encode(simd, units)), bytes)
        }
    }
    #[inline(always)]
    fn join(&self, one: Lanes<S, T>, other: Lanes<S, T>) -> Lanes<S, T> {
        (one.0.add(other.0), one.1 + other.1)
    }
}
