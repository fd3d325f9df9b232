//! Laws of what a histogram comes to.

use crate::histograms;
use lanefold::{Aggregate, Histogram};

#[test]
fn views_agree_with_each_other() {
    let values: Vec<f64> = (-500..500).map(|i| f64::from(i) / 3.0).chain([f64::NAN]).collect();
    for histogram in histograms() {
        let binned = histogram.of(&values);
        assert_eq!(binned.total(), values.len() as u64);
        assert_eq!(binned.nan(), 1);
        let bins: Vec<_> = binned.bins().collect();
        assert_eq!(bins.len(), binned.counts().len());
        for (i, bin) in bins.iter().enumerate() {
            assert_eq!((bin.low, bin.high), (binned.edges()[i], binned.edges()[i + 1]));
            assert_eq!(bin.count, binned.counts()[i]);
        }
        let sum: u64 = bins.iter().map(|bin| bin.count).sum();
        assert_eq!(binned.inside(), sum);
        let cumulative: Vec<u64> = binned.cumulative().collect();
        assert_eq!(cumulative.last(), Some(&(sum + binned.under())));
        for (bin, below) in bins.iter().zip(&cumulative) {
            let last = bin.high == binned.edges()[bins.len()];
            let want = values.iter().filter(|&&x| x < bin.high || last && x == bin.high).count();
            assert_eq!(*below, want as u64, "below {}", bin.high);
        }
    }
}

#[test]
fn a_density_has_an_integral_of_one() {
    let binned = Histogram::edges(&[0.0, 1.0, 3.0, 10.0]).expect("edges").of(&[0.5, 2.0, 2.5, 9.0]);
    let density: Vec<f64> = binned.density().collect();
    assert_eq!(density, [0.25, 0.25, 0.25 / 7.0]);
    let integral: f64 =
        binned.bins().zip(&density).map(|(bin, density)| density * (bin.high - bin.low)).sum();
    assert_eq!(integral, 1.0);
    let nothing = Histogram::linear(0.0, 1.0, 2).expect("edges").of(&[7.0, 8.0]);
    assert_eq!(nothing.density().collect::<Vec<_>>(), [0.0, 0.0]);
}

#[test]
fn no_rows() {
    for histogram in histograms() {
        let binned = histogram.of(&[0.0; 0]);
        assert!(binned.counts().iter().all(|&count| count == 0));
        assert_eq!((binned.total(), binned.counts().len() + 1), (0, binned.edges().len()));
    }
}
