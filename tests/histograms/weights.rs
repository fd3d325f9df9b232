//! Laws of weights.

use crate::data::{Random, Same};
use crate::{Place, edges_of, histograms, place};
use lanefold::{Accumulator, Aggregate, Backend, Binned, ExactSum, Histogram};

/// The weights of each slot, in order.
fn written(edges: &[f64], values: &[f64], weights: &[f64]) -> (Vec<Vec<f64>>, [Vec<f64>; 3]) {
    let (mut bins, mut others) = (vec![vec![]; edges.len() - 1], [const { vec![] }; 3]);
    for (&x, &weight) in values.iter().zip(weights) {
        match place(edges, x) {
            Place::Bin(bin) => bins[bin].push(weight),
            Place::Over => others[0].push(weight),
            Place::Under => others[1].push(weight),
            Place::Nan => others[2].push(weight),
        }
    }
    (bins, others)
}

fn slots(binned: &Binned<f64>) -> Vec<f64> {
    let others = [binned.over(), binned.under(), binned.nan()];
    binned.counts().iter().copied().chain(others).collect()
}

fn data(len: usize, seed: u64) -> (Vec<f64>, Vec<f64>) {
    let random = &mut Random(seed);
    let value = |random: &mut Random| match random.below(20) {
        0 => f64::NAN,
        1 => 1e300,
        2 => -1e300,
        _ => random.unit() * 12.0 - 1.0,
    };
    let values = (0..len).map(|_| value(random)).collect();
    let weights =
        (0..len).map(|_| (random.unit() - 0.3) * 2_f64.powf(random.below(60) as f64)).collect();
    (values, weights)
}

#[test]
fn sums_are_near_the_exact_ones_and_the_same_on_every_backend() {
    for (i, histogram) in histograms().into_iter().enumerate() {
        let (values, weights) = data(3000, i as u64);
        let edges = edges_of(&histogram);
        let (bins, others) = written(&edges, &values, &weights);
        let want = histogram.of_on(Backend::SCALAR, (&values, &weights));
        for (slot, weights) in slots(&want).into_iter().zip(bins.iter().chain(&others)) {
            let exact = ExactSum.of(weights);
            let scale: f64 = weights.iter().map(|w| w.abs()).sum();
            let (u, n) = (f64::EPSILON / 2.0, weights.len() as f64);
            let error = (slot - exact).abs();
            assert!(error <= 2.0 * u * exact.abs() + 2.0 * n * n * u * u * scale, "{slot} {exact}");
        }
        for backend in Backend::available() {
            let got = histogram.of_on(backend, (&values, &weights));
            assert!(slots(&got).iter().zip(slots(&want)).all(|(a, b)| a.same(&b)), "{backend}");
        }
    }
}

#[test]
fn whole_weights_are_exact_and_streams_and_merges_agree() {
    let histogram = Histogram::linear(0.0, 10.0, 20).expect("edges");
    let (values, _) = data(2500, 21);
    let weights: Vec<u16> = (0..2500).map(|i| (i * 7 % 1000) as u16).collect();
    let wide: Vec<f64> = weights.iter().map(|&w| w.into()).collect();
    let (bins, others) = written(&edges_of(&histogram), &values, &wide);
    let want: Vec<f64> = bins.iter().chain(&others).map(|w| w.iter().sum::<f64>() + 0.0).collect();
    for backend in Backend::available() {
        assert_eq!(slots(&histogram.of_on(backend, (&values, &weights))), want);
        let mut stream = Accumulator::<_, (f64, u16)>::on(backend, histogram.clone());
        for (values, weights) in values.chunks(333).zip(weights.chunks(333)) {
            let mut other = Accumulator::<_, (f64, u16)>::on(backend, histogram.clone());
            other.update((values, weights)).expect("columns of one length");
            stream.merge(&other);
        }
        assert_eq!(slots(&stream.finish()), want);
    }
}

#[test]
fn special_weights_stay_in_their_bin() {
    let histogram = Histogram::linear(0.0, 5.0, 5).expect("edges");
    let (inf, nan) = (f64::INFINITY, f64::NAN);
    let values = [0.5, 1.5, 1.6, 2.5, 2.6, 3.5, 4.5, 9.0];
    let weights = [nan, inf, 1.0, inf, -inf, -0.0, 7.0, -nan];
    for backend in Backend::available() {
        let got = histogram.of_on(backend, (&values, &weights));
        let want = [nan, inf, nan, -0.0, 7.0];
        assert!(got.counts().iter().zip(want).all(|(a, b)| a.same(&b)), "{got:?} on {backend}");
        assert!(got.over().same(&nan) && got.inside().same(&nan) && got.total().same(&nan));
        assert!(got.under().same(&0.0) && got.nan().same(&0.0));
    }
}
