//! Laws of the best `k` values.
//!
//! The reference sorts all rows, by value and then by row.
#![cfg(feature = "alloc")]
#![allow(
    clippy::cast_lossless,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::float_cmp,
    reason = "tests make data from random words, and compare floats for identity"
)]

#[allow(unused_macros, reason = "as below")]
#[macro_use]
#[path = "../laws/suite.rs"]
mod suite;

#[path = "../laws/backends.rs"]
mod backends;
#[allow(dead_code, reason = "shared with the other laws, which use all of it")]
#[path = "../laws/data.rs"]
mod data;
#[allow(dead_code, reason = "as above")]
#[path = "../laws/exact.rs"]
mod exact;
#[allow(dead_code, reason = "as above")]
#[path = "../laws/spec.rs"]
mod spec;

use data::{KINDS, Kind, Random, Sample, column};
use lanefold::{Accumulator, Adapt, Aggregate, Backend, Max, Nullable, Sum, TopK, TopKRows};

const KS: [usize; 10] = [0, 1, 2, 3, 8, 9, 40, 700, 5000, usize::MAX];

/// Both ends, for each of some `k`.
fn tops(ks: &[usize]) -> Vec<(TopKRows, bool, usize)> {
    let largest = ks.iter().map(|&k| (TopK::largest(k).with_rows(), true, k));
    let smallest = ks.iter().map(|&k| (TopK::smallest(k).with_rows(), false, k));
    largest.chain(smallest).collect()
}

fn written<T: Sample>(rows: &[Option<T>], largest: bool, k: usize) -> Vec<(usize, T)> {
    let mut all: Vec<(usize, T)> = rows
        .iter()
        .enumerate()
        .filter_map(|(row, x)| x.map(|x| (row, x)))
        .filter(|(_, x)| !spec::Spec::is_nan(*x))
        .collect();
    // Stable: of equal values the first row stays first.
    all.sort_by(|(_, a), (_, b)| if largest { b.order(a) } else { a.order(b) });
    all.truncate(k);
    all
}

#[track_caller]
fn same<T: Sample>(got: &[(usize, T)], want: &[(usize, T)], context: &str) {
    let equal =
        got.len() == want.len() && got.iter().zip(want).all(|(a, b)| a.0 == b.0 && a.1.same(&b.1));
    assert!(equal, "{got:?} should be {want:?}: {context}");
}

fn some<T: Copy>(values: &[T]) -> Vec<Option<T>> {
    values.iter().copied().map(Some).collect()
}

fn dense<T: Sample>(backend: Backend) {
    let tile = <T as Sample>::TILE;
    let lengths = [0, 1, 2, 9, 33, 64, 200, tile - 1, tile, tile + 65, 3 * tile + 17];
    for (i, len) in lengths.into_iter().enumerate() {
        for kind in KINDS {
            let values = column::<T>(kind, len, i as u64);
            let rows = some(&values);
            for (top, largest, k) in tops(&KS) {
                let context = format!("{top:?} of {len} {kind:?}");
                let want = written(&rows, largest, k);
                same(&top.of_on(backend, &values[..]), &want, &context);
            }
        }
    }
}

/// Rising, falling, equal, and with the zeros in all orders.
fn hard_orders<T: Sample>(backend: Backend) {
    let len = 2 * <T as Sample>::TILE + 100;
    let mut rising = column::<T>(Kind::Ordinary, len, 5);
    rising.sort_by(spec::Spec::order);
    let falling: Vec<T> = rising.iter().rev().copied().collect();
    let equal = vec![rising[7]; len];
    let zeros = column::<T>(Kind::Small, len, 6);
    for values in [rising, falling, equal, zeros] {
        let rows = some(&values);
        for (top, largest, k) in tops(&[1, 3, 10, 100, 3000]) {
            let want = written(&rows, largest, k);
            same(&top.of_on(backend, &values[..]), &want, &format!("{top:?}"));
        }
    }
}

fn nulls<T: Sample>(backend: Backend) {
    let random = &mut Random(7);
    for len in [0, 1, 40, 300, <T as Sample>::TILE + 100] {
        for share in [0, 1, 5, 9] {
            let offset = random.below(17);
            let values = column::<T>(Kind::Sprinkled, len, random.word());
            let mut bits = vec![0_u8; (offset + len).div_ceil(8)];
            let mut rows = vec![None; len];
            for i in 0..len {
                if random.below(9) < share {
                    bits[(offset + i) / 8] |= 1 << ((offset + i) % 8);
                    rows[i] = Some(values[i]);
                }
            }
            let column = Nullable::new(&values, &bits, offset).expect("enough bits");
            for (top, largest, k) in tops(&[1, 5, 100]) {
                let want = written(&rows, largest, k);
                same(&top.of_on(backend, column), &want, &format!("{top:?}, {share} of 9"));
            }
        }
    }
}

