//! What the documentation says of empty columns, constants, NaN, infinities, zeros, and
//! the ends of the range.

use lanefold::{
    Aggregate, Backend, CoefficientOfVariation, Correlation, CosineSimilarity, Covariance,
    EuclideanDistance, GeometricMean, HarmonicMean, LinearFit, LogSumExp, MeanAbsoluteError,
    Moments, Norm, RootMeanSquare, RootMeanSquareError, WeightedMean, WeightedVariance,
};

const NONE: &[f64] = &[];
const INF: f64 = f64::INFINITY;

#[test]
fn empty_columns() {
    for backend in Backend::available() {
        assert!(Moments.of_on(backend, NONE).is_none());
        assert_eq!(Norm::l1().of_on(backend, NONE).to_bits(), 0);
        assert_eq!(Norm::l2().of_on(backend, NONE).to_bits(), 0);
        assert_eq!(Norm::max().of_on(backend, NONE).to_bits(), 0);
        assert_eq!(EuclideanDistance.of_on(backend, (NONE, NONE)).to_bits(), 0);
        let ones = [
            RootMeanSquare.of_on(backend, NONE),
            CoefficientOfVariation::population().of_on(backend, NONE),
            GeometricMean.of_on(backend, NONE),
            HarmonicMean.of_on(backend, NONE),
            LogSumExp.of_on(backend, NONE),
        ];
        assert_eq!(ones, [None; 5]);
        let pair = (NONE, NONE);
        let twos = [
            Covariance::population().of_on(backend, pair),
            Correlation.of_on(backend, pair),
            WeightedMean.of_on(backend, pair),
            WeightedVariance::frequency(0).of_on(backend, pair),
            WeightedVariance::reliability().of_on(backend, pair),
            MeanAbsoluteError.of_on(backend, pair),
            RootMeanSquareError.of_on(backend, pair),
            CosineSimilarity.of_on(backend, pair),
        ];
        assert_eq!(twos, [None; 8]);
        assert!(LinearFit.of_on(backend, pair).is_none());
    }
}

#[test]
fn constants_have_no_spread_and_no_shape() {
    for x in [0.1, -3.0, 1e300, 5e-324, f64::MAX, 0.0, -0.0] {
        for len in [1, 2, 33, 1025, 5000] {
            let xs = vec![x; len];
            let ys: Vec<f64> = (0..len).map(|i| i as f64).collect();
            let moments = Moments.of(&xs).unwrap();
            assert_eq!((moments.mean(), moments.variance(0)), (x, Some(0.0)), "{len} of {x:e}");
            assert_eq!((moments.skewness(), moments.kurtosis()), (None, None));
            assert_eq!(moments.variance(len as u64), None);
            assert_eq!(Covariance::population().of((&xs, &ys)), Some(0.0));
            assert_eq!((Correlation.of((&xs, &ys)), Correlation.of((&ys, &xs))), (None, None));
            assert!(LinearFit.of((&xs, &ys)).is_none());
            if len > 1 {
                let line = LinearFit.of((&ys, &xs)).unwrap();
                assert_eq!((line.slope, line.intercept, line.r2), (0.0, x, 1.0));
            }
            assert_eq!(WeightedVariance::frequency(0).of((&xs, &vec![3; len])), Some(0.0));
            assert_eq!(EuclideanDistance.of((&xs, &xs)), 0.0);
        }
    }
}

#[test]
fn nan_is_seen_wherever_it_is() {
    for backend in Backend::available() {
        for place in [0, 1, 31, 40, 600, 1030, 1099] {
            let clean: Vec<f64> = (0..1100).map(|i| 1.0 + f64::from(i)).collect();
            let mut xs = clean.clone();
            xs[place] = -f64::NAN;
            let moments = Moments.of_on(backend, &xs).unwrap();
            let mut results = vec![
                moments.mean(),
                moments.variance(1).unwrap(),
                moments.skewness().unwrap(),
                moments.kurtosis().unwrap(),
                Norm::l1().of_on(backend, &xs),
                Norm::l2().of_on(backend, &xs),
                Norm::max().of_on(backend, &xs),
                RootMeanSquare.of_on(backend, &xs).unwrap(),
                CoefficientOfVariation::sample().of_on(backend, &xs).unwrap(),
                GeometricMean.of_on(backend, &xs).unwrap(),
                HarmonicMean.of_on(backend, &xs).unwrap(),
                LogSumExp.of_on(backend, &xs).unwrap(),
            ];
            for pair in [(&xs, &clean), (&clean, &xs)] {
                let line = LinearFit.of_on(backend, pair).unwrap();
                results.extend([
                    line.slope,
                    line.intercept,
                    line.r2,
                    Covariance::sample().of_on(backend, pair).unwrap(),
                    Correlation.of_on(backend, pair).unwrap(),
                    WeightedMean.of_on(backend, pair).unwrap(),
                    WeightedVariance::frequency(1).of_on(backend, pair).unwrap(),
                    WeightedVariance::reliability().of_on(backend, pair).unwrap(),
                    MeanAbsoluteError.of_on(backend, pair).unwrap(),
                    RootMeanSquareError.of_on(backend, pair).unwrap(),
                    EuclideanDistance.of_on(backend, pair),
                    CosineSimilarity.of_on(backend, pair).unwrap(),
                ]);
            }
            for (i, result) in results.iter().enumerate() {
                assert_eq!(result.to_bits(), f64::NAN.to_bits(), "{backend}, {place}: result {i}");
            }
        }
    }
}

