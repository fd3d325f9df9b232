//! What members of a tuple ask for together.
//!
//! What no member uses is dead code, and the compiler removes it.

use super::Tile;
use crate::backend::Simd;
use crate::extrema::{End, Extreme, Greatest, Least};
use crate::lanes::{Bounds, CountWithin, Dense, LaneFold, Masked, Within, sweep};
use crate::number::Number;
use crate::row::NumericRow;
use crate::sum::{Adds, Summable};
use core::marker::PhantomData;

/// The sum of a tile, its least and its greatest value.
type SumAndExtrema<T> = (<T as Summable>::TileSum, (T, T));

impl<R: NumericRow, S: Simd> Tile<'_, R, S> {
    const EXTREMA: (Extreme<Least, R::Value>, Extreme<Greatest, R::Value>) =
        (Extreme::LANES, Extreme::LANES);

    /// The sum of the tile, as the stripe adds it.
    #[inline(always)]
    pub(crate) fn sum(&self) -> <R::Value as Summable>::TileSum {
        if let Some(sum) = self.memo.sum.get() {
            return sum;
        }
        // Extrema that nobody asks for are not always removed: a mean beside a count took 1.6
        // times as long as alone.
        if self.shared.get() && self.extrema.get() {
            return self.sum_and_extrema().0;
        }
        let sum = R::Value::total::<S>(self.fold(&Adds::<R::Value>(PhantomData)));
        self.memo.sum.set(Some(sum));
        sum
    }

    /// The sum of the tile, if there is a row.
    #[inline(always)]
    pub(crate) fn sum_of_rows(&self) -> Option<<R::Value as Summable>::TileSum> {
        if self.memo.bounds.is_none() {
            return if self.count > 0 { Some(self.sum()) } else { None };
        }
        // To count would be a second sweep. Which sum may be that of no rows is known.
        let sum = self.sum();
        let none = R::Value::may_be_of_none(sum) && !self.has(R::Value::PAD);
        if none { None } else { Some(sum) }
    }

    /// How many values of a tile without nulls lie between bounds, if there are any: by lanes
    /// that count, which take half the time of a search for bits.
    #[inline(always)]
    pub(crate) fn count_within(&self, bounds: Option<Bounds<R::Value>>) -> Option<usize> {
        let kept = CountWithin::new(bounds?);
        let rows = Dense::<R::Value, R::Value>::new(R::values(self.column));
        Some(kept.total::<S>(sweep(self.simd, self.one_run, rows, &kept), self.len()))
    }

    /// The sum of the tile, and its count: in one sweep where neither is known.
    #[inline(always)]
    pub(crate) fn sum_and_count(&self) -> (<R::Value as Summable>::TileSum, usize) {
        match self.memo.bounds {
            Some(bounds) if !self.shared.get() => {
                let adds = Within { bounds: Some(bounds), fold: &Adds::<R::Value>(PhantomData) };
                let kept = CountWithin::new(bounds);
                let rows = Masked::<R::Value, R::Value>::new(R::values(self.column), None);
                let fold = (adds, kept);
                let (sum, count) = sweep(self.simd, self.one_run, rows, &fold);
                (R::Value::total::<S>(sum), fold.1.total::<S>(count, self.len()))
            }
            _ => (self.sum(), self.count),
        }
    }

    /// The sum of the tile, and the lanes of another fold: in one sweep, unless others have
    /// a use for the sum.
    #[inline(always)]
    pub(crate) fn sum_and<F>(&self, fold: F) -> (<R::Value as Summable>::TileSum, F::Lanes)
    where
        F: LaneFold<S, <R::Value as Number>::Vec<S>>,
    {
        if self.shared.get() {
            return (self.sum(), self.fold(&fold));
        }
        let (sum, lanes) = self.fold(&(Adds::<R::Value>(PhantomData), fold));
        (R::Value::total::<S>(sum), lanes)
    }

    /// The least value, before a second look tells zeros and absence apart: of zeros of both signs
    /// either, and not the same on every backend.
    #[inline(always)]
    pub(crate) fn raw_min(&self) -> R::Value {
        if self.shared.get() {
            self.shared_extrema().0
        } else {
            Least::fold::<S, _, _>(self.fold(&Extreme::<Least, R::Value>::LANES))
        }
    }

    /// The greatest value, likewise.
    #[inline(always)]
    pub(crate) fn raw_max(&self) -> R::Value {
        if self.shared.get() {
            self.shared_extrema().1
        } else {
            Greatest::fold::<S, _, _>(self.fold(&Extreme::<Greatest, R::Value>::LANES))
        }
    }

    /// Both of them.
    #[inline(always)]
    pub(crate) fn raw_extrema(&self) -> (R::Value, R::Value) {
        if self.shared.get() {
            return self.shared_extrema();
        }
        let (min, max) = self.fold(&Self::EXTREMA);
        (Least::fold::<S, _, _>(min), Greatest::fold::<S, _, _>(max))
    }

    #[inline(always)]
    fn shared_extrema(&self) -> (R::Value, R::Value) {
        match self.memo.extrema.get() {
            Some(extrema) => extrema,
            None => self.sum_and_extrema().1,
        }
    }

    #[inline(always)]
    fn sum_and_extrema(&self) -> SumAndExtrema<R::Value> {
        let (lanes, (min, max)) = self.fold(&(Adds::<R::Value>(PhantomData), Self::EXTREMA));
        let sum = R::Value::total::<S>(lanes);
        let extrema = (Least::fold::<S, _, _>(min), Greatest::fold::<S, _, _>(max));
        self.memo.sum.set(Some(sum));
        self.memo.extrema.set(Some(extrema));
        (sum, extrema)
    }
}
