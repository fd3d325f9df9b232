//! The columns: distributions, and what brackets trip over.

use crate::data::{Kind, Random, column};
use crate::reference::Value;
use crate::spec::Spec;

pub(crate) const FAMILIES: [&str; 18] = [
    "ordinary",
    "sorted",
    "reversed",
    "organ pipe",
    "saw",
    "constant",
    "two values",
    "few values",
    "mostly one value",
    "one outlier",
    "duplicates around the middle",
    "special values",
    "sprinkled with special values",
    "bits",
    "zeros of both signs",
    "a NaN at the end",
    "mostly NaN",
    "greatest and least",
];

/// A column of a family.
pub(crate) fn family<T: Value>(name: &str, len: usize, seed: u64) -> Vec<T> {
    let random = &mut Random(seed);
    let ordinary = |random: &mut Random| loop {
        let x = T::ordinary(random);
        if !Spec::is_nan(x) {
            return x;
        }
    };
    let specials: Vec<T> = T::specials().into_iter().filter(|&x| !Spec::is_nan(x)).collect();
    let sorted = |random: &mut Random| {
        let mut values: Vec<T> = (0..len).map(|_| ordinary(random)).collect();
        values.sort_by(T::compare);
        values
    };
    let pick = |from: &[T], random: &mut Random| from[random.below(from.len())];
    let some: Vec<T> = (0..5).map(|_| ordinary(random)).collect();
    let nan = T::specials()[0];
    match name {
        "ordinary" => (0..len).map(|_| ordinary(random)).collect(),
        "sorted" => sorted(random),
        "reversed" => sorted(random).into_iter().rev().collect(),
        "organ pipe" => {
            let values = sorted(random);
            let (up, down) = (values.iter().step_by(2), values.iter().skip(1).step_by(2).rev());
            up.chain(down).copied().collect()
        }
        "saw" => {
            let values = sorted(random);
            let period = 61.min(len.max(1));
            (0..len).map(|i| values[i % period * (len / period)]).collect()
        }
        "constant" => vec![some[0]; len],
        "two values" => (0..len).map(|_| pick(&some[..2], random)).collect(),
        "few values" => (0..len).map(|_| pick(&some, random)).collect(),
        "mostly one value" => (0..len)
            .map(|_| if random.below(10) == 0 { ordinary(random) } else { some[0] })
            .collect(),
        "one outlier" => {
            let mut values = vec![some[0]; len];
            if len > 0 {
                values[random.below(len)] = some[1];
            }
            values
        }
        "duplicates around the middle" => {
            let mut values = sorted(random);
            let middle = len / 2;
            let (from, to) = (middle - middle / 16, middle + middle / 20);
            if let Some(&value) = values.get(middle) {
                values[from..to].fill(value);
            }
            for i in (1..len).rev() {
                values.swap(i, random.below(i + 1));
            }
            values
        }
        "special values" => (0..len).map(|_| pick(&specials, random)).collect(),
        "sprinkled with special values" => (0..len)
            .map(|_| if random.below(16) == 0 { pick(&specials, random) } else { ordinary(random) })
            .collect(),
        "bits" => column(Kind::Bits, len, seed),
        "zeros of both signs" => {
            let zeros = [T::default(), specials[specials.len().min(4) - 1], T::default()];
            let zeros = if T::HAS_NAN {
                [T::of_float(0.0), T::of_float(-0.0), T::of_float(-0.0)]
            } else {
                zeros
            };
            (0..len)
                .map(
                    |_| if random.below(20) == 0 { ordinary(random) } else { pick(&zeros, random) },
                )
                .collect()
        }
        "a NaN at the end" => {
            let mut values: Vec<T> = (0..len).map(|_| ordinary(random)).collect();
            if let Some(last) = values.last_mut() {
                *last = nan;
            }
            values
        }
        "mostly NaN" => {
            (0..len).map(|_| if random.below(10) == 0 { ordinary(random) } else { nan }).collect()
        }
        "greatest and least" => (0..len).map(|_| pick(&specials[..2], random)).collect(),
        _ => panic!("no family {name:?}"),
    }
}
