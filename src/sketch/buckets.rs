//! Counters of neighbouring buckets.
//!
//! Values that are few are in buckets that lie far apart, and counters from the first to the last
//! would be zeros, nearly all of them: of ten values that span three binades, at 1 %, 192
//! counters, which are to be allocated, moved where a lesser value comes, and looked through for a
//! quantile. So up to [`FEW`] indices are kept as they are, in order, and become counters when
//! there are more, or when there is memory for counters already. With 400,000 sketches of ten values
//! each, the program `examples/metrics` takes 294 MB in place of 1,381.

use crate::stored::stored;
use alloc::vec::Vec;
use core::{iter, mem};

/// Counters of the buckets from one index on; those of all others are 0.
///
/// Room is made by multiples of this, so that values that creep up or down do not move the
/// counters each time.
const ROOM: i32 = 64;

/// Values that are kept as indices.
pub(super) const FEW: usize = 32;

/// The counters, and the index of the first.
#[derive(Clone, Debug, Default)]
pub(super) struct Buckets {
    first: i32,
    counts: Vec<u64>,
    /// The index of each value, in ascending order, as long as there are no counters. Only
    /// [`put`](Self::put) has them there: who does not call it finds counters.
    few: Vec<i32>,
}

stored! {
    Buckets as "Buckets" |it| {
        v = 1,
        first: Itself<i32> = it.counted().trimmed().0,
        counts: List<Rows> = it.counted().trimmed().1.to_vec(),
    }
    refuses {
        first if counts.is_empty() && first != 0, "there are no counts";
        first if i64::from(first) + counts.len() as i64 > i64::from(i32::MAX), "too far up";
        counts if counts.first() == Some(&0) || counts.last() == Some(&0), "zeros at an end";
        counts if sum(&counts) >= TOO_MANY, "partials have fewer than 2⁶³ rows";
    }
    => Buckets { first, counts, few: Vec::new() }
}

fn sum(counts: &[u64]) -> u64 {
    counts.iter().fold(0, |sum, &count| sum.saturating_add(count))
}

/// The first index, and the last.
fn ends(few: &[i32]) -> Option<(i32, i32)> {
    few.first().copied().zip(few.last().copied())
}

/// Whether the counters are the same, whatever room there is around them.
impl PartialEq for Buckets {
    fn eq(&self, other: &Self) -> bool {
        if self.few.is_empty() && other.few.is_empty() {
            return self.trimmed() == other.trimmed();
        }
        self.iter().eq(other.iter())
    }
}

impl Eq for Buckets {}

impl Buckets {
    pub(super) const NONE: Self = Self { first: 0, counts: Vec::new(), few: Vec::new() };

    /// No counters, and the memory of those that there were.
    pub(super) fn clear(&mut self) {
        self.first = 0;
        self.counts.clear();
        self.few.clear();
    }

    /// Whether so many values more can be [put](Self::put).
    #[inline(always)]
    pub(super) fn has_room(&self, values: usize) -> bool {
        self.counts.capacity() == 0 && self.few.len() + values <= FEW
    }

    /// Takes in values by their indices, for which there is room.
    pub(super) fn put(&mut self, indices: impl IntoIterator<Item = i32>) {
        if self.few.capacity() == 0 {
            self.few.reserve(FEW / 2);
        }
        self.few.extend(indices);
        self.few.sort_unstable();
    }

    /// Makes counters of the values that were put, none of which is below the floor.
    #[inline(always)]
    pub(super) fn count(&mut self, floor: i32) {
        if let Some((low, high)) = ends(&self.few) {
            self.make_room(low, high, floor);
        }
    }

    /// The same as counters.
    #[cfg(feature = "serde")]
    fn counted(&self) -> Self {
        let mut counted = self.clone();
        counted.count(i32::MIN);
        counted
    }

    /// The index of the first counter, and the counters.
    #[inline(always)]
    pub(super) fn parts(&mut self) -> (i32, &mut [u64]) {
        (self.first, &mut self.counts)
    }

    /// The counters without zeros at the ends; none start at 0. Not of values that were
    /// [put](Self::put).
    pub(super) fn trimmed(&self) -> (i32, &[u64]) {
        let Some(last) = self.counts.iter().rposition(|&count| count > 0) else {
            return (0, &[]);
        };
        let first = self.counts.iter().position(|&count| count > 0).unwrap_or(last);
        (self.first + first as i32, &self.counts[first..=last])
    }

    /// What all of them count.
    #[cfg(feature = "serde")]
    pub(super) fn total(&self) -> u64 {
        sum(&self.counts).saturating_add(self.few.len() as u64)
    }

