//! The integer that an exact sum is, as words.
//!
//! A finite float is an integer times 2⁻¹⁰⁷⁴, the least positive number, and a product of two
//! is one times 2⁻²¹⁴⁸. So an exact sum is an integer, which is kept in two's complement, in
//! words of 64 bits: bit `i` of word `w` stands for `2^(64w + i - 2162)`. Sums of `f64` have
//! no bits below word 17, and values are below the end of word 49; the word above leaves room
//! for the sum of 2⁷⁷ of them.
//!
//! Not all words are stored. Those below the first that is are 0, and those above the last
//! repeat its sign. There are two kinds of storage, with one code for both:
//!
//! | storage | words | for |
//! | --- | --- | --- |
//! | [`Fixed`] | all that there can be | `f32`, of which there are few; everything without `alloc` |
//! | `SmallVec` | those between the lowest digit and the highest | `f64` |
//!
//! Where the digits of all values lie within 128 bits, as those of ordinary data do, their sum
//! lies within three words, wherever those begin, for as many rows as there can be in memory:
//! 40 bytes for a partial, where all words are 280. Data of wider exponents move to the heap.
//!
//! An integer has one form, but for the words that need not be stored. So whatever the order
//! of additions and merges, equal sums have equal words, once [`trim`]med.

use core::fmt::Debug;

/// The exponent of the lowest bit of word 0.
pub(super) const UNIT: i32 = -2162;

/// Where words are stored.
pub trait Words: Clone + Debug {
    /// Those of 0.
    fn nothing() -> Self;
    /// The index of the first word that is stored, to begin with.
    const FIRST: u8;
    /// All terms are multiples of 2 to the first of these, and below 2 to the second.
    const EXPONENTS: (i32, i32);

    fn get(&self) -> &[u64];
    fn get_mut(&mut self) -> &mut [u64];
    /// Stores words if there are none; whether it did.
    fn start(&mut self, words: &[u64; 3]) -> bool;
    /// Makes room for the words `wanted`, or at least for those of them that are `needed`.
    fn cover(&mut self, first: &mut u8, wanted: Range, needed: Range);
    /// Stores one more word above.
    fn push(&mut self, word: u64);
}

/// The indices of words: the first, and the end.
type Range = (usize, usize);

/// The words from `FIRST` on.
#[derive(Clone, Debug)]
pub struct Fixed<const FIRST: u8, const WORDS: usize>([u64; WORDS]);

impl<const FIRST: u8, const WORDS: usize> Words for Fixed<FIRST, WORDS> {
    const FIRST: u8 = FIRST;
    const EXPONENTS: (i32, i32) = exponents(FIRST);

    #[inline(always)]
    fn nothing() -> Self {
        Self([0; WORDS])
    }
    #[inline(always)]
    fn get(&self) -> &[u64] {
        &self.0
    }
    #[inline(always)]
    fn get_mut(&mut self) -> &mut [u64] {
        &mut self.0
    }
    #[inline(always)]
    fn start(&mut self, _: &[u64; 3]) -> bool {
        false
    }
    #[inline(always)]
    fn cover(&mut self, _: &mut u8, _: Range, (first, end): Range) {
        debug_assert!(usize::from(FIRST) <= first && end <= usize::from(FIRST) + WORDS);
    }
    /// There is room for more rows than there can be.
    #[inline(always)]
    fn push(&mut self, _: u64) {}
}

