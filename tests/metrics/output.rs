//! What is printed for sound input.

use std::env::{self, VarError};
use std::fmt::Write;

use crate::run::{Tally, command, finish, run};
use crate::{CSV_HEADER, SMALL};

#[test]
fn csv_of_a_small_input() {
    let run = run(&["--format", "csv"], SMALL);
    // Percentile 99 of 1, 2, 3 lies at 2 * 0.99 = 1.98 from the first.
    let rows = "a,v,1,-750.0,-750.0,,-750.0,-750.0,-750.0,-750.0\r\n\
                \"m,a=1,b=2\",x,3,6.0,2.0,1.0,1.0,2.0,2.98,3.0\r\n\
                \"m,a=1,b=2\",y,3,90.0,30.0,20.0,10.0,30.0,49.6,50.0\r\n";
    assert_eq!(run.stdout, format!("{CSV_HEADER}{rows}"));
    assert_eq!(run.status, 0);
    let expected = Tally { lines: 6, aggregated: 4, blank: 1, comment: 1, rejected: 0 };
    assert_eq!(run.tally, Some(expected));
    for line in ["points: 4", "series: 2", "not aggregated: 1 strings, 2 booleans"] {
        assert!(run.stderr.lines().any(|found| found == line), "{}", run.stderr);
    }
    for part in [" lines/s, ", " MB/s\n", "\nbackend: "] {
        run.assert_says(part);
    }
}

#[test]
fn table_of_a_small_input() {
    let expected = "\
series    field  count  sum mean stddev  min  p50  p99  max
a         v          1 -750 -750        -750 -750 -750 -750
m,a=1,b=2 x          3    6    2      1    1    2 2.98    3
m,a=1,b=2 y          3   90   30     20   10   30 49.6   50
";
    assert_eq!(run(&[], SMALL).stdout, expected);
    assert_eq!(run(&["--format=table"], SMALL).stdout, expected);
}

#[test]
fn table_rounds_to_eight_characters_and_a_sign() {
    let cases = [
        ("0", "0"),
        ("-0.0", "0"),
        ("0.5", "0.5"),
        ("0.0012345678", "0.001235"),
        ("0.0001234567", "1.235e-4"),
        ("1234.5678", "1234.6"),
        ("12345.678", "12346"),
        ("999999.9", "1.0000e6"),
        ("123456", "123456"),
        ("-12345678", "-1.2346e7"),
        ("123456789012", "1.235e11"),
        ("1e300", "1.00e300"),
    ];
    for (number, shown) in cases {
        let table = run(&[], format!("m x={number}\n")).stdout;
        let cells: Vec<&str> = table.lines().nth(1).unwrap_or_default().split(' ').collect();
        assert_eq!(cells.last(), Some(&shown), "{number}: {table}");
    }
}

#[test]
fn table_keeps_control_characters_from_the_terminal() {
    let table = run(&[], "m,t=\x1b[31mred x=1\n").stdout;
    assert!(table.contains(r"m,t=\u{1b}[31mred "), "{table}");
}

/// The lines of a table, each in 120 columns.
#[track_caller]
fn fitting_lines(table: &str) -> Vec<&str> {
    // What a terminal makes of the characters in these tests.
    let columns = |character: char| match character {
        '\u{301}' | '\u{308}' => 0,
        '界' | '面' => 2,
        _ => 1,
    };
    for line in table.lines() {
        let width: usize = line.chars().map(columns).sum();
        assert!(width <= 120, "{width} columns: {line}");
    }
    table.lines().collect()
}

/// What a table has in the column of a name, without its header.
fn names(table: &str, column: usize) -> Vec<&str> {
    table.lines().skip(1).filter_map(|line| line.split_whitespace().nth(column)).collect()
}

#[test]
fn table_of_the_sample_fits() {
    for options in [&[][..], &["--window=10s"], &["--window=7ns"], &["--window=1h"]] {
        let run = finish(command(options), b"");
        let lines = fitting_lines(&run.stdout);
        assert!(lines.len() > 20, "{options:?}");
        let csv = finish(command(&[options, &["--format=csv"]].concat()), b"").stdout;
        assert_eq!(lines.len(), csv.lines().count(), "{options:?}");
        assert!(!csv.contains('…'));
        // Shortened or not, there are as many names as series and fields.
        let column = usize::from(!options.is_empty());
        for (column, expected) in [(column, 12), (column + 1, 40)] {
            let mut names = names(&run.stdout, column);
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), expected, "{options:?}: {names:?}");
        }
    }
}

