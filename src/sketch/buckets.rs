//! Counters of neighbouring buckets.

use crate::stored::stored;
use alloc::vec::Vec;
use core::iter;

/// Counters of the buckets from one index on; those of all others are 0.
///
/// Room is made by multiples of this, so that values that creep up or down do not move the
/// counters each time.
const ROOM: i32 = 64;

/// The counters, and the index of the first.
#[derive(Clone, Debug, Default)]
pub(super) struct Buckets {
    first: i32,
    counts: Vec<u64>,
}

stored! {
    Buckets as "Buckets" |it| {
        v = 1,
        first: Itself<i32> = it.trimmed().0,
        counts: List<Rows> = it.trimmed().1.to_vec(),
    }
    refuses {
        first if counts.is_empty() && first != 0, "there are no counts";
        first if i64::from(first) + counts.len() as i64 > i64::from(i32::MAX), "too far up";
        counts if counts.first() == Some(&0) || counts.last() == Some(&0), "zeros at an end";
        counts if sum(&counts) >= TOO_MANY, "partials have fewer than 2⁶³ rows";
    }
    => Buckets { first, counts }
}

fn sum(counts: &[u64]) -> u64 {
    counts.iter().fold(0, |sum, &count| sum.saturating_add(count))
}

/// Whether the counters are the same, whatever room there is around them.
impl PartialEq for Buckets {
    fn eq(&self, other: &Self) -> bool {
        self.trimmed() == other.trimmed()
    }
}

impl Eq for Buckets {}

impl Buckets {
    pub(super) const NONE: Self = Self { first: 0, counts: Vec::new() };

    /// No counters, and the memory of those that there were.
    pub(super) fn clear(&mut self) {
        self.first = 0;
        self.counts.clear();
    }

    /// The index of the first counter, and the counters.
    #[inline(always)]
    pub(super) fn parts(&mut self) -> (i32, &mut [u64]) {
        (self.first, &mut self.counts)
    }

    /// The counters without zeros at the ends; none start at 0.
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
        sum(&self.counts)
    }

    /// The indices and counts that are not 0, from the lowest.
    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = (i32, u64)> + Clone {
        let counts = self.counts.iter().enumerate().filter(|&(_, &count)| count > 0);
        counts.map(|(i, &count)| (self.first + i as i32, count))
    }

    /// The first and the last index with a count.
    pub(super) fn range(&self) -> Option<(i32, i32)> {
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
    fn make_room(&mut self, low: i32, high: i32, floor: i32) {
        let low = (low & -ROOM).max(floor);
        let high = high | (ROOM - 1);
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
    }

    /// Drops the counters below an index, and gives what they counted.
    pub(super) fn drop_below(&mut self, floor: i32) -> u64 {
        if floor <= self.first {
            return 0;
        }
        let below = ((floor - self.first) as usize).min(self.counts.len());
        let dropped = self.counts.drain(..below);
        let dropped = dropped.fold(0_u64, u64::saturating_add);
        self.first = floor;
        dropped
    }

    /// Adds the counts of another, from an index on; gives what it counted below.
    pub(super) fn merge(&mut self, other: &Self, floor: i32) -> u64 {
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
        for (count, &more) in self.counts[start..].iter_mut().zip(counts) {
            *count = count.saturating_add(more);
        }
        dropped
    }

    /// Joins each `2^levels` buckets, whose indices differ in the last digits, into one.
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
