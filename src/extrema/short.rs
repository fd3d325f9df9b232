//! Short columns, in plain code where the caller is.
//!
//! A call, a dispatch and a fold take as long as a dozen comparisons. Loops have no branch on a
//! value, and what few columns ask for (which zero a zero is, whether an infinity was ever
//! seen) is apart from them.

use super::order::{End, Greatest, Least, Ordered, canonical};
use super::policy::{For, Policy, is_skipped, replaces, standing};
use super::value::settle;
use crate::aggregate::{SHORT, SHORT_NULLABLE};
use crate::lanes::operation::halve_by;
use crate::number::Number;
use crate::row::NumericRow;
use core::array;
use core::hint::{black_box, select_unpredictable};

/// The extreme of those rows of a short slice that are `there`, if there are `any`; `has` says
/// whether a value of these bits is among them. No branch depends on which are.
#[inline(always)]
fn of_those<E: End, P: Policy, T: Number>(
    values: &[T],
    any: bool,
    there: impl Fn(usize) -> bool,
    has: impl FnOnce(T) -> bool,
) -> Option<T> {
    if const { For::<P, T>::NAN_WINS || For::<P, T>::TOTAL } {
        let mut best = E::identity::<T::Encoding>();
        for (row, &value) in values.iter().enumerate() {
            let standing = standing::<E, P, _>(value);
            best = select_unpredictable(E::beats(standing, best) & there(row), standing, best);
        }
        return any.then_some(canonical(T::of_rank(best)));
    }
    let mut found = E::identity::<T>();
    for (row, &value) in values.iter().enumerate() {
        // A selection of integers, for that of floats is a branch: 8 `f64` with random nulls take 10 ns,
        // and took 20.
        let absent = E::identity::<T>().encoding();
        let value = T::of_encoding(select_unpredictable(there(row), value.encoding(), absent));
        found = if E::beats(value, found) { value } else { found };
    }
    settle::<E, P, T>(found, any, has)
}

/// The same of floats of which NaN is skipped, by ranks. For `f32` with nulls: their bits the compiler
/// selects as floats again, and 8 took 33 ns, and take 12. (8 `f64` take 17 so, and 7 `f32` that are all
/// there as much, not 4.)
#[inline(always)]
fn of_ranks<E: End, P: Policy, T: Number>(
    values: &[T],
    any: bool,
    there: impl Fn(usize) -> bool,
    has: impl FnOnce(T) -> bool,
) -> Option<T> {
    let absent = E::identity::<T>().rank();
    let mut best = absent;
    for (row, &value) in values.iter().enumerate() {
        let is_there = there(row) & !is_skipped::<P, T>(value);
        let rank = select_unpredictable(is_there, value.rank(), absent);
        best = if E::beats(rank, best) { rank } else { best };
    }
    settle::<E, P, T>(T::of_rank(best), any, has)
}

/// Whether a value of these bits is among those that are `there`.
#[inline(always)]
fn has<T: Number>(values: &[T], wanted: T, there: impl Fn(usize) -> bool) -> bool {
    // Without an early end, so that the loop is compiled to vector code.
    let mut has = false;
    for (row, value) in values.iter().enumerate() {
        has |= (value.encoding() == wanted.encoding()) & there(row);
    }
    has
}

/// The same where all are there, apart from the code of every caller, since few need it.
#[inline(never)]
fn is_in<T: Number>(values: &[T], wanted: T) -> bool {
    has(values, wanted, |_| true)
}

/// Rows of a half of what is compared without a loop.
const HALF: usize = SHORT / 2;

/// The extreme of 8 to 16 rows that are compared as they are; `None` for others. The last 8 may have
/// rows of the first: so no length needs a loop, and registers of 128 bits hold them. Of 16 `f64`
/// the least takes 1.9 ns, and 4.5 in a loop.
#[inline(always)]
fn of_halves<E: End, P: Policy, T: Number>(values: &[T]) -> Option<T> {
    if const { For::<P, T>::NAN_WINS || For::<P, T>::TOTAL } || values.len() > 2 * HALF {
        return None;
    }
    let (first, last) = (values.first_chunk::<HALF>()?, values.last_chunk::<HALF>()?);
    let pick = |best: T, value: T| if E::beats(value, best) { value } else { best };
    // A NaN does not beat the identity, and is not what others have to beat.
    let mut best = [E::identity(); HALF];
    for i in 0..HALF {
        best[i] = pick(best[i], first[i]);
    }
    if values.len() > HALF {
        for i in 0..HALF {
            best[i] = pick(best[i], last[i]);
        }
    }
    Some(halve_by(&mut best, pick))
}

