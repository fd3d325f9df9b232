//! Dot products and variances are the real ones, rounded once.

use crate::columns::{FAMILIES, Float, any_column, family, power, times};
use crate::data::{Kind, Random, Sample, column, seams};
use crate::exact::{Natural, Signed, float_variance};
use lanefold::{Aggregate, Backend, ExactVariance, Nullable};

suite!(types [f32 f64] laws [
    dots_of_every_length
    dots_of_hard_columns
    dots_of_products_out_of_range
    dots_of_what_products_lack
    dots_of_special_values
    dots_without_nulls
    variances_of_hard_columns
    variances_of_special_values
    variances_without_nulls
]);

/// The dot product as a real number, rounded once.
fn dot<T: Float>(x: &[T], y: &[T]) -> T {
    let pairs = || x.iter().zip(y).map(|(&x, &y)| -> (f64, f64) { (x.into(), y.into()) });
    let is_finite = |(x, y): &(f64, f64)| x.is_finite() && y.is_finite();
    let specials: Vec<f64> = pairs().filter(|pair| !is_finite(pair)).map(|(x, y)| x * y).collect();
    if let Some(&first) = specials.first() {
        let one_kind = specials.iter().all(|&x| x == first);
        return T::nearest(if one_kind { first } else { f64::NAN });
    }
    let is_negative_zero =
        |(x, y): (f64, f64)| (x == 0.0 || y == 0.0) && x.is_sign_negative() != y.is_sign_negative();
    let sum = Signed::dot(pairs());
    if sum.magnitude().1.compare(&Natural::default()).is_eq() {
        let negative = !x.is_empty() && pairs().all(is_negative_zero);
        return T::nearest(if negative { -0.0 } else { 0.0 });
    }
    T::round(&sum)
}

#[track_caller]
fn is_exact<T: Float>(backend: Backend, x: &[T], y: &[T], what: &str) {
    let want = dot(x, y);
    let shown = (&x[..x.len().min(20)], &y[..x.len().min(20)]);
    let got = T::dot_on(backend, x, y);
    same!(got, want, "dot of {} {what} on {backend}: {shown:?}", x.len());
    let got = T::dot_in_halves(backend, x, y);
    same!(got, want, "dot of {} {what} in halves on {backend}: {shown:?}", x.len());
}

fn dots_of_every_length<T: Float>(backend: Backend) {
    let most = 2 * <T as Sample>::STRIPE + 3;
    for name in ["normal", "any finite bits"] {
        let (x, y) = (family::<T>(name, most, 1), family::<T>("normal", most, 2));
        for len in 0..=most {
            is_exact(backend, &x[most - len..], &y[most - len..], name);
        }
    }
    for len in seams::<T>() {
        let (x, y) = (family::<T>("normal", len, 3), family::<T>("uniform", len, 4));
        is_exact(backend, &x, &y, "values");
    }
}

fn dots_of_hard_columns<T: Float>(backend: Backend) {
    let random = &mut Random(3);
    for seed in 0..times(160) {
        let len = 1 + random.below(if seed % 8 == 7 { 5_000 } else { 200 });
        let (mut x, one) = any_column::<T>(seed as usize, len, seed);
        let (mut y, other) = any_column::<T>(random.below(1000), len, seed + 1);
        x.truncate(len);
        y.resize(len.min(x.len()), T::nearest(3.0));
        x.truncate(y.len());
        if seed % 4 == 0 && !x.is_empty() {
            // Cancels, but for a few products.
            x.extend(x.clone());
            y.extend(y.clone().iter().map(|&y| T::nearest(-y.into())));
            let at = random.below(y.len());
            y[at] = T::nearest(1.0);
        }
        is_exact(backend, &x, &y, &format!("{one} and {other}"));
    }
}

