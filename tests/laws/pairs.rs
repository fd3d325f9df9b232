//! Laws of aggregates of two columns.
//!
//! A dot product of floats has the bits of the specification, one of integers is exact
//! up to the ends of its range. A pair of which one value is null is left out. Columns of
//! unequal length are an error, or a panic, that names both lengths.

use crate::data::{
    KINDS, Kind, Random, Same, Sample, beyond_two_digits, column, seams, within_two_digits,
};
use crate::nulls::Column;
use crate::spec::Spec;
use lanefold::{Aggregate, Backend, Dot, LengthMismatch, Nullable};

/// The dot product is for pairs of one type, by a trait that has no public name.
pub(crate) trait Pair: Sample {
    fn plain(backend: Backend, x: &[Self], y: &[Self]) -> Self::Product;
    fn plain_of(x: &[Self], y: &[Self]) -> Self::Product;
    fn both(backend: Backend, x: Nullable<'_, Self>, y: Nullable<'_, Self>) -> Self::Product;
    fn left(backend: Backend, x: Nullable<'_, Self>, y: &[Self]) -> Self::Product;
    fn right(backend: Backend, x: &[Self], y: Nullable<'_, Self>) -> Self::Product;
    fn streamed(backend: Backend, x: &[Self], y: &[Self], cuts: &mut Random) -> Self::Product;
    /// The parts before and after a tile's end merged, and the whole merged with nothing on
    /// either side.
    fn merged(backend: Backend, x: &[Self], y: &[Self]) -> [Self::Product; 3];
}

macro_rules! pairs {
    ($($T:ident)*) => {$(
        impl Pair for $T {
            fn plain(backend: Backend, x: &[$T], y: &[$T]) -> Self::Product {
                Dot.of_on(backend, (x, y))
            }
            fn plain_of(x: &[$T], y: &[$T]) -> Self::Product {
                Dot.of((x, y))
            }
            fn both(backend: Backend, x: Nullable<'_, $T>, y: Nullable<'_, $T>) -> Self::Product {
                Dot.of_on(backend, (x, y))
            }
            fn left(backend: Backend, x: Nullable<'_, $T>, y: &[$T]) -> Self::Product {
                Dot.of_on(backend, (x, y))
            }
            fn right(backend: Backend, x: &[$T], y: Nullable<'_, $T>) -> Self::Product {
                Dot.of_on(backend, (x, y))
            }
            fn streamed(backend: Backend, x: &[$T], y: &[$T], cuts: &mut Random) -> Self::Product {
                let mut stream = lanefold::Accumulator::<_, ($T, $T)>::on(backend, Dot);
                let mut at = 0;
                while at < x.len() {
                    if cuts.word() % 4 == 0 {
                        stream.push((x[at], y[at]));
                        at += 1;
                    } else {
                        let end = x.len().min(at + cuts.below(1500));
                        stream.update((&x[at..end], &y[at..end])).expect("equal lengths");
                        at = end;
                    }
                }
                stream.finish()
            }
            fn merged(backend: Backend, x: &[$T], y: &[$T]) -> [Self::Product; 3] {
                let partial = |x: &[$T], y: &[$T]| {
                    let mut stream = lanefold::Accumulator::<_, ($T, $T)>::on(backend, Dot);
                    stream.update((x, y)).expect("equal lengths");
                    stream.partial()
                };
                let merge = |mut one, other| {
                    Aggregate::<($T, $T)>::merge(&Dot, &mut one, &other);
                    Aggregate::<($T, $T)>::finish(&Dot, &one)
                };
                let cut = x.len().min(<$T as Sample>::TILE);
                let nothing = Aggregate::<($T, $T)>::identity(&Dot);
                [
                    merge(partial(&x[..cut], &y[..cut]), partial(&x[cut..], &y[cut..])),
                    merge(nothing, partial(x, y)),
                    merge(partial(x, y), nothing),
                ]
            }
        }
    )*};
}

pairs! { i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 }

fn zip<T: Copy>(x: &[T], y: &[T]) -> Vec<Option<(T, T)>> {
    x.iter().zip(y).map(|(&x, &y)| Some((x, y))).collect()
}

#[track_caller]
fn follows<T: Pair>(backend: Backend, x: &[T], y: &[T]) {
    let (got, want) = (T::plain(backend, x, y), T::written_dot(&zip(x, y)));
    same!(got, want, "on {backend} of {} pairs", x.len());
}

fn merges_have_the_bits_of_one_call<T: Pair>(backend: Backend) {
    for kind in KINDS {
        for len in [0, 1, 70, <T as Sample>::TILE, 2 * <T as Sample>::TILE - 1] {
            let [x, y] = [45, 46].map(|seed| column::<T>(kind, len, seed));
            let want = T::plain(backend, &x, &y);
            for got in T::merged(backend, &x, &y) {
                same!(got, want, "on {backend} of {len} pairs, {kind:?}");
            }
        }
    }
}

fn follow_the_spec_at_every_length<T: Pair>(backend: Backend) {
    let most = 3 * <T as Sample>::STRIPE;
    let [x, y] = [41, 42].map(|seed| column::<T>(Kind::Ordinary, most, seed));
    for len in 0..=most {
        follows(backend, &x[..len], &y[..len]);
    }
    for len in seams::<T>() {
        let [x, y] = [43, 44].map(|seed| column::<T>(Kind::Ordinary, len, seed));
        follows(backend, &x, &y);
    }
    for kind in KINDS {
        for len in (0..20).chain([511, 512, 513, 1023, 1024, 1025, <T as Sample>::TILE + 77]) {
            let [x, y] = [45, 46].map(|seed| column::<T>(kind, len, seed + len as u64));
            follows(backend, &x, &y);
        }
    }
}

/// What of `y` begins as many bytes past a line as `x` does.
fn evenly<'y, T>(x: &[T], y: &'y [T]) -> &'y [T] {
    let bytes = x.as_ptr().addr().wrapping_sub(y.as_ptr().addr()) % 64;
    &y[bytes / size_of::<T>()..]
}

