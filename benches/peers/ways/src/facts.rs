//! What the results should be, by slow and obvious loops: floats in sums that keep what
//! they round away, integers in 128 bits. Each is found when it is first asked for.

use crate::contest::{Check, equal, near};
use crate::value::{Total, Value};
use std::cell::OnceCell;

/// A sum, and what it rounded away (Knuth's `TwoSum`).
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Careful {
    high: f64,
    low: f64,
}

impl Careful {
    pub(crate) fn add(&mut self, term: f64) {
        let high = self.high + term;
        let other = high - self.high;
        self.low += (self.high - (high - other)) + (term - other);
        self.high = high;
    }

    pub(crate) fn value(self) -> f64 {
        self.high + self.low
    }
}

impl FromIterator<f64> for Careful {
    fn from_iter<I: IntoIterator<Item = f64>>(terms: I) -> Self {
        let mut sum = Self::default();
        terms.into_iter().for_each(|term| sum.add(term));
        sum
    }
}

/// A sum of values: exact for integers, and for floats with the sum of the magnitudes.
#[derive(Clone, Copy, Debug)]
enum Sum {
    Integer(i128),
    Float { value: f64, magnitude: f64 },
}

impl Sum {
    fn of<T: Value>(values: impl Iterator<Item = T>) -> Self {
        if T::INTEGER {
            return Self::Integer(values.map(Value::to_i128).sum());
        }
        let (mut sum, mut magnitude) = (Careful::default(), 0.0);
        for value in values {
            sum.add(value.to_f64());
            magnitude += value.to_f64().abs();
        }
        Self::Float { value: sum.value(), magnitude }
    }

    /// Whether this is the sum, within so many parts of the magnitudes.
    fn check(self, got: Total, part: f64) -> Check {
        match (self, got) {
            (Self::Integer(want), Total::Integer(got)) => equal(&got, &want),
            // An integer sum in `f64` is rounded once at least.
            (Self::Integer(want), Total::Float(got)) => {
                near(got, want as f64, (want as f64).abs() * part)
            }
            (Self::Float { value, magnitude }, Total::Float(got)) => {
                near(got, value, magnitude * part)
            }
            (Self::Float { .. }, Total::Integer(_)) => Err("an integer".into()),
        }
    }
}

/// The greater of two bounds.
fn greater(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}

/// How precise a result has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// As `lanefold` promises.
    Documented,
    /// As additions in a row may well be.
    Loose,
}

/// The least and the greatest value with the first row of each.
type Extremes<T> = ((usize, T), (usize, T));

/// Central moments, each over `n`.
#[derive(Clone, Copy, Debug)]
struct Powers {
    mean: f64,
    second: f64,
    third: f64,
    fourth: f64,
}

/// The facts of a column.
#[derive(Debug)]
pub struct Facts<'a, T> {
    values: &'a [T],
    others: &'a [T],
    validity: &'a [u8],
    sum: OnceCell<Sum>,
    masked: OnceCell<(Sum, Option<T>)>,
    above: OnceCell<Sum>,
    extremes: OnceCell<Extremes<T>>,
    powers: OnceCell<Powers>,
    dot: OnceCell<Sum>,
    spreads: OnceCell<[f64; 3]>,
}

impl<'a, T: Value> Facts<'a, T> {
    pub fn new(values: &'a [T], others: &'a [T], validity: &'a [u8]) -> Self {
        Self {
            values,
            others,
            validity,
            sum: OnceCell::new(),
            masked: OnceCell::new(),
            above: OnceCell::new(),
            extremes: OnceCell::new(),
            powers: OnceCell::new(),
            dot: OnceCell::new(),
            spreads: OnceCell::new(),
        }
    }

    fn iter(&self) -> impl Iterator<Item = T> {
        self.values.iter().copied()
    }

    fn part(precision: Precision) -> f64 {
        match precision {
            Precision::Documented => 24.0 * T::UNIT,
            Precision::Loose => T::LOOSE,
        }
    }

    pub fn sum(&self, got: Total, precision: Precision) -> Check {
        self.sum.get_or_init(|| Sum::of(self.iter())).check(got, Self::part(precision))
    }

    /// Whether a float is the sum as a real number, rounded once: the data are of a size,
    /// so that what a careful sum loses is far below a rounding.
    pub fn exact(&self, got: Total) -> Check {
        match (*self.sum.get_or_init(|| Sum::of(self.iter())), got) {
            (Sum::Float { value, .. }, Total::Float(got)) => near(got, T::round(value), 0.0),
            (sum, got) => sum.check(got, 0.0),
        }
    }

    pub fn masked_sum(&self, got: Total, precision: Precision) -> Check {
        self.masked().0.check(got, Self::part(precision))
    }

    pub fn masked_min(&self, got: Option<T>) -> Check {
        equal(&got, &self.masked().1)
    }

    fn masked(&self) -> &(Sum, Option<T>) {
        self.masked.get_or_init(|| {
            let present = || {
                let is_set = |&(i, _): &(usize, T)| self.validity[i / 8] >> (i % 8) & 1 == 1;
                self.iter().enumerate().filter(is_set).map(|(_, value)| value)
            };
            (Sum::of(present()), present().reduce(|a, b| if b < a { b } else { a }))
        })
    }

