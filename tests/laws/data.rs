//! The corpus: what columns the laws are tried on, and when two results are the same.
//!
//! Sums of `1..=100` come out right in any order, and prove nothing. The columns here
//! depend on the order: floats whose exponents are 40 binary places apart, integers of
//! all bits. Special values (NaN of either sign with payloads, infinities, zeros,
//! subnormals, the ends of the range) stand among them, alone, or by themselves.

use crate::spec::{self, Written};
use lanefold::Backend;
use std::fmt::Debug;

/// Results that can be told apart to the last bit. A result that is NaN is the canonical
/// NaN, so there is no exception for it.
pub(crate) trait Same: Debug {
    fn same(&self, other: &Self) -> bool;
}

macro_rules! same_integers {
    ($($T:ident)*) => {$(
        impl Same for $T {
            fn same(&self, other: &$T) -> bool {
                self == other
            }
        }
    )*};
}

same_integers! { i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 usize }

macro_rules! same_floats {
    ($($T:ident)*) => {$(
        impl Same for $T {
            fn same(&self, other: &$T) -> bool {
                self.to_bits() == other.to_bits()
            }
        }
    )*};
}

same_floats! { f32 f64 }

impl<T: Same> Same for Option<T> {
    fn same(&self, other: &Option<T>) -> bool {
        match (self, other) {
            (Some(one), Some(other)) => one.same(other),
            (None, None) => true,
            _ => false,
        }
    }
}

macro_rules! same_tuples {
    ($(($($A:ident $i:tt),+))*) => {$(
        impl<$($A: Same),+> Same for ($($A,)+) {
            fn same(&self, other: &Self) -> bool {
                $(self.$i.same(&other.$i))&&+
            }
        }
    )*};
}

same_tuples! {
    (A 0)
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
    (A 0, B 1, C 2, D 3, E 4)
    (A 0, B 1, C 2, D 3, E 4, F 5)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7)
}

/// The generator `SplitMix64`.
#[derive(Clone, Debug)]
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        (self.word() % limit as u64) as usize
    }

    /// In `[0, 1)`.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.word() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// About normal: the sum of twelve uniform numbers.
    pub(crate) fn normal(&mut self) -> f64 {
        (0..12).fold(-6.0, |sum, _| sum + self.unit())
    }
}

/// Integers of at most 52 bits with a sign: the ends, and where digits of 26 bits end.
pub(crate) fn within_two_digits() -> impl Iterator<Item = i128> {
    let ends = [0, 1, (1 << 25) - 1, 1 << 25, (1 << 26) - 1, 1 << 26, (1 << 51) - 1];
    let far = [(1 << 51) - (1 << 26), (1 << 51) - (1 << 26) - 1, (1 << 50) + (1 << 25)];
    let all = ends.into_iter().chain(far);
    all.flat_map(|x| [x, -x, -x - 1])
}

/// Integers of more.
pub(crate) fn beyond_two_digits() -> impl Iterator<Item = i128> {
    let past =
        [1 << 51, (1 << 51) + 1, (1 << 52) - 1, (3 << 51) - 1, 1 << 57, 1 << 62, (1 << 63) - 1];
    past.into_iter().flat_map(|x| [x, -x - 1]).chain([
        1 << 63,
        (1 << 64) - (1 << 51),
        (1 << 64) - 1,
    ])
}

/// A number type under test.
pub(crate) trait Sample: spec::Spec + Same {
    const STRIPE: usize = spec::STRIPE_BYTES / size_of::<Self>();
    const RUN: usize = spec::RUN * <Self as Sample>::STRIPE;
    const TILE: usize = spec::TILE_BYTES / size_of::<Self>();
    /// The number of those bits.
    fn of_bits(bits: u64) -> Self;
    /// A finite number whose sums depend on the order, where any do.
    fn ordinary(random: &mut Random) -> Self;
    /// The values that algorithms trip over.
    fn specials() -> Vec<Self>;
}

