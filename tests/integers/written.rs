//! What the documentation says, in the plainest code for it.

use crate::data::{Same, Sample};
use crate::spec::{self, Written};
use lanefold::{
    BitAnd, BitOr, BitXor, CheckedProduct, CheckedSum, CountNan, First, Float, Integer, Last,
    Overflow, Product, WrappingProduct, WrappingSum,
};

impl Same for bool {
    fn same(&self, other: &bool) -> bool {
        self == other
    }
}

impl<T: Same> Same for Result<T, Overflow> {
    fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Ok(one), Ok(other)) => one.same(other),
            (Err(Overflow), Err(Overflow)) => true,
            _ => false,
        }
    }
}

/// An integer under test.
pub(crate) trait Whole: Sample + Integer {
    const BITS: u32;
    fn wide(self) -> i128;
    /// The lowest bits.
    fn low(wide: i128) -> Self;
    fn checked(wide: i128) -> Option<Self>;
}

macro_rules! wholes {
    ($($T:ident)*) => {$(
        impl Whole for $T {
            const BITS: u32 = $T::BITS;
            fn wide(self) -> i128 {
                self as i128
            }
            fn low(wide: i128) -> $T {
                wide as $T
            }
            fn checked(wide: i128) -> Option<$T> {
                $T::try_from(wide).ok()
            }
        }
    )*};
}

wholes! { i8 i16 i32 i64 u8 u16 u32 u64 }

fn wide<T: Whole>(rows: &[Option<T>]) -> impl Iterator<Item = i128> {
    rows.iter().flatten().map(|x| x.wide())
}

/// In how many of the integers each bit is set, decides about the bit.
fn by_bit<T: Whole>(rows: &[Option<T>], is_set: impl Fn(usize, usize) -> bool) -> T {
    let count = rows.iter().flatten().count();
    let bits = (0..T::BITS).map(|bit| {
        let set = wide(rows).filter(|x| x >> bit & 1 == 1).count();
        i128::from(is_set(set, count)) << bit
    });
    T::low(bits.sum())
}

impl<T: Whole> Written<T> for BitAnd {
    fn written(&self, rows: &[Option<T>]) -> T {
        by_bit(rows, |set, count| set == count)
    }
}

impl<T: Whole> Written<T> for BitOr {
    fn written(&self, rows: &[Option<T>]) -> T {
        by_bit(rows, |set, _| set > 0)
    }
}

impl<T: Whole> Written<T> for BitXor {
    fn written(&self, rows: &[Option<T>]) -> T {
        by_bit(rows, |set, _| set % 2 == 1)
    }
}

impl<T: Whole> Written<T> for WrappingSum {
    fn written(&self, rows: &[Option<T>]) -> T {
        T::low(wide(rows).sum())
    }
}

impl<T: Whole> Written<T> for CheckedSum {
    fn written(&self, rows: &[Option<T>]) -> Result<T, Overflow> {
        T::checked(wide(rows).sum()).ok_or(Overflow)
    }
}

impl<T: Whole> Written<T> for WrappingProduct {
    fn written(&self, rows: &[Option<T>]) -> T {
        T::low(wide(rows).fold(1, i128::wrapping_mul))
    }
}

impl<T: Whole> Written<T> for CheckedProduct {
    fn written(&self, rows: &[Option<T>]) -> Result<T, Overflow> {
        if wide(rows).any(|x| x == 0) {
            return T::checked(0).ok_or(Overflow);
        }
        // Without zeros a magnitude never shrinks.
        let product = wide(rows).try_fold(1_i128, i128::checked_mul);
        product.and_then(T::checked).ok_or(Overflow)
    }
}

/// NaN in a result is the canonical one, the first of the special values.
fn canonical<T: Sample>(x: T) -> T {
    let nan = T::specials()[0];
    if spec::Spec::is_nan(x) { nan } else { x }
}

impl<T: Sample> Written<T> for First {
    fn written(&self, rows: &[Option<T>]) -> Option<T> {
        rows.iter().find_map(|&row| row).map(canonical)
    }
}

impl<T: Sample> Written<T> for Last {
    fn written(&self, rows: &[Option<T>]) -> Option<T> {
        rows.iter().rev().find_map(|&row| row).map(canonical)
    }
}

impl<T: Sample + Float> Written<T> for CountNan {
    fn written(&self, rows: &[Option<T>]) -> u64 {
        rows.iter().flatten().filter(|&&x| spec::Spec::is_nan(x)).count() as u64
    }
}

/// Lanes of `f64`, by run; runs by lane; lanes by halving; tiles in order.
impl<T: Sample + Float> Written<T> for Product {
    fn written(&self, rows: &[Option<T>]) -> T {
        const STRIPE: usize = spec::STRIPE_BYTES / 8;
        let mut product = 1.0;
        for tile in rows.chunks(<T as Sample>::TILE) {
            let mut lanes = [1.0; STRIPE];
            for run in tile.chunks(spec::RUN * STRIPE) {
                let mut of_run = [1.0; STRIPE];
                for (i, row) in run.iter().enumerate() {
                    let x: f64 = row.map_or(1.0, Into::into);
                    of_run[i % STRIPE] *= x;
                }
                (0..STRIPE).for_each(|i| lanes[i] *= of_run[i]);
            }
            let mut half = STRIPE / 2;
            while half > 0 {
                (0..half).for_each(|i| lanes[i] *= lanes[i + half]);
                half /= 2;
            }
            product *= lanes[0];
        }
        canonical(T::nearest(product))
    }
}
