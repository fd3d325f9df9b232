//! Tuples of aggregates: several results from one pass over memory.
//!
//! Each tile is handed to the members in turn. It lies in L1 when the second one looks,
//! and it remembers what the first one asked: see [`tile`](crate::tile).

use crate::aggregate::Aggregate;
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
