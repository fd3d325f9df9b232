//! Rolling extremes, by lanes.
//!
//! Values are compared by their [`standing`], an integer: NaN, the order of zeros and the
//! policies are then no concern of the lanes, and there is no second look. What is not there,
//! or is skipped, stands at the identity.

use super::order::{End, Greatest, Least, Ordered, canonical};
use super::policy::{For, Policy, is_skipped, standing};
use crate::backend::Simd;
use crate::number::Number;
use crate::rolling::{Doubling, Join, Present, rows_of};
use crate::row::NumericRow;
use alloc::vec;
use alloc::vec::Vec;
use core::marker::PhantomData;

/// Picks the better of two ranks.
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

/// The passes for one end.
struct Ranks<E, T: Ordered> {
    doubling: Doubling<Rank<T>>,
    block: Vec<Rank<T>>,
    end: PhantomData<E>,
}

impl<E: End, T: Number> Ranks<E, T> {
    #[inline(always)]
    fn new(rows: usize, window: usize) -> Self {
        let doubling = Doubling::new(rows, window);
        let most = doubling.blocks(rows).next().unwrap_or_default().len();
        Self { doubling, block: vec![Rank::<T>::default(); most], end: PhantomData }
    }

    /// The best rank of each window of a block.
    #[inline(always)]
    fn of_block<P: Policy, R: NumericRow<Value = T>, S: Simd>(
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

    /// The value of the best rank of some rows, of which so many are there.
    #[inline(always)]
    fn value<P: Policy>(rank: Rank<T>, count: u64) -> Option<T> {
        let is_none = if For::<P, T>::SKIPS {
            // The rank of some NaN.
            rank == E::identity()
        } else {
            count == 0
        };
        (!is_none).then_some(canonical(T::of_rank(rank)))
    }
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
    let mut ranks = Ranks::<E, R::Value>::new(rows, window);
    let mut present = Present::new::<R>(ranks.block.len());
    for block in ranks.doubling.blocks(rows) {
        let block = rows_of::<R>(column, block);
        present.read::<R>(block);
        let best = ranks.of_block::<P, R, S>(simd, R::values(block), &present);
        let (places, rest) = results.split_at_mut(best.len());
        present.count::<R>(
            window,
            best.len(),
            #[inline(always)]
            |i, count| places[i] = Ranks::<E, R::Value>::value::<P>(best[i], count),
        );
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
    let mut least = Ranks::<Least, R::Value>::new(rows, window);
    let mut greatest = Ranks::<Greatest, R::Value>::new(rows, window);
    let mut present = Present::new::<R>(least.block.len());
    for block in least.doubling.blocks(rows) {
        let block = rows_of::<R>(column, block);
        present.read::<R>(block);
        let least = least.of_block::<P, R, S>(simd, R::values(block), &present);
        let greatest = greatest.of_block::<P, R, S>(simd, R::values(block), &present);
        let (places, rest) = results.split_at_mut(least.len());
        present.count::<R>(
            window,
            least.len(),
            #[inline(always)]
            |i, count| {
                let least = Ranks::<Least, R::Value>::value::<P>(least[i], count);
                places[i] = least.zip(Ranks::<Greatest, R::Value>::value::<P>(greatest[i], count));
            },
        );
        results = rest;
    }
}
