//! A column, read by blocks of 64 rows, as the keys that are put in order.

use crate::backend::{Backend, Simd, Vector};
use crate::key::BLOCK;
use crate::number::{Load, Number};
use crate::row::{NumericRow, Row};
use crate::run;
use crate::sum::Count;

/// What is put in order: the values, or something of each.
pub(super) trait Keyed<T: Number>: Copy {
    type Key: Number;
    /// The key of a value.
    fn key(self, value: T) -> Self::Key;
    /// The keys of the first values of a slice, as many as a register of keys has lanes.
    fn load<S: Simd>(self, simd: S, values: &[T]) -> <Self::Key as Number>::Vec<S>;
}

/// The values themselves.
#[derive(Clone, Copy)]
pub(super) struct Values;

impl<T: Number> Keyed<T> for Values {
    type Key = T;

    #[inline(always)]
    fn key(self, value: T) -> T {
        value
    }
    #[inline(always)]
    fn load<S: Simd>(self, simd: S, values: &[T]) -> T::Vec<S> {
        Vector::load(simd, values)
    }
}

/// The distances to a number that is not NaN; those of equal infinities are 0.
#[derive(Clone, Copy)]
pub(super) struct Distances(pub(super) f64);

/// All bits of a float but the sign.
const MAGNITUDE: f64 = f64::from_bits(u64::MAX >> 1);

impl<T: Number> Keyed<T> for Distances {
    type Key = f64;

    #[inline(always)]
    fn key(self, value: T) -> f64 {
        let value: f64 = value.convert();
        #[allow(clippy::float_cmp, reason = "it is what makes the distance of infinities 0")]
        if value == self.0 { 0.0 } else { (value - self.0).abs() }
    }
    #[inline(always)]
    fn load<S: Simd>(self, simd: S, values: &[T]) -> S::F64 {
        let centre = S::F64::splat(simd, self.0);
        let values = <T as Load<f64>>::load::<S>(simd, values);
        let distance = values.sub(centre).and(Vector::splat(simd, MAGNITUDE));
        S::F64::splat(simd, 0.0).select(values.eq(centre), distance)
    }
}

/// The keys of a column.
#[derive(Clone, Copy)]
pub(super) struct Rows<'a, R: Row, M> {
    pub(super) column: R::Column<'a>,
    pub(super) keyed: M,
    /// Rows that are not null.
    pub(super) count: usize,
}

impl<'a, T: Number> Rows<'a, T, Values> {
    /// Keys that were copied out of a column.
    #[inline(always)]
    pub(super) fn of_slice(values: &'a [T]) -> Self {
        Self { column: values, keyed: Values, count: values.len() }
    }
}

impl<'a, R: NumericRow, M: Keyed<R::Value>> Rows<'a, R, M> {
    pub(super) fn of(backend: Backend, column: R::Column<'a>, keyed: M) -> Self {
        let count = if R::NULLABLE {
            run::whole::<_, R>(&Count, backend, &column) as usize
        } else {
            R::len(column)
        };
        Self { column, keyed, count }
    }

    /// Which of the 64 rows from one on are there and not null.
    #[inline(always)]
    pub(super) fn present(&self, at: usize) -> u64 {
        let left = R::len(self.column) - at;
        if R::NULLABLE {
            let (_, from) = R::split_at(self.column, at);
            let (block, _) = R::split_at(from, left.min(BLOCK));
            let mut word = [0; 8];
            R::write_bits(block, &mut word);
            u64::from_le_bytes(word)
        } else {
            first_bits(left)
        }
    }

    /// Calls a function with each block and which of its rows are there.
    #[inline(always)]
    pub(super) fn for_each(&self, mut f: impl FnMut(&[R::Value; BLOCK], u64)) {
        let (blocks, rest) = R::values(self.column).as_chunks::<BLOCK>();
        for (i, block) in blocks.iter().enumerate() {
            f(block, if R::NULLABLE { self.present(i * BLOCK) } else { u64::MAX });
        }
        if !rest.is_empty() {
            let mut block = [R::Value::default(); BLOCK];
            block[..rest.len()].copy_from_slice(rest);
            f(&block, self.present(blocks.len() * BLOCK));
        }
    }

