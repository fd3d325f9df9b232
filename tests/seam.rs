//! Law: an operation of the seam does in each lane what one line of plain Rust does.
//!
//! Kernels are tested by their results; here each operation of `Vector`, `FloatVector` and
//! `Simd` stands alone, on every backend and type, with special values in all pairs and
//! random bits. An aggregate is handed the token, and calls them.
//!
//! A NaN that arithmetic makes may have any payload. What is moved, selected or compared
//! keeps its bits.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::cast_lossless,
    clippy::float_cmp,
    reason = "tests make data from random words, and compare floats for identity"
)]

#[macro_use]
#[path = "laws/suite.rs"]
mod suite;

#[path = "laws/backends.rs"]
mod backends;
#[allow(dead_code, reason = "shared with the laws, which use all of it")]
#[path = "laws/data.rs"]
mod data;
#[allow(dead_code, reason = "as above")]
#[path = "laws/exact.rs"]
mod exact;
#[allow(dead_code, reason = "as above")]
#[path = "laws/spec.rs"]
mod spec;

use data::{Kind, Random, Sample, column};
use lanefold::{Aggregate, Backend, FloatVector, Number, Simd, Tile, Vector};
use std::fmt::Debug;
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Something to try with a token.
trait Trial: Copy {
    fn run<S: Simd>(simd: S);
}

/// The aggregate that gets it.
#[derive(Clone, Copy)]
struct With<C>(PhantomData<C>);

impl<C: Trial> Aggregate<u8> for With<C> {
    type Partial = u32;
    type Output = u32;

    fn identity(&self) -> u32 {
        0
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut u32, tile: &Tile<'_, u8, S>) {
        C::run(tile.simd());
        *partial += 1;
    }
    fn merge(&self, _: &mut u32, _: &u32) {}
    fn finish(&self, partial: &u32) -> u32 {
        *partial
    }
}

fn try_on<C: Trial>(backend: Backend) {
    assert_eq!(With::<C>(PhantomData).of_on(backend, &[0_u8]), 1, "one call, with one tile");
}

/// One lane, in plain Rust.
trait Lane: Sample {
    fn plus(self, other: Self) -> Self;
    fn minus(self, other: Self) -> Self;
    fn bits(self) -> u64;
    /// The same bits, or any two NaN.
    fn alike(self, other: Self) -> bool {
        self.bits() == other.bits() || (spec::Spec::is_nan(self) && spec::Spec::is_nan(other))
    }
}

macro_rules! integers {
    ($($T:ident $Bits:ident)*) => {$(
        impl Lane for $T {
            fn plus(self, other: $T) -> $T {
                self.wrapping_add(other)
            }
            fn minus(self, other: $T) -> $T {
                self.wrapping_sub(other)
            }
            fn bits(self) -> u64 {
                self as $Bits as u64
            }
        }
    )*};
}

integers! { i8 u8 i16 u16 i32 u32 i64 u64 u8 u8 u16 u16 u32 u32 u64 u64 }

macro_rules! floats {
    ($($T:ident)*) => {$(
        impl Lane for $T {
            fn plus(self, other: $T) -> $T {
                self + other
            }
            fn minus(self, other: $T) -> $T {
                self - other
            }
            fn bits(self) -> u64 {
                self.to_bits().into()
            }
        }
    )*};
}

floats! { f32 f64 }

fn lesser<T: PartialOrd>(a: T, b: T) -> T {
    if a < b { a } else { b }
}

fn greater<T: PartialOrd>(a: T, b: T) -> T {
    if a > b { a } else { b }
}

/// The halving tree.
fn halve<T: Copy>(mut lanes: Vec<T>, f: impl Fn(T, T) -> T) -> T {
    while lanes.len() > 1 {
        let high = lanes.split_off(lanes.len() / 2);
        lanes = lanes.into_iter().zip(high).map(|(a, b)| f(a, b)).collect();
    }
    lanes[0]
}