/// Products at, below and above both ends of the range, of numbers within it.
fn dots_of_products_out_of_range<T: Float>(backend: Backend) {
    let random = &mut Random(5);
    for _ in 0..times(400) {
        let len = 1 + random.below(70);
        let sum = [-2148, -1080, -1074, -1022, -970, -960, -901, -899, -300, -149, 128, 995, 1023]
            [random.below(13)];
        let number = |random: &mut Random, exponent: i32| {
            let exponent = exponent.clamp(T::BOTTOM, T::TOP);
            let sign = if random.below(2) == 0 { 1.0 } else { -1.0 };
            T::nearest(sign * (1.0 + random.unit()) * power(exponent))
        };
        let (mut x, mut y) = (Vec::new(), Vec::new());
        for _ in 0..len {
            let share = T::BOTTOM + random.below((T::TOP - T::BOTTOM) as usize) as i32;
            let near = random.below(7) as i32 - 3;
            x.push(number(random, share));
            y.push(number(random, sum - share + near));
        }
        is_exact(backend, &x, &y, "products around an end");
        // Among ordinary ones, of which some are 0.
        for _ in 0..40 {
            x.push(T::nearest(random.normal()));
            y.push(T::nearest(if random.below(3) == 0 { 0.0 } else { random.normal() }));
        }
        is_exact(backend, &x, &y, "products around an end, and others");
        x.extend(x.clone());
        y.extend(y.clone().iter().map(|&y| T::nearest(-y.into())));
        y[0] = T::nearest(power(-20));
        is_exact(backend, &x, &y, "products that cancel");
    }
}

/// A few times the digits of a product that its rounding drops, all of which count where they
/// lie around the least number.
fn dots_of_what_products_lack<T: Float>(backend: Backend) {
    let random = &mut Random(8);
    for sum in (-1_120..-880).chain([0, 500]) {
        let share = (sum / 2 + random.below(100) as i32).clamp(T::BOTTOM, T::TOP);
        let number = |random: &mut Random, exponent: i32| {
            T::nearest((1.0 + random.unit()) * power(exponent.clamp(T::BOTTOM, T::TOP)))
        };
        let (x, y) = (number(random, share), number(random, sum - share));
        let product = T::nearest(-(x.into() * y.into()));
        for times in [1, 2, 3, 5, 100] {
            let mut xs = vec![x; times];
            let mut ys = vec![y; times];
            xs.resize(2 * times, product);
            ys.resize(2 * times, T::nearest(1.0));
            is_exact(backend, &xs, &ys, "products and their roundings");
        }
    }
}

fn dots_of_special_values<T: Float>(backend: Backend) {
    let specials: Vec<T> = T::specials();
    for &x in &specials {
        for &y in &specials {
            is_exact(backend, &[x], &[y], "one pair");
            let minus_zero = T::nearest(-0.0);
            let one = T::nearest(1.0);
            is_exact(backend, &[minus_zero, x], &[one, y], "a pair and -0.0");
            let mut xs = family::<T>("normal", 40, 1);
            let mut ys = family::<T>("normal", 40, 2);
            (xs[20], ys[20]) = (x, y);
            is_exact(backend, &xs, &ys, "a pair among others");
        }
    }
    let tile = <T as Sample>::TILE;
    for len in [1, 5, 100, tile, tile + 1] {
        let (zero, minus) = (T::nearest(0.0), T::nearest(-0.0));
        let ones = vec![T::nearest(1.0); len];
        is_exact(backend, &vec![minus; len], &ones, "-0.0");
        is_exact(backend, &vec![zero; len], &ones, "+0.0");
        let mut xs = vec![minus; len];
        xs[len / 2] = zero;
        is_exact(backend, &xs, &ones, "-0.0 but for one");
    }
}

/// Bits of a bitmap, and the values under them.
fn with_nulls<T: Float>(values: &[T], seed: u64) -> (Vec<u8>, Vec<T>) {
    let random = &mut Random(seed);
    let bits: Vec<u8> = (0..values.len() / 8 + 2).map(|_| random.word() as u8).collect();
    let rubbish: Vec<T> = column(Kind::Special, values.len(), seed);
    let is_present = |i: usize| bits[i / 8] >> (i % 8) & 1 == 1;
    let under =
        (0..values.len()).map(|i| if is_present(i) { values[i] } else { rubbish[i] }).collect();
    (bits, under)
}

