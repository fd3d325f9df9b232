//! Registers: the form of many values.
//!
//! A hash chooses a register by its lowest `p` bits, and its *rank* is one more than the zeros at
//! the top of the others. A register holds the greatest rank that it was offered. What it holds
//! depends on the set of hashes alone, and registers of two sets join by the greater.
//!
//! 1. A register is a byte. Six bits would do, and cost a shift and two masks each time.
//! 2. A hash changes something only if its rank is above the least of all registers, the
//!    *floor*: then its upper bits are zeros, as many as the floor. So the kernel compares
//!    hashes with a limit while they are in lanes, and when there have been ten thousand times as
//!    many values as registers, one in a thousand is looked at further. The floor is known from
//!    the count of registers that are at it; when there are none left, they are swept again,
//!    which happens at most 61 times in the life of a sketch.
//! 3. Whether a hash is above its register is seen without finding its rank: as many zeros at the
//!    top as the register says, that is, a shift by the others gives zero.

use super::sparse::Sparse;
use crate::key::BLOCK;
use alloc::vec;
use alloc::vec::Vec;

/// The registers of a sketch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Dense {
    /// A power of two of them.
    registers: Vec<u8>,
    /// The least register, and how many are equal to it.
    floor: u8,
    at_floor: u32,
}

impl Dense {
    pub(super) fn of_sparse(precision: u32, sparse: &Sparse) -> Self {
        let mut dense =
            Self { registers: vec![0; 1 << precision], floor: 0, at_floor: 1 << precision };
        dense.absorb_sparse(sparse);
        dense
    }

    fn precision(&self) -> u32 {
        self.registers.len().trailing_zeros()
    }

    /// A hash that is greater changes nothing.
    #[inline]
    pub(super) fn limit(&self) -> u64 {
        u64::MAX >> self.floor
    }

    /// Takes in those hashes of a block whose bits are set.
    #[inline]
    pub(super) fn absorb(&mut self, hashes: &[u64; BLOCK], mut wanted: u64) {
        while wanted != 0 {
            let hash = hashes[wanted.trailing_zeros() as usize];
            wanted &= wanted - 1;
            self.insert(hash);
        }
    }

    pub(super) fn absorb_sparse(&mut self, sparse: &Sparse) {
        for hash in sparse.hashes() {
            self.insert(hash);
        }
    }

    #[inline(always)]
    fn insert(&mut self, hash: u64) {
        let at = hash as usize & (self.registers.len() - 1);
        // A register is at most 61. Two shifts: 64 places would be too many for one.
        if hash >> 1 >> (63 - self.registers[at]) == 0 {
            self.raise(at, hash);
        }
    }

    /// A register takes the rank of a hash, which is not less. It may be the same where the
    /// rank is the greatest that there is.
    #[inline]
    fn raise(&mut self, at: usize, hash: u64) {
        // The bits of the index end the zeros of a hash that has nothing else.
        let rank = (hash | (self.registers.len() as u64 - 1)).leading_zeros() as u8 + 1;
        let register = &mut self.registers[at];
        let left_floor = *register == self.floor && rank > self.floor;
        *register = rank;
        if left_floor {
            self.at_floor -= 1;
            if self.at_floor == 0 {
                self.find_floor();
            }
        }
    }

    #[cold]
    #[inline(never)]
    fn find_floor(&mut self) {
        self.floor = self.registers.iter().copied().fold(u8::MAX, u8::min);
        self.at_floor = self.registers.iter().map(|&x| u32::from(x == self.floor)).sum();
    }

    /// Joins the registers of another sketch, of whatever precision: the finer of the two is
    /// folded to the other's.
    pub(super) fn join(&mut self, other: &Self) {
        self.fold_to(other.precision());
        let folded;
        let mut registers = &other.registers;
        if other.registers.len() > self.registers.len() {
            let mut copy = other.clone();
            copy.fold_to(self.precision());
            folded = copy;
            registers = &folded.registers;
        }
        for (to, &from) in self.registers.iter_mut().zip(registers) {
            *to = u8::max(*to, from);
        }
        self.find_floor();
    }

    /// The registers that the same hashes would have given with a lower precision; nothing
    /// where it is not lower.
    ///
    /// The bits of the index that are no longer part of it come below those that a rank is
    /// counted on. A rank stays as it is, unless all of those were zeros.
    pub(super) fn fold_to(&mut self, precision: u32) {
        let fine = self.precision();
        if precision >= fine {
            return;
        }
        let longest = (64 - fine) as u8 + 1;
        let mut registers = vec![0; 1 << precision];
        for (at, &rank) in self.registers.iter().enumerate() {
            let rank = if rank == longest {
                // The upper bits of the old index, with the others in their place set.
                let index = at as u64 | ((1 << precision) - 1);
                index.leading_zeros() as u8 + 1
            } else {
                rank
            };
            let to = &mut registers[at & ((1 << precision) - 1)];
            *to = u8::max(*to, rank);
        }
        self.registers = registers;
        self.find_floor();
    }

    /// How many registers hold each rank.
    pub(super) fn histogram(&self) -> [u32; 64] {
        let mut counts = [0; 64];
        for &register in &self.registers {
            counts[usize::from(register)] += 1;
        }
        counts
    }
}
