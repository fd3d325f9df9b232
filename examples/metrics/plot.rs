//! Pictures of the series, as one SVG: a panel for each column of numbers, with its
//! histogram on the left, and the values over time on the right.
//!
//! `plotters` draws; `lanefold` counts the bins and finds the percentiles.

use std::error::Error;
use std::ops::Range;

use jiff::Timestamp;
use lanefold::{Aggregate, Backend, Histogram, MinMax, Quantiles};
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::store::{Column, Sample, Series};

/// Panels of a picture; the file of one has some hundred bytes a sample.
const MOST: usize = 100;

const WIDTH: u32 = 960;
const HEIGHT: u32 = 200;
const BINS: usize = 40;

const FONT: &str = "sans-serif";
const BARS: RGBColor = RGBColor(120, 160, 205);
const LINE: RGBColor = RGBColor(40, 90, 150);
/// Of p50, p90 and p99.
const MARKS: [(&str, RGBColor); 3] = [
    ("p50", RGBColor(30, 120, 60)),
    ("p90", RGBColor(190, 110, 0)),
    ("p99", RGBColor(180, 30, 40)),
];

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn = Result<(), Box<dyn Error>>;

/// What became of the columns.
pub(crate) struct Picture {
    pub(crate) svg: String,
    pub(crate) drawn: usize,
    /// Columns beyond the hundredth.
    pub(crate) left_out: usize,
    /// Numbers without a timestamp, which are in histograms alone.
    pub(crate) timeless: usize,
}

/// Draws all columns that have numbers, in the order of the report.
pub(crate) fn draw(series: &[Series], backend: Backend) -> Result<Picture, Box<dyn Error>> {
    let columns = series.iter().flat_map(|series| {
        series
            .columns
            .iter()
            .map(move |column| (format!("{} {}", series.name, column.field), column))
    });
    let columns: Vec<(String, &Column)> =
        columns.filter(|(_, column)| !column.samples.is_empty()).collect();
    let drawn = columns.len().min(MOST);
    let timeless = |(_, column): &(String, &Column)| {
        column.samples.iter().filter(|sample| sample.time.is_none()).count()
    };
    let timeless = columns[..drawn].iter().map(timeless).sum();

    let mut svg = String::new();
    {
        let rows = u32::try_from(drawn.max(1))?;
        let root = SVGBackend::with_string(&mut svg, (WIDTH, HEIGHT * rows)).into_drawing_area();
        root.fill(&WHITE)?;
        let panels = root.split_evenly((drawn.max(1), 1));
        for (panel, (name, column)) in panels.iter().zip(&columns) {
            // The name is in the picture as text, which SVG escapes; control characters are
            // not allowed in any form.
            let name: String =
                name.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
            let panel = panel.titled(&shortened(&name), (FONT, 13))?;
            let (left, right) = panel.split_horizontally(WIDTH * 2 / 5);
            let values: Vec<f64> = column.samples.iter().map(|sample| sample.value).collect();
            let Some((min, max)) = MinMax.of_on(backend, &values) else { continue };
            histogram(&left, &values, widened(min, max), backend)?;
            over_time(&right, &column.samples, widened(min, max))?;
        }
        root.present()?;
    }
    Ok(Picture { svg, drawn, left_out: columns.len() - drawn, timeless })
}

/// At most as many characters as a panel has room for; the ends tell series apart.
fn shortened(name: &str) -> String {
    const ROOM: usize = 120;
    let length = name.chars().count();
    if length <= ROOM {
        return name.to_owned();
    }
    let head: String = name.chars().take(ROOM / 2).collect();
    let tail: String = name.chars().skip(length - ROOM / 2 + 1).collect();
    format!("{head}…{tail}")
}

/// An axis from the least to the greatest value; a constant is in its middle. It ends at
/// 1e300, for differences of the greatest floats overflow; what is beyond is drawn at its end.
fn widened(min: f64, max: f64) -> Range<f64> {
    let (min, max) = (min.clamp(-1e300, 1e300), max.clamp(-1e300, 1e300));
    let width = max - min;
    // Bins need room for some numbers between their edges.
    let least = (min.abs() + max.abs()) * 1e-12 + 1e-300;
    let margin = if width == 0.0 {
        min.abs() * 0.05 + 0.5
    } else if width * 0.02 < least {
        least
    } else {
        width * 0.02
    };
    min - margin..max + margin
}