/// Columns of pairs, as long as whole registers: special values in all pairs, small ones,
/// and random bits.
fn pairs<T: Sample>(lanes: usize) -> Vec<(Vec<T>, Vec<T>)> {
    let random = &mut Random(1);
    let specials = T::specials();
    let mut pairs: Vec<(T, T)> =
        specials.iter().flat_map(|&a| specials.iter().map(move |&b| (a, b))).collect();
    for kind in [Kind::Small, Kind::Bits, Kind::Ordinary, Kind::Sprinkled] {
        let one = column::<T>(kind, 8 * lanes, random.word());
        pairs.extend(one.into_iter().zip(column::<T>(kind, 8 * lanes, random.word())));
    }
    while !pairs.len().is_multiple_of(lanes) {
        pairs.push((T::of_bits(random.word()), T::of_bits(random.word())));
    }
    pairs.chunks(lanes).map(|chunk| chunk.iter().copied().unzip()).collect()
}

#[track_caller]
fn alike<T: Lane>(got: &[T], want: impl IntoIterator<Item = T>, context: &dyn Debug) {
    let want: Vec<T> = want.into_iter().collect();
    let equal = got.len() == want.len() && got.iter().zip(&want).all(|(a, b)| a.alike(*b));
    assert!(equal, "{got:?} should be {want:?}: {context:?}");
}

#[track_caller]
fn same_bits<T: Lane>(got: &[T], want: impl IntoIterator<Item = T>, context: &dyn Debug) {
    let want: Vec<T> = want.into_iter().collect();
    let equal = got.iter().map(|x| x.bits()).eq(want.iter().map(|x| x.bits()));
    assert!(equal, "{got:?} should be {want:?}: {context:?}");
}

/// The lanes of a register. A place more than there are lanes stays as it was.
#[inline(always)]
fn lanes<S: Simd, T: Lane, V: Vector<S, T>>(v: V) -> Vec<T> {
    let mark = T::of_bits(0x5a);
    let mut lanes = vec![mark; V::LANES + 1];
    v.store(&mut lanes);
    assert_eq!(lanes.pop().map(Lane::bits), Some(mark.bits()), "a store past the lanes");
    lanes
}

/// Every operation that all vectors have.
#[derive(Clone, Copy)]
struct Vectors<T>(PhantomData<T>);

impl<T: Lane> Trial for Vectors<T> {
    #[inline(always)]
    fn run<S: Simd>(simd: S) {
        operations::<S, T, T::Vec<S>>(simd);
    }
}

#[inline(always)]
fn operations<S: Simd, T: Lane, V: Vector<S, T>>(simd: S) {
    assert_eq!(V::LANES * S::REGISTERS, <T as Number>::STRIPE);
    for (a, b) in pairs::<T>(V::LANES) {
        let context = (&a, &b);
        let zip = |f: fn(T, T) -> T| a.iter().zip(&b).map(move |(&a, &b)| f(a, b));
        let truth = |f: fn(&T, &T) -> bool| {
            a.iter().zip(&b).rev().fold(0_u64, |bits, (a, b)| bits << 1 | u64::from(f(a, b)))
        };
        let (x, y) = (V::load(simd, &a), V::load(simd, &b));
        same_bits(&lanes(x), a.iter().copied(), &"load, store");
        same_bits(&lanes(V::splat(simd, a[0])), vec![a[0]; V::LANES], &"splat");
        alike(&lanes(x.add(y)), zip(T::plus), &("add", context));
        alike(&lanes(x.sub(y)), zip(T::minus), &("sub", context));
        same_bits(&lanes(x.min(y)), zip(lesser), &("min", context));
        same_bits(&lanes(x.max(y)), zip(greater), &("max", context));
        same_bits(&lanes(x.and(y)), zip(|a, b| T::of_bits(a.bits() & b.bits())), &("and", context));
        same_bits(&lanes(x.or(y)), zip(|a, b| T::of_bits(a.bits() | b.bits())), &("or", context));
        same_bits(&lanes(x.xor(y)), zip(|a, b| T::of_bits(a.bits() ^ b.bits())), &("xor", context));
        full_adds::<S, T, V>(simd, &a, &b);
        assert_eq!(V::bits(simd, x.lt(y)), truth(|a, b| a < b), "{context:?}");
        assert_eq!(V::bits(simd, x.eq(y)), truth(|a, b| a == b), "{context:?}");
        assert_eq!(V::bits(simd, x.le(y)), truth(|a, b| a <= b), "{context:?}");
        let either = V::either(simd, x.lt(y), x.eq(y));
        assert_eq!(V::bits(simd, either), truth(|a, b| a <= b), "{context:?}");
        alike(&[x.fold_add()], [halve(a.clone(), T::plus)], &("fold_add", &a));
        same_bits(&[x.fold_min()], [halve(a.clone(), lesser)], &("fold_min", &a));
        same_bits(&[x.fold_max()], [halve(a.clone(), greater)], &("fold_max", &a));
        masks::<S, T, V>(simd, &a, &b);
        parts::<S, T, V>(simd, &a, &b);
    }
}

