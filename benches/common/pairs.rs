//! Operations on two columns.

use super::plain::{self, Precision, Value};
use super::{Run, Way, lanes, read};
use lanefold::{Backend, Correlation, Covariance};

/// Two columns of the same length.
pub(crate) type Pair<'a, T> = (&'a [T], &'a [T]);

/// All ways to run an operation on two columns; `None` if there is no such operation.
pub(crate) fn ways<'a, T: Value>(operation: &str, columns: Pair<'a, T>) -> Option<Vec<Run<'a>>> {
    let check = |found: Option<f64>, exact: f64, size: f64, precision| {
        let found = found.expect("more than one pair");
        let documented = 1.0 / (1_u64 << 33) as f64;
        let bound = if precision == Precision::Documented { documented } else { T::LOOSE };
        assert!((found - exact).abs() <= bound * size, "{found} should be {exact}");
    };
    let mut runs = match operation {
        "dot" => T::dots(columns),
        "covariance" => {
            lanes(Covariance::sample(), columns, plain::covariance, |&found, precision| {
                let [x, y, xy] = plain::careful_spreads(columns);
                check(found, xy, (x * y).sqrt(), precision);
            })
        }
        "correlation" => lanes(Correlation, columns, plain::correlation, |&found, precision| {
            let [x, y, xy] = plain::careful_spreads(columns);
            check(found, xy / (x * y).sqrt(), 1.0, precision);
        }),
        _ => return None,
    };
    runs.extend(limits(columns));
    Some(runs)
}

/// The loops that only load both columns, on each backend.
fn limits<T: Value>((xs, ys): Pair<'_, T>) -> impl Iterator<Item = Run<'_>> {
    let bytes = (T::bytes(xs), T::bytes(ys));
    Backend::available().map(move |backend| {
        let read = read::reader(backend);
        Run::new(Way::Read(backend), bytes, move |(xs, ys)| read(xs) | read(ys))
    })
}
