//! Partials that hold lists: from a partial to bytes and back, some forms to the letter, and
//! changed ones.

use crate::columns::{Storable, pairs, partial};
use crate::data::{KINDS, Random, Sample, column};
use crate::golden::is_stored_as;
use crate::random::{few, stands};
use crate::trips::{bytes, obeys, survives};
use lanefold::{
    Adapt, Aggregate, Backend, Count, DistinctSketch, ExponentialHistogram,
    ExponentialHistogramPoint, HeavyHitters, Histogram, Iqr, Median, MedianAbsoluteDeviation,
    Quantile, QuantileSketch, QuantileSummary, Quantiles, Row, Simd, Tile, TopK, WeightedQuantile,
};
use proptest::prelude::*;

pub(crate) fn distinct(precision: u8) -> DistinctSketch {
    DistinctSketch::new(precision).expect("from 4 to 18")
}

pub(crate) fn heavy(capacity: usize) -> HeavyHitters {
    HeavyHitters::new(capacity).expect("not 0")
}

pub(crate) fn sketch(alpha: f64, buckets: u32) -> QuantileSketch {
    QuantileSketch::new(alpha).and_then(|it| it.with_buckets(buckets)).expect("in range")
}

pub(crate) fn histogram(buckets: u32, scale: i32, zero: f64) -> ExponentialHistogram {
    let it = ExponentialHistogram::new().with_max_buckets(buckets);
    it.and_then(|it| it.with_max_scale(scale)?.with_zero_threshold(zero)).expect("in range")
}

pub(crate) fn weighted(q: f64) -> WeightedQuantile {
    WeightedQuantile::new(q).expect("from 0 to 1")
}

/// An aggregate whose result is also its partial, with what can be read off it: how much room
/// there is around counters, and how sums were found, is not the same after a trip.
#[derive(Clone, Debug)]
struct Seen<A>(A);

trait See {
    fn see(&self) -> String;
}

impl See for QuantileSummary {
    fn see(&self) -> String {
        let quantiles = [0.0, 0.1, 0.5, 0.8, 1.0].map(|q| self.quantile(q));
        let buckets: Vec<_> = self.buckets().collect();
        let range = (self.sum(), self.min(), self.max(), self.guaranteed_from());
        let counts = (self.zero_count(), self.nan_count(), self.infinities(), self.collapsed());
        let settings = (self.sketch(), self.is_mixed());
        format!("{:?}", (self.count(), quantiles, self.rank(1.0), buckets, range, counts, settings))
    }
}

impl See for ExponentialHistogramPoint {
    fn see(&self) -> String {
        let range = (self.sum(), self.min(), self.max(), self.scale());
        let counts = (self.count(), self.zero_count(), self.nan_count(), self.infinities());
        let settings = (self.histogram(), self.is_mixed());
        format!("{:?}", (range, counts, self.negative(), self.positive(), settings))
    }
}

impl<R: Row, A: Aggregate<R, Output: See>> Aggregate<R> for Seen<A> {
    type Partial = A::Partial;
    type Output = String;

    fn identity(&self) -> A::Partial {
        self.0.identity()
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut A::Partial, tile: &Tile<'_, R, S>) {
        self.0.update(partial, tile);
    }
    fn merge(&self, into: &mut A::Partial, other: &A::Partial) {
        self.0.merge(into, other);
    }
    fn finish(&self, partial: &A::Partial) -> String {
        self.0.finish(partial).see()
    }
}

/// Fewer columns than of the other partials, which do not grow with rows.
fn some<T: Sample>() -> Vec<Vec<T>> {
    let kinds = KINDS.into_iter().flat_map(|kind| [0, 3, 40].map(|len| column(kind, len, 7)));
    let long = column(KINDS[1], <T as Sample>::TILE + 37, 8);
    kinds.chain([T::specials(), long]).collect()
}

fn some_null<T: Sample>() -> Vec<Vec<Option<T>>> {
    let random = &mut Random(9);
    let mut null = |x| (random.below(3) > 0).then_some(x);
    some::<T>().into_iter().map(|rows| rows.into_iter().map(&mut null).collect()).collect()
}

#[test]
fn quantiles() {
    obeys(Median, &some::<f64>());
    obeys(Quantile::new(0.9).expect("from 0 to 1"), &some::<f32>());
    obeys(Quantiles::new([0.1, 0.5]).expect("from 0 to 1"), &some::<u8>());
    obeys((Count, Iqr), &some::<i64>());
    obeys(MedianAbsoluteDeviation.finite(), &some::<f64>());
    obeys(Median, &some_null::<u64>());
    obeys(weighted(0.5), &pairs(&some::<f64>(), &some::<f64>()));
    obeys(weighted(0.2), &pairs(&some_null::<i32>(), &some::<i32>()));
}

