//! Laws of the float kernels: the written order on every backend, the bounds, and no drift.

use crate::exact::{Signed, float_variance};
use crate::{WINDOWS, floats, same};
use lanefold::{
    Adapt, Aggregate, Backend, CoefficientOfVariation, Mean, Nullable, StdDev, Sum, Variance,
};
use std::fmt::Debug;

/// The longest window that is added in the order of the kernels.
const LONGEST: usize = 4096;

/// The results on each backend, which are the same.
#[track_caller]
fn rolled<A, T>(aggregate: A, window: usize, values: &[T]) -> Vec<A::Output>
where
    T: lanefold::Number,
    A: Aggregate<T, Output: Clone + Debug> + Adapt + Copy,
{
    let rolling = aggregate.rolling(window).expect("a window");
    let mut first: Option<Vec<A::Output>> = None;
    for backend in Backend::available() {
        let mut results = vec![aggregate.of(&[] as &[T]); values.len()];
        rolling.of_on(backend, values, &mut results).expect("places");
        match &first {
            None => first = Some(results),
            Some(first) => same(&results, first, || format!("windows of {window} on {backend}")),
        }
    }
    first.expect("a backend")
}

/// The runs of powers of two that a window is cut into, the shortest first.
fn runs<T>(mut rows: &[T]) -> Vec<&[T]> {
    let mut runs = Vec::new();
    while !rows.is_empty() {
        let (run, rest) = rows.split_at(1 << rows.len().trailing_zeros());
        runs.push(run);
        rows = rest;
    }
    runs
}

fn halves<T: Copy + std::ops::Add<Output = T>>(run: &[T]) -> T {
    if let [x] = run {
        return *x;
    }
    let (first, second) = run.split_at(run.len() / 2);
    halves(first) + halves(second)
}

fn sum<T: Copy + std::ops::Add<Output = T>>(rows: &[T]) -> T {
    runs(rows).into_iter().map(halves).reduce(|a, b| a + b).expect("a row")
}

/// The first rows, one after the other, with what is rounded away.
fn compensated(rows: &[f64]) -> f64 {
    let (mut high, mut low) = (rows[0], 0.0);
    for &x in &rows[1..] {
        let sum = high + x;
        let part = sum - high;
        low += (high - (sum - part)) + (x - part);
        high = sum;
    }
    if low == 0.0 || !high.is_finite() { high } else { high + low }
}

fn canonical(x: f64) -> f64 {
    if x.is_nan() { f64::NAN } else { x }
}

#[test]
fn sums_are_added_in_the_written_order() {
    for len in [1, 40, 132, 1300, 2500] {
        for one_of in [0, 40] {
            let values = floats(len, one_of, len as u64);
            // Near the greatest number the order in plain code would overflow elsewhere.
            let values: Vec<f64> =
                values.into_iter().map(|x| if x == f64::MAX { 3.0 } else { x }).collect();
            for window in WINDOWS {
                let got = rolled(Sum, window, &values);
                let means = rolled(Mean, window, &values);
                for i in 0..len {
                    let rows = &values[(i + 1).saturating_sub(window)..=i];
                    let want = if rows.len() < window { compensated(rows) } else { sum(rows) };
                    if window <= LONGEST {
                        let context = || format!("row {i} of {len}, windows of {window}");
                        same(&got[i], &canonical(want), context);
                        let mean = canonical(want / rows.len() as f64);
                        same(&means[i], &Some(mean), context);
                    }
                }
            }
        }
    }
    let narrow: Vec<f32> = floats(500, 0, 8).into_iter().map(|x| x as f32).collect();
    for window in [3, 33, 100] {
        let got = rolled(Sum, window, &narrow);
        for i in window - 1..narrow.len() {
            same(&got[i], &sum(&narrow[i + 1 - window..=i]), || format!("{window}"));
        }
    }
}

