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
//!    *near*: mostly, one value in 2³⁰. A stripe that has one is compared with the edges: the
//!    slot that was guessed is at most one off.
//! 2. Where each edge has a `g` of at least its index, and the number before it less than
//!    that (edges 0, 1, 2, ... have), cutting is right for all. No value is near then.
//! 3. `g + 1.5 · 2²⁰` has `g` in units of 2⁻³² in its lower bits: 32 bits after the point, which
//!    tell what is near, and the slot above them. It is stored as it is.
//! 4. What is under or over is told by a comparison with the ends, and NaN falls through the
//!    minima and maxima as it does in [`Min`](crate::Min). No branch depends on a value.
//! 5. In the first bin `g` cannot be too small, nor in the last too great: it is held
//!    between 0.5 and `n - 0.5`, where nothing is near, so that the ends of the range, which
//!    are frequent values, cost no comparison with edges.
//!
//! A column all of whose values lie on edges that are no such (multiples of 0.01, say) costs
//! three times as much as one that has few of them.
//!
//! # Other edges
//!
//! A search by halving without a branch: thresholds are padded with NaN, which no value is
//! greater than, to a power of two, and a stripe takes each step together. Where `e` is above
//! a quarter, this is the way, too. For 100 bins it takes 4 ns a value: ten times the line.

use crate::backend::{FloatVector, Simd, Vector};
use crate::lanes::Source;
use crate::number::Number;
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::hint::select_unpredictable;

/// Values that are placed at a time.
pub(super) const BLOCK: usize = <f64 as Number>::STRIPE;

/// The slots of so many values, see [`slot`].
pub(super) type Slots = [u64; BLOCK];

/// Bits of a slot, of which there are at most 2¹⁸ and three.
const SLOT_BITS: u32 = 19;

/// The slot in bits 32 and up; other bits may be anything. A slot that is known to be a byte
/// is byte 4.
#[inline(always)]
pub(super) fn slot(word: u64) -> usize {
    (word >> 32) as usize & ((1 << SLOT_BITS) - 1)
}

/// Slots after those of the bins.
pub(super) const OTHERS: usize = 3;

