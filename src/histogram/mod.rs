//! Histograms: how many values, or what weight, lies between edges.
//!
//! [`edges`] says which edges there are, [`place`] how a value finds its bin, [`counts`] what
//! is counted, and [`binned`] what comes of it.

mod binned;
mod counts;
mod edges;
mod place;

pub use binned::{Bin, BinCount, Binned};
pub use edges::HistogramError;

use crate::adapt::Adapt;
use crate::aggregate::Aggregate;
use crate::backend::Simd;
use crate::number::Number;
use crate::row::NumericRow;
use crate::sum::FloatTotal;
use crate::tile::Tile;
use alloc::vec::Vec;
use counts::Filled;
use place::Places;

// Results share the edges of their histogram, where there are atomic counts for that.
#[cfg(not(target_has_atomic = "ptr"))]
use alloc::boxed::Box as Shared;
#[cfg(target_has_atomic = "ptr")]
use alloc::sync::Arc as Shared;

/// Longest slice whose values are placed one by one: of 64, in 100 bins, a kernel takes 0.9 (AVX2, Zen 3) and
/// 0.7 of the time (AVX-512, Emerald Rapids), but in 1,000 bins 1.9 times as long, for it has a partial, too.
const FEW: usize = 64;

/// How many values fall into each bin; of pairs, the sum of their weights.
///
/// | constructor | edges |
/// | --- | --- |
/// | [`linear`](Self::linear) | `low + (high - low) · i / bins` |
/// | [`logarithmic`](Self::logarithmic) | `low · (high / low)^(i / bins)` |
/// | [`edges`](Self::edges) | those that are given |
///
/// A value on an edge belongs to the bin on its right, and on the last edge, to the last bin.
/// The edges that [`Binned::edges`] shows, as rounded to `f64`, are what values are compared
/// with: no bin is ever off by one. Values of other types are converted to `f64`, which
/// rounds integers beyond 2⁵³.
///
/// | rows | result |
/// | --- | --- |
/// | numbers | [`Binned<u64>`]: counts |
/// | pairs of a number and a weight | [`Binned<f64>`]: sums of weights; a pair of which one is null is left out |
///
/// - **Empty**: all counts are 0.
/// - **NaN** and what is beyond the edges, infinities too, are counted apart.
/// - **Order**: counts are the same, whatever the order of rows and merges. Weights of a bin
///   are added in the order of rows to a pair of `f64` that keeps what each addition rounds
///   away; the error is at most `2 u · |Σw| + 2 n² u² · Σ|w|`, where `u` is 2⁻⁵³ and `n` the
///   number of weights. On every backend the sums have the same bits, but merging in another
///   order may give others. A NaN among the weights of a bin gives NaN there, and infinities
///   are as in [`Sum`](crate::Sum).
/// - **Merging** a partial of a histogram with other edges, which can only be told apart from
///   its own by a hash of 64 bits, loses no row: they are [`unplaced`](Binned::unplaced).
/// - **Cost**: one pass; a partial of 8 bytes (16 with weights) a bin, which is allocated with
///   its first rows, and the result, which shares the edges. Counts of up to 64 values in one
///   call allocate the result alone.
///
/// ```
/// use lanefold::{Aggregate, Histogram};
/// let millis = [3.0, 12.0, 10.0, 99.0, 250.0];
/// let latencies = Histogram::logarithmic(1.0, 1000.0, 3)?.of(&millis);
/// assert_eq!(latencies.edges(), [1.0, 10.0, 100.0, 1000.0]);
/// assert_eq!(latencies.counts(), [1, 3, 1]);
///
/// let bytes = [100, 2, 3, 40, 5];
/// let traffic = Histogram::edges(&[0.0, 10.0, 100.0])?.of((&millis, &bytes));
/// assert_eq!((traffic.counts(), traffic.over()), (&[100.0, 45.0][..], 5.0));
/// # Ok::<(), lanefold::HistogramError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Histogram {
    edges: Shared<[f64]>,
    /// A hash of the edges.
    hash: u64,
    places: Places,
}

