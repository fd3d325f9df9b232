//! The kernel: exact sums in lanes of `f64`.
//!
//! # The formula
//!
//! A float of the binade [2^e, 2^(e+1)) is an integer in units of `2^(e-52)`. Let each lane
//! start at `σ = 1.5 * 2^e`, in the middle of a binade. As long as it does not leave the
//! binade, its unit stays the same, and to add `x` to it is to round `x` to that unit.
//! Dekker's `FastTwoSum` tells what was rounded away, which goes to a second lane, 44 binades
//! below; and what that one cannot take means that the *window* of the two does not hold
//! `x`:
//!
//! ```text
//! t  = s₁ + x        d  = t - s₁        r = x - d        all of x is d + r
//! t₂ = s₂ + r        d₂ = t₂ - s₂                        all of r is d₂, or the tile is refused
//! ```
//!
//! The sum of a tile is then `Σ(s₁ - σ₁) + Σ(s₂ - σ₂)`, two integers; the tile is accepted if
//! (a) every `t` has the sign and the exponent of `σ₁`, and (b) every `d₂` is `r`. A tile that
//! is refused leaves no trace and is done again with another window, with four lanes in
//! place of two (for `f32` with seven, which hold all its numbers), or value by value. So
//! windows, lanes and backends decide how fast a sum is, and never what it is.
//!
//! # Why that is exact
//!
//! - `s₁` and `t` lie in one binade, so their difference `d` is an integer below 2⁵² in its
//!   unit, and a float. `x - d` is the error of the addition that gave `t`, and the error
//!   of a rounded addition is a float. NaN and infinities never have the exponent of `σ₁`.
//! - `|r|` is at most half a unit of `s₁`. A lane takes at most 256 values, which together
//!   are at most 2⁷ units of `s₁`, and half the binade of `s₂`: it cannot leave it, and needs
//!   no check. Nor do the lanes below it.
//! - The numbers of one binade are ordered, and spaced, as their bits are: `s - σ` in units
//!   is the difference of the bits, as integers.
//!
//! # How it is fast
//!
//! 1. The checks gather bits, `off |= t ^ σ₁` and `lost |= d₂ ^ r`, and are looked at once a
//!    tile. AVX-512 has one instruction for both steps. Each is a chain of operations that
//!    wait for each other; two chains, where there are registers for them, wait for less
//!    than the additions do.
//! 2. Five additions for each register of values would wait for the adders of most CPUs; two
//!    of them go to the units that multiply and add, which give the same bits.
//! 3. Every order of values gives the same sum, so registers of a tile take turns at as many
//!    lanes as stay in registers, and memory is read from the front to the back.
//! 4. At the end of a tile the bits of the lanes are added as integers, in the registers;
//!    the bits of `σ` are subtracted from the one that is left.
//! 5. With so much to do for each line of memory, the CPU does not see far ahead: the lines
//!    of the next 4 KiB are asked for.
//!
//! # Cost and limits
//!
//! Seven operations a register on AVX-512, nine on others, against one of a plain sum: some
//! 25 bytes a cycle of a Zen 5 core, and 10 on AVX2. From memory that is the speed of a plain
//! sum; from L2, 0.6 and 0.3 of it. The window holds numbers of 53 digits whose exponents
//! are up to 33 below that of the greatest, and lower ones whose last digits are zeros.
//!
//! Sources: Dekker, *A floating-point technique for extending the available precision*, 1971;
//! Demmel and Nguyen, *Parallel Reproducible Summation*, 2015, whose bins are windows of
//! this kind; Rump, Ogita and Oishi, *Accurate Floating-Point Summation*, 2008.

use crate::backend::{FloatVector, Simd, Vector};
use crate::lanes::{Source, Sweep};
use crate::number::TILE_BYTES;
use core::num::NonZeroU16;

/// Binades from one lane to the next. With 44, the errors of 256 additions stay within half
/// a binade of the next lane.
pub(super) const STEP: i32 = 44;

/// Binades between the greatest value and the first lane: 256 values are below half a binade
/// of the lane, and one is to spare.
pub(super) const ROOM: i32 = 11;

/// The highest binade of a first lane: the greatest number of the one after it is finite.
const HIGHEST: i32 = 1022;

/// The lowest of the last one: its unit is the least positive number.
const LOWEST: i32 = -1022;

/// Sign and exponent.
const BINADE: i64 = -1 << 52;

/// Where the lanes of a tile start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    /// Of the first lane's binade, as it is encoded: there is none of 0.
    exponent: NonZeroU16,
}

impl Window {
    /// With the first of so many lanes in that binade, or the nearest possible.
    #[inline(always)]
    pub(super) fn at(exponent: i32, levels: usize) -> Self {
        let lowest = LOWEST + STEP * (levels as i32 - 1);
        let encoded = exponent.clamp(lowest, HIGHEST) + 1023;
        Self { exponent: NonZeroU16::new(encoded as u16).unwrap_or(NonZeroU16::MIN) }
    }

    /// The exponent of a lane's binade, as it is encoded.
    #[inline(always)]
    fn encoded(self, level: usize) -> i32 {
        i32::from(self.exponent.get()) - STEP * level as i32
    }

    /// The start of a lane.
    #[inline(always)]
    fn sigma(self, level: usize) -> f64 {
        f64::from_bits((self.encoded(level) as u64) << 52 | 1 << 51)
    }

    /// The exponent of a lane's unit.
    #[inline(always)]
    pub(super) fn unit(self, level: usize) -> i32 {
        self.encoded(level) - 1023 - 52
    }
}

/// The sums of a tile in the units of `LEVELS` lanes, or `None` where the window does not
/// hold the tile.
pub(super) struct Sums<const LEVELS: usize>(pub(super) Window);

