//! Laws of aggregates that a user writes.
//!
//! They see whole tiles, but for the last one, however the rows arrive; a plain loop, or
//! lanes, give the same bits on every backend, alone, in tuples, in streams, and with
//! nulls.

use crate::data::{Kind, Random, Sample, column, present};
use crate::nulls::Column;
use lanefold::{
    Accumulator, Aggregate, Backend, FloatVector, LaneFold, Max, NumericRow, Row, Simd, Sum, Tile,
    Vector,
};

/// How many values are greater than a limit, in a plain loop.
#[derive(Clone, Copy)]
struct Above(f64);

impl<R: NumericRow<Value = f64>> Aggregate<R> for Above {
    type Partial = u64;
    type Output = u64;

    fn identity(&self) -> u64 {
        0
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut u64, tile: &Tile<'_, R, S>) {
        *partial += tile.with_values(f64::NAN, |values| {
            values.iter().map(|&x| u64::from(x > self.0)).sum::<u64>()
        });
    }
    fn merge(&self, into: &mut u64, other: &u64) {
        *into += other;
    }
    fn finish(&self, partial: &u64) -> u64 {
        *partial
    }
}

/// The sum of `x * x * x`, in lanes.
#[derive(Clone, Copy)]
struct Cubes;

impl<S: Simd> LaneFold<S, S::F64> for Cubes {
    type Lanes = S::F64;
    const REGISTERS: usize = 1;

    #[inline(always)]
    fn identity(&self, simd: S) -> S::F64 {
        S::F64::splat(simd, -0.0)
    }
    #[inline(always)]
    fn step(&self, simd: S, lanes: S::F64, load: impl Fn(S::F64) -> S::F64) -> S::F64 {
        let x = load(S::F64::splat(simd, -0.0));
        lanes.add(x.mul(x).mul(x))
    }
    #[inline(always)]
    fn join(&self, one: S::F64, other: S::F64) -> S::F64 {
        one.add(other)
    }
}

impl<R: NumericRow<Value = f64>> Aggregate<R> for Cubes {
    type Partial = f64;
    type Output = f64;

    fn identity(&self) -> f64 {
        -0.0
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut f64, tile: &Tile<'_, R, S>) {
        *partial += tile.fold(&Cubes).fold_add();
    }
    fn merge(&self, into: &mut f64, other: &f64) {
        *into += other;
    }
    fn finish(&self, partial: &f64) -> f64 {
        *partial
    }
}

/// The cubes by hand: `f64` has 32 lanes, and a tile two runs of 16 stripes.
fn cubes(rows: &[Option<f64>]) -> f64 {
    let mut sum = -0.0;
    for tile in rows.chunks(1024) {
        let mut runs = [[-0.0; 32]; 2];
        for (i, x) in tile.iter().enumerate().filter_map(|(i, row)| Some((i, (*row)?))) {
            runs[i / 512][i % 32] += x * x * x;
        }
        let mut lanes: [f64; 32] = std::array::from_fn(|i| runs[0][i] + runs[1][i]);
        for half in [16, 8, 4, 2, 1] {
            for i in 0..half {
                lanes[i] += lanes[i + half];
            }
        }
        sum += lanes[0];
    }
    sum
}

const LENGTHS: [usize; 14] = [0, 1, 2, 15, 31, 32, 33, 100, 511, 513, 1023, 1024, 1025, 3000];

#[test]
fn a_plain_loop_and_lanes_give_the_same_on_every_backend() {
    for backend in Backend::available() {
        for len in LENGTHS {
            let values = column::<f64>(Kind::Ordinary, len, 101);
            let above = values.iter().filter(|&&x| x > 0.01).count() as u64;
            let sum = cubes(&present(&values));
            same!(Above(0.01).of_on(backend, &values), above, "{backend} {len}");
            same!(Cubes.of_on(backend, &values), sum, "{backend} {len}");
            let together = (Above(0.01), Sum, Cubes, Max).of_on(backend, &values);
            let alone = (above, Sum.of(&values), sum, Max.of(&values));
            same!(together, alone, "{backend} {len}");
        }
    }
}

#[test]
fn so_they_do_with_nulls() {
    for backend in Backend::available() {
        for len in LENGTHS {
            let rows = Column::<f64>::random(len, 3, len % 17, 102);
            let above = rows.rows.iter().flatten().filter(|&&x| x > 0.01).count() as u64;
            let got = (Above(0.01), Cubes).of_on(backend, rows.nullable());
            same!(got, (above, cubes(&rows.rows)), "{backend} {len}");
        }
    }
}

#[test]
fn so_they_do_in_streams() {
    let random = &mut Random(103);
    for backend in Backend::available() {
        for len in LENGTHS {
            let values = column::<f64>(Kind::Ordinary, len, 104);
            let mut stream = Accumulator::<_, f64>::on(backend, (Cubes, Above(0.5)));
            let mut rest = &values[..];
            while !rest.is_empty() {
                let (piece, others) = rest.split_at(rest.len().min(random.below(1200)));
                stream.update(piece).expect("one column has one length");
                rest = others;
            }
            let want = (Cubes, Above(0.5)).of_on(backend, &values);
            same!(stream.finish(), want, "{backend} {len}");
        }
    }
}

/// The lengths of the tiles that it was handed.
#[derive(Clone, Copy)]
struct Tiles;

impl<R: Row> Aggregate<R> for Tiles {
    type Partial = Vec<usize>;
    type Output = Vec<usize>;

    fn identity(&self) -> Vec<usize> {
        Vec::new()
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut Vec<usize>, tile: &Tile<'_, R, S>) {
        assert!(!tile.is_empty());
        partial.push(tile.len());
    }
    fn merge(&self, into: &mut Vec<usize>, other: &Vec<usize>) {
        into.extend(other);
    }
    fn finish(&self, partial: &Vec<usize>) -> Vec<usize> {
        partial.clone()
    }
}

fn tiles<T: Sample>() {
    let tile = <T as Row>::TILE;
    assert_eq!(tile, <T as Sample>::TILE, "8 KiB");
    for len in [0, 1, 16, 512, 513, tile - 1, tile, tile + 1, 2 * tile, 3 * tile + 7] {
        let values = column::<T>(Kind::Ordinary, len, 105);
        let mut want = vec![tile; len / tile];
        want.extend(Some(len % tile).filter(|&rest| rest > 0));
        let mut stream = Accumulator::<_, T>::new(Tiles);
        for piece in values.chunks(tile / 3 + len % 5) {
            stream.update(piece).expect("one column has one length");
            let _ = stream.finish();
        }
        assert_eq!(stream.finish(), want, "{len} values in pieces");
        let bits = vec![0xff; len.div_ceil(8)];
        let nullable = lanefold::Nullable::new(&values, &bits, 0).expect("enough bits");
        assert_eq!(Tiles.of(nullable), want, "{len} rows");
        assert_eq!(Tiles.of((&values, nullable)), want, "{len} pairs");
        assert_eq!(Tiles.of(&values), want, "{len} values");
    }
}

#[test]
fn tiles_are_whole_but_for_the_last() {
    tiles::<u8>();
    tiles::<i16>();
    tiles::<f32>();
    tiles::<f64>();
}
