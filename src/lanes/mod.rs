//! The kernel: how rows meet lanes.
//!
//! Every aggregate that uses lanes runs through the one function [`sweep`] of this
//! file. It fixes what a result means, and how it is computed fast.
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
//!    folds of more than one register a lane) the tile is swept once for each *group*
//!    of neighbouring registers. A tile is 8 KiB and stays in L1, and each sweep reads
//!    other cache lines, so nothing is read twice.
//! 3. Lanes are folded in registers; a tail is loaded with masks or in parts.
//! 4. Rows that reach into four registers or fewer are a few steps and joins without a loop,
//!    which all stay in registers: with AVX2 the variance of eight `f64` takes 9 ns, not 13, and
//!    their correlation 28, not 68.
//! 5. The fold of a tile waits for nothing but itself, so the CPU overlaps it with the
//!    loads of the next tile.

pub(crate) mod operation;
mod source;
mod terms;
mod within;

pub(crate) use source::{AHEAD, Dense, Masked, Source, Zip, validity};
pub(crate) use terms::{Sums, Terms, totals};
pub(crate) use within::{Bounds, CountWithin, Within, convert, within};

use crate::backend::{STRIPE_BYTES, Simd};
use crate::number::{RUN, TILE_BYTES};
use core::hint::black_box;

/// What to do with a register of rows: the lane-wise part of an aggregate.
///
/// `I` is what a source hands out: a vector, or a pair of them. The methods must be
/// `#[inline(always)]`; see [`Simd`].
///
/// `join` must be associative enough for the answer that is wanted, and joining with
/// the identity must change nothing.
///
/// ```
/// use lanefold::{Aggregate, FloatVector, LaneFold, Simd, Tile, Vector};
///
/// /// The sum of `x * x * x`, in lanes of `f64`.
/// struct Cubes;
///
/// impl<S: Simd> LaneFold<S, S::F64> for Cubes {
///     type Lanes = S::F64;
///     const REGISTERS: usize = 1;
///
///     #[inline(always)]
///     fn identity(&self, simd: S) -> S::F64 {
///         S::F64::splat(simd, -0.0)
///     }
///     #[inline(always)]
///     fn step(&self, simd: S, lanes: S::F64, load: impl Fn(S::F64) -> S::F64) -> S::F64 {
///         let x = load(S::F64::splat(simd, -0.0)); // rows that are not there
///         lanes.add(x.mul(x).mul(x))
///     }
///     #[inline(always)]
///     fn join(&self, one: S::F64, other: S::F64) -> S::F64 {
///         one.add(other)
///     }
/// }
///
/// impl Aggregate<f64> for Cubes {
///     type Partial = f64;
///     type Output = f64;
///
///     fn identity(&self) -> f64 {
///         0.0
///     }
///     #[inline(always)]
///     fn update<S: Simd>(&self, partial: &mut f64, tile: &Tile<'_, f64, S>) {
///         *partial += tile.fold(self).fold_add();
///     }
///     fn merge(&self, into: &mut f64, other: &f64) {
///         *into += other;
///     }
///     fn finish(&self, partial: &f64) -> f64 {
///         *partial
///     }
/// }
///
/// assert_eq!(Cubes.of(&[1.0, 2.0, 3.0]), 36.0);
/// ```
pub trait LaneFold<S: Simd, I> {
    /// The state of a register of lanes.
    type Lanes: Copy;
    /// Registers that one `Lanes` takes up.
    const REGISTERS: usize;
    /// Whether the lanes are always asked for: a sweep for others is one that the compiler can
    /// remove.
    #[doc(hidden)]
    const KEPT: bool = true;
    /// The state of lanes that have seen no row.
    fn identity(&self, simd: S) -> Self::Lanes;
    /// Takes in a register of rows. `load(pad)` gives them, with `pad` in the place of
    /// rows that are not there; it may be called several times with different pads.
    ///
    /// A lane whose row is not there must come out so that the answer is the same as if it
    /// had not been stepped: how many such lanes there are depends on the backend.
    fn step(&self, simd: S, lanes: Self::Lanes, load: impl Fn(I) -> I) -> Self::Lanes;
    /// Joins two states, lane by lane.
    fn join(&self, one: Self::Lanes, other: Self::Lanes) -> Self::Lanes;
}

