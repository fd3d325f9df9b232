//! How long groups take, beside the loop and the map that one writes without the crate.
//!
//! All ways to do a thing take turns in one process, round after round, and the best round
//! of each counts. Results are checked before they are timed.
//!
//! ```text
//! taskset -c 1 cargo bench --bench groups
//! taskset -c 1 cargo bench --bench groups -- 16384 64 1000
//! ```
//!
//! The first number is how many rows there are, one million without it; further ones are
//! numbers of groups to look at; names of backends, `random` and `sorted` say what is looked at,
//! too. Of 16,384 rows, which lie in L2, memory is no limit.
//!
//! | way | what is timed |
//! | --- | --- |
//! | `plain` | `sums[id as usize] += x` |
//! | `sum` | `Grouped` of `Sum` |
//! | `four` | `Grouped` of `(Count, Sum, Min, Max)` |
//! | `map` | a `HashMap` of `(u64, f64, f64, f64)` with the standard hasher |
//! | `group_by` | `GroupBy` of the same four |
#![allow(
    clippy::cast_possible_truncation,
    clippy::float_cmp,
    reason = "ids are cut out of random words, and sums of integers are exact"
)]

use lanefold::{Backend, Count, GroupBy, Grouped, Max, Min, Sum};
use std::collections::HashMap;
use std::hint::black_box;
use std::time::Instant;

const ROWS: usize = 1_000_000;
const GROUPS: [usize; 6] = [4, 64, 1_000, 10_000, 100_000, 10_000_000];
const KEYS: u64 = 10_000;
/// Turns of each way, and the least rows of a turn.
const ROUNDS: usize = 15;
const TURN: usize = 50_000;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let quick = !words.iter().any(|word| word == "--bench");
    let numbers: Vec<usize> =
        words.iter().filter_map(|word| word.replace('_', "").parse().ok()).collect();
    let rows = numbers.first().copied().unwrap_or(if quick { 20_000 } else { ROWS });
    let wanted = numbers.get(1..).unwrap_or(&[]);
    println!(
        "{:>9} {:>9} {:<7} {:<7} {:>8} {:>8} {:>8} {:>6} {:>6}",
        "rows", "groups", "order", "backend", "plain ns", "sum ns", "four ns", "/plain", "four"
    );
    for groups in GROUPS {
        if (wanted.is_empty() || wanted.contains(&groups)) && !(quick && groups > 100_000) {
            for order in ["random", "sorted"] {
                let other = if order == "random" { "sorted" } else { "random" };
                if !words.iter().any(|word| word == other) {
                    report(rows, groups, order, if quick { 1 } else { ROUNDS });
                }
            }
        }
    }
    if wanted.is_empty() {
        by_key(rows, if quick { 1 } else { ROUNDS });
    }
}

/// Those that are named, or all.
fn backends() -> Vec<Backend> {
    let named: Vec<Backend> =
        std::env::args().filter_map(|word| Backend::from_name(&word).ok()).collect();
    if named.is_empty() { Backend::available().collect() } else { named }
}

