//! The sum of floats by group, as the essay of `group::ways` defines it.

use crate::data::Sample;
use lanefold::Number;

/// `hi + lo`; nothing before the first term.
#[derive(Clone, Copy)]
struct Pair(Option<(f64, f64)>);

impl Pair {
    /// A tile's sum: `lo` takes what the addition rounds away.
    fn tile(&mut self, term: f64) {
        let Some((hi, lo)) = self.0 else {
            self.0 = Some((term, 0.0));
            return;
        };
        let sum = hi + term;
        let lost = |a: f64, b: f64| {
            let part = sum - a;
            (a - (sum - part)) + (b - part)
        };
        // Near the greatest number one order overflows, and the other does not.
        let one = lost(hi, term);
        let lost = if one.is_finite() || !sum.is_finite() { one } else { lost(term, hi) };
        self.0 = Some((sum, lo + lost));
    }

    /// A row, or a cell, by Kahan.
    fn kahan(&mut self, term: f64) {
        let Some((hi, lo)) = self.0 else {
            // An infinity leaves nothing behind.
            self.0 = Some((term, 0.0));
            return;
        };
        // What is beside an infinity is no rest, and no rest leaves `-0.0` as it is.
        let corrected = if lo == 0.0 || !lo.is_finite() { term } else { term + lo };
        let sum = hi + corrected;
        let rest = (hi - sum) + corrected;
        self.0 = Some((sum, if rest.is_finite() { rest } else { 0.0 }));
    }

    fn value(self) -> f64 {
        match self.0 {
            None => 0.0,
            Some((hi, _)) if hi.is_nan() => f64::NAN,
            Some((hi, _)) if hi.is_infinite() => hi,
            // A zero must not turn `-0.0` into `+0.0`.
            Some((hi, 0.0)) => hi,
            Some((hi, lo)) => hi + lo,
        }
    }
}

/// What a type of float needs for that.
pub(crate) trait Summed: Sample + Number<Sum = Self> + Into<f64> {
    fn rounded(sum: f64) -> Self;
}

impl Summed for f64 {
    fn rounded(sum: f64) -> f64 {
        sum
    }
}

impl Summed for f32 {
    fn rounded(sum: f64) -> f32 {
        if sum.is_nan() { f32::NAN } else { sum as f32 }
    }
}

/// Sums of calls, each of ids and rows.
pub(crate) fn sums<T: Summed>(calls: &[(&[u32], &[Option<T>])], groups: usize) -> Vec<T> {
    let mut pairs = vec![Pair(None); groups];
    for (ids, rows) in calls {
        // A way of the whole call, or else of each chunk.
        let of_call = way(ids);
        for (ids, rows) in ids.chunks(32_768).zip(rows.chunks(32_768)) {
            let (way, least, span) = match of_call {
                (Way::Rows, ..) => way(ids),
                of_call => of_call,
            };
            chunk(&mut pairs, way, least, span, ids, rows);
        }
    }
    pairs.into_iter().map(|pair| T::rounded(pair.value())).collect()
}

#[derive(Clone, Copy)]
enum Way {
    Runs,
    Cells,
    Rows,
}

/// The way, the least id, and how many there are up to the greatest.
fn way(ids: &[u32]) -> (Way, u32, usize) {
    let runs = ids.chunk_by(|one, other| one == other).count();
    let (Some(least), Some(greatest)) = (ids.iter().min(), ids.iter().max()) else {
        return (Way::Rows, 0, 0);
    };
    let span = (greatest - least) as usize + 1;
    let way = if ids.len() >= 16 * runs {
        Way::Runs
    } else if ids.len() >= 4 * span && span <= 8192 {
        Way::Cells
    } else {
        Way::Rows
    };
    (way, *least, span)
}

fn chunk<T: Summed>(
    pairs: &mut [Pair],
    way: Way,
    least: u32,
    span: usize,
    ids: &[u32],
    rows: &[Option<T>],
) {
    if matches!(way, Way::Runs) {
        let mut at = 0;
        for run in ids.chunk_by(|one, other| one == other) {
            for tile in rows[at..at + run.len()].chunks(<T as Sample>::TILE) {
                if tile.iter().any(Option::is_some) {
                    // What one tile comes to is its sum, and nothing is lost.
                    pairs[run[0] as usize].tile(T::written_sum(tile).into());
                }
            }
            at += run.len();
        }
    } else if matches!(way, Way::Cells) {
        let rows_a_join = if span < 8 { 512 } else { 64 * span };
        for (ids, rows) in ids.chunks(rows_a_join).zip(rows.chunks(rows_a_join)) {
            cells(pairs, least, span, ids, rows);
        }
    } else {
        for (&id, row) in ids.iter().zip(rows) {
            if let Some(x) = *row {
                pairs[id as usize].kahan(x.into());
            }
        }
    }
}

fn cells<T: Summed>(pairs: &mut [Pair], least: u32, span: usize, ids: &[u32], rows: &[Option<T>]) {
    let copies = if span <= 64 { 8 } else { 1 };
    let mut cells: Vec<Vec<Option<f64>>> = vec![vec![None; copies]; span];
    for (i, (id, row)) in ids.iter().zip(rows).enumerate() {
        if let Some(x) = *row {
            let cell = &mut cells[(id - least) as usize][i % copies];
            *cell = Some(cell.map_or(x.into(), |sum| sum + x.into()));
        }
    }
    let minus_zero = |row: &Option<T>| row.is_some_and(|x| x.same(&T::rounded(-0.0)));
    let is_wild = rows.iter().any(minus_zero);
    for (group, mut cells) in cells.into_iter().enumerate() {
        while cells.len() > 1 {
            let (low, high) = cells.split_at(cells.len() / 2);
            let join = |(low, high): (&Option<f64>, &Option<f64>)| match (low, high) {
                (Some(low), Some(high)) => Some(low + high),
                _ => low.or(*high),
            };
            cells = low.iter().zip(high).map(join).collect();
        }
        let group = least + group as u32;
        match cells[0] {
            Some(sum) if sum != 0.0 || sum.is_sign_positive() => pairs[group as usize].kahan(sum),
            _ if is_wild => {
                // The rows of this group, and of those that follow, one by one.
                for (&id, row) in ids.iter().zip(rows) {
                    if id >= group
                        && let Some(x) = *row
                    {
                        pairs[id as usize].kahan(x.into());
                    }
                }
                return;
            }
            _ => {}
        }
    }
}
