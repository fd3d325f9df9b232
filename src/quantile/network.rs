//! The fewest keys: sorted by a network, in plain code.
//!
//! A network compares and exchanges in an order that does not depend on the keys, so there is no
//! branch to predict, and keys stay in registers. These are of Batcher (*Sorting Networks and
//! Their Applications*, AFIPS 1968): 19 exchanges in 6 levels for up to 8 keys, 63 in 10 for up
//! to 16, two instructions an exchange of floats. On Zen 3 they take 12 and 20 ns for `f64`, with
//! a copy of the keys; the dispatch and the selection by registers, whose place they take, took
//! about 55 for 8 keys. One sort serves as many quantiles as are asked for.

use super::QuantileMethod;
use super::position::{Fraction, Position};
use super::rows::{Keyed, Rows};
use super::small::has_nan;
use crate::extrema::Ordered;
use crate::interpolate::Interpolate;
use crate::lanes::operation::halve_by;
use crate::number::Number;
use crate::row::NumericRow;
use core::array;
use core::hint::select_unpredictable;

/// The most keys that are sorted.
pub(super) const SORTED: usize = 16;

/// A function that sorts an array, where the keys after its own are the greatest. Each line is
/// a level: pairs of places, of which the second gets the greater key.
macro_rules! network {
    ($name:ident $LEN:literal: $($($low:literal $high:literal),*;)*) => {
        #[inline(always)]
        fn $name<T: PartialOrd + Copy>(keys: &mut [T; $LEN]) {
            $($(
                let (low, high) = (keys[$low], keys[$high]);
                let is_less = high < low;
                keys[$low] = if is_less { high } else { low };
                keys[$high] = if is_less { low } else { high };
            )*)*
        }
    };
}

network! { sort_8 8:
    0 1, 2 3, 4 5, 6 7;
    0 2, 1 3, 4 6, 5 7;
    1 2, 5 6, 0 4, 3 7;
    1 5, 2 6;
    2 4, 3 5;
    1 2, 3 4, 5 6;
}

network! { sort_16 16:
    0 1, 2 3, 4 5, 6 7, 8 9, 10 11, 12 13, 14 15;
    0 2, 1 3, 4 6, 5 7, 8 10, 9 11, 12 14, 13 15;
    1 2, 5 6, 9 10, 13 14, 0 4, 3 7, 8 12, 11 15;
    1 5, 2 6, 9 13, 10 14, 0 8, 7 15;
    2 4, 3 5, 10 12, 11 13;
    1 2, 3 4, 5 6, 9 10, 11 12, 13 14;
    1 9, 2 10, 3 11, 4 12, 5 13, 6 14;
    4 8, 5 9, 6 10, 7 11;
    2 4, 3 5, 6 8, 7 9, 10 12, 11 13;
    1 2, 3 4, 5 6, 7 8, 9 10, 11 12, 13 14;
}

/// The quantiles of the keys of some rows, at least one and at most [`SORTED`]; NaN where a key is.
#[inline(always)]
pub(super) fn of_sorted<R: NumericRow, M: Keyed<R::Value>, const N: usize>(
    rows: &Rows<'_, R, M>,
    asked: &[Fraction; N],
    method: QuantileMethod,
) -> [f64; N] {
    if rows.count <= 8 {
        by_network(rows, asked, method, sort_8)
    } else {
        by_network(rows, asked, method, sort_16)
    }
}

