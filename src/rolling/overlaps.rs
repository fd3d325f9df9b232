//! Rolling windows of what may be joined twice, by lanes: least and greatest values.
//!
//! Let `S[a]` be the best of the run of `lanes` values from `a` on, for all `a`: one pass of
//! shifted loads. A vector of `S` that begins at `a`, and the vectors after it, have in each
//! lane runs that follow one another:
//!
//! ```text
//! lane 0     S[a]    S[a + 4]    S[a + 8]   ...
//! lane 1     S[a+1]  S[a + 5]    S[a + 9]   ...
//! ```
//!
//! So a window of `q` runs from each value on is, lane by lane, a window of `q` vectors, and
//! no lane needs what another has. Such windows cost three operations of vectors, whatever `q`
//! is (van Herk, *A Fast Algorithm for Local Minimum and Maximum Filters on Rectangular and
//! Octagonal Kernels*, 1992; Gil and Werman, *Computing 2-D Min, Median, and Max Filters*,
//! 1993): vectors are cut into groups of `q`, and a window has the last vectors of one group,
//! whose bests are stored from its end on, and the first of the next, whose best grows with each.
//!
//! 1. Runs may overlap. The rows of a window that are left beside `q` whole runs are the end of
//!    its last run, `S[a + window - lanes]`: one load.
//! 2. A window of fewer rows than there are lanes is two runs, of the greatest power of two.
//! 3. With few runs to a window, what begins and ends a group costs more than to join them all:
//!    there it is one load and one operation for each run, written out for each number of them.
//! 4. The last vectors of a block reach beyond it. What their lanes find there is not used, for
//!    no lane looks at another.
//! 5. The first pass hands on each vector of values that it loads: whoever wants to know what
//!    they are like looks at them in registers.
//! 6. Results leave after each group, or a few where groups are short, from L1, so that the
//!    CPU writes them to memory while it works on the next.
//!
//! For windows of 100 rows of `f64`, AVX2 has 8 loads, 3 stores and 7 operations to a vector
//! of results, where doublings have 14, 4 and 10; with windows of 1,000 rows, the same, and 20, 6
//! and 14. A row took 1.0 to 1.2 ns where doublings took 1.7 to 2.2, and 1.5 where they took 2.9
//! to 3.5. With SSE, whose runs are of two values, it was 1.5 and 3.7 to 4.8, and 1.9 and 5.9.
//! Bytes, whose vectors are long, gain nothing: windows of up to 100 take up to a third more, of
//! 0.2 to 0.3 ns.

use super::doubling::{Join, join, quadruple};
use super::longest_block;
use crate::backend::{Simd, Vector};
use crate::number::Number;
use alloc::vec;
use alloc::vec::Vec;
use core::mem::swap;

/// Runs of a window that are joined one by one.
const FEW: usize = 6;

/// Bytes of windows that are handed on together, at least: less costs more than it is worth.
const SOME: usize = 1024;

/// Room for the passes over a block.
pub(crate) struct Overlaps<T> {
    window: usize,
    /// Rows of a run.
    run: usize,
    /// Rows of a group of vectors.
    group: usize,
    /// The best of the run from each row on.
    runs: Vec<T>,
    /// What becomes the next `runs`.
    next: Vec<T>,
    /// The best of each vector of a group and those after it.
    suffixes: Vec<T>,
    /// The best of each window.
    best: Vec<T>,
}

impl<T: Number> Overlaps<T> {
    /// Windows of a block, where the window is short.
    pub(crate) const WINDOWS: usize = 1024;

    /// For windows of so many rows, in a column of so many, which has such a window.
    #[inline(always)]
    pub(crate) fn new<S: Simd>(rows: usize, window: usize) -> Self {
        let lanes = T::Vec::<S>::LANES;
        let run = lanes.min(1 << window.ilog2());
        let group = (window / lanes).max(1) * lanes;
        // The last vectors begin in the block, or a group later.
        let room = longest_block(rows, window, Self::WINDOWS) + 2 * lanes;
        let next = if run > FIRST { room } else { 0 };
        Self {
            window,
            run,
            group,
            runs: vec![T::default(); room],
            next: vec![T::default(); next],
            suffixes: vec![T::default(); group],
            best: vec![T::default(); room],
        }
    }

    /// Makes the runs of a block, and hands its values on, a vector at a time. The number of
    /// those that were handed on is the result: the last are not.
    #[inline(always)]
    pub(crate) fn read<J: Join<T>, S: Simd>(
        &mut self,
        simd: S,
        block: &[T],
        watch: impl FnMut(T::Vec<S>),
    ) -> usize {
        let mut k = self.run.min(FIRST);
        let mut len = block.len() + 1 - k;
        let to = &mut self.runs[..len];
        match k {
            1 => first::<1, J, T, S>(simd, block, to, watch),
            2 => first::<2, J, T, S>(simd, block, to, watch),
            _ => first::<FIRST, J, T, S>(simd, block, to, watch),
        }
        let seen = len / T::Vec::<S>::LANES * T::Vec::<S>::LANES;
        while k < self.run {
            let twice = 4 * k <= self.run;
            let shorter = len - if twice { 3 * k } else { k };
            let (runs, next) = (&self.runs[..len], &mut self.next[..shorter]);
            if twice {
                quadruple::<J, T, S>(simd, runs, k, next);
            } else {
                join::<J, T, S>(simd, runs, &runs[k..], next);
            }
            swap(&mut self.runs, &mut self.next);
            (k, len) = (k * if twice { 4 } else { 2 }, shorter);
        }
        seen
    }

