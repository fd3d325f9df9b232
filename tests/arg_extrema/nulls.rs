//! Laws of rows that may be null: what lies under a null is not there, and the row counts.

use crate::data::{KINDS, Kind, Random, Sample, column, seams};
use crate::written::{Written, written};
use lanefold::{
    Aggregate, ArgMax, ArgMin, ArgMinMax, Backend, LastTie, Min, MinMax, Nullable, PropagateNan,
    TotalOrder,
};

/// A column with nulls, special values under them, and what it means.
pub(crate) struct Column<T> {
    pub(crate) values: Vec<T>,
    pub(crate) bits: Vec<u8>,
    pub(crate) offset: usize,
    pub(crate) rows: Vec<Option<T>>,
}

impl<T: Sample> Column<T> {
    /// One row in `share` is there; none is for 0.
    pub(crate) fn random(kind: Kind, len: usize, share: usize, offset: usize, seed: u64) -> Self {
        let random = &mut Random(seed);
        let mut bits: Vec<u8> =
            (0..(offset + len).div_ceil(8)).map(|_| random.word() as u8).collect();
        let (values, garbage) =
            (column::<T>(kind, len, seed), column::<T>(Kind::Special, len, !seed));
        let mut rows = Vec::new();
        let mut stored = Vec::new();
        for i in 0..len {
            let present = share > 0 && random.below(share) == 0;
            let (byte, bit) = ((offset + i) / 8, 1 << ((offset + i) % 8));
            bits[byte] = if present { bits[byte] | bit } else { bits[byte] & !bit };
            rows.push(present.then_some(values[i]));
            stored.push(if present { values[i] } else { garbage[i] });
        }
        Self { values: stored, bits, offset, rows }
    }

    pub(crate) fn nullable(&self) -> Nullable<'_, T> {
        Nullable::new(&self.values, &self.bits, self.offset).expect("bits for all rows")
    }
}

#[track_caller]
fn follows<T: Sample, A: Written<T>>(backend: Backend, a: A, column: &Column<T>) {
    let want = written(a, &column.rows);
    let (len, offset) = (column.rows.len(), column.offset);
    same!(a.of_on(backend, column.nullable()), want, "{a:?} on {backend}, {len} from bit {offset}");
}

fn follow_the_reference<T: Sample>(backend: Backend) {
    let stripe = <T as Sample>::STRIPE;
    let lengths = [0, 1, 7, 8, 65, stripe - 1, stripe + 9, 2 * stripe + 1];
    for offset in 0..=16 {
        for (i, len) in lengths.into_iter().enumerate() {
            let kind = KINDS[(i + offset) % KINDS.len()];
            let column = Column::<T>::random(kind, len, i % 4, offset, (offset * 31 + len) as u64);
            each!(a in [ArgMin, LastTie(ArgMax)] => { follows(backend, a, &column) });
        }
    }
    for len in seams::<T>() {
        let column = Column::<T>::random(Kind::Ordinary, len, 3, len % 11, len as u64);
        each!(a in [ArgMin, LastTie(ArgMax)] => { follows(backend, a, &column) });
    }
}

/// The extreme lies under every null, and once in a row that is there.
fn the_extreme_in_every_row<T: Sample>(backend: Backend) {
    let (low, high) = (T::of_bits(0), T::of_bits(1));
    let len = 2 * <T as Sample>::STRIPE + 5;
    for row in 0..len {
        let mut values = vec![low; len];
        let mut bits = vec![0; len.div_ceil(8) + 1];
        for i in [row, (row + 1) % len, (row + len / 2) % len] {
            bits[(3 + i) / 8] |= 1 << ((3 + i) % 8);
            values[i] = high;
        }
        values[row] = low;
        let column = Nullable::new(&values, &bits, 3).expect("bits for all rows");
        same!(ArgMin.of_on(backend, column), Some((row, low)), "{row} of {len}");
        same!(LastTie(ArgMax).of_on(backend, column).map(|(_, x)| x), Some(high), "{row} of {len}");
    }
}

fn every_policy<T: Sample>(backend: Backend) {
    let stripe = <T as Sample>::STRIPE;
    for (i, len) in
        [0, 1, 33, stripe, 3 * stripe + 7, <T as Sample>::TILE + 9].into_iter().enumerate()
    {
        for kind in KINDS {
            for share in [0, 1, 2, 20] {
                let column = Column::<T>::random(kind, len, share, i + share, (len + share) as u64);
                each!(a in [
                    LastTie(ArgMinMax), PropagateNan(Min), LastTie(PropagateNan(ArgMax)),
                    PropagateNan(ArgMinMax), TotalOrder(MinMax), TotalOrder(ArgMin),
                    LastTie(TotalOrder(ArgMinMax)),
                ] => { follows(backend, a, &column) });
            }
        }
    }
}

suite! {
    all [follow_the_reference]
    floats [every_policy]
    integers []
}

mod some {
    use super::*;
    suite! { types [i8 u16 i32 f64] laws [the_extreme_in_every_row] }
}
