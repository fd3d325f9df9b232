//! Rolling variances by lanes.
//!
//! A run of `k` values from `a` on has a mean and a sum of squared deviations, `m2`. Two
//! neighbouring runs, of `k` and `l` values, merge by the formula of Chan, Golub and `LeVeque`
//! (*Updating Formulae and a Pairwise Algorithm for Computing Sample Variances*, 1979, eq.
//! 2.1), with `δ` the distance of their means:
//!
//! - `mean = mean_a + δ · l / (k + l)`,
//! - `m2 = m2_a + m2_b + δ² · k l / (k + l)`.
//!
//! So runs double, and a window is put together from runs, as in
//! [`doubling`](super::doubling), for all `a` at once.
//!
//! 1. A mean is kept as its distance `o` from the first value of the run, and never as itself:
//!    `δ = (x[b] - x[a]) + (o_b - o_a)`. The distances of values of a window are rounded
//!    relative to themselves, so an offset that all of them share adds no error at all, and
//!    where all are equal, every `δ` is 0, and `m2`, too.
//! 2. Nothing is measured from a value outside of the window: a pivot for a whole block would be
//!    cheaper, and wrong where the column has a step.
//! 3. All terms of `m2` are at least 0; nothing cancels. With `|x - x[a]| ≤ 2 √m2`, a `δ` of
//!    the level `k` is wrong by some `2 log2(k) u √m2`, and the `m2` of a window of `w`
//!    by a factor of at most `1 ± 8 log2(w) √w u`: below 2⁻⁴⁰ for windows of 4,096. That is the
//!    worst of all cases; errors of deviations are not of one sign.
//! 4. The first two levels are one pass, which reads the values alone.
//!
//! Nine operations and six loads, where a sum has one and two: about three times the time.
//!
//! A NaN, an infinity, or a distance that overflows leaves an `m2` that is not finite in each
//! window that has it. Such windows are looked at again: NaN if there is a value that is not
//! finite, and otherwise as the aggregate takes them.

use super::doubling::LONGEST;
use super::{blocks, by_kernel, longest_block, rows_of};
use crate::aggregate::Aggregate;
use crate::backend::{FloatVector, Simd, Vector};
use crate::moments::{About, FloatSpread};
use crate::number::Load;
use crate::row::NumericRow;
use crate::run::by_tile;
use alloc::vec;
use alloc::vec::Vec;
use core::mem::swap;

/// Windows of a block, where the window is short: five arrays of them fit L1.
const WINDOWS: usize = 512;

/// Of the runs from each value on: the distances of their means from that value, and `m2`.
struct Runs {
    offsets: Vec<f64>,
    m2: Vec<f64>,
}

impl Runs {
    fn room(most: usize) -> Self {
        Self { offsets: vec![0.0; most], m2: vec![0.0; most] }
    }
}

/// How two runs merge.
#[derive(Clone, Copy)]
struct Merge<V> {
    /// How far the mean moves.
    share: V,
    /// What `δ²` is multiplied by.
    weight: V,
}

/// Values, distances of means from them, and `m2`.
type Run<V> = [V; 3];

impl Merge<f64> {
    /// Of two runs of so many values.
    #[inline(always)]
    fn new(first: usize, second: usize) -> Self {
        let (first, second) = (first as f64, second as f64);
        let share = second / (first + second);
        Self { share, weight: first * share }
    }

    #[inline(always)]
    fn splat<S: Simd>(self, simd: S) -> Merge<S::F64> {
        Merge { share: Vector::splat(simd, self.share), weight: Vector::splat(simd, self.weight) }
    }

    /// The bits of [`lanes`](Merge::lanes).
    #[inline(always)]
    fn values(self, [a, offset_a, m2_a]: Run<f64>, [b, offset_b, m2_b]: Run<f64>) -> Run<f64> {
        let delta = (b - a) + (offset_b - offset_a);
        [a, offset_a + delta * self.share, (m2_a + m2_b) + delta * delta * self.weight]
    }
}

impl<V: Copy> Merge<V> {
    #[inline(always)]
    fn lanes<S>(self, [a, offset_a, m2_a]: Run<V>, [b, offset_b, m2_b]: Run<V>) -> Run<V>
    where
        S: Simd,
        V: FloatVector<S, f64>,
    {
        let delta = b.sub(a).add(offset_b.sub(offset_a));
        let m2 = m2_a.add(m2_b).add(delta.mul(delta).mul(self.weight));
        [a, offset_a.add(delta.mul(self.share)), m2]
    }
}

