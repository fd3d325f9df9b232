//! Law: results lie within the documented bounds of the real ones.
//!
//! References are rounded to `f64`, and quotients of them are computed in `f64`: that is a
//! few `u` = 2⁻⁵³, for which the bounds below have room.

use crate::data::{Kind, Random, column};
use crate::exact::Signed;
use crate::outcome::Value;
use crate::rational::{Integer, joint, moments};
use lanefold::{
    Aggregate, Backend, CoefficientOfVariation, Correlation, CosineSimilarity, Covariance,
    EuclideanDistance, GeometricMean, HarmonicMean, LinearFit, LogSumExp, MeanAbsoluteError,
    Moments, Norm, RootMeanSquare, RootMeanSquareError, WeightedMean, WeightedVariance,
};

const U: f64 = 1.0 / (1_u64 << 53) as f64;

#[track_caller]
fn within(got: f64, want: f64, bound: f64, what: &str) {
    let error = (got - want).abs();
    assert!(
        error <= bound,
        "{what}: {got:e} should be {want:e} within {bound:e}, is off {error:e}"
    );
}

/// Columns that algorithms lose digits on, and ordinary ones.
fn hard() -> Vec<Vec<f64>> {
    let random = &mut Random(51);
    let mut columns = vec![
        vec![1e9 + 1.0, 1e9 + 2.0],
        vec![1e100, 1e100 + 1e85, 1e100 - 3e85],
        vec![0.1; 100].into_iter().chain([0.1_f64.next_up()]).collect(),
        // The first value lies far out.
        (0..1500).map(|i| if i == 0 { 1e12 } else { f64::from(i) }).collect(),
    ];
    for (len, offset, scale) in [
        (5, 0.0, 1.0),
        (33, 1e9, 1.0),
        (700, 1e9, 1e-3),
        (1025, -1e9, 1.0),
        (1025, 1e15, 1.0),
        (2600, 1e9, 1e3),
        (900, 3.0, 1e-12),
    ] {
        columns.push((0..len).map(|_| offset + scale * random.normal()).collect());
        // Skewed.
        columns.push(
            (0..len).map(|_| offset + scale * random.normal() * random.normal().abs()).collect(),
        );
    }
    columns
}

fn typed<T: Value>() -> Vec<Vec<T>> {
    [1, 2, 3, 40, 513, 2100].map(|n| column(Kind::Ordinary, n, 60 + n as u64)).to_vec()
}

fn check_moments(wide: &[f64], got: lanefold::MomentStatistics) {
    let (n, ones) = (wide.len() as f64, vec![1; wide.len()]);
    let [mean, m2, m3, m4] = moments(wide, &ones, 4);
    let what = format!("of {} from {:e}", wide.len(), wide[0]);
    let sum: f64 = wide.iter().map(|x| x.abs() / n).sum();
    within(got.mean(), mean, 30.0 * U * sum, &what);
    let tiles = n / 1024.0 + 1.0;
    within(got.variance(0).unwrap(), m2 / n, (100.0 + 8.0 * tiles) * U * m2 / n, &what);
    if m2 == 0.0 || m2 > 1e150 {
        return;
    }
    let variance = m2 / n;
    let kurtosis = m4 / n / variance / variance;
    let bound = (200.0 + 30.0 * tiles) * U;
    within(got.kurtosis().unwrap() + 3.0, kurtosis, bound * kurtosis, &what);
    // The third moment may cancel: its error is beside Σ|d|³.
    let skewness = m3 / n / (variance * variance.sqrt());
    within(got.skewness().unwrap(), skewness, bound * kurtosis.powf(0.75), &what);
}

