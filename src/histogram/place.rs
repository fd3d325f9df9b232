//! Which bin a value belongs to: the same on every backend, and the one that the edges say.
//!
//! A value has a *slot*: `i` for bin `i` of `n`, then one each for what is over, under and
//! NaN. *Thresholds* `t[0]..t[n]` are the edges, but for the last, which is the number after
//! the upper edge, because the last bin is closed. Bin `i` has the values from `t[i]` to below
//! `t[i + 1]`.
//!
//! # A line
//!
//! Where edges are about evenly spaced, `g(x) = (x - low) · scale`, rounded twice, cut to an
//! integer, is about the bin. It does not decrease where `x` does not, for no rounding does.
//! So when the histogram is made, `g` of each edge, and of the number before it, say how far
//! `g` goes astray anywhere: each value of bin `i` has a `g` from `i - e` to `i + 1 + e`, where
//! `e` is the greatest distance found. Nothing is estimated. Then:
//!
//! 1. A `g` that is farther than `e` from an integer is cut to the right bin. The others are
//!    *near*: for most edges, one value in 2⁴⁰. Where each edge has a `g` of at least its
//!    index, and the number before it less than that (edges 0, 1, 2, ... have), none is near.
//! 2. A stripe that has a value near an edge is compared with the edges: the slot that was
//!    guessed is at most one off.
//! 3. What is under or over is told by a comparison with the ends, and NaN falls through the
//!    minima and maxima as it does in [`Min`](crate::Min). No branch depends on a value.
//! 4. In the first bin `g` cannot be too small, nor in the last too great: `g` is held
//!    between 0.5 and `n - 0.5`, where nothing is near, so that the ends of the range, which
//!    are frequent values, cost no comparison of step 2.
//!
//! Seventeen operations a register, which the CPU does while it increments the counts of
//! the stripe before.
//!
//! # Other edges
//!
//! A search by halving without a branch: thresholds are padded with NaN, which no value is
//! greater than, to a power of two, and a stripe takes each step together. Where `e` is above
//! a quarter, this is the way, too.

use crate::backend::{FloatVector, Simd, Vector};
use crate::lanes::Source;
use crate::number::Number;
use alloc::boxed::Box;
use alloc::vec::Vec;

/// Values that are placed at a time.
pub(super) const BLOCK: usize = <f64 as Number>::STRIPE;

/// The slots of so many values.
pub(super) type Slots = [u32; BLOCK];

/// Slots after those of the bins.
pub(super) const OTHERS: usize = 3;

/// What all values of the guess are below: added and subtracted, it leaves the nearest integer.
const ROUND: f64 = (3_u64 << 51) as f64;

/// How far a line may go astray.
const ASTRAY: f64 = 0.25;

/// Where values belong.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Places {
    /// Thresholds, and NaN up to a power of two: three at least.
    thresholds: Box<[f64]>,
    bins: usize,
    /// The lower and the upper edge.
    ends: (f64, f64),
    line: Option<Line>,
}

/// A line that is near the thresholds.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Line {
    scale: f64,
    /// A distance from an integer below which the edges are asked; 0 where never.
    near: f64,
}

impl Line {
    /// The line of these thresholds, if there is one.
    fn new(thresholds: &[f64], low: f64, high: f64) -> Option<Self> {
        let bins = thresholds.len() - 1;
        let scale = bins as f64 / (high - low);
        if !scale.is_finite() || scale == 0.0 {
            return None;
        }
        let (mut astray, mut exact) = (0.0, true);
        for i in 1..bins {
            let (edge, wanted) = (thresholds[i], i as f64);
            let (at, before) = ((edge - low) * scale, (edge.next_down() - low) * scale);
            exact &= at >= wanted && before < wanted;
            for distance in [at - wanted, before - wanted] {
                if distance.abs() > astray {
                    astray = distance.abs();
                }
            }
        }
        let near = if exact { 0.0 } else { astray.next_up() };
        (astray <= ASTRAY).then_some(Self { scale, near })
    }
}

impl Places {
    /// The places between edges, which were checked.
    pub(super) fn new(edges: &[f64]) -> Self {
        let bins = edges.len() - 1;
        let ends = (edges[0], edges[bins]);
        let mut thresholds = Vec::from(edges);
        thresholds[bins] = ends.1.next_up();
        let line = Line::new(&thresholds, ends.0, ends.1);
        thresholds.resize((bins + 1 + OTHERS).next_power_of_two(), f64::NAN);
        Self { thresholds: thresholds.into(), bins, ends, line }
    }

    pub(super) fn bins(&self) -> usize {
        self.bins
    }

    /// Hands the slots of so many rows to a function, stripe by stripe: the index of the
    /// first row, the slots, and how many of them count. A row that is null has the slot of
    /// NaN.
    #[inline(always)]
    pub(super) fn each<S: Simd, R: Source<S, Item = S::F64>>(
        &self,
        simd: S,
        rows: R,
        len: usize,
        f: impl FnMut(usize, &Slots, usize),
    ) {
        match self.line {
            Some(line) => stripes(simd, rows, len, OnLine::new(simd, self, line), f),
            None => stripes(simd, rows, len, Search(self), f),
        }
    }

