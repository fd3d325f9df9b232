//! Law: a tuple of aggregates gives what its members give, bit for bit.
//!
//! Members share what a tile remembers, so each of them stands in every place here, beside
//! members that ask for the same and for other things.

use crate::data::{Kind, Random, Sample, column};
use crate::nulls::Column;
use lanefold::{
    Accumulator, Aggregate, Backend, Count, Max, Mean, Min, MinMax, StdDev, Sum, SumOfSquares,
    Variance,
};

macro_rules! as_alone {
    ($backend:ident $column:expr; $(($($member:expr),+))*) => {$({
        let together = ($($member,)+).of_on($backend, $column);
        let alone = ($($member.of_on($backend, $column),)+);
        same!(together, alone, "{:?}", ($($member,)+));
        same!(($($member,)+).of($column), alone, "{:?} by default", ($($member,)+));
    })*};
}

macro_rules! all_tuples {
    ($backend:ident $column:expr) => {
        as_alone! { $backend $column;
            (Max)
            (MinMax, Sum)
            (Max, Variance::population(), Mean)
            (MinMax, Min, Max, Sum)
            (Count, SumOfSquares, StdDev::sample(), Mean, Min)
            (Mean, Sum, Max, Min, MinMax, Variance::sample())
            (StdDev::sample(), Variance::population(), SumOfSquares, MinMax, Max, Min, Mean)
            (Count, Sum, Mean, Min, Max, MinMax, SumOfSquares, Variance::sample())
        }
    };
}

fn lengths<T: Sample>() -> [usize; 9] {
    let (stripe, tile) = (<T as Sample>::STRIPE, <T as Sample>::TILE);
    [0, 1, 2, 17, stripe + 1, 512, 513, tile, tile + stripe + 3]
}

fn members_are_as_alone<T: Sample>(backend: Backend) {
    for kind in [Kind::Ordinary, Kind::Sprinkled, Kind::Small, Kind::Special] {
        for len in lengths::<T>() {
            let values = column::<T>(kind, len, 91 + len as u64);
            all_tuples!(backend & values);
        }
    }
}

fn members_are_as_alone_with_nulls<T: Sample>(backend: Backend) {
    for (i, len) in lengths::<T>().into_iter().enumerate() {
        for share in [0, 1, 2, 9] {
            let column = Column::<T>::random(len, share, 3 * i % 17, 92);
            all_tuples!(backend column.nullable());
        }
    }
}

/// Sums and extremes in one sweep, from any address.
fn sums_and_extremes_at_every_alignment<T: Sample>(backend: Backend) {
    let (stripe, tile, places) = (<T as Sample>::STRIPE, <T as Sample>::TILE, 64 / size_of::<T>());
    let values = column::<T>(Kind::Ordinary, tile + places, 95);
    for start in 0..places {
        for len in [4 * stripe, 4 * stripe + 5, T::RUN + 1, tile] {
            let values = &values[start..start + len];
            let want = (Sum.of_on(backend, values), MinMax.of_on(backend, values));
            same!((Sum, MinMax).of_on(backend, values), want, "of {len} from {start}");
        }
    }
}

mod aligned {
    use super::*;

    suite! { types [f64 i32 u64] laws [sums_and_extremes_at_every_alignment] }
}

/// A tuple in a tuple, and a tuple in a stream.
fn tuples_go_anywhere<T: Sample>(backend: Backend) {
    let values = column::<T>(Kind::Ordinary, <T as Sample>::TILE + 90, 93);
    let tuple = ((Sum, Max), (Count, (Min, Mean)), MinMax);
    let want = (
        (Sum.of_on(backend, &values), Max.of_on(backend, &values)),
        (
            Count.of_on(backend, &values),
            (Min.of_on(backend, &values), Mean.of_on(backend, &values)),
        ),
        MinMax.of_on(backend, &values),
    );
    same!(tuple.of_on(backend, &values), want, "nested");
    let mut stream = Accumulator::<_, T>::on(backend, tuple);
    let random = &mut Random(94);
    let mut rest = &values[..];
    while !rest.is_empty() {
        let (piece, others) = rest.split_at(rest.len().min(random.below(400)));
        stream.update(piece).expect("one column has one length");
        rest = others;
    }
    same!(stream.finish(), want, "streamed");
}

// Three types stand for ten, since a tuple is long to compile: a float, whose extrema take a
// second look, and integers whose sums take one register and two.
suite! {
    types [f64 i8 u64]
    laws [members_are_as_alone members_are_as_alone_with_nulls tuples_go_anywhere]
}