fn moments_of_any_type<T: Value>(backend: Backend) {
    for x in typed::<T>() {
        let wide: Vec<f64> = x.iter().map(|x| x.wide()).collect();
        check_moments(&wide, Moments.of_on(backend, &x).unwrap());
        let (variance, mean) = {
            let [mean, m2, ..] = moments(&wide, &vec![1; wide.len()], 2);
            (m2 / wide.len() as f64, mean)
        };
        let scale: f64 = wide.iter().map(|x| x.abs() / wide.len() as f64).sum();
        if variance > 0.0 && mean.abs() > 0.01 * scale {
            let got = CoefficientOfVariation::population().of_on(backend, &x).unwrap();
            let want = variance.sqrt() / mean;
            // The mean cancels.
            within(got, want, want.abs() * 400.0 * U * (1.0 + scale / mean.abs()), "variation");
        }
    }
}

fn norms_of_any_type<T: Value>(backend: Backend) {
    for x in typed::<T>() {
        let n = x.len() as f64;
        let wide: Vec<f64> = x.iter().map(|x| x.wide()).collect();
        let l1 = Signed::sum(wide.iter().map(|x| x.abs())).to_f64();
        let l2 = Signed::dot(wide.iter().map(|&x| (x, x))).to_f64().sqrt();
        within(Norm::l1().of_on(backend, &x), l1, 26.0 * U * l1, "l1");
        within(Norm::l2().of_on(backend, &x), l2, 16.0 * U * l2, "l2");
        let rms = RootMeanSquare.of_on(backend, &x).unwrap();
        within(rms, l2 / n.sqrt(), 18.0 * U * rms, "root mean square");
        let max = wide.iter().fold(0.0, |max, x| if x.abs() > max { x.abs() } else { max });
        assert_eq!(Norm::max().of_on(backend, &x), max);
        let positive: Vec<f64> = wide.iter().map(|x| x.abs() + 0.25).collect();
        let inverse = Signed::sum(positive.iter().map(|x| 1.0 / x)).to_f64();
        let harmonic = HarmonicMean.of_on(backend, &positive).unwrap();
        within(harmonic, n / inverse, 30.0 * U * harmonic, "harmonic mean");
        geometric(backend, &positive);
    }
}

/// `gⁿ` beside the product, as integers: `g (1 - 6u)` is too small, `g (1 + 6u)` too great.
fn geometric(backend: Backend, positive: &[f64]) {
    let some = &positive[..positive.len().min(60)];
    let got = GeometricMean.of_on(backend, some).unwrap();
    let scaled = |x: f64| Integer::of((x * (1_u64 << 30) as f64) as i64);
    // Values of 30 digits after the point and 53 in all are integers here.
    let trimmed: Vec<f64> =
        some.iter().map(|x| (x * (1_u64 << 20) as f64).round() / (1_u64 << 20) as f64).collect();
    let got_trimmed = GeometricMean.of_on(backend, &trimmed).unwrap();
    let product = trimmed.iter().fold(Integer::of(1), |p, &x| p.times(&scaled(x)));
    let power = |g: f64| {
        let (_, mantissa, exponent) = crate::exact::parts(g * (1_u64 << 30) as f64);
        let base = Integer::of(mantissa as i64);
        let power = (0..trimmed.len()).fold(Integer::of(1), |p, _| p.times(&base));
        (power, exponent * trimmed.len() as i32)
    };
    let below = |g: f64| {
        let (mut power, exponent) = power(g);
        let mut product = product.clone();
        for _ in 0..exponent.abs() {
            let doubled = if exponent < 0 { &mut product } else { &mut power };
            *doubled = doubled.plus(doubled);
        }
        power.minus(&product).over(1, 0) < 0.0
    };
    assert!(below(got_trimmed * (1.0 - 7.0 * U)), "{got_trimmed:e} is too great");
    assert!(!below(got_trimmed * (1.0 + 7.0 * U)), "{got_trimmed:e} is too small");
    assert!(got > 0.0);
}

