//! Law: any quantile is within a factor `1 ± α` of that of the sorted column.

use crate::data::{KINDS, Random, column, sprinkled};
use lanefold::{
    Accumulator, Aggregate, Backend, ExponentialHistogram, QuantileSketch, QuantileSummary,
};

const ALPHAS: [f64; 5] = [0.001, 0.005, 0.01, 0.03, 0.1];

/// Numbers below 2⁻¹⁰²² have fewer digits: half a unit of those more.
fn is_near(got: f64, want: f64, alpha: f64) -> bool {
    got == want || (got - want).abs() <= alpha * want.abs() + 5e-324
}

/// Checks quantiles and ranks against the sorted values, which are finite or infinite.
pub(crate) fn keeps_the_promise(
    summary: &QuantileSummary,
    sorted: &[f64],
    alpha: f64,
    context: &str,
) {
    let n = sorted.len();
    assert_eq!(summary.count(), n as u64, "{context}");
    assert_eq!(summary.collapsed(), 0, "{context}");
    assert_eq!(summary.guaranteed_from(), 0.0, "{context}");
    assert_eq!(summary.quantile(0.0), sorted.first().map(|x| x + 0.0), "{context}");
    assert_eq!(summary.quantile(1.0), sorted.last().map(|x| x + 0.0), "{context}");
    assert_eq!((summary.min(), summary.max()), (summary.quantile(0.0), summary.quantile(1.0)));
    if n == 0 {
        return;
    }
    let steps = if n < 100 { 200 } else { 60 };
    let qs = (0..=steps).map(|i| f64::from(i) / f64::from(steps));
    let mut before = f64::NEG_INFINITY;
    for q in qs.chain([0.999, 0.9999, 0.0001, 0.99, 1.0 - f64::EPSILON]) {
        let want = sorted[(q * (n - 1) as f64) as usize];
        let got = summary.quantile(q).expect("there are values");
        assert!(is_near(got, want, alpha), "{got:e} for {want:e}, the {q}-quantile: {context}");
        // In ascending order until the extra ones.
        assert!(q > 0.99 || q <= 0.0001 || got >= before, "{context}: {got} after {before}");
        before = got;
        // What is at most `want` is counted, and nothing out of its bucket's reach.
        let rank = summary.rank(want).expect("not mixed") as usize;
        let reach = want.abs() * (1.0 + alpha) / (1.0 - alpha);
        let reach = if want < 0.0 { -want.abs() * (1.0 - alpha) / (1.0 + alpha) } else { reach };
        let (least, most) =
            (sorted.partition_point(|&x| x <= want), sorted.partition_point(|&x| x <= reach));
        assert!((least..=most.max(least)).contains(&rank), "rank {rank} of {want:e}: {context}");
        assert_eq!(summary.cdf(want), Some(rank as f64 / n as f64));
    }
}

pub(crate) fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|x| !x.is_nan()).collect();
    sorted.sort_by(f64::total_cmp);
    sorted
}

/// A sketch that nothing collapses in.
pub(crate) fn roomy(alpha: f64) -> QuantileSketch {
    QuantileSketch::new(alpha).and_then(|sketch| sketch.with_buckets(1 << 21)).expect("in range")
}

#[test]
fn distributions() {
    let long: &[usize] = if cfg!(debug_assertions) { &[30_000] } else { &[100_000, 1_000_000] };
    for kind in KINDS {
        for (i, &len) in [1, 2, 3, 10, 33, 1_000, 1_025, 10_000].iter().chain(long).enumerate() {
            let values = column(kind, len, i as u64);
            let sorted = sorted(&values);
            for alpha in ALPHAS {
                if len < 30_000 || alpha == 0.01 || alpha == 0.001 {
                    let context = format!("{len} {kind}, {alpha}");
                    let summary = roomy(alpha).of(&values);
                    keeps_the_promise(&summary, &sorted, alpha, &context);
                }
            }
        }
    }
}

#[test]
fn the_default_has_room_for_distributions() {
    for kind in ["constant", "linear", "lognormal", "exponential", "pareto", "bimodal"] {
        let values = column(kind, 50_000, 8);
        for alpha in ALPHAS {
            let sketch = QuantileSketch::new(alpha).expect("in range");
            let context = format!("{kind}, {alpha}, as it comes");
            keeps_the_promise(&sketch.of(&values), &sorted(&values), alpha, &context);
        }
    }
}

#[test]
fn odd_alphas() {
    let random = &mut Random(3);
    let values = column("lognormal", 3_000, 4);
    let sorted = sorted(&values);
    // Where the buckets could not be one less, and anywhere.
    let mut alphas: Vec<f64> = (3..9).map(|k| 1.0 / f64::from((2 << k) + 1)).collect();
    alphas.extend(alphas.clone().into_iter().flat_map(|a| [a.next_up(), a.next_down()]));
    alphas.extend((0..30).map(|_| 0.001 * 100.0_f64.powf(random.unit())));
    for alpha in alphas {
        keeps_the_promise(&roomy(alpha).of(&values), &sorted, alpha, &format!("alpha {alpha}"));
    }
}

