//! How a partial takes in a tile: in windows, or value by value.

use super::bins;
use super::float::{ExactFloat, and_zeros};
use super::total::{Total, seen};
use super::window::{Greatest, ROOM, STEP, Sums, Window};
use super::words::Words;
use crate::backend::{Simd, Vector};
use crate::lanes::{Source, Sweep};
use crate::row::NumericRow;
use crate::tile::Tile;

/// The way that a tile is added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// Two lanes.
    Narrow,
    /// Four lanes.
    Wide,
    /// Lanes for all the numbers of the type, where those are few enough.
    Widest,
    /// Value by value.
    Bins,
}

/// Tiles for which a slower way is kept, before a faster one is tried again.
const PATIENCE: u8 = 16;

/// How to begin with the next tile: a hint, which changes no result.
#[derive(Clone, Copy, Debug)]
pub(super) struct Guide {
    window: Option<Window>,
    /// The way that is tried first.
    way: Way,
    /// Tiles in a row that needed another.
    misses: u8,
    patience: u8,
}

impl Guide {
    pub(super) const NEW: Self = Self { window: None, way: Way::Narrow, misses: 0, patience: 0 };

    /// Starts with the way that it took, if that was not the first for the second time in a
    /// row; and after some tiles with the fastest again.
    #[inline(always)]
    fn adapt(&mut self, taken: Way) {
        if taken != self.way {
            self.misses += 1;
            if self.misses > 1 {
                (self.way, self.patience, self.misses) = (taken, PATIENCE, 0);
            }
        } else if taken != Way::Narrow {
            self.misses = 0;
            self.patience -= 1;
            if self.patience == 0 {
                (self.way, self.misses) = (Way::Narrow, 1);
            }
        } else {
            self.misses = 0;
        }
    }
}

/// A tile of what is to be added.
pub(super) trait Terms<S: Simd> {
    /// The most lanes that are run over it.
    const LEVELS: usize;
    /// Some of them, or numbers of their magnitude.
    fn some(&self) -> [f64; 3];
    fn sweep<W: Sweep<S, S::F64>>(&self, sweep: W) -> W::Output;
    /// Runs two lanes over it.
    fn narrow(&self, sums: Sums<2>) -> Option<[i64; 2]>;
    /// Runs `LEVELS` lanes over it, if they are more than four.
    fn widest(&self, window: Window) -> Option<[i64; 8]>;
}

/// The values of a tile.
struct Values<'t, 'a, R: NumericRow, S: Simd>(&'t Tile<'a, R, S>);

impl<R: NumericRow<Value: ExactFloat>, S: Simd> Terms<S> for Values<'_, '_, R, S> {
    const LEVELS: usize = R::Value::LEVELS;

    #[inline(always)]
    fn some(&self) -> [f64; 3] {
        let values = R::values(self.0.column());
        let [middle, last] = [values.len() / 2, values.len() - 1];
        // Not `map`, which is called.
        [values[0].widen(), values[middle].widen(), values[last].widen()]
    }
    #[inline(always)]
    fn sweep<W: Sweep<S, S::F64>>(&self, sweep: W) -> W::Output {
        self.0.sweep_as(sweep)
    }
    #[inline(always)]
    fn narrow(&self, sums: Sums<2>) -> Option<[i64; 2]> {
        R::Value::narrow(self.0, sums)
    }
    #[inline(always)]
    fn widest(&self, window: Window) -> Option<[i64; 8]> {
        R::Value::widest(self.0, window)
    }
}

/// The sum of a tile.
#[derive(Clone, Copy)]
pub(super) struct Found {
    window: Window,
    /// Of the two upper lanes, in units of the second.
    upper: i128,
    /// Of the others, if there were more than two. Apart, for it takes a way through memory.
    lower: Option<[i64; 8]>,
}

impl Found {
    /// Whether it is certain that there is a term other than 0.
    #[inline(always)]
    pub(super) fn is_other(&self) -> bool {
        self.upper != 0
    }
}

