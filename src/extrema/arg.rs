//! The places of the least and the greatest value.
//!
//! A partial counts all rows, so that the places of the next tile, or of a partial that is
//! merged, are moved by as many. See [`view`](super::view) for how a place is found, and
//! what it costs.

use super::order::{End, Greatest, Least, Ordered, canonical, is_nan};
use super::policy::{For, Policy, may_replace, replaces, standing};
use super::view::{Look, View, Whole, dense, show};
use super::{PolicyOf, Search, SearchOf, aggregates, short};
use crate::backend::Simd;
use crate::number::Number;
use crate::row::NumericRow;
use crate::stored::stored;
use crate::tile::Tile;
use core::marker::PhantomData;

/// A row, and its value.
type Place<T> = (usize, T);

/// The place of one extreme.
#[derive(Debug)]
pub struct Arg<E>(PhantomData<E>);

/// The places of both.
#[derive(Debug)]
pub struct Args;

/// The best place among so many rows, under a policy.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BestPlace<P, T> {
    rows: usize,
    best: Option<Place<T>>,
    policy: PhantomData<P>,
}

stored! {
    [P: Policy, T: Number + Element] BestPlace<P, T> as "BestPlace" |it| {
        v = 1,
        rows: Index = it.rows,
        row: Maybe<Index> = it.best.unzip().0,
        value: Maybe<Bits<T>> = it.best.unzip().1,
    }
    refuses {
        row if row.is_some_and(|row| row >= rows), "beyond the last row";
        value if value.is_some_and(For::<P, T>::is_wrong_nan), "not a NaN that counts";
        value if value.is_some() != row.is_some(), "one without the other";
    }
    => BestPlace { rows, best: row.zip(value), policy: PhantomData }
}

/// The places of both extremes among so many rows, under a policy.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EndPlaces<P, T> {
    rows: usize,
    least: Option<Place<T>>,
    greatest: Option<Place<T>>,
    policy: PhantomData<P>,
}

stored! {
    [P: Policy, T: Number + Element] EndPlaces<P, T> as "EndPlaces" |it| {
        v = 1,
        rows: Index = it.rows,
        min_row: Maybe<Index> = it.least.unzip().0,
        min: Maybe<Bits<T>> = it.least.unzip().1,
        max_row: Maybe<Index> = it.greatest.unzip().0,
        max: Maybe<Bits<T>> = it.greatest.unzip().1,
    }
    refuses {
        min_row if min_row.is_some_and(|row| row >= rows), "beyond the last row";
        max_row if max_row.is_some_and(|row| row >= rows), "beyond the last row";
        min if min.is_some_and(For::<P, T>::is_wrong_nan), "not a NaN that counts";
        max if max.is_some_and(For::<P, T>::is_wrong_nan), "not a NaN that counts";
        min if min.is_some() != min_row.is_some(), "one without the other";
        max_row if max_row.is_some() != min_row.is_some(), "one without the other";
        max if max.is_some() != min.is_some(), "one without the other";
        max if min.zip(max).is_some_and(For::<P, T>::is_no_range), "below min";
        max_row if (min_row == max_row) != (min.map(T::encoding) == max.map(T::encoding)),
            "one value has one row, and two have two";
    }
    => EndPlaces {
        rows,
        least: min_row.zip(min),
        greatest: max_row.zip(max),
        policy: PhantomData,
    }
}

/// The place of the extreme of a view, if that can replace the best so far. A zero stands
/// for the zero that wins, if it is there, and else for the other.
#[inline(always)]
fn locate<E: End, P: Policy, S: Simd, T: Number>(
    view: &impl View<S, T>,
    found: T,
    best: Option<Place<T>>,
) -> Option<Place<T>> {
    if For::<P, T>::NAN_WINS && is_nan(found) {
        return Some((view.nan_row(P::LAST)?, found));
    }
    let is_zero = For::<P, T>::BLURS_ZEROS && found == T::LOW_ZERO;
    let (zero, other) = E::zeros();
    let mut wanted = if is_zero { zero } else { found };
    loop {
        if let Some(row) = view.row::<E>(P::LAST, wanted) {
            return Some((row, wanted));
        }
        let is_last = !is_zero || wanted.encoding() == other.encoding();
        if is_last || best.is_some_and(|(_, best)| !may_replace::<E, P, _>(other, best)) {
            return None;
        }
        wanted = other;
    }
}

