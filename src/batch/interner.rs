//! From a name and labels to a small number.

use super::error::{EventError, EventProblem};
use super::lent::Lent;
use super::text::{Labels, Texts};
use core::hash::{BuildHasher, Hasher};
use foldhash::fast::RandomState;
use hashbrown::HashTable;
use smallvec::SmallVec;

/// The most labels of a series.
pub const MAX_LABELS: usize = 64;

/// Labels that are sorted without an allocation.
pub(super) const INLINE_LABELS: usize = 8;

/// The numbers of series: 0 for the first that it saw, 1 for the second, and so on.
///
/// A series is a name and a set of labels, in any order. Its number indexes whatever is kept for
/// each series. An interner outlives the batches, and forgets nothing.
///
/// - **Bad input**: an empty name, an empty key, two labels of one key, or more than
///   [`MAX_LABELS`] are an [`EventError`], and change nothing. Values may be empty.
/// - **Cost**: a hash of all characters, and a comparison with one series, where labels come
///   sorted by key and the series is known. Else labels are sorted: on the stack, up to eight.
/// - **Allocation**: for a series that was not seen before, and where more than eight labels
///   come in no order.
/// - **Determinism**: numbers depend on the order of first appearance alone. The hash
///   (`foldhash`) has a seed of its own in each process, which no result shows.
///
/// ```
/// use lanefold::Interner;
/// let mut series = Interner::new();
/// let eu = series.id("latency", &[("host", "a1"), ("region", "eu")])?;
/// let us = series.id("latency", &[("host", "a1"), ("region", "us")])?;
/// assert_eq!((eu, us), (0, 1));
/// assert_eq!(series.id("latency", &[("region", "eu"), ("host", "a1")])?, eu);
///
/// let error = series.id("latency", &[("host", "a1"), ("host", "a2")]).unwrap_err();
/// assert_eq!(error.to_string(), r#"row 0: two labels of "latency" have the key "host""#);
/// # Ok::<(), lanefold::EventError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Interner<'p> {
    lent: Lent<'p>,
    table: HashTable<Entry>,
    texts: Texts,
    hasher: RandomState,
}

/// A series, and its hash: what shares a slot is mostly told apart without a look at the text,
/// and a table that grows does not hash again.
#[derive(Clone, Copy, Debug)]
struct Entry {
    hash: u64,
    id: u32,
}

impl<'p> Interner<'p> {
    /// An interner without series.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many series there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.texts.series()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The name and the labels of a series, sorted by key; `None` for a number that no series
    /// has.
    #[must_use]
    pub fn get(&self, id: u32) -> Option<(&str, Labels<'_>)> {
        self.texts.get(id)
    }

    /// The number of a series, which gets one if it is new.
    ///
    /// # Errors
    ///
    /// If the name or the labels are bad; see the [type](Self). The row of the error is 0.
    #[inline]
    pub fn id<K, V>(&mut self, name: &str, labels: &[(K, V)]) -> Result<u32, EventError>
    where
        K: AsRef<str>,
        V: AsRef<str>,
    {
        let id = self.find_or_add(name, labels);
        id.map_err(|problem| EventError { row: 0, problem })
    }

    #[inline(always)]
    pub(super) fn find_or_add<K, V>(
        &mut self,
        name: &str,
        labels: &[(K, V)],
    ) -> Result<u32, EventProblem>
    where
        K: AsRef<str>,
        V: AsRef<str>,
    {
        let hash = self.hash(name, labels);
        let found = self
            .table
            .find(hash, |entry| entry.hash == hash && self.texts.is(entry.id, name, labels));
        match found {
            // What is there was checked when it came.
            Some(entry) => Ok(entry.id),
            None => self.other(name, labels),
        }
    }

