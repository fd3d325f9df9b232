//! Laws of booleans: bitmaps that start at any bit, with anything around their rows.

use crate::data::Random;
use lanefold::{Accumulator, Aggregate, All, Any, Backend, Bitmap, Count, CountIf, NullableBitmap};

/// Bits that hold rows from a place on, and are random elsewhere.
fn bits(rows: &[bool], offset: usize, random: &mut Random) -> Vec<u8> {
    let mut bytes: Vec<u8> =
        (0..(offset + rows.len()).div_ceil(8)).map(|_| random.word() as u8).collect();
    for (i, &row) in rows.iter().enumerate() {
        let (byte, bit) = ((offset + i) / 8, 1 << ((offset + i) % 8));
        bytes[byte] = if row { bytes[byte] | bit } else { bytes[byte] & !bit };
    }
    bytes
}

/// One row in so many is false, or true: the rare ones decide about `All` and `Any`.
fn rows(len: usize, kind: usize, random: &mut Random) -> Vec<bool> {
    match kind {
        0 => vec![false; len],
        1 => vec![true; len],
        2 => (0..len).map(|_| random.below(2) == 0).collect(),
        // A row that is alone, at a random place: often the first, or the last.
        _ => {
            let mut rows = vec![kind == 3; len];
            if len > 0 {
                let place = [0, len - 1, random.below(len)][random.below(3)];
                rows[place] = kind != 3;
            }
            rows
        }
    }
}

const KINDS: usize = 5;

type Results = (bool, bool, u64, u64);

const ALL: (Any, All, CountIf, Count) = (Any, All, CountIf, Count);

fn written(rows: impl Iterator<Item = Option<bool>> + Clone) -> Results {
    let rows = rows.flatten();
    (
        rows.clone().any(|row| row),
        rows.clone().all(|row| row),
        rows.clone().filter(|&row| row).count() as u64,
        rows.count() as u64,
    )
}

fn check(rows: &[bool], offset: usize, random: &mut Random) {
    let bytes = bits(rows, offset, random);
    let column = Bitmap::new(&bytes, offset, rows.len()).expect("enough bits");
    let want = written(rows.iter().copied().map(Some));
    for backend in Backend::available() {
        let got = ALL.of_on(backend, column);
        assert_eq!(got, want, "{} rows from bit {offset} on {backend}", rows.len());
        let apart = (Any.of_on(backend, column), All.of_on(backend, column));
        assert_eq!((apart, CountIf.of(column)), ((want.0, want.1), want.2), "alone on {backend}");
    }
}

fn check_nulls(rows: &[bool], valid: &[bool], offsets: (usize, usize), random: &mut Random) {
    let (values, validity) = (bits(rows, offsets.0, random), bits(valid, offsets.1, random));
    let column = nullable(&values, &validity, offsets, rows.len());
    let want = written(rows.iter().zip(valid).map(|(&row, &valid)| valid.then_some(row)));
    for backend in Backend::available() {
        let got = ALL.of_on(backend, column);
        assert_eq!(got, want, "{} rows from bits {offsets:?} on {backend}", rows.len());
    }
}

fn nullable<'a>(
    values: &'a [u8],
    validity: &'a [u8],
    offsets: (usize, usize),
    len: usize,
) -> NullableBitmap<'a> {
    let values = Bitmap::new(values, offsets.0, len).expect("enough bits");
    values.with_validity(validity, offsets.1).expect("enough bits")
}

/// Around the ends of words, of short columns, and of tiles.
const LENGTHS: [usize; 17] = [
    255,
    256,
    257,
    511,
    512,
    513,
    2047,
    8191,
    8192,
    8193,
    8192 + 65,
    20_000,
    65_535,
    65_536,
    65_537,
    65_536 + 513,
    131_072 + 70,
];

#[test]
fn every_length_and_offset() {
    let random = &mut Random(71);
    for len in 0..=200 {
        for offset in [0, 1, 7, 8, 13] {
            for kind in 0..KINDS {
                check(&rows(len, kind, random), offset, random);
            }
        }
    }
    for offset in 0..=24 {
        for len in [1, 8, 40, 57, 63, 64, 65, 120, 128, 130] {
            check(&rows(len, offset % KINDS, random), offset, random);
        }
    }
    for (i, len) in LENGTHS.into_iter().enumerate() {
        for kind in 0..KINDS {
            check(&rows(len, kind, random), (5 * i + kind) % 19, random);
        }
    }
}

#[test]
fn one_row_alone_decides() {
    let random = &mut Random(72);
    for offset in [0, 3] {
        for place in 0..150 {
            let mut column = vec![false; 150];
            column[place] = true;
            check(&column, offset, random);
            let opposite: Vec<bool> = column.iter().map(|row| !row).collect();
            check(&opposite, offset, random);
            // A null is neither.
            check_nulls(&column, &opposite, (offset, 5), random);
            check_nulls(&opposite, &opposite, (offset, 5), random);
            check_nulls(&column, &column, (offset, 5), random);
        }
    }
}