#[test]
fn table_shortens_names_in_the_middle() {
    let tags = |host: &str, status: u32| {
        format!(
            "http,datacenter=eu-central-1,environment=production,host={host},method=GET,\
             path=/api/v1/customers/orders/items,service=storefront,status={status}"
        )
    };
    let mut input = String::new();
    for status in [200, 404, 500] {
        let _ = writeln!(input, "{} seconds=0.123456", tags("web1", status));
    }
    let table = run(&[], &input).stdout;
    fitting_lines(&table);
    for (name, status) in names(&table, 0).into_iter().zip([200, 404, 500]) {
        assert!(name.starts_with("http,datacenter=eu-"), "{table}");
        assert!(name.ends_with(&format!("=storefront,status={status}")), "{table}");
        assert_eq!(name.matches('…').count(), 1);
    }
    let csv = run(&["--format=csv"], &input).stdout;
    assert!(csv.contains(&format!("\"{}\",seconds,", tags("web1", 404))), "{csv}");
    // Ranks tell apart what differs where the ellipsis is.
    let _ = writeln!(input, "{} seconds=0.1", tags("web2", 404));
    let table = run(&[], &input).stdout;
    fitting_lines(&table);
    let names = names(&table, 0);
    assert!(names[0].ends_with("status=200"), "{table}");
    assert!(names[1].contains("…#2…") && names[1].ends_with("status=404"), "{table}");
    assert!(names[3].contains("…#4…") && names[3].ends_with("status=404"), "{table}");
}

#[test]
fn table_is_cut_where_series_differ() {
    // Right behind the start, right before the end, and at either end.
    let shared = "x".repeat(200);
    for (before, after) in [(0, 199), (20, 180), (180, 20), (199, 0)] {
        let [before, after] = [&shared[..before], &shared[..after]];
        let table = run(&[], format!("m{before}a{after} x=1\nm{before}b{after} x=1\n")).stdout;
        fitting_lines(&table);
        let names = names(&table, 0);
        assert_ne!(names[0], names[1], "{table}");
        assert!(names[0].contains('a') && names[1].contains('b'), "{table}");
    }
}

#[test]
fn table_fits_whatever_the_names_and_numbers() {
    let widest = "-1.23456789e-308,b=-1.23456789e300,c=123456.5";
    let time = 1_700_000_000_123_456_789_u64;
    for (series, field) in [
        ("n".repeat(100_000), "f".to_owned()),
        ("m".to_owned(), "f".repeat(100_000)),
        ("n".repeat(500), "f".repeat(500)),
        // Two bytes a character, two columns, none; and an escaped character.
        ("é".repeat(300), "ü".repeat(90)),
        ("界".repeat(300), "面".repeat(90)),
        ("e\u{301}".repeat(300), "u\u{308}".repeat(90)),
        ("\x07".repeat(300), "\x07".repeat(90)),
        ("\u{17d8}".repeat(300), "f".to_owned()),
    ] {
        let point = |end: u64| format!("{series}{end} {field}{end}={widest} {}", time + end);
        let input = [point(1), point(2), point(10), format!("m x=1 {time}\n")].join("\n");
        for options in [&[][..], &["--window=1ns"]] {
            let table = run(options, &input).stdout;
            assert_eq!(fitting_lines(&table).len(), 11, "{table}");
        }
    }
}

#[test]
fn numbers_of_a_table_give_way_to_names() {
    let shown = |series: &str, options: &[&str]| {
        let line = format!("{series} x=-1234.5678,y=-1.2345678e-7,z=-123456 1700000000123456789\n");
        let table = run(options, line).stdout;
        let lines = fitting_lines(&table);
        let cells = lines[1..].iter().filter_map(|line| line.split(' ').next_back());
        cells.map(str::to_owned).collect::<Vec<_>>()
    };
    let long = "n".repeat(100);
    assert_eq!(shown(&long, &[]), ["-1234.6", "-1.235e-7", "-123456"]);
    assert_eq!(shown("n", &["--window=1ns"]), ["-1234.6", "-1.235e-7", "-123456"]);
    assert_eq!(shown(&long, &["--window=1s"]), ["-1235", "-1.23e-7", "-123456"]);
    assert_eq!(shown(&long, &["--window=1ns"]), ["-1235", "-1.2e-7", "-123456"]);
}