/// Pieces of any size, and partials merged in the order of rows, however grouped.
fn streams_and_merges<T: Sample>(backend: Backend) {
    let random = &mut Random(8);
    for kind in KINDS {
        let values = column::<T>(kind, 2 * <T as Sample>::TILE + 500, random.word());
        let rows = some(&values);
        for (top, largest, k) in tops(&[0, 1, 7, 30, 1000]) {
            let want = written(&rows, largest, k);
            let mut stream = Accumulator::<_, T>::on(backend, top);
            let mut parts = Vec::new();
            for piece in values.chunks(1 + random.below(2000)) {
                stream.update(piece).expect("one column");
                let mut part = Accumulator::<_, T>::on(backend, top);
                part.update(piece).expect("one column");
                parts.push(part.partial());
            }
            same(&stream.finish(), &want, "a stream");
            while parts.len() > 1 {
                let at = random.below(parts.len() - 1);
                let later = parts.remove(at + 1);
                Aggregate::<T>::merge(&top, &mut parts[at], &later);
                let nothing = Aggregate::<T>::identity(&top);
                Aggregate::<T>::merge(&top, &mut parts[at], &nothing);
            }
            let mut all = Aggregate::<T>::identity(&top);
            Aggregate::<T>::merge(&top, &mut all, &parts[0]);
            same(&Aggregate::<T>::finish(&top, &all), &want, &format!("{top:?} merged"));
        }
    }
}

suite! {
    types [i8 u32 f64] laws [dense hard_orders nulls streams_and_merges]
}

/// Without rows, the order of merges does not matter.
#[test]
fn values_do_not_depend_on_the_order_of_merges() {
    let random = &mut Random(9);
    let values = column::<f64>(Kind::Sprinkled, 5000, 10);
    for top in [TopK::largest(12), TopK::smallest(12), TopK::largest(500)] {
        let want = top.of(&values).to_vec();
        for _ in 0..10 {
            let mut parts: Vec<_> = values
                .chunks(1 + random.below(1500))
                .map(|piece| {
                    let mut stream = Accumulator::<_, f64>::new(top);
                    stream.update(piece).expect("one column");
                    stream.partial()
                })
                .collect();
            while parts.len() > 1 {
                let one = parts.swap_remove(random.below(parts.len()));
                let other = random.below(parts.len());
                Aggregate::<f64>::merge(&top, &mut parts[other], &one);
            }
            let got = Aggregate::<f64>::finish(&top, &parts[0]);
            assert!(got.iter().map(|x| x.to_bits()).eq(want.iter().map(|x| x.to_bits())));
        }
    }
}

#[test]
fn tuples_filters_and_results() {
    let values = column::<f64>(Kind::Sprinkled, 3000, 11);
    for backend in Backend::available() {
        let (sum, top, max) = (Sum, TopK::largest(20), Max).of_on(backend, &values);
        assert!(data::Same::same(&sum, &Sum.of(&values)));
        assert_eq!(max, top.first().copied());
        assert_eq!(top, TopK::largest(20).of_on(backend, &values));
        let kept = TopK::largest(4).with_rows().filter(..1.0).of_on(backend, &values);
        let rows: Vec<_> = values.iter().map(|&x| (x < 1.0).then_some(x)).collect();
        same(&kept, &written(&rows, true, 4), "filtered");
    }
    let top = TopK::smallest(3).of(&[5, 1, 4, 2]);
    assert_eq!(format!("{top:?}"), "[1, 2, 4]");
    assert_eq!((&top).into_iter().sum::<i32>(), 7);
}

/// A partial of another aggregate gives some result, and no panic.
#[test]
fn foreign_partials_are_harmless() {
    let values = column::<f64>(Kind::Sprinkled, 3000, 12);
    let partials = [TopK::largest(3), TopK::smallest(50), TopK::largest(0)].map(|top| {
        let mut stream = Accumulator::<_, f64>::new(top);
        stream.update(&values[..]).expect("one column");
        stream.partial()
    });
    for top in [TopK::largest(10), TopK::smallest(1), TopK::largest(0)] {
        for one in &partials {
            for other in &partials {
                let mut into = one.clone();
                Aggregate::<f64>::merge(&top, &mut into, other);
                let got = Aggregate::<f64>::finish(&top, &into);
                assert!(got.len() <= 10);
            }
        }
    }
}
