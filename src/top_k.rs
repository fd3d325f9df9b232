//! The `k` best values of a column: the largest, or the smallest.
//!
//! A partial keeps *candidates*: at least the `k` best so far, and up to as many again. When
//! there are too many, a selection drops all but the best `k`, and the last of these is the
//! *bar*: a value that is not better than it cannot be among the best, for of equal values the
//! first counts. A selection of `2k` candidates takes time for each of them, and comes after
//! `k` new ones at the earliest: so no column, in whatever order, takes more than a constant
//! time a row.
//!
//! 1. Most tiles have nothing better than the bar. Their extreme, which the lanes find at the
//!    speed of loads (and which [`Max`](crate::Max) in the same tuple uses, too), says so. Of
//!    `n` tiles in random order, about `k ln(n)` have something.
//! 2. Those are compared with the bar in lanes, a stripe at a time, and only hits are looked at
//!    one by one.
//! 3. Lanes compare floats as such, where NaN is never better, and zeros are equal: if the bar
//!    is the zero that the other beats, zeros are hits. Hits are compared by their place in
//!    totalOrder.

use crate::adapt::Adapt;
use crate::aggregate::Aggregate;
use crate::backend::{Simd, Vector};
use crate::extrema::{End, Greatest, Least, is_nan};
use crate::number::Number;
use crate::row::NumericRow;
use crate::stored::stored;
use crate::tile::Tile;
use core::cmp::Ordering;
use core::fmt;
use core::marker::PhantomData;
use core::ops::Deref;
use smallvec::SmallVec;

/// Best values for which a result needs no memory but its own.
const FEW: usize = 8;

/// A row, and its value.
type Place<T> = (usize, T);

/// Room for twice as many, which are inline, too.
type Places<T> = SmallVec<[Place<T>; 2 * FEW]>;

/// The `k` largest values, or the `k` smallest, sorted: the best first.
///
/// The result is a [`Top`], which derefs to a slice of values, and of `(row, value)` for
/// [`with_rows`](Self::with_rows).
///
/// - **Fewer than `k`** values: all of them. **Empty**, or a `k` of 0: an empty slice.
/// - **NaN** is skipped. `-0.0 < +0.0`.
/// - **Ties**: of equal values the first rows are in the result, and stand in their order.
/// - **Order**: rows count from 0, nulls included, and go on over tiles, pushes and merges.
///   Values do not depend on the order of rows or merges; rows do, as they must.
/// - **Merging** the partial of another `k`, or of the other end, takes in the candidates that
///   it has, which may not be all that belong into the result; into a partial of a lesser `k`,
///   rows that come later may be left out, too.
/// - **Cost**: one pass, and a second look, in L1, at tiles that have a value for the result. A
///   partial has up to `2k` rows and values; none of that is allocated up to a `k` of 8.
///
/// ```
/// use lanefold::{Aggregate, TopK};
/// let xs = [3.0, f64::NAN, 7.5, -1.0, 7.5];
/// assert_eq!(*TopK::largest(3).of(&xs), [7.5, 7.5, 3.0]);
/// assert_eq!(*TopK::smallest(2).with_rows().of(&xs), [(3, -1.0), (0, 3.0)]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TopK {
    k: usize,
    from: From,
}

/// Which end the best values are at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum From {
    Largest,
    Smallest,
}

/// The `k` largest values, or the `k` smallest, and their rows: see [`TopK::with_rows`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TopKRows(TopK);

impl TopK {
    /// The `k` largest values.
    #[must_use]
    pub const fn largest(k: usize) -> Self {
        Self { k, from: From::Largest }
    }

    /// The `k` smallest values.
    #[must_use]
    pub const fn smallest(k: usize) -> Self {
        Self { k, from: From::Smallest }
    }

    /// The same, with the row of each value.
    #[must_use]
    pub const fn with_rows(self) -> TopKRows {
        TopKRows(self)
    }
}

impl Adapt for TopK {}
impl Adapt for TopKRows {}

/// The result of [`TopK`]: a slice, the best first, of values or of rows and values.
#[derive(Clone, PartialEq)]
pub struct Top<E>(SmallVec<[E; FEW]>);

impl<E> Deref for Top<E> {
    type Target = [E];

    fn deref(&self) -> &[E] {
        &self.0
    }
}