fn present<T: Float>(values: &[T], bits: &[u8]) -> Vec<T> {
    let is_present = |i: usize| bits[i / 8] >> (i % 8) & 1 == 1;
    (0..values.len()).filter(|&i| is_present(i)).map(|i| values[i]).collect()
}

fn dots_without_nulls<T: Float>(backend: Backend) {
    for seed in 0..times(40) {
        let (mut x, name) = any_column::<T>(seed as usize, 300, seed);
        x.truncate(300);
        let y = family::<T>("normal", x.len(), seed);
        let y = &y[..x.len()];
        let (bits, under) = with_nulls(&x, seed);
        let rows = Nullable::new(&under, &bits, 0).expect("enough bits");
        let want = dot(&present(&x, &bits), &present(y, &bits));
        same!(T::dot_of(backend, rows, y), want, "{name} with nulls on {backend}");
    }
}

/// The variance as a real number, rounded once.
fn variance<T: Float>(values: &[T], ddof: u64) -> Option<f64> {
    let all = values.iter().map(|&x| -> f64 { x.into() });
    if values.len() as u64 <= ddof {
        return None;
    }
    if all.clone().all(f64::is_finite) { float_variance(all, ddof) } else { Some(f64::NAN) }
}

#[track_caller]
fn is_exact_variance<T: Float>(backend: Backend, values: &[T], what: &str) {
    for ddof in [0, 1] {
        let want = variance(values, ddof);
        let shown = &values[..values.len().min(40)];
        let got = T::variance_on(backend, values, ddof);
        same!(got, want, "variance of {} {what} on {backend}: {shown:?}", values.len());
        let got = T::variance_in_halves(backend, values, ddof);
        same!(got, want, "variance of {} {what} in halves on {backend}", values.len());
    }
}

fn variances_of_hard_columns<T: Float>(backend: Backend) {
    let random = &mut Random(6);
    for seed in 0..times(4 * FAMILIES.len() as u64) {
        let len = 1 + random.below(if seed % 8 == 7 { 3_000 } else { 100 });
        let (mut values, name) = any_column::<T>(seed as usize, len, seed);
        is_exact_variance(backend, &values, &name);
        // An offset that leaves a few digits, or none.
        let offset = power(random.below(60) as i32);
        for x in &mut values {
            *x = T::nearest((*x).into() + offset);
        }
        is_exact_variance(backend, &values, &name);
    }
}

fn variances_of_special_values<T: Float>(backend: Backend) {
    for x in T::specials() {
        for len in [0, 1, 2, 3, 100] {
            is_exact_variance(backend, &vec![x; len], "equal values");
        }
        is_exact_variance(backend, &[x, T::nearest(1.0), x], "two values");
        is_exact_variance(backend, &[x, T::nearest(-x.into())], "opposite values");
    }
}

fn variances_without_nulls<T: Float>(backend: Backend) {
    for seed in 0..times(30) {
        let (values, name) = any_column::<T>(seed as usize, 200, seed);
        let (bits, under) = with_nulls(&values, seed);
        let rows = Nullable::new(&under, &bits, 0).expect("enough bits");
        let want = variance(&present(&values, &bits), 1);
        same!(T::variance_of(backend, rows, 1), want, "{name} with nulls on {backend}");
    }
}

/// More rows than are counted.
#[test]
fn merges_without_end_have_no_variance() {
    for values in [[1.0, 2.0], [f64::MAX, 0.0]] {
        let mut stream = ExactVariance::sample().accumulator();
        stream.update(&values).expect("one column");
        for _ in 0..90 {
            let same = stream.clone();
            stream.merge(&same);
        }
        stream.push(5e-324);
        assert!(stream.finish().is_some_and(f64::is_nan), "{values:?}");
    }
}
