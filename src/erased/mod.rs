//! Aggregates that are chosen at run time (feature `alloc`).
//!
//! A tuple of aggregates is a type, and compiled as one; a list of names from a
//! configuration is not. Here a member is a `dyn` [`ErasedAggregate`], and its result a
//! [`Value`]. The members of an [`AggregateSet`] share what can be shared without knowing
//! each other:
//!
//! 1. Memory is read once. A long column is handed to the members in turn by the piece
//!    ([`set::AT_ONCE`]), which is in the cache when the second one looks.
//! 2. A call of a member is a virtual call, a choice of the backend, and a kernel of its own:
//!    for a piece, not for a row. What is not shared is a sweep: in a tuple, `Sum`, `Mean` and
//!    `Max` of a tile take one, here three.
//! 3. A column of one piece needs no boxes: a member's partial is on the stack, and goes
//!    from identity to result in one call.
//!
//! # What it costs
//!
//! See [`AggregateSet`] for times. Code: what is asked for by name is all there, in the code
//! of each backend; a set of what one adds by [`with`](AggregateSet::with) has that alone.

mod names;
mod set;
mod stream;
mod value;

pub use names::NamedAggregates;
pub use set::{AggregateSet, SetError};
pub use stream::SetAccumulator;
pub use value::Value;

use crate::aggregate::Aggregate;
use crate::backend::Backend;
use crate::block::Blocks;
use crate::number::Number;
use crate::run::whole;
use alloc::boxed::Box;
use core::any::Any;

/// An aggregate whose type is not known when the program is compiled.
///
/// Each [`Aggregate`] whose result is a [`Value`], or converts into one, is one: numbers,
/// booleans, options of these, and rows with their values. An aggregate of your own whose
/// result is a type of your own needs `impl From<Mine> for Value`.
///
/// ```
/// use lanefold::{Backend, ErasedAggregate, Max, Mean, Value};
/// let aggregates: [Box<dyn ErasedAggregate<f64>>; 2] = [Box::new(Mean), Box::new(Max)];
/// let values = aggregates.map(|a| a.value_of(Backend::best(), &[1.0, 2.0, 6.0]));
/// assert_eq!(values, [Value::Float(3.0), Value::Float(6.0)]);
/// ```
pub trait ErasedAggregate<T: Number>: Send + Sync {
    /// The result for a column, with the bits of [`Aggregate::of`].
    fn value_of(&self, backend: Backend, column: &[T]) -> Value;

    /// Whether it would rather have a whole column than tiles.
    #[doc(hidden)]
    fn is_whole(&self) -> bool;

    /// A partial of no rows.
    #[doc(hidden)]
    fn start(&self) -> Box<dyn ErasedPartial<T>>;

    /// The same aggregate.
    #[doc(hidden)]
    fn boxed(&self) -> Box<dyn ErasedAggregate<T>>;
}

/// A partial, and the aggregate that it is of.
#[doc(hidden)]
pub trait ErasedPartial<T: Number>: Send + Sync {
    /// Takes in rows: whole tiles, but for the last before a merge or the end.
    fn update(&mut self, backend: Backend, column: &[T]);
    /// Whether the other is of the same type of aggregate.
    fn is_like(&self, other: &dyn ErasedPartial<T>) -> bool;
    /// Takes in the rows of one that is like this, and those that come after them.
    fn merge(&mut self, other: &dyn ErasedPartial<T>, backend: Backend, rest: &[T]);
    /// The result for the rows so far, and these.
    fn value(&self, backend: Backend, rest: &[T]) -> Value;
    /// The result.
    fn finish(self: Box<Self>) -> Value;
    fn boxed(&self) -> Box<dyn ErasedPartial<T>>;
    fn any(&self) -> &dyn Any;
}

impl<T, A> ErasedAggregate<T> for A
where
    T: Number,
    A: Aggregate<T, Output: Into<Value>, Partial: Send + Sync + 'static>,
    A: Clone + Send + Sync + 'static,
{
    fn value_of(&self, backend: Backend, column: &[T]) -> Value {
        whole::<A, T>(self, backend, &column).into()
    }
    fn is_whole(&self) -> bool {
        A::WHOLE
    }
    fn start(&self) -> Box<dyn ErasedPartial<T>> {
        Box::new(Running::<A, A::Partial> { aggregate: self.clone(), blocks: Blocks::new(self) })
    }
    fn boxed(&self) -> Box<dyn ErasedAggregate<T>> {
        Box::new(self.clone())
    }
}

#[derive(Clone)]
struct Running<A, P> {
    aggregate: A,
    blocks: Blocks<P>,
}

impl<T, A, P> ErasedPartial<T> for Running<A, P>
where
    T: Number,
    P: Clone + Send + Sync + 'static,
    A: Aggregate<T, Output: Into<Value>, Partial = P>,
    A: Clone + Send + Sync + 'static,
{
    fn update(&mut self, backend: Backend, column: &[T]) {
        self.blocks.update::<A, T>(&self.aggregate, backend, column);
    }
    fn is_like(&self, other: &dyn ErasedPartial<T>) -> bool {
        other.any().is::<Self>()
    }
    fn merge(&mut self, other: &dyn ErasedPartial<T>, backend: Backend, rest: &[T]) {
        if let Some(other) = other.any().downcast_ref::<Self>() {
            let mut rows = other.blocks.clone();
            rows.update::<A, T>(&self.aggregate, backend, rest);
            self.blocks.merge::<A, T>(&self.aggregate, &rows.join::<A, T>(&self.aggregate));
        }
    }
    fn value(&self, backend: Backend, rest: &[T]) -> Value {
        let mut rows = self.blocks.clone();
        rows.update::<A, T>(&self.aggregate, backend, rest);
        self.aggregate.finish(&rows.join::<A, T>(&self.aggregate)).into()
    }
    fn finish(self: Box<Self>) -> Value {
        self.aggregate.finish(&self.blocks.join::<A, T>(&self.aggregate)).into()
    }
    fn boxed(&self) -> Box<dyn ErasedPartial<T>> {
        Box::new(self.clone())
    }
    fn any(&self) -> &dyn Any {
        self
    }
}
