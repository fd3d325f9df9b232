//! What a partial holds: a count, or a sum of weights, for each slot.
//!
//! 1. A count that was just stored is loaded again by the next value of its bin, and waits.
//!    Neighbouring values take turns at eight tables, on the stack, of a tile's own: where all
//!    values fall into one bin, the increments of eight go on at once.
//! 2. Tables hold `u16`, so that they lie in few lines, and clearing and adding them up takes
//!    a hundred instructions for a tile of a thousand rows.
//! 3. A slot is read as the byte that it is, and a table has 256 places: no bound is checked.
//!
//! Histograms of more than 253 bins, and tiles of few rows, are counted in the partial itself.
//!
//! On a Zen 5 core with AVX-512, 100 linear bins take 0.41 ns a value of `f64`, and 0.42 where
//! all are in one bin; the increments alone, of bins that are ready, take 0.22 and 0.27, and
//! the loop that subtracts, divides, checks and increments 1.5 and 1.35.

#[cfg(feature = "serde")]
use super::edges::MOST_BINS;
use super::place::{OTHERS, Places, slot};
use crate::backend::Simd;
use crate::lanes::{Dense, Source, Sweep};
use crate::number::{Load, Number};
use crate::row::NumericRow;
use crate::stored::stored;
use crate::sum::{FloatTotal, canonical};
use crate::tile::Tile;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt::Debug;

/// Tables that neighbouring values take turns at.
const TABLES: usize = 8;

/// Places of a table.
const PLACES: usize = 256;

/// Rows from which tables are worth their clearing, whatever the bins: 300 rows of different values
/// take 950 ns with tables and 560 without, and of one value, on an edge, 1,610 and 1,310 (AVX2,
/// Zen 3).
const ENOUGH: usize = 512;

/// So many slots. Few are not asked of the allocator as zeros, which takes glibc three times as long
/// for some hundred bytes as any memory; many may be pages that nobody has written yet.
#[allow(clippy::slow_vector_initialization, reason = "as above")]
fn nothing<A: Amount>(slots: usize) -> Vec<A> {
    if slots > 512 {
        return vec![A::NOTHING; slots];
    }
    let mut all = Vec::with_capacity(slots);
    all.resize(slots, A::NOTHING);
    all
}

/// What there is of a slot.
pub trait Amount: Clone + Debug + PartialEq {
    /// How it is shown.
    type Shown: Copy;
    /// Of no rows.
    const NOTHING: Self;
    /// Takes in another.
    fn join(&mut self, other: &Self);
    /// As it is shown.
    fn show(&self) -> Self::Shown;
    /// Whether rows can have given these; there is one at least.
    #[cfg(feature = "serde")]
    fn are_of_rows(amounts: &[Self]) -> bool;
}

impl Amount for u64 {
    type Shown = u64;
    const NOTHING: u64 = 0;

    fn join(&mut self, other: &u64) {
        *self = self.saturating_add(*other);
    }
    fn show(&self) -> u64 {
        *self
    }
    #[cfg(feature = "serde")]
    fn are_of_rows(counts: &[u64]) -> bool {
        let rows = counts.iter().fold(0, |sum: u64, &count| sum.saturating_add(count));
        (1..crate::stored::form::TOO_MANY).contains(&rows)
    }
}

impl Amount for FloatTotal {
    type Shown = f64;
    const NOTHING: FloatTotal = FloatTotal::NOTHING;

    fn join(&mut self, other: &FloatTotal) {
        self.merge(other);
    }
    fn show(&self) -> f64 {
        canonical(self.value())
    }
    #[cfg(feature = "serde")]
    fn are_of_rows(sums: &[FloatTotal]) -> bool {
        sums.iter().any(|sum| !sum.is_nothing())
    }
}

/// The partial of a [`Histogram`](super::Histogram).
///
/// Either there are no rows, and no slots, or as many slots as the histogram has bins, and
/// three.
#[derive(Clone, Debug, PartialEq)]
pub struct Filled<A> {
    /// Which edges these are the slots of.
    edges: u64,
    /// Bins, then what is over, under and NaN.
    slots: Vec<A>,
    /// What came from partials of other edges.
    unplaced: A,
}

stored! {
    [W: Amount + Serialize + de::DeserializeOwned] Filled<W> as "Filled" |it| {
        v = 1,
        edges: Itself<u64> = it.edges,
        slots: List<Itself<W>> = it.slots,
        unplaced: Itself<W> = it.unplaced,
    }
    refuses {
        slots if !slots.is_empty() && !POSSIBLE.contains(&slots.len()), "not those of any bins";
        slots if !slots.is_empty() && !W::are_of_rows(&slots), "not those of any rows";
        unplaced if unplaced != W::NOTHING && !W::are_of_rows(core::slice::from_ref(&unplaced)),
            "not that of any rows";
    }
    => Filled { edges, slots, unplaced }
}

/// How many slots there are, where there are any.
#[cfg(feature = "serde")]
const POSSIBLE: core::ops::RangeInclusive<usize> = 1 + OTHERS..=MOST_BINS + OTHERS;

impl<A: Amount> Filled<A> {
    /// No rows. Allocates nothing.
    pub(super) fn new(edges: u64) -> Self {
        Self { edges, slots: Vec::new(), unplaced: A::NOTHING }
    }

    /// The slots, for rows to come.
    #[inline(always)]
    fn slots(&mut self, places: &Places) -> &mut [A] {
        if self.slots.is_empty() {
            self.slots = nothing(places.bins() + OTHERS);
        }
        &mut self.slots
    }

