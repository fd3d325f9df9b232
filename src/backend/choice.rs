//! Which backend runs: detection, the environment, and names.

use core::fmt;
use core::sync::atomic::{AtomicU8, Ordering};

#[cfg(target_arch = "x86_64")]
use super::x86;

/// A backend that this CPU has.
///
/// Values come from [`available`](Self::available), [`best`](Self::best),
/// [`from_name`](Self::from_name) and, with `std`, `from_env`, which check the
/// CPU; there is no way to name a backend that is not there. They are ordered from
/// [`SCALAR`](Self::SCALAR) up.
///
/// ```
/// use lanefold::{Aggregate, Backend, Sum};
/// let xs = [0.1; 1_000];
/// for backend in Backend::available() {
///     assert_eq!(Sum.of_on(backend, &xs), Sum.of(&xs));
/// }
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Backend(Level);

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub(super) enum Level {
    Scalar,
    #[cfg(target_arch = "x86_64")]
    Sse,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

/// Every level of this architecture, from the lowest to the highest.
const LEVELS: &[Level] = &[
    Level::Scalar,
    #[cfg(target_arch = "x86_64")]
    Level::Sse,
    #[cfg(target_arch = "x86_64")]
    Level::Avx2,
    #[cfg(target_arch = "x86_64")]
    Level::Avx512,
];

// The dispatch and `of_code` compare levels: what is above one of these is the next.
#[cfg(target_arch = "x86_64")]
const _: () = assert!(
    LEVELS.len() == 4
        && Level::Sse as u8 == Level::Scalar as u8 + 1
        && Level::Avx2 as u8 == Level::Sse as u8 + 1
        && Level::Avx512 as u8 == Level::Avx2 as u8 + 1
);

/// Every name that some architecture knows, for the error message.
const NAMES: &str = "scalar, sse, avx2, avx512";

impl Level {
    const fn name(self) -> &'static str {
        match self {
            Level::Scalar => "scalar",
            #[cfg(target_arch = "x86_64")]
            Level::Sse => "sse",
            #[cfg(target_arch = "x86_64")]
            Level::Avx2 => "avx2",
            #[cfg(target_arch = "x86_64")]
            Level::Avx512 => "avx512",
        }
    }

    /// Not 0.
    const fn code(self) -> u8 {
        self as u8 + 1
    }

    /// The level of that code, by comparisons from the highest down, as [`dispatch`](super::dispatch) asks
    /// for it: the compiler then goes from here to the kernel with a few. A `match` became a table of
    /// places to jump to, and that of the dispatch another: without them calls of 20 to 64 values take 0.91
    /// to 0.97 of the time.
    #[inline(always)]
    const fn of_code(code: u8) -> Option<Self> {
        debug_assert!(code as usize <= LEVELS.len(), "no level has it");
        #[cfg(target_arch = "x86_64")]
        {
            if code > Level::Avx2.code() {
                return Some(Level::Avx512);
            }
            if code > Level::Sse.code() {
                return Some(Level::Avx2);
            }
            if code > Level::Scalar.code() {
                return Some(Level::Sse);
            }
        }
        if code == Level::Scalar.code() { Some(Level::Scalar) } else { None }
    }

    fn detected(self) -> bool {
        match self {
            Level::Scalar => true,
            #[cfg(target_arch = "x86_64")]
            Level::Sse => x86::Sse::detected(),
            #[cfg(target_arch = "x86_64")]
            Level::Avx2 => x86::Avx2::detected(),
            #[cfg(target_arch = "x86_64")]
            Level::Avx512 => x86::Avx512::detected(),
        }
    }
}

/// The [code](Level::code) of the choice of [`Backend::best`]; 0 is "not yet chosen". Only
/// [`Backend::choose`] writes it.
///
/// `Relaxed` is enough: every thread that finds 0 computes the same value.
static BEST: AtomicU8 = AtomicU8::new(0);

impl Backend {
    /// The backend of plain Rust, which is always there.
    pub const SCALAR: Self = Self(Level::Scalar);

    #[inline]
    pub(super) fn level(self) -> Level {
        self.0
    }

    /// The backend of a token, which proves that it is there.
    #[cfg(target_arch = "x86_64")]
    pub(super) const fn of_level(level: Level) -> Self {
        Self(level)
    }

    /// The backend for columns of so many bytes, which are few: the highest whose registers
    /// they fill. To load a register in part takes longer than to work on such a column.
    #[inline]
    pub(crate) fn for_few(self, bytes: usize) -> Self {
        #[cfg(target_arch = "x86_64")]
        {
            if bytes < 32 { Self(self.0.min(Level::Sse)) } else { self.below_avx512() }
        }
        #[cfg(not(target_arch = "x86_64"))]
        {
            let _ = bytes;
            self
        }
    }

