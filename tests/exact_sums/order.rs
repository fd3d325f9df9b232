//! Results, and partials, do not depend on the order, the cut, the merges or the backend.

use crate::columns::{Float, any_column, reference, shuffle, times};
use crate::data::{Random, Sample};
use lanefold::{Accumulator, Aggregate, Backend, ExactDot, ExactMean, ExactSum, ExactVariance};
use std::fmt::Debug;

suite!(types [f32 f64] laws [
    orders
    cuts
    merges
    partials_of_other_backends
    merging_with_nothing
]);

const LONGEST: usize = 9_000;

/// What the laws ask of both types, as bounds that a generic function need not repeat.
trait Rows: Float {
    type Partial: Clone + PartialEq + Debug;
    fn accumulator(backend: Backend) -> Stream<Self>;
    fn update(stream: &mut Stream<Self>, values: &[Self]);
    fn push(stream: &mut Stream<Self>, value: Self);
    fn partial(stream: &Stream<Self>) -> Self::Partial;
    fn merge(stream: &mut Stream<Self>, other: &Self::Partial);
    fn results(stream: &Stream<Self>) -> (Self, Option<f64>);
    fn nothing() -> Self::Partial;
}

/// An accumulator of both aggregates, whichever the type of the rows.
enum Stream<T> {
    F32(Box<Accumulator<(ExactSum, ExactMean), f32>>),
    F64(Box<Accumulator<(ExactSum, ExactMean), f64>>),
    #[allow(dead_code, reason = "ties the type to that of the rows")]
    Never(T),
}

macro_rules! rows {
    ($($T:ident $Variant:ident)*) => {$(
        impl Rows for $T {
            type Partial = <(ExactSum, ExactMean) as Aggregate<$T>>::Partial;
            fn accumulator(backend: Backend) -> Stream<$T> {
                Stream::$Variant(Box::new(Accumulator::on(backend, (ExactSum, ExactMean))))
            }
            fn update(stream: &mut Stream<$T>, values: &[$T]) {
                let Stream::$Variant(stream) = stream else { panic!() };
                stream.update(values).expect("one column");
            }
            fn push(stream: &mut Stream<$T>, value: $T) {
                let Stream::$Variant(stream) = stream else { panic!() };
                stream.push(value);
            }
            fn partial(stream: &Stream<$T>) -> Self::Partial {
                let Stream::$Variant(stream) = stream else { panic!() };
                stream.partial()
            }
            fn merge(stream: &mut Stream<$T>, other: &Self::Partial) {
                let Stream::$Variant(stream) = stream else { panic!() };
                stream.merge_partial(other);
            }
            fn results(stream: &Stream<$T>) -> ($T, Option<f64>) {
                let Stream::$Variant(stream) = stream else { panic!() };
                stream.finish()
            }
            fn nothing() -> Self::Partial {
                Aggregate::<$T>::identity(&(ExactSum, ExactMean))
            }
        }
    )*};
}

rows! { f32 F32 f64 F64 }

fn stream_of<T: Rows>(backend: Backend, values: &[T]) -> Stream<T> {
    let mut stream = T::accumulator(backend);
    T::update(&mut stream, values);
    stream
}

/// Columns of every family, and their results.
fn columns<T: Rows>(count: u64) -> impl Iterator<Item = (Vec<T>, (T, Option<f64>), String)> {
    (0..times(count)).map(|seed| {
        let len = 1 + Random(seed + 99).below(if seed % 3 == 0 { LONGEST } else { 400 });
        let (values, name) = any_column::<T>(seed as usize, len, seed);
        let results = reference(&values);
        (values, results, name)
    })
}

fn orders<T: Rows>(backend: Backend) {
    let random = &mut Random(1);
    for (mut values, results, name) in columns::<T>(66) {
        let partial = T::partial(&stream_of(backend, &values));
        for _ in 0..3 {
            shuffle(&mut values, random);
            let stream = stream_of(backend, &values);
            same!(T::results(&stream), results, "shuffled {name} on {backend}");
            assert_eq!(T::partial(&stream), partial, "partials of shuffled {name} on {backend}");
        }
        values.sort_by(|a, b| {
            let (a, b): (f64, f64) = ((*a).into(), (*b).into());
            a.total_cmp(&b)
        });
        same!(T::results(&stream_of(backend, &values)), results, "sorted {name} on {backend}");
    }
}

