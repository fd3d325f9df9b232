//! The report as an aligned table to look at, 120 columns wide at most.
//!
//! A table with lines that wrap cannot be read, so it is made to fit, in this
//! order, each only if the one before does not do:
//!
//! 1. Numbers are rounded to eight characters and a sign: five significant digits.
//! 2. Names of series and fields lose their middle, for both ends tell series
//!    apart: the measurement, and the last tags. Where exactly they are cut is
//!    chosen so that as few as possible look the same.
//! 3. If a series would be left with less than [`SERIES`] columns, numbers have
//!    seven characters, then six.
//!
//! Names that would still look the same show their rank: `#7` is the seventh of
//! the table's series, or the seventh of its fields in the order of their names.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::io::{self, Write};

use comfy_table::{CellAlignment, Table, presets};

use crate::report::{NAMES, Row};
use crate::statistics::{NUMBERS, Statistics};

/// The widest line.
const WIDTH: usize = 120;

/// Columns that a series' name may claim, and that a field's may.
const SERIES: usize = 20;
const FIELD: usize = 16;

/// The numbers' significant digits, from the first choice to the last.
const DIGITS: [usize; 3] = [5, 4, 3];

/// Writes the rows, aligned and rounded.
pub(crate) fn write(rows: &[Row<'_>], windowed: bool, mut out: impl Write) -> io::Result<()> {
    let series = Names::new(NAMES[0], rows.iter().map(|row| row.series));
    let fields = Names::new(NAMES[1], rows.iter().map(|row| row.field));
    let window = windowed.then_some("window");

    // Every column has a blank beside it.
    let windows = rows.iter().filter_map(|row| row.window.as_deref()).chain(window);
    let window_width = windows.map(|text| text.len() + 1).max().unwrap_or(0);
    let mut layout = Layout::default();
    for digits in DIGITS {
        let used = window_width + numbers_width(rows, digits) + NAMES.len();
        layout = Layout::new(digits, &series, &fields, WIDTH.saturating_sub(used));
        if layout.series >= series.widest.min(SERIES) {
            break;
        }
    }
    let series = series.fitted(layout.series);
    let fields = fields.fitted(layout.field);

    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(window.into_iter().chain(NAMES).chain(NUMBERS));
    for row in rows {
        let names = [&*series[row.series], &*fields[row.field]].map(Cow::from);
        table.add_row(
            (row.window.iter().map(|window| Cow::from(&**window)))
                .chain(names)
                .chain(numbers(&row.statistics, layout.digits).map(Cow::from)),
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

/// What fits: digits of the numbers, columns of the names.
#[derive(Default)]
struct Layout {
    digits: usize,
    series: usize,
    field: usize,
}

impl Layout {
    /// Shares `room` out: fields are short as a rule, and series get what they leave.
    fn new(digits: usize, series: &Names<'_>, fields: &Names<'_>, room: usize) -> Self {
        let unclaimed = room.saturating_sub(series.widest);
        let field = fields.widest.min(unclaimed.max(FIELD.min(room / 2)));
        Self { digits, series: series.widest.min(room - field), field }
    }
}

/// The widths of all columns of numbers, blanks between them included.
fn numbers_width(rows: &[Row<'_>], digits: usize) -> usize {
    let mut widths = NUMBERS.map(str::len);
    for row in rows {
        for (width, text) in widths.iter_mut().zip(numbers(&row.statistics, digits)) {
            *width = (*width).max(text.len());
        }
    }
    widths.iter().map(|width| width + 1).sum()
}

fn numbers(statistics: &Statistics, digits: usize) -> [String; NUMBERS.len()] {
    let [sum, mean, stddev, min, p50, p99, max] = statistics
        .numbers()
        .map(|number| number.map_or_else(String::new, |number| rounded(number, digits)));
    [statistics.count.to_string(), sum, mean, stddev, min, p50, p99, max]
}

/// As many digits as fit into three characters more and a sign, `digits` of them
/// significant where possible. Of five: `0.12346`, `12.5`, `123457`, `1.2346e9`,
/// `1.235e10`.
fn rounded(number: f64, digits: usize) -> String {
    if number == 0.0 {
        return "0".to_owned();
    }
    // Formatting finds the exponent that the number has once it is rounded.
    let scientific = format!("{number:.*e}", digits - 1);
    let Some((_, exponent)) = scientific.split_once('e') else {
        return scientific; // the sum of floats may be infinite, or NaN
    };
    let decimals = match exponent.parse::<isize>() {
        Ok(power @ -3..=5) => digits.saturating_add_signed(-1 - power).min(digits + 1),
        _ => return format!("{number:.*e}", digits.saturating_sub(exponent.len())),
    };
    let text = format!("{number:.decimals$}");
    if decimals == 0 {
        return text;
    }
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// The different names of a column of the table, in order.
struct Names<'a> {
    names: Vec<&'a str>,
    /// Columns of the widest, once printable, or of the header.
    widest: usize,
}

impl<'a> Names<'a> {
    fn new(header: &str, names: impl Iterator<Item = &'a str>) -> Self {
        let mut names: Vec<&str> = names.collect();
        names.sort_unstable();
        names.dedup();
        let widths = names.iter().map(|name| columns(&printable(name)));
        let widest = widths.fold(header.len(), usize::max);
        Self { names, widest }
    }

    /// All names in at most `width` columns each.
    fn fitted(self, width: usize) -> HashMap<&'a str, String> {
        let printable: Vec<Cow<'_, str>> = self.names.iter().map(|name| printable(name)).collect();
        let mut best: Vec<Cow<'_, str>> = Vec::new();
        let (mut most, mut best_start) = (0, 0);
        // Columns for the start, in quarters of what the ellipsis leaves.
        for quarters in [2, 3, 1, 4, 0] {
            let start = width.saturating_sub(1) * quarters / 4;
            let cut: Vec<Cow<'_, str>> =
                printable.iter().map(|name| shortened(name, start, width, "…")).collect();
            let distinct = cut.iter().collect::<HashSet<_>>().len();
            if distinct > most {
                (best, most, best_start) = (cut, distinct, start);
            }
            if most == printable.len() {
                break;
            }
        }

        let mut uses: HashMap<&str, usize> = HashMap::new();
        for text in &best {
            *uses.entry(text).or_default() += 1;
        }
        let ranked = |(index, (&name, text)): (usize, (&&'a str, &Cow<'_, str>))| {
            let text = if uses[&**text] == 1 {
                text.to_string()
            } else {
                let mark = format!("…#{}…", index + 1);
                shortened(&printable[index], best_start, width, &mark).into_owned()
            };
            (name, text)
        };
        self.names.iter().zip(&best).enumerate().map(ranked).collect()
    }
}

/// A name within `width` columns: whole, or with `mark` for all but the first
/// `start` columns, or what the mark leaves of them, and the last.
fn shortened<'a>(name: &'a str, start: usize, width: usize, mark: &str) -> Cow<'a, str> {
    if columns(name) <= width {
        return Cow::from(name);
    }
    let room = width.saturating_sub(columns(mark));
    let start = start.min(room);
    let head = fitting(name.chars(), start);
    let tail = fitting(name.chars().rev(), room - start);
    Cow::from(format!("{}{mark}{}", &name[..head], &name[name.len() - tail..]))
}

/// The bytes of as many characters as fit.
fn fitting(characters: impl Iterator<Item = char>, width: usize) -> usize {
    let (mut used, mut bytes) = (0, 0);
    for character in characters {
        used += columns_of(character);
        if used > width {
            break;
        }
        bytes += character.len_utf8();
    }
    bytes
}

fn columns(text: &str) -> usize {
    text.chars().map(columns_of).sum()
}

/// At most so many columns does a terminal need for a character, or `comfy_table`
/// when it aligns; what needs fewer, such as a combining accent, does no harm.
fn columns_of(character: char) -> usize {
    match character {
        '…' | '\0'..'\u{1100}' => 1,
        '\u{17d8}' => 3, // Khmer beyyal, the only one
        _ => 2,
    }
}

/// A name with its control characters escaped, so that none reaches a terminal.
fn printable(name: &str) -> Cow<'_, str> {
    if !name.contains(char::is_control) {
        return Cow::from(name);
    }
    let mut text = String::new();
    for character in name.chars() {
        if character.is_control() {
            text.extend(character.escape_default());
        } else {
            text.push(character);
        }
    }
    Cow::from(text)
}
