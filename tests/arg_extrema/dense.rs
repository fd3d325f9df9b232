//! Laws of columns without nulls.

use crate::data::{KINDS, Kind, Random, Sample, column, seams};
use crate::written::{follows, written};
use lanefold::{
    Aggregate, ArgMax, ArgMin, ArgMinMax, Backend, LastTie, Max, Min, MinMax, PropagateNan, Sum,
    TotalOrder,
};

/// All lengths up to three stripes, and around the seams of runs and tiles; few values, so
/// that there are ties, and many.
fn follow_the_reference_at_every_length<T: Sample>(backend: Backend) {
    let most = 3 * <T as Sample>::STRIPE;
    let mixed = column::<T>(Kind::Sprinkled, most, 1);
    let small = column::<T>(Kind::Small, most, 2);
    each!(a in [ArgMin, LastTie(ArgMax), ArgMinMax, LastTie(ArgMinMax)] => {
        for len in 0..=most {
            follows(backend, a, &mixed[..len]);
            follows(backend, a, &small[..len]);
        }
        for len in seams::<T>() {
            for kind in [Kind::Ordinary, Kind::Small] {
                follows(backend, a, &column::<T>(kind, len, len as u64));
            }
        }
    });
}

/// The first row of a column that is not on the grid of registers.
fn follow_the_reference_at_every_alignment<T: Sample>(backend: Backend) {
    let stripe = <T as Sample>::STRIPE;
    let values = column::<T>(Kind::Ordinary, 2 * stripe + 70, 3);
    for start in 0..64 / size_of::<T>() {
        for len in [stripe / 8 - 1, stripe - 1, 2 * stripe + 3] {
            each!(a in [ArgMin, LastTie(ArgMax), ArgMinMax] => {
                follows(backend, a, &values[start..start + len]);
            });
        }
    }
}

/// From any address, places in a column that is long enough for stripes to begin where a register does:
/// in each row, or, of a tile, in the first ones, which are seen twice, and in the last.
fn no_place_is_left_out<T: Sample>(backend: Backend) {
    let (stripe, tile) = (<T as Sample>::STRIPE, <T as Sample>::TILE);
    let places = 64 / size_of::<T>();
    let (low, middle) = (T::of_bits(0), T::of_bits(1));
    for len in [4 * stripe, 4 * stripe + 1, 5 * stripe - 1, tile - 1, tile] {
        let mut values = vec![middle; places + len];
        for start in [0, 1, places / 4, places / 2 + 1, places - 1] {
            let few = if len < tile - 1 { 0..len } else { 0..stripe + places };
            let step = if len < tile - 1 { 1 } else { places / 8 + 1 };
            for row in few.step_by(step).chain([stripe - 1, stripe]).chain(len - stripe - 1..len) {
                values[start + row] = low;
                let column = &values[start..start + len];
                same!(ArgMin.of_on(backend, column), Some((row, low)), "of {len} from {start}");
                let other = (row + stripe / 2) % len;
                values[start + other] = low;
                let column = &values[start..start + len];
                let (first, last) = (row.min(other), row.max(other));
                same!(ArgMin.of_on(backend, column), Some((first, low)), "of {len} from {start}");
                same!(LastTie(ArgMin).of_on(backend, column), Some((last, low)), "of {len}");
                let both = LastTie(ArgMinMax).of_on(backend, column).map(|(least, _)| least);
                same!(both, Some((last, low)), "of {len} from {start}");
                (values[start + row], values[start + other]) = (middle, middle);
            }
        }
    }
}

