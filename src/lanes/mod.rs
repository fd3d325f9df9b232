//! The kernel: how rows meet lanes.
//!
//! Every aggregate that uses lanes runs through the one function [`sweep`] of this
//! file, but for long sums of floats, which [`turned`] gives the same bits. It fixes what a
//! result means, and how it is computed fast.
//!
//! # What it means
//!
//! A *stripe* is [`STRIPE_BYTES`](crate::STRIPE_BYTES) bytes of lanes: 32 of `f64`, 64
//! of `f32`. Row `i` of a tile goes to lane `i % STRIPE`. A lane takes in its rows in
//! order for a *run* of 16 stripes; then the lanes of the tile's runs are joined, lane
//! by lane, first run first; and at the end the lanes are joined by halving, `lane[i]`
//! with `lane[i + half]`, until one is left. Nothing in this depends on the CPU, so
//! float results do not either. A row that is not there (a null, or past the end)
//! takes part as the identity: `-0.0` in a sum, since `x + -0.0` is `x` for every `x`.
//!
//! # How it is fast
//!
//! 1. A stripe is 4, 8 or 16 registers, and as many independent chains of operations,
//!    which hides the latency of an addition (2 to 4 cycles, two a cycle).
//! 2. Where that is more accumulators than there are registers (SSE always, AVX2 for
//!    folds of more than one register a lane) and a row may be in any lane, as in extrema and sums
//!    of integers, as many lanes as there are registers for take in the whole stripe. Elsewhere, and
//!    where values (not pairs) may be null, the tile is swept once for
//!    each *group* of neighbouring registers. A tile is 8 KiB and stays in L1, and each sweep reads
//!    other cache lines, so nothing is read twice; but lines come from L2 out of their order: in one
//!    sweep, 400 KB of `i32` are added up in 0.72 of the time.
//! 3. Lanes are folded in registers; a tail is loaded with masks or in parts. Extrema may take in
//!    a row twice, and in any lane: where there are no nulls, and a register of rows after the
//!    last whole stripe, their tail is the last register of rows. 100 `u8` take 5 ns, not 7.
//! 4. Rows that reach into four registers or fewer are a few steps and joins without a loop,
//!    which all stay in registers: with AVX2 the variance of eight `f64` takes 9 ns, not 13, and
//!    their correlation 28, not 68; with SSE the minimum of 24 `u8` 7 ns, not 28.
//! 5. The first stripe of a column of one run is apart from the loop over the others, so that a sum
//!    starts from it. Runs share one loop, and the tail is after it, in one copy.
//! 6. Where loads are the limit, lanes begin where a register does, and not where the column does:
//!    where a row may be in any lane, by [`Tile::fold`](crate::Tile::fold), and in sums of floats
//!    by [`turned`].
//! 7. Loads follow addresses: the loop over the stripes of a whole tile's run is not unrolled. The compiler would
//!    sort them by lane, and a sum of 30 million `f64` would take 1.25 times as long.
//! 8. Sums of wide integers, which are exact, and so may have a row in any lane, take in two stripes at once
//!    with AVX-512, beyond one run: by full adders, in one state; see `sum/adds.rs`.
//! 9. The fold of a tile waits for nothing but itself, so the CPU overlaps it with the
//!    loads of the next tile.

mod carried;
pub(crate) mod digits;
mod few;
mod fold;
pub(crate) mod operation;
mod source;
mod terms;
mod turned;
mod within;

pub use fold::LaneFold;
pub(crate) use source::{AHEAD, Dense, Masked, Source, Zip, validity};
pub(crate) use terms::{Sums, Terms, totals};
pub(crate) use turned::turned;
pub(crate) use within::{Bounds, CountWithin, Within, convert, within};

use carried::carried;
use few::{FEW, few};

use crate::backend::Simd;
use crate::number::RUN;
use core::hint::black_box;

