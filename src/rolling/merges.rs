//! Rolling windows of any aggregate, through its merge.
//!
//! The column is cut into blocks of as many rows as the window has. A window then has the last
//! rows of one block, and the first of the next:
//!
//! ```text
//! block           |a b c d e f|g h i j k l|
//! window                 ^ ^ ^ ^ ^ ^
//! ```
//!
//! The partials of the last rows of a block, of one row, two, and so on, are made once, from
//! its end; the partial of the first rows grows by a row at a time. A result is one of those
//! merged with this. So there are three merges for each row, and none of partials that have a
//! row in common. (With stacks in the place of blocks this is the queue of two stacks; van Herk
//! and Gil and Werman found the blocks, for extremes.)
//!
//! A row enters as a tile of its own, which is merged: an aggregate never sees rows cut where
//! a result or a merge does not follow.

use crate::adapt::OneRow;
use crate::aggregate::Aggregate;
use crate::backend::Simd;
use crate::row::Row;
use alloc::vec::Vec;

/// Writes the results of the last windows, as many as there are places.
#[inline(always)]
pub(crate) fn by_merges<A: Aggregate<R>, R: Row, S: Simd>(
    aggregate: &A,
    simd: S,
    window: usize,
    column: R::Column<'_>,
    results: &mut [A::Output],
) {
    if results.is_empty() {
        return;
    }
    if const { A::WHOLE } {
        return one_by_one(aggregate, simd, window, column, results);
    }
    let mut rows = OneRow::<A, R, S>::new(aggregate, simd);
    let left_out = R::len(column) - results.len();
    let mut results = results.iter_mut();
    // Partial `j` is that of the last `j + 1` rows of the block before.
    let mut suffixes: Vec<A::Partial> = Vec::new();
    let mut rest = column;
    let mut row = 0;
    while R::len(rest) > 0 {
        let (block, next) = R::split_at(rest, window.min(R::len(rest)));
        let mut prefix = aggregate.identity();
        for j in 0..R::len(block) {
            aggregate.merge(&mut prefix, &rows.of(block, j));
            if row >= left_out
                && let Some(result) = results.next()
            {
                // The block before has `window` rows, of which `j + 1` have left the window.
                *result = match (window - 1).checked_sub(j + 1).and_then(|k| suffixes.get(k)) {
                    Some(suffix) => {
                        let mut both = suffix.clone();
                        aggregate.merge(&mut both, &prefix);
                        aggregate.finish(&both)
                    }
                    None => aggregate.finish(&prefix),
                };
            }
            row += 1;
        }
        suffixes.clear();
        if R::len(next) > 0 {
            for j in (1..window).rev() {
                let mut suffix = rows.of(block, j);
                if let Some(last) = suffixes.last() {
                    aggregate.merge(&mut suffix, last);
                }
                suffixes.push(suffix);
            }
        }
        rest = next;
    }
}

/// Each window as a column of its own.
#[inline(always)]
fn one_by_one<A: Aggregate<R>, R: Row, S: Simd>(
    aggregate: &A,
    simd: S,
    window: usize,
    column: R::Column<'_>,
    results: &mut [A::Output],
) {
    let left_out = R::len(column) - results.len();
    for (i, result) in results.iter_mut().enumerate() {
        let end = left_out + i + 1;
        let (rows, _) = R::split_at(column, end);
        let (_, rows) = R::split_at(rows, end.saturating_sub(window));
        *result = aggregate.whole(simd, rows);
    }
}
