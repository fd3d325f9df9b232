//! Law: the exponential histogram has the finest scale that fits, and exact counts at it.

use crate::data::{KINDS, Random, column, power, sprinkled};
use crate::reference::{Counts, counts, exponential_index, fixed_sum};
use lanefold::{Aggregate, Backend, BucketRange, ExponentialHistogram, ExponentialHistogramPoint};

fn by_index(range: BucketRange<'_>) -> Counts {
    let counts = range.counts;
    assert!(counts.first() != Some(&0) && counts.last() != Some(&0), "zeros at the ends");
    assert!(!counts.is_empty() || range.offset == 0);
    let indices = range.offset..;
    indices.zip(counts).filter(|&(_, &count)| count > 0).map(|(i, &count)| (i, count)).collect()
}

fn buckets(point: &ExponentialHistogramPoint) -> [Counts; 2] {
    [by_index(point.negative()), by_index(point.positive())]
}

/// Checks everything against the definition.
fn follows(backend: Backend, histogram: ExponentialHistogram, values: &[f64], context: &str) {
    let context = format!("{context}: {} values, {histogram:?}, {backend}", values.len());
    let point = histogram.of_on(backend, values);
    let threshold = histogram.zero_threshold();
    let finite: Vec<f64> = values.iter().copied().filter(|x| x.is_finite()).collect();
    let beyond: Vec<f64> = finite.iter().copied().filter(|x| x.abs() > threshold).collect();

    let mut scale = histogram.max_scale();
    let finest = counts(&beyond, |x| exponential_index(x, 20));
    let span = |counts: &Counts, scale: i32| {
        let ends = counts.keys().next().zip(counts.keys().last());
        let at_scale = |index: i32| i64::from(index >> (20 - scale));
        ends.map_or(0, |(low, high)| at_scale(*high) - at_scale(*low) + 1)
    };
    while finest.iter().any(|it| span(it, scale) > i64::from(histogram.max_buckets())) {
        scale -= 1;
    }
    assert!(scale >= -10, "{context}");
    assert_eq!(point.scale(), scale, "{context}");
    let want = finest.map(|counts| {
        let mut coarse = Counts::new();
        for (index, count) in counts {
            *coarse.entry(index >> (20 - scale)).or_default() += count;
        }
        coarse
    });
    assert_eq!(buckets(&point), want, "{context}");

    assert_eq!(point.count(), finite.len() as u64, "{context}");
    assert_eq!(point.zero_count(), (finite.len() - beyond.len()) as u64, "{context}");
    let counted: u64 = want.iter().flat_map(Counts::values).sum();
    assert_eq!(point.zero_count() + counted, point.count(), "{context}");
    let count = |of: fn(&&f64) -> bool| values.iter().filter(of).count() as u64;
    assert_eq!(point.nan_count(), count(|x| x.is_nan()), "{context}");
    let infinities = (count(|x| **x == f64::NEG_INFINITY), count(|x| **x == f64::INFINITY));
    assert_eq!(point.infinities(), infinities, "{context}");
    let mut sorted = finite.clone();
    sorted.sort_by(f64::total_cmp);
    let ends = (sorted.first().map(|x| x + 0.0), sorted.last().map(|x| x + 0.0));
    assert_eq!((point.min(), point.max()), ends, "{context}");
}

#[test]
fn distributions() {
    let wide = ExponentialHistogram::new();
    let narrow = wide.with_max_buckets(20).expect("in range");
    let least = wide.with_max_buckets(3).expect("in range");
    let coarse = wide.with_max_scale(2).expect("in range");
    let blunt = wide.with_zero_threshold(0.75).expect("in range");
    for backend in Backend::available() {
        for kind in KINDS {
            for len in [1, 2, 30, 1_500] {
                for histogram in [wide, narrow, least, coarse, blunt] {
                    follows(backend, histogram, &column(kind, len, 30), kind);
                    follows(backend, histogram, &sprinkled(kind, len, 30), kind);
                }
            }
        }
    }
}

/// Narrow ranges, where scales are finest.
#[test]
fn fine_scales() {
    let random = &mut Random(31);
    for backend in Backend::available() {
        for digits in 0..24 {
            let width = power(-digits);
            let start = 1.0 + random.unit();
            let values: Vec<f64> =
                (0..500).map(|_| start * (1.0 + width * random.unit())).collect();
            follows(backend, ExponentialHistogram::new(), &values, "a narrow range");
            let signed: Vec<f64> =
                values.iter().map(|x| x * [1.0, -1.0][random.below(2)]).collect();
            follows(backend, ExponentialHistogram::new(), &signed, "narrow ranges");
        }
    }
}

#[test]
fn merges_across_scales() {
    let random = &mut Random(32);
    let histogram = ExponentialHistogram::new();
    for kind in KINDS {
        let values = column(kind, 3_000, 33);
        let want = histogram.of(&values);
        // Sorted, so that parts are narrow, and their scales differ.
        let mut sorted = values.clone();
        sorted.sort_by(f64::total_cmp);
        for parts in [2, 7, 300, 1_000] {
            let mut points: Vec<_> = sorted
                .chunks(sorted.len().div_ceil(parts))
                .map(|part| histogram.of(part))
                .collect();
            random.shuffle(&mut points);
            while points.len() > 1 {
                let other = points.swap_remove(random.below(points.len()));
                let at = random.below(points.len());
                points[at].try_merge(&other).expect("equal settings");
            }
            assert_eq!(points[0], want, "{kind} in {parts}");
        }
    }
}

#[test]
fn sums_are_exact() {
    let random = &mut Random(34);
    let values: Vec<f64> = (0..5_000)
        .map(|_| (random.word() >> 20) as f64 / (1_u64 << (random.below(40) + 4)) as f64)
        .collect();
    assert_eq!(ExponentialHistogram::new().of(&values).sum(), fixed_sum(&values));
}

#[test]
fn settings() {
    let histogram = ExponentialHistogram::new();
    let settings = (histogram.max_buckets(), histogram.max_scale(), histogram.zero_threshold());
    assert_eq!(settings, (160, 20, 0.0));
    assert_eq!(ExponentialHistogram::default(), histogram);
    for max_buckets in [0, 2, (1 << 20) + 1] {
        let error = histogram.with_max_buckets(max_buckets).expect_err("out of range");
        assert_eq!((error.setting, error.value), ("max_buckets", max_buckets.into()));
    }
    for max_scale in [-11, 21, i32::MIN, i32::MAX] {
        let error = histogram.with_max_scale(max_scale).expect_err("out of range");
        assert_eq!((error.setting, error.value), ("max_scale", max_scale.into()));
    }
    for zero_threshold in [-0.1, f64::NAN, f64::INFINITY, -5e-324] {
        assert!(histogram.with_zero_threshold(zero_threshold).is_err());
    }
    assert_eq!(histogram.with_zero_threshold(-0.0), Ok(histogram));
}