/// Takes in a view of rows that come after so many.
#[inline(always)]
fn take<E: End, P: Policy, S: Simd, T: Number>(
    best: &mut Option<Place<T>>,
    rows: usize,
    view: &impl View<S, T>,
) {
    let found = view.best::<E>();
    if let Some((_, best)) = *best
        && !may_replace::<E, P, _>(found, best)
    {
        return;
    }
    let place = locate::<E, P, S, T>(view, found, *best);
    merge::<E, P, _>(best, rows, place);
}

/// Looks for one place.
struct One<'p, E, P: Policy, T: Number>(&'p mut BestPlace<P, T>, PhantomData<E>);

impl<E: End, P: Policy, T: Number> Look<T> for One<'_, E, P, T> {
    #[inline(always)]
    fn look<S: Simd, V: View<S, T>>(&mut self, view: &V) {
        take::<E, P, S, T>(&mut self.0.best, self.0.rows, view);
    }
}

/// Looks for both.
struct Both<'p, P: Policy, T: Number>(&'p mut EndPlaces<P, T>);

impl<P: Policy, T: Number> Look<T> for Both<'_, P, T> {
    #[inline(always)]
    fn look<S: Simd, V: View<S, T>>(&mut self, view: &V) {
        take::<Least, P, S, T>(&mut self.0.least, self.0.rows, view);
        take::<Greatest, P, S, T>(&mut self.0.greatest, self.0.rows, view);
    }
}

/// Takes in a place that comes after so many rows.
#[inline(always)]
fn merge<E: End, P: Policy, T: Ordered>(
    best: &mut Option<Place<T>>,
    rows: usize,
    later: Option<Place<T>>,
) {
    if let Some((row, value)) = later {
        let standing_of = standing::<E, P, T>;
        if best.is_none_or(
            #[inline(always)]
            |(_, best)| replaces::<E, P, T>(standing_of(value), standing_of(best)),
        ) {
            *best = Some((rows.saturating_add(row), value));
        }
    }
}

#[inline(always)]
fn finish<T: Ordered>(best: Option<Place<T>>) -> Option<Place<T>> {
    best.map(
        #[inline(always)]
        |(row, value)| (row, canonical(value)),
    )
}

/// Less than a register of AVX-512.
const FEW_BYTES: usize = 63;

impl<E: End> Search for Arg<E> {
    const FEW_BYTES: usize = FEW_BYTES;
    type Partial<P: Policy, T: Number> = BestPlace<P, T>;
    type Output<T: Number> = Option<Place<T>>;

    #[inline(always)]
    fn identity<P: Policy, T: Number>() -> BestPlace<P, T> {
        BestPlace { rows: 0, best: None, policy: PhantomData }
    }
    #[inline(always)]
    fn update<P: Policy, R: NumericRow, S: Simd>(
        partial: &mut BestPlace<P, R::Value>,
        tile: &Tile<'_, R, S>,
    ) {
        let mut one = One::<E, P, _>(partial, PhantomData);
        match dense::<P, R, S>(tile) {
            Some(values) => show::<P, S, _>(tile.simd(), tile.is_one_run(), values, &mut one),
            None => one.look::<S, _>(&Whole::with_one::<E, P>(tile)),
        }
        partial.rows = partial.rows.saturating_add(tile.len());
    }
    #[inline(always)]
    fn merge<P: Policy, T: Number>(into: &mut BestPlace<P, T>, other: &BestPlace<P, T>) {
        merge::<E, P, T>(&mut into.best, into.rows, other.best);
        into.rows = into.rows.saturating_add(other.rows);
    }
    #[inline(always)]
    fn finish<P: Policy, T: Number>(partial: &BestPlace<P, T>) -> Self::Output<T> {
        finish(partial.best)
    }
    #[inline(always)]
    fn short<P: Policy, R: NumericRow>(column: R::Column<'_>) -> Option<Self::Output<R::Value>> {
        short::place::<E, P, R>(column)
    }
}

