//! How far two columns are apart.
//!
//! Sums of `|x - y|`, `(x - y)²`, and of `xy`, `x²` and `y²`, in lanes of `f64`. Squares that
//! leave the range are taken again with a scale; see [`scaled`](crate::moments).

use super::joint::cosine;
use crate::aggregate::Aggregate;
use crate::backend::{FloatVector, Simd, Vector};
use crate::lanes::{Sums, Terms, totals};
use crate::moments::{MeanSquare, Range, ScaledSquares, magnitude};
use crate::number::Load;
use crate::row::NumericRow;
use crate::stored::stored;
use crate::sum::{FloatTotal, canonical};
use crate::tile::Tile;

/// `x - y`, and +0.0 for an absent pair.
#[inline(always)]
fn difference<S: Simd>(simd: S, load: impl Fn((S::F64, S::F64)) -> (S::F64, S::F64)) -> S::F64 {
    let zero = Vector::splat(simd, 0.0);
    let (x, y) = load((zero, zero));
    x.sub(y)
}

/// `|x - y|`.
struct Distance;

impl<S: Simd> Terms<S, (S::F64, S::F64), 1> for Distance {
    type Number = f64;
    const START: f64 = 0.0;

    #[inline(always)]
    fn of(&self, simd: S, load: impl Fn((S::F64, S::F64)) -> (S::F64, S::F64)) -> [S::F64; 1] {
        [magnitude(simd, difference(simd, load))]
    }
}

/// `(x - y)²`.
struct SquaredDistance;

impl<S: Simd> Terms<S, (S::F64, S::F64), 1> for SquaredDistance {
    type Number = f64;
    const START: f64 = 0.0;

    #[inline(always)]
    fn of(&self, simd: S, load: impl Fn((S::F64, S::F64)) -> (S::F64, S::F64)) -> [S::F64; 1] {
        let d = difference(simd, load);
        [d.mul(d)]
    }
}

/// `xy`, `x²` and `y²`.
struct AllProducts;

impl<S: Simd> Terms<S, (S::F64, S::F64), 3> for AllProducts {
    type Number = f64;
    const START: f64 = 0.0;

    #[inline(always)]
    fn of(&self, simd: S, load: impl Fn((S::F64, S::F64)) -> (S::F64, S::F64)) -> [S::F64; 3] {
        let zero = Vector::splat(simd, 0.0);
        let (x, y) = load((zero, zero));
        [x.mul(y), x.mul(x), y.mul(y)]
    }
}

/// The mean absolute error, `Σ|x - y| / n`, as `f64`.
///
/// The columns may hold different types. A pair of which one value is null is left out.
///
/// - **Empty**, or no whole pair: `None`.
/// - **Integers** are converted to `f64`, which rounds those beyond 2⁵³.
/// - **Precision**: a relative error of at most `26 u`, where `u` is 2⁻⁵³.
/// - **NaN** gives NaN, and so do two infinities of one sign in a pair; other infinities give
///   `+∞`. **Overflow** of a difference or of the sum gives `+∞`.
/// - **Order**: as [`Sum`](crate::Sum).
/// - **Cost**: one pass, no allocation; a partial of 24 bytes.
///
/// # Panics
///
/// `of` panics where the columns differ in length, and `try_of` returns the error.
///
/// ```
/// use lanefold::{Aggregate, MeanAbsoluteError};
/// assert_eq!(MeanAbsoluteError.of((&[1.0, 2.0], &[3, 1])), Some(1.5));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct MeanAbsoluteError;

/// The partial of [`MeanAbsoluteError`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Distances {
    count: u64,
    total: FloatTotal,
}

stored! {
    Distances as "Distances" |it| {
        v = 1,
        count: Rows = it.count,
        total: Itself<FloatTotal> = it.total,
    }
    refuses {
        total if !total.is_of(count), "not a sum of as many rows";
        total if total.is_negative(), "a sum of magnitudes";
    }
    => Distances { count, total }
}

impl<A: NumericRow, B: NumericRow> Aggregate<(A, B)> for MeanAbsoluteError {
    type Partial = Distances;
    type Output = Option<f64>;