#[test]
fn sums_are_within_the_bound() {
    for window in [3, 33, 100, 1000, 4095, 4096, 5000] {
        let values = floats(10_000, 0, window as u64);
        let got = rolled(Sum, window, &values);
        for i in (0..values.len()).step_by(97) {
            let rows = &values[(i + 1).saturating_sub(window)..=i];
            let exact = Signed::sum(rows.iter().copied()).to_f64();
            let magnitude: f64 = rows.iter().map(|x| x.abs()).sum();
            let times = if window <= LONGEST { (window as f64).log2() + 1.0 } else { 24.0 };
            // One more for the rounding of the exact sum.
            let bound = (times + 1.0) * f64::EPSILON / 2.0 * magnitude;
            assert!((got[i] - exact).abs() <= bound, "row {i}, windows of {window}");
        }
    }
}

/// The order of the variance: the first value, the distance of the mean, and `m2`.
fn spread(rows: &[f64]) -> (f64, f64, f64) {
    fn merge(
        a: (f64, f64, f64),
        b: (f64, f64, f64),
        first: usize,
        second: usize,
    ) -> (f64, f64, f64) {
        let share = second as f64 / (first + second) as f64;
        let delta = (b.0 - a.0) + (b.1 - a.1);
        (a.0, a.1 + delta * share, (a.2 + b.2) + delta * delta * (first as f64 * share))
    }
    fn of_run(run: &[f64]) -> (f64, f64, f64) {
        if let [x] = run {
            return (*x, 0.0, 0.0);
        }
        let half = run.len() / 2;
        merge(of_run(&run[..half]), of_run(&run[half..]), half, half)
    }
    let mut runs = runs(rows).into_iter();
    let first = runs.next().expect("a row");
    let (mut all, mut covered) = (of_run(first), first.len());
    for run in runs {
        all = merge(all, of_run(run), covered, run.len());
        covered += run.len();
    }
    all
}

#[test]
fn variances_are_added_in_the_written_order() {
    for len in [40, 700, 1300] {
        let values = floats(len, 0, len as u64);
        for window in [2, 3, 4, 5, 6, 7, 31, 32, 33, 100, 512] {
            let variances = rolled(Variance::population(), window, &values);
            let deviations = rolled(StdDev::sample(), window, &values);
            let ratios = rolled(CoefficientOfVariation::population(), window, &values);
            for i in window - 1..len {
                let (first, offset, m2) = spread(&values[i + 1 - window..=i]);
                let context = || format!("row {i} of {len}, windows of {window}");
                let variance = m2 / window as f64;
                same(&variances[i], &Some(variance), context);
                same(&deviations[i], &Some((m2 / (window - 1) as f64).sqrt()), context);
                same(&ratios[i], &Some(variance.sqrt() / (first + offset)), context);
            }
        }
    }
}

#[test]
fn variances_are_within_the_bound() {
    for (offset, window) in [(0.0, 2), (1e9, 3), (1e9, 100), (-1e15, 33), (1e9, 1000), (1e9, 4096)]
    {
        // Steps, so that the windows of a block lie far apart.
        let values: Vec<f64> = floats(6_000, 0, window as u64)
            .iter()
            .enumerate()
            .map(|(i, x)| offset * (1 + i / 700) as f64 + x)
            .collect();
        let got = rolled(Variance::sample(), window, &values);
        for i in (1..values.len()).step_by(53) {
            let rows = &values[(i + 1).saturating_sub(window)..=i];
            let want = float_variance(rows.iter().copied(), 1).expect("two rows");
            let got = got[i].expect("two rows");
            assert!((got - want).abs() <= want * 2.0_f64.powf(-35.0), "{got} {want}: row {i}");
        }
    }
    // Equal values, at whatever offset.
    for x in [0.1, 1e300, -1e9 - 0.7] {
        let got = rolled(Variance::population(), 33, &[x; 700]);
        assert!(got.iter().all(|variance| *variance == Some(0.0)), "{x}");
    }
}

