//! Tumbling windows: spans of equal length, back to back, one of which starts
//! at 1970-01-01T00:00:00Z.

use std::str::FromStr;

use jiff::Timestamp;

/// The length of a window in nanoseconds, at least 1.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window(i64);

impl FromStr for Window {
    type Err = String;

    /// Reads a whole number and a unit, such as `500ms`. (The durations that
    /// `jiff` parses are a different language: `-1h 30m`, `PT5S`, `1.5 hours`.)
    fn from_str(text: &str) -> Result<Self, String> {
        let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, unit) = text.split_at(digits);
        let number: i64 = number
            .parse()
            .map_err(|_| "expected a whole number and a unit, such as 10s".to_owned())?;
        let nanoseconds: i64 = match unit {
            "ns" => 1,
            "us" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            _ => return Err("expected a unit of ns, us, ms, s, m or h".to_owned()),
        };
        match number.checked_mul(nanoseconds) {
            Some(0) => Err("a window cannot be empty".to_owned()),
            Some(length) => Ok(Self(length)),
            None => Err("longer than 64 bits of nanoseconds (292 years)".to_owned()),
        }
    }
}

impl Window {
    /// The number of the window that holds `timestamp`; window 0 starts at 1970.
    pub(crate) fn number_of(self, timestamp: i64) -> i64 {
        // `div_euclid` floors: -1 ns lies in the window that ends at 0, while
        // `/` would put it into the one that starts there.
        timestamp.div_euclid(self.0)
    }

    /// The start of a window: RFC 3339 in UTC, with as many decimals as needed.
    pub(crate) fn start_of(self, number: i64) -> String {
        // Wider than a timestamp, for the window of the first representable
        // nanosecond may start before it.
        let start = i128::from(number) * i128::from(self.0);
        // At most two times 292 years away from 1970, well within what
        // `Timestamp` covers; the fallback keeps this free of panics.
        Timestamp::from_nanosecond(start)
            .map_or_else(|_| format!("{start}ns"), |start| start.to_string())
    }
}