/// What else can be done with the rows of a tile, in whatever order.
pub(crate) trait Sweep<S: Simd, I> {
    type Output;
    /// Must be `#[inline(always)]`; see [`Simd`].
    fn sweep<R: Source<S, Item = I>>(self, simd: S, rows: R) -> Self::Output;
}

/// Two folds in one sweep.
impl<S, I, A, B> LaneFold<S, I> for (A, B)
where
    S: Simd,
    A: LaneFold<S, I>,
    B: LaneFold<S, I>,
{
    type Lanes = (A::Lanes, B::Lanes);
    const REGISTERS: usize = A::REGISTERS + B::REGISTERS;
    const KEPT: bool = A::KEPT && B::KEPT;

    #[inline(always)]
    fn identity(&self, simd: S) -> Self::Lanes {
        (self.0.identity(simd), self.1.identity(simd))
    }
    #[inline(always)]
    fn step(&self, simd: S, lanes: Self::Lanes, load: impl Fn(I) -> I) -> Self::Lanes {
        // Not `&load`: calls through a reference to a closure are not always inlined.
        let one = self.0.step(
            simd,
            lanes.0,
            #[inline(always)]
            |pad| load(pad),
        );
        let other = self.1.step(
            simd,
            lanes.1,
            #[inline(always)]
            |pad| load(pad),
        );
        (one, other)
    }
    #[inline(always)]
    fn join(&self, one: Self::Lanes, other: Self::Lanes) -> Self::Lanes {
        (self.0.join(one.0, other.0), self.1.join(one.1, other.1))
    }
}

/// Folds all rows of a source, which are at most a tile, into one register of lanes.
/// `one_run`, a constant to the compiler, says that they are at most a run.
#[inline(always)]
pub(crate) fn sweep<S, R, F>(simd: S, one_run: bool, rows: R, fold: &F) -> F::Lanes
where
    S: Simd,
    R: Source<S>,
    F: LaneFold<S, R::Item>,
{
    if const { S::REGISTERS == 8 } && one_run && rows.stripes() == 0 && !rows.reaches(FEW) {
        return few(simd, rows, fold);
    }
    // Accumulators and one register to load into must fit: 16 registers below AVX-512.
    // Conditions of constants alone, so that only one kernel is ever compiled.
    if const { S::REGISTERS == 4 } {
        groups::<S, R, F, 4, 1>(simd, one_run, rows, fold)
    } else if const { S::REGISTERS == 8 } {
        if const { F::REGISTERS == 1 } {
            groups::<S, R, F, 8, 1>(simd, one_run, rows, fold)
        } else if const { F::REGISTERS <= 3 } {
            groups::<S, R, F, 4, 2>(simd, one_run, rows, fold)
        } else {
            groups::<S, R, F, 2, 4>(simd, one_run, rows, fold)
        }
    } else if const { F::REGISTERS == 1 } {
        groups::<S, R, F, 8, 2>(simd, one_run, rows, fold)
    } else if const { F::REGISTERS <= 3 } {
        groups::<S, R, F, 4, 4>(simd, one_run, rows, fold)
    } else {
        groups::<S, R, F, 2, 8>(simd, one_run, rows, fold)
    }
}

/// Registers that [`few`] folds.
const FEW: usize = 4;

/// Folds rows, of which there is one, that reach no further than the first four registers of
/// eight. That is the halving of [`groups`] without those that have no row: joining lanes that
/// were stepped once with the identity changes nothing.
///
/// Builds for debugging keep it apart; see [`run`].
#[cfg_attr(debug_assertions, inline)]
#[cfg_attr(not(debug_assertions), inline(always))]
fn few<S, R, F>(simd: S, rows: R, fold: &F) -> F::Lanes
where
    S: Simd,
    R: Source<S>,
    F: LaneFold<S, R::Item>,
{
    debug_assert!(rows.reaches(0));
    let mut lanes = first_of(simd, rows, fold, 0);
    if rows.reaches(1) {
        let mut other = first_of(simd, rows, fold, 1);
        if rows.reaches(2) {
            lanes = fold.join(lanes, first_of(simd, rows, fold, 2));
        }
        if rows.reaches(3) {
            other = fold.join(other, first_of(simd, rows, fold, 3));
        }
        lanes = fold.join(lanes, other);
    }
    lanes
}

