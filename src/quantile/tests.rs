//! How much work is done: rows that passes looked at are counted, not time.

use super::{Quantile, Quantiles};
use crate::{Aggregate, Backend};
use alloc::vec::Vec;
use std::cell::Cell;

std::thread_local! {
    static ROWS: Cell<usize> = const { Cell::new(0) };
    static COPIES: Cell<usize> = const { Cell::new(0) };
}

pub(super) fn note_pass(rows: usize) {
    ROWS.with(|count| count.set(count.get() + rows));
}

pub(super) fn note_copy() {
    COPIES.with(|count| count.set(count.get() + 1));
}

/// Rows looked at, over those of the column, and whether all were copied.
fn effort(run: impl FnOnce()) -> (usize, usize) {
    ROWS.with(|count| count.set(0));
    COPIES.with(|count| count.set(0));
    run();
    (ROWS.with(Cell::get), COPIES.with(Cell::get))
}

const LEN: usize = 200_000;

/// The generator `SplitMix64`.
fn word(i: usize) -> u64 {
    let mut z = (i as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn columns() -> Vec<(&'static str, Vec<f64>)> {
    let of = |f: fn(usize) -> f64| (0..LEN).map(f).collect();
    alloc::vec![
        ("random", of(|i| word(i) as f64)),
        ("sorted", of(|i| i as f64)),
        ("reversed", of(|i| -(i as f64))),
        ("constant", of(|_| 1.5)),
        ("two values", of(|i| (word(i) % 2) as f64)),
        ("few values", of(|i| (word(i) % 10) as f64)),
        ("zeros", of(|i| if word(i).is_multiple_of(3) { -0.0 } else { 0.0 })),
        ("organ pipe", of(|i| i.min(LEN - i) as f64)),
        ("saw", of(|i| (i % 391) as f64)),
        ("one outlier", of(|i| if i == 77_777 { 1e9 } else { 0.25 })),
        ("mostly one value", of(|i| if word(i).is_multiple_of(20) { word(i) as f64 } else { 3.0 })),
        ("mostly NaN", of(|i| if word(i).is_multiple_of(20) { 1.0 } else { f64::NAN })),
        ("one NaN", of(|i| if i == 123_456 { f64::NAN } else { word(i) as f64 })),
    ]
}

const ASKED: [f64; 8] = [0.0, 1e-6, 0.01, 0.25, 0.5, 0.75, 0.99, 1.0];

/// A pass, what follows it, a pass for each of two keys that are repeated, one for zeros, and
/// a second try: no more, and no copy.
#[test]
fn hard_columns_take_few_passes() {
    for (name, column) in columns() {
        for q in ASKED {
            for backend in Backend::available() {
                let quantile = Quantile::new(q).expect("between 0 and 1");
                let (rows, copies) = effort(|| _ = quantile.of_on(backend, &column));
                assert_eq!(copies, 0, "{q} of {name} on {backend}");
                assert!(rows < 6 * LEN, "{q} of {name} on {backend}: {rows} rows");
            }
        }
    }
}

#[test]
fn a_random_column_takes_one_pass() {
    let (_, column) = &columns()[0];
    for q in ASKED {
        let quantile = Quantile::new(q).expect("between 0 and 1");
        let (rows, _) = effort(|| _ = quantile.of(column));
        assert!(rows < LEN * 5 / 4, "{q}: {rows} rows");
    }
    let three = Quantiles::new([0.5, 0.9, 0.99]).expect("between 0 and 1");
    let (rows, _) = effort(|| _ = three.of(column));
    assert!(rows < LEN * 3 / 2, "three at once: {rows} rows");
}

/// A column made against the places of the samples: what they see lies far from the median,
/// every time.
#[test]
fn the_worst_column_is_copied_once() {
    let mut column: Vec<f64> = (0..LEN).map(|i| 1.0 + word(i) as f64).collect();
    for attempt in 0..super::find::ATTEMPTS {
        for at in super::sample::sampled(LEN, attempt) {
            column[at] = -(at as f64);
        }
    }
    let mut sorted = column.clone();
    sorted.sort_by(f64::total_cmp);
    for q in [0.25, 0.5, 0.75] {
        let quantile = Quantile::new(q).expect("between 0 and 1");
        let mut got = None;
        let (rows, copies) = effort(|| got = quantile.of(&column));
        assert_eq!(copies, 1, "{q}: all brackets miss");
        assert!(rows < 12 * LEN, "{q}: {rows} rows");
        let place = q * (LEN - 1) as f64;
        let (low, high) = (sorted[place as usize], sorted[place as usize + 1]);
        let got = got.expect("a value");
        assert!(low <= got && got <= high, "{q}: {got} is not from {low} to {high}");
    }
}

/// A sample of a column that is all but empty would meet hardly any row.
#[test]
fn few_rows_among_nulls_are_not_sampled() {
    let values: Vec<f64> = (0..LEN).map(|i| word(i) as f64).collect();
    for one_in in [100, 300] {
        let is_there = |i: usize| word(i + LEN).is_multiple_of(one_in);
        let bits: Vec<u8> = (0..LEN / 8)
            .map(|i| (0..8).map(|k| u8::from(is_there(8 * i + k)) << k).sum())
            .collect();
        let column = crate::Nullable::new(&values, &bits, 0).expect("enough bits");
        let there: Vec<f64> = (0..LEN).filter(|&i| is_there(i)).map(|i| values[i]).collect();
        let three = Quantiles::new([0.01, 0.5, 0.9]).expect("between 0 and 1");
        for backend in Backend::available() {
            let mut got = None;
            let (rows, copies) = effort(|| got = three.of_on(backend, column));
            assert_eq!(got, three.of(&there), "one in {one_in} on {backend}");
            assert_eq!(copies, 0, "one in {one_in} on {backend}");
            assert!(rows < LEN * 5 / 4, "one in {one_in} on {backend}: {rows} rows");
        }
    }
}

/// Samples that see nothing of what lies around the median: every bracket holds too much.
#[test]
fn brackets_that_overflow_are_not_believed() {
    let mut column: Vec<f64> = (0..LEN).map(|i| word(i) as f64).collect();
    for attempt in 0..super::find::ATTEMPTS {
        for (i, at) in super::sample::sampled(LEN, attempt).enumerate() {
            column[at] = if i % 2 == 0 { -1e30 } else { 1e30 } * (1 + i) as f64;
        }
    }
    let mut sorted = column.clone();
    sorted.sort_by(f64::total_cmp);
    for backend in Backend::available() {
        let quantile = Quantile::new(0.5).expect("between 0 and 1");
        let quantile = quantile.method(crate::QuantileMethod::InverseCdf);
        let mut got = None;
        let (_, copies) = effort(|| got = quantile.of_on(backend, &column));
        assert_eq!((got, copies), (Some(sorted[LEN / 2 - 1]), 1), "on {backend}");
    }
}
