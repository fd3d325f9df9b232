//! Sums, extrema, moments and other aggregates of number slices: the same bits on every
//! CPU, in one pass over memory, without `std`.
//!
//! ```
//! use lanefold::{Aggregate, Count, Max, Mean, StdDev};
//!
//! let latencies = [12.5, 9.0, 30.25, 11.0];
//! let (count, mean, deviation, max) = (Count, Mean, StdDev::sample(), Max).of(&latencies);
//! assert_eq!((count, mean, max), (4, Some(15.6875), Some(30.25)));
//! assert!(deviation.is_some());
//! ```
//!
//! - An [`Aggregate`] is a value: `Sum`, `Variance::sample()`. A tuple of up to eight is
//!   one that reads memory once.
//! - [`of`](Aggregate::of) takes a *column*: a slice, a [`Nullable`] slice, a pair, or a
//!   [`Bitmap`] of booleans.
//!   There are functions for the one-liners: [`sum`], [`mean`], [`min`] and so on.
//! - An *adaptor* puts an aggregate on other rows: `Mean.filter(0.0..)`; see [`Adapt`].
//! - [`Grouped`] and [`GroupBy`] have an aggregate for each group of rows.
//! - An [`Accumulator`] takes rows one by one or by the slice. A *partial* is a small
//!   summary that merges.
//! - The [`Backend`] is chosen at run time: plain Rust, SSE4.2, AVX2 or AVX-512.
//!
//! ```
//! use lanefold::{Aggregate, Nullable, Sum, Variance};
//!
//! // Nulls, by an Arrow validity bitmap: what lies under a null is never looked at.
//! let column = Nullable::new(&[1.0, f64::NAN, 3.0], &[0b101], 0)?;
//! assert_eq!(Sum.of(column), 4.0);
//!
//! // A stream: however the rows arrive, the bits are those of one call.
//! let mut stream = Variance::sample().accumulator();
//! stream.push(1.0);
//! stream.update(&[2.0, 6.0])?;
//! assert_eq!(stream.finish(), Variance::sample().of(&[1.0, 2.0, 6.0]));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Laws
//!
//! 1. **One answer on every backend**, bit for bit. A NaN result is [`f64::NAN`].
//! 2. **Partials merge.** Merging with the identity changes nothing; counts, extrema, and
//!    everything about integers, give the same bits in any order of merges.
//! 3. **Float sums have a stated bound** that does not grow with the number of rows, and
//!    are a function of the column alone. An [`Accumulator`] gives the same bits as one
//!    call, wherever its input was cut, and so do any number of threads.
//! 4. **Exact means exact**: [`ExactSum`], [`ExactMean`], [`ExactDot`] and [`ExactVariance`] are
//!    the real number, rounded once, whatever the order, the cut, the merges, or the machine.
//! 5. **No panic, no lost row**: any slice, at any alignment, with any bits in it, has a
//!    documented result, and so have partials of fewer than 2⁶³ rows. Bad configuration is an
//!    error value. (Two columns of unequal length make [`of`](Aggregate::of) panic, and are an
//!    error of [`try_of`](Aggregate::try_of).)
//! 6. **No allocation**, but for what says so and needs the feature `alloc`: quantiles,
//!    histograms, sketches, groups, rolling windows, and exact sums of `f64` whose digits need
//!    more than 192 bits.
//!
//! # What each result means
//!
//! | aggregate | rows | result | empty | NaN | infinities | overflow |
//! | --- | --- | --- | --- | --- | --- | --- |
//! | [`Count`] | all | `u64` | 0 | counts | count | none |
//! | [`Sum`] | 8 to 32 bits | `i64`, `u64`, exact | 0 | | | none below 2³² rows, then saturates |
//! | | 64 bits | `i128`, `u128`, exact | 0 | | | none |
//! | | floats | same type, within `24 u · Σ\|x\|` | `+0.0` | NaN | that one; NaN for both | ±∞, or NaN for both |
//! | [`ExactSum`] | floats | same type, exact, rounded once | `+0.0` | NaN | that one; NaN for both | ±∞, where the exact sum is out of range |
//! | [`ExactMean`] | floats | `f64`, exact, rounded once | `None` | NaN | as `ExactSum` | none |
//! | [`ExactDot`] | pairs of floats | same type, exact, rounded once | `+0.0` | NaN | as `ExactSum` | as `ExactSum` |
//! | [`ExactVariance`] | floats | `f64`, exact, rounded once | `None` | NaN | NaN | `+∞`, where the exact variance is out of range |
//! | [`WrappingSum`], [`WrappingProduct`] | integers | same type, modulo 2 to its bits | 0, 1 | | | wraps |
//! | [`CheckedSum`], [`CheckedProduct`] | integers | same type, where the exact result fits | `Ok(0)`, `Ok(1)` | | | [`Overflow`] |
//! | [`BitAnd`], [`BitOr`], [`BitXor`] | integers | same type | all ones, 0, 0 | | | none |
//! | [`Product`] | floats | same type, relative error `n · 2⁻⁵³` (`f32`: and `u`) | 1 | NaN | that or its negative; NaN with a zero | ±∞, or 0, or NaN for both |
//! | [`Mean`] | integers | exact fraction, rounded once | `None` | | | none |
//! | | floats | `f64`, the sum over the count; `f32` adds up as in `Sum` | `None` | NaN | as `Sum` | as `Sum` |
//! | [`Min`], [`Max`], [`MinMax`] | all | same type, `-0.0 < +0.0` | `None` | skipped; all NaN is `None` | values | none |
//! | [`ArgMin`], [`ArgMax`], [`ArgMinMax`] | all | row and value; of ties the first, or [`LastTie`] | `None` | as `Min` | values | none |
//! | [`PropagateNan`] of these | floats | as of what it wraps | `None` | NaN; the row of the first | values | none |
//! | [`TotalOrder`] of these | floats | as of what it wraps, by `total_cmp` | `None` | at both ends; given as NaN | values | none |
//! | [`First`], [`Last`] | all | same type | `None` | a value | values | none |
//! | [`CountNan`] | floats | `u64` | 0 | what it counts | no NaN | none |
//! | [`DistinctSketch`] | all | `u64`, exact for few values; standard error `1.04 / √2ᵖ` | 0 | one value | values | none |
//! | [`HeavyHitters`] | all | [`FrequentValues`], counts within `n / k` | none | one value | values | none |
//! | [`Any`], [`All`] | booleans | `bool` | false, true | | | none |
//! | [`CountIf`] | booleans | `u64`, the true ones | 0 | | | none |
//! | [`Median`], [`Quantile`], [`Quantiles`] | all | `f64`; integers exact, rounded once | `None` | NaN | values; between both the nearer, or 0 | none |
//! | [`Iqr`], [`MedianAbsoluteDeviation`] | all | `f64` | `None` | NaN | `+∞`; equal ones are 0 apart | `+∞` |
//! | [`WeightedQuantile`] | pairs with weights | `f64` | `None`, as without weight | NaN | values | none |
//! | [`SumOfSquares`] | 8, 16 bits | `u64`, exact | 0 | | | none below 2³² rows, then saturates |
//! | | 32, 64 bits | `u128`, exact | 0 | | | saturates |
//! | | floats | same type, relative error `25 u` | `+0.0` | NaN | `+∞` | `+∞` |
//! | [`Variance`], [`StdDev`] | integers | exact fraction, rounded once | `None` | | | none |
//! | | floats | `f64`, never negative, 0 for a constant | `None` | NaN | NaN | `+∞` |
//! | [`Dot`] | 8, 16 bits | `i64`, `u64`, exact | 0 | | | none below 2³² rows, then saturates |
//! | | 32, 64 bits | `i128`, `u128`, exact | 0 | | | saturates |
//! | | floats | same type, within `25 u · Σ\|xy\|` | `+0.0` | NaN | as `Sum` | as `Sum` |
//! | [`Moments`] | all | mean, variance, skewness, kurtosis in `f64` | `None` | NaN | NaN | variance `+∞`, shape NaN |
//! | [`CoefficientOfVariation`] | all | `f64` | `None` | NaN | NaN | `+∞` |
//! | [`Norm`], [`EuclideanDistance`] | all, pairs | `f64`, relative error `26 u` | 0 | NaN | `+∞` | none in between |
//! | [`RootMeanSquare`], [`RootMeanSquareError`] | all, pairs | `f64` | `None` | NaN | `+∞` | none in between |
//! | [`MeanAbsoluteError`] | pairs | `f64` | `None` | NaN | `+∞` | `+∞` |
//! | [`GeometricMean`] | all, negative is NaN | `f64`, relative error `6 u` | `None` | NaN | `+∞`; NaN with a 0 | none |
//! | [`HarmonicMean`] | all, negative is NaN | `f64`, relative error `40 u` | `None` | NaN | reciprocal 0 | 0 |
//! | [`LogSumExp`] | all | `f64` | `None` | NaN | `+∞`, or left out | none |
//! | [`Covariance`], [`LinearFit`] | pairs | `f64` | `None` | NaN | NaN | ±∞ or NaN |
//! | [`Correlation`], [`CosineSimilarity`] | pairs | `f64` in `[-1, 1]` | `None`, as without spread | NaN | NaN | NaN; none |
//! | [`WeightedMean`], [`WeightedVariance`] | pairs with weights | `f64` | `None`, as without weight | NaN | as `Sum`; NaN | ±∞ or NaN |
//! | [`QuantileSketch`] | all, as `f64` | [`QuantileSummary`]: quantiles within a factor `1 ± α` | no quantiles | counted apart | values | none |
//! | [`ExponentialHistogram`] | all, as `f64` | [`ExponentialHistogramPoint`]: exact counts of buckets | no buckets | counted apart | counted apart | none |
//! | [`Histogram`] | all | [`Binned`], `u64` a bin | all 0 | counted apart | under, over | none |
//! | | pairs with weights | [`Binned`], `f64` a bin | all 0 | counted apart; of weights NaN | under, over | as `Sum` |
//! | [`TopK`], [`TopKRows`] | all | [`Top`]: same type, rows; sorted; of ties the first | empty | skipped | values | none |
//! | [`rolling`](Adapt#method.rolling), [`rolling_time`](Adapt#method.rolling_time) | those of the aggregate | its result for each row, of the last so many, or of so much time | no results | as the aggregate; leaves with its row | as the aggregate | as the aggregate |
//! | [`every`](Adapt::every), [`every_time`](Adapt::every_time), [`running`](Adapt::running) | those of the aggregate | its result for each so many rows, bucket of time, or all rows so far | no results | as the aggregate | as the aggregate | as the aggregate |
//!
//! `u` is 2⁻²⁴ for `f32` and 2⁻⁵³ for `f64`. `None` is also the variance where there are
//! no more rows than `ddof`. Nulls are not there: a column of nulls is empty. To a filter
//! ([`Adapt`]) the rows that it leaves out are nulls.
//!
//! # How lanes fold
//!
//! The order of float additions is part of this crate's interface: it changes only with
//! a new major version (before 1.0, a minor one). A *stripe* is [`STRIPE_BYTES`] (256) bytes of lanes, on every
//! backend: 32 lanes of `f64`, 64 of `f32`. Row `i` of a *tile* of 8 KiB goes to lane
//! `i % STRIPE`. A lane adds its rows in order for a *run* of 16 stripes; the lanes of
//! the tile's runs are added, first run first; then `lane[i]` and `lane[i + half]` are
//! added until one is left. Sums of tiles add up in a pair of `f64` without error. After 64
//! tiles, a *block*, a new pair begins, and the pairs of blocks add up in order, the second number
//! keeping what the first rounds away: several threads cut a column where one does. Rows
//! that are not there take part as `-0.0`, which changes nothing.
//!
//! Why 256 bytes? Measured on a Zen 5 core for an `f64` sum, in GB/s with data in L1, the
//! pure load loop at 470 (AVX-512) and 240 (AVX2): stripes of 128, 256 and 512 bytes gave
//! 359, 424 and 428 with AVX-512, and 221, 231 and 224 with AVX2; from L2, where 512
//! bytes no longer fit the registers of AVX2, 183, 183 and 152. Off the 64-byte
//! grid, registers of long sums begin on it all the same, by lanes that are turned like a ring. From
//! DRAM all run at the speed of the load loop.
//!
//! # Features
//!
//! - `std` (default): the variable `LANEFOLD_BACKEND`, which caps the backend; implies `alloc`.
//! - `alloc`: columns from `&Vec<T>`; quantiles, histograms, sketches, groups and rolling windows;
//!   aggregates that are chosen by name when the program runs, in an `AggregateSet`; and partials of
//!   exact sums of 40 bytes where they would have 280.
//! - `bumpalo`: quantiles whose scratch memory, and batches of events whose columns, come from
//!   the caller's arena: `Batch`.
//! - `rayon`: `par_of`, with the bits of `of` by several threads, in the trait `Parallel`, and
//!   `Grouped::par_update`; implies `std`.
//! - `serde`: partials are stored, by `serde`; without `std` and `alloc`, too.
//!
//! Without features the crate is `no_std` and never allocates.
#![cfg_attr(feature = "serde", doc = include_str!("stored/users.md"))]
// What is not there is no link.
#![cfg_attr(not(feature = "alloc"), doc = "")]
#![cfg_attr(not(feature = "alloc"), doc = "[`Binned`]: crate#features")]
#![cfg_attr(not(feature = "alloc"), doc = "[`DistinctSketch`]: crate#features")]
#![cfg_attr(not(feature = "alloc"), doc = "[`ExponentialHistogram`]: crate#features")]
#![cfg_attr(not(feature = "alloc"), doc = "[`ExponentialHistogramPoint`]: crate#features")]
#![cfg_attr(not(feature = "alloc"), doc = "[`FrequentValues`]: crate#features")]
#![cfg_attr(not(feature = "alloc"), doc = "[`GroupBy`]: crate#features")]
#![cfg_attr(not(feature = "alloc"), doc = "[`Grouped`]: crate#features")]
#![cfg_attr(not(feature = "alloc"), doc = "[`HeavyHitters`]: crate#features")]
#![cfg_attr(not(feature = "alloc"), doc = "[`Histogram`]: crate#features")]
#![cfg_attr(not(feature = "alloc"), doc = "[`Iqr`]: crate#features")]
#![cfg_attr(not(feature = "alloc"), doc = "[`Median`]: crate#features")]
#![cfg_attr(not(feature = "alloc"), doc = "[`MedianAbsoluteDeviation`]: crate#features")]
#![cfg_attr(not(feature = "alloc"), doc = "[`Quantile`]: crate#features")]
#![cfg_attr(not(feature = "alloc"), doc = "[`QuantileSketch`]: crate#features")]
#![cfg_attr(not(feature = "alloc"), doc = "[`QuantileSummary`]: crate#features")]
#![cfg_attr(not(feature = "alloc"), doc = "[`Quantiles`]: crate#features")]
#![cfg_attr(not(feature = "alloc"), doc = "[`Top`]: crate#features")]
#![cfg_attr(not(feature = "alloc"), doc = "[`TopK`]: crate#features")]
#![cfg_attr(not(feature = "alloc"), doc = "[`TopKRows`]: crate#features")]
#![cfg_attr(not(feature = "alloc"), doc = "[`WeightedQuantile`]: crate#features")]
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![deny(unsafe_code)]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod accumulator;
#[allow(
    clippy::needless_range_loop,
    reason = "an iterator for each kernel would be compiled for each kernel, which takes minutes"
)]
mod adapt;
mod aggregate;
#[allow(unsafe_code, reason = "CPU features and intrinsics; the folder's essay has the proofs")]
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::wildcard_imports,
    reason = "intrinsics come by the hundred, and take bits as signed integers of each width"
)]
#[allow(
    unreachable_pub,
    reason = "vectors have no path of their own: they are `Simd::F64` and so on"
)]
mod backend;
#[cfg(feature = "bumpalo")]
#[allow(clippy::cast_possible_truncation, reason = "numbers are checked to fit 32 bits")]
mod batch;
mod bitwise;
mod block;
mod column;
#[cfg(feature = "alloc")]
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::float_cmp,
    reason = "indices are cut out of hashes, ranks are below 64, and series end where they stand"
)]
#[allow(clippy::redundant_closure, clippy::needless_range_loop, reason = "as for `lanes` below")]
mod distinct;
#[cfg(feature = "alloc")]
mod erased;
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "words are cut out of wider integers, and exponents fit any"
)]
#[allow(clippy::needless_range_loop, reason = "as in `lanes`")]
#[allow(clippy::redundant_closure, reason = "as below")]
mod exact;
#[allow(clippy::redundant_closure, reason = "as for `lanes` below")]
mod extrema;
mod functions;
#[allow(
    clippy::cast_possible_truncation,
    reason = "positions in a chunk, and counts of one, fit 32 bits"
)]
#[allow(clippy::redundant_closure, clippy::needless_range_loop, reason = "as for `lanes` below")]
mod group;
#[cfg(feature = "alloc")]
#[allow(clippy::redundant_closure, reason = "as for `lanes` below")]
mod hash;
#[cfg(feature = "alloc")]
#[allow(clippy::cast_possible_truncation, reason = "a slot has a number of 32 bits")]
mod heavy_hitters;
#[cfg(feature = "alloc")]
#[allow(
    clippy::cast_possible_truncation,
    clippy::needless_range_loop,
    reason = "slots have few bits; loops as in `lanes`"
)]
mod histogram;
mod integer;
mod interpolate;
#[allow(clippy::needless_range_loop, reason = "as for `lanes` below")]
mod key;
mod kind;
#[allow(clippy::redundant_closure, reason = "a closure can be `inline(always)`, a path cannot")]
#[allow(
    clippy::needless_range_loop,
    reason = "an iterator for each kernel would be compiled for each kernel, which takes minutes"
)]
mod lanes;
#[allow(clippy::redundant_closure, clippy::needless_range_loop, reason = "as above")]
mod logic;
mod means;
mod moments;
mod nan;
mod number;
mod pair;
#[cfg(feature = "rayon")]
mod parallel;
mod position;
#[allow(clippy::redundant_closure, clippy::needless_range_loop, reason = "as above")]
mod product;
#[cfg(feature = "alloc")]
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "places in a column, and exponents, fit any integer"
)]
#[allow(clippy::needless_range_loop, reason = "as above")]
mod quantile;
#[cfg(feature = "alloc")]
#[allow(clippy::needless_range_loop, reason = "as above")]
mod rolling;
mod row;
mod run;
#[cfg(feature = "alloc")]
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "indices and parts of encodings are cut out of wider integers"
)]
#[allow(clippy::redundant_closure, clippy::needless_range_loop, reason = "as above")]
#[allow(clippy::doc_markdown, reason = "names of products")]
mod sketch;
mod sqrt;
mod stored;
#[allow(clippy::redundant_closure, reason = "as above")]
mod sum;
mod tile;
mod times;
#[cfg(feature = "alloc")]
#[allow(clippy::needless_range_loop, reason = "as above")]
mod top_k;
mod tuple;
mod validity;