/// The extreme of a short slice without nulls.
#[inline(always)]
fn of_all<E: End, P: Policy, T: Number>(values: &[T]) -> Option<T> {
    if let Some(found) = of_halves::<E, P, T>(values) {
        return settle::<E, P, T>(found, true, |wanted| is_in(values, wanted));
    }
    of_those::<E, P, T>(values, !values.is_empty(), |_| true, |wanted| is_in(values, wanted))
}

/// Both extremes of a short slice.
#[inline(always)]
fn of_both<P: Policy, T: Number>(values: &[T]) -> Option<(T, T)> {
    if const { For::<P, T>::NAN_WINS || For::<P, T>::TOTAL } {
        return of_all::<Least, P, T>(values).zip(of_all::<Greatest, P, T>(values));
    }
    let any = !values.is_empty();
    // Integers that the compiler knows to be the same are not compared in registers.
    let again = if T::IS_FLOAT { values } else { black_box(values) };
    let halves = of_halves::<Least, P, T>(values).zip(of_halves::<Greatest, P, T>(again));
    let (least, greatest) = halves.unwrap_or_else(
        #[inline(always)]
        || {
            let (mut least, mut greatest) = (T::HIGHEST, T::LOWEST);
            for &value in values {
                least = if value < least { value } else { least };
                greatest = if value > greatest { value } else { greatest };
            }
            (least, greatest)
        },
    );
    let least = settle::<Least, P, T>(least, any, |wanted| is_in(values, wanted));
    least.zip(settle::<Greatest, P, T>(greatest, any, |wanted| is_in(values, wanted)))
}

/// Not inlined: that is too much code for every caller.
#[inline(never)]
fn among_nulls<E: End, P: Policy, T: Number>(values: &[T], bits: u64) -> Option<T> {
    let among = |values: &[T]| {
        let there = |row| bits >> row & 1 == 1;
        let has = |wanted| has(values, wanted, there);
        if const { For::<P, T>::SKIPS && size_of::<T>() == 4 } {
            of_ranks::<E, P, T>(values, bits != 0, there, has)
        } else {
            of_those::<E, P, T>(values, bits != 0, there, has)
        }
    };
    // Of a known length, the loop is no loop.
    match <&[T; SHORT_NULLABLE]>::try_from(values) {
        Ok(values) => among(values),
        Err(_) => among(values),
    }
}

/// The longest slice of bytes that is worked out in blocks. Of 100 the least takes 3.4 ns so, and 5.3
/// with a dispatch; with a loop that is not unrolled 7. So do 100 `i16`, in blocks or not.
const MOST_IN_BLOCKS: usize = 128;

/// Whether [`of_blocks`] is for a slice.
#[inline(always)]
fn fits_blocks<T: Number>(values: &[T]) -> bool {
    T::IS_U8 && values.len() > SHORT && values.len() <= MOST_IN_BLOCKS
}

/// The extreme of at least 16 bytes: that of each of 16 columns, in registers of 128 bits, and then
/// that of those. The last block may have rows of the one before.
#[inline(always)]
fn of_blocks<E: End, T: Number>(values: &[T]) -> T {
    let pick = |one: T, other: T| if E::beats(other, one) { other } else { one };
    let mut best = *values.last_chunk::<SHORT>().expect("16 rows or more");
    let (blocks, _) = values.as_chunks::<SHORT>();
    debug_assert!(blocks.len() <= MOST_IN_BLOCKS / SHORT);
    // By a number that the compiler knows, so that it unrolls the loop. What callers know of the slice
    // is lost where several crates call this: both of 64 took 6.9 ns, not 5.0.
    for i in 0..MOST_IN_BLOCKS / SHORT {
        let Some(block) = blocks.get(i) else { break };
        for (best, &value) in best.iter_mut().zip(block) {
            *best = pick(*best, value);
        }
    }
    halve_by(&mut best, pick)
}

