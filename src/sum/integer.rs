//! Sums of integers.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::cast_lossless,
    reason = "one macro serves eight types, and each cast is of a sum that is known to fit"
)]

use super::{SHORT, Summable};
use crate::backend::{Simd, Vector};
use crate::integer::ratio;
#[cfg(feature = "serde")]
use crate::kind::Integer;
use crate::number::Number;
#[cfg(feature = "alloc")]
use crate::row::NumericRow;
use crate::stored::stored;
use core::marker::PhantomData;

/// The exact sum of integers of a type.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct IntegerTotal<T> {
    pub(crate) sum: i128,
    rows: PhantomData<T>,
}

stored! {
    [T: Integer] IntegerTotal<T> as "IntegerTotal" |it| {
        v = 1,
        sum: Words = it.sum,
    }
    refuses {
        sum if !of::<T>(sum).is_of(TOO_MANY - 1), "more than 2⁶³ rows of the type";
    }
    => of(sum)
}

#[cfg(feature = "serde")]
fn of<T>(sum: i128) -> IntegerTotal<T> {
    IntegerTotal { sum, rows: PhantomData }
}

#[cfg(feature = "serde")]
impl<T: Integer> crate::stored::form::Possible for IntegerTotal<T> {
    fn is_of(&self, rows: u64) -> bool {
        // 127 bits hold the products: rows are fewer than 2⁶³.
        let rows = i128::from(rows);
        (T::LOWEST.widen() * rows..=T::HIGHEST.widen() * rows).contains(&self.sum)
    }
}

macro_rules! integers {
    ($(
        $T:ident $Sum:ident $Lanes:ty, $registers:literal,
        no |$no_simd:ident| $no:expr,
        add |$simd:ident, $to:ident, $x:ident| $add:expr,
        join |$one:ident, $other:ident| $join:expr,
        total |$lanes:ident| $total:expr;
    )*) => {$(
        impl Summable for $T {
            type SumLanes<S: Simd> = $Lanes;
            const SUM_REGISTERS: usize = $registers;
            type TileSum = i128;
            type Total = IntegerTotal<$T>;
            type Sum = $Sum;
            const NOTHING: IntegerTotal<$T> = IntegerTotal { sum: 0, rows: PhantomData };
            const PAD: $T = 0;

            #[inline(always)]
            fn may_be_of_none(_: i128) -> bool {
                false
            }

            #[inline(always)]
            fn no_lanes<S: Simd>($no_simd: S) -> $Lanes {
                $no
            }
            #[inline(always)]
            fn add_lanes<S: Simd>(
                $simd: S,
                $to: $Lanes,
                $x: <$T as Number>::Vec<S>,
            ) -> $Lanes {
                $add
            }
            #[inline(always)]
            fn join_lanes<S: Simd>($one: $Lanes, $other: $Lanes) -> $Lanes {
                $join
            }
            #[inline(always)]
            fn total<S: Simd>($lanes: $Lanes) -> i128 {
                $total
            }
            #[inline(always)]
            fn add_tile(total: &mut Self::Total, tile: i128) {
                total.sum += tile;
            }
            #[inline(always)]
            fn add_total(total: &mut Self::Total, other: &Self::Total) {
                total.sum = total.sum.saturating_add(other.sum);
            }
            #[inline(always)]
            fn sum(total: &Self::Total) -> $Sum {
                let end = if total.sum < 0 { $Sum::MIN } else { $Sum::MAX };
                $Sum::try_from(total.sum).unwrap_or(end)
            }
            #[inline(always)]
            fn sum_alone(total: &Self::Total) -> $Sum {
                Self::sum(total)
            }
            #[inline(always)]
            fn mean(total: &Self::Total, count: u64) -> f64 {
                ratio(total.sum, count)
            }
            #[inline(always)]
            fn short_sum(values: &[$T]) -> Option<i128> {
                // Sixteen values cannot overflow the sum that is given in the end.
                let sum = || values.iter().map(|&x| $Sum::from(x)).sum::<$Sum>() as i128;
                (values.len() <= SHORT).then(sum)
            }
            #[inline(always)]
            fn sum_of_one(tile: i128) -> $Sum {
                tile as $Sum
            }
            #[inline(always)]
            fn mean_of_one(tile: i128, count: u64) -> f64 {
                ratio(tile, count)
            }

            #[cfg(feature = "alloc")]
            const LONGEST_WINDOW: usize = usize::MAX;
            #[cfg(feature = "alloc")]
            #[inline(always)]
            fn roll<R, S, O>(
                _: S,
                window: usize,
                column: R::Column<'_>,
                results: &mut [O],
                finish: impl Fn(&Self::Total, u64) -> O,
            ) where
                R: NumericRow<Value = Self>,
                S: Simd,
            {
                crate::rolling::integer_sums::<$T, R, O>(window, column, results, finish);
            }
        }
    )*};
}

