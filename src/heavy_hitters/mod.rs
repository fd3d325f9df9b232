//! The values that come most often.
//!
//! Space-saving (Metwally, Agrawal and El Abbadi, *Efficient Computation of Frequent and Top-k
//! Elements in Data Streams*, 2005), and the merging of such summaries (Agarwal, Cormode, Huang,
//! Phillips, Wei and Yi, *Mergeable Summaries*, 2012). `counters` has the algorithm.

mod counters;

use crate::adapt::Adapt;
use crate::aggregate::Aggregate;
use crate::backend::Simd;
use crate::extrema::is_nan;
use crate::hash::hash_block;
use crate::key::{BLOCK, Key};
use crate::number::Number;
use crate::row::NumericRow;
use crate::stored::stored;
use crate::tile::Tile;
use alloc::vec::Vec;
use core::cmp::Ordering;
use core::fmt;
use core::marker::PhantomData;
use counters::Counters;

/// The values that come most often, each with the number of its rows, within a bound.
///
/// Takes rows of any number, and gives [`FrequentValues`]. With a capacity of `k` values, of `n`
/// rows:
///
/// - **Every** value of more than `n / k` rows is listed.
/// - **Counts** are never too low, and too high by at most `n / k`. Each comes with its own
///   bound, which is 0 for what is listed since its first row. While there are at most `k`
///   different values all is exact.
/// - **Empty**, or all null: no values.
/// - **NaN** is a value, and all NaN are one, listed as [`f64::NAN`]; zeros of both signs are
///   one, too, listed as `+0.0`.
/// - **Overflow**: none.
/// - **Order** of the list: greater counts first, then lesser errors, then lesser values, NaN
///   last. *Of rows*: where there are more than `k` different values, counts depend on it (the
///   bounds do not), and so they do on the tree of merges. The backend, and the cut of a stream,
///   change nothing.
/// - **Ties**: a value that is not listed takes the place of the one of the least count; of
///   several, that whose place was given out first. Of a merge the greater counts stay, then the
///   lesser errors, then the lesser encodings, and places are given out anew, in that order.
/// - **Merge**: the bounds hold for the rows of both. Where the partials are of different
///   capacities, the result is of the lower one.
/// - **Cost**: one pass. A partial allocates about 35 bytes for each value that is listed.
///
/// The hash is fixed, and can be undone: whoever chooses the values can choose them so that
/// each takes as many steps as there are listed ones. Values from a hostile source take a keyed
/// hash first.
///
/// ```
/// use lanefold::{Aggregate, HeavyHitters};
/// let codes = [200, 200, 404, 200, 500, 200, 404, 200_u16];
/// let frequent = HeavyHitters::new(10)?.of(&codes);
/// let list: Vec<_> = frequent.values.iter().map(|x| (x.value, x.count, x.error)).collect();
/// assert_eq!(list, [(200, 5, 0), (404, 2, 0), (500, 1, 0)]);
///
/// // With two places only: 500 took that of 404, and 404 took it back.
/// let frequent = HeavyHitters::new(2)?.of(&codes);
/// let list: Vec<_> = frequent.values.iter().map(|x| (x.value, x.count, x.error)).collect();
/// assert_eq!(list, [(200, 5, 0), (404, 3, 2)]);
/// assert_eq!(frequent.others, 2);
/// # Ok::<(), lanefold::CapacityError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct HeavyHitters {
    capacity: u32,
}

impl HeavyHitters {
    /// A summary of so many values.
    ///
    /// # Errors
    ///
    /// If the capacity is 0, or is not less than 2³².
    pub fn new(capacity: usize) -> Result<Self, CapacityError> {
        match u32::try_from(capacity) {
            Ok(1..) => Ok(Self { capacity: capacity as u32 }),
            _ => Err(CapacityError { capacity }),
        }
    }

    /// The capacity.
    #[must_use]
    pub const fn capacity(&self) -> usize {
        self.capacity as usize
    }
}

/// A capacity that no [`HeavyHitters`] has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CapacityError {
    /// What was asked for.
    pub capacity: usize,
}

impl fmt::Display for CapacityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a capacity of {}, which should be 1 to {}", self.capacity, u32::MAX)
    }
}

impl core::error::Error for CapacityError {}

/// What [`HeavyHitters`] gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrequentValues<T> {
    /// The values that are listed, those that come most often first.
    pub values: Vec<FrequentValue<T>>,
    /// Rows that are not null.
    pub rows: u64,
    /// No value that is not listed has more rows.
    pub others: u64,
}

