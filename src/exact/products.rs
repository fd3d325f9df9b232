//! Products of pairs, as terms of exact sums.
//!
//! The product of two floats has twice their digits. Rounded, it is a float `p`; and what that
//! lacks, `e = xy - p`, is a float, too (Dekker's `TwoProduct`, 1971). A CPU that multiplies and
//! adds in one step computes `e` in one; others cut the factors into halves whose products
//! are exact. Either way there are two streams of floats to add up, in lanes of `window` each
//! with a window of its own, for the `e` of a tile lie 53 binades below its `p`.
//!
//! `e` is a float if no digit of the product lies below 2⁻¹⁰⁷⁴, and `p` is one if it does not
//! overflow. So where a `p` is below [`TINY`], and neither factor is 0, the kernel
//! takes NaN for `e`, which no window holds; and a `p` that overflowed is refused as well. Such
//! a tile is done again, pair by pair: `p` and `e` go to bins, and where they do not make
//! up the product, it is added as the integer that it is.
//!
//! The products of `f32` are floats of 48 digits, exactly: there is no `e`.
//!
//! # Cost
//!
//! Two passes over a tile, the first from memory and the second from L1: 28 operations for
//! each register of pairs, of which a plain dot product has 3.

use super::float::ExactFloat;
use super::total::{Total, seen};
use super::ways::Terms;
use super::window::{Sums, Window};
use super::words::Words;
use crate::backend::{FloatVector, Simd, Vector, with_zeros};
use crate::lanes::{Source, Sweep};
use crate::number::Number;
use crate::row::NumericRow;
use crate::tile::Tile;
use core::marker::PhantomData;

/// A product from here on has no digit below 2⁻¹⁰⁷⁴.
const TINY: f64 = power(-900);

const fn power(exponent: i64) -> f64 {
    f64::from_bits(((exponent + 1023) as u64) << 52)
}

/// A tile of pairs.
pub(super) trait Pairs<S: Simd> {
    /// Whether products are floats.
    const EXACT: bool;
    fn count(&self) -> usize;
    /// Some of them.
    fn some(&self) -> [(f64, f64); 3];
    fn sweep<W: Sweep<S, (S::F64, S::F64)>>(&self, sweep: W) -> W::Output;
}

/// Of two columns.
impl<A, B, S> Pairs<S> for Tile<'_, (A, B), S>
where
    A: NumericRow<Value: ExactFloat>,
    B: NumericRow<Value = A::Value>,
    S: Simd,
{
    const EXACT: bool = A::Value::DIGITS <= 26;

    #[inline(always)]
    fn count(&self) -> usize {
        Tile::count(self)
    }
    #[inline(always)]
    fn some(&self) -> [(f64, f64); 3] {
        let (a, b) = (A::values(self.column().0), B::values(self.column().1));
        let pair = |i: usize| (a[i].widen(), b[i].widen());
        [pair(0), pair(a.len() / 2), pair(a.len() - 1)]
    }
    #[inline(always)]
    fn sweep<W: Sweep<S, (S::F64, S::F64)>>(&self, sweep: W) -> W::Output {
        self.sweep_as(sweep)
    }
}

/// Of each value with itself.
pub(super) struct Squares<'t, 'a, R: NumericRow, S: Simd>(pub(super) &'t Tile<'a, R, S>);

impl<R: NumericRow<Value: ExactFloat>, S: Simd> Pairs<S> for Squares<'_, '_, R, S> {
    const EXACT: bool = R::Value::DIGITS <= 26;

    #[inline(always)]
    fn count(&self) -> usize {
        self.0.count()
    }
    #[inline(always)]
    fn some(&self) -> [(f64, f64); 3] {
        let values = R::values(self.0.column());
        let pair = |i: usize| (values[i].widen(), values[i].widen());
        [pair(0), pair(values.len() / 2), pair(values.len() - 1)]
    }
    #[inline(always)]
    fn sweep<W: Sweep<S, (S::F64, S::F64)>>(&self, sweep: W) -> W::Output {
        self.0.sweep_as(Of::<W, Twice>(sweep, PhantomData))
    }
}

/// A function of the rows of a source.
trait Function<S: Simd, I: Copy>: Copy {
    type Item: Copy;
    /// Whether the rows have been read before.
    const AGAIN: bool = false;
    fn of(simd: S, row: I) -> Self::Item;
    /// Rows of which it is that.
    fn pad(simd: S, pad: Self::Item) -> I;
}

/// `(x, x)`.
#[derive(Clone, Copy)]
struct Twice;

impl<S: Simd> Function<S, S::F64> for Twice {
    type Item = (S::F64, S::F64);

    #[inline(always)]
    fn of(_: S, x: S::F64) -> Self::Item {
        (x, x)
    }
    #[inline(always)]
    fn pad(_: S, pad: Self::Item) -> S::F64 {
        pad.0
    }
}

