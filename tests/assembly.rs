//! Law: the hot loops of AVX2 are AVX2.
//!
//! A helper that is not inlined into the entry with the CPU features compiles, gives the
//! right answer, and runs many times slower. So a small crate that uses the library is
//! compiled at the opt-levels of releases, and the assembly of its AVX2 entries is read:
//! the loop over stripes must do its arithmetic in `ymm` registers, four of them or more,
//! without a call and all but without the scalar form of the instruction, and the entry must call
//! no function of the library but those that are cold.
//!
//! Loads must follow addresses: where the stripes of a tile are unrolled, the compiler sorts them by
//! lane, and sums of what is not in L1 take up to 1.3 times as long.
//!
//! And nothing, on any backend, may call an intrinsic.
//!
//! A filter counts the bits that it sets. Where its sweep compares the values itself, and
//! nothing asks for bits or count, the code that makes them must be gone.
//!
//! What a short column costs is little more than its call: the way to a kernel must put nothing on the
//! stack, and jump by no table, and the search for a place must find its values in registers or where they are.
//!
//! Sums of wide integers have full adders of two operations each with AVX-512, and nothing on the stack.
//!
//! An entry or a loop that is not found is a failure.
#![cfg(all(target_arch = "x86_64", feature = "std"))]

use std::path::{Path, PathBuf};
use std::process::Command;

const KERNELS: &str = "\
use lanefold::*;
pub fn sum_f32(on: Backend, x: &[f32]) -> f32 { Sum.of_on(on, x) }
pub fn sum_f64(on: Backend, x: &[f64]) -> f64 { Sum.of_on(on, x) }
pub fn sum_i32(on: Backend, x: &[i32]) -> i64 { Sum.of_on(on, x) }
pub fn sum_i64(on: Backend, x: &[i64]) -> i128 { Sum.of_on(on, x) }
pub fn min_f32(on: Backend, x: &[f32]) -> Option<f32> { Min.of_on(on, x) }
pub fn min_f64(on: Backend, x: &[f64]) -> Option<f64> { Min.of_on(on, x) }
pub fn arg_min_f32(on: Backend, x: &[f32]) -> Option<(usize, f32)> { ArgMin.of_on(on, x) }
pub fn arg_min_f64(on: Backend, x: &[f64]) -> Option<(usize, f64)> { ArgMin.of_on(on, x) }
pub fn nan_f64(on: Backend, x: &[f64]) -> Option<f64> { PropagateNan(Min).of_on(on, x) }
pub fn variance_f32(on: Backend, x: &[f32]) -> Option<f64> { Variance::sample().of_on(on, x) }
pub fn variance_f64(on: Backend, x: &[f64]) -> Option<f64> { Variance::sample().of_on(on, x) }
pub fn dot_f64(on: Backend, x: &[f64], y: &[f64]) -> f64 { Dot.of_on(on, (x, y)) }
pub fn null_sum_f64(on: Backend, x: Nullable<'_, f64>) -> f64 { Sum.of_on(on, x) }
pub fn tuple_f64(on: Backend, x: &[f64]) -> (u64, f64, Option<f64>) { (Count, Sum, Max).of_on(on, x) }
pub fn filter_f64(on: Backend, x: &[f64]) -> f64 { Sum.filter(0.5..).of_on(on, x) }
pub fn median_f32(on: Backend, x: &[f32]) -> Option<f64> { Median.of_on(on, x) }
pub fn median_f64(on: Backend, x: &[f64]) -> Option<f64> { Median.of_on(on, x) }
pub fn short_f64(x: &[f64]) -> f64 { Sum.of(x) }
pub fn short_min_f64(x: &[f64]) -> Option<f64> { Min.of(x) }
pub fn dot_i64(on: Backend, x: &[i64], y: &[i64]) -> i128 { Dot.of_on(on, (x, y)) }
pub fn variance_i64(on: Backend, x: &[i64]) -> Option<f64> { Variance::sample().of_on(on, x) }
pub fn distinct_u64(on: Backend, x: &[u64]) -> u64 { DistinctSketch::new(12).unwrap().of_on(on, x) }
pub fn exact_f64(on: Backend, x: &[f64]) -> f64 { ExactSum.of_on(on, x) }
pub fn moments_f64(on: Backend, x: &[f64]) -> Option<f64> { Moments.of_on(on, x).map(|m| m.mean()) }
pub fn arg_min_i64(on: Backend, x: &[i64]) -> Option<(usize, i64)> { ArgMin.of_on(on, x) }
pub fn own_f64(on: Backend, x: &[f64]) -> f64 { Own.of_on(on, x) }

pub struct Own;
impl<S: Simd> LaneFold<S, S::F64> for Own {
    type Lanes = S::F64;
    const REGISTERS: usize = 1;
    #[inline(always)]
    fn identity(&self, simd: S) -> S::F64 { S::F64::splat(simd, 0.0) }
    #[inline(always)]
    fn step(&self, simd: S, lanes: S::F64, load: impl Fn(S::F64) -> S::F64) -> S::F64 {
        lanes.max(load(S::F64::splat(simd, 0.0)).mul(S::F64::splat(simd, 0.1)))
    }
    #[inline(always)]
    fn join(&self, one: S::F64, other: S::F64) -> S::F64 { one.max(other) }
}
impl Aggregate<f64> for Own {
    type Partial = f64;
    type Output = f64;
    fn identity(&self) -> f64 { 0.0 }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut f64, tile: &Tile<'_, f64, S>) {
        let greatest = tile.fold(self).fold_max();
        if greatest > *partial { *partial = greatest }
    }
    fn merge(&self, into: &mut f64, other: &f64) { if *other > *into { *into = *other } }
    fn finish(&self, partial: &f64) -> f64 { *partial }
}
";

