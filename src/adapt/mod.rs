//! Adaptors: the same aggregate over other rows.
//!
//! | adaptor | rows that the aggregate sees |
//! | --- | --- |
//! | [`filter`](crate::Adapt::filter), [`skip_nan`](crate::Adapt::skip_nan) | those that meet a predicate, or beside which another column does |
//! | [`finite`](crate::Adapt::finite) | those that are finite; the others are counted |
//! | [`map`](crate::Adapt::map) | what a function makes of the values |
//! | [`every`](crate::Adapt::every), [`every_time`](crate::Adapt::every_time) | each so many, or those of so much time, for a result of their own |
//! | `rolling`, `rolling_time` (feature `alloc`) | for each row those up to it, so many, or of so much time |
//! | [`running`](crate::Adapt::running) | for each row all up to it |
//!
//! But for those that give results of their own, the last three and
//! [`Strided`](crate::Strided), an adaptor is an aggregate, and stands in tuples, streams and merges like any other.
//!
//! # How
//!
//! An adaptor works on a tile while that is in L1, and hands on a tile of its own. A filter
//! has a bit for each row, one vector comparison for as many rows as a register has
//! lanes, and hands on the same values with these bits as their validity: what was left
//! out is a null, and the aggregate behind does what it does with nulls. So a filtered
//! column, a column with nulls, and one filtered and with nulls are one case, with one
//! answer. There is no branch on the bits: the cost does not depend on how many rows are kept.
//!
//! 1. A predicate that is a range tells the tile its [`bounds`](crate::Predicate::bounds).
//!    A sweep then compares each register as it is loaded, and takes the identity where a
//!    value lies beyond. Nothing asks for the bits, and the compiler removes them.
//! 2. Whether a value was kept, which the least of a tile asks when it is a zero, follows
//!    from the value. What still reads bits: closures, a second column, nulls of the
//!    column itself, and 64-bit integers that feed lanes of `f64`, in which they are rounded.
//! 3. How many values were kept, which a mean asks, is counted by lanes: one operation more
//!    for each register. A count beside a mean takes a sweep of its own, and that is half to a
//!    third of the time that the bits took.
//! 4. A comparison shares its ports with the addition that follows. So on Zen 5 a filtered
//!    sum, or extreme, takes about twice as long as a plain one in L1 (1.5 to 2.3 times); in L2
//!    1.2 to 1.6 times with AVX-512, 1.5 to 2 with AVX2. On Zen 3 with AVX2 a sum takes 1.6 to
//!    2.0 times as long in L1, a mean 2.0 to 2.6 times, and that with a count 1.9 to 3 times;
//!    in L2 1.2, 1.7 and 2.1 times.
//!
//! A map writes the tile's values anew, into 8 KiB on the stack.

use crate::bitwise::{BitAnd, BitOr, BitXor};
use crate::exact::{ExactDot, ExactMean, ExactSum, ExactVariance};
use crate::extrema::{
    ArgMax, ArgMin, ArgMinMax, LastTie, Max, Min, MinMax, PropagateNan, TotalOrder,
};
#[cfg(feature = "alloc")]
use crate::group::By;
use crate::logic::{All, Any, CountIf};
use crate::means::{GeometricMean, HarmonicMean, LogSumExp};
use crate::moments::{
    CoefficientOfVariation, Moments, Norm, RootMeanSquare, StdDev, SumOfSquares, Variance,
};
use crate::nan::CountNan;
use crate::pair::{
    Correlation, CosineSimilarity, Covariance, Dot, EuclideanDistance, LinearFit,
    MeanAbsoluteError, RootMeanSquareError, WeightedMean, WeightedVariance,
};
use crate::position::{First, Last};
use crate::product::{CheckedProduct, Product, WrappingProduct};
#[cfg(feature = "alloc")]
use crate::rolling::{Rolling, RollingError, RollingTime};
use crate::sum::{CheckedSum, Count, Mean, Sum, WrappingSum};
use crate::times::TimeError;

mod every;
mod every_time;
mod filter;
mod map;
mod predicate;
mod running;
mod strided;

pub use every::{Every, EveryError};
pub use every_time::EveryTime;
pub use filter::{Filter, Finite, WithSkipped};
pub use map::{Absolute, Affine, Map, Mapping, Square};
pub use predicate::{Above, Equal, NotNan, Predicate};
#[cfg(feature = "alloc")]
pub(crate) use running::OneRow;
pub use running::{Running, RunningError};
pub(crate) use running::{by_merges, by_values};
pub use strided::{StrideError, Strided};