    #[inline(always)]
    fn identity(&self) -> Distances {
        Distances { count: 0, total: FloatTotal::NOTHING }
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut Distances, tile: &Tile<'_, (A, B), S>) {
        if tile.count() > 0 {
            let [sum] = tile.fold_as::<f64, _>(&Sums(Distance));
            partial.count = partial.count.saturating_add(tile.count() as u64);
            partial.total.add(sum.fold_add());
        }
    }
    #[inline(always)]
    fn merge(&self, into: &mut Distances, other: &Distances) {
        into.count = into.count.saturating_add(other.count);
        into.total.merge(&other.total);
    }
    #[inline(always)]
    fn finish(&self, partial: &Distances) -> Option<f64> {
        (partial.count > 0).then(|| canonical(partial.total.value() / partial.count as f64))
    }
}

/// The Euclidean distance of two columns as vectors, `√Σ(x - y)²`, as `f64`.
///
/// The columns may hold different types. A pair of which one value is null is left out.
///
/// - **Empty**, or no whole pair: 0.
/// - **Integers** are converted to `f64`, which rounds those beyond 2⁵³.
/// - **Precision**: a relative error of at most `17 u`, where `u` is 2⁻⁵³.
/// - **NaN** gives NaN, and so do two infinities of one sign in a pair; other infinities
///   give `+∞`.
/// - **Overflow**: `+∞`, where the distance is beyond the range of `f64`; squares in between
///   neither overflow nor vanish.
/// - **Order**: as [`Sum`](crate::Sum).
/// - **Cost**: one pass, no allocation; a partial of 24 bytes. Tiles with squares beyond the
///   range, and those that are equal, are looked at twice.
///
/// # Panics
///
/// `of` panics where the columns differ in length, and `try_of` returns the error.
///
/// ```
/// use lanefold::{Aggregate, EuclideanDistance};
/// assert_eq!(EuclideanDistance.of((&[1.0, 2.0], &[4, 6])), 5.0);
/// assert_eq!(EuclideanDistance.of((&[1e-200], &[4e-200])), 3e-200);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct EuclideanDistance;

/// The sum of the squares of the differences, times a scale.
#[cold]
#[inline(never)]
fn scaled_squares(pairs: impl Iterator<Item = (f64, f64)>, scale: f64) -> FloatTotal {
    let mut total = FloatTotal::NOTHING;
    for (x, y) in pairs {
        // Large ones are scaled first: the difference may overflow. Small differences may be
        // those of numbers that would.
        let d = if scale < 1.0 { x * scale - y * scale } else { (x - y) * scale };
        total.add(d * d);
    }
    total
}

impl<A: NumericRow, B: NumericRow> Aggregate<(A, B)> for EuclideanDistance {
    type Partial = ScaledSquares;
    type Output = f64;

