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

use super::float::ExactFloat;
use super::total::Total;
use core::fmt;
use serde_core::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use serde_core::ser::{Serialize, SerializeSeq, Serializer};

/// Words of the widest sum.
const WORDS: usize = 34;

/// Words of the form below those of a sum, which is in units of 2⁻¹⁰⁷⁴.
const BELOW: usize = 17;

crate::stored::stored! {
    [T: ExactFloat] Total<T> as "ExactTotal" |it| {
        v = 1,
        flags: Itself<u8> = it.parts().0,
        first: Itself<u8> = Trimmed::trim(&it.parts().1).0,
        words: Itself<Trimmed> = Trimmed::trim(&it.parts().1).1,
    }
    refuses {
        flags if !Total::<T>::FLAGS.contains(&flags), "not one of 0, 1, 3, 7, 11, 19";
        words if flags != Total::<T>::NUMBERS && words.len > 0, "they are of numbers alone";
        first if words.len == 0 && first > 0, "there are no words";
        first if words.len > 0 && !words.fits(first), "beyond the digits of a sum";
        words if words.has_too_many(), "words that say nothing";
        words if !words.is_sum_of::<T>(first), "not a sum of fewer than 2⁶³ values of the type";
    }
    => Total::of_parts(flags, &words.all(first))
}

/// Words without those at both ends that say nothing.
#[derive(Clone)]
struct Trimmed {
    words: [u64; WORDS],
    len: usize,
}

/// What a word repeats that lies above.
fn sign(word: u64) -> u64 {
    (word.cast_signed() >> 63).cast_unsigned()
}

impl Trimmed {
    const NONE: Self = Self { words: [0; WORDS], len: 0 };

    /// The place of the first, and those that are left of all.
    fn trim(all: &[u64; WORDS]) -> (u8, Self) {
        let Some(first) = all.iter().position(|&word| word != 0) else { return (0, Self::NONE) };
        let mut words = Self { len: WORDS - first, ..Self::NONE };
        words.words[..words.len].copy_from_slice(&all[first..]);
        while words.repeats_the_sign() {
            words.len -= 1;
        }
        ((BELOW + first) as u8, words)
    }

    /// Whether there is room for the words.
    fn fits(&self, first: u8) -> bool {
        (BELOW..=BELOW + WORDS - self.len).contains(&first.into())
    }

    fn as_slice(&self) -> &[u64] {
        &self.words[..self.len]
    }

    fn repeats_the_sign(&self) -> bool {
        matches!(*self.as_slice(), [.., below, last] if last == sign(below))
    }

    fn has_too_many(&self) -> bool {
        self.as_slice().first() == Some(&0) || self.repeats_the_sign()
    }

    /// All words of the sum; there is room.
    fn all(&self, first: u8) -> [u64; WORDS] {
        let mut all = [0; WORDS];
        let Some(&last) = self.as_slice().last() else { return all };
        let first = usize::from(first) - BELOW;
        all[first..first + self.len].copy_from_slice(self.as_slice());
        all[first + self.len..].fill(sign(last));
        all
    }

    /// Whether it is a multiple of the least number of the type, and below 2⁶³ times the
    /// greatest.
    fn is_sum_of<T: ExactFloat>(&self, first: u8) -> bool {
        let (least, most) = if T::DIGITS == 53 { (0, 2098 + 63) } else { (925, 1202 + 63) };
        let all = self.all(first);
        let bit = |at: usize| all[at / 64] >> (at % 64) & 1;
        let top = bit(64 * WORDS - 1);
        (0..least).all(|at| bit(at) == 0) && (most..64 * WORDS).all(|at| bit(at) == top)
    }
}

impl fmt::Debug for Trimmed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_slice().fmt(f)
    }
}

impl Serialize for Trimmed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut words = serializer.serialize_seq(Some(self.len))?;
        for word in self.as_slice() {
            words.serialize_element(word)?;
        }
        words.end()
    }
}

impl<'de> Deserialize<'de> for Trimmed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;

        impl<'de> Visitor<'de> for Reader {
            type Value = Trimmed;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "at most {WORDS} words")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Trimmed, A::Error> {
                let mut words = Trimmed::NONE;
                while let Some(word) = seq.next_element()? {
                    let len = words.len;
                    let place = words.words.get_mut(len);
                    *place.ok_or_else(|| A::Error::invalid_length(len + 1, &self))? = word;
                    words.len += 1;
                }
                Ok(words)
            }
        }

        deserializer.deserialize_seq(Reader)
    }
}
