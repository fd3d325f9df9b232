//! Rung 2: the stages of rung 1 as one iterator. An event goes all the way before the next one
//! starts, so there are no vectors of events between stages, and no copies of strings that only
//! the next stage looks at.

use std::collections::HashMap;
use std::fmt::Write;

use crate::naive;
use crate::statistics::{Rung, Sink};
use crate::workload::Event;

#[derive(Default)]
pub(crate) struct Fused {
    window: Option<i64>,
    series: HashMap<String, Vec<f64>>,
}

impl<'a> Rung<'a> for Fused {
    fn batch(&mut self, events: &[Event<'a>], sink: &mut Sink<'_>) {
        let named = events.iter().map(|event| {
            let mut labels = event.labels.to_vec();
            labels.sort_unstable();
            let mut name = String::from(event.name);
            for (i, (key, value)) in labels.into_iter().enumerate() {
                let before = if i == 0 { '{' } else { ',' };
                let _ = write!(name, "{before}{key}={value}"); // a string takes all
            }
            name.push('}');
            (name, event.window(), event.value)
        });
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
            sink(window, &name, &naive::statistics(&values));
        }
    }
}
