//! Rung 6.
use bumpalo::Bump;
use lanefold::{Batch, Interner};
use crate::statistics::{Rung, Sink};
use crate::workload::{Event};
pub(crate) struct Columns { arena: Bump, interner: Interner, sum: f64 }
impl Columns { pub(crate) fn new() -> Self { Self { arena: Bump::new(), interner: Interner::new(), sum: 0.0 } } }
impl<'a> Rung<'a> for Columns {
    fn batch(&mut self, events: &[Event<'a>], _sink: &mut Sink<'_>) {
        let mut batch = Batch::with_capacity(events.len(), &self.arena, &mut self.interner);
        for e in events { batch.push(e.name, e.labels, e.value, e.timestamp).unwrap(); }
        self.sum += lanefold::sum(batch.values()) + batch.series().iter().sum::<u32>() as f64;
        drop(batch);
        self.arena.reset();
    }
    fn end(&mut self, _sink: &mut Sink<'_>) {}
}