    /// The keys of a block, a register at a time: `f` gives a mask for the one that starts
    /// with a row.
    #[inline(always)]
    pub(super) fn registers<S: Simd>(
        &self,
        simd: S,
        block: &[R::Value; BLOCK],
        mut f: impl FnMut(usize, <M::Key as Number>::Vec<S>),
    ) {
        let lanes = <M::Key as Number>::Vec::<S>::LANES;
        let mut at = 0;
        // Unrolled, which the compiler does not do by itself.
        while at + 4 * lanes <= BLOCK {
            for i in 0..4 {
                f(at + i * lanes, self.keyed.load(simd, &block[at + i * lanes..]));
            }
            at += 4 * lanes;
        }
        while at < BLOCK {
            f(at, self.keyed.load(simd, &block[at..]));
            at += lanes;
        }
    }

    /// How many keys pass a test, which gives a bit for each lane.
    #[inline(always)]
    pub(super) fn count_where<S: Simd>(
        &self,
        simd: S,
        test: impl Fn(<M::Key as Number>::Vec<S>) -> u64,
    ) -> usize {
        #[cfg(all(test, feature = "std"))]
        super::tests::note_pass(R::len(self.column));
        let mut count = 0;
        self.for_each(
            #[inline(always)]
            |block, present| {
                let mut word = 0;
                self.registers(
                    simd,
                    block,
                    #[inline(always)]
                    |at, keys| word |= test(keys) << at,
                );
                count += (word & present).count_ones() as usize;
            },
        );
        count
    }

    /// How many keys are less than a limit; zeros are equal.
    #[inline(always)]
    pub(super) fn count_below<S: Simd>(&self, simd: S, limit: M::Key) -> usize {
        let limit = <M::Key as Number>::Vec::<S>::splat(simd, limit);
        self.count_where(
            simd,
            #[inline(always)]
            |keys| <M::Key as Number>::Vec::<S>::bits(simd, keys.lt(limit)),
        )
    }

    /// How many keys are greater than a limit; zeros are equal.
    #[inline(always)]
    pub(super) fn count_above<S: Simd>(&self, simd: S, limit: M::Key) -> usize {
        let limit = <M::Key as Number>::Vec::<S>::splat(simd, limit);
        self.count_where(
            simd,
            #[inline(always)]
            |keys| <M::Key as Number>::Vec::<S>::bits(simd, limit.lt(keys)),
        )
    }

    /// How many keys are at most `-0.0`.
    #[inline(always)]
    pub(super) fn count_to_negative_zero<S: Simd>(&self, simd: S) -> usize {
        let zero = <M::Key as Number>::Vec::<S>::splat(simd, M::Key::default());
        self.count_where(
            simd,
            #[inline(always)]
            |keys| {
                let equal = <M::Key as Number>::Vec::<S>::bits(simd, keys.eq(zero));
                let less = <M::Key as Number>::Vec::<S>::bits(simd, keys.lt(zero));
                less | equal & negative::<S, M::Key>(simd, keys)
            },
        )
    }

    /// The keys of present rows, one after the other; how many fit and were written.
    #[inline(always)]
    pub(super) fn copy(&self, to: &mut [M::Key]) -> usize {
        let mut at = 0;
        if !R::NULLABLE {
            for (to, &value) in to.iter_mut().zip(R::values(self.column)) {
                *to = self.keyed.key(value);
            }
            return to.len().min(R::len(self.column));
        }
        self.for_each(
            #[inline(always)]
            |block, mut present| {
                while present != 0 && at < to.len() {
                    to[at] = self.keyed.key(block[present.trailing_zeros() as usize]);
                    present &= present - 1;
                    at += 1;
                }
            },
        );
        at
    }
}

/// Which lanes have a sign, as bits.
#[inline(always)]
fn negative<S: Simd, T: Number>(simd: S, lanes: T::Vec<S>) -> u64 {
    let zero = <T::Encoding as Number>::Vec::<S>::splat(simd, T::Encoding::default());
    <T::Encoding as Number>::Vec::<S>::bits(simd, T::encode(simd, lanes).lt(zero))
}

/// So many bits, from the lowest on; all where there are no more.
#[inline(always)]
pub(super) fn first_bits(count: usize) -> u64 {
    if count < BLOCK { (1 << count) - 1 } else { u64::MAX }
}
