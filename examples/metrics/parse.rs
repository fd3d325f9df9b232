//! One line of `InfluxDB` line protocol, read by `influxdb-line-protocol`.
//!
//! The library knows the grammar. Here is what it leaves out: bytes that are no
//! text, names and numbers it reads though the protocol has none like them, and
//! messages that show what is wrong, at bounded length.

use influxdb_line_protocol::{Error, EscapedStr, FieldValue, ParsedLine, parse_lines};

/// What a line holds, borrowed from it.
pub(crate) struct Point<'a> {
    /// Measurement and tags as written.
    pub(crate) series: &'a str,
    pub(crate) line: ParsedLine<'a>,
}

/// Reads one line that is neither blank nor a comment, or says why it cannot.
pub(crate) fn point(line: &[u8]) -> Result<Point<'_>, String> {
    // The library takes NUL bytes; blocks of them are what a crash leaves in a log.
    if let Some(at) = line.iter().position(|&byte| byte == 0) {
        return Err(format!("NUL byte at byte {}", at + 1));
    }
    let text = std::str::from_utf8(line)
        .map_err(|error| format!("invalid UTF-8 at byte {}", error.valid_up_to() + 1))?
        .trim_ascii(); // the library takes a blank at the end for a mistake
    let line = parse(text)?;

    // The library lets an unescaped `,` into keys and a `=` into tag values. As
    // it also resolves escapes, a hit is tried again without the escaped ones.
    if unescaped(&line).is_some() {
        let masked = text.replace(r"\\", "__").replace(r"\,", "__");
        if let Some(name) = unescaped(&parse(&masked.replace(r"\=", "__"))?) {
            return Err(format!("unescaped ',' or '=' in {}", quoted(name)));
        }
    }
    // The library takes a comma after the only field, be it before a timestamp.
    let before_numbers = text.trim_end_matches(|c: char| c.is_ascii_digit() || " -".contains(c));
    if before_numbers.ends_with(',') {
        return Err("no field after the last ','".to_owned());
    }
    // The library takes a key twice; there is no telling which one was meant.
    let tags = line.series.tag_set.iter().flatten();
    unique("tag", tags.map(|(key, _)| key))?;
    unique("field", line.field_set.iter().map(|(key, _)| key))?;
    // The library takes `1e400` for infinity.
    let infinite = |value: &FieldValue| matches!(value, FieldValue::F64(x) if !x.is_finite());
    if let Some((key, _)) = line.field_set.iter().find(|(_, value)| infinite(value)) {
        let field = format!("{key}={}", too_great(split_series(text).1));
        return Err(format!("field {} is beyond 64-bit floats", quoted(&field)));
    }
    let series = split_series(text).0;
    Ok(Point { series, line })
}

/// Hands one line to the library, which would split it further only at a `\n`.
fn parse(text: &str) -> Result<ParsedLine<'_>, String> {
    let parsed = parse_lines(text).next().ok_or("no point")?;
    parsed.map_err(|error| reason(text, error))
}

fn reason(text: &str, error: Error) -> String {
    let (series, fields) = split_series(text);
    match error {
        Error::FieldSetMissing => format!("malformed field {}", quoted(fields)),
        Error::GenericParsingError { .. } if fields.is_empty() => {
            format!("no fields after {}", quoted(series))
        }
        Error::GenericParsingError { .. }
        | Error::TagSetMalformed
        | Error::MeasurementValueInvalid => format!("malformed series {}", quoted(series)),
        Error::IntegerValueInvalid { value, .. }
        | Error::UIntegerValueInvalid { value, .. }
        | Error::TimestampValueInvalid { value, .. } => {
            format!("{} is beyond 64-bit integers", quoted(&value))
        }
        Error::CannotParseEntireLine { trailing_content } => {
            let read = text.strip_suffix(&trailing_content).unwrap_or(text);
            let mut read = read.rsplit([',', ' ']).skip_while(|part| part.is_empty());
            let last = quoted(read.next().unwrap_or_default());
            format!("unexpected {} after {last}", quoted(&trailing_content))
        }
        other => other.to_string(),
    }
}

/// Splits at the first space that no backslash escapes, where a series ends.
fn split_series(text: &str) -> (&str, &str) {
    let mut escaped = false;
    let end = text.bytes().position(|byte| {
        let found = byte == b' ' && !escaped;
        escaped = byte == b'\\' && !escaped;
        found
    });
    let (series, rest) = text.split_at(end.unwrap_or(text.len()));
    (series, rest.trim_start_matches(' '))
}

/// The first float out of range among some fields, as it is written there; read, it is
/// no more than an infinity. (A string with such a text before it is taken for it.)
fn too_great(fields: &str) -> &str {
    let infinite = |text: &str| text.parse::<f64>().is_ok_and(f64::is_infinite);
    let mut texts = fields.split([',', ' ', '=']);
    texts.find(|text| text.contains(|c: char| c.is_ascii_digit()) && infinite(text)).unwrap_or("")
}

/// A name with a `,` or `=` in it that would have ended it, if unescaped.
fn unescaped<'a>(line: &'a ParsedLine) -> Option<&'a str> {
    let tags = line.series.tag_set.iter().flatten();
    let tags = tags.flat_map(|(key, value)| [(key, ','), (value, '=')]);
    let mut names = tags.chain(line.field_set.iter().map(|(key, _)| (key, ',')));
    names.find_map(|(name, end)| name.contains(end).then_some(name.as_str()))
}

fn unique<'a>(kind: &str, keys: impl Iterator<Item = &'a EscapedStr<'a>>) -> Result<(), String> {
    let mut keys: Vec<&str> = keys.map(EscapedStr::as_str).collect();
    keys.sort_unstable();
    match keys.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(format!("{kind} {} appears twice", quoted(pair[0]))),
        None => Ok(()),
    }
}

/// A piece of input for a message: quoted, printable, of bounded length.
fn quoted(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{:?}...", &text[..end]),
        None => format!("{text:?}"),
    }
}
