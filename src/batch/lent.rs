//! Series that were seen in this batch already, by where their names and labels lie.
//!
//! What a producer lends for as long as a batch lives cannot change while it does. So a name and
//! labels at the same addresses, of the same lengths, are those of the same series, and not one
//! of their characters needs to be looked at. That holds for this batch alone: afterwards, the
//! memory may become anything. So the slots are in the batch's arena, and end with it.
//!
//! Each pair of addresses has one slot, which the last comer takes: a series that lost its slot is
//! found by what it says, as it was the first time.

use super::interner::Interner;
use bumpalo::Bump;
use core::ptr;

/// The fewest and the most slots, of 40 bytes: they should stay in L2, beside what else a batch
/// needs there.
const SLOTS: (usize, usize) = (64, 4096);

/// A name and labels of a producer.
type Series<'a> = (&'a str, &'a [(&'a str, &'a str)]);

/// What was lent.
#[derive(Debug)]
pub(super) struct Lent<'a> {
    slots: &'a mut [Option<(Series<'a>, u32)>],
}

impl<'a> Lent<'a> {
    /// No series, and slots for a batch of so many rows.
    pub(super) fn new(rows: usize, arena: &'a Bump) -> Self {
        let slots = rows.clamp(SLOTS.0, SLOTS.1).next_power_of_two();
        Self { slots: arena.alloc_slice_fill_copy(slots, None) }
    }

    /// The number of a series, if it was lent from the same place, or what `find` gives.
    #[inline(always)]
    pub(super) fn id<E>(
        &mut self,
        interner: &mut Interner,
        (name, labels): Series<'a>,
        find: impl FnOnce(&mut Interner) -> Result<u32, E>,
    ) -> Result<u32, E> {
        let hash = interner.hash_of_places(name.as_ptr().addr(), labels.as_ptr().addr());
        let slot = hash as usize & (self.slots.len() - 1);
        if let Some(((other, others), id)) = self.slots[slot]
            && ptr::eq(other, name)
            && ptr::eq(others, labels)
        {
            return Ok(id);
        }
        let id = find(interner)?;
        self.slots[slot] = Some(((name, labels), id));
        Ok(id)
    }
}