/// Added to a number below 2¹⁹, it leaves 32 bits after the point, and the others above.
const POINT: f64 = (3_u64 << 19) as f64;

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
    /// A distance from an integer, in units of 2⁻³², up to which the edges are asked; `None`
    /// where never.
    near: Option<i64>,
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
        // One unit more, for the distance is rounded when it is looked at.
        let near = (astray * (1_u64 << 32) as f64) as i64 + 1;
        (astray <= ASTRAY).then_some(Self { scale, near: (!exact).then_some(near) })
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

    /// The slot of one value: the guess, held to the edges.
    #[inline(always)]
    pub(super) fn of(&self, value: f64) -> usize {
        let (low, high) = self.ends;
        if !(low <= value && value <= high) {
            let below = self.bins + usize::from(value < low);
            return if value.is_nan() { self.bins + 2 } else { below };
        }
        let Some(Line { scale, .. }) = self.line else {
            return self.thresholds[..=self.bins].partition_point(|&edge| edge <= value) - 1;
        };
        // Of the upper edge it may be the slot after the last bin, and is then moved back.
        self.held(slot(((value - low) * scale + POINT).to_bits()), value)
    }

    /// The slot of a value, of which the one that was guessed is at most one off.
    #[inline(always)]
    fn held(&self, guess: usize, value: f64) -> usize {
        let ends = &self.thresholds[guess..][..2];
        guess + usize::from(ends[1] <= value) - usize::from(value < ends[0])
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
            Some(Line { scale, near: Some(near) }) => {
                let guess = Guess::new(simd, self, scale);
                stripes(simd, rows, len, Near::new(simd, guess, near), f);
            }
            Some(Line { scale, near: None }) => {
                stripes(simd, rows, len, Exact(Guess::new(simd, self, scale)), f);
            }
            None => stripes(simd, rows, len, Search(self), f),
        }
    }

    /// Moves slots that are one off. Not inlined: it has nothing of a backend, and is
    /// compiled once, not for each backend and type.
    #[inline(never)]
    fn correct(&self, values: &[f64; BLOCK], slots: &mut Slots) {
        for i in 0..BLOCK {
            slots[i] = (self.held(slot(slots[i]), values[i]) as u64) << 32;
        }
    }

    /// The slot of each value, from how many thresholds it has reached. Not inlined, as above.
    #[inline(never)]
    fn search(&self, values: &[f64; BLOCK], slots: &mut Slots) {
        let mut reached = [0_usize; BLOCK];
        let mut half = self.thresholds.len() / 2;
        while half > 0 {
            // What is reached before this step is at most the length less twice the half.
            let upper = &self.thresholds[half - 1..];
            for i in 0..BLOCK {
                let threshold = upper[reached[i]];
                reached[i] += select_unpredictable(threshold <= values[i], half, 0);
            }
            half /= 2;
        }
        for i in 0..BLOCK {
            let slot = if reached[i] == 0 { self.bins + 1 } else { reached[i] - 1 };
            let slot = if values[i].is_nan() { self.bins + 2 } else { slot };
            slots[i] = (slot as u64) << 32;
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
    // A stripe is handed over after the next one was placed: loads of slots that are not
    // there yet would fill the CPU's queue, and keep it from looking ahead.
    let mut slots = [[0; BLOCK]; 2];
    let stripes = rows.stripes();
    for i in 0..stripes {
        let stripe = rows.stripe(i);
        way.place(
            simd,
            #[inline(always)]
            |register| R::load(simd, stripe, register, absent),
            &mut slots[i % 2],
        );
        if i >= 1 {
            f((i - 1) * BLOCK, &slots[(i - 1) % 2], BLOCK);
        }
    }
    for i in stripes.saturating_sub(1)..stripes {
        f(i * BLOCK, &slots[i % 2], BLOCK);
    }
    let whole = stripes * BLOCK;
    if whole < len {
        way.place(
            simd,
            #[inline(always)]
            |register| rows.load_rest(simd, register, absent),
            &mut slots[0],
        );
        f(whole, &slots[0], len - whole);
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

/// The constants of a line, in registers.
#[derive(Clone, Copy)]
struct Guess<'a, S: Simd> {
    places: &'a Places,
    low: S::F64,
    high: S::F64,
    scale: S::F64,
    least: S::F64,
    most: S::F64,
    over: S::F64,
    under: S::F64,
    nan: S::F64,
    point: S::F64,
}

impl<'a, S: Simd> Guess<'a, S> {
    #[inline(always)]
    fn new(simd: S, places: &'a Places, scale: f64) -> Self {
        let bins = places.bins as f64;
        Self {
            places,
            low: Vector::splat(simd, places.ends.0),
            high: Vector::splat(simd, places.ends.1),
            scale: Vector::splat(simd, scale),
            least: Vector::splat(simd, 0.5),
            most: Vector::splat(simd, bins - 0.5),
            // In the middle of a slot, where nothing is near.
            over: Vector::splat(simd, bins + 0.5),
            under: Vector::splat(simd, bins + 1.5),
            nan: Vector::splat(simd, bins + 2.5),
            point: Vector::splat(simd, POINT),
        }
    }

    #[inline(always)]
    fn of(&self, x: S::F64) -> S::F64 {
        let guess = x.sub(self.low).mul(self.scale);
        // NaN stays, for the number stands on the left.
        let guess = self.most.min(self.least.max(guess));
        let guess = self.over.select(self.high.lt(x), guess);
        let guess = self.under.select(x.lt(self.low), guess);
        // Here it does not.
        guess.min(self.nan)
    }
}

/// A line on which no value goes astray.
#[derive(Clone, Copy)]
struct Exact<'a, S: Simd>(Guess<'a, S>);

impl<S: Simd> Way<S> for Exact<'_, S> {
    #[inline(always)]
    fn place(self, simd: S, load: impl Fn(usize) -> S::F64, slots: &mut Slots) {
        for register in 0..S::REGISTERS {
            let guess = simd.integer_part(self.0.of(load(register)));
            let words = simd.bits_f64(guess.add(self.0.point));
            words.store(&mut slots[register * S::F64::LANES..]);
        }
    }
}

/// A line on which values near an edge may go astray.
#[derive(Clone, Copy)]
struct Near<'a, S: Simd> {
    guess: Guess<'a, S>,
    distance: S::I64,
    fraction: S::I64,
    limit: S::I64,
}

impl<'a, S: Simd> Near<'a, S> {
    #[inline(always)]
    fn new(simd: S, guess: Guess<'a, S>, near: i64) -> Self {
        Self {
            guess,
            distance: Vector::splat(simd, near),
            fraction: Vector::splat(simd, (1 << 32) - 1),
            limit: Vector::splat(simd, 2 * near + 1),
        }
    }
}

impl<S: Simd> Way<S> for Near<'_, S> {
    #[inline(always)]
    fn place(self, simd: S, load: impl Fn(usize) -> S::F64, slots: &mut Slots) {
        let mut any = S::I64::mask(simd, 0);
        for register in 0..S::REGISTERS {
            let words = self.guess.of(load(register)).add(self.guess.point);
            let after = simd.encoding_f64(words).add(self.distance).and(self.fraction);
            any = S::I64::either(simd, any, after.lt(self.limit));
            simd.bits_f64(words).store(&mut slots[register * S::F64::LANES..]);
        }
        if S::I64::bits(simd, any) != 0 {
            self.guess.places.correct(&values::<S>(load), slots);
        }
    }
}
