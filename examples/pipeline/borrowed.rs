//! Rung 3: a key that borrows. Name and labels stay with the producer, a `SmallVec` of references
//! to labels lies on the stack, and a map compares what they point to. Only the key of a series that
//! is new in its window moves into the map, and its values go to the heap.
//!
//! Rung 4 is the same with another allocator.

use std::collections::HashMap;

use smallvec::SmallVec;

use crate::statistics::{Rung, Sink, Statistics};
use crate::workload::{Event, Label, Name};

/// A name, and labels sorted by key.
type Key<'a> = (&'a str, SmallVec<[Label<'a>; 8]>);

pub(crate) struct Borrowed<'a> {
    window: Option<i64>,
    series: HashMap<Key<'a>, Vec<f64>>,
    statistics: fn(&[f64]) -> Statistics,
}

impl Borrowed<'_> {
    /// With a way to work out statistics.
    pub(crate) fn new(statistics: fn(&[f64]) -> Statistics) -> Self {
        Self { window: None, series: HashMap::new(), statistics }
    }
}

impl<'a> Rung<'a> for Borrowed<'a> {
    fn batch(&mut self, events: &[Event<'a>], sink: &mut Sink<'_>) {
        for event in events {
            let window = event.window();
            if self.window != Some(window) {
                self.end(sink);
                self.window = Some(window);
            }
            let mut labels = SmallVec::from_slice(event.labels);
            labels.sort_unstable();
            self.series.entry((event.name, labels)).or_default().push(event.value);
        }
    }

    fn end(&mut self, sink: &mut Sink<'_>) {
        let Some(window) = self.window.take() else { return };
        for ((name, labels), values) in self.series.drain() {
            let name = Name(name, labels.iter().copied());
            sink(window, &name, &(self.statistics)(&values));
        }
    }
}
