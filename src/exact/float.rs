//! What differs between `f32` and `f64`.

use super::window::{Sums, Window};
use super::words::{Fixed, Words};
use crate::backend::{Simd, Vector};
use crate::lanes::{AHEAD, Dense, Sweep};
use crate::number::Number;
use crate::row::NumericRow;
use crate::sum::two_sum;
use crate::tile::Tile;

/// A float type whose sums can be exact: `f32` and `f64`.
pub trait ExactFloat: Number {
    /// How the integer that a sum is is stored.
    type Words: Words;
    /// How the integer that a sum of products is is stored.
    type ProductWords: Words;
    #[doc(hidden)]
    const DIGITS: i32;
    /// The exponent of the least positive number.
    #[doc(hidden)]
    const SMALLEST: i32;

    #[doc(hidden)]
    fn widen(self) -> f64;
    /// The nearest number of this type.
    #[doc(hidden)]
    fn nearest(x: f64) -> Self;
    /// Runs two lanes over a tile.
    #[doc(hidden)]
    #[allow(private_interfaces, reason = "as above")]
    fn narrow<R, S>(tile: &Tile<'_, R, S>, sums: Sums<2>) -> Option<[i64; 2]>
    where
        R: NumericRow<Value = Self>,
        S: Simd;
    /// The most lanes that are run over a tile.
    #[doc(hidden)]
    const LEVELS: usize;
    /// Runs so many lanes over a tile, if they are more than four.
    #[doc(hidden)]
    #[allow(private_interfaces, reason = "as above")]
    fn widest<R, S>(tile: &Tile<'_, R, S>, window: Window) -> Option<[i64; 8]>
    where
        R: NumericRow<Value = Self>,
        S: Simd;
    /// The sum of a few values in plain code, where that finds it.
    #[doc(hidden)]
    fn short(values: &[Self]) -> Option<Self>;
}

macro_rules! floats {
    ($($T:ident, $Words:ty, $ProductWords:ty, $digits:literal, $lowest:literal, $narrow:ident, $levels:literal;)*) => {$(
        impl ExactFloat for $T {
            type Words = $Words;
            type ProductWords = $ProductWords;
            const DIGITS: i32 = $digits;
            const SMALLEST: i32 = $lowest;

            #[inline(always)]
            fn widen(self) -> f64 {
                self.into()
            }
            #[inline(always)]
            fn nearest(x: f64) -> $T {
                x as $T
            }
            #[allow(private_interfaces, reason = "as above")]
            #[inline(always)]
            fn narrow<R, S>(tile: &Tile<'_, R, S>, sums: Sums<2>) -> Option<[i64; 2]>
            where
                R: NumericRow<Value = $T>,
                S: Simd,
            {
                $narrow(tile, sums)
            }
            const LEVELS: usize = $levels;
            #[allow(private_interfaces, reason = "as above")]
            #[inline(always)]
            fn widest<R, S>(tile: &Tile<'_, R, S>, window: Window) -> Option<[i64; 8]>
            where
                R: NumericRow<Value = $T>,
                S: Simd,
            {
                if const { $levels == 4 } {
                    None
                } else {
                    tile.sweep_as(Sums::<$levels>(window)).map(
                        #[inline(always)]
                        |sums| and_zeros(sums),
                    )
                }
            }
            #[inline(always)]
            fn short(values: &[$T]) -> Option<$T> {
                short(values)
            }
        }
    )*};
}

cfg_if::cfg_if! {
    if #[cfg(feature = "alloc")] {
        type Doubles = smallvec::SmallVec<[u64; 3]>;
        type Products = smallvec::SmallVec<[u64; 5]>;
    } else {
        type Doubles = Fixed<17, 34>;
        type Products = Fixed<0, 67>;
    }
}

floats! {
    f32, Fixed<31, 6>, Fixed<29, 10>, 24, -149, through_plain_lanes, 7;
    f64, Doubles, Products, 53, -1074, straight, 4;
}

/// The sums of some lanes, and of lanes that are not there.
#[inline(always)]
pub(super) fn and_zeros<const LEVELS: usize>(sums: [i64; LEVELS]) -> [i64; 8] {
    let mut all = [0; 8];
    all[..LEVELS].copy_from_slice(&sums);
    all
}

#[inline(always)]
fn straight<R, S>(tile: &Tile<'_, R, S>, sums: Sums<2>) -> Option<[i64; 2]>
where
    R: NumericRow<Value = f64>,
    S: Simd,
{
    tile.sweep_as(sums)
}

/// Where the exponents of `f32` values are close, plain lanes of `f64` add them exactly, and
/// only the lane sums go through the window.
#[inline(always)]
fn through_plain_lanes<R, S>(tile: &Tile<'_, R, S>, sums: Sums<2>) -> Option<[i64; 2]>
where
    R: NumericRow<Value = f32>,
    S: Simd,
{
    if !R::NULLABLE
        && let Some(lanes) = plain_lanes(tile.simd(), R::values(tile.column()))
    {
        return sums.sweep(tile.simd(), Dense::<f64, f64>::new(&lanes));
    }
    tile.sweep_as(sums)
}

/// Values of a stripe of `f64`.
const STRIPE: usize = <f64 as Number>::STRIPE;

/// Lane sums of a tile, or `None` where they may not be exact.
///
/// A lane takes at most 64 values. With exponents from `e` to `g`, they are multiples of
/// `2^(e-23)` that together are below `2^(g+7)`: a float of 53 digits holds the sum if
/// `g - e` is at most 23.
#[inline(always)]
fn plain_lanes<S: Simd>(simd: S, values: &[f32]) -> Option<[f64; STRIPE]> {
    const RANGE: u32 = 23;
    let (stripes, []) = values.as_chunks::<STRIPE>() else {
        return None;
    };
    let mut lanes = [0.0; STRIPE];
    // Twice the bits: without the sign, and a zero less one is the greatest number.
    let (mut greatest, mut least) = (S::U32::splat(simd, 0), S::U32::splat(simd, u32::MAX));
    let minus_one = S::U32::splat(simd, u32::MAX);
    let mut sums = [S::F64::splat(simd, 0.0); 16];
    for stripe in stripes {
        simd.prefetch(stripe, AHEAD);
        for k in 0..S::REGISTERS {
            sums[k] = sums[k].add(simd.widen(&stripe[k * S::F64::LANES..]));
        }
        for k in 0..const { S::REGISTERS / 2 } {
            let x = S::F32::load(simd, &stripe[k * S::F32::LANES..]);
            let bits = simd.bits_f32(x);
            let twice = bits.add(bits);
            greatest = greatest.max(twice);
            least = least.min(twice.add(minus_one));
        }
    }
    for k in 0..S::REGISTERS {
        sums[k].store(&mut lanes[k * S::F64::LANES..]);
    }
    let (greatest, least) = (greatest.fold_max() >> 24, least.fold_min() >> 24);
    // Subnormal numbers have a field of 0, and the exponents of 1.
    let close = greatest < 255 && greatest.saturating_sub(least) <= RANGE;
    close.then_some(lanes)
}

/// The sum of a few values as `hi + lo`, by two chains of Knuth's `TwoSum`: if the second
/// rounds nothing away, the pair is exact, and adding it up is the one rounding.
///
/// In two lanes, which every x86-64 CPU has.
#[inline(never)]
fn short<T: ExactFloat>(values: &[T]) -> Option<T> {
    if values.is_empty() {
        return Some(T::default());
    }
    let (mut hi, mut lo) = ([-0.0; 2], [0.0; 2]);
    let mut lost = [0; 2];
    let mut add = |x: [f64; 2]| {
        for i in 0..2 {
            let (sum, rest) = two_sum(hi[i], x[i]);
            hi[i] = sum;
            let (sum, rest) = two_sum(lo[i], rest);
            lo[i] = sum;
            lost[i] |= rest.to_bits();
        }
    };
    let (pairs, odd) = values.as_chunks();
    for &[a, b] in pairs {
        add([a.widen(), b.widen()]);
    }
    if let [a] = odd {
        add([a.widen(), -0.0]);
    }
    let (high, rest) = two_sum(hi[0], hi[1]);
    let (low, of_lo) = two_sum(lo[0], lo[1]);
    let (low, of_rest) = two_sum(low, rest);
    let lost = lost[0] | lost[1] | of_lo.to_bits() | of_rest.to_bits();
    let sum = high + low;
    // Zeros of both signs are nothing lost. A pair that is rounded to `f64` and then to `f32`
    // could come out wrong.
    let exact = lost << 1 == 0 && (T::DIGITS == 53 || low == 0.0);
    if !exact || !sum.is_finite() {
        return None;
    }
    let negative_zeros = || values.iter().all(|x| x.widen().to_bits() == (-0.0_f64).to_bits());
    Some(T::nearest(if sum == 0.0 && negative_zeros() { -0.0 } else { sum + 0.0 }))
}
