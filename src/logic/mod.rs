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
use crate::stored::stored;
use crate::sum::Counted;
use crate::tile::Tile;

/// The partial of [`Any`] and [`All`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Truth {
    value: bool,
}

stored! {
    Truth as "Truth" |it| {
        v = 1,
        value: Itself<bool> = it.value,
    }
    => Truth { value }
}

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
    type Partial = Truth;
    type Output = bool;

    #[inline(always)]
    fn identity(&self) -> Truth {
        Truth { value: false }
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut Truth, tile: &Tile<'_, R, S>) {
        if !partial.value {
            partial.value = tile.fold_words(
                0,
                0_u64,
                #[inline(always)]
                |any, word| any | word,
            ) != 0;
        }
    }
    #[inline(always)]
    fn merge(&self, into: &mut Truth, other: &Truth) {
        into.value |= other.value;
    }
    #[inline(always)]
    fn finish(&self, partial: &Truth) -> bool {
        partial.value
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
    type Partial = Truth;
    type Output = bool;

    #[inline(always)]
    fn identity(&self) -> Truth {
        Truth { value: true }
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut Truth, tile: &Tile<'_, R, S>) {
        if partial.value {
            partial.value = tile.fold_words(
                u64::MAX,
                u64::MAX,
                #[inline(always)]
                |all, word| all & word,
            ) == u64::MAX;
        }
    }
    #[inline(always)]
    fn merge(&self, into: &mut Truth, other: &Truth) {
        into.value &= other.value;
    }
    #[inline(always)]
    fn finish(&self, partial: &Truth) -> bool {
        partial.value
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
    type Partial = Counted;
    type Output = u64;

    #[inline(always)]
    fn identity(&self) -> Counted {
        Counted::NOTHING
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut Counted, tile: &Tile<'_, R, S>) {
        partial.rows = partial.rows.saturating_add(tile.fold_words(
            0,
            0_u64,
            #[inline(always)]
            |count, word| count + u64::from(word.count_ones()),
        ));
    }
    #[inline(always)]
    fn merge(&self, into: &mut Counted, other: &Counted) {
        into.merge(*other);
    }
    #[inline(always)]
    fn finish(&self, partial: &Counted) -> u64 {
        partial.rows
    }
}
