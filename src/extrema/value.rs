//! The least and the greatest value.
//!
//! The lanes take zeros for equal, so a zero may have either sign, and where NaN is skipped
//! the identity may stand for no value at all. A second look at the tile, which lies in L1,
//! tells; data with zeros pay for it only until a value beyond zero has been seen.

use super::order::{End, Greatest, Least, Ordered, canonical, is_nan};
use super::policy::{For, Policy, is_skipped, may_replace, replaces, standing};
#[cfg(feature = "alloc")]
use super::rolling;
use super::sweep::{extreme, extremes};
use super::{PolicyOf, Search, SearchOf, aggregates, short};
use crate::adapt::by_values;
use crate::backend::Simd;
use crate::group::{Digest, Parts};
use crate::number::Number;
use crate::row::NumericRow;
use crate::stored::stored;
use crate::tile::Tile;
use core::marker::PhantomData;

/// The value of one extreme.
#[derive(Debug)]
pub struct Value<E>(PhantomData<E>);

/// The values of both.
#[derive(Debug)]
pub struct Values;

/// What the lanes found, made precise by a second look where that is needed. `seen`
/// says that there was a row, and `has` whether there was a value of these bits.
#[inline(always)]
pub(super) fn settle<E: End, P: Policy, T: Ordered>(
    found: T,
    seen: bool,
    has: impl FnOnce(T) -> bool,
) -> Option<T> {
    if For::<P, T>::BLURS_ZEROS && found == T::LOW_ZERO {
        let (zero, other) = E::zeros();
        return Some(if has(zero) { zero } else { other });
    }
    if seen && !For::<P, T>::SKIPS {
        return Some(found);
    }
    let identity = if For::<P, T>::TOTAL {
        T::of_rank(E::identity::<T::Encoding>())
    } else {
        E::identity::<T>()
    };
    (found.encoding() != identity.encoding() || has(identity)).then_some(found)
}

#[inline(always)]
fn update<E: End, P: Policy, R: NumericRow, S: Simd>(
    best: &mut Option<R::Value>,
    found: R::Value,
    tile: &Tile<'_, R, S>,
) {
    if let Some(best) = *best
        && !may_replace::<E, P, _>(found, best)
    {
        return;
    }
    let settled = settle::<E, P, R::Value>(
        found,
        !R::NULLABLE,
        #[inline(always)]
        |value| tile.has(value),
    );
    merge::<E, P, _>(best, settled);
}

#[inline(always)]
fn merge<E: End, P: Policy, T: Ordered>(best: &mut Option<T>, other: Option<T>) {
    if let Some(other) = other
        && best.is_none_or(
            #[inline(always)]
            |best| replaces::<E, P, T>(standing::<E, P, T>(other), standing::<E, P, T>(best)),
        )
    {
        *best = Some(other);
    }
}

/// Takes in the extreme of a digest.
#[allow(clippy::needless_bitwise_bool, reason = "no branch on what data decide")]
#[inline(always)]
fn join<E: End, P: Policy, T: Number>(best: &mut Option<T>, digest: &Digest<T>) {
    let Some(found) = *E::of(&(digest.min, digest.max)) else { return };
    // A branch that is guessed right: the extreme of `n` rows in random order changes `ln n` times.
    if let Some(best) = *best
        && !may_replace::<E, P, _>(found, best)
    {
        return;
    }
    let (is_some, old) = (best.is_some(), best.unwrap_or(found));
    let counts = !(For::<P, T>::SKIPS && is_nan(found));
    let wins = replaces::<E, P, T>(standing::<E, P, T>(found), standing::<E, P, T>(old));
    let takes = counts & (!is_some | wins);
    *best = (is_some | takes).then_some(if takes { found } else { old });
}

/// The best value under a policy.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Best<P, T> {
    value: Option<T>,
    policy: PhantomData<P>,
}

