//! What a key is looked up by.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::hash::Hash;

/// What stands for a key of type `K` in a look-up: an integer itself, a `&str` for a `String`,
/// a tuple of these for a tuple of keys. A key is made, and memory taken, only where it is new.
///
/// | looked up by | key |
/// | --- | --- |
/// | integers, `bool`, `char` | the same |
/// | `str`, `String` | `String`, `Box<str>` |
/// | `[T]`, `Vec<T>`, `[T; N]` | `Vec<T>`, `Box<[T]>`, `[T; N]` of an array |
/// | tuples of up to six | tuples of their keys |
/// | references to these | as of what they refer to |
///
/// Your own type needs [`is_key`](Self::is_key) and [`to_key`](Self::to_key), and must hash as
/// its key does: what is equal to a key has the hash of it.
///
/// ```
/// use lanefold::{GroupBy, Sum};
/// let mut sales = GroupBy::<(String, u16), _, f64>::new(Sum);
/// sales.update([("Oslo", 2024_u16), ("Bergen", 2024), ("Oslo", 2024)], &[1.0, 2.0, 4.0])?;
/// assert_eq!(sales.get(("Oslo", 2024)), Some(5.0));
/// # Ok::<(), lanefold::GroupError>(())
/// ```
pub trait AsKey<K>: Hash {
    /// Whether it stands for that key.
    fn is_key(&self, key: &K) -> bool;
    /// The key that it stands for.
    fn to_key(&self) -> K;
}

impl<K, Q: AsKey<K> + ?Sized> AsKey<K> for &Q {
    #[inline]
    fn is_key(&self, key: &K) -> bool {
        (**self).is_key(key)
    }
    #[inline]
    fn to_key(&self) -> K {
        (**self).to_key()
    }
}

macro_rules! copied {
    ($($T:ident)*) => {$(
        impl AsKey<$T> for $T {
            #[inline]
            fn is_key(&self, key: &$T) -> bool {
                self == key
            }
            #[inline]
            fn to_key(&self) -> $T {
                *self
            }
        }
    )*};
}

copied! { i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize bool char }

macro_rules! owned {
    ($([$($T:ident)?] $Q:ty => $K:ty;)*) => {$(
        impl $(<$T: Hash + Eq + Clone>)? AsKey<$K> for $Q {
            #[inline]
            fn is_key(&self, key: &$K) -> bool {
                self[..] == key[..]
            }
            fn to_key(&self) -> $K {
                self[..].into()
            }
        }
    )*};
}

owned! {
    [] str => String;
    [] str => Box<str>;
    [] String => String;
    [] String => Box<str>;
    [T] [T] => Vec<T>;
    [T] [T] => Box<[T]>;
    [T] Vec<T> => Vec<T>;
    [T] Vec<T> => Box<[T]>;
}

impl<T: Hash + Eq + Clone, const N: usize> AsKey<[T; N]> for [T; N] {
    #[inline]
    fn is_key(&self, key: &[T; N]) -> bool {
        self == key
    }
    fn to_key(&self) -> [T; N] {
        self.clone()
    }
}

macro_rules! tuples {
    ($(($($Q:ident $K:ident $i:tt),+))*) => {$(
        impl<$($Q: AsKey<$K>, $K),+> AsKey<($($K,)+)> for ($($Q,)+) {
            #[inline]
            fn is_key(&self, key: &($($K,)+)) -> bool {
                $(self.$i.is_key(&key.$i))&&+
            }
            fn to_key(&self) -> ($($K,)+) {
                ($(self.$i.to_key(),)+)
            }
        }
    )*};
}

tuples! {
    (A KA 0)
    (A KA 0, B KB 1)
    (A KA 0, B KB 1, C KC 2)
    (A KA 0, B KB 1, C KC 2, D KD 3)
    (A KA 0, B KB 1, C KC 2, D KD 3, E KE 4)
    (A KA 0, B KB 1, C KC 2, D KD 3, E KE 4, F KF 5)
}
