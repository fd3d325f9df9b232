//! Laws of batches: columns hold what was pushed, a series has one number however its labels are
//! ordered, bad events are errors that name what is wrong and change nothing, and once an arena
//! is warm batches take no memory but its own.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "tests count few events"
)]
#![cfg(feature = "bumpalo")]

mod errors;
mod model;

use bumpalo::Bump;
use lanefold::{Batch, Interner};
use std::borrow::Cow;

#[test]
fn columns_hold_what_was_pushed() {
    let arena = Bump::new();
    let mut series = Interner::new();
    let special = [f64::NAN, -0.0, f64::INFINITY, f64::NEG_INFINITY, 5e-324, f64::MAX];
    let mut batch = Batch::new(&arena, &mut series);
    assert!(batch.is_empty());
    for (i, &value) in special.iter().cycle().take(1_000).enumerate() {
        let timestamp = if i % 2 == 0 { i64::MIN } else { i64::MAX } ^ i as i64;
        let id = batch.push("x", &[("i", (i % 7).to_string())], value, timestamp);
        assert_eq!(id, Ok((i % 7) as u32));
    }
    assert_eq!(batch.len(), 1_000);
    assert_eq!(batch.interner().len(), 7);
    for i in 0..1_000 {
        assert_eq!(batch.series()[i], (i % 7) as u32);
        assert_eq!(batch.values()[i].to_bits(), special[i % 6].to_bits());
        let timestamp = if i % 2 == 0 { i64::MIN } else { i64::MAX } ^ i as i64;
        assert_eq!(batch.timestamps()[i], timestamp);
    }
}

#[test]
fn numbers_outlive_batches() {
    let mut arena = Bump::new();
    let mut series = Interner::new();
    for round in 0..5 {
        let mut batch = Batch::with_capacity(10, &arena, &mut series);
        for i in 0..10 {
            let id = batch.push("x", &[("i", i.to_string())], 0.0, round);
            assert_eq!(id, Ok(i));
        }
        drop(batch);
        arena.reset();
    }
    assert_eq!(series.len(), 10);
}

#[test]
fn any_kind_of_string_is_a_label() {
    let mut series = Interner::new();
    let id = series.id("x", &[("a", "1"), ("b", "2")]);
    assert_eq!(id, Ok(0));
    let owned = [("a".to_owned(), "1".to_owned()), ("b".to_owned(), "2".to_owned())];
    assert_eq!(series.id("x", &owned), Ok(0));
    let mixed: [(&str, Cow<'_, str>); 2] = [("b", "2".into()), ("a", Cow::Owned("1".to_owned()))];
    assert_eq!(series.id("x", &mixed), Ok(0));
    let none: [(&str, &str); 0] = [];
    assert_eq!(series.id("x", &none), Ok(1));
}

/// Once warm, the arena has all the memory that batches need.
#[test]
fn a_warm_arena_does_not_grow() {
    let mut arena = Bump::new();
    let mut series = Interner::new();
    let mut sizes = Vec::new();
    for round in 0..10 {
        let mut batch = Batch::new(&arena, &mut series);
        for i in 0..5_000 {
            batch.push("x", &[("i", "1")], f64::from(i), round).expect("a good event");
        }
        sizes.push(arena.allocated_bytes());
        drop(batch);
        arena.reset();
    }
    assert_eq!(sizes[3..], [sizes[9]; 7], "{sizes:?}");
}

/// Places are told apart by address and by length, of names and of labels; more of them than
/// there are slots are found all the same.
#[test]
fn lent_labels_are_those_that_they_are() {
    let text = "abcabc";
    let pairs: Vec<(String, String)> =
        (0..6_000).map(|i| (format!("k{}", i / 2), format!("v{}", i % 2))).collect();
    let pairs: Vec<(&str, &str)> = pairs.iter().map(|(k, v)| (&**k, &**v)).collect();
    let arena = Bump::new();
    let (mut lent, mut said) = (Interner::new(), Interner::new());
    let mut batch = Batch::new(&arena, &mut lent);
    for round in 0..3 {
        for i in 0..5_900 {
            // Parts of one text, and of one list: the same addresses with other lengths.
            let name = &text[i % 3..i % 3 + 1 + i % 2];
            let labels = &pairs[i / 2 * 2..][..i % 2];
            for labels in [labels, &labels[..0]] {
                let id = batch.push_lent(name, labels, 0.0, round).expect("a good event");
                assert_eq!(said.id(name, labels), Ok(id));
            }
        }
    }
    let row = batch.len();
    let bad = [("a", ""), ("a", "")];
    for _ in 0..2 {
        let error = batch.push_lent("x", Vec::leak(bad.to_vec()), 0.0, 0).expect_err("two a");
        assert_eq!(error.row, row);
    }
    drop(batch);
    assert_eq!(lent.len(), said.len());
}
