//! Rolling extremes, by lanes.
//!
//! 1. In a block without NaN and `-0.0`, lanes compare the values as they are.
//! 2. Elsewhere they compare the [`standing`] of values, an integer: NaN, the order of zeros and
//!    the policies are then no concern of theirs, and there is no second look. What is not there,
//!    or is skipped, stands at the identity. So do integers where there are nulls.
//!
//! Both ways have the same results, so which one a block goes cannot be seen.

use super::order::{End, Greatest, Least, Ordered, canonical, is_nan};
use super::policy::{For, Policy, is_skipped, standing};
use crate::backend::Simd;
use crate::number::Number;
use crate::rolling::{Doubling, Join, Present, rows_of};
use crate::row::NumericRow;
use alloc::vec;
use alloc::vec::Vec;
use core::marker::PhantomData;

/// Picks the better of two values, or ranks.
struct Pick<E>(PhantomData<E>);

impl<E: End, T: Number> Join<T> for Pick<E> {
    const OVERLAPS: bool = true;

    #[inline(always)]
    fn values(one: T, other: T) -> T {
        if E::beats(one, other) { one } else { other }
    }
    #[inline(always)]
    fn lanes<S: Simd>(one: T::Vec<S>, other: T::Vec<S>) -> T::Vec<S> {
        E::pick::<S, T, _>(one, other)
    }
}

type Rank<T> = <T as Ordered>::Encoding;

/// Whether the order of lanes is that of the policies for all values of a block. Without an
/// early end, so that the loop is compiled to vector code.
#[inline(always)]
fn is_plain<R: NumericRow>(values: &[R::Value]) -> bool {
    if R::NULLABLE {
        return false;
    }
    let mut is_plain = true;
    if R::Value::IS_FLOAT {
        let negative_zero = R::Value::LOW_ZERO.encoding();
        for &value in values {
            is_plain &= !is_nan(value) & (value.encoding() != negative_zero);
        }
    }
    is_plain
}

/// The passes over standings.
struct Standings<T: Ordered> {
    doubling: Doubling<Rank<T>>,
    block: Vec<Rank<T>>,
}

impl<T: Number> Standings<T> {
    fn new(rows: usize, window: usize) -> Self {
        let doubling = Doubling::new(rows, window);
        let block = vec![Rank::<T>::default(); doubling.longest_block(rows)];
        Self { doubling, block }
    }

    /// The best standing of each window of a block.
    #[inline(always)]
    fn of_block<E: End, P: Policy, R: NumericRow<Value = T>, S: Simd>(
        &mut self,
        simd: S,
        values: &[T],
        present: &Present,
    ) -> &[Rank<T>] {
        let block = &mut self.block[..values.len()];
        for (i, (to, &value)) in block.iter_mut().zip(values).enumerate() {
            let is_there = present.has::<R>(i) && !is_skipped::<P, T>(value);
            *to = if is_there { standing::<E, P, T>(value) } else { E::identity() };
        }
        self.doubling.of_block::<Pick<E>, S>(simd, block)
    }
}

/// The value of the best standing of some rows, of which so many are there.
#[inline(always)]
fn value<E: End, P: Policy, T: Number>(best: Rank<T>, count: u64) -> Option<T> {
    let is_none = if For::<P, T>::SKIPS {
        // The rank of some NaN.
        best == E::identity()
    } else {
        count == 0
    };
    (!is_none).then_some(canonical(T::of_rank(best)))
}

/// Writes the extreme of each full window.
#[inline(always)]
pub(super) fn extremes<E: End, P: Policy, R: NumericRow, S: Simd>(
    simd: S,
    window: usize,
    column: R::Column<'_>,
    mut results: &mut [Option<R::Value>],
) {
    let rows = R::len(column);
    let mut plain = Doubling::<R::Value>::new(rows, window);
    let mut standings = None;
    let mut present = Present::new::<R>(plain.longest_block(rows));
    for block in plain.blocks(rows) {
        let block = rows_of::<R>(column, block);
        let values = R::values(block);
        let (places, rest) = results.split_at_mut(values.len() + 1 - window);
        if is_plain::<R>(values) {
            let best = plain.of_block::<Pick<E>, S>(simd, values);
            for (place, &best) in places.iter_mut().zip(best) {
                *place = Some(best);
            }
        } else {
            present.read::<R>(block);
            let standings = standings.get_or_insert_with(|| Standings::new(rows, window));
            let best = standings.of_block::<E, P, R, S>(simd, values, &present);
            present.count::<R>(
                window,
                places.len(),
                #[inline(always)]
                |i, count| places[i] = value::<E, P, R::Value>(best[i], count),
            );
        }
        results = rest;
    }
}

/// Writes both extremes of each full window.
#[inline(always)]
pub(super) fn both_extremes<P: Policy, R: NumericRow, S: Simd>(
    simd: S,
    window: usize,
    column: R::Column<'_>,
    mut results: &mut [Option<(R::Value, R::Value)>],
) {
    let rows = R::len(column);
    let room = || Doubling::<R::Value>::new(rows, window);
    let (mut plain_least, mut plain_greatest) = (room(), room());
    let mut standings = None;
    let mut present = Present::new::<R>(plain_least.longest_block(rows));
    for block in plain_least.blocks(rows) {
        let block = rows_of::<R>(column, block);
        let values = R::values(block);
        let (places, rest) = results.split_at_mut(values.len() + 1 - window);
        if is_plain::<R>(values) {
            let least = plain_least.of_block::<Pick<Least>, S>(simd, values);
            let greatest = plain_greatest.of_block::<Pick<Greatest>, S>(simd, values);
            for ((place, &least), &greatest) in places.iter_mut().zip(least).zip(greatest) {
                *place = Some((least, greatest));
            }
        } else {
            present.read::<R>(block);
            let (least, greatest) = standings.get_or_insert_with(|| {
                (Standings::new(rows, window), Standings::new(rows, window))
            });
            let least = least.of_block::<Least, P, R, S>(simd, values, &present);
            let greatest = greatest.of_block::<Greatest, P, R, S>(simd, values, &present);
            present.count::<R>(
                window,
                places.len(),
                #[inline(always)]
                |i, count| {
                    let least = value::<Least, P, R::Value>(least[i], count);
                    places[i] = least.zip(value::<Greatest, P, R::Value>(greatest[i], count));
                },
            );
        }
        results = rest;
    }
}
