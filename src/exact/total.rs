//! The partial of an exact sum.

use super::float::ExactFloat;
use super::rounding::Leading;
use super::ways::Guide;
#[cfg(any(feature = "serde", test))]
use super::words::{UNIT, signs};
use super::words::{Words, add, of_value, trim};

/// What there was, apart from digits.
pub(super) mod seen {
    /// A row.
    pub(in crate::exact) const ANY: u8 = 1;
    /// A value other than `-0.0`.
    pub(in crate::exact) const OTHER: u8 = 2;
    pub(in crate::exact) const PLUS_INFINITY: u8 = 4;
    pub(in crate::exact) const MINUS_INFINITY: u8 = 8;
    pub(in crate::exact) const NAN: u8 = 16;
    pub(in crate::exact) const SPECIAL: u8 = PLUS_INFINITY | MINUS_INFINITY | NAN;

    #[cfg(any(feature = "serde", test))]
    pub(super) const ALL: u8 = ANY | OTHER | SPECIAL;

    /// Of what is not a number.
    #[inline(always)]
    pub(in crate::exact) fn special(x: f64) -> u8 {
        match x {
            f64::INFINITY => PLUS_INFINITY,
            f64::NEG_INFINITY => MINUS_INFINITY,
            _ => NAN,
        }
    }
}

/// An exact sum: an integer, and what was not a number; and for each of the streams of values
/// that go into it, where the next are expected.
#[derive(Clone, Debug)]
pub struct Total<W, const STREAMS: usize> {
    words: W,
    /// The index of the first word.
    first: u8,
    pub(super) seen: u8,
    /// Hints, which change no result.
    pub(super) guides: [Guide; STREAMS],
}

/// All that a result depends on, in the one form that it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct State<'a> {
    /// Five bits: those of `seen`.
    pub(super) flags: u8,
    /// The index of the first word; 0 where there are none.
    pub(super) first: usize,
    /// Of an integer in two's complement, lowest first, without those that add nothing.
    pub(super) words: &'a [u64],
}

#[cfg(any(feature = "serde", test))]
impl State<'_> {
    /// The exponent of a word's lowest bit.
    fn exponent(word: usize) -> Option<i32> {
        i32::try_from(word).ok()?.checked_mul(64)?.checked_add(UNIT)
    }

    /// The magnitude is at most `2^end`.
    fn end(&self) -> Option<i32> {
        let end = Self::exponent(self.first.checked_add(self.words.len())?)?;
        Some(end - signs(self.words) as i32)
    }
}

/// Whether the exact sums are the same, and the results therefore, too.
impl<W: Words, const STREAMS: usize> PartialEq for Total<W, STREAMS> {
    fn eq(&self, other: &Self) -> bool {
        self.state() == other.state()
    }
}

impl<W: Words, const STREAMS: usize> Eq for Total<W, STREAMS> {}

impl<W: Words, const STREAMS: usize> Total<W, STREAMS> {
    #[inline(always)]
    pub(super) fn nothing() -> Self {
        Self { words: W::nothing(), first: W::FIRST, seen: 0, guides: [Guide::NEW; STREAMS] }
    }

    /// Whether there was no row.
    #[cfg(feature = "serde")]
    pub(crate) fn is_nothing(&self) -> bool {
        self.seen == 0
    }

    /// Whether there were neither infinities nor NaN.
    #[cfg(all(feature = "alloc", feature = "serde"))]
    pub(crate) fn is_finite(&self) -> bool {
        self.seen & seen::SPECIAL == 0
    }

    /// Whether the sum is below 0.
    #[cfg(feature = "serde")]
    pub(super) fn is_negative(&self) -> bool {
        super::words::is_negative(self.state().words)
    }

    /// Whether so many values can have the sum.
    #[cfg(feature = "serde")]
    pub(super) fn is_of(&self, rows: u64) -> bool {
        self.state()
            .end()
            .is_some_and(|end| end <= W::EXPONENTS.1 + (64 - rows.leading_zeros()) as i32)
    }

