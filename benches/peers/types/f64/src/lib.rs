//! The rows of `f64`: a package, so that kernels of one type are compiled beside those of others.

use lanefold_peers_ways::{Filter, Pass, Row, of_type};

/// Measures the rows that the filter takes.
pub fn measure(filter: &Filter, pass: Pass, rows: &mut Vec<Row>) {
    of_type::<f64>(filter, pass, rows);
}
