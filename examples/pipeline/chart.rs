//! The ladder as a picture: a bar for each rung, on a logarithmic axis.

use std::error::Error;

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::report::Measured;
use crate::rungs::NAMES;

const SIZE: (u32, u32) = (860, 340);
const FONT: &str = "sans-serif";
const BAR: RGBColor = RGBColor(120, 160, 205);
const OURS: RGBColor = RGBColor(40, 90, 150);

/// An SVG of the rates.
pub(crate) fn draw(ladder: &[Measured]) -> Result<String, Box<dyn Error>> {
    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        root.fill(&WHITE)?;
        let rates = || ladder.iter().map(|rung| rung.rate / 1e6);
        let least = rates().fold(f64::INFINITY, |a, b| if b < a { b } else { a });
        let greatest = rates().fold(0.0, |a, b| if b > a { b } else { a });
        let top = greatest * 2.5;
        let bottom = least / 2.0;
        let mut chart = ChartBuilder::on(&root)
            .caption("Events a second, rung by rung", (FONT, 16))
            .margin(10)
            .x_label_area_size(10)
            .y_label_area_size(60)
            .build_cartesian_2d(0.0..ladder.len() as f64, (bottom..top).log_scale())?;
        chart
            .configure_mesh()
            .disable_x_mesh()
            .disable_x_axis()
            .light_line_style(TRANSPARENT)
            .y_desc("million events/s")
            .y_label_formatter(&|rate| format!("{rate}"))
            .label_style((FONT, 11))
            .draw()?;
        for (i, (rate, name)) in rates().zip(NAMES).enumerate() {
            let color = if i + 1 == ladder.len() { OURS } else { BAR };
            let (left, right) = (i as f64 + 0.15, i as f64 + 0.85);
            let bar = Rectangle::new([(left, bottom), (right, rate)], color.filled());
            chart.draw_series([bar])?;
            let multiple = rate * 1e6 / ladder[0].rate;
            let middle = i as f64 + 0.5;
            let lines = [format!("{rate:.1} M/s, {multiple:.0}x"), format!("{}. {name}", i + 1)];
            for (text, height) in lines.into_iter().zip([1.08, 1.32]) {
                let style = (FONT, 11).into_text_style(&root).color(&BLACK);
                let style = style.pos(Pos::new(HPos::Center, VPos::Bottom));
                chart.draw_series([Text::new(text, (middle, rate * height), style)])?;
            }
        }
        root.present()?;
    }
    Ok(svg)
}
