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
use crate::extrema::{End, Extreme, Greatest, Least};
use crate::lanes::{Dense, LaneFold, Masked, Zip, sweep};
use crate::number::{Load, Number};
use crate::row::{NumericRow, Row};
use crate::sum::{Adds, Summable};
use core::cell::Cell;
use core::fmt;
use core::marker::PhantomData;

/// At most [`Row::TILE`] rows, and the backend to work on them with.
pub struct Tile<'a, R: Row, S: Simd> {
    simd: S,
    column: R::Column<'a>,
    /// Whether several aggregates work on this tile.
    shared: Cell<bool>,
    memo: R::Memo,
}

/// What a tile of numbers remembers.
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
    #[inline(always)]
    pub(crate) fn new(simd: S, column: R::Column<'a>) -> Self {
        debug_assert!(R::len(column) <= R::TILE);
        Self { simd, column, shared: Cell::new(false), memo: R::Memo::default() }
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

    /// Tells the tile that several aggregates will ask it.
    #[inline(always)]
    pub(crate) fn share(&self) {
        self.shared.set(true);
    }
}

impl<'a, R: NumericRow, S: Simd> Tile<'a, R, S> {
    /// Rows that are not null.
    #[inline(always)]
    pub fn count(&self) -> usize {
        if R::NULLABLE {
            self.with_bits(
                #[inline(always)]
                |bits| bits.iter().map(|word| word.count_ones() as usize).sum(),
            )
        } else {
            self.len()
        }
    }

    /// The first value that is not null.
    #[inline(always)]
    pub fn first(&self) -> Option<R::Value> {
        let values = R::values(self.column);
        if !R::NULLABLE {
            return values.first().copied();
        }
        self.with_bits(
            #[inline(always)]
            |bits| {
                let word = bits.iter().position(|&word| word != 0)?;
                values.get(word * 64 + bits[word].trailing_zeros() as usize).copied()
            },
        )
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
            self.with_bits(
                #[inline(always)]
                |bits| sweep(self.simd, Masked::<R::Value, L>::new(values, bits), fold),
            )
        } else {
            sweep(self.simd, Dense::<R::Value, L>::new(values), fold)
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
        self.with_bits(
            #[inline(always)]
            |bits| {
                let mut padded = R::Value::ZEROS;
                let padded = &mut padded.as_mut()[..values.len()];
                for (i, (to, &value)) in padded.iter_mut().zip(values).enumerate() {
                    *to = if bits[i / 64] >> (i % 64) & 1 == 1 { value } else { pad };
                }
                f(padded)
            },
        )
    }

    #[inline(always)]
    fn with_bits<O>(&self, f: impl FnOnce(&[u64]) -> O) -> O {
        let mut bits = R::Value::NULLS;
        let bits = &mut bits.as_mut()[..self.len().div_ceil(64)];
        R::write_bits(self.column, bits);
        f(bits)
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
    fn sum_and_extrema(&self) -> (<R::Value as Summable>::TileSum, (R::Value, R::Value)) {
        let (lanes, (min, max)) = self.fold(&(Adds::<R::Value>(PhantomData), Self::EXTREMA));
        let sum = R::Value::total::<S>(lanes);
        let extrema = (Least::fold::<S, _, _>(min), Greatest::fold::<S, _, _>(max));
        self.memo.sum.set(Some(sum));
        self.memo.extrema.set(Some(extrema));
        (sum, extrema)
    }
}

impl<'a, A, B, S> Tile<'a, (A, B), S>
where
    A: NumericRow,
    B: NumericRow,
    S: Simd,
{
    /// Rows of which neither value is null.
    #[inline(always)]
    pub fn count(&self) -> usize {
        if A::NULLABLE || B::NULLABLE {
            self.with_bits(
                #[inline(always)]
                |bits| bits.iter().map(|word| word.count_ones() as usize).sum(),
            )
        } else {
            self.len()
        }
    }

    /// Runs the lanes of an aggregate over the pairs of which neither value is null.
    #[inline(always)]
    pub fn fold<F>(&self, fold: &F) -> F::Lanes
    where
        B::Value: Load<A::Value>,
        F: LaneFold<S, (<A::Value as Number>::Vec<S>, <A::Value as Number>::Vec<S>)>,
    {
        let (a, b) = (A::values(self.column.0), B::values(self.column.1));
        if A::NULLABLE || B::NULLABLE {
            self.with_bits(
                #[inline(always)]
                |bits| {
                    let a = Masked::<A::Value, A::Value>::new(a, bits);
                    let b = Masked::<B::Value, A::Value>::new(b, bits);
                    sweep(self.simd, Zip(a, b), fold)
                },
            )
        } else {
            let a = Dense::<A::Value, A::Value>::new(a);
            let b = Dense::<B::Value, A::Value>::new(b);
            sweep(self.simd, Zip(a, b), fold)
        }
    }

    /// Calls `f` with each pair of which neither value is null.
    #[inline(always)]
    pub fn for_each(&self, mut f: impl FnMut(A::Value, B::Value)) {
        let (a, b) = (A::values(self.column.0), B::values(self.column.1));
        if A::NULLABLE || B::NULLABLE {
            self.with_bits(
                #[inline(always)]
                |bits| {
                    for (i, (&a, &b)) in a.iter().zip(b).enumerate() {
                        if bits[i / 64] >> (i % 64) & 1 == 1 {
                            f(a, b);
                        }
                    }
                },
            );
        } else {
            for (&a, &b) in a.iter().zip(b) {
                f(a, b);
            }
        }
    }

    #[inline(always)]
    fn with_bits<O>(&self, f: impl FnOnce(&[u64]) -> O) -> O {
        let mut bits = [u64::MAX; crate::number::TILE_BYTES / 64];
        let bits = &mut bits[..self.len().div_ceil(64)];
        if let (Some(last), rest @ 1..) = (bits.last_mut(), self.len() % 64) {
            *last = (1 << rest) - 1;
        }
        if A::NULLABLE {
            A::write_bits(self.column.0, bits);
        }
        if B::NULLABLE {
            let mut other = [0; crate::number::TILE_BYTES / 64];
            B::write_bits(self.column.1, &mut other);
            bits.iter_mut().zip(other).for_each(|(bits, other)| *bits &= other);
        }
        f(bits)
    }
}
