//! Which series, sketches, and pictures.

use std::fmt::Write;
use std::fs;

use crate::run::{TemporaryFile, command, finish, run};
use crate::{CSV_HEADER, SMALL};

/// The cells of a row of CSV.
fn cells(row: &str) -> Vec<&str> {
    row.split(',').collect()
}

#[test]
fn series_are_chosen_by_their_names() {
    let all = run(&["--format=csv"], SMALL).stdout;
    let rows = |pattern: &str| {
        let run = run(&["--format=csv", "--series", pattern], SMALL);
        run.assert_says("series: 2\n"); // all that were read
        run.stdout.strip_prefix(CSV_HEADER).expect("a header").to_owned()
    };
    assert_eq!(format!("{CSV_HEADER}{}", rows("*")), all);
    assert!(rows("a").starts_with("a,v,1,") && rows("a").lines().count() == 1);
    assert_eq!(rows("m,*"), rows("m,a=?,b=2"));
    assert_eq!(rows("m,*").lines().count(), 2);
    assert_eq!(rows("m"), "");
}

#[test]
fn a_sketch_changes_nothing_but_the_percentiles() {
    let mut input = String::new();
    for index in 1..=5000_u32 {
        let root = f64::from(index * 7919 % 5003);
        let value = root * root * root - 1e9;
        let _ = writeln!(input, "m,t={} x={value}", index % 3);
    }
    let exact = run(&["--format=csv"], &input).stdout;
    for alpha in ["0.001", "0.01", "0.1"] {
        let sketched = run(&["--format=csv", "--sketch", alpha], &input).stdout;
        let bound: f64 = alpha.parse().expect("a float");
        assert_eq!(exact.lines().count(), sketched.lines().count());
        for (exact, sketched) in exact.lines().zip(sketched.lines()).skip(1) {
            let (exact, sketched) = (cells(exact), cells(sketched));
            // The last four are min, p50, p99 and max.
            let n = exact.len();
            let others = |cells: &[&str]| [&cells[..n - 3], &cells[n - 1..]].concat().join(",");
            assert_eq!(others(&exact), others(&sketched));
            for i in [n - 3, n - 2] {
                let number = |cells: &[&str]| cells[i].parse::<f64>().expect("a float");
                let (exact, sketched) = (number(&exact), number(&sketched));
                // The sketch's is that of a value; the exact one may lie between two, which
                // are next to each other here.
                let allowed = (bound + 0.01) * exact.abs();
                assert!((exact - sketched).abs() <= allowed, "{exact} {sketched} {alpha}");
            }
        }
    }
}

#[test]
fn a_sketch_has_room_for_numbers_far_apart() {
    let input = format!("{}m x=1e12\nm x=-1e300\n", "m x=0.001\n".repeat(98));
    let csv = run(&["--format=csv", "--sketch=0.01"], input).stdout;
    let row = csv.lines().nth(1).expect("a row");
    let median: f64 = cells(row)[cells(row).len() - 3].parse().expect("a float");
    assert!((median - 0.001).abs() <= 0.001 * 0.01, "{row}");
}

#[test]
fn pictures_show_a_panel_for_each_column() {
    let picture = TemporaryFile::new("picture.svg", "");
    let run_on = |options: &[&str], input: &str| {
        let all = [&["--plot", picture.path()], options].concat();
        let run = run(&all, input);
        (run, fs::read_to_string(picture.path()).expect("a picture"))
    };
    let (run, svg) = run_on(&[], SMALL);
    run.assert_says("plot: 3 panels in ");
    run.assert_says("plot: 1 numbers without a time");
    for text in ["m,a=1,b=2 x", "m,a=1,b=2 y", "a v", "p50", "p90", "p99", "seconds since 1970-"] {
        assert!(svg.contains(text), "{text:?} not in {svg}");
    }
    assert!(svg.starts_with("<svg ") && svg.trim_end().ends_with("</svg>"), "{svg}");

    let (run, svg) = run_on(&["--series", "a"], SMALL);
    run.assert_says("plot: 1 panels in ");
    assert!(svg.contains("a v") && !svg.contains("m,a=1"), "{svg}");

    // What could break a picture: its own syntax, the greatest numbers, none at all.
    let (_, svg) = run_on(&[], "<&\u{1b}>\\ \" x=1\nbig x=-1.7e308\nbig x=1.7e308 7\n");
    assert!(svg.contains("&lt;&amp;") && !svg.contains('\u{1b}'), "{svg}");
    assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
    for narrow in ["1700000000000000000i", "1e16", "0.0"] {
        let next = ["1700000000000000256i", "10000000000000040", "5e-324"];
        let lines = next.map(|next| format!("m x={narrow} 1\nm x={next} 2\n"));
        for line in lines {
            let (run, svg) = run_on(&[], &line);
            run.assert_says("plot: 1 panels in ");
            assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
        }
    }
    // A constant has its panel around it, and 0 among the numbers of the axis.
    let (_, svg) = run_on(&[], "m x=0 1000000000\nm x=0 2000000000\n");
    assert!(!svg.contains("e-1"), "a 0 that was rounded: {svg}");
    let (run, svg) = run_on(&[], "");
    run.assert_says("plot: 0 panels in ");
    assert!(svg.starts_with("<svg "), "{svg}");

    let mut many = String::new();
    for i in 0..130 {
        let _ = writeln!(many, "m,i={i:03} x=1 1");
    }
    let (run, svg) = run_on(&[], &many);
    run.assert_says("plot: 100 panels in ");
    run.assert_says(", 30 not drawn");
    assert!(svg.contains("m,i=099 x") && !svg.contains("m,i=100 x"));
}

#[test]
fn a_picture_of_the_sample() {
    let picture = TemporaryFile::new("sample.svg", "");
    let run = finish(command(&["--plot", picture.path(), "--series", "cpu,*"]), b"");
    run.assert_says("plot: 18 panels in ");
    let svg = fs::read_to_string(picture.path()).expect("a picture");
    assert!(svg.contains("cpu,cpu=cpu0,host=db1 usage_idle"), "{svg}");
}
