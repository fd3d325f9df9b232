//! Law: a backend is asked for by name, and is there or is an error.
//!
//! What `LANEFOLD_BACKEND` does is read once in a process, so each case runs in a process
//! of its own: this executable again, with one test of it and the variable set.
#![cfg(feature = "std")]

use lanefold::Backend;
use std::ffi::OsStr;
use std::process::Command;

const NAMES: [&str; 4] = ["scalar", "sse", "avx2", "avx512"];
const VARIABLE: &str = "LANEFOLD_BACKEND";
/// Marks a child, and what it prints before its answers.
const CHILD: &str = "LANEFOLD_TEST_CHILD";
const ANSWER: &str = "answer: ";

fn available() -> Vec<Backend> {
    Backend::available().collect()
}

fn highest() -> Backend {
    *available().last().expect("the scalar backend is always there")
}

#[test]
fn available_backends_are_in_order() {
    let available = available();
    assert_eq!(available[0], Backend::SCALAR);
    assert!(available.windows(2).all(|pair| pair[0] < pair[1]), "{available:?}");
    assert!(available.contains(&Backend::best()));
    assert_eq!(Backend::best(), Backend::best());
}

#[test]
fn names_lead_back() {
    for backend in available() {
        assert_eq!(Backend::from_name(backend.name()), Ok(backend));
        assert!(NAMES.contains(&backend.name()));
        assert_eq!(format!("{backend} {backend:?}"), format!("{0} {0}", backend.name()));
        assert_eq!(format!("{backend:>8}"), format!("{:>8}", backend.name()));
    }
}

#[test]
fn a_backend_that_is_lacking_is_an_error() {
    let has: Vec<&str> = available().into_iter().map(Backend::name).collect();
    for name in NAMES.into_iter().filter(|name| !has.contains(name)) {
        let error = Backend::from_name(name).expect_err("not on this CPU").to_string();
        let has = has.join(", ");
        assert_eq!(error, format!("backend {name:?} is not there on this CPU, which has {has}"));
    }
}

#[test]
fn an_unknown_name_is_an_error() {
    for name in ["", "AVX2", "avx", "avx2 ", "scalar, sse", "neo\n", "\u{1F600}", "auto"] {
        let error = Backend::from_name(name).expect_err("unknown").to_string();
        let names = NAMES.join(", ");
        assert_eq!(error, format!("unknown backend {name:?}: the names are {names}"));
    }
    // A long name is cut, and never within a character.
    for name in ["x".repeat(1000), "\u{e9}".repeat(40), format!("x{}", "\u{1F600}".repeat(20))] {
        let error = Backend::from_name(&name).expect_err("unknown").to_string();
        let kept = error.strip_prefix("unknown backend \"").and_then(|rest| rest.split('"').next());
        let kept = kept.expect("the name in quotes");
        assert!(name.starts_with(kept) && (29..=32).contains(&kept.len()), "{error}");
    }
}

/// Runs in a child: prints what the variable leads to. In the parent it does nothing.
#[test]
fn child() {
    if std::env::var_os(CHILD).is_some() {
        let from_env = match Backend::from_env() {
            Ok(backend) => backend.to_string(),
            Err(error) => format!("error: {error}"),
        };
        println!("\n{ANSWER}{from_env}\n{ANSWER}{}", Backend::best());
    }
}

/// What `from_env` and `best` give where the variable has a value.
fn ask(value: Option<&OsStr>) -> (String, String) {
    let mut command = Command::new(std::env::current_exe().expect("this executable"));
    command.args(["child", "--exact", "--nocapture", "--test-threads=1"]).env(CHILD, "1");
    match value {
        Some(value) => command.env(VARIABLE, value),
        None => command.env_remove(VARIABLE),
    };
    let output = command.output().expect("the child runs");
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).expect("text");
    let mut answers = text.lines().filter_map(|line| line.strip_prefix(ANSWER)).map(String::from);
    let mut answer = || answers.next().unwrap_or_else(|| panic!("no answer in {text}"));
    (answer(), answer())
}

#[test]
fn no_variable_is_the_highest() {
    let highest = highest().to_string();
    assert_eq!(ask(None), (highest.clone(), highest.clone()));
    assert_eq!(ask(Some(OsStr::new(""))), (highest.clone(), highest));
}

#[test]
fn a_name_is_that_backend_or_an_error() {
    for name in NAMES {
        let (from_env, best) = ask(Some(OsStr::new(name)));
        match Backend::from_name(name) {
            Ok(_) => assert_eq!((&*from_env, &*best), (name, name)),
            Err(error) => {
                assert_eq!(from_env, format!("error: {error}"));
                assert_eq!(best, highest().to_string());
            }
        }
    }
}

#[test]
fn an_unknown_name_leaves_the_highest() {
    for name in ["avx3", "SSE", " scalar"] {
        let (from_env, best) = ask(Some(OsStr::new(name)));
        assert_eq!(from_env, format!("error: {}", Backend::from_name(name).unwrap_err()));
        assert_eq!(best, highest().to_string());
    }
}

#[test]
#[cfg(unix)]
fn a_name_that_is_not_text_leaves_the_highest() {
    use std::{ffi::OsString, os::unix::ffi::OsStringExt};
    let name = OsString::from_vec(b"sse\xff".to_vec());
    let (from_env, best) = ask(Some(&name));
    assert!(from_env.starts_with("error: unknown backend \"sse"), "{from_env}");
    assert_eq!(best, highest().to_string());
}

/// A partial load of a slice that is longer than a register, by any length, is a load.
#[test]
fn partial_loads_take_slices_of_any_length() {
    use lanefold::{Aggregate, Simd, Tile, Vector};

    struct LeastLane;

    impl Aggregate<u8> for LeastLane {
        type Partial = u8;
        type Output = u8;

        fn identity(&self) -> u8 {
            0
        }
        #[inline(always)]
        fn update<S: Simd>(&self, partial: &mut u8, tile: &Tile<'_, u8, S>) {
            let pad = S::U8::splat(tile.simd(), 0);
            *partial = S::U8::load_part(tile.simd(), tile.column(), pad).fold_min();
        }
        fn merge(&self, _: &mut u8, _: &u8) {}
        fn finish(&self, partial: &u8) -> u8 {
            *partial
        }
    }

    for backend in Backend::available() {
        for len in [64, 255, 256, 257, 512] {
            assert_eq!(LeastLane.of_on(backend, &vec![1_u8; len]), 1, "{backend}, {len} values");
        }
    }
}