impl Guide {
    /// The sums of a tile in the lanes of a window; `None` where it has to be added value by
    /// value.
    #[inline(always)]
    pub(super) fn sums<S: Simd, T: Terms<S>>(&mut self, terms: &T) -> Option<Found> {
        let mut way = self.way;
        let mut looked = false;
        loop {
            let window = self.window.unwrap_or_else(
                #[inline(always)]
                || guess(terms.some(), T::LEVELS),
            );
            let sums = match way {
                Way::Narrow => {
                    if let Some([high, low]) = terms.narrow(Sums::<2>(window)) {
                        self.window = Some(window);
                        self.adapt(way);
                        return Some(Found { window, upper: pair(high, low), lower: None });
                    }
                    None
                }
                Way::Wide => terms.sweep(Sums::<4>(window)).map(
                    #[inline(always)]
                    |sums| and_zeros(sums),
                ),
                Way::Widest => terms.widest(window),
                Way::Bins => {
                    self.adapt(way);
                    return None;
                }
            };
            if let Some(sums) = sums {
                self.window = Some(window);
                self.adapt(way);
                let upper = pair(sums[0], sums[1]);
                return Some(Found { window, upper, lower: Some(sums) });
            }
            if !looked {
                looked = true;
                let greatest = exponent(terms.sweep(Greatest));
                if greatest > 1023 {
                    return None;
                }
                let there = Some(Window::at(greatest + ROOM, T::LEVELS));
                if self.window != there {
                    self.window = there;
                    continue;
                }
            }
            way = match way {
                Way::Narrow => Way::Wide,
                Way::Wide => Way::Widest,
                Way::Widest | Way::Bins => Way::Bins,
            };
        }
    }
}

impl<W: Words> Total<W, 1> {
    /// Takes in the values of a tile.
    #[inline(always)]
    pub(super) fn update<R, S>(&mut self, tile: &Tile<'_, R, S>)
    where
        R: NumericRow<Value: ExactFloat>,
        S: Simd,
    {
        if tile.count() == 0 || self.is_nan() {
            return;
        }
        self.seen |= seen::ANY;
        let found = self.guides[0].sums(&Values(tile));
        match found {
            Some(found) => self.add_found(&found),
            None => tile.with_values(
                R::Value::default(),
                #[inline(always)]
                |values| self.add_apart(values),
            ),
        }
        let other = matches!(found, Some(found) if found.is_other());
        self.see_other(other, &Values(tile));
    }
}

impl<W: Words, const STREAMS: usize> Total<W, STREAMS> {
    #[inline(always)]
    pub(super) fn add_found(&mut self, found: &Found) {
        self.add(found.upper, found.window.unit(1));
        if let Some(sums) = &found.lower {
            self.add_lower_sums(found.window, sums);
        }
    }

    /// Adds the sums of lanes from the third on.
    #[inline(never)]
    fn add_lower_sums(&mut self, window: Window, sums: &[i64; 8]) {
        for i in [2, 4, 6] {
            self.add(pair(sums[i], sums[i + 1]), window.unit(i + 1));
        }
    }

    /// Adds value by value.
    #[inline(always)]
    pub(super) fn add_apart<T: ExactFloat>(&mut self, values: &[T]) {
        let mut seen = 0;
        let words = bins::sum(
            values,
            #[inline(always)]
            |x| seen |= seen::special(x),
        );
        self.add_words(bins::FIRST, &words);
        self.seen |= seen;
    }

    /// Sees a value other than `-0.0`: of itself, or among terms.
    #[inline(always)]
    pub(super) fn see_other<S: Simd, T: Terms<S>>(&mut self, other: bool, terms: &T) {
        if self.seen & seen::OTHER == 0 && (other || !terms.sweep(NegativeZeros)) {
            self.seen |= seen::OTHER;
        }
    }
}

/// The sum of two lanes, in units of the lower one.
#[inline(always)]
fn pair(high: i64, low: i64) -> i128 {
    (i128::from(high) << STEP) + i128::from(low)
}

/// The exponent of a magnitude: of numbers, at most 1023.
#[inline(always)]
fn exponent(bits: u64) -> i32 {
    (bits >> 52) as i32 - 1023
}

/// A window for the first tile: as if its greatest term were not much greater than some.
#[inline(always)]
fn guess(terms: [f64; 3], levels: usize) -> Window {
    const SPARE: i32 = 8;
    let mut greatest = 0;
    for x in terms {
        let bits = x.to_bits() & (u64::MAX >> 1);
        greatest = if bits > greatest { bits } else { greatest };
    }
    Window::at(exponent(greatest) + ROOM + SPARE, levels)
}

/// Whether there is nothing but `-0.0` and nulls.
struct NegativeZeros;

impl<S: Simd> Sweep<S, S::F64> for NegativeZeros {
    type Output = bool;

    #[inline(always)]
    fn sweep<R: Source<S, Item = S::F64>>(self, simd: S, rows: R) -> bool {
        let zero = S::F64::splat(simd, -0.0);
        let mut other = S::I64::splat(simd, 0);
        for i in 0..rows.stripes() {
            let stripe = rows.stripe(i);
            for k in 0..S::REGISTERS {
                let x = R::load(simd, stripe, k, zero);
                other = other.or(simd.encoding_f64(x.xor(zero)));
            }
        }
        for k in 0..S::REGISTERS {
            let x = rows.load_rest(simd, k, zero);
            other = other.or(simd.encoding_f64(x.xor(zero)));
        }
        let none = S::I64::bits(simd, other.eq(Vector::splat(simd, 0)));
        none == (1 << const { S::I64::LANES }) - 1
    }
}