/// The end of a mangled name (the aggregate, and `f` for `f32`, `d` for `f64`, `l` for `i32`, `x` for
/// `i64`), and the
/// instructions of its loop, without the ending that tells how many lanes they have.
const ENTRIES: [(&str, &[&str]); 16] = [
    ("3Sumf", &["vaddp"]),
    ("3Sumd", &["vaddp"]),
    ("3Suml", &["vpaddd", "vpsrad"]),
    ("3Sumx", &["vpaddq", "vpmaddwd"]),
    ("3Minf", &["vminp"]),
    ("3Mind", &["vminp"]),
    ("8Variancef", &["vfmadd", "vmulp", "vaddp"]),
    ("8Varianced", &["vfmadd", "vmulp", "vaddp"]),
    ("3DotTdd", &["vmulp", "vaddp"]),
    ("6Optiond", &["vblendvp", "vaddp"]),
    ("3MaxEd", &["vaddp", "vmaxp"]),
    ("3Ownd", &["vmulp", "vmaxp"]),
    ("6Filter", &["vblendvp", "vaddp"]),
    ("6ArgMinf", &["vminp"]),
    ("6ArgMind", &["vminp"]),
    ("12PropagateNan", &["vminp", "vcmp"]),
];

/// The searches for quantiles, and the instructions of their passes. These have branches, so
/// that no loop is found by its labels: the whole entry is looked at.
const SEARCHES: [(&str, [&str; 2]); 2] =
    [("4Findf", ["vcmplt_oqps", "vpaddd"]), ("4Findd", ["vcmplt_oqpd", "vpaddq"])];

/// Functions that an entry may call: those that are never hot.
const COLD: [&str; 6] =
    ["panic", "fail", "wide_spread", "memcpy", "memset", "quantile4find6select"];