fn pairs_of_any_type<T: Value>(backend: Backend) {
    for x in typed::<T>() {
        let y = column::<T>(Kind::Ordinary, x.len(), 99);
        let wide = |x: &[T]| x.iter().map(|x| x.wide()).collect::<Vec<f64>>();
        let (a, b) = (wide(&x), wide(&y));
        check_pairs(&a, &b, |what| match what {
            Pairs::Covariance => Covariance::population().of_on(backend, (&x, &y)),
            Pairs::Correlation => Correlation.of_on(backend, (&x, &y)),
            Pairs::Slope => LinearFit.of_on(backend, (&x, &y)).map(|line| line.slope),
        });
        let n = a.len() as f64;
        let differences = |square: bool| {
            // A difference is exact as two terms; its magnitude has the sign of the first.
            let terms = a.iter().zip(&b).flat_map(|(&a, &b)| if a > b { [a, -b] } else { [-a, b] });
            if square { f64::NAN } else { Signed::sum(terms).to_f64() }
        };
        let mae = MeanAbsoluteError.of_on(backend, (&x, &y)).unwrap();
        let want = differences(false) / n;
        within(mae, want, 28.0 * U * want, "mean absolute error");
        // (a - b)² = a² - 2ab + b².
        let squares =
            Signed::dot(a.iter().zip(&b).flat_map(|(&a, &b)| [(a, a), (-2.0 * a, b), (b, b)]));
        let want = squares.to_f64().sqrt();
        within(EuclideanDistance.of_on(backend, (&x, &y)), want, 18.0 * U * want, "distance");
        let rmse = RootMeanSquareError.of_on(backend, (&x, &y)).unwrap();
        within(rmse, want / n.sqrt(), 20.0 * U * rmse, "root mean square error");
        let dot =
            |a: &[f64], b: &[f64]| Signed::dot(a.iter().copied().zip(b.iter().copied())).to_f64();
        let want = dot(&a, &b) / (dot(&a, &a).sqrt() * dot(&b, &b).sqrt());
        let cosine = CosineSimilarity.of_on(backend, (&x, &y)).unwrap();
        within(cosine, want, 60.0 * U, "cosine");
    }
}

enum Pairs {
    Covariance,
    Correlation,
    Slope,
}

#[allow(clippy::many_single_char_names, reason = "the names of the formulae")]
fn check_pairs(a: &[f64], b: &[f64], got: impl Fn(Pairs) -> Option<f64>) {
    let (n, ones) = (a.len() as f64, vec![1; a.len()]);
    let products = joint(a, b);
    let (x, y) = (moments(a, &ones, 2)[1], moments(b, &ones, 2)[1]);
    let tiles = n / 1024.0 + 1.0;
    let what = format!("of {} from {:e}", a.len(), a[0]);
    // The documented bound: a first value far out costs digits.
    let bound = (-35_f64).exp2() + 8.0 * tiles * U;
    let both = (x / n * (y / n)).sqrt();
    within(got(Pairs::Covariance).unwrap(), products / n, bound * both, &what);
    if a.len() < 2 || x == 0.0 || y == 0.0 {
        return;
    }
    let r = got(Pairs::Correlation).unwrap();
    within(r, products / (x.sqrt() * y.sqrt()), 4.0 * bound, &what);
    assert!((-1.0..=1.0).contains(&r));
    let slope = got(Pairs::Slope).unwrap();
    within(slope, products / x, 4.0 * bound * (y / x).sqrt(), &what);
}

fn weights_of_any_type<T: Value>(backend: Backend) {
    let random = &mut Random(71);
    for x in typed::<T>() {
        let wide: Vec<f64> = x.iter().map(|x| x.wide()).collect();
        // The first weight is 0, and its value far from the others.
        let weights: Vec<u32> =
            (0..x.len()).map(|i| if i == 0 { 0 } else { random.below(9) as u32 }).collect();
        let total: u32 = weights.iter().sum();
        if total < 2 {
            continue;
        }
        check_weights(
            &wide,
            &weights,
            WeightedMean.of_on(backend, (&x, &weights)),
            WeightedVariance::frequency(1).of_on(backend, (&x, &weights)),
            WeightedVariance::reliability().of_on(backend, (&x, &weights)),
        );
    }
}

