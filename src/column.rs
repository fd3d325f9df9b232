//! What a caller has, turned into a column.

use crate::logic::{Bitmap, NullableBitmap};
use crate::number::Number;
use crate::row::{NumericRow, Row};
use crate::validity::Nullable;
use core::fmt;

/// What a caller can hand in as a column.
///
/// | a caller has | rows |
/// | --- | --- |
/// | `&[T]`, `&[T; N]`, `&Vec<T>` (feature `alloc`) | `T` |
/// | anything else that derefs to a slice: `&x[..]` | `T` |
/// | [`Nullable`] | `Option<T>` |
/// | [`Bitmap`], [`NullableBitmap`] | `bool`, `Option<bool>` |
/// | a pair of these, but for bitmaps | `(A, B)` |
pub trait IntoColumn<'a> {
    /// The rows of the column.
    type Row: Row;
    /// The column. Where it is a pair, both are of equal length.
    ///
    /// # Errors
    ///
    /// If the columns of a pair differ in length.
    fn into_column(self) -> Result<<Self::Row as Row>::Column<'a>, LengthMismatch>;
    /// The same, where a mismatch is a panic. What cannot mismatch is returned as it is: a column
    /// of many words would be copied out of the result, by vector loads of what was stored by the
    /// word, which wait for the stores. The sum of 8 `f64` of which some are null took 22 ns, not 11.
    #[doc(hidden)]
    #[inline(always)]
    fn into_column_or_panic(self) -> <Self::Row as Row>::Column<'a>
    where
        Self: Sized,
    {
        match self.into_column() {
            Ok(column) => column,
            Err(mismatch) => panic_of(mismatch),
        }
    }
}

/// What is a column as it is, and of which row.
macro_rules! columns {
    ($($(#[$attribute:meta])* [$($generics:tt)*] $Given:ty => $Row:ty;)*) => {$(
        $(#[$attribute])*
        impl<'a, $($generics)*> IntoColumn<'a> for $Given {
            type Row = $Row;
            #[inline(always)]
            fn into_column(self) -> Result<<$Row as Row>::Column<'a>, LengthMismatch> {
                Ok(self)
            }
            #[inline(always)]
            fn into_column_or_panic(self) -> <$Row as Row>::Column<'a> {
                self
            }
        }
    )*};
}

columns! {
    [T: Number] &'a [T] => T;
    [T: Number, const N: usize] &'a [T; N] => T;
    #[cfg(feature = "alloc")]
    [T: Number] &'a alloc::vec::Vec<T> => T;
    [T: Number] Nullable<'a, T> => Option<T>;
    [] Bitmap<'a> => bool;
    [] NullableBitmap<'a> => Option<bool>;
}

impl<'a, A, B> IntoColumn<'a> for (A, B)
where
    A: IntoColumn<'a, Row: NumericRow>,
    B: IntoColumn<'a, Row: NumericRow>,
{
    type Row = (A::Row, B::Row);
    #[inline(always)]
    fn into_column(self) -> Result<<Self::Row as Row>::Column<'a>, LengthMismatch> {
        let pair = (self.0.into_column()?, self.1.into_column()?);
        mismatch::<A::Row, B::Row>(pair).map_or(Ok(pair), Err)
    }
    #[inline(always)]
    fn into_column_or_panic(self) -> <Self::Row as Row>::Column<'a> {
        let pair = (self.0.into_column_or_panic(), self.1.into_column_or_panic());
        if let Some(mismatch) = mismatch::<A::Row, B::Row>(pair) {
            panic_of(mismatch);
        }
        pair
    }
}

#[cold]
#[inline(never)]
fn panic_of(mismatch: LengthMismatch) -> ! {
    panic!("{mismatch}")
}

/// The lengths of two columns, where they differ.
#[inline(always)]
fn mismatch<A: Row, B: Row>(pair: (A::Column<'_>, B::Column<'_>)) -> Option<LengthMismatch> {
    let (left, right) = (A::len(pair.0), B::len(pair.1));
    (left != right).then_some(LengthMismatch { left, right })
}

/// Two columns that should be of equal length, and are not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LengthMismatch {
    /// Rows of the first column.
    pub left: usize,
    /// Rows of the second column.
    pub right: usize,
}

impl fmt::Display for LengthMismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { left, right } = self;
        write!(f, "columns of unequal length: {left} rows and {right} rows")
    }
}

impl core::error::Error for LengthMismatch {}