#[test]
fn values() {
    obeys(distinct(4), &some::<f64>());
    obeys(distinct(6), &some::<u64>());
    obeys(distinct(10), &some_null::<i16>());
    obeys(heavy(3), &some::<f64>());
    obeys(heavy(100), &some::<f32>());
    obeys(heavy(1), &some::<i8>());
    obeys(heavy(30), &some_null::<u64>());
}

#[test]
fn bins_and_ends() {
    let linear = || Histogram::linear(-1.0, 1.0, 5).expect("in order");
    obeys(linear(), &some::<f64>());
    obeys(Histogram::logarithmic(1.0, 1e9, 300).expect("positive"), &some_null::<i64>());
    obeys(linear(), &pairs(&some::<f64>(), &some::<f64>()));
    obeys(TopK::largest(3), &some::<f64>());
    obeys(TopK::smallest(20).with_rows(), &some::<f32>());
    obeys(TopK::largest(2).with_rows(), &some::<u8>());
    obeys(TopK::largest(0), &some_null::<f64>());
    obeys(TopK::smallest(30).with_rows(), &some_null::<i64>());
}

#[test]
fn sketches() {
    obeys(Seen(sketch(0.05, 200)), &some::<f64>());
    obeys(Seen(sketch(0.1, 16)), &some::<f64>());
    obeys(Seen(sketch(0.1, 1 << 21)), &some::<f32>());
    obeys(Seen(sketch(0.02, 64)), &some_null::<i64>());
    obeys(Seen(histogram(160, 20, 0.0)), &some::<f64>());
    obeys(Seen(histogram(3, 20, 0.5)), &some::<f64>());
    obeys(Seen(histogram(1 << 8, 4, 1e-30)), &some::<f32>());
    obeys(Seen(histogram(20, 0, 3.0)), &some_null::<i64>());
}

/// Partials of unequal settings, merged.
#[test]
fn unequal_settings() {
    fn mixed<R: Row, A: Storable<R>>(one: A, other: A, columns: &[Vec<R>]) {
        for rows in columns {
            let mut partial = partial(Backend::best(), &one, rows);
            for rows in &columns[..3] {
                let other = crate::columns::partial(Backend::best(), &other, rows);
                one.merge(&mut partial, &other);
                survives(&one, &partial, &[other, one.identity()]);
            }
        }
    }
    mixed(Seen(sketch(0.01, 2048)), Seen(sketch(0.02, 64)), &some::<f64>());
    mixed(Seen(histogram(160, 20, 0.0)), Seen(histogram(40, 20, 2.0)), &some::<f64>());
    mixed(distinct(4), distinct(8), &some::<f64>());
    mixed(distinct(12), distinct(5), &some::<u64>());
    mixed(heavy(5), heavy(40), &some::<i64>());
    mixed(heavy(40), heavy(5), &some::<f32>());
    mixed(TopK::largest(5), TopK::smallest(9), &some::<f64>());
    let bins = |bins| Histogram::linear(0.0, 1.0, bins).expect("in order");
    mixed(bins(5), bins(6), &some::<f64>());
    mixed(bins(6), bins(5), &pairs(&some::<f64>(), &some::<f64>()));
}

/// What is read goes on as what was stored: what is not in the form is found again.
#[test]
fn streams_go_on() {
    fn goes_on<A: Storable<f64>>(a: A, len: usize) {
        let kind = KINDS[1];
        for backend in Backend::available() {
            let one = partial(backend, &a, &column::<f64>(kind, len, 1));
            let read: A::Partial = postcard::from_bytes(&bytes(&one)).expect("a form");
            let [one, read] = [one, read].map(|partial| {
                let mut stream = lanefold::Accumulator::<_, f64>::on(backend, a.clone());
                stream.merge_partial(&partial);
                for x in column(kind, 3_000, 2) {
                    stream.push(x);
                }
                bytes(&stream.partial())
            });
            assert_eq!(one, read, "after {len} rows on {backend}");
        }
    }
    for len in [0, 3, 10, 900, 4_001] {
        goes_on(heavy(7), len);
        goes_on(heavy(100), len);
        goes_on(distinct(4), len);
        goes_on(distinct(12), len);
        goes_on(sketch(0.05, 20), len);
        goes_on(histogram(9, 20, 0.0), len);
        goes_on(Median, len);
        goes_on(TopK::smallest(30), len);
        goes_on(Histogram::linear(0.0, 1.0, 5).expect("in order"), len);
    }
}

