//! Rows of booleans: how bitmaps are cut and buffered.

use super::bitmap::{Bitmap, NullableBitmap};
use crate::backend::Simd;
use crate::number::TILE_BYTES;
use crate::row::Row;
use crate::tile::Tile;

/// Bytes of a tile of rows that may be null: short, because each call makes room for one.
const NULLABLE_BYTES: usize = TILE_BYTES / 8;

/// A row that is a boolean, or none: `bool` or `Option<bool>`.
pub trait LogicRow: Row {
    /// Folds words that hold each row that is not null once, and else the bits of `pad`, which
    /// is 0 or all ones. `present` says which rows are not null, where rows may be null.
    #[doc(hidden)]
    fn fold_words<A>(
        column: Self::Column<'_>,
        present: &[u8],
        pad: u64,
        start: A,
        step: impl Fn(A, u64) -> A,
    ) -> A;
}

impl<R: LogicRow, S: Simd> Tile<'_, R, S> {
    /// Folds the rows by words of 64 bits, in any order, each bit either a row that is not
    /// null, or one of `pad`, which is 0 or all ones.
    #[inline(always)]
    pub fn fold_words<A>(&self, pad: u64, start: A, step: impl Fn(A, u64) -> A) -> A {
        R::fold_words(
            self.column(),
            self.bits(),
            pad,
            start,
            #[inline(always)]
            |folded, word| step(folded, word),
        )
    }
}

/// Copies rows into a buffer of a multiple of 64 bits, from row `at` on.
fn copy(buffer: &mut [u8], mut at: usize, mut column: Bitmap<'_>) {
    // Row by row up to a word, and from there on by words.
    while !at.is_multiple_of(64)
        && let Some(row) = column.get(0)
    {
        put(buffer, at, row);
        column = column.split_at(1).1;
        at += 1;
    }
    column.write(&mut buffer[at / 8..]);
}

#[inline(always)]
fn put(buffer: &mut [u8], at: usize, row: bool) {
    let (byte, bit) = (&mut buffer[at / 8], 1 << (at % 8));
    if row { *byte |= bit } else { *byte &= !bit }
}

impl Row for bool {
    type Column<'a> = Bitmap<'a>;
    type Buffer = [u8; TILE_BYTES];
    type Memo = ();
    type Bits = [u8; 0];
    const NO_BITS: Self::Bits = [];
    const NULLABLE: bool = false;
    const TILE: usize = 8 * TILE_BYTES;

    #[inline(always)]
    fn len(column: Bitmap<'_>) -> usize {
        column.len()
    }
    #[inline(always)]
    fn split_at(column: Self::Column<'_>, at: usize) -> (Self::Column<'_>, Self::Column<'_>) {
        column.split_at(at)
    }
    #[inline(always)]
    fn shorten<'s, 'l: 's>(column: Bitmap<'l>) -> Bitmap<'s> {
        column
    }
    #[inline]
    fn buffer() -> Self::Buffer {
        [0; TILE_BYTES]
    }
    #[inline]
    fn put(buffer: &mut Self::Buffer, at: usize, row: bool) {
        put(buffer, at, row);
    }
    #[inline]
    fn copy(buffer: &mut Self::Buffer, at: usize, column: Bitmap<'_>) {
        copy(buffer, at, column);
    }
    #[inline(always)]
    fn view(buffer: &Self::Buffer, len: usize) -> Bitmap<'_> {
        Bitmap::within(buffer, 0, len)
    }
    #[inline(always)]
    fn write_bits(column: Bitmap<'_>, _: &mut [u8]) -> usize {
        column.len()
    }
    type Digest = u8;
    #[inline(always)]
    fn at(column: Bitmap<'_>, row: usize) -> bool {
        column.get(row) == Some(true)
    }
    #[inline(always)]
    fn digest(self) -> Option<u8> {
        Some(self.into())
    }
    #[inline(always)]
    fn prefetch<S: Simd>(_: S, _: Bitmap<'_>, _: usize) {
        // Eight rows are a byte.
    }
}

impl LogicRow for bool {
    #[inline(always)]
    fn fold_words<A>(
        column: Bitmap<'_>,
        _: &[u8],
        pad: u64,
        start: A,
        step: impl Fn(A, u64) -> A,
    ) -> A {
        column.fold_words(pad, start, step)
    }
}

/// A tile of values and validity, both as bitmaps.
#[derive(Clone, Debug)]
pub struct NullableBits {
    values: [u8; NULLABLE_BYTES],
    validity: [u8; NULLABLE_BYTES],
}

impl Row for Option<bool> {
    type Column<'a> = NullableBitmap<'a>;
    type Buffer = NullableBits;
    type Memo = ();
    type Bits = [u8; NULLABLE_BYTES];
    const NO_BITS: Self::Bits = [0; NULLABLE_BYTES];
    const NULLABLE: bool = true;
    const TILE: usize = 8 * NULLABLE_BYTES;

    #[inline(always)]
    fn len(column: NullableBitmap<'_>) -> usize {
        column.len()
    }
    #[inline(always)]
    fn split_at(column: Self::Column<'_>, at: usize) -> (Self::Column<'_>, Self::Column<'_>) {
        column.split_at(at)
    }
    #[inline(always)]
    fn shorten<'s, 'l: 's>(column: NullableBitmap<'l>) -> NullableBitmap<'s> {
        column
    }
    #[inline]
    fn buffer() -> NullableBits {
        NullableBits { values: [0; NULLABLE_BYTES], validity: [0; NULLABLE_BYTES] }
    }
    #[inline]
    fn put(buffer: &mut NullableBits, at: usize, row: Self) {
        put(&mut buffer.values, at, row.unwrap_or_default());
        put(&mut buffer.validity, at, row.is_some());
    }
    #[inline]
    fn copy(buffer: &mut NullableBits, at: usize, column: NullableBitmap<'_>) {
        copy(&mut buffer.values, at, column.values());
        copy(&mut buffer.validity, at, column.validity());
    }
    #[inline(always)]
    fn view(buffer: &NullableBits, len: usize) -> NullableBitmap<'_> {
        let (values, validity) = (&buffer.values, &buffer.validity);
        NullableBitmap::of(Bitmap::within(values, 0, len), Bitmap::within(validity, 0, len))
    }
    #[inline(always)]
    fn write_bits(column: NullableBitmap<'_>, bitmap: &mut [u8]) -> usize {
        column.validity().write(bitmap)
    }
    type Digest = u8;
    #[inline(always)]
    fn at(column: NullableBitmap<'_>, row: usize) -> Self {
        column.get(row)
    }
    #[inline(always)]
    fn digest(self) -> Option<u8> {
        self.map(u8::from)
    }
    #[inline(always)]
    fn prefetch<S: Simd>(_: S, _: NullableBitmap<'_>, _: usize) {
        // As above.
    }
}

impl LogicRow for Option<bool> {
    #[inline(always)]
    fn fold_words<A>(
        column: NullableBitmap<'_>,
        present: &[u8],
        pad: u64,
        start: A,
        step: impl Fn(A, u64) -> A,
    ) -> A {
        // Values and validity may start at different bits.
        let mut values = Self::NO_BITS;
        column.values().write(&mut values);
        let words = column.len().div_ceil(64);
        let (values, present) = (&values.as_chunks().0[..words], &present.as_chunks().0[..words]);
        let mut folded = start;
        for i in 0..words {
            let (value, present) = (u64::from_le_bytes(values[i]), u64::from_le_bytes(present[i]));
            folded = step(folded, value & present | pad & !present);
        }
        folded
    }
}
