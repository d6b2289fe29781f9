//! What a decoder is willing to do.

/// Checked before anything is allocated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Pixels of a picture; decoding takes about seven octets for each.
    pub max_pixels: usize,
}

impl Limits {
    /// A palm of 8 × 8 inches at 1000 ppi.
    pub const DEFAULT: Self = Self {
        max_pixels: 64 << 20,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
