//! The record: a line of CSV for each way of each row, and beside it what it takes to read it
//! later: `run.csv`.

use lanefold::Backend;
use lanefold_peers_ways::{Row, Way};
use std::collections::BTreeSet;
use std::error::Error;
use std::path::Path;

/// Features of `lanefold` that are on.
const FEATURES: &str = "std rayon";

/// What all rows of a run have in common: a line for each thing to know, and for each crate.
pub(crate) fn write_run(path: &Path, rows: &[&Row]) -> Result<(), Box<dyn Error>> {
    let date = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let mut csv = csv::Writer::from_path(path)?;
    csv.write_record(["what", "value"])?;
    csv.write_record(["date", &date])?;
    csv.write_record(["cpu", &cpu()])?;
    csv.write_record(["backend", Backend::best().name()])?;
    csv.write_record(["features of lanefold", FEATURES])?;
    let times = rows.iter().flat_map(|row| &row.times);
    let packages: BTreeSet<&str> = times.map(|time| package(&time.way)).collect();
    for package in packages.into_iter().filter(|package| !package.is_empty()) {
        csv.write_record([package, version(package)])?;
    }
    csv.flush()?;
    Ok(())
}

/// A line for each way of each row.
pub(crate) fn write(path: &Path, rows: &[Row]) -> Result<(), Box<dyn Error>> {
    let mut csv = csv::Writer::from_path(path)?;
    csv.write_record(["operation", "type", "values", "bytes", "way", "ns", "wrong"])?;
    for row in rows {
        for time in &row.times {
            csv.write_record([
                &row.operation,
                row.element,
                &row.values.to_string(),
                &row.bytes.to_string(),
                &time.way.to_string(),
                &format!("{:.2}", time.ns),
                time.wrong.as_deref().unwrap_or_default(),
            ])?;
        }
    }
    csv.flush()?;
    Ok(())
}

/// The crate that a way is of; none for loops and the standard library.
fn package(way: &Way) -> &'static str {
    match way {
        Way::Best | Way::On(_) => "lanefold",
        Way::Read(_) => "",
        Way::Peer(name) => match *name {
            "arrow" => "arrow-arith",
            "ddsketch" => "sketches-ddsketch",
            "polars" => "polars-compute",
            "tdigest" => "datasketches",
            "select_nth" | "std" => "",
            name if name.starts_with("plain") => "",
            name if name.starts_with("threads") => "lanefold",
            name => name,
        },
    }
}

/// The version of a crate that this was built with: of several, the newest, for that is the
/// one which was asked for.
fn version(package: &str) -> &'static str {
    const LOCK: &str = include_str!("../Cargo.lock");
    let name = format!("name = \"{package}\"");
    let is_it = |entry: &&str| entry.lines().any(|line| line == name);
    let entry = LOCK.split("[[package]]").filter(is_it).last().unwrap_or_default();
    let version = entry.lines().find_map(|line| line.strip_prefix("version = \""));
    version.map_or("", |version| version.trim_end_matches('"'))
}

/// The name of the CPU, where the system tells.
pub(crate) fn cpu() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let line = info.lines().find(|line| line.starts_with("model name"));
    let name = line.and_then(|line| line.split_once(':')).map(|(_, name)| name.trim());
    name.map_or_else(|| std::env::consts::ARCH.to_owned(), str::to_owned)
}