/// Three numbers as two: of each bit, the sum and what is carried.
#[inline(always)]
fn full_adds<S: Simd, T: Lane, V: Vector<S, T>>(simd: S, a: &[T], b: &[T]) {
    // A third with bits that are its own, in any place among the arguments.
    let third = |a: T, b: T| T::of_bits(a.bits().rotate_left(5) ^ b.bits() >> 3 ^ 0xff);
    let c: Vec<T> = a.iter().zip(b).map(|(&a, &b)| third(a, b)).collect();
    for [a, b, c] in [[a, b, &c], [b, &c, a], [&c, a, b]] {
        let of = |f: fn(u64, u64, u64) -> u64| {
            (0..V::LANES).map(move |i| T::of_bits(f(a[i].bits(), b[i].bits(), c[i].bits())))
        };
        let (sum, carry) = V::load(simd, a).full_add(V::load(simd, b), V::load(simd, c));
        same_bits(&lanes(sum), of(|a, b, c| a ^ b ^ c), &("the sum", a, b, c));
        same_bits(&lanes(carry), of(|a, b, c| a & b | b & c | c & a), &("the carry", a, b, c));
    }
}

/// Masks made of bits: each lane alone, none, all, and random ones.
#[inline(always)]
fn masks<S: Simd, T: Lane, V: Vector<S, T>>(simd: S, a: &[T], b: &[T]) {
    let all = if V::LANES == 64 { u64::MAX } else { (1 << V::LANES) - 1 };
    let random = &mut Random(a[0].bits());
    let mut words: Vec<u64> = (0..V::LANES).map(|lane| 1 << lane).collect();
    words.extend([0, u64::MAX, all, random.word(), random.word() & all]);
    for word in words {
        let mask = V::mask(simd, word);
        assert_eq!(V::bits(simd, mask), word & all, "a mask of {word:#x}");
        let other = random.word();
        let either = V::either(simd, mask, V::mask(simd, other));
        assert_eq!(V::bits(simd, either), (word | other) & all, "{word:#x} or {other:#x}");
        let both = V::both(simd, mask, V::mask(simd, other));
        assert_eq!(V::bits(simd, both), word & other & all, "{word:#x} and {other:#x}");
        let want = (0..V::LANES).map(|i| if word >> i & 1 == 1 { a[i] } else { b[i] });
        let got = V::load(simd, a).select(mask, V::load(simd, b));
        same_bits(&lanes(got), want, &("select", word));
        let of_bit = |i: usize| word >> i & 1;
        let want = (0..V::LANES).map(|i| T::of_bits(a[i].bits().wrapping_add(of_bit(i))));
        same_bits(&lanes(V::load(simd, a).tally(mask)), want, &("tally", word));
        keeps::<S, T, V>(simd, a, word);
    }
}

/// The lanes that a mask leaves, and no store past the lanes.
#[inline(always)]
fn keeps<S: Simd, T: Lane, V: Vector<S, T>>(simd: S, a: &[T], word: u64) {
    let mark = T::of_bits(0x5a);
    let mut to = vec![mark; V::LANES + 1];
    let count = V::load(simd, a).keep_unless(simd, V::mask(simd, word), &mut to);
    let want: Vec<T> = (0..V::LANES).filter(|i| word >> i & 1 == 0).map(|i| a[i]).collect();
    assert_eq!(count, want.len(), "how many are kept of {word:#x}");
    same_bits(&to[..count], want, &("keep_unless", word));
    assert_eq!(to[V::LANES].bits(), mark.bits(), "a store past the lanes");
}

