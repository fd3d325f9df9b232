//! An aggregate of your own: how far above a limit, over all values.
//!
//! A power meter is billed for what it draws above 100 kW: `Σ max(x - limit, 0)`. The
//! library has no such thing, so we write it, twice.
//!
//! [`PlainOvershoot`] is a loop, as one would write it anywhere. It runs inside the
//! entry of each backend, so the compiler may use all that the backend has. But floats
//! must be added in the order that the loop says, one after the other, and no wider
//! register helps with that.
//!
//! [`Overshoot`] hands the library three small functions on a register of lanes, and
//! the library spreads the rows over lanes, keeps enough additions in flight, and takes
//! care of tails and nulls. The order of additions is that of the stripe: fixed, and the
//! same on every backend, so that the result is, too.
//!
//! The plain loop is the right choice where order does not matter (counts, integers),
//! since the compiler then makes lanes by itself.
#![allow(clippy::float_cmp, reason = "the same bits is what is shown")]

use lanefold::{
    Accumulator, Aggregate, Backend, LaneFold, LengthMismatch, Max, Nullable, NumericRow, Simd,
    Tile, ValidityError, Vector,
};
use std::error::Error;

/// The sum of what exceeds a limit, by a plain loop.
struct PlainOvershoot {
    limit: f64,
}

impl Aggregate<f64> for PlainOvershoot {
    type Partial = f64;
    type Output = f64;

    fn identity(&self) -> f64 {
        0.0
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut f64, tile: &Tile<'_, f64, S>) {
        for &x in tile.column() {
            if x > self.limit {
                *partial += x - self.limit;
            }
        }
    }
    fn merge(&self, into: &mut f64, other: &f64) {
        *into += other;
    }
    fn finish(&self, partial: &f64) -> f64 {
        *partial
    }
}

/// The sum of what exceeds a limit, in lanes.
#[derive(Clone, Copy)]
struct Overshoot {
    limit: f64,
}

/// What happens to one register of rows.
impl<S: Simd> LaneFold<S, S::F64> for Overshoot {
    type Lanes = S::F64;
    const REGISTERS: usize = 1;

    #[inline(always)]
    fn identity(&self, simd: S) -> S::F64 {
        S::F64::splat(simd, 0.0)
    }
    #[inline(always)]
    fn step(&self, simd: S, lanes: S::F64, load: impl Fn(S::F64) -> S::F64) -> S::F64 {
        let limit = S::F64::splat(simd, self.limit);
        // Rows that are not there come as the limit, and so add nothing. `max` of a NaN
        // and the limit is the limit: NaN adds nothing, as in the plain loop.
        let x = load(limit);
        lanes.add(x.max(limit).sub(limit))
    }
    #[inline(always)]
    fn join(&self, one: S::F64, other: S::F64) -> S::F64 {
        one.add(other)
    }
}

/// For rows of `f64` and of `Option<f64>` alike.
impl<R: NumericRow<Value = f64>> Aggregate<R> for Overshoot {
    type Partial = f64;
    type Output = f64;

    fn identity(&self) -> f64 {
        0.0
    }
    #[inline(always)]
    fn update<S: Simd>(&self, partial: &mut f64, tile: &Tile<'_, R, S>) {
        *partial += tile.fold(self).fold_add();
    }
    fn merge(&self, into: &mut f64, other: &f64) {
        *into += other;
    }
    fn finish(&self, partial: &f64) -> f64 {
        *partial
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    if let Err(error) = Backend::from_env() {
        eprintln!("LANEFOLD_BACKEND: {error}");
        std::process::exit(2);
    }
    let power: Vec<f64> = (0..10_000).map(|i| 80.0 + f64::from(i % 37) * 0.9).collect();
    let (plain, overshoot) = (PlainOvershoot { limit: 100.0 }, Overshoot { limit: 100.0 });

    // Both are right, up to rounding, which depends on the order of additions.
    let (by_loop, by_lanes) = (plain.of(&power), overshoot.of(&power));
    println!("by a loop {by_loop}, by lanes {by_lanes}");
    assert!((by_loop - by_lanes).abs() <= 1e-12 * by_loop);

    same_on_every_backend(overshoot, &power);
    in_a_tuple(overshoot, &power);
    from_a_stream(overshoot, &power)?;
    with_nulls(overshoot)?;
    Ok(())
}

fn same_on_every_backend(overshoot: Overshoot, power: &[f64]) {
    for backend in Backend::available() {
        let result = overshoot.of_on(backend, power);
        println!("{backend:<9} {result}");
        assert_eq!(result.to_bits(), overshoot.of(power).to_bits());
    }
}

/// It is an aggregate as any other: it goes into tuples,
fn in_a_tuple(overshoot: Overshoot, power: &[f64]) {
    let (above, peak) = (overshoot, Max).of(power);
    println!("in a tuple {above}, at most {peak:?}");
    assert_eq!(above, overshoot.of(power));
}

/// takes rows as they come,
fn from_a_stream(overshoot: Overshoot, power: &[f64]) -> Result<(), LengthMismatch> {
    let mut stream = Accumulator::<_, f64>::new(overshoot);
    for chunk in power.chunks(77) {
        stream.update(chunk)?;
    }
    println!("streamed {}", stream.finish());
    assert_eq!(stream.finish(), overshoot.of(power));
    Ok(())
}

/// and knows nulls: the second reading was never taken.
fn with_nulls(overshoot: Overshoot) -> Result<(), ValidityError> {
    let readings = Nullable::new(&[101.0, 1e300, 103.0], &[0b101], 0)?;
    println!("with a null {}", overshoot.of(readings));
    assert_eq!(overshoot.of(readings), 4.0);
    Ok(())
}
