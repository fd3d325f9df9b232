//! What quantiles are, written from the definitions.

use crate::data::Sample;
use crate::exact::Signed;
use crate::spec::Spec;
use lanefold::QuantileMethod;
use std::cmp::Ordering;

pub(crate) const METHODS: [QuantileMethod; 9] = [
    QuantileMethod::InverseCdf,
    QuantileMethod::AveragedInverseCdf,
    QuantileMethod::ClosestObservation,
    QuantileMethod::InterpolatedInverseCdf,
    QuantileMethod::Hazen,
    QuantileMethod::Weibull,
    QuantileMethod::Linear,
    QuantileMethod::MedianUnbiased,
    QuantileMethod::NormalUnbiased,
];

/// A number type whose order is known.
pub(crate) trait Value: Sample {
    const HAS_NAN: bool;
    fn compare(&self, other: &Self) -> Ordering;
    /// An integer, exactly; of floats nothing is asked.
    fn integer(self) -> i128;
    fn float(self) -> f64;
    fn of_float(x: f64) -> Self;
}

macro_rules! values {
    ($is_float:literal $order:ident; $($T:ident)*) => {$(
        impl Value for $T {
            const HAS_NAN: bool = $is_float;
            fn compare(&self, other: &$T) -> Ordering {
                self.$order(other)
            }
            fn integer(self) -> i128 {
                self as i128
            }
            fn float(self) -> f64 {
                self as f64
            }
            fn of_float(x: f64) -> $T {
                x as $T
            }
        }
    )*};
}

values! { false cmp; i8 i16 i32 i64 u8 u16 u32 u64 }
values! { true total_cmp; f32 f64 }

/// `j` and `g = part / whole` of a position; `whole` is `scale · 2^exponent`.
struct Position {
    j: i128,
    part: i128,
    scale: i128,
    exponent: i32,
}

/// `a + b q` times `scale`, for `q = mantissa / 2^exponent`: exact, as tests take columns of
/// fewer than 2²⁴ rows, and quantiles of 0 or at least 2⁻³⁰.
fn position(scale: i128, a: i128, b: i128, q: f64) -> Position {
    let mut exponent = 0;
    let mut mantissa = q;
    while mantissa.fract() != 0.0 {
        mantissa *= 2.0;
        exponent += 1;
    }
    assert!(exponent < 90, "a quantile that the reference can do");
    let numerator = (a << exponent) + b * mantissa as i128;
    let whole = scale << exponent;
    let j = numerator.div_euclid(whole);
    Position { j, part: numerator.rem_euclid(whole), scale, exponent }
}

