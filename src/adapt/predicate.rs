//! What a filter asks of a value.

use crate::backend::{Simd, Vector};
use crate::number::Number;
use core::ops::{Range, RangeFrom, RangeInclusive, RangeTo, RangeToInclusive};

/// A condition on a number, tried on a register at a time.
///
/// | predicate | holds for |
/// | --- | --- |
/// | `a..b`, `a..=b`, `a..`, `..b`, `..=b` | values in the range |
/// | [`Above`]`(a)`, [`Equal`]`(a)` | `x > a`, `x == a` |
/// | [`NotNan`] | all but NaN |
/// | a closure `Fn(T) -> bool` | what it says, in plain code, value by value; it is asked of what lies under nulls, too |
///
/// Comparisons are those of the language: false where a side is NaN, and `-0.0 == 0.0`.
///
/// ```
/// use lanefold::{Above, Adapt, Aggregate, Count};
/// let xs = [1.0, 2.0, f64::NAN, 3.0];
/// assert_eq!(Count.filter(2.0..).of(&xs), 2);
/// assert_eq!(Count.filter(Above(2.0)).of(&xs), 1);
/// assert_eq!(Count.filter(|x: f64| x.fract() == 0.0).of(&xs), 3);
/// ```
pub trait Predicate<T: Number> {
    /// The lanes for which it holds.
    ///
    /// Must be `#[inline(always)]`; see [`Simd`].
    fn test<S: Simd>(&self, simd: S, values: T::Vec<S>) -> Mask<S, T>;
}

type Mask<S, T> = <<T as Number>::Vec<S> as Vector<S, T>>::Mask;

/// More than a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Above<T>(pub T);

/// Equal to a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Equal<T>(pub T);

/// Not NaN.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NotNan;

/// Neither NaN nor infinite.
#[derive(Clone, Copy, Debug)]
pub(super) struct IsFinite;

/// `x >= limit`.
#[inline(always)]
fn at_least<S: Simd, T: Number>(simd: S, values: T::Vec<S>, limit: T) -> Mask<S, T> {
    let limit = T::Vec::<S>::splat(simd, limit);
    T::Vec::<S>::either(simd, limit.lt(values), limit.eq(values))
}

/// `x <= limit`.
#[inline(always)]
fn at_most<S: Simd, T: Number>(simd: S, values: T::Vec<S>, limit: T) -> Mask<S, T> {
    let limit = T::Vec::<S>::splat(simd, limit);
    T::Vec::<S>::either(simd, values.lt(limit), limit.eq(values))
}

macro_rules! predicates {
    ($($(#[$attribute:meta])* $Name:ty, |$self:ident, $simd:ident, $values:ident| $test:expr;)*) => {$(
        impl<T: Number> Predicate<T> for $Name {
            #[inline(always)]
            fn test<S: Simd>(&$self, $simd: S, $values: T::Vec<S>) -> Mask<S, T> {
                $test
            }
        }
    )*};
}

predicates! {
    Above<T>, |self, simd, values| T::Vec::<S>::splat(simd, self.0).lt(values);
    Equal<T>, |self, simd, values| T::Vec::<S>::splat(simd, self.0).eq(values);
    NotNan, |self, _simd, values| values.eq(values);
    // A number minus itself is 0, and NaN where it is NaN or infinite.
    IsFinite, |self, simd, values| values.sub(values).eq(T::Vec::<S>::splat(simd, T::default()));
    RangeFrom<T>, |self, simd, values| at_least(simd, values, self.start);
    RangeTo<T>, |self, simd, values| values.lt(T::Vec::<S>::splat(simd, self.end));
    RangeToInclusive<T>, |self, simd, values| at_most(simd, values, self.end);
    Range<T>, |self, simd, values| {
        let below = values.lt(T::Vec::<S>::splat(simd, self.end));
        T::Vec::<S>::both(simd, at_least(simd, values, self.start), below)
    };
    RangeInclusive<T>, |self, simd, values| {
        let (least, greatest) = (at_least(simd, values, *self.start()), at_most(simd, values, *self.end()));
        T::Vec::<S>::both(simd, least, greatest)
    };
}

/// Most lanes of a register.
const LANES: usize = 64;

impl<T: Number, F: Fn(T) -> bool> Predicate<T> for F {
    #[inline(always)]
    fn test<S: Simd>(&self, simd: S, values: T::Vec<S>) -> Mask<S, T> {
        let mut lanes = [T::default(); LANES];
        values.store(&mut lanes);
        let mut bits = 0;
        for (i, &value) in lanes[..T::Vec::<S>::LANES].iter().enumerate() {
            bits |= u64::from(self(value)) << i;
        }
        T::Vec::<S>::mask(simd, bits)
    }
}

/// Sets the bit of each row for which a predicate holds and whose bit in `valid`, if there
/// is one, is set; counts them. Bits past the rows, up to a multiple of 64, are 0.
#[inline(always)]
pub(super) fn select<S: Simd, T: Number, P: Predicate<T>>(
    simd: S,
    values: &[T],
    valid: Option<&[u8]>,
    predicate: &P,
    bits: &mut [u8],
) -> usize {
    let lanes = T::Vec::<S>::LANES;
    let (words, _) = bits.as_chunks_mut::<8>();
    let mut count = 0;
    for (i, word) in words[..values.len().div_ceil(64)].iter_mut().enumerate() {
        let rows = &values[i * 64..];
        let mut found = 0;
        if let Some(rows) = rows.first_chunk::<64>() {
            for j in 0..64 / lanes {
                let mask = predicate.test(simd, T::Vec::<S>::load(simd, &rows[j * lanes..]));
                found |= T::Vec::<S>::bits(simd, mask) << (j * lanes);
            }
        } else {
            // A value of the column: a closure is asked of nothing else.
            let pad = T::Vec::<S>::splat(simd, rows[0]);
            for j in 0..rows.len().div_ceil(lanes) {
                let part = T::Vec::<S>::load_part(simd, &rows[j * lanes..], pad);
                found |= T::Vec::<S>::bits(simd, predicate.test(simd, part)) << (j * lanes);
            }
            found &= (1 << rows.len()) - 1;
        }
        if let Some((valid, _)) = valid.map(<[u8]>::as_chunks::<8>) {
            found &= u64::from_le_bytes(valid[i]);
        }
        *word = found.to_le_bytes();
        count += found.count_ones() as usize;
    }
    count
}
