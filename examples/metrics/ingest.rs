//! From a reader to the store: sorts every line into one of four kinds and
//! reports the malformed ones.

use std::fmt::Display;
use std::hint::black_box;
use std::io::{self, BufRead};

use crate::lines::{Line, Lines, MAX_LINE};
use crate::note;
use crate::parse;
use crate::store::Store;
use crate::window::Window;

/// How many malformed lines are reported one by one.
const SHOWN: u64 = 10;

/// What some programs put before a file to say that it is UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// What became of the lines. Each is counted in `lines` and in exactly one of
/// the four kinds.
#[derive(Default)]
pub(crate) struct Tally {
    pub(crate) lines: u64,
    pub(crate) aggregated: u64,
    pub(crate) blank: u64,
    pub(crate) comment: u64,
    pub(crate) rejected: u64,
    pub(crate) bytes: u64,
}

/// Reads `input` to its end into `store`, if there is one; `name` stands for it in reports.
pub(crate) fn ingest(
    input: impl BufRead,
    name: &dyn Display,
    window: Option<Window>,
    mut store: Option<&mut Store>,
) -> io::Result<Tally> {
    let mut tally = Tally::default();
    let mut lines = Lines::new(input);
    while let Some(line) = lines.next()? {
        tally.lines += 1;
        let outcome = match line {
            Line::TooLong(length) => Err(format!("line of {length} bytes, more than {MAX_LINE}")),
            Line::Text(text) => {
                let text = match text.strip_prefix(BYTE_ORDER_MARK) {
                    Some(rest) if tally.lines == 1 => rest,
                    _ => text,
                };
                // Looked at before the text is: a comment may hold any bytes.
                match text.trim_ascii_start().first() {
                    None => {
                        tally.blank += 1;
                        continue;
                    }
                    Some(b'#') => {
                        tally.comment += 1;
                        continue;
                    }
                    Some(_) => add(text, window, store.as_deref_mut()),
                }
            }
        };
        match outcome {
            Ok(()) => tally.aggregated += 1,
            Err(reason) => {
                tally.rejected += 1;
                if tally.rejected <= SHOWN {
                    note(format_args!("{name}:{}: {reason}", tally.lines));
                }
            }
        }
    }
    tally.bytes = lines.bytes();

    if tally.rejected > SHOWN {
        let more = tally.rejected - SHOWN;
        note(format_args!("{name}: {more} more malformed lines"));
    }
    if lines.ended_in_a_line() {
        // A cut number may still be a number, so the last value is suspect
        // even if its line could be read.
        note(format_args!(
            "{name}:{}: note: no line end, the input may have been cut here",
            tally.lines
        ));
    }
    debug_assert_eq!(tally.lines, tally.aggregated + tally.blank + tally.comment + tally.rejected);
    Ok(tally)
}

fn add(text: &[u8], window: Option<Window>, store: Option<&mut Store>) -> Result<(), String> {
    let point = parse::point(text)?;
    let Some(store) = store else {
        black_box(&point);
        return Ok(());
    };
    let number = match (window, point.line.timestamp) {
        (None, _) => 0, // one window for all
        (Some(window), Some(timestamp)) => window.number_of(timestamp),
        (Some(_), None) => return Err("no timestamp, and so no window".to_owned()),
    };
    store.add(point, number);
    Ok(())
}
