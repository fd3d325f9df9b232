//! Columns with nulls: values beside an Arrow validity bitmap.

use core::fmt;

/// Values of which some are null: a slice, and an Arrow validity bitmap.
///
/// Row `i` is present where bit `offset + i` of the bitmap is set; bits count from the
/// lowest of the first byte, as in Arrow. What lies under a null is never looked at:
/// any bits may be there. The column is read as rows of `Option<T>`.
///
/// ```
/// use lanefold::{Aggregate, Count, Nullable, Sum};
/// let column = Nullable::new(&[1.0, f64::NAN, 3.0], &[0b101], 0)?;
/// assert_eq!((Count, Sum).of(column), (2, 4.0));
/// # Ok::<(), lanefold::ValidityError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Nullable<'a, T> {
    values: &'a [T],
    bytes: &'a [u8],
    offset: usize,
}

impl<'a, T> Nullable<'a, T> {
    /// A column of `values`, of which row `i` is present where bit `offset + i` of
    /// `validity` is set. The bitmap may be longer than needed.
    ///
    /// # Errors
    ///
    /// If the bitmap has fewer than `offset + values.len()` bits.
    pub fn new(values: &'a [T], validity: &'a [u8], offset: usize) -> Result<Self, ValidityError> {
        let enough =
            offset.checked_add(values.len()).is_some_and(|bits| bits.div_ceil(8) <= validity.len());
        if enough {
            Ok(Self { values, bytes: &validity[offset / 8..], offset: offset % 8 })
        } else {
            Err(ValidityError { offset, rows: values.len(), bytes: validity.len() })
        }
    }

    /// A column whose bitmap starts at its first bit, and is long enough.
    pub(crate) fn aligned(values: &'a [T], bytes: &'a [u8]) -> Self {
        debug_assert!(values.len().div_ceil(8) <= bytes.len());
        Self { values, bytes, offset: 0 }
    }

    /// The values, those under nulls included.
    #[must_use]
    pub fn values(&self) -> &'a [T] {
        self.values
    }

    /// Rows, nulls included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Whether a row is there and not null.
    #[must_use]
    pub fn is_present(&self, row: usize) -> bool {
        row < self.len() && {
            let bit = self.offset + row;
            self.bytes[bit / 8] >> (bit % 8) & 1 == 1
        }
    }

    pub(crate) fn split_at(self, at: usize) -> (Self, Self) {
        let (first, second) = self.values.split_at(at);
        let bit = self.offset + at;
        (
            Self { values: first, ..self },
            Self { values: second, bytes: &self.bytes[bit / 8..], offset: bit % 8 },
        )
    }

    /// Writes the validity of all rows as a bitmap: see [`write_bits`].
    #[inline(always)]
    pub(crate) fn write_bits(&self, bitmap: &mut [u8]) -> usize {
        write_bits(self.bytes, self.offset, self.values.len(), bitmap)
    }

    /// The validity of the rows, at most eight: a bit each, and no others.
    #[inline(always)]
    pub(crate) fn few_bits(&self) -> u64 {
        debug_assert!(self.len() <= 8);
        let byte = |i: usize| self.bytes.get(i).map_or(0, |&byte| u64::from(byte));
        (byte(0) | byte(1) << 8) >> self.offset & ((1 << self.len()) - 1)
    }
}

/// Writes so many bits, from the one at `offset`, which is less than 8, as a bitmap that
/// starts at its first bit, and counts those that are set. Bits past them, up to a multiple
/// of 64, are 0.
#[inline(always)]
pub(crate) fn write_bits(bytes: &[u8], offset: usize, rows: usize, bitmap: &mut [u8]) -> usize {
    if let (Some(bits), Some(word)) = (few_bits(bytes, offset, rows), bitmap.first_chunk_mut()) {
        *word = bits.to_le_bytes();
        return bits.count_ones() as usize;
    }
    // Rows `i * 64` to `i * 64 + 63` lie in nine bytes. The first eight and the last
    // eight overlap, and agree where they do.
    let join = |first: u64, last: u64| {
        first >> offset | if offset == 0 { 0 } else { last << (8 - offset) }
    };
    let whole = (rows / 64).min(bytes.len().saturating_sub(1) / 8);
    let (firsts, _) = bytes.as_chunks::<8>();
    let (lasts, _) = bytes.get(1..).unwrap_or(&[]).as_chunks::<8>();
    let (words, _) = bitmap.as_chunks_mut::<8>();
    let mut count = 0;
    for ((word, first), last) in words[..whole].iter_mut().zip(firsts).zip(lasts) {
        let bits = join(u64::from_le_bytes(*first), u64::from_le_bytes(*last));
        *word = bits.to_le_bytes();
        count += bits.count_ones() as usize;
    }
    // At most two words at the end, of which fewer bytes or rows are there.
    for (i, word) in words[..rows.div_ceil(64)].iter_mut().enumerate().skip(whole) {
        let bytes = &bytes[i * 8..];
        let bits = join(first_word(bytes), first_word(bytes.get(1..).unwrap_or(&[])));
        let left = rows - i * 64;
        let bits = bits & if left < 64 { (1 << left) - 1 } else { u64::MAX };
        *word = bits.to_le_bytes();
        count += bits.count_ones() as usize;
    }
    count
}

/// So few bits that they lie in eight bytes; `None` of no rows, and of more.
#[inline(always)]
fn few_bits(bytes: &[u8], offset: usize, rows: usize) -> Option<u64> {
    let is_few = rows > 0 && offset + rows <= 64;
    is_few.then(
        #[inline(always)]
        || first_word(bytes) >> offset & (u64::MAX >> (64 - rows)),
    )
}

/// The first eight bytes as a number, the lowest first; missing ones are 0. Short slices
/// are put together from few overlapping loads.
#[inline(always)]
pub(crate) fn first_word(bytes: &[u8]) -> u64 {
    let len = bytes.len();
    if let Some(&word) = bytes.first_chunk() {
        u64::from_le_bytes(word)
    } else if let (Some(&low), Some(&high)) = (bytes.first_chunk(), bytes.last_chunk()) {
        let high = u64::from(u32::from_le_bytes(high));
        u64::from(u32::from_le_bytes(low)) | high << (8 * (len - 4))
    } else if let [first, .., last] = bytes {
        // Two or three: the one in the middle is the last of two.
        let middle = u64::from(bytes[len / 2]) << (8 * (len / 2));
        u64::from(*first) | middle | u64::from(*last) << (8 * (len - 1))
    } else {
        bytes.first().map_or(0, |&byte| byte.into())
    }
}

/// A validity bitmap that is too short for its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ValidityError {
    /// The bit of the first row.
    pub offset: usize,
    /// Values, and so rows.
    pub rows: usize,
    /// Bytes of the bitmap.
    pub bytes: usize,
}

impl fmt::Display for ValidityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { offset, rows, bytes } = self;
        write!(
            f,
            "a validity bitmap of {bytes} bytes is too short for {rows} rows from bit {offset}"
        )
    }
}

impl core::error::Error for ValidityError {}
