//! Law: an aggregate that is chosen at run time gives the bits of the aggregate itself.
//!
//! Each name is compared with the aggregate that it stands for, on every backend, at lengths
//! around the ends of tiles, of pieces (32 KiB) and of blocks (512 KiB), for special values,
//! and in streams that are cut anywhere.
#![cfg(feature = "alloc")]
#![allow(clippy::float_cmp, reason = "the bits are the same")]
#![allow(clippy::cast_possible_truncation, reason = "data from random words")]

use lanefold::{
    Adapt, Aggregate, AggregateSet, ArgMax, ArgMin, Backend, CoefficientOfVariation, Count,
    CountNan, ErasedAggregate, ExactMean, ExactSum, ExactVariance, First, GeometricMean,
    HarmonicMean, Iqr, Last, LogSumExp, Max, Mean, Median, MedianAbsoluteDeviation, Min,
    NamedAggregates, Norm, Product, Quantile, RootMeanSquare, SetError, Simd, StdDev, Sum,
    SumOfSquares, Tile, Value, Variance,
};

const TILE: usize = 1024;
const LENGTHS: [usize; 14] = [
    0,
    1,
    2,
    16,
    17,
    100,
    512,
    513,
    TILE,
    TILE + 1,
    4 * TILE,
    4 * TILE + 1,
    9 * TILE + 5,
    65 * TILE + 3,
];

/// `SplitMix64`.
struct Random(u64);

impl Random {
    fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.word() % limit as u64).expect("small")
    }
    /// Of either sign and of all sizes between 2⁻²⁰ and 2²⁰.
    fn value(&mut self) -> f64 {
        let bits = self.word();
        f64::from_bits(bits & 0x800f_ffff_ffff_ffff | (1003 + (bits >> 52) % 40) << 52)
    }
}

/// Values that are all positive, of either sign, or with special ones among them.
fn columns(len: usize) -> Vec<Vec<f64>> {
    let random = &mut Random(len as u64);
    let mixed: Vec<f64> = (0..len).map(|_| random.value()).collect();
    if len > 10 * TILE {
        return vec![mixed];
    }
    let mut special = mixed.clone();
    let specials = [f64::NAN, -0.0, 0.0, f64::INFINITY, f64::MAX, 5e-324, f64::NEG_INFINITY];
    for _ in 0..len.min(40) / 8 {
        special[random.below(len)] = specials[random.below(specials.len())];
    }
    vec![mixed.iter().map(|x| x.abs()).collect(), mixed, special]
}

/// The same bits: NaN is canonical.
fn same(one: Value, other: Value) -> bool {
    match (one, other) {
        (Value::Float(one), Value::Float(other)) => one.to_bits() == other.to_bits(),
        _ => one == other,
    }
}

macro_rules! compare {
    ($T:ident, $columns:expr, { $($name:literal => $aggregate:expr,)* }) => {
        let names = [$($name),*];
        let set = AggregateSet::<$T>::from_names(names).expect("all are known");
        assert!(set.names().eq(names), "in order");
        for &name in <$T as NamedAggregates>::NAMES {
            assert!(names.contains(&name), "{name} is not compared");
        }
        for backend in Backend::available() {
            let random = &mut Random(1);
            for column in $columns {
                let column: &[$T] = &column;
                let want: Vec<(&str, Value)> =
                    vec![$(($name, $aggregate.of_on(backend, column).into())),*];
                let mut stream = set.accumulator_on(backend);
                let mut rest = column;
                while !rest.is_empty() {
                    let (piece, others) = rest.split_at(rest.len().min(1 + random.below(20_000)));
                    if piece.len() < 500 {
                        for &x in piece {
                            stream.push(x);
                        }
                    } else {
                        stream.update(piece);
                    }
                    rest = others;
                }
                let ways = [set.of_on(backend, column), stream.finish()];
                for (got, way) in ways.iter().zip(["of", "stream"]) {
                    assert_eq!(got.len(), want.len());
                    for (&(name, got), &(wanted, want)) in got.iter().zip(&want) {
                        let len = column.len();
                        assert_eq!(name, wanted);
                        assert!(
                            same(got, want),
                            "{name} by {way} is {got}, not {want}: {len} on {backend}"
                        );
                    }
                }
            }
        }
    };
}