/// One of them. Not inlined: that is too much code for every caller.
#[inline(never)]
fn one_of_blocks<E: End, T: Number>(values: &[T]) -> T {
    of_blocks::<E, T>(values)
}

/// Both of them, likewise. In two loops: one over both is not compiled to registers.
#[inline(never)]
fn both_of_blocks<T: Number>(values: &[T]) -> (T, T) {
    (of_blocks::<Least, T>(values), of_blocks::<Greatest, T>(values))
}

/// The value of an extreme; `None` where the column is longer.
#[allow(clippy::option_option, reason = "whether there is an answer, and the answer")]
#[inline(always)]
pub(super) fn value<E: End, P: Policy, R: NumericRow>(
    column: R::Column<'_>,
) -> Option<Option<R::Value>> {
    let values = R::values(column);
    if !R::NULLABLE && fits_blocks(values) {
        return Some(Some(one_of_blocks::<E, R::Value>(values)));
    }
    if values.len() > if R::NULLABLE { SHORT_NULLABLE } else { SHORT } {
        return None;
    }
    Some(if R::NULLABLE {
        among_nulls::<E, P, _>(values, R::few_bits(column))
    } else {
        of_all::<E, P, R::Value>(values)
    })
}

/// The values of both extremes, likewise; `None`, too, where the column may have nulls.
#[allow(clippy::type_complexity, clippy::option_option, reason = "as above")]
#[inline(always)]
pub(super) fn values<P: Policy, R: NumericRow>(
    column: R::Column<'_>,
) -> Option<Option<(R::Value, R::Value)>> {
    let values = R::values(column);
    if !R::NULLABLE && fits_blocks(values) {
        return Some(Some(both_of_blocks(values)));
    }
    (!R::NULLABLE && values.len() <= SHORT).then(
        #[inline(always)]
        || of_both::<P, R::Value>(values),
    )
}

/// Longest slice that is searched in plain code, where the caller is; of bytes, two halves are.
const SHORT_PLACES: usize = 8;

/// The place of an extreme; `None` where the column is longer, or may have nulls.
#[allow(clippy::option_option, reason = "whether there is an answer, and the answer")]
#[inline(always)]
pub(super) fn place<E: End, P: Policy, R: NumericRow>(
    column: R::Column<'_>,
) -> Option<Option<(usize, R::Value)>> {
    let values = R::values(column);
    if R::NULLABLE {
        return None;
    }
    if const { R::Value::IS_U8 }
        && values.len() <= SHORT
        && let (Some(first), Some(last)) = (values.first_chunk(), values.last_chunk())
    {
        let row = row_of_bytes::<E, P, _>(first, last, values.len() - HALF);
        return Some(Some((row, values[row])));
    }
    if values.len() > SHORT_PLACES {
        return None;
    }
    if const { For::<P, R::Value>::SKIPS } {
        return Some(skipping::<E, P, _>(values));
    }
    if let (Some(first), Some(last)) = (values.first_chunk(), values.last_chunk()) {
        return Some(Some(of_quads::<E, P, _>(first, last, values.len() - QUAD)));
    }
    let Some((&head, tail)) = values.split_first() else { return Some(None) };
    let (mut row, mut best) = (0, standing::<E, P, _>(head));
    for (i, &value) in tail.iter().enumerate() {
        let later = standing::<E, P, _>(value);
        let replaces = replaces::<E, P, R::Value>(later, best);
        // Not a branch, which compilers make of it: with random `i64`, 8 took 15 ns.
        best = select_unpredictable(replaces, later, best);
        row = select_unpredictable(replaces, i + 1, row);
    }
    Some(Some((row, canonical(R::Value::of_rank(best)))))
}

/// Rows of half of what [`of_quads`] takes.
const QUAD: usize = SHORT_PLACES / 2;

