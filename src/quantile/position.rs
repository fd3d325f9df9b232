//! Where a quantile lies: the nine definitions of Hyndman and Fan.

use core::fmt;

/// How a quantile of `n` values lies between two of them: the nine types of Hyndman and Fan
/// (*Sample Quantiles in Statistical Packages*, The American Statistician 50, 1996).
///
/// The values in order are `x₁` to `xₙ`, and `xⱼ` below 1 or above `n` is the end. With
/// `j` the integer part of the *position*, and `g` the rest of it, the quantile is
/// `(1 - γ) xⱼ + γ xⱼ₊₁`. Positions are worked out exactly, from the `f64` that is given:
/// nothing is rounded on the way, and nothing is called equal that is not. (That `0.1` is a
/// little more than a tenth tells with types 1 to 3.)
///
/// | type | name | position | γ |
/// | --- | --- | --- | --- |
/// | 1 | [`InverseCdf`](Self::InverseCdf) | `nq` | 0 where `g` is 0, else 1 |
/// | 2 | [`AveragedInverseCdf`](Self::AveragedInverseCdf) | `nq` | ½ where `g` is 0, else 1 |
/// | 3 | [`ClosestObservation`](Self::ClosestObservation) | `nq - ½` | 0 where `g` is 0 and `j` even, else 1 |
/// | 4 | [`InterpolatedInverseCdf`](Self::InterpolatedInverseCdf) | `nq` | `g` |
/// | 5 | [`Hazen`](Self::Hazen) | `nq + ½` | `g` |
/// | 6 | [`Weibull`](Self::Weibull) | `(n + 1)q` | `g` |
/// | 7 | [`Linear`](Self::Linear) | `(n - 1)q + 1` | `g` |
/// | 8 | [`MedianUnbiased`](Self::MedianUnbiased) | `(n + ⅓)q + ⅓` | `g` |
/// | 9 | [`NormalUnbiased`](Self::NormalUnbiased) | `(n + ¼)q + ⅜` | `g` |
///
/// Of `q` below 2⁻⁶⁷, bits below 2⁻¹²⁰ are one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum QuantileMethod {
    /// Type 1: the least value that at least `nq` values do not exceed.
    InverseCdf,
    /// Type 2: the same, and the mean of two where `nq` is an integer.
    AveragedInverseCdf,
    /// Type 3: the value whose number is nearest to `nq`, and the even one of two.
    ClosestObservation,
    /// Type 4: between the steps of the inverse, linearly.
    InterpolatedInverseCdf,
    /// Type 5: between the middles of the steps, linearly.
    Hazen,
    /// Type 6: value `k` is the quantile `k / (n + 1)`.
    Weibull,
    /// Type 7: value `k` is the quantile `(k - 1) / (n - 1)`. What R, `NumPy` and
    /// spreadsheets give unless asked for another.
    #[default]
    Linear,
    /// Type 8: all but without bias for the median of a value's place, whatever the
    /// distribution. What Hyndman and Fan advise.
    MedianUnbiased,
    /// Type 9: all but without bias for the mean of a value's place in normal data.
    NormalUnbiased,
}

/// A quantile that is not between 0 and 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct QuantileError {
    /// What was asked for.
    pub q: f64,
}

impl QuantileError {
    pub(super) const fn check(q: f64) -> Result<f64, Self> {
        if q >= 0.0 && q <= 1.0 { Ok(q) } else { Err(Self { q }) }
    }
}

impl fmt::Display for QuantileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "quantile {} is not between 0 and 1", self.q)
    }
}

impl core::error::Error for QuantileError {}

/// The places of one or two neighbours in order, from 0, and how far to go from the first to
/// the second: `part / whole`, which is less than 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Position {
    pub(super) ranks: [usize; 2],
    pub(super) part: u128,
    pub(super) whole: u128,
}