#[test]
fn infinities() {
    let xs = [1.0, INF, 2.0];
    let moments = Moments.of(&xs).unwrap();
    assert!(moments.mean().is_nan() && moments.variance(0).unwrap().is_nan());
    assert!(moments.kurtosis().unwrap().is_nan());
    assert_eq!((Norm::l1().of(&xs), Norm::l2().of(&xs), Norm::max().of(&[-INF])), (INF, INF, INF));
    assert_eq!(GeometricMean.of(&xs), Some(INF));
    assert!(GeometricMean.of(&[0.0, INF]).unwrap().is_nan());
    assert_eq!(
        (HarmonicMean.of(&[INF, INF]), HarmonicMean.of(&[INF, 1.0])),
        (Some(INF), Some(2.0))
    );
    assert_eq!((LogSumExp.of(&xs), LogSumExp.of(&[-INF; 40])), (Some(INF), Some(-INF)));
    assert_eq!(LogSumExp.of(&[-INF, 1.5, -INF]), Some(1.5));
    assert!(LogSumExp.of(&[-INF, f64::NAN]).unwrap().is_nan());
    let ys = [1.0, 2.0, 3.0];
    assert!(Covariance::sample().of((&xs, &ys)).unwrap().is_nan());
    assert!(Correlation.of((&xs, &ys)).unwrap().is_nan());
    assert_eq!(EuclideanDistance.of((&xs, &ys)), INF);
    assert!(EuclideanDistance.of((&xs, &xs)).is_nan());
    assert!(CosineSimilarity.of((&xs, &ys)).unwrap().is_nan());
    assert_eq!(WeightedMean.of((&xs, &ys)), Some(INF));
    assert!(WeightedMean.of((&xs, &[1, 0, 1])).unwrap().is_nan());
}

/// `norm(2^e x) = 2^e norm(x)`, to the last bit, from the least number to the greatest.
#[test]
fn norms_have_all_digits_at_the_ends_of_the_range() {
    let digits: Vec<f64> = (0..2050).map(|i| f64::from(i % 97) - 48.0).collect();
    let zeros = vec![0.0; 2050];
    for exponent in [-1074, -1000, -700, -600, -500, -480, 0, 470, 480, 500, 512, 600, 900, 1000] {
        let up = |x: &f64| {
            x * f64::from(exponent / 2).exp2() * f64::from(exponent - exponent / 2).exp2()
        };
        let scaled: Vec<f64> = digits.iter().map(up).collect();
        let near = |got: f64, want: f64| {
            let want = up(&want);
            assert!((got - want).abs() <= 4e-15 * want + 5e-324, "2^{exponent}: {got:e}, {want:e}");
        };
        near(Norm::l2().of(&scaled), Norm::l2().of(&digits));
        near(RootMeanSquare.of(&scaled).unwrap(), RootMeanSquare.of(&digits).unwrap());
        near(EuclideanDistance.of((&scaled, &zeros)), Norm::l2().of(&digits));
        near(
            RootMeanSquareError.of((&zeros, &scaled)).unwrap(),
            RootMeanSquare.of(&digits).unwrap(),
        );
        let (cosine, other) = (CosineSimilarity.of((&scaled, &digits)), 1.0);
        assert!((cosine.unwrap() - other).abs() < 1e-14, "2^{exponent}: {cosine:?}");
        // Ranges meet in one column.
        let tail = [scaled.clone(), digits.clone()].concat();
        let (both, squares) = (Norm::l2().of(&tail), (up(&1.0), Norm::l2().of(&digits)));
        if exponent >= 100 {
            near(both, squares.1);
        } else if exponent <= -100 {
            assert!((both - squares.1).abs() <= 1e-13 * both);
        }
    }
    assert_eq!(EuclideanDistance.of((&[f64::MAX], &[-f64::MAX])), INF);
    assert_eq!(Norm::l2().of(&[1e-200, 1e-200, 1e-200, 1e-200]), 2e-200);
    assert_eq!(Norm::max().of(&[5e-324, -1e-323]), 1e-323);
}

