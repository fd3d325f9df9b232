//! Sums of floats.

use crate::data::{KINDS, Kind, Random, column, present};
use crate::ids::{ORDERS, Order, apart, cut, groups, ids, lengths};
use crate::reference::{Summed, sums};
use lanefold::{Aggregate, Backend, Count, ExactSum, Grouped, Mean, Nullable, Sum, SumOfSquares};

fn follow<T: Summed>(kinds: &[Kind]) {
    for (i, order) in ORDERS.into_iter().enumerate() {
        for len in lengths(i) {
            let kind = kinds[(i + len) % kinds.len()];
            let (ids, values) = (ids(order, len, i as u64), column::<T>(kind, len, len as u64));
            let rows = present(&values);
            let cut = cut(len);
            let calls = [(&ids[..cut], &rows[..cut]), (&ids[cut..], &rows[cut..])];
            let want = sums(&calls, groups(&ids));
            for backend in Backend::available() {
                let mut grouped = Grouped::<_, T>::on(backend, Sum);
                grouped.resize(groups(&ids));
                grouped.update(&ids[..cut], &values[..cut]).expect("ids of groups");
                grouped.update(&ids[cut..], &values[cut..]).expect("ids of groups");
                for (id, (got, want)) in grouped.finish().zip(&want).enumerate() {
                    same!(got, *want, "{backend}, {order:?}, {kind:?}, {len} rows, group {id}");
                }
            }
        }
    }
}

#[test]
fn sums_are_those_of_the_definition() {
    follow::<f64>(&[Kind::Ordinary]);
    follow::<f64>(&KINDS);
    follow::<f32>(&[Kind::Ordinary, Kind::Sprinkled, Kind::Special]);
}

#[test]
fn nulls_are_left_out() {
    let random = &mut Random(5);
    for (i, order) in ORDERS.into_iter().enumerate() {
        let len = 9000;
        let kind = [Kind::Ordinary, Kind::Sprinkled][i % 2];
        let (ids, values) = (ids(order, len, 3), column::<f64>(kind, len, i as u64));
        let bits: Vec<u8> = (0..len / 8 + 2).map(|_| random.word() as u8).collect();
        let nullable = Nullable::new(&values, &bits, 5).expect("enough bits");
        let rows: Vec<Option<f64>> =
            (0..len).map(|i| nullable.is_present(i).then_some(values[i])).collect();
        let want = sums(&[(&ids, &rows)], groups(&ids));
        // What lies under a null is never looked at.
        let mut other = values.clone();
        for (row, x) in rows.iter().zip(&mut other) {
            if row.is_none() {
                *x = -0.0;
            }
        }
        let other = Nullable::new(&other, &bits, 5).expect("enough bits");
        for backend in Backend::available() {
            for column in [nullable, other] {
                let mut grouped = Grouped::<_, Option<f64>>::on(backend, (Count, Sum));
                grouped.resize(groups(&ids));
                grouped.update(&ids, column).expect("ids of groups");
                let counted = apart(&ids, &rows);
                for (id, rows) in counted {
                    let got = grouped.get(id).expect("a group");
                    let count = rows.iter().flatten().count() as u64;
                    same!(got, (count, want[id as usize]), "{backend}, {order:?}, group {id}");
                }
            }
        }
    }
}

/// The error of each sum, in units of `u · Σ|x|`.
fn errors(order: Order, values: &[f64], len: usize) -> f64 {
    let ids = ids(order, len, 11);
    let mut grouped = Grouped::<_, f64>::new((Sum, Mean));
    grouped.resize(groups(&ids));
    for (ids, values) in ids.chunks(40_000).zip(values.chunks(40_000)) {
        grouped.update(ids, values).expect("ids of groups");
    }
    let mut worst = 0.0;
    for (id, rows) in apart(&ids, values) {
        let (sum, mean) = grouped.get(id).expect("a group");
        assert_eq!(mean, Some(sum / rows.len() as f64));
        // The exact difference, rounded once.
        let mut terms = rows.clone();
        terms.push(-sum);
        let magnitudes: Vec<f64> = rows.iter().map(|x| x.abs()).collect();
        let error = ExactSum.of(&terms).abs() / ExactSum.of(&magnitudes) * (1_u64 << 53) as f64;
        if error > worst {
            worst = error;
        }
    }
    worst
}

