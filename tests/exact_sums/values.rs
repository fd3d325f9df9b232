//! Results are the real ones, rounded once.

use crate::columns::{FAMILIES, Float, any_column, family, is_exact, power, reference, times};
use crate::data::{KINDS, Kind, Random, Sample, column, seams};
use lanefold::{Aggregate, Backend, ExactMean, Nullable};

suite!(types [f32 f64] laws [
    every_length
    the_seams_of_tiles
    hard_columns
    every_place_of_a_special_value
    jumps_from_every_binade
    digits_at_every_distance
    digits_below_full_lanes
    ties_go_to_even
    the_ends_of_the_range
    zeros_keep_their_sign
    nulls_are_not_there
]);

fn every_length<T: Float>(backend: Backend) {
    let most = 3 * <T as Sample>::STRIPE;
    for (choice, name) in ["normal", "pairs that jump", "any finite bits"].iter().enumerate() {
        let values = family::<T>(name, most, choice as u64);
        for len in 0..=most {
            is_exact(backend, &values[most - len..], name);
        }
    }
    for kind in KINDS {
        for len in 0..40 {
            is_exact(backend, &column::<T>(kind, len, len as u64), "values");
        }
    }
}

fn the_seams_of_tiles<T: Float>(backend: Backend) {
    for len in seams::<T>() {
        for name in ["uniform", "log-normal", "nearly cancelling"] {
            is_exact(backend, &family::<T>(name, len, len as u64), name);
        }
    }
}

fn hard_columns<T: Float>(backend: Backend) {
    for name in FAMILIES {
        for seed in 0..times(40) {
            let random = &mut Random(seed);
            let len = 1 + random.below(if seed % 8 == 7 { 20_000 } else { 300 });
            is_exact(backend, &family::<T>(name, len, seed), name);
        }
    }
}

/// One value of another magnitude must not be lost in any lane.
fn every_place_of_a_special_value<T: Float>(backend: Backend) {
    let len = <T as Sample>::STRIPE * 2 + 3;
    let mut values = family::<T>("normal", len, 5);
    for special in T::specials().into_iter().chain([T::nearest(1e30), T::nearest(1e-30)]) {
        for place in 0..len {
            let ordinary = std::mem::replace(&mut values[place], special);
            let (sum, _) = reference(&values);
            same!(T::sum_on(backend, &values), sum, "{special:?} at {place} on {backend}");
            values[place] = ordinary;
        }
    }
}

/// Two huge values of one lane that cancel: the lane leaves its binade, is wrong, and
/// comes back. All distances within a lane, and all binades, are tried.
fn jumps_from_every_binade<T: Float>(backend: Backend) {
    let len = 40 * <T as Sample>::STRIPE;
    let ordinary = family::<T>("normal", len, 6);
    let random = &mut Random(7);
    for exponent in (0..T::TOP).step_by(if cfg!(debug_assertions) { 7 } else { 1 }) {
        let mut values = ordinary.clone();
        let lanes = [2, 4, 8, 16, 32, 64][random.below(6)];
        let at = random.below(len - lanes);
        let huge = T::nearest((1.0 + random.unit()) * power(exponent));
        (values[at], values[at + lanes]) = (huge, T::nearest(-huge.into()));
        is_exact(backend, &values, "values and a jump");
    }
}

/// A last digit below the window must not be lost.
fn digits_at_every_distance<T: Float>(backend: Backend) {
    let len = <T as Sample>::STRIPE + 7;
    let one = T::nearest(1.0);
    for distance in 0..-T::BOTTOM {
        let mut values = vec![one; len];
        values[len / 2] = T::nearest(power(-distance));
        values[len / 3] = T::nearest(-(len as f64) + 2.0);
        is_exact(backend, &values, "values and a digit");
        // 1.5 and 1 + 2^-52 have digits at both ends.
        values[len / 2] = T::nearest(power(-distance) * (1.0 + power(1 - T::DIGITS)));
        is_exact(backend, &values, "values and two digits");
    }
}

/// A last digit must not be lost in a lane whose other values are as great as can be, though
/// all of them cancel in another lane.
fn digits_below_full_lanes<T: Float>(backend: Backend) {
    let (lanes, len) = (<f64 as Sample>::STRIPE, <T as Sample>::TILE);
    let great = (2.0 - power(1 - T::DIGITS)) * power(10);
    for distance in 0..60 {
        let small = (1.0 + power(1 - T::DIGITS)) * power(10 - distance);
        let values: Vec<T> = (0..len)
            .map(|i| match (i % lanes, i + lanes < len) {
                (0, true) => great,
                (1, true) => -great,
                (0, false) => small,
                _ => 0.0,
            })
            .map(T::nearest)
            .collect();
        is_exact(backend, &values, "values in two lanes that cancel");
    }
}

