//! Groups by key.

use super::error::GroupError;
use super::grouped::Grouped;
use super::key::AsKey;
use crate::aggregate::Aggregate;
use crate::backend::Backend;
use crate::column::IntoColumn;
use crate::row::Row;
use alloc::vec::Vec;
use core::fmt;
use core::hash::{BuildHasher, Hash};
use hashbrown::HashTable;

/// An aggregate of each group of rows that have the same key.
///
/// Keys are found in a hash table, and get ids in the order in which they were first seen;
/// the rest is [`Grouped`], with all that is said there. Keys are looked up by what stands
/// for them, see [`AsKey`]: `&str` for `String`, tuples of references for tuples. Memory is
/// taken where a key is new, and 4 bytes for each row of the longest call, which are kept.
///
/// - **Order** of the results: first seen, first given; or by key, see
///   [`sorted`](Self::sorted). It does not depend on the hasher.
/// - **Cost**: one pass over the keys, with a hash and a look into a table for each that is not
///   that of the row before, and one pass over ids and column. The hasher `S` is `foldhash`,
///   with a seed that differs between tables; give another to [`with_hasher`](Self::with_hasher)
///   where keys come from an adversary who can learn the seed.
///
/// ```
/// use lanefold::{Count, GroupBy, Max};
///
/// let mut requests = GroupBy::<String, _, f64>::new((Count, Max));
/// requests.update(["/users", "/login", "/users"], &[12.0, 250.0, 14.0])?;
/// requests.push("/logout", 3.0)?;
/// assert_eq!(requests.get("/users"), Some((2, Some(14.0))));
/// let paths: Vec<_> = requests.iter().map(|(path, _)| path.as_str()).collect();
/// assert_eq!(paths, ["/users", "/login", "/logout"]);
/// assert_eq!(requests.sorted()[0], (&"/login".to_owned(), (1, Some(250.0))));
/// # Ok::<(), lanefold::GroupError>(())
/// ```
#[derive(Clone)]
pub struct GroupBy<K, A: Aggregate<R>, R: Row, S = foldhash::fast::RandomState> {
    /// By id.
    keys: Vec<K>,
    ids: HashTable<u32>,
    hasher: S,
    grouped: Grouped<A, R>,
    /// Ids of the rows of a call.
    rows: Vec<u32>,
}

impl<K: Hash + Eq, A: Aggregate<R>, R: Row> GroupBy<K, A, R> {
    /// No keys, on the backend [`Backend::best`].
    pub fn new(aggregate: A) -> Self {
        Self::on(Backend::best(), aggregate)
    }

    /// No keys, on a given backend.
    pub fn on(backend: Backend, aggregate: A) -> Self {
        Self::with_hasher(backend, aggregate, foldhash::fast::RandomState::default())
    }
}

impl<K: Hash + Eq, A: Aggregate<R>, R: Row, S: BuildHasher> GroupBy<K, A, R, S> {
    /// No keys, on a given backend, and with a given hasher.
    pub fn with_hasher(backend: Backend, aggregate: A, hasher: S) -> Self {
        Self {
            keys: Vec::new(),
            ids: HashTable::new(),
            hasher,
            grouped: Grouped::on(backend, aggregate),
            rows: Vec::new(),
        }
    }