    /// The indices and counts that are not 0, from the lowest.
    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = (i32, u64)> + Clone {
        let counts = self.counts.iter().enumerate().filter(|&(_, &count)| count > 0);
        let counts = counts.map(|(i, &count)| (self.first + i as i32, count));
        // One of the two is empty.
        let few = self.few.chunk_by(|one, other| one == other);
        few.map(|equal| (equal[0], equal.len() as u64)).chain(counts)
    }

    /// The first and the last index with a count.
    pub(super) fn range(&self) -> Option<(i32, i32)> {
        if let Some(ends) = ends(&self.few) {
            return Some(ends);
        }
        let (first, counts) = self.trimmed();
        (!counts.is_empty()).then(|| (first, first + counts.len() as i32 - 1))
    }

    /// Makes counters for the indices from `low` to `high`, and none below `floor`, unless
    /// there are some already.
    #[inline(always)]
    pub(super) fn cover(&mut self, low: i32, high: i32, floor: i32) {
        let end = self.first + self.counts.len() as i32;
        if low < self.first || high >= end {
            self.make_room(low, high, floor);
        }
    }

    #[cold]
    #[inline(never)]
    fn make_room(&mut self, mut low: i32, mut high: i32, floor: i32) {
        let few = mem::take(&mut self.few);
        if let Some((least, greatest)) = ends(&few) {
            (low, high) = (low.min(least), high.max(greatest));
        }
        low = (low & -ROOM).max(floor);
        high |= ROOM - 1;
        if low > high {
            return;
        }
        if self.counts.is_empty() {
            self.first = low;
        } else if low < self.first {
            self.counts.splice(..0, iter::repeat_n(0, (self.first - low) as usize));
            self.first = low;
        }
        let len = (high - self.first + 1) as usize;
        if len > self.counts.len() {
            self.counts.resize(len, 0);
        }
        for index in few {
            // None is below the floor.
            self.counts[(index - self.first) as usize] += 1;
        }
    }

    /// Drops the counters below an index, and gives what they counted.
    pub(super) fn drop_below(&mut self, floor: i32) -> u64 {
        let few = self.few.partition_point(|&index| index < floor);
        self.few.drain(..few);
        let few = few as u64;
        if floor <= self.first {
            return few;
        }
        let below = ((floor - self.first) as usize).min(self.counts.len());
        let dropped = self.counts.drain(..below).fold(few, u64::saturating_add);
        self.first = floor;
        dropped
    }

    /// Adds the counts of another, from an index on; gives what it counted below. `fits` says that no
    /// count of both overflows.
    pub(super) fn merge(&mut self, other: &Self, floor: i32, fits: bool) -> u64 {
        if !other.few.is_empty() {
            return self.merge_few(&other.few, floor);
        }
        let skipped = floor.saturating_sub(other.first).clamp(0, other.counts.len() as i32);
        let (below, counts) = other.counts.split_at(skipped as usize);
        let dropped = sum(below);
        if counts.is_empty() {
            return dropped;
        }
        let first = other.first + skipped;
        self.cover(first, first + counts.len() as i32 - 1, floor);
        // `cover` rounds down, but never below the floor, and `first` is not below it either.
        let start = (first - self.first) as usize;
        let pairs = self.counts[start..].iter_mut().zip(counts);
        if fits {
            // Two at a time, with registers of 128 bits: those have no saturation of 64.
            pairs.for_each(|(count, &more)| {
                debug_assert!(count.checked_add(more).is_some());
                *count = count.wrapping_add(more);
            });
        } else {
            pairs.for_each(|(count, &more)| *count = count.saturating_add(more));
        }
        dropped
    }

    fn merge_few(&mut self, few: &[i32], floor: i32) -> u64 {
        let (below, few) = few.split_at(few.partition_point(|&index| index < floor));
        if self.has_room(few.len()) {
            self.put(few.iter().copied());
        } else if let Some((low, high)) = ends(few) {
            self.cover(low, high, floor);
            for &index in few {
                let count = &mut self.counts[(index - self.first) as usize];
                *count = count.saturating_add(1);
            }
        }
        below.len() as u64
    }

    /// Joins each `2^levels` buckets, whose indices differ in the last digits, into one.
    /// Not of values that were [put](Self::put).
    pub(super) fn coarsen(&mut self, levels: u32) {
        let (first, counts) = self.trimmed();
        let mut coarse = Self::NONE;
        if let Some(last) = counts.len().checked_sub(1) {
            coarse.cover(first >> levels, (first + last as i32) >> levels, i32::MIN);
            for (i, &count) in counts.iter().enumerate() {
                let at = ((first + i as i32) >> levels) - coarse.first;
                let coarse = &mut coarse.counts[at as usize];
                *coarse = coarse.saturating_add(count);
            }
        }
        *self = coarse;
    }
}
