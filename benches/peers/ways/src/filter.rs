//! Words that name what to look at.

use crate::contest::Way;
use crate::operations::{columns, streams};
use lanefold::Backend;

const TYPES: [&str; 6] = ["f32", "f64", "i32", "i64", "u8", "u64"];

/// Ways that are neither `lanefold` nor a backend.
const PEERS: [&str; 17] = [
    "plain",
    "argminmax",
    "arrow",
    "average",
    "datasketches",
    "ddsketch",
    "hdrhistogram",
    "lanes",
    "ndarray",
    "ndhistogram",
    "numkong",
    "polars",
    "select_nth",
    "statrs",
    "std",
    "tdigest",
    "xsum",
];

/// Costs over sizes and settings, which is more than rows of the table.
const SCALING: &str = "scaling";
/// The same of several threads.
const THREADS: &str = "threads";

/// Names to look at; none of a kind stands for all of that kind.
#[derive(Debug, Default)]
pub struct Filter {
    operations: Vec<String>,
    types: Vec<String>,
    sizes: Vec<usize>,
    ways: Vec<String>,
}

impl Filter {
    /// The filter of these words, or what to say of the first that names nothing.
    pub fn new(words: &[String]) -> Result<Self, String> {
        let mut filter = Self::default();
        let operations = || {
            let streams = streams::OPERATIONS.iter().map(|(operation, _)| *operation);
            columns::OPERATIONS.into_iter().chain(streams).chain([SCALING, THREADS])
        };
        for word in words {
            if operations().any(|operation| operation == word) {
                filter.operations.push(word.clone());
            } else if TYPES.contains(&word.as_str()) {
                filter.types.push(word.clone());
            } else if PEERS.contains(&word.as_str()) || Backend::from_name(word).is_ok() {
                filter.ways.push(word.clone());
            } else if let Ok(size @ 2..) = word.replace('_', "").parse() {
                filter.sizes.push(size);
            } else {
                let operations: Vec<&str> = operations().collect();
                return Err(format!(
                    "nothing is named {word:?}; names are\n{}\n{}\n{}\nbackends, and numbers from 2 on",
                    operations.join(" "),
                    TYPES.join(" "),
                    PEERS.join(" ")
                ));
            }
        }
        Ok(filter)
    }

    /// Whether rows of an operation and a type are wanted.
    pub fn takes(&self, operation: &str, element: &str) -> bool {
        let is_in = |names: &[String], name| names.is_empty() || names.iter().any(|n| n == name);
        is_in(&self.operations, operation) && is_in(&self.types, element)
    }

    /// Whether costs over sizes and settings are wanted.
    pub fn scaling(&self) -> bool {
        self.takes_all_of(SCALING)
    }

    /// Whether what threads gain is wanted.
    pub fn threads(&self) -> bool {
        self.takes_all_of(THREADS)
    }

    fn takes_all_of(&self, operation: &str) -> bool {
        let none = self.types.is_empty() && self.sizes.is_empty() && self.ways.is_empty();
        none && self.takes(operation, "f64")
    }

    /// Whether a way is run. A name of a peer stands for all of its forms, and a backend
    /// for `lanefold` on it.
    pub fn takes_way(&self, way: &Way) -> bool {
        let name = match way {
            Way::Best | Way::Read(_) => return true,
            Way::On(backend) => backend.name(),
            Way::Peer(name) => name.split('/').next().unwrap_or(name),
        };
        self.ways.is_empty() || self.ways.iter().any(|way| way == name)
    }

    pub fn sizes(&self, all: &[usize]) -> Vec<usize> {
        if self.sizes.is_empty() { all.to_vec() } else { self.sizes.clone() }
    }
}
