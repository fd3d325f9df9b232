//! Running the program, and the checks that hold for every run.

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs, process, thread};

/// What a run of the program left behind.
pub(crate) struct Run {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) tally: Option<Tally>,
}

impl Run {
    /// Asserts that standard error contains `text`.
    #[track_caller]
    pub(crate) fn assert_says(&self, text: &str) {
        assert!(self.stderr.contains(text), "{text:?} not in {}", self.stderr);
    }
}

/// The counts of lines on standard error.
#[derive(Debug, PartialEq)]
pub(crate) struct Tally {
    pub(crate) lines: u64,
    pub(crate) aggregated: u64,
    pub(crate) blank: u64,
    pub(crate) comment: u64,
    pub(crate) rejected: u64,
}

/// The example's binary, next to this test's in `target/<profile>`.
fn binary() -> PathBuf {
    let test = env::current_exe().expect("a running test has a path");
    let profile = test.parent().and_then(Path::parent).expect("target/<profile>/deps");
    let name = format!("metrics{}", env::consts::EXE_SUFFIX);
    let binary = profile.join("examples").join(name);
    assert!(
        binary.is_file(),
        "{} is missing; `cargo build --example metrics`, in this test's profile, makes it",
        binary.display()
    );
    binary
}

pub(crate) fn command<A: AsRef<OsStr>>(arguments: &[A]) -> Command {
    let mut command = Command::new(binary());
    command
        .args(arguments)
        .env_remove("LANEFOLD_BACKEND")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Runs a command on some input and checks what holds for every run.
pub(crate) fn finish(mut command: Command, input: &[u8]) -> Run {
    let mut child = command.spawn().expect("the program starts");
    let mut stdin = child.stdin.take().expect("stdin is piped");
    let output = thread::scope(|scope| {
        // The program may end before it has read everything.
        scope.spawn(move || stdin.write_all(input));
        child.wait_with_output().expect("the program ends")
    });
    let run = Run {
        status: output.status.code().expect("the program is not killed"),
        stdout: String::from_utf8(output.stdout).expect("stdout is UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("stderr is UTF-8"),
        tally: None,
    };
    assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
    let tally = tally(&run.stderr);
    if let Some(tally) = &tally {
        let kinds = tally.aggregated + tally.blank + tally.comment + tally.rejected;
        assert_eq!(tally.lines, kinds, "{}", run.stderr);
    }
    assert_eq!(tally.is_some(), run.status != 2, "{}", run.stderr);
    Run { tally, ..run }
}

/// Runs the program on `input` by way of standard input.
pub(crate) fn run(options: &[&str], input: impl AsRef<[u8]>) -> Run {
    let mut arguments = options.to_vec();
    arguments.push("-");
    finish(command(&arguments), input.as_ref())
}

/// Reads `lines: 5 = 1 aggregated + 1 blank + 1 comment + 2 rejected`.
fn tally(stderr: &str) -> Option<Tally> {
    let line = stderr.lines().find_map(|line| line.strip_prefix("lines: "))?;
    let words: Vec<&str> = line.split([' ', '=', '+']).filter(|word| !word.is_empty()).collect();
    let names = [words[2], words[4], words[6], words[8]];
    assert_eq!(names, ["aggregated", "blank", "comment", "rejected"]);
    let count = |index: usize| words[index].parse().expect("a count");
    Some(Tally {
        lines: count(0),
        aggregated: count(1),
        blank: count(3),
        comment: count(5),
        rejected: count(7),
    })
}

/// A file in the system's directory for such, deleted at the end.
pub(crate) struct TemporaryFile(PathBuf);

impl TemporaryFile {
    pub(crate) fn new(name: &str, content: impl AsRef<[u8]>) -> Self {
        let path = env::temp_dir().join(format!("lanefold-{}-{name}", process::id()));
        fs::write(&path, content).expect("the temporary directory is writable");
        Self(path)
    }

    pub(crate) fn path(&self) -> &str {
        self.0.to_str().expect("the temporary directory is named in UTF-8")
    }
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}
