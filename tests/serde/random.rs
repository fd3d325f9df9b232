//! Random bytes, and changed forms: reading never panics, and what it accepts finishes,
//! merges, and is stored in the same form.

use crate::columns::{Storable, pairs, partial};
use crate::data::{KINDS, Random, column};
use lanefold::{
    Adapt, ArgMinMax, Backend, CheckedProduct, Correlation, CosineSimilarity, Count, CountIf, Dot,
    ExactMean, ExactSum, First, GeometricMean, HarmonicMean, LinearFit, LogSumExp, Mean, MinMax,
    Moments, Norm, Product, PropagateNan, RootMeanSquare, Row, Sum, SumOfSquares, TotalOrder,
    Variance, WeightedMean, WeightedVariance, WrappingSum,
};
use proptest::prelude::*;
use serde_json::Value;

/// What is accepted is a partial like any other.
pub(crate) fn is_sound<R: Row, A: Storable<R>>(a: &A, read: &A::Partial, other: &A::Partial) {
    let _ = format!("{:?}", a.finish(read));
    let stored = postcard::to_stdvec(read).expect("what was read can be stored");
    let again: A::Partial = postcard::from_bytes(&stored)
        .unwrap_or_else(|error| panic!("{error}: {read:?} was accepted, and stored"));
    assert_eq!(postcard::to_stdvec(&again).expect("as before"), stored);
    for (into, from) in [(read, other), (other, read), (read, read)] {
        let mut merged = into.clone();
        a.merge(&mut merged, from);
        let _ = format!("{:?}", a.finish(&merged));
    }
}

/// Numbers that a form may hold, and should often not.
fn any_number(random: &mut Random) -> u64 {
    let floats = [0.0, -0.0, 1.0, -1.0, 0.5, f64::INFINITY, f64::NAN, f64::MAX, -f64::MAX, 5e-324];
    match random.below(5) {
        0 => floats[random.below(floats.len())].to_bits(),
        1 => [0, 1, 2, 3, 5, 255, 1 << 62, 1 << 63, u64::MAX][random.below(9)],
        2 => random.word() >> random.below(64),
        3 => f64::from(random.below(1000) as u32).to_bits(),
        _ => random.word(),
    }
}

/// Changes some of the leaves of a form.
fn change(form: &mut Value, random: &mut Random) {
    match form {
        Value::Object(fields) => fields.values_mut().for_each(|field| change(field, random)),
        Value::Array(items) if random.below(3) > 0 => {
            for item in items {
                change(item, random);
            }
        }
        Value::Array(items) => items.push(any_number(random).into()),
        _ if random.below(3) > 0 => {}
        Value::Bool(flag) => *flag = !*flag,
        Value::Number(number) if number.as_u64() != Some(1) || random.below(4) == 0 => {
            // Those that fit in what they stand for, more often than not.
            let old = number.as_u64().unwrap_or_default();
            *form = match random.below(3) {
                0 => old.wrapping_add(random.below(5) as u64).wrapping_sub(2).into(),
                1 => (old ^ 1 << random.below(64)).into(),
                _ => any_number(random).into(),
            };
        }
        _ if random.below(4) == 0 => *form = Value::Null,
        _ => {}
    }
}

/// How many forms were accepted.
pub(crate) fn stands<R: Row, A: Storable<R>>(a: &A, columns: &[Vec<R>], seed: u64) -> usize {
    let random = &mut Random(seed);
    let partials: Vec<_> = columns.iter().map(|rows| partial(Backend::best(), a, rows)).collect();
    let mut accepted = 0;
    for one in &partials {
        let other = &partials[random.below(partials.len())];
        let stored = postcard::to_stdvec(one).expect("any partial can be stored");
        let form = serde_json::to_value(one).expect("any partial can be stored");
        for _ in 0..8 {
            let mut form = form.clone();
            change(&mut form, random);
            if let Ok(read) = serde_json::from_value(form) {
                is_sound(a, &read, other);
                accepted += 1;
            }
            let mut bytes = stored.clone();
            let at = random.below(bytes.len());
            bytes[at] = random.word() as u8;
            let cut = if random.below(2) == 0 { random.below(bytes.len()) } else { bytes.len() };
            for bytes in [&bytes[..], &bytes[..cut]] {
                if let Ok(read) = postcard::from_bytes(bytes) {
                    is_sound(a, &read, other);
                    accepted += 1;
                }
            }
            let mut noise: Vec<u8> = (0..random.below(60)).map(|_| random.word() as u8).collect();
            if let Some(version) = noise.first_mut() {
                *version = 1;
            }
            if let Ok(read) = postcard::from_bytes(&noise) {
                is_sound(a, &read, other);
            }
            let _ = serde_json::from_slice::<A::Partial>(&noise).is_err();
        }
    }
    accepted
}

