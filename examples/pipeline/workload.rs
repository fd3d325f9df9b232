//! The events, made beforehand, so that no rung is charged for reading text.
//!
//! An event borrows its name and its labels from the producer that sent it, as an agent inside
//! of a service sees them: a producer has its label set once, and sends values. There are 1,000
//! producers with series of their own: 20 metrics, of hosts, regions and so on, three to five
//! labels each, sorted by key. Some have a second spelling, with their labels in another order,
//! which one event in 50 uses. How often a producer sends follows Zipf's law; values are
//! lognormal, as latencies are.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "numbers of events and of series are small"
)]

use std::f64::consts::TAU;
use std::fmt::{self, Display};

use fastrand::Rng;

/// Nanoseconds of a window.
pub(crate) const WINDOW: i64 = 10_000_000_000;
/// Batches of a window.
pub(crate) const BATCHES_OF_WINDOW: usize = 20;
/// Events of a batch.
pub(crate) const BATCH: usize = 25_000;
const SERIES: usize = 1_000;
/// 2026-01-01T00:00:00Z.
const START: i64 = 1_767_225_600_000_000_000;

/// A key and a value.
pub(crate) type Label<'a> = (&'a str, &'a str);

/// A value of a series, and when it was measured, in nanoseconds since 1970.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Event<'a> {
    pub(crate) name: &'a str,
    pub(crate) labels: &'a [Label<'a>],
    pub(crate) value: f64,
    pub(crate) timestamp: i64,
}

impl Event<'_> {
    /// The number of the window that it falls into.
    #[inline]
    pub(crate) fn window(&self) -> i64 {
        self.timestamp.div_euclid(WINDOW)
    }
}

/// A name and labels, as a result shows them: `name{key=value,key=value}`.
pub(crate) struct Name<'a, L>(pub(crate) &'a str, pub(crate) L);

impl<'b, L: Clone + Iterator<Item = Label<'b>>> Display for Name<'_, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{{", self.0)?;
        for (i, (key, value)) in self.1.clone().enumerate() {
            let comma = if i == 0 { "" } else { "," };
            write!(f, "{comma}{key}={value}")?;
        }
        f.write_str("}")
    }
}

/// What the producers lend.
pub(crate) struct Producers {
    names: Vec<String>,
    texts: Vec<Vec<(String, String)>>,
}

impl Producers {
    pub(crate) fn new() -> Self {
        const NOUNS: [&str; 5] = ["http_request", "db_query", "cache_get", "queue_wait", "rpc"];
        const UNITS: [&str; 4] = ["duration_ms", "size_bytes", "first_byte_ms", "retry_delay_ms"];
        const REGIONS: [&str; 4] = ["eu-central-1", "us-east-1", "ap-south-1", "sa-east-1"];
        let names = NOUNS.iter().flat_map(|noun| UNITS.iter().map(move |u| format!("{noun}_{u}")));
        let texts = (0..SERIES).map(|i| {
            let host = i / 20;
            let mut labels = vec![
                ("host", format!("node-{host:03}.cluster.local")),
                ("region", REGIONS[host % 4].to_owned()),
                ("service", format!("svc-{}", host % 7)),
            ];
            if i % 3 > 0 {
                labels.insert(0, ("code", ["200", "404", "500"][i % 3].to_owned()));
            }
            if i % 3 > 1 {
                labels.push(("zone", format!("{}", (b'a' + (i % 5) as u8) as char)));
            }
            labels.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
        });
        Self { names: names.collect(), texts: texts.collect() }
    }

    /// The labels of all series, in the order that is sorted, and in one that is not.
    pub(crate) fn labels(&self) -> [Vec<Vec<Label<'_>>>; 2] {
        let sorted: Vec<Vec<Label<'_>>> = (self.texts.iter())
            .map(|labels| labels.iter().map(|(key, value)| (&**key, &**value)).collect())
            .collect();
        let mut other = sorted.clone();
        for labels in &mut other {
            labels.reverse();
        }
        [sorted, other]
    }

    /// So many batches of events, the same for each call.
    pub(crate) fn events<'a>(
        &'a self,
        labels: &'a [Vec<Vec<Label<'a>>>; 2],
        batches: usize,
    ) -> Vec<Event<'a>> {
        let mut random = Rng::with_seed(7);
        // Zipf's law of exponent 1: the k-th of the producers sends as 1/k.
        let mut shares: Vec<f64> = (1..=SERIES).map(|k| 1.0 / k as f64).collect();
        for i in 1..SERIES {
            shares[i] += shares[i - 1];
        }
        let all = shares[SERIES - 1];
        let mut ranks: Vec<usize> = (0..SERIES).collect();
        random.shuffle(&mut ranks);
        let step = WINDOW / (BATCHES_OF_WINDOW * BATCH) as i64;
        let events = (0..batches * BATCH).map(|i| {
            let at = random.f64() * all;
            let series = ranks[shares.partition_point(|&share| share <= at).min(SERIES - 1)];
            let spelling = usize::from(random.u32(0..50) == 0);
            // Box and Muller.
            let normal = (-2.0 * (1.0 - random.f64()).ln()).sqrt() * (TAU * random.f64()).cos();
            Event {
                name: &self.names[series % 20],
                labels: &labels[spelling][series],
                value: 10.0 * (0.5 * normal).exp(),
                timestamp: START + i as i64 * step,
            }
        });
        events.collect()
    }
}
