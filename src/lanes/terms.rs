//! Sums of what rows are mapped to: `Σf(x)`, `Σf(x, y)`, several in one sweep.
//!
//! Most statistics are made of such sums. What differs between them is `f`, a [`Terms`];
//! how terms are added, and in which order, is [`Sums`], once for all of them.

use super::LaneFold;
use crate::backend::{Simd, Vector};
use crate::number::Number;

/// What `N` sums add up: functions of a row that are computed together.
pub(crate) trait Terms<S: Simd, I, const N: usize> {
    /// The type of the sums.
    type Number: Number;
    /// What lanes start with: `-0.0`, which changes no term, where absent rows have a
    /// term of `-0.0`, too; else `+0.0`, which absent rows of either zero leave as it is.
    const START: Self::Number;
    /// Registers that are wanted for other things than sums: constants, and several columns.
    const OTHERS: usize = 0;
    /// Whether to make a term waits for little but loads; see [`LaneFold::TURNS`].
    const TURNS: bool = false;
    /// The terms of a register of rows. Those of absent rows, which `load` takes from its
    /// argument, must be zeros; see [`LaneFold::step`].
    fn of(&self, simd: S, load: impl Fn(I) -> I) -> [<Self::Number as Number>::Vec<S>; N];
}

/// The lanes of such sums.
pub(crate) struct Sums<T, const N: usize>(pub(crate) T);

impl<S, I, T, const N: usize> LaneFold<S, I> for Sums<T, N>
where
    S: Simd,
    T: Terms<S, I, N>,
{
    type Lanes = [<T::Number as Number>::Vec<S>; N];
    const REGISTERS: usize = N + T::OTHERS;
    const TURNS: bool = T::TURNS;

    #[inline(always)]
    fn identity(&self, simd: S) -> Self::Lanes {
        [Vector::splat(simd, T::START); N]
    }
    #[inline(always)]
    fn step(&self, simd: S, mut lanes: Self::Lanes, load: impl Fn(I) -> I) -> Self::Lanes {
        let terms = self.0.of(
            simd,
            #[inline(always)]
            |pad| load(pad),
        );
        for n in 0..N {
            lanes[n] = lanes[n].add(terms[n]);
        }
        lanes
    }
    #[inline(always)]
    fn join(&self, mut one: Self::Lanes, other: Self::Lanes) -> Self::Lanes {
        for n in 0..N {
            one[n] = one[n].add(other[n]);
        }
        one
    }
}

/// The sums of the lanes.
#[inline(always)]
pub(crate) fn totals<S: Simd, T: Number, const N: usize>(lanes: [T::Vec<S>; N]) -> [T; N] {
    let mut sums = [T::default(); N];
    for n in 0..N {
        sums[n] = lanes[n].fold_add();
    }
    sums
}
