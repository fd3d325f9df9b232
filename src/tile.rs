//! Tiles: what an aggregate is handed.
//!
//! A long column is cut into *tiles* of [`Row::TILE`] rows, 8 KiB of values, and an
//! aggregate sees one after the other. So a tile is in L1 when a second member of a
//! tuple looks at it, or when one member looks twice; and since the cuts lie at fixed
//! places, results do not depend on how a stream of rows was delivered.
//!
//! A tile remembers what was asked of it: where `Sum`, `Mean` and `Max` stand in one
//! tuple, the first to ask computes the sum and both extrema in one sweep.

use crate::backend::{STRIPE_BYTES, Simd, Vector, with_zeros};
use crate::extrema::{Present, Probe, find, has};
use crate::lanes::{Bounds, Dense, LaneFold, Masked, Sweep, Within, convert, sweep, turned};
use crate::number::{Load, Number};
use crate::row::{NumericRow, Row};
use crate::validity::Nullable;
use core::cell::Cell;
use core::fmt;

mod pairs;
mod shared;

/// Stripes from which on it is worth to begin where a register does.
const LONG: usize = 4;

/// The rows before the first that a register could begin with, fewer than it holds: of a long column.
#[inline(always)]
pub(crate) fn head<S: Simd, T: Number>(values: &[T]) -> usize {
    // Registers of SSE begin where an allocator lets columns begin.
    if S::REGISTERS > 8 || values.len() < LONG * T::STRIPE {
        return 0;
    }
    let head = values.as_ptr().align_offset(STRIPE_BYTES / S::REGISTERS);
    // Values that are not aligned to their own size never are to a register.
    if head < T::Vec::<S>::LANES { head } else { 0 }
}

/// At most [`Row::TILE`] rows, and the backend to work on them with.
pub struct Tile<'a, R: Row, S: Simd> {
    simd: S,
    column: R::Column<'a>,
    /// Which rows are not null, where rows may be null: room for a tile, or for one run.
    bits: &'a [u8],
    count: usize,
    /// Whether several aggregates work on this tile.
    shared: Cell<bool>,
    /// Whether some of them ask for extrema.
    extrema: Cell<bool>,
    /// Whether the rows are known to be at most a run.
    one_run: bool,
    memo: R::Memo,
}

/// What a tile of numbers remembers, and what it knows of them.
#[derive(Debug)]
pub struct Memo<T: Number> {
    sum: Cell<Option<T::TileSum>>,
    extrema: Cell<Option<(T, T)>>,
    /// The bounds between which those values lie that are there: a fold can see by the
    /// values what it would else ask the bitmap.
    bounds: Option<Bounds<T>>,
}

impl<T: Number> Default for Memo<T> {
    #[inline(always)]
    fn default() -> Self {
        Self { sum: Cell::new(None), extrema: Cell::new(None), bounds: None }
    }
}

impl<R: Row, S: Simd> fmt::Debug for Tile<'_, R, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tile").field("simd", &self.simd).field("len", &self.len()).finish()
    }
}

