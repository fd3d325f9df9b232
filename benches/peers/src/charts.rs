//! SVG charts, 900 pixels wide: throughput over size for each operation, ratios, and costs.
//!
//! | file | shows |
//! | --- | --- |
//! | `throughput_OPERATION.svg` | GB/s over the number of values, a panel for each type |
//! | `ratios.svg` | the best peer's time over that of `lanefold`, for each operation |
//! | `scaling.svg` | what a value costs, over the number of values |
//! | `quantiles.svg` | the same of quantiles, beside a selection on a copy |
//! | `sketch_bounds.svg` | what a value costs a sketch, over the bound of its quantiles |
//! | `groups.svg` | what a row costs a sum by group, over the number of groups |
//! | `threads.svg` | how many times as fast several threads are, over the number of values |

use crate::plot::{COLORS, Chart, Drawn, FONT, LIMIT, OURS, Panel, Series, TEXT, WIDTH, short};
use lanefold_peers_ways::scaling;
use lanefold_peers_ways::{Row, Way};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use std::collections::BTreeSet;
use std::path::Path;

/// Draws all that the rows are enough for.
pub(crate) fn draw(directory: &Path, rows: &[Row], scaling: &[Row], threads: &[Row]) -> Drawn {
    let mut operations: Vec<&str> = Vec::new();
    for row in rows {
        if !operations.contains(&row.operation.as_str()) {
            operations.push(&row.operation);
        }
    }
    for operation in &operations {
        let rows: Vec<&Row> = rows.iter().filter(|row| row.operation == *operation).collect();
        if let Some(chart) = throughput(operation, &rows) {
            chart.draw(&directory.join(format!("throughput_{operation}.svg")))?;
        }
    }
    if rows.iter().any(|row| row.ratio().is_some()) {
        ratios(&directory.join("ratios.svg"), &operations, rows)?;
    }
    if !scaling.is_empty() {
        costs(scaling).draw(&directory.join("scaling.svg"))?;
        quantiles(scaling).draw(&directory.join("quantiles.svg"))?;
        bounds(scaling).draw(&directory.join("sketch_bounds.svg"))?;
        groups(scaling).draw(&directory.join("groups.svg"))?;
    }
    if !threads.is_empty() {
        gains(threads).draw(&directory.join("threads.svg"))?;
    }
    Ok(())
}

/// Throughput of all ways, with a panel for each type.
fn throughput(operation: &str, rows: &[&Row]) -> Option<Chart> {
    if rows.iter().any(|row| row.bytes == 0) {
        return None;
    }
    let types: Vec<&str> = ["f32", "f64", "i32", "i64", "u8", "u64"]
        .into_iter()
        .filter(|element| rows.iter().any(|row| row.element == *element))
        .collect();
    let mut peers: Vec<String> = Vec::new();
    for time in rows.iter().flat_map(|row| &row.times) {
        let name = time.way.to_string();
        if matches!(time.way, Way::Peer(_)) && !peers.contains(&name) {
            peers.push(name);
        }
    }
    let panel = |element: &&str| {
        let rows = || rows.iter().filter(|row| row.element == *element);
        let points = |ns: &dyn Fn(&Row) -> Option<f64>| -> Vec<(f64, f64)> {
            rows()
                .filter_map(|row| Some((row.values as f64, row.bytes as f64 / ns(row)?)))
                .collect()
        };
        let mut series = vec![Series {
            name: "read limit".into(),
            color: LIMIT,
            width: 2,
            dashed: true,
            points: points(&|row| row.limit()),
        }];
        for (peer, color) in peers.iter().zip(COLORS.iter().cycle()) {
            let time = |row: &Row| {
                let mut times = row.times.iter();
                times.find(|time| time.way.to_string() == *peer).map(|time| time.ns)
            };
            series.push(Series {
                name: peer.clone(),
                color: *color,
                width: 1,
                dashed: false,
                points: points(&time),
            });
        }
        series.push(Series {
            name: "lanefold".into(),
            color: OURS,
            width: 3,
            dashed: false,
            points: points(&|row| row.of(&Way::Best)),
        });
        series.retain(|series| !series.points.is_empty());
        Panel { title: (*element).to_owned(), series }
    };
    Some(Chart {
        title: format!("{operation}: throughput over size"),
        x: "values",
        y: "GB/s",
        panels: types.iter().map(panel).collect(),
    })
}