fn histogram(area: &Area<'_>, values: &[f64], axis: Range<f64>, backend: Backend) -> Drawn {
    let percentiles = Quantiles::new([0.5, 0.9, 0.99])?.of_on(backend, values);
    let bins = Histogram::linear(axis.start, axis.end, BINS)?.of_on(backend, values);
    let most = bins.counts().iter().copied().max().unwrap_or(0).max(1);
    #[expect(clippy::cast_precision_loss, reason = "the height of a bar")]
    let top = most as f64 * 1.18;
    let mut chart = ChartBuilder::on(area)
        .margin(6)
        .x_label_area_size(36)
        .y_label_area_size(56)
        .build_cartesian_2d(axis.clone(), 0.0..top)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .x_labels(5)
        .y_labels(4)
        .light_line_style(TRANSPARENT)
        .x_desc("value")
        .y_desc("count")
        .x_label_formatter(&|x| tick(*x, &axis))
        .y_label_formatter(&|y| number(*y))
        .label_style((FONT, 10))
        .draw()?;
    #[expect(clippy::cast_precision_loss, reason = "the height of a bar")]
    let bars = bins
        .bins()
        .filter(|bin| bin.count > 0)
        .map(|bin| Rectangle::new([(bin.low, 0.0), (bin.high, bin.count as f64)], BARS.filled()));
    chart.draw_series(bars)?;
    // Names above one another, for the percentiles may be close.
    for (i, (value, (name, color))) in percentiles.into_iter().flatten().zip(MARKS).enumerate() {
        let at = value.clamp(axis.start, axis.end);
        chart.draw_series([PathElement::new([(at, 0.0), (at, top)], color.stroke_width(1))])?;
        #[expect(clippy::cast_precision_loss, reason = "0, 1 and 2")]
        let height = top * (0.99 - 0.09 * i as f64);
        // On the side of the line that has more room.
        let (side, way) = if at > f64::midpoint(axis.start, axis.end) {
            (HPos::Right, -1.0)
        } else {
            (HPos::Left, 1.0)
        };
        let place = (at + way * (axis.end - axis.start) * 0.012, height);
        let style = (FONT, 10).into_text_style(area).color(&color).pos(Pos::new(side, VPos::Top));
        chart.draw_series([Text::new(format!("{name} {}", number(value)), place, style)])?;
    }
    Ok(())
}

fn over_time(area: &Area<'_>, samples: &[Sample], axis: Range<f64>) -> Drawn {
    let mut points: Vec<(i64, f64)> = samples
        .iter()
        .filter_map(|sample| Some((sample.time?, sample.value.clamp(axis.start, axis.end))))
        .collect();
    points.sort_by_key(|&(time, _)| time);
    let (Some(&(first, _)), Some(&(last, _))) = (points.first(), points.last()) else {
        return Ok(());
    };
    #[expect(clippy::cast_precision_loss, reason = "a place on an axis")]
    let seconds = |time: i64| (i128::from(time) - i128::from(first)) as f64 / 1e9;
    // A nanosecond at least, for an axis of no length cannot be drawn.
    let end = seconds(last.max(first.saturating_add(1)));
    let start = Timestamp::from_nanosecond(first.into())?.strftime("%Y-%m-%dT%H:%M:%SZ");
    let mut chart = ChartBuilder::on(area)
        .margin(6)
        .x_label_area_size(36)
        .y_label_area_size(56)
        .build_cartesian_2d(0.0..end, axis.clone())?;
    chart
        .configure_mesh()
        .x_labels(8)
        .y_labels(5)
        .light_line_style(TRANSPARENT)
        .x_desc(format!("seconds since {start}"))
        .x_label_formatter(&|x| number(*x))
        .y_label_formatter(&|y| tick(*y, &axis))
        .label_style((FONT, 10))
        .draw()?;
    let places = || points.iter().map(|&(time, value)| (seconds(time), value));
    chart.draw_series(LineSeries::new(places(), LINE.stroke_width(1)))?;
    if points.len() <= 300 {
        chart.draw_series(places().map(|place| Circle::new(place, 1, LINE.filled())))?;
    }
    Ok(())
}

/// A number beside an axis, whose steps miss 0 by a rounding.
fn tick(x: f64, axis: &Range<f64>) -> String {
    let is_zero = x.abs() < (axis.end - axis.start) * 1e-9;
    number(if is_zero { 0.0 } else { x })
}

/// A number as an axis shows it: four digits, and a letter for thousands.
fn number(x: f64) -> String {
    let magnitude = x.abs();
    let (scaled, unit) = match magnitude {
        0.0 => return "0".to_owned(),
        m if !(1e-3..1e15).contains(&m) => return format!("{x:.2e}"),
        m if m >= 1e12 => (x / 1e12, "T"),
        m if m >= 1e9 => (x / 1e9, "G"),
        m if m >= 1e6 => (x / 1e6, "M"),
        m if m >= 1e4 => (x / 1e3, "k"),
        _ => (x, ""),
    };
    let decimals = match scaled.abs() {
        m if m >= 1000.0 => 0,
        m if m >= 100.0 => 1,
        m if m >= 10.0 => 2,
        _ => 3,
    };
    let text = format!("{scaled:.decimals$}");
    let text = if decimals > 0 { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    format!("{text}{unit}")
}