    /// The sum of the values above a limit.
    pub fn above(&self, limit: T, got: Total, precision: Precision) -> Check {
        let sum = || Sum::of(self.iter().filter(|&value| value > limit));
        self.above.get_or_init(sum).check(got, Self::part(precision))
    }

    /// The least and the greatest value with the first row of each.
    pub fn extremes(&self) -> &Extremes<T> {
        self.extremes.get_or_init(|| {
            let first = (0, self.values[0]);
            self.iter().enumerate().fold((first, first), |(min, max), (row, value)| {
                (
                    if value < min.1 { (row, value) } else { min },
                    if value > max.1 { (row, value) } else { max },
                )
            })
        })
    }

    fn powers(&self) -> &Powers {
        self.powers.get_or_init(|| {
            let n = self.values.len() as f64;
            let sum: Careful = self.iter().map(Value::to_f64).collect();
            let mean = sum.value() / n;
            let mut powers = [Careful::default(); 3];
            for value in self.iter() {
                let d = value.to_f64() - mean;
                powers[0].add(d * d);
                powers[1].add(d * d * d);
                powers[2].add(d * d * d * d);
            }
            let [second, third, fourth] = powers.map(|sum| sum.value() / n);
            Powers { mean, second, third, fourth }
        })
    }

    pub fn mean(&self, got: Option<f64>, precision: Precision) -> Check {
        let Some(got) = got else { return Err("no mean".into()) };
        let n = self.values.len() as f64;
        let magnitude = self.iter().map(|value| value.to_f64().abs()).sum::<f64>() / n;
        let part = match precision {
            // Integers are summed exactly; the fact itself is rounded.
            Precision::Documented => greater(Self::part(precision), 4.0 * f64::EPSILON),
            Precision::Loose => T::LOOSE,
        };
        near(got, self.powers().mean, magnitude * part)
    }

    /// The sample variance.
    pub fn variance(&self, got: Option<f64>, precision: Precision) -> Check {
        let Some(got) = got else { return Err("no variance".into()) };
        let n = self.values.len() as f64;
        let want = self.powers().second * n / (n - 1.0);
        near(got, want, want * Self::part_of_squares(precision))
    }

    /// Documented, but for the ten bits that the sums of a tile may lose.
    fn part_of_squares(precision: Precision) -> f64 {
        match precision {
            Precision::Documented => 24.0 * 1024.0 * (f64::EPSILON / 2.0),
            Precision::Loose => greater(T::LOOSE, 1e-10),
        }
    }

    /// Mean, variance over `n`, skewness, and kurtosis of which 3 is taken off. `None` is
    /// not looked at.
    pub fn shape(&self, got: [Option<f64>; 4], precision: Precision) -> Check {
        let Powers { second, third, fourth, .. } = *self.powers();
        let part = 16.0 * Self::part_of_squares(precision);
        self.mean(got[0].or(Some(self.powers().mean)), precision)?;
        let rest = [second, third / (second * second.sqrt()), fourth / (second * second) - 3.0];
        for ((got, want), size) in got[1..].iter().zip(rest).zip([second, 1.0, 3.0]) {
            near(got.unwrap_or(want), want, part * size)?;
        }
        Ok(())
    }

    pub fn dot(&self, got: Total, precision: Precision) -> Check {
        let sum = self.dot.get_or_init(|| {
            let pairs = self.values.iter().zip(self.others);
            if T::INTEGER {
                return Sum::Integer(pairs.map(|(x, y)| x.to_i128() * y.to_i128()).sum());
            }
            let (mut sum, mut magnitude) = (Careful::default(), 0.0);
            for (x, y) in pairs {
                sum.add(x.to_f64() * y.to_f64());
                magnitude += (x.to_f64() * y.to_f64()).abs();
            }
            Sum::Float { value: sum.value(), magnitude }
        });
        sum.check(got, 2.0 * Self::part(precision))
    }

    /// The variances of both columns over `n - 1`, and the covariance.
    fn spreads(&self) -> [f64; 3] {
        *self.spreads.get_or_init(|| {
            let n = self.values.len() as f64;
            let mean = |values: &[T]| {
                values.iter().map(|value| value.to_f64()).collect::<Careful>().value() / n
            };
            let (mean_x, mean_y) = (mean(self.values), mean(self.others));
            let mut sums = [Careful::default(); 3];
            for (x, y) in self.values.iter().zip(self.others) {
                let (d, e) = (x.to_f64() - mean_x, y.to_f64() - mean_y);
                sums[0].add(d * d);
                sums[1].add(e * e);
                sums[2].add(d * e);
            }
            sums.map(|sum| sum.value() / (n - 1.0))
        })
    }

    fn part_of_pairs(precision: Precision) -> f64 {
        match precision {
            Precision::Documented => 1.0 / (1_u64 << 33) as f64,
            Precision::Loose => greater(T::LOOSE, 1e-9),
        }
    }

    pub fn covariance(&self, got: Option<f64>, precision: Precision) -> Check {
        let Some(got) = got else { return Err("no covariance".into()) };
        let [x, y, xy] = self.spreads();
        near(got, xy, (x * y).sqrt() * Self::part_of_pairs(precision))
    }

    pub fn correlation(&self, got: Option<f64>, precision: Precision) -> Check {
        let Some(got) = got else { return Err("no correlation".into()) };
        let [x, y, xy] = self.spreads();
        near(got, xy / (x * y).sqrt(), Self::part_of_pairs(precision))
    }
}
