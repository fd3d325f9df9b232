//! Norms, and the root mean square.
//!
//! All are computed in lanes of `f64`. The Euclidean norm and the root mean square neither
//! overflow nor vanish where their result does not; see [`scaled`](super::scaled).
//!
//! The greatest magnitude is found by comparisons, which skip NaN; that there was one is
//! told by the sum of the magnitudes, which costs an addition a value and is NaN then and
//! only then: terms of one sign never cancel.

use super::{ScaledSquares, Square};
use crate::aggregate::Aggregate;
use crate::backend::{Simd, Vector};
use crate::lanes::{LaneFold, Sums, Terms};
use crate::number::Load;
use crate::row::NumericRow;
use crate::stored::stored;
use crate::sum::{FloatTotal, Magnitudes, canonical, same};
use crate::tile::Tile;
use core::marker::PhantomData;

/// All bits but the sign.
const MAGNITUDE: f64 = f64::from_bits(u64::MAX >> 1);

/// `|x|`, lane by lane.
#[inline(always)]
pub(crate) fn magnitude<S: Simd>(simd: S, x: S::F64) -> S::F64 {
    x.and(Vector::splat(simd, MAGNITUDE))
}

/// `|x|`.
struct Magnitude;

impl<S: Simd> Terms<S, S::F64, 1> for Magnitude {
    type Number = f64;
    const START: f64 = 0.0;

    #[inline(always)]
    fn of(&self, simd: S, load: impl Fn(S::F64) -> S::F64) -> [S::F64; 1] {
        [magnitude(simd, load(Vector::splat(simd, 0.0)))]
    }
}

/// Lanes of the greatest `|x|`.
struct GreatestMagnitude;

impl<S: Simd> LaneFold<S, S::F64> for GreatestMagnitude {
    type Lanes = S::F64;
    const REGISTERS: usize = 1;

    #[inline(always)]
    fn identity(&self, simd: S) -> S::F64 {
        Vector::splat(simd, 0.0)
    }
    #[inline(always)]
    fn step(&self, simd: S, lanes: S::F64, load: impl Fn(S::F64) -> S::F64) -> S::F64 {
        magnitude(simd, load(Vector::splat(simd, 0.0))).max(lanes)
    }
    #[inline(always)]
    fn join(&self, one: S::F64, other: S::F64) -> S::F64 {
        one.max(other)
    }
}

/// A norm of the column as a vector, as `f64`: [`Norm::l1`], [`Norm::l2`] or [`Norm::max`].
///
/// - **Empty**, or all null: 0.
/// - **Integers** are converted to `f64`, which rounds those beyond 2⁵³.
/// - **NaN** gives NaN; infinities give `+∞`.
/// - **Overflow**: `+∞`, where the norm is beyond the range of `f64`; squares in between
///   neither overflow nor vanish. (Partial sums of `l1` do where the norm does.)
/// - **Precision**: `l1` has a relative error of at most `26 u`, where `u` is 2⁻⁵³; `l2` one of
///   at most `16 u`; `max` is exact.
/// - **Order**: as [`Sum`](crate::Sum); `max` does not depend on it.
/// - **Cost**: one pass, no allocation; partials of 16, 24 and 8 bytes. Where values are so
///   large or so small that their squares leave the range, and where all are 0, `l2` looks
///   twice at each tile.
///
/// ```
/// use lanefold::{Aggregate, Norm};
/// assert_eq!(Norm::l1().of(&[3.0, -4.0]), 7.0);
/// assert_eq!(Norm::l2().of(&[3e300, -4e300]), 5e300);
/// assert_eq!(Norm::max().of(&[3, -4]), 4.0);
/// ```
///
/// Source: Blue, *A Portable Fortran Program to Find the Euclidean Norm of a Vector*, 1978.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Norm<K> {
    kind: PhantomData<K>,
}

/// The kind of [`Norm::l1`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct L1;

/// The kind of [`Norm::l2`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct L2;

/// The kind of [`Norm::max`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LInfinity;

impl Norm<L1> {
    /// The sum of the magnitudes.
    #[must_use]
    pub const fn l1() -> Self {
        Self { kind: PhantomData }
    }
}

impl Norm<L2> {
    /// The Euclidean norm: the square root of the sum of the squares.
    #[must_use]
    pub const fn l2() -> Self {
        Self { kind: PhantomData }
    }
}

impl Norm<LInfinity> {
    /// The greatest magnitude.
    #[must_use]
    pub const fn max() -> Self {
        Self { kind: PhantomData }
    }
}

impl<R: NumericRow> Aggregate<R> for Norm<L1> {
    type Partial = Magnitudes;
    type Output = f64;

    #[inline(always)]
    fn identity(&self) -> Magnitudes {
        Magnitudes::NOTHING
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut Magnitudes, tile: &Tile<'_, R, S>) {
        if tile.count() > 0 {
            let [sum] = tile.fold_as::<f64, _>(&Sums(Magnitude));
            partial.total.add(sum.fold_add());
        }
    }
    #[inline(always)]
    fn merge(&self, into: &mut Magnitudes, other: &Magnitudes) {
        into.total.merge(&other.total);
    }
    #[inline(always)]
    fn finish(&self, partial: &Magnitudes) -> f64 {
        canonical(partial.total.value())
    }
}

