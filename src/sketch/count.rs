//! Counting: the loops that take a value to its counter.
//!
//! An increment is a load, an addition and a store; two that follow each other on one counter
//! cost the way of a store to a load, some 8 cycles, while others overlap and cost about one.
//! So where the buckets of a tile are few, neighbouring values count in tables of their
//! own, on the stack, which are added up in the end.

use super::buckets::Buckets;

/// Buckets of a table on the stack.
const NARROW: usize = 256;

/// Tables.
const TABLES: usize = 4;

/// Fewer values than these are not worth the tables.
const FEW: usize = 256;

/// The magnitude of a number, by its encoding.
pub(super) const MAGNITUDE: u64 = u64::MAX >> 1;

/// Counts values of one sign, whose indices go from `low` to `high`. Gives how many of them
/// have no counter.
#[inline(always)]
pub(super) fn count(
    values: &[f64],
    buckets: &mut Buckets,
    (low, high): (i32, i32),
    index: impl Fn(u64) -> i32,
) -> u64 {
    let (first, counts) = buckets.parts();
    let narrow = ((high - low) as usize) < NARROW && values.len() >= FEW;
    if narrow && low >= first && ((high - first) as usize) < counts.len() {
        let mut tables = [[0_u32; NARROW]; TABLES];
        let slot = |x: f64| (index(x.to_bits() & MAGNITUDE) - low) as usize % NARROW;
        let (groups, rest) = values.as_chunks::<TABLES>();
        for group in groups {
            for i in 0..TABLES {
                tables[i][slot(group[i])] += 1;
            }
        }
        for &x in rest {
            tables[0][slot(x)] += 1;
        }
        let counts = &mut counts[(low - first) as usize..=(high - first) as usize];
        for (i, count) in counts.iter_mut().enumerate().take(NARROW) {
            *count += u64::from(tables[0][i] + tables[1][i] + tables[2][i] + tables[3][i]);
        }
        return 0;
    }
    let mut outside = 0;
    for &x in values {
        // Below the first, the difference is a great number.
        let slot = index(x.to_bits() & MAGNITUDE).wrapping_sub(first).cast_unsigned();
        match counts.get_mut(slot as usize) {
            Some(count) => *count += 1,
            None => outside += 1,
        }
    }
    outside
}

/// Counts values of both signs. Gives how many of each, negative ones first, have no counter.
#[inline(always)]
pub(super) fn count_signed(
    values: &[f64],
    [negative, positive]: [&mut Buckets; 2],
    index: impl Fn(u64) -> i32,
) -> [u64; 2] {
    let (negative_first, negative) = negative.parts();
    let (positive_first, positive) = positive.parts();
    let firsts = [positive_first, negative_first];
    let counts = [positive, negative];
    let mut outside = [0; 2];
    for &x in values {
        let bits = x.to_bits();
        let sign = (bits >> 63) as usize;
        let slot = index(bits & MAGNITUDE).wrapping_sub(firsts[sign]).cast_unsigned();
        match counts[sign].get_mut(slot as usize) {
            Some(count) => *count += 1,
            None => outside[1 - sign] += 1,
        }
    }
    outside
}
