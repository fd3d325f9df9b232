//! Registers: the form of many values.
//!
//! A hash chooses a register by its upper `p` bits, and its *rank* is one more than the zeros that
//! the others end with. A register holds the greatest rank that it was offered. What it holds
//! depends on the set of hashes alone, and registers of two sets join by the greater.
//!
//! 1. A register is a byte. Six bits would do, and cost a shift and two masks each time.
//! 2. A hash changes something only if its rank is above the least of all registers, the
//!    *floor*: then it ends with as many zeros at least. So the kernel looks at those bits while
//!    hashes are in lanes, and when there have been ten thousand times as many values as
//!    registers, about one in a thousand is looked at further. The floor is looked for after as
//!    many hashes as there are registers.
//! 3. No branch: while a sketch fills nobody could foretell whether a register is raised.
//! 4. Zeros are counted at the end of a hash, not at its top as in the papers: every CPU since
//!    2013 does that in one instruction, and older ones read the same code as theirs.

use super::sparse::Sparse;
use crate::key::BLOCK;
use alloc::vec;
use alloc::vec::Vec;

/// The registers of a sketch.
#[derive(Clone, Debug)]
pub(super) struct Dense {
    /// A power of two of them.
    registers: Vec<u8>,
    /// No register is less. It need not be the greatest such number.
    floor: u8,
    /// Hashes that may be taken in before the floor is looked for again.
    patience: u64,
}

/// The floor follows from the registers.
impl PartialEq for Dense {
    fn eq(&self, other: &Self) -> bool {
        self.registers == other.registers
    }
}

impl Eq for Dense {}

impl Dense {
    pub(super) fn of_sparse(precision: u32, sparse: &Sparse) -> Self {
        let registers = vec![0; 1 << precision];
        let mut dense = Self { registers, floor: 0, patience: 1 << precision };
        dense.absorb_sparse(sparse);
        dense
    }

    /// From a power of two of registers.
    #[cfg(feature = "serde")]
    pub(super) fn of_registers(registers: Vec<u8>) -> Self {
        let mut dense = Self { registers, floor: 0, patience: 0 };
        dense.find_floor();
        dense
    }

    #[cfg(feature = "serde")]
    pub(super) fn registers(&self) -> &[u8] {
        &self.registers
    }

    fn precision(&self) -> u32 {
        self.registers.len().trailing_zeros()
    }

    /// A hash in which one of these bits is set changes nothing.
    #[inline]
    pub(super) fn zeros(&self) -> u64 {
        !(u64::MAX << self.floor)
    }

    /// Takes in those hashes of a block whose bits are set.
    #[inline]
    pub(super) fn absorb(&mut self, hashes: &[u64; BLOCK], mut wanted: u64) {
        let count = u64::from(wanted.count_ones());
        while wanted != 0 {
            raise(&mut self.registers, hashes[wanted.trailing_zeros() as usize]);
            wanted &= wanted - 1;
        }
        if self.patience <= count {
            self.find_floor();
        } else {
            self.patience -= count;
        }
    }

    pub(super) fn absorb_sparse(&mut self, sparse: &Sparse) {
        for hash in sparse.hashes() {
            raise(&mut self.registers, hash);
        }
    }

    #[cold]
    #[inline(never)]
    fn find_floor(&mut self) {
        self.floor = self.registers.iter().copied().fold(u8::MAX, u8::min);
        self.patience = self.registers.len() as u64;
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
    /// The bits of the index that are no longer part of it come after those that a rank is
    /// counted on. A rank stays as it is, unless all of those were zeros.
    pub(super) fn fold_to(&mut self, precision: u32) {
        let fine = self.precision();
        if precision >= fine {
            return;
        }
        let (longest, cut) = ((64 - fine) as u8 + 1, fine - precision);
        let mut registers = vec![0; 1 << precision];
        for (at, &rank) in self.registers.iter().enumerate() {
            let more = if rank == longest { (at | 1 << cut).trailing_zeros() as u8 } else { 0 };
            let to = &mut registers[at >> cut];
            *to = u8::max(*to, rank + more);
        }
        self.registers = registers;
        self.find_floor();
    }

    /// How many registers hold each rank. Neighbours are counted apart: most are alike, and
    /// a count waits for the one before it.
    pub(super) fn histogram(&self) -> [u32; 64] {
        let mut counts = [[0; 64]; 8];
        for octet in self.registers.as_chunks::<8>().0 {
            for i in 0..8 {
                counts[i][usize::from(octet[i] & 63)] += 1;
            }
        }
        core::array::from_fn(|rank| counts.iter().map(|counts| counts[rank]).sum())
    }
}

/// Offers a hash to its register, without a branch.
#[inline(always)]
fn raise(registers: &mut [u8], hash: u64) {
    let bits = 64 - registers.len().trailing_zeros();
    let rank = (hash | 1 << bits).trailing_zeros() as u8 + 1;
    let register = &mut registers[(hash >> bits) as usize];
    *register = u8::max(*register, rank);
}
