//! From a column to a result: one dispatch, and then tile by tile.
//!
//! The ways differ in how much a column is worth. Of a column of one run of stripes the call
//! itself is most of the cost, so it has a kernel of its own; longer ones have a loop over tiles;
//! and those that are longer than a block, where results depend on cuts, are taken by
//! [`block`].

use crate::aggregate::Aggregate;
use crate::backend::{Backend, Kernel, Simd, dispatch, in_registers};
use crate::block;
use crate::number::{RUN_ROWS, TILE_BYTES};
use crate::row::{NumericRow, Row};
use crate::tile::Tile;
use core::marker::PhantomData;
use core::mem;

/// What a caller's code holds is the call of this, and the plain code for short columns:
/// little enough to be inlined.
#[inline(never)]
pub(crate) fn on_best<A: Aggregate<R>, R: Row>(aggregate: &A, column: R::Column<'_>) -> A::Output {
    let Some(best) = Backend::chosen() else { return first_on_best(aggregate, column) };
    whole(aggregate, aggregate.backend_for(best, column), &column)
}

/// The first call of all: that of [`on_best`] is the last thing it does, and finds what was chosen.
/// Apart, for what a call has to keep for after another has to be put on the stack, and so
/// it is at the start of each.
#[cold]
#[inline(never)]
fn first_on_best<A: Aggregate<R>, R: Row>(aggregate: &A, column: R::Column<'_>) -> A::Output {
    Backend::choose();
    debug_assert!(Backend::chosen().is_some(), "or the next call would come here, too");
    on_best(aggregate, column)
}

/// As [`on_best`], for a column that stays where it is.
#[inline(never)]
pub(crate) fn on_best_there<A: Aggregate<R>, R: Row>(
    aggregate: &A,
    column: &R::Column<'_>,
) -> A::Output {
    let Some(best) = Backend::chosen() else { return first_on_best_there(aggregate, column) };
    whole(aggregate, aggregate.backend_for(best, *column), column)
}

#[cold]
#[inline(never)]
fn first_on_best_there<A: Aggregate<R>, R: Row>(
    aggregate: &A,
    column: &R::Column<'_>,
) -> A::Output {
    Backend::choose();
    debug_assert!(Backend::chosen().is_some(), "or the next call would come here, too");
    on_best_there(aggregate, column)
}

/// From a whole column to a result, in one dispatch.
#[inline]
pub(crate) fn whole<A: Aggregate<R>, R: Row>(
    aggregate: &A,
    backend: Backend,
    column: &R::Column<'_>,
) -> A::Output {
    if const { A::WHOLE } {
        return dispatch(backend, Whole(aggregate, PhantomData), column);
    }
    if R::len(*column) <= const { rows_of_one_run::<A, R>() } {
        return dispatch(backend, OneRun(aggregate, PhantomData), column);
    }
    if const { in_registers::<R::Column<'_>>() } {
        many_runs(aggregate, backend, *column)
    } else {
        many_runs_there(aggregate, backend, column)
    }
}

/// The most rows that are a run of what the aggregate sweeps: where values may be converted to `f64`,
/// those of `f64`, which are the fewest. So it is where rows may be null, for whose validity a
/// kernel of one run has no more room.
const fn rows_of_one_run<A: Aggregate<R> + ?Sized, R: Row>() -> usize {
    if A::OWN_LANES && !R::NULLABLE { R::TILE / 2 } else { RUN_ROWS }
}

/// The most rows that fill no more than half a stripe of what the aggregate sweeps, for
/// which [`Backend::below_avx512`] is. Where registers of bytes or 16-bit numbers are loaded in part, none:
/// without masks that takes several steps.
pub(crate) const fn most_below_avx512<A: Aggregate<R> + ?Sized, R: Row>() -> usize {
    let is_narrow = R::TILE > TILE_BYTES / size_of::<f32>();
    if is_narrow && (A::OWN_LANES || R::NULLABLE) { 0 } else { rows_of_one_run::<A, R>() / 32 }
}

/// The other columns. Not inlined, so that the way to short ones needs no frame, and by value, so that
/// it need not put two words where they have an address. In a library, whose functions have
/// callers that a compiler does not see, that and the first call apart took the sum of 64 `f64` from 7.4 ns
/// to 6.4.
#[inline(never)]
fn many_runs<A: Aggregate<R>, R: Row>(
    aggregate: &A,
    backend: Backend,
    column: R::Column<'_>,
) -> A::Output {
    by_blocks(aggregate, backend, &column)
}

/// As [`many_runs`], for a column that stays where it is: a copy by vectors would wait for the words.
#[inline(never)]
fn many_runs_there<A: Aggregate<R>, R: Row>(
    aggregate: &A,
    backend: Backend,
    column: &R::Column<'_>,
) -> A::Output {
    by_blocks(aggregate, backend, column)
}

#[inline(always)]
fn by_blocks<A: Aggregate<R>, R: Row>(
    aggregate: &A,
    backend: Backend,
    column: &R::Column<'_>,
) -> A::Output {
    if !const { A::ANY_CUT } && R::len(*column) > block::rows::<R>() {
        return aggregate.finish_owned(block::many(aggregate, backend, *column));
    }
    let mut partial = aggregate.identity();
    dispatch(backend, Update::<A, R>(aggregate, &mut partial, PhantomData), column);
    // Not by value where that is of no use, in case the move is not removed; that was not measured.
    if const { A::BECOMES } { aggregate.finish_owned(partial) } else { aggregate.finish(&partial) }
}