fn ties_go_to_even<T: Float>(backend: Backend) {
    for seed in 0..times(600) {
        let len = [3, 5, 17, 40, 200, 1100][(seed % 6) as usize];
        let values = family::<T>("ties with far sticky bits", len, seed);
        is_exact(backend, &values, "values at a tie");
    }
    // The mean is half-way between two numbers, but for a third of the last value.
    for exponent in T::BOTTOM..-60 {
        for sign in [1.0, -1.0] {
            let values = [3.0, 3.0 * power(-53), sign * power(exponent)].map(T::nearest);
            is_exact(backend, &values, "values at a tie");
        }
    }
}

fn the_ends_of_the_range<T: Float>(backend: Backend) {
    let greatest = T::nearest(if T::DIGITS == 53 { f64::MAX } else { f32::MAX.into() });
    let least = T::nearest(-greatest.into());
    let half_unit = T::nearest(power(T::TOP - T::DIGITS));
    let less = T::nearest(power(T::TOP - T::DIGITS) * (1.0 - power(1 - T::DIGITS)));
    let tiny = T::nearest(power(T::BOTTOM));
    let minus_tiny = T::nearest(-power(T::BOTTOM));
    for len in [3, 20, 2100] {
        let zeros = |values: &[T]| {
            let mut values = values.to_vec();
            values.resize(len.max(values.len()), T::nearest(0.0));
            is_exact(backend, &values, "values at the ends of the range");
        };
        zeros(&[greatest, greatest, least]);
        zeros(&[greatest, half_unit]);
        zeros(&[greatest, less]);
        zeros(&[greatest, half_unit, minus_tiny]);
        zeros(&[least, half_unit, half_unit]);
        zeros(&[greatest, greatest]);
        zeros(&[tiny, tiny, minus_tiny]);
        zeros(&[minus_tiny]);
        is_exact(backend, &vec![greatest; len], "greatest values");
        is_exact(backend, &vec![minus_tiny; len], "least values");
        is_exact(backend, &vec![tiny; len + 1], "least values");
    }
    let mean = ExactMean.of_on(backend, &[f64::MAX; 5]);
    same!(mean, Some(f64::MAX), "the mean of greatest values");
}

fn zeros_keep_their_sign<T: Float>(backend: Backend) {
    let (plus, minus) = (T::nearest(0.0), T::nearest(-0.0));
    let tile = <T as Sample>::TILE;
    for len in [0, 1, 2, 16, 17, 100, tile, tile + 1, 3 * tile] {
        is_exact(backend, &vec![plus; len], "zeros");
        is_exact(backend, &vec![minus; len], "negative zeros");
        for at in [0, len / 2, len.saturating_sub(1)] {
            let mut values = vec![minus; len];
            for special in [0.0, 1.0, f64::INFINITY] {
                if let Some(value) = values.get_mut(at) {
                    *value = T::nearest(special);
                }
                is_exact(backend, &values, "negative zeros but for one");
            }
        }
        // Cancels to nothing.
        let mut values = family::<T>("any finite bits", len, 8);
        let negated: Vec<T> = values.iter().map(|&x| T::nearest(-x.into())).collect();
        values.extend(negated);
        is_exact(backend, &values, "values that cancel");
    }
}

fn nulls_are_not_there<T: Float>(backend: Backend) {
    for seed in 0..times(200) {
        let random = &mut Random(seed);
        let tile = <T as Sample>::TILE;
        let len = random.below(if seed % 4 == 0 { 3 * tile } else { 100 });
        let (mut values, name) = any_column::<T>(seed as usize, len, seed);
        values.truncate(len);
        let offset = random.below(20);
        let share = random.below(4);
        let bits: Vec<u8> = (0..len / 8 + 4)
            .map(|_| match share {
                0 => 0,
                1 => random.word() as u8,
                2 => random.word() as u8 | random.word() as u8,
                _ => 0xff,
            })
            .collect();
        let is_present = |i: usize| bits[(offset + i) / 8] >> ((offset + i) % 8) & 1 == 1;
        // What lies under a null is never looked at.
        let rubbish: Vec<T> = column(Kind::Special, values.len(), seed);
        let column: Vec<T> =
            (0..values.len()).map(|i| if is_present(i) { values[i] } else { rubbish[i] }).collect();
        let present: Vec<T> =
            values.iter().enumerate().filter(|(i, _)| is_present(*i)).map(|(_, &x)| x).collect();
        let column = Nullable::new(&column, &bits, offset).expect("enough bits");
        let both = reference(&present);
        same!(T::both_on(backend, column), both, "{name} with nulls on {backend}");
    }
}