#[test]
fn names_of_floats() {
    let quantile = |q: f64| Quantile::new(q).expect("a share");
    compare!(f64, LENGTHS.into_iter().flat_map(columns), {
        "count" => Count,
        "count_nan" => CountNan,
        "sum" => Sum,
        "exact_sum" => ExactSum,
        "mean" => Mean,
        "exact_mean" => ExactMean,
        "min" => Min,
        "max" => Max,
        "arg_min" => ArgMin,
        "arg_max" => ArgMax,
        "first" => First,
        "last" => Last,
        "variance" => Variance::sample(),
        "std_dev" => StdDev::sample(),
        "population_variance" => Variance::population(),
        "population_std_dev" => StdDev::population(),
        "exact_variance" => ExactVariance::sample(),
        "coefficient_of_variation" => CoefficientOfVariation::sample(),
        "sum_of_squares" => SumOfSquares,
        "root_mean_square" => RootMeanSquare,
        "norm" => Norm::l2(),
        "product" => Product,
        "geometric_mean" => GeometricMean,
        "harmonic_mean" => HarmonicMean,
        "log_sum_exp" => LogSumExp,
        "median" => Median,
        "iqr" => Iqr,
        "median_absolute_deviation" => MedianAbsoluteDeviation,
        "p0" => quantile(0.0),
        "p50" => quantile(0.5),
        "p99.9" => quantile(0.999),
        "p58" => quantile(0.58),
        "p100" => quantile(1.0),
    });
    let ran: Vec<&str> = Backend::available().map(Backend::name).collect();
    println!("backends that ran: {}", ran.join(", "));
    assert!(!cfg!(target_arch = "x86_64") || ran.contains(&"avx2"), "AVX2 was not tested");
}

#[test]
fn names_of_integers() {
    let column = |len: usize| -> Vec<i32> {
        let random = &mut Random(len as u64);
        (0..len).map(|_| random.word().cast_signed() as i32 >> random.below(32)).collect()
    };
    compare!(i32, [0, 1, 17, 2048, 2049, 8193, 140_000].into_iter().map(column), {
        "count" => Count,
        "sum" => Sum,
        "mean" => Mean,
        "min" => Min,
        "max" => Max,
        "arg_min" => ArgMin,
        "arg_max" => ArgMax,
        "first" => First,
        "last" => Last,
        "variance" => Variance::sample(),
        "std_dev" => StdDev::sample(),
        "population_variance" => Variance::population(),
        "population_std_dev" => StdDev::population(),
        "coefficient_of_variation" => CoefficientOfVariation::sample(),
        "sum_of_squares" => SumOfSquares,
        "root_mean_square" => RootMeanSquare,
        "norm" => Norm::l2(),
        "geometric_mean" => GeometricMean,
        "harmonic_mean" => HarmonicMean,
        "log_sum_exp" => LogSumExp,
        "median" => Median,
        "iqr" => Iqr,
        "median_absolute_deviation" => MedianAbsoluteDeviation,
    });
}

#[test]
fn names_that_are_none() {
    let unknown = [
        "", "Mean", " mean", "maen", "p", "p-1", "p101", "p100.1", "p1e1", "pinf", "pnan", "p.5",
        "p5.", "p+5", "p5.5.5", "50", "p99,9", "P50",
    ];
    for name in unknown {
        let error = AggregateSet::<f64>::from_names(["mean", name]).expect_err(name);
        let shown = error.to_string();
        assert!(shown.starts_with(&format!("no aggregate is named {name:?}; there are count, ")));
        assert!(shown.ends_with("log_sum_exp, median, iqr, median_absolute_deviation, and percentiles p0 to p100, as p99.9"), "{shown}");
    }
    // What floats alone have.
    let error = AggregateSet::<i32>::from_names(["exact_sum"]).expect_err("integers are exact");
    assert!(!error.to_string().contains("count_nan"), "{error}");
}

