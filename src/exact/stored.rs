//! The form in which a partial is stored: the exact sum, and nothing of how it was found.
//!
//! | field | what it is |
//! | --- | --- |
//! | `flags` | 0: no row; 1: `-0.0` alone; 3: numbers; 7: `+∞`, 11: `-∞`, and numbers; 19: NaN, or `+∞` and `-∞` |
//! | `first` | the place of the first word that is not 0 |
//! | `words` | from that on, those of the sum in units of 2⁻²¹⁶², which have room for products, in two's complement, lowest first; words of 64 bits, of which the last does not just repeat the sign |
//!
//! Words are there for numbers alone, for beside an infinity or NaN they decide nothing. So
//! equal sums have one form, of two to four words for ordinary data.

use super::total::{State, Total};
use super::words::Words;
use core::fmt;
use core::marker::PhantomData;
use serde_core::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use serde_core::ser::{Serialize, SerializeSeq, Serializer};

/// The flags of numbers alone, which words go with.
const NUMBERS: u8 = 3;

/// All flags that results differ by.
const FLAGS: [u8; 6] = [0, 1, NUMBERS, 7, 11, 19];

crate::stored::stored! {
    [W: super::words::Words, const STREAMS: usize] Total<W, STREAMS> as "ExactTotal" |it| {
        v = 1,
        flags: Itself<u8> = it.state().flags,
        first: Itself<u8> = it.state().first as u8,
        words: Itself<Trimmed<W>> = Trimmed::of(it.state().words),
    }
    refuses {
        flags if !FLAGS.contains(&flags), "not one of 0, 1, 3, 7, 11, 19";
        words if flags != NUMBERS && words.len > 0, "they are of numbers alone";
        first if words.len == 0 && first > 0, "there are no words";
        first if words.len > 0 && !words.fits(first), "beyond the digits of a sum";
        words if words.total::<STREAMS>(flags, first).is_none(),
            "words that say nothing, or not a sum of fewer than 2⁶³ values of the type";
    }
    => words.total(flags, first).unwrap_or_else(Total::nothing)
}

/// Words of the widest sum of products.
const WORDS: usize = 67;

/// Words without those at both ends that say nothing.
#[derive(Clone)]
struct Trimmed<W> {
    words: [u64; WORDS],
    len: usize,
    all: PhantomData<W>,
}

impl<W: Words> Trimmed<W> {
    /// The places of words: the first, and how many there are.
    const PLACES: (usize, usize) = if W::EXPONENTS.0 < -1074 { (0, WORDS) } else { (17, 34) };

    fn of(words: &[u64]) -> Self {
        let mut trimmed = Self { words: [0; WORDS], len: words.len(), all: PhantomData };
        trimmed.words[..words.len()].copy_from_slice(words);
        trimmed
    }

    fn as_slice(&self) -> &[u64] {
        &self.words[..self.len]
    }

    /// Whether there is room for the words.
    fn fits(&self, first: u8) -> bool {
        let (start, words) = Self::PLACES;
        (start..=start + words - self.len).contains(&first.into())
    }

    fn total<const STREAMS: usize>(&self, flags: u8, first: u8) -> Option<Total<W, STREAMS>> {
        Total::from_state(State { flags, first: first.into(), words: self.as_slice() })
    }
}

impl<W: Words> fmt::Debug for Trimmed<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_slice().fmt(f)
    }
}

impl<W: Words> Serialize for Trimmed<W> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut words = serializer.serialize_seq(Some(self.len))?;
        for word in self.as_slice() {
            words.serialize_element(word)?;
        }
        words.end()
    }
}

impl<'de, W: Words> Deserialize<'de> for Trimmed<W> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader<W>(PhantomData<W>);

        impl<'de, W: Words> Visitor<'de> for Reader<W> {
            type Value = Trimmed<W>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "at most {} words", Trimmed::<W>::PLACES.1)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Trimmed<W>, A::Error> {
                let mut words = Trimmed::of(&[]);
                while let Some(word) = seq.next_element()? {
                    let len = words.len;
                    let place = words.words[..Trimmed::<W>::PLACES.1].get_mut(len);
                    *place.ok_or_else(|| A::Error::invalid_length(len + 1, &self))? = word;
                    words.len += 1;
                }
                Ok(words)
            }
        }

        deserializer.deserialize_seq(Reader(PhantomData))
    }
}
