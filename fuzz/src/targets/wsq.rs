//! WSQ codestreams, as scanners and other people's registers send them.

use wsq_image::{Error, Limits, Options, Picture, decode, encode, read_header};

use super::assert_printable;

/// So that an input takes milliseconds.
const LIMITS: Limits = Limits {
    max_pixels: 1 << 16,
};

/// What must hold of every byte string read as WSQ.
pub fn wsq(bytes: &[u8]) {
    let decoded = match decode(bytes, &LIMITS) {
        Ok(decoded) => decoded,
        Err(error) => return assert_inside(&error, bytes.len()),
    };
    let frame = &decoded.header.frame;
    assert_eq!(decoded.pixels.len(), frame.pixels());
    assert!(frame.pixels() <= LIMITS.max_pixels);
    let comments: usize = decoded.header.comments.iter().map(Vec::len).sum();
    assert!(comments <= bytes.len(), "comments from nowhere");

    let codestream = &bytes[..decoded.len];
    assert_eq!(decode(codestream, &LIMITS).as_ref(), Ok(&decoded));
    let header = read_header(codestream, &LIMITS).unwrap();
    assert_eq!(header.frame, *frame);
    assert!(decoded.header.comments.starts_with(&header.comments));

    let picture = Picture::new(&decoded.pixels, frame.width, frame.height).unwrap();
    let again = encode(&picture, &Options::default()).unwrap();
    let again = decode(&again, &LIMITS).unwrap().header.frame;
    assert_eq!((again.width, again.height), (frame.width, frame.height));
}

/// What is wrong lies inside, or right behind.
fn assert_inside(error: &Error, len: usize) {
    let at = match error {
        Error::Truncated { at, .. }
        | Error::UnknownMarker { at, .. }
        | Error::Misplaced { at, .. }
        | Error::Missing { at, .. }
        | Error::Length { at, .. }
        | Error::RestartInterval { at }
        | Error::NoPixels { at, .. }
        | Error::Filters { at, .. }
        | Error::Huffman { at, .. }
        | Error::NoSuchCode { at }
        | Error::CoefficientRange { at }
        | Error::TooManyCoefficients { at, .. }
        | Error::TooFewCoefficients { at, .. } => *at,
        Error::NotWsq | Error::TooManyPixels { .. } => 0,
        other => panic!("a decoder says: {other}"),
    };
    assert!(at <= len, "{error}: behind octet {len}");
    assert_printable(&error.to_string());
}