/// A value that comes often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrequentValue<T> {
    /// The value.
    pub value: T,
    /// It has at most so many rows,
    pub count: u64,
    /// and fewer by at most so many.
    pub error: u64,
}

/// The partial of [`HeavyHitters`].
#[derive(Clone, Debug)]
pub struct FrequentPartial<T> {
    counters: Counters,
    of: PhantomData<T>,
}

stored! {
    [T: Number] FrequentPartial<T> as "FrequentPartial" |it| {
        v = 1,
        capacity: Itself<u32> = it.counters.capacity(),
        rows: Rows = it.counters.rows(),
        others: Rows = it.counters.others(),
        keys: List<Itself<u64>> = it.counters.list().map(|(key, ..)| key).collect(),
        counts: List<Rows> = it.counters.list().map(|(_, count, _)| count).collect(),
        errors: List<Rows> = it.counters.list().map(|(.., error)| error).collect(),
    }
    refuses {
        capacity if capacity == 0, "at least 1";
        keys if keys.len() > capacity as usize, "more than the capacity";
        keys if keys.iter().any(|&key| T::of_distinct_key(key).distinct_key() != key),
            "not of values of the type";
        keys if counters::has_twice(&keys), "each once";
        counts if counts.len() != keys.len(), "not as many as keys";
        errors if errors.len() != keys.len(), "not as many as keys";
        errors if errors.iter().zip(&counts).any(|(error, count)| error >= count),
            "each value has a row";
        errors if errors.iter().any(|&error| error > others), "no more than others";
        counts if counts.iter().any(|&count| count < others), "no fewer than others";
        counts if counters::has_more(&counts, rows), "more than there are rows";
        rows if others == 0 && rows != counts.iter().sum(), "all are counted";
        others if others > 0 && keys.len() < capacity as usize, "no value is left out";
    }
    => FrequentPartial {
        counters: Counters::of_parts(capacity, [rows, others], keys, counts, errors),
        of: PhantomData,
    }
}

impl Adapt for HeavyHitters {}

impl<R: NumericRow> Aggregate<R> for HeavyHitters {
    type Partial = FrequentPartial<R::Value>;
    type Output = FrequentValues<R::Value>;

    /// Merged summaries know less than one of all rows.
    const ONE_BLOCK: bool = true;

    #[inline(always)]
    fn identity(&self) -> Self::Partial {
        FrequentPartial { counters: Counters::new(self.capacity), of: PhantomData }
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut Self::Partial, tile: &Tile<'_, R, S>) {
        let (blocks, rest) = R::values(tile.column()).as_chunks::<BLOCK>();
        let mut room = [0; BLOCK];
        let mut hashes = [0; BLOCK];
        for (i, block) in blocks.iter().enumerate() {
            let keys = R::Value::distinct_keys(block, &mut room);
            hash_block(tile.simd(), keys, BLOCK, 0, &mut hashes);
            partial.counters.absorb(keys, &hashes, tile.present(i));
        }
        if !rest.is_empty() {
            for (key, &value) in room.iter_mut().zip(rest) {
                *key = value.distinct_key();
            }
            hash_block(tile.simd(), &room, rest.len(), 0, &mut hashes);
            partial.counters.absorb(&room, &hashes, tile.present(blocks.len()));
        }
    }
    #[inline(always)]
    fn merge(&self, into: &mut Self::Partial, other: &Self::Partial) {
        into.counters.merge(&other.counters);
    }
    #[inline(always)]
    fn finish(&self, partial: &Self::Partial) -> Self::Output {
        let counters = &partial.counters;
        let mut values: Vec<_> = counters
            .list()
            .map(|(key, count, error)| FrequentValue {
                value: R::Value::of_distinct_key(key),
                count,
                error,
            })
            .collect();
        values.sort_unstable_by(|a, b| {
            let counts = b.count.cmp(&a.count).then(a.error.cmp(&b.error));
            counts.then_with(|| order(a.value, b.value))
        });
        FrequentValues { values, rows: counters.rows(), others: counters.others() }
    }
}

/// The order of different values; NaN is the last.
fn order<T: Number>(a: T, b: T) -> Ordering {
    a.partial_cmp(&b).unwrap_or_else(|| is_nan(a).cmp(&is_nan(b)))
}