/// The quantile of values in order, of which there is one, and none is NaN.
fn of_sorted<T: Value>(sorted: &[T], q: f64, method: QuantileMethod) -> Expected {
    let n = sorted.len() as i128;
    let mut at = match method {
        QuantileMethod::InverseCdf
        | QuantileMethod::AveragedInverseCdf
        | QuantileMethod::InterpolatedInverseCdf => position(1, 0, n, q),
        QuantileMethod::ClosestObservation => position(2, -1, 2 * n, q),
        QuantileMethod::Hazen => position(2, 1, 2 * n, q),
        QuantileMethod::Weibull => position(1, 0, n + 1, q),
        QuantileMethod::Linear => position(1, 1, n - 1, q),
        QuantileMethod::MedianUnbiased => position(3, 1, 3 * n + 1, q),
        QuantileMethod::NormalUnbiased => position(8, 3, 8 * n + 2, q),
    };
    let whole = at.scale << at.exponent;
    let gamma = match method {
        QuantileMethod::InverseCdf => {
            if at.part == 0 {
                0
            } else {
                whole
            }
        }
        QuantileMethod::AveragedInverseCdf if at.part == 0 => {
            (at.scale, at.exponent) = (2, 0);
            1
        }
        QuantileMethod::AveragedInverseCdf => whole,
        QuantileMethod::ClosestObservation => {
            if at.part == 0 && at.j % 2 == 0 {
                0
            } else {
                whole
            }
        }
        _ => at.part,
    };
    let whole = at.scale << at.exponent;
    let value = |j: i128| sorted[(j.clamp(1, n) - 1) as usize];
    let (low, high) = (value(at.j), value(at.j + 1));
    if gamma == 0 || low.compare(&high).is_eq() {
        return Expected::Value(low.float());
    }
    if gamma == whole {
        return Expected::Value(high.float());
    }
    // Two halves, which are exact as floats.
    let split = |x: i128| [(x >> 45 << 45) as f64, (x & ((1 << 45) - 1)) as f64];
    if !T::HAS_NAN {
        let weighted = |x: i128, weight: i128| {
            let (x, weight) = (split(x), split(weight));
            [(x[0], weight[0]), (x[0], weight[1]), (x[1], weight[0]), (x[1], weight[1])]
        };
        let terms = [weighted(low.integer(), whole - gamma), weighted(high.integer(), gamma)];
        let rounded = Signed::dot(terms.concat()).over(at.scale as u64).to_f64();
        return Expected::Value(rounded / 2.0_f64.powf(at.exponent.into()));
    }
    let (low, high) = (low.float(), high.float());
    match (low.is_infinite(), high.is_infinite()) {
        (true, true) => Expected::Value(match (2 * gamma).cmp(&whole) {
            Ordering::Less => low,
            Ordering::Equal => 0.0,
            Ordering::Greater => high,
        }),
        (true, false) => Expected::Value(low),
        (false, true) => Expected::Value(high),
        (false, false) => {
            // Small enough not to overflow; what is lost of subnormals is far below an ulp.
            let scale = 2.0_f64.powf(-100.0);
            let small = low.abs() < 1e-200 && high.abs() < 1e-200;
            let scale = if small { 1.0 } else { scale };
            let [of_low, of_high] = [split(whole - gamma), split(gamma)];
            let products = [
                (low * scale, of_low[0]),
                (low * scale, of_low[1]),
                (high * scale, of_high[0]),
                (high * scale, of_high[1]),
            ];
            let sum = Signed::dot(products).over(at.scale as u64).to_f64();
            Expected::Between(low, high, sum / 2.0_f64.powf(at.exponent.into()) / scale)
        }
    }
}

/// What a result has to be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Expected {
    Nothing,
    /// These bits.
    Value(f64),
    /// Between two values, and within some roundings of a third.
    Between(f64, f64, f64),
}

impl Expected {
    pub(crate) fn is_met_by(self, got: Option<f64>) -> bool {
        match (self, got) {
            (Expected::Nothing, None) => true,
            (Expected::Value(want), Some(got)) => want.to_bits() == got.to_bits(),
            (Expected::Between(low, high, want), Some(got)) => {
                let size = low.abs().max_of(high.abs());
                let error = 4.0 * f64::EPSILON * size + f64::from_bits(1);
                low <= got && got <= high && (got - want).abs() <= error
            }
            _ => false,
        }
    }
}

trait MaxOf {
    fn max_of(self, other: Self) -> Self;
}

impl MaxOf for f64 {
    fn max_of(self, other: f64) -> f64 {
        if self > other { self } else { other }
    }
}

/// A column in order, or that it has a NaN.
pub(crate) struct Sorted<T>(Option<Vec<T>>);

impl<T: Value> Sorted<T> {
    pub(crate) fn of(values: &[T]) -> Self {
        if values.iter().any(|&x| Spec::is_nan(x)) {
            return Self(None);
        }
        let mut sorted = values.to_vec();
        sorted.sort_by(T::compare);
        Self(Some(sorted))
    }

    pub(crate) fn quantile(&self, q: f64, method: QuantileMethod) -> Expected {
        match &self.0 {
            None => Expected::Value(f64::NAN),
            Some(sorted) if sorted.is_empty() => Expected::Nothing,
            Some(sorted) => of_sorted(sorted, q, method),
        }
    }
}
