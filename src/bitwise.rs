//! AND, OR and XOR of the bits of integers.

use crate::aggregate::Aggregate;
use crate::backend::{Simd, Vector};
use crate::kind::Integer;
use crate::lanes::operation::{Folded, Operation, of_short, of_tile};
use crate::row::NumericRow;
use crate::tile::Tile;

macro_rules! bitwise {
    ($($(#[$doc:meta])* $Name:ident $method:ident $identity:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        pub struct $Name;

        impl<T: Integer> Operation<T> for $Name {
            const IDENTITY: T = T::$identity;

            #[inline(always)]
            fn values(one: T, other: T) -> T {
                Integer::$method(one, other)
            }
            #[inline(always)]
            fn lanes<S: Simd>(one: T::Vec<S>, other: T::Vec<S>) -> T::Vec<S> {
                Vector::$method(one, other)
            }
        }

        impl<R: NumericRow<Value: Integer>> Aggregate<R> for $Name {
            type Partial = Folded<R::Value>;
            type Output = R::Value;

            #[inline(always)]
            fn identity(&self) -> Self::Partial {
                Folded { value: R::Value::$identity }
            }
            #[inline(always)]
            fn update<S: Simd>(&self, partial: &mut Self::Partial, tile: &Tile<'_, R, S>) {
                partial.value = Integer::$method(partial.value, of_tile::<Self, R, S>(tile));
            }
            #[inline(always)]
            fn merge(&self, into: &mut Self::Partial, other: &Self::Partial) {
                into.value = Integer::$method(into.value, other.value);
            }
            #[inline(always)]
            fn finish(&self, partial: &Self::Partial) -> R::Value {
                partial.value
            }
            const OWN_LANES: bool = true;
            #[inline(always)]
            fn short(&self, column: R::Column<'_>) -> Option<R::Value> {
                of_short::<Self, R>(column)
            }
        }
    )*};
}

bitwise! {
    /// The bits that are set in all integers.
    ///
    /// - **Empty**, or all null: all bits are set, which is `-1` or the greatest integer: what
    ///   AND with anything leaves as that is. (SQL gives `NULL`; [`Count`](crate::Count) tells.)
    /// - **Overflow**: none.
    /// - **Order**: the result does not depend on it, nor on merges.
    /// - **Cost**: one pass, no allocation. The partial is the result.
    ///
    /// ```
    /// use lanefold::{Aggregate, BitAnd};
    /// assert_eq!(BitAnd.of(&[0b0111_u8, 0b1101]), 0b0101);
    /// assert_eq!(BitAnd.of(&[] as &[u8]), 0xff);
    /// ```
    BitAnd and ONES;

    /// The bits that are set in any of the integers.
    ///
    /// - **Empty**, or all null: 0.
    /// - **Overflow**: none.
    /// - **Order**: the result does not depend on it, nor on merges.
    /// - **Cost**: one pass, no allocation. The partial is the result.
    ///
    /// ```
    /// use lanefold::{Aggregate, BitOr};
    /// assert_eq!(BitOr.of(&[0b0100_u8, 0b0001]), 0b0101);
    /// ```
    BitOr or ZERO;

    /// The bits that are set in an odd number of the integers.
    ///
    /// - **Empty**, or all null: 0.
    /// - **Overflow**: none.
    /// - **Order**: the result does not depend on it, nor on merges.
    /// - **Cost**: one pass, no allocation. The partial is the result.
    ///
    /// ```
    /// use lanefold::{Aggregate, BitXor};
    /// assert_eq!(BitXor.of(&[0b0111_u8, 0b1101, 0b0001]), 0b1011);
    /// ```
    BitXor xor ZERO;
}
