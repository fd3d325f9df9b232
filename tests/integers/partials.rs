//! Laws of partials: every cut, every order of merges, and merges with nothing.

use crate::data::{Kind, Random, Sample, column, present};
use crate::nulls::Column;
use crate::spec::Written;
use crate::written::Whole;
use lanefold::{
    Accumulator, Aggregate, Backend, BitAnd, BitOr, BitXor, CheckedProduct, CheckedSum, Count,
    CountNan, First, Last, Nullable, Overflow, Product, Sum, SumOfSquares, Variance,
    WrappingProduct, WrappingSum,
};

macro_rules! each_partial {
    ($a:ident => $body:block) => {
        each!($a in [
            WrappingSum, CheckedSum, WrappingProduct, CheckedProduct, BitAnd, BitOr, BitXor,
            First, Last, SumOfSquares, Variance::sample(),
        ] => $body)
    };
}

fn columns<T: Sample>() -> Vec<Vec<T>> {
    let tile = <T as Sample>::TILE;
    let mut columns = Vec::new();
    for (i, len) in [0, 1, 33, 600, tile - 1, tile, 2 * tile + 33].into_iter().enumerate() {
        for kind in [Kind::Ordinary, Kind::Small] {
            columns.push(column::<T>(kind, len, 61 + i as u64));
        }
    }
    columns
}

