//! Laws of long columns, which are cut into blocks of 64 tiles.
//!
//! Float statistics have the bits of the specification, whose blocks merge in order, around
//! the ends of blocks; in streams, too, however the rows arrive, and in windows. What a
//! kernel is handed, and what is merged with what, is seen by an aggregate that writes it
//! down.

use crate::data::{Kind, Random, Sample, column, follows};
use lanefold::{
    Accumulator, Adapt, Aggregate, Backend, Count, Mean, Row, Simd, Strided, Sum, SumOfSquares,
    Tile, Variance,
};

const BLOCK: usize = 64;

fn lengths<T: Sample>() -> [usize; 5] {
    let tile = <T as Sample>::TILE;
    let block = BLOCK * tile;
    [block - 1, block, block + 1, 2 * block, 3 * block + 2 * tile + 5]
}

fn follow_the_spec_around_the_ends_of_blocks<T: Sample>(backend: Backend) {
    for len in lengths::<T>() {
        let values = column::<T>(Kind::Ordinary, len, len as u64);
        each_aggregate!(a in [Count, Sum, Mean, SumOfSquares, Variance::sample()] => {
            follows(backend, a, &values);
        });
    }
}

fn arrive_in_pieces<T: Sample>(backend: Backend) {
    let random = &mut Random(111);
    for len in lengths::<T>() {
        let values = column::<T>(Kind::Ordinary, len, 112);
        each_aggregate!(a in [Sum, Variance::sample()] => {
            let mut stream = Accumulator::<_, T>::on(backend, a);
            let mut rest = &values[..];
            while !rest.is_empty() {
                let most = [1, 3000, 100 * <T as Sample>::TILE][random.below(3)];
                let (piece, others) = rest.split_at(rest.len().min(random.below(most + 1)));
                stream.update(piece).expect("one column has one length");
                rest = others;
            }
            same!(stream.finish(), a.of_on(backend, &values), "{a:?} of {len}");
        });
    }
}

suite! { types [f32 f64] laws [follow_the_spec_around_the_ends_of_blocks arrive_in_pieces] }

/// The tiles of each block, in the order in which they merged: their lengths and first values.
#[derive(Clone, Copy)]
struct Blocks;

impl Aggregate<f64> for Blocks {
    type Partial = Vec<Vec<(usize, u64)>>;
    type Output = Self::Partial;

    fn identity(&self) -> Self::Partial {
        Vec::new()
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut Self::Partial, tile: &Tile<'_, f64, S>) {
        let seen = (tile.len(), tile.column()[0].to_bits());
        if let Some(block) = partial.last_mut() {
            block.push(seen);
        } else {
            partial.push(vec![seen]);
        }
    }
    fn merge(&self, into: &mut Self::Partial, other: &Self::Partial) {
        into.extend_from_slice(other);
    }
    fn finish(&self, partial: &Self::Partial) -> Self::Output {
        partial.clone()
    }
}

impl Adapt for Blocks {}

/// The cut by hand.
fn blocks(values: &[f64]) -> Vec<Vec<(usize, u64)>> {
    let tiles = |block: &[f64]| block.chunks(1024).map(|x| (x.len(), x[0].to_bits())).collect();
    values.chunks(BLOCK * 1024).map(tiles).collect()
}

#[test]
fn are_cut_by_hand() {
    let random = &mut Random(113);
    for len in [0, 1, 600, 65_535, 65_536, 65_537, 131_072, 200_000] {
        let values: Vec<f64> = (0..len).map(f64::from).collect();
        let want = blocks(&values);
        assert_eq!(Blocks.of(&values), want, "{len}");
        assert_eq!((Count, Blocks).of(&values).1, want, "{len} in a tuple");
        let backwards: Vec<f64> = values.iter().flat_map(|&x| [x, 0.0]).collect();
        let strided = Strided::new(&backwards, 0, 2).expect("in range");
        assert_eq!(strided.of(&Blocks), want, "{len} of twice as many");
        let mut stream = Blocks.accumulator();
        let mut rest = &values[..];
        while !rest.is_empty() {
            let (piece, others) = rest.split_at(rest.len().min(random.below(90_000)));
            stream.update(piece).expect("one column has one length");
            let _ = stream.finish();
            rest = others;
        }
        assert_eq!(stream.finish(), want, "{len} in pieces");
    }
}

#[test]
fn start_anew_after_a_merge() {
    let values: Vec<f64> = (0..150_000).map(f64::from).collect();
    let (one, other) = values.split_at(70_001);
    let mut stream = Blocks.accumulator();
    stream.update(one).expect("one column has one length");
    let mut second = Blocks.accumulator();
    second.update(other).expect("one column has one length");
    stream.merge(&second);
    stream.update(&values).expect("one column has one length");
    let want = [blocks(one), blocks(other), blocks(&values)].concat();
    assert_eq!(stream.finish(), want);
}

#[test]
fn are_cut_in_each_window() {
    let values: Vec<f64> = (0..250_000).map(f64::from).collect();
    for rows in [65_536, 65_537, 140_000] {
        let mut results = vec![Vec::new(); values.len().div_ceil(rows)];
        Blocks.every(rows).expect("rows").of(&values, &mut results).expect("places");
        let want: Vec<_> = values.chunks(rows).map(blocks).collect();
        assert_eq!(results, want, "{rows}");
        let times: Vec<i64> = (0..values.len()).map(|row| (row / rows) as i64).collect();
        let mut results = Vec::new();
        let every = Blocks.every_time(1).expect("a width");
        every.of(&times, &values, |_, bucket| results.push(bucket)).expect("sorted");
        assert_eq!(results, want, "{rows} of a time");
    }
}

/// As the last, but one that asks for no blocks.
#[derive(Clone, Copy)]
struct Whole;

impl Aggregate<f64> for Whole {
    type Partial = Vec<Vec<(usize, u64)>>;
    type Output = Self::Partial;

    const ONE_BLOCK: bool = true;

    fn identity(&self) -> Self::Partial {
        Vec::new()
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut Self::Partial, tile: &Tile<'_, f64, S>) {
        Blocks.update(partial, tile);
    }
    fn merge(&self, into: &mut Self::Partial, other: &Self::Partial) {
        Blocks.merge(into, other);
    }
    fn finish(&self, partial: &Self::Partial) -> Self::Output {
        partial.clone()
    }
}

#[test]
fn are_not_cut_where_an_aggregate_asks_for_none() {
    let values: Vec<f64> = (0..200_000).map(f64::from).collect();
    let want = vec![blocks(&values).concat()];
    assert_eq!(Whole.of(&values), want);
    assert_eq!((Whole, Blocks, Count).of(&values), (want.clone(), blocks(&values), 200_000));
    let mut stream = (Blocks, Whole).accumulator();
    for piece in values.chunks(70_000) {
        stream.update(piece).expect("one column has one length");
    }
    assert_eq!(stream.finish(), (blocks(&values), want));
    assert_eq!(<f64 as Row>::TILE, 1024);
}