macro_rules! integers {
    ($($T:ident)*) => {$(
        impl Sample for $T {
            fn of_bits(bits: u64) -> $T {
                bits as $T
            }
            fn ordinary(random: &mut Random) -> $T {
                (random.word() >> 7) as $T
            }
            fn specials() -> Vec<$T> {
                vec![$T::MIN, $T::MAX, 0, 1, $T::MAX - 1, $T::MAX / 2 + 1, (-1_i64) as $T]
            }
        }
    )*};
}

integers! { i8 i16 i32 i64 u8 u16 u32 u64 }

macro_rules! floats {
    ($($T:ident $Bits:ident)*) => {$(
        impl Sample for $T {
            fn of_bits(bits: u64) -> $T {
                $T::from_bits(bits as $Bits)
            }
            fn ordinary(random: &mut Random) -> $T {
                let scale = random.below(40) as f64 - 20.0;
                ((random.unit() - 0.5) * scale.exp2()) as $T
            }
            fn specials() -> Vec<$T> {
                let quiet = $T::NAN.to_bits();
                let signalling = $T::INFINITY.to_bits() | 5;
                let sign = (-0.0 as $T).to_bits();
                vec![
                    $T::NAN,
                    $T::from_bits(quiet | sign),
                    $T::from_bits(quiet | 0x1234),
                    $T::from_bits(quiet | sign | 0x4321),
                    $T::from_bits(signalling),
                    $T::from_bits(signalling | sign),
                    $T::INFINITY,
                    $T::NEG_INFINITY,
                    0.0,
                    -0.0,
                    $T::from_bits(1),
                    -$T::from_bits(1),
                    $T::MIN_POSITIVE,
                    -$T::MIN_POSITIVE.next_down(),
                    $T::MAX,
                    $T::MIN,
                    $T::MAX / 2.0,
                    0.1,
                    -1.0,
                ]
            }
        }
    )*};
}

floats! { f32 u32 f64 u64 }

/// What a column is made of.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// [`Sample::ordinary`] values.
    Ordinary,
    /// One in sixteen is special.
    Sprinkled,
    /// All are special.
    Special,
    /// All are zeros, ones and their negatives, where there are any.
    Small,
    /// Any bits.
    Bits,
}

pub(crate) const KINDS: [Kind; 5] =
    [Kind::Ordinary, Kind::Sprinkled, Kind::Special, Kind::Small, Kind::Bits];

pub(crate) fn column<T: Sample>(kind: Kind, len: usize, seed: u64) -> Vec<T> {
    let random = &mut Random(seed);
    let specials = T::specials();
    let small = [T::default(), specials[9 % specials.len()], specials[specials.len() - 1]];
    let one = |random: &mut Random| match kind {
        Kind::Ordinary => T::ordinary(random),
        Kind::Sprinkled if random.below(16) > 0 => T::ordinary(random),
        Kind::Sprinkled | Kind::Special => specials[random.below(specials.len())],
        Kind::Small => small[random.below(small.len())],
        Kind::Bits => T::of_bits(random.word()),
    };
    (0..len).map(|_| one(random)).collect()
}

pub(crate) fn present<T: Copy>(values: &[T]) -> Vec<Option<T>> {
    values.iter().copied().map(Some).collect()
}

/// Lengths where runs and tiles begin and end.
pub(crate) fn seams<T: Sample>() -> Vec<usize> {
    let (stripe, run, tile) = (<T as Sample>::STRIPE, T::RUN, <T as Sample>::TILE);
    let around = [run, run + stripe, tile, tile + stripe, 2 * tile];
    let mut lengths: Vec<usize> = around.iter().flat_map(|&n| [n - 1, n, n + 1]).collect();
    // Of some aggregates, 512 rows are the most that count as a short column, of whatever type.
    lengths.extend([511, 512, 513, tile + run, 2 * tile + 5]);
    lengths
}

/// Fails unless an aggregate gives what the specification says.
#[track_caller]
pub(crate) fn follows<T: Sample, A: Written<T>>(backend: Backend, aggregate: A, values: &[T]) {
    let got = aggregate.of_on(backend, values);
    let want = aggregate.written(&present(values));
    if !got.same(&want) {
        let shown = &values[..values.len().min(80)];
        same!(got, want, "{aggregate:?} on {backend} of {} values {shown:?}", values.len());
    }
}
