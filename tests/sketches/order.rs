//! Law: neither order, cuts, merges nor backends change a bit of either sketch.

use crate::data::{KINDS, Random, sprinkled};
use lanefold::{Accumulator, Aggregate, Backend, ExponentialHistogram, QuantileSketch};
use proptest::prelude::*;

type Both = (QuantileSketch, ExponentialHistogram);

fn both() -> Both {
    let sketch = QuantileSketch::new(0.01).and_then(|it| it.with_buckets(300));
    (sketch.expect("in range"), ExponentialHistogram::new())
}

/// In pieces of random lengths, pushed or by the slice, in some streams that are merged.
fn in_pieces(
    backend: Backend,
    values: &[f64],
    random: &mut Random,
) -> <Both as Aggregate<f64>>::Output {
    let mut streams = vec![Accumulator::<_, f64>::on(backend, both()); 1 + random.below(4)];
    let mut rest = values;
    while !rest.is_empty() {
        let longest = [3, 100, 1_500, 5_000][random.below(4)];
        let (piece, after) = rest.split_at(random.below(longest).min(rest.len()));
        let at = random.below(streams.len());
        if piece.len() < 30 {
            for &x in piece {
                streams[at].push(x);
            }
        } else {
            streams[at].update(piece).expect("one column");
        }
        rest = after;
    }
    while streams.len() > 1 {
        let other = streams.swap_remove(random.below(streams.len()));
        let at = random.below(streams.len());
        streams[at].merge(&other);
    }
    streams[0].finish()
}

fn is_free_of_order(mut values: Vec<f64>, random: &mut Random, context: &str) {
    let want = both().of_on(Backend::SCALAR, &values);
    let sums = (want.0.sum().to_bits(), want.1.sum().to_bits());
    for backend in Backend::available() {
        assert_eq!(both().of_on(backend, &values), want, "{context} on {backend}");
        random.shuffle(&mut values);
        let got = in_pieces(backend, &values, random);
        assert_eq!(got, want, "{context} shuffled on {backend}");
        assert_eq!((got.0.sum().to_bits(), got.1.sum().to_bits()), sums, "{context}: {backend}");
    }
}

#[test]
fn of_distributions() {
    let random = &mut Random(12);
    for kind in KINDS {
        for len in [0, 1, 7, 31, 33, 255, 1_023, 1_024, 1_025, 3_100] {
            is_free_of_order(sprinkled(kind, len, len as u64), random, kind);
        }
    }
}

#[test]
fn every_length_and_alignment() {
    let values = sprinkled("signed lognormal", 120, 13);
    for backend in Backend::available() {
        for len in 0..=100 {
            for start in [0, 1, 2, 3, 5, 7] {
                let part = &values[start..start + len];
                let copy: Box<[f64]> = part.into();
                let want = both().of_on(Backend::SCALAR, &copy[..]);
                assert_eq!(both().of_on(backend, part), want, "{len} from {start} on {backend}");
            }
        }
    }
}

#[test]
fn merging_with_nothing() {
    let (sketch, histogram) = both();
    for kind in KINDS {
        let values = sprinkled(kind, 500, 14);
        let nothing: [f64; 0] = [];
        let (mut one, mut two) = (sketch.of(&values), histogram.of(&values));
        one.try_merge(&sketch.of(&nothing)).expect("equal settings");
        two.try_merge(&histogram.of(&nothing)).expect("equal settings");
        assert_eq!((one, two), both().of(&values));
        let (mut one, mut two) = both().of(&nothing);
        one.try_merge(&sketch.of(&values)).expect("equal settings");
        two.try_merge(&histogram.of(&values)).expect("equal settings");
        assert_eq!((one, two), both().of(&values));
    }
}

/// A sketch of few values has no counters yet; whether it does cannot be seen.
#[test]
fn few_values_and_many() {
    for buckets in [16, 300, 1 << 21] {
        let sketch = QuantileSketch::new(0.01).and_then(|it| it.with_buckets(buckets));
        let sketch = sketch.expect("in range");
        for kind in KINDS {
            let values = sprinkled(kind, 70, 16);
            for len in [1, 9, 32, 33, 70] {
                let values = &values[..len];
                let want = sketch.of(values);
                for cut in [0, 8, 32, 33].map(|cut: usize| cut.min(len)) {
                    let context = format!("{kind}: {cut} of {len}, {buckets} buckets");
                    let (one, other) = values.split_at(cut);
                    for (one, other) in [(one, other), (other, one)] {
                        let (mut into, other) = (sketch.of(one), sketch.of(other));
                        into.try_merge(&other).expect("equal settings");
                        assert_eq!(into, want, "{context}");
                        assert!(into.buckets().eq(want.buckets()), "{context}");
                        for q in [0.0, 0.1, 0.5, 0.99] {
                            assert_eq!(into.quantile(q), want.quantile(q), "{q}, {context}");
                        }
                        for &x in values.iter().step_by(5) {
                            assert_eq!(into.rank(x), want.rank(x), "{x}, {context}");
                        }
                        // What is reset has counters from the first value on.
                        Aggregate::<f64>::reset(&sketch, &mut into);
                        into.try_merge(&other).expect("equal settings");
                        assert_eq!(into, other, "{context}");
                    }
                }
            }
        }
    }
}

