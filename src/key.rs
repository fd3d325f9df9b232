//! What makes two values the same value, for aggregates that tell values apart.
//!
//! A value has a *key* of 64 bits, and values are the same if their keys are. An integer is
//! its own key, extended by its sign, so that columns of integers of different types count
//! together; a float has the encoding that it has as `f64`, and `f32` and `f64` count
//! together. Zeros of both signs are the same, and so are all NaN.

/// Values that are worked on at once: as many as a word has bits.
pub(crate) const BLOCK: usize = 64;

/// A number that has a key.
pub trait Key: Copy {
    /// The key.
    #[doc(hidden)]
    fn distinct_key(self) -> u64;
    /// The number of that key: +0.0 of zeros, and the canonical NaN.
    #[doc(hidden)]
    fn of_distinct_key(key: u64) -> Self;
    /// The keys of a block. They need no room where they are the values.
    #[doc(hidden)]
    #[inline(always)]
    fn distinct_keys<'a>(
        values: &'a [Self; BLOCK],
        room: &'a mut [u64; BLOCK],
    ) -> &'a [u64; BLOCK] {
        for i in 0..BLOCK {
            room[i] = values[i].distinct_key();
        }
        room
    }
}

macro_rules! integers {
    ($($T:ident)*) => {$(
        impl Key for $T {
            #[allow(clippy::cast_lossless, clippy::cast_sign_loss, reason = "the sign extends")]
            #[inline(always)]
            fn distinct_key(self) -> u64 {
                self as u64
            }
            #[allow(clippy::cast_possible_truncation, reason = "what the key was extended by")]
            #[allow(clippy::cast_possible_wrap, reason = "as above")]
            #[inline(always)]
            fn of_distinct_key(key: u64) -> $T {
                key as $T
            }
        }
    )*};
}

integers! { i8 i16 i32 i64 u8 u16 u32 }

impl Key for u64 {
    #[inline(always)]
    fn distinct_key(self) -> u64 {
        self
    }
    #[inline(always)]
    fn of_distinct_key(key: u64) -> u64 {
        key
    }
    #[inline(always)]
    fn distinct_keys<'a>(values: &'a [u64; BLOCK], _: &'a mut [u64; BLOCK]) -> &'a [u64; BLOCK] {
        values
    }
}

impl Key for f64 {
    #[inline(always)]
    fn distinct_key(self) -> u64 {
        let number = if self == 0.0 { 0 } else { self.to_bits() };
        if self.is_nan() { f64::NAN.to_bits() } else { number }
    }
    #[inline(always)]
    fn of_distinct_key(key: u64) -> f64 {
        f64::from_bits(key)
    }
}

impl Key for f32 {
    #[inline(always)]
    fn distinct_key(self) -> u64 {
        f64::from(self).distinct_key()
    }
    #[allow(clippy::cast_possible_truncation, reason = "it was an `f32`")]
    #[inline(always)]
    fn of_distinct_key(key: u64) -> f32 {
        f64::from_bits(key) as f32
    }
}
