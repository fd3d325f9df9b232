//! Law: one answer on every backend, however the rows come.

use crate::data::{KINDS, Kind, Random, Sample, column, seams};
use crate::outcome::{Outcome, Value, nullable};
use lanefold::{Accumulator, Aggregate, Backend};

/// Up to three stripes, the seams of runs and tiles, and all kinds of values.
fn columns<T: Value>() -> Vec<Vec<T>> {
    let stripe = <T as Sample>::STRIPE;
    let (ordinary, mixed) = (column(Kind::Ordinary, 3 * stripe, 1), column(Kind::Sprinkled, 97, 2));
    let mut columns: Vec<Vec<T>> = (0..=3 * stripe).map(|n| ordinary[..n].to_vec()).collect();
    columns.extend((0..mixed.len()).map(|n| mixed[..n].to_vec()));
    columns.extend(seams::<T>().into_iter().map(|n| column(Kind::Ordinary, n, n as u64)));
    let kinds = KINDS.into_iter().flat_map(|kind| [1, 2, 40, 1500, 9000].map(|n| (kind, n)));
    columns.extend(kinds.map(|(kind, n)| column(kind, n, 3 + n as u64)));
    columns
}

/// The second column of pairs.
fn other<T: Value>(values: &[T]) -> Vec<T> {
    column(
        if values.len().is_multiple_of(3) { Kind::Sprinkled } else { Kind::Ordinary },
        values.len(),
        77,
    )
}

fn every_backend_has_the_bits_of_the_scalar_one<T: Value>(backend: Backend) {
    for x in columns::<T>() {
        each_of_one!(aggregate => {
            let (got, want) = (aggregate.of_on(backend, &x), aggregate.of_on(Backend::SCALAR, &x));
            assert_eq!(got.bits(), want.bits(), "{aggregate:?} of {}: {got:?}, {want:?}", x.len());
            assert_eq!(aggregate.of(&x).bits(), want.bits(), "{aggregate:?} of {}", x.len());
        });
        let y = other(&x);
        each_of_two!(aggregate => {
            let got = aggregate.of_on(backend, (&x, &y));
            let want = aggregate.of_on(Backend::SCALAR, (&x, &y));
            assert_eq!(got.bits(), want.bits(), "{aggregate:?} of {}: {got:?}, {want:?}", x.len());
        });
    }
}

fn nulls_are_never_looked_at<T: Value>(backend: Backend) {
    let random = &mut Random(11);
    for len in [0, 1, 7, 33, 64, 100, 511, 1025, 2050, 9000] {
        let offset = random.below(17);
        let bits: Vec<u8> = (0..len / 8 + 4).map(|_| random.word() as u8).collect();
        let (x, y) = (column::<T>(Kind::Ordinary, len, 5), column::<T>(Kind::Ordinary, len, 6));
        let present = nullable(&x, &bits, offset).1;
        // What lies under a null is something else, and a special value.
        let specials = T::specials();
        let garbage = |x: &[T]| -> Vec<T> {
            let one =
                |(i, &x): (usize, &T)| if present[i] { x } else { specials[i % specials.len()] };
            x.iter().enumerate().map(one).collect()
        };
        let dirty = garbage(&x);
        let dirty_y = garbage(&y);
        let kept: Vec<T> = x.iter().zip(&present).filter(|(_, p)| **p).map(|(&x, _)| x).collect();
        each_of_one!(aggregate => {
            let clean = aggregate.of_on(Backend::SCALAR, nullable(&x, &bits, offset).0);
            let got = aggregate.of_on(backend, nullable(&dirty, &bits, offset).0);
            assert_eq!(got.bits(), clean.bits(), "{aggregate:?} of {len}");
            near(&got, &aggregate.of(&kept), &format!("{aggregate:?} of {len} with nulls"));
        });
        each_of_two!(aggregate => {
            let column = nullable(&dirty, &bits, offset).0;
            let clean = aggregate.of_on(Backend::SCALAR, (nullable(&x, &bits, offset).0, &y));
            let got = aggregate.of_on(backend, (column, &dirty_y));
            assert_eq!(got.bits(), clean.bits(), "{aggregate:?} of {len}");
            let both = aggregate.of_on(backend, (&dirty, nullable(&dirty_y, &bits, offset).0));
            assert_eq!(both.bits(), clean.bits(), "{aggregate:?} of {len}");
        });
    }
}

/// Whether results that differ by the order of additions are alike.
#[track_caller]
fn near(got: &impl Outcome, want: &impl Outcome, what: &str) {
    let (got, want) = (got.numbers(), want.numbers());
    assert_eq!(got.len(), want.len(), "{what}");
    for (a, b) in got.iter().zip(&want) {
        let alike = match (a, b) {
            (Some(a), Some(b)) => {
                a.to_bits() == b.to_bits() || (a - b).abs() <= 1e-9 * (a.abs() + b.abs() + 1e-3)
            }
            (None, None) => true,
            _ => false,
        };
        assert!(alike, "{what}: {got:?}, {want:?}");
    }
}

