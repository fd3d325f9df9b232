//! Statistics of metrics, per series, from `InfluxDB` line protocol.
//!
//! ```text
//! cargo run --release --example metrics -- [OPTIONS] [FILE]
//!
//! metrics                           the embedded sample
//! metrics --window 10s host.lp      one row per series, field and 10 seconds
//! telegraf --test | metrics -       standard input
//! metrics --format csv host.lp      numbers to compute with
//! metrics --sketch 0.01 host.lp     percentiles within 1 %, in little memory
//! metrics --plot cpu.svg --series 'cpu,*' host.lp
//! ```
//!
//! # What it shows
//!
//! Aggregation wants its numbers as one slice of `f64`, while telemetry arrives
//! as text, many fields to a line and series all mixed up. So the program turns
//! rows into columns first and aggregates last:
//!
//! 1. `lines` reads one line at a time, of bounded length.
//! 2. `parse` has it taken apart by `influxdb-line-protocol`, and adds some checks.
//! 3. `store` knows a number for each series, field and `window`, and puts that
//!    and the value into columns. `Grouped` takes these by the batch.
//! 4. `statistics` is what it takes them into: six statistics from one pass
//!    over memory, and exact percentiles. `LANEFOLD_BACKEND` chooses the
//!    instructions; the results are the same on all of them, bit for bit.
//! 5. `report` makes rows of them, and CSV; `table` makes them fit a screen, and
//!    `plot` draws.
//!
//! `ingest` drives 1 to 3 and keeps count. Memory holds the numbers, eight bytes
//! each, and the names; the text of the input passes through. With `--sketch`, it
//! holds partials instead, and does not grow with the number of lines, but with
//! that of series, and of windows, which are all reported at the end.
//!
//! On AMD Zen 3, with 1,000 series of four fields, all that is not parsing adds 14 to 27 %
//! to the time of parsing, 24 to 40 % with `--sketch 0.01`, 37 to 42 % with windows of ten
//! numbers a field, and 54 to 66 % with a sketch of each window: several measurements, on a
//! machine with other work to do. With `--sketch 0.01`, ten million lines took as much memory as
//! one million: 37 MB.
//!
//! # What it decides
//!
//! Line protocol leaves a few questions open; these are the answers here.
//!
//! - **Integers** (`7i`, `7u`) are aggregated as `f64`. Beyond 2^53 not every one
//!   is a float; those that are not round to the nearest, and are counted on
//!   standard error.
//! - **A field that changes type** between lines is fine: its numbers, floats
//!   and integers alike, go into one column, its strings and booleans are
//!   counted as skipped. A point with nothing but those is aggregated like any
//!   other; it adds no number, and a series without numbers has no row.
//! - **NaN and infinity** do not exist in line protocol: `nan`, `inf` and
//!   floats out of range, such as `1e400`, are malformed.
//! - **Duplicates**, a field or tag key twice in a line, are malformed, for
//!   there is no telling which one was meant.
//! - **Two points** of one series with the same timestamp both count, and so do
//!   equal ones: `InfluxDB` would keep the later, but only the whole input could
//!   tell, and a file read twice shows in `count`.
//! - **A series** is its measurement and tags, whatever their order and escapes.
//!   Its name lists the tags by key, with a backslash before each `,`, `=` and
//!   space that needs one. No name may end with a backslash.
//! - **A float** has digits on both sides of its point: `5.` and `.5` are
//!   malformed.
//! - **A line** ends at `\n` or `\r\n`, within a string too. Blanks around it
//!   are ignored, and so is a byte order mark before the first. NUL bytes and
//!   invalid UTF-8 are malformed, except in comments.
//!   More than 16 MiB is malformed and skipped without being stored. A last line
//!   without a line end counts like any other, with a note that it may be cut.
//! - **A malformed line** contributes nothing at all, not even the fields before
//!   its mistake.
//! - **A table** rounds its numbers and is at most 120 columns wide, for which it
//!   shortens names, and is laid out as a whole; CSV does none of that.
//! - **Order** of rows is series, field, window start: bytewise, and by time.
//!
//! # Exit status
//!
//! 0, also when lines were malformed; 1 if they were and `--strict` is given;
//! 2, with one line on standard error, if the arguments, the environment, the
//! input or the output prevented a report.

mod ingest;
mod lines;
mod parse;
mod plot;
mod report;
mod statistics;
mod store;
mod table;
mod window;

use std::convert::Infallible;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::{Parser, ValueEnum};
use lanefold::{Backend, QuantileSketch};
use wildmatch::WildMatch;

use crate::ingest::Tally;
use crate::plot::Picture;
use crate::statistics::Method;
use crate::store::{Series, Store};
use crate::window::Window;

