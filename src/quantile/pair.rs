//! What is looked for.

use crate::number::Number;

/// Two ranks, equal or neighbours, and the keys that have them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pair<T> {
    pub(super) ranks: [usize; 2],
    pub(super) keys: [Option<T>; 2],
}

impl<T: Copy> Pair<T> {
    #[inline(always)]
    pub(super) fn new(ranks: [usize; 2]) -> Self {
        Self { ranks, keys: [None; 2] }
    }

    #[inline(always)]
    pub(super) fn is_found(&self) -> bool {
        self.keys[0].is_some() && self.keys[1].is_some()
    }

    /// Sets a key that is not known yet.
    #[inline(always)]
    pub(super) fn set(&mut self, i: usize, key: T) {
        if self.keys[i].is_none() {
            self.keys[i] = Some(key);
        }
    }
}

impl<T: Number> Pair<T> {
    /// Whether a key is a zero of either sign.
    #[inline(always)]
    pub(super) fn has_zero(&self) -> bool {
        T::IS_FLOAT && self.keys.contains(&Some(T::default()))
    }

    /// Gives zeros the sign that those of their ranks have, where so many keys are at most `-0.0`.
    #[inline(always)]
    pub(super) fn sign_zeros(&mut self, negative: usize) {
        for (key, rank) in self.keys.iter_mut().zip(self.ranks) {
            if *key == Some(T::default()) {
                *key = Some(if rank < negative { T::LOW_ZERO } else { T::HIGH_ZERO });
            }
        }
    }
}