impl<E: fmt::Debug> fmt::Debug for Top<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<'a, E> IntoIterator for &'a Top<E> {
    type Item = &'a E;
    type IntoIter = core::slice::Iter<'a, E>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// The partial of [`TopK`].
#[derive(Clone, Debug)]
pub struct Candidates<T: Number> {
    /// Rows so far, nulls included.
    rows: usize,
    /// In any order. None is NaN.
    best: Places<T>,
    /// If there is one, `k` candidates are as good as it, or better.
    bar: Option<T>,
}

stored! {
    [T: Number + Element] Candidates<T> as "Candidates" |it| {
        v = 1,
        rows: Index = it.rows,
        best_rows: List<Index> = it.by_row().iter().map(|place| place.0).collect(),
        best: List<Bits<T>> = it.by_row().iter().map(|place| place.1).collect(),
        bar: Maybe<Bits<T>> = it.bar,
    }
    refuses {
        best_rows if !best_rows.is_sorted_by(|one, next| one < next), "in order, each once";
        best_rows if best_rows.last().is_some_and(|&row| row >= rows), "beyond the last row";
        best if best.len() != best_rows.len(), "not as many as rows of them";
        best if best.iter().any(|&value| is_nan(value)), "NaN is skipped";
        bar if bar.is_some_and(|bar| best.iter().all(|x| x.encoding() != bar.encoding())),
            "none of the best";
    }
    => Candidates { rows, best: best_rows.into_iter().zip(best).collect(), bar }
}

/// The better value first, and of equal values the first row.
#[inline(always)]
fn better<E: End, T: Number>(&(row, value): &Place<T>, &(other_row, other): &Place<T>) -> Ordering {
    let (rank, other) = (value.rank(), other.rank());
    if E::beats(rank, other) {
        Ordering::Less
    } else if E::beats(other, rank) {
        Ordering::Greater
    } else {
        row.cmp(&other_row)
    }
}

impl<T: Number> Candidates<T> {
    fn new() -> Self {
        Self { rows: 0, best: Places::new(), bar: None }
    }

    /// The candidates in the order of their rows.
    fn by_row(&self) -> Places<T> {
        let mut best = self.best.clone();
        best.sort_unstable_by_key(|place| place.0);
        best
    }

    /// Takes in a value that is not NaN.
    #[inline(never)]
    fn push<E: End>(&mut self, k: usize, row: usize, value: T) {
        self.best.push((row, value));
        let most = if self.bar.is_none() { k } else { k.saturating_mul(2) };
        if self.best.len() >= most {
            let (_, &mut (_, bar), _) = self.best.select_nth_unstable_by(k - 1, better::<E, T>);
            self.best.truncate(k);
            self.bar = Some(bar);
        }
    }

    /// `k` is not 0.
    #[inline(always)]
    fn update<E: End, R, S>(&mut self, k: usize, tile: &Tile<'_, R, S>)
    where
        R: NumericRow<Value = T>,
        S: Simd,
    {
        let (values, first) = (R::values(tile.column()), self.rows);
        self.rows = first.saturating_add(values.len());
        let mut row = 0;
        // Until there are `k`, all numbers count.
        while self.bar.is_none() && row < values.len() {
            if tile.is_present(row) && !is_nan(values[row]) {
                self.push::<E>(k, first.saturating_add(row), values[row]);
            }
            row += 1;
        }
        let Some(bar) = self.bar.map(Bar::<E, T>::new) else { return };
        if row < values.len() && bar.lets(E::of_tile(tile)) {
            bar.each_hit(
                tile.simd(),
                values,
                row,
                #[inline(always)]
                |row| {
                    let value = values[row];
                    let beats = self.bar.is_none_or(
                        #[inline(always)]
                        |bar| E::beats(value.rank(), bar.rank()),
                    );
                    if beats && tile.is_present(row) {
                        self.push::<E>(k, first.saturating_add(row), value);
                    }
                },
            );
        }
    }

    /// Candidates of one partial may have one value, and later rows first: all are pushed, in
    /// an order that does not depend on how they were selected.
    fn merge<E: End>(&mut self, k: usize, other: &Self) {
        if k > 0 {
            for (row, value) in other.by_row() {
                self.push::<E>(k, self.rows.saturating_add(row), value);
            }
        }
        self.rows = self.rows.saturating_add(other.rows);
    }

    fn sorted<E: End>(&self, k: usize) -> Places<T> {
        let mut best = self.best.clone();
        best.sort_unstable_by(better::<E, T>);
        best.truncate(k);
        best
    }
}

/// What values are compared with in lanes.
struct Bar<E, T> {
    value: T,
    /// Whether it is the zero that the other zero beats, which is no less to a lane.
    takes_zeros: bool,
    end: PhantomData<E>,
}

impl<E: End, T: Number> Bar<E, T> {
    #[inline(always)]
    fn new(value: T) -> Self {
        let (_, worse) = E::zeros::<T>();
        let takes_zeros = T::IS_FLOAT && value.encoding() == worse.encoding();
        Self { value, takes_zeros, end: PhantomData }
    }