    #[inline(always)]
    fn identity(&self) -> ScaledSquares {
        ScaledSquares::NOTHING
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut ScaledSquares, tile: &Tile<'_, (A, B), S>) {
        if tile.count() > 0 {
            let [sum] = tile.fold_as::<f64, _>(&Sums(SquaredDistance));
            partial.add_tile(
                sum.fold_add(),
                #[inline(always)]
                |scale| {
                    let pairs = tile.pairs_there();
                    scaled_squares(pairs.map(|(x, y)| (x.convert(), y.convert())), scale)
                },
            );
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

/// The root mean square error, `√(Σ(x - y)² / n)`, as `f64`.
///
/// - **Empty**, or no whole pair: `None`.
/// - As [`EuclideanDistance`] in every other respect; a partial of 32 bytes.
///
/// ```
/// use lanefold::{Aggregate, RootMeanSquareError};
/// assert_eq!(RootMeanSquareError.of((&[1.0, 2.0], &[8, 3])), Some(5.0));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct RootMeanSquareError;

impl<A: NumericRow, B: NumericRow> Aggregate<(A, B)> for RootMeanSquareError {
    type Partial = MeanSquare;
    type Output = Option<f64>;

    #[inline(always)]
    fn identity(&self) -> MeanSquare {
        MeanSquare::NOTHING
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut MeanSquare, tile: &Tile<'_, (A, B), S>) {
        partial.count = partial.count.saturating_add(tile.count() as u64);
        EuclideanDistance.update(&mut partial.squares, tile);
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

/// The cosine of the angle between two columns as vectors, `Σxy / √(Σx² Σy²)`, as `f64`.
///
/// The columns may hold different types. A pair of which one value is null is left out.
///
/// - **Empty**, no whole pair, or where all of a column is 0: `None`.
/// - **Never** outside `[-1, 1]`. The error is at most `60 u`, where `u` is 2⁻⁵³.
/// - **Integers** are converted to `f64`, which rounds those beyond 2⁵³.
/// - **NaN** or an infinity gives NaN. **Overflow**: none; squares neither overflow nor vanish.
/// - **Order**: as [`Sum`](crate::Sum).
/// - **Cost**: one pass, no allocation; a partial of 64 bytes. Tiles with squares beyond the
///   range, and those with a column of zeros, are looked at twice.
///
/// # Panics
///
/// `of` panics where the columns differ in length, and `try_of` returns the error.
///
/// ```
/// use lanefold::{Aggregate, CosineSimilarity};
/// assert_eq!(CosineSimilarity.of((&[3.0, 4.0], &[4, 3])), Some(0.96));
/// assert_eq!(CosineSimilarity.of((&[1e300, 0.0], &[1e-300, 0.0])), Some(1.0));
/// assert_eq!(CosineSimilarity.of((&[3.0, 4.0], &[0, 0])), None);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct CosineSimilarity;

/// The partial of [`CosineSimilarity`]: the products are in the ranges of both.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Angle {
    products: FloatTotal,
    x: ScaledSquares,
    y: ScaledSquares,
}

stored! {
    Angle as "Angle" |it| {
        v = 1,
        products: Itself<FloatTotal> = it.products,
        x: Itself<ScaledSquares> = it.x,
        y: Itself<ScaledSquares> = it.y,
    }
    refuses {
        x if x.total.is_nothing() != products.is_nothing(), "not of as many rows";
        y if y.total.is_nothing() != products.is_nothing(), "not of as many rows";
    }
    => Angle { products, x, y }
}

impl Angle {
    const NOTHING: Self = Self {
        products: FloatTotal::NOTHING,
        x: ScaledSquares::NOTHING,
        y: ScaledSquares::NOTHING,
    };

    #[inline(always)]
    fn merge(&mut self, other: &Self) {
        let raised = |own: FloatTotal, x: Range, y: Range, to: (Range, Range)| {
            y.raise(to.1, x.raise(to.0, own, 1), 1)
        };
        let (x, y) = (self.x.range, self.y.range);
        self.x.merge(&other.x);
        self.y.merge(&other.y);
        let to = (self.x.range, self.y.range);
        self.products = raised(self.products, x, y, to);
        self.products.merge(&raised(other.products, other.x.range, other.y.range, to));
    }
}

/// The products of a tile of which the squares of a column leave the range.
#[cold]
#[inline(never)]
fn scaled_products(
    pairs: impl Iterator<Item = (f64, f64)>,
    (x_range, y_range): (Range, Range),
) -> Angle {
    let mut sums = [FloatTotal::NOTHING; 3];
    for (x, y) in pairs {
        let (x, y) = (x * x_range.scale(), y * y_range.scale());
        for (sum, product) in sums.iter_mut().zip([x * y, x * x, y * y]) {
            sum.add(product);
        }
    }
    let [products, x, y] = sums;
    Angle {
        products,
        x: ScaledSquares { total: x, range: x_range },
        y: ScaledSquares { total: y, range: y_range },
    }
}

impl<A: NumericRow, B: NumericRow> Aggregate<(A, B)> for CosineSimilarity {
    type Partial = Angle;
    type Output = Option<f64>;

    #[inline(always)]
    fn identity(&self) -> Angle {
        Angle::NOTHING
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut Angle, tile: &Tile<'_, (A, B), S>) {
        if tile.count() == 0 {
            return;
        }
        let [products, x, y] = totals::<S, f64, 3>(tile.fold_as::<f64, _>(&Sums(AllProducts)));
        let ranges = (Range::of(x), Range::of(y));
        partial.merge(&if ranges == (Range::Middle, Range::Middle) {
            let [products, x, y] = [products, x, y].map(FloatTotal::of);
            let range = Range::Middle;
            let (x, y) = (ScaledSquares { total: x, range }, ScaledSquares { total: y, range });
            Angle { products, x, y }
        } else {
            let pairs = tile.pairs_there();
            scaled_products(pairs.map(|(x, y)| (x.convert(), y.convert())), ranges)
        });
    }
    #[inline(always)]
    fn merge(&self, into: &mut Angle, other: &Angle) {
        into.merge(other);
    }
    #[inline(always)]
    fn finish(&self, partial: &Angle) -> Option<f64> {
        let Angle { products, x, y } = partial;
        let (products, x, y) = (products.value(), x.total.value(), y.total.value());
        let nothing = (x == 0.0 || y == 0.0) && !products.is_nan();
        (!nothing).then(|| cosine(products, x, y))
    }
}
