//! What it costs to depend on `lanefold`: time to build it beside `memchr`, in turns;
//! dependencies; and bytes of code of programs that differ in the aggregates they call.
//!
//! ```text
//! cargo run --release --manifest-path benches/cost/Cargo.toml
//! ```
//!
//! A clean build is that of the library alone, its dependencies included, optimized, with
//! all CPUs, into a new directory: the best of three counts. Bytes of code are those of the
//! sections that are executed, and `loaded` those of all sections that a program maps from
//! its file, less those of a program that calls no aggregate. Each aggregate is compiled for
//! every backend.

use object::{Object, ObjectSection, SectionKind};
use std::collections::BTreeSet;
use std::error::Error;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

const MANIFEST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
const LIBRARY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.toml");

/// Clean builds of each library.
const BUILDS: usize = 3;

/// Programs, and what they call.
const PROGRAMS: [(&str, &str); 4] = [
    ("sum", "`Sum` of `f64`"),
    ("six", "a tuple of six of `f64`"),
    ("all", "all 50 aggregates of `f64`, each alone"),
    ("erased", "an `AggregateSet` of `f64`: all that have names"),
];

fn main() -> Result<(), Box<dyn Error>> {
    let directory = tempfile::tempdir()?;
    let [ours, theirs] = builds(directory.path())?;
    let ratio = ours.as_secs_f64() / theirs.as_secs_f64();
    println!("| what | cost |");
    println!("| --- | --- |");
    println!("| clean build, default features | {:.1} s |", ours.as_secs_f64());
    println!(
        "| the same of `memchr`, in turns | {:.1} s, so {ratio:.1} times as long |",
        theirs.as_secs_f64()
    );
    for (features, name) in [
        (&["--no-default-features"][..], "without features"),
        (&[], "with default features"),
        (&["--all-features"], "with all features"),
    ] {
        println!("| dependencies {name} | {} |", dependencies(features)?.len());
    }
    cargo(&["build", "--release", "--bins", "--manifest-path", MANIFEST], directory.path())?;
    let size = |program: &str| size(&directory.path().join("release").join(program));
    let [code, loaded] = size("nothing")?;
    for (program, what) in PROGRAMS {
        let [its_code, its_loaded] = size(program)?;
        println!(
            "| code of {what} | {}, loaded {} |",
            kilobytes(its_code.saturating_sub(code)),
            kilobytes(its_loaded.saturating_sub(loaded))
        );
    }
    Ok(())
}

/// The shortest clean build of `lanefold`, and of `memchr`.
fn builds(directory: &Path) -> Result<[Duration; 2], Box<dyn Error>> {
    let mut best = [Duration::MAX; 2];
    for round in 0..BUILDS {
        for (best, package) in best.iter_mut().zip(["lanefold", "memchr"]) {
            let target = directory.join(format!("{package}-{round}"));
            let start = Instant::now();
            cargo(&["build", "--release", "-p", package, "--manifest-path", MANIFEST], &target)?;
            *best = start.elapsed().min(*best);
            std::fs::remove_dir_all(target)?;
        }
    }
    Ok(best)
}

fn cargo(arguments: &[&str], target: &Path) -> Result<(), Box<dyn Error>> {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .args(["--locked", "--quiet", "--target-dir"])
        .arg(target)
        .output()?;
    if output.status.success() {
        Ok(())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into())
    }
}

/// The crates that are compiled into the library, itself left out.
fn dependencies(features: &[&str]) -> Result<BTreeSet<String>, Box<dyn Error>> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--edges", "normal", "--prefix", "none", "--format", "{p}"])
        .args(["--manifest-path", LIBRARY])
        .args(features)
        .output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    let text = String::from_utf8(output.stdout)?;
    let names = text.lines().filter_map(|line| line.split(' ').next());
    Ok(names.filter(|name| !matches!(*name, "" | "lanefold")).map(str::to_owned).collect())
}

/// Bytes of code of a program, and of all that it loads.
fn size(program: &Path) -> Result<[u64; 2], Box<dyn Error>> {
    let bytes = std::fs::read(program.with_extension(std::env::consts::EXE_EXTENSION))?;
    let file = object::File::parse(bytes.as_slice())?;
    let (mut code, mut loaded) = (0, 0);
    for section in file.sections() {
        match section.kind() {
            SectionKind::Text => code += section.size(),
            SectionKind::Data | SectionKind::ReadOnlyData | SectionKind::ReadOnlyString => {}
            _ if section.name()?.starts_with(".eh_frame") => {}
            _ => continue,
        }
        loaded += section.size();
    }
    Ok([code, loaded])
}

#[allow(clippy::cast_precision_loss, reason = "a few digits of it")]
fn kilobytes(bytes: u64) -> String {
    format!("{:.1} KB", bytes as f64 / 1_000.0)
}
