//! Lines on axes, in decades or octaves, with a legend: one SVG a chart.

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use std::error::Error;
use std::ops::Range;
use std::path::Path;

pub(crate) const WIDTH: u32 = 900;
pub(crate) const FONT: &str = "sans-serif";
pub(crate) const TEXT: u32 = 13;
/// Height of a line of the legend, and of the title.
const LINE: i32 = 22;
/// Height of a panel.
const PANEL: u32 = 280;

pub(crate) const LIMIT: RGBColor = RGBColor(150, 150, 150);
pub(crate) const OURS: RGBColor = RGBColor(200, 30, 40);
/// Of peers and further lines, in the order of their first appearance.
pub(crate) const COLORS: [RGBColor; 10] = [
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
pub(crate) type Drawn = Result<(), Box<dyn Error>>;

/// A line of a chart, and what the legend says of it.
#[derive(Clone, Debug)]
pub(crate) struct Series {
    pub(crate) name: String,
    pub(crate) color: RGBColor,
    pub(crate) width: u32,
    pub(crate) dashed: bool,
    pub(crate) points: Vec<(f64, f64)>,
}

/// Lines with the same axes.
#[derive(Clone, Debug)]
pub(crate) struct Panel {
    pub(crate) title: String,
    pub(crate) series: Vec<Series>,
}

/// Panels with a title and one legend.
#[derive(Clone, Debug)]
pub(crate) struct Chart {
    pub(crate) title: String,
    pub(crate) x: &'static str,
    pub(crate) y: &'static str,
    pub(crate) panels: Vec<Panel>,
}

impl Chart {
    pub(crate) fn draw(&self, path: &Path) -> Drawn {
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
pub(crate) fn short(x: f64) -> String {
    let (scaled, unit) = match x {
        x if x >= 1e9 => (x / 1e9, "G"),
        x if x >= 1e6 => (x / 1e6, "M"),
        x if x >= 1e3 => (x / 1e3, "k"),
        x => (x, ""),
    };
    let text = format!("{scaled:.3}");
    format!("{}{unit}", text.trim_end_matches('0').trim_end_matches('.'))
}
