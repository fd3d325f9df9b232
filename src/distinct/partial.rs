//! The partial: one form or the other.

use super::dense::Dense;
use super::estimate::estimate;
use super::sparse::Sparse;
use crate::backend::Simd;
use crate::key::BLOCK;
use crate::stored::stored;
#[cfg(feature = "serde")]
use {
    super::{GREATEST, LEAST},
    alloc::vec::Vec,
};

/// The partial of [`DistinctSketch`](crate::DistinctSketch): equal for equal sets of values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DistinctPartial {
    /// From 4 to 18.
    precision: u8,
    form: Form,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Form {
    /// At most [`most`] hashes.
    Sparse(Sparse),
    /// The registers of more.
    Dense(Dense),
}

stored! {
    DistinctPartial as "DistinctPartial" |it| {
        v = 1,
        precision: Itself<u8> = it.precision,
        hashes: List<Itself<u64>> = match &it.form {
            self::Form::Sparse(sparse) => sparse.hashes().collect(),
            self::Form::Dense(_) => Vec::new(),
        },
        registers: List<Itself<u8>> = match &it.form {
            self::Form::Sparse(_) => Vec::new(),
            self::Form::Dense(dense) => dense.registers().to_vec(),
        },
    }
    refuses {
        precision if !(LEAST..=GREATEST).contains(&precision), "from 4 to 18";
        hashes if hashes.len() > most(precision), "as many have registers";
        hashes if !hashes.is_sorted_by(|one, next| one < next), "in order, each once";
        registers if !registers.is_empty() && !hashes.is_empty(), "either they or hashes";
        registers if !registers.is_empty() && registers.len() != 1 << precision,
            "not two to the precision";
        registers if registers.iter().any(|&rank| rank > 65 - precision), "no such rank";
        registers if !registers.is_empty() && registers.iter().all(|&rank| rank == 0),
            "there are no values";
    }
    => DistinctPartial {
        precision,
        form: if registers.is_empty() {
            self::Form::Sparse(Sparse::of_sorted(&hashes))
        } else {
            self::Form::Dense(Dense::of_registers(registers))
        },
    }
}

/// The most hashes that are kept as they are: so many that their array, which may be half free,
/// takes no more memory than registers would; or 16.
fn most(precision: u8) -> usize {
    usize::max(1 << precision >> 4, 16)
}

impl DistinctPartial {
    pub(super) fn new(precision: u8) -> Self {
        Self { precision, form: Form::Sparse(Sparse::default()) }
    }

    /// A hash in which one of these bits is set changes nothing.
    #[inline]
    pub(super) fn zeros(&self) -> u64 {
        match &self.form {
            Form::Sparse(_) => 0,
            Form::Dense(dense) => dense.zeros(),
        }
    }

    /// Those of the wanted hashes of a block that may change something.
    #[inline(always)]
    pub(super) fn news<S: Simd>(&self, simd: S, hashes: &[u64; BLOCK], wanted: u64) -> u64 {
        match &self.form {
            Form::Sparse(sparse) => sparse.missing(simd, hashes, wanted),
            Form::Dense(_) => wanted,
        }
    }

    /// Takes in those hashes of a block whose bits are set, and gives [`zeros`](Self::zeros).
    #[inline(never)]
    pub(super) fn absorb(&mut self, hashes: &[u64; BLOCK], mut wanted: u64) -> u64 {
        if let Form::Sparse(sparse) = &mut self.form {
            let most = most(self.precision);
            while wanted != 0 && sparse.len() <= most {
                sparse.insert(hashes[wanted.trailing_zeros() as usize]);
                wanted &= wanted - 1;
            }
            self.settle();
        }
        if let Form::Dense(dense) = &mut self.form {
            dense.absorb(hashes, wanted);
        }
        self.zeros()
    }

    /// Goes over to registers where there are too many hashes.
    fn settle(&mut self) {
        if let Form::Sparse(sparse) = &self.form
            && sparse.len() > most(self.precision)
        {
            self.form = Form::Dense(Dense::of_sparse(self.precision.into(), sparse));
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        if other.precision < self.precision {
            self.precision = other.precision;
            if let Form::Dense(dense) = &mut self.form {
                dense.fold_to(self.precision.into());
            }
        }
        // A set that is too large now is settled with what comes.
        match (&mut self.form, &other.form) {
            (Form::Dense(dense), Form::Dense(other)) => dense.join(other),
            (Form::Dense(dense), Form::Sparse(other)) => dense.absorb_sparse(other),
            (Form::Sparse(sparse), Form::Dense(other)) => {
                let mut dense = other.clone();
                dense.fold_to(self.precision.into());
                dense.absorb_sparse(sparse);
                self.form = Form::Dense(dense);
            }
            (Form::Sparse(sparse), Form::Sparse(other)) => {
                for hash in other.hashes() {
                    sparse.insert(hash);
                }
                self.settle();
            }
        }
    }

    pub(super) fn count(&self) -> u64 {
        match &self.form {
            Form::Sparse(sparse) => sparse.len() as u64,
            // The nearest integer.
            Form::Dense(dense) => {
                (estimate(self.precision.into(), &dense.histogram()) + 0.5) as u64
            }
        }
    }
}
