//! The partial of an exact sum, and how it decides what to do with a tile.

use super::bins;
use super::fixed::{Leading, UNIT};
use super::float::{ExactFloat, and_zeros};
use super::window::{Greatest, ROOM, STEP, Sums, Window};
use crate::backend::Simd;
use crate::row::NumericRow;
use crate::tile::Tile;

/// What else there was, apart from the finite numbers.
mod seen {
    /// A row.
    pub(super) const ANY: u8 = 1;
    /// A value other than `-0.0`.
    pub(super) const OTHER: u8 = 2;
    pub(super) const PLUS_INFINITY: u8 = 4;
    pub(super) const MINUS_INFINITY: u8 = 8;
    pub(super) const NAN: u8 = 16;
    pub(super) const SPECIAL: u8 = PLUS_INFINITY | MINUS_INFINITY | NAN;
}

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

/// Bits of the pending sum beyond which it is moved to the words: a tile adds fewer than 102.
const FULL: u32 = 120;

/// An exact sum: an integer, and what was not a number.
///
/// The integer is `words`, and a pending sum in units of the window's second lane. The two
/// upper lanes of tiles of one window are added to that, which takes no more than a few
/// instructions; the words are touched by lower lanes, where the window moves, and in the
/// end.
#[derive(Clone, Copy, Debug)]
pub struct Total<T: ExactFloat> {
    words: T::Words,
    pending: i128,
    window: Option<Window>,
    /// Whether anything was added to the words.
    moved: bool,
    seen: u8,
    /// The way that is tried first.
    way: Way,
    /// Tiles in a row that needed another.
    misses: u8,
    patience: u8,
}

/// Whether the exact sums are the same, and the results therefore, too.
impl<T: ExactFloat> PartialEq for Total<T> {
    fn eq(&self, other: &Self) -> bool {
        match (self.special(), other.special()) {
            (None, None) => {
                let (one, other) = (self.settled(), other.settled());
                one.seen == other.seen && one.words == other.words
            }
            (one, other) => one.map(f64::to_bits) == other.map(f64::to_bits),
        }
    }
}

impl<T: ExactFloat> Eq for Total<T> {}

impl<T: ExactFloat> Total<T> {
    pub(super) const NOTHING: Self = Self {
        words: T::ZERO,
        pending: 0,
        window: None,
        moved: false,
        seen: 0,
        way: Way::Narrow,
        misses: 0,
        patience: 0,
    };

