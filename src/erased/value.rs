//! Results of any aggregate.

use core::fmt;

/// The result of an [`ErasedAggregate`](crate::ErasedAggregate).
///
/// Counts and integers are exact, and so are floats: an `f32` is an `f64` as well. It is
/// shown as the number, and [`Missing`](Self::Missing) as `none`.
///
/// ```
/// use lanefold::Value;
/// let values = [Value::from(3_u64), Value::from(-2_i32), Value::from(0.5), Value::from(None::<f64>)];
/// assert_eq!(values.map(|value| value.to_string()), ["3", "-2", "0.5", "none"]);
/// assert_eq!(values.map(|value| value.as_f64()), [Some(3.0), Some(-2.0), Some(0.5), None]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// There is no result: `None`, as for the mean of no rows.
    Missing,
    /// A count, or an integer that is never negative.
    Unsigned(u128),
    /// An integer that may be negative.
    Signed(i128),
    /// A float.
    Float(f64),
    /// A truth value.
    Bool(bool),
    /// The number of a row, from 0 on.
    Row(usize),
}

impl Value {
    /// The value as a float, where it is a number. Integers beyond 2⁵³ are rounded.
    #[must_use]
    pub fn as_f64(self) -> Option<f64> {
        match self {
            Self::Missing | Self::Bool(_) => None,
            Self::Unsigned(x) => Some(x as f64),
            Self::Signed(x) => Some(x as f64),
            Self::Float(x) => Some(x),
            Self::Row(row) => Some(row as f64),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.pad("none"),
            Self::Unsigned(x) => x.fmt(f),
            Self::Signed(x) => x.fmt(f),
            Self::Float(x) => x.fmt(f),
            Self::Bool(x) => x.fmt(f),
            Self::Row(row) => row.fmt(f),
        }
    }
}

macro_rules! from {
    ($($Variant:ident: $($T:ident)*;)*) => {$($(
        impl From<$T> for Value {
            fn from(x: $T) -> Self {
                Self::$Variant(x.into())
            }
        }
    )*)*};
}

from! {
    Unsigned: u8 u16 u32 u64 u128;
    Signed: i8 i16 i32 i64 i128;
    Float: f32 f64;
    Bool: bool;
}

/// The row. The value is what the extreme itself gives.
impl<T> From<(usize, T)> for Value {
    fn from((row, _): (usize, T)) -> Self {
        Self::Row(row)
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(x: Option<T>) -> Self {
        x.map_or(Self::Missing, Into::into)
    }
}
