//! The error is the stated one.
//!
//! Hashes are fixed, so that each of these is one draw of what the theory says is about
//! normal; the draws here are within it, and stay so.

use crate::data::Random;
use lanefold::{Accumulator, Aggregate, DistinctSketch};

fn sketch(precision: u8) -> DistinctSketch {
    DistinctSketch::new(precision).expect("a precision that there is")
}

/// Debug builds count to 100,000, others to ten million.
const MOST: u64 = if cfg!(debug_assertions) { 100_000 } else { 10_000_000 };

#[test]
fn from_one_value_to_ten_million() {
    let precisions = [8, 12, 14, 16];
    for seed in 0..if cfg!(debug_assertions) { 2 } else { 5_u64 } {
        let [a, b, c, d] = precisions.map(sketch);
        // Numbers in sequence, far from those of other seeds, once as they are and once as
        // floats.
        let start = seed * 1_000_000_000_000;
        let mut stream: Accumulator<_, u64> = Accumulator::new((a, b, c, d));
        let mut floats: Accumulator<_, f64> = Accumulator::new((a, b, c, d));
        let mut taken = 0;
        let mut goal = 1;
        while goal <= MOST {
            let values: Vec<u64> = (start + taken..start + goal).collect();
            stream.update(&values).expect("one column");
            let values: Vec<f64> = values.iter().map(|&x| x as f64 / 8.0).collect();
            floats.update(&values).expect("one column");
            taken = goal;
            for (a, b, c, d) in [stream.finish(), floats.finish()] {
                for (precision, count) in precisions.into_iter().zip([a, b, c, d]) {
                    let error = count as f64 / goal as f64 - 1.0;
                    let deviations = error / sketch(precision).standard_error();
                    assert!(
                        deviations.abs() <= 3.0,
                        "{count} of {goal} is {deviations:.2} standard errors off, \
                         precision {precision}, seed {seed}"
                    );
                    if goal <= 1 << precision >> 4 {
                        assert_eq!(count, goal, "exact where it is small");
                    }
                }
            }
            goal *= 10;
        }
    }
}

/// Over many draws the error is no greater than stated, and leans to no side, but for one
/// value in so many as there are registers.
#[test]
fn the_root_of_the_mean_square() {
    let draws = if cfg!(debug_assertions) { 60 } else { 400 };
    for precision in if cfg!(debug_assertions) { [5, 6] } else { [6, 10] } {
        let m = 1_usize << precision;
        let random = &mut Random(precision.into());
        for values in [m / 8, m / 2, m, 2 * m, 3 * m, 5 * m, 10 * m, 40 * m] {
            let error = |_| {
                let column: Vec<u64> = (0..values).map(|_| random.word()).collect();
                sketch(precision).of(&column) as f64 / values as f64 - 1.0
            };
            let errors: Vec<f64> = (0..draws).map(error).collect();
            let mean = |f: fn(f64) -> f64| {
                errors.iter().fold(0.0, |sum, &error| sum + f(error)) / f64::from(draws)
            };
            let stated = sketch(precision).standard_error();
            let (root, bias) = (mean(|e| e * e).sqrt() / stated, mean(|e| e) / stated);
            // Of so many draws, the root of the mean square is known to one part in
            // √(2 draws), and the mean to one standard error in √draws.
            let tolerance = 3.0 / f64::from(draws).sqrt();
            assert!(root < 1.0 + tolerance, "{root:.3} of what is stated: {values}, {precision}");
            let lean = 1.1 / m as f64 / stated;
            assert!(
                bias > -tolerance && bias < tolerance + lean,
                "leans by {bias:.3}: {values}, precision {precision}"
            );
        }
    }
}