    /// Takes in a tile.
    #[inline(always)]
    pub(super) fn update<R, S>(&mut self, tile: &Tile<'_, R, S>)
    where
        R: NumericRow<Value = T>,
        S: Simd,
    {
        let values = R::values(tile.column());
        if tile.count() == 0 || self.seen & seen::NAN != 0 {
            return;
        }
        self.seen |= seen::ANY;
        let mut way = self.way;
        let mut looked = false;
        loop {
            let window = self.window.unwrap_or_else(
                #[inline(always)]
                || guess(values),
            );
            let sums = match way {
                Way::Narrow => T::narrow(tile, Sums::<2>(window)).map(
                    #[inline(always)]
                    |sums| and_zeros(sums),
                ),
                Way::Wide => tile.sweep_as(Sums::<4>(window)).map(
                    #[inline(always)]
                    |sums| and_zeros(sums),
                ),
                Way::Widest => T::widest(tile, window),
                Way::Bins => {
                    self.add_apart(tile);
                    return self.adapt(way);
                }
            };
            if let Some(sums) = sums {
                self.window = Some(window);
                self.add_sums(window, sums);
                if self.seen & seen::OTHER == 0 && (sums != [0; 8] || !all_negative_zeros(tile)) {
                    self.seen |= seen::OTHER;
                }
                return self.adapt(way);
            }
            if !looked {
                looked = true;
                let greatest = exponent(tile.sweep_as(Greatest));
                if greatest > 1023 {
                    return self.add_apart(tile);
                }
                if self.move_to(Window::at(greatest + ROOM, T::LEVELS)) {
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

    #[inline(always)]
    fn add_sums(&mut self, window: Window, sums: [i64; 8]) {
        let pair = |i: usize| (i128::from(sums[i]) << STEP) + i128::from(sums[i + 1]);
        self.pending += pair(0);
        for i in [2, 4, 6] {
            if sums[i] | sums[i + 1] != 0 {
                T::add(&mut self.words, pair(i), window.unit(i + 1));
                self.moved = true;
            }
        }
        self.make_room();
    }

    /// Leaves room for another tile, or another partial, in the pending sum.
    #[inline(always)]
    fn make_room(&mut self) {
        if self.pending.unsigned_abs() >> FULL != 0 {
            self.settle();
        }
    }

    /// Adds the tile value by value.
    #[inline(always)]
    fn add_apart<R, S>(&mut self, tile: &Tile<'_, R, S>)
    where
        R: NumericRow<Value = T>,
        S: Simd,
    {
        let pad: T = T::default();
        let mut seen = 0;
        let words = tile.with_values(
            pad,
            #[inline(always)]
            |values| {
                bins::sum(
                    values,
                    #[inline(always)]
                    |x| {
                        seen |= match x {
                            f64::INFINITY => seen::PLUS_INFINITY,
                            f64::NEG_INFINITY => seen::MINUS_INFINITY,
                            _ => seen::NAN,
                        }
                    },
                )
            },
        );
        T::add_words(&mut self.words, &words);
        self.moved = true;
        self.seen |= seen;
        if self.seen & seen::OTHER == 0 && !all_negative_zeros(tile) {
            self.seen |= seen::OTHER;
        }
    }

    /// Whether that was not the window before.
    #[inline(always)]
    fn move_to(&mut self, window: Window) -> bool {
        let other = self.window != Some(window);
        if other {
            self.settle();
            self.window = Some(window);
        }
        other
    }

    /// Moves the pending sum to the words.
    #[inline(never)]
    fn settle(&mut self) {
        if let Some(window) = self.window
            && self.pending != 0
        {
            T::add(&mut self.words, self.pending, window.unit(1));
            self.pending = 0;
            self.moved = true;
        }
    }

    fn settled(&self) -> Self {
        let mut total = *self;
        total.settle();
        total
    }

    #[inline(always)]
    pub(super) fn merge(&mut self, other: &Self) {
        self.seen |= other.seen;
        if other.moved {
            T::merge(&mut self.words, &other.words);
            self.moved = true;
        }
        let Some(window) = other.window else {
            return;
        };
        if self.pending == 0 {
            self.window = other.window;
        }
        if self.window == other.window {
            self.pending += other.pending;
            self.make_room();
        } else if other.pending != 0 {
            T::add(&mut self.words, other.pending, window.unit(1));
            self.moved = true;
        }
    }

    /// The result, where it is not a number.
    #[inline(always)]
    fn special(&self) -> Option<f64> {
        match self.seen & seen::SPECIAL {
            0 => None,
            seen::PLUS_INFINITY => Some(f64::INFINITY),
            seen::MINUS_INFINITY => Some(f64::NEG_INFINITY),
            _ => Some(f64::NAN),
        }
    }

    /// The zero that a sum of 0 is.
    #[inline(always)]
    fn zero(&self) -> f64 {
        if self.seen == seen::ANY { -0.0 } else { 0.0 }
    }

    /// Calls `f` with the leading words, of a number that is not 0.
    #[inline(always)]
    fn finish(&self, f: impl Fn(Leading) -> f64) -> f64 {
        if let Some(special) = self.special() {
            return special;
        }
        let leading = if self.moved {
            T::leading(&self.settled().words)
        } else {
            let unit = self.window.map_or(UNIT, |window| window.unit(1));
            Leading::of(self.pending, unit)
        };
        leading.map_or(self.zero(), f)
    }

    /// The sum, rounded once.
    #[inline(always)]
    pub(super) fn sum(&self) -> T {
        T::nearest(self.finish(
            #[inline(always)]
            |leading| leading.round(T::DIGITS, T::SMALLEST),
        ))
    }

    /// The sum over a count that is not 0, rounded once to `f64`.
    #[inline(always)]
    pub(super) fn mean(&self, count: u64) -> f64 {
        self.finish(
            #[inline(always)]
            |leading| leading.over(count),
        )
    }
}

/// What is stored of it: see the module `stored`.
#[cfg(feature = "serde")]
impl<T: ExactFloat> Total<T> {
    /// The flags of numbers alone, which words go with.
    pub(super) const NUMBERS: u8 = seen::ANY | seen::OTHER;
    /// All flags that results differ by.
    pub(super) const FLAGS: [u8; 6] = [
        0,
        seen::ANY,
        Self::NUMBERS,
        Self::NUMBERS | seen::PLUS_INFINITY,
        Self::NUMBERS | seen::MINUS_INFINITY,
        Self::NUMBERS | seen::NAN,
    ];

    pub(crate) fn is_nothing(&self) -> bool {
        self.seen == 0
    }

    /// Whether there were neither infinities nor NaN.
    #[cfg(feature = "alloc")]
    pub(crate) fn is_finite(&self) -> bool {
        self.seen & seen::SPECIAL == 0
    }

    /// The flags, and all words of the sum of numbers.
    pub(super) fn parts(&self) -> (u8, [u64; 34]) {
        if self.seen & seen::SPECIAL == 0 {
            return (self.seen, self.settled().words.into());
        }
        // Infinities of both signs are NaN, and beside either no number counts.
        let is_known = Self::FLAGS.contains(&self.seen);
        (if is_known { self.seen } else { Self::NUMBERS | seen::NAN }, [0; 34])
    }

    /// The sum of these parts.
    pub(super) fn of_parts(flags: u8, words: &[u64; 34]) -> Self {
        let mut total = Self { seen: flags, moved: *words != [0; 34], ..Self::NOTHING };
        T::add_words(&mut total.words, words);
        total
    }
}

/// The exponent of a magnitude: of numbers, at most 1023.
#[inline(always)]
fn exponent(bits: u64) -> i32 {
    (bits >> 52) as i32 - 1023
}

/// A window for the first tile: as if its greatest value were not much greater than three of
/// its values.
#[inline(always)]
fn guess<T: ExactFloat>(values: &[T]) -> Window {
    const SPARE: i32 = 8;
    let bits = |i: usize| values[i].widen().to_bits() & (u64::MAX >> 1);
    let three = [bits(0), bits(values.len() / 2), bits(values.len() - 1)];
    let greatest = three.into_iter().fold(0, |a, b| if a > b { a } else { b });
    Window::at(exponent(greatest) + ROOM + SPARE, T::LEVELS)
}

/// Whether there is nothing but `-0.0` and nulls.
#[inline(always)]
fn all_negative_zeros<R, S>(tile: &Tile<'_, R, S>) -> bool
where
    R: NumericRow<Value: ExactFloat>,
    S: Simd,
{
    tile.with_values(
        R::Value::nearest(-0.0),
        #[inline(always)]
        |values| values.iter().all(|x| x.widen().to_bits() == (-0.0_f64).to_bits()),
    )
}
