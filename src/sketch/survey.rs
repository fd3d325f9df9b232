//! What a sketch looks at before it counts: rows as `f64`, their range, and what is not a
//! number to count.
//!
//! Both sketches work on blocks of at most 1,024 values of `f64`, a tile of that type: others
//! are converted into a buffer on the stack, and nulls are left out. One sweep over the
//! encodings, as signed integers, finds the least and the greatest; as unsigned ones, a second
//! one, where values are negative. These four tell everything: which signs there are, from
//! which magnitude to which, whether a zero, an infinity or a NaN is among them. Only then are
//! the values looked at one by one.

use crate::aggregate::Aggregate;
use crate::backend::{Kernel, Simd, Vector, dispatch};
use crate::exact::ExactSum;
use crate::lanes::{Dense, Source};
use crate::number::{Load, Number};
use crate::row::{NumericRow, Row};
use crate::stored::stored;
use crate::tile::Tile;
use core::marker::PhantomData;

/// Values of a block.
pub(super) const BLOCK: usize = <f64 as Row>::TILE;

/// The encoding without the sign.
const MAGNITUDE: u64 = u64::MAX >> 1;

/// The encoding of 2⁻¹⁰²², from which numbers have all digits.
const LEAST_NORMAL: u64 = 1 << 52;

/// The encoding of infinity. Those of NaN are greater.
pub(super) const INFINITY: u64 = 0x7ff << 52;

/// Encodings of the least and the greatest magnitude.
pub(super) type Magnitudes = (u64, u64);

/// The magnitudes of negative and of positive values, where there are such.
#[derive(Clone, Copy, Debug)]
pub(super) struct Extent {
    pub(super) negative: Option<Magnitudes>,
    pub(super) positive: Option<Magnitudes>,
}

impl Extent {
    /// Of values of which there is at least one.
    #[inline(always)]
    pub(super) fn of<S: Simd>(simd: S, values: &[f64]) -> Self {
        let (least, greatest) = extremes::<S, i64, S::I64>(
            simd,
            values,
            #[inline(always)]
            |x| simd.encoding_f64(x),
        );
        if least >= 0 {
            let positive = Some((least.cast_unsigned(), greatest.cast_unsigned()));
            return Self { negative: None, positive };
        }
        let (lowest, highest) = extremes::<S, u64, S::U64>(
            simd,
            values,
            #[inline(always)]
            |x| simd.bits_f64(x),
        );
        // Of negative values, those of the least magnitude come first in both orders.
        let negative = Some((least.cast_unsigned() & MAGNITUDE, highest & MAGNITUDE));
        let positive = (greatest >= 0).then(|| (lowest, greatest.cast_unsigned()));
        Self { negative, positive }
    }

    /// Whether there is no number other than zero that lacks digits.
    #[inline(always)]
    pub(super) fn is_normal(self) -> bool {
        self.least() >= LEAST_NORMAL
    }

    /// The least magnitude.
    #[inline(always)]
    fn least(self) -> u64 {
        let [negative, positive] =
            [self.negative, self.positive].map(|sign| sign.map_or(u64::MAX, |range| range.0));
        if negative < positive { negative } else { positive }
    }

    /// The greatest magnitude.
    #[inline(always)]
    fn greatest(self) -> u64 {
        let [negative, positive] =
            [self.negative, self.positive].map(|sign| sign.map_or(0, |range| range.1));
        if negative > positive { negative } else { positive }
    }

    /// The least and the greatest value.
    #[inline(always)]
    fn values(self) -> (f64, f64) {
        let least = match (self.negative, self.positive) {
            (Some((_, magnitude)), _) => -f64::from_bits(magnitude),
            (None, Some((magnitude, _))) => f64::from_bits(magnitude),
            (None, None) => f64::INFINITY,
        };
        let greatest = match (self.negative, self.positive) {
            (_, Some((_, magnitude))) => f64::from_bits(magnitude),
            (Some((magnitude, _)), None) => -f64::from_bits(magnitude),
            (None, None) => f64::NEG_INFINITY,
        };
        // A zero has no sign here.
        (least + 0.0, greatest + 0.0)
    }
}

/// The least and the greatest of what lanes make of values, of which there is at least one.
#[inline(always)]
fn extremes<S: Simd, T: Number, V: Vector<S, T>>(
    simd: S,
    values: &[f64],
    of: impl Fn(S::F64) -> V,
) -> (T, T) {
    /// Independent lanes, to hide the latency of comparisons.
    const CHAINS: usize = 4;
    let rows = Dense::<f64, f64>::new(values);
    let first = S::F64::splat(simd, values[0]);
    let (mut least, mut greatest) = ([of(first); CHAINS], [of(first); CHAINS]);
    for i in 0..Source::<S>::stripes(rows) {
        let stripe = Source::<S>::stripe(rows, i);
        for k in 0..S::REGISTERS {
            let x = of(Dense::<f64, f64>::load(simd, stripe, k, first));
            least[k % CHAINS] = x.min(least[k % CHAINS]);
            greatest[k % CHAINS] = x.max(greatest[k % CHAINS]);
        }
    }
    for k in 0..S::REGISTERS {
        if Source::<S>::reaches(rows, k) {
            let x = of(rows.load_rest(simd, k, first));
            least[k % CHAINS] = x.min(least[k % CHAINS]);
            greatest[k % CHAINS] = x.max(greatest[k % CHAINS]);
        }
    }
    let least = least[0].min(least[1]).min(least[2].min(least[3]));
    let greatest = greatest[0].max(greatest[1]).max(greatest[2].max(greatest[3]));
    (least.fold_min(), greatest.fold_max())
}