    /// Takes in a column, whose rows have these keys.
    ///
    /// # Errors
    ///
    /// If there is not one key for each row (of keys beyond, the first is the last that is looked
    /// at), if there are more different keys than a `u32` counts, or if the columns of a pair
    /// differ in length. No row is taken in then, and no key is new.
    pub fn update<'a, Q, C>(
        &mut self,
        keys: impl IntoIterator<Item = Q>,
        column: C,
    ) -> Result<(), GroupError>
    where
        Q: AsKey<K>,
        C: IntoColumn<'a, Row = R>,
    {
        let column = column.into_column()?;
        let known = self.keys.len();
        let mut rows = core::mem::take(&mut self.rows);
        rows.clear();
        let ids = self.look_up(keys, R::len(column), &mut rows);
        self.grouped.resize(self.keys.len());
        let updated = ids.and_then(|()| self.grouped.update_column(&rows, column));
        self.rows = rows;
        if updated.is_err() {
            self.forget(known);
        }
        updated
    }

    fn look_up<Q: AsKey<K>>(
        &mut self,
        keys: impl IntoIterator<Item = Q>,
        len: usize,
        rows: &mut Vec<u32>,
    ) -> Result<(), GroupError> {
        rows.reserve(len);
        let mut last = None;
        for key in keys {
            if rows.len() == len {
                return Err(GroupError::ManyKeys { rows: len });
            }
            let id = match last {
                // Keys often come in runs.
                Some(id) if key.is_key(&self.keys[id as usize]) => id,
                _ => self.id(&key).ok_or(GroupError::Keys { row: rows.len() })?,
            };
            last = Some(id);
            rows.push(id);
        }
        Ok(())
    }

    /// The id of a key, old or new; `None` where there are no more.
    #[inline]
    fn id<Q: AsKey<K> + ?Sized>(&mut self, key: &Q) -> Option<u32> {
        let hash = self.hasher.hash_one(key);
        if let Some(&id) = self.ids.find(hash, |&id| key.is_key(&self.keys[id as usize])) {
            return Some(id);
        }
        let id = u32::try_from(self.keys.len()).ok()?;
        self.keys.push(key.to_key());
        let Self { keys, hasher, .. } = self;
        self.ids.insert_unique(hash, id, |&id| hasher.hash_one(&keys[id as usize]));
        Some(id)
    }

    /// Takes keys back that are newer than so many.
    fn forget(&mut self, known: usize) {
        for id in known..self.keys.len() {
            let hash = self.hasher.hash_one(&self.keys[id]);
            if let Ok(entry) = self.ids.find_entry(hash, |&other| other as usize == id) {
                entry.remove();
            }
        }
        self.keys.truncate(known);
        self.grouped.truncate(known);
    }

    /// Takes in one row.
    ///
    /// # Errors
    ///
    /// If it has one key more than a `u32` counts.
    pub fn push<Q: AsKey<K>>(&mut self, key: Q, row: R) -> Result<(), GroupError> {
        let id = self.id(&key).ok_or(GroupError::Keys { row: 0 })?;
        self.grouped.resize(self.keys.len());
        self.grouped.push(id, row)
    }

    /// Takes in the groups of another, each after the rows of the group of the same key.
    /// Keys that are new get ids in the order of the other's.
    ///
    /// Both must be of the same aggregate, with the same configuration.
    ///
    /// # Errors
    ///
    /// If there are more keys than a `u32` counts. Nothing is taken in then.
    pub fn merge(&mut self, other: &Self) -> Result<(), GroupError>
    where
        K: AsKey<K>,
    {
        let known = self.keys.len();
        let mut map = Vec::new();
        let merged = self.look_up(&other.keys, other.keys.len(), &mut map);
        self.grouped.resize(self.keys.len());
        let merged = merged.and_then(|()| self.grouped.merge_mapped(&other.grouped, &map));
        if merged.is_err() {
            self.forget(known);
        }
        merged
    }

    /// The number of different keys.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there are no keys.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The result of a key, if it was seen.
    pub fn get<Q: AsKey<K>>(&self, key: Q) -> Option<A::Output> {
        let hash = self.hasher.hash_one(&key);
        let &id = self.ids.find(hash, |&id| key.is_key(&self.keys[id as usize]))?;
        self.grouped.get(id)
    }

    /// Keys and results, in the order in which keys were first seen.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&K, A::Output)> {
        self.keys.iter().zip(self.grouped.finish())
    }

    /// Keys and results, by key.
    pub fn sorted(&self) -> Vec<(&K, A::Output)>
    where
        K: Ord,
    {
        let mut all: Vec<_> = self.iter().collect();
        all.sort_unstable_by_key(|&(key, _)| key);
        all
    }

    /// The keys, by id: in the order in which they were first seen.
    pub fn keys(&self) -> &[K] {
        &self.keys
    }

    /// The groups, by id.
    pub fn grouped(&self) -> &Grouped<A, R> {
        &self.grouped
    }

    /// Forgets all keys and rows, and keeps the memory of the tables; what partials allocated,
    /// and keys, is given back.
    pub fn clear(&mut self) {
        self.keys.clear();
        self.ids.clear();
        self.grouped.truncate(0);
    }
}

impl<K, A, R, S> fmt::Debug for GroupBy<K, A, R, S>
where
    K: fmt::Debug,
    A: Aggregate<R, Partial: fmt::Debug> + fmt::Debug,
    R: Row,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GroupBy")
            .field("keys", &self.keys)
            .field("grouped", &self.grouped)
            .finish_non_exhaustive()
    }
}