/// What is read is what was stored, too, where partials can be compared.
#[test]
fn equal_partials_are_equal() {
    fn same<A: Storable<f64>>(a: A, rows: &[f64])
    where
        A::Partial: PartialEq,
    {
        let one = partial(Backend::best(), &a, rows);
        let read: A::Partial = postcard::from_bytes(&bytes(&one)).expect("a form");
        assert_eq!(one, read, "{rows:?}");
    }
    for len in (0..70).chain([1_000, 1_024]) {
        let rows: Vec<f64> = (0..len).map(f64::from).collect();
        // A set of hashes is laid out as if they had come one by one.
        same(distinct(14), &rows);
        same(distinct(5), &rows);
        same(Seen(sketch(0.1, 20)), &rows);
        same(Seen(histogram(7, 20, 0.0)), &rows);
        same(Iqr, &rows);
    }
}

#[test]
fn forms_of_values() {
    is_stored_as(
        Median,
        &[1.5_f32, -0.0],
        r#"{"v":1,"values":[1069547520,2147483648]}"#,
        &[1, 2, 128, 128, 128, 254, 3, 128, 128, 128, 128, 8],
    );
    is_stored_as(Iqr, &[3_i8, -1], r#"{"v":1,"values":[3,-1]}"#, &[1, 2, 3, 255]);
    is_stored_as(
        weighted(0.5),
        &[(2.0, 1), (3.0, 0)],
        r#"{"v":1,"values":[4611686018427387904],"weights":[4607182418800017408]}"#,
        &[
            1, 1, 128, 128, 128, 128, 128, 128, 128, 128, 64, 1, 128, 128, 128, 128, 128, 128, 128,
            248, 63,
        ],
    );
    is_stored_as(
        heavy(2),
        &[200, 200, 404, 200, 500_u16],
        r#"{"v":1,"capacity":2,"rows":5,"others":1,"keys":[200,500],"counts":[3,2],"errors":[0,1]}"#,
        &[1, 2, 5, 1, 2, 200, 1, 244, 3, 2, 3, 2, 2, 0, 1],
    );
}

#[test]
fn forms_of_sets() {
    is_stored_as(
        distinct(4),
        &[7_u8, 7, 1],
        r#"{"v":1,"precision":4,"hashes":[7191089600892374487,10451216379200822465],"registers":[]}"#,
        &[
            1, 4, 2, 215, 155, 200, 201, 197, 188, 248, 229, 99, 193, 185, 137, 200, 200, 189, 139,
            133, 145, 1, 0,
        ],
    );
    let rows: Vec<u8> = (0..40).collect();
    is_stored_as(
        distinct(4),
        &rows,
        r#"{"v":1,"precision":4,"hashes":[],"registers":[2,2,4,3,1,1,2,0,1,3,3,14,3,2,5,0]}"#,
        &[1, 4, 0, 16, 2, 2, 4, 3, 1, 1, 2, 0, 1, 3, 3, 14, 3, 2, 5, 0],
    );
}

#[test]
fn forms_of_bins_and_ends() {
    let bins = || Histogram::linear(0.0, 2.0, 2).expect("in order");
    is_stored_as(
        bins(),
        &[0.5, 1.0, 9.0, f64::NAN],
        r#"{"v":1,"edges":9070417579786444866,"slots":[1,1,1,0,1],"unplaced":0}"#,
        &[1, 194, 192, 132, 253, 180, 151, 166, 240, 125, 5, 1, 1, 1, 0, 1, 0],
    );
    is_stored_as(
        bins(),
        &[(1.5, 2), (1.0, 3)],
        r#"{"v":1,"edges":9070417579786444866,"slots":[{"v":1,"hi":9223372036854775808,"lo":9223372036854775808},{"v":1,"hi":4617315517961601024,"lo":0},{"v":1,"hi":9223372036854775808,"lo":9223372036854775808},{"v":1,"hi":9223372036854775808,"lo":9223372036854775808},{"v":1,"hi":9223372036854775808,"lo":9223372036854775808}],"unplaced":{"v":1,"hi":9223372036854775808,"lo":9223372036854775808}}"#,
        &[
            1, 194, 192, 132, 253, 180, 151, 166, 240, 125, 5, 1, 128, 128, 128, 128, 128, 128,
            128, 128, 128, 1, 128, 128, 128, 128, 128, 128, 128, 128, 128, 1, 1, 128, 128, 128,
            128, 128, 128, 128, 138, 64, 0, 1, 128, 128, 128, 128, 128, 128, 128, 128, 128, 1, 128,
            128, 128, 128, 128, 128, 128, 128, 128, 1, 1, 128, 128, 128, 128, 128, 128, 128, 128,
            128, 1, 128, 128, 128, 128, 128, 128, 128, 128, 128, 1, 1, 128, 128, 128, 128, 128,
            128, 128, 128, 128, 1, 128, 128, 128, 128, 128, 128, 128, 128, 128, 1, 1, 128, 128,
            128, 128, 128, 128, 128, 128, 128, 1, 128, 128, 128, 128, 128, 128, 128, 128, 128, 1,
        ],
    );
    is_stored_as(
        TopK::largest(2),
        &[3_u8, 1, 7, 7, 2],
        r#"{"v":1,"rows":5,"best_rows":[2,3],"best":[7,7],"bar":7}"#,
        &[1, 5, 2, 2, 3, 2, 7, 7, 1, 7],
    );
}

#[test]
fn forms_of_sketches() {
    is_stored_as(
        Seen(sketch(0.1, 16)),
        &[1.0, 1.5, -2.0, 0.0, f64::NAN],
        r#"{"v":1,"alpha":4591870180066957722,"buckets":16,"mixed":false,"tally":{"v":1,"finite":4,"zeros":1,"nan":1,"negative_infinities":0,"positive_infinities":0,"sum":{"v":1,"flags":3,"first":33,"words":[562949953421312]},"least":13835058055282163712,"greatest":4609434218613702656},"negative":{"v":1,"first":8192,"counts":[1]},"positive":{"v":1,"first":8184,"counts":[1,0,0,0,1]},"negative_collapsed":0,"positive_collapsed":0}"#,
        &[
            1, 154, 179, 230, 204, 153, 179, 230, 220, 63, 16, 0, 1, 4, 1, 1, 0, 0, 1, 3, 33, 1,
            128, 128, 128, 128, 128, 128, 128, 1, 1, 128, 128, 128, 128, 128, 128, 128, 128, 192,
            1, 1, 128, 128, 128, 128, 128, 128, 128, 252, 63, 1, 128, 128, 1, 1, 1, 1, 240, 127, 5,
            1, 0, 0, 0, 1, 0, 0,
        ],
    );
    is_stored_as(
        Seen(histogram(5, 3, 0.25)),
        &[1.0, 3.0, -0.25, f64::INFINITY],
        r#"{"v":1,"max_buckets":5,"max_scale":3,"zero_threshold":4598175219545276416,"mixed":false,"scale":1,"tally":{"v":1,"finite":3,"zeros":1,"nan":0,"negative_infinities":0,"positive_infinities":1,"sum":{"v":1,"flags":3,"first":33,"words":[4222124650659840]},"least":13821547256400052224,"greatest":4613937818241073152},"negative":{"v":1,"first":0,"counts":[]},"positive":{"v":1,"first":-1,"counts":[1,0,0,0,1]}}"#,
        &[
            1, 5, 6, 128, 128, 128, 128, 128, 128, 128, 232, 63, 0, 2, 1, 3, 1, 0, 0, 1, 1, 3, 33,
            1, 128, 128, 128, 128, 128, 128, 192, 7, 1, 128, 128, 128, 128, 128, 128, 128, 232,
            191, 1, 1, 128, 128, 128, 128, 128, 128, 128, 132, 64, 1, 0, 0, 1, 1, 5, 1, 0, 0, 0, 1,
        ],
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..Default::default() })]

    #[test]
    fn changed_forms(seed: u64) {
        stands(&Median, &few::<f64>(seed), seed);
        stands(&Iqr, &few::<u8>(seed), seed);
        stands(&weighted(0.5), &pairs(&few::<f64>(seed), &few::<f64>(!seed)), seed);
        stands(&distinct(4), &few::<f64>(seed), seed);
        stands(&heavy(4), &few::<f64>(seed), seed);
        stands(&heavy(9), &few::<i8>(seed), seed);
        stands(&sketch(0.1, 16), &few::<f64>(seed), seed);
        stands(&sketch(0.01, 2048), &few::<i32>(seed), seed);
        stands(&histogram(4, 20, 0.0), &few::<f64>(seed), seed);
        stands(&histogram(160, 2, 1.0), &few::<i32>(seed), seed);
        let bins = Histogram::linear(-1.0, 1.0, 3).expect("in order");
        stands(&bins, &few::<f64>(seed), seed);
        stands(&bins, &pairs(&few::<f64>(seed), &few::<f64>(!seed)), seed);
        stands(&TopK::largest(4), &few::<f64>(seed), seed);
        stands(&TopK::smallest(2).with_rows(), &few::<i8>(seed), seed);
    }
}