stored! {
    [P: Policy, T: Number + Element] Best<P, T> as "Best" |it| {
        v = 1,
        value: Maybe<Bits<T>> = it.value,
    }
    refuses {
        value if value.is_some_and(For::<P, T>::is_wrong_nan), "not a NaN that counts";
    }
    => Best { value, policy: PhantomData }
}

/// The least and the greatest value under a policy.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ends<P, T> {
    ends: Option<(T, T)>,
    policy: PhantomData<P>,
}

stored! {
    [P: Policy, T: Number + Element] Ends<P, T> as "Ends" |it| {
        v = 1,
        min: Maybe<Bits<T>> = it.ends.unzip().0,
        max: Maybe<Bits<T>> = it.ends.unzip().1,
    }
    refuses {
        min if min.is_some_and(For::<P, T>::is_wrong_nan), "not a NaN that counts";
        max if max.is_some_and(For::<P, T>::is_wrong_nan), "not a NaN that counts";
        max if max.is_some() != min.is_some(), "one without the other";
        max if min.zip(max).is_some_and(For::<P, T>::is_no_range), "below min";
    }
    => Ends { ends: min.zip(max), policy: PhantomData }
}

impl<E: End> Search for Value<E> {
    const FEW_BYTES: usize = 192;
    const SHORT: bool = true;
    type Partial<P: Policy, T: Number> = Best<P, T>;
    type Output<T: Number> = Option<T>;

    #[inline(always)]
    fn identity<P: Policy, T: Number>() -> Best<P, T> {
        Best { value: None, policy: PhantomData }
    }
    #[inline(always)]
    fn update<P: Policy, R: NumericRow, S: Simd>(
        partial: &mut Best<P, R::Value>,
        tile: &Tile<'_, R, S>,
    ) {
        let found = extreme::<E, P, R, S>(tile);
        update::<E, P, R, S>(&mut partial.value, found, tile);
    }
    #[inline(always)]
    fn merge<P: Policy, T: Number>(into: &mut Best<P, T>, other: &Best<P, T>) {
        merge::<E, P, T>(&mut into.value, other.value);
    }
    const DIGEST: Option<Parts> = Some(E::PART);
    #[inline(always)]
    fn join<P: Policy, T: Number>(into: &mut Best<P, T>, digest: &Digest<T>) {
        join::<E, P, T>(&mut into.value, digest);
    }
    #[inline(always)]
    fn finish<P: Policy, T: Number>(partial: &Best<P, T>) -> Option<T> {
        partial.value.map(
            #[inline(always)]
            |value| canonical(value),
        )
    }
    #[inline(always)]
    fn short<P: Policy, R: NumericRow>(column: R::Column<'_>) -> Option<Option<R::Value>> {
        short::value::<E, P, R>(column)
    }
    const SCANS: bool = true;
    #[inline(always)]
    fn scan<P: Policy, R: NumericRow>(column: R::Column<'_>, results: &mut [Option<R::Value>]) {
        let mut best = None;
        by_values::<R, _>(
            column,
            results,
            #[inline(always)]
            |value| {
                merge::<E, P, _>(&mut best, value.filter(|&x| !is_skipped::<P, _>(x)));
                best.map(|best| canonical(best))
            },
        );
    }
    #[cfg(feature = "alloc")]
    const ROLLS: bool = true;
    #[cfg(feature = "alloc")]
    #[inline(always)]
    fn roll<P: Policy, R: NumericRow, S: Simd>(
        simd: S,
        window: usize,
        column: R::Column<'_>,
        results: &mut [Option<R::Value>],
    ) {
        rolling::extremes::<E, P, R, S>(simd, window, column, results);
    }
}

impl Search for Values {
    const FEW_BYTES: usize = 192;
    const SHORT: bool = true;
    type Partial<P: Policy, T: Number> = Ends<P, T>;
    type Output<T: Number> = Option<(T, T)>;

