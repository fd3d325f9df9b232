//! Laws of columns without nulls, of every type.

use crate::data::{KINDS, Random, Sample, column};
use crate::{assert_counts, edges_of, histograms, place};
use lanefold::{Aggregate, Backend, Binned, Histogram, Number};

/// The result on every backend, and of the way that is chosen where none is named, which for few
/// values is another.
fn ways<'a, T: Number>(
    histogram: &'a Histogram,
    values: &'a [T],
) -> impl Iterator<Item = (String, Binned<u64>)> + 'a {
    let named = Backend::available()
        .map(move |backend| (backend.to_string(), histogram.of_on(backend, values)));
    named.chain([("of".to_owned(), histogram.of(values))])
}

/// Each edge and its neighbours, values in the middle of bins and far away, and others.
fn hard(histogram: &Histogram, random: &mut Random) -> Vec<f64> {
    let edges = edges_of(histogram);
    let mut values = <f64 as Sample>::specials();
    for pair in edges.windows(2) {
        values.push(pair[0] + (pair[1] - pair[0]) * random.unit());
    }
    for &edge in &edges {
        let (up, down) = (edge.next_up(), edge.next_down());
        values.extend([edge, up, down, up.next_up(), down.next_down(), -edge]);
    }
    let (low, high) = (edges[0], edges[edges.len() - 1]);
    values.extend((0..100).map(|_| low + (high - low) * (random.unit() * 1.2 - 0.1)));
    // In no order, so that each lane gets some of each.
    for i in 1..values.len() {
        values.swap(i, random.below(i + 1));
    }
    values
}

#[test]
fn each_value_is_where_the_edges_say() {
    let random = &mut Random(1);
    for histogram in histograms() {
        let values = hard(&histogram, random);
        for (way, got) in ways(&histogram, &values) {
            let context = format!("{way}: {histogram:?}");
            assert_counts(&got, values.iter().copied(), &context);
        }
    }
}

/// One value at a time, which finds what would cancel out in counts.
#[test]
fn each_value_alone() {
    let random = &mut Random(2);
    for histogram in histograms() {
        let edges = edges_of(&histogram);
        let mut values = hard(&histogram, random);
        values.truncate(400);
        for x in values {
            for (way, got) in ways(&histogram, &[x]) {
                let found = got.counts().iter().position(|&count| count == 1);
                let found = match (found, got.over(), got.under(), got.nan()) {
                    (Some(bin), 0, 0, 0) => crate::Place::Bin(bin),
                    (None, 1, 0, 0) => crate::Place::Over,
                    (None, 0, 1, 0) => crate::Place::Under,
                    (None, 0, 0, 1) => crate::Place::Nan,
                    other => panic!("{x:e} by {way}: {other:?}"),
                };
                assert_eq!(found, place(&edges, x), "{x:e} by {way} between {edges:?}");
            }
        }
    }
}

#[test]
fn every_length_and_alignment() {
    let histograms = [
        Histogram::linear(0.0, 1.0, 100).expect("edges"),
        Histogram::linear(0.0, 4.0, 4).expect("edges"),
        Histogram::logarithmic(0.01, 1.0, 300).expect("edges"),
    ];
    let random = &mut Random(3);
    let values: Vec<f64> = (0..4000).map(|_| random.unit() * 1.1 - 0.05).collect();
    let lengths = (0..200).chain([511, 512, 513, 1023, 1024, 1025, 1056, 2048, 2100, 3999]);
    for len in lengths {
        for (i, histogram) in histograms.iter().enumerate() {
            let shift = random.below(values.len() - len);
            let rows = &values[shift..][..len];
            for (way, got) in ways(histogram, rows) {
                let context = format!("{len} rows from {shift} of {i} by {way}");
                assert_counts(&got, rows.iter().copied(), &context);
            }
        }
    }
}

fn of_type<T: Sample + Number>(convert: impl Fn(T) -> f64, histograms: &[Histogram]) {
    let many = KINDS.into_iter().zip([5, 600, 200, <T as Sample>::TILE + 7, 3000]);
    // So many are counted one by one.
    let few = KINDS.into_iter().map(|kind| (kind, 60));
    for (kind, len) in many.chain(few) {
        let values = column::<T>(kind, len, 5);
        for histogram in histograms {
            for (way, got) in ways(histogram, &values) {
                let context = format!("{kind:?} by {way}: {histogram:?}");
                assert_counts(&got, values.iter().map(|&x| convert(x)), &context);
            }
        }
    }
}

#[test]
fn every_type() {
    let linear = |low, high, bins| Histogram::linear(low, high, bins).expect("edges");
    let few = [linear(-100.0, 100.0, 40), linear(0.0, 255.0, 255), linear(0.1, 99.7, 17)];
    of_type::<i8>(f64::from, &few);
    of_type::<u8>(f64::from, &few);
    of_type::<i32>(f64::from, &[linear(-1e9, 2e9, 100), few[0].clone()]);
    of_type::<f32>(f64::from, &few);
    let wide = [linear(-1e19, 2e19, 100), linear(0.0, 2_f64.powf(64.0), 64)];
    of_type::<i64>(|x| x as f64, &wide);
    of_type::<u64>(|x| x as f64, &wide);
}

#[test]
fn integers_are_rounded_before_they_are_compared() {
    let limit = 1_u64 << 53;
    let histogram = Histogram::edges(&[0.0, limit as f64, 1e17]).expect("edges");
    // 2⁵³ + 1 rounds to 2⁵³, and 2⁵³ - 1 needs not.
    for (way, got) in ways(&histogram, &[limit - 1, limit, limit + 1]) {
        assert_eq!(got.counts(), [1, 2], "{way}");
    }
    // The greatest rounds to an edge, which the last bin has.
    let end = (1_u64 << 63) as f64;
    let histogram = Histogram::edges(&[-end, 0.0, end]).expect("edges");
    for (way, got) in ways(&histogram, &[i64::MIN, i64::MAX]) {
        assert_eq!(got.counts(), [1, 1], "{way}");
    }
}
