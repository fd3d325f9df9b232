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

use crate::backend::{Simd, Vector};
use crate::key::BLOCK;
use alloc::vec;
use alloc::vec::Vec;
use core::mem;

/// A free place. The one hash that is this number has a flag.
const FREE: u64 = u64::MAX;

/// Homes of the first array: a power of two.
const FIRST_HOMES: usize = 32;

/// Free places at the end: from any home on a register can be loaded.
const END: usize = 8;

/// Places that are searched at once.
const WINDOW: usize = 4;

/// A set of hashes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Sparse {
    /// None at all, or the homes, what the last of them spilled, and [`END`] free places.
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

    /// Those of the wanted hashes of a block that are not found at home or close by, a bit each:
    /// all that are not in the set, and a few that are.
    #[inline(always)]
    pub(super) fn missing<S: Simd>(&self, simd: S, hashes: &[u64; BLOCK], wanted: u64) -> u64 {
        if self.homes == 0 {
            return wanted;
        }
        let mut found = 0;
        for (i, &hash) in hashes.iter().enumerate() {
            let at = home(hash, self.homes);
            let window = &self.slots[at..at + END];
            let lanes = S::U64::splat(simd, hash);
            let mut here = 0;
            let mut offset = 0;
            while offset < WINDOW {
                here |= S::U64::bits(simd, S::U64::load(simd, &window[offset..]).eq(lanes));
                offset += S::U64::LANES;
            }
            found |= u64::from(here != 0) << i;
        }
        // The hash that is as a free place seems to be found.
        let free = S::U64::splat(simd, FREE);
        let mut at = 0;
        while at < BLOCK {
            found &= !(S::U64::bits(simd, S::U64::load(simd, &hashes[at..]).eq(free)) << at);
            at += S::U64::LANES;
        }
        wanted & !found
    }

    /// Adds a hash, if it is not there.
    #[inline]
    pub(super) fn insert(&mut self, hash: u64) {
        if self.homes == 0 || hash == FREE {
            return self.insert_first_or_last(hash);
        }
        let mut at = home(hash, self.homes);
        while self.slots[at] < hash {
            at += 1;
        }
        if self.slots[at] == hash {
            return;
        }
        // What is in its place moves one further, and so on, up to a gap.
        let mut moved = hash;
        while moved != FREE {
            mem::swap(&mut self.slots[at], &mut moved);
            at += 1;
        }
        if at + END > self.slots.len() {
            self.slots.push(FREE);
        }
        self.count_one();
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

    #[inline]
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
        let spilled = self.slots.len() - self.homes;
        self.slots = lay(&self.slots, homes, spilled);
        self.homes = homes;
    }

    /// The set of these hashes, which are in order, each once.
    #[cfg(feature = "serde")]
    pub(super) fn of_sorted(hashes: &[u64]) -> Self {
        if hashes.is_empty() {
            return Self::default();
        }
        let homes = (2 * hashes.len()).next_power_of_two().max(FIRST_HOMES);
        let slots = lay(hashes, homes, hashes.len());
        Self { slots, homes, len: hashes.len(), last: hashes.ends_with(&[FREE]) }
    }
}

/// Puts hashes, which are in order, with free places among them, where they belong: at most so
/// many spill past the homes.
fn lay(hashes: &[u64], homes: usize, spilled: usize) -> Vec<u64> {
    let mut slots = vec![FREE; homes + spilled + END];
    let mut next = 0;
    // Free places are written to free ones, which takes no branch that cannot be foretold.
    for &hash in hashes {
        let is_there = hash != FREE;
        let at = usize::max(next, if is_there { home(hash, homes) } else { 0 });
        slots[at] = hash;
        next = at + usize::from(is_there);
    }
    slots.truncate(usize::max(next, homes) + END);
    slots
}

/// The home of a hash: its upper bits.
#[inline(always)]
fn home(hash: u64, homes: usize) -> usize {
    (hash >> (64 - homes.trailing_zeros())) as usize
}
