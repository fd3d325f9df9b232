//! Laws of windows and buckets of time.

use crate::{Random, floats, same};
use lanefold::{
    Adapt, Aggregate, Backend, Count, ExactSum, LengthMismatch, Max, Mean, Median, Min, Nullable,
    Sum, TimeError, Variance,
};
use std::collections::BTreeMap;

/// Sorted, with gaps, and with several rows of one time.
fn times(len: usize, seed: u64) -> Vec<i64> {
    let mut random = Random(seed);
    let mut time = -40;
    let mut next = || {
        time += [0, 0, 1, 1, 2, 5, 60][random.below(7)];
        time
    };
    (0..len).map(|_| next()).collect()
}

/// The rows of a window, by its definition.
fn window<T: Copy>(times: &[i64], values: &[T], i: usize, duration: i64) -> Vec<T> {
    let (end, start) = (i128::from(times[i]), i128::from(times[i]) - i128::from(duration));
    let inside = |&time: &i64| start < i128::from(time) && i128::from(time) <= end;
    values.iter().zip(times).filter(|(_, time)| inside(time)).map(|(x, _)| *x).collect()
}

fn windows(times: &[i64], values: &[f64], duration: i64) {
    const ALL: (Count, ExactSum, Min) = (Count, ExactSum, Min);
    let rolling = ALL.rolling_time(duration).expect("a duration");
    let medians = Median.rolling_time(duration).expect("a duration");
    let sums = Sum.rolling_time(duration).expect("a duration");
    for backend in Backend::available() {
        let mut got = vec![ALL.of(&[] as &[f64]); times.len()];
        rolling.of_on(backend, times, values, &mut got).expect("places");
        let mut median = vec![None; times.len()];
        medians.of_on(backend, times, values, &mut median).expect("places");
        let mut sum = vec![0.0; times.len()];
        sums.of_on(backend, times, values, &mut sum).expect("places");
        for i in 0..times.len() {
            let context = || format!("row {i}, {duration} on {backend}");
            let rows = window(times, values, i, duration);
            same(&got[i], &ALL.of(&rows), context);
            same(&median[i], &Median.of(&rows), context);
            let exact = ExactSum.of(&rows);
            if exact.is_finite() {
                let magnitude: f64 = rows.iter().map(|x| x.abs()).sum();
                assert!((sum[i] - exact).abs() <= 1e-15 * magnitude, "{}", context());
            } else {
                same(&sum[i], &exact, context);
            }
        }
    }
}

#[test]
fn windows_have_the_rows_of_their_duration() {
    for len in [0, 1, 2, 50, 300] {
        for one_of in [0, 9] {
            let mut values = floats(len, one_of, len as u64);
            values.iter_mut().filter(|x| **x == f64::MAX).for_each(|x| *x = 1.0);
            for duration in [1, 2, 5, 60, 1000, i64::MAX] {
                windows(&times(len, 7), &values, duration);
            }
        }
    }
    let ends = [i64::MIN, i64::MIN, i64::MIN + 1, -1, 0, 1, i64::MAX - 1, i64::MAX, i64::MAX];
    let values = floats(ends.len(), 0, 1);
    for duration in [1, 2, i64::MAX] {
        windows(&ends, &values, duration);
    }
}

#[test]
fn nulls_are_rows() {
    let times = [0, 1, 2, 3];
    let column = Nullable::new(&[1, 2, 4, 8], &[0b1001], 0).expect("bits");
    let mut results = [(0, None); 4];
    (Count, Mean)
        .rolling_time(2)
        .expect("a duration")
        .of(&times, column, &mut results)
        .expect("places");
    assert_eq!(results, [(1, Some(1.0)), (1, Some(1.0)), (0, None), (1, Some(8.0))]);
}

