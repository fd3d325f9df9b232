//! What all the programs have in common: a column that the compiler does not know.

/// The arguments as numbers.
pub(crate) fn column() -> Vec<f64> {
    std::env::args().skip(1).filter_map(|word| word.parse().ok()).collect()
}
