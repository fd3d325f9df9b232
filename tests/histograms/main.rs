//! Laws of histograms: each value is in the bin that the edges say, on every backend.
//!
//! The reference looks for the bin from the first edge to the last.
#![cfg(feature = "alloc")]
#![allow(
    clippy::cast_lossless,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::float_cmp,
    reason = "tests make data from random words, and compare floats for identity"
)]

#[allow(unused_macros, reason = "as below")]
#[macro_use]
#[path = "../laws/suite.rs"]
mod suite;

#[allow(dead_code, reason = "as below")]
#[path = "../laws/backends.rs"]
mod backends;
#[allow(dead_code, reason = "shared with the other laws, which use all of it")]
#[path = "../laws/data.rs"]
mod data;
#[allow(dead_code, reason = "as above")]
#[path = "../laws/exact.rs"]
mod exact;
#[allow(dead_code, reason = "as above")]
#[path = "../laws/spec.rs"]
mod spec;

mod dense;
mod edges;
mod partials;
mod views;
mod weights;

use lanefold::{Aggregate, Binned, Histogram};

/// Where a value belongs.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    Bin(usize),
    Over,
    Under,
    Nan,
}

fn place(edges: &[f64], x: f64) -> Place {
    let last = edges.len() - 1;
    if x.is_nan() {
        return Place::Nan;
    }
    if x < edges[0] {
        return Place::Under;
    }
    for bin in 0..last {
        if x < edges[bin + 1] {
            return Place::Bin(bin);
        }
    }
    if x == edges[last] { Place::Bin(last - 1) } else { Place::Over }
}

/// What a histogram should count.
fn written(edges: &[f64], values: impl Iterator<Item = f64>) -> (Vec<u64>, [u64; 3]) {
    let (mut counts, mut others) = (vec![0; edges.len() - 1], [0; 3]);
    for x in values {
        match place(edges, x) {
            Place::Bin(bin) => counts[bin] += 1,
            Place::Over => others[0] += 1,
            Place::Under => others[1] += 1,
            Place::Nan => others[2] += 1,
        }
    }
    (counts, others)
}

#[track_caller]
fn assert_counts(got: &Binned<u64>, values: impl Iterator<Item = f64>, context: &str) {
    let (counts, others) = written(got.edges(), values);
    assert_eq!([got.over(), got.under(), got.nan()], others, "{context}");
    assert_eq!(got.counts(), counts, "{context}");
    assert_eq!(got.unplaced(), 0, "{context}");
}

fn edges_of(histogram: &Histogram) -> Vec<f64> {
    histogram.of(&[0.0; 0]).edges().to_vec()
}

/// Histograms of every kind: lines that are exact, that are near, and that are not lines.
fn histograms() -> Vec<Histogram> {
    let linear = |low, high, bins| Histogram::linear(low, high, bins).expect("edges");
    let logarithmic = |low, high, bins| Histogram::logarithmic(low, high, bins).expect("edges");
    let edges = |edges: &[f64]| Histogram::edges(edges).expect("edges");
    vec![
        linear(0.0, 10.0, 10),
        linear(0.0, 1.0, 1),
        linear(0.0, f64::from_bits(1), 1),
        linear(0.0, 1.0, 3),
        linear(0.0, 1.0, 100),
        linear(-0.7, 0.3, 100),
        linear(-128.0, 128.0, 253),
        linear(-128.0, 128.0, 254),
        linear(0.1, 0.7, 1000),
        linear(1e9, 1e9 + 1.0, 77),
        // Edges a few units of the last digit apart.
        linear(1e16, 1e16 + 100.0, 50),
        linear(1e16, 1e16 + 1000.0, 300),
        linear(0.0, 1e-310, 100),
        linear(-1e-320, 1e-320, 7),
        linear(f64::MIN / 2.0, f64::MAX / 2.0, 11),
        linear(0.0, f64::MAX, 64),
        logarithmic(1.0, 1000.0, 3),
        logarithmic(1e-3, 1e3, 100),
        logarithmic(f64::from_bits(1), f64::MAX, 40),
        logarithmic(1.0, 2.0, 300),
        edges(&[-0.0, 1.0]),
        edges(&[f64::MIN, 0.0, f64::MAX]),
        edges(&[-5.0, -1.0, 0.0, f64::from_bits(1), 1.0, 1.5, 100.0, 1e300]),
        // Nearly a line.
        edges(&[0.0, 1.1, 1.9, 3.05, 4.0]),
        edges(&[0.0, 1.2, 2.0, 2.7, 4.0]),
        edges(&[0.0, 1.5, 2.0, 3.0, 4.0]),
    ]
}