/// One extreme, in each row of a column; then a second one behind it.
fn the_extreme_in_every_row<T: Sample>(backend: Backend) {
    let (stripe, tile) = (<T as Sample>::STRIPE, <T as Sample>::TILE);
    let (low, middle, high) = (T::of_bits(0), T::of_bits(1), T::of_bits(2));
    for len in [stripe / 4 + 1, stripe - 3, 2 * stripe - 3, 2 * stripe + stripe / 2 + 3] {
        let mut values = vec![middle; len];
        for row in 0..len {
            values[row] = low;
            same!(ArgMin.of_on(backend, &values), Some((row, low)), "of {len}");
            same!(LastTie(ArgMin).of_on(backend, &values), Some((row, low)), "of {len}");
            let other = (row + len / 3) % len;
            values[other] = low;
            let (first, last) = (row.min(other), row.max(other));
            same!(ArgMin.of_on(backend, &values), Some((first, low)), "of {len}");
            same!(LastTie(ArgMin).of_on(backend, &values), Some((last, low)), "of {len}");
            values[other] = middle;
            values[row] = high;
            same!(ArgMax.of_on(backend, &values), Some((row, high)), "of {len}");
            values[row] = middle;
        }
    }
    let mut values = vec![middle; 3 * tile + 9];
    for row in [0, stripe, tile - 1, tile, tile + 1, 2 * tile - 1, 2 * tile, 3 * tile, 3 * tile + 8]
    {
        values[row] = low;
        same!(ArgMin.of_on(backend, &values), Some((row, low)), "among tiles");
        // Its equals in all later tiles change nothing, but for the last one.
        values[3 * tile + 7] = low;
        values[2 * tile + 7] = low;
        let first = row.min(2 * tile + 7);
        same!(ArgMin.of_on(backend, &values), Some((first, low)), "among tiles");
        let last = row.max(3 * tile + 7);
        same!(LastTie(ArgMin).of_on(backend, &values), Some((last, low)), "among tiles");
        values[3 * tile + 7] = middle;
        values[2 * tile + 7] = middle;
        values[row] = middle;
    }
}

/// `of` has plain code for short columns.
fn short_columns_agree_with_long_ones<T: Sample>(backend: Backend) {
    for kind in KINDS {
        for len in (0..=40).chain([511, 512, 513]) {
            let values = column::<T>(kind, len, 7 + len as u64);
            each!(a in [ArgMin, LastTie(ArgMin), LastTie(ArgMax), ArgMinMax] => {
                same!(a.of(&values), a.of_on(backend, &values), "{a:?} of {len} {kind:?}");
            });
            let row = ArgMin.of_on(backend, &values).map(|(row, _)| row);
            assert_eq!(lanefold::arg_min(&values), row);
            let row = ArgMax.of_on(backend, &values).map(|(row, _)| row);
            assert_eq!(lanefold::arg_max(&values), row);
        }
    }
}

/// All columns of up to 8 rows that are made of three values.
fn every_column_of_few<T: Sample>(values: [T; 3]) {
    for len in 0..=8 {
        for code in 0..3_usize.pow(len) {
            let column: Vec<T> = (0..len).map(|row| values[code / 3_usize.pow(row) % 3]).collect();
            let rows: Vec<_> = column.iter().copied().map(Some).collect();
            each!(a in [ArgMinMax, LastTie(ArgMinMax), PropagateNan(ArgMin), LastTie(PropagateNan(ArgMax)),
                TotalOrder(ArgMax), LastTie(TotalOrder(ArgMin))] => {
                same!(a.of(&column), written(a, &rows), "{a:?} of {column:?}");
            });
        }
    }
}

#[test]
fn every_column_of_few_integers() {
    every_column_of_few([i64::MIN, 0, 7]);
    every_column_of_few([u32::MAX, 0, 7]);
}

#[test]
fn every_column_of_few_floats() {
    every_column_of_few([f64::NAN, -0.0, 0.0]);
    every_column_of_few([f32::INFINITY, f32::NAN, -1.0]);
}

/// Sorted columns have a new extreme in every tile, or in none.
fn sorted_columns<T: Sample>(backend: Backend) {
    let mut values = column::<T>(Kind::Sprinkled, 3 * <T as Sample>::TILE + 5, 8);
    values.sort_by(T::order);
    each!(a in [ArgMin, LastTie(ArgMax), ArgMinMax] => { follows(backend, a, &values) });
    values.reverse();
    each!(a in [ArgMin, LastTie(ArgMax), ArgMinMax] => { follows(backend, a, &values) });
}

