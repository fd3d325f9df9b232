//! How long the aggregates take, with the statistics of criterion.
//!
//! A benchmark is named `operation/type/way/values`, as in `sum/f64/avx2/1000`. The ways
//! are each backend, `best` (through `of`), `plain` (the loop without the crate) and
//! `read_avx2` and the like (a loop that only loads: the limit). All of it is a
//! thousand benchmarks of half a second; a filter is a regular expression over the names:
//!
//! ```text
//! cargo bench --bench aggregates -- 'sum/f64/'
//! cargo bench --bench aggregates -- '(mean|six)/.*/(avx2|plain)/(64|1000)$'
//! cargo bench --bench aggregates -- --test
//! ```
//!
//! Results are checked before they are timed. For ratios between the ways, which
//! need runs close in time, see the benchmark `ratios`.

mod common;

use common::{Data, Value, Way, ways};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use std::time::{Duration, Instant};

/// `six` is the tuple `(Count, Sum, Min, Max, Mean, Variance)`.
const OPERATIONS: [&str; 5] = ["sum", "min", "mean", "variance", "six"];
const SIZES: [usize; 5] = [8, 64, 1_000, 16_384, 1_000_000];

fn operations<T: Value>(criterion: &mut Criterion) {
    let data = Data::<T>::new(SIZES[SIZES.len() - 1]);
    for operation in OPERATIONS {
        let mut group = criterion.benchmark_group(format!("{operation}/{}", T::NAME));
        for size in SIZES {
            let [(_, column), _] = data.columns(size);
            group.throughput(Throughput::Bytes((size * size_of::<T>()) as u64));
            for run in ways(operation, column) {
                if matches!(run.way, Way::Apart | Way::ApartOn(_)) {
                    continue;
                }
                group.bench_function(BenchmarkId::new(run.way.to_string(), size), |bencher| {
                    bencher.iter_custom(|calls| {
                        let start = Instant::now();
                        (run.repeat)(calls);
                        start.elapsed()
                    });
                });
            }
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
    targets = operations::<f32>, operations::<f64>, operations::<i32>, operations::<u8>
}
criterion_main!(benches);