/// By slices of any size, and row by row.
fn streamed<T: Sample, A: Written<T>>(
    backend: Backend,
    a: A,
    values: &[T],
    random: &mut Random,
) -> Accumulator<A, T> {
    let mut stream = Accumulator::on(backend, a);
    let mut rest = values;
    while !rest.is_empty() {
        let most = [1, 2, 40, 700, 3 * <T as Sample>::TILE][random.below(5)];
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
    stream
}

fn cuts_are_not_seen<T: Whole>(backend: Backend) {
    let random = &mut Random(62);
    for values in columns::<T>() {
        each_partial!(a => {
            let want = a.written(&present(&values));
            same!(streamed(backend, a, &values, random).finish(), want, "{a:?}");
        });
    }
}

fn cuts_are_not_seen_with_nulls<T: Whole>(backend: Backend) {
    let random = &mut Random(63);
    for len in [0, 1, 33, 600, <T as Sample>::TILE, <T as Sample>::TILE + 90] {
        let whole = Column::<T>::random(Kind::Ordinary, len, 3, random.below(17), 64);
        each_partial!(a => {
            let mut stream = Accumulator::<_, Option<T>>::on(backend, a);
            let mut at = 0;
            while at < len {
                let end = len.min(at + random.below(700));
                let piece = Nullable::new(&whole.values[at..end], &whole.bits, whole.offset + at);
                stream.update(piece.expect("enough bits")).expect("one column");
                at = end;
            }
            same!(stream.finish(), a.written(&whole.rows), "{a:?} of {len}");
        });
    }
}

/// Parts merge in any order of merges; the rows of the merged partial come after. With
/// nothing between, before and behind.
fn merges_in_any_order<T: Whole>(backend: Backend) {
    let random = &mut Random(65);
    for values in columns::<T>() {
        each_partial!(a => {
            let mut parts = vec![Aggregate::<T>::identity(&a)];
            let mut rest = &values[..];
            while !rest.is_empty() {
                let (part, others) = rest.split_at(rest.len().min(random.below(900)));
                parts.push(streamed(backend, a, part, random).partial());
                if random.below(4) == 0 {
                    parts.push(Aggregate::<T>::identity(&a));
                }
                rest = others;
            }
            // Neighbours, so that those that know first and last keep their order.
            while parts.len() > 1 {
                let i = random.below(parts.len() - 1);
                let other = parts.remove(i + 1);
                Aggregate::<T>::merge(&a, &mut parts[i], &other);
            }
            let want = a.written(&present(&values));
            same!(Aggregate::<T>::finish(&a, &parts[0]), want, "{a:?} of {} rows", values.len());
        });
    }
}

/// Those that do not depend on the order are merged in any.
fn order_plays_no_part<T: Whole>(backend: Backend) {
    let random = &mut Random(66);
    for values in columns::<T>() {
        each!(a in [
            WrappingSum, CheckedSum, WrappingProduct, CheckedProduct, BitAnd, BitOr, BitXor,
            Variance::sample(),
        ] => {
            let mut parts = vec![Aggregate::<T>::identity(&a)];
            for part in values.chunks(1 + random.below(400)) {
                let at = random.below(parts.len() + 1);
                parts.insert(at, streamed(backend, a, part, random).partial());
            }
            let mut all = parts.pop().expect("an identity at least");
            while let Some(part) = parts.pop() {
                Aggregate::<T>::merge(&a, &mut all, &part);
            }
            let want = a.written(&present(&values));
            same!(Aggregate::<T>::finish(&a, &all), want, "{a:?} of {} rows", values.len());
        });
    }
}

fn members_of_a_tuple_are_as_alone<T: Whole>(backend: Backend) {
    for values in columns::<T>() {
        let tuple = (WrappingSum, CheckedSum, Sum, Variance::sample(), BitXor, First, Count, Last);
        let want = (
            WrappingSum.of_on(backend, &values),
            CheckedSum.of_on(backend, &values),
            Sum.of_on(backend, &values),
            Variance::sample().of_on(backend, &values),
            BitXor.of_on(backend, &values),
            First.of_on(backend, &values),
            Count.of_on(backend, &values),
            Last.of_on(backend, &values),
        );
        same!(tuple.of_on(backend, &values), want, "{} rows", values.len());
        let tuple = (SumOfSquares, (CheckedProduct, WrappingProduct), BitAnd, BitOr);
        let want = (
            SumOfSquares.of_on(backend, &values),
            (CheckedProduct.of_on(backend, &values), WrappingProduct.of_on(backend, &values)),
            BitAnd.of_on(backend, &values),
            BitOr.of_on(backend, &values),
        );
        same!(tuple.of_on(backend, &values), want, "{} rows", values.len());
    }
}

// Two types of each sign: those left out differ in nothing that these laws see, and every
// kernel takes time to compile.
suite! {
    types [i8 u16 i32 u64]
    laws [
        cuts_are_not_seen
        cuts_are_not_seen_with_nulls
        merges_in_any_order
        order_plays_no_part
        members_of_a_tuple_are_as_alone
    ]
}

/// An overflow is decided at the end, and neither lost nor found too early.
#[test]
fn checked_results_come_back_into_range() {
    let part = |values: &[i8]| {
        let mut stream = CheckedSum.accumulator();
        stream.update(values).expect("one column");
        stream
    };
    let mut sum = part(&[100, 100]);
    assert_eq!(sum.finish(), Err(Overflow));
    sum.merge(&part(&[-128]));
    assert_eq!(sum.finish(), Ok(72));
    let mut product = CheckedProduct.accumulator();
    product.update(&[i64::MAX, i64::MAX, i64::MIN]).expect("one column");
    assert_eq!(product.finish(), Err(Overflow));
    product.push(-1);
    assert_eq!(product.finish(), Err(Overflow));
    product.push(0);
    assert_eq!(product.finish(), Ok(0));
    product.push(5);
    assert_eq!(product.finish(), Ok(0));
}

#[test]
fn floats_in_pieces() {
    let random = &mut Random(67);
    for backend in Backend::available() {
        for len in [0, 1, 40, 1023, 1024, 5000] {
            let values: Vec<f64> = (0..len).map(|_| 0.99 + 0.02 * random.unit()).collect();
            each!(a in [Product, CountNan, First, Last] => {
                let stream = streamed(backend, a, &values, random);
                same!(stream.finish(), a.of_on(backend, &values), "{a:?} of {len}");
                let mut with_nothing = Aggregate::<f64>::identity(&a);
                Aggregate::<f64>::merge(&a, &mut with_nothing, &stream.partial());
                Aggregate::<f64>::merge(&a, &mut with_nothing, &Aggregate::<f64>::identity(&a));
                let got = Aggregate::<f64>::finish(&a, &with_nothing);
                same!(got, stream.finish(), "{a:?} of {len} with nothing");
            });
        }
    }
}
