//! Law: boundaries of the exponential histogram are exact, at every scale.

use crate::data::{Random, power};
use crate::reference::exponential_index;
use lanefold::{Aggregate, Backend, ExponentialHistogram};

fn at_scale(scale: i32) -> ExponentialHistogram {
    ExponentialHistogram::new().with_max_scale(scale).expect("in range")
}

/// The index of one value.
fn index(x: f64, scale: i32) -> i32 {
    let point = at_scale(scale).of(&[x]);
    assert_eq!((point.scale(), point.positive().counts), (scale, &[1][..]), "{x:e}");
    point.positive().offset
}

const SCALES: [i32; 14] = [-10, -9, -4, -2, -1, 0, 1, 2, 3, 7, 8, 9, 14, 20];

/// A power of two is the greatest value of its bucket.
#[test]
fn powers_of_two_and_their_neighbours() {
    for exponent in -1074..=1023 {
        let x = power(exponent);
        for scale in SCALES {
            if cfg!(debug_assertions) && exponent % 7 != 0 && exponent.abs() < 1000 {
                continue;
            }
            let first = if scale >= 0 { exponent << scale } else { exponent };
            let at = |i: i32| if scale >= 0 { i } else { i >> -scale };
            assert_eq!(index(x, scale), at(first - 1), "2^{exponent} at {scale}");
            assert_eq!(index(x.next_up(), scale), exponential_index(x.next_up(), scale));
            if exponent > -1022 {
                assert_eq!(index(x.next_up(), scale), at(first), "above 2^{exponent} at {scale}");
                let below = index(x.next_down(), scale);
                assert_eq!(below, at(first - 1), "below 2^{exponent} at {scale}");
            }
        }
    }
    assert_eq!(index(f64::MAX, 20), (1024 << 20) - 1);
    assert_eq!(index(f64::MAX, -10), 0);
    assert_eq!((index(5e-324, 20), index(5e-324, -10)), ((-1074 << 20) - 1, -2));
}

/// Of every boundary of the table's scales, and of random ones of the others.
#[test]
fn boundaries_and_their_neighbours() {
    let random = &mut Random(40);
    for scale in 1..=20 {
        let all = 1 << scale;
        for n in 0..all.min(if cfg!(debug_assertions) { 256 } else { 3_000 }) {
            let j = if all <= 256 { n } else { random.below(all as usize) as i32 };
            let exponent = random.below(2_000) as i32 - 1_000;
            let i = (exponent << scale) + j;
            let x = at_scale(scale).of(&[1.0]).boundary(i);
            for x in [x.next_down().next_down(), x.next_down(), x, x.next_up()] {
                let want = exponential_index(x, scale);
                assert!(want == i || want == i - 1, "{x:e} is near boundary {i} of {scale}");
                assert_eq!(index(x, scale), want, "{x:e} near boundary {i} of {scale}");
            }
        }
    }
}

#[test]
fn any_numbers() {
    let random = &mut Random(41);
    let values: Vec<f64> = (0..3_000)
        .map(|_| f64::from_bits(random.word() >> 1))
        .filter(|x| x.is_finite() && *x > 0.0)
        .collect();
    for scale in -10..=20 {
        for &x in values.iter().skip(random.below(16)).step_by(16) {
            assert_eq!(index(x, scale), exponential_index(x, scale), "{x:e} at {scale}");
        }
    }
    for &x in &values {
        assert_eq!(index(x, 20), exponential_index(x, 20), "{x:e}");
        assert_eq!(index(x, 8), exponential_index(x, 8), "{x:e}");
    }
}

