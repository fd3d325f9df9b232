//! Sets of aggregates.

use super::{ErasedAggregate, ErasedPartial, NamedAggregates, SetAccumulator, Value};
use crate::backend::Backend;
use crate::number::{Number, TILE_BYTES};
use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// Bytes of a piece of a column, which each member works on before the next piece.
pub(super) const AT_ONCE: usize = 4 * TILE_BYTES;

/// Aggregates under names, chosen at run time, over one column.
///
/// Where the list is known when the program is compiled, a tuple is better: it is faster on
/// all columns. Each value has the bits that the aggregate gives alone.
///
/// ```
/// use lanefold::{AggregateSet, Value};
/// let wanted = ["count", "mean", "p99.9", "max"]; // from a configuration, say
/// let set = AggregateSet::<f64>::from_names(wanted)?;
/// let values = set.of(&[1.0, 2.0, 6.0]);
/// assert_eq!(values[0], ("count", Value::Unsigned(3)));
/// assert_eq!(values[1], ("mean", Value::Float(3.0)));
///
/// let error = AggregateSet::<f64>::from_names(["mean", "maen"]).unwrap_err();
/// assert!(error.to_string().starts_with(r#"no aggregate is named "maen"; there are count, "#));
/// # Ok::<(), lanefold::SetError>(())
/// ```
///
/// - **Names** are those of the crate's aggregates in snake case, and percentiles: see
///   [`NamedAggregates`]. None may come twice. A set of no names gives no values.
/// - **Your own** aggregates join by [`with`](Self::with).
/// - **Cost**: memory is read once, but for quantiles, which read it about once each. A
///   column of up to 32 KiB needs no allocation but for the list of results
///   ([`of_into`](Self::of_into): none) and what the members take, as quantiles do, and a longer
///   one a box for each member.
/// - **Time**, of count, sum, mean, deviation, minimum and maximum with AVX2, beside the tuple
///   of the six: for 64 `f64` 161 ns (the tuple 90), for 1,000 841 ns (478), for 100,000
///   61 µs (41); from DRAM a tenth more. A list of results takes 40 ns more.
/// - **Code**, with all four backends of x86-64 and optimized for speed: 270 kB for the
///   tuple, 210 kB for a set of the same six by [`with`](Self::with), and 1.9 MB for one [by name](Self::from_names),
///   which holds all that have names.
#[derive(Default)]
pub struct AggregateSet<T: Number> {
    members: Vec<Member<T>>,
}

struct Member<T: Number> {
    name: String,
    aggregate: Box<dyn ErasedAggregate<T>>,
}

impl<T: Number> AggregateSet<T> {
    /// A set of none.
    #[must_use]
    pub const fn new() -> Self {
        Self { members: Vec::new() }
    }

    /// The aggregates of these names, in their order.
    ///
    /// # Errors
    ///
    /// If a name is unknown: the error lists those that there are. If one comes twice.
    pub fn from_names<N: AsRef<str>>(names: impl IntoIterator<Item = N>) -> Result<Self, SetError>
    where
        T: NamedAggregates,
    {
        names.into_iter().try_fold(Self::new(), |set, name| {
            let name = name.as_ref();
            match T::named(name) {
                Some(aggregate) => set.with_boxed(name.to_owned(), aggregate),
                None => Err(SetError::Unknown { name: name.to_owned(), names: T::NAMES }),
            }
        })
    }

    /// The set and one more aggregate, of any name that is not in it.
    ///
    /// ```
    /// use lanefold::{Adapt, AggregateSet, Count, Value};
    /// let set = AggregateSet::from_names(["max"])?.with("slow", Count.filter(100.0..))?;
    /// assert_eq!(set.of(&[50.0, 150.0])[1], ("slow", Value::Unsigned(1)));
    /// # Ok::<(), lanefold::SetError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the name is in the set.
    pub fn with<A>(self, name: impl Into<String>, aggregate: A) -> Result<Self, SetError>
    where
        A: ErasedAggregate<T> + 'static,
    {
        self.with_boxed(name.into(), Box::new(aggregate))
    }

    fn with_boxed(
        mut self,
        name: String,
        aggregate: Box<dyn ErasedAggregate<T>>,
    ) -> Result<Self, SetError> {
        if self.names().any(|other| other == name) {
            return Err(SetError::Twice { name });
        }
        self.members.push(Member { name, aggregate });
        Ok(self)
    }