#[test]
fn geometric_means_at_the_ends_of_the_range() {
    for (x, y, want) in [(1e300, 1e308, 1e304), (5e-324, 5e-324, 5e-324), (4e-320, 4e300, 4e-10)] {
        for len in [2, 40, 1026] {
            let xs: Vec<f64> = (0..len).map(|i| if i % 2 == 0 { x } else { y }).collect();
            let got = GeometricMean.of(&xs).unwrap();
            assert!((got - want).abs() <= 1e-4 * want, "{x:e}, {y:e}: {got:e}");
        }
    }
    assert_eq!(GeometricMean.of(&[0.1]), Some(0.1));
    assert_eq!(GeometricMean.of(&[5e-324]), Some(5e-324));
    assert_eq!(
        (GeometricMean.of(&[1.0, -0.0]), GeometricMean.of(&[2_u8, 8])),
        (Some(0.0), Some(4.0))
    );
    assert!(GeometricMean.of(&[0.0, -1.0]).unwrap().is_nan());
    assert!(HarmonicMean.of(&[3.0, -1.0]).unwrap().is_nan());
    assert_eq!(HarmonicMean.of(&[3.0, -0.0, 0.0]), Some(0.0));
}

#[test]
fn spreads_that_leave_the_range() {
    let wide = [f64::MAX, -f64::MAX, 1.0];
    assert_eq!(Moments.of(&wide).unwrap().variance(0), Some(INF));
    assert!(Moments.of(&wide).unwrap().kurtosis().unwrap().is_nan());
    let large = [1e100, 2e100, 4e100];
    let moments = Moments.of(&large).unwrap();
    assert!((moments.variance(1).unwrap() / (7e200 / 3.0) - 1.0).abs() < 1e-15);
    assert!(moments.kurtosis().unwrap().is_nan());
    assert!(Moments.of(&[1e-100, 2e-100]).unwrap().skewness().unwrap().is_nan());
    assert!(Correlation.of((&wide, &[1, 2, 3])).unwrap().is_nan());
    assert!((Correlation.of((&large, &[1, 2, 4])).unwrap() - 1.0).abs() < 1e-15);
    // Whole tiles of both ends.
    let both = [vec![f64::MAX; 1024], vec![-f64::MAX; 1024]].concat();
    assert_eq!(Moments.of(&both).unwrap().variance(0), Some(INF));
}

#[test]
fn weights() {
    let xs = [5.0, 1e18, 7.0];
    assert_eq!(WeightedMean.of((&xs, &[1, 0, 1])), Some(6.0));
    assert_eq!(WeightedVariance::frequency(0).of((&xs, &[1, 0, 1])), Some(1.0));
    assert_eq!(WeightedVariance::frequency(1).of((&xs, &[1, 0, 0])), None);
    assert_eq!(WeightedVariance::reliability().of((&xs, &[0, 0, 9])), None);
    assert_eq!(WeightedVariance::reliability().of((&xs, &[0.0; 3])), None);
    for weight in 1..1000 {
        let weight = f64::from(weight) / 100.0;
        assert_eq!(WeightedVariance::reliability().of((&[5.0], &[weight])), None, "{weight}");
    }
    // A value without weight is no pivot, wherever it lies.
    for far in [1e18, 1e30, 1e308] {
        let xs = [far, 1.0, 2.0, 3.0];
        let variance = WeightedVariance::frequency(1).of((&xs, &[0, 1, 1, 1]));
        assert_eq!(variance, Some(1.0), "{far:e}");
    }
    assert!(WeightedMean.of((&[f64::NAN], &[0.0])).is_some_and(f64::is_nan));
    assert_eq!(WeightedVariance::reliability().of((&xs, &[0.5, 0.0, 0.5])), Some(2.0));
}

#[test]
fn the_harmonic_mean_of_the_greatest_numbers_is_one() {
    assert_eq!(HarmonicMean.of(&[f64::MAX]), Some(f64::MAX));
    assert_eq!(HarmonicMean.of(&[f64::MAX; 3]), Some(f64::MAX));
    assert_eq!(HarmonicMean.of(&[f64::INFINITY; 2]), Some(f64::INFINITY));
}