/// The adaptors, as methods of the aggregates.
///
/// An aggregate of your own gets them by `impl Adapt for Mine {}`. Those of pairs and of
/// booleans have those that cut the column alone, [`every`](Self::every) to `running`, for a filter of pairs gives the first column.
///
/// What stands last sees the rows first: each adaptor changes the rows of all that stands
/// before it.
///
/// ```
/// use lanefold::{Absolute, Adapt, Aggregate, Sum};
/// let xs = [-4.0, 1.0];
/// assert_eq!(Sum.filter(2.0..).map(Absolute).of(&xs), 4.0); // |x|, and of these from 2 on
/// assert_eq!(Sum.map(Absolute).filter(2.0..).of(&xs), 0.0); // x from 2 on, and of these |x|
/// ```
pub trait Adapt: Sized {
    /// The aggregate of the values that meet a [`Predicate`](crate::Predicate): a range, a comparison, a
    /// closure.
    ///
    /// The others are as nulls. Of pairs, it asks the second value, and aggregates the
    /// first; a tile of pairs is that of the wider type, and float sums follow it. A tile
    /// is compared once a sweep, or once in all where its bits are kept; no allocation.
    ///
    /// ```
    /// use lanefold::{Adapt, Aggregate, Count, Max, Mean};
    /// let (millis, status) = ([12.0, 250.0, 31.0, 900.0], [200, 500, 200, 503]);
    /// assert_eq!((Count, Mean).filter(100.0..).of(&millis), (2, Some(575.0)));
    /// assert_eq!(Max.filter(..500).of((&millis, &status)), Some(31.0));
    /// ```
    fn filter<P>(self, predicate: P) -> Filter<Self, P> {
        Filter { aggregate: self, predicate }
    }

    /// The aggregate of the values that are not NaN.
    ///
    /// ```
    /// use lanefold::{Adapt, Aggregate, Mean};
    /// assert_eq!(Mean.skip_nan().of(&[1.0, f64::NAN, 3.0]), Some(2.0));
    /// ```
    fn skip_nan(self) -> Filter<Self, NotNan> {
        self.filter(NotNan)
    }

    /// The aggregate of the values that are neither NaN nor infinite, and how many others
    /// there were.
    ///
    /// ```
    /// use lanefold::{Adapt, Aggregate, Sum};
    /// let sum = Sum.finite().of(&[1.0, f64::NAN, 3.0, f64::INFINITY]);
    /// assert_eq!((sum.value, sum.skipped), (4.0, 2));
    /// ```
    fn finite(self) -> Finite<Self> {
        Finite { aggregate: self }
    }

    /// The aggregate of what a [`Mapping`](crate::Mapping) makes of the values: [`Square`], [`Absolute`],
    /// [`Affine`], a closure.
    ///
    /// A tile is mapped once, whatever the aggregate, into a buffer of 8 KiB on the stack.
    ///
    /// [`Square`]: crate::Square
    /// [`Absolute`]: crate::Absolute
    /// [`Affine`]: crate::Affine
    ///
    /// ```
    /// use lanefold::{Absolute, Adapt, Aggregate, Max, Sum};
    /// assert_eq!((Sum, Max).map(Absolute).of(&[1.0, -4.0, 2.0]), (7.0, Some(4.0)));
    /// assert_eq!(Sum.map(|x: i32| x / 2).of(&[10, 20]), 15_i64);
    /// ```
    fn map<M>(self, mapping: M) -> Map<Self, M> {
        Map { aggregate: self, mapping }
    }

    /// A result for each `rows` rows of a column, the last for what is left.
    ///
    /// # Errors
    ///
    /// If `rows` is 0.
    ///
    /// ```
    /// use lanefold::{Adapt, Aggregate, Mean};
    /// let mut means = [None; 3];
    /// Mean.every(2)?.of(&[1.0, 3.0, 5.0, 7.0, 9.0], &mut means)?;
    /// assert_eq!(means, [Some(2.0), Some(6.0), Some(9.0)]);
    /// # Ok::<(), lanefold::EveryError>(())
    /// ```
    fn every(self, rows: usize) -> Result<Every<Self>, EveryError> {
        Every::new(self, rows)
    }

