//! Reading lines of bounded length.
//!
//! [`BufRead::read_until`] alone would let one endless line grow the buffer
//! until memory runs out. [`Lines`] stops at [`MAX_LINE`] bytes, drops the rest
//! of such a line as it streams by, and goes on with the next one.

use std::io::{self, BufRead, ErrorKind, Read};

/// The longest line that is looked at, its line end not counted: 16 MiB.
///
/// `InfluxDB` caps a string value at 64 KiB, so a sound line is far shorter;
/// the bound only keeps a damaged or hostile input from filling memory.
pub(crate) const MAX_LINE: usize = 16 << 20;

/// What [`Lines::next`] found.
pub(crate) enum Line<'a> {
    /// A whole line without its line end (`\n` or `\r\n`).
    Text(&'a [u8]),
    /// A line beyond [`MAX_LINE`]; it was skipped and had this many bytes.
    TooLong(u64),
}

/// The lines of a reader, held one at a time in one reused buffer.
pub(crate) struct Lines<R> {
    reader: R,
    buffer: Vec<u8>,
    bytes: u64,
    cut: bool,
}

impl<R: BufRead> Lines<R> {
    pub(crate) fn new(reader: R) -> Self {
        Self { reader, buffer: Vec::new(), bytes: 0, cut: false }
    }

    /// Bytes read so far, line ends and skipped lines included.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Whether the input ended without a line end, as a cut file does.
    pub(crate) fn ended_in_a_line(&self) -> bool {
        self.cut
    }

    /// The next line, or `None` at the end of the input.
    pub(crate) fn next(&mut self) -> io::Result<Option<Line<'_>>> {
        self.buffer.clear();
        // Two bytes more than the bound: room for the longest line end, so a
        // line of exactly `MAX_LINE` bytes still comes out whole.
        let limit = MAX_LINE as u64 + 2;
        let read = (&mut self.reader).take(limit).read_until(b'\n', &mut self.buffer)?;
        if read == 0 {
            return Ok(None);
        }
        self.bytes += read as u64;

        let complete = self.buffer.ends_with(b"\n");
        if !complete && read as u64 == limit {
            let length = read as u64 + self.skip_rest_of_line()?;
            return Ok(Some(Line::TooLong(length)));
        }
        self.cut = !complete;

        let text = self.buffer.strip_suffix(b"\n").unwrap_or(&self.buffer);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        if text.len() > MAX_LINE {
            return Ok(Some(Line::TooLong(text.len() as u64)));
        }
        Ok(Some(Line::Text(text)))
    }

    /// Reads up to and including the next `\n` without storing anything;
    /// returns the number of bytes before it.
    fn skip_rest_of_line(&mut self) -> io::Result<u64> {
        let mut skipped = 0;
        loop {
            let chunk = match self.reader.fill_buf() {
                Ok(chunk) => chunk,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let line_end = chunk.iter().position(|&byte| byte == b'\n');
            let taken = line_end.map_or(chunk.len(), |end| end + 1);
            self.cut = chunk.is_empty();
            self.reader.consume(taken);
            self.bytes += taken as u64;
            if line_end.is_some() {
                return Ok(skipped + taken as u64 - 1);
            }
            skipped += taken as u64;
            if taken == 0 {
                return Ok(skipped);
            }
        }
    }
}