#[cfg(feature = "alloc")]
impl<A> Words for smallvec::SmallVec<A>
where
    A: smallvec::Array<Item = u64>,
    Self: Debug,
{
    const FIRST: u8 = 0;
    const EXPONENTS: (i32, i32) = exponents(if size_of::<A>() <= 24 { 17 } else { 0 });

    #[inline(always)]
    fn nothing() -> Self {
        Self::new()
    }
    #[inline(always)]
    fn get(&self) -> &[u64] {
        self
    }
    #[inline(always)]
    fn get_mut(&mut self) -> &mut [u64] {
        self
    }
    #[inline(always)]
    fn start(&mut self, words: &[u64; 3]) -> bool {
        let none = self.is_empty();
        if none {
            *self = Self::from_slice(words);
        }
        none
    }
    /// Stays in place if it can. On the heap, words that are always 0 are no loss.
    fn cover(&mut self, first: &mut u8, wanted: Range, needed: Range) {
        let (start, words) = (usize::from(*first), self.get());
        let joined = |(start, words): (usize, &[u64]), (first, end): Range| match words.len() {
            0 => (first, end),
            len => (start.min(first), end.max(start + len)),
        };
        let trimmed = trim(start, words);
        let mut old = (start, words);
        let (mut from, mut to) = joined(old, wanted);
        if to - from > A::size() && !self.spilled() {
            let (least, most) = joined(trimmed, needed);
            if most - least <= A::size() {
                (old, from, to) = (trimmed, least, most);
            }
        }
        // What is free above saves another call.
        to = to.max(from + A::size());
        let mut all = Self::with_capacity(to - from);
        if !old.1.is_empty() {
            all.resize(old.0 - from, 0);
            all.extend_from_slice(old.1);
        }
        all.resize(to - from, sign(old.1));
        *first = from as u8;
        *self = all;
    }
    #[cold]
    fn push(&mut self, word: u64) {
        smallvec::SmallVec::push(self, word);
    }
}

/// Of sums of `f32`, of its products, and of both of `f64`, by the first word.
const fn exponents(first: u8) -> (i32, i32) {
    match first {
        31 => (-149, 128),
        29 => (-298, 256),
        17 => (-1074, 1024),
        _ => (-2148, 2048),
    }
}

/// Whether an integer is below 0.
#[inline(always)]
pub(super) fn is_negative(words: &[u64]) -> bool {
    sign(words) != 0
}

/// What the words above are.
#[inline(always)]
fn sign(words: &[u64]) -> u64 {
    words.last().map_or(0, |&last| (last.cast_signed() >> 63).cast_unsigned())
}

/// The words that have to be stored of those from `first` on: none of 0.
pub(super) fn trim(first: usize, words: &[u64]) -> (usize, &[u64]) {
    let Some(zeros) = words.iter().position(|&word| word != 0) else {
        return (0, &[]);
    };
    let mut words = &words[zeros..];
    while let [rest @ .., _] = words
        && !rest.is_empty()
        && sign(rest) == words[rest.len()]
    {
        words = rest;
    }
    (first + zeros, words)
}

/// Adds an integer that has as many words as are stored, or fewer. A word that has to be stored
/// above, in the end.
#[inline(always)]
pub(super) fn add(words: &mut [u64], terms: &[u64]) -> Option<u64> {
    let (one, other) = (sign(words), sign(terms));
    let (low, high) = words.split_at_mut(terms.len());
    let mut carry = false;
    for (word, &term) in low.iter_mut().zip(terms) {
        *word = adc(*word, term, &mut carry);
    }
    for word in high {
        // What is left to add is 0: nothing, or -1 and a carry.
        if other.wrapping_add(carry.into()) == 0 {
            break;
        }
        *word = adc(*word, other, &mut carry);
    }
    (one == other && sign(words) != one).then_some(one)
}

/// `a + b + carry`, and the carry out.
#[inline(always)]
fn adc(a: u64, b: u64, carry: &mut bool) -> u64 {
    let (sum, one) = a.overflowing_add(b);
    let (sum, other) = sum.overflowing_add((*carry).into());
    *carry = one | other;
    sum
}

/// How many of the highest bits are signs.
#[cfg(any(feature = "serde", test))]
pub(super) fn signs(words: &[u64]) -> u32 {
    let &[.., last] = words else { return 0 };
    (last ^ sign(words)).leading_zeros()
}

/// `value * 2^exponent`, which is a multiple of the unit: its first word, and three words.
#[inline(always)]
pub(super) fn of_value(value: i128, exponent: i32) -> (usize, [u64; 3]) {
    let bit = (exponent - UNIT) as usize;
    let (at, shift) = (bit / 64, bit % 64);
    let above = (value >> 64) >> (64 - shift);
    (at, [(value as u64) << shift, (value >> (64 - shift)) as u64, above as u64])
}
