//! Sums of floats from where a register begins, with the same bits.
//!
//! Row `i` of a tile goes to lane `i % STRIPE`, and a column that an allocator gave begins 16 bytes past
//! a line: of registers of 64 bytes every load then needs two lines, and of 32 bytes every second one.
//! Where the first `head` rows of a run are left out, registers begin where lines do, and lane `i` is in
//! the place of lane `i - head`. That is a stripe turned like a ring: the halving tree joins places that
//! are half a ring apart, hence the same lanes, level by level, and only their sides may have changed.
//!
//! What is left out are the first rows of the last lanes of the ring: the last register begins with
//! them, and takes in the others after. So the additions of each lane are those of a stripe that is
//! not turned, in their order.
//!
//! Of 100,000 `f64` in L2, sums take half of the time with AVX-512 (Emerald Rapids); of 1,000 in L1 as long
//! as before, or 1.07 times.

use super::{Dense, LaneFold, Source, Zip, halve, join, step_stripe, tail};
use crate::backend::{Simd, Vector};
use crate::number::{Number, RUN};
use crate::tile::head;
use core::hint::black_box;

/// Columns of floats, one or two of the same length.
pub(crate) trait Columns<S: Simd>: Copy {
    /// The rows of lanes.
    type Source: Source<S>;
    /// Lanes of a stripe.
    const STRIPE: usize;
    /// Rows.
    fn len(self) -> usize;
    /// Rows before the first that a register could begin with; see [`head`].
    fn head(self) -> usize;
    /// All rows before one, and the others.
    fn split(self, at: usize) -> (Self, Self);
    /// As a source.
    fn source(self) -> Self::Source;
    /// Fewer rows than lanes, in the last lanes. Where they begin at the head of a column, what is loaded is
    /// the register before the first whole one, and so of the same line.
    fn load_end(self, simd: S, pad: Item<S, Self>) -> Item<S, Self>;
}

/// What a register of columns is.
type Item<S, C> = <<C as Columns<S>>::Source as Source<S>>::Item;

impl<'a, S: Simd, T: Number> Columns<S> for &'a [T] {
    type Source = Dense<'a, T, T>;
    const STRIPE: usize = T::STRIPE;

    #[inline(always)]
    fn len(self) -> usize {
        <[T]>::len(self)
    }
    #[inline(always)]
    fn head(self) -> usize {
        head::<S, T>(self)
    }
    #[inline(always)]
    fn split(self, at: usize) -> (Self, Self) {
        self.split_at(at)
    }
    #[inline(always)]
    fn source(self) -> Dense<'a, T, T> {
        Dense::new(self)
    }
    #[inline(always)]
    fn load_end(self, simd: S, pad: T::Vec<S>) -> T::Vec<S> {
        Vector::load_end(simd, self, pad)
    }
}

impl<S: Simd, A: Columns<S>, B: Columns<S>> Columns<S> for (A, B) {
    type Source = Zip<A::Source, B::Source>;
    const STRIPE: usize = A::STRIPE;

    #[inline(always)]
    fn len(self) -> usize {
        self.0.len()
    }
    #[inline(always)]
    fn head(self) -> usize {
        // The second column begins with a register where the first does, or nothing is won; nor is it in
        // fewer than eight stripes.
        let head = self.0.head();
        if self.len() >= 8 * A::STRIPE && head == self.1.head() { head } else { 0 }
    }
    #[inline(always)]
    fn split(self, at: usize) -> (Self, Self) {
        let (a, b) = (self.0.split(at), self.1.split(at));
        ((a.0, b.0), (a.1, b.1))
    }
    #[inline(always)]
    fn source(self) -> Self::Source {
        Zip(self.0.source(), self.1.source())
    }
    #[inline(always)]
    fn load_end(self, simd: S, pad: Item<S, Self>) -> Item<S, Self> {
        (self.0.load_end(simd, pad.0), self.1.load_end(simd, pad.1))
    }
}

/// As [`sweep`](super::sweep), from where a register begins; `None` where that is where the column
/// does, or where it does not pay.
#[cfg_attr(debug_assertions, inline)]
#[cfg_attr(not(debug_assertions), inline(always))]
pub(crate) fn turned<S, C, F>(simd: S, one_run: bool, columns: C, fold: &F) -> Option<F::Lanes>
where
    S: Simd,
    C: Columns<S>,
    F: LaneFold<S, Item<S, C>>,
{
    const { assert!(!F::TURNS || F::REGISTERS <= 2, "lanes that registers have no room for") };
    if const { !F::TURNS || S::REGISTERS > 8 } {
        return None;
    }
    let head = columns.head();
    // The rows of the last run must fill what is left out of it.
    let last = columns.len() % (RUN * C::STRIPE);
    if head == 0 || (0 < last && last < head) {
        return None;
    }
    Some(if const { S::REGISTERS == 4 } {
        runs::<S, C, F, 4>(simd, one_run, columns, head, fold)
    } else {
        runs::<S, C, F, 8>(simd, one_run, columns, head, fold)
    })
}

/// The lanes of one run or two, joined.
#[cfg_attr(debug_assertions, inline)]
#[cfg_attr(not(debug_assertions), inline(always))]
fn runs<S, C, F, const K: usize>(
    simd: S,
    one_run: bool,
    columns: C,
    head: usize,
    fold: &F,
) -> F::Lanes
where
    S: Simd,
    C: Columns<S>,
    F: LaneFold<S, Item<S, C>>,
{
    let rows = RUN * C::STRIPE;
    let lanes = if one_run || columns.len() <= rows {
        run::<S, C, F, K>(simd, one_run, columns, head, fold)
    } else {
        let (first, second) = columns.split(rows);
        let mut total = run::<S, C, F, K>(simd, false, first, head, fold);
        if const { K > 4 } {
            // For the same reason as between the runs of a sweep.
            total = black_box(total);
        }
        join(fold, total, run::<S, C, F, K>(simd, false, second, head, fold))
    };
    halve(fold, lanes)
}

/// The lanes of a run, of `head` rows and more.
///
/// Builds for debugging keep it apart; see [`stripes`](super::stripes).
#[cfg_attr(debug_assertions, inline)]
#[cfg_attr(not(debug_assertions), inline(always))]
fn run<S, C, F, const K: usize>(
    simd: S,
    one_run: bool,
    columns: C,
    head: usize,
    fold: &F,
) -> [F::Lanes; K]
where
    S: Simd,
    C: Columns<S>,
    F: LaneFold<S, Item<S, C>>,
{
    let (head, rows) = columns.split(head);
    let rows = rows.source();
    let mut lanes = [fold.identity(simd); K];
    lanes[K - 1] = fold.step(
        simd,
        lanes[K - 1],
        #[inline(always)]
        |pad| head.load_end(simd, pad),
    );
    // As in the sweep of whole tiles, else the compiler sorts the loads of all stripes by lane; but a column
    // of one run would then need a frame.
    let stripes = rows.stripes();
    let end = if one_run { stripes } else { stripes.min(black_box(stripes)) };
    for stripe in 0..end {
        lanes = step_stripe::<S, _, F, K, K>(simd, rows, fold, 0, stripe, lanes);
    }
    tail::<S, _, F, K, K>(simd, rows, fold, 0, 0, lanes)
}
