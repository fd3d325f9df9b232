//! An interner beside a map of sorted labels, over names and labels that are easily mistaken for
//! each other: cut elsewhere, in another order, of lengths around those that are compared by the
//! word.

use lanefold::Interner;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Few letters, so that pieces of different series share starts, ends and lengths.
fn piece(least: usize) -> impl Strategy<Value = String> {
    let lengths = [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 24, 25, 33];
    let lengths: Vec<usize> = lengths.into_iter().filter(|&length| length >= least).collect();
    (prop::sample::select(lengths), 0_usize..40, prop::sample::select(vec!['b', 'é'])).prop_map(
        |(length, at, letter)| {
            // One letter that differs, somewhere.
            (0..length).map(|i| if i == at % length.max(1) { letter } else { 'a' }).collect()
        },
    )
}

type Event = (String, Vec<(String, String)>);

fn event() -> impl Strategy<Value = Event> {
    (piece(1), prop::collection::vec((piece(1), piece(0)), 0..12)).prop_map(|(name, mut labels)| {
        let mut keys = BTreeSet::new();
        labels.retain(|(key, _)| keys.insert(key.clone()));
        (name, labels)
    })
}

proptest! {
    #[test]
    fn numbers_are_those_of_a_map(
        events in prop::collection::vec((event(), any::<prop::sample::Index>()), 1..60),
    ) {
        let mut series = Interner::new();
        let mut model: BTreeMap<(String, BTreeMap<String, String>), u32> = BTreeMap::new();
        for ((name, mut labels), turn) in events {
            let next = model.len() as u32;
            let key = (name.clone(), labels.iter().cloned().collect());
            let expected = *model.entry(key).or_insert(next);
            prop_assert_eq!(series.id(&name, &labels), Ok(expected));
            if !labels.is_empty() {
                let turn = turn.index(labels.len());
                labels.rotate_left(turn);
                prop_assert_eq!(series.id(&name, &labels), Ok(expected));
            }
            labels.sort();
            prop_assert_eq!(series.id(&name, &labels), Ok(expected));
        }
        prop_assert_eq!(series.len(), model.len());
        for ((name, labels), id) in &model {
            let (own, pairs) = series.get(*id).expect("a series");
            let labels = labels.iter().map(|(key, value)| (&**key, &**value));
            prop_assert_eq!(own, name);
            prop_assert!(pairs.eq(labels));
        }
    }
}
