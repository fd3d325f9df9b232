//! What it costs not to know the aggregates when the program is compiled.
//!
//! The tuple `(Count, Sum, Mean, StdDev, Min, Max)` beside an `AggregateSet` of the same six.
//! All ways take turns, and the
//! best round of each counts; results are compared before they are timed.
//!
//! ```text
//! taskset -c 1 cargo bench --bench erased
//! ```

use lanefold::{Aggregate, AggregateSet, Count, Max, Mean, Min, StdDev, Sum, Value};
use std::hint::black_box;
use std::time::{Duration, Instant};

const SIZES: [usize; 7] = [8, 64, 1_000, 4_000, 10_000, 100_000, 3_000_000];
const ROUNDS: usize = 200;

type Way<'a> = (&'a str, Box<dyn Fn() -> [Value; 6] + 'a>);

fn main() {
    let quick = !std::env::args().any(|word| word == "--bench");
    let names = ["count", "sum", "mean", "std_dev", "min", "max"];
    let set = AggregateSet::<f64>::from_names(names).expect("all are known");
    let six = (Count, Sum, Mean, StdDev::sample(), Min, Max);
    let values: Vec<f64> =
        (0..SIZES[SIZES.len() - 1]).map(|i| (i * 7_919 % 10_007) as f64).collect();
    let values_of = |output: <(Count, Sum, Mean, StdDev, Min, Max) as Aggregate<f64>>::Output| {
        let (count, sum, mean, deviation, min, max) = output;
        [count.into(), sum.into(), mean.into(), deviation.into(), min.into(), max.into()]
    };
    println!("{:>9} {:<9} {:>12} {:>9}", "values", "way", "ns", "/tuple");
    for size in SIZES {
        let column = &values[..size];
        let ways: Vec<Way<'_>> = vec![
            ("tuple", Box::new(|| values_of(six.of(black_box(column))))),
            (
                "apart",
                Box::new(|| {
                    let x = black_box(column);
                    let deviation = StdDev::sample().of(x);
                    values_of((Count.of(x), Sum.of(x), Mean.of(x), deviation, Min.of(x), Max.of(x)))
                }),
            ),
            (
                "of_into",
                Box::new(|| {
                    let mut values = [Value::Missing; 6];
                    set.of_into(black_box(column), &mut values).expect("six places");
                    values
                }),
            ),
            (
                "of",
                Box::new(|| {
                    let values = set.of(black_box(column));
                    std::array::from_fn(|i| values[i].1)
                }),
            ),
            (
                "stream",
                Box::new(|| {
                    let mut stream = set.accumulator();
                    stream.update(black_box(column));
                    let values = stream.finish();
                    std::array::from_fn(|i| values[i].1)
                }),
            ),
        ];
        for (way, run) in &ways {
            assert_eq!(run(), ways[0].1(), "{way} of {size}");
        }
        if quick {
            continue;
        }
        let calls = (20_000 / size).clamp(1, 500);
        let mut best = vec![Duration::MAX; ways.len()];
        for _ in 0..if size > 1_000_000 { 20 } else { ROUNDS } {
            for ((_, run), best) in ways.iter().zip(&mut best) {
                let start = Instant::now();
                for _ in 0..calls {
                    black_box(run());
                }
                *best = start.elapsed().min(*best);
            }
        }
        for ((way, _), time) in ways.iter().zip(&best) {
            let (time, tuple) = (time.as_nanos() as f64, best[0].as_nanos() as f64);
            println!("{size:>9} {way:<9} {:>12.1} {:>9.2}", time / calls as f64, time / tuple);
        }
    }
    println!("all ways give the same results");
}
