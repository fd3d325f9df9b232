//! The macros that state a law once and test it everywhere.

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
