//! The exact variance.

use super::float::ExactFloat;
use super::products::Squares;
use super::rounding::Leading;
use super::total::Total;
use super::words::{Words, is_negative};
use crate::aggregate::Aggregate;
use crate::backend::Simd;
use crate::moments::degrees_of_freedom;
use crate::row::NumericRow;
use crate::tile::Tile;

/// The variance as a real number, `(n Σx² - (Σx)²) / (n (n - ddof))`, rounded once to `f64`.
///
/// Takes rows of `f32` or `f64`.
///
/// - **`n ≤ ddof`**, and so empty or all null: `None`.
/// - **Never negative**, and 0 for a constant column alone, or where the nearest number is 0.
/// - **NaN** or an infinity gives NaN.
/// - **Overflow**: only where the exact variance is out of range, which gives `+∞`. (Merges of
///   merges can have more rows than are counted, 2⁶⁴ - 1, and give NaN.)
/// - **Order**: none, as of [`ExactSum`](crate::ExactSum).
/// - **Cost**: one pass; a partial of 112 bytes (`f32`: 160), as those of `ExactSum` and
///   [`ExactDot`](crate::ExactDot) in every respect. Beside [`Variance`](crate::Variance) it
///   takes 2 to 3 times as long from memory, and 7 times (AVX2: 10) from L2; and a result takes
///   some 100 ns, or microseconds where exponents are far apart.
///
/// ```
/// use lanefold::{Aggregate, ExactVariance, Variance};
/// let xs = [1e16, 1e16 + 2.0, 1.0];
/// assert_eq!(ExactVariance::population().of(&[0.1; 7]), Some(0.0));
/// assert!(ExactVariance::sample().of(&xs) >= Some(3e31));
/// assert_eq!(ExactVariance::sample().of(&[1e200, 1e200, 1e200 * 1.5]), Some(f64::INFINITY));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ExactVariance {
    ddof: u64,
}

degrees_of_freedom! {
    ExactVariance "The variance"
}

/// The partial of [`ExactVariance`].
#[derive(Clone, Debug)]
pub struct ExactVariancePartial<W, P> {
    count: u64,
    sum: Total<W, 1>,
    squares: Total<P, 2>,
}

crate::stored::stored! {
    [W: super::words::Words, P: super::words::Words] ExactVariancePartial<W, P> as "ExactVariancePartial" |it| {
        v = 1,
        count: Rows = it.count,
        sum: Itself<Total<W, 1>> = it.sum,
        squares: Itself<Total<P, 2>> = it.squares,
    }
    refuses {
        sum if sum.is_nothing() != (count == 0), "not a sum of as many rows";
        squares if squares.is_nothing() != (count == 0), "not a sum of as many rows";
        sum if !sum.is_of(count), "more than as many values come to";
        squares if !squares.is_of(count), "more than as many squares come to";
        squares if squares.is_negative(), "a sum of squares";
        squares if squares.special().is_some() != sum.special().is_some(),
            "infinities and NaN are in both sums or in none";
        squares if sum.special().is_none() && is_negative(&spread(count, &sum, &squares)),
            "less than the square of the sum over the rows";
    }
    => ExactVariancePartial { count, sum, squares }
}

impl<W: Words, P: Words> PartialEq for ExactVariancePartial<W, P> {
    fn eq(&self, other: &Self) -> bool {
        self.count == other.count && self.sum == other.sum && self.squares == other.squares
    }
}

impl<W: Words, P: Words> Eq for ExactVariancePartial<W, P> {}

impl<R: NumericRow<Value: ExactFloat>> Aggregate<R> for ExactVariance {
    type Partial = ExactVariancePartial<
        <R::Value as ExactFloat>::Words,
        <R::Value as ExactFloat>::ProductWords,
    >;
    type Output = Option<f64>;

