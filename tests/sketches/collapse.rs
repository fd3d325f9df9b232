//! Law: what collapses depends on the values alone, and the summary says what it is.

use crate::data::{KINDS, Random, column, power, sprinkled};
use crate::quantiles::sorted;
use crate::reference::{Counts, counts, grid_index, per_binade};
use lanefold::{Aggregate, Backend, QuantileSketch, QuantileSummary};

fn sketch(alpha: f64, buckets: u32) -> QuantileSketch {
    QuantileSketch::new(alpha).and_then(|it| it.with_buckets(buckets)).expect("in range")
}

/// Buckets by index, negative ones and positive ones, as the summary has them.
fn buckets(summary: &QuantileSummary, m: u32) -> [Counts; 2] {
    let mut counts = [Counts::new(), Counts::new()];
    let mut before = f64::NEG_INFINITY;
    for bucket in summary.buckets() {
        assert!(bucket.lower >= before && bucket.lower < bucket.upper && bucket.count > 0);
        before = bucket.upper;
        let near = if bucket.lower < 0.0 { -bucket.upper } else { bucket.lower };
        let sign = usize::from(bucket.lower > 0.0);
        let old = counts[sign].insert(grid_index(near, m), bucket.count);
        assert_eq!(old, None);
    }
    counts
}

/// Checks buckets and what has collapsed against the definition.
fn follows(backend: Backend, values: &[f64], alpha: f64, limit: u32, context: &str) {
    let context = format!("{context}: {} values, {alpha}, {limit}, {backend}", values.len());
    let summary = sketch(alpha, limit).of_on(backend, values);
    let m = per_binade(alpha);
    let mut want = counts(values, |x| grid_index(x, m));
    let top = want.iter().filter_map(|counts| counts.keys().last()).max();
    let floor = top.map_or(0, |top| top - (limit as i32 - 1));
    let mut collapsed = 0;
    for counts in &mut want {
        let kept = counts.split_off(&floor);
        collapsed += counts.values().sum::<u64>();
        *counts = kept;
    }
    assert_eq!(summary.collapsed(), collapsed, "{context}");
    assert_eq!(buckets(&summary, m), want, "{context}");
    let from = summary.guaranteed_from();
    if collapsed == 0 {
        assert_eq!(from, 0.0, "{context}");
    } else {
        assert_eq!(grid_index(from, m), floor, "{context}");
        assert!(grid_index(from.next_down(), m) < floor, "{context}");
    }
    // Beyond that, quantiles are as promised; nearer to zero, between there and zero.
    let sorted = sorted(values);
    for q in (0..=40).map(|i| f64::from(i) / 40.0) {
        let Some(got) = summary.quantile(q) else { return };
        let want = sorted[(q * (sorted.len() - 1) as f64) as usize];
        let near = if want.abs() >= from {
            got == want || (got - want).abs() <= alpha * want.abs() + 5e-324
        } else {
            got.abs() <= from && got * want >= 0.0
        };
        assert!(near, "{got:e} for {want:e}: {context}");
        let rank = summary.rank(want).expect("not mixed") as usize;
        assert!(rank >= sorted.partition_point(|&x| x <= want), "rank of {want:e}: {context}");
    }
}

#[test]
fn buckets_are_as_defined() {
    for backend in Backend::available() {
        for kind in KINDS {
            for (len, alpha, limit) in [
                (300, 0.01, 2_048),
                (3_000, 0.01, 100),
                (3_000, 0.1, 16),
                (2_000, 0.001, 17),
                (1_200, 0.05, 1 << 21),
            ] {
                follows(backend, &column(kind, len, 9), alpha, limit, kind);
                follows(backend, &sprinkled(kind, len, 9), alpha, limit, kind);
            }
        }
    }
}

#[test]
fn ends_of_buckets() {
    let m = per_binade(0.01);
    let mut values = Vec::new();
    for exponent in [-1074, -1060, -1030, -1023, -1022, -1021, -1, 0, 1, 52, 1022, 1023] {
        for j in [0, 1, m / 2, m - 1] {
            let x = power(exponent) * (1.0 + f64::from(j) / f64::from(m));
            values.extend([x, x.next_up(), x.next_down()]);
        }
    }
    values.extend(values.clone().iter().map(|x| -x));
    for backend in Backend::available() {
        follows(backend, &values, 0.01, 1 << 21, "ends of buckets");
        for &x in &values {
            follows(backend, &[x], 0.01, 64, "one end of a bucket");
        }
    }
}

#[test]
fn order_does_not_show() {
    let random = &mut Random(10);
    for kind in KINDS {
        let mut values = sprinkled(kind, 4_000, 11);
        let sketch = sketch(0.02, 40);
        let want = sketch.of(&values);
        let ascending = sorted(&values);
        let nan = values.iter().copied().filter(|x| x.is_nan());
        let ascending: Vec<f64> = ascending.into_iter().chain(nan).collect();
        assert_eq!(sketch.of(&ascending), want, "{kind} ascending");
        let descending: Vec<f64> = ascending.iter().copied().rev().collect();
        assert_eq!(sketch.of(&descending), want, "{kind} descending");
        for _ in 0..5 {
            random.shuffle(&mut values);
            let mut parts: Vec<QuantileSummary> =
                values.chunks(1 + random.below(900)).map(|part| sketch.of(part)).collect();
            random.shuffle(&mut parts);
            let mut merged = Aggregate::<f64>::identity(&sketch);
            for part in &parts {
                merged.try_merge(part).expect("equal settings");
            }
            assert_eq!(merged, want, "{kind} in {} parts", parts.len());
        }
    }
}
