//! A row of the table: one operation on one column, and all ways to run it.
//!
//! A ratio of two times is worth something only if both were taken under the same load,
//! so all ways of a row take turns, round after round, and the best round of each counts. Load
//! that lasts, as of another program on the same core, slows some ways more than others, for as long
//! as a row takes and longer. So a whole table is measured several times, pass after pass.
//! A way is checked before it is timed. A peer with a wrong result is timed, too, but it
//! is shown as wrong, and nothing is compared with it. With a wrong result of `lanefold`
//! the program fails in the end.

use crate::read::reader;
use lanefold::{Aggregate, Backend, IntoColumn};
use std::cell::Cell;
use std::fmt;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Whether a result is right, or what is wrong with it.
pub(crate) type Check = Result<(), String>;

/// How long a turn should last, so that the clock's own cost does not count.
const TURN: Duration = Duration::from_micros(40);
/// Turns of a way in a pass: at least so many,
const FEWEST: usize = 3;
/// and at most so many,
const MOST: usize = 40;
/// for about so long a row.
const PATIENCE: Duration = Duration::from_millis(100);
/// Bytes up to which a turn begins with a call that is not timed: a way then finds in the caches what
/// it left there itself, and not what the way before it left. Of more, little would be found.
const CACHED: usize = 8 << 20;

/// How an operation is run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// By `lanefold`, on the backend that it chooses.
    Best,
    /// By `lanefold` on this backend.
    On(Backend),
    /// By another crate, or a loop by hand.
    Peer(&'static str),
    /// Not at all: the values are only loaded, from the start of a cache line.
    Read(Backend),
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Way::Best => f.pad("lanefold"),
            Way::On(backend) => f.pad(&format!("lanefold/{backend}")),
            Way::Peer(name) => f.pad(name),
            Way::Read(backend) => f.pad(&format!("read/{backend}")),
        }
    }
}

/// The time of one way.
#[derive(Clone, Debug)]
pub struct Time {
    pub way: Way,
    /// Nanoseconds of a call, in the best round of all passes.
    pub ns: f64,
    /// What is wrong with the result.
    pub wrong: Option<String>,
}

/// A row that was measured.
#[derive(Clone, Debug)]
pub struct Row {
    pub operation: String,
    pub element: &'static str,
    pub values: usize,
    /// Bytes that a call reads.
    pub bytes: usize,
    pub times: Vec<Time>,
}

impl Row {
    /// Whether it is the same row, perhaps of another pass.
    pub fn is_same(&self, other: &Self) -> bool {
        self.operation == other.operation
            && self.element == other.element
            && self.values == other.values
    }

    /// Takes in another pass over the same row: of each way the better time.
    pub fn merge(&mut self, other: Self) {
        assert!(self.is_same(&other), "passes measure the same rows");
        assert_eq!(self.times.len(), other.times.len(), "passes measure the same ways");
        for (time, again) in self.times.iter_mut().zip(other.times) {
            assert_eq!(time.way, again.way, "passes measure the same ways");
            time.ns = if again.ns < time.ns { again.ns } else { time.ns };
            time.wrong = time.wrong.take().or(again.wrong);
        }
    }

    /// The time of a way.
    pub fn of(&self, way: &Way) -> Option<f64> {
        self.times.iter().find(|time| time.way == *way).map(|time| time.ns)
    }

    /// The time of `lanefold` as one calls it.
    pub fn lanefold(&self) -> f64 {
        self.of(&Way::Best).unwrap_or(f64::NAN)
    }

    /// The fastest peer that is right.
    pub fn peer(&self) -> Option<&Time> {
        let peers = self.times.iter().filter(|time| matches!(time.way, Way::Peer(_)));
        peers.filter(|time| time.wrong.is_none()).min_by(|a, b| a.ns.total_cmp(&b.ns))
    }

    /// The time of the best peer over that of `lanefold`: above 1, `lanefold` is first.
    pub fn ratio(&self) -> Option<f64> {
        self.peer().map(|peer| peer.ns / self.lanefold())
    }

    /// The time of the fastest loop that only loads.
    pub fn limit(&self) -> Option<f64> {
        let reads = self.times.iter().filter(|time| matches!(time.way, Way::Read(_)));
        reads.map(|time| time.ns).min_by(f64::total_cmp)
    }

    /// Ways whose results are wrong.
    pub fn wrong(&self) -> impl Iterator<Item = &Time> {
        self.times.iter().filter(|time| time.wrong.is_some())
    }
}

/// Runs an operation that many times. A call of the box costs the same however often the
/// loop in it runs, so that an operation of 2 ns can be timed.
type Repeat<'a> = Box<dyn Fn(u64) + 'a>;