integers! {
    u8 u64 S::U64, 1,
        no |simd| Vector::splat(simd, 0),
        add |simd, lanes, x| lanes.add(simd.sum_octets(x)),
        join |one, other| one.add(other),
        total |lanes| i128::from(lanes.fold_add());
    i8 i64 (S::U64, u64), 1,
        no |simd| (Vector::splat(simd, 0), 0),
        add |simd, lanes, x| (lanes.0.add(simd.sum_octets(simd.bias_i8(x))), lanes.1 + 1),
        join |one, other| (one.0.add(other.0), one.1 + other.1),
        // Each lane of each register was 128 too high.
        total |lanes| {
            let excess = 128 * lanes.1 * S::I8::LANES as u64;
            i128::from(lanes.0.fold_add()) - i128::from(excess)
        };
    i16 i64 S::I32, 1,
        no |simd| Vector::splat(simd, 0),
        add |simd, lanes, x| lanes.add(simd.sum_pairs(x)),
        join |one, other| one.add(other),
        total |lanes| i128::from(lanes.fold_add());
    u16 u64 (S::I32, u64), 1,
        no |simd| (Vector::splat(simd, 0), 0),
        add |simd, lanes, x| (lanes.0.add(simd.sum_pairs(simd.bias_u16(x))), lanes.1 + 1),
        join |one, other| (one.0.add(other.0), one.1 + other.1),
        // Each lane of each register was 32768 too low.
        total |lanes| {
            let missing = 32768 * lanes.1 * S::U16::LANES as u64;
            i128::from(lanes.0.fold_add()) + i128::from(missing)
        };
    i32 i64 (S::I32, S::I32), 2,
        no |simd| (Vector::splat(simd, 0), Vector::splat(simd, 0)),
        add |simd, lanes, x| (lanes.0.add(x), lanes.1.add(simd.high_i32(x))),
        join |one, other| (one.0.add(other.0), one.1.add(other.1)),
        total |lanes| {
            let (all, high) = (lanes.0.fold_add(), lanes.1.fold_add());
            let low = all.wrapping_sub(high << 16).cast_unsigned();
            i128::from((i64::from(high) << 16) + i64::from(low))
        };
    u32 u64 (S::U32, S::U32), 2,
        no |simd| (Vector::splat(simd, 0), Vector::splat(simd, 0)),
        add |simd, lanes, x| (lanes.0.add(x), lanes.1.add(simd.high_u32(x))),
        join |one, other| (one.0.add(other.0), one.1.add(other.1)),
        total |lanes| {
            let (all, high) = (lanes.0.fold_add(), lanes.1.fold_add());
            let low = all.wrapping_sub(high << 16);
            i128::from((u64::from(high) << 16) + u64::from(low))
        };
    i64 i128 (S::I64, S::I64), 2,
        no |simd| (Vector::splat(simd, 0), Vector::splat(simd, 0)),
        add |simd, lanes, x| (lanes.0.add(x), lanes.1.add(simd.high_i64(x))),
        join |one, other| (one.0.add(other.0), one.1.add(other.1)),
        total |lanes| {
            // 1,024 rows of 2^15 (or 2,048 products of 2^14), and then 2^32, fit.
            let (all, high) = (lanes.0.fold_add(), lanes.1.fold_add());
            let low = all.wrapping_sub(high << 16).cast_unsigned();
            (i128::from(high) << 16) + i128::from(low)
        };
    u64 u128 (S::U64, S::U64), 2,
        no |simd| (Vector::splat(simd, 0), Vector::splat(simd, 0)),
        add |simd, lanes, x| (lanes.0.add(x), lanes.1.add(simd.high_u64(x))),
        join |one, other| (one.0.add(other.0), one.1.add(other.1)),
        total |lanes| {
            let (all, high) = (lanes.0.fold_add(), lanes.1.fold_add());
            let low = all.wrapping_sub(high << 32);
            (i128::from(high) << 32) + i128::from(low)
        };
}