impl Position {
    /// The position of a quantile, between 0 and 1, of so many values, at least one. Inlined, or it
    /// comes back through memory.
    #[inline(always)]
    pub(super) fn of(asked: Fraction, method: QuantileMethod, count: usize) -> Self {
        let Fraction { numerator, exponent } = asked;
        // Terms are below `2^exponent` times `8 count + 12`, and are to be below 2⁶³.
        let factor = 8_u64.saturating_mul(count as u64).saturating_add(12);
        let fits = exponent < 63 && factor >> (63 - exponent) == 0;
        if fits {
            narrow(numerator.cast_signed(), exponent, method, count)
        } else {
            wide(numerator.into(), exponent, method, count)
        }
    }
}

/// Makes functions that work out a position of a fraction `numerator / 2^exponent`, in integers
/// of a type: those of 128 bits take several times as long, and short columns need them seldom.
macro_rules! positions {
    ($($(#[$attribute:meta])* $name:ident $I:ident)*) => {$(
        $(#[$attribute])*
        fn $name(numerator: $I, exponent: u32, method: QuantileMethod, count: usize) -> Position {
            use QuantileMethod as M;
            // All terms in units of 1/(scale · 2^exponent).
            let n = count as $I;
            let one = 1 << exponent;
            if method == M::Linear {
                // The method of nearly all calls, and the simplest: no position is beyond an end.
                let position = (n - 1) * numerator;
                let low = position >> exponent;
                let part = position & (one - 1);
                let ranks = [low, low + $I::from(part != 0)].map(|rank| rank as usize);
                let [part, whole] = [part, one].map(|term| u128::from(term.unsigned_abs()));
                return Position { ranks, part, whole };
            }
            let (scale, position) = match method {
                M::InverseCdf | M::AveragedInverseCdf | M::InterpolatedInverseCdf => {
                    (1, n * numerator)
                }
                M::ClosestObservation => (2, 2 * n * numerator - one),
                M::Hazen => (2, 2 * n * numerator + one),
                M::Weibull => (1, (n + 1) * numerator),
                M::Linear => unreachable!("worked out above"),
                M::MedianUnbiased => (3, (3 * n + 1) * numerator + one),
                M::NormalUnbiased => (8, (8 * n + 2) * numerator + 3 * one),
            };
            let whole = scale * one;
            let steps = position >> exponent;
            // Rounded down, for type 3 begins at -½.
            let index = if scale == 1 { steps } else { steps.div_euclid(scale) };
            let rest = position - index * whole;
            let (part, whole) = match method {
                M::InverseCdf => ($I::from(rest != 0), 1),
                M::AveragedInverseCdf => (if rest == 0 { 1 } else { 2 }, 2),
                M::ClosestObservation => ($I::from(rest != 0 || index & 1 != 0), 1),
                _ => (rest, whole),
            };
            // `index` counts from 1.
            let index = index + $I::from(part == whole);
            let part = if part == whole { 0 } else { part };
            let place = |index: $I| usize::try_from(index.clamp(1, n) - 1).unwrap_or(0);
            let low = place(index);
            let high = if part == 0 { low } else { place(index + 1) };
            let part = if low == high { 0 } else { part };
            let [part, whole] = [part, whole].map(|term| u128::from(term.unsigned_abs()));
            Position { ranks: [low, high], part, whole }
        }
    )*};
}

positions! {
    #[allow(clippy::cast_possible_wrap, reason = "a narrow position has a small count")]
    #[inline(always)]
    narrow i64
    // There are fewer than 2¹²⁶ units.
    #[allow(clippy::useless_conversion, reason = "not with the narrow type")]
    wide i128
}

/// A number between 0 and 1 as `numerator / 2^exponent`, in lowest terms, or as near as an
/// exponent of 120 comes, and never 0 but for 0. Worked out when a quantile is made, for in
/// each call for a short column it would show.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Fraction {
    /// Below 2⁵³.
    numerator: u64,
    exponent: u32,
}

impl Fraction {
    pub(super) const HALF: Self = Self::of(0.5);

    /// That of a number between 0 and 1.
    pub(super) const fn of(q: f64) -> Self {
        const MOST: u32 = 120;
        let bits = q.to_bits() << 1 >> 1;
        let (biased, mantissa) = (bits >> 52, bits & ((1 << 52) - 1));
        let (mantissa, biased) =
            if biased == 0 { (mantissa, 1) } else { (mantissa | 1 << 52, biased) };
        if mantissa == 0 {
            return Self { numerator: 0, exponent: 0 };
        }
        let zeros = mantissa.trailing_zeros();
        // At most 1, so that the exponent is not negative once the zeros are gone.
        let (mantissa, exponent) = (mantissa >> zeros, 1075 - biased as u32 - zeros);
        if exponent <= MOST {
            return Self { numerator: mantissa, exponent };
        }
        let shift = exponent - MOST;
        let kept = if shift < 64 { mantissa >> shift } else { 0 };
        Self { numerator: kept | 1, exponent: MOST }
    }
}

/// The number, as it is used.
impl fmt::Debug for Fraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let two_to_minus = f64::from_bits(u64::from(1023 - self.exponent) << 52);
        fmt::Debug::fmt(&(self.numerator as f64 * two_to_minus), f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn fractions_are_what_they_say() {
        let terms = |q| {
            let Fraction { numerator, exponent } = Fraction::of(q);
            (numerator, exponent)
        };
        assert_eq!(terms(0.0), (0, 0));
        assert_eq!(terms(-0.0), (0, 0));
        assert_eq!(terms(1.0), (1, 0));
        assert_eq!(terms(0.75), (3, 2));
        assert_eq!(terms(0.1), (0x000c_cccc_cccc_cccd, 55));
        assert_eq!(terms(f64::from_bits(1)), (1, 120));
        assert_eq!(format!("{:?}", Fraction::of(-0.0)), "0.0");
        assert_eq!(Fraction::of(1e-300), Fraction::of(f64::from_bits(1)));
        for q in [0.0, 1.0, 0.1, 0.99, 1e-9, 2e-20] {
            assert_eq!(format!("{:?}", Fraction::of(q)), format!("{q:?}"));
        }
    }

    const METHODS: [QuantileMethod; 9] = {
        use QuantileMethod as M;
        [
            M::InverseCdf,
            M::AveragedInverseCdf,
            M::ClosestObservation,
            M::InterpolatedInverseCdf,
            M::Hazen,
            M::Weibull,
            M::Linear,
            M::MedianUnbiased,
            M::NormalUnbiased,
        ]
    };

    /// Which width works a position out cannot be seen, up to where the narrow one ends.
    #[test]
    fn both_widths_agree() {
        let counts = (1..600).chain((4..60).flat_map(|bits| [(1 << bits) - 1, 1 << bits]));
        for count in counts {
            for q in [0.0, 1.0, 0.5, 0.75, 0.9, 0.99, 0.1, 1.0 / 1024.0, 1.0_f64.next_down(), 1e-9]
            {
                let asked = Fraction::of(q);
                let Fraction { numerator, exponent } = asked;
                for method in METHODS {
                    let position = Position::of(asked, method, count);
                    let want = wide(numerator.into(), exponent, method, count);
                    assert_eq!(position, want, "{method:?} {q} of {count}");
                }
            }
        }
    }

    #[test]
    fn the_longest_slice_has_positions() {
        let longest = isize::MAX.unsigned_abs();
        for method in METHODS {
            for q in [0.0, f64::from_bits(1), 1e-30, 0.5, 1.0_f64.next_down(), 1.0] {
                let position = Position::of(Fraction::of(q), method, longest);
                assert!(position.ranks[1] < longest, "{method:?} {q}");
                assert!(position.part < position.whole, "{method:?} {q}");
                assert!(position.whole <= 1 << 123);
            }
            assert_eq!(Position::of(Fraction::of(0.0), method, longest).ranks[0], 0);
            assert_eq!(Position::of(Fraction::of(1.0), method, longest).ranks[1], longest - 1);
        }
    }
}
