//! From a partial to bytes and back.

use crate::columns::{Storable, booleans, nullable, numbers, pairs, partial};
use lanefold::{
    Absolute, Adapt, All, Any, ArgMax, ArgMin, ArgMinMax, Backend, BitAnd, BitOr, BitXor,
    CheckedProduct, CheckedSum, CoefficientOfVariation, Correlation, CosineSimilarity, Count,
    CountIf, CountNan, Covariance, Dot, EuclideanDistance, ExactDot, ExactMean, ExactSum,
    ExactVariance, First, GeometricMean, HarmonicMean, Last, LastTie, LinearFit, LogSumExp, Max,
    Mean, MeanAbsoluteError, Min, MinMax, Moments, Norm, Product, PropagateNan, RootMeanSquare,
    RootMeanSquareError, Row, StdDev, Sum, SumOfSquares, TotalOrder, Variance, WeightedMean,
    WeightedVariance, WrappingProduct, WrappingSum,
};
use serde::Serialize;

pub(crate) fn bytes<P: Serialize>(partial: &P) -> Vec<u8> {
    postcard::to_stdvec(partial).expect("any partial can be stored")
}

fn merged<R: Row, A: Storable<R>>(a: &A, one: &A::Partial, other: &A::Partial) -> A::Partial {
    let mut one = one.clone();
    a.merge(&mut one, other);
    one
}

/// The law, for one partial.
pub(crate) fn survives<R: Row, A: Storable<R>>(a: &A, partial: &A::Partial, others: &[A::Partial]) {
    let stored = bytes(partial);
    let json = serde_json::to_string(partial).expect("JSON takes any partial");
    // A tree, in which the names are sorted: the version is not first.
    let tree = serde_json::to_value(partial).expect("JSON takes any partial");
    let name = std::any::type_name::<A>();
    let context = || format!("{name}: {partial:?}, as {json}");
    let read: [A::Partial; 3] = [
        postcard::from_bytes(&stored).unwrap_or_else(|error| panic!("{error}: {}", context())),
        serde_json::from_str(&json).unwrap_or_else(|error| panic!("{error}: {}", context())),
        serde_json::from_value(tree).unwrap_or_else(|error| panic!("{error}: {}", context())),
    ];
    for again in &read {
        assert_eq!(bytes(again), stored, "{}", context());
        assert_eq!(serde_json::to_string(again).expect("JSON"), json, "{}", context());
        let (got, want) = (a.finish(again), a.finish(partial));
        assert_eq!(format!("{got:?}"), format!("{want:?}"), "{}", context());
    }
    for other in others {
        let after = [merged(a, &read[0], other), merged(a, partial, other)];
        let before = [merged(a, other, &read[0]), merged(a, other, partial)];
        for [got, want] in [after, before] {
            assert_eq!(bytes(&got), bytes(&want), "{} with {other:?}", context());
            let (got, want) = (a.finish(&got), a.finish(&want));
            assert_eq!(format!("{got:?}"), format!("{want:?}"), "{} with {other:?}", context());
        }
    }
}

/// The law, for an aggregate: of columns, and of merged ones, on every backend.
pub(crate) fn obeys<R: Row, A: Storable<R>>(a: A, columns: &[Vec<R>]) {
    let scalar: Vec<_> = columns.iter().map(|rows| partial(Backend::SCALAR, &a, rows)).collect();
    for (i, one) in scalar.iter().enumerate() {
        let others = [scalar[(i + 7) % scalar.len()].clone(), scalar[i / 2].clone()];
        survives(&a, one, &others);
        let mut sum = merged(&a, one, &others[0]);
        for other in &scalar[i / 2..] {
            a.merge(&mut sum, other);
            survives(&a, &sum, &[]);
        }
    }
    for backend in Backend::available() {
        for (rows, scalar) in columns.iter().zip(&scalar) {
            let stored = bytes(&partial(backend, &a, rows));
            assert_eq!(stored, bytes(scalar), "{} on {backend}", std::any::type_name::<A>());
        }
    }
}

macro_rules! obey {
    ($columns:expr => $($a:expr),+ $(,)?) => {{
        let columns = $columns;
        $(obeys($a, &columns);)+
    }};
}

#[test]
fn sums_of_floats() {
    obey!(numbers::<f64>() => Count, CountNan, Sum, Mean, Product, ExactSum, ExactMean);
    obey!(numbers::<f32>() => Sum, Mean, Product, ExactSum, ExactMean, ExactVariance::sample());
    obey!(numbers::<f64>() => ExactVariance::sample());
    obey!(nullable::<f64>() => Count, Mean, ExactMean);
}