/// What both sketches keep beside their buckets.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tally {
    /// Finite values.
    pub(super) finite: u64,
    /// Values that count as zero.
    pub(super) zeros: u64,
    pub(super) nan: u64,
    /// Negative infinities, and positive ones.
    pub(super) infinities: [u64; 2],
    /// Of finite values, as are the next.
    sum: <ExactSum as Aggregate<f64>>::Partial,
    /// Infinity where there are none.
    least: f64,
    greatest: f64,
}

stored! {
    Tally as "Tally" |it| {
        v = 1,
        finite: Rows = it.finite,
        zeros: Rows = it.zeros,
        nan: Rows = it.nan,
        negative_infinities: Rows = it.infinities[0],
        positive_infinities: Rows = it.infinities[1],
        sum: Itself<<ExactSum as Aggregate<f64>>::Partial> = it.sum,
        least: Maybe<Real> = it.extremes().map(|(least, _)| least),
        greatest: Maybe<Real> = it.extremes().map(|(_, greatest)| greatest),
    }
    refuses {
        finite if [nan, negative_infinities, positive_infinities]
            .iter()
            .fold(finite, |sum: u64, &count| sum.saturating_add(count)) >= TOO_MANY,
            "partials have fewer than 2⁶³ rows";
        zeros if zeros > finite, "they are finite";
        least if least.is_some() != (finite > 0), "there is one where there are finite values";
        greatest if greatest.is_some() != (finite > 0),
            "there is one where there are finite values";
        least if least.is_some_and(is_no_extreme), "finite, and zeros have no sign";
        greatest if greatest.is_some_and(is_no_extreme), "finite, and zeros have no sign";
        greatest if greatest < least, "below least";
        greatest if finite == 1 && greatest != least, "there is one value";
        sum if !is_sum(&sum, finite, least.zip(greatest)), "not of as many such values";
    }
    => Tally {
        finite,
        zeros,
        nan,
        infinities: [negative_infinities, positive_infinities],
        sum,
        least: least.unwrap_or(f64::INFINITY),
        greatest: greatest.unwrap_or(f64::NEG_INFINITY),
    }
}

#[cfg(feature = "serde")]
fn is_no_extreme(x: f64) -> bool {
    !x.is_finite() || x.to_bits() == (-0.0_f64).to_bits()
}

/// Whether it can be the sum of so many values of that range.
#[cfg(feature = "serde")]
fn is_sum(
    sum: &<ExactSum as Aggregate<f64>>::Partial,
    count: u64,
    extremes: Option<(f64, f64)>,
) -> bool {
    let Some((least, greatest)) = extremes else { return sum.is_nothing() };
    let rounded = Aggregate::<f64>::finish(&ExactSum, sum);
    if sum.is_nothing() || !sum.is_finite() {
        return false;
    }
    // Of values all of which are that.
    if rounded.to_bits() == (-0.0_f64).to_bits() && (least, greatest) != (0.0, 0.0) {
        return false;
    }
    // A product that is rounded once is no further out than the sum, as rounding keeps order.
    let (exact, count) = (count <= 1 << f64::MANTISSA_DIGITS, count as f64);
    !exact || (count * least <= rounded && rounded <= count * greatest)
}

impl Tally {
    pub(super) fn nothing() -> Self {
        Self {
            finite: 0,
            zeros: 0,
            nan: 0,
            infinities: [0; 2],
            sum: Aggregate::<f64>::identity(&ExactSum),
            least: f64::INFINITY,
            greatest: f64::NEG_INFINITY,
        }
    }

    /// The exact sum of the finite values, rounded once.
    pub(super) fn sum(&self) -> f64 {
        Aggregate::<f64>::finish(&ExactSum, &self.sum)
    }

    /// The least and the greatest finite value.
    pub(super) fn extremes(&self) -> Option<(f64, f64)> {
        (self.finite > 0).then_some((self.least, self.greatest))
    }

    /// Gives whether all finite values can still be counted, and so some of them, too.
    pub(super) fn merge(&mut self, other: &Self) -> bool {
        self.finite = self.finite.saturating_add(other.finite);
        self.zeros = self.zeros.saturating_add(other.zeros);
        self.nan = self.nan.saturating_add(other.nan);
        for i in 0..2 {
            self.infinities[i] = self.infinities[i].saturating_add(other.infinities[i]);
        }
        Aggregate::<f64>::merge(&ExactSum, &mut self.sum, &other.sum);
        self.widen((other.least, other.greatest));
        self.finite < u64::MAX
    }