fn follow_the_spec_at_every_alignment<T: Pair>(backend: Backend) {
    let (stripe, places) = (<T as Sample>::STRIPE, 64 / size_of::<T>());
    let tile = <T as Sample>::TILE;
    let most = tile + 4 * stripe + 3;
    let [x, y] = [47, 48].map(|seed| column::<T>(Kind::Ordinary, most + 2 * places, seed));
    let even = evenly(&x, &y);
    for start in 0..places {
        for len in
            [stripe + stripe / 2 + 3, 8 * stripe, tile / 2 + places / 2 + 1, tile / 2 + 1, most]
        {
            follows(backend, &x[start..][..len], &even[start..][..len]);
            follows(backend, &x[start..start + len], &y[..len]);
            follows(backend, &x[1..][..len - 1], &y[start..start + len - 1]);
        }
    }
}

fn specials_meet_in_every_lane<T: Pair>(backend: Backend) {
    let stripe = <T as Sample>::STRIPE;
    let len = stripe + stripe / 2 + 1;
    let [mut x, mut y] = [49, 50].map(|seed| column::<T>(Kind::Ordinary, len, seed));
    for (i, special) in T::specials().into_iter().enumerate() {
        for place in len - stripe..len {
            let ordinary = (x[place], y[place]);
            x[place] = special;
            follows(backend, &x, &y);
            y[place] = T::specials()[(i + place) % T::specials().len()];
            follows(backend, &x, &y);
            (x[place], y[place]) = ordinary;
        }
    }
    // The first rows of columns that are long enough for lanes to begin where a register does.
    let len = 8 * stripe + 1;
    let places = 64 / size_of::<T>();
    let [mut x, y] = [51, 52].map(|seed| column::<T>(Kind::Ordinary, len + places, seed));
    let y = evenly(&x, &y);
    for special in T::specials() {
        for place in 1..places {
            let ordinary = std::mem::replace(&mut x[place], special);
            follows(backend, &x[1..len], &y[1..len]);
            follows(backend, &x[..len], &y[..len]);
            x[place] = ordinary;
        }
    }
}

fn ends_of_the_range<T: Pair>(backend: Backend) {
    let (least, greatest) = (T::specials()[0], T::specials()[1]);
    for len in [1, 2, 3, 4, 5].into_iter().chain(seams::<T>()) {
        for (x, y) in [(least, least), (least, greatest), (greatest, greatest)] {
            follows(backend, &vec![x; len], &vec![y; len]);
        }
    }
}

