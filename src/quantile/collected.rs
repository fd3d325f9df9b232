//! The partials: the values themselves.

#[cfg(feature = "serde")]
use crate::number::Number;
use crate::stored::stored;
use alloc::vec::Vec;

/// The partial of a quantile: the values that are not null, in the order in which they came.
#[derive(Clone, Debug, PartialEq)]
pub struct Collected<T> {
    pub(super) values: Vec<T>,
}

stored! {
    [T: Number + Element] Collected<T> as "Collected" |it| {
        v = 1,
        values: List<Bits<T>> = it.values,
    }
    => Collected { values }
}

/// The partial of a [`WeightedQuantile`](crate::WeightedQuantile): the pairs that have weight,
/// in the order in which they came.
#[derive(Clone, Debug, PartialEq)]
pub struct Weighted {
    pub(super) pairs: Vec<(f64, f64)>,
}

stored! {
    Weighted as "Weighted" |it| {
        v = 1,
        values: List<Real> = it.pairs.iter().map(|pair| pair.0).collect(),
        weights: List<Real> = it.pairs.iter().map(|pair| pair.1).collect(),
    }
    refuses {
        weights if weights.len() != values.len(), "not as many as values";
        weights if weights.contains(&0.0), "pairs without weight are left out";
    }
    => Weighted { pairs: values.into_iter().zip(weights).collect() }
}
