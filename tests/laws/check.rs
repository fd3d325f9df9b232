//! How the specification is asked: at every length, from every address, with special
//! values in every lane.
//!
//! Each family of aggregates has its own tests; the ways to choose columns are the same
//! for all, and stand here.

use crate::data::{KINDS, Kind, Random, Same, Sample, column, follows, seams};
use crate::spec::Written;
use lanefold::Backend;

/// All lengths up to three stripes, and around the ends of runs and tiles.
pub(crate) fn every_length<T: Sample, A: Written<T>>(backend: Backend, aggregate: A) {
    let most = 3 * <T as Sample>::STRIPE;
    let long = column::<T>(Kind::Ordinary, most, 1);
    let mixed = column::<T>(Kind::Sprinkled, most, 2);
    for len in 0..=most {
        follows(backend, aggregate, &long[..len]);
        follows(backend, aggregate, &mixed[..len]);
    }
    for len in seams::<T>() {
        follows(backend, aggregate, &column::<T>(Kind::Ordinary, len, len as u64));
    }
    // Where all bits go wrong at once a long column shows only NaN: few values here.
    for kind in KINDS {
        follows(backend, aggregate, &column::<T>(kind, <T as Sample>::TILE + T::RUN + 3, 3));
    }
}

/// Every place of the first value within 64 bytes, by the size of a value.
pub(crate) fn every_alignment<T: Sample, A: Written<T>>(backend: Backend, aggregate: A) {
    let stripe = <T as Sample>::STRIPE;
    let places = 64 / size_of::<T>();
    // From four stripes on, lanes may begin where a register does.
    let short = [stripe / 8 - 1, stripe - 1, stripe, 2 * stripe + stripe / 2 + 3];
    // And a run may have fewer rows than lie before that, or just as many.
    let runs = [T::RUN - 1, T::RUN, T::RUN + 1, T::RUN + places / 2 + 1, T::RUN + places - 1];
    let long =
        [4 * stripe - 1, 4 * stripe, <T as Sample>::TILE, <T as Sample>::TILE + 5 * stripe + 3];
    let values = column::<T>(Kind::Ordinary, <T as Sample>::TILE + 5 * stripe + 3 + places, 4);
    for start in 0..places {
        for len in short.into_iter().chain(long).chain(runs) {
            follows(backend, aggregate, &values[start..start + len]);
        }
    }
    // Of floats -0.0, whose sum any other zero would change.
    let values = vec![T::of_bits(1 << (8 * size_of::<T>() - 1)); <T as Sample>::TILE + places];
    for start in 0..places {
        for len in [4 * stripe, T::RUN + places / 2 + 1, <T as Sample>::TILE] {
            follows(backend, aggregate, &values[start..start + len]);
        }
    }
}

/// Each special value in each lane, of a whole stripe and of a tail.
pub(crate) fn specials_everywhere<T: Sample, A: Written<T>>(backend: Backend, aggregate: A) {
    let stripe = <T as Sample>::STRIPE;
    for len in [stripe + 1, stripe + stripe / 2 + 1] {
        let mut values = column::<T>(Kind::Ordinary, len, 5);
        for special in T::specials() {
            for place in (0..len).rev().take(stripe) {
                let ordinary = std::mem::replace(&mut values[place], special);
                follows(backend, aggregate, &values);
                values[place] = ordinary;
            }
        }
    }
    // Two specials meet in any pair of lanes.
    let random = &mut Random(6);
    for seed in 0..40 {
        let len = random.below(2 * stripe);
        follows(backend, aggregate, &column::<T>(Kind::Special, len, seed));
        follows(backend, aggregate, &column::<T>(Kind::Small, len, seed));
    }
}

/// The way that chooses a backend, and plain code where the column is short.
pub(crate) fn of_agrees<T: Sample, A: Written<T>>(backend: Backend, aggregate: A) {
    for kind in KINDS {
        // 64 rows and 128 bytes are seams, and so are 512 rows and 4 KiB.
        let long = [255, 256, 257, 511, 512, 513, 1023, 1024, 1025, 4095, 4096, 4097];
        for len in (0..=40).chain(63..=66).chain(120..=130).chain(long) {
            let values = column::<T>(kind, len, 7 + len as u64);
            let (of, of_on) = (aggregate.of(&values), aggregate.of_on(backend, &values));
            same!(of, of_on, "{aggregate:?} of {len} {kind:?} values");
            let tried = aggregate.try_of(&values).expect("one column has one length");
            assert!(tried.same(&of), "{aggregate:?}");
        }
    }
}