/// What else can be done with the rows of a tile, in whatever order.
pub(crate) trait Sweep<S: Simd, I> {
    type Output;
    /// Must be `#[inline(always)]`; see [`Simd`].
    fn sweep<R: Source<S, Item = I>>(self, simd: S, rows: R) -> Self::Output;
}

/// Folds all rows of a source, which are at most a tile, into one register of lanes.
/// `one_run`, a constant to the compiler, says that they are at most a run.
///
/// Builds for debugging keep it apart; see [`stripes`].
#[cfg_attr(debug_assertions, inline)]
#[cfg_attr(not(debug_assertions), inline(always))]
pub(crate) fn sweep<S, R, F>(simd: S, one_run: bool, rows: R, fold: &F) -> F::Lanes
where
    S: Simd,
    R: Source<S>,
    F: LaneFold<S, R::Item>,
{
    debug_assert!(!one_run || rows.stripes() < RUN || (rows.stripes() == RUN && !rows.reaches(0)));
    if const { S::REGISTERS >= 8 } && one_run && rows.stripes() == 0 && !rows.reaches(FEW) {
        return few(simd, rows, fold);
    }
    // Of one run the steps are few, and what counts once, twice and four times is to be added up in the end:
    // 64 `i32` took 1.1 times as long.
    const { assert!(!(F::CARRIES && F::TURNS), "rows go to any lane, or to one") };
    if const { S::REGISTERS == 4 && F::CARRIES } && !one_run {
        return carried(simd, rows, fold);
    }
    // Accumulators and one register to load into must fit: 16 registers below AVX-512.
    // Conditions of constants alone, so that only one kernel is ever compiled.
    if const { S::REGISTERS == 4 } {
        groups::<S, R, F, 4, 4, 1>(simd, one_run, rows, fold)
    } else if const { S::REGISTERS == 8 } {
        if const { F::REGISTERS == 1 } {
            groups::<S, R, F, 8, 8, 1>(simd, one_run, rows, fold)
        } else if const { F::REGISTERS <= 3 && F::ANY_LANE } {
            groups::<S, R, F, 4, 8, 1>(simd, one_run, rows, fold)
        } else if const { F::REGISTERS <= 3 } {
            groups::<S, R, F, 4, 4, 2>(simd, one_run, rows, fold)
        } else if const { F::ANY_LANE } {
            groups::<S, R, F, 2, 8, 1>(simd, one_run, rows, fold)
        } else {
            groups::<S, R, F, 2, 2, 4>(simd, one_run, rows, fold)
        }
    } else if const { F::REGISTERS == 1 && F::ANY_LANE } {
        groups::<S, R, F, 8, 16, 1>(simd, one_run, rows, fold)
    } else if const { F::REGISTERS == 1 } {
        groups::<S, R, F, 8, 8, 2>(simd, one_run, rows, fold)
    } else if const { F::REGISTERS <= 3 && F::ANY_LANE } {
        groups::<S, R, F, 4, 16, 1>(simd, one_run, rows, fold)
    } else if const { F::REGISTERS <= 3 } {
        groups::<S, R, F, 4, 4, 4>(simd, one_run, rows, fold)
    } else {
        // Of sixteen registers at once, the lanes of four folds were left in memory.
        groups::<S, R, F, 2, 2, 8>(simd, one_run, rows, fold)
    }
}

/// Takes in a register of the rows after the last whole stripe.
#[inline(always)]
fn step_rest<S, R, F>(simd: S, rows: R, fold: &F, lanes: F::Lanes, register: usize) -> F::Lanes
where
    S: Simd,
    R: Source<S>,
    F: LaneFold<S, R::Item>,
{
    fold.step(
        simd,
        lanes,
        #[inline(always)]
        |pad| {
            if const { F::IDEMPOTENT } {
                rows.load_last(simd, register, pad)
            } else {
                rows.load_rest(simd, register, pad)
            }
        },
    )
}

