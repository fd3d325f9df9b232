//! Partials that are stored: their form, and what is refused (feature `serde`).
//!
//! # The form
//!
//! A partial is a struct of named fields, of which the first is its version, `v`. JSON shows
//! the names; a binary format has the values alone, in this order. What the fields are:
//!
//! | in the form | what it is | stored as |
//! | --- | --- | --- |
//! | `Rows` | a number of rows, below 2⁶³ | `u64` |
//! | `Index` | a row, or rows, in memory | `u64` |
//! | `Real` | a statistic in `f64` | its bits, `u64`; there is one NaN |
//! | `Bits<T>` | a value of a column | an integer itself; of a float the bits, `u32` or `u64` |
//! | `Words`, `WideWords` | an integer of 128 or 192 bits | 2 or 3 words `u64`, lowest first, in two's complement |
//! | `Itself<T>` | anything of a form of its own: `bool`, `u8`, a partial | that |
//! | `Maybe<F>` | one of these, or none | an option |
//! | `List<F>` | as many of these as there are (feature `alloc`) | a sequence |
//!
//! 1. Floats are stored as integers, so that each bit survives: JSON has no NaN and no
//!    infinities, and its readers differ in the last digit of the rest.
//! 2. No integer is wider than 64 bits, which every format takes. (Programs that read a
//!    JSON number as `f64`, as JavaScript does, lose digits of these.)
//! 3. There are no bytes in the form, so none in an order: the format writes integers.
//! 4. A statistic that is NaN is stored as the one NaN, for which bits an operation gives it
//!    depends on the CPU. Values of a column keep theirs: `TotalOrder` compares them.
//!
//! Equal columns, in equal cuts, have equal forms on every backend.
//!
//! # What is refused
//!
//! Reading accepts what some column gives, as far as one partial tells, and nothing else.
//! Each type lists beside it what it refuses, and why: a count of zero with a sum that is
//! not, a negative sum of squares, a least value above the greatest, a row beyond the last.
//! The error names the field and shows the value. So do fields that are missing, unknown or
//! there twice. What is accepted neither panics in the end, nor is stored in another form.
//! A partial that is read takes memory in proportion to its form, whatever that says of
//! lengths, capacities and indices; and so does an error, which shows where a list begins.
//!
//! Whether a partial is of the same aggregate cannot be told where forms are alike: that of
//! `Min` is that of `Max`.
//!
//! # Versions
//!
//! A form that changes gets the next version. Its reader takes all before it, too, and
//! writes the newest; one that is not known is an error that names it. Forms inside forms
//! have versions of their own, so a change of one is no change of the other. A form changes
//! where a field does, or its meaning: the order of float additions does not matter here.
//!
//! The version is written first, and so looked at before any other field is read. (Where
//! something sorts the names of a JSON object, it is looked at where it comes, and a field that
//! only another version has may be the error.)
//!
//! # A partial of one's own
//!
//! Beside the type stands one invocation of `stored!`. It names the form, how each field is
//! stored and where its value comes from, what is refused, and how the fields make the type:
//!
//! ```text
//! stored! {
//!     [T: Element] Bounds<T> as "Bounds" |it| {
//!         v = 1,
//!         count: Rows = it.count,
//!         least: Maybe<Bits<T>> = it.least,
//!     }
//!     refuses {
//!         least if least.is_some() != (count > 0), "there is one where there are rows";
//!     }
//!     => Bounds { count, least }
//! }
//! ```
//!
//! Generic parameters are in brackets, if there are any. In the conditions, and at the end,
//! the names of the fields are their values. Conditions are tried in order, and what one
//! refuses the next need not look at. The names of the table, `Element`,
//! `is_zero` and `is_no_rest` are in scope. Other forms are types that implement `Form`, or
//! `Serialize` and `Deserialize`, as the words of an exact sum. Without the feature the
//! invocation is nothing, so functions that conditions alone call are under the feature, too.
//!
//! Then the aggregate joins the tests in `tests/serde`: `trips`, and each condition `refused`.

