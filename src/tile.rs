//! Tiles: what an aggregate is handed.
//!
//! A long column is cut into *tiles* of [`Row::TILE`] rows, 8 KiB of values, and an
//! aggregate sees one after the other. So a tile is in L1 when a second member of a
//! tuple looks at it, or when one member looks twice; and since the cuts lie at fixed
//! places, results do not depend on how a stream of rows was delivered.
//!
//! A tile remembers what was asked of it: where `Sum`, `Mean` and `Max` stand in one
//! tuple, the first to ask computes the sum and both extrema in one sweep.

use crate::backend::Simd;
use crate::extrema::{End, Extreme, Greatest, Least, Probe, find};
use crate::lanes::{Dense, LaneFold, Masked, Sweep, Zip, sweep};
use crate::number::{Load, Number, RUN_ROWS};
use crate::row::{NumericRow, Row};
use crate::sum::{Adds, Summable};
use crate::validity::Nullable;
use core::cell::Cell;
use core::fmt;
use core::marker::PhantomData;

/// The sum of a tile, its least and its greatest value.
type SumAndExtrema<T> = (<T as Summable>::TileSum, (T, T));

/// At most [`Row::TILE`] rows, and the backend to work on them with.
pub struct Tile<'a, R: Row, S: Simd> {
    simd: S,
    column: R::Column<'a>,
    /// Which rows are not null, where rows may be null.
    bits: &'a R::Bits,
    count: usize,
    /// Whether several aggregates work on this tile.
    shared: Cell<bool>,
    /// Whether the rows are known to be at most a run.
    one_run: bool,
    memo: R::Memo,
}

/// What a tile of numbers remembers.
#[derive(Debug)]
pub struct Memo<T: Number> {
    sum: Cell<Option<T::TileSum>>,
    extrema: Cell<Option<(T, T)>>,
}

impl<T: Number> Default for Memo<T> {
    #[inline(always)]
    fn default() -> Self {
        Self { sum: Cell::new(None), extrema: Cell::new(None) }
    }
}

impl<R: Row, S: Simd> fmt::Debug for Tile<'_, R, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tile").field("simd", &self.simd).field("len", &self.len()).finish()
    }
}

impl<'a, R: Row, S: Simd> Tile<'a, R, S> {
    /// `one_run` says that the column has at most `RUN_ROWS` rows. `bits` is room for
    /// the validity of a tile: the caller's, because a copy of the tile would read in
    /// vectors what was just written in words, and wait for it.
    #[inline(always)]
    pub(crate) fn new<'l: 'a>(
        simd: S,
        column: R::Column<'l>,
        one_run: bool,
        bits: &'a mut R::Bits,
    ) -> Self {
        let column = R::shorten(column);
        debug_assert!(R::len(column) <= if one_run { RUN_ROWS } else { R::TILE });
        let count = if R::NULLABLE { R::write_bits(column, bits.as_mut()) } else { R::len(column) };
        let (shared, memo) = (Cell::new(false), R::Memo::default());
        Self { simd, column, bits, count, shared, one_run, memo }
    }

    /// The backend.
    #[inline(always)]
    pub fn simd(&self) -> S {
        self.simd
    }

