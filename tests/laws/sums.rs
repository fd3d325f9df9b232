//! Laws of counts, sums and means.
//!
//! On every backend a float sum has the bits of the specification, at every length and
//! alignment; an integer sum is the sum, and its mean is rounded once. Columns of one
//! extreme value are where lane sums that are too narrow would overflow.

use crate::check::{every_alignment, every_length, of_agrees, specials_everywhere};
use crate::data::{Kind, Random, Sample, column, follows, seams};
use lanefold::{Aggregate, Backend, Count, Mean, Nullable, Sum};

fn follow_the_spec_at_every_length<T: Sample>(backend: Backend) {
    each_aggregate!(a in [Count, Sum, Mean] => { every_length::<T, _>(backend, a) });
}

fn follow_the_spec_at_every_alignment<T: Sample>(backend: Backend) {
    each_aggregate!(a in [Sum, Mean] => { every_alignment::<T, _>(backend, a) });
}

fn follow_the_spec_with_specials_in_every_lane<T: Sample>(backend: Backend) {
    each_aggregate!(a in [Sum, Mean] => { specials_everywhere::<T, _>(backend, a) });
}

/// Each special value in the first rows of a column that is long enough for lanes to begin where a
/// register does, and in those of its second run.
fn follow_the_spec_with_specials_at_heads<T: Sample>(backend: Backend) {
    let places = 64 / size_of::<T>();
    for start in [0, places / 8, places / 2] {
        let mut values = column::<T>(Kind::Ordinary, start + T::RUN + places + 1, 5);
        for special in T::specials() {
            for place in (start..start + places).chain(start + T::RUN..start + T::RUN + places) {
                let ordinary = std::mem::replace(&mut values[place], special);
                each_aggregate!(a in [Sum, Mean] => { follows(backend, a, &values[start..]) });
                values[place] = ordinary;
            }
        }
    }
}

fn short_columns_agree_with_long_ones<T: Sample>(backend: Backend) {
    each_aggregate!(a in [Count, Sum, Mean] => { of_agrees::<T, _>(backend, a) });
}

fn no_lane_overflows<T: Sample>(backend: Backend) {
    let specials = T::specials();
    let (least, greatest) = (specials[0], specials[1]);
    for len in seams::<T>() {
        let alternating: Vec<T> =
            (0..len).map(|i| if i % 2 == 0 { least } else { greatest }).collect();
        for values in [vec![least; len], vec![greatest; len], alternating] {
            each_aggregate!(a in [Sum, Mean] => { follows(backend, a, &values) });
        }
    }
}

/// One value to a tile, so that it is the sums of tiles that meet. Great ones swallow the
/// others, and cancel: what is left is what each addition had rounded away.
fn what_tiles_round_away_is_kept<T: Sample>(backend: Backend) {
    let tile = <T as Sample>::TILE;
    let (most, least) = (T::specials()[14], T::specials()[15]);
    let random = &mut Random(11);
    for tiles in 2..7 {
        for _ in 0..8 {
            let mut values = vec![T::default(); tiles * tile];
            for tile in values.chunks_mut(tile) {
                let ends = [most, least, T::specials()[16]];
                let place = random.below(40);
                tile[place] =
                    if random.below(2) == 0 { ends[random.below(3)] } else { T::ordinary(random) };
            }
            each_aggregate!(a in [Sum, Mean] => { follows(backend, a, &values) });
        }
        let mut values = vec![T::default(); tiles * tile];
        values[0] = most;
        values[1 + tile] = T::ordinary(random);
        values[(tiles - 1) * tile + 3] = least;
        each_aggregate!(a in [Sum, Mean] => { follows(backend, a, &values) });
    }
}

suite! {
    all [
        follow_the_spec_at_every_length
        follow_the_spec_at_every_alignment
        follow_the_spec_with_specials_in_every_lane
        short_columns_agree_with_long_ones
    ]
    floats [what_tiles_round_away_is_kept follow_the_spec_with_specials_at_heads]
    integers [no_lane_overflows]
}

/// Every tile sum is finite, and so is every sum of them; only a step of `TwoSum` that
/// takes the operands in the wrong order is not.
#[test]
fn the_greatest_number_can_be_added() {
    let ulp = f64::MAX - f64::MAX.next_down();
    for (first, second) in [(-1.5 * ulp, f64::MAX), (f64::MAX, -1.5 * ulp)] {
        let mut values = vec![0.0; 1024];
        values[0] = first;
        values.push(second);
        let sum = Sum.of(&values);
        assert!((sum - f64::MAX).abs() <= 2.0 * ulp, "{first:e} + {second:e} gave {sum:e}");
    }
    // What later tiles round away is still kept: the exact sum is 80.7 ulps below.
    let tile = 1024;
    let mut values = vec![0.0; 200 * tile];
    values[0] = -1.5 * ulp;
    values[tile] = f64::MAX;
    (2..200).for_each(|i| values[i * tile] = -0.4 * ulp);
    let below = (f64::MAX - Sum.of(&values)) / ulp;
    assert!((80.0..=82.0).contains(&below), "{below} ulps below the greatest number");
}

#[test]
fn empty_and_negative_zero() {
    assert_eq!(Sum.of(&[] as &[f64]).to_bits(), 0.0_f64.to_bits());
    assert_eq!(Sum.of(&[] as &[f32]).to_bits(), 0.0_f32.to_bits());
    assert_eq!(Sum.of(&[] as &[i8]), 0);
    for len in [1, 2, 16, 17, 100, 5000] {
        assert_eq!(Sum.of(&vec![-0.0_f64; len]).to_bits(), (-0.0_f64).to_bits(), "{len}");
        assert_eq!(Sum.of(&vec![-0.0_f32; len]).to_bits(), (-0.0_f32).to_bits(), "{len}");
    }
    // A null is no zero: it takes no sign away.
    for len in 1..=9 {
        let mut values = vec![f64::NAN; len];
        values[len / 2] = -0.0;
        let bits = (1_u16 << (len / 2)).to_le_bytes();
        let column = Nullable::new(&values, &bits, 0).expect("enough bits");
        assert_eq!(Sum.of(column).to_bits(), (-0.0_f64).to_bits(), "{len}");
        let none = Nullable::new(&values, &[0, 0], 0).expect("enough bits");
        assert_eq!(Sum.of(none).to_bits(), 0.0_f64.to_bits(), "{len}");
    }
    assert_eq!(Mean.of(&[] as &[u8]), None);
    assert_eq!(Mean.of(&[-0.0_f64]).map(f64::to_bits), Some((-0.0_f64).to_bits()));
}
