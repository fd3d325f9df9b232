//! What is read, and what is rejected for which reason.

use std::fmt::Write;

use crate::run::{Tally, TemporaryFile, command, finish, run};
use crate::{CSV_HEADER, SMALL};

/// Asserts that a line is rejected for a reason that contains `reason`.
#[track_caller]
fn assert_rejected(line: impl AsRef<[u8]>, reason: &str) {
    let line = line.as_ref();
    let run = run(&["--format=csv"], [line, b"\nother x=1\n"].concat());
    let first = run.stderr.lines().next().unwrap_or_default();
    let name = String::from_utf8_lossy(&line[..line.len().min(60)]);
    assert!(first.starts_with("stdin:1: "), "{name}: {first}");
    assert!(first.contains(reason), "{name}: {first}");
    assert!(first.len() < 200, "{name}: {first}");
    assert_eq!(run.status, 0);
    let row = "other,x,1,1.0,1.0,,1.0,1.0,1.0,1.0\r\n";
    assert_eq!(run.stdout, format!("{CSV_HEADER}{row}"), "{name}: nothing of it may be kept");
    assert_eq!(run.tally.map(|tally| tally.rejected), Some(1));
    assert!(run.stderr.contains("\nseries: 1\n"), "{}", run.stderr);
}

#[test]
fn strings_hold_anything_but_a_line_end() {
    let input = r##"m a="",b="x=1, y=2 3",c="\"",d="\\",e="\\\"# ",x=1 5"##;
    let run = run(&["--format=csv"], input);
    assert!(run.stdout.ends_with("\r\nm,x,1,1.0,1.0,,1.0,1.0,1.0,1.0\r\n"), "{}", run.stdout);
    run.assert_says("not aggregated: 5 strings, 0 booleans");
}

#[test]
fn points_without_numbers_count_but_have_no_row() {
    let run = run(&["--format=csv"], "m a=t,b=False,s=\"x\"\n");
    assert_eq!(run.stdout, CSV_HEADER);
    run.assert_says("points: 1\nseries: 1\n");
    assert_eq!(run.tally.map(|tally| tally.aggregated), Some(1));
}

#[test]
fn a_field_may_change_its_type() {
    let csv = run(&["--format=csv"], "m x=1\nm x=2i\nm x=\"no\"\nm x=3u\nm x=t\n").stdout;
    assert_eq!(csv, format!("{CSV_HEADER}m,x,3,6.0,2.0,1.0,1.0,2.0,2.98,3.0\r\n"));
}

#[test]
fn integers_round_to_the_nearest_float() {
    let input = "m a=9007199254740993i,b=18446744073709551615u,c=-9223372036854775808i\n";
    let run = run(&["--format=csv"], input);
    let greatest: Vec<&str> =
        run.stdout.lines().skip(1).filter_map(|row| row.rsplit(',').next()).collect();
    assert_eq!(greatest, ["9007199254740992.0", "1.8446744073709552e19", "-9.223372036854776e18"]);
    run.assert_says("\nrounded: 2 integers beyond 2^53\n"); // the last one is a power of two
}

#[test]
fn integers_that_round_are_counted() {
    let rounded = |value: &str| {
        let run = run(&[], format!("m x={value}\n"));
        run.stderr.contains("\nrounded: 1 integers beyond 2^53\n")
    };
    for value in ["9007199254740993i", "-9007199254740993i", "9007199254740993u"] {
        assert!(rounded(value), "{value}");
    }
    for value in ["9223372036854775807i", "18446744073709551615u", "18446744073709549569u"] {
        assert!(rounded(value), "{value}");
    }
    for value in ["0i", "9007199254740991i", "9007199254740992i", "9007199254740994u"] {
        assert!(!rounded(value), "{value}");
    }
    for value in ["-9223372036854775808i", "18446744073709549568u", "9007199254740993"] {
        assert!(!rounded(value), "{value}");
    }
    // Of a line that is malformed, nothing counts.
    let run = run(&[], "m x=9007199254740993i,y=9007199254740993u\nm x=9007199254740993i,x=1\n");
    run.assert_says("\nrounded: 2 integers beyond 2^53\n");
}

