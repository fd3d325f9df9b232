//! Series by where their names and labels lie.
//!
//! What a producer lends for as long as an interner lives cannot change while it does. So a name
//! and labels at the same addresses, of the same lengths, are those of the same series, and not one
//! of their characters needs to be looked at.
//!
//! Each pair of addresses has one slot, which the last comer takes: a series that lost its slot is
//! found by what it says, as it was the first time.

use alloc::vec;
use alloc::vec::Vec;
use core::ptr;

/// Slots, of 40 bytes: they stay in L2, beside what else a batch needs there.
const SLOTS: usize = 4096;

/// A name and labels of a producer.
pub(super) type Series<'p> = (&'p str, &'p [(&'p str, &'p str)]);

/// What was lent. Takes memory when it is written to first.
#[derive(Clone, Debug, Default)]
pub(super) struct Lent<'p> {
    slots: Vec<Option<(Series<'p>, u32)>>,
}

impl<'p> Lent<'p> {
    /// The number of a series, if it was lent from the same place. Any hash does.
    #[inline(always)]
    pub(super) fn get(&self, hash: u64, (name, labels): Series<'p>) -> Option<u32> {
        match self.slots.get(slot(hash)) {
            Some(&Some(((other, others), id))) => {
                (ptr::eq(other, name) && ptr::eq(others, labels)).then_some(id)
            }
            _ => None,
        }
    }

    pub(super) fn put(&mut self, hash: u64, series: Series<'p>, id: u32) {
        if self.slots.is_empty() {
            self.slots = vec![None; SLOTS];
        }
        self.slots[slot(hash)] = Some((series, id));
    }
}

#[inline(always)]
fn slot(hash: u64) -> usize {
    hash as usize % SLOTS
}
