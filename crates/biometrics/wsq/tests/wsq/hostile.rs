//! Bytes from strangers: an error that says what and where, or a picture, and nothing else.

use wsq_image::{
    Error, FilterFault, HuffmanFault, Limits, Options, Picture, Segment, decode, encode,
    read_header,
};

use crate::pictures::ridges;

const SMALL: Limits = Limits {
    max_pixels: 1 << 16,
};

fn good() -> Vec<u8> {
    let pixels = ridges(40, 48, 4);
    let picture = Picture::new(&pixels, 40, 48).unwrap();
    encode(&picture, &Options::default()).unwrap()
}

/// Where the marker of a segment stands.
fn find(codestream: &[u8], segment: u8, which: usize) -> usize {
    let pairs = codestream.windows(2).enumerate();
    let found = pairs.filter(|(_, pair)| *pair == [0xFF, segment]);
    found.map(|(at, _)| at).nth(which).unwrap()
}

fn segment(codestream: &[u8], marker: u8, which: usize) -> Vec<u8> {
    let at = find(codestream, marker, which);
    let len = 2 + usize::from(u16::from_be_bytes([codestream[at + 2], codestream[at + 3]]));
    codestream[at..at + len].to_vec()
}

#[test]
fn cut_off_anywhere() {
    let good = good();
    for len in 0..good.len() {
        let error = decode(&good[..len], &SMALL).unwrap_err();
        match error {
            Error::NotWsq => assert!(len < 2),
            Error::Truncated { at, .. } => assert!(at <= len, "{len}: {error}"),
            Error::TooManyCoefficients { .. } | Error::NoSuchCode { .. } => {
                panic!("{len}: {error}")
            }
            _ => panic!("{len}: {error}"),
        }
    }
    let longer = [good.as_slice(), b"behind"].concat();
    assert_eq!(decode(&longer, &SMALL).unwrap().len, good.len());
}

/// Every octet changed in some ways: no panic, and what is decoded is as large as it says.
#[test]
fn every_octet_changed() {
    let good = good();
    let mut decoded = 0;
    for at in 0..good.len() {
        for change in [0x01, 0x80, 0xFF] {
            let mut bad = good.clone();
            bad[at] ^= change;
            if let Ok(picture) = decode(&bad, &SMALL) {
                assert_eq!(picture.pixels.len(), picture.header.frame.pixels());
                decoded += 1;
            }
        }
    }
    assert!(decoded > 100, "{decoded}");
}

