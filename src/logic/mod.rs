//! Aggregates of booleans.
//!
//! A column of booleans is a bitmap, so a word of it holds 64 rows, and a loop over words is
//! all that a kernel is. The order of rows plays no part: bits stay where they lie in their
//! bytes, whatever the bit that the column starts at, and only the first word and the last
//! are masked.

mod bitmap;
mod row;

pub use bitmap::{Bitmap, NullableBitmap};
pub use row::LogicRow;

use crate::aggregate::Aggregate;
use crate::backend::Simd;
use crate::tile::Tile;

/// Whether any row is true.
///
/// - **Empty**, or all null: `false`.
/// - **Order**: the result does not depend on it, nor on merges.
/// - **Cost**: one pass, which does not look at rows after a tile that holds a true row; no
///   allocation. The partial is the result.
///
/// ```
/// use lanefold::{Aggregate, Any, Bitmap};
/// assert!(Any.of(Bitmap::new(&[0b0100], 0, 3)?));
/// assert!(!Any.of(Bitmap::new(&[0b0100], 0, 2)?));
/// # Ok::<(), lanefold::ValidityError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Any;

impl<R: LogicRow> Aggregate<R> for Any {
    type Partial = bool;
    type Output = bool;

    #[inline(always)]
    fn identity(&self) -> bool {
        false
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut bool, tile: &Tile<'_, R, S>) {
        if !*partial {
            *partial = tile.fold_words(
                0,
                0_u64,
                #[inline(always)]
                |any, word| any | word,
            ) != 0;
        }
    }
    #[inline(always)]
    fn merge(&self, into: &mut bool, other: &bool) {
        *into |= other;
    }
    #[inline(always)]
    fn finish(&self, partial: &bool) -> bool {
        *partial
    }
}

/// Whether all rows are true.
///
/// - **Empty**, or all null: `true`. Nulls are not there: they are not false.
/// - **Order**: the result does not depend on it, nor on merges.
/// - **Cost**: one pass, which does not look at rows after a tile that holds a false row; no
///   allocation. The partial is the result.
///
/// ```
/// use lanefold::{Aggregate, All, Bitmap};
/// assert!(All.of(Bitmap::new(&[0b0110], 1, 2)?));
/// assert!(!All.of(Bitmap::new(&[0b0110], 1, 3)?));
/// # Ok::<(), lanefold::ValidityError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct All;

impl<R: LogicRow> Aggregate<R> for All {
    type Partial = bool;
    type Output = bool;

    #[inline(always)]
    fn identity(&self) -> bool {
        true
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut bool, tile: &Tile<'_, R, S>) {
        if *partial {
            *partial = tile.fold_words(
                u64::MAX,
                u64::MAX,
                #[inline(always)]
                |all, word| all & word,
            ) == u64::MAX;
        }
    }
    #[inline(always)]
    fn merge(&self, into: &mut bool, other: &bool) {
        *into &= other;
    }
    #[inline(always)]
    fn finish(&self, partial: &bool) -> bool {
        *partial
    }
}

/// The number of rows that are true, as `COUNT_IF` in SQL.
///
/// [`Count`](crate::Count) gives the number of rows that are not null, true or false.
///
/// - **Empty**, or all null: 0.
/// - **Order**: the result does not depend on it, nor on merges.
/// - **Cost**: one pass, no allocation. The partial is the result.
///
/// ```
/// use lanefold::{Aggregate, Bitmap, Count, CountIf};
/// assert_eq!((Count, CountIf).of(Bitmap::new(&[0b1101], 1, 3)?), (3, 2));
/// # Ok::<(), lanefold::ValidityError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct CountIf;

impl<R: LogicRow> Aggregate<R> for CountIf {
    type Partial = u64;
    type Output = u64;

    #[inline(always)]
    fn identity(&self) -> u64 {
        0
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut u64, tile: &Tile<'_, R, S>) {
        *partial += tile.fold_words(
            0,
            0_u64,
            #[inline(always)]
            |count, word| count + u64::from(word.count_ones()),
        );
    }
    #[inline(always)]
    fn merge(&self, into: &mut u64, other: &u64) {
        *into = into.saturating_add(*other);
    }
    #[inline(always)]
    fn finish(&self, partial: &u64) -> u64 {
        *partial
    }
}