    /// Takes in another. Slots of other edges than these have no place here.
    pub(super) fn merge(&mut self, other: &Self, edges: u64, places: &Places) {
        self.displace(edges, places);
        self.unplaced.join(&other.unplaced);
        if other.is_unfit(edges, places) {
            other.slots.iter().for_each(|slot| self.unplaced.join(slot));
        } else if !other.slots.is_empty() {
            let slots = self.slots(places);
            slots.iter_mut().zip(&other.slots).for_each(|(slot, other)| slot.join(other));
        }
    }

    /// The bins; what is over, under and NaN; and what has no place here.
    pub(super) fn show(&self, edges: u64, places: &Places) -> (Vec<A::Shown>, [A::Shown; 4]) {
        if self.is_unfit(edges, places) {
            let mut all = self.clone();
            all.displace(edges, places);
            return all.show(edges, places);
        }
        let slot = |i: usize| self.slots.get(i).unwrap_or(&A::NOTHING).show();
        let bins = places.bins();
        let others = [slot(bins), slot(bins + 1), slot(bins + 2), self.unplaced.show()];
        ((0..bins).map(slot).collect(), others)
    }

    fn is_unfit(&self, edges: u64, places: &Places) -> bool {
        let slots = self.slots.len();
        slots > 0 && (self.edges != edges || slots != places.bins() + OTHERS)
    }

    fn displace(&mut self, edges: u64, places: &Places) {
        if self.is_unfit(edges, places) {
            let slots = core::mem::take(&mut self.slots);
            for slot in &slots {
                self.unplaced.join(slot);
            }
        }
        self.edges = edges;
    }
}

/// The counts of a few values, as [`Filled::show`] has them: no partial is in between.
#[inline(always)]
pub(super) fn of_few<T: Number>(places: &Places, values: &[T]) -> (Vec<u64>, [u64; 4]) {
    let bins = places.bins();
    let mut counts = nothing(bins + OTHERS);
    for value in values {
        counts[places.of(value.convert())] += 1;
    }
    let others = [counts[bins], counts[bins + 1], counts[bins + 2], 0];
    counts.truncate(bins);
    (counts, others)
}

impl Filled<u64> {
    /// Counts the rows of a tile.
    #[inline(always)]
    pub(super) fn count<R: NumericRow, S: Simd>(&mut self, places: &Places, tile: &Tile<'_, R, S>) {
        let len = tile.len();
        let counts = self.slots(places);
        if counts.len() <= PLACES && len >= ENOUGH {
            let mut tables = [[0; PLACES]; TABLES];
            tile.sweep_as(InTables { places, len, tables: &mut tables });
            let [sums, others @ ..] = &mut tables;
            for table in others {
                for (sum, count) in sums.iter_mut().zip(table) {
                    *sum += *count;
                }
            }
            for (count, sum) in counts.iter_mut().zip(sums) {
                *count = count.saturating_add(u64::from(*sum));
            }
        } else {
            tile.sweep_as(InPlace { places, len, counts });
        }
        // Nulls were taken for NaN.
        counts[places.bins() + 2] -= (len - tile.count()) as u64;
    }
}

impl Filled<FloatTotal> {
    /// Adds the weights of a tile, row by row.
    #[inline(always)]
    pub(super) fn weigh<A: NumericRow, B: NumericRow, S: Simd>(
        &mut self,
        places: &Places,
        tile: &Tile<'_, (A, B), S>,
    ) {
        let (values, weights) = (A::values(tile.column().0), B::values(tile.column().1));
        let validity = tile.validity();
        let sums = self.slots(places);
        places.each(
            tile.simd(),
            // A null has some slot, which is not looked at.
            Dense::<A::Value, f64>::new(values),
            values.len(),
            #[inline(always)]
            |first, slots, rows| {
                let weights = &weights[first..][..rows];
                for (i, (&word, &weight)) in slots.iter().zip(weights).enumerate() {
                    let row = first + i;
                    let present = validity.is_none_or(
                        #[inline(always)]
                        |bits| bits[row / 8] >> (row % 8) & 1 == 1,
                    );
                    if present {
                        sums[slot(word)].add(weight.convert());
                    }
                }
            },
        );
    }
}

/// Values for which the loop is written out.
const TURN: usize = TABLES;

/// A slot that is less than 256.
#[inline(always)]
fn byte(word: u64) -> usize {
    usize::from((word >> 32) as u8)
}

/// Counts of a tile.
type Tables = [[u16; PLACES]; TABLES];

struct InTables<'a> {
    places: &'a Places,
    len: usize,
    tables: &'a mut Tables,
}

impl<S: Simd> Sweep<S, S::F64> for InTables<'_> {
    type Output = ();

    #[inline(always)]
    fn sweep<R: Source<S, Item = S::F64>>(self, simd: S, rows: R) {
        let Self { places, len, tables } = self;
        places.each(
            simd,
            rows,
            len,
            #[inline(always)]
            |_, slots, rows| {
                let (turns, rest) = slots[..rows].as_chunks::<TURN>();
                for words in turns {
                    for i in 0..TURN {
                        tables[i % TABLES][byte(words[i])] += 1;
                    }
                }
                for &word in rest {
                    tables[0][byte(word)] += 1;
                }
            },
        );
    }
}

struct InPlace<'a> {
    places: &'a Places,
    len: usize,
    counts: &'a mut [u64],
}

impl<S: Simd> Sweep<S, S::F64> for InPlace<'_> {
    type Output = ();

    #[inline(always)]
    fn sweep<R: Source<S, Item = S::F64>>(self, simd: S, rows: R) {
        let Self { places, len, counts } = self;
        places.each(
            simd,
            rows,
            len,
            #[inline(always)]
            |_, slots, rows| {
                for &word in &slots[..rows] {
                    counts[slot(word)] += 1;
                }
            },
        );
    }
}