/// Loads of too few values, of enough, and of more.
#[inline(always)]
fn parts<S: Simd, T: Lane, V: Vector<S, T>>(simd: S, a: &[T], b: &[T]) {
    let pad = V::load(simd, b);
    let mut long = a.to_vec();
    long.extend_from_slice(b);
    long.push(a[0]);
    for len in 0..=long.len() {
        // A slice of its own: a load past its end would be found by a sanitizer.
        let values: Box<[T]> = long[..len].into();
        let want = (0..V::LANES).map(|i| *values.get(i).unwrap_or(&b[i]));
        same_bits(&lanes(V::load_part(simd, &values, pad)), want, &("load_part", len));
        if let Some(before) = V::LANES.checked_sub(len) {
            let want = (0..V::LANES).map(|i| if i < before { b[i] } else { values[i - before] });
            same_bits(&lanes(V::load_end(simd, &values, pad)), want, &("load_end", len));
        }
    }
    let from = V::load(simd, &long[1..]);
    same_bits(&lanes(from), long[1..=V::LANES].iter().copied(), &"load of more, from the middle");
}

fn lane_by_lane<T: Lane>(backend: Backend) {
    try_on::<Vectors<T>>(backend);
}

suite! { all [lane_by_lane] floats [] integers [] }

/// Loads and stores that do not fit panic.
#[derive(Clone, Copy)]
struct TooShort<T>(PhantomData<T>);

impl<T: Lane> Trial for TooShort<T> {
    #[inline(always)]
    fn run<S: Simd>(simd: S) {
        let short = vec![T::default(); T::Vec::<S>::LANES - 1];
        let load = AssertUnwindSafe(|| lanes::<S, T, _>(T::Vec::<S>::load(simd, &short)));
        assert!(catch_unwind(load).is_err(), "a load past the end");
        let long = vec![T::default(); T::Vec::<S>::LANES + 1];
        let load = AssertUnwindSafe(|| {
            let pad = T::Vec::<S>::splat(simd, T::default());
            lanes::<S, T, _>(T::Vec::<S>::load_end(simd, &long, pad))
        });
        assert!(catch_unwind(load).is_err(), "more values than lanes");
        let store =
            AssertUnwindSafe(|| T::Vec::<S>::splat(simd, T::default()).store(&mut short.clone()));
        assert!(catch_unwind(store).is_err(), "a store past the end");
        let keep = AssertUnwindSafe(|| {
            let lanes = T::Vec::<S>::splat(simd, T::default());
            lanes.keep_unless(simd, T::Vec::<S>::mask(simd, 0), &mut short.clone())
        });
        assert!(catch_unwind(keep).is_err(), "a store past the end");
    }
}

#[test]
fn what_does_not_fit_panics() {
    for backend in Backend::available() {
        try_on::<TooShort<u8>>(backend);
        try_on::<TooShort<i16>>(backend);
        try_on::<TooShort<f32>>(backend);
        try_on::<TooShort<f64>>(backend);
        try_on::<WidenTooShort>(backend);
    }
}

#[derive(Clone, Copy)]
struct WidenTooShort;

impl Trial for WidenTooShort {
    #[inline(always)]
    fn run<S: Simd>(simd: S) {
        let short = vec![0.0; S::F64::LANES - 1];
        let widen = AssertUnwindSafe(|| lanes(simd.widen(&short)));
        assert!(catch_unwind(widen).is_err(), "a load past the end");
    }
}

macro_rules! float_operations {
    ($($Name:ident $Vec:ident $T:ident $encoding:ident $Encoding:ident $test:ident)*) => {$(
        /// What float vectors have beyond that.
        #[derive(Clone, Copy)]
        struct $Name;

        impl Trial for $Name {
            #[inline(always)]
            fn run<S: Simd>(simd: S) {
                for (a, b) in pairs::<$T>(S::$Vec::LANES) {
                    let (x, y) = (S::$Vec::load(simd, &a), S::$Vec::load(simd, &b));
                    let product = a.iter().zip(&b).map(|(a, b)| a * b);
                    alike(&lanes(x.mul(y)), product, &("mul", &a, &b));
                    let sum = a.iter().zip(&b).map(|(a, b)| a + b);
                    let one = S::$Vec::one(simd);
                    alike(&lanes(x.add_aside(y, one)), sum, &("add_aside", &a, &b));
                    let difference = a.iter().zip(&b).map(|(a, b)| a - b);
                    alike(&lanes(x.sub_aside(y, one)), difference, &("sub_aside", &a, &b));
                    let quotient = a.iter().zip(&b).map(|(a, b)| a / b);
                    alike(&lanes(x.div(y)), quotient, &("div", &a, &b));
                    let encodings = a.iter().map(|a| a.to_bits().cast_signed());
                    let got: Vec<$Encoding> = lanes(simd.$encoding(x));
                    same_bits(&got, encodings, &("encoding", &a));
                }
            }
        }

        #[test]
        fn $test() {
            Backend::available().for_each(try_on::<$Name>);
        }
    )*};
}