#[test]
fn errors_are_within_the_bound() {
    let len = 70_000;
    let ordinary = column::<f64>(Kind::Ordinary, len, 12);
    // All of one sign, and the worst for a plain sum: each addition rounds the same way.
    let worst: Vec<f64> =
        (0..len).map(|i| 1.0 + (i % 3 == 0) as u64 as f64 * f64::EPSILON).collect();
    for order in ORDERS {
        for values in [&ordinary, &worst] {
            let error = errors(order, values, len);
            assert!(error <= 32_770.0, "{order:?}: {error} u");
            let few = match order {
                Order::One | Order::Sorted(4) => 24.0,
                Order::Random(..=64) | Order::Above(64) => 517.0,
                _ => f64::INFINITY,
            };
            assert!(error <= few, "{order:?}: {error} u");
        }
    }
    // That the reference sees errors at all.
    assert!(errors(Order::Random(4), &ordinary, len) > 0.01);
}

/// Infinities, NaN and negative zeros are those of `of`, whatever the ways that rows took.
#[test]
fn what_is_no_ordinary_number_is_as_in_a_column() {
    let rows: [&[f64]; 6] = [
        &[f64::INFINITY, 1.0, 2.0],
        &[1.0, f64::NEG_INFINITY, -3.0],
        &[f64::INFINITY, 1.0, f64::NEG_INFINITY],
        &[1.0, f64::NAN, f64::INFINITY],
        &[-0.0, -0.0, -0.0],
        &[-0.0, 0.0, -0.0],
    ];
    let new = |backend| {
        let mut grouped = Grouped::<_, f64>::on(backend, (Sum, Mean, SumOfSquares));
        grouped.resize(2);
        grouped
    };
    for values in rows {
        // Each value as a run, by itself, and among rows of another group.
        for ways in 0..27 {
            let way = |i: usize| ways / [1, 3, 9][i] % 3;
            let mut all = Vec::new();
            for backend in Backend::available() {
                let mut grouped = new(backend);
                let mut merged = new(backend);
                all.clear();
                for (i, &x) in values.iter().enumerate() {
                    let (ids, column) = match way(i) {
                        0 => (vec![0; 16], vec![x; 16]),
                        1 => (vec![0], vec![x]),
                        _ => ([0, 1].repeat(16), [x, 1.0].repeat(16)),
                    };
                    let own = ids.iter().zip(&column).filter(|(id, _)| **id == 0);
                    all.extend(own.map(|(_, &x)| x));
                    grouped.update(&ids, &column).expect("ids of groups");
                    let mut part = new(backend);
                    part.update(&ids, &column).expect("ids of groups");
                    merged.merge(&part);
                }
                let want = Sum.of(&all);
                for grouped in [&grouped, &merged] {
                    let (sum, mean, squares) = grouped.get(0).expect("a group");
                    same!(sum, want, "{backend}, {values:?}, ways {ways}");
                    same!(mean, Mean.of(&all), "{backend}, {values:?}, ways {ways}");
                    same!(squares, SumOfSquares.of(&all), "{backend}, {values:?}, ways {ways}");
                }
                // And a row that follows.
                merged.push(0, 1.0).expect("a group");
                all.push(1.0);
                same!(merged.get(0).expect("a group").0, Sum.of(&all), "{values:?}, ways {ways}");
                all.pop();
            }
        }
    }
    // Squares that overflow stay an infinity.
    let mut grouped = new(Backend::best());
    for _ in 0..2 {
        grouped.update(&[0; 16], &[1e200; 16]).expect("ids of groups");
    }
    grouped.push(0, 1.0).expect("a group");
    assert_eq!(grouped.get(0).expect("a group").2, f64::INFINITY);
}
