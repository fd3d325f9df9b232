//! The logarithm of a sum of exponentials.
//!
//! `ln Σeˣ = M + ln Σe^(x - M)` for any `M`; with the greatest value in its place nothing
//! overflows, and one term is 1. A tile takes its own greatest value, and merges bring the
//! sum of the lesser one down by the exponential of the difference.
//!
//! # The exponential
//!
//! `y = x - M` is not positive, so a short way is enough. With `k` the integer next to
//! `y / ln 2`, and `r = y - k ln 2`, which lies within 0.347 of 0:
//!
//! 1. `k` comes of adding and subtracting 1.5 · 2⁵², which rounds to an integer;
//! 2. `k ln 2` is subtracted in two parts, of which the first has 33 bits, so that its
//!    product with `k` is exact (Cody and Waite, *Software Manual for the Elementary
//!    Functions*, 1980);
//! 3. `eʳ` is its Taylor polynomial of degree 13, whose remainder is below 2⁻⁵⁷;
//! 4. times `2^k`, whose bits are made from `k`.
//!
//! Below -708 the result is 0: beside the term that is 1, it is nothing. Multiplications
//! and additions are rounded apart, so every backend has the same bits. An exponential is off
//! by at most `3 u` beyond the rounding of `y`. Cost: 34 operations, against a call of some
//! nanoseconds for each value.

use crate::aggregate::Aggregate;
use crate::backend::{FloatVector, Simd, Vector};
use crate::lanes::{Sums, Terms};
use crate::number::Load;
use crate::row::NumericRow;
use crate::stored::stored;
use crate::sum::{FloatTotal, canonical, same};
use crate::tile::Tile;

/// Rounds to an integer what it is added to.
const ROUND: f64 = 6_755_399_441_055_744.0;
/// `ln 2` as a number of 33 bits, and what that leaves.
const LN_2: (f64, f64) =
    (f64::from_bits(0x3fe6_2e42_fee0_0000), f64::from_bits(0x3dea_39ef_3579_3c76));
/// Below, an exponential is taken for 0.
const LEAST: f64 = -708.0;

/// `1 / k!`, from `k` = 13 down to 0.
const TAYLOR: [f64; 14] = {
    let mut terms = [1.0; 14];
    let (mut k, mut factorial) = (1, 1.0);
    while k < 14 {
        factorial *= k as f64;
        terms[13 - k] = 1.0 / factorial;
        k += 1;
    }
    terms
};

/// `e^(x - greatest)`.
struct Exponential {
    greatest: f64,
}

impl<S: Simd> Terms<S, S::F64, 1> for Exponential {
    type Number = f64;
    const START: f64 = 0.0;

    #[inline(always)]
    fn of(&self, simd: S, load: impl Fn(S::F64) -> S::F64) -> [S::F64; 1] {
        // An absent row is -∞, whose exponential is 0.
        let x = load(Vector::splat(simd, f64::NEG_INFINITY));
        let y = x.sub(Vector::splat(simd, self.greatest));
        let round: S::F64 = Vector::splat(simd, ROUND);
        let k = y.mul(Vector::splat(simd, core::f64::consts::LOG2_E)).add(round).sub(round);
        let r = y.sub(k.mul(Vector::splat(simd, LN_2.0)));
        let r = r.sub(k.mul(Vector::splat(simd, LN_2.1)));
        let mut power: S::F64 = Vector::splat(simd, TAYLOR[0]);
        for term in &TAYLOR[1..] {
            power = power.mul(r).add(Vector::splat(simd, *term));
        }
        let zero: S::F64 = Vector::splat(simd, 0.0);
        let is_small = y.lt(Vector::splat(simd, LEAST));
        [zero.select(is_small, power.mul(simd.power_of_two(k)))]
    }
}

/// The partial of [`LogSumExp`]: the greatest value, and the sum of `e^(x - greatest)`.
#[derive(Clone, Copy, Debug)]
pub struct Exponentials {
    count: u64,
    /// `-∞` for no rows.
    greatest: f64,
    total: FloatTotal,
}

stored! {
    Exponentials as "Exponentials" |it| {
        v = 1,
        count: Rows = it.count,
        greatest: Real = it.greatest,
        total: Itself<FloatTotal> = it.total,
    }
    refuses {
        greatest if greatest.is_nan(), "not a value";
        greatest if count == 0 && greatest != f64::NEG_INFINITY, "the greatest of no rows";
        total if !total.is_of(count), "not a sum of as many rows";
        total if count > 0 && total.value() < 1.0, "one term is 1";
        total if total.is_negative(), "a sum of exponentials";
    }
    => Exponentials { count, greatest, total }
}