/// Its name, how it is made, and whether an error is the one it gets.
type Fault = (&'static str, fn(&mut Vec<u8>), fn(&Error) -> bool);

/// One fault each, and the name it gets.
const FAULTS: [Fault; 17] = [
    ("no start", |c| c[1] = 0xA1, |e| *e == Error::NotWsq),
    (
        "no end",
        |c| c.truncate(c.len() - 2),
        |e| {
            matches!(
                e,
                Error::Truncated {
                    segment: Segment::EndOfImage,
                    ..
                }
            )
        },
    ),
    (
        "no marker",
        |c| c[3] = 0,
        |e| {
            matches!(
                e,
                Error::UnknownMarker {
                    at: 2,
                    marker: 0xFF00
                }
            )
        },
    ),
    (
        "a second start",
        |c| c[3] = 0xA0,
        |e| {
            matches!(
                e,
                Error::Misplaced {
                    at: 2,
                    segment: Segment::StartOfImage
                }
            )
        },
    ),
    (
        "no width",
        |c| set(c, 0xA2, 8, &[0, 0]),
        |e| {
            matches!(
                e,
                Error::NoPixels {
                    width: 0,
                    height: 48,
                    ..
                }
            )
        },
    ),
    (
        "large",
        |c| set(c, 0xA2, 6, &[255; 4]),
        |e| {
            matches!(
                e,
                Error::TooManyPixels {
                    width: 65535,
                    height: 65535,
                    limit: 65536
                }
            )
        },
    ),
    (
        "frame length",
        |c| set(c, 0xA2, 2, &[0, 18]),
        |e| {
            matches!(
                e,
                Error::Length {
                    segment: Segment::FrameHeader,
                    length: 18,
                    ..
                }
            )
        },
    ),
    (
        "two frames",
        |c| twice(c, 0xA2),
        |e| {
            matches!(
                e,
                Error::Misplaced {
                    segment: Segment::FrameHeader,
                    ..
                }
            )
        },
    ),
    (
        "bins in between",
        |c| move_behind_first_block(c, 0xA5),
        |e| {
            matches!(
                e,
                Error::Misplaced {
                    segment: Segment::QuantizationTable,
                    ..
                }
            )
        },
    ),
    (
        "all bins zero",
        |c| set(c, 0xA5, 7, &[0; 384]),
        |e| matches!(e, Error::TooManyCoefficients { expected: 0, .. }),
    ),
    (
        "wider than its blocks",
        |c| set(c, 0xA2, 8, &[0, 80]),
        |e| matches!(e, Error::TooFewCoefficients { .. }),
    ),
    (
        "one tap",
        |c| set(c, 0xA4, 4, &[1]),
        |e| {
            matches!(
                e,
                Error::Filters {
                    fault: FilterFault::Taps,
                    ..
                }
            )
        },
    ),
    (
        "tap of 4 thousand million",
        |c| set(c, 0xA4, 7, &[0, 255]),
        |e| {
            matches!(
                e,
                Error::Filters {
                    fault: FilterFault::Gain,
                    ..
                }
            )
        },
    ),
    (
        "table number 8",
        |c| set(c, 0xA6, 4, &[8]),
        |e| {
            matches!(
                e,
                Error::Huffman {
                    fault: HuffmanFault::Number,
                    ..
                }
            )
        },
    ),
    (
        "oversubscribed",
        |c| set(c, 0xA6, 5, &[3]),
        |e| {
            matches!(
                e,
                Error::Huffman {
                    fault: HuffmanFault::Oversubscribed,
                    ..
                } | Error::Length { .. }
            )
        },
    ),
    (
        "no such table",
        |c| set(c, 0xA3, 4, &[5]),
        |e| {
            matches!(
                e,
                Error::Missing {
                    segment: Segment::HuffmanTable,
                    ..
                }
            )
        },
    ),
    (
        "restart intervals",
        |c| put(c, 2, &[0xFF, 0xA7, 0, 4, 0, 9]),
        |e| *e == Error::RestartInterval { at: 2 },
    ),
];

fn set(codestream: &mut [u8], marker: u8, offset: usize, octets: &[u8]) {
    let at = find(codestream, marker, 0) + offset;
    codestream[at..at + octets.len()].copy_from_slice(octets);
}

fn put(codestream: &mut Vec<u8>, at: usize, octets: &[u8]) {
    codestream.splice(at..at, octets.iter().copied());
}

fn twice(codestream: &mut Vec<u8>, marker: u8) {
    let segment = segment(codestream, marker, 0);
    put(codestream, 2, &segment);
}

fn move_behind_first_block(codestream: &mut Vec<u8>, marker: u8) {
    let segment = segment(codestream, marker, 0);
    let second_table = find(codestream, 0xA6, 1);
    put(codestream, second_table, &segment);
}

#[test]
fn faults_have_names_and_places() {
    for (name, change, is_expected) in FAULTS {
        let mut bad = good();
        change(&mut bad);
        let error = decode(&bad, &SMALL).unwrap_err();
        assert!(is_expected(&error), "{name}: {error:?}");
    }
}

/// Each segment taken away is missed, but for comments.
#[test]
fn nothing_can_be_left_out() {
    let good = good();
    for marker in [0xA2, 0xA4, 0xA5, 0xA6] {
        let at = find(&good, marker, 0);
        let mut bad = good.clone();
        bad.drain(at..at + segment(&good, marker, 0).len());
        let error = decode(&bad, &SMALL).unwrap_err();
        assert!(
            matches!(error, Error::Missing { .. }),
            "{marker:02X}: {error}"
        );
    }
    let mut without = good.clone();
    without.drain(2..2 + segment(&good, 0xA8, 0).len());
    let decoded = decode(&without, &SMALL).unwrap();
    assert_eq!(
        (decoded.header.ppi(), decoded.header.comments.len()),
        (None, 0)
    );
}

/// Tables and comments in any order, an interval of no restarts, and a comment before the end.
#[test]
fn any_order_is_read() {
    let good = good();
    let want = decode(&good, &SMALL).unwrap();
    let mut other = vec![0xFF, 0xA0, 0xFF, 0xA7, 0, 4, 0, 0];
    for marker in [0xA2, 0xA5, 0xA4] {
        other.extend(segment(&good, marker, 0));
    }
    other.extend(segment(&good, 0xA6, 1));
    other.extend(&good[find(&good, 0xA6, 0)..good.len() - 2]);
    other.extend([0xFF, 0xA8, 0, 5, b'e', b'n', b'd', 0xFF, 0xA1]);
    let found = decode(&other, &SMALL).unwrap();
    assert_eq!(
        (found.pixels, found.header.frame),
        (want.pixels, want.header.frame)
    );
    assert_eq!(found.header.comments, [b"end"]);
    assert!(read_header(&other, &SMALL).unwrap().comments.is_empty());
}

/// A header that promises much and blocks that hold nothing: refused before memory is taken.
#[test]
fn promises_cost_nothing() {
    let mut bad = good();
    set(&mut bad, 0xA2, 6, &[0x0F, 0xFF, 0x0F, 0xFF]);
    let error = decode(&bad, &Limits::DEFAULT).unwrap_err();
    assert!(
        matches!(
            error,
            Error::TooFewCoefficients {
                expected: 7_500_000..,
                ..
            }
        ),
        "{error}"
    );
}

/// No bin has a width, so there are no blocks, and a few octets are a picture of any size: the limits must hold.
#[test]
fn blank_pictures_are_bounded_by_the_limits_alone() {
    let good = good();
    let first_block = find(&good, 0xA6, 0);
    let mut blank = [&good[..first_block], &[0xFF, 0xA1]].concat();
    set(&mut blank, 0xA5, 7, &[0; 384]);
    set(&mut blank, 0xA2, 6, &[0x0F, 0xA0, 0x10, 0x00]);
    assert_eq!(
        decode(&blank, &Limits::DEFAULT).unwrap().pixels.len(),
        4_000 * 4_096
    );
    set(&mut blank, 0xA2, 6, &[0x10, 0x01, 0x10, 0x00]);
    let error = decode(&blank, &Limits::DEFAULT).unwrap_err();
    assert!(matches!(error, Error::TooManyPixels { .. }), "{error}");
}