    /// The rows.
    #[inline(always)]
    pub fn column(&self) -> R::Column<'a> {
        self.column
    }

    /// Rows, nulls included.
    #[inline(always)]
    pub fn len(&self) -> usize {
        R::len(self.column)
    }

    /// Whether there are no rows.
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Rows that are not null; of pairs, those of which neither value is.
    #[inline(always)]
    pub fn count(&self) -> usize {
        self.count
    }

    /// The validity of the rows of a whole tile, as a bitmap.
    #[inline(always)]
    pub(crate) fn bits(&self) -> &[u8] {
        self.bits.as_ref()
    }

    #[inline(always)]
    pub(crate) fn is_present(&self, row: usize) -> bool {
        !R::NULLABLE || self.bits()[row / 8] >> (row % 8) & 1 == 1
    }

    /// The first row that is not null, where rows may be null.
    #[inline(always)]
    fn first_present(&self) -> Option<usize> {
        let bytes = &self.bits()[..self.len().div_ceil(8)];
        let (i, byte) = bytes.iter().enumerate().find(|&(_, &byte)| byte != 0)?;
        Some(i * 8 + byte.trailing_zeros() as usize)
    }

    /// Whether the rows are known to be at most a run.
    #[inline(always)]
    pub(crate) fn is_one_run(&self) -> bool {
        self.one_run
    }

    /// Tells the tile that several aggregates will ask it.
    #[inline(always)]
    pub(crate) fn share(&self) {
        self.shared.set(true);
    }

    /// The validity of the rows as a bitmap, where rows may be null.
    #[inline(always)]
    pub(crate) fn validity(&self) -> Option<&[u8]> {
        R::NULLABLE.then_some(self.bits())
    }

    /// Which rows of a block of 64 are there and not null, a bit each.
    #[cfg(feature = "alloc")]
    #[inline(always)]
    pub(crate) fn present(&self, block: usize) -> u64 {
        let there = match self.len() - block * 64 {
            rows @ ..64 => !(u64::MAX << rows),
            _ => u64::MAX,
        };
        self.validity().map_or(
            there,
            #[inline(always)]
            |bits| there & u64::from_le_bytes(bits.as_chunks().0[block]),
        )
    }

    /// A tile of as many values, of which those are there whose bits are set.
    #[inline(always)]
    pub(crate) fn with_validity<'s, T: Number>(
        &self,
        values: &'s [T],
        bits: &'s T::Bits,
        count: usize,
    ) -> Tile<'s, Option<T>, S> {
        Tile {
            simd: self.simd,
            column: Nullable::aligned(values, bits.as_ref()),
            bits,
            count,
            shared: Cell::new(false),
            one_run: self.one_run,
            memo: Memo::default(),
        }
    }
}

