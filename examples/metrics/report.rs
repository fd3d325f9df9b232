//! From the store to the report: the statistics of each column, and CSV to
//! compute with. To look at, there is `table`.

use std::io::{self, Write};

use lanefold::{Aggregate, Backend, Count, Max, Mean, Min, StdDev, Sum};

use crate::store::Series;
use crate::window::Window;

/// One line of the report.
pub(crate) struct Row<'a> {
    pub(crate) window: Option<String>,
    pub(crate) series: &'a str,
    pub(crate) field: &'a str,
    pub(crate) statistics: Statistics,
}

/// Statistics of the numbers of one series, field and window. `None` where
/// undefined, which is the standard deviation of a single number.
#[derive(Debug, PartialEq)]
pub(crate) struct Statistics {
    pub(crate) count: u64,
    sum: f64,
    mean: Option<f64>,
    stddev: Option<f64>,
    min: Option<f64>,
    p50: Option<f64>,
    p99: Option<f64>,
    max: Option<f64>,
}

pub(crate) const NAMES: [&str; 2] = ["series", "field"];
pub(crate) const NUMBERS: [&str; 8] =
    ["count", "sum", "mean", "stddev", "min", "p50", "p99", "max"];

/// The report's rows, in the order of `series`. Leaves their numbers reordered.
pub(crate) fn rows(
    series: &mut [Series],
    window: Option<Window>,
    backend: Backend,
) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    for series in series {
        for column in &mut series.columns {
            for (&number, values) in &mut column.windows {
                rows.push(Row {
                    window: window.map(|window| window.start_of(number)),
                    series: &series.name,
                    field: &column.field,
                    statistics: Statistics::of(values, backend),
                });
            }
        }
    }
    rows
}

impl Statistics {
    fn of(values: &mut [f64], backend: Backend) -> Self {
        // One pass over the values for six statistics; that is what a tuple of
        // aggregates is for.
        let (count, sum, mean, stddev, min, max) =
            (Count, Sum, Mean, StdDev::sample(), Min, Max).of_on(backend, &*values);
        // Last, for finding a quantile reorders the values, and the order in
        // which floats are added up matters for the last bits of a sum.
        let p50 = percentile(values, 50);
        let p99 = percentile(values, 99);
        Self { count, sum, mean, stddev, min, p50, p99, max }
    }

    /// All but the count, in the order of `NUMBERS`.
    pub(crate) fn numbers(&self) -> [Option<f64>; 7] {
        let Self { mean, stddev, min, p50, p99, max, .. } = *self;
        [Some(self.sum), mean, stddev, min, p50, p99, max]
    }
}

/// The exact percentile by definition 7 of Hyndman and Fan: with the values
/// sorted and counted from 0, the one at `(n - 1) * percent / 100`, or between
/// its neighbours by linear interpolation.
#[expect(clippy::cast_precision_loss, reason = "the remainder is below 100")]
fn percentile(values: &mut [f64], percent: usize) -> Option<f64> {
    // In integers, so that no rounding moves the rank to a neighbour.
    let rank = values.len().checked_sub(1)? * percent;
    let (index, remainder) = (rank / 100, rank % 100);

    // Selecting the value at `index` puts the greater ones behind it; that is
    // linear in their number, where sorting them would not be.
    let (_, &mut low, greater) = values.select_nth_unstable_by(index, f64::total_cmp);
    let high = match greater.iter().copied().min_by(f64::total_cmp) {
        Some(high) if remainder > 0 => high,
        _ => return Some(low),
    };
    let fraction = remainder as f64 / 100.0;
    let distance = high - low;
    Some(if distance.is_finite() {
        low + fraction * distance
    } else {
        // From -1e308 to 1e308, say: further than the greatest float.
        low * (1.0 - fraction) + high * fraction
    })
}

/// Writes CSV as in RFC 4180, line ends of CR LF included. The floats are the
/// shortest decimals that read back to the same bits.
pub(crate) fn write_csv(rows: &[Row<'_>], windowed: bool, out: impl Write) -> io::Result<()> {
    let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    let window = windowed.then_some("window");
    let header = window.into_iter().chain(NAMES).chain(NUMBERS);
    csv.write_record(header).map_err(io_error)?;
    for row in rows {
        if let Some(window) = &row.window {
            csv.write_field(window).map_err(io_error)?;
        }
        csv.write_field(row.series).map_err(io_error)?;
        csv.write_field(row.field).map_err(io_error)?;
        csv.write_field(row.statistics.count.to_string()).map_err(io_error)?;
        for number in row.statistics.numbers() {
            let text = number.map(|number| format!("{number:?}")).unwrap_or_default();
            csv.write_field(text).map_err(io_error)?;
        }
        csv.write_record(None::<&[u8]>).map_err(io_error)?;
    }
    csv.flush()
}

/// `csv`'s own conversion hides which I/O error it was, a broken pipe say.
fn io_error(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}
