//! Law: float results lie within the documented bounds of the real ones.
//!
//! With `u` = 2⁻⁵³ (`f64`) or 2⁻²⁴ (`f32`): a sum is off by at most `24 u Σ|x|`, a sum of
//! squares by `25 u Σx²`, a dot product by `25 u Σ|xy|`, for any number of rows. All
//! backends give the same bits, so one is enough here.
//!
//! # Variance
//!
//! The sums of a tile of `n` rows, `q` and `s`, pass through 23 roundings at most, and so
//! `q - s²/n` is off by less than `80 u q`. Since the pivot is one of the values,
//! `q ≤ (1 + n) m2`; with `n ≤ 2048`, the relative error is below `2⁻³⁵`. A merge rounds `m2`
//! a few times more: for `t` tiles the bound is `2⁻³⁵ + 8 t u`, whatever offset the values
//! share. Common data are far better.

use crate::data::{Kind, Random, Sample, column};
use crate::exact::{Signed, float_variance, within};
use lanefold::{Aggregate, Dot, Sum, SumOfSquares, Variance};

fn lengths() -> impl Iterator<Item = usize> {
    (0..70).chain([1000, 1024, 1025, 2048, 5000, 20_000])
}

/// Columns of one length: of either sign, positive, and such that the sum is almost 0.
fn columns<T: Sample + std::ops::Neg<Output = T>>(len: usize) -> Vec<Vec<T>> {
    let mixed: Vec<T> = column(Kind::Ordinary, len, len as u64);
    let positive = mixed.iter().map(|&x| if x < T::default() { -x } else { x }).collect();
    let mut cancelling = mixed.clone();
    for i in 0..len / 2 {
        cancelling[len - 1 - i] = -cancelling[i];
    }
    vec![mixed, positive, cancelling]
}

macro_rules! bounds {
    ($($T:ident $digits:literal)*) => {$(
        mod $T {
            use super::*;

            #[test]
            fn sums() {
                for (len, xs) in lengths().flat_map(|n| columns::<$T>(n).into_iter().map(move |c| (n, c))) {
                    let exact = Signed::sum(xs.iter().map(|&x| f64::from(x)));
                    let sum = Sum.of(&xs);
                    assert!(within(sum.into(), &exact, 24, $digits), "{sum:e} of {len}");
                }
            }

            #[test]
            fn sums_of_squares_and_dot_products() {
                for (len, xs) in lengths().flat_map(|n| columns::<$T>(n).into_iter().map(move |c| (n, c))) {
                    let pairs = |ys: &[$T]| -> Vec<(f64, f64)> {
                        xs.iter().zip(ys).map(|(&x, &y)| (x.into(), y.into())).collect()
                    };
                    let squares = SumOfSquares.of(&xs);
                    let exact = Signed::dot(pairs(&xs));
                    assert!(within(squares.into(), &exact, 25, $digits), "{squares:e} of {len}");
                    let ys: Vec<$T> = column(Kind::Ordinary, len, 31);
                    let dot = Dot.of((&xs, &ys));
                    let exact = Signed::dot(pairs(&ys));
                    assert!(within(dot.into(), &exact, 25, $digits), "{dot:e} of {len}");
                }
            }
        }
    )*};
}

bounds! { f32 24 f64 53 }

/// How far a variance is off, relative to the real one.
fn variance_error(xs: &[f64]) -> f64 {
    let exact = float_variance(xs.iter().copied(), 1).expect("two values or more");
    let got = Variance::sample().of(xs).expect("two values or more");
    assert!(got >= 0.0);
    (got - exact).abs() / exact
}

#[test]
fn variances() {
    let u = 1.0 / (1_u64 << 53) as f64;
    let random = &mut Random(32);
    for len in [2_u32, 3, 10, 33, 1000, 1024, 1025, 3000, 10_000] {
        for offset in [0.0, 1.0, 1e3, -1e6, 1e9, -1e12] {
            let normal: Vec<f64> = (0..len).map(|_| offset + random.normal()).collect();
            // A first value, and so a pivot, that lies as far out as one can.
            let mut outlier = normal.clone();
            outlier[0] = offset + 1e6;
            // Distances of all sizes.
            let spread: Vec<f64> = (0..len).map(|_| offset + f64::ordinary(random)).collect();
            for xs in [normal, outlier, spread] {
                let tiles = f64::from(len.div_ceil(1024));
                let bound = 35_f64.exp2().recip() + 8.0 * tiles * u;
                let error = variance_error(&xs);
                assert!(error <= bound, "{error:e} > {bound:e}: {len} at {offset:e}");
            }
        }
    }
}