impl<R: NumericRow, S: Simd> Tile<'_, R, S> {
    /// A tile of other values, null where these are.
    #[inline(always)]
    pub(crate) fn with_values_of<'s>(&'s self, values: &'s [R::Value]) -> Tile<'s, R, S> {
        Tile {
            simd: self.simd,
            column: R::column(values, self.bits()),
            bits: self.bits,
            count: self.count,
            shared: Cell::new(false),
            one_run: self.one_run,
            memo: Memo::default(),
        }
    }

    /// The first value that is not null.
    #[inline(always)]
    pub fn first(&self) -> Option<R::Value> {
        let values = R::values(self.column);
        if !R::NULLABLE {
            return values.first().copied();
        }
        values.get(self.first_present()?).copied()
    }

    /// The last value that is not null.
    #[inline(always)]
    pub fn last(&self) -> Option<R::Value> {
        let values = R::values(self.column);
        if !R::NULLABLE {
            return values.last().copied();
        }
        let bytes = &self.bits()[..self.len().div_ceil(8)];
        let (i, byte) = bytes.iter().enumerate().rfind(|&(_, &byte)| byte != 0)?;
        values.get(i * 8 + byte.ilog2() as usize).copied()
    }

    /// Runs the lanes of an aggregate over the rows; see [`LaneFold`].
    #[inline(always)]
    pub fn fold<F>(&self, fold: &F) -> F::Lanes
    where
        F: LaneFold<S, <R::Value as Number>::Vec<S>>,
    {
        self.fold_as::<R::Value, F>(fold)
    }

    /// As [`fold`](Self::fold), with the values converted to `L`.
    #[inline(always)]
    pub fn fold_as<L: Number, F>(&self, fold: &F) -> F::Lanes
    where
        R::Value: Load<L>,
        F: LaneFold<S, L::Vec<S>>,
    {
        let values = R::values(self.column);
        if R::NULLABLE {
            let rows = Masked::<R::Value, L>::new(values, self.bits());
            sweep(self.simd, self.one_run, rows, fold)
        } else {
            sweep(self.simd, self.one_run, Dense::<R::Value, L>::new(values), fold)
        }
    }

    /// Hands the rows to a sweep of its own kind, with the values converted to `f64`.
    #[inline(always)]
    pub(crate) fn sweep_as<W: Sweep<S, S::F64>>(&self, sweep: W) -> W::Output
    where
        R::Value: Load<f64>,
    {
        let values = R::values(self.column);
        if R::NULLABLE {
            sweep.sweep(self.simd, Masked::<R::Value, f64>::new(values, self.bits()))
        } else {
            sweep.sweep(self.simd, Dense::<R::Value, f64>::new(values))
        }
    }

    /// Calls `f` with the values, and with `pad` in the place of nulls: a plain loop
    /// over them is compiled for the backend. Copies the values where rows may be null.
    #[inline(always)]
    pub fn with_values<O>(&self, pad: R::Value, f: impl FnOnce(&[R::Value]) -> O) -> O {
        let values = R::values(self.column);
        if !R::NULLABLE {
            return f(values);
        }
        let mut padded = R::Value::ZEROS;
        let padded = &mut padded.as_mut()[..values.len()];
        for (i, (to, &value)) in padded.iter_mut().zip(values).enumerate() {
            *to = if self.is_present(i) { value } else { pad };
        }
        f(padded)
    }

    /// Calls `f` with each value that is not null.
    #[inline(always)]
    pub fn for_each(&self, mut f: impl FnMut(R::Value)) {
        for (i, &value) in R::values(self.column).iter().enumerate() {
            if self.is_present(i) {
                f(value);
            }
        }
    }

    /// The first hit of a probe, or, if `is_last`, the last, among rows that are not null.
    #[inline(always)]
    pub(crate) fn find(&self, is_last: bool, probe: impl Probe<S, R::Value>) -> Option<usize> {
        find(self.simd, R::values(self.column), self.validity(), is_last, probe)
    }

    /// The values, where there are no nulls, and nobody else asks for the same sweep.
    #[inline(always)]
    pub(crate) fn dense(&self) -> Option<&[R::Value]> {
        if R::NULLABLE || self.shared.get() { None } else { Some(R::values(self.column)) }
    }

    const EXTREMA: (Extreme<Least, R::Value>, Extreme<Greatest, R::Value>) =
        (Extreme::LANES, Extreme::LANES);

    /// The sum of the tile, as the stripe adds it.
    #[inline(always)]
    pub(crate) fn sum(&self) -> <R::Value as Summable>::TileSum {
        if let Some(sum) = self.memo.sum.get() {
            return sum;
        }
        if self.shared.get() {
            return self.sum_and_extrema().0;
        }
        let sum = R::Value::total::<S>(self.fold(&Adds::<R::Value>(PhantomData)));
        self.memo.sum.set(Some(sum));
        sum
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

    /// The least value, before a second look tells zeros and absence apart.
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

    /// What no member of the tuple uses is dead code, and the compiler removes it.
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
            let a = Masked::<A::Value, L>::new(a, self.bits());
            let b = Masked::<B::Value, L>::new(b, self.bits());
            sweep(self.simd, self.one_run, Zip(a, b), fold)
        } else {
            let a = Dense::<A::Value, L>::new(a);
            let b = Dense::<B::Value, L>::new(b);
            sweep(self.simd, self.one_run, Zip(a, b), fold)
        }
    }

    /// The first pair of which neither value is null.
    #[inline(always)]
    pub fn first(&self) -> Option<(A::Value, B::Value)> {
        let (a, b) = (A::values(self.column.0), B::values(self.column.1));
        let row = if Self::NULLABLE { self.first_present()? } else { 0 };
        a.get(row).copied().zip(b.get(row).copied())
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
