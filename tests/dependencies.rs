//! Law: whoever takes this crate takes few others, and none that was not meant.
//!
//! A dependency comes with a line in Cargo.toml, and with it come its own. The list of all of
//! them, for each set of features, stands here: one that grows fails, wherever it grew.

use std::collections::BTreeSet;
use std::process::Command;

/// Without features, on x86-64.
const CORE: [&str; 3] = ["cfg-if", "cpufeatures", "libm"];
/// What the feature `alloc` adds, and with it the default features.
const ALLOC: [&str; 3] = ["foldhash", "hashbrown", "smallvec"];
/// What `rayon` is made of.
const RAYON: [&str; 6] =
    ["rayon", "rayon-core", "either", "crossbeam-deque", "crossbeam-epoch", "crossbeam-utils"];

/// The crates that are compiled into the library, itself left out.
fn crates(features: &[&str]) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--edges", "normal", "--prefix", "none"])
        .args(["--format", "{p}", "--target", "x86_64-unknown-linux-gnu"])
        .args(["--manifest-path", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")])
        .args(features)
        .output()
        .expect("cargo");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let text = String::from_utf8(output.stdout).expect("names of crates");
    let names = text.lines().filter_map(|line| line.split(' ').next());
    let mut names: BTreeSet<String> = names.map(str::to_owned).collect();
    assert!(names.remove("lanefold"), "{names:?}");
    names
}

/// Fails unless the features bring these crates, and no other.
fn brings(features: &[&str], parts: &[&[&str]]) {
    let wanted: BTreeSet<String> = parts.concat().into_iter().map(str::to_owned).collect();
    assert_eq!(crates(features), wanted, "dependencies of {features:?}");
}

#[test]
fn no_dependency_comes_unseen() {
    brings(&["--no-default-features"], &[&CORE]);
    brings(&["--no-default-features", "--features=alloc"], &[&CORE, &ALLOC]);
    brings(&[], &[&CORE, &ALLOC]);
    brings(&["--features=bumpalo"], &[&CORE, &ALLOC, &["bumpalo"]]);
    brings(&["--features=rayon"], &[&CORE, &ALLOC, &RAYON]);
    brings(&["--no-default-features", "--features=serde"], &[&CORE, &["serde_core"]]);
}
