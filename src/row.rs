//! Rows and columns: what an aggregate reads.
//!
//! What a row looks like decides what a column is. A row of `f64` comes from a column
//! `&[f64]`; a row of `Option<f64>` from a [`Nullable`]; a row `(A, B)` from two columns
//! of equal length. [`Row`] says how such a column is cut and buffered; [`NumericRow`] is a
//! row of one number, or none. What a caller has is turned into one by
//! [`IntoColumn`](crate::IntoColumn).

use crate::backend::{Buffer, Simd};
use crate::number::{Number, TILE_BYTES};
use crate::tile::Memo;
use crate::validity::Nullable;
use core::fmt;

/// What an [`Aggregate`](crate::Aggregate) takes in, one at a time.
pub trait Row: Copy + 'static {
    /// Rows in memory.
    type Column<'a>: Copy;
    /// Room for [`TILE`](Self::TILE) rows.
    type Buffer: Clone + fmt::Debug;
    /// What members of a tuple share while they work on one tile.
    #[doc(hidden)]
    type Memo: Default;
    /// A bit for each row of a tile, as an Arrow bitmap.
    #[doc(hidden)]
    type Bits: AsRef<[u8]> + AsMut<[u8]> + Clone + fmt::Debug;
    #[doc(hidden)]
    const NO_BITS: Self::Bits;
    /// Whether a row may be null.
    #[doc(hidden)]
    const NULLABLE: bool;
    /// Rows in a tile, the most that an aggregate is handed at once.
    const TILE: usize;
    /// Rows of a column.
    fn len(column: Self::Column<'_>) -> usize;
    /// The first `at` rows, and the others.
    fn split_at(column: Self::Column<'_>, at: usize) -> (Self::Column<'_>, Self::Column<'_>);
    /// The same column with a shorter lifetime, which the compiler does not see by itself.
    fn shorten<'s, 'l: 's>(column: Self::Column<'l>) -> Self::Column<'s>;
    /// A buffer without rows.
    fn buffer() -> Self::Buffer;
    /// Puts one row into a buffer that has, or had, all rows before it. Panics otherwise, and
    /// past the end of a tile.
    fn put(buffer: &mut Self::Buffer, at: usize, row: Self);
    /// Copies a column into a buffer from row `at` on. Panics as [`put`](Self::put) does.
    fn copy(buffer: &mut Self::Buffer, at: usize, column: Self::Column<'_>);
    /// The first `len` rows of a buffer. Panics if so many were never put there.
    fn view(buffer: &Self::Buffer, len: usize) -> Self::Column<'_>;
    /// Writes which rows of a column are not null, as a bitmap, and counts them; only where
    /// [`NULLABLE`](Self::NULLABLE).
    #[doc(hidden)]
    fn write_bits(column: Self::Column<'_>, bitmap: &mut [u8]) -> usize;
    /// The number of a row that is one. Of other rows, any type: they have no more than a count.
    #[doc(hidden)]
    type Digest: Number;
    /// That row of a column.
    #[doc(hidden)]
    fn at(column: Self::Column<'_>, row: usize) -> Self;
    /// The number, or some number, of a row that is not null.
    #[doc(hidden)]
    fn digest(self) -> Option<Self::Digest>;
    /// Asks for the values that lie so many bytes behind those of a column.
    #[doc(hidden)]
    fn prefetch<S: Simd>(simd: S, column: Self::Column<'_>, ahead: usize);
}

/// A row that is one number, or none: `T` or `Option<T>`.
pub trait NumericRow: Row<Memo = Memo<Self::Value>, Digest = Self::Value> {
    /// The number.
    type Value: Number;

    /// The values of a column, those under nulls included.
    fn values(column: Self::Column<'_>) -> &[Self::Value];
    /// A column of at most a tile, with its validity as a bitmap, where it may have nulls.
    #[doc(hidden)]
    fn column<'a>(values: &'a [Self::Value], bitmap: &'a [u8]) -> Self::Column<'a>;
    /// The validity of the rows, at most eight: a bit each. All ones where rows are never null.
    #[doc(hidden)]
    #[inline(always)]
    fn few_bits(column: Self::Column<'_>) -> u64 {
        let _ = column;
        u64::MAX
    }
}

impl<T: Number> Row for T {
    type Column<'a> = &'a [T];
    type Buffer = Buffer<T>;
    type Memo = Memo<T>;
    type Bits = <T as Number>::Bits;
    const NO_BITS: Self::Bits = <T as Number>::NO_BITS;
    const NULLABLE: bool = false;
    const TILE: usize = TILE_BYTES / size_of::<T>();

    #[inline(always)]
    fn len(column: &[T]) -> usize {
        column.len()
    }
    #[inline(always)]
    fn split_at(column: Self::Column<'_>, at: usize) -> (Self::Column<'_>, Self::Column<'_>) {
        column.split_at(at)
    }
    #[inline(always)]
    fn shorten<'s, 'l: 's>(column: &'l [T]) -> &'s [T] {
        column
    }
    #[inline]
    fn buffer() -> Buffer<T> {
        Buffer::new()
    }
    #[inline(always)]
    fn put(buffer: &mut Buffer<T>, at: usize, row: T) {
        buffer.put(at, row);
    }
    #[inline]
    fn copy(buffer: &mut Buffer<T>, at: usize, column: &[T]) {
        buffer.copy(at, column);
    }
    #[inline(always)]
    fn view(buffer: &Buffer<T>, len: usize) -> &[T] {
        buffer.view(len)
    }
    #[inline(always)]
    fn write_bits(column: &[T], _: &mut [u8]) -> usize {
        column.len()
    }
    type Digest = T;
    #[inline(always)]
    fn at(column: &[T], row: usize) -> T {
        column[row]
    }
    #[inline(always)]
    fn digest(self) -> Option<T> {
        Some(self)
    }
    #[inline(always)]
    fn prefetch<S: Simd>(simd: S, column: &[T], ahead: usize) {
        simd.prefetch(column, ahead);
    }
}

impl<T: Number> NumericRow for T {
    type Value = T;

    #[inline(always)]
    fn values(column: Self::Column<'_>) -> &[T] {
        column
    }
    #[inline(always)]
    fn column<'a>(values: &'a [T], _: &'a [u8]) -> &'a [T] {
        values
    }
}

/// A tile of values and validity.
#[derive(Clone, Debug)]
pub struct NullableBuffer<T: Number> {
    values: Buffer<T>,
    /// The validity as an Arrow bitmap.
    bytes: T::Bits,
}

impl<T: Number> Row for Option<T> {
    type Column<'a> = Nullable<'a, T>;
    type Buffer = NullableBuffer<T>;
    type Memo = Memo<T>;
    type Bits = T::Bits;
    const NO_BITS: T::Bits = T::NO_BITS;
    const NULLABLE: bool = true;
    const TILE: usize = T::TILE;

    #[inline(always)]
    fn len(column: Self::Column<'_>) -> usize {
        column.len()
    }
    #[inline(always)]
    fn split_at(column: Self::Column<'_>, at: usize) -> (Self::Column<'_>, Self::Column<'_>) {
        column.split_at(at)
    }
    #[inline(always)]
    fn shorten<'s, 'l: 's>(column: Self::Column<'l>) -> Self::Column<'s> {
        column
    }
    #[inline]
    fn buffer() -> Self::Buffer {
        NullableBuffer { values: Buffer::new(), bytes: T::NO_BITS }
    }
    #[inline]
    fn put(buffer: &mut Self::Buffer, at: usize, row: Self) {
        buffer.values.put(at, row.unwrap_or_default());
        let byte = &mut buffer.bytes.as_mut()[at / 8];
        let bit = 1 << (at % 8);
        if row.is_some() { *byte |= bit } else { *byte &= !bit }
    }
    #[inline]
    fn copy(buffer: &mut Self::Buffer, at: usize, column: Self::Column<'_>) {
        for (i, &value) in column.values().iter().enumerate() {
            Self::put(buffer, at + i, column.is_present(i).then_some(value));
        }
    }
    #[inline(always)]
    fn view(buffer: &Self::Buffer, len: usize) -> Self::Column<'_> {
        Nullable::aligned(buffer.values.view(len), buffer.bytes.as_ref())
    }
    #[inline(always)]
    fn write_bits(column: Self::Column<'_>, bitmap: &mut [u8]) -> usize {
        column.write_bits(bitmap)
    }
    type Digest = T;
    #[inline(always)]
    fn at(column: Self::Column<'_>, row: usize) -> Self {
        column.is_present(row).then_some(column.values()[row])
    }
    #[inline(always)]
    fn digest(self) -> Self {
        self
    }
    #[inline(always)]
    fn prefetch<S: Simd>(simd: S, column: Self::Column<'_>, ahead: usize) {
        simd.prefetch(column.values(), ahead);
    }
}

