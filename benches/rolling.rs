//! How fast rolling windows are, beside the loops that one writes without the crate.
//!
//! All ways to do a thing take turns in one process, round after round, and the best round of
//! each counts. Results are checked before they are timed.
//!
//! ```text
//! taskset -c 1 cargo bench --bench rolling -- mean
//! ```
//!
//! The arguments are parts of names of operations. `again` sums the values of each window
//! anew; `deque` keeps the candidates for the least value in a `VecDeque`; `drift` adds the
//! value that enters and subtracts the one that leaves, which is no answer but a measure.
//! The last column has how many times faster a way is than the loop, or, of the variance, than
//! the mean on the same backend.

use lanefold::{Adapt, Aggregate, Backend, Max, Mean, Min, MinMax, Sum, Variance};
use std::collections::VecDeque;
use std::fmt::Debug;
use std::hint::black_box;
use std::time::Instant;

/// Results of `Option<f64>` have 16 bytes a row: those of the first fit L2, and those of the
/// second go to memory, which then is what all ways wait for.
const ROWS: [usize; 2] = [16_384, 1_000_000];
/// Rows in all rounds of a way.
const ROWS_OF_ROUNDS: usize = 9_000_000;
const WINDOWS: [usize; 4] = [10, 100, 128, 1000];

/// Marsaglia's xorshift.
struct Random(u64);

impl Random {
    /// In `[0, 1)`.
    fn unit(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
}

type Results = Vec<Option<f64>>;

/// A way to do a thing, with its name; it writes to places that are there.
type Way<'a> = (String, Box<dyn FnMut() + 'a>);

/// The mean of each window, summed anew.
fn again(values: &[f64], window: usize, results: &mut [Option<f64>]) {
    for (i, result) in results.iter_mut().enumerate() {
        let rows = &values[(i + 1).saturating_sub(window)..=i];
        *result = Some(rows.iter().sum::<f64>() / rows.len() as f64);
    }
}

/// The mean by a running sum, which drifts.
fn drift(values: &[f64], window: usize, results: &mut [Option<f64>]) {
    let mut sum = 0.0;
    for (i, result) in results.iter_mut().enumerate() {
        sum += values[i];
        if i >= window {
            sum -= values[i - window];
        }
        *result = Some(sum / window.min(i + 1) as f64);
    }
}

/// The best value by a queue of candidates, each better than those before it.
fn deque(
    values: &[f64],
    window: usize,
    beats: impl Fn(f64, f64) -> bool,
    results: &mut [Option<f64>],
) {
    let mut candidates: VecDeque<usize> = VecDeque::with_capacity(window);
    for (i, result) in results.iter_mut().enumerate() {
        while candidates.back().is_some_and(|&j| !beats(values[j], values[i])) {
            candidates.pop_back();
        }
        candidates.push_back(i);
        if candidates.front().is_some_and(|&j| j + window <= i) {
            candidates.pop_front();
        }
        *result = candidates.front().map(|&j| values[j]);
    }
}

/// Prints the times of ways, and how many times faster than the last each is.
fn report(label: &str, rows: usize, ways: &mut [Way<'_>], quick: bool) -> Vec<f64> {
    let mut best = vec![f64::INFINITY; ways.len()];
    for _ in 0..if quick { 1 } else { ROWS_OF_ROUNDS / rows } {
        for ((_, run), best) in ways.iter_mut().zip(&mut best) {
            let start = Instant::now();
            run();
            let time = start.elapsed().as_nanos() as f64;
            if time < *best {
                *best = time;
            }
        }
    }
    let last = *best.last().expect("a way");
    for ((name, _), time) in ways.iter().zip(&best).filter(|_| !quick) {
        let each = time / rows as f64;
        println!("{label:<20} {rows:>8} {name:<10} {each:>8.3} {:>8.2}", last / time);
    }
    best
}

/// A rolling aggregate on each backend, with places for the results of each.
fn lanes<'a, A>(aggregate: A, values: &'a [f64], window: usize) -> Vec<Way<'a>>
where
    A: Aggregate<f64, Output: Clone + Debug + PartialEq> + Adapt + Copy + 'a,
{
    let rolling = aggregate.rolling(window).expect("a window");
    let nothing = aggregate.of(&[] as &[f64]);
    let mut first = None;
    let mut ways: Vec<Way<'a>> = Vec::new();
    for backend in Backend::available() {
        let mut results = vec![nothing.clone(); values.len()];
        rolling.of_on(backend, values, &mut results).expect("as many places");
        let first = first.get_or_insert_with(|| results.clone());
        assert_eq!(&results, first, "on {backend}");
        let run = move || {
            rolling.of_on(backend, black_box(values), &mut results).expect("as many places");
            black_box(&mut results);
        };
        ways.push((backend.name().to_owned(), Box::new(run)));
    }
    ways
}