#[test]
fn buckets_have_the_rows_of_their_time() {
    for len in [0, 1, 50, 3000] {
        let (times, values) = (times(len, 3), floats(len, 11, 4));
        for width in [1, 3, 60, 100_000, i64::MAX] {
            let mut want: BTreeMap<i64, Vec<f64>> = BTreeMap::new();
            for (&time, &x) in times.iter().zip(&values) {
                want.entry(time.div_euclid(width)).or_default().push(x);
            }
            let aggregate = (Count, Sum, Variance::sample());
            let want: Vec<_> = want
                .iter()
                .map(|(number, rows)| {
                    (number.checked_mul(width).unwrap_or(i64::MIN), aggregate.of(rows))
                })
                .collect();
            for backend in Backend::available() {
                let mut got = Vec::new();
                let every = aggregate.every_time(width).expect("a width");
                let bucket = |start, result| got.push((start, result));
                every.of_on(backend, &times, &values, bucket).expect("sorted");
                same(&got, &want, || format!("{len} rows, {width} on {backend}"));
            }
        }
    }
    let mut medians = Vec::new();
    let every = Median.every_time(10).expect("a width");
    every
        .of(&[-11, -10, -1, 9], &[1, 2, 4, 8], |start, x| medians.push((start, x)))
        .expect("sorted");
    assert_eq!(medians, [(-20, Some(1.0)), (-10, Some(3.0)), (0, Some(8.0))]);
}

#[test]
fn buckets_at_the_ends_of_time() {
    let times = [i64::MIN, i64::MIN + 7, i64::MIN + 8, 0, i64::MAX - 7, i64::MAX - 6, i64::MAX];
    let values = [1_u8, 2, 4, 8, 16, 32, 64];
    let buckets = |width: i64| {
        let mut got = Vec::new();
        let every = Sum.every_time(width).expect("a width");
        every.of(&times, &values, |start, sum| got.push((start, sum))).expect("sorted");
        got
    };
    // 2⁶³ is a multiple of 8, and 8 more than one of 10.
    let want = [(i64::MIN, 3), (i64::MIN + 8, 4), (0, 8), (i64::MAX - 7, 112)];
    assert_eq!(buckets(8), want);
    let want = [(i64::MIN, 3), (i64::MIN + 8, 4), (0, 8), (i64::MAX - 7, 112)];
    assert_eq!(buckets(10), want);
    assert_eq!(buckets(i64::MAX), [(i64::MIN, 1), (-i64::MAX, 6), (0, 56), (i64::MAX, 64)]);
}

#[test]
fn errors() {
    for duration in [0, -1, i64::MIN] {
        let error = TimeError::Duration { duration };
        assert_eq!(Sum.rolling_time(duration).unwrap_err(), error);
        assert_eq!(Sum.every_time(duration).unwrap_err(), error);
        assert_eq!(error.to_string(), format!("a duration of {duration}"));
    }
    let rolling = Max.rolling_time(5).expect("a duration");
    let every = Max.every_time(5).expect("a width");
    let mut places = [Some(7); 4];
    let never = |_, _| panic!("a bucket of what is no column");
    let error = rolling.of(&[1, 3, 2, 0], &[0; 4], &mut places).unwrap_err();
    assert_eq!(error, TimeError::Order { row: 2, before: 3, time: 2 });
    assert_eq!(error.to_string(), "row 2 has the time 2, after 3");
    assert_eq!(every.of(&[1, 3, 2, 0], &[0; 4], never), Err(error));
    let error = rolling.of(&[1, 2, 3], &[0; 4], &mut places).unwrap_err();
    assert_eq!(error, TimeError::Times { times: 3, rows: 4 });
    assert_eq!(error.to_string(), "3 times of 4 rows");
    assert_eq!(every.of(&[1, 2, 3], &[0; 4], never), Err(error));
    let error = rolling.of(&[1, 2, 3], &[0; 3], &mut places).unwrap_err();
    assert_eq!(error, TimeError::Places { windows: 3, places: 4 });
    assert_eq!(error.to_string(), "3 windows, and places for 4 results");
    assert_eq!(places, [Some(7); 4]);
    let dots = lanefold::Dot.rolling_time(5).expect("a duration");
    let mismatch = LengthMismatch { left: 1, right: 2 };
    let error = dots.of(&[1], (&[1.0], &[1.0, 2.0]), &mut [0.0]).unwrap_err();
    assert_eq!(error, TimeError::Columns(mismatch));
    assert_eq!(error.to_string(), mismatch.to_string());
}
