//! What the documentation says of each aggregate, row by row.

use crate::data::{Same, Sample};
use lanefold::{
    Aggregate, ArgMax, ArgMin, ArgMinMax, Backend, LastTie, Max, Min, MinMax, PropagateNan,
    TotalOrder,
};
use std::cmp::Ordering;
use std::fmt::Debug;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Nan {
    Skipped,
    Wins,
    Ordered,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum End {
    Least,
    Greatest,
}

/// The row and the value of an extreme.
pub(crate) fn place<T: Sample>(
    rows: &[Option<T>],
    end: End,
    nan: Nan,
    last: bool,
) -> Option<(usize, T)> {
    let mut best: Option<(usize, T)> = None;
    for (row, &value) in rows.iter().enumerate() {
        let Some(value) = value else { continue };
        if nan == Nan::Skipped && value.is_nan() {
            continue;
        }
        let order = best.map(|(_, best)| match (nan, value.is_nan(), best.is_nan()) {
            (Nan::Wins, true, true) => Ordering::Equal,
            (Nan::Wins, true, false) => Ordering::Greater,
            (Nan::Wins, false, true) => Ordering::Less,
            _ if end == End::Least => best.order(&value),
            _ => value.order(&best),
        });
        match order {
            None | Some(Ordering::Greater) => best = Some((row, value)),
            Some(Ordering::Equal) if last => best = Some((row, value)),
            _ => {}
        }
    }
    // The canonical NaN is the first of a float's special values.
    best.map(|(row, value)| (row, if value.is_nan() { T::specials()[0] } else { value }))
}

/// The result of an aggregate, for a policy.
pub(crate) trait Written<T: Sample>:
    Aggregate<T, Output: Same>
    + Aggregate<Option<T>, Output = <Self as Aggregate<T>>::Output>
    + Copy
    + Debug
{
    fn written(rows: &[Option<T>], nan: Nan, last: bool) -> <Self as Aggregate<T>>::Output;
}

/// The result of an aggregate.
pub(crate) fn written<T: Sample, A: Written<T>>(
    _: A,
    rows: &[Option<T>],
) -> <A as Aggregate<T>>::Output {
    A::written(rows, Nan::Skipped, false)
}

macro_rules! written {
    ($($Name:ident $rows:ident $nan:ident $last:ident => $Output:ty, $written:expr;)*) => {$(
        impl<T: Sample> Written<T> for $Name {
            fn written($rows: &[Option<T>], $nan: Nan, $last: bool) -> $Output {
                $written
            }
        }
    )*};
}

written! {
    Min rows nan last => Option<T>, place(rows, End::Least, nan, last).map(|(_, x)| x);
    Max rows nan last => Option<T>, place(rows, End::Greatest, nan, last).map(|(_, x)| x);
    MinMax rows nan last => Option<(T, T)>,
        <Min as Written<T>>::written(rows, nan, last)
            .zip(<Max as Written<T>>::written(rows, nan, last));
    ArgMin rows nan last => Option<(usize, T)>, place(rows, End::Least, nan, last);
    ArgMax rows nan last => Option<(usize, T)>, place(rows, End::Greatest, nan, last);
    ArgMinMax rows nan last => Option<((usize, T), (usize, T))>,
        place(rows, End::Least, nan, last).zip(place(rows, End::Greatest, nan, last));
}

macro_rules! wrapped {
    ($($Name:ident $nan:ident $last:ident => $new_nan:expr, $new_last:expr;)*) => {$(
        impl<T: Sample, A: Written<T>> Written<T> for $Name<A>
        where
            Self: Aggregate<T, Output = <A as Aggregate<T>>::Output>
                + Aggregate<Option<T>, Output = <A as Aggregate<T>>::Output>,
        {
            fn written(rows: &[Option<T>], $nan: Nan, $last: bool) -> <Self as Aggregate<T>>::Output {
                A::written(rows, $new_nan, $new_last)
            }
        }
    )*};
}

wrapped! {
    PropagateNan _nan last => Nan::Wins, last;
    TotalOrder _nan last => Nan::Ordered, last;
    LastTie nan _last => nan, true;
}

/// Fails unless an aggregate gives what is written.
#[track_caller]
pub(crate) fn follows<T: Sample, A: Written<T>>(backend: Backend, aggregate: A, values: &[T]) {
    let rows: Vec<Option<T>> = values.iter().copied().map(Some).collect();
    let want = written(aggregate, &rows);
    let got = aggregate.of_on(backend, values);
    if !got.same(&want) {
        let shown = &values[..values.len().min(80)];
        same!(got, want, "{aggregate:?} on {backend} of {} values {shown:?}", values.len());
    }
}