/// Minutes of `/proc`, sampled once a second; its first lines say how.
const SAMPLE: &[u8] = include_bytes!("../data/host.lp");

/// A few lines a read are too few: a system call costs more than parsing them.
const READ_SIZE: usize = 128 << 10;

/// What the options do not say, at the end of `--help`.
const AFTER_HELP: &str = "\
Columns:
  window          start of the window, with --window
  series          measurement and tags, sorted by key
  field           one field of the series; strings and booleans have no row
  count, sum, mean, min, max
  stddev          sample standard deviation (ddof 1); empty for a single number
  p50, p99        exact percentiles, interpolated (type 7 of Hyndman and Fan);
                  with --sketch, a value within ALPHA of a percentile, relatively,
                  and memory that does not grow with the number of lines

A table is at most 120 columns wide. Numbers are rounded to eight characters and
a sign, five digits of them significant if the exponent is short; where that
would leave a series' name less than 20 columns, to seven or six characters. A
name that still does not fit loses its middle: \"a…z\". Where two would look the
same, \"#7\" is in that of the seventh. CSV has all names and numbers exactly.

--plot draws a panel for each series and field, a hundred at most: the histogram
with p50, p90 and p99 (exact), and the values over time. It keeps all numbers
in memory.

Standard error has each of the first ten malformed lines with its number, then
counts of lines (aggregated, blank, comment, rejected), points, series, strings
and booleans (which are not aggregated), and integers that had to be rounded to
a 64-bit float, which can happen beyond 2^53.

Environment:
  LANEFOLD_BACKEND=scalar|sse|avx2|avx512
                  instructions to use, by default the best of this CPU; the
                  output is the same on all of them

Exit status:
  0  a report was written, also if lines were malformed
  1  the same, with --strict, and a line was malformed
  2  no report: the arguments, the environment, the input or the output failed";

// `about` is what `--help` begins with; there, a doc comment's marks would show.
#[derive(Parser)]
#[command(
    name = "metrics",
    about = "Statistics of metrics in InfluxDB line protocol, per series",
    after_help = AFTER_HELP
)]
struct Args {
    /// File to read; "-" is standard input [default: an embedded sample]
    file: Option<PathBuf>,

    // `clap` would put the default behind a line of blanks.
    /// How to print the statistics [default: table]
    #[arg(long, value_enum, default_value_t = Format::Table, hide_default_value = true)]
    format: Format,

    /// Print a row per tumbling window, such as 10s (ns, us, ms, s, m, h)
    #[arg(long, value_name = "LENGTH")]
    window: Option<Window>,

    /// Report only series whose names match, such as "cpu,*"
    #[arg(long, value_name = "PATTERN", value_parser = pattern)]
    series: Option<WildMatch>,

    /// Sketch percentiles, within a relative error from 0.001 to 0.1
    #[arg(long, value_name = "ALPHA", value_parser = sketch)]
    sketch: Option<QuantileSketch>,

    /// Draw the series as SVG: histograms, and values over time
    #[arg(long, value_name = "FILE")]
    plot: Option<PathBuf>,

    /// Exit with status 1 if any line is malformed
    #[arg(long)]
    strict: bool,

    /// Parse the lines and leave it at that, to see how long it takes
    #[arg(long, hide = true)]
    parse_only: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// Aligned columns of rounded numbers
    Table,
    /// RFC 4180 with exact numbers
    Csv,
}

fn main() -> ExitCode {
    // Before the arguments, as every program here does, and in the same words.
    let backend = match Backend::from_env() {
        Ok(backend) => backend,
        Err(error) => {
            note(format_args!("LANEFOLD_BACKEND: {error}"));
            return ExitCode::from(2);
        }
    };
    run(backend).unwrap_or_else(|message| {
        note(format_args!("metrics: {message}"));
        ExitCode::from(2)
    })
}