/// Sweeps `G` groups of `N` registers each, whose rows go to `K` registers of lanes, and joins those
/// by halving. `N` is `K`, unless a row may be in any lane.
#[inline(always)]
fn groups<S, R, F, const K: usize, const N: usize, const G: usize>(
    simd: S,
    one_run: bool,
    rows: R,
    fold: &F,
) -> F::Lanes
where
    S: Simd,
    R: Source<S>,
    F: LaneFold<S, R::Item>,
{
    debug_assert_eq!(N * G, S::REGISTERS);
    debug_assert!(G <= 4 || S::REGISTERS == 16);
    let mut lanes = [[fold.identity(simd); K]; G];
    if const { S::REGISTERS == 16 } {
        // Of a backend that few CPUs need, one copy: with up to eight, a program of a dozen
        // aggregates took 1.6 times as long to compile, and pairs of short columns a third less.
        for g in 0..G {
            lanes[g] = runs::<S, R, F, K, N>(simd, one_run, rows, fold, g * N);
        }
    } else {
        // Not a loop, which is not always unrolled, and then keeps all lanes on the stack: a
        // filtered mean of 64 values took 37 ns with AVX2, not 17.
        lanes[0] = runs::<S, R, F, K, N>(simd, one_run, rows, fold, 0);
        if const { G > 1 } {
            lanes[1] = runs::<S, R, F, K, N>(simd, one_run, rows, fold, N);
        }
        if const { G > 2 } {
            lanes[2] = runs::<S, R, F, K, N>(simd, one_run, rows, fold, 2 * N);
            lanes[3] = runs::<S, R, F, K, N>(simd, one_run, rows, fold, 3 * N);
        }
    }
    let mut half = G / 2;
    while half > 0 {
        for g in 0..half {
            lanes[g] = join(fold, lanes[g], lanes[g + half]);
        }
        half /= 2;
    }
    halve(fold, lanes[0])
}

/// Joins `lanes[k]` and `lanes[k + half]` until one is left.
#[inline(always)]
fn halve<S, I, F, const K: usize>(fold: &F, mut lanes: [F::Lanes; K]) -> F::Lanes
where
    S: Simd,
    F: LaneFold<S, I>,
{
    let mut half = K / 2;
    while half > 0 {
        for k in 0..half {
            lanes[k] = fold.join(lanes[k], lanes[k + half]);
        }
        half /= 2;
    }
    lanes[0]
}

/// Folds `N` registers, from `first` on, of every stripe.
///
/// Builds for debugging keep it apart, for a sweep calls it up to eight times.
#[cfg_attr(debug_assertions, inline)]
#[cfg_attr(not(debug_assertions), inline(always))]
fn runs<S, R, F, const K: usize, const N: usize>(
    simd: S,
    one_run: bool,
    rows: R,
    fold: &F,
    first: usize,
) -> [F::Lanes; K]
where
    S: Simd,
    R: Source<S>,
    F: LaneFold<S, R::Item>,
{
    if one_run {
        let lanes = stripes::<S, R, F, K, N>(simd, true, rows, fold, first, 0);
        return tail::<S, R, F, K, N>(simd, rows, fold, first, 0, lanes);
    }
    if rows.stripes() == 2 * RUN && !rows.reaches(0) {
        // A whole tile, as the compiler knows in the loop over those.
        let one = stripes::<S, R, F, K, N>(simd, false, rows, fold, first, 0);
        return join(fold, one, stripes::<S, R, F, K, N>(simd, false, rows, fold, first, RUN));
    }
    let mut total = [fold.identity(simd); K];
    let mut start = 0;
    loop {
        let lanes = stripes::<S, R, F, K, N>(simd, false, rows, fold, first, start);
        let end = start + RUN;
        if end > rows.stripes() || (end == rows.stripes() && !rows.reaches(0)) {
            return join(fold, total, tail::<S, R, F, K, N>(simd, rows, fold, first, start, lanes));
        }
        total = join(fold, total, lanes);
        if const { F::KEPT && S::REGISTERS > 4 } {
            // Between two runs there is one value more than 16 registers hold. Unless what the
            // first has left is another variable, which spends the second run on the stack, the
            // compiler keeps one of its lanes there while it adds: 1,000 `f64` took 1.5 times as
            // long with AVX2.
            total = black_box(total);
        }
        start = end;
    }
}

