//! Laws of rows that may be null: they are not there, whatever lies under them.

use crate::data::{Kind, Random, Sample, column};
use crate::spec::Written;
use crate::written::Whole;
use lanefold::{
    Backend, BitAnd, BitOr, BitXor, CheckedProduct, CheckedSum, CountNan, First, Float, Last,
    Nullable, Product, SumOfSquares, Variance, WrappingProduct, WrappingSum,
};

/// A column with nulls, and what it means.
pub(crate) struct Column<T> {
    pub(crate) values: Vec<T>,
    pub(crate) bits: Vec<u8>,
    pub(crate) offset: usize,
    pub(crate) rows: Vec<Option<T>>,
}

impl<T: Sample> Column<T> {
    /// One row in `share` is null; all are for 1, and none for 0. Special values lie under
    /// nulls, and bits that belong to no row are random.
    pub(crate) fn random(kind: Kind, len: usize, share: usize, offset: usize, seed: u64) -> Self {
        let random = &mut Random(seed);
        let mut values = column::<T>(kind, len, seed.wrapping_add(99));
        let mut bits: Vec<u8> =
            (0..(offset + len).div_ceil(8)).map(|_| random.word() as u8).collect();
        let specials = T::specials();
        let mut rows = Vec::with_capacity(len);
        for (i, value) in values.iter_mut().enumerate() {
            let (byte, bit) = ((offset + i) / 8, 1 << ((offset + i) % 8));
            if share == 0 || random.below(share) > 0 {
                bits[byte] |= bit;
                rows.push(Some(*value));
            } else {
                bits[byte] &= !bit;
                rows.push(None);
                *value = specials[random.below(specials.len())];
            }
        }
        Self { values, bits, offset, rows }
    }

    /// One row in four is null.
    pub(crate) fn of(values: Vec<T>, random: &mut Random) -> Self {
        let bits: Vec<u8> =
            (0..values.len().div_ceil(8)).map(|_| (random.word() | random.word()) as u8).collect();
        let there = |i: usize| bits[i / 8] >> (i % 8) & 1 == 1;
        let rows = values.iter().enumerate().map(|(i, &x)| there(i).then_some(x)).collect();
        Self { values, bits, offset: 0, rows }
    }

    pub(crate) fn nullable(&self) -> Nullable<'_, T> {
        Nullable::new(&self.values, &self.bits, self.offset).expect("bits for all rows")
    }
}

#[track_caller]
pub(crate) fn follows<T: Sample, A: Written<T>>(backend: Backend, a: A, column: &Column<T>) {
    let want = a.written(&column.rows);
    let (len, offset) = (column.rows.len(), column.offset);
    same!(a.of_on(backend, column.nullable()), want, "{a:?} of {len} rows from bit {offset}");
    same!(a.of(column.nullable()), want, "{a:?} of {len} rows from bit {offset}, by default");
}

/// Columns of all lengths at which something begins, of few nulls and many, none and all.
fn columns<T: Sample>(mut check: impl FnMut(&Column<T>)) {
    let (stripe, tile) = (<T as Sample>::STRIPE, <T as Sample>::TILE);
    let lengths = [0, 1, 7, 8, 9, 63, 65, stripe - 1, stripe, stripe + 1, 2 * stripe + 3];
    let seams = [511, 513, T::RUN - 1, T::RUN + 1, tile - 1, tile, tile + 1, 2 * tile + 71];
    for (i, len) in lengths.into_iter().chain(seams).enumerate() {
        for share in [0, 1, 2, 9] {
            let kind = [Kind::Ordinary, Kind::Small, Kind::Sprinkled][(i + share) % 3];
            check(&Column::random(kind, len, share, (7 * i + share) % 17, (31 * i) as u64));
        }
    }
    for offset in 0..=16 {
        check(&Column::random(Kind::Ordinary, stripe + 9, 2, offset, 51));
    }
}

fn integers_follow_the_spec<T: Whole>(backend: Backend) {
    columns::<T>(|column| {
        each!(a in [
            WrappingSum, CheckedSum, WrappingProduct, CheckedProduct, BitAnd, BitOr, BitXor,
            First, Last, SumOfSquares, Variance::sample(),
        ] => { follows(backend, a, column) });
    });
}

mod integers {
    use super::integers_follow_the_spec;
    suite! { types [i8 i16 i32 i64 u8 u16 u32 u64] laws [integers_follow_the_spec] }
}

fn floats_follow_the_spec<T: Sample + Float>(backend: Backend) {
    columns::<T>(|column| {
        each!(a in [Product, CountNan, First, Last] => { follows(backend, a, column) });
    });
}

mod floats {
    use super::floats_follow_the_spec;
    suite! { types [f32 f64] laws [floats_follow_the_spec] }
}