/// The same by a network of `LEN` places, at least as many as there are keys.
#[inline(always)]
fn by_network<R: NumericRow, M: Keyed<R::Value>, const LEN: usize, const N: usize>(
    rows: &Rows<'_, R, M>,
    asked: &[Fraction; N],
    method: QuantileMethod,
    sort: impl Fn(&mut [M::Key; LEN]),
) -> [f64; N] {
    let positions = asked.map(|asked| Position::of(asked, method, rows.count));
    // Where the greatest two are wanted, as by the quantile 0.99, the others need no order.
    let is_top = positions.iter().all(|position| position.ranks[0] + 2 >= rows.count);
    let pad = if is_top { M::Key::LOWEST } else { M::Key::HIGHEST };
    let mut keys = if R::NULLABLE {
        let mut keys = [pad; LEN];
        rows.copy(&mut keys);
        keys
    } else if let Ok(values) = <&[R::Value; LEN]>::try_from(R::values(rows.column)) {
        // In registers: what is stored one by one is not loaded by vectors without waiting.
        values.map(
            #[inline(always)]
            |value| rows.keyed.key(value),
        )
    } else {
        array::from_fn(
            #[inline(always)]
            |i| match R::values(rows.column).get(i) {
                Some(&value) => rows.keyed.key(value),
                None => pad,
            },
        )
    };
    if has_nan(&keys) {
        return [f64::NAN; N];
    }
    let mut top = [M::Key::LOWEST; 2];
    if is_top {
        top = greatest_two(&keys);
    } else {
        sort(&mut keys);
    }
    positions.map(|Position { ranks, part, whole }| {
        let [low, high] = ranks.map(|rank| {
            let key = if is_top {
                // Not an address that is selected, which would need both in memory.
                select_unpredictable(rank + 1 == rows.count, top[0], top[1])
            } else {
                keys[rank]
            };
            signed(&keys[..rows.count], rank, key)
        });
        M::Key::between(low, high, part, whole)
    })
}

/// The greatest key, and the greatest of the others. Of integers, those of two keys, of twice as many,
/// and so on, so that none waits for all before: the quantile of 16 `u8` takes 24 ns, not 32. Of `f32` the
/// compiler makes of that, and of arrays, what takes 1.6 times as long.
#[inline(always)]
fn greatest_two<K: Number, const LEN: usize>(keys: &[K; LEN]) -> [K; 2] {
    if K::IS_FLOAT {
        let (mut greatest, mut second) = (K::LOWEST, K::LOWEST);
        for &key in keys {
            let less = if key < greatest { key } else { greatest };
            second = if less > second { less } else { second };
            greatest = if key > greatest { key } else { greatest };
        }
        return [greatest, second];
    }
    let order = |a: K, b: K| if a < b { [b, a] } else { [a, b] };
    halve_by(
        &mut keys.map(|key| [key, K::LOWEST]),
        #[inline(always)]
        |[one, second], [other, third]| {
            let [greatest, less] = order(one, other);
            let [more, _] = order(second, third);
            [greatest, order(less, more)[0]]
        },
    )
}

/// The key of a rank, which is equal to that. Comparisons take zeros for equal, so those of a sign
/// are counted.
#[inline(always)]
fn signed<K: Number>(keys: &[K], rank: usize, key: K) -> K {
    if !K::IS_FLOAT || key != K::default() {
        return key;
    }
    let negative = keys.iter().filter(|key| key.rank() <= K::LOW_ZERO.rank()).count();
    if rank < negative { K::LOW_ZERO } else { K::HIGH_ZERO }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What sorts all columns of zeros and ones sorts all columns (Knuth, *The Art of Computer
    /// Programming*, volume 3, section 5.3.4, theorem Z).
    #[test]
    fn zeros_and_ones_are_sorted() {
        let bits = |word: u32, bit: usize| word >> bit & 1;
        for word in 0..1 << 8 {
            let mut keys = core::array::from_fn(|bit| bits(word, bit));
            sort_8(&mut keys);
            assert!(keys.is_sorted(), "{word:#b}");
            assert_eq!(keys.iter().sum::<u32>(), word.count_ones(), "{word:#b}");
        }
        for word in 0..1 << 16 {
            let mut keys = core::array::from_fn(|bit| bits(word, bit));
            sort_16(&mut keys);
            assert!(keys.is_sorted(), "{word:#b}");
            assert_eq!(keys.iter().sum::<u32>(), word.count_ones(), "{word:#b}");
        }
    }
}