#[test]
fn nulls_are_not_there() {
    let random = &mut Random(73);
    for len in (0..=140).chain(LENGTHS) {
        for kind in 0..KINDS {
            let offsets = (random.below(17), random.below(17));
            let (values, valid) = (rows(len, kind, random), rows(len, random.below(KINDS), random));
            check_nulls(&values, &valid, offsets, random);
        }
    }
}

#[test]
fn cuts_and_merges_are_not_seen() {
    let random = &mut Random(74);
    for len in [0, 1, 63, 64, 65, 1000, 8192, 65_536, 65_600, 140_000] {
        for kind in 0..KINDS {
            let (values, valid) = (rows(len, kind, random), rows(len, 2, random));
            let (plain, null) = (bits(&values, 3, random), bits(&valid, 6, random));
            let want = ALL.of(Bitmap::new(&plain, 3, len).expect("enough bits"));
            let want_null = ALL.of(nullable(&plain, &null, (3, 6), len));
            let mut stream = Accumulator::<_, bool>::new(ALL);
            let mut nulls = Accumulator::<_, Option<bool>>::new(ALL);
            let mut at = 0;
            while at < len {
                let most = [1, 70, 9000, 140_000][random.below(4)];
                let end = len.min(at + random.below(most + 1));
                match random.below(3) {
                    0 => {
                        for i in at..end {
                            stream.push(values[i]);
                            nulls.push(valid[i].then_some(values[i]));
                        }
                    }
                    1 => {
                        let piece = Bitmap::new(&plain, 3 + at, end - at).expect("enough bits");
                        stream.update(piece).expect("one column");
                        let piece = nullable(&plain, &null, (3 + at, 6 + at), end - at);
                        nulls.update(piece).expect("one column");
                    }
                    _ => {
                        let piece = Bitmap::new(&plain, 3 + at, end - at).expect("enough bits");
                        let mut other = Accumulator::<_, bool>::new(ALL);
                        other.update(piece).expect("one column");
                        stream.merge(&other);
                        stream.merge(&Accumulator::new(ALL));
                        let piece = nullable(&plain, &null, (3 + at, 6 + at), end - at);
                        let mut other = Accumulator::<_, Option<bool>>::new(ALL);
                        other.update(piece).expect("one column");
                        nulls.merge(&other);
                        nulls.merge_partial(&Aggregate::<Option<bool>>::identity(&ALL));
                    }
                }
                at = end;
            }
            assert_eq!((stream.finish(), nulls.finish()), (want, want_null), "{len} of {kind}");
        }
    }
}

#[test]
fn of_nothing() {
    let none = Bitmap::new(&[], 0, 0).expect("no bits are enough");
    assert_eq!(ALL.of(none), (false, true, 0, 0));
    assert_eq!(ALL.of(none.with_validity(&[0xff], 3).expect("enough")), (false, true, 0, 0));
}

#[test]
fn a_bitmap_is_long_enough_or_an_error() {
    let bytes = [0b0101_1010; 8];
    for len in 0..=70 {
        for offset in 0..=70 {
            for count in 0..=8 {
                let column = Bitmap::new(&bytes[..count], offset, len);
                let enough = offset + len <= 8 * count;
                assert_eq!(column.is_ok(), enough, "{len} rows from {offset} of {count} bytes");
                if let Ok(column) = column {
                    assert_eq!((column.len(), column.is_empty()), (len, len == 0));
                    assert!((0..len).all(|i| {
                        column.get(i) == Some(bytes[0] >> ((offset + i) % 8) & 1 == 1)
                    }));
                    assert_eq!((column.get(len), column.get(usize::MAX)), (None, None));
                }
                let values = Bitmap::new(&[0; 16], 3, len).expect("enough bits");
                assert_eq!(values.with_validity(&bytes[..count], offset).is_ok(), enough);
            }
        }
    }
    assert!(Bitmap::new(&bytes, usize::MAX, 1).is_err());
    assert!(Bitmap::new(&bytes, 1, usize::MAX).is_err());
    assert!(Bitmap::new(&bytes, usize::MAX, 0).is_err());
    let column = nullable(&[0b0110], &[0b1010], (1, 1), 3);
    assert_eq!([0, 1, 2, 3].map(|i| column.get(i)), [Some(true), None, Some(false), None]);
    assert_eq!((column.len(), column.is_empty()), (3, false));
    assert_eq!((column.values().get(1), column.validity().get(1)), (Some(true), Some(false)));
}
