//! Laws of rows that may be null.
//!
//! A null keeps its place and takes part as the identity: the result is that of the
//! specification, in which its lane leaves it out. What lies under a null (NaN, an
//! infinity, the end of the range) is never seen. For results that do not depend on the
//! order, nulls could as well be cut out. The bitmap may start at any bit, and need not
//! be a byte longer than its last row.

use crate::data::{Kind, Random, Same, Sample, column, present};
use crate::spec::Written;
use lanefold::{
    Aggregate, Backend, Count, Max, Mean, Min, MinMax, Nullable, StdDev, Sum, SumOfSquares,
    Variance,
};

/// A column with nulls, and what it means.
pub(crate) struct Column<T> {
    pub(crate) values: Vec<T>,
    pub(crate) bits: Vec<u8>,
    pub(crate) offset: usize,
    pub(crate) rows: Vec<Option<T>>,
}

impl<T: Sample> Column<T> {
    /// Takes values where a row is there, and puts special ones under nulls. Bits that
    /// belong to no row are random.
    pub(crate) fn new(mut rows: Vec<Option<T>>, offset: usize, seed: u64) -> Self {
        let random = &mut Random(seed);
        let specials = T::specials();
        let bytes = (offset + rows.len()).div_ceil(8);
        let mut bits: Vec<u8> = (0..bytes).map(|_| random.word() as u8).collect();
        let mut values = Vec::with_capacity(rows.len());
        for (i, row) in rows.iter_mut().enumerate() {
            let (byte, bit) = ((offset + i) / 8, 1 << ((offset + i) % 8));
            if row.is_some() {
                bits[byte] |= bit;
            } else {
                bits[byte] &= !bit;
            }
            values.push(row.unwrap_or_else(|| specials[random.below(specials.len())]));
        }
        Self { values, bits, offset, rows }
    }

    /// One row in `share` is null; all are for 1, and none for 0.
    pub(crate) fn random(len: usize, share: usize, offset: usize, seed: u64) -> Self {
        let random = &mut Random(seed);
        let values = column::<T>(Kind::Ordinary, len, seed.wrapping_add(99));
        let row = |x| (share == 0 || random.below(share) > 0).then_some(x);
        Self::new(values.into_iter().map(row).collect(), offset, seed)
    }

    pub(crate) fn nullable(&self) -> Nullable<'_, T> {
        Nullable::new(&self.values, &self.bits, self.offset).expect("bits for all rows")
    }
}

#[track_caller]
fn follows<T: Sample, A: Written<T>>(backend: Backend, aggregate: A, column: &Column<T>) {
    let got = aggregate.of_on(backend, column.nullable());
    let want = aggregate.written(&column.rows);
    let (len, offset) = (column.rows.len(), column.offset);
    same!(got, want, "{aggregate:?} on {backend} of {len} rows from bit {offset}");
    let of = aggregate.of(column.nullable());
    assert!(of.same(&want), "{of:?} should be {want:?}: {aggregate:?} by default");
}

fn follow_the_spec_at_every_bit_offset<T: Sample>(backend: Backend) {
    let stripe = <T as Sample>::STRIPE;
    for offset in 0..=16 {
        for (i, len) in
            [1, 8, 63, 64, 65, stripe - 1, stripe + 9, 2 * stripe].into_iter().enumerate()
        {
            let column = Column::<T>::random(len, 2 + i % 2, offset, (offset * 31 + len) as u64);
            each_aggregate!(a => { follows(backend, a, &column) });
        }
    }
}

fn follow_the_spec_at_the_seams<T: Sample>(backend: Backend) {
    let (run, tile) = (T::RUN, <T as Sample>::TILE);
    let lengths = [511, 512, 513, run - 1, run + 1, tile - 1, tile, tile + 1, 2 * tile + 71];
    for (i, len) in lengths.into_iter().enumerate() {
        let column = Column::<T>::random(len, 2 + 5 * (i % 3), (7 * i) % 17, len as u64);
        each_aggregate!(a => { follows(backend, a, &column) });
    }
}

fn every_number_of_rows<T: Sample>(backend: Backend) {
    for len in 0..=2 * <T as Sample>::STRIPE {
        let column = Column::<T>::random(len, 3, len % 17, len as u64);
        each_aggregate!(a in [Sum, Max, Variance::sample()] => { follows(backend, a, &column) });
    }
}

fn all_or_none<T: Sample>(backend: Backend) {
    for len in [0, 1, 16, 17, 100, 513, <T as Sample>::TILE, <T as Sample>::TILE + 40] {
        let (all, none) = (Column::<T>::random(len, 0, 3, 61), Column::<T>::random(len, 1, 5, 62));
        each_aggregate!(a => {
            follows(backend, a, &all);
            follows(backend, a, &none);
            let plain = a.of_on(backend, &all.values);
            same!(a.of_on(backend, all.nullable()), plain, "{a:?} of {len} rows, none null");
            let nothing = a.of_on(backend, &[] as &[T]);
            same!(a.of_on(backend, none.nullable()), nothing, "{a:?} of {len} nulls");
        });
        same!(Count.of_on(backend, none.nullable()), 0, "nulls");
    }
}

