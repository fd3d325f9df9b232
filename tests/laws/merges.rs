//! Laws of merging partials.
//!
//! Counts, extrema and all statistics of integers have the same bits however the rows
//! were cut and in whichever order the parts were merged. Float sums and moments have
//! the bits of one call where they are merged tile by tile, in order; elsewhere they stay
//! within their bounds. To merge with the partial of no rows, on either side, changes
//! nothing.

use crate::data::{KINDS, Kind, Random, Sample, column};
use crate::exact::{Signed, float_variance, within};
use crate::spec::Written;
use lanefold::{
    Accumulator, Aggregate, Backend, Count, Max, Mean, Min, MinMax, StdDev, Sum, SumOfSquares,
    Variance,
};

type Partial<A, T> = <A as Aggregate<T>>::Partial;

fn partial<T: Sample, A: Written<T>>(backend: Backend, a: A, values: &[T]) -> Partial<A, T> {
    let mut accumulator = Accumulator::<A, T>::on(backend, a);
    accumulator.update(values).expect("one column has one length");
    accumulator.partial()
}

fn merged<T: Sample, A: Written<T>>(
    a: A,
    one: &Partial<A, T>,
    other: &Partial<A, T>,
) -> Partial<A, T> {
    let mut one = one.clone();
    Aggregate::<T>::merge(&a, &mut one, other);
    one
}

fn finish<T: Sample, A: Written<T>>(a: A, partial: &Partial<A, T>) -> <A as Aggregate<T>>::Output {
    Aggregate::<T>::finish(&a, partial)
}

/// Any cut into three, any order, either association.
fn any_order<T: Sample, A: Written<T>>(backend: Backend, a: A) {
    let tile = <T as Sample>::TILE;
    let random = &mut Random(71);
    let lengths = [0, 1, 2, 5, 40, 40, 40, 300, tile + 9];
    for (kind, len) in KINDS.into_iter().flat_map(|kind| lengths.map(|len| (kind, len))) {
        let values = column::<T>(kind, len, random.word());
        let want = a.of_on(backend, &values);
        let mut cuts = [random.below(len + 1), random.below(len + 1)];
        cuts.sort_unstable();
        let parts = [&values[..cuts[0]], &values[cuts[0]..cuts[1]], &values[cuts[1]..]];
        let parts = parts.map(|part| partial(backend, a, part));
        for [i, j, k] in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            let left = merged(a, &merged(a, &parts[i], &parts[j]), &parts[k]);
            same!(finish(a, &left), want, "{a:?} of {len} {kind:?} cut at {cuts:?}");
            let right = merged(a, &parts[i], &merged(a, &parts[j], &parts[k]));
            same!(finish(a, &right), want, "{a:?} of {len} {kind:?} cut at {cuts:?}");
        }
    }
}

fn every_cut<T: Sample, A: Written<T>>(backend: Backend, a: A) {
    for kind in KINDS {
        let values = column::<T>(kind, 37, 72);
        let want = a.of_on(backend, &values);
        for cut in 0..=values.len() {
            let (one, other) = values.split_at(cut);
            let (one, other) = (partial(backend, a, one), partial(backend, a, other));
            same!(finish(a, &merged(a, &one, &other)), want, "{a:?} cut at {cut}");
            same!(finish(a, &merged(a, &other, &one)), want, "{a:?} cut at {cut}");
        }
    }
}

fn exact_results_do_not_see_cuts<T: Sample>(backend: Backend) {
    each_aggregate!(a in [Count, Min, Max, MinMax] => {
        any_order::<T, _>(backend, a);
        every_cut::<T, _>(backend, a);
    });
}

fn integer_results_do_not_see_cuts<T: Sample>(backend: Backend) {
    each_aggregate!(a in [Sum, SumOfSquares, Variance::sample()] => {
        any_order::<T, _>(backend, a);
        every_cut::<T, _>(backend, a);
    });
}

fn the_partial_of_no_rows_changes_nothing<T: Sample>(backend: Backend) {
    let specials = T::specials().into_iter().map(|x| vec![x]);
    let random = KINDS.into_iter().flat_map(|kind| {
        [0, 1, 2, 17, 100, 2 * <T as Sample>::TILE + 3].map(|len| column::<T>(kind, len, 73))
    });
    for values in specials.chain(random) {
        each_aggregate!(a in [
            Count, Sum, Mean, Min, Max, MinMax, SumOfSquares, Variance::sample(), StdDev::sample()
        ] => {
            let want = a.of_on(backend, &values);
            let rows = partial(backend, a, &values);
            let nothing = Aggregate::<T>::identity(&a);
            let empty = partial::<T, _>(backend, a, &[]);
            for nothing in [nothing, empty] {
                let len = values.len();
                same!(finish::<T, _>(a, &merged::<T, _>(a, &nothing, &rows)), want, "{a:?} after none, {len}");
                same!(finish::<T, _>(a, &merged::<T, _>(a, &rows, &nothing)), want, "{a:?} before none, {len}");
                // And what follows does not tell, either.
                let after = partial(backend, a, &values[values.len() / 2..]);
                let one = merged::<T, _>(a, &merged::<T, _>(a, &nothing, &rows), &after);
                let other = merged::<T, _>(a, &rows, &after);
                same!(finish::<T, _>(a, &one), finish::<T, _>(a, &other), "{a:?} of {len}");
            }
        });
    }
}