/// Numbers that look random: `SplitMix64` (Steele, Lea and Flood 2014).
fn mixed(i: u64) -> u64 {
    let z = i.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Integers, so that all sums are exact.
fn values(rows: usize) -> Vec<f64> {
    (0..rows as u64).map(|i| (mixed(i) >> 44) as f64 - 500_000.0).collect()
}

/// Nanoseconds of a row, each way in its best round.
fn best<const N: usize>(rows: usize, rounds: usize, mut ways: [&mut dyn FnMut(); N]) -> [f64; N] {
    let calls = if rounds == 1 { 1 } else { TURN.div_ceil(rows) };
    let rounds = if rows < TURN { 10 * rounds } else { rounds };
    let mut best = [f64::INFINITY; N];
    for _ in 0..rounds {
        for (way, best) in ways.iter_mut().zip(&mut best) {
            let start = Instant::now();
            for _ in 0..calls {
                way();
            }
            let time = start.elapsed().as_nanos() as f64 / (calls * rows) as f64;
            if time < *best {
                *best = time;
            }
        }
    }
    best
}

fn report(rows: usize, groups: usize, order: &str, rounds: usize) {
    let mut ids: Vec<u32> =
        (0..rows as u64).map(|i| (mixed(i + 7) % groups as u64) as u32).collect();
    if order == "sorted" {
        ids.sort_unstable();
    }
    let values = values(rows);
    for backend in backends() {
        let mut sums = vec![0.0; groups];
        let mut sum = Grouped::on(backend, Sum);
        let mut four = Grouped::on(backend, (Count, Sum, Min, Max));
        sum.resize(groups);
        four.resize(groups);
        plain(&mut sums, &ids, &values);
        sum.update(&ids, &values).expect("ids of groups");
        four.update(&ids, &values).expect("ids of groups");
        for ((want, got), four) in sums.iter().zip(sum.finish()).zip(four.finish()) {
            assert!(*want == got && got == four.1, "{got} or {} for {want}", four.1);
            assert!(four.0 == 0 || four.2 <= four.3, "no range");
        }
        let [plain, sum, four] = best(
            rows,
            rounds,
            [
                &mut || plain(black_box(&mut sums), black_box(&ids), black_box(&values)),
                &mut || sum.update(black_box(&ids), black_box(&values)).expect("ids of groups"),
                &mut || four.update(black_box(&ids), black_box(&values)).expect("ids of groups"),
            ],
        );
        println!(
            "{rows:>9} {groups:>9} {order:<7} {:<7} {plain:>8.3} {sum:>8.3} {four:>8.3} {:>6.2} {:>6.2}",
            backend.name(),
            plain / sum,
            four / sum,
        );
    }
}

#[inline(never)]
fn plain(sums: &mut [f64], ids: &[u32], values: &[f64]) {
    for (&id, &x) in ids.iter().zip(values) {
        sums[id as usize] += x;
    }
}

type Four = (u64, f64, f64, f64);

#[inline(never)]
fn map(groups: &mut HashMap<u64, Four>, keys: &[u64], values: &[f64]) {
    for (&key, &x) in keys.iter().zip(values) {
        let (count, sum, min, max) =
            groups.entry(key).or_insert((0, 0.0, f64::INFINITY, f64::NEG_INFINITY));
        *count += 1;
        *sum += x;
        *min = if x < *min { x } else { *min };
        *max = if x > *max { x } else { *max };
    }
}

fn by_key(rows: usize, rounds: usize) {
    let keys: Vec<u64> = (0..rows as u64).map(|i| mixed(mixed(i + 3) % KEYS)).collect();
    let values = values(rows);
    println!(
        "\n{:>9} {:>9} {:<7} {:>8} {:>11} {:>6}",
        "rows", "keys", "backend", "map ns", "group_by ns", "/map"
    );
    for backend in backends() {
        let mut groups = HashMap::new();
        map(&mut groups, &keys, &values);
        let mut all = GroupBy::<u64, _, f64>::on(backend, (Count, Sum, Min, Max));
        all.update(&keys, &values).expect("a key for each row");
        assert_eq!(all.len(), groups.len());
        for (key, (count, sum, min, max)) in all.iter() {
            assert_eq!((count, sum, min.unwrap_or(0.0), max.unwrap_or(0.0)), groups[key]);
        }
        let [map, group_by] = best(
            rows,
            rounds,
            [
                &mut || map(black_box(&mut groups), black_box(&keys), black_box(&values)),
                &mut || all.update(black_box(&keys), black_box(&values)).expect("as many keys"),
            ],
        );
        println!(
            "{rows:>9} {KEYS:>9} {:<7} {map:>8.2} {group_by:>11.2} {:>6.2}",
            backend.name(),
            map / group_by,
        );
    }
}
