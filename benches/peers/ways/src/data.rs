//! The columns: the same memory for all, as each crate wants to see it.

use crate::facts::Facts;
use crate::value::Value;
use arrow_array::PrimitiveArray;
use arrow_buffer::{ArrowNativeType, BooleanBuffer, Buffer, NullBuffer, ScalarBuffer, ToByteSlice};
use bytes::Bytes;
use polars_arrow::array::PrimitiveArray as PolarsArray;
use polars_arrow::bitmap::Bitmap;
use polars_arrow::types::NativeType;
use polars_buffer::Buffer as PolarsBuffer;
use std::sync::Arc;

/// Bytes of a cache line.
const LINE: usize = 64;

/// Values of all columns of a size together, at least, where each call takes the next:
/// a branch predictor does not learn so many by heart.
const ROTATED: usize = 50_000;

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
        let mut random = Random(1);
        let len = len.max(ROTATED) + LINE;
        let mut column = || Arc::new((0..len).map(|_| T::random(&mut random)).collect());
        let (values, others) = (column(), column());
        let mut bits = || (random.next() | random.next()).to_le_bytes()[0];
        let validity = Arc::new((0..len.div_ceil(8)).map(|_| bits()).collect());
        Self { values, others, validity }
    }

    /// The first `len` values.
    pub(crate) fn column(&self, len: usize) -> Column<'_, T> {
        let arrow = |values: &Arc<Vec<T>>| {
            let buffer = Buffer::from(Bytes::from_owner(SharedBytes(Arc::clone(values))));
            ScalarBuffer::<T>::new(buffer, 0, len)
        };
        let polars = |values: &Arc<Vec<T>>| {
            PolarsBuffer::from_owner(Shared(Arc::clone(values))).sliced(..len)
        };
        let bits = Buffer::from(Bytes::from_owner(SharedBytes(Arc::clone(&self.validity))));
        let nulls = NullBuffer::new(BooleanBuffer::new(bits, 0, len));
        let array = PrimitiveArray::new(arrow(&self.values), None);
        let bitmap = Bitmap::from_u8_slice(&self.validity[..len.div_ceil(8)], len);
        let polars_array = |values, validity| {
            PolarsArray::new(<T as NativeType>::PRIMITIVE.into(), polars(values), validity)
        };
        Column {
            values: &self.values[..len],
            others: &self.others[..len],
            aligned: [&self.values, &self.others].map(|values| aligned(values, len)),
            validity: &self.validity,
            with_nulls: PrimitiveArray::new(arrow(&self.values), Some(nulls)),
            array,
            polars: polars_array(&self.values, None),
            polars_other: polars_array(&self.others, None),
            polars_with_nulls: polars_array(&self.values, Some(bitmap)),
            columns: self.values[..len.max(ROTATED)].chunks_exact(len).collect(),
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
    /// A bit for each value, the lowest of a byte first.
    pub validity: &'a [u8],
    pub array: PrimitiveArray<T::Arrow>,
    pub with_nulls: PrimitiveArray<T::Arrow>,
    pub polars: PolarsArray<T>,
    pub polars_other: PolarsArray<T>,
    pub polars_with_nulls: PolarsArray<T>,
    /// Columns of this length, of which each call takes the next. The first is `values`.
    pub columns: Vec<&'a [T]>,
    /// What the results should be.
    pub facts: Facts<'a, T>,
}
