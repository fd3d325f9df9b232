//! How the fields of a form are stored.

use crate::integer::Wide;
#[cfg(feature = "alloc")]
use alloc::vec::Vec;
use core::fmt::{self, Debug, Write};
use core::marker::PhantomData;
use serde_core::de::{DeserializeOwned, Error};
use serde_core::ser::Serialize;

/// How a value is stored as a field.
pub(crate) trait Form {
    type Value;
    /// What a format is handed.
    type Stored: Serialize + DeserializeOwned;

    fn store(value: &Self::Value) -> Self::Stored;
    fn read<E: Error>(stored: Self::Stored, field: &'static str) -> Result<Self::Value, E>;
}

/// Something that has a form of its own.
pub(crate) struct Itself<T>(PhantomData<T>);

impl<T: Serialize + DeserializeOwned + Clone> Form for Itself<T> {
    type Value = T;
    type Stored = T;

    fn store(value: &T) -> T {
        value.clone()
    }
    fn read<E: Error>(stored: T, _: &'static str) -> Result<T, E> {
        Ok(stored)
    }
}

/// One, or none.
pub(crate) struct Maybe<F>(PhantomData<F>);

impl<F: Form> Form for Maybe<F> {
    type Value = Option<F::Value>;
    type Stored = Option<F::Stored>;

    fn store(value: &Self::Value) -> Self::Stored {
        value.as_ref().map(F::store)
    }
    fn read<E: Error>(stored: Self::Stored, field: &'static str) -> Result<Self::Value, E> {
        stored.map(|stored| F::read(stored, field)).transpose()
    }
}

/// As many as there are. A format's word on how many these will be is trusted for a megabyte at
/// most; beyond, memory is taken as they come.
#[cfg(feature = "alloc")]
pub(crate) struct List<F>(PhantomData<F>);

#[cfg(feature = "alloc")]
impl<F: Form> Form for List<F> {
    type Value = Vec<F::Value>;
    type Stored = Vec<F::Stored>;

    fn store(values: &Self::Value) -> Self::Stored {
        values.iter().map(F::store).collect()
    }
    fn read<E: Error>(stored: Self::Stored, field: &'static str) -> Result<Self::Value, E> {
        stored.into_iter().map(|stored| F::read(stored, field)).collect()
    }
}

/// More rows than any partial has that is promised a result.
pub(crate) const TOO_MANY: u64 = 1 << 63;

/// A number of rows.
pub(crate) struct Rows;

impl Form for Rows {
    type Value = u64;
    type Stored = u64;

    fn store(value: &u64) -> u64 {
        *value
    }
    fn read<E: Error>(stored: u64, field: &'static str) -> Result<u64, E> {
        if stored >= TOO_MANY {
            return Err(impossible(field, &stored, "partials have fewer than 2⁶³ rows"));
        }
        Ok(stored)
    }
}

/// A row, or a number of rows, in memory.
pub(crate) struct Index;

impl Form for Index {
    type Value = usize;
    type Stored = u64;

    fn store(value: &usize) -> u64 {
        *value as u64
    }
    fn read<E: Error>(stored: u64, field: &'static str) -> Result<usize, E> {
        let rows = Rows::read(stored, field)?;
        rows.try_into().map_err(|_| impossible(field, &stored, "beyond the addresses of this CPU"))
    }
}

/// The one NaN, or any other number.
pub(crate) struct Real;

impl Form for Real {
    type Value = f64;
    type Stored = u64;

    fn store(value: &f64) -> u64 {
        crate::sum::canonical(*value).to_bits()
    }
    fn read<E: Error>(stored: u64, field: &'static str) -> Result<f64, E> {
        let value = f64::from_bits(stored);
        if Self::store(&value) != stored {
            return Err(impossible(field, &stored, "not the bits of the one NaN"));
        }
        Ok(value)
    }
}

/// A value of a column, to the last bit.
pub(crate) struct Bits<T>(PhantomData<T>);

impl<T: Element> Form for Bits<T> {
    type Value = T;
    type Stored = T::Stored;

