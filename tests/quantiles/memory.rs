//! Law: with an arena that has room, and for short columns, the allocator is not asked.

use crate::columns::family;
use crate::counting::allocations;
use bumpalo::Bump;
use lanefold::{Aggregate, Backend, Iqr, Median, MedianAbsoluteDeviation, Quantile, Quantiles};
use std::hint::black_box;

fn all(bump: &Bump, values: &[f64]) -> [Option<f64>; 5] {
    let several = Quantiles::new([0.5, 0.9, 0.99, 0.999]).expect("between 0 and 1");
    [
        Median.of_in(bump, values),
        Quantile::new(0.99).expect("between 0 and 1").of_in(bump, values),
        several.of_in(bump, values).map(|all| all[3]),
        Iqr.of_in(bump, values),
        MedianAbsoluteDeviation.of_in(bump, values),
    ]
}

#[test]
fn an_arena_is_enough() {
    let mut bump = Bump::new();
    for name in ["ordinary", "sorted", "few values", "mostly NaN", "organ pipe"] {
        let values = family::<f64>(name, 100_000, 1);
        let several = Quantiles::new([0.5, 0.9, 0.99, 0.999]).expect("between 0 and 1");
        let want = [
            Median.of(&values),
            Quantile::new(0.99).expect("between 0 and 1").of(&values),
            several.of(&values).map(|all| all[3]),
            Iqr.of(&values),
            MedianAbsoluteDeviation.of(&values),
        ];
        // Once until the arena has grown, and once more until it is one piece.
        for _ in 0..2 {
            all(&bump, &values);
            bump.reset();
        }
        let mut got = [None; 5];
        let count = allocations(|| got = all(black_box(&bump), &values));
        bump.reset();
        assert_eq!(count, 0, "{name}");
        for (got, want) in got.iter().zip(&want) {
            same!(*got, *want, "{name}");
        }
    }
}

#[test]
fn short_columns_lie_on_the_stack() {
    assert!(allocations(|| drop(black_box(vec![1.0_f64; 100]))) > 0, "the allocator counts");
    let values = family::<f64>("ordinary", 512, 1);
    for backend in Backend::available() {
        for len in [0, 1, 100, 512] {
            let count = allocations(|| {
                black_box(Median.of_on(backend, &values[..len]));
                black_box(MedianAbsoluteDeviation.of_on(backend, &values[..len]));
                black_box(Iqr.of_on(backend, &values[..len]));
            });
            assert_eq!(count, 0, "{len} rows on {backend}");
        }
    }
}
