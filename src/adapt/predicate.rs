//! What a filter asks of a value.

use crate::backend::{Simd, Vector};
use crate::lanes::within;
use crate::number::Number;
use core::ops::Bound::{self, Excluded, Included, Unbounded};
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

    /// The bounds between which it holds, if it is a range: sweeps then compare the values
    /// as they load them.
    ///
    /// Must be `#[inline(always)]`, and agree with [`test`](Self::test).
    #[inline(always)]
    fn bounds(&self) -> Option<(Bound<T>, Bound<T>)> {
        None
    }
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

macro_rules! predicates {
    ($($Name:ty, |$self:ident| $bounds:expr;)*) => {$(
        impl<T: Number> Predicate<T> for $Name {
            #[inline(always)]
            fn test<S: Simd>(&$self, simd: S, values: T::Vec<S>) -> Mask<S, T> {
                within::<S, T>(simd, $bounds, values)
            }
            #[inline(always)]
            fn bounds(&$self) -> Option<(Bound<T>, Bound<T>)> {
                Some($bounds)
            }
        }
    )*};
}

predicates! {
    Above<T>, |self| (Excluded(self.0), Unbounded);
    Equal<T>, |self| (Included(self.0), Included(self.0));
    NotNan, |self| (Unbounded, Included(T::HIGHEST));
    IsFinite, |self| if T::IS_FLOAT {
        (Excluded(T::LOWEST), Excluded(T::HIGHEST))
    } else {
        (Unbounded, Unbounded)
    };
    RangeFrom<T>, |self| (Included(self.start), Unbounded);
    RangeTo<T>, |self| (Unbounded, Excluded(self.end));
    RangeToInclusive<T>, |self| (Unbounded, Included(self.end));
    Range<T>, |self| (Included(self.start), Excluded(self.end));
    RangeInclusive<T>, |self| (Included(*self.start()), Included(*self.end()));
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
    let (whole, rest) = values.as_chunks::<64>();
    let there = |i: usize| {
        let word = valid.and_then(|valid| valid.as_chunks().0.get(i));
        word.map_or(u64::MAX, |&word| u64::from_le_bytes(word))
    };
    let mut count = 0;
    // No step can panic: where nobody asks for the bits, the compiler removes the loop.
    for (i, (word, rows)) in words.iter_mut().zip(whole).enumerate() {
        let mut found = 0;
        for j in 0..64 / lanes {
            let mask = predicate.test(simd, T::Vec::<S>::load(simd, &rows[j * lanes..]));
            // See `simd.opaque`: the compiler would gather the masks in vectors.
            found |= simd.opaque(T::Vec::<S>::bits(simd, mask)) << (j * lanes);
        }
        found &= there(i);
        *word = found.to_le_bytes();
        count += found.count_ones() as usize;
    }
    if let (Some(word), Some(&first)) = (words.get_mut(whole.len()), rest.first()) {
        // A value of the column: a closure is asked of nothing else.
        let pad = T::Vec::<S>::splat(simd, first);
        let mut found = 0;
        for (j, rows) in rest.chunks(lanes).enumerate() {
            let part = T::Vec::<S>::load_part(simd, rows, pad);
            found |= T::Vec::<S>::bits(simd, predicate.test(simd, part)) << (j * lanes);
        }
        found &= there(whole.len()) & ((1 << rest.len()) - 1);
        *word = found.to_le_bytes();
        count += found.count_ones() as usize;
    }
    count
}
