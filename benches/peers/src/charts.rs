//! SVG charts, 900 pixels wide: throughput over size for each operation, ratios, and costs.
//!
//! | file | shows |
//! | --- | --- |
//! | `throughput_OPERATION.svg` | GB/s over the number of values, a panel for each type |
//! | `ratios.svg` | the best peer's time over that of `lanefold`, for each operation |
//! | `scaling.svg` | what a value costs, over the number of values |
//! | `quantiles.svg` | the same of quantiles, beside a selection on a copy |
//! | `sketch_bounds.svg` | what a value costs a sketch, over the bound of its quantiles |

use crate::contest::{Row, Way};
use crate::scaling;
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use std::collections::BTreeSet;
use std::error::Error;
use std::ops::Range;
use std::path::Path;

const WIDTH: u32 = 900;
const FONT: &str = "sans-serif";
const TEXT: u32 = 13;
/// Height of a line of the legend, and of the title.
const LINE: i32 = 22;
/// Height of a panel.
const PANEL: u32 = 280;

const LIMIT: RGBColor = RGBColor(150, 150, 150);
const OURS: RGBColor = RGBColor(200, 30, 40);
/// Of peers and further lines, in the order of their first appearance.
const COLORS: [RGBColor; 10] = [
    RGBColor(31, 119, 180),
    RGBColor(44, 140, 44),
    RGBColor(230, 126, 20),
    RGBColor(130, 90, 180),
    RGBColor(140, 86, 75),
    RGBColor(210, 90, 170),
    RGBColor(20, 160, 170),
    RGBColor(170, 160, 20),
    RGBColor(60, 60, 110),
    RGBColor(110, 150, 220),
];

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn = Result<(), Box<dyn Error>>;

/// A line of a chart, and what the legend says of it.
#[derive(Clone, Debug)]
struct Series {
    name: String,
    color: RGBColor,
    width: u32,
    dashed: bool,
    points: Vec<(f64, f64)>,
}

/// Lines with the same axes.
#[derive(Clone, Debug)]
struct Panel {
    title: String,
    series: Vec<Series>,
}

/// Panels with a title and one legend.
#[derive(Clone, Debug)]
struct Chart {
    title: String,
    x: &'static str,
    y: &'static str,
    panels: Vec<Panel>,
}