#[test]
fn windows_start_at_their_floor() {
    let input = "m x=1 -1\nm x=2 0\nm x=3 9999999999\nm x=4 10000000000\nm x=5\n\
                 m x=6 -9223372036854775808\nm x=7 9223372036854775807\n";
    let run = run(&["--format=csv", "--window=10s"], input);
    let rows: Vec<String> = run
        .stdout
        .lines()
        .map(|row| row.split(',').take(5).collect::<Vec<_>>().join(","))
        .collect();
    let expected = [
        "window,series,field,count,sum",
        "1677-09-21T00:12:40Z,m,x,1,6.0",
        "1969-12-31T23:59:50Z,m,x,1,1.0",
        "1970-01-01T00:00:00Z,m,x,2,5.0",
        "1970-01-01T00:00:10Z,m,x,1,4.0",
        "2262-04-11T23:47:10Z,m,x,1,7.0",
    ];
    assert_eq!(rows, expected);
    assert!(run.stderr.starts_with("stdin:5: no timestamp"), "{}", run.stderr);
    assert_eq!(run.tally.map(|tally| tally.rejected), Some(1));
}

#[test]
fn windows_of_every_unit() {
    let cases = [
        ("1ns", "2023-11-14T22:13:20.123456789Z"),
        ("10us", "2023-11-14T22:13:20.12345Z"),
        ("100ms", "2023-11-14T22:13:20.1Z"),
        ("30s", "2023-11-14T22:13:00Z"),
        ("5m", "2023-11-14T22:10:00Z"),
        ("24h", "2023-11-14T00:00:00Z"),
    ];
    for (window, start) in cases {
        let run = run(&["--window", window], "m x=1 1700000000123456789\n");
        let row = run.stdout.lines().nth(1).unwrap_or_default();
        assert!(row.starts_with(&format!("{start} ")), "{window}: {row}");
    }
    for window in ["1ns", "9223372036854775807ns", "2562047h"] {
        let input = "m x=1 -9223372036854775808\nm x=2 9223372036854775807\nm x=3 -1\n";
        let run = run(&["--window", window], input);
        assert_eq!(run.tally.map(|tally| tally.aggregated), Some(3));
    }
}

#[test]
fn rows_are_sorted_by_series_field_and_window() {
    let input = "b z=1,a=1 20\nb a=1,z=1 10\na,t=2 x=1 10\na,t=10 x=1 10\na x=1 10\n";
    let csv = run(&["--format=csv", "--window=10ns"], input).stdout;
    let rows: Vec<&str> =
        csv.lines().skip(1).filter_map(|row| row.split(",1,1.0").next()).collect();
    let expected = [
        "1970-01-01T00:00:00.00000001Z,a,x",
        "1970-01-01T00:00:00.00000001Z,\"a,t=10\",x",
        "1970-01-01T00:00:00.00000001Z,\"a,t=2\",x",
        "1970-01-01T00:00:00.00000001Z,b,a",
        "1970-01-01T00:00:00.00000002Z,b,a",
        "1970-01-01T00:00:00.00000001Z,b,z",
        "1970-01-01T00:00:00.00000002Z,b,z",
    ];
    assert_eq!(rows, expected);
}

#[test]
fn names_are_kept_as_written() {
    let input = "my\\ m\\,x=y,k\\=1=a\\ b\\,c,\u{e9}=\\=\"q\" f\\ 1\\,\\==2\n";
    let csv = run(&["--format=csv"], input).stdout;
    let row = "\"my\\ m\\,x=y,k\\=1=a\\ b\\,c,\u{e9}=\\=\"\"q\"\"\",\"f\\ 1\\,\\=\",1,2.0,2.0,,2.0,2.0,2.0,2.0\r\n";
    assert_eq!(csv, format!("{CSV_HEADER}{row}"));
}

