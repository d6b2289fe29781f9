//! What can be wrong with a codestream, or with a picture to be encoded.

use crate::Segment;

/// What is wrong, and where: `at` counts octets from the start of the codestream.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The data do not begin as WSQ does.
    #[error("not WSQ: it does not begin with FFA0")]
    NotWsq,
    /// The data end before the codestream does.
    #[error("cut off at octet {at}, in the {segment}")]
    Truncated {
        /// Where more was expected.
        at: usize,
        /// What was being read.
        segment: Segment,
    },
    /// No marker, or none of WSQ, where one must be.
    #[error("{marker:04X} at octet {at} is no marker of WSQ")]
    UnknownMarker {
        /// Where.
        at: usize,
        /// What stands there.
        marker: u16,
    },
    /// A segment that must not stand here.
    #[error("a {segment} at octet {at} does not belong there")]
    Misplaced {
        /// Its marker.
        at: usize,
        /// What it is.
        segment: Segment,
    },
    /// A segment that is needed here has not been given.
    #[error("at octet {at}: no {segment} has been given")]
    Missing {
        /// What needs it.
        at: usize,
        /// What is missing.
        segment: Segment,
    },
    /// A segment says that it is longer or shorter than its content.
    #[error("a {segment} at octet {at} cannot be {length} octets long")]
    Length {
        /// Where the length stands.
        at: usize,
        /// Of what.
        segment: Segment,
        /// As it is said.
        length: u16,
    },
    /// Restart markers: nobody writes them, and we do not read them.
    #[error("restart intervals (DRT, octet {at}) are not supported")]
    RestartInterval {
        /// The marker.
        at: usize,
    },
    /// A picture without pixels.
    #[error("the frame header at octet {at} says {width} × {height}")]
    NoPixels {
        /// The marker.
        at: usize,
        /// Columns.
        width: u16,
        /// Rows.
        height: u16,
    },
    /// More pixels than [`Limits`](crate::Limits) allow.
    #[error("{width} × {height} pixels, more than the {limit} allowed")]
    TooManyPixels {
        /// Columns.
        width: u16,
        /// Rows.
        height: u16,
        /// The limit.
        limit: usize,
    },
    /// Filters that make no pair, or are too long or too strong.
    #[error("the filters at octet {at} are not a pair that can reconstruct: {fault}")]
    Filters {
        /// The transform table.
        at: usize,
        /// Why not.
        fault: FilterFault,
    },
    /// A Huffman table that is no code.
    #[error("Huffman table at octet {at}: {fault}")]
    Huffman {
        /// The table.
        at: usize,
        /// Why not.
        fault: HuffmanFault,
    },
    /// Bits that no code of the table begins with, or a code without meaning.
    #[error("the bits at octet {at} are no code of the Huffman table")]
    NoSuchCode {
        /// Where the code begins.
        at: usize,
    },
    /// A coefficient beyond ±32767.
    #[error("a coefficient at octet {at} does not fit 16 bits")]
    CoefficientRange {
        /// Behind the coefficient.
        at: usize,
    },
    /// A block runs past the last subband.
    #[error("more than {expected} coefficients, from octet {at}")]
    TooManyCoefficients {
        /// Where the first of them is.
        at: usize,
        /// What the subbands with a bin width hold.
        expected: usize,
    },
    /// The blocks end before the last subband does.
    #[error("{found} of {expected} coefficients when the image ends at octet {at}")]
    TooFewCoefficients {
        /// The end of image.
        at: usize,
        /// What the blocks held.
        found: usize,
        /// What the subbands with a bin width hold.
        expected: usize,
    },
    /// A picture to be encoded whose pixels do not fill its sides.
    #[error("{given} pixels given for {width} × {height}")]
    PixelCount {
        /// Octets given.
        given: usize,
        /// Columns.
        width: u16,
        /// Rows.
        height: u16,
    },
    /// A bit rate that is no positive number.
    #[error("{rate} is no bit rate; 0.75 and 2.25 bits for each pixel are usual")]
    BitRate {
        /// Bits for each pixel.
        rate: f32,
    },
    /// No bit rate gives so few octets.
    #[error("{budget} octets are too few for this picture: {least} is the least")]
    Budget {
        /// What was allowed.
        budget: usize,
        /// At the lowest bit rate.
        least: usize,
    },
    /// A comment that does not fit its segment.
    #[error("a comment of {len} octets; a segment holds 65533")]
    CommentTooLong {
        /// Octets.
        len: usize,
    },
    /// A name or value that would become another one when read again.
    #[error(
        "field {index} of the NISTCOM: names hold no white space, values no line feed, neither is empty"
    )]
    CommentField {
        /// Its place, from 0.
        index: usize,
    },
}

/// Why filters cannot reconstruct.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FilterFault {
    /// Fewer than 3 or more than 32 taps.
    #[error("3 to 32 taps are supported")]
    Taps,
    /// One length is odd and the other even, or their centres do not meet.
    #[error("their lengths do not match")]
    Pairing,
    /// A tap of 16 or more: no filter, and a way to make numbers overflow.
    #[error("a tap is 16 or more")]
    Gain,
}

/// Why a Huffman table is no code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HuffmanFault {
    /// Tables are numbered 0 to 7.
    #[error("its number is above 7")]
    Number,
    /// More than 256 values.
    #[error("more than 256 values")]
    Values,
    /// More codes of a length than there are.
    #[error("more codes than their lengths allow")]
    Oversubscribed,
}
