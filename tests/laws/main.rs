//! The laws of the library, each stated once and tested everywhere.
//!
//! A law is a generic function over a number type that is handed a backend. [`suite!`]
//! makes tests of it, one for each backend and type, by name: the test
//! `sums::avx2::f64::follow_the_spec_at_every_length` is the law
//! `sums::follow_the_spec_at_every_length` for `f64` on AVX2. What a result should be
//! is said by two files that share no code with the library: [`spec`] gives the bits
//! of the documented algorithm, and [`exact`] the real number.
//!
//! A backend that the CPU lacks is left out with a message, and the test
//! `backends::the_backends_of_this_machine_ran` fails where too few are left.
#![allow(
    clippy::cast_lossless,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::float_cmp,
    reason = "tests make data from random words, and compare floats for identity"
)]

/// Fails unless two results have the same bits.
macro_rules! same {
    ($got:expr, $want:expr, $($context:tt)+) => {
        match (&$got, &$want) {
            (got, want) => assert!(
                $crate::data::Same::same(got, want),
                "{got:?} should be {want:?}: {}",
                format_args!($($context)+)
            ),
        }
    };
}

/// Runs a block for each aggregate of one column that has a kernel of its own. A mean is a
/// sum, and a deviation a variance, until the last step.
macro_rules! each_aggregate {
    ($name:ident => $body:block) => {
        each_aggregate!($name in [
            lanefold::Count, lanefold::Sum, lanefold::Min, lanefold::Max, lanefold::MinMax,
            lanefold::SumOfSquares, lanefold::Variance::sample()
        ] => $body)
    };
    ($name:ident in [$($aggregate:expr),*] => $body:block) => {
        $({
            let $name = $aggregate;
            $body
        })*
    };
}

/// Makes tests of laws, by name, for each backend and each type.
macro_rules! suite {
    (all [$($all:ident)*] floats [$($float:ident)*] integers [$($integer:ident)*]) => {
        suite!(@backends [scalar sse avx2 avx512] [$($all)* $($float)*] [$($all)* $($integer)*]);
    };
    (few [$($all:ident)*] floats [$($float:ident)*] integers [$($integer:ident)*]) => {
        mod floats {
            use super::*;
            suite!(@some [scalar sse avx2 avx512] [f32 f64] [$($all)* $($float)*]);
        }
        mod integers {
            use super::*;
            suite!(@some [scalar sse avx2 avx512] [i8 u16 i32 u64] [$($all)* $($integer)*]);
        }
    };
    (types $types:tt laws $laws:tt) => {
        suite!(@some [scalar sse avx2 avx512] $types $laws);
    };
    (@some [$($backend:ident)*] $types:tt $laws:tt) => {
        $(mod $backend {
            suite!(@types $backend $types $laws);
        })*
    };
    (@backends [$($backend:ident)*] $floats:tt $integers:tt) => {
        $(mod $backend {
            suite!(@types $backend [f32 f64] $floats);
            suite!(@types $backend [i8 i16 i32 i64 u8 u16 u32 u64] $integers);
        })*
    };
    (@types $backend:ident [$($T:ident)*] $laws:tt) => {
        $(suite!(@tests $backend $T $laws);)*
    };
    (@tests $backend:ident $T:ident []) => {};
    (@tests $backend:ident $T:ident [$($law:ident)+]) => {
        mod $T {
            $(#[test]
            fn $law() {
                if let Some(backend) = $crate::backends::named(stringify!($backend)) {
                    super::super::$law::<$T>(backend);
                }
            })*
        }
    };
}

mod backends;
mod check;
mod data;
mod exact;
mod extrema;
mod merges;
mod moments;
mod nulls;
mod own;
mod pairs;
mod precision;
mod random;
mod spec;
mod streams;
mod sums;
mod tuples;