/// The `p` of a pair.
#[derive(Clone, Copy)]
struct Product;

impl<S: Simd> Function<S, (S::F64, S::F64)> for Product {
    type Item = S::F64;

    #[inline(always)]
    fn of(_: S, (x, y): (S::F64, S::F64)) -> S::F64 {
        x.mul(y)
    }
    #[inline(always)]
    fn pad(simd: S, pad: S::F64) -> (S::F64, S::F64) {
        (pad, Vector::splat(simd, 1.0))
    }
}

/// The `e` of a pair, or NaN where that may be none.
#[derive(Clone, Copy)]
struct Residual;

impl<S: Simd> Function<S, (S::F64, S::F64)> for Residual {
    type Item = S::F64;
    const AGAIN: bool = true;

    #[inline(always)]
    fn of(simd: S, (x, y): (S::F64, S::F64)) -> S::F64 {
        let zero = S::F64::splat(simd, 0.0);
        let p = x.mul(y);
        let magnitude = p.and(Vector::splat(simd, f64::from_bits(u64::MAX >> 1)));
        let is_tiny = magnitude.lt(Vector::splat(simd, TINY));
        let e = S::F64::splat(simd, f64::NAN).select(is_tiny, simd.product_error(x, y, p));
        zero.select(S::F64::either(simd, x.eq(zero), y.eq(zero)), e)
    }
    #[inline(always)]
    fn pad(simd: S, pad: S::F64) -> (S::F64, S::F64) {
        (pad, Vector::splat(simd, 1.0))
    }
}

/// A function of the rows of a source, as a source.
#[derive(Clone, Copy)]
struct Made<R, F>(R, PhantomData<F>);

impl<S: Simd, R: Source<S>, F: Function<S, R::Item>> Source<S> for Made<R, F> {
    type Item = F::Item;
    type Stripe = R::Stripe;

    #[inline(always)]
    fn stripes(self) -> usize {
        self.0.stripes()
    }
    #[inline(always)]
    fn stripe(self, index: usize) -> R::Stripe {
        self.0.stripe(index)
    }
    #[inline(always)]
    fn load(simd: S, stripe: R::Stripe, register: usize, pad: F::Item) -> F::Item {
        F::of(simd, R::load(simd, stripe, register, F::pad(simd, pad)))
    }
    #[inline(always)]
    fn prefetch(simd: S, stripe: R::Stripe) {
        if !F::AGAIN {
            R::prefetch(simd, stripe);
        }
    }
    #[inline(always)]
    fn reaches(self, register: usize) -> bool {
        self.0.reaches(register)
    }
    #[inline(always)]
    fn load_rest(self, simd: S, register: usize, pad: F::Item) -> F::Item {
        F::of(simd, self.0.load_rest(simd, register, F::pad(simd, pad)))
    }
}

/// A sweep of a function of the rows.
struct Of<W, F>(W, PhantomData<F>);

impl<S: Simd, I: Copy, F: Function<S, I>, W: Sweep<S, F::Item>> Sweep<S, I> for Of<W, F> {
    type Output = W::Output;

    #[inline(always)]
    fn sweep<R: Source<S, Item = I>>(self, simd: S, rows: R) -> W::Output {
        self.0.sweep(simd, Made::<R, F>(rows, PhantomData))
    }
}

/// A function of pairs, as terms.
struct TermsOf<'p, P, F>(&'p P, PhantomData<F>);

impl<S, P, F> Terms<S> for TermsOf<'_, P, F>
where
    S: Simd,
    P: Pairs<S>,
    F: Function<S, (S::F64, S::F64), Item = S::F64>,
{
    const LEVELS: usize = 4;

    #[inline(always)]
    fn some(&self) -> [f64; 3] {
        let scale = if F::AGAIN { power(-53) } else { 1.0 };
        let [a, b, c] = self.0.some();
        [a.0 * a.1 * scale, b.0 * b.1 * scale, c.0 * c.1 * scale]
    }
    #[inline(always)]
    fn sweep<W: Sweep<S, S::F64>>(&self, sweep: W) -> W::Output {
        self.0.sweep(Of::<W, F>(sweep, PhantomData))
    }
    #[inline(always)]
    fn narrow(&self, sums: Sums<2>) -> Option<[i64; 2]> {
        self.sweep(sums)
    }
    #[inline(always)]
    fn widest(&self, _: Window) -> Option<[i64; 8]> {
        None
    }
}

