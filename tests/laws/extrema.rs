//! Laws of extrema.
//!
//! NaN is skipped, whatever its sign or payload, and a column of nothing else has no
//! extreme. `-0.0 < +0.0`, wherever they stand. What the library uses as the identity
//! (`+∞` for the least float, `MAX` for the least integer) is a value as any other.

use crate::check::{every_alignment, every_length, of_agrees, specials_everywhere};
use crate::data::{Sample, follows, seams};
use lanefold::{Aggregate, Backend, Max, Min, MinMax};

fn follow_the_spec_at_every_length<T: Sample>(backend: Backend) {
    each_aggregate!(a in [Min, Max, MinMax] => { every_length::<T, _>(backend, a) });
}

fn follow_the_spec_at_every_alignment<T: Sample>(backend: Backend) {
    each_aggregate!(a in [Min, Max, MinMax] => { every_alignment::<T, _>(backend, a) });
}

fn follow_the_spec_with_specials_in_every_lane<T: Sample>(backend: Backend) {
    each_aggregate!(a in [Min, Max, MinMax] => { specials_everywhere::<T, _>(backend, a) });
}

/// From any address, an extreme may be in any of the first rows, and of the last.
fn no_row_at_an_end_is_left_out<T: Sample>(backend: Backend) {
    let places = 64 / size_of::<T>();
    // The ends of the range: NaN is never an extreme.
    let ends = T::specials().into_iter().filter(|&x| Min.of(&[x]).is_some()).take(2);
    let usual = T::of_bits(1);
    assert!(ends.clone().count() == 2 && ends.clone().all(|end| end != usual));
    for len in [5 * <T as Sample>::STRIPE + 1, T::RUN + 3] {
        let mut values = vec![usual; places + len];
        for start in [0, 1, places / 4, places / 2 + 1, places - 1] {
            let end = start + len;
            for row in (start..start + places).chain(end - places..end) {
                for extreme in ends.clone() {
                    values[row] = extreme;
                    let column = &values[start..end];
                    each_aggregate!(a in [Min, Max, MinMax] => { follows(backend, a, column) });
                    values[row] = usual;
                }
            }
        }
    }
}

fn short_columns_agree_with_long_ones<T: Sample>(backend: Backend) {
    each_aggregate!(a in [Min, Max, MinMax] => { of_agrees::<T, _>(backend, a) });
}

fn one_value_alone_in_a_tile<T: Sample>(backend: Backend) {
    for value in T::specials() {
        for len in [1, 16, 17].into_iter().chain(seams::<T>()) {
            let values = vec![value; len];
            each_aggregate!(a in [Min, Max, MinMax] => { follows(backend, a, &values) });
        }
    }
}

/// A background of each special value, and another special value at each end of a stripe
/// and of a tile.
fn any_two_values_meet<T: Sample>(backend: Backend) {
    let (stripe, tile) = (<T as Sample>::STRIPE, <T as Sample>::TILE);
    for background in T::specials() {
        for value in T::specials() {
            let mut short = vec![background; stripe + 3];
            for place in [0, 1, stripe / 2, stripe - 1, stripe, stripe + 2] {
                short[place] = value;
                each_aggregate!(a in [Min, Max, MinMax] => { follows(backend, a, &short) });
                short[place] = background;
            }
        }
    }
    let zero = T::default();
    for value in T::specials() {
        for background in [zero, T::specials()[9 % T::specials().len()]] {
            let mut long = vec![background; 2 * tile + 3];
            for place in [tile - 1, tile, 2 * tile, 2 * tile + 2] {
                long[place] = value;
                each_aggregate!(a in [Min, Max, MinMax] => { follows(backend, a, &long) });
                long[place] = background;
            }
        }
    }
}

suite! {
    all [
        follow_the_spec_at_every_length
        follow_the_spec_at_every_alignment
        no_row_at_an_end_is_left_out
        follow_the_spec_with_specials_in_every_lane
        short_columns_agree_with_long_ones
        one_value_alone_in_a_tile
        any_two_values_meet
    ]
    floats []
    integers []
}

#[test]
fn by_hand() {
    assert_eq!(Min.of(&[f64::NAN, f64::INFINITY]), Some(f64::INFINITY));
    assert_eq!(Max.of(&[f64::NAN, f64::NEG_INFINITY]), Some(f64::NEG_INFINITY));
    assert_eq!(MinMax.of(&[f64::NAN; 40]), None);
    assert_eq!(Min.of(&[] as &[u64]), None);
    assert_eq!(Min.of(&[i8::MAX; 300]), Some(i8::MAX));
    assert_eq!(Max.of(&[u8::MIN; 300]), Some(0));
    let zeros = [0.0, -0.0, 0.0];
    assert_eq!(Min.of(&zeros).map(f64::to_bits), Some((-0.0_f64).to_bits()));
    assert_eq!(Max.of(&zeros).map(f64::to_bits), Some(0));
}