impl PartialEq for Exponentials {
    fn eq(&self, other: &Self) -> bool {
        self.count == other.count
            && same(self.greatest, other.greatest)
            && self.total == other.total
    }
}

impl Exponentials {
    const NOTHING: Self =
        Self { count: 0, greatest: f64::NEG_INFINITY, total: FloatTotal::NOTHING };

    /// A tile that has a row.
    #[inline(always)]
    fn of<R: NumericRow, S: Simd>(tile: &Tile<'_, R, S>) -> Self {
        let count = tile.count() as u64;
        // Of zeros of both signs lanes find either; that of a partial is positive.
        let greatest = 0.0 + Load::<f64>::convert(tile.raw_max());
        let total = if greatest.is_finite() {
            let [sum] = tile.fold_as::<f64, _>(&Sums(Exponential { greatest }));
            sum.fold_add()
        } else {
            infinite_total(tile)
        };
        Self { count, greatest, total: FloatTotal::of(total) }
    }

    #[inline(always)]
    fn merge(&mut self, other: &Self) {
        self.count = self.count.saturating_add(other.count);
        let greatest = if other.greatest > self.greatest { other.greatest } else { self.greatest };
        let total = other.brought_to(greatest);
        self.total = self.brought_to(greatest);
        self.total.merge(&total);
        self.greatest = greatest;
    }

    /// The sum, for a greatest value that is not less.
    #[inline(always)]
    fn brought_to(&self, greatest: f64) -> FloatTotal {
        if self.greatest >= greatest {
            self.total
        } else {
            self.total.scaled(libm::exp(self.greatest - greatest))
        }
    }

    fn logarithm(&self) -> f64 {
        let total = self.total.value();
        if total.is_nan() {
            f64::NAN
        } else if self.greatest.is_infinite() {
            self.greatest
        } else {
            canonical(self.greatest + libm::log(total))
        }
    }
}

/// The sum of a tile whose greatest value is infinite, or that holds nothing but NaN: 1, or
/// NaN.
#[cold]
#[inline(never)]
fn infinite_total<R: NumericRow, S: Simd>(tile: &Tile<'_, R, S>) -> f64 {
    let mut total = 1.0;
    tile.for_each(|x| {
        if Load::<f64>::convert(x).is_nan() {
            total = f64::NAN;
        }
    });
    total
}

/// The logarithm of the sum of the exponentials, `ln Σeˣ`, as `f64`: a maximum without edges,
/// and the sum of probabilities that are given by their logarithms.
///
/// - **Empty**, or all null: `None`.
/// - **NaN** gives NaN. `+∞` gives `+∞`; where all values are `-∞`, `-∞`.
/// - **Overflow**: none.
/// - **Precision**: with `M` for the greatest value and `t` tiles, the error is at most
///   `2 u |M| + (40 + 4 t) u`, where `u` is 2⁻⁵³; tiles count only where the greatest value grows.
/// - **Integers** are converted to `f64`, which rounds those beyond 2⁵³.
/// - **Order**: a function of the column alone, on every CPU and however it was delivered;
///   merging partials in another order may give other bits.
/// - **Cost**: one pass over memory, each tile twice while it is in L1; no allocation; a
///   partial of 32 bytes.
///
/// ```
/// use lanefold::{Aggregate, LogSumExp};
/// assert_eq!(LogSumExp.of(&[1000.0, 1000.0]), Some(1000.0 + core::f64::consts::LN_2));
/// assert_eq!(LogSumExp.of(&[f64::NEG_INFINITY, 3.0]), Some(3.0));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct LogSumExp;

impl<R: NumericRow> Aggregate<R> for LogSumExp {
    type Partial = Exponentials;
    type Output = Option<f64>;

    const EXTREMA: bool = true;

    #[inline(always)]
    fn identity(&self) -> Exponentials {
        Exponentials::NOTHING
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut Exponentials, tile: &Tile<'_, R, S>) {
        if tile.count() > 0 {
            partial.merge(&Exponentials::of(tile));
        }
    }
    #[inline(always)]
    fn merge(&self, into: &mut Exponentials, other: &Exponentials) {
        into.merge(other);
    }
    #[inline(always)]
    fn finish(&self, partial: &Exponentials) -> Option<f64> {
        (partial.count > 0).then(|| partial.logarithm())
    }
}
