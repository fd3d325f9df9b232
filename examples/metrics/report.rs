//! From the store to the report: the statistics of each column, and CSV to
//! compute with. To look at, there is `table`.

use std::collections::HashMap;
use std::io::{self, Write};
use std::rc::Rc;

use lanefold::Grouped;

use crate::statistics::{Method, NUMBERS, Statistics};
use crate::store::Series;
use crate::window::Window;

/// One line of the report.
pub(crate) struct Row<'a> {
    pub(crate) window: Option<Rc<str>>,
    pub(crate) series: &'a str,
    pub(crate) field: &'a str,
    pub(crate) statistics: Statistics,
}

pub(crate) const NAMES: [&str; 2] = ["series", "field"];

/// The report's rows, in the order of `series`.
pub(crate) fn rows<'a>(
    series: &'a [Series],
    window: Option<Window>,
    groups: &Grouped<Method, f64>,
) -> Vec<Row<'a>> {
    let mut rows = Vec::new();
    // Most windows have a row of each series, and a date is slow to write.
    let mut starts: HashMap<i64, Rc<str>> = HashMap::new();
    for series in series {
        for column in &series.columns {
            for (&number, &group) in &column.windows {
                rows.push(Row {
                    window: window.map(|window| {
                        let start = starts.entry(number);
                        start.or_insert_with(|| window.start_of(number).into()).clone()
                    }),
                    series: &series.name,
                    field: &column.field,
                    statistics: groups.get(group).expect("a group for each window"),
                });
            }
        }
    }
    rows
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
            csv.write_field(&**window).map_err(io_error)?;
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