    /// Moves slots that are one off.
    #[inline(always)]
    fn correct(&self, values: &[f64; BLOCK], slots: &mut Slots) {
        for i in 0..BLOCK {
            let slot = slots[i] as usize;
            let (from, to) = (self.thresholds[slot], self.thresholds[slot + 1]);
            slots[i] = slots[i] + u32::from(to <= values[i]) - u32::from(values[i] < from);
        }
    }

    /// The slot of each value, from how many thresholds it has reached.
    #[inline(always)]
    fn search(&self, values: &[f64; BLOCK], slots: &mut Slots) {
        let mut reached = [0_u32; BLOCK];
        let mut half = self.thresholds.len() / 2;
        while half > 0 {
            for i in 0..BLOCK {
                let threshold = self.thresholds[reached[i] as usize + half - 1];
                reached[i] += if threshold <= values[i] { half as u32 } else { 0 };
            }
            half /= 2;
        }
        let bins = self.bins as u32;
        for i in 0..BLOCK {
            let slot = if reached[i] == 0 { bins + 1 } else { reached[i] - 1 };
            slots[i] = if values[i].is_nan() { bins + 2 } else { slot };
        }
    }
}

/// A way to place a stripe.
trait Way<S: Simd>: Copy {
    /// The slots of the values that `load` gives, register by register.
    fn place(self, simd: S, load: impl Fn(usize) -> S::F64, slots: &mut Slots);
}

#[inline(always)]
fn stripes<S: Simd, R: Source<S, Item = S::F64>>(
    simd: S,
    rows: R,
    len: usize,
    way: impl Way<S>,
    mut f: impl FnMut(usize, &Slots, usize),
) {
    let absent = Vector::splat(simd, f64::NAN);
    let mut slots = [0; BLOCK];
    for i in 0..rows.stripes() {
        let stripe = rows.stripe(i);
        way.place(
            simd,
            #[inline(always)]
            |register| R::load(simd, stripe, register, absent),
            &mut slots,
        );
        f(i * BLOCK, &slots, BLOCK);
    }
    let whole = rows.stripes() * BLOCK;
    if whole < len {
        way.place(
            simd,
            #[inline(always)]
            |register| rows.load_rest(simd, register, absent),
            &mut slots,
        );
        f(whole, &slots, len - whole);
    }
}

/// The registers of a stripe, in memory.
#[inline(always)]
fn values<S: Simd>(load: impl Fn(usize) -> S::F64) -> [f64; BLOCK] {
    let mut values = [0.0; BLOCK];
    for register in 0..S::REGISTERS {
        load(register).store(&mut values[register * S::F64::LANES..]);
    }
    values
}

#[derive(Clone, Copy)]
struct Search<'a>(&'a Places);

impl<S: Simd> Way<S> for Search<'_> {
    #[inline(always)]
    fn place(self, _: S, load: impl Fn(usize) -> S::F64, slots: &mut Slots) {
        self.0.search(&values::<S>(load), slots);
    }
}

/// The line's constants, in registers.
#[derive(Clone, Copy)]
struct OnLine<'a, S: Simd> {
    places: &'a Places,
    low: S::F64,
    high: S::F64,
    scale: S::F64,
    near: S::F64,
    least: S::F64,
    most: S::F64,
    round: S::F64,
    magnitude: S::F64,
    over: S::F64,
    under: S::F64,
    nan: S::F64,
}

impl<'a, S: Simd> OnLine<'a, S> {
    #[inline(always)]
    fn new(simd: S, places: &'a Places, line: Line) -> Self {
        let bins = places.bins as f64;
        Self {
            places,
            low: Vector::splat(simd, places.ends.0),
            high: Vector::splat(simd, places.ends.1),
            scale: Vector::splat(simd, line.scale),
            near: Vector::splat(simd, line.near),
            least: Vector::splat(simd, 0.5),
            most: Vector::splat(simd, bins - 0.5),
            round: Vector::splat(simd, ROUND),
            magnitude: Vector::splat(simd, f64::from_bits(u64::MAX >> 1)),
            over: Vector::splat(simd, bins),
            under: Vector::splat(simd, bins + 1.0),
            nan: Vector::splat(simd, bins + 2.0),
        }
    }
}

impl<S: Simd> Way<S> for OnLine<'_, S> {
    #[inline(always)]
    fn place(self, simd: S, load: impl Fn(usize) -> S::F64, slots: &mut Slots) {
        let mut any = S::F64::mask(simd, 0);
        for register in 0..S::REGISTERS {
            let x = load(register);
            let guess = x.sub(self.low).mul(self.scale);
            // NaN stays, for the number stands on the left.
            let guess = self.most.min(self.least.max(guess));
            let off = guess.sub(guess.add(self.round).sub(self.round)).and(self.magnitude);
            any = S::F64::either(simd, any, off.lt(self.near));
            let guess = self.over.select(self.high.lt(x), guess);
            let guess = self.under.select(x.lt(self.low), guess);
            // Here it does not.
            let slot = guess.min(self.nan);
            simd.store_integers(slot, &mut slots[register * S::F64::LANES..]);
        }
        if S::F64::bits(simd, any) != 0 {
            self.places.correct(&values::<S>(load), slots);
        }
    }
}
