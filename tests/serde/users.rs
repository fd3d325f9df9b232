//! Partials in structs of one's own, and partials of one's own.

use crate::columns::partial;
use lanefold::{Aggregate, Backend, Count, ExactSum, Max, Mean, Simd, Tile};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Series {
    name: String,
    mean: <Mean as Aggregate<f64>>::Partial,
    all: <(Count, ExactSum, Longest) as Aggregate<f64>>::Partial,
}

/// The longest run of values that are not negative within a tile.
#[derive(Clone, Debug)]
struct Longest;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Run {
    rows: usize,
}

impl Aggregate<f64> for Longest {
    type Partial = Run;
    type Output = usize;

    fn identity(&self) -> Run {
        Run { rows: 0 }
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut Run, tile: &Tile<'_, f64, S>) {
        let mut run = 0;
        for &x in tile.column() {
            run = if x < 0.0 { 0 } else { run + 1 };
            partial.rows = partial.rows.max(run);
        }
    }
    fn merge(&self, into: &mut Run, other: &Run) {
        into.rows = into.rows.max(other.rows);
    }
    fn finish(&self, partial: &Run) -> usize {
        partial.rows
    }
}

#[test]
fn in_a_struct_of_ones_own() {
    let rows = [1.0, 2.0, f64::INFINITY, -1.0];
    let all = (Count, ExactSum, Longest);
    let series = Series {
        name: "a".into(),
        mean: partial(Backend::best(), &Mean, &rows),
        all: partial(Backend::best(), &all, &rows),
    };
    let json = serde_json::to_string(&series).expect("a struct");
    let read: Series = serde_json::from_str(&json).expect("what was stored");
    assert_eq!(serde_json::to_string(&read).expect("a struct"), json);
    let bytes = postcard::to_stdvec(&series).expect("a struct");
    let read: Series = postcard::from_bytes(&bytes).expect("what was stored");
    assert_eq!((read.name, read.mean), (series.name, series.mean));
    assert_eq!(Aggregate::<f64>::finish(&all, &read.all), (4, f64::INFINITY, 3));
}

/// As a program goes on where another stopped.
#[test]
fn a_stored_partial_goes_on() {
    let aggregate = (Mean, Max);
    let stored = postcard::to_stdvec(&partial(Backend::best(), &aggregate, &[1.0, 5.0]));
    let read = postcard::from_bytes(&stored.expect("a tuple")).expect("what was stored");
    let mut stream = aggregate.accumulator();
    stream.merge_partial(&read);
    stream.push(3.0);
    assert_eq!(stream.finish(), (Some(3.0), Some(5.0)));
}
