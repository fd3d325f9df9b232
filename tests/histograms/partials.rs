//! Laws of nulls, streams, merges, tuples and filters.

use crate::assert_counts;
use crate::data::{Kind, Random, column};
use lanefold::{
    Accumulator, Adapt, Aggregate, Backend, Binned, Count, Histogram, Max, Nullable, Sum,
};

fn linear() -> Histogram {
    Histogram::linear(-2.0, 2.0, 100).expect("edges")
}

fn some() -> [Histogram; 3] {
    let more = Histogram::linear(-2.0, 2.0, 300).expect("edges");
    let others = Histogram::edges(&[-1.0, -0.5, 0.0, 0.1, 3.0]).expect("edges");
    [linear(), more, others]
}

fn values(len: usize, seed: u64) -> Vec<f64> {
    let random = &mut Random(seed);
    let special = column::<f64>(Kind::Special, len, seed);
    special.into_iter().map(|x| if random.below(9) > 0 { random.normal() } else { x }).collect()
}

#[test]
fn nulls_are_not_there() {
    let random = &mut Random(11);
    for histogram in some() {
        for len in [0, 1, 7, 33, 511, 512, 513, 700, 1024, 2500] {
            for share in [0, 1, 2, 9] {
                let offset = random.below(17);
                let values = values(len, random.word());
                let present: Vec<bool> = (0..len).map(|_| random.below(9) < share).collect();
                let mut bits = vec![0_u8; (offset + len).div_ceil(8)];
                for (i, _) in present.iter().enumerate().filter(|(_, there)| **there) {
                    bits[(offset + i) / 8] |= 1 << ((offset + i) % 8);
                }
                let column = Nullable::new(&values, &bits, offset).expect("enough bits");
                let rows = || values.iter().zip(&present).filter(|(_, there)| **there);
                for backend in Backend::available() {
                    let context = format!("{len} rows, {share} of 9, on {backend}");
                    let got = histogram.of_on(backend, column);
                    assert_counts(&got, rows().map(|(&x, _)| x), &context);
                    let weights: Vec<u8> = (0..len).map(|i| i as u8).collect();
                    let got = histogram.of_on(backend, (column, &weights[..]));
                    let total: u64 = weights
                        .iter()
                        .zip(&present)
                        .map(|(&w, &p)| u64::from(w) * u64::from(p))
                        .sum();
                    assert_eq!(got.total(), total as f64, "{context}");
                }
            }
        }
    }
}

/// Streams in pieces of any size, one value at a time among them.
#[test]
fn pieces_have_the_counts_of_one_call() {
    let random = &mut Random(12);
    for histogram in some() {
        let values = values(5000, 13);
        for backend in Backend::available() {
            let mut stream = Accumulator::<_, f64>::on(backend, histogram.clone());
            let mut rest = &values[..];
            while !rest.is_empty() {
                let (piece, others) = rest.split_at(rest.len().min(random.below(1500)));
                if random.below(3) == 0 {
                    for &x in piece {
                        stream.push(x);
                    }
                } else {
                    stream.update(piece).expect("one column");
                }
                rest = others;
            }
            assert_counts(&stream.finish(), values.iter().copied(), "a stream");
        }
    }
}

type Partial = <Histogram as Aggregate<f64>>::Partial;

fn partial(histogram: &Histogram, values: &[f64]) -> Partial {
    let mut stream = Accumulator::<_, f64>::new(histogram.clone());
    stream.update(values).expect("one column");
    stream.partial()
}

fn merge(histogram: &Histogram, into: &mut Partial, other: &Partial) {
    Aggregate::<f64>::merge(histogram, into, other);
}

fn finish(histogram: &Histogram, partial: &Partial) -> Binned<u64> {
    Aggregate::<f64>::finish(histogram, partial)
}

#[test]
fn merges_in_any_order_have_the_same_counts() {
    let random = &mut Random(14);
    for histogram in some() {
        let values = values(4000, 15);
        let want = histogram.of(&values);
        for _ in 0..20 {
            let mut parts: Vec<Partial> = values
                .chunks(1 + random.below(900))
                .map(|part| partial(&histogram, part))
                .collect();
            parts.push(Aggregate::<f64>::identity(&histogram));
            while parts.len() > 1 {
                let one = parts.swap_remove(random.below(parts.len()));
                let other = random.below(parts.len());
                merge(&histogram, &mut parts[other], &one);
            }
            assert_eq!(parts[0], partial(&histogram, &values));
            assert_eq!(finish(&histogram, &parts[0]), want);
        }
    }
}

#[test]
fn the_partial_of_no_rows_changes_nothing() {
    for histogram in some() {
        for len in [0, 1, 2000] {
            let rows = partial(&histogram, &values(len, 16));
            let nothing = Aggregate::<f64>::identity(&histogram);
            let (mut before, mut after) = (nothing.clone(), rows.clone());
            merge(&histogram, &mut before, &rows);
            merge(&histogram, &mut after, &nothing);
            assert_eq!((&before, &after), (&rows, &rows));
        }
    }
}

/// Rows of other edges are not lost, and change no bin.
#[test]
fn partials_of_other_edges_have_no_place() {
    let here = linear();
    let others = [
        Histogram::linear(-2.0, 2.0, 50).expect("edges"),
        Histogram::linear(-2.0, 2.5, 100).expect("edges"),
    ];
    let rows = values(500, 17);
    let own = here.of(&rows);
    for other in others {
        let foreign = partial(&other, &rows[..300]);
        let [mut one, mut two] = [partial(&here, &rows), foreign.clone()];
        merge(&here, &mut one, &foreign);
        merge(&here, &mut two, &partial(&here, &rows));
        assert_eq!(one, two);
        let got = finish(&here, &one);
        assert_eq!((got.counts(), got.unplaced(), got.total()), (own.counts(), 300, 800));
        let got = finish(&here, &foreign);
        assert_eq!((got.inside(), got.unplaced(), got.total()), (0, 300, 300));
        // More rows, and more merges.
        let mut three = Aggregate::<f64>::identity(&here);
        merge(&here, &mut three, &two);
        merge(&here, &mut three, &foreign);
        assert_eq!(finish(&here, &three).unplaced(), 600);
    }
}

#[test]
fn tuples_and_filters() {
    let values = values(3000, 18);
    let histogram = linear();
    for backend in Backend::available() {
        let tuple = (Count, histogram.clone(), Max);
        let (count, binned, max) = tuple.of_on(backend, &values);
        assert_eq!((count, max), (3000, Max.of(&values)));
        assert_eq!(binned, histogram.of(&values));
        let kept = histogram.clone().filter(0.5..).of_on(backend, &values);
        assert_counts(&kept, values.iter().copied().filter(|&x| x >= 0.5), "filtered");
        let kept = (Sum, histogram.clone()).skip_nan().of_on(backend, &values).1;
        assert_counts(&kept, values.iter().copied().filter(|x| !x.is_nan()), "without NaN");
        let keys: Vec<u8> = (0..3000).map(|i| (i % 7) as u8).collect();
        let kept = histogram.clone().filter(..3_u8).of_on(backend, (&values, &keys));
        let rows = values.iter().zip(&keys).filter(|(_, key)| **key < 3);
        assert_counts(&kept, rows.map(|(&x, _)| x), "filtered by a second column");
    }
}