    /// A result for each group of rows: row `i` belongs to group `ids[i]` of so many.
    ///
    /// [`Grouped`](crate::Grouped) does the same for rows that come bit by bit, and
    /// [`GroupBy`](crate::GroupBy) for groups by key.
    ///
    /// ```
    /// use lanefold::{Adapt, Aggregate, Sum};
    /// assert_eq!(Sum.by(&[0, 2, 0], 3).of(&[1.0, 2.0, 4.0])?, [5.0, 0.0, 2.0]);
    /// # Ok::<(), lanefold::GroupError>(())
    /// ```
    #[cfg(feature = "alloc")]
    fn by(self, ids: &[u32], groups: usize) -> By<'_, Self> {
        By { aggregate: self, ids, groups }
    }

    /// A result for each row of a column, of that row and the rows before it, `window` in all.
    ///
    /// # Errors
    ///
    /// If `window` is 0.
    ///
    /// ```
    /// use lanefold::{Adapt, Mean};
    /// let mut means = [None; 4];
    /// Mean.rolling(2)?.of(&[1.0, 3.0, 5.0, 8.0], &mut means)?;
    /// assert_eq!(means, [Some(1.0), Some(2.0), Some(4.0), Some(6.5)]);
    /// # Ok::<(), lanefold::RollingError>(())
    /// ```
    #[cfg(feature = "alloc")]
    fn rolling(self, window: usize) -> Result<Rolling<Self>, RollingError> {
        Rolling::new(self, window)
    }

    /// A result for each row of a column whose rows have times, of the rows of the last
    /// `duration`, that row included.
    ///
    /// # Errors
    ///
    /// If `duration` is not greater than 0.
    ///
    /// ```
    /// use lanefold::{Adapt, Sum};
    /// let mut sums = [0; 4];
    /// Sum.rolling_time(60)?.of(&[0, 59, 60, 500], &[1_u8, 2, 4, 8], &mut sums)?;
    /// assert_eq!(sums, [1, 3, 6, 8]);
    /// # Ok::<(), lanefold::TimeError>(())
    /// ```
    #[cfg(feature = "alloc")]
    fn rolling_time(self, duration: i64) -> Result<RollingTime<Self>, TimeError> {
        RollingTime::new(self, duration)
    }

    /// A result for each bucket of `width` time, of a column whose rows have times.
    ///
    /// # Errors
    ///
    /// If `width` is not greater than 0.
    ///
    /// ```
    /// use lanefold::{Adapt, Sum};
    /// let mut buckets = Vec::new();
    /// let by_minute = Sum.every_time(60)?;
    /// by_minute.of(&[-1, 0, 59, 500], &[1_u8, 2, 4, 8], |start, sum| buckets.push((start, sum)))?;
    /// assert_eq!(buckets, [(-60, 1), (0, 6), (480, 8)]);
    /// # Ok::<(), lanefold::TimeError>(())
    /// ```
    fn every_time(self, width: i64) -> Result<EveryTime<Self>, TimeError> {
        EveryTime::new(self, width)
    }

    /// A result for each row of a column, of that row and all rows before it.
    ///
    /// ```
    /// use lanefold::{Adapt, Sum};
    /// let mut sums = [0.0; 3];
    /// Sum.running().of(&[1.0, 2.0, 4.0], &mut sums)?;
    /// assert_eq!(sums, [1.0, 3.0, 7.0]);
    /// # Ok::<(), lanefold::RunningError>(())
    /// ```
    fn running(self) -> Running<Self> {
        Running::new(self)
    }
}

macro_rules! adapt {
    ($($Name:ident $(<$A:ident>)?)*) => {$(
        impl $(<$A>)? Adapt for $Name $(<$A>)? {}
    )*};
}

adapt! {
    Count CountNan Sum Mean ExactSum ExactMean ExactVariance First Last
    SumOfSquares Variance StdDev Moments CoefficientOfVariation RootMeanSquare Norm<K>
    GeometricMean HarmonicMean LogSumExp
    WrappingSum CheckedSum Product WrappingProduct CheckedProduct BitAnd BitOr BitXor
    Min Max MinMax ArgMin ArgMax ArgMinMax PropagateNan<A> TotalOrder<A> LastTie<A>
    Finite<A>
    Dot ExactDot Covariance Correlation LinearFit WeightedMean WeightedVariance MeanAbsoluteError
    RootMeanSquareError EuclideanDistance CosineSimilarity Any All CountIf
}

impl<A, P> Adapt for Filter<A, P> {}
impl<A, M> Adapt for Map<A, M> {}

macro_rules! adapt_tuples {
    ($($A:ident)*) => { adapt_tuples!(@ [] $($A)*); };
    (@ [$($A:ident)*]) => {};
    (@ [$($A:ident)*] $B:ident $($C:ident)*) => {
        impl<$($A,)* $B> Adapt for ($($A,)* $B,) {}
        adapt_tuples!(@ [$($A)* $B] $($C)*);
    };
}

adapt_tuples! { A B C D E F G H }
