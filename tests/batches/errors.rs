//! Bad events.

use bumpalo::Bump;
use lanefold::{Batch, EventError, EventProblem, Interner, MAX_LABELS};

type Labels = Vec<(String, String)>;

fn labels(keys: &[&str]) -> Labels {
    keys.iter().enumerate().map(|(i, key)| ((*key).to_owned(), i.to_string())).collect()
}

fn numbered(count: usize) -> Labels {
    (0..count).map(|i| (format!("k{i}"), String::new())).collect()
}

/// What is wrong, the words for it in row 3, and an event that has it.
fn bad() -> Vec<(EventProblem, String, &'static str, Labels)> {
    let name = || "cpu".to_owned();
    vec![
        (EventProblem::EmptyName, "row 3: the name is empty".to_owned(), "", labels(&["a"])),
        (
            EventProblem::TooManyLabels { name: name(), labels: MAX_LABELS + 1 },
            r#"row 3: "cpu" has 65 labels, and 64 are allowed"#.to_owned(),
            "cpu",
            numbered(MAX_LABELS + 1),
        ),
        (
            EventProblem::EmptyKey { name: name(), label: 1 },
            r#"row 3: the key of label 1 of "cpu" is empty"#.to_owned(),
            "cpu",
            labels(&["b", "", "a"]),
        ),
        (
            EventProblem::DuplicateKey { name: name(), key: "b".to_owned() },
            r#"row 3: two labels of "cpu" have the key "b""#.to_owned(),
            "cpu",
            labels(&["b", "a", "b"]),
        ),
        (
            EventProblem::DuplicateKey { name: name(), key: "k7".to_owned() },
            r#"row 3: two labels of "cpu" have the key "k7""#.to_owned(),
            "cpu",
            [numbered(12), labels(&["k7"])].concat(),
        ),
    ]
}

#[test]
fn a_bad_event_is_an_error_and_changes_nothing() {
    for (problem, words, name, labels) in bad() {
        let arena = Bump::new();
        let mut series = Interner::new();
        let mut batch = Batch::new(&arena, &mut series);
        for i in 0..3 {
            batch.push("cpu", &[("host", "a")], f64::from(i), i64::from(i)).expect("a good event");
        }
        // Twice: what is wrong stays wrong.
        for _ in 0..2 {
            let error = batch.push(name, &labels, 3.0, 3).expect_err("a bad event");
            assert_eq!(error.to_string(), words);
            assert_eq!(error, EventError { row: 3, problem: problem.clone() });
        }
        assert_eq!((batch.len(), batch.series().len(), batch.timestamps().len()), (3, 3, 3));
        assert_eq!(batch.values(), [0.0, 1.0, 2.0]);
        batch.push("cpu", &[("host", "b")], 3.0, 3).expect("a good event");
        assert_eq!(batch.series(), [0, 0, 0, 1]);
        drop(batch);
        assert_eq!(series.len(), 2);
    }
}

#[test]
fn the_most_labels_are_taken_in() {
    let mut series = Interner::new();
    let most = numbered(MAX_LABELS);
    assert_eq!(series.id("cpu", &most), Ok(0));
    let reversed: Labels = most.iter().rev().cloned().collect();
    assert_eq!(series.id("cpu", &reversed), Ok(0));
    let (_, labels) = series.get(0).expect("a series");
    assert_eq!(labels.len(), MAX_LABELS);
    assert_eq!(series.get(1).map(|series| series.0), None);
}
