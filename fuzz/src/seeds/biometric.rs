//! Records of faces, fingers and eyes around pictures drawn here.

use biometrics::face::Portrait;
use biometrics::finger::{FingerPosition, FingerPrint};
use biometrics::image::{
    Colour, Image, encode_jpeg, encode_jpeg2000, encode_jpeg2000_lossless, encode_png,
};
use biometrics::iris::{Eye, EyeImage};
use biometrics::iso39794_1::Profile;

/// One record of each kind.
pub(super) fn iso19794() -> Vec<Vec<u8>> {
    vec![
        portrait().to_iso19794_5().unwrap().to_bytes().unwrap(),
        print().to_iso19794_4().unwrap().to_bytes().unwrap(),
        eye().to_iso19794_6().unwrap().to_bytes().unwrap(),
    ]
}

/// Those of `test-vectors/iso39794`, and one record of each kind in both profiles.
pub(super) fn iso39794() -> Vec<Vec<u8>> {
    let vectors = test_support::vectors("iso39794");
    let mut found: Vec<_> = vectors
        .iter()
        .map(|(_, path)| test_support::hex(&test_support::read_json(path)["record"]))
        .collect();
    for profile in [Profile::Base, Profile::Icao] {
        found.extend([
            portrait()
                .to_iso39794_5()
                .unwrap()
                .to_bytes_as(profile)
                .unwrap(),
            print()
                .to_iso39794_4()
                .unwrap()
                .to_bytes_as(profile)
                .unwrap(),
            eye().to_iso39794_6().unwrap().to_bytes_as(profile).unwrap(),
        ]);
    }
    found
}

/// Files and bare codestreams, with loss and without, in grey and in colour.
pub(super) fn jp2() -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    for colour in [Colour::Grey8, Colour::Rgb8] {
        let picture = stripes(colour).with_ppi(300);
        found.push(encode_jpeg2000(&picture, 600).unwrap());
        found.push(encode_jpeg2000_lossless(&picture).unwrap());
    }
    let bare = found.iter().filter_map(|file| {
        let start = file
            .windows(4)
            .position(|octets| octets == [0xFF, 0x4F, 0xFF, 0x51])?;
        file.get(start..).map(<[u8]>::to_vec)
    });
    let bare: Vec<_> = bare.collect();
    found.extend(bare.iter().flat_map(|file| recut(file)));
    found.extend(bare);
    found
}

/// What is done to a coding style.
type Change<'a> = &'a dyn Fn(&mut Vec<u8>);

/// A codestream whose coding style (COD) cuts it up otherwise: small blocks, layers, other orders,
/// precincts; and the same style in the header of its tile.
fn recut(codestream: &[u8]) -> Vec<Vec<u8>> {
    let marker = |code| {
        codestream
            .windows(2)
            .position(|octets| octets == [0xFF, code])
    };
    let (Some(cod), Some(sot)) = (marker(0x52), marker(0x90)) else {
        return Vec::new();
    };
    let length = 2 + usize::from(u16::from_be_bytes([
        codestream[cod + 2],
        codestream[cod + 3],
    ]));
    let style = &codestream[cod..cod + length];
    let changes: [Change<'_>; 4] = [
        &|style| style[10..12].fill(0),
        &|style| style[7] = 3,
        &|style| style[5] = 4,
        &|style| {
            style[4] |= 1;
            style.truncate(14);
            style.extend((0..=style[9]).map(|_| 0x33));
            style[3] = style.len() as u8 - 2;
        },
    ];
    let mut found = Vec::new();
    for change in changes {
        let mut changed = style.to_vec();
        change(&mut changed);
        found.push([&codestream[..cod], &changed, &codestream[cod + length..]].concat());
        let behind = sot + 12;
        let mut in_tile = [&codestream[..behind], &changed, &codestream[behind..]].concat();
        // The last tile-part goes to the end.
        in_tile[sot + 6..sot + 10].fill(0);
        found.push(in_tile);
    }
    found
}

fn stripes(colour: Colour) -> Image {
    let samples = (0..24 * 32 * colour.channels())
        .map(|place| (place * 37 % 256) as u8)
        .collect();
    Image::new(colour, 24, 32, samples).unwrap()
}

fn portrait() -> Portrait {
    Portrait::new(
        encode_jpeg(&stripes(Colour::Rgb8), 30).unwrap(),
        Colour::Rgb8,
    )
}

fn print() -> FingerPrint {
    let file = encode_png(&stripes(Colour::Grey8)).unwrap();
    FingerPrint::new(FingerPosition::RIGHT_INDEX, 500, file)
}

fn eye() -> EyeImage {
    EyeImage {
        eye: Eye::LEFT,
        colour: Colour::Grey8,
        data: encode_jpeg2000(&stripes(Colour::Grey8), 600).unwrap(),
    }
}
