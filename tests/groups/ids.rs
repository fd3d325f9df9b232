//! Ids in all orders that lead different ways.

use crate::data::Random;

/// How ids lie.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Order {
    /// Any of so many, from the first on.
    Random(u32),
    /// Of so many, from one far from 0 on.
    Above(u32),
    /// Nine of ten are one group, the others any of so many.
    Skewed(u32),
    /// They do not fall.
    Sorted(u32),
    /// Runs of up to so many rows, of any group.
    Runs(usize),
    /// Far apart, and in the second chunk of a second call few.
    Mixed,
    /// One group.
    One,
    /// Each row has a group of its own.
    Each,
}

pub(crate) const ORDERS: [Order; 16] = [
    Order::Random(2),
    Order::Random(4),
    Order::Random(64),
    Order::Random(65),
    Order::Random(1000),
    Order::Random(8192),
    Order::Random(8193),
    Order::Random(100_000),
    Order::Above(64),
    Order::Skewed(1500),
    Order::Sorted(4),
    Order::Sorted(5000),
    Order::Runs(60),
    Order::One,
    Order::Mixed,
    Order::Each,
];

/// Where the second call begins.
pub(crate) fn cut(len: usize) -> usize {
    len / 200
}

/// As many groups as ids ask for, and one without rows.
pub(crate) fn groups(ids: &[u32]) -> usize {
    ids.iter().max().map_or(1, |&id| id as usize + 2)
}

pub(crate) fn ids(order: Order, len: usize, seed: u64) -> Vec<u32> {
    let random = &mut Random(seed);
    let mut below = |limit: u32| random.below(limit as usize) as u32;
    match order {
        Order::Random(groups) => (0..len).map(|_| below(groups)).collect(),
        Order::Above(groups) => (0..len).map(|_| 9_000 + below(groups)).collect(),
        Order::Skewed(groups) => {
            (0..len).map(|_| if below(10) > 0 { 7 } else { below(groups) }).collect()
        }
        Order::Sorted(groups) => {
            let mut ids: Vec<u32> = (0..len).map(|_| below(groups)).collect();
            ids.sort_unstable();
            ids
        }
        Order::Runs(longest) => {
            let mut ids = Vec::new();
            while ids.len() < len {
                let (id, rows) = (below(50), 1 + below(longest as u32) as usize);
                ids.resize((ids.len() + rows).min(len), id);
            }
            ids
        }
        Order::Mixed => {
            let few = cut(len) + 32_768;
            (0..len).map(|row| if row < few { below(100_000) } else { below(5) }).collect()
        }
        Order::One => vec![999; len],
        Order::Each => (0..len as u32).rev().collect(),
    }
}

/// The rows of each group that has some, in order.
pub(crate) fn apart<R: Copy>(ids: &[u32], rows: &[R]) -> Vec<(u32, Vec<R>)> {
    let mut order: Vec<usize> = (0..ids.len()).collect();
    order.sort_by_key(|&row| ids[row]);
    let mut apart: Vec<(u32, Vec<R>)> = Vec::new();
    for row in order {
        match apart.last_mut() {
            Some((id, rows_of_it)) if *id == ids[row] => rows_of_it.push(rows[row]),
            _ => apart.push((ids[row], vec![rows[row]])),
        }
    }
    apart
}

/// Lengths of calls around chunks, joins and blocks.
pub(crate) const LENGTHS: [usize; 10] = [0, 1, 7, 8, 17, 255, 256, 1000, 32_769, 33_100];

/// Some of these, for an order.
pub(crate) fn lengths(order: usize) -> [usize; 2] {
    [LENGTHS[order % 8], LENGTHS[8 + order % 2]]
}

#[test]
fn the_orders_are_what_they_say() {
    let changes = |ids: &[u32]| ids.windows(2).filter(|pair| pair[0] != pair[1]).count();
    let runs = ids(Order::Runs(60), 32_768, 1);
    assert!(changes(&runs) * 16 < 32_768 && !runs.is_sorted());
    assert!(ids(Order::Sorted(5000), 32_768, 1).is_sorted());
    assert!(changes(&ids(Order::Sorted(5000), 32_768, 1)) * 16 > 32_768);
    assert!(changes(&ids(Order::Skewed(1500), 32_768, 1)) * 16 > 32_768);
    let far = ids(Order::Random(100_000), 32_768, 1);
    let mixed = ids(Order::Mixed, 33_100, 1);
    assert!(mixed[..32_933].iter().max() > Some(&90_000));
    assert!(mixed[32_933..].iter().all(|&id| id < 5) && cut(33_100) + 32_768 == 32_933);
    assert!(far.iter().max() > Some(&90_000) && far.iter().min() < Some(&10_000));
}