#[test]
fn sums_of_integers() {
    obey!(numbers::<i8>() => Sum, Mean, SumOfSquares, CheckedSum, WrappingSum, CheckedProduct);
    obey!(numbers::<u64>() => Sum, Mean, SumOfSquares, CheckedSum, CheckedProduct);
    obey!(numbers::<i64>() => Sum, Mean, SumOfSquares, WrappingProduct, BitXor);
    obey!(numbers::<u16>() => BitAnd, BitOr, BitXor, WrappingProduct, CheckedProduct);
    obey!(nullable::<i32>() => Mean, CheckedSum);
}

#[test]
fn spreads() {
    obey!(numbers::<f64>() => Variance::sample(), StdDev::sample(), Moments, SumOfSquares);
    obey!(numbers::<f64>() => CoefficientOfVariation::sample());
    obey!(numbers::<f32>() => Variance::population(), Moments, SumOfSquares);
    obey!(numbers::<u8>() => Variance::sample(), Moments);
    obey!(numbers::<u64>() => Variance::sample(), CoefficientOfVariation::sample());
    obey!(numbers::<i64>() => StdDev::sample());
    obey!(nullable::<f64>() => Variance::sample(), Moments);
}

#[test]
fn norms_and_means() {
    obey!(numbers::<f64>() => Norm::l1(), Norm::l2(), Norm::max(), RootMeanSquare);
    obey!(numbers::<f64>() => GeometricMean, HarmonicMean, LogSumExp);
    obey!(numbers::<i32>() => Norm::l2(), GeometricMean, LogSumExp);
    obey!(nullable::<f64>() => RootMeanSquare, GeometricMean, HarmonicMean, LogSumExp);
}

#[test]
fn extrema() {
    obey!(numbers::<f64>() => Min, Max, MinMax, First, Last);
    obey!(numbers::<f32>() => MinMax, First, Last);
    obey!(numbers::<f64>() => PropagateNan(Min), PropagateNan(MinMax));
    obey!(numbers::<f64>() => TotalOrder(Max), TotalOrder(MinMax));
    obey!(numbers::<f32>() => TotalOrder(Min), PropagateNan(Max));
    obey!(numbers::<i8>() => Min, MinMax, PropagateNan(Min), First);
    obey!(numbers::<u64>() => Max, Last);
    obey!(nullable::<f64>() => Min, MinMax, First, Last);
}

#[test]
fn places() {
    obey!(numbers::<f64>() => ArgMin, ArgMax, ArgMinMax, LastTie(ArgMinMax));
    obey!(numbers::<f64>() => PropagateNan(ArgMinMax), LastTie(PropagateNan(ArgMinMax)));
    obey!(numbers::<f64>() => TotalOrder(ArgMinMax), LastTie(TotalOrder(ArgMax)));
    obey!(numbers::<u8>() => ArgMin, ArgMinMax, LastTie(ArgMax));
    obey!(nullable::<f32>() => ArgMinMax);
}

#[test]
fn pairs_of_columns() {
    let (xs, ys) = (numbers::<f64>(), numbers::<f64>());
    obey!(pairs(&xs, &ys) => Dot, ExactDot, Covariance::sample(), Correlation, LinearFit);
    obey!(pairs(&xs, &ys) => MeanAbsoluteError, RootMeanSquareError, EuclideanDistance);
    obey!(pairs(&xs, &ys) => CosineSimilarity, WeightedMean, WeightedVariance::frequency(1));
    let (xs, ys) = (nullable::<i32>(), numbers::<i32>());
    obey!(pairs(&xs, &ys) => Dot, Correlation, WeightedVariance::reliability());
    obey!(pairs(&numbers::<u64>(), &numbers::<u64>()) => Dot);
    obey!(pairs(&numbers::<i64>(), &numbers::<i64>()) => Dot);
    obey!(pairs(&numbers::<i8>(), &numbers::<i8>()) => Dot);
}

#[test]
fn logic() {
    obey!(booleans() => Any, All, Count, CountIf);
}

#[test]
fn adaptors_and_tuples() {
    obey!(numbers::<f64>() => Mean.filter(0.0..), Sum.finite(), Variance::sample().map(Absolute));
    obey!(numbers::<f64>() => (Count, Sum, Max), (Min,), (First, (Last, ArgMin)).finite());
    obey!(numbers::<i32>() => (Count, Sum, Mean, Min, Max, MinMax, BitAnd, First));
}
