//! Exact sums of rolling windows.
//!
//! An exact sum may be subtracted from: the row that enters is added, the one that leaves is
//! subtracted, and what stays is exact. What is no number is counted, and so are values
//! other than `-0.0`.

use super::float::ExactFloat;
use super::total::{Total, seen};
use super::words::Words;
use crate::rolling::Present;
use crate::row::NumericRow;

/// The sum of a window, and what it has.
struct Window<W> {
    total: Total<W, 1>,
    rows: u64,
    others: u64,
    plus_infinities: u64,
    minus_infinities: u64,
    nans: u64,
}

impl<W: Words> Window<W> {
    /// Takes a value in, or, with a `sign` of -1, out.
    #[inline(always)]
    fn change(&mut self, x: f64, sign: i64) {
        let by = sign.cast_unsigned();
        self.rows = self.rows.wrapping_add(by);
        if x.to_bits() != (-0.0_f64).to_bits() {
            self.others = self.others.wrapping_add(by);
        }
        if x.is_finite() {
            let bits = x.to_bits();
            let (field, digits) = (bits >> 52 & 0x7ff, bits & ((1 << 52) - 1));
            // Subnormal numbers lack the first digit, and have the exponents of the field 1.
            let (mantissa, exponent) =
                if field == 0 { (digits, 1) } else { (digits | 1 << 52, field) };
            let magnitude = i128::from(mantissa) * i128::from(sign);
            let value = if x < 0.0 { -magnitude } else { magnitude };
            self.total.add(value, exponent as i32 - 1075);
        } else {
            let count = match x {
                f64::INFINITY => &mut self.plus_infinities,
                f64::NEG_INFINITY => &mut self.minus_infinities,
                _ => &mut self.nans,
            };
            *count = count.wrapping_add(by);
        }
    }

    /// The total, with what there is now.
    #[inline(always)]
    fn total(&mut self) -> &Total<W, 1> {
        self.total.seen = [
            (self.rows, seen::ANY),
            (self.others, seen::OTHER),
            (self.plus_infinities, seen::PLUS_INFINITY),
            (self.minus_infinities, seen::MINUS_INFINITY),
            (self.nans, seen::NAN),
        ]
        .iter()
        .fold(0, |flags, &(count, flag)| if count > 0 { flags | flag } else { flags });
        &self.total
    }
}

/// Writes the results of the last windows, as many as there are places.
#[inline(always)]
pub(super) fn roll<R, O>(
    window: usize,
    column: R::Column<'_>,
    results: &mut [O],
    finish: impl Fn(&Total<<R::Value as ExactFloat>::Words, 1>, u64) -> O,
) where
    R: NumericRow<Value: ExactFloat>,
{
    let values = R::values(column);
    let mut present = Present::new::<R>(values.len());
    present.read::<R>(column);
    let left_out = values.len() - results.len();
    let mut sum = Window {
        total: Total::nothing(),
        rows: 0,
        others: 0,
        plus_infinities: 0,
        minus_infinities: 0,
        nans: 0,
    };
    for (i, &value) in values.iter().enumerate() {
        if present.has::<R>(i) {
            sum.change(value.widen(), 1);
        }
        if let Some(left) = i.checked_sub(window)
            && present.has::<R>(left)
        {
            sum.change(values[left].widen(), -1);
        }
        if let Some(place) = i.checked_sub(left_out) {
            let rows = sum.rows;
            results[place] = finish(sum.total(), rows);
        }
    }
}
