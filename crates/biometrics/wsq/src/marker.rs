//! The segments of a codestream and the markers that announce them.

use std::fmt;

/// A kind of segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Segment {
    /// SOI, FFA0: a codestream begins.
    StartOfImage,
    /// EOI, FFA1: it ends.
    EndOfImage,
    /// SOF, FFA2: size, shift and scale of the picture.
    FrameHeader,
    /// SOB, FFA3: a block of Huffman coded coefficients follows.
    BlockHeader,
    /// DTT, FFA4: the wavelet filters.
    TransformTable,
    /// DQT, FFA5: the bin widths of the subbands.
    QuantizationTable,
    /// DHT, FFA6: Huffman tables.
    HuffmanTable,
    /// DRT, FFA7: the interval of restart markers.
    RestartInterval,
    /// COM, FFA8: a comment.
    Comment,
}

impl Segment {
    /// In the order of their markers, from FFA0.
    const ALL: [Self; 9] = [
        Self::StartOfImage,
        Self::EndOfImage,
        Self::FrameHeader,
        Self::BlockHeader,
        Self::TransformTable,
        Self::QuantizationTable,
        Self::HuffmanTable,
        Self::RestartInterval,
        Self::Comment,
    ];

    pub(crate) fn from_marker(marker: u16) -> Option<Self> {
        let place = marker.checked_sub(0xFFA0)?;
        Self::ALL.get(usize::from(place)).copied()
    }

    pub(crate) fn marker(self) -> u16 {
        0xFFA0 + self as u16
    }
}

impl fmt::Display for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::StartOfImage => "start of image (SOI)",
            Self::EndOfImage => "end of image (EOI)",
            Self::FrameHeader => "frame header (SOF)",
            Self::BlockHeader => "block (SOB)",
            Self::TransformTable => "transform table (DTT)",
            Self::QuantizationTable => "quantization table (DQT)",
            Self::HuffmanTable => "Huffman table (DHT)",
            Self::RestartInterval => "restart interval (DRT)",
            Self::Comment => "comment (COM)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_are_in_order() {
        for segment in Segment::ALL {
            assert_eq!(Segment::from_marker(segment.marker()), Some(segment));
        }
        for marker in [0, 0xFF9F, 0xFFA9, 0xFFFF] {
            assert_eq!(Segment::from_marker(marker), None);
        }
    }
}