impl Histogram {
    /// Bins of equal width between `low` and `high`. Edge `i` is
    /// `low + (high - low) · i / bins`, each step rounded, and the last `high`.
    ///
    /// # Errors
    ///
    /// If there is no bin, or there are more than 2¹⁸; if `low` or `high` is NaN or infinite,
    /// `high - low` is infinite, or `high` is not greater than `low`; if the bins are so narrow
    /// that two edges are one number.
    ///
    /// ```
    /// use lanefold::{Histogram, HistogramError};
    /// let error = Histogram::linear(3.0, 1.0, 10);
    /// assert_eq!(error, Err(HistogramError::NotIncreasing { place: 10, value: 1.0 }));
    /// ```
    pub fn linear(low: f64, high: f64, bins: usize) -> Result<Self, HistogramError> {
        edges::linear(low, high, bins).map(Self::between)
    }

    /// Bins of equal ratio between `low` and `high`, which are positive. Edge `i` is
    /// `low · (high / low)^(i / bins)`, within a few units of the last digit, and the last
    /// `high`.
    ///
    /// # Errors
    ///
    /// If `low` is not greater than 0, and as for [`linear`](Self::linear).
    pub fn logarithmic(low: f64, high: f64, bins: usize) -> Result<Self, HistogramError> {
        edges::logarithmic(low, high, bins).map(Self::between)
    }

    /// Bins between these edges.
    ///
    /// # Errors
    ///
    /// If there are fewer than two edges, or more than 2¹⁸ bins; if an edge is NaN or infinite,
    /// or is not greater than the one before; if a bin has an infinite width.
    pub fn edges(edges: &[f64]) -> Result<Self, HistogramError> {
        edges::explicit(edges).map(Self::between)
    }

    /// These edges were checked.
    fn between(edges: Vec<f64>) -> Self {
        // FNV-1a, by words; then mixed, for the upper bits of a word reach no lower ones.
        let hash = edges.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, edge| {
            let hash = (hash ^ edge.to_bits()).wrapping_mul(0x0000_0100_0000_01b3);
            hash ^ hash >> 32
        });
        Self { places: Places::new(&edges), hash, edges: edges.into() }
    }

    fn binned<W>(&self, (counts, others): (Vec<W>, [W; 4])) -> Binned<W> {
        let [over, under, nan, unplaced] = others;
        Binned { edges: Shared::clone(&self.edges), counts, over, under, nan, unplaced }
    }

    /// The result for a few values. Not inlined: that is too much code for every caller.
    #[inline(never)]
    fn of_few<T: Number>(&self, values: &[T]) -> Binned<u64> {
        self.binned(counts::of_few(&self.places, values))
    }
}

impl Adapt for Histogram {}

impl<R: NumericRow> Aggregate<R> for Histogram {
    type Partial = Filled<u64>;
    type Output = Binned<u64>;

    const ANY_CUT: bool = true;

    #[inline]
    fn identity(&self) -> Filled<u64> {
        Filled::new(self.hash)
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut Filled<u64>, tile: &Tile<'_, R, S>) {
        if tile.count() > 0 {
            partial.count(&self.places, tile);
        }
    }
    fn merge(&self, into: &mut Filled<u64>, other: &Filled<u64>) {
        into.merge(other, self.hash, &self.places);
    }
    fn finish(&self, partial: &Filled<u64>) -> Binned<u64> {
        self.binned(partial.show(self.hash, &self.places))
    }
    #[inline(always)]
    fn short(&self, column: R::Column<'_>) -> Option<Binned<u64>> {
        let values = R::values(column);
        (!R::NULLABLE && values.len() <= FEW).then(
            #[inline(always)]
            || self.of_few(values),
        )
    }
}

impl<A: NumericRow, B: NumericRow> Aggregate<(A, B)> for Histogram {
    type Partial = Filled<FloatTotal>;
    type Output = Binned<f64>;

    #[inline]
    fn identity(&self) -> Filled<FloatTotal> {
        Filled::new(self.hash)
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut Filled<FloatTotal>, tile: &Tile<'_, (A, B), S>) {
        if tile.count() > 0 {
            partial.weigh(&self.places, tile);
        }
    }
    fn merge(&self, into: &mut Filled<FloatTotal>, other: &Filled<FloatTotal>) {
        into.merge(other, self.hash, &self.places);
    }
    fn finish(&self, partial: &Filled<FloatTotal>) -> Binned<f64> {
        self.binned(partial.show(self.hash, &self.places))
    }
}