    /// The state, which is what is compared, and stored.
    pub(super) fn state(&self) -> State<'_> {
        let special = self.special();
        let (first, words) = if special.is_some() {
            (0, &[][..])
        } else {
            trim(self.first.into(), self.words.get())
        };
        let flags = match special {
            None => self.seen,
            Some(x) => seen::ANY | seen::OTHER | seen::special(x),
        };
        State { flags, first, words }
    }

    /// The partial with that state; `None` where no rows could lead to it.
    #[cfg(any(feature = "serde", test))]
    pub(super) fn from_state(state: State<'_>) -> Option<Self> {
        let (lowest, highest) = W::EXPONENTS;
        let State { flags, first, words } = state;
        let mut total = Self::nothing();
        total.seen = flags;
        if let [low, ..] = words {
            let least = State::exponent(first)? + low.trailing_zeros() as i32;
            let end = state.end()?;
            // Fewer than 2⁶³ rows.
            if least < lowest || end > highest + 63 || flags & seen::OTHER == 0 {
                return None;
            }
            total.add_beyond(first, words);
        }
        let flags_fit = flags == 0 || flags & seen::ANY != 0 && flags <= seen::ALL;
        (flags_fit && total.state() == state).then_some(total)
    }

    /// Adds `value * 2^exponent`, which is a multiple of the least digit.
    #[inline(always)]
    pub(super) fn add(&mut self, value: i128, exponent: i32) {
        let (at, terms) = of_value(value, exponent);
        if self.words.start(&terms) {
            self.first = at as u8;
        } else {
            self.add_words(at, &terms);
        }
    }

    /// Adds an integer.
    #[inline(always)]
    pub(super) fn add_words(&mut self, at: usize, terms: &[u64]) {
        let from = at.wrapping_sub(self.first.into());
        match self.words.get_mut().get_mut(from..) {
            Some(words) if words.len() >= terms.len() => {
                if let Some(word) = add(words, terms) {
                    self.words.push(word);
                }
            }
            _ => self.add_beyond(at, terms),
        }
    }

    /// Adds an integer for which there is no room yet, or that has more words than it needs.
    #[inline(never)]
    fn add_beyond(&mut self, at: usize, terms: &[u64]) {
        let (from, needed) = trim(at, terms);
        if needed.is_empty() {
            return;
        }
        self.words.cover(&mut self.first, (at, at + terms.len()), (from, from + needed.len()));
        let from = from - usize::from(self.first);
        if let Some(word) = add(&mut self.words.get_mut()[from..], needed) {
            self.words.push(word);
        }
    }

    #[inline(always)]
    pub(super) fn merge(&mut self, other: &Self) {
        if self.seen & seen::ANY == 0 {
            self.guides = other.guides;
        }
        self.seen |= other.seen;
        self.add_words(other.first.into(), other.words.get());
    }

    /// The result, where it is not a number.
    #[inline(always)]
    pub(super) fn special(&self) -> Option<f64> {
        match self.seen & seen::SPECIAL {
            0 => None,
            seen::PLUS_INFINITY => Some(f64::INFINITY),
            seen::MINUS_INFINITY => Some(f64::NEG_INFINITY),
            _ => Some(f64::NAN),
        }
    }

    /// Whether nothing can change the result any more.
    #[inline(always)]
    pub(super) fn is_nan(&self) -> bool {
        self.seen & seen::NAN != 0
    }

    /// The zero that a sum of 0 is.
    #[inline(always)]
    fn zero(&self) -> f64 {
        if self.seen == seen::ANY { -0.0 } else { 0.0 }
    }

    /// Calls `f` with the leading words, of a number that is not 0.
    #[inline(always)]
    fn finish(&self, f: impl Fn(Leading) -> f64) -> f64 {
        if let Some(special) = self.special() {
            return special;
        }
        Leading::of(self.first.into(), self.words.get()).map_or(self.zero(), f)
    }

    /// The sum, rounded once.
    #[inline(always)]
    pub(super) fn sum<T: ExactFloat>(&self) -> T {
        T::nearest(self.finish(
            #[inline(always)]
            |leading| leading.round(T::DIGITS, T::SMALLEST),
        ))
    }

    /// The sum over a count that is not 0, rounded once to `f64`.
    #[inline(always)]
    pub(super) fn mean(&self, count: u64) -> f64 {
        self.finish(
            #[inline(always)]
            |leading| leading.over(count).to_f64(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::{State, Total, seen};
    use crate::aggregate::Aggregate;
    use crate::exact::{ExactFloat, ExactSum};

    type Doubles = Total<<f64 as ExactFloat>::Words, 1>;

    fn stored(flags: u8, first: usize, words: &[u64]) -> Option<Doubles> {
        Total::from_state(State { flags, first, words })
    }

    #[test]
    fn a_state_gives_the_partial_again() {
        for values in [
            &[][..],
            &[-0.0],
            &[1.0, -1.0],
            &[1.0],
            &[-1.0],
            &[f64::MAX; 3],
            &[-5e-324],
            &[1e300, -1e-300],
            &[f64::NAN],
            &[1.0, f64::NEG_INFINITY],
        ] {
            let mut stream = ExactSum.accumulator();
            stream.update(values).expect("one column");
            let partial = stream.partial();
            let State { flags, first, words } = partial.state();
            let again = stored(flags, first, words).expect("a state");
            assert_eq!(again, partial, "{values:?}");
            assert_eq!(again.sum::<f64>().to_bits(), ExactSum.of(values).to_bits(), "{values:?}");
        }
    }

    #[test]
    fn what_is_no_state_is_refused() {
        const ROW: u8 = seen::ANY | seen::OTHER;
        let (one, minus_one) = (&[1][..], &[u64::MAX][..]);
        assert!(stored(ROW, 17, one).is_some() && stored(ROW, 50, &[(1 << 49) - 1]).is_some());
        for (flags, first, words) in [
            (0, 17, one),                     // no rows, and a sum
            (seen::OTHER, 0, &[]),            // no rows, and a value
            (seen::ANY, 17, one),             // all values are -0.0, and a sum
            (seen::ANY | seen::NAN, 0, &[]),  // a NaN, and no value
            (ROW | seen::NAN, 17, one),       // NaN, and a sum
            (ROW | seen::SPECIAL, 0, &[]),    // another NaN
            (ROW | 32, 17, one),              // what is not a flag
            (ROW, 5, &[]),                    // a place of nothing
            (ROW, 17, &[0]),                  // words of 0
            (ROW, 17, &[0, 1]),               // a word too many below
            (ROW, 17, &[1, 0]),               // and above
            (ROW, 17, &[u64::MAX, u64::MAX]), // and above
            (ROW, 16, one),                   // a digit below all digits
            (ROW, 50, &[1 << 49]),            // beyond 2⁶³ of the greatest values
            (ROW, 51, one),
            (ROW, 51, minus_one),
            (ROW, usize::MAX, one),
            (ROW, usize::MAX / 64, one),
        ] {
            assert!(stored(flags, first, words).is_none(), "{flags} {first} {words:?}");
        }
    }
}