/// Draws all that the rows are enough for.
pub(crate) fn draw(directory: &Path, rows: &[Row], scaling: &[Row]) -> Drawn {
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

impl Chart {
    fn draw(&self, path: &Path) -> Drawn {
        let mut legend: Vec<&Series> = Vec::new();
        for series in self.panels.iter().flat_map(|panel| &panel.series) {
            if !legend.iter().any(|other| other.name == series.name) {
                legend.push(series);
            }
        }
        // What counts most stands first.
        legend.sort_by_key(|series| (series.name != "lanefold", series.name != "read limit"));
        let places = places(&legend);
        let lines = places.last().map_or(0, |&(_, line)| line + 1);
        let head = LINE * (lines + 1) + 12;

        let columns = self.panels.len().clamp(1, 2);
        let rows = self.panels.len().div_ceil(2).max(1);
        let panel = if columns == 1 { 400 } else { PANEL };
        let height = head.unsigned_abs() + panel * u32::try_from(rows)?;
        let root = SVGBackend::new(path, (WIDTH, height)).into_drawing_area();
        root.fill(&WHITE)?;
        let (top, rest) = root.split_vertically(head);
        top.draw(&Text::new(self.title.as_str(), (12, 8), (FONT, TEXT + 4)))?;
        for (series, (x, line)) in legend.iter().zip(places) {
            key(&top, series, (x, LINE * (line + 1) + 14))?;
        }
        let (x, y) = (self.range(|point| point.0), self.range(|point| point.1));
        for (panel, area) in self.panels.iter().zip(rest.split_evenly((rows, columns))) {
            self.panel(&area, panel, x.clone(), y.clone())?;
        }
        root.present()?;
        Ok(())
    }

    /// From the least to the greatest, and some room.
    fn range(&self, of: impl Fn(&(f64, f64)) -> f64) -> Range<f64> {
        let series = self.panels.iter().flat_map(|panel| &panel.series);
        let all = series.flat_map(|series| &series.points).map(of);
        let (min, max) = all.fold((f64::INFINITY, 0.0_f64), |(min, max), value| {
            (if value < min { value } else { min }, if value > max { value } else { max })
        });
        if min.is_finite() { min / 1.15..max * 1.25 } else { 1.0..10.0 }
    }

    fn panel(&self, area: &Area<'_>, panel: &Panel, x: Range<f64>, y: Range<f64>) -> Drawn {
        let mut builder = ChartBuilder::on(area);
        builder.margin(8).margin_right(16).x_label_area_size(42).y_label_area_size(58);
        if !panel.title.is_empty() {
            builder.caption(&panel.title, (FONT, TEXT + 2));
        }
        // In decades, or in octaves where there are few.
        let base = |range: &Range<f64>| if range.end < 60.0 * range.start { 2.0 } else { 10.0 };
        let (x_base, y_base) = (base(&x), base(&y));
        let (x, y) = (x.log_scale().base(x_base), y.log_scale().base(y_base));
        let mut chart = builder.build_cartesian_2d(x, y)?;
        chart
            .configure_mesh()
            .x_desc(self.x)
            .y_desc(self.y)
            .x_labels(8)
            .y_labels(8)
            .x_label_formatter(&|x| short(*x))
            .y_label_formatter(&|y| short(*y))
            .label_style((FONT, TEXT))
            .axis_desc_style((FONT, TEXT))
            .bold_line_style(BLACK.mix(0.15))
            .light_line_style(TRANSPARENT)
            .draw()?;
        for series in &panel.series {
            let style = series.color.stroke_width(series.width);
            let points = series.points.iter().copied();
            if series.dashed {
                chart.draw_series(DashedLineSeries::new(points, 6, 4, style))?;
            } else {
                chart.draw_series(LineSeries::new(points, style))?;
            }
            let radius = if series.width > 2 { 3 } else { 2 };
            let dots = series.points.iter();
            chart.draw_series(dots.map(|&at| Circle::new(at, radius, series.color.filled())))?;
        }
        Ok(())
    }
}

/// Where keys of the legend stand: the place in a line, and the line.
fn places(legend: &[&Series]) -> Vec<(i32, i32)> {
    let (mut x, mut line) = (12, 0);
    let place = |series: &&Series| {
        let width = 48 + i32::try_from(series.name.chars().count()).unwrap_or(0) * 8;
        if x + width > WIDTH.cast_signed() {
            (x, line) = (12, line + 1);
        }
        let place = (x, line);
        x += width;
        place
    };
    legend.iter().map(place).collect()
}

/// A key of the legend: a piece of the line, and the name.
fn key(area: &Area<'_>, series: &Series, (x, y): (i32, i32)) -> Drawn {
    let style = series.color.stroke_width(series.width.max(2));
    let pieces: &[(i32, i32)] = if series.dashed { &[(0, 8), (13, 21)] } else { &[(0, 21)] };
    for (from, to) in pieces {
        area.draw(&PathElement::new([(x + from, y), (x + to, y)], style))?;
    }
    let text = (FONT, TEXT).into_text_style(area).pos(Pos::new(HPos::Left, VPos::Center));
    area.draw(&Text::new(series.name.as_str(), (x + 28, y), text))?;
    Ok(())
}

/// A number as an axis shows it.
fn short(x: f64) -> String {
    let (scaled, unit) = match x {
        x if x >= 1e9 => (x / 1e9, "G"),
        x if x >= 1e6 => (x / 1e6, "M"),
        x if x >= 1e3 => (x / 1e3, "k"),
        x => (x, ""),
    };
    let text = format!("{scaled:.3}");
    format!("{}{unit}", text.trim_end_matches('0').trim_end_matches('.'))
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
        .build_cartesian_2d((left..greatest * 1.1).log_scale(), end..0.0)?;
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