/// Merges each run with the one that begins `first` values later.
#[inline(always)]
fn merge<S: Simd>(
    simd: S,
    values: &[f64],
    (first, one): (usize, &Runs),
    (second, other): (usize, &Runs),
    len: usize,
    to: &mut Runs,
) {
    let merge = Merge::new(first, second);
    let lanes = merge.splat(simd);
    let width = S::F64::LANES;
    let (a, offset_a, m2_a) = (&values[..len], &one.offsets[..len], &one.m2[..len]);
    let end = first + len;
    let (b, offset_b, m2_b) =
        (&values[first..end], &other.offsets[first..end], &other.m2[first..end]);
    let (offset, m2) = (&mut to.offsets[..len], &mut to.m2[..len]);
    for (((((((offset, m2), a), offset_a), m2_a), b), offset_b), m2_b) in offset
        .chunks_exact_mut(width)
        .zip(m2.chunks_exact_mut(width))
        .zip(a.chunks_exact(width))
        .zip(offset_a.chunks_exact(width))
        .zip(m2_a.chunks_exact(width))
        .zip(b.chunks_exact(width))
        .zip(offset_b.chunks_exact(width))
        .zip(m2_b.chunks_exact(width))
    {
        let run = lanes.lanes(
            [Vector::load(simd, a), Vector::load(simd, offset_a), Vector::load(simd, m2_a)],
            [Vector::load(simd, b), Vector::load(simd, offset_b), Vector::load(simd, m2_b)],
        );
        run[1].store(offset);
        run[2].store(m2);
    }
    for i in len / width * width..len {
        let run = [a[i], offset_a[i], m2_a[i]];
        [_, offset[i], m2[i]] = merge.values(run, [b[i], offset_b[i], m2_b[i]]);
    }
}

/// The runs of two values, or, where they are not wanted, of four.
#[inline(always)]
fn start<S: Simd>(simd: S, values: &[f64], four: bool, len: usize, to: &mut Runs) {
    let (pairs, fours) = (Merge::new(1, 1), Merge::new(2, 2));
    let (pair_lanes, four_lanes) = (pairs.splat(simd), fours.splat(simd));
    let none = S::F64::splat(simd, 0.0);
    let width = S::F64::LANES;
    let (offset, m2) = (&mut to.offsets[..len], &mut to.m2[..len]);
    let places = offset.chunks_exact_mut(width).zip(m2.chunks_exact_mut(width));
    let (a, b) = (&values[..len], &values[1..=len]);
    let firsts = places.zip(a.chunks_exact(width)).zip(b.chunks_exact(width));
    if four {
        let (c, d) = (&values[2..len + 2], &values[3..len + 3]);
        let all = firsts.zip(c.chunks_exact(width)).zip(d.chunks_exact(width));
        for (((((offset, m2), a), b), c), d) in all {
            let first = pair_lanes
                .lanes([Vector::load(simd, a), none, none], [Vector::load(simd, b), none, none]);
            let second = pair_lanes
                .lanes([Vector::load(simd, c), none, none], [Vector::load(simd, d), none, none]);
            let run = four_lanes.lanes(first, second);
            run[1].store(offset);
            run[2].store(m2);
        }
    } else {
        for (((offset, m2), a), b) in firsts {
            let run = pair_lanes
                .lanes([Vector::load(simd, a), none, none], [Vector::load(simd, b), none, none]);
            run[1].store(offset);
            run[2].store(m2);
        }
    }
    for i in len / width * width..len {
        let pair = |i: usize| pairs.values([values[i], 0.0, 0.0], [values[i + 1], 0.0, 0.0]);
        let run = if four { fours.values(pair(i), pair(i + 2)) } else { pair(i) };
        [_, offset[i], m2[i]] = run;
    }
}

/// Room for the passes over a block.
struct Passes {
    window: usize,
    runs: Runs,
    next: Runs,
    /// What the runs so far come to.
    so_far: Runs,
}

