//! Columns that nobody thought of, on every backend.

use crate::columns::{any_column, is_exact, reference};
use crate::data::{Random, Sample};
use lanefold::{Accumulator, Aggregate, Backend, ExactMean, ExactSum};
use proptest::prelude::*;

fn cases(count: u32) -> ProptestConfig {
    let more = if cfg!(debug_assertions) { 1 } else { 8 };
    ProptestConfig { cases: count * more, failure_persistence: None, ..ProptestConfig::default() }
}

macro_rules! laws {
    ($($T:ident)*) => {$(
        mod $T {
            use super::*;

            proptest! {
                #![proptest_config(cases(32))]

                #[test]
                fn any_bits(bits in prop::collection::vec(any::<u64>(), 0..80)) {
                    let values: Vec<$T> = bits.into_iter().map(<$T>::of_bits).collect();
                    Backend::available().for_each(|backend| is_exact(backend, &values, "bits"));
                }

                #[test]
                fn any_numbers(values in prop::collection::vec(prop::num::$T::NORMAL, 0..200)) {
                    Backend::available().for_each(|backend| is_exact(backend, &values, "numbers"));
                }

                #[test]
                fn any_family(choice: usize, len in 1_usize..5_000, seed: u64) {
                    let (values, name) = any_column::<$T>(choice, len, seed);
                    Backend::available().for_each(|backend| is_exact(backend, &values, &name));
                }

                #[test]
                fn any_mixture(
                    parts in prop::collection::vec((any::<usize>(), 1_usize..1_500, any::<u64>()), 1..6)
                ) {
                    let mut values = Vec::new();
                    for (choice, len, seed) in parts {
                        values.extend(any_column::<$T>(choice, len, seed).0);
                    }
                    Backend::available().for_each(|backend| is_exact(backend, &values, "parts"));
                }

                #[test]
                fn any_merges(choice: usize, len in 1_usize..4_000, seed: u64) {
                    let (values, name) = any_column::<$T>(choice, len, seed);
                    let random = &mut Random(seed);
                    let mut stream = Accumulator::<_, $T>::new((ExactSum, ExactMean));
                    let mut rest = &values[..];
                    while !rest.is_empty() {
                        let (piece, after) = rest.split_at(random.below(900).min(rest.len()));
                        let mut other = (ExactSum, ExactMean).accumulator();
                        other.update(piece).expect("one column");
                        stream.merge(&other);
                        rest = after;
                    }
                    same!(stream.finish(), reference(&values), "merged {name}");
                }
            }
        }
    )*};
}

laws! { f32 f64 }