#[test]
fn what_is_not_finite_leaves_with_its_row() {
    let clean = floats(3000, 0, 2);
    for special in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300, f64::MAX] {
        for window in [3, 100, 700] {
            let mut values = clean.clone();
            let places = [0, 50, 1000, 1001, 1500, 1540, 2999];
            for place in places {
                values[place] = special;
            }
            let got = rolled((Sum,), window, &values);
            let sums = rolled(Sum, window, &values);
            let variances = rolled(Variance::sample(), window, &values);
            let (clean_sums, clean_variances) =
                (rolled(Sum, window, &clean), rolled(Variance::sample(), window, &clean));
            for i in 1..values.len() {
                let from = (i + 1).saturating_sub(window);
                let context = || format!("{special}, row {i}, windows of {window}");
                if places.iter().any(|place| (from..=i).contains(place)) {
                    let of = Variance::sample().of(&values[from..=i]).expect("two rows");
                    let variance = variances[i].expect("two rows");
                    if special.is_finite() {
                        assert_eq!(of.is_infinite(), variance.is_infinite(), "{}", context());
                        assert!(!variance.is_nan(), "{}", context());
                        continue;
                    }
                    same(&variance, &f64::NAN, context);
                    same(&sums[i], &special, context);
                    same(&got[i].0, &special, context);
                } else {
                    same(&sums[i], &clean_sums[i], context);
                    same(&variances[i], &clean_variances[i], context);
                }
            }
        }
    }
    // Distances that overflow, although the variance does not.
    // The first of them comes after a NaN.
    let far = [f64::NAN, f64::MAX / 2.0, -f64::MAX, 1e200, -1e200, 0.0, 1e150, -1e150];
    let got = rolled(Variance::population(), 2, &far);
    for i in 1..far.len() {
        same(&got[i], &Variance::population().of(&far[i - 1..=i]), || format!("row {i}"));
    }
}

/// A result is a function of its window: rows beyond, and the length of the column, are no
/// matter.
#[test]
fn results_depend_on_their_window_alone() {
    let values = floats(2600, 30, 6);
    for window in [2, 33, 100, 1000] {
        let sums = rolled(Sum, window, &values);
        let variances = rolled(Variance::sample(), window, &values);
        for from in [1, 7, 500, 1111, 2600 - window] {
            let to = (from + window + 300).min(values.len());
            let part_sums = rolled(Sum, window, &values[from..to]);
            let part_variances = rolled(Variance::sample(), window, &values[from..to]);
            let full = window - 1;
            let rows = from + full..to;
            same(&part_sums[full..].to_vec(), &sums[rows.clone()].to_vec(), || format!("{from}"));
            same(&part_variances[full..].to_vec(), &variances[rows].to_vec(), || format!("{from}"));
        }
    }
}

#[test]
fn nulls_are_rows_that_add_nothing() {
    let values = floats(1500, 0, 3);
    let bits: Vec<u8> = (0..200_u32).map(|i| if i % 5 == 0 { 0 } else { (i * 91) as u8 }).collect();
    let column = Nullable::new(&values, &bits, 5).expect("bits");
    for window in [1, 8, 33, 100] {
        let (mut sums, mut means) = (vec![0.0; 1500], vec![None; 1500]);
        let mut variances = vec![None; 1500];
        for backend in Backend::available() {
            let rolls = |result: Result<(), _>| result.expect("places");
            rolls(Sum.rolling(window).expect("a window").of_on(backend, column, &mut sums));
            rolls(Mean.rolling(window).expect("a window").of_on(backend, column, &mut means));
            let variance = Variance::sample().rolling(window).expect("a window");
            rolls(variance.of_on(backend, column, &mut variances));
            for i in window - 1..1500 {
                let context = || format!("row {i}, windows of {window} on {backend}");
                let rows = i + 1 - window..i + 1;
                let there: Vec<f64> =
                    rows.clone().filter(|&i| column.is_present(i)).map(|i| values[i]).collect();
                let padded: Vec<f64> =
                    rows.map(|i| if column.is_present(i) { values[i] } else { -0.0 }).collect();
                let want = if there.is_empty() { 0.0 } else { sum(&padded) };
                same(&sums[i], &want, context);
                let mean = (!there.is_empty()).then(|| want / there.len() as f64);
                same(&means[i], &mean, context);
                let want = float_variance(there.iter().copied(), 1);
                assert_eq!(variances[i].is_some(), want.is_some(), "{}", context());
                if let (Some(got), Some(want)) = (variances[i], want) {
                    assert!((got - want).abs() <= want * 1e-10, "{got} {want}: {}", context());
                }
            }
        }
    }
}
