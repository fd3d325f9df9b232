//! What was measured, and the table of it.

use std::fmt::{self, Display};
use std::num::ParseFloatError;
use std::str::FromStr;

use comfy_table::{CellAlignment, Table, presets};
use lanefold::{Aggregate, Max, Quantiles};

use crate::rungs::{NAMES, Run};

/// A run in numbers. As text, they are what a child process hands to the one that asked.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Measured {
    /// Events in a second.
    pub(crate) rate: f64,
    /// Milliseconds of a batch: the median, the 99th percentile, the greatest.
    pub(crate) p50: f64,
    pub(crate) p99: f64,
    pub(crate) worst: f64,
    /// Of an event.
    pub(crate) allocations: f64,
    pub(crate) bytes: f64,
}

impl Measured {
    pub(crate) fn of(run: &Run, events: usize) -> Result<Self, Box<dyn std::error::Error>> {
        let latencies = (Quantiles::new([0.5, 0.99])?, Max).of(&run.latencies);
        let (Some([p50, p99]), Some(worst)) = latencies else {
            return Err("no batches".into());
        };
        let rate = events as f64 / run.seconds;
        let (allocations, bytes) = (run.allocations, run.bytes);
        Ok(Self { rate, p50, p99, worst, allocations, bytes })
    }
}

impl Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rate, p50, p99, worst, allocations, bytes } = self;
        write!(f, "{rate} {p50} {p99} {worst} {allocations} {bytes}")
    }
}

impl FromStr for Measured {
    type Err = ParseFloatError;

    fn from_str(text: &str) -> Result<Self, ParseFloatError> {
        let mut words = text.split_whitespace();
        let mut next = || words.next().unwrap_or_default().parse();
        Ok(Self {
            rate: next()?,
            p50: next()?,
            p99: next()?,
            worst: next()?,
            allocations: next()?,
            bytes: next()?,
        })
    }
}

/// Prints the ladder.
pub(crate) fn print(ladder: &[Measured]) {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header([
        "",
        "rung",
        "M events/s",
        "multiple",
        "p50 ms",
        "p99 ms",
        "worst ms",
        "allocs/event",
        "bytes/event",
    ]);
    let first = ladder.first().map_or(1.0, |first| first.rate);
    for (i, (rung, name)) in ladder.iter().zip(NAMES).enumerate() {
        table.add_row([
            (i + 1).to_string(),
            name.to_owned(),
            format!("{:.2}", rung.rate / 1e6),
            format!("{:.1}", rung.rate / first),
            format!("{:.3}", rung.p50),
            format!("{:.3}", rung.p99),
            format!("{:.3}", rung.worst),
            format!("{:.4}", rung.allocations),
            format!("{:.1}", rung.bytes),
        ]);
    }
    for (i, column) in table.column_iter_mut().enumerate() {
        if i != 1 {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    for line in table.lines() {
        println!("{}", line.trim_end());
    }
}