/// The identity of the lanes is a value as any other.
fn constant_columns<T: Sample>(backend: Backend) {
    for value in T::specials() {
        for len in [1, 17, 40, 600, <T as Sample>::TILE + 1] {
            let values = vec![value; len];
            each!(a in [ArgMin, LastTie(ArgMax), ArgMinMax] => { follows(backend, a, &values) });
        }
    }
}

fn policies_change_nothing_for_integers<T: Sample>(backend: Backend) {
    for kind in [Kind::Small, Kind::Bits] {
        let values = column::<T>(kind, <T as Sample>::TILE + 70, 9);
        each!(a in [PropagateNan(MinMax), TotalOrder(ArgMin), LastTie(PropagateNan(ArgMax))] => {
            follows(backend, a, &values);
        });
    }
}

fn every_policy_at_many_lengths<T: Sample>(backend: Backend) {
    let most = 3 * <T as Sample>::STRIPE;
    let random = &mut Random(10);
    let mut lengths: Vec<usize> = (0..40).chain([most - 1, most, 511, 512, 513]).collect();
    lengths.extend((0..40).map(|_| random.below(most)));
    for len in lengths {
        for kind in KINDS {
            let values = column::<T>(kind, len, random.word());
            each_policy!(a => {
                follows(backend, a, &values);
                let rows: Vec<_> = values.iter().copied().map(Some).collect();
                same!(a.of(&values), written(a, &rows), "{a:?} of {values:?}");
            });
        }
    }
}

fn every_policy_at_the_seams<T: Sample>(backend: Backend) {
    for len in seams::<T>() {
        for kind in KINDS {
            let values = column::<T>(kind, len, 11 + len as u64);
            each_policy!(a => { follows(backend, a, &values) });
        }
    }
}

/// Each special value before each other, in a stripe and across the seam of tiles.
fn any_two_values_meet<T: Sample>(backend: Backend) {
    let (stripe, tile) = (<T as Sample>::STRIPE, <T as Sample>::TILE);
    for background in T::specials() {
        for value in T::specials() {
            let mut short = vec![background; stripe + 3];
            for row in [0, stripe / 2, stripe + 2] {
                short[row] = value;
                each_policy!(a => { follows(backend, a, &short) });
                short[row] = background;
            }
        }
    }
    let specials = T::specials();
    // NaN of both signs, an infinity, both zeros, an ordinary number.
    let some = [0, 1, 6, 8, 9, 17].map(|i| specials[i % specials.len()]);
    for background in some {
        let mut long = vec![background; tile + 3];
        for value in some {
            for row in [tile - 1, tile] {
                long[row] = value;
                each_policy!(a => { follows(backend, a, &long) });
                long[row] = background;
            }
        }
    }
}

/// A NaN of any kind, in each row.
fn the_nan_in_every_row<T: Sample>(backend: Backend) {
    let nans: Vec<T> = T::specials().into_iter().filter(|x| x.is_nan()).collect();
    for len in [5, 40, 2 * <T as Sample>::STRIPE + 3] {
        let mut values = column::<T>(Kind::Ordinary, len, 12);
        for row in 0..len {
            let nan = nans[row % nans.len()];
            let other = (row + len / 2) % len;
            let ordinary = (values[row], values[other]);
            values[row] = nan;
            let want = Some((row, nans[0]));
            same!(PropagateNan(ArgMin).of_on(backend, &values), want, "{nan:?}");
            same!(PropagateNan(ArgMax).of_on(backend, &values), want, "{nan:?}");
            values[other] = nans[0];
            let want = Some((row.max(other), nans[0]));
            same!(LastTie(PropagateNan(ArgMin)).of_on(backend, &values), want, "{nan:?}");
            same!(PropagateNan(MinMax).of_on(backend, &values), Some((nans[0], nans[0])), "NaN");
            (values[row], values[other]) = ordinary;
        }
    }
}

suite! {
    all [
        follow_the_reference_at_every_length
        follow_the_reference_at_every_alignment
        no_place_is_left_out
        the_extreme_in_every_row
        short_columns_agree_with_long_ones
        sorted_columns
        constant_columns
    ]
    floats [
        every_policy_at_many_lengths
        every_policy_at_the_seams
        any_two_values_meet
        the_nan_in_every_row
    ]
    integers []
}

