//! What is looked for.

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