fn compile(opt_level: &str) -> String {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("assembly-{opt_level}"));
    std::fs::create_dir_all(&folder).expect("a folder in the target folder");
    let library = env!("CARGO_MANIFEST_DIR");
    let manifest = format!(
        "[package]\nname = \"kernels\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\
         [lib]\npath = \"kernels.rs\"\n[dependencies]\nlanefold = {{ path = {library:?} }}\n\
         [workspace]\n"
    );
    std::fs::write(folder.join("Cargo.toml"), manifest).expect("a manifest");
    std::fs::write(folder.join("kernels.rs"), KERNELS).expect("a source file");
    // The versions that this build was made with, where they are known: they are cached.
    let _ = std::fs::copy(Path::new(library).join("Cargo.lock"), folder.join("Cargo.lock"));
    let output: PathBuf = folder.join("kernels.s");
    // What an earlier run left must not be read in place of what this one makes.
    let _ = std::fs::remove_file(&output);
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(&folder).args(["rustc", "--offline", "--release", "--target-dir", "target"]);
    cargo.arg("--").arg(format!("--emit=asm={}", output.display()));
    cargo.args(["-Ccodegen-units=1", "-Csymbol-mangling-version=v0"]);
    // What the caller asks of its own build, say more CPU features, is not for this one.
    for variable in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_BUILD_TARGET"] {
        cargo.env_remove(variable);
    }
    let result = cargo.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", opt_level).output();
    let result = result.expect("cargo runs");
    assert!(result.status.success(), "{}", String::from_utf8_lossy(&result.stderr));
    std::fs::read_to_string(output).expect("assembly")
}

/// The lines of the one function whose mangled name has these parts.
fn function<'a>(assembly: &'a str, parts: &[&str]) -> Vec<&'a str> {
    let is_it = |line: &str| line.ends_with(':') && parts.iter().all(|part| line.contains(part));
    let starts = assembly.lines().enumerate().filter(|(_, line)| is_it(line));
    let starts: Vec<usize> = starts.map(|(i, _)| i).collect();
    assert_eq!(starts.len(), 1, "functions of {parts:?}");
    let body = assembly.lines().skip(starts[0] + 1).map(str::trim);
    body.take_while(|line| !line.starts_with(".Lfunc_end")).collect()
}

/// The lines of an AVX2 entry.
fn entry<'a>(assembly: &'a str, kernel: &str, name: &str) -> Vec<&'a str> {
    entry_on("4Avx2", assembly, kernel, name)
}

/// The lines of an entry of a backend.
fn entry_on<'a>(backend: &str, assembly: &'a str, kernel: &str, name: &str) -> Vec<&'a str> {
    let body = function(assembly, &[backend, "5entry", kernel, name]);
    assert!(body.len() > 50, "{name} has a body");
    body
}

/// The innermost loops: from a label to a jump back to it, with no label between.
fn loops<'a, 'b>(body: &'b [&'a str]) -> Vec<&'b [&'a str]> {
    let mut found = Vec::new();
    for (start, line) in body.iter().enumerate() {
        let Some(label) = line.strip_suffix(':') else { continue };
        let rest = &body[start + 1..];
        let until = rest.iter().position(|line| line.ends_with(':')).unwrap_or(rest.len());
        let back =
            |line: &&str| line.starts_with('j') && line.split_whitespace().nth(1) == Some(label);
        if let Some(end) = rest[..until].iter().position(back) {
            found.push(&rest[..end]);
        }
    }
    found
}

/// Whether no load of code without a label is a stripe or more before an earlier one from the same
/// registers.
fn follow_addresses(lines: &[&str]) -> bool {
    const STRIPE: i64 = 256;
    let mut seen: Vec<(&str, i64)> = Vec::new();
    lines.iter().filter(|line| line.contains("%ymm")).all(|line| {
        let Some((before, rest)) = line.split_once('(') else { return true };
        let registers = rest.split(')').next().unwrap_or_default();
        let offset = before.rsplit(['\t', ' ']).next().unwrap_or_default();
        // A constant has a name, and the stack an address of its own.
        let offset = if offset.is_empty() { Some(0) } else { offset.parse().ok() };
        let Some(offset) = offset.filter(|_| registers != "%rsp" && registers != "%rbp") else {
            return true;
        };
        match seen.iter_mut().find(|(known, _)| *known == registers) {
            None => seen.push((registers, offset)),
            Some((_, greatest)) if offset + STRIPE <= *greatest => return false,
            Some((_, greatest)) => *greatest = offset.max(*greatest),
        }
        true
    })
}

