//! The list is the one of the definition.

use crate::data::{Kind, Random, Sample, column};
use lanefold::{
    Accumulator, Adapt, Aggregate, Backend, CapacityError, Count, FrequentValue, FrequentValues,
    HeavyHitters, Nullable,
};

fn hitters(capacity: usize) -> HeavyHitters {
    HeavyHitters::new(capacity).expect("a capacity that there is")
}

/// What the papers say: a row adds to its counter, or gets one, or takes over the first of the
/// least.
fn defined<T: Sample>(capacity: usize, rows: &[T]) -> FrequentValues<T> {
    let same = |a: &T, b: &T| a == b || (spec_nan(*a) && spec_nan(*b));
    let mut counters: Vec<FrequentValue<T>> = Vec::new();
    let mut others = 0;
    for &value in rows {
        if let Some(counter) = counters.iter_mut().find(|counter| same(&counter.value, &value)) {
            counter.count += 1;
        } else if counters.len() < capacity {
            counters.push(FrequentValue { value, count: 1, error: 0 });
        } else {
            let least = counters.iter_mut().min_by_key(|counter| counter.count);
            let least = least.expect("a counter");
            others = least.count;
            *least = FrequentValue { value, count: others + 1, error: others };
        }
    }
    counters.sort_by(|a, b| {
        let nans = spec_nan(a.value).cmp(&spec_nan(b.value));
        let values = nans.then(a.value.partial_cmp(&b.value).unwrap_or(std::cmp::Ordering::Equal));
        b.count.cmp(&a.count).then(a.error.cmp(&b.error)).then(values)
    });
    FrequentValues { values: counters, rows: rows.len() as u64, others }
}

fn spec_nan<T: Sample>(x: T) -> bool {
    crate::spec::Spec::is_nan(x)
}

#[track_caller]
fn same<T: Sample>(got: &FrequentValues<T>, want: &FrequentValues<T>, context: &str) {
    let like = |a: &FrequentValue<T>, b: &FrequentValue<T>| {
        (a.count, a.error) == (b.count, b.error)
            && (a.value == b.value || (spec_nan(a.value) && spec_nan(b.value)))
    };
    let lists = got.values.len() == want.values.len()
        && got.values.iter().zip(&want.values).all(|(a, b)| like(a, b));
    let numbers = (got.rows, got.others) == (want.rows, want.others);
    assert!(lists && numbers, "{got:?} should be {want:?}: {context}");
}

/// Values of which few come often, and special ones.
fn skewed<T: Sample>(len: usize, seed: u64) -> Vec<T> {
    let random = &mut Random(seed);
    let mut values = column::<T>(Kind::Sprinkled, 60, seed);
    values.extend(T::specials());
    let most = values.len() as f64;
    (0..len).map(|_| values[(most.powf(random.unit()) - 1.0) as usize]).collect()
}

fn every_backend<T: Sample>() {
    for backend in Backend::available() {
        for (i, len) in (0..=70).chain([127, 128, 129, 500, 1024, 1025, 9000]).enumerate() {
            let values = skewed::<T>(len, len as u64);
            for capacity in [1, 2, 7, 30, 1000] {
                let got = hitters(capacity).of_on(backend, &values);
                let context = format!("{backend}, {len} rows, {capacity} counters");
                same(&got, &defined(capacity, &values), &context);
            }
            let values = column::<T>(Kind::Bits, len, i as u64);
            let got = hitters(5).of_on(backend, &values);
            same(&got, &defined(5, &values), "any bits");
        }
    }
}

#[test]
fn of_bytes() {
    every_backend::<i8>();
}

#[test]
fn of_words() {
    every_backend::<u64>();
}

#[test]
fn of_floats() {
    every_backend::<f32>();
    every_backend::<f64>();
}

#[test]
fn of_other_types() {
    fn some<T: Sample>() {
        for len in [0, 1, 64, 3000] {
            let values = skewed::<T>(len, 1);
            same(&hitters(9).of(&values), &defined(9, &values), "another type");
        }
    }
    some::<i16>();
    some::<i32>();
    some::<i64>();
    some::<u8>();
    some::<u16>();
    some::<u32>();
}

#[test]
fn values_come_back_as_they_were() {
    let list = hitters(9).of(&[-5_i8, i8::MIN, 7]).values;
    assert_eq!(list.iter().map(|x| x.value).collect::<Vec<_>>(), [i8::MIN, -5, 7]);
    let list = hitters(9).of(&[f32::MIN, -0.0, 0.0, -f32::NAN, 1e-45, f32::INFINITY]).values;
    let bits: Vec<u32> = list.iter().map(|x| x.value.to_bits()).collect();
    let want = [0.0, f32::MIN, 1e-45, f32::INFINITY, f32::NAN];
    assert_eq!(bits, want.map(f32::to_bits), "zeros are two; of the others the least first");
}

#[test]
fn cuts_nulls_filters_and_tuples() {
    let random = &mut Random(3);
    let values = skewed::<i32>(20_000, 4);
    let bits: Vec<u8> = (0..2600).map(|_| random.word() as u8).collect();
    let column = Nullable::new(&values, &bits, 5).expect("enough bits");
    let is_present = |i: usize| bits[(5 + i) / 8] >> ((5 + i) % 8) & 1 == 1;
    let there: Vec<i32> = (0..20_000).filter(|&i| is_present(i)).map(|i| values[i]).collect();
    let above: Vec<i32> = values.iter().copied().filter(|&x| x > 5).collect();
    for backend in Backend::available() {
        let mut stream: Accumulator<_, i32> = Accumulator::on(backend, hitters(11));
        let mut rest = &values[..];
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(random.below(3000).min(rest.len()));
            match piece.len() {
                ..100 => piece.iter().for_each(|&x| stream.push(x)),
                _ => stream.update(piece).expect("one column"),
            }
            rest = after;
        }
        same(&stream.finish(), &defined(11, &values), "a stream");
        let (count, list) = (Count, hitters(11)).of_on(backend, column);
        assert_eq!(count, list.rows);
        same(&list, &defined(11, &there), "nulls");
        same(&hitters(11).filter(6..).of_on(backend, &values), &defined(11, &above), "a filter");
    }
}

#[test]
fn bad_capacities_are_named() {
    assert_eq!(HeavyHitters::new(0), Err(CapacityError { capacity: 0 }));
    let text = CapacityError { capacity: 0 }.to_string();
    assert_eq!(text, "a capacity of 0, which should be 1 to 4294967295");
    assert_eq!(hitters(7).capacity(), 7);
    #[cfg(target_pointer_width = "64")]
    {
        assert!(HeavyHitters::new(u32::MAX as usize + 1).is_err());
        // Nothing is allocated before it is needed.
        assert_eq!(hitters(u32::MAX as usize).of(&[1_u8, 1, 2]).values.len(), 2);
    }
}