mod integers {
    use super::*;
    suite! { types [i8 u32] laws [policies_change_nothing_for_integers] }
}

/// Rows beyond what lanes of 8 or 16 bits can count.
#[test]
fn many_rows_of_bytes() {
    let rows = 3 * (1 << 16) + 11;
    for backend in Backend::available() {
        for row in [0, 255, 256, 65_535, 65_536, 65_537, 131_072, rows - 1] {
            let mut bytes = vec![7_u8; rows];
            bytes[row] = 3;
            assert_eq!(ArgMin.of_on(backend, &bytes), Some((row, 3)), "{backend}");
            let last = if row == rows - 1 { rows - 2 } else { rows - 1 };
            assert_eq!(
                ArgMinMax.of_on(backend, &bytes),
                Some(((row, 3), (usize::from(row == 0), 7)))
            );
            assert_eq!(LastTie(ArgMax).of_on(backend, &bytes), Some((last, 7)), "{backend}");
            let mut bytes = vec![-7_i8; rows];
            bytes[row] = 3;
            assert_eq!(ArgMax.of_on(backend, &bytes), Some((row, 3)), "{backend}");
            let mut words = vec![-7_i16; rows];
            words[row] = i16::MAX;
            assert_eq!(ArgMax.of_on(backend, &words), Some((row, i16::MAX)), "{backend}");
        }
    }
}

/// Members of a tuple share what they ask of a tile.
#[test]
fn in_tuples() {
    for backend in Backend::available() {
        for (len, kind) in [0, 1, 40, 600, 2100].into_iter().zip(KINDS) {
            let values = column::<f64>(kind, len, 13);
            let all = (Sum, Min, ArgMin, LastTie(ArgMax), PropagateNan(ArgMin), TotalOrder(Max));
            let got = all.of_on(backend, &values);
            let want = (
                all.0.of_on(backend, &values),
                all.1.of_on(backend, &values),
                all.2.of_on(backend, &values),
                all.3.of_on(backend, &values),
                all.4.of_on(backend, &values),
                all.5.of_on(backend, &values),
            );
            same!(got, want, "{backend} of {len} {kind:?}");
            let bytes = column::<u8>(Kind::Ordinary, 20 * len, 14);
            let got = (Sum, ArgMin, ArgMinMax).of_on(backend, &bytes);
            let want = (
                Sum.of_on(backend, &bytes),
                ArgMin.of_on(backend, &bytes),
                ArgMinMax.of_on(backend, &bytes),
            );
            same!(got, want, "{backend} of {len} bytes");
        }
    }
}

#[test]
fn by_hand() {
    let nan = -f64::NAN;
    let xs = [0.0, nan, -0.0, 0.0, -0.0];
    assert_eq!(ArgMin.of(&xs), Some((2, -0.0)));
    assert_eq!(LastTie(ArgMin).of(&xs), Some((4, -0.0)));
    assert_eq!(ArgMax.of(&xs), Some((0, 0.0)));
    assert_eq!(LastTie(ArgMax).of(&xs), Some((3, 0.0)));
    assert_eq!(PropagateNan(ArgMin).of(&xs).map(|(row, _)| row), Some(1));
    assert_eq!(TotalOrder(ArgMin).of(&xs).map(|(row, _)| row), Some(1));
    assert_eq!(TotalOrder(ArgMax).of(&xs), Some((0, 0.0)));
    assert_eq!(TotalOrder(Min).of(&xs).map(f64::to_bits), Some(f64::NAN.to_bits()));
    assert_eq!(ArgMin.of(&[f64::NAN; 40]), None);
    assert_eq!(ArgMin.of(&[f64::NAN, f64::INFINITY]), Some((1, f64::INFINITY)));
    assert_eq!(ArgMinMax.of(&[] as &[u64]), None);
    assert_eq!(lanefold::arg_min(&[3, 1, 1]), Some(1));
    assert_eq!(lanefold::arg_max::<f32>(&[]), None);
}
