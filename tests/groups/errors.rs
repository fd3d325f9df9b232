//! Errors name the place, and nothing is taken in.

use lanefold::{
    Adapt, Aggregate, Count, GroupBy, GroupError, Grouped, LengthMismatch, Median, Sum,
};

fn three() -> Grouped<(Count, Sum), f64> {
    let mut grouped = Grouped::new((Count, Sum));
    grouped.resize(3);
    grouped.update(&[2, 0], &[1.0, 4.0]).expect("ids of groups");
    grouped
}

#[track_caller]
fn is_as_before(grouped: &Grouped<(Count, Sum), f64>) {
    assert!(grouped.finish().eq([(1, 4.0), (0, 0.0), (1, 1.0)]));
}

#[test]
fn an_id_that_is_no_group() {
    let mut grouped = three();
    for (row, id) in [(0, 3), (20_000, u32::MAX), (29_999, 3)] {
        let mut ids = vec![1; 30_000];
        ids[row] = id;
        let error = GroupError::Id { row, id, groups: 3 };
        assert_eq!(grouped.update(&ids, &vec![1.0; 30_000]), Err(error));
        is_as_before(&grouped);
        assert_eq!(error.to_string(), format!("the id at {row} is {id}, and there are 3 groups"));
    }
    assert_eq!(grouped.push(3, 1.0), Err(GroupError::Id { row: 0, id: 3, groups: 3 }));
    is_as_before(&grouped);
    let mut medians = Grouped::<_, f64>::new(Median);
    assert_eq!(medians.update(&[0], &[1.0]), Err(GroupError::Id { row: 0, id: 0, groups: 0 }));
    assert_eq!(medians.update(&[], &[]), Ok(()));
    assert_eq!(Sum.by(&[5], 5).of(&[1.0]), Err(GroupError::Id { row: 0, id: 5, groups: 5 }));
}

#[test]
fn lengths_that_differ() {
    let mut grouped = three();
    let error = grouped.update(&[0, 1], &[1.0]);
    assert_eq!(error, Err(GroupError::Rows { ids: 2, rows: 1 }));
    is_as_before(&grouped);
    assert_eq!(error.unwrap_err().to_string(), "2 ids or keys for 1 rows");
    let mut pairs = Grouped::<_, (f64, f64)>::new(Count);
    pairs.resize(1);
    let mismatch = LengthMismatch { left: 2, right: 1 };
    let error = pairs.update(&[0, 0], (&[1.0, 2.0], &[1.0]));
    assert_eq!(error, Err(GroupError::Columns(mismatch)));
    assert_eq!(error.unwrap_err().to_string(), mismatch.to_string());
}

#[test]
fn maps_and_places() {
    let (mut grouped, other) = (three(), three());
    let error = grouped.merge_mapped(&other, &[0, 1]);
    assert_eq!(error, Err(GroupError::Map { ids: 2, groups: 3 }));
    assert_eq!(error.unwrap_err().to_string(), "a map of 2 ids for 3 groups");
    let error = grouped.merge_mapped(&other, &[0, 1, 9]);
    assert_eq!(error, Err(GroupError::Id { row: 2, id: 9, groups: 3 }));
    is_as_before(&grouped);
    let mut places = [(9, 9.0); 2];
    let error = grouped.finish_into(&mut places);
    assert_eq!(error, Err(GroupError::Places { places: 2, groups: 3 }));
    assert_eq!(error.unwrap_err().to_string(), "2 places for the results of 3 groups");
    assert_eq!(places, [(9, 9.0); 2]);
}

#[test]
fn keys_that_do_not_fit_leave_no_trace() {
    let mut by = GroupBy::<String, _, f64>::new((Count, Sum));
    by.update(["a", "b"], &[1.0, 2.0]).expect("as many keys");
    let is_as_before = |by: &GroupBy<String, _, f64>| {
        assert_eq!(by.keys(), ["a", "b"]);
        assert_eq!((by.get("c"), by.get("a")), (None, Some((1, 1.0))));
    };
    for keys in [&["e"][..], &[]] {
        let error = by.update(keys, &[1.0, 2.0]);
        assert_eq!(error, Err(GroupError::Rows { ids: keys.len(), rows: 2 }));
        is_as_before(&by);
    }
    let error = by.update(["c", "a", "d"], &[1.0, 2.0]);
    assert_eq!(error, Err(GroupError::ManyKeys { rows: 2 }));
    assert_eq!(error.unwrap_err().to_string(), "more keys than the 2 rows");
    is_as_before(&by);
    // Keys without an end.
    let error = by.update((0..).map(|i| format!("{i}")), &[1.0, 2.0]);
    assert_eq!(error, Err(GroupError::ManyKeys { rows: 2 }));
    is_as_before(&by);
    by.update(["d", "c"], &[3.0, 4.0]).expect("as many keys");
    assert_eq!(by.keys(), ["a", "b", "d", "c"]);
    assert_eq!(by.get("c"), Some((1, 4.0)));
    assert_eq!(by.grouped().partials().len(), 4);
    assert_eq!(Sum.of(&[1.0]), 1.0);
}
