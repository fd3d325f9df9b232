//! How long quantiles take, beside the selection of the standard library on a copy.
//!
//! A benchmark is named `operation/type/way/values`, as in `median/f64/avx2/1000`. The ways
//! are each backend, and `select`, which is `select_nth_unstable_by(total_cmp)` on a copy
//! whose making is not timed. Each call gets another of several columns, for a branch
//! predictor learns a short one by heart.
//!
//! ```text
//! cargo bench --bench quantiles -- 'median/f64/'
//! cargo bench --bench quantiles -- --test
//! ```
//!
//! Results are checked before they are timed.

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use lanefold::{Aggregate, Backend, Median, Number, Quantile, Quantiles};
use std::cell::Cell;
use std::cmp::Ordering;
use std::hint::black_box;
use std::time::Duration;

const SIZES: [usize; 5] = [100, 1_000, 10_000, 100_000, 1_000_000];

/// Values of all columns of a size together, at least: so many are not learnt by heart.
const VALUES: usize = 50_000;

/// Columns of a size, at least: one in a hundred is tried twice, and must not stand for all.
const COLUMNS: usize = 4;

trait Value: Number + Into<f64> {
    const NAME: &'static str;
    fn of(x: f64) -> Self;
    fn order(&self, other: &Self) -> Ordering;
}

impl Value for f64 {
    const NAME: &'static str = "f64";
    fn of(x: f64) -> f64 {
        x
    }
    fn order(&self, other: &f64) -> Ordering {
        self.total_cmp(other)
    }
}

impl Value for f32 {
    const NAME: &'static str = "f32";
    #[allow(clippy::cast_possible_truncation, reason = "data for a narrower type")]
    fn of(x: f64) -> f32 {
        x as f32
    }
    fn order(&self, other: &f32) -> Ordering {
        self.total_cmp(other)
    }
}

/// About normal values.
fn columns<T: Value>(len: usize) -> Vec<Vec<T>> {
    let mut state = 1_u64;
    let mut unit = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    };
    let mut normal = || (0..12).fold(-6.0, |sum, _| sum + unit());
    let column = |_| (0..len).map(|_| T::of(normal())).collect();
    (0..VALUES.div_ceil(len).max(COLUMNS)).map(column).collect()
}

/// The rank below a quantile of type 7, where these have no fraction to speak of.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a place in a column of at most a million"
)]
fn rank(q: f64, len: usize) -> usize {
    ((len - 1) as f64 * q) as usize
}

fn selected<T: Value>(values: &mut [T], rank: usize) -> T {
    *values.select_nth_unstable_by(rank, T::order).1
}

/// Fails unless a quantile lies between the value of its rank and the next.
fn check<T: Value>(column: &[T], q: f64, got: Option<f64>) {
    let rank = rank(q, column.len());
    let mut copy = column.to_vec();
    let low: f64 = selected(&mut copy, rank).into();
    let high: f64 = selected(&mut copy, (rank + 1).min(column.len() - 1)).into();
    let got = got.expect("a column of values");
    assert!(low <= got && got <= high, "{q} of {}: {got}, not {low} to {high}", column.len());
}

fn quantiles<T: Value>(criterion: &mut Criterion) {
    let p99 = Quantile::new(0.99).expect("between 0 and 1");
    let three = Quantiles::new([0.5, 0.9, 0.99]).expect("between 0 and 1");
    for len in SIZES {
        let columns = columns::<T>(len);
        let at = Cell::new(0);
        let next = || {
            at.set((at.get() + 1) % columns.len());
            &columns[at.get()]
        };
        for (name, q) in [("median", 0.5), ("p99", 0.99)] {
            let mut group = criterion.benchmark_group(format!("{name}/{}", T::NAME));
            group.throughput(Throughput::Elements(len as u64));
            group.bench_function(BenchmarkId::new("select", len), |bencher| {
                let select = |mut copy: Vec<T>| (selected(&mut copy, rank(q, len)), copy);
                bencher.iter_batched(|| next().clone(), select, BatchSize::LargeInput);
            });
            for backend in Backend::available() {
                let of = |column: &Vec<T>| {
                    let column = black_box(column);
                    if q < 0.9 { Median.of_on(backend, column) } else { p99.of_on(backend, column) }
                };
                check(&columns[0], q, of(&columns[0]));
                group.bench_function(BenchmarkId::new(backend.name(), len), |bencher| {
                    bencher.iter(|| of(next()));
                });
            }
            group.finish();
        }
        let mut group = criterion.benchmark_group(format!("three/{}", T::NAME));
        group.throughput(Throughput::Elements(len as u64));
        for backend in Backend::available() {
            let got = three.of_on(backend, &columns[0]).expect("a column of values");
            check(&columns[0], 0.9, Some(got[1]));
            group.bench_function(BenchmarkId::new(backend.name(), len), |bencher| {
                bencher.iter(|| three.of_on(backend, black_box(next())));
            });
        }
        group.finish();
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(20)
        .nresamples(2_000)
        .warm_up_time(Duration::from_millis(100))
        .measurement_time(Duration::from_millis(300));
    targets = quantiles::<f32>, quantiles::<f64>
}
criterion_main!(benches);