#[test]
fn names_that_come_twice() {
    let error = AggregateSet::<f64>::from_names(["mean", "max", "mean"]).expect_err("twice");
    assert_eq!(error.to_string(), r#""mean" comes twice"#);
    let set = AggregateSet::<f64>::from_names(["mean"]).expect("known");
    assert!(matches!(set.with("mean", Max), Err(SetError::Twice { .. })));
}

#[test]
fn a_set_of_none() {
    let set = AggregateSet::<f64>::from_names([] as [&str; 0]).expect("nothing is unknown");
    assert!(set.is_empty() && set.of(&[1.0]).is_empty());
    assert_eq!(set.of_into(&[1.0], &mut []), Ok(()));
    let mut stream = set.accumulator();
    stream.update(&vec![1.0; 3000]);
    assert!(stream.finish().is_empty());
    assert_eq!(stream.merge(&set.accumulator()), Ok(()));
}

/// The values in order, a list that becomes one number.
#[derive(Clone)]
struct Digits;

impl Aggregate<u8> for Digits {
    type Partial = u64;
    type Output = u64;

    fn identity(&self) -> u64 {
        0
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut u64, tile: &Tile<'_, u8, S>) {
        tile.for_each(|digit| *partial = (*partial * 10 + u64::from(digit)) % 1_000_000_007);
    }
    fn merge(&self, into: &mut u64, other: &u64) {
        *into = (*into * 31 + other) % 1_000_000_007;
    }
    fn finish(&self, partial: &u64) -> u64 {
        *partial
    }
}

#[test]
fn aggregates_of_ones_own() {
    let set = AggregateSet::new().with("digits", Digits).expect("new");
    let set = set.with("low", Count.filter(..5)).expect("new").clone();
    for len in [0, 3, 8192, 40_000, 1_200_000] {
        let column: Vec<u8> = (0..len).map(|i: u32| (i % 10) as u8).collect();
        let want = [("digits", Digits.of(&column)), ("low", Count.filter(..5).of(&column))];
        let want = want.map(|(name, value)| (name, Value::from(value)));
        assert_eq!(set.of(&column), want);
        let mut values = [Value::Missing; 2];
        set.of_into(&column, &mut values).expect("two places");
        assert_eq!(values, want.map(|(_, value)| value));
        let mut stream = set.accumulator();
        for piece in column.chunks(7001) {
            stream.update(piece);
        }
        assert_eq!(stream.clone().finish(), want);
        assert_eq!(stream.finish(), want);
    }
    assert_eq!(format!("{set:?}"), r#"AggregateSet(["digits", "low"])"#);
    let error = set.of_into(&[1], &mut [Value::Missing]).expect_err("one place");
    assert_eq!(error.to_string(), "2 members, and places for 1 results");
}

#[test]
fn merges_are_those_of_accumulators() {
    let set = AggregateSet::new().with("digits", Digits).expect("new");
    for (one, other) in [(0, 0), (5, 0), (0, 5), (100, 9000), (9000, 100), (600_000, 8192)] {
        let column: Vec<u8> = (0..one + other).map(|i: u32| (i * 7 % 10) as u8).collect();
        let (one, other) = column.split_at(one as usize);
        let (mut stream, mut second) = (set.accumulator(), set.accumulator());
        let (mut want, mut want_second) = (Digits.accumulator(), Digits.accumulator());
        for (stream, want, column) in
            [(&mut stream, &mut want, one), (&mut second, &mut want_second, other)]
        {
            stream.update(column);
            want.update(column).expect("one column has one length");
        }
        for _ in 0..2 {
            stream.merge(&second).expect("alike");
            want.merge(&want_second);
            stream.update(&[1, 2, 3]);
            want.update(&[1, 2, 3]).expect("one column has one length");
            assert_eq!(stream.finish(), [("digits", Value::from(want.finish()))]);
        }
    }
}

#[test]
fn different_sets_do_not_merge() {
    let set = |name: &str| AggregateSet::<u8>::new().with(name, Sum).expect("new");
    let mut stream = set("sum").accumulator();
    stream.push(5);
    let error = stream.merge(&set("total").accumulator()).expect_err("another name");
    assert_eq!(error.to_string(), r#"accumulators of different sets: ["sum"] and ["total"]"#);
    let other = AggregateSet::<u8>::new().with("sum", Max).expect("new");
    let mut other = other.accumulator();
    other.push(7);
    assert!(stream.merge(&other).is_err(), "another aggregate");
    assert!(stream.merge(&set("sum").with("max", Max).expect("new").accumulator()).is_err());
    assert_eq!(stream.finish(), [("sum", Value::Unsigned(5))], "nothing was merged");
}

#[test]
fn values_are_exact() {
    let greatest = [u64::MAX; 3];
    let sums = AggregateSet::new().with("sum", Sum).expect("new").with("max", Max).expect("new");
    let exact = Value::Unsigned(3 * u128::from(u64::MAX));
    assert_eq!(sums.of(&greatest), [("sum", exact), ("max", Value::Unsigned(u64::MAX.into()))]);
    assert_eq!(exact.to_string(), "55340232221128654845");
    let row: &dyn ErasedAggregate<i64> = &ArgMin;
    assert_eq!(row.value_of(Backend::best(), &[4, i64::MIN, 9]), Value::Row(1));
    assert_eq!(row.value_of(Backend::best(), &[]), Value::Missing);
    let least: &dyn ErasedAggregate<i64> = &Min;
    assert_eq!(least.value_of(Backend::best(), &[4, i64::MIN]).to_string(), "-9223372036854775808");
    let mean: &dyn ErasedAggregate<f32> = &Sum;
    assert_eq!(mean.value_of(Backend::best(), &[0.1]), Value::Float(f64::from(0.1_f32)));
    assert_eq!(format!("{:.2} {:>6}", Value::Float(1.0 / 3.0), Value::Missing), "0.33   none");
}
