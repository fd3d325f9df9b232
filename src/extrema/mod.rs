//! Least and greatest values, and where they stand.
//!
//! | file | subject |
//! | --- | --- |
//! | [`order`] | how a number type is ordered, and the two ends of the order |
//! | [`policy`] | what NaN means, which of equal values counts; the types that say so |
//! | [`sweep`] | the extreme of a tile, in one sweep of the lanes |
//! | [`find`] | the row of a value in a tile |
//! | [`short`] | all of them, of short columns |
//! | [`value`] | `Min`, `Max`, `MinMax` |
//! | `rolling` | the extremes of rolling windows |
//! | [`view`] | a tile as a search for places sees it |
//! | [`arg`] | `ArgMin`, `ArgMax`, `ArgMinMax` |
//!
//! An aggregate of this family is put together from two things that know nothing of each
//! other: a [`Search`], which says what is looked for, and a [`Policy`], which says how
//! values compare. `LastTie(PropagateNan(ArgMax))` is the search `Arg<Greatest>` under the
//! policy `Last<NanWins<Plain>>`; both are types, so that what a policy does not ask for is
//! not compiled. To integers, which have neither NaN nor a second zero, all policies on
//! NaN are the plain one.

mod arg;
mod find;
mod order;
mod policy;
#[cfg(feature = "alloc")]
mod rolling;
mod short;
mod sweep;
mod value;
mod view;

pub use arg::{ArgMax, ArgMin, ArgMinMax};
pub(crate) use find::{Present, Probe, find, has};
#[cfg(feature = "alloc")]
pub(crate) use order::is_nan;
pub(crate) use order::{End, Greatest, Least, Ordered, canonical};
use policy::Policy;
pub use policy::{LastTie, PropagateNan, TotalOrder};
pub(crate) use sweep::Extreme;
pub use value::{Max, Min, MinMax};

use crate::backend::Simd;
use crate::group::{Digest, Parts};
use crate::number::Number;
use crate::row::NumericRow;
use crate::tile::Tile;
use core::fmt::Debug;

/// What is looked for: an extreme or both, its value or its place.
pub trait Search: 'static {
    /// Bytes of values up to which narrower registers are the faster ones, where there are no
    /// nulls. (Where there are, masks cost more than the width: 16 `u8` took 58 ns, not 17.)
    const FEW_BYTES: usize;
    /// What is known of the rows so far.
    type Partial<P: Policy, T: Number>: Clone + Debug;
    /// What comes of it.
    type Output<T: Number>;

    /// What is known of no rows.
    fn identity<P: Policy, T: Number>() -> Self::Partial<P, T>;
    /// Takes in a tile.
    fn update<P: Policy, R: NumericRow, S: Simd>(
        partial: &mut Self::Partial<P, R::Value>,
        tile: &Tile<'_, R, S>,
    );
    /// Takes in the rows of `other`, which come after.
    fn merge<P: Policy, T: Number>(into: &mut Self::Partial<P, T>, other: &Self::Partial<P, T>);
    /// What the partial comes to.
    fn finish<P: Policy, T: Number>(partial: &Self::Partial<P, T>) -> Self::Output<T>;
    /// What of the rows of a group it asks for.
    const DIGEST: Option<Parts> = None;
    /// Takes in a digest, whose rows come after.
    #[inline(always)]
    fn join<P: Policy, T: Number>(into: &mut Self::Partial<P, T>, digest: &Digest<T>) {
        let _ = (into, digest);
    }
    /// Whether there is a result for all columns of up to [`SHORT`] rows that are never null.
    const SHORT: bool = false;
    /// The result for a column so short that plain code is faster; `None` for any other.
    fn short<P: Policy, R: NumericRow>(column: R::Column<'_>) -> Option<Self::Output<R::Value>>;
    /// Whether there is a kernel for running results.
    const SCANS: bool = false;
    /// Writes the results of all rows up to each.
    #[inline(always)]
    fn scan<P: Policy, R: NumericRow>(
        column: R::Column<'_>,
        results: &mut [Self::Output<R::Value>],
    ) {
        let _ = (column, results);
    }
    /// Whether there is a kernel for rolling windows.
    #[cfg(feature = "alloc")]
    const ROLLS: bool = false;
    /// Writes the results of full windows.
    #[cfg(feature = "alloc")]
    #[inline(always)]
    fn roll<P: Policy, R: NumericRow, S: Simd>(
        simd: S,
        window: usize,
        column: R::Column<'_>,
        results: &mut [Self::Output<R::Value>],
    ) {
        let _ = (simd, window, column, results);
    }
}

/// What a search asks for under a policy.
const fn digest<P: Policy>(parts: Option<Parts>) -> Option<Parts> {
    match P::NAN {
        policy::Nan::Skipped => parts,
        policy::Nan::Wins | policy::Nan::Ordered => Parts::both(parts, Some(Parts::NAN)),
    }
}

