//! Laws of accumulators.
//!
//! However rows arrive (one by one, or in slices of any size, plain or with nulls), the
//! result has the bits of one call over all of them. It can be asked for at any time, and
//! asking disturbs nothing. Another accumulator's rows come after one's own, and one
//! that has seen none changes nothing, now or later.

use crate::data::{KINDS, Kind, Random, Same, Sample, column};
use crate::nulls::Column;
use crate::spec::Written;
use lanefold::{
    Accumulator, Aggregate, Backend, Count, Max, Mean, MinMax, Nullable, StdDev, Sum, SumOfSquares,
    Variance,
};

/// Feeds random pieces, and now and then asks for the result.
fn fed<T: Sample, A: Written<T>>(
    backend: Backend,
    a: A,
    values: &[T],
    random: &mut Random,
) -> Accumulator<A, T> {
    let mut stream = Accumulator::on(backend, a);
    let mut at = 0;
    while at < values.len() {
        let most = [1, 2, 40, 700, 3 * <T as Sample>::TILE][random.below(5)];
        let end = values.len().min(at + random.below(most + 1));
        if random.below(2) == 0 {
            stream.update(&values[at..end]).expect("one column has one length");
        } else {
            values[at..end].iter().for_each(|&x| stream.push(x));
        }
        if random.below(4) == 0 {
            let asked = stream.finish();
            assert!(asked.same(&stream.finish()), "{a:?}");
        }
        at = end;
    }
    stream
}

fn lengths<T: Sample>() -> [usize; 14] {
    let tile = <T as Sample>::TILE;
    [0, 1, 2, 8, 9, 16, 17, 24, 33, 500, tile - 1, tile, tile + 1, 2 * tile + 33]
}

fn pieces_have_the_bits_of_one_call<T: Sample>(backend: Backend) {
    let random = &mut Random(81);
    for len in lengths::<T>() {
        let values = column::<T>(Kind::Ordinary, len, random.word());
        each_aggregate!(a in [Count, Sum, MinMax, Variance::sample()] => {
            let want = a.of_on(backend, &values);
            same!(fed(backend, a, &values, random).finish(), want, "{a:?} of {len}");
        });
    }
    for kind in KINDS {
        let values = column::<T>(kind, <T as Sample>::TILE + 40, random.word());
        each_aggregate!(a in [Sum, Max, SumOfSquares] => {
            let want = a.of_on(backend, &values);
            same!(fed(backend, a, &values, random).finish(), want, "{a:?} of {kind:?}");
        });
    }
}

fn one_by_one<T: Sample>(backend: Backend) {
    for len in lengths::<T>() {
        let values = column::<T>(Kind::Ordinary, len, 82);
        each_aggregate!(a in [Sum, Max, Variance::sample()] => {
            let mut stream = Accumulator::<_, T>::on(backend, a);
            for &x in &values {
                stream.push(x);
            }
            same!(stream.finish(), a.of_on(backend, &values), "{a:?} of {len}");
        });
    }
}

fn nulls_in_pieces<T: Sample>(backend: Backend) {
    let random = &mut Random(83);
    for len in lengths::<T>() {
        let whole = Column::<T>::random(len, 1 + random.below(4), random.below(17), 84);
        each_aggregate!(a in [Count, Sum, MinMax, Variance::sample()] => {
            let mut stream = Accumulator::<_, Option<T>>::on(backend, a);
            let mut at = 0;
            while at < len {
                let end = len.min(at + random.below(<T as Sample>::TILE));
                if random.below(2) == 0 {
                    let piece =
                        Nullable::new(&whole.values[at..end], &whole.bits, whole.offset + at);
                    stream.update(piece.expect("enough bits")).expect("one column");
                } else {
                    whole.rows[at..end].iter().for_each(|&row| stream.push(row));
                }
                at = end;
            }
            same!(stream.finish(), a.of_on(backend, whole.nullable()), "{a:?} of {len} rows");
            same!(stream.finish(), a.written(&whole.rows), "{a:?} of {len} rows");
        });
    }
}

/// What was accumulated, and what follows, from the written law: each accumulator cuts
/// its own rows into tiles.
fn another_accumulator_comes_after<T: Sample>(backend: Backend) {
    let random = &mut Random(85);
    let tile = <T as Sample>::TILE;
    for (one, other) in [(0, 0), (0, 5), (5, 0), (40, 50), (tile, 7), (7, tile), (tile + 5, tile)] {
        let one = column::<T>(Kind::Ordinary, one, random.word());
        let other = column::<T>(Kind::Ordinary, other, random.word());
        each_aggregate!(a => {
            let mut stream = fed(backend, a, &one, random);
            let second = fed(backend, a, &other, random);
            let mut partial = stream.partial();
            Aggregate::<T>::merge(&a, &mut partial, &second.partial());
            let want = Aggregate::<T>::finish(&a, &partial);
            let mut by_partial = fed(backend, a, &one, random);
            by_partial.merge_partial(&second.partial());
            stream.merge(&second);
            same!(stream.finish(), want, "{a:?}");
            same!(by_partial.finish(), want, "{a:?}");
            // What follows starts a new tile; the other one is left as it was.
            if !other.is_empty() {
                let more = column::<T>(Kind::Ordinary, 60, 86);
                stream.update(&more).expect("one column has one length");
                Aggregate::<T>::merge(&a, &mut partial, &fed(backend, a, &more, random).partial());
                same!(stream.finish(), Aggregate::<T>::finish(&a, &partial), "{a:?} goes on");
            }
            same!(second.finish(), a.of_on(backend, &other), "{a:?} of the other");
        });
    }
}

fn an_accumulator_without_rows_changes_nothing<T: Sample>(backend: Backend) {
    let stripe = <T as Sample>::STRIPE;
    let values = column::<T>(Kind::Ordinary, 3 * stripe + 5, 87);
    each_aggregate!(a => {
        let want = a.of_on(backend, &values);
        for cut in [0, 1, stripe + 1, 2 * stripe, values.len()] {
            let mut stream = Accumulator::<_, T>::on(backend, a);
            let nothing = Accumulator::<_, T>::on(backend, a);
            stream.update(&values[..cut]).expect("one column has one length");
            stream.merge(&nothing);
            stream.update(&values[cut..]).expect("one column has one length");
            same!(stream.finish(), want, "{a:?} with nothing merged after {cut} rows");
        }
    });
}

// One type of each width and kind: those left out differ in nothing that these laws see,
// and every kernel takes time to compile.
suite! {
    few [
        pieces_have_the_bits_of_one_call
        one_by_one
        nulls_in_pieces
        another_accumulator_comes_after
        an_accumulator_without_rows_changes_nothing
    ]
    floats []
    integers []
}

#[test]
fn means_and_deviations() {
    let random = &mut Random(88);
    let values = column::<f64>(Kind::Ordinary, 5000, 89);
    for backend in Backend::available() {
        each_aggregate!(a in [Mean, StdDev::sample()] => {
            let want = a.of_on(backend, &values);
            same!(fed(backend, a, &values, random).finish(), want, "{a:?}");
        });
    }
}

#[test]
fn an_accumulator_shows_itself() {
    let mut stream = Sum.accumulator();
    stream.push(1.0_f64);
    let shown = format!("{stream:?}");
    assert!(shown.contains("buffered: 1") && !shown.contains("[1.0, 0.0"), "{shown}");
}