/// The place of an extreme of 4 to 8 rows that are compared by what stands for them; the last 4 may have
/// some of the first. Of two, of those two, and so on, with rows in order: the place of the least of 8
/// `i64` takes 9.6 ns so, and 12.5 where each waits for the row before. (Of `f64`, of which NaN is skipped,
/// it took as long.)
#[inline(always)]
fn of_quads<E: End, P: Policy, T: Number>(
    first: &[T; QUAD],
    last: &[T; QUAD],
    start: usize,
) -> (usize, T) {
    let join = |best: (usize, T::Encoding), later: (usize, T::Encoding)| {
        let replaces = replaces::<E, P, T>(later.1, best.1);
        (
            select_unpredictable(replaces, later.0, best.0),
            select_unpredictable(replaces, later.1, best.1),
        )
    };
    let of_four = |values: &[T; QUAD], start: usize| {
        let [a, b, c, d] = values.map(standing::<E, P, T>);
        join(join((start, a), (start + 1, b)), join((start + 2, c), (start + 3, d)))
    };
    // Of equal ones, the first four have the first row, and the last four the last.
    let (row, best) = join(of_four(first, 0), of_four(last, start));
    (row, canonical(T::of_rank(best)))
}

/// The row of an extreme of 8 to 16 `u8`, of which the last 8 begin at a row `start`: each is put above
/// its row in 16 bits, of which the least or the greatest has both. Registers hold these, and
/// compare them: of 16 that takes 3 ns, and 12 by a dispatch. Not inlined: that is too much code for every
/// caller.
#[allow(clippy::cast_possible_truncation, reason = "values of 8 bits, and rows below 16")]
#[inline(never)]
fn row_of_bytes<E: End, P: Policy, T: Number>(
    first: &[T; HALF],
    last: &[T; HALF],
    start: usize,
) -> usize {
    // Of equal values, the first row is to win, or the last: by its number, or by what is left of 255.
    let flip = if E::beats(1_i16, 0) == P::LAST { 0 } else { 0xff };
    let rows = |values: &[T; HALF], start: usize| -> [i16; HALF] {
        array::from_fn(
            #[inline(always)]
            |i| {
                let value = ((values[i].small() as u16) << 8) ^ 0x8000;
                (value | ((start + i) as u16 ^ flip)).cast_signed()
            },
        )
    };
    let pick = |one: i16, other: i16| if E::beats(other, one) { other } else { one };
    let mut best = rows(first, 0);
    for (best, other) in best.iter_mut().zip(rows(last, start)) {
        *best = pick(*best, other);
    }
    usize::from((halve_by(&mut best, pick).cast_unsigned() ^ flip) & 0xff)
}

/// Floats are compared as such. That leaves NaN out, and tells all that is less than infinity
/// apart, but for zeros.
#[inline(always)]
fn skipping<E: End, P: Policy, T: Number>(values: &[T]) -> Option<(usize, T)> {
    let (mut row, mut found) = (usize::MAX, E::identity::<T>());
    for (i, &value) in values.iter().enumerate() {
        let replaces = E::beats(value, found) || (P::LAST && value == found);
        found = if replaces { value } else { found };
        row = if replaces { i } else { row };
    }
    if row == usize::MAX || found == T::LOW_ZERO {
        (row, found) = blurred::<E, P, T>(values, found);
    }
    (row < usize::MAX).then_some((row, found))
}

/// The place of what is a zero, or the identity; no row has the last number there is. A pair of
/// two words, which comes back in registers: an `Option` of it would come through memory, and wait.
#[inline(never)]
fn blurred<E: End, P: Policy, T: Number>(values: &[T], found: T) -> (usize, T) {
    // Without an early end, so that no branch is guessed.
    let find = |wanted: T| {
        let mut row = usize::MAX;
        for step in 0..values.len() {
            let i = if P::LAST { step } else { values.len() - 1 - step };
            row = if values[i].encoding() == wanted.encoding() { i } else { row };
        }
        (row, wanted)
    };
    if found != T::LOW_ZERO {
        return find(found);
    }
    let (zero, other) = E::zeros();
    let place = find(zero);
    if place.0 < usize::MAX { place } else { find(other) }
}
