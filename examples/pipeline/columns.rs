//! Rungs 6 and 7: columns in an arena, numbers for series, groups of partials, and a sketch.
//!
//! 1. A [`Batch`] looks up the number of each event's series, by a hash of the name and all
//!    labels, and stores number, value and time in columns. These are the memory of an arena,
//!    which the next batch uses again.
//! 2. [`Grouped`] has a partial for each series. It puts the rows of a batch together by series,
//!    and takes each run in lanes. No values are kept.
//! 3. The partial is a sketch beside a deviation: the sketch also knows the count, the exact
//!    sum and the extremes of what it has seen, so nobody else is asked for those.
//! 4. When a window ends, its groups change places with those of the window before, and are
//!    handed out some at a time, in the batches that follow: no batch has to do it all. A
//!    partial that starts anew keeps its memory.
//!
//! Rung 7 also uses that producers keep their label sets, and lend them for as long as the service
//! runs: a series that was seen is known by the place of its labels ([`Batch::push_lent`]). Rung 6
//! hashes and compares all characters of each event, as a service must that reads text.
//!
//! Once every series has been there, and has had its range of values, a batch allocates
//! nothing.
#![allow(clippy::cast_possible_truncation, reason = "the interner counts in 32 bits")]

use std::mem;

use bumpalo::Bump;
use lanefold::{Aggregate, Batch, Grouped, Interner, QuantileSketch, StdDev};

use crate::statistics::{ALPHA, Rung, Sink, Statistics, rank_of_p99};
use crate::workload::{Event, Name, WINDOW};

/// Series that are handed out with a batch.
const SHARE: usize = 64;

type Groups = Grouped<(StdDev, QuantileSketch), f64>;

pub(crate) struct Columns<'p> {
    arena: Bump,
    interner: Interner<'p>,
    /// Whether labels are known by their place.
    by_place: bool,
    state: State,
}

struct State {
    window: Option<i64>,
    open: Groups,
    /// The window before, and how many of its series were handed out.
    ended: Option<(i64, usize)>,
    closed: Groups,
}

impl Columns<'_> {
    pub(crate) fn new(by_place: bool) -> Self {
        let sketch = QuantileSketch::new(ALPHA).expect("an error in range");
        let groups = || Grouped::new((StdDev::sample(), sketch));
        let state = State { window: None, open: groups(), ended: None, closed: groups() };
        Self { arena: Bump::new(), interner: Interner::new(), by_place, state }
    }
}

impl<'a> Rung<'a> for Columns<'a> {
    fn batch(&mut self, events: &[Event<'a>], sink: &mut Sink<'_>) {
        let mut batch = Batch::with_capacity(events.len(), &self.arena, &mut self.interner);
        for event in events {
            let Event { name, labels, value, timestamp } = *event;
            let done = if self.by_place {
                batch.push_lent(name, labels, value, timestamp)
            } else {
                batch.push(name, labels, value, timestamp)
            };
            done.expect("producers send good events");
        }
        let state = &mut self.state;
        let (mut series, mut values) = (batch.series(), batch.values());
        let mut timestamps = batch.timestamps();
        while let Some(first) = timestamps.first() {
            let window = first.div_euclid(WINDOW);
            let start = window * WINDOW;
            let is_in = |&time: &i64| time.wrapping_sub(start).cast_unsigned() < WINDOW as u64;
            // A whole batch as a rule, which is found out without a branch for each event.
            let all = timestamps.iter().fold(true, |all, time| all & is_in(time));
            let end = if all { None } else { timestamps.iter().position(|time| !is_in(time)) };
            let end = end.unwrap_or(timestamps.len());
            if state.window != Some(window) {
                state.turn(batch.interner(), sink);
                state.window = Some(window);
            }
            state.open.resize(batch.interner().len());
            let done = state.open.update(&series[..end], &values[..end]);
            done.expect("a group for each series");
            (series, values, timestamps) = (&series[end..], &values[end..], &timestamps[end..]);
        }
        state.hand_out(SHARE, batch.interner(), sink);
        drop(batch);
        self.arena.reset();
    }

    fn end(&mut self, sink: &mut Sink<'_>) {
        self.state.turn(&self.interner, sink);
        self.state.hand_out(usize::MAX, &self.interner, sink);
    }
}

impl State {
    /// Ends the window.
    fn turn(&mut self, interner: &Interner<'_>, sink: &mut Sink<'_>) {
        self.hand_out(usize::MAX, interner, sink);
        mem::swap(&mut self.open, &mut self.closed);
        self.ended = self.window.take().map(|window| (window, 0));
    }

    /// Hands out at most so many series of the window that has ended.
    fn hand_out(&mut self, most: usize, interner: &Interner<'_>, sink: &mut Sink<'_>) {
        let Some((window, from)) = self.ended else { return };
        let partials = self.closed.partials();
        let to = from.saturating_add(most).min(partials.len());
        for (id, (spread, sketch)) in (from..to).zip(&partials[from..to]) {
            let count = sketch.count();
            let (Some(min), Some(max)) = (sketch.min(), sketch.max()) else { continue };
            let deviation = <StdDev as Aggregate<f64>>::finish(&StdDev::sample(), spread);
            let statistics = Statistics {
                count,
                sum: sketch.sum(),
                mean: sketch.sum() / count as f64,
                min,
                max,
                std_dev: deviation.unwrap_or_default(),
                p99: sketch.quantile(share_of_p99(count)).unwrap_or_default(),
            };
            let Some((name, labels)) = interner.get(id as u32) else { continue };
            sink(window, &Name(name, labels), &statistics);
        }
        if to < partials.len() {
            self.ended = Some((window, to));
        } else {
            self.closed.reset();
            self.ended = None;
        }
    }
}

/// A quantile of the sketch, which takes the rank `⌊q · (count - 1)⌋`, that has the rank which all
/// rungs give.
fn share_of_p99(count: u64) -> f64 {
    let rank = rank_of_p99(count);
    if rank + 1 == count { 1.0 } else { (rank as f64 + 0.5) / (count - 1) as f64 }
}