impl Search for Args {
    const FEW_BYTES: usize = FEW_BYTES;
    type Partial<P: Policy, T: Number> = EndPlaces<P, T>;
    type Output<T: Number> = Option<(Place<T>, Place<T>)>;

    #[inline(always)]
    fn identity<P: Policy, T: Number>() -> EndPlaces<P, T> {
        EndPlaces { rows: 0, least: None, greatest: None, policy: PhantomData }
    }
    #[inline(always)]
    fn update<P: Policy, R: NumericRow, S: Simd>(
        partial: &mut EndPlaces<P, R::Value>,
        tile: &Tile<'_, R, S>,
    ) {
        let mut both = Both::<P, _>(partial);
        match dense::<P, R, S>(tile) {
            Some(values) => show::<P, S, _>(tile.simd(), tile.is_one_run(), values, &mut both),
            None => both.look::<S, _>(&Whole::with_both::<P>(tile)),
        }
        partial.rows = partial.rows.saturating_add(tile.len());
    }
    #[inline(always)]
    fn merge<P: Policy, T: Number>(into: &mut EndPlaces<P, T>, other: &EndPlaces<P, T>) {
        merge::<Least, P, T>(&mut into.least, into.rows, other.least);
        merge::<Greatest, P, T>(&mut into.greatest, into.rows, other.greatest);
        into.rows = into.rows.saturating_add(other.rows);
    }
    #[inline(always)]
    fn finish<P: Policy, T: Number>(partial: &EndPlaces<P, T>) -> Self::Output<T> {
        finish(partial.least).zip(finish(partial.greatest))
    }
    #[inline(always)]
    fn short<P: Policy, R: NumericRow>(column: R::Column<'_>) -> Option<Self::Output<R::Value>> {
        let least = short::place::<Least, P, R>(column)?;
        Some(least.zip(short::place::<Greatest, P, R>(column)?))
    }
}

/// The row of the least value, and the value.
///
/// - **Empty**, all null, or all NaN: `None`.
/// - **NaN** is skipped; [`PropagateNan`](crate::PropagateNan) and
///   [`TotalOrder`](crate::TotalOrder) do otherwise. `-0.0 < +0.0`.
/// - **Ties**: the first row; [`LastTie`](crate::LastTie) gives the last.
/// - **Order**: rows count from 0, nulls included, and go on over tiles, pushes and merges.
///   The value does not depend on the order of merges; the row does, as it must.
/// - **Cost**: one pass, and a second look, in L1, at tiles that have a new least value. No
///   allocation.
///
/// ```
/// use lanefold::{Aggregate, ArgMin, Nullable};
/// assert_eq!(ArgMin.of(&[3.0, f64::NAN, -1.0, -1.0]), Some((2, -1.0)));
/// assert_eq!(ArgMin.of(Nullable::new(&[0, 9, 8], &[0b110], 0)?), Some((2, 8)));
/// # Ok::<(), lanefold::ValidityError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ArgMin;

/// The row of the greatest value, and the value.
///
/// As [`ArgMin`] in every respect, at the other end.
///
/// ```
/// use lanefold::{Aggregate, ArgMax};
/// assert_eq!(ArgMax.of(&[3, -1, 7, 7]), Some((2, 7)));
///
/// let mut stream = ArgMax.accumulator();
/// stream.update(&[5, 6])?;
/// stream.push(7);
/// assert_eq!(stream.finish(), Some((2, 7)));
/// # Ok::<(), lanefold::LengthMismatch>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ArgMax;

/// The rows of the least and of the greatest value, and the values, in one pass.
///
/// As [`ArgMin`] and [`ArgMax`] in every respect, and `None` where they are.
///
/// ```
/// use lanefold::{Aggregate, ArgMinMax};
/// assert_eq!(ArgMinMax.of(&[3.0, f64::NAN, -1.0]), Some(((2, -1.0), (0, 3.0))));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ArgMinMax;

aggregates! {
    ArgMin: Arg<Least> => Option<(usize, R::Value)>;
    ArgMax: Arg<Greatest> => Option<(usize, R::Value)>;
    ArgMinMax: Args => Option<((usize, R::Value), (usize, R::Value))>;
}