    #[inline(always)]
    fn identity(&self) -> Self::Partial {
        ExactVariancePartial { count: 0, sum: Total::nothing(), squares: Total::nothing() }
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut Self::Partial, tile: &Tile<'_, R, S>) {
        partial.count = partial.count.saturating_add(tile.count() as u64);
        partial.sum.update(tile);
        partial.squares.add_products(&Squares(tile));
    }
    #[inline(always)]
    fn merge(&self, into: &mut Self::Partial, other: &Self::Partial) {
        into.count = into.count.saturating_add(other.count);
        into.sum.merge(&other.sum);
        into.squares.merge(&other.squares);
    }
    #[inline(always)]
    fn finish(&self, partial: &Self::Partial) -> Self::Output {
        partial.variance(self.ddof)
    }
}

/// Words of `n Σx²`, with a sign.
const WORDS: usize = 70;

impl<W: Words, P: Words> ExactVariancePartial<W, P> {
    #[inline(never)]
    fn variance(&self, ddof: u64) -> Option<f64> {
        let degrees = self.count.checked_sub(ddof).filter(|&degrees| degrees > 0)?;
        // More rows than there can be: the count stands still, and the sums went on.
        if self.count == u64::MAX {
            return Some(f64::NAN);
        }
        // Squares of infinities are infinities; they say as much as the sum.
        if self.squares.special().is_some() {
            return Some(f64::NAN);
        }
        let leading = Leading::of(0, &spread(self.count, &self.sum, &self.squares));
        Some(leading.map_or(0.0, |spread| spread.over(self.count).over(degrees).to_f64()))
    }
}

/// `n Σx² - (Σx)²`, of numbers.
fn spread<W: Words, P: Words>(
    count: u64,
    sum: &Total<W, 1>,
    squares: &Total<P, 2>,
) -> [u64; WORDS] {
    let mut spread = [0; WORDS];
    let squares = squares.state();
    add_multiple(&mut spread[squares.first..], squares.words, count);
    // The square of the unit of word `first` is 2¹⁴ units of word `2 first - 34`, since
    // `2 (64 first - 2162)` is `64 (2 first - 34) - 2162 + 14`.
    let sum = sum.state();
    let magnitude = seven_bits_up(sum.words);
    for (i, &word) in magnitude[..=sum.words.len()].iter().enumerate() {
        let at = (2 * sum.first + i).saturating_sub(34);
        subtract_multiple(&mut spread[at..], &magnitude[..=sum.words.len()], word);
    }
    spread
}

/// The magnitude of an integer, times 2⁷.
fn seven_bits_up(words: &[u64]) -> [u64; WORDS / 2] {
    let mut magnitude = [0; WORDS / 2];
    magnitude[..words.len()].copy_from_slice(words);
    if is_negative(words) {
        let mut carry = true;
        for word in &mut magnitude[..words.len()] {
            (*word, carry) = (!*word).overflowing_add(carry.into());
        }
    }
    let mut below = 0;
    for word in &mut magnitude {
        (*word, below) = (*word << 7 | below >> 57, *word);
    }
    magnitude
}

/// Adds a multiple of an integer.
fn add_multiple(words: &mut [u64], terms: &[u64], factor: u64) {
    let mut carry = 0;
    for (i, word) in words.iter_mut().enumerate() {
        if i >= terms.len() && carry == 0 {
            break;
        }
        let term = u128::from(*terms.get(i).unwrap_or(&0)) * u128::from(factor);
        let sum = u128::from(*word) + term + carry;
        (*word, carry) = (sum as u64, sum >> 64);
    }
}

/// Subtracts a multiple of an integer.
fn subtract_multiple(words: &mut [u64], terms: &[u64], factor: u64) {
    let mut borrow = 0;
    for (i, word) in words.iter_mut().enumerate() {
        if i >= terms.len() && borrow == 0 {
            break;
        }
        let term = u128::from(*terms.get(i).unwrap_or(&0)) * u128::from(factor) + borrow;
        let (left, less) = word.overflowing_sub(term as u64);
        (*word, borrow) = (left, (term >> 64) + u128::from(less));
    }
}
