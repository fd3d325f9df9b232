//! A set of hashes: the form of few values, which is exact.
//!
//! A sorted array with gaps. The upper bits of a hash say where it would like to be, its *home*;
//! it is in the first place from there on that keeps the hashes sorted without a gap between
//! home and place. (A table of linear probing whose clusters are sorted: Amble and Knuth,
//! *Ordered hash tables*, 1974.) Two things follow:
//!
//! 1. Where each hash is depends on the set alone, not on the order of insertion (Blelloch and
//!    Golovin, *Strongly History-Independent Hashing*, 2007). Equal sets are equal arrays, and
//!    reading one from front to back gives the hashes in order.
//! 2. A search starts at home and goes on while it finds lesser hashes. A free place holds the
//!    greatest number, and so ends it, too: one comparison for each step.
//!
//! Half of the places at most are taken, and a search takes 1.5 steps on average. Whoever chooses
//! values so that their hashes crowd one home makes each search a walk over all of them, of which
//! there are no more than the precision allows.

use alloc::vec;
use alloc::vec::Vec;

/// A free place. The one hash that is this number has a flag.
const FREE: u64 = u64::MAX;

/// Homes of the first array: a power of two.
const FIRST_HOMES: usize = 32;

/// A set of hashes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Sparse {
    /// None at all, or the homes, what the last of them spilled, and a free place.
    slots: Vec<u64>,
    /// How many places are homes: a power of two, at least twice `len`.
    homes: usize,
    len: usize,
    /// Whether the hash that is [`FREE`] is in the set.
    last: bool,
}

impl Sparse {
    /// Hashes in the set.
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The hashes, in order.
    pub(super) fn hashes(&self) -> impl Iterator<Item = u64> {
        let last = self.last.then_some(FREE);
        self.slots.iter().copied().filter(|&hash| hash != FREE).chain(last)
    }

    /// Adds a hash, if it is not there.
    #[inline]
    pub(super) fn insert(&mut self, hash: u64) {
        if self.homes > 0 && hash != FREE {
            let mut at = home(hash, self.homes);
            while self.slots[at] < hash {
                at += 1;
            }
            if self.slots[at] != hash {
                self.insert_at(at, hash);
            }
        } else {
            self.insert_first_or_last(hash);
        }
    }

    #[cold]
    fn insert_first_or_last(&mut self, hash: u64) {
        if hash != FREE {
            self.grow();
            self.insert(hash);
        } else if !self.last {
            self.last = true;
            self.count_one();
        }
    }

    /// Moves what is in a place, and in those after it, one further, up to the next gap.
    #[inline(never)]
    fn insert_at(&mut self, at: usize, hash: u64) {
        let mut gap = at;
        while self.slots[gap] != FREE {
            gap += 1;
        }
        if gap + 1 == self.slots.len() {
            self.slots.push(FREE);
        }
        self.slots.copy_within(at..gap, at + 1);
        self.slots[at] = hash;
        self.count_one();
    }

    fn count_one(&mut self) {
        self.len += 1;
        if self.len > self.homes / 2 {
            self.grow();
        }
    }

    /// Doubles the homes.
    #[cold]
    fn grow(&mut self) {
        let homes = if self.homes == 0 { FIRST_HOMES } else { 2 * self.homes };
        let mut slots = vec![FREE; homes + 1];
        let mut next = 0;
        for &hash in self.slots.iter().filter(|&&hash| hash != FREE) {
            let at = usize::max(next, home(hash, homes));
            next = at + 1;
            if next == slots.len() {
                slots.push(FREE);
            }
            slots[at] = hash;
        }
        (self.slots, self.homes) = (slots, homes);
    }
}

/// The home of a hash: its upper bits.
#[inline(always)]
fn home(hash: u64, homes: usize) -> usize {
    (hash >> (64 - homes.trailing_zeros())) as usize
}