/// A value more, or another, is another state.
#[test]
fn states_differ_where_values_do() {
    let values = sprinkled("lognormal", 200, 15);
    let want = both().of(&values);
    for x in [1.0, -1.0, 0.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let mut more = values.clone();
        more.push(x);
        let got = both().of(&more);
        assert!(got.0 != want.0 && got.1 != want.1, "{x}");
    }
}

/// Unequal settings do not merge; where there is no way to say so, buckets are given up, in
/// whatever order.
#[test]
fn unequal_settings() {
    let fine = QuantileSketch::new(0.01).expect("in range");
    let coarse = QuantileSketch::new(0.02).expect("in range");
    let small = fine.with_buckets(64).expect("in range");
    let (a, b, c) = (fine.of(&[1.0, 2.0]), coarse.of(&[3.0]), small.of(&[-4.0, 0.0]));
    let mut merged = a.clone();
    let error = merged.try_merge(&b).expect_err("unequal alpha");
    assert_eq!((error.setting, error.left, error.right), ("alpha", 0.01, 0.02));
    assert_eq!(error.to_string(), "sketches of unequal alpha, 0.01 and 0.02, do not merge");
    assert_eq!(merged.try_merge(&c).expect_err("unequal room").setting, "buckets");
    assert_eq!(merged, a, "nothing changes");

    let merge = |into: &mut _, other: &_| Aggregate::<f64>::merge(&fine, into, other);
    let orders = [[&a, &b, &c], [&b, &c, &a], [&c, &a, &b], [&c, &b, &a]];
    let mixed = orders.map(|[first, second, third]| {
        let mut mixed = first.clone();
        merge(&mut mixed, second);
        merge(&mut mixed, third);
        mixed
    });
    let mut late = b.clone();
    merge(&mut late, &c);
    let mut last = a.clone();
    merge(&mut last, &late);
    for mixed in mixed.iter().chain([&last]) {
        assert!(mixed.is_mixed() && *mixed == last);
        assert_eq!((mixed.count(), mixed.sum(), mixed.zero_count()), (5, 2.0, 1));
        assert_eq!((mixed.min(), mixed.max()), (Some(-4.0), Some(3.0)));
        assert_eq!((mixed.quantile(0.5), mixed.rank(1.0), mixed.cdf(1.0)), (None, None, None));
        assert_eq!((mixed.buckets().count(), mixed.guaranteed_from()), (0, f64::INFINITY));
    }
    assert!(last.try_merge(&mixed[0]).is_err());
    // More rows go where they can.
    let mut stream = fine.accumulator();
    stream.merge_partial(&b);
    stream.update(&[7.0, 8.0]).expect("one column");
    let result = stream.finish();
    assert_eq!((result.count(), result.sum(), result.is_mixed()), (3, 18.0, true));

    let wide = ExponentialHistogram::new();
    let others = [
        (wide.with_max_buckets(20), "max_buckets"),
        (wide.with_max_scale(3), "max_scale"),
        (wide.with_zero_threshold(0.5), "zero_threshold"),
    ];
    for (other, setting) in others {
        let other = other.expect("in range");
        let (mut one, mut two) = (wide.of(&[1.0, 2.0]), other.of(&[-0.25, 4.0]));
        let before = one.clone();
        assert_eq!(one.try_merge(&two).expect_err("unequal").setting, setting);
        assert_eq!(one, before);
        Aggregate::<f64>::merge(&wide, &mut one, &two);
        Aggregate::<f64>::merge(&wide, &mut two, &before);
        assert!(one == two && one.is_mixed());
        assert_eq!((one.count(), one.sum(), one.positive().counts), (4, 6.75, &[][..]));
        assert!(one.try_merge(&before).is_err());
    }
}

fn cases(count: u32) -> ProptestConfig {
    let more = if cfg!(debug_assertions) { 1 } else { 8 };
    ProptestConfig { cases: count * more, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn any_bits(bits in prop::collection::vec(any::<u64>(), 0..200), seed: u64) {
        let values = bits.into_iter().map(f64::from_bits).collect();
        is_free_of_order(values, &mut Random(seed), "bits");
    }

    #[test]
    fn any_column(kind in 0..KINDS.len(), len in 0_usize..4_000, seed: u64) {
        is_free_of_order(sprinkled(KINDS[kind], len, seed), &mut Random(seed), KINDS[kind]);
    }
}

/// More rows than any memory holds: counts stay at the greatest number.
#[test]
fn merges_without_end_saturate() {
    let mut all = both().accumulator();
    all.update(&[1.0, 2.0, 3.0, 4.0]).expect("one column");
    for _ in 0..70 {
        let same = all.clone();
        all.merge(&same);
    }
    let mut wide = both().accumulator();
    wide.push(1e100); // the buckets of the histogram become coarser
    all.merge(&wide);
    let (sketch, histogram) = all.finish();
    assert_eq!(sketch.count(), u64::MAX);
    assert_eq!(histogram.count(), u64::MAX);
    assert!(sketch.quantile(0.0).is_some_and(|x| (x - 1.0).abs() <= 0.01));
    assert!(histogram.positive().counts.contains(&u64::MAX));
}