impl<S: Simd, const LEVELS: usize> Sweep<S, S::F64> for Sums<LEVELS> {
    type Output = Option<[i64; LEVELS]>;

    #[inline(always)]
    fn sweep<R: Source<S, Item = S::F64>>(self, simd: S, rows: R) -> Self::Output {
        // Of constants alone, so that only one is compiled. Lanes, bits and temporaries have to
        // fit into 32 registers, or 16.
        if const { S::REGISTERS == 4 && LEVELS <= 4 } {
            lanes::<S, R, LEVELS, 4, 2>(simd, rows, self.0)
        } else if const { S::REGISTERS == 4 || S::REGISTERS == 8 && LEVELS == 2 } {
            lanes::<S, R, LEVELS, 2, 2>(simd, rows, self.0)
        } else if const { S::REGISTERS == 8 } {
            lanes::<S, R, LEVELS, 2, 1>(simd, rows, self.0)
        } else {
            lanes::<S, R, LEVELS, 4, 1>(simd, rows, self.0)
        }
    }
}

/// With `K` registers of lanes a level, and `CHECKS` pairs of registers that gather bits: one
/// such chain is longer than what it waits for.
#[inline(always)]
fn lanes<S, R, const LEVELS: usize, const K: usize, const CHECKS: usize>(
    simd: S,
    rows: R,
    window: Window,
) -> Option<[i64; LEVELS]>
where
    S: Simd,
    R: Source<S, Item = S::F64>,
{
    // The errors of so many additions stay within half a binade of the next lane.
    debug_assert!(TILE_BYTES / 4 <= 256 * K * S::F64::LANES);
    let zero = S::F64::splat(simd, 0.0);
    let mut sigma = [zero; LEVELS];
    for level in 0..LEVELS {
        sigma[level] = S::F64::splat(simd, window.sigma(level));
    }
    let one = S::F64::one(simd);
    let mut lanes = [sigma; K];
    let mut wrong = [(zero, zero); CHECKS];
    for i in 0..rows.stripes() {
        let stripe = rows.stripe(i);
        R::prefetch(simd, stripe);
        for turn in 0..const { S::REGISTERS / K } {
            for k in 0..K {
                let x = R::load(simd, stripe, turn * K + k, zero);
                step::<S, LEVELS>(x, &mut lanes[k], sigma[0], one, &mut wrong[k % CHECKS]);
            }
        }
    }
    for turn in 0..const { S::REGISTERS / K } {
        for k in 0..K {
            if rows.reaches(turn * K + k) {
                let x = rows.load_rest(simd, turn * K + k, zero);
                step::<S, LEVELS>(x, &mut lanes[k], sigma[0], one, &mut wrong[k % CHECKS]);
            }
        }
    }
    let (mut off, mut lost) = wrong[0];
    for check in 1..CHECKS {
        off = off.or(wrong[check].0);
        lost = lost.or(wrong[check].1);
    }
    // A residual of -0.0 comes back as +0.0: the sign of `lost` says nothing.
    let off = simd.encoding_f64(off).and(Vector::splat(simd, BINADE));
    let lost = simd.encoding_f64(lost);
    let wrong = off.or(lost.add(lost));
    let right = S::I64::bits(simd, wrong.eq(Vector::splat(simd, 0)));
    if right != (1 << const { S::F64::LANES }) - 1 {
        return None;
    }
    let mut sums = [0; LEVELS];
    for level in 0..LEVELS {
        let mut bits = simd.encoding_f64(lanes[0][level]);
        for k in 1..K {
            bits = bits.add(simd.encoding_f64(lanes[k][level]));
        }
        let starts = window.sigma(level).to_bits().wrapping_mul((K * S::F64::LANES) as u64);
        sums[level] = bits.fold_add().wrapping_sub(starts.cast_signed());
    }
    Some(sums)
}

/// Adds a register of values to a register of lanes of each level.
#[inline(always)]
fn step<S: Simd, const LEVELS: usize>(
    x: S::F64,
    lanes: &mut [S::F64; LEVELS],
    sigma: S::F64,
    one: <S::F64 as FloatVector<S, f64>>::One,
    (off, lost): &mut (S::F64, S::F64),
) {
    let t = lanes[0].add(x);
    *off = off.or(t.xor(sigma));
    let d = t.sub(lanes[0]);
    lanes[0] = t;
    let mut r = x.sub_aside(d, one);
    for level in 1..LEVELS {
        let t = lanes[level].add(r);
        let d = t.sub_aside(lanes[level], one);
        lanes[level] = t;
        if level + 1 < LEVELS {
            r = r.sub(d);
        } else {
            *lost = lost.or(d.xor(r));
        }
    }
}

/// The greatest magnitude of a tile, as bits: those of an infinity or a NaN are beyond all
/// finite ones.
pub(super) struct Greatest;

impl<S: Simd> Sweep<S, S::F64> for Greatest {
    type Output = u64;

    #[inline(always)]
    fn sweep<R: Source<S, Item = S::F64>>(self, simd: S, rows: R) -> u64 {
        let zero = S::F64::splat(simd, 0.0);
        let magnitude = S::I64::splat(simd, i64::MAX);
        let mut greatest = S::I64::splat(simd, 0);
        for i in 0..rows.stripes() {
            let stripe = rows.stripe(i);
            for k in 0..S::REGISTERS {
                let x = R::load(simd, stripe, k, zero);
                greatest = greatest.max(simd.encoding_f64(x).and(magnitude));
            }
        }
        for k in 0..S::REGISTERS {
            if rows.reaches(k) {
                let x = rows.load_rest(simd, k, zero);
                greatest = greatest.max(simd.encoding_f64(x).and(magnitude));
            }
        }
        greatest.fold_max().cast_unsigned()
    }
}
