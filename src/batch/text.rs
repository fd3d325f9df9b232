//! The names and labels of all series, one after the other.
//!
//! A series is a list of *pieces*: its name, then the key and the value of each label, sorted by
//! key. All pieces of all series lie in one string, in the order of their numbers, and a list
//! says where each ends. So to compare an event with a series touches two places in memory, and
//! a new series allocates only where one of three lists grows.

use alloc::string::String;
use alloc::vec::Vec;
use core::iter;

/// The pieces of all series.
#[derive(Clone, Debug, Default)]
pub(super) struct Texts {
    text: String,
    /// The end of each piece in the text; it starts where the one before ends.
    ends: Vec<u32>,
    /// The first piece of each series; the last is that before the next one's first.
    firsts: Vec<u32>,
}

impl Texts {
    pub(super) fn series(&self) -> usize {
        self.firsts.len()
    }

    /// Adds a series, if its numbers fit 32 bits.
    pub(super) fn add(&mut self, name: &str, labels: &[(&str, &str)]) -> Option<u32> {
        let pieces =
            || iter::once(name).chain(labels.iter().flat_map(|&(key, value)| [key, value]));
        let mut end = self.text.len();
        let mut count = self.ends.len();
        for piece in pieces() {
            end = end.checked_add(piece.len())?;
            count += 1;
        }
        u32::try_from(end).ok()?;
        u32::try_from(count).ok()?;
        let id = u32::try_from(self.firsts.len()).ok()?;
        self.firsts.push(self.ends.len() as u32);
        for piece in pieces() {
            self.text.push_str(piece);
            self.ends.push(self.text.len() as u32);
        }
        Some(id)
    }

    /// The name and the labels of a series.
    #[inline(always)]
    pub(super) fn get(&self, id: u32) -> Option<(&str, Labels<'_>)> {
        let id = id as usize;
        let first = *self.firsts.get(id)? as usize;
        let last = self.firsts.get(id + 1).map_or(self.ends.len(), |&next| next as usize);
        let ends = self.ends.get(first..last)?;
        let start = if first == 0 { 0 } else { self.ends[first - 1] };
        let mut pieces = Labels { text: &self.text, start, ends };
        Some((pieces.piece()?, pieces))
    }

    /// Whether a series has this name and these labels, in this order.
    #[inline(always)]
    pub(super) fn is<K: AsRef<str>, V: AsRef<str>>(
        &self,
        id: u32,
        name: &str,
        labels: &[(K, V)],
    ) -> bool {
        let Some((own, pieces)) = self.get(id) else { return false };
        own.len() == name.len()
            && pieces.ends.len() == 2 * labels.len()
            && same(own.as_bytes(), name.as_bytes())
            && pieces.zip(labels).all(|((key, value), other)| {
                let (other_key, other_value) = (other.0.as_ref(), other.1.as_ref());
                key.len() == other_key.len()
                    && value.len() == other_value.len()
                    && same(key.as_bytes(), other_key.as_bytes())
                    && same(value.as_bytes(), other_value.as_bytes())
            })
    }
}

/// Whether bytes of equal length are the same. Names and labels are short, and a call of
/// `memcmp` for each would cost more than the look at the bytes.
#[inline(always)]
fn same(a: &[u8], b: &[u8]) -> bool {
    if let (Some(first), Some(other)) = (a.first_chunk::<8>(), b.first_chunk::<8>()) {
        let ends = a.last_chunk::<8>() == b.last_chunk::<8>();
        first == other && ends && (a.len() <= 16 || a == b)
    } else if let (Some(first), Some(other)) = (a.first_chunk::<4>(), b.first_chunk::<4>()) {
        first == other && a.last_chunk::<4>() == b.last_chunk::<4>()
    } else {
        a.iter().eq(b)
    }
}

/// The labels of a series in an [`Interner`](super::Interner): keys and values, sorted by key.
#[derive(Clone, Debug)]
pub struct Labels<'a> {
    text: &'a str,
    start: u32,
    ends: &'a [u32],
}

impl<'a> Labels<'a> {
    #[inline(always)]
    fn piece(&mut self) -> Option<&'a str> {
        let (&end, rest) = self.ends.split_first()?;
        let piece = self.text.get(self.start as usize..end as usize)?;
        (self.start, self.ends) = (end, rest);
        Some(piece)
    }
}

impl<'a> Iterator for Labels<'a> {
    type Item = (&'a str, &'a str);

    #[inline(always)]
    fn next(&mut self) -> Option<Self::Item> {
        Some((self.piece()?, self.piece()?))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.ends.len() / 2, Some(self.ends.len() / 2))
    }
}

impl ExactSizeIterator for Labels<'_> {}