    /// AVX2 in the place of AVX-512: for columns of up to 128 bytes of lanes, of which the stripe of
    /// AVX-512 takes in four registers in any case, by masks. Moments of 16 `f64` take 28 ns, not 38,
    /// and of 8 `i32` 22, not 46 (Emerald Rapids).
    #[inline]
    pub(crate) fn below_avx512(self) -> Self {
        #[cfg(target_arch = "x86_64")]
        return Self(self.0.min(Level::Avx2));
        #[cfg(not(target_arch = "x86_64"))]
        self
    }

    /// The backends that this CPU has, from the lowest to the highest.
    pub fn available() -> impl Iterator<Item = Self> {
        LEVELS.iter().filter(|level| level.detected()).map(|&level| Self(level))
    }

    /// The backend that the library uses where none is named: the highest that the
    /// CPU has, capped by `LANEFOLD_BACKEND` (with the feature `std`) where that
    /// variable holds the name of a backend that the CPU has. The variable is read
    /// once, at the first use.
    #[inline]
    #[must_use]
    pub fn best() -> Self {
        Self::chosen().unwrap_or_else(Self::choose)
    }

    /// The same; `None` before the first use.
    #[inline]
    pub(crate) fn chosen() -> Option<Self> {
        Level::of_code(BEST.load(Ordering::Relaxed)).map(Self)
    }

    #[cold]
    #[inline(never)]
    pub(crate) fn choose() -> Self {
        let highest = Self::highest();
        #[cfg(feature = "std")]
        let chosen = Self::from_env().unwrap_or(highest);
        #[cfg(not(feature = "std"))]
        let chosen = highest;
        BEST.store(chosen.0.code(), Ordering::Relaxed);
        chosen
    }

    fn highest() -> Self {
        Self::available().last().unwrap_or(Self::SCALAR)
    }

    /// The backend of that name: `scalar`, `sse`, `avx2` or `avx512`.
    ///
    /// # Errors
    ///
    /// If the name is unknown, or the backend is not one that this CPU has.
    pub fn from_name(name: &str) -> Result<Self, BackendError> {
        let found = LEVELS.iter().find(|level| level.name() == name);
        match found {
            Some(&level) if level.detected() => Ok(Self(level)),
            _ if found.is_some() || NAMES.split(", ").any(|known| known == name) => {
                Err(BackendError::new(name, false))
            }
            _ => Err(BackendError::new(name, true)),
        }
    }

    /// The backend that `LANEFOLD_BACKEND` asks for; where the variable is not set, or
    /// is empty, the highest that the CPU has.
    ///
    /// # Errors
    ///
    /// If the name is unknown, or the backend is not one that this CPU has. The
    /// library then stays on the highest backend; a program that wants to stop
    /// instead calls this at its start.
    #[cfg(feature = "std")]
    pub fn from_env() -> Result<Self, BackendError> {
        match std::env::var_os("LANEFOLD_BACKEND") {
            Some(name) if !name.is_empty() => Self::from_name(&name.to_string_lossy()),
            _ => Ok(Self::highest()),
        }
    }

    /// The backend's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.0.name()
    }
}

impl fmt::Debug for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Longest part of a rejected name that an error repeats, in bytes.
const QUOTED: usize = 32;

/// Why a name does not give a [`Backend`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackendError {
    /// The start of the name, cut at [`QUOTED`] bytes: the error must not allocate.
    name: [u8; QUOTED],
    len: usize,
    unknown: bool,
}

impl BackendError {
    #[cold]
    fn new(name: &str, unknown: bool) -> Self {
        let len = name.floor_char_boundary_at(QUOTED);
        let mut start = [0; QUOTED];
        start[..len].copy_from_slice(&name.as_bytes()[..len]);
        Self { name: start, len, unknown }
    }
}

/// `str::floor_char_boundary`, which is newer than the oldest supported compiler.
trait FloorCharBoundary {
    fn floor_char_boundary_at(&self, at: usize) -> usize;
}

impl FloorCharBoundary for str {
    fn floor_char_boundary_at(&self, at: usize) -> usize {
        (0..=at.min(self.len())).rev().find(|&end| self.is_char_boundary(end)).unwrap_or(0)
    }
}

impl fmt::Display for BackendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = core::str::from_utf8(&self.name[..self.len]).unwrap_or_default();
        if self.unknown {
            write!(f, "unknown backend {name:?}: the names are {NAMES}")
        } else {
            write!(f, "backend {name:?} is not there on this CPU, which has ")?;
            for (i, backend) in Backend::available().enumerate() {
                write!(f, "{}{backend}", if i == 0 { "" } else { ", " })?;
            }
            Ok(())
        }
    }
}

impl core::error::Error for BackendError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_that_of_one_level() {
        assert!(Level::of_code(0).is_none());
        for &level in LEVELS {
            assert!(Level::of_code(level.code()) == Some(level), "{}", level.name());
        }
    }
}
