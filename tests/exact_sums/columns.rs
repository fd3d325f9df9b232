//! The columns, and what their sums and means are.

use crate::data::{KINDS, Kind, Random, Sample, column};
use crate::exact::Signed;
use lanefold::{
    Accumulator, Aggregate, Backend, ExactDot, ExactMean, ExactSum, ExactVariance, Nullable,
};

/// A float type of which sums can be exact.
pub(crate) trait Float: Sample + Into<f64> {
    /// Binary digits.
    const DIGITS: i32;
    /// The exponent of the greatest number.
    const TOP: i32;
    /// The exponent of the least positive number.
    const BOTTOM: i32;
    /// The nearest number of this type.
    fn nearest(x: f64) -> Self;
    /// The nearest number of this type to a sum.
    fn round(sum: &Signed) -> Self;
    /// `ExactSum` by both entries: `of`, which sums short columns in plain code, has to agree.
    fn sum_on(backend: Backend, values: &[Self]) -> Self;
    fn mean_on(backend: Backend, values: &[Self]) -> Option<f64>;
    fn both_on(backend: Backend, column: Nullable<'_, Self>) -> (Self, Option<f64>);
    fn dot_on(backend: Backend, x: &[Self], y: &[Self]) -> Self;
    fn dot_of(backend: Backend, x: Nullable<'_, Self>, y: &[Self]) -> Self;
    /// By both halves of a stream, merged.
    fn dot_in_halves(backend: Backend, x: &[Self], y: &[Self]) -> Self;
    fn variance_on(backend: Backend, values: &[Self], ddof: u64) -> Option<f64>;
    fn variance_of(backend: Backend, column: Nullable<'_, Self>, ddof: u64) -> Option<f64>;
    fn variance_in_halves(backend: Backend, values: &[Self], ddof: u64) -> Option<f64>;
}

macro_rules! floats {
    ($($T:ident, $digits:literal, $highest:literal, $lowest:literal, $round:ident;)*) => {$(
        impl Float for $T {
            const DIGITS: i32 = $digits;
            const TOP: i32 = $highest;
            const BOTTOM: i32 = $lowest;
            fn nearest(x: f64) -> $T {
                x as $T
            }
            fn round(sum: &Signed) -> $T {
                sum.$round()
            }
            fn sum_on(backend: Backend, values: &[$T]) -> $T {
                let sum = ExactSum.of_on(backend, values);
                if values.len() < 40 {
                    same!(ExactSum.of(values), sum, "`of` and `of_on` of {values:?}");
                }
                sum
            }
            fn mean_on(backend: Backend, values: &[$T]) -> Option<f64> {
                ExactMean.of_on(backend, values)
            }
            fn both_on(backend: Backend, column: Nullable<'_, $T>) -> ($T, Option<f64>) {
                let both = (ExactSum, ExactMean).of_on(backend, column);
                same!(ExactSum.of(column), both.0, "`of` and `of_on` of nullable rows");
                both
            }
            fn dot_on(backend: Backend, x: &[$T], y: &[$T]) -> $T {
                ExactDot.of_on(backend, (x, y))
            }
            fn dot_of(backend: Backend, x: Nullable<'_, $T>, y: &[$T]) -> $T {
                ExactDot.of_on(backend, (x, y))
            }
            fn dot_in_halves(backend: Backend, x: &[$T], y: &[$T]) -> $T {
                let half = x.len() / 2;
                let mut one = Accumulator::on(backend, ExactDot);
                let mut other = one.clone();
                one.update((&x[..half], &y[..half])).expect("equal lengths");
                other.update((&x[half..], &y[half..])).expect("equal lengths");
                let mut again = Accumulator::on(backend, ExactDot);
                again.update((x, y)).expect("equal lengths");
                one.merge(&other);
                assert_eq!(one.partial(), again.partial(), "partials of halves and of all");
                one.finish()
            }
            fn variance_on(backend: Backend, values: &[$T], ddof: u64) -> Option<f64> {
                ExactVariance::new(ddof).of_on(backend, values)
            }
            fn variance_of(backend: Backend, column: Nullable<'_, $T>, ddof: u64) -> Option<f64> {
                ExactVariance::new(ddof).of_on(backend, column)
            }
            fn variance_in_halves(backend: Backend, values: &[$T], ddof: u64) -> Option<f64> {
                let half = values.len() / 2;
                let mut one = Accumulator::on(backend, ExactVariance::new(ddof));
                let mut other = one.clone();
                one.update(&values[..half]).expect("one column");
                other.update(&values[half..]).expect("one column");
                let mut again = Accumulator::on(backend, ExactVariance::new(ddof));
                again.update(values).expect("one column");
                other.merge(&one);
                assert_eq!(other.partial(), again.partial(), "partials of halves and of all");
                other.finish()
            }
        }
    )*};
}

floats! { f32, 24, 127, -149, to_f32; f64, 53, 1023, -1074, to_f64; }

/// `2^exponent`, or 0 below the least positive number of `f64`.
pub(crate) fn power(exponent: i32) -> f64 {
    match exponent {
        ..-1074 => 0.0,
        -1074..-1022 => f64::from_bits(1 << (exponent + 1074)),
        _ => f64::from_bits(((exponent + 1023) as u64) << 52),
    }
}

/// The sum and the mean as real numbers, each rounded once.
pub(crate) fn reference<T: Float>(values: &[T]) -> (T, Option<f64>) {
    let all = || values.iter().map(|&x| -> f64 { x.into() });
    let is_there = |special: f64| all().any(|x| x == special);
    let special = match (is_there(f64::INFINITY), is_there(f64::NEG_INFINITY)) {
        _ if all().any(f64::is_nan) => Some(f64::NAN),
        (true, true) => Some(f64::NAN),
        (true, false) => Some(f64::INFINITY),
        (false, true) => Some(f64::NEG_INFINITY),
        (false, false) => None,
    };
    if values.is_empty() {
        return (T::nearest(0.0), None);
    }
    if let Some(special) = special {
        return (T::nearest(special), Some(special));
    }
    let negative_zeros = all().all(|x| x.to_bits() == (-0.0_f64).to_bits());
    let sum = Signed::sum(all());
    let (rounded, mean) = (T::round(&sum), sum.over(values.len() as u64).to_f64());
    // A sum that is too small for any digit keeps its sign; a sum of 0 is positive.
    let is_zero = sum.magnitude().1.compare(&crate::exact::Natural::default()).is_eq();
    let zero = if negative_zeros { -0.0 } else { 0.0 };
    if is_zero { (T::nearest(zero), Some(zero)) } else { (rounded, Some(mean)) }
}

/// Fails unless both results are the real ones.
#[track_caller]
pub(crate) fn is_exact<T: Float>(backend: Backend, values: &[T], what: &str) {
    let (sum, mean) = reference(values);
    let got = T::sum_on(backend, values);
    let shown = &values[..values.len().min(40)];
    same!(got, sum, "sum of {} {what} on {backend}: {shown:?}", values.len());
    let got = T::mean_on(backend, values);
    same!(got, mean, "mean of {} {what} on {backend}: {shown:?}", values.len());
}

/// What makes sums hard.
pub(crate) const FAMILIES: [&str; 17] = [
    "uniform",
    "normal",
    "prices",
    "log-normal",
    "any finite bits",
    "any bits",
    "cancelling",
    "nearly cancelling",
    "subnormal",
    "near the greatest",
    "zeros of both signs",
    "negative zeros",
    "ties with far sticky bits",
    "pairs that jump",
    "changes of regime",
    "drifting",
    "mostly zeros",
];

/// A column of a family.
pub(crate) fn family<T: Float>(name: &str, len: usize, seed: u64) -> Vec<T> {
    let random = &mut Random(seed.wrapping_mul(0x1234_5678_9abc_def1));
    let highest = T::TOP;
    // Of full precision, with an exponent between the two.
    let between = |random: &mut Random, low: i32, high: i32| {
        let exponent = low + random.below((high - low + 1) as usize) as i32;
        let sign = if random.below(2) == 0 { 1.0 } else { -1.0 };
        T::nearest(sign * (1.0 + random.unit()) * power(exponent))
    };
    let finite = |random: &mut Random| loop {
        let x = T::of_bits(random.word());
        if x.into().is_finite() {
            return x;
        }
    };
    let negated = |x: T| T::nearest(-x.into());
    let mut values: Vec<T> = Vec::with_capacity(len + 4);
    match name {
        "uniform" => values.extend((0..len).map(|_| T::nearest(random.unit()))),
        "normal" => values.extend((0..len).map(|_| T::nearest(random.normal()))),
        "prices" => {
            values.extend((0..len).map(|_| T::nearest(random.below(1_000_000) as f64 / 100.0)));
        }
        "log-normal" => values.extend((0..len).map(|_| T::nearest((10.0 * random.normal()).exp()))),
        "any finite bits" => values.extend((0..len).map(|_| finite(random))),
        "any bits" => values = column(Kind::Bits, len, seed),
        "cancelling" | "nearly cancelling" => {
            let low = T::BOTTOM + random.below((highest - T::BOTTOM - 20) as usize) as i32;
            while values.len() + 1 < len {
                let x = between(random, low, highest - 12);
                values.extend([x, negated(x)]);
            }
            if name == "nearly cancelling" {
                // Condition numbers up to 2^(highest - lowest), and a few digits off each.
                values.push(between(random, T::BOTTOM, low));
                for _ in 0..len / 50 {
                    let at = random.below(len.min(values.len()));
                    values[at] = T::of_bits(bits_of(values[at]) ^ 1);
                }
            }
        }
        "subnormal" => {
            values.extend((0..len).map(|_| between(random, T::BOTTOM, T::BOTTOM + T::DIGITS + 3)));
        }
        "near the greatest" => {
            values.extend((0..len).map(|_| between(random, highest - 3, highest)));
        }
        "zeros of both signs" => values
            .extend((0..len).map(|_| T::nearest(if random.below(8) == 0 { 0.0 } else { -0.0 }))),
        "negative zeros" => values.extend((0..len).map(|_| T::nearest(-0.0))),
        "ties with far sticky bits" => {
            // 2^53, half a unit, and perhaps something that is far below or just below.
            let top = random.below(60) as i32;
            let half = power(top - T::DIGITS);
            values
                .push(T::nearest(power(top) + power(top + 1 - T::DIGITS) * random.below(3) as f64));
            values.push(T::nearest(half));
            let sticky = [0, T::BOTTOM, top - 2 * T::DIGITS, top - 80, top - 130, top - 200];
            let sticky = sticky[random.below(6)].max(T::BOTTOM);
            if sticky != 0 {
                let sign = if random.below(2) == 0 { 1.0 } else { -1.0 };
                values.push(T::nearest(sign * power(sticky)));
            }
            if random.below(2) == 0 {
                values = values.into_iter().map(negated).collect();
            }
            let zero = T::nearest(0.0);
            values.resize(len.max(values.len()), zero);
        }
        "pairs that jump" => {
            values.extend((0..len).map(|_| T::nearest(random.normal())));
            jump(&mut values, random);
        }
        "changes of regime" => {
            while values.len() < len {
                let low = T::BOTTOM + random.below((highest - T::BOTTOM - 40) as usize) as i32;
                let high = low + random.below(40) as i32;
                let run = 1 + random.below(3000);
                values.extend((0..run).map(|_| between(random, low, high)));
            }
            values.truncate(len);
        }
        "drifting" => values.extend((0..len).map(|i| {
            let exponent = T::BOTTOM + ((highest - T::BOTTOM) as usize * i / len) as i32;
            between(random, exponent, exponent)
        })),
        "mostly zeros" => values.extend((0..len).map(|_| match random.below(20) {
            0 => finite(random),
            1..10 => T::nearest(-0.0),
            _ => T::nearest(0.0),
        })),
        _ => panic!("no family {name:?}"),
    }
    if !matches!(name, "pairs that jump" | "changes of regime" | "drifting") {
        shuffle(&mut values, random);
    }
    values
}

/// Pairs of huge values, of which the first makes its lane leave its binade, and the second
/// brings it back: to the start, or to a place that only looks right.
fn jump<T: Float>(values: &mut [T], random: &mut Random) {
    for _ in 0..=random.below(3) {
        let exponent = 3 + random.below((T::TOP - 4) as usize) as i32;
        let huge = (1.0 + random.unit()) * power(exponent);
        let distance = 1 << random.below(8);
        if values.len() > distance {
            let at = random.below(values.len() - distance);
            let there = T::nearest(if random.below(2) == 0 { huge } else { -huge });
            let back = there.into() + random.normal() * power(random.below(40) as i32 - 20);
            (values[at], values[at + distance]) = (there, T::nearest(-back));
        }
    }
}

/// The encoding, which is that of the `f64` only for `f64`.
fn bits_of<T: Float>(x: T) -> u64 {
    let wide: f64 = x.into();
    if T::DIGITS == 53 { wide.to_bits() } else { (wide as f32).to_bits().into() }
}

pub(crate) fn shuffle<X>(values: &mut [X], random: &mut Random) {
    for i in (1..values.len()).rev() {
        values.swap(i, random.below(i + 1));
    }
}

/// A column of any family or kind.
pub(crate) fn any_column<T: Float>(choice: usize, len: usize, seed: u64) -> (Vec<T>, String) {
    let choice = choice % (FAMILIES.len() + KINDS.len());
    if let Some(name) = FAMILIES.get(choice) {
        return (family(name, len, seed), (*name).to_owned());
    }
    let kind = KINDS[choice - FAMILIES.len()];
    (column(kind, len, seed), format!("{kind:?}"))
}

/// How many times a law is tried: references in debug builds are slow.
pub(crate) fn times(count: u64) -> u64 {
    if cfg!(debug_assertions) { count.div_ceil(2) } else { 4 * count }
}