    #[inline(always)]
    fn identity<P: Policy, T: Number>() -> Ends<P, T> {
        Ends { ends: None, policy: PhantomData }
    }
    #[inline(always)]
    fn update<P: Policy, R: NumericRow, S: Simd>(
        partial: &mut Ends<P, R::Value>,
        tile: &Tile<'_, R, S>,
    ) {
        let (least, greatest) = extremes::<P, R, S>(tile);
        let (mut min, mut max) = partial.ends.unzip();
        update::<Least, P, R, S>(&mut min, least, tile);
        update::<Greatest, P, R, S>(&mut max, greatest, tile);
        partial.ends = min.zip(max);
    }
    #[inline(always)]
    fn merge<P: Policy, T: Number>(into: &mut Ends<P, T>, other: &Ends<P, T>) {
        let ((mut min, mut max), other) = (into.ends.unzip(), other.ends.unzip());
        merge::<Least, P, T>(&mut min, other.0);
        merge::<Greatest, P, T>(&mut max, other.1);
        into.ends = min.zip(max);
    }
    const DIGEST: Option<Parts> = Some(Parts::MIN.and(Parts::MAX));
    #[inline(always)]
    fn join<P: Policy, T: Number>(into: &mut Ends<P, T>, digest: &Digest<T>) {
        let (mut min, mut max) = into.ends.unzip();
        join::<Least, P, T>(&mut min, digest);
        join::<Greatest, P, T>(&mut max, digest);
        into.ends = min.zip(max);
    }
    #[inline(always)]
    fn finish<P: Policy, T: Number>(partial: &Ends<P, T>) -> Self::Output<T> {
        partial.ends.map(
            #[inline(always)]
            |(min, max)| (canonical(min), canonical(max)),
        )
    }
    #[inline(always)]
    fn short<P: Policy, R: NumericRow>(column: R::Column<'_>) -> Option<Self::Output<R::Value>> {
        short::values::<P, R>(column)
    }
    #[cfg(feature = "alloc")]
    const ROLLS: bool = true;
    #[cfg(feature = "alloc")]
    #[inline(always)]
    fn roll<P: Policy, R: NumericRow, S: Simd>(
        simd: S,
        window: usize,
        column: R::Column<'_>,
        results: &mut [Self::Output<R::Value>],
    ) {
        rolling::both_extremes::<P, R, S>(simd, window, column, results);
    }
}

/// The least value.
///
/// - **Empty**, all null, or all NaN: `None`.
/// - **NaN** is skipped; [`PropagateNan`](crate::PropagateNan) and
///   [`TotalOrder`](crate::TotalOrder) do otherwise. `-0.0 < +0.0`. Infinities are values
///   as any other.
/// - **Order**: the result does not depend on it, nor on merges.
/// - **Cost**: one pass, and a second look at tiles whose least value is a zero; no
///   allocation. The partial is the result.
///
/// ```
/// use lanefold::{Aggregate, Min};
/// assert_eq!(Min.of(&[3.0, f64::NAN, -1.0]), Some(-1.0));
/// assert_eq!(Min.of(&[f64::NAN]), None);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Min;

/// The greatest value.
///
/// As [`Min`] in every respect, at the other end.
///
/// ```
/// use lanefold::{Aggregate, Max};
/// assert_eq!(Max.of(&[3, -1, 7]), Some(7));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Max;

/// The least and the greatest value, in one pass.
///
/// As [`Min`] and [`Max`] in every respect, and `None` where they are.
///
/// ```
/// use lanefold::{Aggregate, MinMax};
/// assert_eq!(MinMax.of(&[3.0, f64::NAN, -1.0]), Some((-1.0, 3.0)));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct MinMax;

aggregates! {
    Min: Value<Least> => Option<R::Value>;
    Max: Value<Greatest> => Option<R::Value>;
    MinMax: Values => Option<(R::Value, R::Value)>;
}