impl<'a, R: Row, S: Simd> Tile<'a, R, S> {
    /// `one_run` says that the column is at most a run of whatever will be swept. `bits` is room for
    /// the validity of its rows, with anything in it: the caller's, because a copy of the tile would
    /// read in vectors what was just written in words, and wait for it.
    #[inline(always)]
    pub(crate) fn new<'l: 'a>(
        simd: S,
        column: R::Column<'l>,
        one_run: bool,
        bits: &'a mut [u8],
    ) -> Self {
        let column = R::shorten(column);
        debug_assert!(R::len(column) <= if one_run { R::TILE / 2 } else { R::TILE });
        debug_assert!(!R::NULLABLE || R::len(column).div_ceil(64) * 8 <= bits.len());
        let count = if R::NULLABLE { R::write_bits(column, bits) } else { R::len(column) };
        let (shared, extrema) = (Cell::new(false), Cell::new(false));
        Self { simd, column, bits, count, shared, extrema, one_run, memo: R::Memo::default() }
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

    /// The validity of the rows, as a bitmap of a whole tile or of one run.
    #[inline(always)]
    pub(crate) fn bits(&self) -> &[u8] {
        self.bits
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

    /// Tells the tile that several aggregates will ask it, and whether for extrema, too.
    #[inline(always)]
    pub(crate) fn share(&self, extrema: bool) {
        self.shared.set(true);
        self.extrema.set(self.extrema.get() || extrema);
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

    /// A tile of as many values, of which those are there whose bits are set, so many: if
    /// there are bounds, those between them. An aggregate that is content with the bounds
    /// asks for neither bits nor count, and the compiler removes the code that makes them.
    #[inline(always)]
    pub(crate) fn with_validity<'s, T: Number>(
        &self,
        values: &'s [T],
        bits: &'s [u8],
        count: usize,
        bounds: Option<Bounds<T>>,
    ) -> Tile<'s, Option<T>, S> {
        Tile {
            simd: self.simd,
            column: Nullable::aligned(values, bits),
            bits,
            count,
            shared: Cell::new(false),
            extrema: Cell::new(false),
            one_run: self.one_run,
            memo: Memo { bounds, ..Memo::default() },
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
            extrema: Cell::new(false),
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
        if self.memo.bounds.is_some() {
            return self.values_there().next();
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
        let values = R::values(self.column);
        // A column that an allocator gave begins 16 bytes past a line, and of registers of 32 bytes
        // every second load then needs two lines: in L1 extremes and wrapping sums take 1.5 times as
        // long, and of 64 bytes every load. So lanes begin where a register does, and the rows before it
        // come last.
        const { assert!(F::ANY_LANE || !F::ALIGNS, "rows go to other lanes") };
        // Of two registers a lane, sums of a run take as long as before with AVX2, and those of 10,000 rows
        // 0.90 to 0.94 of the time.
        let pays = const { F::REGISTERS == 1 || S::REGISTERS == 4 } || !self.one_run;
        if const { !R::NULLABLE && F::ALIGNS } && pays {
            let head = head::<S, R::Value>(values);
            if head > 0 {
                let rows = Dense::<R::Value, R::Value>::new(&values[head..]);
                let lanes = sweep(self.simd, self.one_run, rows, fold);
                return fold.step(
                    self.simd,
                    lanes,
                    #[inline(always)]
                    |pad| {
                        if const { F::IDEMPOTENT } {
                            <R::Value as Load<R::Value>>::load(self.simd, values)
                        } else {
                            <R::Value as Load<R::Value>>::load_part(self.simd, &values[..head], pad)
                        }
                    },
                );
            }
        }
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
            let bounds = self.memo.bounds.and_then(convert::<R::Value, L>);
            let bits = if bounds.is_some() { None } else { Some(self.bits()) };
            let rows = Masked::<R::Value, L>::new(values, bits);
            sweep(self.simd, self.one_run, rows, &Within { bounds, fold })
        } else {
            if let Some(values) = <R::Value as Load<L>>::same(values)
                && let Some(lanes) = turned(self.simd, self.one_run, values, fold)
            {
                return lanes;
            }
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
            sweep.sweep(self.simd, Masked::<R::Value, f64>::new(values, Some(self.bits())))
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
        with_zeros(
            values.len(),
            #[inline(always)]
            |padded| {
                for (i, (to, &value)) in padded.iter_mut().zip(values).enumerate() {
                    *to = if self.is_present(i) { value } else { pad };
                }
                f(padded)
            },
        )
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
        find(self.simd, R::values(self.column), self.rows_there(), is_last, probe)
    }

    /// Whether a value of these bits is there.
    #[inline(always)]
    pub(crate) fn has(&self, value: R::Value) -> bool {
        has(self.simd, R::values(self.column), self.rows_there(), value)
    }

    /// The values that are not null. What is not inlined takes these and not the tile, whose bits
    /// nobody may need: the compiler cannot know that then, and makes them.
    #[inline(always)]
    pub(crate) fn values_there(&self) -> impl Iterator<Item = R::Value> + Clone {
        let there = self.rows_there();
        let rows = R::values(self.column).iter().enumerate();
        rows.filter(move |&(row, &x)| there.is_there(row, x)).map(|(_, &x)| x)
    }

    #[inline(always)]
    fn rows_there(&self) -> Present<'_, R::Value> {
        match self.memo.bounds {
            Some(bounds) => Present::Within(bounds),
            None if R::NULLABLE => Present::Bits(self.bits()),
            None => Present::All,
        }
    }

    /// The values, where there are no nulls, and nobody else asks for the same sweep.
    #[inline(always)]
    pub(crate) fn dense(&self) -> Option<&[R::Value]> {
        if R::NULLABLE || self.shared.get() { None } else { Some(R::values(self.column)) }
    }
}