float_operations! {
    Floats32 F32 f32 encoding_f32 i32 lanes_of_f32
    Floats64 F64 f64 encoding_f64 i64 lanes_of_f64
}

/// Operations from one type to another.
#[derive(Clone, Copy)]
struct Conversions;

/// Registers of random bits and of the ends of the range.
fn registers<T: Sample>(lanes: usize) -> Vec<Vec<T>> {
    pairs::<T>(lanes).into_iter().flat_map(|(a, b)| [a, b]).collect()
}

impl Trial for Conversions {
    #[inline(always)]
    #[expect(clippy::too_many_lines, reason = "a list of operations")]
    fn run<S: Simd>(simd: S) {
        for a in registers::<u8>(S::U8::LANES) {
            let want = a.chunks(8).map(|octet| octet.iter().map(|&x| u64::from(x)).sum());
            same_bits(&lanes(simd.sum_octets(S::U8::load(simd, &a))), want, &("sum_octets", &a));
        }
        for a in registers::<i16>(S::I16::LANES) {
            let want = a.chunks(2).map(|pair| i32::from(pair[0]) + i32::from(pair[1]));
            same_bits(&lanes(simd.sum_pairs(S::I16::load(simd, &a))), want, &("sum_pairs", &a));
        }
        for a in registers::<i8>(S::I8::LANES) {
            let want = a.iter().map(|&x| (i16::from(x) + 128) as u8);
            same_bits(&lanes(simd.bias_i8(S::I8::load(simd, &a))), want, &("bias_i8", &a));
        }
        for a in registers::<u16>(S::U16::LANES) {
            let want = a.iter().map(|&x| (i32::from(x) - 32768) as i16);
            same_bits(&lanes(simd.bias_u16(S::U16::load(simd, &a))), want, &("bias_u16", &a));
        }
        for a in registers::<i32>(S::I32::LANES) {
            let want = a.iter().map(|&x| x.div_euclid(1 << 16));
            same_bits(&lanes(simd.high_i32(S::I32::load(simd, &a))), want, &("high_i32", &a));
        }
        for a in registers::<u32>(S::U32::LANES) {
            let want = a.iter().map(|&x| x / (1 << 16));
            same_bits(&lanes(simd.high_u32(S::U32::load(simd, &a))), want, &("high_u32", &a));
        }
        for a in registers::<i64>(S::I64::LANES) {
            let want = a.iter().map(|&x| x.div_euclid(1 << 48) * (1 << 32));
            same_bits(&lanes(simd.high_i64(S::I64::load(simd, &a))), want, &("high_i64", &a));
        }
        for a in registers::<u64>(S::U64::LANES) {
            let want = a.iter().map(|&x| x / (1 << 32));
            same_bits(&lanes(simd.high_u64(S::U64::load(simd, &a))), want, &("high_u64", &a));
        }
        assert_eq!([0, 1, u64::MAX].map(|bits| simd.opaque(bits)), [0, 1, u64::MAX]);
        for (a, b) in pairs::<u64>(S::U64::LANES) {
            let (x, y) = (S::U64::load(simd, &a), S::U64::load(simd, &b));
            let want = a.iter().zip(&b).map(|(&a, &b)| (u128::from(a) * u128::from(b)) as u64);
            same_bits(&lanes(simd.mul_u64(x, y)), want, &("mul_u64", &a, &b));
            for by in 0..64 {
                let want = a.iter().map(|&x| (u128::from(x) / (1 << by)) as u64);
                same_bits(&lanes(simd.shift_right_u64(x, by)), want, &("shift_right", by, &a));
            }
        }
        for a in registers::<u32>(S::U32::LANES) {
            let want = a.iter().map(|&x| (i64::from(x) - (1 << 31)) as i32);
            same_bits(&lanes(simd.bias_u32(S::U32::load(simd, &a))), want, &("bias_u32", &a));
        }
        for a in registers::<u8>(S::U8::LANES) {
            let want = a.chunks(4).map(|quad| quad.iter().map(|&x| u32::from(x).pow(2)).sum());
            same_bits(&lanes(simd.square_quads(S::U8::load(simd, &a))), want, &("squares", &a));
        }
        for a in registers::<i16>(S::I16::LANES) {
            let want = a.chunks(2).map(|pair| pair.iter().map(|&x| i64::from(x).pow(2)).sum());
            let want = want.map(|sum: i64| sum as u32);
            let got = simd.square_pairs_i16(S::I16::load(simd, &a));
            same_bits(&lanes(got), want, &("squares", &a));
        }
        for a in registers::<i32>(S::I32::LANES) {
            let want = a.chunks(2).map(|pair| pair.iter().map(|&x| i128::from(x).pow(2)).sum());
            let want = want.map(|sum: i128| sum as u64);
            let got = simd.square_pairs_i32(S::I32::load(simd, &a));
            same_bits(&lanes(got), want, &("squares", &a));
        }
        for a in registers::<i64>(S::I64::LANES) {
            let want = a.iter().map(|&x| x as u64);
            same_bits(&lanes(simd.bits_i64(S::I64::load(simd, &a))), want, &("bits_i64", &a));
        }
        for a in registers::<f32>(S::F32::LANES) {
            let want = a.iter().map(|x| x.to_bits());
            same_bits(&lanes(simd.bits_f32(S::F32::load(simd, &a))), want, &("bits_f32", &a));
        }
        for a in registers::<f64>(S::F64::LANES) {
            let want = a.iter().map(|x| x.to_bits());
            same_bits(&lanes(simd.bits_f64(S::F64::load(simd, &a))), want, &("bits_f64", &a));
        }
        let exponents: Vec<i32> = (-1022..=1023).chain([0; 2]).collect();
        for k in exponents.chunks(S::F64::LANES) {
            let want = k.iter().map(|&k| f64::from_bits(((k + 1023) as u64) << 52));
            let k: Vec<f64> = k.iter().map(|&k| f64::from(k)).collect();
            let got = simd.power_of_two(S::F64::load(simd, &k));
            same_bits(&lanes(got), want, &("power_of_two", &k));
        }
        // A hint: whatever the address, nothing happens.
        simd.prefetch(&[0_u8; 100], 1 << 40);
        simd.prefetch::<u8>(&[], usize::MAX);
        product_errors(simd);
        let random = &mut Random(2);
        for _ in 0..100 {
            let a: Vec<f64> = (0..S::F64::LANES)
                .map(|_| match random.below(4) {
                    0 => 0.0,
                    1 => (random.word() >> 32) as f64 + random.unit() / 2.0,
                    2 => f64::from(1_u32 << random.below(31)).next_down(),
                    _ => random.unit() * 100.0,
                })
                .collect();
            let want = a.iter().map(|&x| f64::from(x as u32));
            let got = simd.integer_part(S::F64::load(simd, &a));
            same_bits(&lanes(got), want, &("integer_part", &a));
        }
        for (a, b) in pairs::<f32>(S::F64::LANES) {
            let wide: Vec<f64> = b.iter().map(|&x| f64::from(x) / 3.0).collect();
            let pad = S::F64::load(simd, &wide);
            let mut long = a.clone();
            long.extend_from_slice(&b);
            alike(&lanes(simd.widen(&long)), a.iter().map(|&x| x.into()), &("widen", &a));
            for len in 0..=long.len() {
                let values: Box<[f32]> = long[..len].into();
                let want = (0..S::F64::LANES).map(|i| values.get(i).map_or(wide[i], |&x| x.into()));
                alike(&lanes(simd.widen_part(&values, pad)), want, &("widen_part", len, &a));
            }
        }
    }
}

