//! Rows that reach into a few registers: a step for each, and joins, without a loop.

use super::{LaneFold, Source, step_rest};
use crate::backend::Simd;

/// Registers that [`few`] folds.
pub(super) const FEW: usize = 4;

/// Folds rows, of which there is one, that reach no further than the first four registers of
/// eight or more. That is the halving of [`groups`](super::groups) without those that have no row: joining lanes
/// that were stepped once with the identity changes nothing.
///
/// Builds for debugging keep it apart; see [`stripes`](super::stripes).
#[cfg_attr(debug_assertions, inline)]
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn few<S, R, F>(simd: S, rows: R, fold: &F) -> F::Lanes
where
    S: Simd,
    R: Source<S>,
    F: LaneFold<S, R::Item>,
{
    debug_assert!(rows.reaches(0));
    let mut lanes = first_of(simd, rows, fold, 0);
    if rows.reaches(1) {
        let mut other = first_of(simd, rows, fold, 1);
        if rows.reaches(2) {
            lanes = fold.join(lanes, first_of(simd, rows, fold, 2));
        }
        if rows.reaches(3) {
            other = fold.join(other, first_of(simd, rows, fold, 3));
        }
        lanes = fold.join(lanes, other);
    }
    lanes
}

/// The lanes of a register that has seen the rows after the last whole stripe, and no others.
#[cfg_attr(debug_assertions, inline)]
#[cfg_attr(not(debug_assertions), inline(always))]
fn first_of<S, R, F>(simd: S, rows: R, fold: &F, register: usize) -> F::Lanes
where
    S: Simd,
    R: Source<S>,
    F: LaneFold<S, R::Item>,
{
    step_rest(simd, rows, fold, fold.identity(simd), register)
}
