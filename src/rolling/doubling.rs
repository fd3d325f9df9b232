//! Rolling windows by lanes: doubling.
//!
//! Let `S_k[a]` be the sum of the `k` values from `a` on. Then
//!
//! ```text
//! S_2k[a] = S_k[a] + S_k[a + k]
//! ```
//!
//! for all `a` at once, eight lanes to an operation: a block of the column that stays in L1 is
//! passed once for each doubling. A window of 100 rows is one of 4, one of 32 and one of 64:
//!
//! ```text
//! W[a] = S_4[a] + S_32[a + 4] + S_64[a + 36]
//! ```
//!
//! This is the order in which a float sum adds: **the window is cut into runs of powers of two,
//! the shortest first; a run is added by halves, and the sums of the runs are added from the
//! first to the last.** Nothing else enters, so a result is a function of its window.
//!
//! 1. A value of the run of `2^k` passes through `k` additions, and then one for each run from
//!    its own on, of which there are no more than the window has greater digits, and one: at
//!    most `log2(window) + 1` in all, so that
//!    `|W - exact| ≤ (log2(window) + 1) u · Σ|x|`, to first order. Windows are at most
//!    [`LONGEST`], which makes it `13 u`; longer ones go by merges, whose bound is that of a sum.
//! 2. Two doublings are one pass, `(S[a] + S[a + k]) + (S[a + 2k] + S[a + 3k])`, where the
//!    window has no run of `2k`: the four loads are those of two passes, but half of
//!    the stores are gone.
//! 3. Blocks overlap by a window less one row, whose passes are done again. With blocks of
//!    at least twice the window that adds at most half to the cost.

use super::longest_block;
use crate::backend::{Simd, Vector};
use crate::number::Number;
use alloc::vec;
use alloc::vec::Vec;
use core::mem::swap;

/// The longest window, in rows.
pub(crate) const LONGEST: usize = 4096;

/// What is made of the values of a window, two by two.
pub(crate) trait Join<T: Number> {
    /// Of two values.
    fn values(one: T, other: T) -> T;
    /// Lane by lane, the same bits.
    fn lanes<S: Simd>(one: T::Vec<S>, other: T::Vec<S>) -> T::Vec<S>;
}

/// `one + other`.
pub(crate) struct Plus;

macro_rules! plus {
    ($($T:ident)*) => {$(
        impl Join<$T> for Plus {
            #[inline(always)]
            fn values(one: $T, other: $T) -> $T {
                one + other
            }
            #[inline(always)]
            fn lanes<S: Simd>(
                one: <$T as Number>::Vec<S>,
                other: <$T as Number>::Vec<S>,
            ) -> <$T as Number>::Vec<S> {
                one.add(other)
            }
        }
    )*};
}

plus! { f32 f64 }

/// Room for the passes over a block.
pub(crate) struct Doubling<T> {
    window: usize,
    /// `S_k`, unless that is the block itself.
    sums: Vec<T>,
    /// What becomes the next `S_k`.
    next: Vec<T>,
    /// The sums of the runs so far.
    runs: Vec<T>,
}

impl<T: Number> Doubling<T> {
    /// Windows of a block, where the window is short.
    pub(crate) const WINDOWS: usize = 1024;

    /// For windows of so many rows, in a column of so many, which has such a window.
    #[inline(always)]
    pub(crate) fn new(rows: usize, window: usize) -> Self {
        let most = longest_block(rows, window, Self::WINDOWS);
        let room = || vec![T::default(); most];
        Self { window, sums: room(), next: room(), runs: room() }
    }

    /// What comes of each window of a block.
    #[inline(always)]
    pub(crate) fn of_block<'a, J, S>(&'a mut self, simd: S, block: &'a [T]) -> &'a [T]
    where
        J: Join<T>,
        S: Simd,
    {
        let window = self.window;
        let (mut k, mut len, mut covered) = (1, block.len(), 0);
        loop {
            let sums = if k == 1 { block } else { &self.sums[..len] };
            let is_run = window & k != 0;
            let is_first_run = is_run && covered == 0;
            if is_run && !is_first_run {
                let (runs, next) = (&self.runs, &mut self.next[..len - covered]);
                join::<J, T, S>(simd, runs, &sums[covered..], next);
                swap(&mut self.runs, &mut self.next);
            }
            if is_run {
                covered += k;
            }
            if 2 * k > window {
                break;
            }
            let twice = 4 * k <= window && window & (2 * k) == 0;
            let shorter = len - if twice { 3 * k } else { k };
            let next = &mut self.next[..shorter];
            if twice {
                quadruple::<J, T, S>(simd, sums, k, next);
            } else {
                join::<J, T, S>(simd, sums, &sums[k..], next);
            }
            if is_first_run && k == 1 {
                self.runs[..len].copy_from_slice(block);
            } else if is_first_run {
                swap(&mut self.runs, &mut self.sums);
            }
            swap(&mut self.sums, &mut self.next);
            (k, len) = (k * if twice { 4 } else { 2 }, shorter);
        }
        let windows = block.len() + 1 - window;
        if k == window {
            return if k == 1 { block } else { &self.sums[..windows] };
        }
        &self.runs[..windows]
    }
}

/// Joins the first values of two slices, as many as there are places.
#[inline(always)]
pub(super) fn join<J: Join<T>, T: Number, S: Simd>(simd: S, one: &[T], other: &[T], to: &mut [T]) {
    let lanes = T::Vec::<S>::LANES;
    let (one, other) = (&one[..to.len()], &other[..to.len()]);
    let whole = to.len() / lanes * lanes;
    let places = to.chunks_exact_mut(lanes);
    for ((to, one), other) in places.zip(one.chunks_exact(lanes)).zip(other.chunks_exact(lanes)) {
        J::lanes::<S>(Vector::load(simd, one), Vector::load(simd, other)).store(to);
    }
    for i in whole..to.len() {
        to[i] = J::values(one[i], other[i]);
    }
}

/// From `S_k` to `S_4k`.
#[inline(always)]
#[allow(clippy::many_single_char_names, reason = "four runs that follow one another")]
pub(super) fn quadruple<J: Join<T>, T: Number, S: Simd>(
    simd: S,
    sums: &[T],
    k: usize,
    to: &mut [T],
) {
    let lanes = T::Vec::<S>::LANES;
    let len = to.len();
    let (a, b) = (&sums[..len], &sums[k..k + len]);
    let (c, d) = (&sums[2 * k..2 * k + len], &sums[3 * k..3 * k + len]);
    let whole = to.len() / lanes * lanes;
    let places = to.chunks_exact_mut(lanes);
    let firsts = a.chunks_exact(lanes).zip(b.chunks_exact(lanes));
    let seconds = c.chunks_exact(lanes).zip(d.chunks_exact(lanes));
    for ((to, (a, b)), (c, d)) in places.zip(firsts).zip(seconds) {
        let first = J::lanes::<S>(Vector::load(simd, a), Vector::load(simd, b));
        let second = J::lanes::<S>(Vector::load(simd, c), Vector::load(simd, d));
        J::lanes::<S>(first, second).store(to);
    }
    for i in whole..to.len() {
        to[i] = J::values(J::values(a[i], b[i]), J::values(c[i], d[i]));
    }
}
