//! Everything that is kept of the input: for each series, field and window a
//! group of numbers, in the order in which they were read.
//!
//! Numbers first wait in two columns, one of groups, one of values. When these
//! are full, `Grouped` puts the numbers of each group together.

use std::collections::{BTreeMap, HashMap};

use influxdb_line_protocol as protocol;
use influxdb_line_protocol::FieldValue;
use lanefold::Grouped;
use wildmatch::WildMatch;

use crate::parse::Point;
use crate::statistics::Method;

/// Numbers of a batch: as many as `Grouped` takes at once.
const BATCH: usize = 1 << 15;

/// The numbers of all series.
pub(crate) struct Store {
    groups: Grouped<Method, f64>,
    /// Groups that there are, once the batch is taken in.
    known: u32,
    /// The batch: the groups, and the numbers.
    ids: Vec<u32>,
    numbers: Vec<f64>,
    /// Whether to keep each number with its time, for a picture.
    keep_samples: bool,
    /// From a series as written, in any order of its tags, to its place in
    /// `series`. Looked up by the text of the line, so that only the first
    /// sight of a spelling allocates. (Never iterated: its order is random.)
    spellings: HashMap<String, usize>,
    /// From a series' name to its place. Not the same map, for the name of one
    /// series may be how another is written: in names, `\\` is a `\`.
    names: HashMap<String, usize>,
    series: Vec<Series>,
    pub(crate) skipped: Skipped,
    /// Integers that no float equals; the column holds their neighbour.
    pub(crate) rounded: u64,
}

/// Values that are not numbers.
#[derive(Default)]
pub(crate) struct Skipped {
    pub(crate) strings: u64,
    pub(crate) booleans: u64,
}

/// A series and its numeric fields.
pub(crate) struct Series {
    /// Measurement and tags, sorted by key.
    pub(crate) name: String,
    pub(crate) columns: Vec<Column>,
    places: HashMap<String, usize>,
}

/// The numbers of one field.
pub(crate) struct Column {
    pub(crate) field: String,
    /// Their group, by the number of the window.
    pub(crate) windows: BTreeMap<i64, u32>,
    /// The window of the last number, which is that of the next as a rule, and its group.
    last: Option<(i64, u32)>,
    /// All of them in the order read, if they are for a picture.
    pub(crate) samples: Vec<Sample>,
}

/// A number and its time, in nanoseconds since 1970.
pub(crate) struct Sample {
    pub(crate) time: Option<i64>,
    pub(crate) value: f64,
}

impl Store {
    pub(crate) fn new(method: Method, keep_samples: bool) -> Self {
        Self {
            groups: Grouped::on(method.backend, method),
            known: 0,
            ids: Vec::with_capacity(BATCH),
            numbers: Vec::with_capacity(BATCH),
            keep_samples,
            spellings: HashMap::new(),
            names: HashMap::new(),
            series: Vec::new(),
            skipped: Skipped::default(),
            rounded: 0,
        }
    }

    /// Adds the fields of a point to one window.
    pub(crate) fn add(&mut self, point: Point, window: i64) {
        // No batch is longer than `Grouped` takes in one piece, unless a point is.
        if self.ids.len() + point.line.field_set.len() > BATCH {
            self.take_in();
        }
        let place = self.place_of(point.series, point.line.series);
        let series = &mut self.series[place];
        let mut position = 0;
        for (key, value) in &point.line.field_set {
            let number = match *value {
                FieldValue::F64(number) => number,
                FieldValue::I64(integer) => nearest(integer.into(), &mut self.rounded),
                FieldValue::U64(integer) => nearest(integer.into(), &mut self.rounded),
                FieldValue::String(_) => {
                    self.skipped.strings += 1;
                    continue;
                }
                FieldValue::Boolean(_) => {
                    self.skipped.booleans += 1;
                    continue;
                }
            };
            let column = series.column(key, position);
            self.ids.push(column.group(window, &mut self.known));
            self.numbers.push(number);
            if self.keep_samples {
                column.samples.push(Sample { time: point.line.timestamp, value: number });
            }
            position += 1;
        }
    }

    /// Takes in the batch.
    fn take_in(&mut self) {
        self.groups.resize(self.known as usize);
        self.groups.update(&self.ids, &self.numbers).expect("there are all groups");
        self.ids.clear();
        self.numbers.clear();
    }

    /// The number of series, those without a number included.
    pub(crate) fn series_count(&self) -> usize {
        self.series.len()
    }

    /// The series whose names match a pattern, sorted by name, their columns sorted by
    /// field; all names with the escapes of line protocol. And the groups.
    pub(crate) fn into_sorted(
        mut self,
        pattern: Option<&WildMatch>,
    ) -> (Vec<Series>, Grouped<Method, f64>) {
        self.take_in();
        let mut all = self.series;
        all.retain(|series| pattern.is_none_or(|pattern| pattern.matches(&series.name)));
        all.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        for series in &mut all {
            for column in &mut series.columns {
                column.field = escaped(&column.field);
            }
            series.columns.sort_unstable_by(|a, b| a.field.cmp(&b.field));
        }
        (all, self.groups)
    }

    fn place_of(&mut self, written: &str, mut series: protocol::Series) -> usize {
        if let Some(&place) = self.spellings.get(written) {
            return place;
        }
        if let Some(tags) = &mut series.tag_set {
            tags.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        }
        // One spelling for all: the library escapes the delimiters.
        let name = series.to_string();
        let place = if let Some(&place) = self.names.get(&name) {
            place
        } else {
            let place = self.series.len();
            self.series.push(Series::new(name.clone()));
            self.names.insert(name, place);
            place
        };
        self.spellings.insert(written.to_owned(), place);
        place
    }
}

/// The float next to a 64-bit integer; counts in `rounded` if they differ.
#[expect(clippy::cast_precision_loss, reason = "what is lost is counted")]
#[expect(clippy::cast_possible_truncation, reason = "at most 2^64, a whole number")]
fn nearest(integer: i128, rounded: &mut u64) -> f64 {
    let number = integer as f64;
    *rounded += u64::from(number as i128 != integer);
    number
}

/// A field's key as it is written. The library does this for whole lines only.
fn escaped(key: &str) -> String {
    let key = key.replace(',', r"\,").replace('=', r"\=");
    key.replace(' ', r"\ ")
}

impl Series {
    fn new(name: String) -> Self {
        Self { name, columns: Vec::new(), places: HashMap::new() }
    }

    /// The column of a field. The points of a series mostly list the same
    /// fields in the same order, so the `position` among the point's numbers
    /// is tried before the map.
    fn column(&mut self, field: &str, position: usize) -> &mut Column {
        let place = match self.columns.get(position) {
            Some(column) if column.field == field => position,
            _ => match self.places.get(field) {
                Some(&place) => place,
                None => self.add_column(field),
            },
        };
        &mut self.columns[place]
    }

    fn add_column(&mut self, field: &str) -> usize {
        let place = self.columns.len();
        self.places.insert(field.to_owned(), place);
        self.columns.push(Column {
            field: field.to_owned(),
            windows: BTreeMap::new(),
            last: None,
            samples: Vec::new(),
        });
        place
    }
}

impl Column {
    /// The group of a window; a new one is the next of those that are `known`.
    fn group(&mut self, window: i64, known: &mut u32) -> u32 {
        match self.last {
            Some((last, group)) if last == window => group,
            _ => {
                let group = *self.windows.entry(window).or_insert_with(|| {
                    *known += 1;
                    *known - 1
                });
                self.last = Some((window, group));
                group
            }
        }
    }
}
