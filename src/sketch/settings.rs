//! Settings that are out of range, and settings that differ.

use core::fmt;

/// A setting of a sketch that is out of range.
///
/// ```
/// use lanefold::QuantileSketch;
/// let error = QuantileSketch::new(0.5).unwrap_err();
/// assert_eq!(error.to_string(), "alpha is 0.5, and should be from 0.001 to 0.1");
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SketchError {
    /// The name of the setting.
    pub setting: &'static str,
    /// What it was to be.
    pub value: f64,
    /// The least that it can be.
    pub least: f64,
    /// The greatest.
    pub greatest: f64,
}

impl SketchError {
    /// The value, where it is in range.
    pub(super) fn check(
        setting: &'static str,
        value: f64,
        (least, greatest): (f64, f64),
    ) -> Result<f64, Self> {
        // False for NaN.
        if value >= least && value <= greatest {
            Ok(value)
        } else {
            Err(Self { setting, value, least, greatest })
        }
    }
}

impl fmt::Display for SketchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { setting, value, least, greatest } = self;
        write!(f, "{setting} is {value}, and should be from {least} to {greatest}")
    }
}

impl core::error::Error for SketchError {}

/// Two sketches of unequal settings, which do not merge.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct UnequalSketches {
    /// The name of the first setting that differs.
    pub setting: &'static str,
    /// What it is in the sketch that was to take in the other.
    pub left: f64,
    /// What it is in the other.
    pub right: f64,
}

impl UnequalSketches {
    /// Nothing, where all settings are equal, and none is NaN.
    #[allow(clippy::float_cmp, reason = "settings are the same, or they are not")]
    pub(super) fn check(settings: &[(&'static str, f64, f64)]) -> Result<(), Self> {
        match settings.iter().find(|(_, left, right)| left != right) {
            Some(&(setting, left, right)) => Err(Self { setting, left, right }),
            None => Ok(()),
        }
    }
}

impl fmt::Display for UnequalSketches {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { setting, left, right } = self;
        write!(f, "sketches of unequal {setting}, {left} and {right}, do not merge")
    }
}

impl core::error::Error for UnequalSketches {}
