//! Tuples of aggregates: several results from one pass over memory.
//!
//! Each tile is handed to the members in turn. It lies in L1 when the second one looks,
//! and it remembers what the first one asked: see [`tile`](crate::tile).

use crate::aggregate::{Aggregate, SHORT};
use crate::backend::Simd;
use crate::group::{Digest, Parts};
use crate::row::Row;
use crate::tile::Tile;

macro_rules! tuples {
    ($(($($A:ident $i:tt),+))*) => {$(
        impl<R: Row, $($A: Aggregate<R>),+> Aggregate<R> for ($($A,)+) {
            type Partial = ($($A::Partial,)+);
            type Output = ($($A::Output,)+);

            const ANY_CUT: bool = true $(&& $A::ANY_CUT)+;
            const ONE_BLOCK: bool = false $(|| $A::ONE_BLOCK)+;
            const EXTREMA: bool = $($A::EXTREMA)||+;
            const SHORT: bool = $($A::SHORT)&&+;
            const OWN_LANES: bool = $($A::OWN_LANES)&&+;

            #[inline(always)]
            fn identity(&self) -> Self::Partial {
                ($(self.$i.identity(),)+)
            }
            #[inline(always)]
            fn reset(&self, partial: &mut Self::Partial) {
                $(self.$i.reset(&mut partial.$i);)+
            }
            #[inline(always)]
            fn update<S: Simd>(&self, partial: &mut Self::Partial, tile: &Tile<'_, R, S>) {
                tile.share(Self::EXTREMA);
                $(self.$i.update(&mut partial.$i, tile);)+
            }
            #[inline(always)]
            fn merge(&self, into: &mut Self::Partial, other: &Self::Partial) {
                $(self.$i.merge(&mut into.$i, &other.$i);)+
            }
            #[inline(always)]
            fn finish(&self, partial: &Self::Partial) -> Self::Output {
                ($(self.$i.finish(&partial.$i),)+)
            }
            const BECOMES: bool = $($A::BECOMES)||+;
            #[inline(always)]
            fn finish_owned(&self, partial: Self::Partial) -> Self::Output {
                ($(self.$i.finish_owned(partial.$i),)+)
            }
            #[inline(always)]
            fn short(&self, column: R::Column<'_>) -> Option<Self::Output> {
                if const { !Self::SHORT || R::NULLABLE } || R::len(column) > SHORT {
                    return None;
                }
                apart(self, column, |it, column| Some(($(it.$i.short(column)?,)+)))
            }
            #[inline(always)]
            fn begin_block(&self, total: &mut Self::Partial, block: &mut Self::Partial) {
                $(self.$i.begin_block(&mut total.$i, &mut block.$i);)+
            }
            #[inline(always)]
            fn end_block(&self, total: &mut Self::Partial, block: &mut Self::Partial) {
                $(self.$i.end_block(&mut total.$i, &mut block.$i);)+
            }
            const DIGEST: Option<Parts> = {
                let mut parts = Some(Parts::NONE);
                $(parts = Parts::both(parts, $A::DIGEST);)+
                parts
            };
            #[inline(always)]
            fn join(&self, partial: &mut Self::Partial, digest: &Digest<R::Digest>) {
                $(self.$i.join(&mut partial.$i, digest);)+
            }
        }
    )*};
}

/// Not inlined: that is too much code for every caller.
#[inline(never)]
fn apart<T, C, O>(it: &T, column: C, f: impl Fn(&T, C) -> O) -> O {
    f(it, column)
}

tuples! {
    (A 0)
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
    (A 0, B 1, C 2, D 3, E 4)
    (A 0, B 1, C 2, D 3, E 4, F 5)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7)
}

#[cfg(all(test, feature = "std"))]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "any values do")]
mod tests {
    use crate::{
        Aggregate, ArgMax, Backend, Count, Max, Mean, Min, MinMax, Nullable, PropagateNan, Sum,
        TotalOrder,
    };
    use std::format;

    /// Under a null may lie what would answer for a row that is there.
    #[test]
    fn what_lies_under_a_null_is_not_there() {
        for offset in [0, 5] {
            let bits = [1_u8 << offset, 0];
            let of = |values: [f64; 2]| {
                let column = Nullable::new(&values, &bits, offset).expect("enough bits");
                format!("{:?} {:?}", Min.of(column), Max.of(column))
            };
            assert_eq!(of([f64::NAN, f64::INFINITY]), "None None");
            assert_eq!(of([f64::NAN, f64::NEG_INFINITY]), "None None");
            assert_eq!(of([0.0, -0.0]), "Some(0.0) Some(0.0)");
            assert_eq!(of([-0.0, 0.0]), "Some(-0.0) Some(-0.0)");
        }
    }

    /// Short columns are not swept at all; the results are those of lanes.
    #[test]
    fn results_of_short_columns_are_those_of_lanes() {
        let few = [0.1, -0.0, 3e300, f64::NAN, 0.0, f64::INFINITY, -7.5, 1e-310, 0.1];
        let short = (Count, Sum, Min, PropagateNan(Max), Mean, (MinMax, TotalOrder(Min)));
        let with_a_row = (Count, Max, (ArgMax, Sum));
        for len in 0..24 {
            for start in 0..few.len() {
                let values: [f64; 24] = core::array::from_fn(|i| few[(start + i * i) % few.len()]);
                let narrow = values.map(|x| x as f32);
                let (bytes, words) = (values.map(|x| x as i8), values.map(|x| x as u64));
                // Debug forms tell the zeros apart, and no NaN from another.
                macro_rules! same {
                    ($aggregate:ident, $values:ident) => {
                        let (got, column) = ($aggregate.of(&$values[..len]), &$values[..len]);
                        let want = $aggregate.of_on(Backend::SCALAR, column);
                        assert_eq!(format!("{got:?}"), format!("{want:?}"), "{column:?}");
                    };
                }
                same!(short, values);
                same!(short, narrow);
                same!(short, bytes);
                same!(short, words);
                same!(with_a_row, values);
                let bits = [(start * 29) as u8, (len * 37) as u8, 0];
                macro_rules! same_of_nullable {
                    ($($values:ident $aggregate:expr;)*) => {$(
                        let column = Nullable::new(&$values[..len], &bits, 0).expect("enough bits");
                        let got = $aggregate.of(column);
                        let want = $aggregate.of_on(Backend::SCALAR, column);
                        assert_eq!(format!("{got:?}"), format!("{want:?}"), "{column:?}");
                    )*};
                }
                same_of_nullable! {
                    values Sum; values Min; values Max; values PropagateNan(Min);
                    values TotalOrder(Max); narrow Min; narrow TotalOrder(Min);
                    bytes Sum; bytes Min; bytes PropagateNan(Max); words Max;
                }
            }
        }
    }
}