#[test]
fn points_of_the_same_time_all_count() {
    let input = "m x=1 5\nm x=2 5\nm x=2 5\n";
    for options in [&["--format=csv"][..], &["--format=csv", "--window=1ns"]] {
        let csv = run(options, input).stdout;
        assert!(csv.contains("m,x,3,5.0,"), "{csv}");
    }
}

#[test]
fn lines_end_in_lf_or_crlf_and_blanks_around_them_do_not_matter() {
    let input = b"m x=1\r\n\r\n \t \n  # comment \x00\xff\r\n  m  x=2  5  \r\nm x=3 \nm x=4\t\n";
    let run = run(&["--format=csv"], input);
    assert!(run.stdout.contains("\r\nm,x,4,10.0,2.5,"), "{}", run.stdout);
    let expected = Tally { lines: 7, aggregated: 4, blank: 2, comment: 1, rejected: 0 };
    assert_eq!(run.tally, Some(expected), "{}", run.stderr);
}

#[test]
fn a_byte_order_mark_is_ignored_at_the_start_only() {
    for (input, aggregated, rejected) in [
        ("\u{feff}m x=1\nm x=2\n", 2, 0),
        ("\u{feff}# comment\nm x=1\nm x=2", 2, 0),
        ("m x=1\n\u{feff}m\n", 1, 1),
        ("\u{feff}", 0, 0),
    ] {
        let run = run(&["--format=csv"], input);
        assert!(!run.stdout.contains('\u{feff}'), "{}", run.stdout);
        let found = run.tally.map(|tally| (tally.aggregated, tally.rejected));
        assert_eq!(found, Some((aggregated, rejected)), "{}", run.stderr);
    }
}

#[test]
fn one_series_in_several_spellings() {
    // The third is another: two backslashes are the escape of one.
    let input = r"
m\ m,a=1\b,c=\=2 x\ y=1
m\ m,c=\=2,a=1\\b x\ y=2
m\ m,c=\=2,a=1\\\\b x\ y=4
m\ m,c=\=2,a=1\\b x\ y=8
";
    let run = run(&["--format=csv"], input);
    run.assert_says("series: 2\n");
    let sums: Vec<&str> =
        run.stdout.lines().skip(1).filter_map(|row| row.split(',').rev().nth(6)).collect();
    assert_eq!(sums, ["4.0", "11.0"], "{}", run.stdout);
}

#[test]
fn tabs_and_carriage_returns_separate_nothing() {
    for line in ["m\tx=1", "m x=1\t5", "m,a=1\t x=1", "m x=1\rm x=2", "m\\\nx=1"] {
        let run = run(&["--format=csv"], format!("{line}\nother x=1\n"));
        let tally = run.tally.expect("a tally");
        assert_eq!(tally.aggregated, 1, "{line:?}: {}", run.stderr);
        let lines = line.split('\n').count();
        assert_eq!(tally.lines, lines as u64 + 1, "{line:?}: {}", run.stderr);
    }
}

#[test]
fn empty_inputs() {
    for input in ["", "\n", "# nothing\n"] {
        let run = run(&["--format=csv", "--strict"], input);
        assert_eq!((run.status, run.stdout.as_str()), (0, CSV_HEADER));
    }
}

