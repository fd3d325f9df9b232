//! Groups: one partial for each of many groups of rows.
//!
//! | file | subject |
//! | --- | --- |
//! | [`digest`] | what of a group's rows most aggregates ask for |
//! | [`grouped`] | `Grouped`: ids of groups and a column, to a partial for each group |
//! | [`ways`] | how a chunk is taken, and why |
//! | [`survey`] | what its ids are like, which decides that |
//! | [`table`] | the cells of the groups of a chunk |
//! | [`partition`] | rows put together by group, for aggregates of other kinds |
//! | [`parallel`] | the same by several threads |
//! | [`by`] | `aggregate.by(&ids, groups).of(&column)` |
//! | [`group_by`], [`key`] | keys to ids |
//! | [`error`] | ids and columns that do not fit |

#[cfg(feature = "alloc")]
mod by;
mod digest;
#[cfg(feature = "alloc")]
mod error;
#[cfg(feature = "alloc")]
mod group_by;
#[cfg(feature = "alloc")]
mod grouped;
#[cfg(feature = "alloc")]
mod key;
#[cfg(feature = "rayon")]
mod parallel;
#[cfg(feature = "alloc")]
mod partition;
#[cfg(feature = "alloc")]
mod survey;
#[cfg(feature = "alloc")]
mod table;
#[cfg(feature = "alloc")]
mod ways;

#[cfg(feature = "alloc")]
pub use by::By;
pub(crate) use digest::{Digest, Digested, Parts};
#[cfg(feature = "alloc")]
pub use error::GroupError;
#[cfg(feature = "alloc")]
pub use group_by::GroupBy;
#[cfg(feature = "alloc")]
pub use grouped::Grouped;
#[cfg(feature = "alloc")]
pub use key::AsKey;
