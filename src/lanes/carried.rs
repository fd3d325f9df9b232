//! Rows of which a fold takes in eight registers at once: sums of wide integers, by the full adders
//! of `sum/adds.rs`, whose essay says what that gives.

use super::{LaneFold, Source, step_stripe, tail};
use crate::backend::Simd;

/// Folds rows of which a fold takes in two stripes of four registers at once.
#[cfg_attr(debug_assertions, inline)]
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn carried<S, R, F>(simd: S, rows: R, fold: &F) -> F::Lanes
where
    S: Simd,
    R: Source<S>,
    F: LaneFold<S, R::Item>,
{
    debug_assert_eq!(S::REGISTERS, 4);
    let pairs = rows.stripes() / 2;
    let mut lanes = fold.carry(
        simd,
        pairs,
        #[inline(always)]
        |pair, register, pad| {
            R::load(simd, rows.stripe(2 * pair + register / 4), register % 4, pad)
        },
    );
    if rows.stripes() % 2 == 1 {
        [lanes] = step_stripe::<S, R, F, 1, 4>(simd, rows, fold, 0, 2 * pairs, [lanes]);
    }
    [lanes] = tail::<S, R, F, 1, 4>(simd, rows, fold, 0, rows.stripes(), [lanes]);
    lanes
}