impl Passes {
    /// The windows of a block.
    #[inline(always)]
    fn of_block<S: Simd>(&mut self, simd: S, values: &[f64]) -> &Runs {
        let window = self.window;
        let (mut k, mut len, mut covered) = (1, values.len(), 0);
        loop {
            let is_run = window & k != 0;
            let is_first_run = is_run && covered == 0;
            if is_run && !is_first_run {
                let one = (covered, &self.so_far);
                merge(simd, values, one, (k, &self.runs), len - covered, &mut self.next);
                swap(&mut self.so_far, &mut self.next);
            }
            if is_run {
                covered += k;
            }
            if 2 * k > window {
                break;
            }
            let twice = k == 1 && 4 <= window && window & 2 == 0;
            let shorter = len - if twice { 3 * k } else { k };
            if k == 1 {
                start(simd, values, twice, shorter, &mut self.next);
            } else {
                let run = (k, &self.runs);
                merge(simd, values, run, run, shorter, &mut self.next);
            }
            if is_first_run && k == 1 {
                self.so_far.offsets[..len].fill(0.0);
                self.so_far.m2[..len].fill(0.0);
            } else if is_first_run {
                swap(&mut self.so_far, &mut self.runs);
            }
            swap(&mut self.runs, &mut self.next);
            (k, len) = (k * if twice { 4 } else { 2 }, shorter);
        }
        if k == window { &self.runs } else { &self.so_far }
    }
}

/// Writes the results of the last windows, as many as there are places.
#[inline(always)]
pub(crate) fn spreads<A, R, S>(
    aggregate: &A,
    simd: S,
    window: usize,
    column: R::Column<'_>,
    results: &mut [A::Output],
) where
    A: Aggregate<R, Partial = FloatSpread>,
    R: NumericRow<Value: Load<f64> + Into<f64>>,
    S: Simd,
{
    by_kernel::<A, R, S>(
        aggregate,
        simd,
        window,
        if R::NULLABLE || window == 1 { 0 } else { LONGEST },
        column,
        results,
        #[inline(always)]
        |full| full_windows::<A, R, S>(aggregate, simd, window, column, full),
    );
}

#[inline(always)]
fn full_windows<A, R, S>(
    aggregate: &A,
    simd: S,
    window: usize,
    column: R::Column<'_>,
    mut results: &mut [A::Output],
) where
    A: Aggregate<R, Partial = FloatSpread>,
    R: NumericRow<Value: Load<f64> + Into<f64>>,
    S: Simd,
{
    let rows = R::len(column);
    let most = longest_block(rows, window, WINDOWS);
    let mut passes =
        Passes { window, runs: Runs::room(most), next: Runs::room(most), so_far: Runs::room(most) };
    let is_f64 = <R::Value as Load<f64>>::same(&[]).is_some();
    let mut wide = vec![0.0; if is_f64 { 0 } else { most }];
    // The last row whose value is not finite, and one beyond.
    let mut broken_end = 0;
    for block in blocks(rows, window, WINDOWS) {
        let own = R::values(rows_of::<R>(column, block.clone()));
        let values = if let Some(values) = Load::<f64>::same(own) {
            values
        } else {
            for (to, &value) in wide.iter_mut().zip(own) {
                *to = value.into();
            }
            &wide[..own.len()]
        };
        let Runs { offsets, m2 } = passes.of_block(simd, values);
        let (places, rest) = results.split_at_mut(values.len() + 1 - window);
        let (offsets, m2) = (&offsets[..places.len()], &m2[..places.len()]);
        let mut are_finite = true;
        for (i, place) in places.iter_mut().enumerate() {
            are_finite &= m2[i].is_finite();
            let about = About { mean: values[i], low: offsets[i], m2: m2[i] };
            *place = aggregate.finish(&FloatSpread { count: window as u64, about });
        }
        if !are_finite {
            for (i, place) in places.iter_mut().enumerate() {
                if m2[i].is_finite() {
                    continue;
                }
                let rows = block.start + i..block.start + i + window;
                if broken_end <= rows.start {
                    let last = values[i..i + window].iter().rposition(|x| !x.is_finite());
                    broken_end = last.map_or(0, |last| rows.start + last + 1);
                }
                if broken_end > rows.start {
                    let about = About { m2: f64::NAN, mean: f64::NAN, low: 0.0 };
                    *place = aggregate.finish(&FloatSpread { count: window as u64, about });
                } else {
                    let mut partial = aggregate.identity();
                    by_tile(aggregate, &mut partial, simd, rows_of::<R>(column, rows));
                    *place = aggregate.finish(&partial);
                }
            }
        }
        results = rest;
    }
}