    /// Whether a value may be better. NaN is not.
    #[inline(always)]
    fn lets(&self, value: T) -> bool {
        E::beats(value, self.value) || self.takes_zeros && value == self.value
    }

    /// Calls a function with each row, from one on, whose value may be better.
    #[inline(always)]
    fn each_hit<S: Simd>(&self, simd: S, values: &[T], from: usize, mut f: impl FnMut(usize)) {
        let mut at = from;
        while values.len() - at >= T::STRIPE {
            let stripe = &values[at..][..T::STRIPE];
            let mut any = T::Vec::<S>::mask(simd, 0);
            for register in 0..S::REGISTERS {
                any = T::Vec::<S>::either(simd, any, self.hits(simd, stripe, register));
            }
            if T::Vec::<S>::bits(simd, any) != 0 {
                for register in 0..S::REGISTERS {
                    let mut bits = T::Vec::<S>::bits(simd, self.hits(simd, stripe, register));
                    while bits != 0 {
                        let lane = bits.trailing_zeros() as usize;
                        f(at + register * T::Vec::<S>::LANES + lane);
                        bits &= bits - 1;
                    }
                }
            }
            at += T::STRIPE;
        }
        for row in at..values.len() {
            if self.lets(values[row]) {
                f(row);
            }
        }
    }

    /// Which values of a register may be better.
    #[inline(always)]
    fn hits<S: Simd>(
        &self,
        simd: S,
        stripe: &[T],
        register: usize,
    ) -> <T::Vec<S> as Vector<S, T>>::Mask {
        let x = T::Vec::<S>::load(simd, &stripe[register * T::Vec::<S>::LANES..]);
        let bar = Vector::splat(simd, self.value);
        let beats = E::beats_lanes::<S, T, _>(x, bar);
        if self.takes_zeros { T::Vec::<S>::either(simd, beats, x.eq(bar)) } else { beats }
    }
}

impl TopK {
    #[inline(always)]
    fn update<R: NumericRow, S: Simd>(
        self,
        partial: &mut Candidates<R::Value>,
        tile: &Tile<'_, R, S>,
    ) {
        match self.from {
            _ if self.k == 0 => partial.rows = partial.rows.saturating_add(tile.len()),
            From::Largest => partial.update::<Greatest, R, S>(self.k, tile),
            From::Smallest => partial.update::<Least, R, S>(self.k, tile),
        }
    }

    fn merge<T: Number>(self, into: &mut Candidates<T>, other: &Candidates<T>) {
        match self.from {
            From::Largest => into.merge::<Greatest>(self.k, other),
            From::Smallest => into.merge::<Least>(self.k, other),
        }
    }

    fn sorted<T: Number>(self, partial: &Candidates<T>) -> Places<T> {
        match self.from {
            From::Largest => partial.sorted::<Greatest>(self.k),
            From::Smallest => partial.sorted::<Least>(self.k),
        }
    }
}

impl<R: NumericRow> Aggregate<R> for TopK {
    type Partial = Candidates<R::Value>;
    type Output = Top<R::Value>;

    const ANY_CUT: bool = true;

    #[inline]
    fn identity(&self) -> Self::Partial {
        Candidates::new()
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut Self::Partial, tile: &Tile<'_, R, S>) {
        (*self).update(partial, tile);
    }
    fn merge(&self, into: &mut Self::Partial, other: &Self::Partial) {
        (*self).merge(into, other);
    }
    fn finish(&self, partial: &Self::Partial) -> Self::Output {
        Top(self.sorted(partial).iter().map(|&(_, value)| value).collect())
    }
}

impl<R: NumericRow> Aggregate<R> for TopKRows {
    type Partial = Candidates<R::Value>;
    type Output = Top<(usize, R::Value)>;

    const ANY_CUT: bool = true;

    #[inline]
    fn identity(&self) -> Self::Partial {
        Candidates::new()
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut Self::Partial, tile: &Tile<'_, R, S>) {
        self.0.update(partial, tile);
    }
    fn merge(&self, into: &mut Self::Partial, other: &Self::Partial) {
        self.0.merge(into, other);
    }
    fn finish(&self, partial: &Self::Partial) -> Self::Output {
        Top(self.0.sorted(partial).iter().copied().collect())
    }
}
