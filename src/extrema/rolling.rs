//! Rolling extremes, by lanes.
//!
//! 1. In a block without NaN and `-0.0`, lanes compare the values as they are. Whether it is
//!    one, the first pass finds out beside its loads, which takes next to no time.
//! 2. Elsewhere they compare the [`standing`] of values, an integer: NaN, the order of zeros and
//!    the policies are then no concern of theirs, and there is no second look. What is not there,
//!    or is skipped, stands at the identity. So do integers where there are nulls.
//!
//! Both ways have the same results, so which one a block goes cannot be seen.
//!
//! What bounds long columns is the memory: `Option<f64>` is 16 bytes a row, and a loop that
//! does nothing but copy a million of values to such places takes 1.3 to 1.9 ns for each, more
//! than all the passes. These leave the memory idle, and so places are asked for ahead: that
//! takes 5 to 15 % off a million rows with windows of 100.

use super::order::{End, Greatest, Least, Ordered, canonical, is_nan};
use super::policy::{For, Policy, is_skipped, standing};
use crate::backend::{Simd, Vector};
use crate::number::Number;
use crate::rolling::{Join, Overlaps, Present, blocks, longest_block, rows_of};
use crate::row::NumericRow;
use alloc::vec;
use alloc::vec::Vec;
use core::marker::PhantomData;

/// Picks the better of two values, or ranks.
struct Pick<E>(PhantomData<E>);

impl<E: End, T: Number> Join<T> for Pick<E> {
    #[inline(always)]
    fn values(one: T, other: T) -> T {
        if E::beats(one, other) { one } else { other }
    }
    #[inline(always)]
    fn lanes<S: Simd>(one: T::Vec<S>, other: T::Vec<S>) -> T::Vec<S> {
        E::pick::<S, T, _>(one, other)
    }
}

/// Results of more bytes are taken to be in memory: L2 has as many, or more.
const FAR: usize = 512 * 1024;

/// How many bytes before its turn a place is asked for.
const AHEAD: usize = 16 * 1024;

/// Bytes of results that are written, and asked for, at once.
const PIECE: usize = 1024;

type Rank<T> = <T as Ordered>::Encoding;

/// Makes the runs of a block, and says whether the order of lanes is that of the policies for all
/// its values: it has no NaN, and no `-0.0`.
#[inline(always)]
fn read_plain<E: End, T: Number, S: Simd>(simd: S, room: &mut Overlaps<T>, values: &[T]) -> bool {
    let all = T::Vec::<S>::mask(simd, u64::MAX);
    let low_zero = Vector::splat(simd, T::LOW_ZERO.encoding());
    let mut numbers = all;
    let mut low_zeros = <Rank<T> as Number>::Vec::<S>::mask(simd, 0);
    let seen = room.read::<Pick<E>, S>(
        simd,
        values,
        #[inline(always)]
        |v| {
            if T::IS_FLOAT {
                numbers = T::Vec::<S>::both(simd, numbers, v.eq(v));
                let is_zero = T::encode(simd, v).eq(low_zero);
                low_zeros = <Rank<T> as Number>::Vec::<S>::either(simd, low_zeros, is_zero);
            }
        },
    );
    let mut is_plain = T::Vec::<S>::bits(simd, numbers) == T::Vec::<S>::bits(simd, all)
        && <Rank<T> as Number>::Vec::<S>::bits(simd, low_zeros) == 0;
    if T::IS_FLOAT {
        for &value in &values[seen..] {
            is_plain &= !is_nan(value) && value.encoding() != T::LOW_ZERO.encoding();
        }
    }
    is_plain
}

/// The passes over standings.
struct Standings<T: Ordered> {
    room: Overlaps<Rank<T>>,
    block: Vec<Rank<T>>,
}

impl<T: Number> Standings<T> {
    fn new<S: Simd>(rows: usize, window: usize) -> Self {
        let room = Overlaps::new::<S>(rows, window);
        let most = longest_block(rows, window, Overlaps::<T>::WINDOWS);
        let block = vec![Rank::<T>::default(); most];
        Self { room, block }
    }

    /// The best standing of each window of a block.
    #[inline(always)]
    fn of_block<E: End, P: Policy, R: NumericRow<Value = T>, S: Simd>(
        &mut self,
        simd: S,
        values: &[T],
        windows: usize,
        present: &Present,
    ) -> &[Rank<T>] {
        let block = &mut self.block[..values.len()];
        for (i, (to, &value)) in block.iter_mut().zip(values).enumerate() {
            let is_there = present.has::<R>(i) && !is_skipped::<P, T>(value);
            *to = if is_there { standing::<E, P, T>(value) } else { E::identity() };
        }
        self.room.read::<Pick<E>, S>(
            simd,
            block,
            #[inline(always)]
            |_| (),
        );
        self.room.of_block::<Pick<E>, S>(simd, windows)
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
    let are_far = size_of_val(results) > FAR;
    let mut plain = Overlaps::<R::Value>::new::<S>(rows, window);
    let mut standings = None;
    let cut = Overlaps::<R::Value>::WINDOWS;
    let mut present = Present::new::<R>(longest_block(rows, window, cut));
    for block in blocks(rows, window, cut) {
        let block = rows_of::<R>(column, block);
        let values = R::values(block);
        let (places, rest) = results.split_at_mut(values.len() + 1 - window);
        if !R::NULLABLE && read_plain::<E, R::Value, S>(simd, &mut plain, values) {
            plain.windows::<Pick<E>, S>(
                simd,
                places.len(),
                #[inline(always)]
                |from, best| {
                    let piece = PIECE / size_of::<Option<R::Value>>();
                    let places = places[from..].chunks_mut(piece);
                    for (places, best) in places.zip(best.chunks(piece)) {
                        if are_far {
                            simd.prefetch(places, AHEAD);
                        }
                        for (place, &best) in places.iter_mut().zip(best) {
                            *place = Some(best);
                        }
                    }
                },
            );
        } else {
            present.read::<R>(block);
            let standings = standings.get_or_insert_with(|| Standings::new::<S>(rows, window));
            let best = standings.of_block::<E, P, R, S>(simd, values, places.len(), &present);
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
    let room = || Overlaps::<R::Value>::new::<S>(rows, window);
    let (mut plain_least, mut plain_greatest) = (room(), room());
    let mut standings = None;
    let cut = Overlaps::<R::Value>::WINDOWS;
    let mut present = Present::new::<R>(longest_block(rows, window, cut));
    for block in blocks(rows, window, cut) {
        let block = rows_of::<R>(column, block);
        let values = R::values(block);
        let (places, rest) = results.split_at_mut(values.len() + 1 - window);
        if !R::NULLABLE && read_plain::<Least, R::Value, S>(simd, &mut plain_least, values) {
            plain_greatest.read::<Pick<Greatest>, S>(
                simd,
                values,
                #[inline(always)]
                |_| (),
            );
            let least = plain_least.of_block::<Pick<Least>, S>(simd, places.len());
            let greatest = plain_greatest.of_block::<Pick<Greatest>, S>(simd, places.len());
            for ((place, &least), &greatest) in places.iter_mut().zip(least).zip(greatest) {
                *place = Some((least, greatest));
            }
        } else {
            present.read::<R>(block);
            let (least, greatest) = standings.get_or_insert_with(|| {
                (Standings::new::<S>(rows, window), Standings::new::<S>(rows, window))
            });
            let least = least.of_block::<Least, P, R, S>(simd, values, places.len(), &present);
            let greatest =
                greatest.of_block::<Greatest, P, R, S>(simd, values, places.len(), &present);
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
