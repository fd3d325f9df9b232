//! Arguments, environment, exit status and pipes.

use std::env;
use std::io::Read;

use crate::SMALL;
use crate::run::{TemporaryFile, command, finish, run};

/// Asserts that the program refuses to run, with one line that contains `reason`.
#[track_caller]
fn assert_refused(arguments: &[&str], reason: &str) {
    let run = finish(command(arguments), b"m x=1\n");
    assert_eq!(run.status, 2, "{arguments:?}: {}", run.stderr);
    assert_eq!(run.stdout, "", "{arguments:?}");
    assert_eq!(run.stderr.lines().count(), 1, "{arguments:?}: {}", run.stderr);
    assert!(run.stderr.contains(reason), "{arguments:?}: {}", run.stderr);
}

#[test]
fn strict_fails_on_malformed_lines_only() {
    assert_eq!(run(&["--strict"], SMALL).status, 0);
    let strict = run(&["--strict"], "m x=1\nbad\n");
    let lax = run(&[], "m x=1\nbad\n");
    assert_eq!((strict.status, lax.status), (1, 0));
    assert_eq!(strict.stdout, lax.stdout);
}

#[test]
fn refusals() {
    let good = TemporaryFile::new("good.lp", "m x=1\n");
    let directory = env::temp_dir();
    let directory = directory.to_str().expect("the temporary directory is named in UTF-8");
    assert_refused(&["--bogus"], "'--bogus'");
    assert_refused(&["-x"], "'-x'");
    assert_refused(&[good.path(), good.path()], "unexpected argument");
    assert_refused(&["--strict=yes"], "yes");
    assert_refused(&["--format=xml"], "[possible values: table, csv]");
    assert_refused(&["--format"], "--format");
    assert_refused(&["--window"], "--window");
    for window in ["", "s", "10", "ten s", "10d", "1.5s", "-1s", "+1s", "10S", "10 s", "1h30m"] {
        assert_refused(&[&format!("--window={window}")], "--window");
    }
    assert_refused(&["--window=0s"], "cannot be empty");
    assert_refused(&["--window=2562048h"], "292 years");
    assert_refused(&["--window=99999999999999999999ns"], "--window");
    for alpha in ["", "x", "0", "-0.01", "1", "0.0001", "0.2", "nan"] {
        assert_refused(&[&format!("--sketch={alpha}")], "--sketch");
    }
    assert_refused(&["--series"], "--series");
    assert_refused(&["--plot"], "--plot");
    assert_refused(&["--plot=/no/such/place.svg"], "cannot write /no/such/place.svg: ");
    assert_refused(&["no-such-file.lp"], "cannot open no-such-file.lp: ");
    assert_refused(&[directory], directory);
}

#[test]
fn an_unknown_backend_is_refused_before_anything_else() {
    for name in ["bogus", "neon", "sse avx2"] {
        let mut command = command(&["no-such-file.lp", "--bogus"]);
        command.env("LANEFOLD_BACKEND", name);
        let run = finish(command, b"");
        assert_eq!((run.status, run.stdout.as_str()), (2, ""));
        let start = format!("LANEFOLD_BACKEND: unknown backend {name:?}: ");
        assert!(run.stderr.starts_with(&start), "{}", run.stderr);
        assert_eq!(run.stderr.lines().count(), 1);
    }
}

#[test]
fn help_is_no_error() {
    for option in ["--help", "-h"] {
        let mut command = command(&[option]);
        let output = command.output().expect("the program runs");
        assert!(output.status.success() && output.stderr.is_empty());
        let help = String::from_utf8_lossy(&output.stdout).into_owned();
        for word in ["--window", "--strict", "[default: table]", "LANEFOLD_BACKEND=scalar"] {
            assert!(help.contains(word), "{word} is not in {help}");
        }
        for word in ["ddof 1", "type 7", "malformed lines", "rounded", "  0  ", "  1  ", "  2  "] {
            assert!(help.contains(word), "{word} is not in {help}");
        }
        for line in help.lines() {
            assert!(line.is_empty() || !line.trim().is_empty(), "a line of blanks in {help}");
            assert!(line.chars().count() <= 100, "{line}");
        }
    }
}

#[test]
fn a_broken_pipe_ends_quietly() {
    for format in ["csv", "table"] {
        // Enough rows that the pipe is full long before the last one.
        let mut child = command(&["--window=1ns", "--format", format]).spawn().expect("it starts");
        let mut stdout = child.stdout.take().expect("stdout is piped");
        stdout.read_exact(&mut [0; 100]).expect("the output begins");
        drop(stdout);
        let output = child.wait_with_output().expect("it ends");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{stderr}");
        assert!(stderr.starts_with("lines: "), "{stderr}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    for format in ["csv", "table"] {
        let full =
            std::fs::File::options().write(true).open("/dev/full").expect("Linux has /dev/full");
        let mut command = command(&["--format", format]);
        command.stdout(full);
        let run = finish(command, b"");
        assert_eq!(run.status, 2);
        run.assert_says("cannot write to standard output: ");
    }
}