/// What dot products of 8 and 16 bits are made of.
#[derive(Clone, Copy)]
struct Products;

impl Trial for Products {
    #[inline(always)]
    fn run<S: Simd>(simd: S) {
        for (a, b) in pairs::<i16>(S::I16::LANES) {
            let product = |i: usize| i64::from(a[i]) * i64::from(b[i]);
            let want = (0..a.len()).step_by(2).map(|i| (product(i) + product(i + 1)) as i32);
            let got = simd.multiply_pairs(S::I16::load(simd, &a), S::I16::load(simd, &b));
            same_bits(&lanes(got), want, &("products", &a, &b));
        }
        for (a, b) in pairs::<i32>(S::I32::LANES) {
            let product = |i: usize| i64::from(a[i]) * i64::from(b[i]);
            let (even, odd) = simd.products_i32(S::I32::load(simd, &a), S::I32::load(simd, &b));
            same_bits(&lanes(even), (0..a.len()).step_by(2).map(product), &("evens", &a, &b));
            same_bits(&lanes(odd), (1..a.len()).step_by(2).map(product), &("odds", &a, &b));
        }
        for (a, b) in pairs::<u32>(S::U32::LANES) {
            let product = |i: usize| u64::from(a[i]) * u64::from(b[i]);
            let (even, odd) = simd.products_u32(S::U32::load(simd, &a), S::U32::load(simd, &b));
            same_bits(&lanes(even), (0..a.len()).step_by(2).map(product), &("evens", &a, &b));
            same_bits(&lanes(odd), (1..a.len()).step_by(2).map(product), &("odds", &a, &b));
        }
        for (a, b) in pairs::<u64>(S::U64::LANES) {
            let product = |i: usize| (i64::from(a[i] as i32) * i64::from(b[i] as i32)) as u64;
            let got = simd.mul_low(S::U64::load(simd, &a), S::U64::load(simd, &b));
            same_bits(&lanes(got), (0..a.len()).map(product), &("mul_low", &a, &b));
        }
        for a in registers::<i8>(S::I8::LANES) {
            let (even, odd) = simd.halves_i8(S::I8::load(simd, &a));
            same_bits(&lanes(even), a.iter().step_by(2).map(|&x| x.into()), &("evens", &a));
            same_bits(&lanes(odd), a.iter().skip(1).step_by(2).map(|&x| x.into()), &("odds", &a));
        }
        for a in registers::<u8>(S::U8::LANES) {
            let (even, odd) = simd.halves_u8(S::U8::load(simd, &a));
            same_bits(&lanes(even), a.iter().step_by(2).map(|&x| x.into()), &("evens", &a));
            same_bits(&lanes(odd), a.iter().skip(1).step_by(2).map(|&x| x.into()), &("odds", &a));
        }
    }
}

