//! Events row by row in, columns out: batches whose memory is the caller's arena.
//!
//! | file | subject |
//! | --- | --- |
//! | `mod` | the batch: three columns |
//! | `interner` | from a name and labels to a number |
//! | `lent` | series by their place in memory |
//! | `text` | where names and labels are kept |
//! | `error` | what is wrong with an event |
//!
//! # Who owns what
//!
//! A batch borrows an arena and an interner. Its columns lie in the arena; what an event says of
//! its series is looked up, and not kept. When the batch is gone, the caller resets the arena,
//! which is one step, however many rows there were: it keeps its largest chunk of memory, so
//! that batches of about the same size allocate nothing from the second or third on.
//!
//! # How a series is found
//!
//! 1. Names and labels are hashed as they come, without a copy. Labels that come sorted by key,
//!    as those of most producers do, are found at once; and what is found needs no checks,
//!    since it passed them when it was new.
//! 2. Where labels are lent for as long as the interner lives ([`Batch::push_lent`]), the hash
//!    and the comparison are of addresses, for all but the first event of a series.
//! 3. Any other event takes the slow way, which sorts references to its labels and looks again.
//!    No spelling but the sorted one is kept, so producers that shuffle their labels cost time,
//!    and not memory.

mod error;
mod interner;
mod lent;
mod text;

pub use error::{EventError, EventProblem};
pub use interner::{Interner, MAX_LABELS};
pub use text::Labels;

use bumpalo::Bump;
use bumpalo::collections::Vec;

/// Events of a batch, as columns in an arena.
///
/// Takes events row by row, and hands out what [aggregates](crate::Aggregate) read: the
/// numbers of the series, the values and the timestamps, each as a slice. All of its memory is
/// the arena's. Reset that once the batch is dropped:
///
/// ```
/// use bumpalo::Bump;
/// use lanefold::{Aggregate, Batch, Interner, Max};
///
/// let mut arena = Bump::new();
/// let mut series = Interner::new();
/// for start in [0, 10] {
///     let mut batch = Batch::new(&arena, &mut series);
///     batch.push("latency", &[("host", "a1")], 0.25, start)?;
///     batch.push("latency", &[("host", "b7")], 0.5, start + 1)?;
///     assert_eq!((batch.series(), batch.timestamps()), (&[0, 1][..], &[start, start + 1][..]));
///     assert_eq!(Max.of(batch.values()), Some(0.5));
///     drop(batch);
///     arena.reset();
/// }
/// # Ok::<(), lanefold::EventError>(())
/// ```
///
/// - **Values** are any `f64`, NaN included, and **timestamps** any `i64`, in any order.
/// - **Bad input**: see [`Interner`]. An event that is refused leaves the batch as it was.
/// - **Cost**: what [`Interner::id`] costs, and three stores.
/// - **Allocation**: the arena's, where it has no room; the interner's, for a new series. A
///   batch that outgrows its room moves to other memory of the arena; [`with_capacity`]
///   spares that.
///
/// [`with_capacity`]: Self::with_capacity
#[derive(Debug)]
pub struct Batch<'a, 'p> {
    interner: &'a mut Interner<'p>,
    series: Vec<'a, u32>,
    values: Vec<'a, f64>,
    timestamps: Vec<'a, i64>,
}

impl<'a, 'p> Batch<'a, 'p> {
    /// A batch without rows.
    #[must_use]
    pub fn new(arena: &'a Bump, interner: &'a mut Interner<'p>) -> Self {
        Self::with_capacity(0, arena, interner)
    }

    /// A batch without rows, and with room for so many.
    ///
    /// # Panics
    ///
    /// If that is more memory than there is.
    #[must_use]
    pub fn with_capacity(rows: usize, arena: &'a Bump, interner: &'a mut Interner<'p>) -> Self {
        Self {
            interner,
            series: Vec::with_capacity_in(rows, arena),
            values: Vec::with_capacity_in(rows, arena),
            timestamps: Vec::with_capacity_in(rows, arena),
        }
    }

    /// Takes in an event; gives the number of its series.
    ///
    /// # Errors
    ///
    /// If the name or the labels are bad: see [`Interner`]. The error has the row that the
    /// event would have been.
    #[inline]
    pub fn push<K, V>(
        &mut self,
        name: &str,
        labels: &[(K, V)],
        value: f64,
        timestamp: i64,
    ) -> Result<u32, EventError>
    where
        K: AsRef<str>,
        V: AsRef<str>,
    {
        let id = self.interner.find_or_add(name, labels);
        self.put(id, value, timestamp)
    }

    /// The same for a name and labels that are lent for as long as the interner lives: what was
    /// seen at the same place before is not read again. See [`Interner::id_lent`].
    ///
    /// ```
    /// use bumpalo::Bump;
    /// use lanefold::{Batch, Interner};
    ///
    /// let labels = [("host", "a1"), ("region", "eu")];
    /// let (arena, mut series) = (Bump::new(), Interner::new());
    /// let mut batch = Batch::new(&arena, &mut series);
    /// for i in 0..100 {
    ///     batch.push_lent("latency", &labels, 0.25, i)?;
    /// }
    /// assert_eq!(batch.series(), [0; 100]);
    /// # Ok::<(), lanefold::EventError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`push`](Self::push).
    #[inline]
    pub fn push_lent(
        &mut self,
        name: &'p str,
        labels: &'p [(&'p str, &'p str)],
        value: f64,
        timestamp: i64,
    ) -> Result<u32, EventError> {
        let id = self.interner.find_or_add_lent(name, labels);
        self.put(id, value, timestamp)
    }

    /// Adds a row, if its series is good.
    #[inline(always)]
    fn put(
        &mut self,
        id: Result<u32, EventProblem>,
        value: f64,
        timestamp: i64,
    ) -> Result<u32, EventError> {
        let id = id.map_err(|problem| EventError { row: self.len(), problem })?;
        self.series.push(id);
        self.values.push(value);
        self.timestamps.push(timestamp);
        Ok(id)
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.series.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.series.is_empty()
    }

    /// The number of each row's series.
    #[must_use]
    pub fn series(&self) -> &[u32] {
        &self.series
    }

    /// Each row's value.
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// Each row's timestamp.
    #[must_use]
    pub fn timestamps(&self) -> &[i64] {
        &self.timestamps
    }

    /// The interner, for the names of the series.
    #[must_use]
    pub fn interner(&self) -> &Interner<'p> {
        self.interner
    }
}