/// A loop, with places for its results.
fn plain<'a>(name: &str, rows: usize, mut f: impl FnMut(&mut [Option<f64>]) + 'a) -> Way<'a> {
    let mut results: Results = vec![None; rows];
    let run = move || {
        f(&mut results);
        black_box(&mut results);
    };
    (name.to_owned(), Box::new(run))
}

fn results_of(rows: usize, mut f: impl FnMut(&mut [Option<f64>])) -> Results {
    let mut results = vec![None; rows];
    f(&mut results);
    results
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let quick = words.iter().any(|word| word == "--test") || !words.iter().any(|w| w == "--bench");
    let filter: Vec<&String> = words.iter().filter(|word| !word.starts_with('-')).collect();
    let wanted = |label: &str| filter.is_empty() || filter.iter().any(|word| label.contains(*word));
    let random = &mut Random(0x9E37_79B9_7F4A_7C15);
    let values: Vec<f64> = (0..ROWS[1]).map(|_| random.unit()).collect();
    if !quick {
        println!("{:<20} {:>8} {:<10} {:>8} {:>8}", "", "rows", "way", "ns/row", "times");
    }
    let sizes = if quick { &[5_000][..] } else { &ROWS[..] };
    for (rows, window) in sizes.iter().flat_map(|&rows| WINDOWS.map(|window| (rows, window))) {
        let values = &values[..rows];
        let mut label = format!("mean {window}");
        if wanted(&label) {
            let rolling = Mean.rolling(window).expect("a window");
            let got = results_of(rows, |to| rolling.of(values, to).expect("as many places"));
            let want = results_of(rows, |to| again(values, window, to));
            for (got, want) in got.iter().zip(&want) {
                let (got, want) = (got.expect("a mean"), want.expect("a mean"));
                assert!((got - want).abs() <= 1e-13 * want, "{got} {want}");
            }
            let mut ways = lanes(Mean, values, window);
            ways.push(plain("drift", rows, |to| drift(black_box(values), window, to)));
            ways.push(plain("again", rows, |to| again(black_box(values), window, to)));
            report(&label, rows, &mut ways, quick);
        }
        for (name, less) in [("min", true), ("max", false)] {
            label = format!("{name} {window}");
            if !wanted(&label) {
                continue;
            }
            let beats = move |a: f64, b: f64| if less { a < b } else { a > b };
            let want = results_of(rows, |to| deque(values, window, beats, to));
            let got = results_of(rows, |to| {
                if less {
                    Min.rolling(window).expect("a window").of(values, to).expect("as many places");
                } else {
                    Max.rolling(window).expect("a window").of(values, to).expect("as many places");
                }
            });
            assert_eq!(got, want, "{label}");
            let mut ways =
                if less { lanes(Min, values, window) } else { lanes(Max, values, window) };
            ways.push(plain("deque", rows, move |to| deque(black_box(values), window, beats, to)));
            report(&label, rows, &mut ways, quick);
        }
        label = format!("min_max {window}");
        if wanted(&label) {
            report(&label, rows, &mut lanes(MinMax, values, window), quick);
        }
        label = format!("variance {window}");
        if wanted(&label) {
            let means = lanes(Mean, values, window);
            let variances = lanes(Variance::sample(), values, window);
            for (mean, variance) in means.into_iter().zip(variances) {
                let name = format!("{label} {}", mean.0);
                let mut ways = [("variance".to_owned(), variance.1), ("mean".to_owned(), mean.1)];
                report(&name, rows, &mut ways, quick);
            }
        }
        label = format!("sum merges {window}");
        if wanted(&label) {
            report(&label, rows, &mut lanes((Sum,), values, window), quick);
        }
    }
    if quick {
        println!("all ways give the right results");
    }
}
