//! The columns: the same memory for all, as each crate wants to see it.

use crate::facts::Facts;
use crate::value::Value;
use arrow_array::{Array as _, PrimitiveArray};
use arrow_buffer::{ArrowNativeType, BooleanBuffer, Buffer, NullBuffer, ScalarBuffer, ToByteSlice};
use bytes::Bytes;
use lanefold::Nullable;
use polars_arrow::array::{Array as _, PrimitiveArray as PolarsArray};
use polars_arrow::bitmap::Bitmap;
use polars_arrow::types::NativeType;
use polars_buffer::Buffer as PolarsBuffer;
use std::sync::Arc;

/// Bytes of a cache line.
const LINE: usize = 64;

/// Values of all columns of a size together, at most, where each call takes any one of them,
const TOGETHER: usize = 50_000;
/// and such columns, at most: of 8 values, and what describes them, 100 bytes each in some crates, they
/// stay in L1.
const MOST: usize = 128;
/// Bytes of validity come in such words, so that any crate may load a whole one.
const WORD: usize = 8;

/// The generator `SplitMix64`.
#[derive(Clone, Debug)]
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// In `(0, 1)`.
    pub fn unit(&mut self) -> f64 {
        ((self.next() >> 12) as f64 + 0.5) / (1_u64 << 52) as f64
    }
}

/// Memory with several owners.
#[derive(Debug)]
struct Shared<T>(Arc<Vec<T>>);

impl<T> AsRef<[T]> for Shared<T> {
    fn as_ref(&self) -> &[T] {
        &self.0
    }
}

/// The same as bytes.
#[derive(Debug)]
struct SharedBytes<T>(Arc<Vec<T>>);

impl<T: ArrowNativeType> AsRef<[u8]> for SharedBytes<T> {
    fn as_ref(&self) -> &[u8] {
        self.0.as_slice().to_byte_slice()
    }
}

/// Two columns of random values, and bits that say which of the first are present.
#[derive(Debug)]
pub(crate) struct Data<T: Value> {
    values: Arc<Vec<T>>,
    others: Arc<Vec<T>>,
    validity: Arc<Vec<u8>>,
}

impl<T: Value> Data<T> {
    /// Three of four values are present in the masked operations.
    pub(crate) fn new(len: usize) -> Self {
        let len = len.max(TOGETHER) + LINE;
        let column = |mut random| Arc::new((0..len).map(|_| T::random(&mut random)).collect());
        // Each begins in the same way, however long it is.
        let (values, others) = (column(Random(1)), column(Random(2)));
        let mut random = Random(3);
        let mut bits = || (random.next() | random.next()).to_le_bytes()[0];
        let validity = Arc::new((0..len.div_ceil(8) + WORD * MOST).map(|_| bits()).collect());
        Self { values, others, validity }
    }

    /// The first `len` values.
    pub(crate) fn column(&self, len: usize) -> Column<'_, T> {
        let arrow = |values: &Arc<Vec<T>>, len: usize| {
            let buffer = Buffer::from(Bytes::from_owner(SharedBytes(Arc::clone(values))));
            ScalarBuffer::<T>::new(buffer, 0, len)
        };
        let polars = |values: &Arc<Vec<T>>, len: usize| {
            PolarsBuffer::from_owner(Shared(Arc::clone(values))).sliced(..len)
        };
        let bits = Buffer::from(Bytes::from_owner(SharedBytes(Arc::clone(&self.validity))));
        let polars_array = |values, validity| {
            PolarsArray::new(<T as NativeType>::PRIMITIVE.into(), values, validity)
        };
        let columns = self.values[..len.max(TOGETHER)].chunks_exact(len).take(MOST);
        let columns: Vec<&[T]> = columns.collect();
        let bytes = len.div_ceil(8 * WORD) * WORD;
        let masked: Vec<(&[T], &[u8])> =
            columns.iter().copied().zip(self.validity.chunks_exact(bytes)).collect();
        let nullable = masked.iter().map(|(values, bits)| {
            Nullable::new(values, bits, 0).expect("a bitmap that is long enough")
        });
        let all = columns.len() * len;
        let (of_arrow, of_polars) = (arrow(&self.values, all), polars(&self.values, all));
        let bitmap = Bitmap::from_u8_slice(self.validity.as_slice(), 8 * self.validity.len());
        let with_nulls = masked.iter().enumerate().map(|(i, &(values, _))| {
            let nulls = BooleanBuffer::new(bits.slice_with_length(i * bytes, bytes), 0, len);
            let array =
                PrimitiveArray::new(of_arrow.slice(i * len, len), Some(NullBuffer::new(nulls)));
            assert_eq!(array.values().as_ptr(), values.as_ptr(), "the same values");
            array
        });
        let arrow_with_nulls: Vec<PrimitiveArray<T::Arrow>> = with_nulls.collect();
        let with_nulls = arrow_with_nulls.iter().enumerate().map(|(i, array)| {
            let values = of_polars.clone().sliced(i * len..(i + 1) * len);
            let polars = polars_array(values, Some(bitmap.clone().sliced(8 * i * bytes, len)));
            assert_eq!(polars.values().as_ptr(), array.values().as_ptr(), "the same values");
            assert_eq!(polars.null_count(), array.null_count(), "the same rows are present");
            polars
        });
        Column {
            values: &self.values[..len],
            others: &self.others[..len],
            aligned: [&self.values, &self.others].map(|values| aligned(values, len)),
            array: PrimitiveArray::new(arrow(&self.values, len), None),
            polars: polars_array(polars(&self.values, len), None),
            polars_other: polars_array(polars(&self.others, len), None),
            polars_with_nulls: with_nulls.collect(),
            arrow_with_nulls,
            nullable: nullable.collect(),
            masked,
            columns,
            facts: Facts::new(&self.values[..len], &self.others[..len], &self.validity),
        }
    }
}

/// So many bytes of a column from the start of a cache line.
pub(crate) fn aligned<T: Value>(values: &[T], len: usize) -> &[u8] {
    let start = values.as_ptr().align_offset(LINE);
    values[start..start + len].to_byte_slice()
}

/// The values of a row of the table.
#[derive(Debug)]
pub struct Column<'a, T: Value> {
    pub values: &'a [T],
    /// The second column of pairs.
    pub others: &'a [T],
    /// As many bytes of both columns, from the start of a cache line.
    pub aligned: [&'a [u8]; 2],
    pub array: PrimitiveArray<T::Arrow>,
    pub polars: PolarsArray<T>,
    pub polars_other: PolarsArray<T>,
    /// Columns of this length, of which each call takes any one. The first is `values`.
    pub columns: Vec<&'a [T]>,
    /// The same, and a bit for each value that says whether it is present, the lowest of a byte first.
    pub masked: Vec<(&'a [T], &'a [u8])>,
    pub nullable: Vec<Nullable<'a, T>>,
    pub arrow_with_nulls: Vec<PrimitiveArray<T::Arrow>>,
    pub polars_with_nulls: Vec<PolarsArray<T>>,
    /// What the results should be.
    pub facts: Facts<'a, T>,
}
