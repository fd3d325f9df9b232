//! Columns of rows of every type, and their partials.

use crate::data::{KINDS, Random, Sample, column};
use lanefold::{Accumulator, Aggregate, Backend, Row};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::Debug;

/// An aggregate whose partial is stored.
pub(crate) trait Storable<R: Row>:
    Aggregate<R, Partial: Serialize + DeserializeOwned + Debug, Output: Debug> + Clone
{
}

impl<R: Row, A> Storable<R> for A where
    A: Aggregate<R, Partial: Serialize + DeserializeOwned + Debug, Output: Debug> + Clone
{
}

pub(crate) fn partial<R: Row, A: Aggregate<R> + Clone>(
    backend: Backend,
    aggregate: &A,
    rows: &[R],
) -> A::Partial {
    let mut stream = Accumulator::on(backend, aggregate.clone());
    for &row in rows {
        stream.push(row);
    }
    stream.partial()
}

/// A tile, and a bit.
fn lengths<R: Row>() -> [usize; 6] {
    [0, 1, 2, 7, 40, R::TILE + 37]
}

/// No row, one, each special value alone, some, and a tile and a bit, of every kind.
pub(crate) fn numbers<T: Sample>() -> Vec<Vec<T>> {
    let kinds = KINDS
        .into_iter()
        .flat_map(|kind| lengths::<T>().map(|len| column::<T>(kind, len, 90 + len as u64)));
    T::specials().into_iter().map(|x| vec![x]).chain(kinds).collect()
}

/// The same with nulls: some, and nothing but.
pub(crate) fn nullable<T: Sample>() -> Vec<Vec<Option<T>>> {
    let random = &mut Random(91);
    let mut columns = vec![vec![None], vec![None; <T as Sample>::TILE + 3]];
    for values in numbers::<T>() {
        columns.push(values.iter().map(|&x| (random.below(3) > 0).then_some(x)).collect());
    }
    columns
}

/// Pairs of the rows of two lists of columns.
pub(crate) fn pairs<A: Copy, B: Copy>(xs: &[Vec<A>], ys: &[Vec<B>]) -> Vec<Vec<(A, B)>> {
    // The second list from its end, so that special values meet others.
    let ys = ys.iter().cycle().skip(5);
    let pairs = |(x, y): (&Vec<A>, &Vec<B>)| {
        x.iter().copied().zip(y.iter().copied().cycle().take(x.len())).collect()
    };
    xs.iter().zip(ys).map(pairs).collect()
}

pub(crate) fn booleans() -> Vec<Vec<bool>> {
    let random = &mut Random(92);
    let random = |len: usize| (0..len).map(|_| random.word() & 1 == 1).collect();
    let mut columns: Vec<Vec<bool>> = [0, 1, 1, 9, 70_000].map(random).into();
    columns.extend([vec![true; 9], vec![false; 70_000]]);
    columns
}