impl<W: Words> Total<W, 2> {
    /// Takes in the products of a tile of pairs.
    #[inline(always)]
    pub(super) fn add_products<S: Simd, P: Pairs<S>>(&mut self, pairs: &P) {
        if pairs.count() == 0 || self.is_nan() {
            return;
        }
        self.seen |= seen::ANY;
        let products = TermsOf::<'_, P, Product>(pairs, PhantomData);
        let [guide, second] = &mut self.guides;
        let sums = guide.sums(&products).and_then(
            #[inline(always)]
            |of_products| {
                let rests = TermsOf::<'_, P, Residual>(pairs, PhantomData);
                let of_rests = if P::EXACT { None } else { Some(second.sums(&rests)?) };
                Some((of_products, of_rests))
            },
        );
        let Some((of_products, of_rests)) = sums else {
            return pairs.sweep(Apart { total: self, exact: P::EXACT });
        };
        self.add_found(&of_products);
        if let Some(found) = of_rests {
            self.add_found(&found);
        }
        self.see_other(of_products.is_other(), &products);
    }

    /// Takes in a product of which `p` and `e` are not floats, or that is none itself.
    #[inline(never)]
    fn add_product(&mut self, x: f64, y: f64) {
        if !(x.is_finite() && y.is_finite()) {
            self.seen |= seen::special(x * y);
            return;
        }
        let (x, y) = (parts(x), parts(y));
        // 106 digits at most.
        self.add(i128::from(x.0) * i128::from(y.0), x.1 + y.1);
        self.seen |= seen::OTHER;
    }
}

/// A number as `mantissa * 2^exponent`.
fn parts(x: f64) -> (i64, i32) {
    let bits = x.to_bits();
    let (field, digits) = ((bits >> 52 & 0x7ff) as i32, (bits & ((1 << 52) - 1)).cast_signed());
    let mantissa = if field == 0 { digits } else { digits | 1 << 52 };
    (if x.is_sign_negative() { -mantissa } else { mantissa }, field.max(1) - 1075)
}

/// Pairs at a time.
const BLOCK: usize = 1024;

/// No backend has more lanes of `f64`.
const MOST_LANES: usize = 8;

/// Adds products pair by pair.
struct Apart<'p, W> {
    total: &'p mut Total<W, 2>,
    /// Whether there are no `e`, a constant to the compiler.
    exact: bool,
}

impl<S: Simd, W: Words> Sweep<S, (S::F64, S::F64)> for Apart<'_, W> {
    type Output = ();

    #[inline(always)]
    fn sweep<R: Source<S, Item = (S::F64, S::F64)>>(self, simd: S, rows: R) {
        let stripes = rows.stripes() + usize::from(rows.reaches(0));
        let len = (stripes * <f64 as Number>::STRIPE).min(BLOCK);
        with_zeros(
            len,
            #[inline(always)]
            |products: &mut [f64]| {
                with_zeros(
                    len,
                    #[inline(always)]
                    |rests: &mut [f64]| self.blocks(simd, rows, stripes, products, rests),
                );
            },
        );
    }
}

impl<W: Words> Apart<'_, W> {
    #[inline(always)]
    fn blocks<S: Simd, R: Source<S, Item = (S::F64, S::F64)>>(
        self,
        simd: S,
        rows: R,
        stripes: usize,
        products: &mut [f64],
        rests: &mut [f64],
    ) {
        let pad = (S::F64::splat(simd, -0.0), S::F64::splat(simd, 1.0));
        let mut at = 0;
        for i in 0..stripes {
            for k in 0..S::REGISTERS {
                let (x, y) = if i < rows.stripes() {
                    R::load(simd, rows.stripe(i), k, pad)
                } else {
                    rows.load_rest(simd, k, pad)
                };
                let p = Product::of(simd, (x, y));
                // An infinity or a NaN less itself is NaN.
                let mut odd = p.sub(p);
                p.store(&mut products[at..]);
                if !self.exact {
                    let e = Residual::of(simd, (x, y));
                    odd = odd.add(e.sub(e));
                    e.store(&mut rests[at..]);
                }
                let right = S::F64::bits(simd, odd.eq(odd));
                if right != (1 << const { S::F64::LANES }) - 1 {
                    let (mut xs, mut ys) = ([0.0; MOST_LANES], [0.0; MOST_LANES]);
                    x.store(&mut xs);
                    y.store(&mut ys);
                    for lane in (0..S::F64::LANES).filter(|lane| right >> lane & 1 == 0) {
                        self.total.add_product(xs[lane], ys[lane]);
                        (products[at + lane], rests[at + lane]) = (-0.0, 0.0);
                    }
                }
                at += S::F64::LANES;
            }
            if at == products.len() || i + 1 == stripes {
                self.total.add_apart(&products[..at]);
                if !self.exact {
                    self.total.add_apart(&rests[..at]);
                }
                let other = |x: &f64| x.to_bits() != (-0.0_f64).to_bits();
                if self.total.seen & seen::OTHER == 0 && products[..at].iter().any(other) {
                    self.total.seen |= seen::OTHER;
                }
                at = 0;
            }
        }
    }
}