fn check_weights(
    x: &[f64],
    weights: &[u32],
    mean: Option<f64>,
    frequency: Option<f64>,
    reliability: Option<f64>,
) {
    let total: f64 = weights.iter().map(|&w| f64::from(w)).sum();
    let squares: f64 = weights.iter().map(|&w| f64::from(w) * f64::from(w)).sum();
    let [want, m2, ..] = moments(x, weights, 2);
    let sum: f64 = x.iter().zip(weights).map(|(x, &w)| x.abs() * f64::from(w) / total).sum();
    let what = format!("weighted, of {} from {:e}", x.len(), x[0]);
    within(mean.unwrap(), want, 50.0 * U * sum, &what);
    let bound = (-40_f64).exp2() + 8.0 * U * (x.len() as f64 / 1024.0 + 1.0);
    within(frequency.unwrap(), m2 / (total - 1.0), bound * m2 / (total - 1.0), &what);
    let degrees = total - squares / total;
    if degrees > 0.5 {
        within(reliability.unwrap(), m2 / degrees, bound * m2 / degrees, &what);
    }
}

#[test]
fn hard_columns_lose_nothing() {
    for x in hard() {
        check_moments(&x, Moments.of(&x).unwrap());
        let random = &mut Random(81);
        if x[0].abs() > 1e200 {
            continue;
        }
        let y: Vec<f64> = x.iter().map(|x| 1e9 - 2.0 * x + random.normal()).collect();
        check_pairs(&x, &y, |what| match what {
            Pairs::Covariance => Covariance::population().of((&x, &y)),
            Pairs::Correlation => Correlation.of((&x, &y)),
            Pairs::Slope => LinearFit.of((&x, &y)).map(|line| line.slope),
        });
        let weights: Vec<u32> =
            (0..x.len()).map(|i| u32::from(i > 0) * (1 + i as u32 % 5)).collect();
        if weights.iter().sum::<u32>() > 1 {
            check_weights(
                &x,
                &weights,
                WeightedMean.of((&x, &weights)),
                WeightedVariance::frequency(1).of((&x, &weights)),
                WeightedVariance::reliability().of((&x, &weights)),
            );
        }
    }
}

/// `ln Σeˣ` for integers `x`, by sums of exact powers: the real `e` in 200 binary digits.
#[test]
fn log_sum_exp_is_the_real_one() {
    let random = &mut Random(91);
    // e^r in steps of 2⁻¹⁰⁰, by its Taylor series.
    for len in [1, 2, 31, 100, 1025, 5000] {
        let greatest = 100.0 * random.normal();
        let x: Vec<f64> = (0..len)
            .map(|i| if i == len / 2 { greatest } else { greatest - 20.0 * random.unit() })
            .collect();
        let sum = x.iter().fold(0_u128, |sum, x| sum + exponential(x - greatest));
        let want = greatest + (sum as f64 / 100_f64.exp2()).ln();
        let tiles = f64::from(len) / 1024.0 + 1.0;
        let bound = (2.0 * greatest.abs() + 40.0 + 4.0 * tiles) * U;
        within(LogSumExp.of(&x).unwrap(), want, bound, &format!("log-sum-exp of {len}"));
    }
}

/// `e^y` for `-30 < y ≤ 0` in units of 2⁻¹⁰⁰, from `e^(y/64)` with `|y/64| < 0.5`.
fn exponential(y: f64) -> u128 {
    const ONE: u128 = 1 << 100;
    let times = |a: u128, b: u128| {
        // Halves of 50 bits: 100 digits after the point, and what is lost is below 2⁻⁹⁸.
        let (ah, al, bh, bl) = (a >> 50, a & ((1 << 50) - 1), b >> 50, b & ((1 << 50) - 1));
        ah * bh + ((ah * bl + al * bh) >> 50)
    };
    let small = (-y / 64.0 * 100_f64.exp2()) as u128;
    let (mut sum, mut term) = (ONE as i128, ONE);
    for k in 1..40 {
        term = times(term, small) / k;
        sum += if k % 2 == 1 { -(term as i128) } else { term as i128 };
    }
    (0..6).fold(sum as u128, |power, _| times(power, power))
}

suite!(types [f32 f64 i32 u8] laws [
    moments_of_any_type
    norms_of_any_type
    pairs_of_any_type
    weights_of_any_type
]);