macro_rules! stand {
    ($seed:expr; $columns:expr => $($a:expr),+ $(,)?) => {{
        let columns = $columns;
        $(stands(&$a, &columns, $seed);)+
    }};
}

pub(crate) fn few<T: crate::data::Sample>(seed: u64) -> Vec<Vec<T>> {
    let random = &mut Random(seed);
    let mut columns: Vec<_> =
        KINDS.iter().map(|&kind| column::<T>(kind, random.below(20), random.word())).collect();
    columns.push(vec![]);
    columns
}

/// The changes are not so wild that nothing comes of them.
#[test]
fn some_changes_are_accepted() {
    let accepted = (0..10).map(|seed| stands(&Mean, &few::<f64>(seed), seed)).sum::<usize>();
    assert!(accepted > 50, "{accepted}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..Default::default() })]

    #[test]
    fn of_floats(seed: u64) {
        stand!(seed; few::<f64>(seed) => Count, Sum, Mean, Product, Variance::sample(), Moments,
            SumOfSquares, Norm::l1(), Norm::l2(), Norm::max(), RootMeanSquare, GeometricMean,
            HarmonicMean, LogSumExp, ExactSum, ExactMean, Sum.finite());
        stand!(seed; few::<f32>(seed) => ExactSum, First, PropagateNan(MinMax));
    }

    #[test]
    fn of_integers(seed: u64) {
        stand!(seed; few::<i8>(seed) => Sum, Mean, Variance::sample(), CheckedProduct, SumOfSquares);
        stand!(seed; few::<u64>(seed) => Sum, Mean, Variance::sample(), WrappingSum);
        stand!(seed; few::<i64>(seed) => Variance::sample(), SumOfSquares, CheckedProduct);
    }

    #[test]
    fn of_extrema(seed: u64) {
        stand!(seed; few::<f64>(seed) => MinMax, ArgMinMax, TotalOrder(MinMax), (Count, MinMax));
        stand!(seed; few::<u8>(seed) => ArgMinMax);
    }

    #[test]
    fn of_pairs(seed: u64) {
        let columns = pairs(&few::<f64>(seed), &few::<f64>(!seed));
        stand!(seed; columns => Dot, Correlation, LinearFit, CosineSimilarity, WeightedMean,
            WeightedVariance::reliability());
        stand!(seed; pairs(&few::<i64>(seed), &few::<i64>(!seed)) => Dot);
        stand!(seed; [vec![true, false], vec![]] => CountIf);
    }

    /// No partial of a column is refused, nor one of merged columns.
    #[test]
    fn columns_are_accepted(seed: u64) {
        fn accepted<R: Row, A: Storable<R>>(a: A, columns: &[Vec<R>]) {
            let mut sum = a.identity();
            for rows in columns {
                let one = partial(Backend::best(), &a, rows);
                a.merge(&mut sum, &one);
                is_sound(&a, &one, &sum);
                is_sound(&a, &sum, &one);
            }
        }
        let columns = few::<f64>(seed);
        accepted(Sum, &columns);
        accepted(Variance::sample(), &columns);
        accepted(Moments, &columns);
        accepted(Norm::l2(), &columns);
        accepted(GeometricMean, &columns);
        accepted(LogSumExp, &columns);
        let columns = pairs(&columns, &few::<f64>(!seed));
        accepted(Correlation, &columns);
        accepted(CosineSimilarity, &columns);
        accepted(WeightedVariance::reliability(), &columns);
    }
}
