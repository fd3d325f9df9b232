//! What a histogram comes to.

use alloc::vec::Vec;
use core::fmt::Debug;

/// What falls into bins, and what does not: the result of a [`Histogram`](super::Histogram).
///
/// `W` is `u64` for counts, and `f64` for sums of weights.
///
/// ```
/// use lanefold::{Aggregate, Histogram};
/// let binned = Histogram::linear(0.0, 4.0, 2)?.of(&[0.5, 1.0, 2.0, 4.0, 5.0, f64::NAN]);
/// assert_eq!(binned.counts(), [2, 2]);
/// assert_eq!((binned.under(), binned.over(), binned.nan()), (0, 1, 1));
/// assert_eq!((binned.inside(), binned.total()), (4, 6));
///
/// let bin = binned.bins().next().expect("there are two");
/// assert_eq!((bin.low, bin.high, bin.count), (0.0, 2.0, 2));
/// assert_eq!(binned.density().collect::<Vec<_>>(), [0.25, 0.25]);
/// assert_eq!(binned.cumulative().collect::<Vec<_>>(), [2, 4]);
/// # Ok::<(), lanefold::HistogramError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Binned<W> {
    pub(super) edges: super::Shared<[f64]>,
    pub(super) counts: Vec<W>,
    pub(super) over: W,
    pub(super) under: W,
    pub(super) nan: W,
    pub(super) unplaced: W,
}

/// One bin of [`Binned`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bin<W> {
    /// The lower edge, which belongs to the bin.
    pub low: f64,
    /// The upper edge, which belongs to the next bin, or to this one if it is the last.
    pub high: f64,
    /// What is in it.
    pub count: W,
}

/// A count, or a sum of weights.
pub trait BinCount: Copy + Debug + PartialEq {
    /// Nothing.
    #[doc(hidden)]
    const NOTHING: Self;
    /// The sum.
    #[doc(hidden)]
    #[must_use]
    fn plus(self, other: Self) -> Self;
    /// As a float.
    #[doc(hidden)]
    fn float(self) -> f64;
}

impl BinCount for u64 {
    const NOTHING: u64 = 0;

    fn plus(self, other: u64) -> u64 {
        self.saturating_add(other)
    }
    fn float(self) -> f64 {
        self as f64
    }
}

impl BinCount for f64 {
    const NOTHING: f64 = 0.0;

    fn plus(self, other: f64) -> f64 {
        crate::sum::canonical(self + other)
    }
    fn float(self) -> f64 {
        self
    }
}

impl<W: BinCount> Binned<W> {
    /// The edges: one more than there are bins.
    #[must_use]
    pub fn edges(&self) -> &[f64] {
        &self.edges
    }

    /// What is in each bin.
    #[must_use]
    pub fn counts(&self) -> &[W] {
        &self.counts
    }

    /// What is less than the lowest edge.
    #[must_use]
    pub fn under(&self) -> W {
        self.under
    }

    /// What is greater than the highest edge.
    #[must_use]
    pub fn over(&self) -> W {
        self.over
    }

    /// What is NaN.
    #[must_use]
    pub fn nan(&self) -> W {
        self.nan
    }

    /// What came from partials of a histogram with other edges.
    #[must_use]
    pub fn unplaced(&self) -> W {
        self.unplaced
    }

    /// What is in all bins together.
    #[must_use]
    pub fn inside(&self) -> W {
        self.counts.iter().fold(W::NOTHING, |sum, &count| sum.plus(count))
    }

    /// All there was: [`inside`](Self::inside), and under, over, NaN and unplaced.
    #[must_use]
    pub fn total(&self) -> W {
        self.inside().plus(self.under).plus(self.over).plus(self.nan).plus(self.unplaced)
    }

    /// The bins, from the lowest.
    pub fn bins(&self) -> impl ExactSizeIterator<Item = Bin<W>> + DoubleEndedIterator + '_ {
        let edges = self.edges.windows(2);
        edges.zip(&self.counts).map(|(ends, &count)| Bin { low: ends[0], high: ends[1], count })
    }

    /// For each bin, its share of [`inside`](Self::inside) over its width: an estimate of
    /// the density of what is inside, with an integral of 1.
    ///
    /// 0 where nothing is inside. Weights are to be finite and not negative. In units of the
    /// inverse of the values'. Each is rounded twice; a width below 10⁻³⁰⁸ may give an infinity.
    pub fn density(&self) -> impl ExactSizeIterator<Item = f64> + '_ {
        let inside = self.inside().float();
        self.bins().map(move |bin| {
            let share = if inside == 0.0 { 0.0 } else { bin.count.float() / inside };
            crate::sum::canonical(share / (bin.high - bin.low))
        })
    }

    /// For each bin, what is in it and in all below, [`under`](Self::under) included: what
    /// is less than its upper edge, and for the last bin, not greater.
    ///
    /// Sums of weights are added from the lowest on, each rounded.
    pub fn cumulative(&self) -> impl ExactSizeIterator<Item = W> + '_ {
        let mut sum = self.under;
        self.counts.iter().map(move |&count| {
            sum = sum.plus(count);
            sum
        })
    }
}
