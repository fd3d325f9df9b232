//! Policies: what NaN means, and which of equal values counts.
//!
//! Libraries differ here, and some differ from themselves: between a plain column and one
//! with nulls, or between one thread and two. Here the policy is in the type, and one
//! comparison of integers, of [`standing`], serves tiles, merges and short columns alike.
//!
//! | policy | NaN | standing of a value |
//! | --- | --- | --- |
//! | none | is skipped | its rank in totalOrder |
//! | [`PropagateNan`] | is the result, if there is one | the same, and beyond all for NaN |
//! | [`TotalOrder`] | stands at its place in totalOrder | its rank in totalOrder |

use super::order::is_nan;
use super::{
    ArgMax, ArgMin, ArgMinMax, End, Extremum, Max, Min, MinMax, Ordered, PolicyOf, Search,
    SearchOf, aggregates,
};
use core::fmt::Debug;
use core::marker::PhantomData;

/// How values compare.
pub trait Policy: Copy + Debug + PartialEq + 'static {
    /// What NaN means to floats.
    const NAN: Nan;
    /// Whether the last of equal values counts, and not the first.
    const LAST: bool;
}

/// What NaN means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nan {
    /// It is left out.
    Skipped,
    /// It beats all else, and all NaN are equal.
    Wins,
    /// It has a place in totalOrder.
    Ordered,
}

/// The policy of the unwrapped aggregates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plain;

impl Policy for Plain {
    const NAN: Nan = Nan::Skipped;
    const LAST: bool = false;
}

/// As `P`; NaN wins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NanWins<P>(PhantomData<P>);

impl<P: Policy> Policy for NanWins<P> {
    const NAN: Nan = Nan::Wins;
    const LAST: bool = P::LAST;
}

/// As `P`; NaN has its place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Total<P>(PhantomData<P>);

impl<P: Policy> Policy for Total<P> {
    const NAN: Nan = Nan::Ordered;
    const LAST: bool = P::LAST;
}

/// As `P`; the last of equal values counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Last<P>(PhantomData<P>);

impl<P: Policy> Policy for Last<P> {
    const NAN: Nan = P::NAN;
    const LAST: bool = true;
}

/// What a policy comes to for a type: integers know no NaN.
pub(super) struct For<P, T>(PhantomData<(P, T)>);

impl<P: Policy, T: Ordered> For<P, T> {
    pub(super) const NAN: Nan = if T::IS_FLOAT { P::NAN } else { Nan::Skipped };
    pub(super) const NAN_WINS: bool = matches!(Self::NAN, Nan::Wins);
    pub(super) const TOTAL: bool = matches!(Self::NAN, Nan::Ordered);
    /// Whether there are values that lanes leave out.
    pub(super) const SKIPS: bool = T::IS_FLOAT && matches!(Self::NAN, Nan::Skipped);
    /// Whether lanes take both zeros for equal.
    pub(super) const BLURS_ZEROS: bool = T::IS_FLOAT && !Self::TOTAL;
}

#[cfg(feature = "serde")]
impl<P: Policy, T: Ordered> For<P, T> {
    /// Whether no column has such a best value: NaN is left out, or is the one NaN.
    pub(super) fn is_wrong_nan(value: T) -> bool {
        let is_other = value.encoding() != T::NAN.encoding();
        is_nan(value) && (Self::SKIPS || Self::NAN_WINS && is_other)
    }

    /// Whether two values are no least and greatest one.
    pub(super) fn is_no_range((least, greatest): (T, T)) -> bool {
        let are_apart = Self::NAN_WINS && is_nan(least) != is_nan(greatest);
        are_apart || least.rank() > greatest.rank()
    }
}

/// An integer that says how good a value is, which is not skipped: of two values, that one
/// counts whose standing [`beats`](End::beats) the other's.
#[inline(always)]
pub(super) fn standing<E: End, P: Policy, T: Ordered>(value: T) -> T::Encoding {
    // The summit is the rank of some NaN, and no number's.
    if For::<P, T>::NAN_WINS && is_nan(value) { E::summit() } else { value.rank() }
}

/// Whether a value is left out.
#[inline(always)]
pub(super) fn is_skipped<P: Policy, T: Ordered>(value: T) -> bool {
    For::<P, T>::SKIPS && is_nan(value)
}

/// Whether a later value takes the place of the best so far.
#[inline(always)]
pub(super) fn replaces<E: End, P: Policy, T: Ordered>(
    later: T::Encoding,
    best: T::Encoding,
) -> bool {
    E::beats(later, best) || (P::LAST && later == best)
}

/// Whether what the lanes found may take the place of the best so far. They do not tell
/// zeros apart, so a zero is given the benefit of the doubt.
#[inline(always)]
pub(super) fn may_replace<E: End, P: Policy, T: Ordered>(found: T, best: T) -> bool {
    if E::beats(best, found) {
        return false;
    }
    let zero = For::<P, T>::BLURS_ZEROS && found == T::LOW_ZERO;
    let hope = if zero { E::zeros().0 } else { found };
    replaces::<E, P, T>(standing::<E, P, T>(hope), standing::<E, P, T>(best))
}

/// Aggregates that have no policy on NaN yet.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no extreme that a policy on NaN can be put on",
    note = "`PropagateNan` and `TotalOrder` exclude each other"
)]
pub trait SkipsNan: Extremum {}

