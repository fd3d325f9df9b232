//! Keys of 8 bits: found bit by bit.
//!
//! The key of rank `r` is the greatest number that at most `r` keys are below. So its highest
//! bit is set where at most `r` are below `100…0`, the next one is asked in the half that is
//! left, and after eight passes the key is known: nothing is copied, moved or guessed. A
//! register has 32 keys with AVX2, and a pass costs little more than to read them.
//!
//! On Zen 3 with AVX2, beside registers that are moved to the front and brackets, a median among
//! 512 rows takes a thirteenth of the time, among 10,000 a quarter, and among 100,000 less than
//! half; three quantiles, which share no passes, a tenth, a third, and two thirds. Beyond
//! [`LONGEST`] a pass of brackets reads less. Keys of 16 bits, with twice the passes over twice
//! the registers, gained nothing at 10,000 rows, and lost at 100.

use crate::extrema::Ordered;
use crate::key::Key;

/// The most rows whose keys are found so.
const LONGEST: usize = 1 << 19;

/// Whether keys of a type are found so among so many rows. Those of one byte are integers.
#[inline(always)]
pub(super) const fn is_bisected<K>(len: usize) -> bool {
    size_of::<K>() == 1 && len <= LONGEST
}

/// The keys of two ranks. The function says how many keys are below one; neighbours in order
/// share passes while their bits agree.
#[inline(always)]
pub(super) fn bisect<K: Ordered + Key>(
    ranks: [usize; 2],
    mut count_below: impl FnMut(K) -> usize,
) -> [K; 2] {
    // Steps above the lowest key.
    let key = |offset: u64| K::of_distinct_key(K::LOWEST.distinct_key().wrapping_add(offset));
    let mut offsets = [0; 2];
    for bit in (0..u8::BITS).rev() {
        let probes = offsets.map(|offset| offset | 1 << bit);
        let below = count_below(key(probes[0]));
        let next = if probes[0] == probes[1] { below } else { count_below(key(probes[1])) };
        for (i, below) in [below, next].into_iter().enumerate() {
            if below <= ranks[i] {
                offsets[i] = probes[i];
            }
        }
    }
    offsets.map(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::fmt::Debug;

    /// Every rank of columns with gaps, ties and both ends of the order, found by the keys that
    /// are below, and by how often they are asked for.
    fn every_rank<K: Ordered + Key + Ord + Debug>(keys: &mut [K]) {
        keys.sort_unstable();
        for (rank, &want) in keys.iter().enumerate() {
            let next = (rank + 1).min(keys.len() - 1);
            let mut passes = 0;
            let got = bisect([rank, next], |key| {
                passes += 1;
                keys.iter().filter(|&&other| other < key).count()
            });
            assert_eq!(got, [want, keys[next]], "rank {rank} of {keys:?}");
            assert!(passes <= 16);
            assert!(want != keys[next] || passes == 8, "equal keys share all passes");
        }
    }

    #[test]
    fn every_rank_is_found() {
        every_rank(&mut [0, 255, 7, 7, 7, 128, 127, 64, 255_u8]);
        every_rank(&mut [i8::MIN, -1, 0, 1, 1, i8::MAX, -77, 44, i8::MIN]);
        every_rank(&mut [200_u8]);
        for key in 0..=u8::MAX {
            every_rank(&mut [key; 3]);
            every_rank(&mut [key.cast_signed(), 5, key.cast_signed()]);
        }
    }

    #[test]
    fn bytes_alone_are_bisected() {
        assert!(is_bisected::<u8>(LONGEST) && is_bisected::<i8>(1));
        assert!(!is_bisected::<u8>(LONGEST + 1) && !is_bisected::<i16>(1));
    }
}