    /// The same as [`id`](Self::id), for a name and labels that are lent for as long as the
    /// interner lives, as by producers that have a label set each and send values.
    ///
    /// Where they lie at the same place as some that were lent before, they are the same, and
    /// nothing of them is read: that takes a few nanoseconds, where a look at all characters takes
    /// a hundred. For the places, the interner takes 160 KiB when this is called first; of more
    /// than some thousand places, some are forgotten and read again.
    ///
    /// ```
    /// use lanefold::Interner;
    /// let labels = [("region", "eu"), ("host", "a1")];
    /// let mut series = Interner::new();
    /// assert_eq!(series.id_lent("latency", &labels)?, 0);
    /// assert_eq!(series.id_lent("latency", &labels)?, 0);
    /// assert_eq!(series.id("latency", &[("host", "a1"), ("region", "eu")])?, 0);
    /// # Ok::<(), lanefold::EventError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`id`](Self::id).
    #[inline]
    pub fn id_lent(
        &mut self,
        name: &'p str,
        labels: &'p [(&'p str, &'p str)],
    ) -> Result<u32, EventError> {
        let id = self.find_or_add_lent(name, labels);
        id.map_err(|problem| EventError { row: 0, problem })
    }

    #[inline(always)]
    pub(super) fn find_or_add_lent(
        &mut self,
        name: &'p str,
        labels: &'p [(&'p str, &'p str)],
    ) -> Result<u32, EventProblem> {
        let mut hasher = self.hasher.build_hasher();
        hasher.write_usize(name.as_ptr().addr());
        hasher.write_usize(labels.as_ptr().addr());
        let hash = hasher.finish();
        match self.lent.get(hash, (name, labels)) {
            Some(id) => Ok(id),
            None => self.other_place(hash, name, labels),
        }
    }

    #[cold]
    #[inline(never)]
    fn other_place(
        &mut self,
        hash: u64,
        name: &'p str,
        labels: &'p [(&'p str, &'p str)],
    ) -> Result<u32, EventProblem> {
        let id = self.find_or_add(name, labels)?;
        self.lent.put(hash, (name, labels), id);
        Ok(id)
    }

    /// Series that are new, labels in another order, and bad ones.
    #[cold]
    #[inline(never)]
    fn other<K, V>(&mut self, name: &str, labels: &[(K, V)]) -> Result<u32, EventProblem>
    where
        K: AsRef<str>,
        V: AsRef<str>,
    {
        if name.is_empty() {
            return Err(EventProblem::EmptyName);
        }
        if labels.len() > MAX_LABELS {
            return Err(EventProblem::TooManyLabels { name: name.into(), labels: labels.len() });
        }
        let mut sorted: SmallVec<[(&str, &str); INLINE_LABELS]> =
            labels.iter().map(|(key, value)| (key.as_ref(), value.as_ref())).collect();
        if let Some(label) = sorted.iter().position(|(key, _)| key.is_empty()) {
            return Err(EventProblem::EmptyKey { name: name.into(), label });
        }
        sorted.sort_unstable_by_key(|&(key, _)| key);
        if let Some(pair) = sorted.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            return Err(EventProblem::DuplicateKey { name: name.into(), key: pair[0].0.into() });
        }
        let hash = self.hash(name, &sorted);
        let found = self
            .table
            .find(hash, |entry| entry.hash == hash && self.texts.is(entry.id, name, &sorted));
        if let Some(entry) = found {
            return Ok(entry.id);
        }
        let id = self.texts.add(name, &sorted);
        let id = id.ok_or(EventProblem::TooManySeries { series: self.len() })?;
        self.table.insert_unique(hash, Entry { hash, id }, |entry| entry.hash);
        Ok(id)
    }

    #[inline(always)]
    fn hash<K: AsRef<str>, V: AsRef<str>>(&self, name: &str, labels: &[(K, V)]) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        hasher.write(name.as_bytes());
        for (key, value) in labels {
            hasher.write(key.as_ref().as_bytes());
            hasher.write(value.as_ref().as_bytes());
        }
        hasher.finish()
    }
}
