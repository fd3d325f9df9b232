//! Laws of edges: what they are, and which are refused.

use crate::{edges_of, histograms};
use lanefold::{Histogram, HistogramError as Error};

const INFINITY: f64 = f64::INFINITY;

/// What is refused, and where. NaN equals nothing, so the texts are compared.
#[track_caller]
fn refused(got: Result<Histogram, Error>, want: Error) {
    let got = got.expect_err("bad edges");
    assert_eq!(format!("{got:?}"), format!("{want:?}"));
    assert!(!got.to_string().is_empty());
}

#[test]
fn bad_edges_are_refused_with_their_place() {
    for make in [Histogram::linear, Histogram::logarithmic] {
        refused(make(1.0, 2.0, 0), Error::NoBins);
        refused(make(1.0, 2.0, usize::MAX), Error::TooManyBins { bins: usize::MAX });
        refused(make(1.0, 1.0, 5), Error::NotIncreasing { place: 5, value: 1.0 });
        refused(make(2.0, 1.0, 5), Error::NotIncreasing { place: 5, value: 1.0 });
        refused(make(1.0, f64::NAN, 5), Error::NotFinite { place: 5, value: f64::NAN });
        refused(make(f64::NAN, 1.0, 5), Error::NotFinite { place: 0, value: f64::NAN });
        refused(make(1.0, INFINITY, 5), Error::NotFinite { place: 5, value: INFINITY });
        let next = 1.0_f64.next_up();
        refused(make(1.0, next, 2), Error::NotIncreasing { place: 1, value: 1.0 });
    }
    refused(Histogram::linear(-INFINITY, 1.0, 5), Error::NotFinite { place: 0, value: -INFINITY });
    refused(Histogram::linear(f64::MIN, f64::MAX, 5), Error::TooWide { place: 5, value: f64::MAX });
    refused(Histogram::logarithmic(0.0, 1.0, 5), Error::NotPositive { place: 0, value: 0.0 });
    refused(Histogram::logarithmic(-1.0, 1.0, 5), Error::NotPositive { place: 0, value: -1.0 });
    for none in [&[][..], &[1.0]] {
        refused(Histogram::edges(none), Error::NoBins);
    }
    let equal = Histogram::edges(&[0.0, 1.0, 1.0, 2.0]);
    refused(equal, Error::NotIncreasing { place: 2, value: 1.0 });
    refused(Histogram::edges(&[-0.0, 0.0]), Error::NotIncreasing { place: 1, value: 0.0 });
    let nan = Histogram::edges(&[0.0, f64::NAN, 2.0]);
    refused(nan, Error::NotFinite { place: 1, value: f64::NAN });
    let wide = Histogram::edges(&[f64::MIN, f64::MAX, INFINITY]);
    refused(wide, Error::TooWide { place: 1, value: f64::MAX });
}

#[test]
fn edges_increase_and_end_where_they_should() {
    for histogram in histograms() {
        let edges = edges_of(&histogram);
        assert!(edges.is_sorted_by(|a, b| a < b), "{edges:?}");
    }
    for bins in [1, 2, 3, 7, 100, 999] {
        for (low, high) in [(0.0, 1.0), (-3.5, 0.1), (1e9, 2e9), (0.0, f64::MAX)] {
            let edges = edges_of(&Histogram::linear(low, high, bins).expect("edges"));
            assert_eq!((edges.len(), edges[0], edges[bins]), (bins + 1, low, high));
        }
        for (low, high) in [(0.1, 1.0), (1e-300, 1e300), (f64::MIN_POSITIVE, f64::MAX)] {
            let edges = edges_of(&Histogram::logarithmic(low, high, bins).expect("edges"));
            assert_eq!((edges.len(), edges[0], edges[bins]), (bins + 1, low, high));
            let ratio = (high.ln() - low.ln()) / bins as f64;
            for pair in edges.windows(2) {
                let error = (pair[1].ln() - pair[0].ln() - ratio).abs();
                assert!(error < 1e-12 * (1.0 + ratio), "{pair:?}");
            }
        }
    }
}

#[test]
fn edges_are_the_numbers_that_one_expects() {
    let tenths = edges_of(&Histogram::linear(0.0, 1.0, 10).expect("edges"));
    assert_eq!(tenths, [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]);
    let powers = edges_of(&Histogram::logarithmic(1e-3, 1e3, 6).expect("edges"));
    assert_eq!(powers, [1e-3, 1e-2, 1e-1, 1.0, 10.0, 100.0, 1000.0]);
    let powers = edges_of(&Histogram::logarithmic(1.0, 1e6, 6).expect("edges"));
    assert_eq!(powers, [1.0, 10.0, 100.0, 1e3, 1e4, 1e5, 1e6]);
}

#[test]
fn the_most_bins_there_may_be() {
    let most = Histogram::linear(0.0, 1.0, 1 << 18).expect("edges");
    let values: Vec<f64> = (0..1000).map(|i| f64::from(i) / 999.0).collect();
    let got = lanefold::Aggregate::of(&most, &values);
    assert_eq!((got.inside(), got.total()), (1000, 1000));
    assert_eq!((got.counts()[0], got.counts()[(1 << 18) - 1]), (1, 1));
    let more = Histogram::linear(0.0, 1.0, (1 << 18) + 1);
    assert_eq!(more, Err(Error::TooManyBins { bins: (1 << 18) + 1 }));
}
