//! Reading structs of named fields.

use core::fmt;
use core::marker::PhantomData;
use serde_core::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Unexpected, Visitor,
};

/// Reads the form of a `T`.
pub(crate) struct Reader<T>(pub(crate) PhantomData<T>);

/// Reads the name of one of these fields.
pub(crate) struct Name(pub(crate) &'static [&'static str]);

impl<'de> DeserializeSeed<'de> for Name {
    type Value = &'static str;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<&'static str, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Name {
    type Value = &'static str;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field")
    }
    fn visit_u64<E: Error>(self, at: u64) -> Result<&'static str, E> {
        let name = usize::try_from(at).ok().and_then(|at| self.0.get(at));
        name.copied().ok_or_else(|| E::invalid_value(Unexpected::Unsigned(at), &self))
    }
    fn visit_str<E: Error>(self, name: &str) -> Result<&'static str, E> {
        let known = self.0.iter().find(|&&known| known == name);
        known.copied().ok_or_else(|| E::unknown_field(name, self.0))
    }
    fn visit_bytes<E: Error>(self, name: &[u8]) -> Result<&'static str, E> {
        let known = self.0.iter().find(|known| known.as_bytes() == name);
        known.copied().ok_or_else(|| E::invalid_value(Unexpected::Bytes(name), &self))
    }
}

/// The next value of a form without names.
pub(crate) fn next<'de, V: Deserialize<'de>, A: SeqAccess<'de>>(
    values: &mut A,
    field: &'static str,
) -> Result<V, A::Error> {
    values.next_element()?.ok_or_else(|| A::Error::missing_field(field))
}

/// The value after a name, which must not have come before.
pub(crate) fn once<'de, V: Deserialize<'de>, A: MapAccess<'de>>(
    into: &mut Option<V>,
    map: &mut A,
    field: &'static str,
) -> Result<(), A::Error> {
    if into.is_some() {
        return Err(A::Error::duplicate_field(field));
    }
    *into = Some(map.next_value()?);
    Ok(())
}

/// An error unless the version is known.
pub(crate) fn known<E: Error>(version: u8, newest: u8) -> Result<(), E> {
    if version == newest {
        return Ok(());
    }
    Err(E::custom(format_args!("unknown version v: {version} (known is {newest})")))
}