/// The squares of a tile that has a row.
#[inline(always)]
fn add_squares<R: NumericRow, S: Simd>(squares: &mut ScaledSquares, tile: &Tile<'_, R, S>) {
    let [sum] = tile.fold_as::<f64, _>(&Sums(Square::<f64>(PhantomData)));
    squares.add_tile(
        sum.fold_add(),
        #[inline(always)]
        |scale| scaled_squares(tile.values_there().map(Load::<f64>::convert), scale),
    );
}

/// The sum of the squares of the values times a scale.
#[cold]
#[inline(never)]
fn scaled_squares(values: impl Iterator<Item = f64>, scale: f64) -> FloatTotal {
    let mut total = FloatTotal::NOTHING;
    for x in values {
        total.add((x * scale) * (x * scale));
    }
    total
}

impl<R: NumericRow> Aggregate<R> for Norm<L2> {
    type Partial = ScaledSquares;
    type Output = f64;

    #[inline(always)]
    fn identity(&self) -> ScaledSquares {
        ScaledSquares::NOTHING
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut ScaledSquares, tile: &Tile<'_, R, S>) {
        if tile.count() > 0 {
            add_squares(partial, tile);
        }
    }
    #[inline(always)]
    fn merge(&self, into: &mut ScaledSquares, other: &ScaledSquares) {
        into.merge(other);
    }
    #[inline(always)]
    fn finish(&self, partial: &ScaledSquares) -> f64 {
        partial.root(1.0)
    }
}

/// The greatest magnitude so far, or NaN.
#[derive(Clone, Copy, Debug)]
pub struct Greatest(f64);

stored! {
    Greatest as "Greatest" |it| {
        v = 1,
        greatest: Real = it.0,
    }
    refuses {
        greatest if greatest.is_sign_negative(), "a magnitude";
    }
    => Greatest(greatest)
}

impl PartialEq for Greatest {
    fn eq(&self, other: &Self) -> bool {
        same(self.0, other.0)
    }
}

impl Greatest {
    #[inline(always)]
    fn add(&mut self, other: f64) {
        if other > self.0 || other.is_nan() {
            self.0 = other;
        }
    }
}

impl<R: NumericRow> Aggregate<R> for Norm<LInfinity> {
    type Partial = Greatest;
    type Output = f64;

    #[inline(always)]
    fn identity(&self) -> Greatest {
        Greatest(0.0)
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut Greatest, tile: &Tile<'_, R, S>) {
        let (greatest, [sum]) = tile.fold_as::<f64, _>(&(GreatestMagnitude, Sums(Magnitude)));
        partial.add(greatest.fold_max());
        if sum.fold_add().is_nan() {
            partial.add(f64::NAN);
        }
    }
    #[inline(always)]
    fn merge(&self, into: &mut Greatest, other: &Greatest) {
        into.add(other.0);
    }
    #[inline(always)]
    fn finish(&self, partial: &Greatest) -> f64 {
        canonical(partial.0)
    }
}

/// The root mean square: `√(Σx² / n)`, as `f64`.
///
/// - **Empty**, or all null: `None`.
/// - **Integers, NaN, infinities, precision, order, cost**: as [`Norm::l2`].
/// - **Overflow**: none, unless the result is within its error of the greatest number.
///
/// ```
/// use lanefold::{Aggregate, RootMeanSquare};
/// assert_eq!(RootMeanSquare.of(&[1.0, -7.0]), Some(5.0));
/// assert_eq!(RootMeanSquare.of(&[1e300; 4]), Some(1e300));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct RootMeanSquare;

/// The partial of a mean of squares.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeanSquare {
    pub(crate) count: u64,
    pub(crate) squares: ScaledSquares,
}

stored! {
    MeanSquare as "MeanSquare" |it| {
        v = 1,
        count: Rows = it.count,
        squares: Itself<ScaledSquares> = it.squares,
    }
    refuses {
        squares if !squares.total.is_of(count), "not a sum of as many rows";
    }
    => MeanSquare { count, squares }
}

impl MeanSquare {
    pub(crate) const NOTHING: Self = Self { count: 0, squares: ScaledSquares::NOTHING };

    #[inline(always)]
    pub(crate) fn merge(&mut self, other: &Self) {
        self.count = self.count.saturating_add(other.count);
        self.squares.merge(&other.squares);
    }

    #[inline(always)]
    pub(crate) fn root(&self) -> Option<f64> {
        (self.count > 0).then(|| self.squares.root(self.count as f64))
    }
}

impl<R: NumericRow> Aggregate<R> for RootMeanSquare {
    type Partial = MeanSquare;
    type Output = Option<f64>;

    #[inline(always)]
    fn identity(&self) -> MeanSquare {
        MeanSquare::NOTHING
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut MeanSquare, tile: &Tile<'_, R, S>) {
        partial.count = partial.count.saturating_add(tile.count() as u64);
        Norm::l2().update(&mut partial.squares, tile);
    }
    #[inline(always)]
    fn merge(&self, into: &mut MeanSquare, other: &MeanSquare) {
        into.merge(other);
    }
    #[inline(always)]
    fn finish(&self, partial: &MeanSquare) -> Option<f64> {
        partial.root()
    }
}