/// The lanes of a register that has seen the rows after the last whole stripe, and no others.
#[cfg_attr(debug_assertions, inline)]
#[cfg_attr(not(debug_assertions), inline(always))]
fn first_of<S, R, F>(simd: S, rows: R, fold: &F, register: usize) -> F::Lanes
where
    S: Simd,
    R: Source<S>,
    F: LaneFold<S, R::Item>,
{
    fold.step(
        simd,
        fold.identity(simd),
        #[inline(always)]
        |pad| rows.load_rest(simd, register, pad),
    )
}

/// Sweeps `G` groups of `K` registers each, and joins them by halving.
#[inline(always)]
fn groups<S, R, F, const K: usize, const G: usize>(
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
    debug_assert_eq!(K * G, S::REGISTERS);
    debug_assert!(G <= 4 || S::REGISTERS == 16);
    let mut lanes = [[fold.identity(simd); K]; G];
    if const { S::REGISTERS == 16 } {
        // Of a backend that few CPUs need, one copy: with up to eight, a program of a dozen
        // aggregates took 1.6 times as long to compile, and pairs of short columns a third less.
        for g in 0..G {
            lanes[g] = runs(simd, one_run, rows, fold, g * K);
        }
    } else {
        // Not a loop, which is not always unrolled, and then keeps all lanes on the stack: a
        // filtered mean of 64 values took 37 ns with AVX2, not 17.
        lanes[0] = runs(simd, one_run, rows, fold, 0);
        if const { G > 1 } {
            lanes[1] = runs(simd, one_run, rows, fold, K);
        }
        if const { G > 2 } {
            lanes[2] = runs(simd, one_run, rows, fold, 2 * K);
            lanes[3] = runs(simd, one_run, rows, fold, 3 * K);
        }
    }
    let mut half = G / 2;
    while half > 0 {
        for g in 0..half {
            lanes[g] = join(fold, lanes[g], lanes[g + half]);
        }
        half /= 2;
    }
    let mut lanes = lanes[0];
    let mut half = K / 2;
    while half > 0 {
        for k in 0..half {
            lanes[k] = fold.join(lanes[k], lanes[k + half]);
        }
        half /= 2;
    }
    lanes[0]
}

/// Folds `K` registers, from `first` on, of every stripe.
///
/// Builds for debugging keep it apart, for a sweep calls it up to eight times.
#[cfg_attr(debug_assertions, inline)]
#[cfg_attr(not(debug_assertions), inline(always))]
fn runs<S, R, F, const K: usize>(
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
    let mut total = run(simd, rows, fold, first, 0);
    if one_run {
        return total;
    }
    if const { F::KEPT && S::REGISTERS > 4 } && rows.stripes() != TILE_BYTES / STRIPE_BYTES {
        // Between two runs there is one value more than 16 registers hold. Unless what the
        // first has left is another variable, which spends the second run on the stack, the
        // compiler keeps one of its lanes there while it adds: 1,000 `f64` took 1.5 times as
        // long with AVX2. In whole tiles it does not; with this, they would be no faster.
        total = black_box(total);
    }
    let mut start = RUN;
    while start < rows.stripes() || (start == rows.stripes() && rows.reaches(0)) {
        total = join(fold, total, run(simd, rows, fold, first, start));
        start += RUN;
    }
    total
}

/// Folds `K` registers, from `first` on, of the run that starts with a stripe.
///
/// Builds for debugging keep it apart, and in one copy: they give every inlined value a
/// place of its own on the stack, which came to a megabyte for a tuple of eight.
#[cfg_attr(debug_assertions, inline)]
#[cfg_attr(not(debug_assertions), inline(always))]
fn run<S, R, F, const K: usize>(
    simd: S,
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
    for i in start..rows.until(end) {
        let stripe = rows.stripe(i);
        for k in 0..K {
            lanes[k] = fold.step(
                simd,
                lanes[k],
                #[inline(always)]
                |pad| R::load(simd, stripe, first + k, pad),
            );
        }
    }
    if end < start + RUN {
        for k in 0..K {
            if rows.reaches(first + k) {
                lanes[k] = fold.step(
                    simd,
                    lanes[k],
                    #[inline(always)]
                    |pad| rows.load_rest(simd, first + k, pad),
                );
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
