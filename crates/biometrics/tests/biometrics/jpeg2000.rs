//! JPEG 2000 pictures that are cut into code blocks, precincts, layers and tiles by their headers.

use std::time::Instant;

use biometrics::Error;
use biometrics::image::{DecodeLimits, decode, decode_reduced, encode_jpeg2000};

use crate::picture::coloured;

/// What stands in the headers; everything else is a small picture's.
#[derive(Clone)]
struct Cut {
    size: (u32, u32),
    tile: (u32, u32),
    /// Exponents of a code block's sides, less two.
    block: [u8; 2],
    /// Exponents of precincts, down and across.
    precinct: Option<u8>,
    layers: u16,
    order: u8,
}

impl Cut {
    fn new(width: u32, height: u32) -> Self {
        Self {
            size: (width, height),
            tile: (width, height),
            block: [4, 4],
            precinct: None,
            layers: 1,
            order: 0,
        }
    }

    /// A codestream with this coding style in its main header.
    fn codestream(&self) -> Vec<u8> {
        let mut file = small();
        let cod = find(&file, 0x52);
        let style = self.style(&file[cod..cod + 14]);
        file.splice(cod..cod + 14, style);
        self.with_size(file)
    }

    fn with_size(&self, mut file: Vec<u8>) -> Vec<u8> {
        let siz = find(&file, 0x51);
        let ((width, height), (across, down)) = (self.size, self.tile);
        let numbers = [width, height, 0, 0, across, down, 0, 0].map(u32::to_be_bytes);
        file[siz + 6..siz + 38].copy_from_slice(numbers.as_flattened());
        file
    }

    /// From a COD segment without precincts.
    fn style(&self, segment: &[u8]) -> Vec<u8> {
        let mut style = segment.to_vec();
        style[4] |= u8::from(self.precinct.is_some());
        style[5] = self.order;
        style[6..8].copy_from_slice(&self.layers.to_be_bytes());
        style[10..12].copy_from_slice(&self.block);
        if let Some(precinct) = self.precinct {
            style.extend((0..=style[9]).map(|_| precinct));
        }
        style[3] = style.len() as u8 - 2;
        style
    }

    /// The same style for the second component alone (COC).
    fn style_of_component(&self, segment: &[u8]) -> Vec<u8> {
        let style = self.style(segment);
        let content = [&[1, style[4]], &style[9..]].concat();
        [&[0xFF, 0x53, 0, content.len() as u8 + 2], &content[..]].concat()
    }
}

type Change = fn(&mut Cut);

/// The bare codestream of a small picture.
fn small() -> Vec<u8> {
    let file = encode_jpeg2000(&coloured(60, 80), 2_000).unwrap();
    let start = file.windows(4).position(|w| w == b"\xFF\x4F\xFF\x51");
    file[start.unwrap()..].to_vec()
}

fn find(file: &[u8], marker: u8) -> usize {
    let place = file.windows(2).position(|w| w == [0xFF, marker]);
    place.unwrap()
}

/// With a segment in front of the first tile-part, or in its header.
fn with_segment(mut file: Vec<u8>, segment: &[u8], in_tile: bool) -> Vec<u8> {
    let sot = find(&file, 0x90);
    let at = if in_tile { sot + 12 } else { sot };
    file.splice(at..at, segment.iter().copied());
    if in_tile {
        // The last tile-part goes to the end.
        file[sot + 6..sot + 10].fill(0);
    }
    file
}

/// Refused by the headers alone: nothing is decoded, no memory taken.
fn refused(file: &[u8], limits: &DecodeLimits) -> Error {
    let started = Instant::now();
    let error = decode(file, limits).unwrap_err();
    assert!(started.elapsed().as_millis() < 500, "{error}");
    error
}

fn is_too_large(error: &Error) -> bool {
    matches!(error, Error::TooLarge { .. })
}