/// Folds `N` registers, from `first` on, of the whole stripes of a run, which starts with one.
///
/// Builds for debugging keep it apart, and in one copy: they give every inlined value a
/// place of its own on the stack, which came to a megabyte for a tuple of eight.
#[cfg_attr(debug_assertions, inline)]
#[cfg_attr(not(debug_assertions), inline(always))]
fn stripes<S, R, F, const K: usize, const N: usize>(
    simd: S,
    one_run: bool,
    rows: R,
    fold: &F,
    first: usize,
    start: usize,
) -> [F::Lanes; K]
where
    S: Simd,
    R: Source<S>,
    F: LaneFold<S, R::Item>,
{
    let end = rows.stripes().min(start + RUN);
    let mut lanes = [fold.identity(simd); K];
    let mut i = start;
    if one_run && i < end {
        // Apart from the loop: the compiler knows that -0.0 changes nothing.
        lanes = step_stripe::<S, R, F, K, N>(simd, rows, fold, first, i, lanes);
        i += 1;
    }
    // Of a whole tile the compiler would unroll the loop, and sort its loads by lane instead of by
    // address. Beyond L1 that costs a fifth of the speed of a sum, and in L1 a third of that of
    // a filtered one.
    let end = if one_run { end } else { end.min(black_box(end)) };
    for i in i..end {
        lanes = step_stripe::<S, R, F, K, N>(simd, rows, fold, first, i, lanes);
    }
    lanes
}

/// Takes in `N` registers, from `first` on, of a whole stripe.
#[inline(always)]
fn step_stripe<S, R, F, const K: usize, const N: usize>(
    simd: S,
    rows: R,
    fold: &F,
    first: usize,
    stripe: usize,
    mut lanes: [F::Lanes; K],
) -> [F::Lanes; K]
where
    S: Simd,
    R: Source<S>,
    F: LaneFold<S, R::Item>,
{
    let stripe = rows.stripe(stripe);
    // Two loops: where the compiler does not unroll the outer one, as of long steps, lanes are in
    // registers still.
    for n in (0..N).step_by(K) {
        for k in 0..K {
            lanes[k] = fold.step(
                simd,
                lanes[k],
                #[inline(always)]
                |pad| R::load(simd, stripe, first + n + k, pad),
            );
        }
    }
    lanes
}

/// Takes in the rows after the last whole stripe, where they are of this run.
#[cfg_attr(debug_assertions, inline)]
#[cfg_attr(not(debug_assertions), inline(always))]
fn tail<S, R, F, const K: usize, const N: usize>(
    simd: S,
    rows: R,
    fold: &F,
    first: usize,
    start: usize,
    mut lanes: [F::Lanes; K],
) -> [F::Lanes; K]
where
    S: Simd,
    R: Source<S>,
    F: LaneFold<S, R::Item>,
{
    if rows.stripes() < start + RUN {
        for n in (0..N).step_by(K) {
            for k in 0..K {
                if rows.reaches(first + n + k) {
                    lanes[k] = step_rest(simd, rows, fold, lanes[k], first + n + k);
                }
            }
        }
    }
    lanes
}

/// Joins lane by lane.
#[inline(always)]
fn join<S, I, F, const K: usize>(
    fold: &F,
    mut one: [F::Lanes; K],
    other: [F::Lanes; K],
) -> [F::Lanes; K]
where
    S: Simd,
    F: LaneFold<S, I>,
{
    for k in 0..K {
        one[k] = fold.join(one[k], other[k]);
    }
    one
}