fn is_call(line: &str) -> bool {
    line.starts_with("call")
}

/// What the call in a line may lead to: the line itself, or those that load a function's
/// address into the register that is called.
fn targets<'a>(body: &[&'a str], call: usize) -> Vec<&'a str> {
    match body[call].split_once("*%") {
        None => vec![body[call]],
        Some((_, register)) => loads(body, call, register),
    }
}

/// The lines that load a function's address into a register. Where there are none, the last
/// line before the call that wrote it may be a copy of another, which is followed; nothing else
/// is believed.
fn loads<'a>(body: &[&'a str], before: usize, register: &str) -> Vec<&'a str> {
    let writes = |line: &str| line.ends_with(&format!("%{register}"));
    let is_load = |line: &&str| (line.contains("_R") || line.contains("\tmem")) && writes(line);
    let found: Vec<&str> = body.iter().copied().filter(is_load).collect();
    if !found.is_empty() {
        return found;
    }
    // As the lower half: no address is written so.
    let half = match register.strip_prefix('r') {
        Some(name) if !name.starts_with(|c: char| c.is_ascii_digit()) => format!("%e{name}"),
        _ => format!("%{register}d"),
    };
    let last = body[..before].iter().rposition(|line| writes(line) || line.ends_with(&half));
    let copied = last.and_then(|last| {
        let (from, _) = body[last].strip_prefix("movq\t%")?.split_once(", %")?;
        Some(loads(body, last, from))
    });
    copied.unwrap_or_default()
}

/// No call but to functions that are never hot.
fn calls_are_cold(name: &str, body: &[&str]) {
    for (i, line) in body.iter().enumerate().filter(|(_, line)| is_call(line)) {
        let called = targets(body, i);
        let cold = |line: &&str| COLD.iter().any(|cold| line.contains(cold));
        assert!(!called.is_empty() && called.iter().all(cold), "{name}: {line} of {called:?}");
    }
}

