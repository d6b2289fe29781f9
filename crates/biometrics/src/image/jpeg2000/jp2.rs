//! The boxes of a JP2 file (ISO 15444-1 annex I): `LBox(4) TBox(4) [XLBox(8)] content`.

use crate::fields::Fields;
use crate::image::decode::ppi_from_metres;
use crate::image::{Colour, Image};
use crate::{Error, Result};

/// Most boxes on one level; an ordinary file has five.
const MAX_BOXES: usize = 64;

const BOX_HEADER_LEN: usize = 8;

const INCHES_PER_100_METRES: u32 = 3_937;

/// A box's type and content, and where the content starts in the file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Jp2Box<'a> {
    pub(super) kind: [u8; 4],
    pub(super) content: &'a [u8],
    pub(super) at: usize,
}

/// The boxes of one level. The last one may claim more than is there: some files are cut by a few
/// bytes, and what is missing shows in the codestream.
pub(super) fn boxes(data: &[u8]) -> Result<Vec<Jp2Box<'_>>> {
    const WHAT: &str = "JP2 box";
    let mut fields = Fields::new(data);
    let mut found = Vec::new();
    // Fewer bytes than a box's header are padding, which some records have.
    while fields.remaining() >= BOX_HEADER_LEN {
        let start = fields.at();
        if found.len() == MAX_BOXES {
            return Err(Error::TooLarge {
                what: "number of JP2 boxes",
                found: MAX_BOXES as u64 + 1,
                limit: MAX_BOXES as u64,
            });
        }
        let short = fields.u32(WHAT)?;
        let kind = fields.array(WHAT)?;
        let length = match short {
            0 => u64::MAX,
            1 => {
                let high = fields.u32(WHAT)?;
                u64::from(high) << 32 | u64::from(fields.u32(WHAT)?)
            }
            short => u64::from(short),
        };
        let at = fields.at();
        let length = length
            .checked_sub((at - start) as u64)
            .ok_or(Error::Malformed {
                what: WHAT,
                at: start,
            })?;
        let length = length.min(fields.remaining() as u64) as usize;
        let content = fields.bytes(length, WHAT)?;
        found.push(Jp2Box { kind, content, at });
    }
    Ok(found)
}

/// The capture or display resolution of the `res` box, in pixels per inch.
pub(super) fn resolution(data: &[u8]) -> Option<u16> {
    let header = child(data, *b"jp2h")?;
    let resolution = child(header, *b"res ")?;
    let content = child(resolution, *b"resc").or_else(|| child(resolution, *b"resd"))?;
    // Vertical numerator and denominator, horizontal ones, two decimal exponents: pixels per metre.
    let &[n1, n0, d1, d0, m1, m0, e1, e0, down, across] = content.first_chunk()?;
    let vertical = per_metre([n1, n0], [d1, d0], down)?;
    let horizontal = per_metre([m1, m0], [e1, e0], across)?;
    (vertical == horizontal).then_some(vertical)
}

fn per_metre(numerator: [u8; 2], denominator: [u8; 2], exponent: u8) -> Option<u16> {
    let numerator = f64::from(u16::from_be_bytes(numerator));
    let denominator = f64::from(u16::from_be_bytes(denominator));
    let scale = 10f64.powi(i32::from(exponent.cast_signed()));
    ppi_from_metres(numerator / denominator * scale)
}

/// Puts a codestream of `image` into a JP2 file.
pub(super) fn wrap(image: &Image, codestream: &[u8]) -> Vec<u8> {
    let (components, enumerated_colour_space) = match image.colour {
        Colour::Grey8 => (1_u16, 17_u32),
        Colour::Rgb8 => (3, 16),
    };
    let header = [
        &image.height.to_be_bytes()[..],
        &image.width.to_be_bytes(),
        &components.to_be_bytes(),
        &[7, 7, 0, 0], // 8 bits, compression 7 (the only one), colour space known, no rights
    ]
    .concat();
    let colour = [&[1, 0, 0][..], &enumerated_colour_space.to_be_bytes()].concat();
    let mut jp2h = [encode(*b"ihdr", &header), encode(*b"colr", &colour)].concat();
    if let Some(ppi) = image.ppi {
        jp2h.extend(encode(
            *b"res ",
            &encode(*b"resc", &resolution_content(ppi)),
        ));
    }
    [
        encode(*b"jP  ", b"\r\n\x87\n"),
        encode(*b"ftyp", b"jp2 \0\0\0\0jp2 "),
        encode(*b"jp2h", &jp2h),
        encode(*b"jp2c", codestream),
    ]
    .concat()
}

fn resolution_content(ppi: u16) -> [u8; 10] {
    // Pixels per metre as n/100 × 10^exponent, with the least exponent that keeps n in 16 bits.
    let mut n = u32::from(ppi) * INCHES_PER_100_METRES;
    let mut exponent = 0;
    while n > u32::from(u16::MAX) {
        n = (n + 5) / 10;
        exponent += 1;
    }
    let [_, _, n1, n0] = n.to_be_bytes();
    [n1, n0, 0, 100, n1, n0, 0, 100, exponent, exponent]
}

fn child(data: &[u8], kind: [u8; 4]) -> Option<&[u8]> {
    let boxes = boxes(data).ok()?;
    boxes.iter().find(|b| b.kind == kind).map(|b| b.content)
}

fn encode(kind: [u8; 4], content: &[u8]) -> Vec<u8> {
    let length = (content.len() as u32).saturating_add(8);
    [&length.to_be_bytes()[..], &kind, content].concat()
}