    /// The names, in order.
    #[must_use]
    pub fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.members.iter().map(|member| &*member.name)
    }

    /// Members.
    #[must_use]
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether there are no members.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Names and results for a column, in order, on [`Backend::best`].
    #[must_use]
    pub fn of(&self, column: &[T]) -> Vec<(&str, Value)> {
        self.of_on(Backend::best(), column)
    }

    /// Names and results for a column, in order, on a given backend.
    #[must_use]
    pub fn of_on(&self, backend: Backend, column: &[T]) -> Vec<(&str, Value)> {
        let mut results: Vec<_> = self.names().map(|name| (name, Value::Missing)).collect();
        self.fill(backend, column, results.iter_mut().map(|(_, value)| value));
        results
    }

    /// Writes the results for a column, in order, on [`Backend::best`].
    ///
    /// # Errors
    ///
    /// If there is not one place for each member; nothing is written then.
    pub fn of_into(&self, column: &[T], results: &mut [Value]) -> Result<(), SetError> {
        if results.len() != self.len() {
            return Err(SetError::Places { members: self.len(), places: results.len() });
        }
        self.fill(Backend::best(), column, results.iter_mut());
        Ok(())
    }

    fn fill<'v>(
        &self,
        backend: Backend,
        column: &[T],
        results: impl Iterator<Item = &'v mut Value>,
    ) {
        let members = self.members.iter().map(|member| &member.aggregate);
        let piece = AT_ONCE / size_of::<T>();
        if column.len() <= piece {
            for (aggregate, value) in members.zip(results) {
                *value = aggregate.value_of(backend, column);
            }
            return;
        }
        let mut partials: Vec<Option<Box<dyn ErasedPartial<T>>>> = members
            .clone()
            .map(|aggregate| (!aggregate.is_whole()).then(|| aggregate.start()))
            .collect();
        for piece in column.chunks(piece) {
            for partial in partials.iter_mut().flatten() {
                partial.update(backend, piece);
            }
        }
        for ((aggregate, partial), value) in members.zip(partials).zip(results) {
            *value = match partial {
                Some(partial) => partial.finish(),
                None => aggregate.value_of(backend, column),
            };
        }
    }

    /// An accumulator of all members, for values that come bit by bit, on [`Backend::best`].
    #[must_use]
    pub fn accumulator(&self) -> SetAccumulator<T> {
        self.accumulator_on(Backend::best())
    }

    /// An accumulator of all members, on a given backend.
    #[must_use]
    pub fn accumulator_on(&self, backend: Backend) -> SetAccumulator<T> {
        let names = self.names().map(ToOwned::to_owned).collect();
        let partials = self.members.iter().map(|member| member.aggregate.start()).collect();
        SetAccumulator::new(backend, names, partials)
    }
}

impl<T: Number> Clone for AggregateSet<T> {
    fn clone(&self) -> Self {
        let member = |member: &Member<T>| Member {
            name: member.name.clone(),
            aggregate: member.aggregate.boxed(),
        };
        Self { members: self.members.iter().map(member).collect() }
    }
}

impl<T: Number> fmt::Debug for AggregateSet<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AggregateSet").field(&self.names().collect::<Vec<_>>()).finish()
    }
}

/// Why there is no set, or no result of one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SetError {
    /// No aggregate has this name.
    Unknown {
        /// What was asked for.
        name: String,
        /// The names that there are, but for percentiles.
        names: &'static [&'static str],
    },
    /// A name comes twice.
    Twice {
        /// The name.
        name: String,
    },
    /// The members are more, or fewer, than the places for their results.
    Places {
        /// Members of the set.
        members: usize,
        /// Places for results.
        places: usize,
    },
    /// Accumulators of different sets do not merge.
    Unlike {
        /// The names of the one,
        names: Vec<String>,
        /// and of the other. Where they are the same, the aggregates are not.
        others: Vec<String>,
    },
}

impl fmt::Display for SetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown { name, names } => {
                write!(f, "no aggregate is named {name:?}; there are ")?;
                for name in *names {
                    write!(f, "{name}, ")?;
                }
                f.write_str("and percentiles p0 to p100, as p99.9")
            }
            Self::Twice { name } => write!(f, "{name:?} comes twice"),
            Self::Places { members, places } => {
                write!(f, "{members} members, and places for {places} results")
            }
            Self::Unlike { names, others } => {
                write!(f, "accumulators of different sets: {names:?} and {others:?}")
            }
        }
    }
}

impl core::error::Error for SetError {}