fn check(opt_level: &str) {
    let assembly = compile(opt_level);
    // An intrinsic is a function of its own only where what uses it was compiled without its features,
    // as in a closure that `map` of an array was handed.
    let intrinsics: Vec<_> = assembly.lines().filter(|line| line.contains("9core_arch")).collect();
    assert!(intrinsics.is_empty(), "at opt-level {opt_level}: {intrinsics:?}");
    for (name, instructions) in ENTRIES {
        let body = entry(&assembly, "6Update", name);
        let count = |lines: &[&str], start: &str, register: &str| {
            lines.iter().filter(|line| line.starts_with(start) && line.contains(register)).count()
        };
        let hot: Vec<_> = loops(&body)
            .into_iter()
            .filter(|lines| instructions.iter().all(|start| count(lines, start, "%ymm") >= 4))
            .collect();
        // Of all code, for an unrolled loop over a tile is no innermost one.
        for lines in body.split(|line| line.ends_with(':')) {
            let text = lines.join("\n");
            assert!(follow_addresses(lines), "{name}: loads are sorted by lane in\n{text}");
        }
        println!("{name} at {opt_level}: {} hot loops", hot.len());
        assert!(!hot.is_empty(), "{name} at opt-level {opt_level}: no loop in ymm registers");
        for lines in hot {
            let text = lines.join("\n");
            assert!(!lines.iter().any(|line| is_call(line)), "{name}: a call in\n{text}");
            for start in instructions {
                // Where the stripes of a tile are unrolled, the loop is over tiles, and
                // holds the last steps of their folds, too.
                let (packed, scalar) =
                    (count(lines, start, "%ymm"), count(lines, &start.replace('p', "s"), "%xmm"));
                assert!(8 * scalar <= packed, "{name}: one lane at a time in\n{text}");
            }
        }
        assert!(name != "6Filter" || count(&body, "popcnt", "") == 0, "{name}: bits are made");
        calls_are_cold(name, &body);
    }
    for (name, instructions) in SEARCHES {
        let body = entry(&assembly, "4Find", name);
        for start in instructions {
            let is_it = |line: &&&str| line.starts_with(start);
            let packed = body.iter().filter(is_it).filter(|line| line.contains("%ymm")).count();
            println!("{name} at {opt_level}: {packed} times {start}");
            assert!(packed >= 8, "{name} at opt-level {opt_level}: {start} {packed} times in ymm");
        }
        calls_are_cold(name, &body);
    }
    // (Those whose results are written to memory keep its address.)
    for name in ["3Sumd", "3Mind"] {
        let body = function(&assembly, &["3run7on_best", name]);
        println!("{name} at {opt_level}: {} lines to its kernel", body.len());
        let is_way = |line: &&str| line.starts_with("jmp") && line.contains("4Avx2");
        assert!(body.iter().any(is_way), "{name}: no way to a kernel in {body:?}");
        let stored = |line: &&&str| line.starts_with("push") || line.contains("%rsp");
        let stored: Vec<_> = body.iter().filter(stored).collect();
        assert!(stored.is_empty(), "{name} at opt-level {opt_level}: on the stack {stored:?}");
        let by_table: Vec<_> = body.iter().filter(|line| line.starts_with("jmpq\t*%")).collect();
        assert!(by_table.is_empty(), "{name} at opt-level {opt_level}: a table of {by_table:?}");
    }
    // Two operations for each of seven full adders.
    for name in ["3Suml", "3Sumx"] {
        let body = entry_on("6Avx512", &assembly, "6Update", name);
        let adders = |lines: &[&str]| lines.iter().filter(|l| l.starts_with("vpternlog")).count();
        let hot: Vec<_> = loops(&body).into_iter().filter(|lines| adders(lines) > 0).collect();
        assert!(!hot.is_empty(), "{name} at opt-level {opt_level}: no loop of full adders");
        for lines in hot {
            let text = lines.join("\n");
            assert_eq!(adders(lines), 14, "{name} at opt-level {opt_level}: in\n{text}");
            assert!(!lines.iter().any(|l| is_call(l) || l.contains("%rsp")), "{name}: {text}");
        }
    }
    let body = entry(&assembly, "6OneRun", "6ArgMinx");
    let is_kept = |line: &&&str| line.contains("%ymm") && line.contains("(%rsp)");
    let kept: Vec<_> = body.iter().filter(is_kept).collect();
    assert!(kept.is_empty(), "ArgMin of i64 at opt-level {opt_level}: on the stack {kept:?}");
}

#[test]
fn hot_loops_are_avx2_at_opt_level_2() {
    check("2");
}

#[test]
fn hot_loops_are_avx2_at_opt_level_3() {
    check("3");
}

#[test]
fn loads_that_are_sorted_by_lane_are_told() {
    let (one, two) = ("vaddpd\t32(%rsi), %ymm0, %ymm0", "vaddpd\t(%rsi), %ymm1, %ymm1");
    let (next, constant) = ("vaddpd\t288(%rsi), %ymm0, %ymm0", "vmulpd\t.LC(%rip), %ymm0, %ymm0");
    assert!(follow_addresses(&[two, one, next]));
    assert!(follow_addresses(&[one, two, constant, next, "vmovaps\t-512(%rsp), %ymm3"]));
    assert!(!follow_addresses(&[one, next, two]));
}

#[test]
fn calls_through_registers_are_followed() {
    let memset = "movq\tmemset@GOTPCREL(%rip), %r8";
    let hot = "movq\t_RNvC8lanefold3hot@GOTPCREL(%rip), %r8";
    let (copy, call) = ("movq\t%r8, %rbp", "callq\t*%rbp");
    assert_eq!(targets(&[memset, copy, call], 2), [memset]);
    assert_eq!(targets(&[memset, hot, copy, call], 3), [memset, hot]);
    for other in ["movq\t16(%rsp), %rbp", "movl\t%eax, %ebp", "movq\t%rax, %rbp"] {
        assert!(targets(&[memset, copy, other, call], 3).is_empty(), "{other}");
    }
}