fn tile_by_tile_has_the_bits_of_one_call<T: Sample>(backend: Backend) {
    let tile = <T as Sample>::TILE;
    for (kind, len) in [(Kind::Ordinary, 4 * tile + 50), (Kind::Sprinkled, 3 * tile)] {
        let values = column::<T>(kind, len, 74);
        each_aggregate!(a => {
            let mut sum = Aggregate::<T>::identity(&a);
            for tile in values.chunks(tile) {
                Aggregate::<T>::merge(&a, &mut sum, &partial(backend, a, tile));
            }
            same!(finish::<T, _>(a, &sum), a.of_on(backend, &values), "{a:?} of {len} {kind:?}");
        });
    }
}

// One type of each width and kind: those left out differ in nothing that these laws see,
// and every kernel takes time to compile.
suite! {
    few [
        exact_results_do_not_see_cuts
        the_partial_of_no_rows_changes_nothing
        tile_by_tile_has_the_bits_of_one_call
    ]
    floats []
    integers [integer_results_do_not_see_cuts]
}

#[test]
fn means_and_deviations() {
    for backend in Backend::available() {
        any_order::<i32, _>(backend, Mean);
        any_order::<i32, _>(backend, StdDev::sample());
        let values = column::<f32>(Kind::Ordinary, 7000, 76);
        let mut sum = Aggregate::<f32>::identity(&Mean);
        for tile in values.chunks(<f32 as Sample>::TILE) {
            Aggregate::<f32>::merge(&Mean, &mut sum, &partial(backend, Mean, tile));
        }
        same!(finish::<f32, _>(Mean, &sum), Mean.of_on(backend, &values), "tile by tile");
    }
}

/// Merges random pieces in a random order.
fn pieces<A: Written<f64>>(
    a: A,
    values: &[f64],
    random: &mut Random,
) -> <A as Aggregate<f64>>::Output {
    let mut parts = Vec::new();
    let mut rest = values;
    while !rest.is_empty() {
        let (part, others) = rest.split_at(rest.len().min(random.below(2500)));
        parts.push(partial(Backend::best(), a, part));
        rest = others;
    }
    while parts.len() > 1 {
        let one = parts.swap_remove(random.below(parts.len()));
        let i = random.below(parts.len());
        parts[i] = merged(a, &parts[i], &one);
    }
    parts.first().map_or_else(|| a.of(&[] as &[f64]), |part| finish(a, part))
}

#[test]
fn floats_merge_within_their_bounds() {
    let random = &mut Random(75);
    for _ in 0..20 {
        let len = random.below(10_000);
        let values = column::<f64>(Kind::Ordinary, len, random.word());
        // One more rounding than in one call, at most: the last.
        let sum = pieces(Sum, &values, random);
        assert!(within(sum, &Signed::sum(values.iter().copied()), 25, 53), "{len}");
        let squares = pieces(SumOfSquares, &values, random);
        let exact = Signed::dot(values.iter().map(|&x| (x, x)));
        assert!(within(squares, &exact, 26, 53), "{len}");
        let variance = pieces(Variance::population(), &values, random);
        let exact = float_variance(values.iter().copied(), 0);
        let (got, exact) = (variance.unwrap_or(0.0), exact.unwrap_or(0.0));
        assert!((got - exact).abs() <= 35_f64.exp2().recip() * exact, "{got:e} is not {exact:e}");
    }
}

/// Both partials hold a great sum that swallowed a small one, and the great ones cancel.
#[test]
fn what_was_rounded_away_is_merged_too() {
    for backend in Backend::available() {
        let tiles = |great: f64, small: f64| {
            let mut values = vec![0.0; 1025];
            (values[0], values[1024]) = (great, small);
            partial(backend, Sum, &values)
        };
        let sum = merged::<f64, _>(Sum, &tiles(1e300, 1.0), &tiles(-1e300, 0.5));
        assert_eq!(finish::<f64, _>(Sum, &sum), 1.5);
    }
}

#[test]
fn zeros_keep_their_sign() {
    let parts = [&[][..], &[-0.0], &[], &[-0.0, -0.0], &[]];
    let sum = parts.iter().fold(Aggregate::<f64>::identity(&Sum), |sum, part| {
        merged::<f64, _>(Sum, &sum, &partial(Backend::best(), Sum, part))
    });
    same!(finish::<f64, _>(Sum, &sum), -0.0, "negative zeros");
    let nothing = Aggregate::<f64>::identity(&Sum);
    let nothing = merged::<f64, _>(Sum, &nothing, &nothing);
    same!(finish::<f64, _>(Sum, &nothing), 0.0, "nothing");
}
