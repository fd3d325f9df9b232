//! Equal sets have equal partials.

use crate::data::Random;
use crate::reference::{assert_counts, most, unhash};
use lanefold::{Accumulator, Aggregate, Backend, DistinctSketch};
use std::collections::BTreeSet;

type Partial = <DistinctSketch as Aggregate<u64>>::Partial;

fn sketch(precision: u8) -> DistinctSketch {
    DistinctSketch::new(precision).expect("a precision that there is")
}

fn identity(precision: u8) -> Partial {
    Aggregate::<u64>::identity(&sketch(precision))
}

fn merge(precision: u8, into: &mut Partial, other: &Partial) {
    Aggregate::<u64>::merge(&sketch(precision), into, other);
}

fn partial(backend: Backend, precision: u8, values: &[u64]) -> Partial {
    let mut stream = Accumulator::on(backend, sketch(precision));
    stream.update(values).expect("one column");
    stream.partial()
}

fn shuffle<X>(values: &mut [X], random: &mut Random) {
    for i in (1..values.len()).rev() {
        values.swap(i, random.below(i + 1));
    }
}

/// Sets of values: their hashes are random, crowd one register and home, the first or the
/// last, end with zeros, or are all of that.
fn sets(precision: u8, seed: u64) -> Vec<Vec<u64>> {
    let random = &mut Random(seed);
    let most = most(precision);
    let lengths =
        [1, 2, 15, 16, 17, 31, 33, most - 1, most, most + 1, most + 2, 3 * most, 9 * most];
    let mut sets = Vec::new();
    let longest = if cfg!(debug_assertions) { 2_000 } else { 20_000 };
    for (i, len) in lengths.into_iter().filter(|&len| len < longest).enumerate() {
        let mut hashes: Vec<u64> = Vec::new();
        while hashes.len() < len {
            let word = random.word();
            hashes.push(match (i + hashes.len() * usize::from(i % 5 == 4)) % 5 {
                0 => word,
                1 => word >> 40,
                2 => u64::MAX - (word >> 40),
                3 => word & (u64::MAX << (64 - precision)),
                _ => word & (u64::MAX << random.below(64)),
            });
        }
        if i % 2 == 0 {
            hashes.extend([u64::MAX, 0, u64::MAX - 1, u64::MAX << (64 - precision)]);
        }
        sets.push(hashes.into_iter().map(unhash).collect());
    }
    sets
}

fn precisions() -> impl Iterator<Item = u8> {
    (4..=18).filter(|p| !cfg!(debug_assertions) || [4, 7, 14, 18].contains(p))
}

fn assert_of_set(partial: &Partial, precision: u8, values: &[u64], context: &str) {
    let keys: BTreeSet<u64> = values.iter().copied().collect();
    let got = Aggregate::<u64>::finish(&sketch(precision), partial);
    assert_counts(got, precision, &keys, context);
}

#[test]
fn order_and_repetition_change_nothing() {
    let random = &mut Random(1);
    for precision in precisions() {
        for values in sets(precision, u64::from(precision)) {
            let want = partial(Backend::SCALAR, precision, &values);
            assert_of_set(&want, precision, &values, "in order");
            for backend in Backend::available() {
                let mut again = values.clone();
                again.extend_from_slice(&values[values.len() / 2..]);
                shuffle(&mut again, random);
                let got = partial(backend, precision, &again);
                assert!(got == want, "{backend}, precision {precision}, {} values", values.len());
            }
        }
    }
}

#[test]
fn cuts_and_merges_change_nothing() {
    let random = &mut Random(2);
    for precision in precisions() {
        for values in sets(precision, 100 + u64::from(precision)) {
            let want = partial(Backend::SCALAR, precision, &values);
            for backend in Backend::available() {
                let mut stream: Accumulator<_, u64> = Accumulator::on(backend, sketch(precision));
                let mut partials = vec![identity(precision)];
                let mut rest = &values[..];
                while !rest.is_empty() {
                    let longest = [3, 200, 3000][random.below(3)];
                    let (piece, after) = rest.split_at(random.below(longest).min(rest.len()));
                    match piece.len() {
                        ..30 => piece.iter().for_each(|&x| stream.push(x)),
                        _ => stream.update(piece).expect("one column"),
                    }
                    // A few rows are in two pieces.
                    let more = random.below(values.len());
                    let mut piece = piece.to_vec();
                    piece.extend(values[more..].iter().take(10));
                    partials.push(partial(backend, precision, &piece));
                    rest = after;
                }
                assert!(stream.partial() == want, "{backend}, precision {precision}, cut");
                while partials.len() > 1 {
                    let other = partials.swap_remove(random.below(partials.len()));
                    let at = random.below(partials.len());
                    merge(precision, &mut partials[at], &other);
                }
                assert!(partials[0] == want, "{backend}, precision {precision}, merged");
            }
        }
    }
}

#[test]
fn merging_with_nothing_changes_nothing() {
    for precision in precisions() {
        for values in sets(precision, 200) {
            let want = partial(Backend::best(), precision, &values);
            let mut one = want.clone();
            merge(precision, &mut one, &identity(precision));
            assert!(one == want);
            let mut one = identity(precision);
            merge(precision, &mut one, &want);
            assert!(one == want);
            merge(precision, &mut one, &want.clone());
            assert!(one == want, "itself");
        }
    }
}

#[test]
fn another_set_is_another_partial() {
    for precision in precisions() {
        let values: Vec<u64> = (0..16).collect();
        let one = partial(Backend::best(), precision, &values);
        assert!(one != partial(Backend::best(), precision, &values[1..]));
        assert!(one != identity(precision));
    }
}

/// The finer partial is folded, and is what it would have been with the lower precision.
#[test]
fn unequal_precisions_merge_to_the_lower() {
    for (fine, coarse) in [(18, 4), (18, 17), (14, 12), (9, 4), (5, 4), (4, 18), (12, 14)] {
        let lower = u8::min(fine, coarse);
        let sets = sets(fine, 300).into_iter().zip(self::sets(coarse, 301).into_iter().rev());
        for (a, b) in sets {
            let mut both = a.clone();
            both.extend_from_slice(&b);
            let want = partial(Backend::best(), lower, &both);
            let (a, b) = (partial(Backend::best(), fine, &a), partial(Backend::best(), coarse, &b));
            for (mut into, other) in [(a.clone(), &b), (b.clone(), &a)] {
                merge(fine, &mut into, other);
                assert!(into == want, "{fine} and {coarse}");
                assert_of_set(&into, lower, &both, "folded");
            }
            let mut into = a.clone();
            merge(fine, &mut into, &identity(coarse));
            let mut into_identity = identity(coarse);
            merge(fine, &mut into_identity, &a);
            assert!(into == into_identity, "{fine} and nothing of {coarse}");
        }
    }
}

/// More rows after a merge with another precision.
#[test]
fn rows_may_follow_a_fold() {
    let values: Vec<u64> = (0..30_000).collect();
    let mut stream: Accumulator<_, u64> = Accumulator::new(sketch(14));
    stream.update(&values[..20_000]).expect("one column");
    stream.merge_partial(&partial(Backend::best(), 10, &values[10_000..20_000]));
    stream.update(&values[20_000..]).expect("one column");
    assert!(stream.partial() == partial(Backend::SCALAR, 10, &values));
}