    fn store(value: &T) -> T::Stored {
        value.store()
    }
    fn read<E: Error>(stored: T::Stored, _: &'static str) -> Result<T, E> {
        Ok(T::of_stored(stored))
    }
}

/// A number type, as [`Bits`] stores it.
pub trait Element: Copy + Debug {
    /// The integer.
    type Stored: Serialize + DeserializeOwned;

    /// As an integer.
    fn store(self) -> Self::Stored;
    /// From that integer.
    fn of_stored(stored: Self::Stored) -> Self;
}

macro_rules! elements {
    (integers $($T:ident)*; floats $($F:ident $Stored:ident)*) => {
        $(impl Element for $T {
            type Stored = $T;

            fn store(self) -> $T {
                self
            }
            fn of_stored(stored: $T) -> $T {
                stored
            }
        })*
        $(impl Element for $F {
            type Stored = $Stored;

            fn store(self) -> $Stored {
                self.to_bits()
            }
            fn of_stored(stored: $Stored) -> $F {
                $F::from_bits(stored)
            }
        })*
    };
}

elements! { integers i8 i16 i32 i64 u8 u16 u32 u64; floats f32 u32 f64 u64 }

/// An integer of 128 bits.
pub(crate) struct Words;

impl Form for Words {
    type Value = i128;
    type Stored = (u64, u64);

    #[allow(clippy::cast_possible_truncation, reason = "each word is cut out")]
    fn store(value: &i128) -> (u64, u64) {
        let bits = value.cast_unsigned();
        (bits as u64, (bits >> 64) as u64)
    }
    fn read<E: Error>((low, high): (u64, u64), _: &'static str) -> Result<i128, E> {
        Ok(i128::from(high.cast_signed()) << 64 | i128::from(low))
    }
}

/// An integer of 192 bits.
pub(crate) struct WideWords;

impl Form for WideWords {
    type Value = Wide;
    type Stored = (u64, u64, u64);

    fn store(value: &Wide) -> Self::Stored {
        value.words().into()
    }
    fn read<E: Error>(stored: Self::Stored, _: &'static str) -> Result<Wide, E> {
        Ok(Wide::of_words(stored.into()))
    }
}

/// A total that tells of how many rows it can be.
pub trait Possible {
    /// Whether so many rows can have it.
    fn is_of(&self, rows: u64) -> bool;
}

/// The error for a value that no column gives.
#[cold]
pub(crate) fn impossible<E: Error>(field: &str, value: &dyn Debug, why: &str) -> E {
    E::custom(format_args!("impossible {field}: {} ({why})", Brief(value)))
}

/// The beginning of what a value shows: lists can be long.
struct Brief<'a>(&'a dyn Debug);

impl fmt::Display for Brief<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        /// Passes on so many bytes.
        struct Cut<'a, 'b> {
            to: &'a mut fmt::Formatter<'b>,
            left: usize,
        }

        impl Write for Cut<'_, '_> {
            fn write_str(&mut self, s: &str) -> fmt::Result {
                self.left = self.left.checked_sub(s.len()).ok_or(fmt::Error)?;
                self.to.write_str(s)
            }
        }

        let mut cut = Cut { to: f, left: 400 };
        // An error says that there is more.
        if write!(cut, "{:?}", self.0).is_err() { f.write_str("...") } else { Ok(()) }
    }
}

/// Whether `rest` is not what a number can have rounded away.
pub(crate) fn is_no_rest(number: f64, rest: f64) -> bool {
    if number.is_finite() { !rest.is_finite() } else { !rest.is_nan() && !is_zero(rest) }
}

/// Whether a number is `+0.0`.
pub(crate) fn is_zero(x: f64) -> bool {
    x.to_bits() == 0
}