/// As [`whole`], for columns of a register or two, on the backend that is best for them.
#[inline]
pub(crate) fn few<A: Aggregate<R>, R: NumericRow>(
    aggregate: &A,
    column: R::Column<'_>,
) -> A::Output {
    debug_assert!(R::len(column) <= RUN_ROWS);
    let backend = Backend::best().for_few(size_of_val(R::values(column)));
    dispatch(backend, OneRun(aggregate, PhantomData), &column)
}

/// A column that the aggregate takes as it is.
struct Whole<'a, 'c, A, R: Row>(&'a A, PhantomData<R::Column<'c>>);

impl<'c, A: Aggregate<R>, R: Row> Kernel for Whole<'_, 'c, A, R> {
    type Input = R::Column<'c>;
    type Output = A::Output;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S, column: R::Column<'c>) -> A::Output {
        self.0.whole(simd, column)
    }
}

/// A column of at most one run of stripes. Calls on short columns are the most frequent;
/// compiled apart, they are free of the loops and registers that long ones need.
struct OneRun<'a, 'c, A, R: Row>(&'a A, PhantomData<R::Column<'c>>);

impl<'c, A: Aggregate<R>, R: Row> Kernel for OneRun<'_, 'c, A, R> {
    type Input = R::Column<'c>;
    type Output = A::Output;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S, column: R::Column<'c>) -> A::Output {
        let mut partial = self.0.identity();
        if R::len(column) > 0 {
            // Not those of a tile: to clear 1 KiB takes as long as the sum of 64 bytes.
            let mut bits = [0; RUN_ROWS / 8];
            take(self.0, &mut partial, &Tile::new(simd, column, true, &mut bits));
        }
        if const { A::BECOMES } { self.0.finish_owned(partial) } else { self.0.finish(&partial) }
    }
}

/// Takes a column into a partial, tile by tile.
pub(crate) fn update<A: Aggregate<R>, R: Row>(
    aggregate: &A,
    partial: &mut A::Partial,
    backend: Backend,
    column: R::Column<'_>,
) {
    dispatch(backend, Update::<A, R>(aggregate, partial, PhantomData), &column);
}

/// Any column, tile by tile. Whole tiles have a loop of their own, in which their length
/// is known when the kernel is compiled.
struct Update<'a, 'c, A: Aggregate<R>, R: Row>(
    &'a A,
    &'a mut A::Partial,
    PhantomData<R::Column<'c>>,
);

impl<'c, A: Aggregate<R>, R: Row> Kernel for Update<'_, 'c, A, R> {
    type Input = R::Column<'c>;
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S, column: R::Column<'c>) {
        let Self(aggregate, partial, _) = self;
        // What is larger than that is worth more where it is than two moves.
        if const { size_of::<A::Partial>() > 384 } {
            return by_tile(aggregate, partial, simd, column);
        }
        // A local value, which stays in registers. Moved: some partials are large.
        let mut local = mem::replace(partial, aggregate.identity());
        by_tile(aggregate, &mut local, simd, column);
        *partial = local;
    }
}

/// The result for one of many columns that a kernel works on: in place, where that is one block.
#[inline(always)]
pub(crate) fn one_of_many<A: Aggregate<R>, R: Row, S: Simd>(
    aggregate: &A,
    simd: S,
    column: R::Column<'_>,
) -> A::Output {
    if !const { A::ANY_CUT } && R::len(column) > block::rows::<R>() {
        return aggregate.finish_owned(block::many(aggregate, simd.backend(), column));
    }
    let mut partial = aggregate.identity();
    by_tile(aggregate, &mut partial, simd, column);
    if const { A::BECOMES } { aggregate.finish_owned(partial) } else { aggregate.finish(&partial) }
}

/// Takes a column into a partial, tile by tile.
#[inline(always)]
pub(crate) fn by_tile<A: Aggregate<R>, R: Row, S: Simd>(
    aggregate: &A,
    partial: &mut A::Partial,
    simd: S,
    mut column: R::Column<'_>,
) {
    let mut bits = R::NO_BITS;
    while R::len(column) >= R::TILE {
        let (tile, rest) = R::split_at(column, R::TILE);
        take(aggregate, partial, &Tile::new(simd, tile, false, bits.as_mut()));
        column = rest;
    }
    if R::len(column) > 0 {
        take(aggregate, partial, &Tile::new(simd, column, false, bits.as_mut()));
    }
}

/// Takes a tile into a partial.
///
/// Builds for debugging keep it apart, in one copy, and take half as long to compile.
#[cfg_attr(debug_assertions, inline)]
#[cfg_attr(not(debug_assertions), inline(always))]
fn take<A: Aggregate<R>, R: Row, S: Simd>(
    aggregate: &A,
    partial: &mut A::Partial,
    tile: &Tile<'_, R, S>,
) {
    aggregate.update(partial, tile);
}
