//! Laws of plain columns: every length, alignment and lane, and the ends of the range.

use crate::check::{every_alignment, every_length, of_agrees, specials_everywhere};
use crate::data::{Random, Sample, beyond_two_digits, follows, seams, within_two_digits};
use crate::nulls::{self, Column};
use crate::spec::Written;
use crate::written::Whole;
use lanefold::{
    Adapt, Aggregate, Backend, BitAnd, BitOr, BitXor, CheckedProduct, CheckedSum,
    CoefficientOfVariation, First, Last, Overflow, StdDev, SumOfSquares, Variance, WrappingProduct,
    WrappingSum,
};

macro_rules! each_of_integers {
    ($a:ident => $body:block) => {
        each!($a in [
            WrappingSum, CheckedSum, WrappingProduct, CheckedProduct, BitAnd, BitOr, BitXor,
            First, Last, SumOfSquares, Variance::sample(),
        ] => $body)
    };
}

fn follow_the_spec_at_every_length<T: Whole>(backend: Backend) {
    each_of_integers!(a => { every_length::<T, _>(backend, a) });
}

fn follow_the_spec_at_every_alignment<T: Whole>(backend: Backend) {
    each!(a in [WrappingSum, BitAnd, BitXor, WrappingProduct, SumOfSquares] => {
        every_alignment::<T, _>(backend, a);
    });
}

fn follow_the_spec_with_specials_in_every_lane<T: Whole>(backend: Backend) {
    each!(a in [WrappingSum, BitAnd, BitOr, BitXor, CheckedProduct, Variance::sample()] => {
        specials_everywhere::<T, _>(backend, a);
    });
}

fn short_columns_agree_with_long_ones<T: Whole>(backend: Backend) {
    each_of_integers!(a => { of_agrees::<T, _>(backend, a) });
}

/// Where squares that are too great for their lanes, or sums of them, would show.
fn no_lane_overflows<T: Whole>(backend: Backend) {
    let specials = T::specials();
    let (least, greatest) = (specials[0], specials[1]);
    for len in seams::<T>() {
        let alternating: Vec<T> =
            (0..len).map(|i| if i % 2 == 0 { least } else { greatest }).collect();
        for values in [vec![least; len], vec![greatest; len], alternating] {
            each_of_integers!(a => { follows(backend, a, &values) });
        }
    }
}

/// A bit that only one row has, or only one row lacks, at each place of a tile and a bit.
fn no_bit_is_lost<T: Whole>(backend: Backend) {
    let len = <T as Sample>::STRIPE * 2 + 5;
    for place in 0..len {
        let bit = T::low(1 << (place % T::BITS as usize));
        let mut values = vec![T::ZERO; len];
        values[place] = bit;
        same!(BitOr.of_on(backend, &values), bit, "{place}");
        same!(BitXor.of_on(backend, &values), bit, "{place}");
        values.fill(T::ONES);
        values[place] = T::ONES.xor(bit);
        same!(BitAnd.of_on(backend, &values), T::ONES.xor(bit), "{place}");
    }
}

/// The exact result decides: one more than fits is an overflow, and what comes back is not.
fn checked_at_the_edge<T: Whole>(backend: Backend) {
    let (least, greatest) = (T::specials()[0], T::specials()[1]);
    let one = T::ONE;
    let less = T::checked(-1);
    for len in [3, 17, 600, <T as Sample>::TILE, <T as Sample>::TILE + 40] {
        for place in [0, 1, len / 2, len - 2] {
            let mut values = vec![T::ZERO; len];
            values[place] = greatest;
            same!(CheckedSum.of_on(backend, &values), Ok(greatest), "{len}");
            values[len - 1] = one;
            same!(CheckedSum.of_on(backend, &values), Err(Overflow), "{len}");
            if let Some(less) = less {
                values[(place + 1) % (len - 1)] = less;
                same!(CheckedSum.of_on(backend, &values), Ok(greatest), "{len}");
                let mut values = vec![T::ZERO; len];
                values[place] = least;
                same!(CheckedSum.of_on(backend, &values), Ok(least), "{len}");
                values[len - 1] = less;
                same!(CheckedSum.of_on(backend, &values), Err(Overflow), "{len}");
            }
            let mut values = vec![one; len];
            values[place] = greatest;
            same!(CheckedProduct.of_on(backend, &values), Ok(greatest), "{len}");
            values[len - 1] = T::low(2);
            same!(CheckedProduct.of_on(backend, &values), Err(Overflow), "{len}");
            values[(place + 1) % (len - 1)] = T::ZERO;
            same!(CheckedProduct.of_on(backend, &values), Ok(T::ZERO), "{len}");
        }
    }
    // The least integer of a signed type has no negative of its own.
    if let Some(less) = less {
        same!(CheckedProduct.of_on(backend, &[least, one]), Ok(least), "the least");
        same!(CheckedProduct.of_on(backend, &[least, less]), Err(Overflow), "its negative");
        same!(CheckedProduct.of_on(backend, &[least, less, less]), Ok(least), "and back");
    }
}