/// What a rounded product lacks, of products that neither overflow nor underflow.
#[inline(always)]
fn product_errors<S: Simd>(simd: S) {
    let random = &mut Random(9);
    let power = |exponent: i32| f64::from_bits(((exponent + 1023) as u64) << 52);
    let number = |random: &mut Random, exponent: i32| {
        // Digits all over, or few; of subnormal numbers fewer.
        let digits = random.word() & [u64::MAX, u64::MAX << 40, 0, 1][random.below(4)];
        let scale = if exponent < -1022 { power(-60) } else { 1.0 };
        let field = if exponent < -1022 { exponent + 60 } else { exponent } + 1023;
        let x = f64::from_bits(random.word() << 63 | (field as u64) << 52 | digits >> 12);
        x * scale
    };
    for _ in 0..2_000 {
        let (mut x, mut y) = (Vec::new(), Vec::new());
        for _ in 0..S::F64::LANES {
            let sum = random.below(1_940) as i32 - 955;
            let one = (random.below(2_068) as i32 - 1_074).clamp(sum - 990, 990).max(-1_074);
            x.push(number(random, one.min(sum + 1_000)));
            let exponent = sum - one.min(sum + 1_000);
            y.push(if random.below(50) == 0 { 0.0 } else { number(random, exponent) });
        }
        let (v, w) = (S::F64::load(simd, &x), S::F64::load(simd, &y));
        let product = v.mul(w);
        let got = lanes(simd.product_error(v, w, product));
        for (lane, p) in lanes(product).into_iter().enumerate() {
            let (x, y) = (x[lane], y[lane]);
            let is_fit = (p == 0.0 && (x == 0.0 || y == 0.0)) || p.abs() >= power(-960);
            let bound = power(995);
            if is_fit && [x, y, p].iter().all(|z| z.abs() < bound) {
                let want = exact::Signed::dot([(x, y), (-1.0, p)]).to_f64();
                assert_eq!(got[lane], want, "what {p:e} lacks of {x:e} times {y:e}");
            }
        }
    }
}

#[test]
fn from_one_type_to_another() {
    Backend::available().for_each(try_on::<Conversions>);
    Backend::available().for_each(try_on::<Products>);
}