/// Nanoseconds a value of one operation, by one way.
fn per_value(rows: &[Row], operation: &str, way: &Way) -> Vec<(f64, f64)> {
    let rows = rows.iter().filter(|row| row.operation == operation);
    rows.filter_map(|row| Some((row.values as f64, row.of(way)? / row.values as f64))).collect()
}

fn read_limit(rows: &[Row]) -> Series {
    let rows = rows.iter().filter(|row| row.operation == "scaling/sum");
    let points = rows.filter_map(|row| Some((row.values as f64, row.limit()? / row.values as f64)));
    let points = points.collect();
    Series { name: "read limit".into(), color: LIMIT, width: 2, dashed: true, points }
}

fn costs(rows: &[Row]) -> Chart {
    let mut series = vec![read_limit(rows)];
    let shown = scaling::OPERATIONS.into_iter().filter(|name| *name != "scaling/p99");
    for (operation, color) in shown.zip(COLORS) {
        series.push(Series {
            name: operation.trim_start_matches("scaling/").into(),
            color,
            width: 2,
            dashed: false,
            points: per_value(rows, operation, &Way::Best),
        });
    }
    Chart {
        title: "lanefold: what an f64 costs, over the number of values".into(),
        x: "values",
        y: "ns a value",
        panels: vec![Panel { title: String::new(), series }],
    }
}

fn quantiles(rows: &[Row]) -> Chart {
    let mut series = vec![read_limit(rows)];
    let select = Way::Peer("select_nth");
    for (name, operation, way, color) in [
        ("select_nth on a copy, median", "scaling/median", &select, COLORS[0]),
        ("lanefold median", "scaling/median", &Way::Best, OURS),
        ("lanefold p99", "scaling/p99", &Way::Best, COLORS[2]),
        ("lanefold sketch, 1 %", "scaling/sketch", &Way::Best, COLORS[3]),
    ] {
        let points = per_value(rows, operation, way);
        series.push(Series { name: name.into(), color, width: 2, dashed: false, points });
    }
    Chart {
        title: "quantiles of f64: what a value costs, over the number of values".into(),
        x: "values",
        y: "ns a value",
        panels: vec![Panel { title: String::new(), series }],
    }
}

fn bounds(rows: &[Row]) -> Chart {
    let mut series = Vec::new();
    for (way, name, dashed) in
        [(Way::Peer("ddsketch"), "ddsketch", true), (Way::Best, "lanefold", false)]
    {
        for (values, color) in scaling::VALUES.into_iter().zip(COLORS) {
            let point = |(operation, alpha): (&str, f64)| {
                let is_it = |row: &&Row| row.operation == operation && row.values == values;
                let row = rows.iter().find(is_it)?;
                Some((alpha, row.of(&way)? / values as f64))
            };
            series.push(Series {
                name: format!("{name}, {} values", short(values as f64)),
                color,
                width: 2,
                dashed,
                points: scaling::ALPHAS.into_iter().filter_map(point).collect(),
            });
        }
    }
    series.retain(|series| !series.points.is_empty());
    Chart {
        title: "sketches: what a value costs, over the bound of quantiles".into(),
        x: "bound of a quantile, relative",
        y: "ns a value",
        panels: vec![Panel { title: String::new(), series }],
    }
}

fn groups(rows: &[Row]) -> Chart {
    let mut series = Vec::new();
    for (way, name, dashed) in
        [(Way::Peer("plain"), "plain loop", true), (Way::Best, "lanefold", false)]
    {
        for (operation, color) in scaling::ORDERS.into_iter().zip([OURS, COLORS[0]]) {
            let rows = rows.iter().filter(|row| row.operation == operation);
            let point =
                |row: &Row| Some((row.values as f64, row.of(&way)? / scaling::GROUPED as f64));
            series.push(Series {
                name: format!("{name}, {}", operation.trim_start_matches("groups/")),
                color,
                width: 2,
                dashed,
                points: rows.filter_map(point).collect(),
            });
        }
    }
    Chart {
        title: "sums by group of a million f64: what a row costs, over the number of groups".into(),
        x: "groups",
        y: "ns a row",
        panels: vec![Panel { title: String::new(), series }],
    }
}