#[test]
fn special_values() {
    for kind in KINDS {
        for len in [5, 60, 700, 5_000] {
            let values = sprinkled(kind, len, len as u64);
            for backend in Backend::available() {
                let summary = roomy(0.01).of_on(backend, &values);
                let context = format!("{len} of {kind} with special values on {backend}");
                keeps_the_promise(&summary, &sorted(&values), 0.01, &context);
                let count = |of: fn(&&f64) -> bool| values.iter().filter(of).count() as u64;
                assert_eq!(summary.nan_count(), count(|x| x.is_nan()), "{context}");
                assert_eq!(summary.zero_count(), count(|x| **x == 0.0), "{context}");
                let infinities =
                    (count(|x| **x == f64::NEG_INFINITY), count(|x| **x == f64::INFINITY));
                assert_eq!(summary.infinities(), infinities, "{context}");
            }
        }
    }
}

#[test]
fn merges_of_a_thousand() {
    let random = &mut Random(5);
    for kind in ["normal", "lognormal", "pareto", "bimodal"] {
        let values = column(kind, 60_000, 6);
        let sketch = roomy(0.01);
        for parts in [2, 10, 1_000] {
            let mut partials: Vec<QuantileSummary> =
                values.chunks(values.len() / parts).map(|part| sketch.of(part)).collect();
            while partials.len() > 1 {
                let other = partials.swap_remove(random.below(partials.len()));
                let at = random.below(partials.len());
                partials[at].try_merge(&other).expect("equal settings");
            }
            let context = format!("{parts} merged sketches of {kind}");
            keeps_the_promise(&partials[0], &sorted(&values), 0.01, &context);
            assert_eq!(partials[0], sketch.of(&values), "{context}");
        }
    }
}

#[test]
fn nothing() {
    let sketch = roomy(0.01);
    let summary = sketch.of(&[0.0_f64; 0]);
    assert_eq!(
        (summary.count(), summary.sum(), summary.min(), summary.max()),
        (0, 0.0, None, None)
    );
    assert_eq!((summary.quantile(0.5), summary.rank(1.0), summary.cdf(1.0)), (None, Some(0), None));
    assert_eq!(summary.buckets().count(), 0);
    let summary = sketch.of(&[f64::NAN; 3]);
    assert_eq!((summary.count(), summary.nan_count(), summary.sum()), (0, 3, 0.0));
    assert_eq!((summary.quantile(0.0), summary.quantile(1.0)), (None, None));
}

/// A zero has no sign, whichever came first.
#[test]
fn zeros() {
    for values in [[0.0, -0.0], [-0.0, 0.0], [-0.0, -0.0]] {
        let (summary, point) = (roomy(0.01), ExponentialHistogram::new()).of(&values);
        let bits = |x: Option<f64>| x.map(f64::to_bits);
        for zero in [summary.min(), summary.max(), summary.quantile(0.0), summary.quantile(1.0)] {
            assert_eq!(bits(zero), Some(0), "{values:?}");
        }
        assert_eq!((bits(point.min()), bits(point.max())), (Some(0), Some(0)), "{values:?}");
        assert_eq!((summary.zero_count(), point.zero_count(), point.count()), (2, 2, 2));
    }
}

#[test]
fn questions_out_of_range() {
    let summary = roomy(0.01).of(&[1.0, 2.0]);
    for q in [-0.1, 1.1, f64::NAN, f64::INFINITY, -f64::MIN_POSITIVE] {
        assert_eq!(summary.quantile(q), None);
    }
    assert_eq!((summary.rank(f64::NAN), summary.cdf(f64::NAN)), (None, None));
    assert_eq!(summary.rank(f64::NEG_INFINITY), Some(0));
    assert_eq!(summary.rank(f64::INFINITY), Some(2));
}

#[test]
fn only_infinities() {
    let summary = roomy(0.01).of(&[f64::INFINITY, f64::NEG_INFINITY, f64::INFINITY]);
    assert_eq!((summary.count(), summary.infinities()), (3, (1, 2)));
    assert_eq!(summary.quantile(0.0), Some(f64::NEG_INFINITY));
    assert_eq!(summary.quantile(0.5), Some(f64::INFINITY));
    assert!(summary.sum().is_nan());
    assert_eq!(summary.rank(0.0), Some(1));
    let summary = roomy(0.01).of(&[f64::INFINITY, 1.0]);
    assert_eq!((summary.sum(), summary.min()), (f64::INFINITY, Some(1.0)));
}

#[test]
fn settings() {
    for alpha in [0.0, 0.000_999, 0.100_1, -0.01, f64::NAN, f64::INFINITY] {
        let error = QuantileSketch::new(alpha).expect_err("out of range");
        assert_eq!((error.setting, error.value.to_bits()), ("alpha", alpha.to_bits()));
    }
    let sketch = QuantileSketch::new(0.001).expect("in range");
    assert_eq!((sketch.alpha(), sketch.buckets()), (0.001, 32 * 512));
    assert_eq!(QuantileSketch::new(0.1).expect("in range").buckets(), 32 * 8);
    for buckets in [0, 15, (1 << 21) + 1] {
        assert_eq!(sketch.with_buckets(buckets).expect_err("out of range").setting, "buckets");
    }
}

/// A stream gives what one call does, and pushes are as good as slices.
#[test]
fn streams() {
    for backend in Backend::available() {
        let values = sprinkled("normal", 5_000, 7);
        let mut stream = Accumulator::<_, f64>::on(backend, roomy(0.02));
        let (pushed, rest) = values.split_at(1_500);
        for &x in pushed {
            stream.push(x);
        }
        for part in rest.chunks(700) {
            stream.update(part).expect("one column");
        }
        assert_eq!(stream.finish(), roomy(0.02).of(&values), "{backend}");
    }
}