#[cfg(feature = "serde")]
pub(crate) mod form;
#[cfg(feature = "serde")]
pub(crate) mod read;

/// Implements `Serialize` and `Deserialize`; the module's essay has the grammar.
#[cfg(feature = "serde")]
macro_rules! stored {
    ($Type:ident as $($rest:tt)*) => {
        $crate::stored::stored! { [] $Type as $($rest)* }
    };
    (
        [$($generics:tt)*] $Type:ty as $name:literal |$it:ident| {
            v = $version:literal,
            $($field:ident: $Form:ty = $value:expr,)+
        }
        $(refuses { $($at:ident if $refused:expr, $why:literal;)+ })?
        => $make:expr
    ) => {
        const _: () = {
            #[allow(unused_imports, reason = "what a form does not need")]
            use $crate::stored::form::{
                Bits, Element, Form, Index, Itself, Maybe, Possible, Real, Rows, TOO_MANY, WideWords,
                Words, impossible, is_no_rest, is_zero,
            };
            #[cfg(feature = "alloc")]
            #[allow(unused_imports, reason = "as above")]
            use $crate::stored::form::List;
            use $crate::stored::read::{Name, Reader, known, next, once};
            use core::fmt;
            use core::marker::PhantomData;
            use serde_core::de::{self, Deserialize, Deserializer, Error as _};
            use serde_core::ser::{Serialize, SerializeStruct, Serializer};

            const NAMES: &[&str] = &["v", $(stringify!($field)),+];

            impl<$($generics)*> Serialize for $Type {
                fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    let $it = self;
                    let mut form = serializer.serialize_struct($name, NAMES.len())?;
                    form.serialize_field("v", &($version as u8))?;
                    $(form.serialize_field(
                        stringify!($field),
                        &<$Form as Form>::store(&$value),
                    )?;)+
                    form.end()
                }
            }

            impl<'de, $($generics)*> Deserialize<'de> for $Type {
                fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    deserializer.deserialize_struct($name, NAMES, Reader::<Self>(PhantomData))
                }
            }

            impl<$($generics)*> Reader<$Type> {
                /// What the fields make, if a column can.
                fn make<E: de::Error>(
                    ($($field,)+): ($(<$Form as Form>::Stored,)+),
                ) -> Result<$Type, E> {
                    $(let $field = <$Form as Form>::read::<E>($field, stringify!($field))?;)+
                    $($(if $refused {
                        return Err(impossible(stringify!($at), &$at, $why));
                    })+)?
                    Ok($make)
                }
            }

            impl<'de, $($generics)*> de::Visitor<'de> for Reader<$Type> {
                type Value = $Type;

                fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str(concat!("the partial ", $name))
                }
                fn visit_seq<A: de::SeqAccess<'de>>(
                    self,
                    mut values: A,
                ) -> Result<$Type, A::Error> {
                    known::<A::Error>(next(&mut values, "v")?, $version)?;
                    Self::make(($(next(&mut values, stringify!($field))?,)+))
                }
                fn visit_map<A: de::MapAccess<'de>>(
                    self,
                    mut map: A,
                ) -> Result<$Type, A::Error> {
                    let mut version = None;
                    $(let mut $field = None;)+
                    while let Some(name) = map.next_key_seed(Name(NAMES))? {
                        if name == "v" {
                            once(&mut version, &mut map, name)?;
                            known::<A::Error>(version.unwrap_or_default(), $version)?;
                        }
                        $(if name == stringify!($field) {
                            once(&mut $field, &mut map, name)?;
                        })+
                    }
                    let missing = A::Error::missing_field;
                    version.ok_or_else(|| missing("v"))?;
                    Self::make(($($field.ok_or_else(|| missing(stringify!($field)))?,)+))
                }
            }
        };
    };
}

/// Without the feature, nothing.
#[cfg(not(feature = "serde"))]
macro_rules! stored {
    ($($form:tt)*) => {};
}

pub(crate) use stored;