fn gains(rows: &[Row]) -> Chart {
    let mut series = Vec::new();
    for ((way, threads), dashed) in scaling::THREADS.into_iter().zip([true, false]) {
        for (operation, color) in scaling::THREADED.into_iter().zip(COLORS) {
            let rows = rows.iter().filter(|row| row.operation == operation);
            let point =
                |row: &Row| Some((row.values as f64, row.lanefold() / row.of(&Way::Peer(way))?));
            let name = operation.trim_start_matches("threads/");
            let plural = if threads == 1 { "" } else { "s" };
            series.push(Series {
                name: format!("{name}, {threads} thread{plural}"),
                color,
                width: 2,
                dashed,
                points: rows.filter_map(point).collect(),
            });
        }
    }
    Chart {
        title: "par_of of f64: times as fast as of, over the number of values".into(),
        x: "values",
        y: "times as fast",
        panels: vec![Panel { title: String::new(), series }],
    }
}

/// For each operation the geometric mean of its ratios as a bar, and as whiskers the least
/// and the greatest.
fn ratios(path: &Path, operations: &[&str], rows: &[Row]) -> Drawn {
    let mut bars: Vec<(&str, [f64; 3])> = Vec::new();
    for operation in operations {
        let rows = rows.iter().filter(|row| row.operation == *operation);
        // Times are positive, and so are the bits in the same order.
        let ratios: BTreeSet<u64> = rows.filter_map(Row::ratio).map(f64::to_bits).collect();
        let (Some(&least), Some(&greatest)) = (ratios.first(), ratios.last()) else { continue };
        let logarithms: f64 = ratios.iter().map(|&bits| f64::from_bits(bits).ln()).sum();
        let mean = (logarithms / ratios.len() as f64).exp();
        bars.push((operation, [f64::from_bits(least), mean, f64::from_bits(greatest)]));
    }
    let height = 110 + 24 * u32::try_from(bars.len())?;
    let root = SVGBackend::new(path, (WIDTH, height)).into_drawing_area();
    root.fill(&WHITE)?;
    let all = bars.iter().flat_map(|(_, ratios)| *ratios);
    let (least, greatest) = all.fold((0.9, 1.1), |(min, max): (f64, f64), ratio| {
        (if ratio < min { ratio } else { min }, if ratio > max { ratio } else { max })
    });
    let (left, end) = (least / 1.1, bars.len() as f64);
    let mut chart = ChartBuilder::on(&root)
        .margin(10)
        .margin_right(24)
        .caption(
            "best peer's time / lanefold's: mean, least and greatest of all rows",
            (FONT, TEXT + 4),
        )
        .x_label_area_size(42)
        .y_label_area_size(130)
        .build_cartesian_2d((left..greatest * 1.1).log_scale().base(2.0), end..0.0)?;
    chart
        .configure_mesh()
        .disable_y_mesh()
        .y_labels(0)
        .x_labels(12)
        .x_desc("times as fast as the best peer (1: as fast)")
        .x_label_formatter(&|x| short(*x))
        .label_style((FONT, TEXT))
        .axis_desc_style((FONT, TEXT))
        .light_line_style(TRANSPARENT)
        .draw()?;
    for (i, (operation, [least, mean, greatest])) in bars.iter().enumerate() {
        let (i, color) = (i as f64, if *mean < 1.0 { COLORS[2] } else { COLORS[0] });
        let bar = [(1.0, i + 0.2), (*mean, i + 0.8)];
        chart.draw_series([Rectangle::new(bar, color.mix(0.8).filled())])?;
        let whisker = [(*least, i + 0.5), (*greatest, i + 0.5)];
        chart.draw_series([PathElement::new(whisker, BLACK.mix(0.6).stroke_width(1))])?;
        for end in [*least, *greatest] {
            let tick = [(end, i + 0.3), (end, i + 0.7)];
            chart.draw_series([PathElement::new(tick, BLACK.mix(0.6).stroke_width(1))])?;
        }
        let style = (FONT, TEXT).into_text_style(&root).pos(Pos::new(HPos::Right, VPos::Center));
        let name = Text::new((*operation).to_owned(), (-8, 0), style);
        chart.draw_series([EmptyElement::at((left, i + 0.5)) + name])?;
    }
    chart.draw_series([PathElement::new([(1.0, 0.0), (1.0, end)], BLACK.stroke_width(2))])?;
    root.present()?;
    Ok(())
}
