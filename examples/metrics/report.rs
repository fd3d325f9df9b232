//! From the store to standard output: the statistics of each column, as an
//! aligned table to look at or as CSV to compute with.

use std::borrow::Cow;
use std::io::{self, Write};

use comfy_table::{CellAlignment, Table, presets};
use lanefold::{Aggregate, Backend, Count, Max, Mean, Min, StdDev, Sum};

use crate::store::Series;
use crate::window::Window;

/// One line of the report.
pub(crate) struct Row<'a> {
    window: Option<String>,
    series: &'a str,
    field: &'a str,
    statistics: Statistics,
}

/// Statistics of the numbers of one series, field and window. `None` where
/// undefined, which is the standard deviation of a single number.
#[derive(Debug, PartialEq)]
struct Statistics {
    count: u64,
    sum: f64,
    mean: Option<f64>,
    stddev: Option<f64>,
    min: Option<f64>,
    p50: Option<f64>,
    p99: Option<f64>,
    max: Option<f64>,
}

const NAMES: [&str; 2] = ["series", "field"];
const NUMBERS: [&str; 8] = ["count", "sum", "mean", "stddev", "min", "p50", "p99", "max"];

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

    fn numbers(&self) -> [Option<f64>; 7] {
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

/// Writes an aligned table of rounded numbers.
pub(crate) fn write_table(rows: &[Row<'_>], windowed: bool, mut out: impl Write) -> io::Result<()> {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    let window = windowed.then_some("window");
    table.set_header(window.into_iter().chain(NAMES).chain(NUMBERS));
    for row in rows {
        let names = [printable(row.series), printable(row.field)];
        let numbers = row.statistics.numbers().map(|number| number.map(rounded));
        table.add_row(
            (row.window.iter().map(|window| Cow::from(window.as_str())))
                .chain(names)
                .chain([Cow::from(row.statistics.count.to_string())])
                .chain(numbers.map(|number| Cow::from(number.unwrap_or_default()))),
        );
    }
    // Names flush left, numbers flush right, and spaces to keep them apart.
    let names = NAMES.len() + usize::from(windowed);
    for (index, column) in table.column_iter_mut().enumerate() {
        if index < names {
            column.set_padding((0, 1));
        } else {
            column.set_padding((1, 0));
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    for line in table.lines() {
        writeln!(out, "{}", line.trim_end())?;
    }
    out.flush()
}

/// As many digits as fit into eight characters and a sign, five of them
/// significant where possible: `0.12346`, `12.5`, `123457`, `1.2346e9`,
/// `1.235e10`.
fn rounded(number: f64) -> String {
    if number == 0.0 {
        return "0".to_owned();
    }
    // Formatting finds the exponent that the number has once it is rounded.
    let scientific = format!("{number:.4e}");
    let Some((_, exponent)) = scientific.split_once('e') else {
        return scientific; // the sum of floats may be infinite, or NaN
    };
    let decimals = match exponent.parse() {
        Ok(exponent @ -3..=3) => usize::try_from(4 - exponent).unwrap_or(0).min(6),
        Ok(4 | 5) => 0,
        _ => return format!("{number:.*e}", 5_usize.saturating_sub(exponent.len())),
    };
    let text = format!("{number:.decimals$}");
    if decimals == 0 {
        return text;
    }
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A name as a table shows it: control characters escaped, so that none reaches
/// a terminal, and cut where it would make every row of the table as wide.
fn printable(name: &str) -> Cow<'_, str> {
    const WIDEST: usize = 1000;
    if name.len() <= WIDEST && !name.contains(char::is_control) {
        return Cow::from(name);
    }
    let mut text = String::new();
    for character in name.chars() {
        if text.len() >= WIDEST {
            text.push_str("...");
            break;
        }
        if character.is_control() {
            text.extend(character.escape_default());
        } else {
            text.push(character);
        }
    }
    Cow::from(text)
}
