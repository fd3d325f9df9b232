//! How a partial takes in a tile: in windows, or value by value.

use super::bins;
use super::float::{ExactFloat, and_zeros};
use super::total::{Total, seen};
use super::window::{Greatest, ROOM, STEP, Sums, Window};
use super::words::Words;
use crate::backend::Simd;
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

impl<W: Words, const STREAMS: usize> Total<W, STREAMS> {
    /// Takes in a tile of a stream.
    #[inline(always)]
    pub(super) fn update<R, S>(&mut self, stream: usize, tile: &Tile<'_, R, S>)
    where
        R: NumericRow<Value: ExactFloat>,
        S: Simd,
    {
        let values = R::values(tile.column());
        if tile.count() == 0 || self.seen & seen::NAN != 0 {
            return;
        }
        self.seen |= seen::ANY;
        let guide = self.guides[stream];
        let (mut way, mut window) = (guide.way, guide.window);
        let mut looked = false;
        loop {
            let here = window.unwrap_or_else(
                #[inline(always)]
                || guess(values),
            );
            let sums = match way {
                Way::Narrow => R::Value::narrow(tile, Sums::<2>(here)).map(
                    #[inline(always)]
                    |sums| and_zeros(sums),
                ),
                Way::Wide => tile.sweep_as(Sums::<4>(here)).map(
                    #[inline(always)]
                    |sums| and_zeros(sums),
                ),
                Way::Widest => R::Value::widest(tile, here),
                Way::Bins => {
                    self.add_apart(tile);
                    break;
                }
            };
            if let Some(sums) = sums {
                window = Some(here);
                self.add_sums(here, sums);
                if self.seen & seen::OTHER == 0 && (sums != [0; 8] || !all_negative_zeros(tile)) {
                    self.seen |= seen::OTHER;
                }
                break;
            }
            if !looked {
                looked = true;
                let greatest = exponent(tile.sweep_as(Greatest));
                if greatest > 1023 {
                    return self.add_apart(tile);
                }
                let there = Some(Window::at(greatest + ROOM, R::Value::LEVELS));
                if window != there {
                    window = there;
                    continue;
                }
            }
            way = match way {
                Way::Narrow => Way::Wide,
                Way::Wide => Way::Widest,
                Way::Widest | Way::Bins => Way::Bins,
            };
        }
        self.guides[stream].window = window;
        self.guides[stream].adapt(way);
    }

    #[inline(always)]
    fn add_sums(&mut self, window: Window, sums: [i64; 8]) {
        let pair = |i: usize| (i128::from(sums[i]) << STEP) + i128::from(sums[i + 1]);
        self.add(pair(0), window.unit(1));
        for i in [2, 4, 6] {
            if sums[i] | sums[i + 1] != 0 {
                self.add(pair(i), window.unit(i + 1));
            }
        }
    }

    /// Adds the tile value by value.
    #[inline(always)]
    fn add_apart<R, S>(&mut self, tile: &Tile<'_, R, S>)
    where
        R: NumericRow<Value: ExactFloat>,
        S: Simd,
    {
        let mut seen = 0;
        let words = tile.with_values(
            R::Value::default(),
            #[inline(always)]
            |values| {
                bins::sum(
                    values,
                    #[inline(always)]
                    |x| seen |= seen::special(x),
                )
            },
        );
        self.add_words(bins::FIRST, &words);
        self.seen |= seen;
        if self.seen & seen::OTHER == 0 && !all_negative_zeros(tile) {
            self.seen |= seen::OTHER;
        }
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