    #[inline(always)]
    fn widen(&mut self, (least, greatest): (f64, f64)) {
        if least < self.least {
            self.least = least;
        }
        if greatest > self.greatest {
            self.greatest = greatest;
        }
    }

    /// Counts infinities and NaN, and leaves them out.
    fn without_infinities<'a>(&mut self, block: &[f64], finite: &'a mut [f64; BLOCK]) -> &'a [f64] {
        for &x in block {
            self.nan = self.nan.saturating_add(u64::from(x.is_nan()));
            self.infinities[0] =
                self.infinities[0].saturating_add(u64::from(x == f64::NEG_INFINITY));
            self.infinities[1] = self.infinities[1].saturating_add(u64::from(x == f64::INFINITY));
        }
        retain(block, finite, |magnitude| magnitude < INFINITY)
    }
}

/// What values are counted in.
pub(super) trait Counter {
    /// Takes in finite values beyond the zero bucket, of an extent. Must be
    /// `#[inline(always)]`; see [`Simd`].
    fn insert(&mut self, values: &[f64], extent: Extent);
}

/// A tally and a counter, which take in the same rows.
pub(super) struct Survey<'a, C> {
    pub(super) tally: &'a mut Tally,
    pub(super) counter: &'a mut C,
    /// The encoding of the greatest magnitude that counts as zero.
    pub(super) zero: u64,
}

impl<C: Counter> Survey<'_, C> {
    /// Takes in the rows of a tile.
    #[inline(always)]
    pub(super) fn update<R: NumericRow, S: Simd>(&mut self, tile: &Tile<'_, R, S>) {
        let mut converted = [0.0; BLOCK];
        let mut row = 0;
        for values in R::values(tile.column()).chunks(BLOCK) {
            let same = if R::NULLABLE { None } else { R::Value::same(values) };
            let block = match same {
                Some(same) => same,
                None => convert(values, tile.validity(), row, &mut converted),
            };
            row += values.len();
            let (tally, counter) = (&mut *self.tally, &mut *self.counter);
            let kernel = Block { tally, counter, zero: self.zero, values: PhantomData };
            dispatch(tile.simd().backend(), kernel, &block);
        }
    }
}

/// The kernel: a block of `f64`.
///
/// It has an entry of its own, though the caller runs on the backend already: a few cycles for
/// a block, and it is compiled once for each backend, not for each type of rows, each tuple
/// and each way to call it, which came to minutes.
struct Block<'a, 'b, C> {
    tally: &'a mut Tally,
    counter: &'a mut C,
    zero: u64,
    values: PhantomData<&'b [f64]>,
}

impl<'b, C: Counter> Kernel for Block<'_, 'b, C> {
    type Input = &'b [f64];
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S, values: &'b [f64]) {
        if values.is_empty() {
            return;
        }
        let Self { tally, counter, zero, .. } = self;
        let (mut finite, mut kept);
        let mut block = values;
        let mut extent = Extent::of(simd, block);
        if extent.greatest() >= INFINITY {
            finite = [0.0; BLOCK];
            block = tally.without_infinities(block, &mut finite);
            if block.is_empty() {
                return;
            }
            extent = Extent::of(simd, block);
        }
        tally.finite = tally.finite.saturating_add(block.len() as u64);
        tally.widen(extent.values());
        let mut bits = <f64 as Row>::NO_BITS;
        let tile = Tile::<f64, S>::new(simd, block, false, bits.as_mut());
        ExactSum.update(&mut tally.sum, &tile);
        if extent.least() <= zero {
            kept = [0.0; BLOCK];
            let all = block.len();
            block = retain(block, &mut kept, |magnitude| magnitude > zero);
            tally.zeros = tally.zeros.saturating_add((all - block.len()) as u64);
            if block.is_empty() {
                return;
            }
            extent = Extent::of(simd, block);
        }
        counter.insert(block, extent);
    }
}

/// Values as `f64`, without those that are null.
#[inline(always)]
fn convert<'a, T: Number>(
    values: &[T],
    validity: Option<&[u8]>,
    row: usize,
    to: &'a mut [f64; BLOCK],
) -> &'a [f64] {
    let Some(bits) = validity else {
        for (to, &x) in to.iter_mut().zip(values) {
            *to = Load::<f64>::convert(x);
        }
        return &to[..values.len()];
    };
    let mut kept = 0;
    for (i, &x) in values.iter().enumerate() {
        // As many values at most as there are rows before: no wrap.
        to[kept % BLOCK] = Load::<f64>::convert(x);
        kept += usize::from(bits[(row + i) / 8] >> ((row + i) % 8) & 1);
    }
    &to[..kept]
}

/// The values of whose magnitudes `keep` is true, in order.
#[inline(always)]
fn retain<'a>(values: &[f64], to: &'a mut [f64; BLOCK], keep: impl Fn(u64) -> bool) -> &'a [f64] {
    let mut kept = 0;
    for &x in values {
        to[kept % BLOCK] = x;
        kept += usize::from(keep(x.to_bits() & MAGNITUDE));
    }
    &to[..kept]
}
