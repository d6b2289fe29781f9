//! What a decoder is willing to do.

/// Checked before anything is allocated.
///
/// They alone bound memory: a codestream of a few hundred octets may rightly hold a blank picture of any size. Who takes files from
/// strangers compares [`Frame::pixels`](crate::Frame::pixels) of [`read_header`](crate::read_header) with the length of the file
/// as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Pixels of a picture; decoding takes about seven octets for each.
    pub max_pixels: usize,
}

impl Limits {
    /// 4096 × 4096: a palm of 8 × 8 inches at 500 ppi. Decoding takes at most 120 megaoctets.
    pub const DEFAULT: Self = Self {
        max_pixels: 16 << 20,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
