//! What an aggregate does with lanes.

use crate::backend::Simd;

/// What to do with a register of rows: the lane-wise part of an aggregate.
///
/// `I` is what a source hands out: a vector, or a pair of them. The methods must be
/// `#[inline(always)]`; see [`Simd`].
///
/// `join` must be associative enough for the answer that is wanted, and joining with
/// the identity must change nothing.
///
/// ```
/// use lanefold::{Aggregate, FloatVector, LaneFold, Simd, Tile, Vector};
///
/// /// The sum of `x * x * x`, in lanes of `f64`.
/// struct Cubes;
///
/// impl<S: Simd> LaneFold<S, S::F64> for Cubes {
///     type Lanes = S::F64;
///     const REGISTERS: usize = 1;
///
///     #[inline(always)]
///     fn identity(&self, simd: S) -> S::F64 {
///         S::F64::splat(simd, -0.0)
///     }
///     #[inline(always)]
///     fn step(&self, simd: S, lanes: S::F64, load: impl Fn(S::F64) -> S::F64) -> S::F64 {
///         let x = load(S::F64::splat(simd, -0.0)); // rows that are not there
///         lanes.add(x.mul(x).mul(x))
///     }
///     #[inline(always)]
///     fn join(&self, one: S::F64, other: S::F64) -> S::F64 {
///         one.add(other)
///     }
/// }
///
/// impl Aggregate<f64> for Cubes {
///     type Partial = f64;
///     type Output = f64;
///
///     fn identity(&self) -> f64 {
///         0.0
///     }
///     #[inline(always)]
///     fn update<S: Simd>(&self, partial: &mut f64, tile: &Tile<'_, f64, S>) {
///         *partial += tile.fold(self).fold_add();
///     }
///     fn merge(&self, into: &mut f64, other: &f64) {
///         *into += other;
///     }
///     fn finish(&self, partial: &f64) -> f64 {
///         *partial
///     }
/// }
///
/// assert_eq!(Cubes.of(&[1.0, 2.0, 3.0]), 36.0);
/// ```
pub trait LaneFold<S: Simd, I> {
    /// The state of a register of lanes.
    type Lanes: Copy;
    /// Registers that one `Lanes` takes up.
    const REGISTERS: usize;
    /// Whether the lanes are always asked for: a sweep for others is one that the compiler can
    /// remove.
    #[doc(hidden)]
    const KEPT: bool = true;
    /// Whether a row may be taken in twice, and in any lane. The last rows are then loaded with
    /// some before them, and without a mask, where there are no nulls.
    #[doc(hidden)]
    const IDEMPOTENT: bool = false;
    /// Whether a row may be in any lane, and it pays: where there are no registers for all lanes, as
    /// many as there are registers for then take in a whole stripe, unless it is of values that may be null.
    #[doc(hidden)]
    const ANY_LANE: bool = false;
    /// Whether, besides, steps wait for little but loads: lanes then begin where a register does. Only
    /// where [`ANY_LANE`](Self::ANY_LANE) is true.
    #[doc(hidden)]
    const ALIGNS: bool = false;
    /// Whether steps wait for little but loads, and lanes may be turned, so that registers are loaded from
    /// where they begin. `join` must then give the same bits with its sides changed, but for the payload of a
    /// NaN, and the lanes must be folded by the halving tree of the same operation.
    #[doc(hidden)]
    const TURNS: bool = false;
    /// Whether [`carry`](Self::carry) takes in eight registers faster than as many steps, on a backend with
    /// instructions of three operands. A row may be in any lane then. Only for a fold that has its own
    /// `carry`; one that wraps another has both of it, or neither.
    #[doc(hidden)]
    const CARRIES: bool = false;
    /// The state of lanes that have seen no row.
    fn identity(&self, simd: S) -> Self::Lanes;
    /// Takes in a register of rows. `load(pad)` gives them, with `pad` in the place of
    /// rows that are not there; it may be called several times with different pads.
    ///
    /// A lane whose row is not there must come out so that the answer is the same as if it
    /// had not been stepped: how many such lanes there are depends on the backend.
    fn step(&self, simd: S, lanes: Self::Lanes, load: impl Fn(I) -> I) -> Self::Lanes;
    /// Joins two states, lane by lane.
    fn join(&self, one: Self::Lanes, other: Self::Lanes) -> Self::Lanes;
    /// The state of lanes that have seen so many times eight registers of rows. `load(i, register, pad)`
    /// gives one of the eight.
    #[doc(hidden)]
    #[inline(always)]
    fn carry(&self, simd: S, eights: usize, load: impl Fn(usize, usize, I) -> I) -> Self::Lanes {
        let mut lanes = self.identity(simd);
        for i in 0..eights {
            for register in 0..8 {
                lanes = self.step(
                    simd,
                    lanes,
                    #[inline(always)]
                    |pad| load(i, register, pad),
                );
            }
        }
        lanes
    }
}

/// Two folds in one sweep. Without [`carry`](LaneFold::carry), by which each would load all rows anew.
impl<S, I, A, B> LaneFold<S, I> for (A, B)
where
    S: Simd,
    A: LaneFold<S, I>,
    B: LaneFold<S, I>,
{
    type Lanes = (A::Lanes, B::Lanes);
    const REGISTERS: usize = A::REGISTERS + B::REGISTERS;
    const KEPT: bool = A::KEPT && B::KEPT;
    const IDEMPOTENT: bool = A::IDEMPOTENT && B::IDEMPOTENT;
    const ANY_LANE: bool = A::ANY_LANE && B::ANY_LANE;
    const ALIGNS: bool = A::ALIGNS && B::ALIGNS;

    #[inline(always)]
    fn identity(&self, simd: S) -> Self::Lanes {
        (self.0.identity(simd), self.1.identity(simd))
    }
    #[inline(always)]
    fn step(&self, simd: S, lanes: Self::Lanes, load: impl Fn(I) -> I) -> Self::Lanes {
        // Not `&load`: calls through a reference to a closure are not always inlined.
        let one = self.0.step(
            simd,
            lanes.0,
            #[inline(always)]
            |pad| load(pad),
        );
        let other = self.1.step(
            simd,
            lanes.1,
            #[inline(always)]
            |pad| load(pad),
        );
        (one, other)
    }
    #[inline(always)]
    fn join(&self, one: Self::Lanes, other: Self::Lanes) -> Self::Lanes {
        (self.0.join(one.0, other.0), self.1.join(one.1, other.1))
    }
}