fn cuts<T: Rows>(backend: Backend) {
    let random = &mut Random(2);
    for (values, results, name) in columns::<T>(66) {
        let mut stream = T::accumulator(backend);
        let mut rest = &values[..];
        while !rest.is_empty() {
            let longest = [3, 100, 1_500, 5_000][random.below(4)];
            let (piece, after) = rest.split_at(random.below(longest).min(rest.len()));
            if piece.len() < 30 {
                for &x in piece {
                    T::push(&mut stream, x);
                }
            } else {
                T::update(&mut stream, piece);
            }
            rest = after;
        }
        same!(T::results(&stream), results, "cut {name} on {backend}");
        let whole = T::partial(&stream_of(backend, &values));
        assert_eq!(T::partial(&stream), whole, "partials of cut {name} on {backend}");
    }
}

fn merges<T: Rows>(backend: Backend) {
    let random = &mut Random(3);
    for (values, results, name) in columns::<T>(66) {
        let mut partials = Vec::new();
        let mut rest = &values[..];
        while !rest.is_empty() {
            let longest = [10, 200, 3_000][random.below(3)];
            let (piece, after) = rest.split_at(random.below(longest).min(rest.len()));
            partials.push(T::partial(&stream_of(backend, piece)));
            rest = after;
        }
        // Any two merge, in any order, until one is left.
        while partials.len() > 1 {
            let other = partials.swap_remove(random.below(partials.len()));
            let at = random.below(partials.len());
            let mut stream = T::accumulator(backend);
            T::merge(&mut stream, &partials[at]);
            T::merge(&mut stream, &other);
            partials[at] = T::partial(&stream);
        }
        let mut stream = T::accumulator(backend);
        T::merge(&mut stream, &partials[0]);
        same!(T::results(&stream), results, "merged {name} on {backend}");
        let whole = T::partial(&stream_of(backend, &values));
        assert_eq!(T::partial(&stream), whole, "partials of merged {name} on {backend}");
    }
}

fn partials_of_other_backends<T: Rows>(backend: Backend) {
    for (values, results, name) in columns::<T>(44) {
        let one = T::partial(&stream_of(Backend::SCALAR, &values));
        assert_eq!(T::partial(&stream_of(backend, &values)), one, "{name} on {backend}");
        // Half on one backend, half on the other.
        let (first, second) = values.split_at(values.len() / 2);
        let mut stream = stream_of(backend, first);
        T::merge(&mut stream, &T::partial(&stream_of(Backend::SCALAR, second)));
        same!(T::results(&stream), results, "{name} of two backends, one {backend}");
        assert_eq!(T::partial(&stream), one, "{name} of two backends, one {backend}");
    }
}

fn merging_with_nothing<T: Rows>(backend: Backend) {
    for (values, results, name) in columns::<T>(44) {
        let partial = T::partial(&stream_of(backend, &values));
        let mut stream = stream_of(backend, &values);
        T::merge(&mut stream, &T::nothing());
        assert_eq!(T::partial(&stream), partial, "{name} and nothing");
        let mut stream = T::accumulator(backend);
        T::merge(&mut stream, &T::nothing());
        assert_eq!(T::partial(&stream), T::nothing());
        T::merge(&mut stream, &partial);
        assert_eq!(T::partial(&stream), partial, "nothing and {name}");
        same!(T::results(&stream), results, "nothing and {name} on {backend}");
        // A value more, or one value another, is another sum.
        let one = T::nearest(1.0);
        T::push(&mut stream, one);
        if reference(&values).1.is_some_and(f64::is_finite) && values.len() < <T as Sample>::TILE {
            assert_ne!(T::partial(&stream), partial, "{name} and 1");
        }
    }
}

/// Small enough for a partial of each of millions of groups.
#[test]
fn partials_are_small() {
    fn size<A: Aggregate<R>, R: lanefold::Row>(_: A) -> usize {
        size_of::<A::Partial>()
    }
    let (sum, dot) = if cfg!(feature = "alloc") { (40, 64) } else { (280, 552) };
    assert_eq!(size::<_, f64>(ExactSum), sum);
    assert_eq!(size::<_, f64>(ExactMean), sum + 8);
    assert_eq!(size::<_, (f64, f64)>(ExactDot), dot);
    assert_eq!(size::<_, f64>(ExactVariance::sample()), 8 + sum + dot);
    assert_eq!(size::<_, (f32, f32)>(ExactDot), 96);
    assert_eq!(size::<_, f32>(ExactSum), 56);
    assert_eq!(size::<_, f32>(ExactMean), 64);
}
