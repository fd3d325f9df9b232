//! What is printed for sound input.

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
fn table_keeps_control_characters_and_endless_names_from_the_terminal() {
    let long = "n".repeat(100_000);
    let table = run(&[], format!("m,t=\x1b[31mred x=1\n{long} x=1\n")).stdout;
    assert!(table.contains(r"m,t=\u{1b}[31mred "), "{table}");
    assert_eq!(table.lines().count(), 3);
    assert!(table.lines().all(|line| line.len() < 1100));
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
fn the_sample_is_sound_and_its_table_fits() {
    let run = finish(command(&["--strict"]), b"");
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(run.stdout.lines().count() > 20);
    assert!(run.stdout.lines().all(|line| line.len() <= 120));
    let types = [" strings", " booleans"].map(|word| !run.stderr.contains(&format!(" 0{word}")));
    assert_eq!(types, [true, true], "{}", run.stderr);
}

#[test]
fn every_backend_prints_the_same_bytes() {
    for options in [&["--format=csv"][..], &["--format=csv", "--window=7s"], &["--format=table"]] {
        let on = |backend: &str| {
            let mut command = command(options);
            command.env("LANEFOLD_BACKEND", backend);
            finish(command, b"")
        };
        let scalar = on("scalar");
        assert_eq!(scalar.status, 0, "{}", scalar.stderr);
        assert!(scalar.stderr.ends_with("backend: scalar\n"), "{}", scalar.stderr);
        for backend in ["sse", "avx2", "avx512"] {
            let other = on(backend);
            if other.status == 2 {
                // The CPU lacks it, and the program says so.
                assert!(other.stderr.contains(backend), "{}", other.stderr);
                eprintln!("skipped: {}", other.stderr.trim_end());
                continue;
            }
            assert_eq!(other.status, 0, "{}", other.stderr);
            assert!(other.stderr.ends_with(&format!("backend: {backend}\n")), "{}", other.stderr);
            assert!(other.stdout == scalar.stdout, "{backend} {options:?} differs from scalar");
        }
    }
}
