//! What ids are like: what decides how rows are taken.

use super::table::MANY;
#[cfg(feature = "rayon")]
use super::ways::CHUNK;
#[cfg(feature = "rayon")]
use crate::backend::Kernel;
use crate::backend::Simd;
#[cfg(feature = "rayon")]
use core::marker::PhantomData;

/// Ids that are surveyed in one loop, which the compiler makes vector code of. Those of the next
/// are asked for before.
const SURVEYED: usize = 512;
/// Rows of a run, on average, from which on runs are worth a kernel each.
const ROWS_A_RUN: usize = 16;
/// Rows of a chunk for each id, at least, where ids have cells.
const ROWS_A_CELL: usize = 4;

/// How rows are taken: see [`ways`](super::ways).
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Way {
    Runs,
    Cells,
    Rows,
}

/// What decides how rows are taken.
#[derive(Clone, Copy)]
pub(super) struct Survey {
    pub(super) least: u32,
    pub(super) greatest: u32,
    /// Runs of equal ids.
    pub(super) runs: usize,
}

impl Survey {
    #[inline(always)]
    pub(super) fn of<S: Simd>(simd: S, ids: &[u32]) -> Self {
        let (mut least, mut greatest, mut runs) = (u32::MAX, 0, 1);
        let mut before = ids.first().copied().unwrap_or(0);
        for block in ids.chunks(SURVEYED) {
            simd.prefetch(block, size_of_val(block));
            let mut changes = u32::from(block[0] != before);
            least = if block[0] < least { block[0] } else { least };
            greatest = if block[0] > greatest { block[0] } else { greatest };
            for (&id, &next) in block.iter().zip(&block[1..]) {
                least = if next < least { next } else { least };
                greatest = if next > greatest { next } else { greatest };
                changes += u32::from(id != next);
            }
            before = block[block.len() - 1];
            runs += changes as usize;
        }
        Self { least, greatest, runs }
    }

    /// How so many rows are taken.
    #[inline(always)]
    pub(super) fn way(&self, rows: usize) -> Way {
        let span = self.span();
        if self.runs * ROWS_A_RUN <= rows {
            Way::Runs
        } else if span <= MANY && span * ROWS_A_CELL <= rows {
            Way::Cells
        } else {
            Way::Rows
        }
    }

    /// From the least id to the greatest.
    #[inline(always)]
    pub(super) fn span(&self) -> usize {
        (self.greatest - self.least) as usize + 1
    }
}

/// The survey of some ids, as a kernel of its own.
#[cfg(feature = "rayon")]
pub(super) struct Look<'i>(pub(super) PhantomData<&'i [u32]>);

#[cfg(feature = "rayon")]
impl<'i> Kernel for Look<'i> {
    type Input = &'i [u32];
    type Output = Survey;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S, ids: &'i [u32]) -> Survey {
        Survey::of(simd, ids)
    }
}

/// The survey of a call, of those of its chunks.
#[cfg(feature = "rayon")]
pub(super) fn joined(surveys: &[Survey], ids: &[u32]) -> Survey {
    let mut call = Survey { least: u32::MAX, greatest: 0, runs: 1 };
    for (survey, ids_before) in surveys.iter().zip((0..).map(|i| i * CHUNK)) {
        call.least = call.least.min(survey.least);
        call.greatest = call.greatest.max(survey.greatest);
        let begins = ids_before > 0 && ids[ids_before - 1] != ids[ids_before];
        call.runs += survey.runs - 1 + usize::from(begins);
    }
    call
}
