//! Rung 1: as one writes it first. Owned strings, a `Vec` for each stage, a map of strings, and
//! statistics by a sort and plain loops.
#![allow(clippy::cast_possible_truncation, reason = "a place in a vector")]

use std::collections::HashMap;

use crate::statistics::{Rung, Sink, Statistics, rank_of_p99};
use crate::workload::Event;

struct Owned {
    name: String,
    labels: Vec<(String, String)>,
    value: f64,
    window: i64,
}

#[derive(Default)]
pub(crate) struct Naive {
    window: Option<i64>,
    series: HashMap<String, Vec<f64>>,
}

impl<'a> Rung<'a> for Naive {
    fn batch(&mut self, events: &[Event<'a>], sink: &mut Sink<'_>) {
        let owned: Vec<Owned> = events
            .iter()
            .map(|event| Owned {
                name: event.name.to_owned(),
                labels: event.labels.iter().map(|&(k, v)| (k.to_owned(), v.to_owned())).collect(),
                value: event.value,
                window: event.window(),
            })
            .collect();
        let sorted: Vec<Owned> = owned
            .into_iter()
            .map(|mut event| {
                event.labels.sort();
                event
            })
            .collect();
        let named: Vec<(String, i64, f64)> = sorted
            .into_iter()
            .map(|event| {
                let labels: Vec<String> =
                    event.labels.iter().map(|(k, v)| format!("{k}={v}")).collect();
                let name = format!("{}{{{}}}", event.name, labels.join(","));
                (name, event.window, event.value)
            })
            .collect();
        for (name, window, value) in named {
            if self.window != Some(window) {
                self.end(sink);
                self.window = Some(window);
            }
            self.series.entry(name).or_default().push(value);
        }
    }

    fn end(&mut self, sink: &mut Sink<'_>) {
        let Some(window) = self.window.take() else { return };
        for (name, values) in self.series.drain() {
            sink(window, &name, &statistics(&values));
        }
    }
}

pub(crate) fn statistics(values: &[f64]) -> Statistics {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let count = sorted.len() as f64;
    let mut sum = 0.0;
    for value in values {
        sum += value;
    }
    let mean = sum / count;
    let mut squares = 0.0;
    for value in values {
        squares += (value - mean) * (value - mean);
    }
    let count = sorted.len() as u64;
    Statistics {
        count,
        sum,
        mean,
        min: sorted[0],
        max: sorted[sorted.len() - 1],
        std_dev: if count > 1 { (squares / (count - 1) as f64).sqrt() } else { 0.0 },
        p99: sorted[rank_of_p99(count) as usize],
    }
}