/// A row before it is measured.
pub struct Contest<'a> {
    operation: String,
    element: &'static str,
    values: usize,
    bytes: usize,
    /// Whether a way is wanted.
    wanted: &'a dyn Fn(&Way) -> bool,
    ways: Vec<(Way, Option<String>, Repeat<'a>)>,
}

impl<'a> Contest<'a> {
    pub fn new(
        operation: impl Into<String>,
        element: &'static str,
        values: usize,
        wanted: &'a dyn Fn(&Way) -> bool,
    ) -> Self {
        let operation = operation.into();
        Self { operation, element, values, bytes: 0, wanted, ways: Vec::new() }
    }

    /// Adds a way, unless nobody wants it, and gives its first result. `run` gets the next input
    /// in each call.
    fn add<I, O>(
        &mut self,
        way: Way,
        next: impl Fn() -> I + 'a,
        run: impl Fn(I) -> O + 'a,
    ) -> Option<O> {
        if !(self.wanted)(&way) {
            return None;
        }
        // The one place where `run` is called, for it is compiled where it is called, and
        // kernels are large.
        let calls = move |calls: u64, last: &mut dyn FnMut(O)| {
            let mut left = calls;
            loop {
                let got = run(black_box(next()));
                left = left.saturating_sub(1);
                if left == 0 {
                    return last(got);
                }
                black_box(got);
            }
        };
        let mut first = None;
        calls(1, &mut |got| first = Some(got));
        let repeat = move |n| {
            calls(n, &mut |got| {
                black_box(got);
            });
        };
        self.ways.push((way, None, Box::new(repeat)));
        first
    }

    /// Notes whether the result of the way that was added last is right.
    fn checked(&mut self, check: Check) {
        if let Some((_, wrong, _)) = self.ways.last_mut() {
            *wrong = check.err();
        }
    }

    /// Adds a way, and checks its result.
    fn way<I, O>(
        &mut self,
        way: Way,
        next: impl Fn() -> I + 'a,
        run: impl Fn(I) -> O + 'a,
        check: impl Fn(O) -> Check,
    ) {
        if let Some(got) = self.add(way, next, run) {
            self.checked(check(got));
        }
    }