/// The program; an error is one line of text, and exit status 2.
fn run(backend: Backend) -> Result<ExitCode, String> {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) if error.use_stderr() => return Err(one_line(&error)),
        Err(help) => {
            // Nobody left to read the help is no reason to complain.
            let _ = help.print();
            return Ok(ExitCode::SUCCESS);
        }
    };

    let start = Instant::now();
    let (input, name) = open(args.file)?;
    let method = Method { backend, sketch: args.sketch };
    let mut store = Store::new(method, args.plot.is_some());
    let into = (!args.parse_only).then_some(&mut store);
    let tally = ingest::ingest(input, &name, args.window, into)
        .map_err(|error| format!("cannot read {name}: {error}"))?;
    let summary = Summary {
        series: store.series_count(),
        strings: store.skipped.strings,
        booleans: store.skipped.booleans,
        rounded: store.rounded,
        backend,
        tally,
    };
    let (series, groups) = store.into_sorted(args.series.as_ref());
    let rows = report::rows(&series, args.window, &groups);
    let elapsed = start.elapsed();
    let picture = match &args.plot {
        Some(path) => Some((draw(&series, backend, path)?, path)),
        None => None,
    };

    let out = BufWriter::new(io::stdout().lock());
    let windowed = args.window.is_some();
    let written = match args.format {
        Format::Table => table::write(&rows, windowed, out),
        Format::Csv => report::write_csv(&rows, windowed, out),
    };
    match written {
        // Whoever reads has seen enough, as `head` does.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
        other => other.map_err(|error| format!("cannot write to standard output: {error}"))?,
    }
    summary.print(elapsed);
    if let Some((Picture { drawn, left_out, timeless, .. }, path)) = picture {
        let name = path.display();
        note(format_args!("plot: {drawn} panels in {name}, {left_out} not drawn"));
        note(format_args!("plot: {timeless} numbers without a time, in histograms only"));
    }

    let failed = args.strict && summary.tally.rejected > 0;
    Ok(ExitCode::from(u8::from(failed)))
}

/// Draws the series into a file.
fn draw(series: &[Series], backend: Backend, path: &Path) -> Result<Picture, String> {
    let picture = plot::draw(series, backend).map_err(|error| format!("cannot draw: {error}"))?;
    fs::write(path, &picture.svg)
        .map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    Ok(picture)
}

#[expect(clippy::unnecessary_wraps, reason = "as `clap` wants it; any text is a pattern")]
fn pattern(text: &str) -> Result<WildMatch, Infallible> {
    Ok(WildMatch::new(text))
}

fn sketch(text: &str) -> Result<QuantileSketch, String> {
    let alpha = text.parse().map_err(|_| "expected a number, such as 0.01".to_owned())?;
    // Room for all numbers: buckets take memory only where there are values.
    let sketch = QuantileSketch::new(alpha).and_then(|sketch| sketch.with_buckets(1 << 21));
    sketch.map_err(|error| error.to_string())
}

/// The input and what to call it in messages.
fn open(file: Option<PathBuf>) -> Result<(Box<dyn BufRead>, String), String> {
    match file {
        None => Ok((Box::new(SAMPLE), "host.lp".to_owned())),
        Some(path) if path.as_os_str() == "-" => {
            let input = BufReader::with_capacity(READ_SIZE, io::stdin());
            Ok((Box::new(input), "stdin".to_owned()))
        }
        Some(path) => {
            let name = path.display().to_string();
            let file = File::open(path).map_err(|error| format!("cannot open {name}: {error}"))?;
            Ok((Box::new(BufReader::with_capacity(READ_SIZE, file)), name))
        }
    }
}

/// `clap` explains an error in paragraphs; the first says what is wrong.
fn one_line(error: &clap::Error) -> String {
    let text = error.to_string();
    let first: Vec<&str> =
        text.lines().map(str::trim).take_while(|line| !line.is_empty()).collect();
    let line = first.join(" ");
    line.strip_prefix("error: ").unwrap_or(&line).to_owned()
}

/// What is said on standard error after the report. The speed is that of
/// reading and aggregating; writing waits for whoever reads.
struct Summary {
    tally: Tally,
    series: usize,
    strings: u64,
    booleans: u64,
    rounded: u64,
    backend: Backend,
}

impl Summary {
    #[expect(clippy::cast_precision_loss, reason = "a rate of three digits")]
    fn print(&self, elapsed: Duration) {
        let Tally { lines, aggregated, blank, comment, rejected, bytes } = self.tally;
        let seconds = elapsed.max(Duration::from_nanos(1)).as_secs_f64();
        let line_rate = lines as f64 / seconds;
        let megabyte_rate = bytes as f64 / seconds / 1e6;
        note(format_args!(
            "lines: {lines} = {aggregated} aggregated + {blank} blank + {comment} comment + {rejected} rejected"
        ));
        note(format_args!("points: {aggregated}"));
        note(format_args!("series: {}", self.series));
        let (strings, booleans) = (self.strings, self.booleans);
        note(format_args!("not aggregated: {strings} strings, {booleans} booleans"));
        note(format_args!("rounded: {} integers beyond 2^53", self.rounded));
        note(format_args!("speed: {line_rate:.0} lines/s, {megabyte_rate:.1} MB/s"));
        note(format_args!("backend: {}", self.backend));
    }
}

/// Writes a line to standard error. Unlike `eprintln!` it does not panic when
/// that is closed: there is nobody left to tell.
fn note(text: fmt::Arguments) {
    let _ = writeln!(io::stderr(), "{text}");
}