impl SkipsNan for Min {}
impl SkipsNan for Max {}
impl SkipsNan for MinMax {}
impl SkipsNan for ArgMin {}
impl SkipsNan for ArgMax {}
impl SkipsNan for ArgMinMax {}
impl<A: SkipsNan + FirstOfTies> SkipsNan for LastTie<A> {}

/// Aggregates that give the first of equal values.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not give the first place of an extreme",
    note = "`LastTie` is for `ArgMin`, `ArgMax`, `ArgMinMax`, and those under a policy on NaN"
)]
pub trait FirstOfTies: Extremum {}

impl FirstOfTies for ArgMin {}
impl FirstOfTies for ArgMax {}
impl FirstOfTies for ArgMinMax {}
impl<A: FirstOfTies + SkipsNan> FirstOfTies for PropagateNan<A> {}
impl<A: FirstOfTies + SkipsNan> FirstOfTies for TotalOrder<A> {}

macro_rules! wrappers {
    ($($(#[$doc:meta])* $Name:ident $Policy:ident $Bound:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        pub struct $Name<A>(
            /// The aggregate that the policy is put on.
            pub A,
        );

        impl<A: $Bound> Extremum for $Name<A> {
            type Search = A::Search;
            type Policy = $Policy<A::Policy>;
        }

        aggregates!(@impl [A: $Bound] $Name<A>; <A::Search as Search>::Output<R::Value>);
    )*};
}

wrappers! {
    /// An extreme that is NaN where a value is NaN.
    ///
    /// Put on [`Min`], [`Max`], [`MinMax`], [`ArgMin`], [`ArgMax`] or [`ArgMinMax`]. For
    /// integers nothing changes.
    ///
    /// - **Empty**, or all null: `None`. NaN under a null is not there.
    /// - **NaN**: if any value is NaN, whatever its sign and payload, the result is
    ///   [`f64::NAN`]; of [`MinMax`] both are. The place is that of the first NaN.
    /// - **Ties**: all NaN are equal. `-0.0 < +0.0`.
    /// - **Order**: as of what it is put on.
    /// - **Cost**: the lanes test each float, which data beyond L1 do not feel. No
    ///   allocation.
    ///
    /// ```
    /// use lanefold::{Aggregate, ArgMin, Max, PropagateNan};
    /// let xs = [3.0, -1.0, f64::NAN, 5.0, f64::NAN];
    /// assert!(PropagateNan(Max).of(&xs).is_some_and(f64::is_nan));
    /// assert_eq!(PropagateNan(ArgMin).of(&xs).map(|(row, _)| row), Some(2));
    /// assert_eq!(PropagateNan(Max).of(&xs[..2]), Some(3.0));
    /// ```
    PropagateNan NanWins SkipsNan;

    /// An extreme in the order of IEEE 754 totalOrder, as of [`f64::total_cmp`].
    ///
    /// Put on [`Min`], [`Max`], [`MinMax`], [`ArgMin`], [`ArgMax`] or [`ArgMinMax`]. For
    /// integers nothing changes.
    ///
    /// - **Empty**, or all null: `None`.
    /// - **NaN** is a value as any other: below `-∞` where its sign is set, above `+∞`
    ///   where it is not, and further out the greater its payload. Which NaN it is decides
    ///   its place; a result that is NaN is [`f64::NAN`] all the same, without the sign and
    ///   the payload, for NaN is canonical in every result. Where they matter, look up the
    ///   value at the place that [`ArgMin`] gives.
    /// - **Ties**: values of the same bits. `-0.0 < +0.0`.
    /// - **Order**: as of what it is put on.
    /// - **Cost**: the lanes turn each float into its rank, in two or three operations. No
    ///   second look at zeros. No allocation.
    ///
    /// ```
    /// use lanefold::{Aggregate, ArgMin, Max, Min, TotalOrder};
    /// let xs = [3.0, -1.0, f64::NAN, 5.0];
    /// assert_eq!(TotalOrder(Min).of(&xs), Some(-1.0));
    /// assert!(TotalOrder(Max).of(&xs).is_some_and(f64::is_nan));
    /// let (row, value) = TotalOrder(ArgMin).of(&[f64::NEG_INFINITY, -f64::NAN]).unwrap();
    /// assert!(row == 1 && value.is_nan());
    /// ```
    TotalOrder Total SkipsNan;

    /// The last place of an extreme, where several rows have it.
    ///
    /// Put on [`ArgMin`], [`ArgMax`] or [`ArgMinMax`] (both places are then the last), or on
    /// one of these under [`PropagateNan`] or [`TotalOrder`].
    ///
    /// - **Ties**: values of the same bits; under [`PropagateNan`] all NaN, so the place is
    ///   that of the last one. `-0.0 < +0.0`: two zeros of different sign are no tie.
    /// - **Empty**, **NaN**, **Order**: as of what it is put on.
    /// - **Cost**: a second look at each tile that equals the best so far, from its end to
    ///   the last such value.
    ///
    /// ```
    /// use lanefold::{Aggregate, ArgMax, LastTie, PropagateNan};
    /// assert_eq!(ArgMax.of(&[1, 7, 7, 0]), Some((1, 7)));
    /// assert_eq!(LastTie(ArgMax).of(&[1, 7, 7, 0]), Some((2, 7)));
    /// assert_eq!(LastTie(PropagateNan(ArgMax)).of(&[1.0, 7.0, 7.0]), Some((2, 7.0)));
    /// ```
    LastTie Last FirstOfTies;
}