/// Columns so long that a mean which is kept as one number stands still: whole numbers
/// of steps from an offset, whose variance integers give.
#[test]
fn variances_of_long_columns() {
    const LEN: usize = 1 << 18;
    let steps: [fn(usize) -> usize; 4] = [
        |i| i / (LEN / 2),
        |i| i / (LEN / 1000),
        |i| if i == 0 { 1 << 20 } else { i % 2 },
        |i| i * 40_503 % 1009,
    ];
    for step in steps {
        let (sum, squares) = (0..LEN).map(step).fold((0, 0), |(sum, squares), k| {
            let k = k as u128;
            (sum + k, squares + k * k)
        });
        let len = LEN as u128;
        let exact = (len * squares - sum * sum) as f64 / (len * len) as f64;
        for offset in [0.0, 1e9, -1e12, 1e14, 1.7e15] {
            let xs: Vec<f64> = (0..LEN).map(|i| offset + step(i) as f64).collect();
            let got = Variance::population().of(&xs).expect("rows");
            let error = (got - exact).abs() / exact;
            assert!(
                error <= 35_f64.exp2().recip() + 1e-12,
                "{got:e} is not {exact:e} at {offset:e}"
            );
        }
    }
}

#[test]
fn common_variances_are_better_still() {
    let random = &mut Random(33);
    for len in [2, 10, 100, 1000, 10_000, 40_000] {
        let xs: Vec<f64> = (0..len).map(|_| random.unit()).collect();
        let error = variance_error(&xs);
        assert!(error <= 45_f64.exp2().recip(), "{error:e} of {len}");
        let xs: Vec<f64> = xs.iter().map(|x| x + 1e9).collect();
        let error = variance_error(&xs);
        assert!(error <= 1e-8, "{error:e} of {len} at 1e9");
    }
}

#[test]
fn variances_of_f32_are_those_of_f64() {
    let random = &mut Random(34);
    for len in [2, 100, 2048, 2049, 5000] {
        let xs: Vec<f32> = (0..len).map(|_| 1e6 + random.normal() as f32).collect();
        let exact = float_variance(xs.iter().map(|&x| x.into()), 1).unwrap();
        let got = Variance::sample().of(&xs).unwrap();
        assert!((got - exact).abs() <= 40_f64.exp2().recip() * exact, "{got:e} is not {exact:e}");
    }
}

/// The pairwise sum of `NumPy`: blocks of 128 in eight accumulators, joined by halving.
fn pairwise(xs: &[f32]) -> f32 {
    if xs.len() < 8 {
        return xs.iter().fold(0.0, |sum, x| sum + x);
    }
    if xs.len() <= 128 {
        let (octets, rest) = xs.as_chunks::<8>();
        let mut r = octets[0];
        for octet in &octets[1..] {
            r.iter_mut().zip(octet).for_each(|(r, x)| *r += x);
        }
        let sum = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]));
        return rest.iter().fold(sum, |sum, x| sum + x);
    }
    let half = xs.len() / 2 / 8 * 8;
    pairwise(&xs[..half]) + pairwise(&xs[half..])
}

/// The root mean square of the errors of the library, and of the pairwise sum.
fn errors(len: usize, sets: u32, mut value: impl FnMut() -> f64) -> (f64, f64) {
    let (mut ours, mut theirs) = (0.0, 0.0);
    for _ in 0..sets {
        let xs: Vec<f32> = (0..len).map(|_| value() as f32).collect();
        // Sums of f32 of like size are exact in f64 but for a part in 2^29.
        let exact = xs.iter().fold(0.0, |sum, &x| sum + f64::from(x));
        let square = |x: f32| (f64::from(x) - exact) * (f64::from(x) - exact);
        ours += square(Sum.of(&xs));
        theirs += square(pairwise(&xs));
    }
    ((ours / f64::from(sets)).sqrt(), (theirs / f64::from(sets)).sqrt())
}

/// Equal values are a matter of luck: of 0.1, ours err less for 1,000 and 10,000, and
/// more for 100,000 (1.8e-3 against 0.8e-3), where the pairwise errors happen to cancel.
///
/// Uniform data err less here, and ever less with the length. Normal data, whose sum is
/// small beside its values, err alike: over 8,000 sets of 10,000 values 1 to 2 % more, over
/// 400 sets of 100,000 values 9 to 15 % less. So few sets as these are subject to luck: a
/// tenth more is allowed for uniform data, and a quarter for normal data.
#[test]
fn sums_of_f32_err_no_more_than_pairwise_ones() {
    let random = &mut Random(35);
    let more = if cfg!(debug_assertions) { 1 } else { 5 };
    for (len, sets) in [(1000, 400 * more), (10_000, 200 * more), (100_000, 60 * more)] {
        let (ours, theirs) = errors(len, sets, || random.unit());
        println!("{len} uniform values: {ours:.3e}, pairwise {theirs:.3e}");
        assert!(ours <= 1.1 * theirs, "{len} uniform: {ours:e}, pairwise {theirs:e}");
        let (ours, theirs) = errors(len, sets, || random.normal());
        println!("{len} normal values: {ours:.3e}, pairwise {theirs:.3e}");
        assert!(ours <= 1.25 * theirs, "{len} normal: {ours:e}, pairwise {theirs:e}");
    }
    for len in [1000, 10_000] {
        let (ours, theirs) = errors(len, 1, || 0.1);
        assert!(ours <= theirs, "{len} times 0.1: {ours:e}, pairwise {theirs:e}");
    }
}
