//! Means that are not arithmetic: geometric, harmonic, and of exponentials.

mod geometric;
mod harmonic;
mod log_sum_exp;

pub use geometric::GeometricMean;
pub use harmonic::HarmonicMean;
pub use log_sum_exp::LogSumExp;