/// The tables of the specification: bases, and the boundaries of scale 3.
#[allow(clippy::approx_constant, reason = "the specification writes five digits")]
#[test]
fn examples_of_the_specification() {
    let bases = [
        (10, 1.00068),
        (9, 1.00135),
        (8, 1.00271),
        (7, 1.00543),
        (6, 1.01089),
        (5, 1.02190),
        (4, 1.04427),
        (3, 1.09051),
        (2, 1.18921),
        (1, 1.41421),
        (0, 2.0),
        (-1, 4.0),
        (-2, 16.0),
        (-3, 256.0),
        (-4, 65536.0),
    ];
    for (scale, base) in bases {
        let got = at_scale(scale).of(&[1.0]).boundary(1);
        assert!((got - base).abs() < 0.000_006, "{got} is the base of scale {scale}");
    }
    let eighths = [1.0, 1.09051, 1.18921, 1.29684, 1.41421, 1.54221, 1.68179, 1.83401];
    let point = at_scale(3).of(&[1.0]);
    for (i, boundary) in (0..).zip(eighths) {
        assert!((point.boundary(i) - boundary).abs() < 0.000_006, "{i}");
    }
    // Boundary 4 of scale 3 is boundary 2 of scale 2 and boundary 1 of scale 1.
    let half = point.boundary(4);
    assert_eq!((half, half), (at_scale(2).of(&[1.0]).boundary(2), 2.0_f64.sqrt()));
    assert_eq!(at_scale(1).of(&[1.0]).boundary(1), half);
    // There are 2^scale buckets between powers of two, each with its upper boundary.
    let values: Vec<f64> = (0..=8).map(|i| point.boundary(i)).collect();
    let all = at_scale(3).of(&values);
    assert_eq!((all.positive().offset, all.positive().counts.iter().sum::<u64>()), (-1, 9));
    // The least normal number, at scale -4, is in the bucket that starts at 2^-1024.
    let least = at_scale(-4).of(&[f64::MIN_POSITIVE]);
    assert_eq!(least.positive().offset, -64);
    assert_eq!(least.boundary(-64), power(-1024));
    // At scale 0 an index is an exponent, and of a power of two the one below.
    assert_eq!([1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 0.75].map(|x| index(x, 0)), [-1, 0, 0, 1, 1, 2, -1]);
    // At negative scales it is that, shifted.
    assert_eq!([1.0, 1.5, 4.0, 5.0, 16.0, 17.0].map(|x| index(x, -1)), [-1, 0, 0, 1, 1, 2]);
}

/// Boundaries themselves: powers of two are exact, others rise, and the ends are 0 or infinite.
#[test]
fn boundaries_as_numbers() {
    for scale in SCALES {
        let point = at_scale(scale).of(&[1.0]);
        for exponent in -1074..=1023 {
            if scale >= 0 {
                assert_eq!(point.boundary(exponent << scale), power(exponent), "{scale}");
            } else if exponent % (1 << -scale) == 0 {
                assert_eq!(point.boundary(exponent >> -scale), power(exponent), "{scale}");
            }
        }
        let (least, most) = if scale >= 0 {
            (-1076 << scale, 1024 << scale)
        } else {
            ((-1076 >> -scale) - 1, 1024 >> -scale)
        };
        assert_eq!((point.boundary(least), point.boundary(most)), (0.0, f64::INFINITY), "{scale}");
        assert_eq!((point.boundary(i32::MIN), point.boundary(i32::MAX)), (0.0, f64::INFINITY));
    }
    let point = at_scale(20).of(&[1.0]);
    let mut before = 0.0;
    for i in (-1075 << 20..1024 << 20).step_by(104_729) {
        let boundary = point.boundary(i);
        assert!(boundary >= before && (boundary > before || boundary < 1e-300), "{i}");
        before = boundary;
    }
}

/// The same index where values come by the tile, on every backend.
#[test]
fn by_the_tile() {
    let random = &mut Random(42);
    for scale in [-3, 0, 4, 8] {
        let histogram = at_scale(scale).with_max_buckets(1 << 20).expect("in range");
        let point = histogram.of(&[1.0]);
        let mut values = Vec::new();
        for _ in 0..2_000 {
            let x = point.boundary((random.below(2_000) as i32 - 1_000) * (1 << scale.max(0)) / 3);
            if x > 1e-300 && x < 1e300 {
                values.extend([x, x.next_up(), x.next_down()]);
            }
        }
        let mut want = std::collections::BTreeMap::new();
        for &x in &values {
            *want.entry(exponential_index(x, scale)).or_insert(0_u64) += 1;
        }
        for backend in Backend::available() {
            let point = histogram.of_on(backend, &values);
            assert_eq!(point.scale(), scale);
            let got = (point.positive().offset..).zip(point.positive().counts);
            let got: Vec<(i32, u64)> =
                got.filter(|&(_, &count)| count > 0).map(|(i, &count)| (i, count)).collect();
            assert_eq!(got, want.clone().into_iter().collect::<Vec<_>>(), "{scale} on {backend}");
        }
    }
}