/// An aggregate of this family: what it looks for, and under which policy.
pub trait Extremum {
    /// What is looked for.
    type Search: Search;
    /// How values compare.
    type Policy: Policy;
}

/// Whether narrower registers are the faster ones for a column.
#[inline(always)]
fn is_few<F: Search, R: NumericRow>(column: R::Column<'_>) -> bool {
    !R::NULLABLE && size_of_val(R::values(column)) <= F::FEW_BYTES
}

type SearchOf<A> = <A as Extremum>::Search;
type PolicyOf<A> = <A as Extremum>::Policy;

/// Makes aggregates of types that say what they look for. A base type names its output, so
/// that its documentation shows it; a wrapper has that of what it wraps.
macro_rules! aggregates {
    ($($Name:ident: $Search:ty => $Output:ty;)*) => {$(
        impl $crate::extrema::Extremum for $Name {
            type Search = $Search;
            type Policy = $crate::extrema::policy::Plain;
        }

        $crate::extrema::aggregates!(@impl [] $Name; $Output);
    )*};
    (@impl [$($A:ident: $Bound:path)?] $Name:ty; $Output:ty) => {
        impl<R: $crate::row::NumericRow, $($A: $Bound)?> $crate::Aggregate<R> for $Name {
            type Partial = <SearchOf<$Name> as Search>::Partial<PolicyOf<$Name>, R::Value>;
            type Output = $Output;

            const EXTREMA: bool = true;
            const SHORT: bool = SearchOf::<$Name>::SHORT;
            const OWN_LANES: bool = true;

            #[inline(always)]
            fn identity(&self) -> Self::Partial {
                SearchOf::<$Name>::identity::<PolicyOf<$Name>, R::Value>()
            }
            #[inline(always)]
            fn update<S: $crate::Simd>(
                &self,
                partial: &mut Self::Partial,
                tile: &$crate::Tile<'_, R, S>,
            ) {
                SearchOf::<$Name>::update::<PolicyOf<$Name>, R, S>(partial, tile);
            }
            #[inline(always)]
            fn merge(&self, into: &mut Self::Partial, other: &Self::Partial) {
                SearchOf::<$Name>::merge::<PolicyOf<$Name>, R::Value>(into, other);
            }
            #[inline(always)]
            fn finish(&self, partial: &Self::Partial) -> Self::Output {
                SearchOf::<$Name>::finish::<PolicyOf<$Name>, R::Value>(partial)
            }
            const DIGEST: Option<$crate::group::Parts> =
                $crate::extrema::digest::<PolicyOf<$Name>>(SearchOf::<$Name>::DIGEST);
            #[inline(always)]
            fn join(
                &self,
                partial: &mut Self::Partial,
                digest: &$crate::group::Digest<R::Digest>,
            ) {
                SearchOf::<$Name>::join::<PolicyOf<$Name>, R::Value>(partial, digest);
            }
            #[inline(always)]
            fn short(&self, column: R::Column<'_>) -> Option<Self::Output> {
                if let Some(output) = SearchOf::<$Name>::short::<PolicyOf<$Name>, R>(column) {
                    return Some(output);
                }
                // A result that does not come in registers would be copied here, by loads of
                // what was just stored in other pieces, and those wait: 18 ns in place of 12
                // for eight bytes. So where there is one, `backend_for` chooses, out of line.
                let here = const { $crate::backend::in_registers::<Self::Output>() };
                let few = $crate::extrema::is_few::<SearchOf<$Name>, R>(column);
                (here && few).then(
                    #[inline(always)]
                    || $crate::run::few::<Self, R>(self, column),
                )
            }
            #[inline(always)]
            fn backend_for(&self, best: $crate::Backend, column: R::Column<'_>) -> $crate::Backend {
                if $crate::extrema::is_few::<SearchOf<$Name>, R>(column) {
                    best.for_few(size_of_val(R::values(column)))
                } else {
                    best
                }
            }
            #[inline(always)]
            fn scan<S: $crate::Simd>(
                &self,
                simd: S,
                column: R::Column<'_>,
                results: &mut [Self::Output],
            ) {
                if SearchOf::<$Name>::SCANS {
                    SearchOf::<$Name>::scan::<PolicyOf<$Name>, R>(column, results);
                } else {
                    $crate::adapt::by_merges::<Self, R, S>(self, simd, column, results);
                }
            }
            #[cfg(feature = "alloc")]
            #[inline(always)]
            fn roll<S: $crate::Simd>(
                &self,
                simd: S,
                window: usize,
                column: R::Column<'_>,
                results: &mut [Self::Output],
            ) {
                let longest =
                    if SearchOf::<$Name>::ROLLS { $crate::rolling::LONGEST } else { 0 };
                $crate::rolling::by_kernel::<Self, R, S>(
                    self,
                    simd,
                    window,
                    longest,
                    column,
                    results,
                    #[inline(always)]
                    |full| SearchOf::<$Name>::roll::<PolicyOf<$Name>, R, S>(
                        simd, window, column, full,
                    ),
                );
            }
        }
    };
}
use aggregates;