#[test]
fn malformed_series() {
    assert_rejected("m", "no fields after \"m\"");
    assert_rejected("m\\ x=1", "no fields after");
    assert_rejected(",a=1 x=1", "malformed series \",a=1\"");
    assert_rejected("m, x=1", "malformed series \"m,\"");
    assert_rejected("m,a x=1", "malformed series \"m,a\"");
    assert_rejected("m,a= x=1", "malformed series \"m,a=\"");
    assert_rejected("m,=a x=1", "malformed series \"m,=a\"");
    assert_rejected("m,a=1, x=1", "malformed series \"m,a=1,\"");
    assert_rejected("m,a,b=1 x=1", "unescaped ',' or '=' in \"a,b\"");
    assert_rejected("m,a=1=2 x=1", "unescaped ',' or '=' in \"1=2\"");
    assert_rejected("m,a\\,b=\\=,c=1=2 x=1", "in \"1=2\"");
    assert_rejected("m,a=1,b=1,a=2 x=1", "tag \"a\" appears twice");
    assert_rejected("m,a\\ =1,b=1,a\\ =2 x=1", "tag \"a \" appears twice");
    for series in ["m\\\\", "m,a\\\\=1", "m,a=1\\\\"] {
        assert_rejected(format!("{series} x=1"), "may not end with a backslash");
    }
}

#[test]
fn malformed_fields() {
    assert_rejected("m x", "malformed field \"x\"");
    assert_rejected("m x 1", "malformed field \"x 1\"");
    assert_rejected("m =1", "malformed field \"=1\"");
    for line in ["m x=1,", "m x=1, 5", "m s=\"\", -5", "m x=1,  "] {
        assert_rejected(line, "no field after the last ','");
    }
    assert_rejected("m x=1,y=2,", "unexpected \",\" after \"y=2\"");
    assert_rejected("m x=1,y=2, 5", "unexpected \", 5\" after \"y=2\"");
    assert_rejected("m x=1,,y=2", "unescaped ',' or '=' in \",y\"");
    assert_rejected("m x,y=1", "unescaped ',' or '=' in \"x,y\"");
    assert_rejected("m a\\,b\\\\,c\\,=1", "unescaped ',' or '=' in ");
    assert_rejected("m x\\\\=1", "may not end with a backslash");
    assert_rejected("m x=1,y=2,x=3", "field \"x\" appears twice");
    assert_rejected("m x\\y=1,x\\\\y=2", "appears twice");
    let mut many = "m ".to_owned();
    for index in 0..40_000 {
        let _ = write!(many, "f{index}={index},");
    }
    assert_rejected(many + "f7=1", "field \"f7\" appears twice");
}

#[test]
fn malformed_values() {
    for value in
        ["", "abc", "nan", "NaN", "inf", "-inf", "+1", "i", "-", "-i", "..", ".5", "--1", "\"abc"]
    {
        let field = format!("{:?}", format!("x={value}"));
        assert_rejected(format!("m x={value}"), &format!("malformed field {field}"));
        let reason = format!("unexpected {field} after \"y=1\"");
        assert_rejected(format!("m y=1,x={value}"), &reason);
    }
    for (value, rest) in [
        ("t", "ru"),
        ("0", "x1"),
        ("1", "_0"),
        ("1", "e"),
        ("1i", "2"),
        ("1.5", "i"),
        ("-1", "u"),
        ("1u", "u"),
        ("1", "-"),
        ("1", "."),
        ("1", "=2"),
        ("\"abc\"", "d"),
    ] {
        let reason = format!("unexpected {rest:?} after {:?}", format!("x={value}"));
        assert_rejected(format!("m y=1,x={value}{rest}"), &reason);
        assert_rejected(format!("m x={value}{rest}"), &reason);
    }
    for value in ["1e400", "-1e400"] {
        let reason = format!("field \"x={value}\" is beyond 64-bit floats");
        assert_rejected(format!("m y=1,x={value}"), &reason);
        assert_rejected(format!("m,t=2e400 x={value},y=1 5"), &reason);
    }
    for (value, suffix) in [("9223372036854775808", "i"), ("18446744073709551616", "u")] {
        let reason = format!("\"{value}\" is beyond 64-bit integers");
        assert_rejected(format!("m x={value}{suffix}"), &reason);
    }
    assert_rejected("m x=\"abc\\\"", "malformed field \"x=\\\"abc");
    assert_rejected(format!("m x={}", "x".repeat(5000)), "xxx\"...");
    assert_rejected(format!("m x=1{}", "x".repeat(5000)), "xxx\"... after");
    assert_rejected(format!("m x={}i", "1".repeat(5000)), "111\"... is beyond");
}