    /// Adds a peer.
    pub fn peer<I: Copy + 'a, O>(
        &mut self,
        name: &'static str,
        input: I,
        run: impl Fn(I) -> O + 'a,
        check: impl Fn(O) -> Check,
    ) {
        self.way(Way::Peer(name), move || input, run, check);
    }

    /// Adds a peer, each call of which gets any one of several inputs: for what branches on
    /// values. The result for the first is checked.
    pub fn peer_of_any<I, O>(
        &mut self,
        name: &'static str,
        inputs: &'a [I],
        run: impl Fn(&'a I) -> O + 'a,
        check: impl Fn(O) -> Check,
    ) {
        self.way(Way::Peer(name), any(inputs), run, check);
    }

    /// Adds `lanefold` as one calls it, where that is more than an aggregate of a column.
    pub fn best<I: Copy + 'a, O>(
        &mut self,
        input: I,
        run: impl Fn(I) -> O + 'a,
        check: impl Fn(O) -> Check,
    ) {
        self.way(Way::Best, move || input, run, check);
    }

    /// Adds `lanefold` on one backend.
    pub fn on<I: Copy + 'a, O>(
        &mut self,
        backend: Backend,
        input: I,
        run: impl Fn(I) -> O + 'a,
        check: impl Fn(O) -> Check,
    ) {
        self.way(Way::On(backend), move || input, run, check);
    }

    /// Adds an aggregate of a column on the best backend, and on each.
    pub fn lanefold<A, C>(&mut self, aggregate: A, column: C, check: impl Fn(A::Output) -> Check)
    where
        C: IntoColumn<'a> + Copy + 'a,
        A: Aggregate<C::Row, Output: PartialEq + fmt::Debug> + Copy + 'a,
    {
        self.lanefold_of(aggregate, || move || column, |got| got, check);
    }

    /// The same, each call of which gets any one of several columns.
    pub fn lanefold_of_any<A, C>(
        &mut self,
        aggregate: A,
        columns: &'a [C],
        check: impl Fn(A::Output) -> Check,
    ) where
        C: IntoColumn<'a> + Copy + 'a,
        A: Aggregate<C::Row, Output: PartialEq + fmt::Debug> + Copy + 'a,
    {
        self.part_of_any(aggregate, columns, |got| got, check);
    }

    /// The same, of whose result a part is asked for.
    pub fn part_of_any<A, C, O>(
        &mut self,
        aggregate: A,
        columns: &'a [C],
        part: impl Fn(A::Output) -> O + Copy + 'a,
        check: impl Fn(O) -> Check,
    ) where
        C: IntoColumn<'a> + Copy + 'a,
        A: Aggregate<C::Row> + Copy + 'a,
        O: PartialEq + fmt::Debug,
    {
        self.lanefold_of(aggregate, || any_copied(columns), part, check);
    }

    /// Adds an aggregate of the columns that `next` makes a source of.
    fn lanefold_of<A, C, N, O>(
        &mut self,
        aggregate: A,
        next: impl Fn() -> N,
        part: impl Fn(A::Output) -> O + Copy + 'a,
        check: impl Fn(O) -> Check,
    ) where
        C: IntoColumn<'a> + 'a,
        N: Fn() -> C + 'a,
        A: Aggregate<C::Row> + Copy + 'a,
        O: PartialEq + fmt::Debug,
    {
        let best = self.add(
            Way::Best,
            next(),
            #[inline(always)]
            move |column| part(aggregate.of(column)),
        );
        let Some(best) = best else { return };
        for backend in Backend::available() {
            let got = self.add(
                Way::On(backend),
                next(),
                #[inline(always)]
                move |column| part(aggregate.of_on(backend, column)),
            );
            if let Some(got) = got {
                self.checked(equal(&got, &best));
            }
        }
        let best = check(best).err();
        if let Some((_, wrong, _)) = self.ways.iter_mut().rfind(|(way, ..)| *way == Way::Best) {
            *wrong = best;
        }
    }

    /// Adds the loops that only load these bytes, on each backend.
    pub fn read(&mut self, first: &'a [u8], second: &'a [u8]) {
        self.bytes = first.len() + second.len();
        for backend in Backend::available() {
            let read = reader(backend);
            if second.is_empty() {
                self.way(Way::Read(backend), move || first, read, |_| Ok(()));
            } else {
                let both = move |(xs, ys)| read(xs) | read(ys);
                self.way(Way::Read(backend), move || (first, second), both, |_| Ok(()));
            }
        }
    }

    /// Measures. With `quick`, each way runs once.
    pub fn measure(self, quick: bool) -> Row {
        let best = if quick { self.once() } else { self.best_times() };
        let times = self.ways.into_iter().zip(best);
        let times = times.map(|((way, wrong, _), ns)| Time { way, ns, wrong }).collect();
        Row {
            operation: self.operation,
            element: self.element,
            values: self.values,
            bytes: self.bytes,
            times,
        }
    }

    fn once(&self) -> Vec<f64> {
        self.ways.iter().map(|(_, _, repeat)| turn(repeat, 1)).collect()
    }

    fn best_times(&self) -> Vec<f64> {
        let goal = TURN.as_nanos() as f64;
        let calls: Vec<u64> = self
            .ways
            .iter()
            .map(|(_, _, repeat)| {
                let mut calls = 1;
                while turn(repeat, calls) < goal {
                    calls *= 2;
                }
                calls
            })
            .collect();
        let mut best = vec![f64::INFINITY; self.ways.len()];
        let start = Instant::now();
        for round in 0..MOST {
            if round >= FEWEST && start.elapsed() > PATIENCE {
                break;
            }
            for (((_, _, repeat), &calls), best) in self.ways.iter().zip(&calls).zip(&mut best) {
                if self.bytes <= CACHED {
                    repeat(1);
                }
                let time = turn(repeat, calls) / calls as f64;
                if time < *best {
                    *best = time;
                }
            }
        }
        best
    }
}

/// Gives the first input, and then any one at each call: in an order that repeats itself, or of many
/// that come in turn, the CPU would know all branches by heart.
fn any<'a, I>(inputs: &'a [I]) -> impl Fn() -> &'a I {
    // A whole number of them, so that a remainder costs nothing.
    let last = (1 << inputs.len().ilog2()) - 1;
    let state = Cell::new(0_usize);
    move || {
        let now = state.get();
        // A congruential generator by Knuth's multiplier (MMIX): its upper bits are random enough.
        state.set(now.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1));
        &inputs[(now >> 33) & last]
    }
}

/// The same, by value.
fn any_copied<I: Copy>(inputs: &[I]) -> impl Fn() -> I {
    let next = any(inputs);
    move || *next()
}

/// Nanoseconds of a turn.
fn turn(repeat: &Repeat<'_>, calls: u64) -> f64 {
    let start = Instant::now();
    repeat(calls);
    start.elapsed().as_nanos() as f64
}

/// Whether two results are the same.
pub(crate) fn equal<T: PartialEq + fmt::Debug>(got: &T, want: &T) -> Check {
    if got == want { Ok(()) } else { Err(format!("{got:?} instead of {want:?}")) }
}

/// Whether a float is within a distance of what it should be.
pub(crate) fn near(got: f64, want: f64, bound: f64) -> Check {
    if (got - want).abs() <= bound {
        Ok(())
    } else {
        Err(format!("{got:e} instead of {want:e}, {:.1e} off", (got - want).abs()))
    }
}