impl<T: Number> NumericRow for Option<T> {
    type Value = T;

    #[inline(always)]
    fn values(column: Self::Column<'_>) -> &[T] {
        column.values()
    }
    #[inline(always)]
    fn column<'a>(values: &'a [T], bitmap: &'a [u8]) -> Self::Column<'a> {
        Nullable::aligned(values, bitmap)
    }
    #[inline(always)]
    fn few_bits(column: Self::Column<'_>) -> u64 {
        column.few_bits()
    }
}

/// Bits for the longest tile, that of bytes.
type PairBits = [u8; TILE_BYTES / 8];

impl<A: NumericRow, B: NumericRow> Row for (A, B) {
    type Column<'a> = (A::Column<'a>, B::Column<'a>);
    type Buffer = (A::Buffer, B::Buffer);
    type Memo = ();
    type Bits = PairBits;
    const NO_BITS: PairBits = [0; TILE_BYTES / 8];
    const NULLABLE: bool = A::NULLABLE || B::NULLABLE;
    const TILE: usize = if A::TILE < B::TILE { A::TILE } else { B::TILE };

    #[inline(always)]
    fn len(column: Self::Column<'_>) -> usize {
        A::len(column.0)
    }
    #[inline(always)]
    fn split_at(column: Self::Column<'_>, at: usize) -> (Self::Column<'_>, Self::Column<'_>) {
        let (a, b) = (A::split_at(column.0, at), B::split_at(column.1, at));
        ((a.0, b.0), (a.1, b.1))
    }
    #[inline(always)]
    fn shorten<'s, 'l: 's>(column: Self::Column<'l>) -> Self::Column<'s> {
        (A::shorten(column.0), B::shorten(column.1))
    }
    #[inline]
    fn buffer() -> Self::Buffer {
        (A::buffer(), B::buffer())
    }
    #[inline(always)]
    fn put(buffer: &mut Self::Buffer, at: usize, row: Self) {
        A::put(&mut buffer.0, at, row.0);
        B::put(&mut buffer.1, at, row.1);
    }
    #[inline]
    fn copy(buffer: &mut Self::Buffer, at: usize, column: Self::Column<'_>) {
        A::copy(&mut buffer.0, at, column.0);
        B::copy(&mut buffer.1, at, column.1);
    }
    #[inline(always)]
    fn view(buffer: &Self::Buffer, len: usize) -> Self::Column<'_> {
        (A::view(&buffer.0, len), B::view(&buffer.1, len))
    }
    /// A pair is null where either is.
    #[inline(always)]
    fn write_bits(column: Self::Column<'_>, bitmap: &mut [u8]) -> usize {
        match (A::NULLABLE, B::NULLABLE) {
            (true, true) => {
                let mut other = Self::NO_BITS;
                A::write_bits(column.0, bitmap);
                B::write_bits(column.1, &mut other);
                let pairs = bitmap.iter_mut().zip(other);
                pairs
                    .map(|(word, other)| {
                        *word &= other;
                        word.count_ones() as usize
                    })
                    .sum()
            }
            (true, false) => A::write_bits(column.0, bitmap),
            (false, _) => B::write_bits(column.1, bitmap),
        }
    }
    type Digest = u8;
    #[inline(always)]
    fn at(column: Self::Column<'_>, row: usize) -> Self {
        (A::at(column.0, row), B::at(column.1, row))
    }
    #[inline(always)]
    fn digest(self) -> Option<u8> {
        (self.0.digest().is_some() && self.1.digest().is_some()).then_some(0)
    }
    #[inline(always)]
    fn prefetch<S: Simd>(simd: S, column: Self::Column<'_>, ahead: usize) {
        A::prefetch(simd, column.0, ahead);
        B::prefetch(simd, column.1, ahead);
    }
}
