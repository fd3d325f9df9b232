//! Series by where their names and labels lie.
//!
//! What a producer lends for as long as an interner lives cannot change while it does. So a name
//! and labels at the same addresses, of the same lengths, are those of the same series, and not one
//! of their characters needs to be looked at.
//!
//! Each pair of addresses has two slots, side by side. The last comer takes the first of them, and
//! what was there the second. A series that lost its slots is found by what it says, as it was the
//! first time. (With one slot each, 1,300 places in 4,096 slots pushed each other out so often that
//! an eighth of the time of a batch went there.)

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
        let slot = slot(hash);
        for slot in [slot, slot ^ 1] {
            if let Some(&Some(((other, others), id))) = self.slots.get(slot)
                && ptr::eq(other, name)
                && ptr::eq(others, labels)
            {
                return Some(id);
            }
        }
        None
    }

    pub(super) fn put(&mut self, hash: u64, series: Series<'p>, id: u32) {
        if self.slots.is_empty() {
            self.slots = vec![None; SLOTS];
        }
        let slot = slot(hash);
        self.slots[slot ^ 1] = self.slots[slot];
        self.slots[slot] = Some((series, id));
    }
}

#[inline(always)]
fn slot(hash: u64) -> usize {
    hash as usize % SLOTS
}
