//! From quantiles that are asked for to those found: positions, keys, and points between.

use super::QuantileMethod;
use super::find::{Failure, find, find_in_copy, scratch};
use super::memory::Memory;
use super::network::{SORTED, of_sorted};
use super::pair::Pair;
use super::position::{Fraction, Position};
use super::rows::{Keyed, Rows};
use crate::backend::{Backend, Kernel, Simd, dispatch};
use crate::interpolate::Interpolate;
use crate::row::NumericRow;

/// The quantiles of the keys of a column, or `None` where there are none. At most `K` are
/// looked for in one pass.
pub(super) fn quantiles<R, M, B, const K: usize, const N: usize>(
    backend: Backend,
    column: R::Column<'_>,
    keyed: M,
    memory: &mut B,
    asked: &[Fraction; N],
    method: QuantileMethod,
) -> Option<[f64; N]>
where
    R: NumericRow,
    M: Keyed<R::Value>,
    B: Memory,
{
    let rows = Rows::<R, M>::of(backend, column, keyed);
    if rows.count == 0 {
        return None;
    }
    if rows.count <= SORTED {
        return Some(of_sorted(&rows, asked, method));
    }
    Some(of_more::<R, M, B, K, N>(backend, &rows, memory, asked, method))
}

/// The same of more rows than are sorted. Not inlined: it has scratch memory in its frame.
#[inline(never)]
fn of_more<R, M, B, const K: usize, const N: usize>(
    backend: Backend,
    rows: &Rows<'_, R, M>,
    memory: &mut B,
    asked: &[Fraction; N],
    method: QuantileMethod,
) -> [f64; N]
where
    R: NumericRow,
    M: Keyed<R::Value>,
    B: Memory,
{
    let positions = asked.map(|asked| Position::of(asked, method, rows.count));
    let mut order: [usize; N] = core::array::from_fn(|i| i);
    order.sort_unstable_by_key(|&i| positions[i].ranks);
    let mut pairs = order.map(|i| Pair::new(positions[i].ranks));
    let len = scratch::<M::Key>(R::len(rows.column), rows.count, K);
    let mut found = memory.with(len, |scratch| {
        let kernel = Find::<R, M, K> { rows: *rows, pairs: &mut pairs, scratch };
        dispatch(backend, kernel, &())
    });
    if found == Err(Failure::Missed) {
        found = memory.with(rows.count, |copy| find_in_copy(rows, &mut pairs, copy));
    }
    if found.is_err() {
        return [f64::NAN; N];
    }
    let mut results = [0.0; N];
    for (pair, i) in pairs.into_iter().zip(order) {
        let Position { part, whole, .. } = positions[i];
        let [low, high] = pair.keys.map(Option::unwrap_or_default);
        results[i] = M::Key::between(low, high, part, whole);
    }
    results
}

/// One quantile, likewise.
pub(super) fn quantile<R: NumericRow, M: Keyed<R::Value>, B: Memory>(
    backend: Backend,
    column: R::Column<'_>,
    keyed: M,
    memory: &mut B,
    asked: Fraction,
    method: QuantileMethod,
) -> Option<f64> {
    let [quantile] = quantiles::<R, M, B, 1, 1>(backend, column, keyed, memory, &[asked], method)?;
    Some(quantile)
}

/// The search for keys: compiled for what is searched, not for each of the aggregates.
struct Find<'a, 'c, R: NumericRow, M: Keyed<R::Value>, const K: usize> {
    rows: Rows<'c, R, M>,
    pairs: &'a mut [Pair<M::Key>],
    scratch: &'a mut [M::Key],
}

impl<R: NumericRow, M: Keyed<R::Value>, const K: usize> Kernel for Find<'_, '_, R, M, K> {
    type Input = ();
    type Output = Result<(), Failure>;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S, (): ()) -> Self::Output {
        find::<S, R, M, K>(simd, &self.rows, self.pairs, self.scratch)?;
        sign_zeros(simd, &self.rows, self.pairs);
        Ok(())
    }
}

/// Gives zeros the sign that zeros of their ranks have.
#[inline(always)]
fn sign_zeros<S: Simd, R: NumericRow, M: Keyed<R::Value>>(
    simd: S,
    rows: &Rows<'_, R, M>,
    pairs: &mut [Pair<M::Key>],
) {
    if pairs.iter().any(Pair::has_zero) {
        let negative = rows.count_to_negative_zero(simd);
        for pair in pairs {
            pair.sign_zeros(negative);
        }
    }
}