fn streams_have_the_bits_of_one_call<T: Value>(backend: Backend) {
    let random = &mut Random(21);
    for (kind, len) in [(Kind::Ordinary, 20_000), (Kind::Ordinary, 3000), (Kind::Sprinkled, 2500)] {
        let (x, y) = (column::<T>(kind, len, 8), column::<T>(kind, len, 9));
        each_of_one!(aggregate => {
            let mut stream = Accumulator::<_, T>::on(backend, aggregate);
            cut(random, len, |from, to| {
                if to == from + 1 { stream.push(x[from]) } else { stream.update(&x[from..to]).unwrap() }
            });
            assert_eq!(stream.finish().bits(), aggregate.of(&x).bits(), "{aggregate:?} of {len}");
        });
        each_of_two!(aggregate => {
            let mut stream = Accumulator::<_, (T, T)>::on(backend, aggregate);
            cut(random, len, |from, to| {
                if to == from + 1 {
                    stream.push((x[from], y[from]));
                } else {
                    stream.update((&x[from..to], &y[from..to])).unwrap();
                }
            });
            let want = aggregate.of((&x, &y));
            assert_eq!(stream.finish().bits(), want.bits(), "{aggregate:?} of {len}");
        });
    }
}

/// Cuts `0..len` into pieces of one row, and of many.
fn cut(random: &mut Random, len: usize, mut piece: impl FnMut(usize, usize)) {
    let mut at = 0;
    while at < len {
        let most = if random.below(4) == 0 { 1 } else { 1 + random.below(2500) };
        let end = len.min(at + most);
        piece(at, end);
        at = end;
    }
}

fn merges_are_near_one_call_and_nothing_changes_nothing<T: Value>(backend: Backend) {
    for (kind, len) in KINDS.into_iter().flat_map(|kind| [0, 1, 90, 4000].map(|n| (kind, n))) {
        let (x, y) = (column::<T>(kind, len, 31), column::<T>(kind, len, 32));
        each_of_one!(aggregate => {
            let part = |from: usize, to: usize| {
                let mut stream = Accumulator::<_, T>::on(backend, aggregate);
                stream.update(&x[from..to]).unwrap();
                stream.partial()
            };
            let finish = |partial| Aggregate::<T>::finish(&aggregate, &partial);
            let merged = |mut one, other| { Aggregate::<T>::merge(&aggregate, &mut one, &other); one };
            let identity = || Aggregate::<T>::identity(&aggregate);
            let whole = part(0, len);
            assert!(merged(identity(), whole) == whole || has_nan(&finish(whole)), "{aggregate:?}");
            assert!(merged(whole, identity()) == whole || has_nan(&finish(whole)), "{aggregate:?}");
            let bits = finish(whole).bits();
            assert_eq!(finish(merged(identity(), whole)).bits(), bits, "{aggregate:?}, {kind:?}");
            assert_eq!(finish(merged(whole, identity())).bits(), bits, "{aggregate:?}, {kind:?}");
            if matches!(kind, Kind::Ordinary) && len > 1 {
                let got = finish(merged(part(0, len / 3), part(len / 3, len)));
                near(&got, &finish(whole), &format!("{aggregate:?} of {len} merged"));
            }
        });
        each_of_two!(aggregate => {
            let part = |from: usize, to: usize| {
                let mut stream = Accumulator::<_, (T, T)>::on(backend, aggregate);
                stream.update((&x[from..to], &y[from..to])).unwrap();
                stream.partial()
            };
            let finish = |partial| Aggregate::<(T, T)>::finish(&aggregate, &partial);
            let merged = |mut one, other| { Aggregate::<(T, T)>::merge(&aggregate, &mut one, &other); one };
            let identity = || Aggregate::<(T, T)>::identity(&aggregate);
            let whole = part(0, len);
            let bits = finish(whole).bits();
            assert_eq!(finish(merged(identity(), whole)).bits(), bits, "{aggregate:?}, {kind:?}");
            assert_eq!(finish(merged(whole, identity())).bits(), bits, "{aggregate:?}, {kind:?}");
            let positive = format!("{aggregate:?}").starts_with("Weighted") && !is_unsigned::<T>();
            if matches!(kind, Kind::Ordinary) && len > 1 && !positive {
                let got = finish(merged(part(0, len / 3), part(len / 3, len)));
                near(&got, &finish(whole), &format!("{aggregate:?} of {len} merged"));
            }
        });
    }
}

fn is_unsigned<T: Value>() -> bool {
    T::specials().iter().all(|x| x.wide() >= 0.0)
}

fn has_nan(outcome: &impl Outcome) -> bool {
    outcome.numbers().iter().flatten().any(|x| x.is_nan())
}

suite!(types [f32 f64 i32 u8] laws [
    every_backend_has_the_bits_of_the_scalar_one
    nulls_are_never_looked_at
    streams_have_the_bits_of_one_call
    merges_are_near_one_call_and_nothing_changes_nothing
]);