fn a_pair_with_a_null_is_left_out<T: Pair>(backend: Backend) {
    let tile = <T as Sample>::TILE;
    for (i, len) in [0, 1, 17, 65, 300, 511, 512, 513, tile, tile + 70].into_iter().enumerate() {
        for share in [0, 1, 2, 30] {
            let x = Column::<T>::random(len, share, i % 17, 51);
            let y = Column::<T>::random(len, 2, (i + 5) % 17, 52);
            let both = |a: &[Option<T>], b: &[Option<T>]| -> Vec<_> {
                a.iter().zip(b).map(|(&a, &b)| a.zip(b)).collect()
            };
            let whole = |c: &Column<T>| c.values.iter().copied().map(Some).collect::<Vec<_>>();
            let want = T::written_dot(&both(&x.rows, &y.rows));
            same!(T::both(backend, x.nullable(), y.nullable()), want, "{len} rows");
            let want = T::written_dot(&both(&x.rows, &whole(&y)));
            same!(T::left(backend, x.nullable(), &y.values), want, "{len} rows, left");
            let want = T::written_dot(&both(&whole(&x), &y.rows));
            same!(T::right(backend, &x.values, y.nullable()), want, "{len} rows, right");
        }
    }
}

fn streams_have_the_bits_of_one_call<T: Pair>(backend: Backend) {
    for seed in 0..4 {
        let len = Random(seed).below(3 * <T as Sample>::TILE);
        let [x, y] = [53, 54].map(|more| column::<T>(Kind::Ordinary, len, seed + more));
        let streamed = T::streamed(backend, &x, &y, &mut Random(seed));
        assert!(streamed.same(&T::plain(backend, &x, &y)), "{len} pairs");
    }
}

/// Products of 64 bits are taken by two digits of 26 bits, where all numbers of a tile have no more.
fn products_by_digits<T: Pair + TryFrom<i128>>() {
    let few = within_two_digits().filter_map(|x| x.try_into().ok()).collect::<Vec<T>>();
    let many = beyond_two_digits().filter_map(|x| x.try_into().ok()).collect::<Vec<T>>();
    let random = &mut Random(61);
    for backend in Backend::available() {
        for len in [1, 16, 17, 39, 40, 41, 77, 511, 512, 513, 1023, 1024, 1025, 2100] {
            for &x in &few {
                for &y in &few {
                    follows(backend, &vec![x; len], &vec![y; len]);
                }
            }
            let mut mixed = || (0..len).map(|_| few[random.below(few.len())]).collect::<Vec<T>>();
            let [x, y] = [mixed(), mixed()];
            follows(backend, &x, &y);
            for &far in &many {
                for &other in &many {
                    follows(backend, &vec![far; len], &vec![other; len]);
                }
                let mut with = x.clone();
                with[random.below(len)] = far;
                follows(backend, &with, &y);
                follows(backend, &y, &with);
                let rows = with.iter().map(|&x| (random.below(4) > 0).then_some(x)).collect();
                let with = Column::new(rows, len % 9, 62);
                let pairs = with.rows.iter().zip(&y).map(|(x, &y)| x.map(|x| (x, y)));
                let want = T::written_dot(&pairs.collect::<Vec<_>>());
                same!(T::left(backend, with.nullable(), &y), want, "{len} rows");
            }
        }
    }
}

/// What leaves the type of the result on the way, and comes back, has not overflowed.
#[test]
fn short_products_that_come_back() {
    let (least, greatest) = (i64::MIN, i64::MAX);
    for backend in Backend::available() {
        for len in [3, 4, 5, 8, 15, 16, 17] {
            for turn in 0..len {
                let mut x = vec![least; 3];
                let mut y = vec![least, least, greatest];
                x.resize(len, 7);
                y.resize(len, -7);
                x.rotate_left(turn);
                y.rotate_left(turn);
                follows(backend, &x, &y);
                let want = <i64 as Spec>::written_dot(&zip(&x, &y));
                same!(Dot.of((&x, &y)), want, "{len} pairs, {turn}");
            }
        }
    }
}

/// These have lanes of their own, and the suite leaves them out.
#[test]
fn products_of_u32() {
    for backend in Backend::available() {
        follow_the_spec_at_every_length::<u32>(backend);
        ends_of_the_range::<u32>(backend);
        a_pair_with_a_null_is_left_out::<u32>(backend);
    }
}

#[test]
fn products_of_64_bits() {
    products_by_digits::<i64>();
    products_by_digits::<u64>();
}

/// The types that the suite leaves out have plain code of their own.
#[test]
fn short_columns_of_other_types() {
    macro_rules! agree {
        ($($T:ident)*) => {$(
            for len in 0..=17 {
                let mut pairs = vec![
                    (vec![$T::MIN; len], vec![$T::MIN; len]),
                    (vec![$T::MIN; len], vec![$T::MAX; len]),
                    (vec![$T::MAX; len], vec![$T::MAX; len]),
                ];
                pairs.extend(KINDS.map(|kind| {
                    (column::<$T>(kind, len, 57), column::<$T>(kind, len, 58 + len as u64))
                }));
                for (x, y) in &pairs {
                    let want = Dot.of_on(Backend::SCALAR, (x, y));
                    assert_eq!(Dot.of((x, y)), want, "{x:?} and {y:?}");
                }
            }
        )*};
    }
    agree! { u8 i16 u32 i64 }
}

