//! Tiles of pairs.

use super::Tile;
use crate::backend::Simd;
use crate::lanes::{Dense, LaneFold, Masked, Sweep, Zip, sweep, turned};
use crate::number::{Load, Number};
use crate::row::{NumericRow, Row};

impl<A, B, S> Tile<'_, (A, B), S>
where
    A: NumericRow,
    B: NumericRow,
    S: Simd,
{
    /// Runs the lanes of an aggregate over the pairs of which neither value is null.
    #[inline(always)]
    pub fn fold<F>(&self, fold: &F) -> F::Lanes
    where
        B::Value: Load<A::Value>,
        F: LaneFold<S, (<A::Value as Number>::Vec<S>, <A::Value as Number>::Vec<S>)>,
    {
        self.fold_as::<A::Value, F>(fold)
    }

    /// As [`fold`](Self::fold), with the values converted to `L`.
    #[inline(always)]
    pub fn fold_as<L: Number, F>(&self, fold: &F) -> F::Lanes
    where
        A::Value: Load<L>,
        B::Value: Load<L>,
        F: LaneFold<S, (L::Vec<S>, L::Vec<S>)>,
    {
        let (a, b) = (A::values(self.column.0), B::values(self.column.1));
        if Self::NULLABLE {
            let a = Masked::<A::Value, L>::new(a, Some(self.bits()));
            let b = Masked::<B::Value, L>::new(b, Some(self.bits()));
            sweep(self.simd, self.one_run, Zip(a, b), fold)
        } else {
            if let Some(a) = <A::Value as Load<L>>::same(a)
                && let Some(b) = <B::Value as Load<L>>::same(b)
                && let Some(lanes) = turned(self.simd, self.one_run, (a, b), fold)
            {
                return lanes;
            }
            let a = Dense::<A::Value, L>::new(a);
            let b = Dense::<B::Value, L>::new(b);
            sweep(self.simd, self.one_run, Zip(a, b), fold)
        }
    }

    /// Hands the pairs to a sweep of its own kind, with the values converted to `f64`.
    #[inline(always)]
    pub(crate) fn sweep_as<W: Sweep<S, (S::F64, S::F64)>>(&self, sweep: W) -> W::Output
    where
        A::Value: Load<f64>,
        B::Value: Load<f64>,
    {
        let (a, b) = (A::values(self.column.0), B::values(self.column.1));
        if Self::NULLABLE {
            let a = Masked::<A::Value, f64>::new(a, Some(self.bits()));
            let b = Masked::<B::Value, f64>::new(b, Some(self.bits()));
            sweep.sweep(self.simd, Zip(a, b))
        } else {
            let (a, b) = (Dense::<A::Value, f64>::new(a), Dense::<B::Value, f64>::new(b));
            sweep.sweep(self.simd, Zip(a, b))
        }
    }

    /// The first pair of which neither value is null.
    #[inline(always)]
    pub fn first(&self) -> Option<(A::Value, B::Value)> {
        let (a, b) = (A::values(self.column.0), B::values(self.column.1));
        let row = if Self::NULLABLE { self.first_present()? } else { 0 };
        a.get(row).copied().zip(b.get(row).copied())
    }

    /// The pairs of which neither value is null: for what is not inlined, as
    /// `values_there` of numbers.
    #[inline(always)]
    pub(crate) fn pairs_there(&self) -> impl Iterator<Item = (A::Value, B::Value)> + Clone {
        let bits = if Self::NULLABLE { Some(self.bits()) } else { None };
        let there = move |row| bits.is_none_or(|bits| bits[row / 8] >> (row % 8) & 1 == 1);
        let pairs = A::values(self.column.0).iter().zip(B::values(self.column.1));
        pairs.enumerate().filter(move |&(row, _)| there(row)).map(|(_, (&a, &b))| (a, b))
    }

    /// Calls `f` with each pair of which neither value is null.
    #[inline(always)]
    pub fn for_each(&self, mut f: impl FnMut(A::Value, B::Value)) {
        let (a, b) = (A::values(self.column.0), B::values(self.column.1));
        for (i, (&a, &b)) in a.iter().zip(b).enumerate() {
            if self.is_present(i) {
                f(a, b);
            }
        }
    }

    const NULLABLE: bool = <(A, B) as Row>::NULLABLE;
}
