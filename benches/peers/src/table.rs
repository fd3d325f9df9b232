//! The table on standard output, and its summary.

use comfy_table::{CellAlignment, Table, presets};
use lanefold_peers_ways::Row;

/// From this ratio on `lanefold` counts as first: times differ by as much between runs.
const FIRST: f64 = 0.97;
/// And from here on it is clearly first,
const AHEAD: f64 = 1.3;
/// or clearly behind.
const BEHIND: f64 = 0.85;

const HEADER: [&str; 9] =
    ["operation", "type", "values", "best peer", "ns", "lanefold ns", "ratio", "/read", "wrong"];

pub(crate) fn print(rows: &[Row]) {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(HEADER);
    for row in rows {
        let (name, time) = row
            .peer()
            .map_or_else(Default::default, |peer| (peer.way.to_string(), number(peer.ns)));
        let wrong: Vec<String> = row.wrong().map(|time| time.way.to_string()).collect();
        table.add_row([
            row.operation.clone(),
            row.element.to_owned(),
            row.values.to_string(),
            name,
            time,
            number(row.lanefold()),
            row.ratio().map_or_else(String::new, |ratio| format!("{ratio:.2}")),
            row.limit().map_or_else(String::new, |limit| format!("{:.2}", limit / row.lanefold())),
            wrong.join(" "),
        ]);
    }
    for column in [2, 4, 5, 6, 7] {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    for line in table.lines() {
        println!("{}", line.trim_end());
    }
    println!();
    println!("ratio: time of the best peer over that of lanefold; /read: share of the read limit");
    summary(rows);
    wrong(rows);
}

/// Nanoseconds, to four digits or so.
fn number(ns: f64) -> String {
    if ns < 100.0 { format!("{ns:.2}") } else { format!("{ns:.0}") }
}

fn summary(rows: &[Row]) {
    let mut ratios: Vec<(f64, &Row)> =
        rows.iter().filter_map(|row| Some((row.ratio()?, row))).collect();
    ratios.sort_by(|a, b| a.0.total_cmp(&b.0));
    let count = |bound: f64| ratios.iter().filter(|(ratio, _)| *ratio >= bound).count();
    let all = ratios.len();
    println!();
    println!("rows with a peer: {all}");
    println!("first, or within 3 %: {}", count(FIRST));
    println!("at least {AHEAD} times as fast: {}", count(AHEAD));
    println!("below {BEHIND}: {}", all - count(BEHIND));
    if all > count(FIRST) {
        println!("\nnot first:");
    }
    for (ratio, row) in ratios.iter().filter(|(ratio, _)| *ratio < FIRST) {
        let Row { operation, element, values, .. } = row;
        let peer = row.peer().map(|peer| peer.way.to_string()).unwrap_or_default();
        let mark = if *ratio < BEHIND { "  <" } else { "" };
        println!("  {ratio:.2} {operation} {element} {values} {peer}{mark}");
    }
}

/// Lists ways with wrong results, an example of each.
pub(crate) fn wrong(rows: &[Row]) {
    let mut seen: Vec<String> = Vec::new();
    for row in rows {
        let Row { operation, element, values, .. } = row;
        for time in row.wrong() {
            let name = format!("{} {operation}", time.way);
            if seen.contains(&name) {
                continue;
            }
            if seen.is_empty() {
                println!("\nwrong results, the first of each way and operation:");
            }
            let wrong = time.wrong.as_deref().unwrap_or_default();
            println!("  {name} {element} {values}: {wrong}");
            seen.push(name);
        }
    }
}