/// One row alone among nulls, or one null alone: at each place of two stripes.
fn one_bit<T: Sample>(backend: Backend) {
    let len = <T as Sample>::STRIPE + <T as Sample>::STRIPE / 2;
    let values = column::<T>(Kind::Ordinary, len, 63);
    for place in 0..len {
        let alone = |i: usize| (i == place).then_some(values[i]);
        let column = Column::new((0..len).map(alone).collect(), place % 17, 64);
        each_aggregate!(a in [Sum, Min] => { follows(backend, a, &column) });
        let missing = |i: usize| (i != place).then_some(values[i]);
        let column = Column::new((0..len).map(missing).collect(), place % 17, 65);
        each_aggregate!(a in [Sum, Max, Count, SumOfSquares] => { follows(backend, a, &column) });
    }
}

/// Special values in rows that are there, beside those under nulls.
fn specials_are_seen_where_they_are_there<T: Sample>(backend: Backend) {
    for seed in 0..30 {
        for kind in [Kind::Special, Kind::Small, Kind::Sprinkled] {
            let values = column::<T>(kind, 3 + 7 * seed as usize, seed);
            let random = &mut Random(seed);
            let rows = values.iter().map(|&x| (random.below(3) > 0).then_some(x)).collect();
            let column = Column::new(rows, random.below(17), seed);
            each_aggregate!(a => { follows(backend, a, &column) });
        }
    }
}

fn compacted<T: Sample, A: Written<T>>(backend: Backend, aggregate: A) {
    for (share, len) in [(2, 77), (3, 600), (10, <T as Sample>::TILE + 99)] {
        let column = Column::<T>::random(len, share, 11, len as u64);
        let compact: Vec<T> = column.rows.iter().flatten().copied().collect();
        let got = aggregate.of_on(backend, column.nullable());
        same!(got, aggregate.of_on(backend, &compact), "{aggregate:?} of {len} rows");
        same!(got, aggregate.written(&present(&compact)), "{aggregate:?} of {len} rows");
    }
}

fn exact_results_are_those_without_the_nulls<T: Sample>(backend: Backend) {
    each_aggregate!(a in [Count, Min, Max, MinMax] => { compacted::<T, _>(backend, a) });
}

fn integer_results_are_those_without_the_nulls<T: Sample>(backend: Backend) {
    each_aggregate!(a in [Sum, SumOfSquares, Variance::sample()] => {
        compacted::<T, _>(backend, a);
    });
}

// One type of each width and kind: those left out differ in nothing that these laws see,
// and every kernel takes time to compile.
suite! {
    few [
        follow_the_spec_at_every_bit_offset
        follow_the_spec_at_the_seams
        every_number_of_rows
        all_or_none
        one_bit
        specials_are_seen_where_they_are_there
        exact_results_are_those_without_the_nulls
    ]
    floats []
    integers [integer_results_are_those_without_the_nulls]
}

#[test]
fn a_bitmap_is_long_enough_or_an_error() {
    let values = [1.5; 40];
    let bytes = [0xff; 8];
    for rows in 0..=40 {
        for offset in 0..=70 {
            for count in 0..=8 {
                let column = Nullable::new(&values[..rows], &bytes[..count], offset);
                if offset + rows <= 8 * count {
                    let column = column.expect("enough bits");
                    assert_eq!((column.len(), column.is_empty()), (rows, rows == 0));
                    assert_eq!(Count.of(column), rows as u64);
                    assert!(!column.is_present(rows) && !column.is_present(usize::MAX));
                    assert!((0..rows).all(|row| column.is_present(row)));
                } else {
                    let text = column.expect_err("too few bits").to_string();
                    let want = format!(
                        "a validity bitmap of {count} bytes is too short for {rows} rows from bit {offset}"
                    );
                    assert_eq!(text, want);
                }
            }
        }
    }
    for offset in [usize::MAX, usize::MAX - 39, usize::MAX - 40, usize::MAX / 2] {
        assert!(Nullable::new(&values, &bytes, offset).is_err());
        assert!(Nullable::new(&values[..0], &bytes, offset).is_err());
    }
}

#[test]
fn means_and_deviations() {
    for backend in Backend::available() {
        for (len, share) in [(0, 0), (9, 1), (100, 2), (2100, 3)] {
            let column = Column::<f64>::random(len, share, 9, 67);
            follows(backend, Mean, &column);
            follows(backend, StdDev::sample(), &column);
            let column = Column::<i16>::random(len, share, 9, 68);
            follows(backend, Mean, &column);
            follows(backend, StdDev::sample(), &column);
        }
    }
}

#[test]
fn presence_is_that_of_the_bit() {
    for offset in 0..=16 {
        let column = Column::<u8>::random(100, 2, offset, 66);
        for (i, row) in column.rows.iter().enumerate() {
            assert_eq!(column.nullable().is_present(i), row.is_some(), "{i} from {offset}");
        }
    }
}
