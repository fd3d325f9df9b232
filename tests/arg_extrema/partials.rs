//! Laws of accumulators and merges: rows count on, wherever the column is cut.

use crate::data::{KINDS, Kind, Random, Sample, column};
use crate::nulls::Column;
use crate::written::{Written, written};
use lanefold::{
    Accumulator, Aggregate, ArgMax, ArgMin, ArgMinMax, Backend, LastTie, Max, MinMax, Nullable,
    PropagateNan, Sum, TotalOrder,
};

type Partial<A, T> = <A as Aggregate<T>>::Partial;

fn partial<T: Sample, A: Written<T>>(backend: Backend, a: A, values: &[T]) -> Partial<A, T> {
    let mut accumulator = Accumulator::<A, T>::on(backend, a);
    accumulator.update(values).expect("one column has one length");
    accumulator.partial()
}

fn merged<T: Sample, A: Written<T>>(
    a: A,
    one: &Partial<A, T>,
    other: &Partial<A, T>,
) -> Partial<A, T> {
    let mut one = one.clone();
    Aggregate::<T>::merge(&a, &mut one, other);
    one
}

fn finish<T: Sample, A: Written<T>>(a: A, partial: &Partial<A, T>) -> <A as Aggregate<T>>::Output {
    Aggregate::<T>::finish(&a, partial)
}

macro_rules! each_of_some {
    ($a:ident => $body:block) => {
        each!($a in [
            ArgMin, LastTie(ArgMax), ArgMinMax, PropagateNan(ArgMax),
            LastTie(PropagateNan(ArgMinMax)), TotalOrder(ArgMin), PropagateNan(Max),
            TotalOrder(MinMax),
        ] => $body)
    };
}

/// Every cut into two, and into three with either association.
fn merges_in_every_split<T: Sample>(backend: Backend) {
    for kind in KINDS {
        let values = column::<T>(kind, 23, 41);
        let rows: Vec<_> = values.iter().copied().map(Some).collect();
        each_of_some!(a => {
            let want = written(a, &rows);
            let parts: Vec<Vec<_>> = (0..=values.len())
                .map(|from| (from..=values.len()).map(|to| partial(backend, a, &values[from..to])).collect())
                .collect();
            let part = |from: usize, to: usize| &parts[from][to - from];
            for one in 0..=values.len() {
                for two in one..=values.len() {
                    let [x, y, z] = [part(0, one), part(one, two), part(two, values.len())];
                    let left = merged::<T, _>(a, &merged::<T, _>(a, x, y), z);
                    same!(finish::<T, _>(a, &left), want, "{a:?} cut at {one}, {two}");
                    let right = merged::<T, _>(a, x, &merged::<T, _>(a, y, z));
                    same!(finish::<T, _>(a, &right), want, "{a:?} cut at {one}, {two}");
                }
            }
        });
    }
}

fn the_partial_of_no_rows_changes_nothing<T: Sample>(backend: Backend) {
    for (kind, len) in KINDS.into_iter().zip([0, 1, 40, 600, <T as Sample>::TILE + 3]) {
        let values = column::<T>(kind, len, 42);
        each_of_some!(a => {
            let want = a.of_on(backend, &values);
            let rows = partial(backend, a, &values);
            for nothing in [Aggregate::<T>::identity(&a), partial::<T, _>(backend, a, &[])] {
                let (before, after) = (merged::<T, _>(a, &nothing, &rows), merged::<T, _>(a, &rows, &nothing));
                same!(finish::<T, _>(a, &before), want, "{a:?} after none");
                same!(finish::<T, _>(a, &after), want, "{a:?} before none");
                let more = partial(backend, a, &values[len / 2..]);
                let want = finish::<T, _>(a, &merged::<T, _>(a, &rows, &more));
                same!(finish::<T, _>(a, &merged::<T, _>(a, &after, &more)), want, "{a:?} goes on");
            }
        });
    }
}

/// Rows that hold no value (NaN, or null) still count.
fn rows_without_a_value_count<T: Sample>(backend: Backend) {
    for before in [1, 3, 600] {
        let mut stream = Accumulator::<_, Option<T>>::on(backend, (ArgMin, LastTie(ArgMax)));
        for _ in 0..before {
            stream.push(None);
        }
        let mut other = Accumulator::<_, Option<T>>::on(backend, (ArgMin, LastTie(ArgMax)));
        other.push(None);
        other.push(Some(T::of_bits(1)));
        stream.merge(&other);
        let place = Some((before + 1, T::of_bits(1)));
        same!(stream.finish(), (place, place), "after {before} nulls");
    }
}

/// A stream in pieces of any size, and a second one behind it.
fn pieces_have_the_rows_of_one_call<T: Sample>(backend: Backend) {
    let random = &mut Random(43);
    let tile = <T as Sample>::TILE;
    for (kind, len) in KINDS.into_iter().zip([0, 40, tile - 1, tile + 1, 3 * tile + 33]) {
        let values = column::<T>(kind, len, random.word());
        let rows: Vec<_> = values.iter().copied().map(Some).collect();
        each_of_some!(a => {
            let mut streams = [Accumulator::<_, T>::on(backend, a), Accumulator::on(backend, a)];
            let cut = random.below(len + 1);
            for (stream, mut rest) in streams.iter_mut().zip([&values[..cut], &values[cut..]]) {
                while !rest.is_empty() {
                    let most = [1, 40, 700, 2 * tile][random.below(4)];
                    let (piece, others) = rest.split_at(rest.len().min(random.below(most + 1)));
                    if random.below(2) == 0 {
                        stream.update(piece).expect("one column has one length");
                    } else {
                        for &x in piece {
                            stream.push(x);
                        }
                    }
                    rest = others;
                }
            }
            let [mut first, second] = streams;
            first.merge(&second);
            same!(first.finish(), written(a, &rows), "{a:?} of {len} {kind:?} cut at {cut}");
        });
    }
}

fn nulls_in_pieces<T: Sample>(backend: Backend) {
    let random = &mut Random(44);
    for len in [0, 40, <T as Sample>::TILE + 33] {
        let whole = Column::<T>::random(Kind::Sprinkled, len, 2, random.below(17), random.word());
        each!(a in [ArgMin, LastTie(PropagateNan(ArgMax)), TotalOrder(ArgMinMax)] => {
            let mut stream = Accumulator::<_, Option<T>>::on(backend, a);
            let mut at = 0;
            while at < len {
                let end = len.min(at + random.below(<T as Sample>::TILE));
                let piece = Nullable::new(&whole.values[at..end], &whole.bits, whole.offset + at);
                stream.update(piece.expect("enough bits")).expect("one column");
                at = end;
            }
            same!(stream.finish(), written(a, &whole.rows), "{a:?} of {len}");
        });
    }
}

fn tuples_in_streams<T: Sample>(backend: Backend) {
    let values = column::<T>(Kind::Ordinary, 2 * <T as Sample>::TILE + 77, 45);
    let mut stream = Accumulator::<_, T>::on(backend, (Sum, ArgMin, ArgMax));
    for piece in values.chunks(333) {
        stream.update(piece).expect("one column has one length");
    }
    let want = (
        Sum.of_on(backend, &values),
        ArgMin.of_on(backend, &values),
        ArgMax.of_on(backend, &values),
    );
    same!(stream.finish(), want, "in pieces");
}

suite! {
    types [i8 f64] laws [
        merges_in_every_split
        the_partial_of_no_rows_changes_nothing
        rows_without_a_value_count
        pieces_have_the_rows_of_one_call
        nulls_in_pieces
        tuples_in_streams
    ]
}
