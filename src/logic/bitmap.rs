//! Columns of booleans: Arrow bitmaps.

use crate::validity::{ValidityError, first_word, write_bits};

/// Booleans, as a bitmap in the form of Arrow.
///
/// Row `i` is bit `offset + i`; bits count from the lowest of the first byte. Other bits may
/// be anything. The column is read as rows of `bool`.
///
/// ```
/// use lanefold::{Aggregate, All, Any, Bitmap, Count, CountIf};
/// let column = Bitmap::new(&[0b0001_0110], 1, 4)?;
/// assert_eq!((Any, All, CountIf, Count).of(column), (true, false, 3, 4));
/// # Ok::<(), lanefold::ValidityError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Bitmap<'a> {
    /// From the byte of the first row to that of the last.
    bytes: &'a [u8],
    /// The bit of the first row: less than 8.
    offset: usize,
    len: usize,
}

impl<'a> Bitmap<'a> {
    /// A column of `len` rows that starts at bit `offset`. The bitmap may be longer.
    ///
    /// # Errors
    ///
    /// If the bitmap has fewer than `offset + len` bits.
    pub fn new(bytes: &'a [u8], offset: usize, len: usize) -> Result<Self, ValidityError> {
        match offset.checked_add(len) {
            Some(bits) if bits.div_ceil(8) <= bytes.len() => {
                Ok(Self::within(&bytes[offset / 8..], offset % 8, len))
            }
            _ => Err(ValidityError { offset, rows: len, bytes: bytes.len() }),
        }
    }

    /// A column that starts in the first byte, and whose bytes are there.
    #[inline(always)]
    pub(super) fn within(bytes: &'a [u8], offset: usize, len: usize) -> Self {
        Self { bytes: &bytes[..(offset + len).div_ceil(8)], offset, len }
    }

    /// The same rows, of which row `i` is null unless bit `offset + i` of `validity` is set.
    ///
    /// # Errors
    ///
    /// If the bitmap has fewer than `offset + len` bits.
    pub fn with_validity(
        self,
        validity: &'a [u8],
        offset: usize,
    ) -> Result<NullableBitmap<'a>, ValidityError> {
        Ok(NullableBitmap { values: self, validity: Self::new(validity, offset, self.len)? })
    }

    /// Rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// A row, or `None` past the end.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<bool> {
        (row < self.len).then(|| {
            let bit = self.offset + row;
            self.bytes[bit / 8] >> (bit % 8) & 1 == 1
        })
    }

    pub(super) fn split_at(self, at: usize) -> (Self, Self) {
        let bit = self.offset + at;
        (
            Self::within(self.bytes, self.offset, at),
            Self::within(&self.bytes[bit / 8..], bit % 8, self.len - at),
        )
    }

    /// Writes the rows as a bitmap that starts at its first bit, and counts those that are
    /// true. Bits past the rows, up to a multiple of 64, are 0.
    #[inline(always)]
    pub(super) fn write(self, bitmap: &mut [u8]) -> usize {
        write_bits(self.bytes, self.offset, self.len, bitmap)
    }

    /// Folds words that hold each row once, in bits that are some row's or those of `pad`,
    /// which is 0 or all ones.
    #[inline(always)]
    pub(super) fn fold_words<A>(self, pad: u64, start: A, step: impl Fn(A, u64) -> A) -> A {
        let bits = self.offset + self.len;
        let (words, rest) = self.bytes.as_chunks::<8>();
        // Where the last word is whole, it belongs to no rest.
        let low = |count: usize| if count < 64 { (1 << count) - 1 } else { u64::MAX };
        let masked = |word: u64, mask: u64| word & mask | pad & !mask;
        let first_rows = u64::MAX << self.offset;
        if bits <= 64 {
            return step(start, masked(first_word(self.bytes), first_rows & low(bits)));
        }
        let (words, last) = words.split_at(bits / 64);
        let mut folded = step(start, masked(u64::from_le_bytes(words[0]), first_rows));
        for &word in &words[1..] {
            folded = step(folded, u64::from_le_bytes(word));
        }
        if !bits.is_multiple_of(64) {
            // Of fewer than 64 bits there may be eight bytes.
            let bytes = last.first().map_or(rest, |word| &word[..]);
            folded = step(folded, masked(first_word(bytes), low(bits % 64)));
        }
        folded
    }
}

/// Booleans of which some are null: a bitmap of values, and one of validity.
///
/// Made by [`Bitmap::with_validity`]. What lies under a null is never looked at. The column
/// is read as rows of `Option<bool>`.
///
/// ```
/// use lanefold::{Aggregate, All, Bitmap, Count, CountIf};
/// let column = Bitmap::new(&[0b0101], 0, 4)?.with_validity(&[0b1101], 0)?;
/// assert_eq!((All, CountIf, Count).of(column), (false, 2, 3));
/// # Ok::<(), lanefold::ValidityError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct NullableBitmap<'a> {
    values: Bitmap<'a>,
    validity: Bitmap<'a>,
}

impl<'a> NullableBitmap<'a> {
    #[inline(always)]
    pub(super) fn of(values: Bitmap<'a>, validity: Bitmap<'a>) -> Self {
        debug_assert_eq!(values.len, validity.len);
        Self { values, validity }
    }

    /// The values, those under nulls included.
    #[must_use]
    pub fn values(&self) -> Bitmap<'a> {
        self.values
    }

    /// Which rows are not null.
    #[must_use]
    pub fn validity(&self) -> Bitmap<'a> {
        self.validity
    }

    /// Rows, nulls included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len
    }

    /// Whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.len == 0
    }

    /// A row, or `None` where it is null or past the end.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<bool> {
        self.values.get(row).filter(|_| self.validity.get(row) == Some(true))
    }

    pub(super) fn split_at(self, at: usize) -> (Self, Self) {
        let (values, validity) = (self.values.split_at(at), self.validity.split_at(at));
        (Self::of(values.0, validity.0), Self::of(values.1, validity.1))
    }
}