/// `of` has plain code for short columns.
fn short_columns_agree_with_long_ones<T: Pair>(backend: Backend) {
    let (least, greatest) = (T::specials()[0], T::specials()[1]);
    let agrees = |x: &[T], y: &[T]| {
        same!(T::plain_of(x, y), T::plain(backend, x, y), "{x:?} and {y:?}");
    };
    for len in 0..=17 {
        for kind in KINDS {
            let [x, y] = [55, 56].map(|seed| column::<T>(kind, len, seed + len as u64));
            agrees(&x, &y);
        }
        for (x, y) in [(least, least), (least, greatest), (greatest, greatest)] {
            agrees(&vec![x; len], &vec![y; len]);
        }
    }
    for kind in KINDS {
        for len in [18, 19, 511, 512, 513, 1023, 1024, 1025, <T as Sample>::TILE + 77] {
            let [x, y] = [57, 58].map(|seed| column::<T>(kind, len, seed + len as u64));
            agrees(&x, &y);
        }
    }
}

// One type of each width and kind: those left out differ in nothing that these laws see but for
// short columns, and every kernel takes time to compile.
suite! {
    few [
        follow_the_spec_at_every_length
        follow_the_spec_at_every_alignment
        specials_meet_in_every_lane
        a_pair_with_a_null_is_left_out
        streams_have_the_bits_of_one_call
        merges_have_the_bits_of_one_call
        short_columns_agree_with_long_ones
    ]
    floats []
    integers [ends_of_the_range]
}

#[test]
fn products_that_are_negative_zero_add_up_to_it() {
    for backend in Backend::available() {
        for len in (1..70).chain([513, 3000]) {
            let (x, y) = (vec![-0.0_f64; len], vec![1.0; len]);
            same!(Dot.of_on(backend, (&x, &y)), -0.0, "{len} pairs");
            let rows = (0..len).map(|i| (i % 3 == 0).then_some(-0.0)).collect();
            let x = Column::new(rows, len % 17, 55);
            same!(Dot.of_on(backend, (x.nullable(), &y)), -0.0, "{len} pairs, some null");
        }
    }
    same!(Dot.of((&[] as &[f32], &[] as &[f32])), 0.0, "no pair");
}

const LENGTHS: [(usize, usize); 6] = [(0, 1), (1, 0), (3, 17), (17, 3), (1024, 1025), (2000, 7)];

#[test]
fn unequal_lengths_are_an_error_that_names_both() {
    for (left, right) in LENGTHS {
        let (x, y) = (vec![1.0; left], vec![1.0; right]);
        let error = Dot.try_of((&x, &y)).expect_err("unequal lengths");
        assert_eq!(error, LengthMismatch { left, right });
        let text = error.to_string();
        assert_eq!(text, format!("columns of unequal length: {left} rows and {right} rows"));
        let mut stream = Dot.accumulator();
        stream.update((&[2.0], &[3.0])).unwrap();
        assert_eq!(stream.update((&x, &y)), Err(error));
        assert_eq!(stream.finish(), 6.0, "no row was taken in");
        let bits = [0xff; 300];
        let nullable = Nullable::new(&x, &bits, 0).unwrap();
        assert_eq!(Dot.try_of((nullable, &y)), Err(LengthMismatch { left, right }));
    }
}

#[test]
fn unequal_lengths_panic_with_both() {
    for (left, right) in LENGTHS {
        let (x, y) = (vec![1_u8; left], vec![1_u8; right]);
        for backend in [None, Some(Backend::SCALAR), Some(Backend::best())] {
            let panic = std::panic::catch_unwind(|| match backend {
                None => Dot.of((&x, &y)),
                Some(backend) => Dot.of_on(backend, (&x, &y)),
            });
            // A column with nulls comes another way.
            let bits = vec![0xff; left];
            let nullable = Nullable::new(&x, &bits, 0).expect("enough bits");
            assert!(std::panic::catch_unwind(|| Dot.of((nullable, &y))).is_err());
            let panic = panic.expect_err("unequal lengths");
            let text = panic.downcast_ref::<String>().expect("a message");
            assert!(
                text.contains(&left.to_string()) && text.contains(&right.to_string()),
                "{text}"
            );
        }
    }
}
