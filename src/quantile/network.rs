//! The fewest keys: sorted by a network, in plain code.
//!
//! A network compares and exchanges in an order that does not depend on the keys, so there is no
//! branch to predict, and keys stay in registers. These are of Batcher (*Sorting Networks and
//! Their Applications*, AFIPS 1968): 19 exchanges in 6 levels for up to 8 keys, 63 in 10 for up
//! to 16, two instructions an exchange of floats. On Zen 3 they take 12 and 20 ns for `f64`, with
//! a copy of the keys; the dispatch and the selection by registers, whose place they take, took
//! about 55 for 8 keys. One sort serves as many quantiles as are asked for.

use super::find::Failure;
use super::pair::Pair;
use super::rows::{Keyed, Rows};
use super::small::has_nan;
use crate::extrema::Ordered;
use crate::row::NumericRow;

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

/// Finds the keys of some pairs, whose ranks are below the number of rows, at most [`SORTED`].
/// Zeros have their signs.
#[inline(always)]
pub(super) fn find_sorted<R: NumericRow, M: Keyed<R::Value>>(
    rows: &Rows<'_, R, M>,
    pairs: &mut [Pair<M::Key>],
) -> Result<(), Failure> {
    let mut keys = [M::Key::HIGHEST; SORTED];
    let len = rows.copy(&mut keys);
    if has_nan(&keys) {
        return Err(Failure::Nan);
    }
    match keys.first_chunk_mut() {
        Some(keys) if len <= 8 => sort_8(keys),
        _ => sort_16(&mut keys),
    }
    for pair in pairs {
        pair.keys = pair.ranks.map(|rank| Some(keys[rank]));
        if pair.has_zero() {
            // The network takes zeros for equal.
            let is_negative = |key: &&M::Key| key.rank() <= M::Key::LOW_ZERO.rank();
            pair.sign_zeros(keys[..len].iter().filter(is_negative).count());
        }
    }
    Ok(())
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