#[test]
fn malformed_timestamps() {
    for (line, rest, read) in [
        ("m x=1 x", " x", "x=1"),
        ("m x=1 +1", " +1", "x=1"),
        ("m x=1 -", " -", "x=1"),
        ("m x=1 1.5", ".5", "1"),
        ("m x=1 1i", "i", "1"),
        ("m x=1 1 2", "2", "1"),
    ] {
        assert_rejected(line, &format!("unexpected {rest:?} after {read:?}"));
    }
    assert_rejected(
        "m x=1 9223372036854775808",
        "\"9223372036854775808\" is beyond 64-bit integers",
    );
}

#[test]
fn malformed_bytes() {
    assert_rejected(b"m,a=\0 x=1", "NUL byte at byte 5");
    assert_rejected(b"\0\0\0\0\0\0", "NUL byte at byte 1");
    assert_rejected(b"m,a=\xff x=1", "invalid UTF-8 at byte 5");
    assert_rejected(b"m x=\"\xe2\x82\"", "invalid UTF-8 at byte 6");
}

#[test]
fn ten_malformed_lines_are_shown_and_all_are_counted() {
    let run = run(&[], "bad\n".repeat(25));
    let shown = run.stderr.lines().filter(|line| line.ends_with(": no fields after \"bad\""));
    assert_eq!(shown.count(), 10);
    run.assert_says("stdin:10: no fields");
    run.assert_says("stdin: 15 more malformed lines\n");
    assert_eq!(run.tally.map(|tally| tally.rejected), Some(25));
}

#[test]
fn a_line_of_100_megabytes_is_skipped() {
    let mut input = b"m x=1\nm s=\"".to_vec();
    input.resize(input.len() + 100_000_000, b'a');
    let length = input.len() - 6;
    for rest in ["\nm x=3\n", "\",x=2\r\nm x=3\n", ""] {
        let size = input.len();
        input.extend_from_slice(rest.as_bytes());
        let run = run(&["--format=csv"], &input);
        input.truncate(size);
        let reason = format!("stdin:2: line of {}", length / 1000);
        assert!(run.stderr.starts_with(&reason), "{}", run.stderr);
        let row = if rest.is_empty() { "\nm,x,1,1.0," } else { "\nm,x,2,4.0," };
        assert!(run.stdout.contains(row), "{}", run.stdout);
        assert_eq!(run.tally.map(|tally| tally.rejected), Some(1));
    }
}

#[test]
fn the_longest_line() {
    const LONGEST: usize = 16 << 20;
    for line_end in ["\n", "\r\n", ""] {
        for (length, aggregated) in [(LONGEST, 1), (LONGEST + 1, 0)] {
            let filler = "a".repeat(length - "m s=\"\"".len());
            let run = run(&[], format!("m s=\"{filler}\"{line_end}"));
            let found = run.tally.map(|tally| (tally.lines, tally.aggregated));
            assert_eq!(found, Some((1, aggregated)), "{length} {line_end:?}: {}", run.stderr);
        }
    }
}

#[test]
fn a_file_cut_anywhere_ends_in_a_report() {
    let bytes = SMALL.as_bytes();
    for length in 0..bytes.len() {
        let run = run(&[], &bytes[..length]);
        assert_eq!(run.status, 0);
        let noted = run.stderr.contains(": note: no line end");
        assert_eq!(noted, length > 0 && bytes[length - 1] != b'\n', "{}", run.stderr);
    }
    let file = TemporaryFile::new("cut.lp", "m x=1\nm x=2,y=");
    let run = finish(command(&["--strict", file.path()]), b"");
    assert_eq!(run.status, 1);
    let report = format!("{}:2: unexpected \"y=\" after \"x=2\"\n", file.path());
    assert!(run.stderr.starts_with(&report), "{}", run.stderr);
}
