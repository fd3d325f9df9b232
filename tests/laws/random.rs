//! All the laws at once, on columns that nobody thought of.
//!
//! Any bits, any length up to three tiles, any validity, any cuts: every backend gives
//! the bits of the specification. Where that fails, `proptest` looks for a small case.

use crate::data::{KINDS, Random, Same, Sample, column, follows, present};
use crate::nulls::Column;
use crate::spec::Written;
use lanefold::{Accumulator, Aggregate, Backend, Max, Min, Nullable, Sum, Variance};
use proptest::prelude::*;

fn cases(count: u32) -> ProptestConfig {
    let more = if cfg!(debug_assertions) { 1 } else { 4 };
    ProptestConfig { cases: count * more, failure_persistence: None, ..ProptestConfig::default() }
}

fn everywhere<T: Sample>(values: &[T]) {
    for backend in Backend::available() {
        each_aggregate!(a => { follows(backend, a, values) });
    }
}

fn everywhere_with_nulls<T: Sample>(rows: Vec<Option<T>>, offset: usize) {
    let column = Column::new(rows, offset, 111);
    for backend in Backend::available() {
        each_aggregate!(a => {
            let got = a.of_on(backend, column.nullable());
            same!(got, a.written(&column.rows), "{a:?} on {backend}");
        });
    }
}

fn streamed<T: Sample, A: Written<T>>(a: A, column: &Column<T>, cuts: &[usize]) {
    let want = a.of(column.nullable());
    let mut stream = Accumulator::<_, Option<T>>::new(a);
    let (mut at, len) = (0, column.rows.len());
    for end in cuts.iter().map(|cut| cut % (len + 1)).chain([len]) {
        let end = end.max(at);
        let piece = Nullable::new(&column.values[at..end], &column.bits, column.offset + at);
        stream.update(piece.expect("enough bits")).expect("one column");
        at = end;
    }
    assert!(stream.finish().same(&want), "{a:?} cut at {cuts:?}");
}

macro_rules! laws {
    ($($T:ident)*) => {$(
        mod $T {
            use super::*;

            proptest! {
                #![proptest_config(cases(24))]

                #[test]
                fn any_bits(bits in prop::collection::vec(any::<u64>(), 0..300)) {
                    everywhere(&bits.into_iter().map(<$T>::of_bits).collect::<Vec<_>>());
                }

                #[test]
                fn any_rows(
                    rows in prop::collection::vec(prop::option::of(any::<u64>()), 0..200),
                    offset in 0_usize..40,
                ) {
                    let rows = rows.into_iter().map(|row| row.map(<$T>::of_bits)).collect();
                    everywhere_with_nulls::<$T>(rows, offset);
                }
            }

            proptest! {
                #![proptest_config(cases(4))]

                #[test]
                fn any_length(len in 0..3 * <$T as Sample>::TILE, kind in 0..KINDS.len(), seed: u64) {
                    let values = column::<$T>(KINDS[kind], len, seed);
                    for backend in Backend::available() {
                        each_aggregate!(a in [Sum, Min, Max, Variance::sample()] => {
                            follows(backend, a, &values);
                        });
                    }
                }

                #[test]
                fn any_cuts(
                    len in 0..3 * <$T as Sample>::TILE,
                    share in 0_usize..5,
                    offset in 0_usize..40,
                    cuts in prop::collection::vec(any::<usize>(), 0..6),
                    seed: u64,
                ) {
                    let column = Column::<$T>::random(len, share, offset, seed);
                    each_aggregate!(a in [Sum, Min, Variance::sample()] => {
                        streamed(a, &column, &cuts);
                    });
                    let values = column.values;
                    let at = Random(seed).below(len + 1);
                    let mut stream = Accumulator::<_, $T>::new(Sum);
                    stream.update(&values[..at]).expect("one column");
                    values[at..].iter().for_each(|&x| stream.push(x));
                    prop_assert!(stream.finish().same(&Sum.written(&present(&values))));
                }
            }
        }
    )*};
}

laws! { i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 }