#[test]
fn csv_floats_read_back_to_the_same_bits() {
    let numbers = [
        "0.1",
        "-0.0",
        "5e-324",
        "1e-310",
        "2.2250738585072014e-308",
        "1.7976931348623157e308",
        "123456789.123456789",
        "1e22",
        "-1e23",
        "0.30000000000000004",
        "9007199254740993",
        "0.001",
    ];
    let mut input = String::new();
    for (index, number) in numbers.iter().enumerate() {
        let _ = writeln!(input, "m{index:02} x={number}");
    }
    let csv = run(&["--format=csv"], input).stdout;
    assert_eq!(csv.lines().count(), numbers.len() + 1);
    for (row, number) in csv.lines().skip(1).zip(numbers) {
        let expected: f64 = number.parse().expect("a float");
        // Of a single value: min, p50, p99 and max are that value.
        for cell in row.rsplit(',').take(4) {
            let found: f64 = cell.parse().expect("a float");
            assert_eq!(found.to_bits(), expected.to_bits(), "{number}: {row}");
        }
    }
}

#[test]
fn percentiles_are_exact() {
    // 0 to 200 in a shuffled order: every percentile is twice its number.
    let mut input = String::new();
    for index in 0..201 {
        let _ = writeln!(input, "m x={}", index * 74 % 201);
    }
    let csv = run(&["--format=csv"], input).stdout;
    assert!(csv.ends_with(",0.0,100.0,198.0,200.0\r\n"), "{csv}");
    // The distance of these is no finite float.
    let csv = run(&["--format=csv"], "m x=-1.5e308\nm x=1.5e308\n").stdout;
    assert!(csv.contains(",-1.5e308,0.0,1.4"), "{csv}");
}

#[test]
fn the_sample_is_sound() {
    let run = finish(command(&["--strict"]), b"");
    assert_eq!(run.status, 0, "{}", run.stderr);
    let types = [" strings", " booleans"].map(|word| !run.stderr.contains(&format!(" 0{word}")));
    assert_eq!(types, [true, true], "{}", run.stderr);
}

/// The backends that must run: those named in `LANEFOLD_TEST_BACKENDS`, separated by
/// spaces, and without that variable those of any CPU of the last ten years.
fn required_backends() -> Vec<String> {
    let usual = if cfg!(target_arch = "x86_64") { "scalar sse avx2" } else { "scalar" };
    let names = match env::var("LANEFOLD_TEST_BACKENDS") {
        Err(VarError::NotPresent) => usual.to_owned(),
        other => other.expect("LANEFOLD_TEST_BACKENDS is text"),
    };
    names.split_whitespace().map(str::to_owned).collect()
}

/// What the program prints on a backend, in each form; `None` if the CPU lacks it.
fn printed_on(backend: &str) -> Option<Vec<String>> {
    let forms = [
        &["--format=csv"][..],
        &["--format=csv", "--window=7s"],
        &["--format=table"],
        &["--format=table", "--window=7s"],
    ];
    let mut printed = Vec::new();
    for options in forms {
        let mut command = command(options);
        command.env("LANEFOLD_BACKEND", backend);
        let run = finish(command, b"");
        if run.status == 2 {
            let reason = format!("backend {backend:?} is not there on this CPU");
            assert!(run.stderr.contains(&reason), "{}", run.stderr);
            return None;
        }
        assert_eq!(run.status, 0, "{}", run.stderr);
        assert!(run.stderr.ends_with(&format!("backend: {backend}\n")), "{}", run.stderr);
        printed.push(run.stdout);
    }
    Some(printed)
}

#[test]
fn every_backend_prints_the_same_bytes() {
    let mut ran = Vec::new();
    let scalar = printed_on("scalar").expect("the scalar backend is always there");
    for backend in ["scalar", "sse", "avx2", "avx512"] {
        if let Some(printed) = printed_on(backend) {
            assert!(printed == scalar, "{backend} differs from scalar");
            ran.push(backend);
        }
    }
    println!("backends that ran: {}", ran.join(" "));
    for backend in required_backends() {
        let asked = "LANEFOLD_TEST_BACKENDS, or its absence, asks for it";
        assert!(ran.contains(&&*backend), "{backend} did not run, and {asked}");
    }
}