/// Factors that leave something: odd ones wrap without becoming 0, and a few small ones
/// among ones reach the edge of the type without passing it by far.
fn products_that_are_not_zero<T: Whole>(backend: Backend) {
    let random = &mut Random(31);
    for len in [1, 2, 15, 40, 300, 600, <T as Sample>::TILE + 33] {
        let odd: Vec<T> = (0..len).map(|_| T::of_bits(random.word() | 1)).collect();
        follows(backend, WrappingProduct, &odd);
        follows(backend, CheckedProduct, &odd);
        for factors in [0, 1, 3, T::BITS as usize - 2, T::BITS as usize - 1, T::BITS as usize, 70] {
            let mut values = vec![T::ONE; len];
            for _ in 0..factors {
                values[random.below(len)] = T::low([2, 2, 2, -1][random.below(4)]);
            }
            follows(backend, WrappingProduct, &values);
            follows(backend, CheckedProduct, &values);
        }
    }
}

suite! {
    types [i8 i16 i32 i64 u8 u16 u32 u64]
    laws [
        follow_the_spec_at_every_length
        follow_the_spec_at_every_alignment
        follow_the_spec_with_specials_in_every_lane
        short_columns_agree_with_long_ones
        no_lane_overflows
        no_bit_is_lost
        checked_at_the_edge
        products_that_are_not_zero
    ]
}

/// Numbers of 64 bits are multiplied by two digits of 26 bits, where all of a tile have no more.
fn squares_by_digits<T: Whole>() {
    let few = within_two_digits().filter_map(T::checked).collect::<Vec<_>>();
    let many = beyond_two_digits().filter_map(T::checked).collect::<Vec<_>>();
    let random = &mut Random(37);
    for backend in Backend::available() {
        for len in [1, 16, 17, 39, 40, 41, 77, 511, 512, 513, 1023, 1024, 1025, 2100] {
            let mut obeys = |values: &[T]| {
                follows(backend, SumOfSquares, values);
                follows(backend, Variance::population(), values);
                let column = Column::of(values.to_vec(), random);
                nulls::follows(backend, SumOfSquares, &column);
                let [low, high] = [T::ZERO, few[few.len() - 2]];
                let within = |&x: &T| (low <= x && x <= high).then_some(x);
                let want = SumOfSquares.written(&values.iter().map(within).collect::<Vec<_>>());
                let got = SumOfSquares.filter(low..=high).of_on(backend, values);
                same!(got, want, "filtered, {len} rows");
            };
            for &x in few.iter().chain(&many) {
                obeys(&vec![x; len]);
            }
            let mut places = Random(len as u64);
            let mixed: Vec<T> = (0..len).map(|_| few[places.below(few.len())]).collect();
            obeys(&mixed);
            for &x in &many {
                let mut values = mixed.clone();
                values[places.below(len)] = x;
                obeys(&values);
            }
        }
    }
}

#[test]
fn squares_of_64_bits() {
    squares_by_digits::<i64>();
    squares_by_digits::<u64>();
}

/// Few numbers are squared and added up in plain code, unless they are too great for it.
fn few_of_each_magnitude<T: Whole>() {
    let random = &mut Random(41);
    for bits in 0..=64 {
        let end = 1_i128 << bits;
        for len in 0..18 {
            let within = |random: &mut Random| i128::from(random.word()) % (2 * end + 1) - end;
            let mixed = (0..len).map(|_| within(random)).collect::<Vec<_>>();
            // Four squares of 2⁶³ wrap to 0.
            let fours = (0..len).map(|i| if i % 5 < 4 { -end } else { 1 }).collect();
            for values in [vec![end; len], vec![end - 1; len], fours, mixed] {
                let fits = |&x: &i128| T::checked(x).or(T::checked(-x)).unwrap_or(T::ZERO);
                let values: Vec<T> = values.iter().map(fits).collect();
                let rows: Vec<Option<T>> = values.iter().copied().map(Some).collect();
                for a in [Variance::population(), Variance::sample()] {
                    same!(a.of(&values), a.written(&rows), "{a:?} of {values:?}");
                }
                let scalar = Backend::SCALAR;
                let (deviation, relative) = (StdDev::sample(), CoefficientOfVariation::sample());
                let want = (deviation.of_on(scalar, &values), relative.of_on(scalar, &values));
                same!(deviation.of(&values), want.0, "deviation of {values:?}");
                same!(relative.of(&values), want.1, "relative deviation of {values:?}");
            }
        }
    }
}

#[test]
fn spreads_of_few() {
    few_of_each_magnitude::<i64>();
    few_of_each_magnitude::<u64>();
}

#[test]
fn of_nothing() {
    let none: &[i16] = &[];
    assert_eq!((WrappingSum, CheckedSum).of(none), (0, Ok(0)));
    assert_eq!((WrappingProduct, CheckedProduct).of(none), (1, Ok(1)));
    assert_eq!((BitAnd, BitOr, BitXor).of(none), (-1, 0, 0));
    assert_eq!(BitAnd.of(&[] as &[u64]), u64::MAX);
    assert_eq!((First, Last).of(none), (None, None));
    let error: &dyn std::error::Error = &Overflow;
    assert_eq!(error.to_string(), "the exact result does not fit the type of the rows");
}