#[test]
fn more_parts_than_samples_are_worth_are_refused() {
    let large = Cut::new(8_000, 7_900);
    let chip = Cut::new(2_800, 2_800);
    let with = |cut: &Cut, change: &dyn Fn(&mut Cut)| {
        let mut cut = cut.clone();
        change(&mut cut);
        cut.codestream()
    };
    for (name, file) in [
        ("blocks of 4", with(&large, &|cut| cut.block = [0, 0])),
        ("blocks of 8", with(&large, &|cut| cut.block = [1, 1])),
        (
            "precincts of 2",
            with(&large, &|cut| cut.precinct = Some(0x11)),
        ),
        (
            "precincts of 4",
            with(&large, &|cut| cut.precinct = Some(0x22)),
        ),
        (
            "narrow precincts",
            with(&large, &|cut| cut.precinct = Some(0xF1)),
        ),
        ("layers", with(&large, &|cut| cut.layers = u16::MAX)),
        (
            "layers of blocks",
            with(&large, &|cut| (cut.layers, cut.block) = (32, [2, 2])),
        ),
        ("tiles", with(&large, &|cut| cut.tile = (32, 32))),
    ] {
        let error = refused(&file, &DecodeLimits::UPLOAD);
        assert!(is_too_large(&error), "{name}: {error}");
    }
    for (name, file) in [
        ("blocks of 4", with(&chip, &|cut| cut.block = [0, 0])),
        (
            "precincts of 2",
            with(&chip, &|cut| cut.precinct = Some(0x11)),
        ),
        (
            "precincts of 4",
            with(&chip, &|cut| cut.precinct = Some(0x22)),
        ),
    ] {
        let error = refused(&file, &DecodeLimits::CHIP);
        assert!(is_too_large(&error), "{name}: {error}");
    }
    let none = with(&chip, &|cut| cut.precinct = Some(0x00));
    let error = refused(&none, &DecodeLimits::CHIP);
    assert!(matches!(error, Error::Malformed { .. }), "{error}");
}

/// What the main header says of all can be said otherwise of a component, and of a tile.
#[test]
fn parts_are_counted_wherever_they_are_said() {
    let plain = Cut::new(8_000, 7_900);
    let mut fine = plain.clone();
    fine.precinct = Some(0x22);
    let file = plain.codestream();
    let segment = &file[find(&file, 0x52)..][..14];
    let bombs = [
        (fine.style_of_component(segment), false),
        (fine.style_of_component(segment), true),
        (fine.style(segment), true),
    ];
    for (segment, in_tile) in bombs {
        let bomb = with_segment(file.clone(), &segment, in_tile);
        let error = refused(&bomb, &DecodeLimits::UPLOAD);
        assert!(is_too_large(&error), "{error}");
    }
    // Forty changes of the order of packets; each lists them all.
    let changes = [0, 0, 0, 1, 33, 3, 2].repeat(40);
    let orders = [&[0xFF, 0x5F, 1, 26], &changes[..]].concat();
    for in_tile in [false, true] {
        let bomb = with_segment(file.clone(), &orders, in_tile);
        let error = refused(&bomb, &DecodeLimits::UPLOAD);
        assert!(is_too_large(&error), "{error}");
    }
}

/// The decoder reads some segments without looking at their length: what is checked must be what
/// it reads.
#[test]
fn segments_of_another_length_than_their_content_are_refused() {
    let plain = Cut::new(8_000, 7_900).codestream();
    let mut fine = Cut::new(8_000, 7_900);
    fine.precinct = Some(0x11);
    let hidden = fine.style(&plain[find(&plain, 0x52)..][..14]);
    let length = hidden.len() as u8 + 5;
    let region = [&[0xFF, 0x5E, 0, length, 0, 0, 0], &hidden[..]].concat();
    let quantization = [&[0xFF, 0x5C, 0x40, 0, 0x40], [0x48; 0x3FFD].as_slice()].concat();
    for segment in [region, quantization] {
        for in_tile in [false, true] {
            let file = with_segment(plain.clone(), &segment, in_tile);
            let error = refused(&file, &DecodeLimits::UPLOAD);
            assert!(matches!(error, Error::Malformed { .. }), "{error}");
        }
    }
}

/// Pictures of fifty megapixels cut up as encoders do it.
#[test]
fn ordinary_cuts_of_large_pictures_are_read() {
    let plain = Cut::new(8_192, 6_144);
    let changes: [(&str, Change); 8] = [
        ("64 x 64", |_| ()),
        ("32 x 32", |cut| cut.block = [3, 3]),
        ("16 x 16", |cut| cut.block = [2, 2]),
        ("precincts of 256", |cut| cut.precinct = Some(0x88)),
        ("precincts of 128", |cut| cut.precinct = Some(0x77)),
        ("layers", |cut| (cut.layers, cut.order) = (20, 2)),
        ("tiles of 1024", |cut| cut.tile = (1_024, 1_024)),
        ("tiles of 128", |cut| cut.tile = (128, 128)),
    ];
    for (name, change) in changes {
        let mut cut = plain.clone();
        change(&mut cut);
        let file = cut.codestream();
        let image = decode_reduced(&file, &DecodeLimits::UPLOAD, 500_000);
        let image = image.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!((image.width(), image.height()), (512, 384), "{name}");
    }
}