    /// The best of each window of the block.
    #[inline(always)]
    pub(crate) fn of_block<J: Join<T>, S: Simd>(&mut self, simd: S, windows: usize) -> &[T] {
        self.windows::<J, S>(
            simd,
            windows,
            #[inline(always)]
            |_, _| (),
        );
        &self.best[..windows]
    }

    /// Hands on the best of each window of the block, some at a time, with the number of the
    /// first.
    #[inline(always)]
    pub(crate) fn windows<J: Join<T>, S: Simd>(
        &mut self,
        simd: S,
        windows: usize,
        mut to: impl FnMut(usize, &[T]),
    ) {
        let lanes = T::Vec::<S>::LANES;
        let (group, last) = (self.group, self.window - self.run);
        let some = SOME / size_of::<T>();
        let step = if group / lanes <= FEW { some } else { group };
        let mut handed_on = 0;
        for from in (0..windows).step_by(step) {
            let end = windows.min(from + step);
            let best = &mut self.best[from..][..(end - from).next_multiple_of(lanes)];
            let runs = &self.runs[from..];
            match group / lanes {
                1 => of_few::<1, J, T, S>(simd, runs, last, best),
                2 => of_few::<2, J, T, S>(simd, runs, last, best),
                3 => of_few::<3, J, T, S>(simd, runs, last, best),
                4 => of_few::<4, J, T, S>(simd, runs, last, best),
                5 => of_few::<5, J, T, S>(simd, runs, last, best),
                FEW => of_few::<FEW, J, T, S>(simd, runs, last, best),
                _ => of_group::<J, T, S>(simd, runs, &mut self.suffixes, last, best),
            }
            if end == windows || end - handed_on >= some {
                to(handed_on, &self.best[handed_on..end]);
                handed_on = end;
            }
        }
    }
}

/// Joins the `K` runs of each window, and the one that is the last.
#[inline(always)]
fn of_few<const K: usize, J: Join<T>, T: Number, S: Simd>(
    simd: S,
    runs: &[T],
    last: usize,
    best: &mut [T],
) {
    let lanes = T::Vec::<S>::LANES;
    let ends = runs[last..].chunks_exact(lanes);
    for (i, (to, end)) in best.chunks_exact_mut(lanes).zip(ends).enumerate() {
        let runs = &runs[i * lanes..][..K * lanes];
        let mut best = load::<T, S>(simd, end);
        for j in 0..K {
            best = J::lanes::<S>(load::<T, S>(simd, &runs[j * lanes..]), best);
        }
        best.store(to);
    }
}

/// The windows that begin in a group of vectors, from its first on.
#[inline(always)]
fn of_group<J: Join<T>, T: Number, S: Simd>(
    simd: S,
    runs: &[T],
    suffixes: &mut [T],
    last: usize,
    best: &mut [T],
) {
    let lanes = T::Vec::<S>::LANES;
    let ends = &runs[last..][..best.len()];
    let (runs, next) = runs.split_at(suffixes.len());
    let mut suffix = load::<T, S>(simd, &runs[runs.len() - lanes..]);
    let places = suffixes.chunks_exact_mut(lanes);
    for (to, run) in places.zip(runs.chunks_exact(lanes)).rev() {
        suffix = J::lanes::<S>(load::<T, S>(simd, run), suffix);
        suffix.store(to);
    }
    J::lanes::<S>(suffix, load::<T, S>(simd, ends)).store(best);
    let mut prefix = load::<T, S>(simd, next);
    let places = best[lanes..].chunks_exact_mut(lanes);
    let ends = ends[lanes..].chunks_exact(lanes);
    let suffixes = suffixes[lanes..].chunks_exact(lanes);
    for (((to, end), suffix), run) in places.zip(ends).zip(suffixes).zip(next.chunks_exact(lanes)) {
        prefix = J::lanes::<S>(load::<T, S>(simd, run), prefix);
        let best = J::lanes::<S>(load::<T, S>(simd, suffix), load::<T, S>(simd, end));
        J::lanes::<S>(prefix, best).store(to);
    }
}

/// The first values of a slice.
#[inline(always)]
fn load<T: Number, S: Simd>(simd: S, values: &[T]) -> T::Vec<S> {
    Vector::load(simd, values)
}

/// Values of a run that the first pass joins, at most.
const FIRST: usize = 4;

/// The runs of `K` values.
#[inline(always)]
fn first<const K: usize, J: Join<T>, T: Number, S: Simd>(
    simd: S,
    block: &[T],
    to: &mut [T],
    mut watch: impl FnMut(T::Vec<S>),
) {
    let lanes = T::Vec::<S>::LANES;
    let whole = to.len() / lanes * lanes;
    for (i, to) in to.chunks_exact_mut(lanes).enumerate() {
        let values = &block[i * lanes..][..lanes + K - 1];
        let value: T::Vec<S> = Vector::load(simd, values);
        watch(value);
        let mut best = value;
        for j in 1..K {
            best = J::lanes::<S>(Vector::load(simd, &values[j..]), best);
        }
        best.store(to);
    }
    for i in whole..to.len() {
        let mut best = block[i];
        for &value in &block[i + 1..i + K] {
            best = J::values(value, best);
        }
        to[i] = best;
    }
}