pub use accumulator::Accumulator;
pub use adapt::{
    Above, Absolute, Adapt, Affine, Equal, Every, EveryError, EveryTime, Filter, Finite, Map,
    Mapping, NotNan, Predicate, Running, RunningError, Square, StrideError, Strided, WithSkipped,
};
pub use aggregate::Aggregate;
pub use backend::{Backend, BackendError, FloatVector, STRIPE_BYTES, Simd, Vector};
#[cfg(feature = "bumpalo")]
pub use batch::{Batch, EventError, EventProblem, Interner, Labels, MAX_LABELS};
pub use bitwise::{BitAnd, BitOr, BitXor};
pub use column::{IntoColumn, LengthMismatch};
#[cfg(feature = "alloc")]
pub use distinct::{DistinctSketch, PrecisionError};
#[cfg(feature = "alloc")]
pub use erased::{AggregateSet, ErasedAggregate, NamedAggregates, SetAccumulator, SetError, Value};
pub use exact::{ExactDot, ExactMean, ExactSum, ExactVariance};
pub use extrema::{ArgMax, ArgMin, ArgMinMax, LastTie, Max, Min, MinMax, PropagateNan, TotalOrder};
pub use functions::{
    arg_max, arg_min, dot, exact_sum, max, mean, min, min_max, std_dev, sum, variance,
};
#[cfg(feature = "alloc")]
pub use functions::{median, quantile};
#[cfg(feature = "alloc")]
pub use group::{AsKey, By, GroupBy, GroupError, Grouped};
#[cfg(feature = "alloc")]
pub use heavy_hitters::{CapacityError, FrequentValue, FrequentValues, HeavyHitters};
#[cfg(feature = "alloc")]
pub use histogram::{Bin, BinCount, Binned, Histogram, HistogramError};
pub use kind::{Float, Integer};
pub use lanes::LaneFold;
pub use logic::{All, Any, Bitmap, CountIf, LogicRow, NullableBitmap};
pub use means::{GeometricMean, HarmonicMean, LogSumExp};
pub use moments::{
    CoefficientOfVariation, L1, L2, LInfinity, MomentStatistics, Moments, Norm, RootMeanSquare,
    StdDev, SumOfSquares, Variance,
};
pub use nan::CountNan;
pub use number::{Load, Number};
pub use pair::{
    Correlation, CosineSimilarity, Covariance, Dot, EuclideanDistance, Line, LinearFit,
    MeanAbsoluteError, RootMeanSquareError, WeightedMean, WeightedVariance,
};
#[cfg(feature = "rayon")]
pub use parallel::Parallel;
pub use position::{First, Last};
pub use product::{CheckedProduct, Product, WrappingProduct};
#[cfg(feature = "alloc")]
pub use quantile::{
    Iqr, Median, MedianAbsoluteDeviation, Quantile, QuantileError, QuantileMethod, Quantiles,
    WeightedQuantile,
};
#[cfg(feature = "alloc")]
pub use rolling::{Rolling, RollingError, RollingTime};
pub use row::{NumericRow, Row};
#[cfg(feature = "alloc")]
pub use sketch::{
    Bucket, BucketRange, ExponentialHistogram, ExponentialHistogramPoint, QuantileSketch,
    QuantileSummary, SketchError, UnequalSketches,
};
pub use sum::{CheckedSum, Count, Mean, Overflow, Sum, WrappingSum};
pub use tile::Tile;
pub use times::TimeError;
#[cfg(feature = "alloc")]
pub use top_k::{Top, TopK, TopKRows};
pub use validity::{Nullable, ValidityError};

/// The code blocks of README are tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
