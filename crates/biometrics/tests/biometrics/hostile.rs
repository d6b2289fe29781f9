use std::sync::LazyLock;

use biometrics::Error;
use biometrics::face::iso19794_5::FaceRecord;
use biometrics::face::iso39794_5;
use biometrics::finger::iso19794_4::FingerRecord;
use biometrics::finger::iso39794_4;
use biometrics::image::{
    Colour, DecodeLimits, Image, ImageFormat, decode, dimensions, encode_jpeg, encode_jpeg2000,
    encode_png, encode_wsq,
};
use biometrics::iris::{iso19794_6, iso39794_6};
use proptest::prelude::*;

use crate::picture::coloured;

/// One small file of each format.
fn files() -> [Vec<u8>; 3] {
    static FILES: LazyLock<[Vec<u8>; 3]> = LazyLock::new(|| {
        let image = coloured(60, 80);
        [
            encode_jpeg(&image, 80).unwrap(),
            encode_png(&image).unwrap(),
            encode_jpeg2000(&image, 2_000).unwrap(),
        ]
    });
    FILES.clone()
}

fn refused(file: &[u8]) -> Error {
    decode(file, &DecodeLimits::UPLOAD).unwrap_err()
}

#[test]
fn files_cut_short_are_refused_wherever_they_are_cut() {
    for file in files() {
        // The last bytes are end markers, without which everything is still there.
        for length in 0..file.len() - 12 {
            refused(&file[..length]);
        }
    }
}

#[test]
fn what_is_no_image_is_refused() {
    for data in [&b"\0"[..], b"B", b"GIF89a", &[0xFF; 64], &[0; 64]] {
        assert!(matches!(refused(data), Error::UnknownFormat), "{data:02X?}");
    }
    assert!(matches!(refused(b""), Error::EmptyFile));
    assert!(matches!(
        refused(b"\xFF\xA0\xFF\xA8"),
        Error::Undecodable {
            format: ImageFormat::Wsq,
            ..
        }
    ));
}

/// A few bytes that claim gigabytes must be refused by their headers, in no time.
#[test]
fn bombs_are_refused_before_they_are_decoded() {
    let [mut jpeg, mut png, mut jp2] = files();
    let side = 50_000_u32.to_be_bytes();
    png[16..20].copy_from_slice(&side);
    png[20..24].copy_from_slice(&side);

    let frame = jpeg.windows(2).position(|m| m == [0xFF, 0xC0]).unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xFF; 4]);

    let siz = jp2.windows(2).position(|m| m == [0xFF, 0x51]).unwrap();
    jp2[siz + 6..siz + 10].copy_from_slice(&side);
    jp2[siz + 10..siz + 14].copy_from_slice(&side);

    for bomb in [jpeg, png, jp2] {
        let started = std::time::Instant::now();
        assert!(matches!(refused(&bomb), Error::TooLarge { .. }));
        assert!(started.elapsed().as_millis() < 100);
    }
}

#[test]
fn a_jpeg2000_of_too_many_tiles_is_refused() {
    let mut jp2 = encode_jpeg2000(&coloured(400, 400), 5_000).unwrap();
    let siz = jp2.windows(2).position(|m| m == [0xFF, 0x51]).unwrap();
    let one = 1_u32.to_be_bytes();
    jp2[siz + 22..siz + 26].copy_from_slice(&one);
    jp2[siz + 26..siz + 30].copy_from_slice(&one);
    assert!(matches!(refused(&jp2), Error::TooLarge { .. }));
}

/// The limits must be those of the codestream that is decoded.
#[test]
fn a_jp2_of_two_codestreams_or_countless_boxes_is_refused() {
    let [.., jp2] = files();
    let codestream = jp2.windows(4).position(|b| b == b"jp2c").unwrap() - 4;
    let twice = [&jp2, &jp2[codestream..]].concat();
    assert!(matches!(refused(&twice), Error::Unsupported(_)));
    let empty_box = [0, 0, 0, 8, b'f', b'r', b'e', b'e'].repeat(1_000);
    let many = [&jp2[..codestream], &empty_box, &jp2[codestream..]].concat();
    assert!(matches!(refused(&many), Error::TooLarge { .. }));
}

#[test]
fn a_jpeg_of_too_many_scans_is_refused() {
    let [jpeg, ..] = files();
    let scan = jpeg.windows(2).position(|m| m == [0xFF, 0xDA]).unwrap();
    let header_length = 2 + usize::from(jpeg[scan + 3]);
    let header = &jpeg[scan..scan + header_length];
    let many = [&jpeg[..scan], &header.repeat(200), &jpeg[scan..]].concat();
    assert!(matches!(refused(&many), Error::TooLarge { .. }));
}

#[test]
fn limits_are_inclusive_and_each_holds() {
    let file = encode_png(&coloured(60, 80)).unwrap();
    let exact = DecodeLimits {
        max_bytes: file.len(),
        max_side: 80,
        max_pixels: 4_800,
    };
    assert!(decode(&file, &exact).is_ok());
    for limits in [
        DecodeLimits {
            max_bytes: file.len() - 1,
            ..exact
        },
        DecodeLimits {
            max_side: 79,
            ..exact
        },
        DecodeLimits {
            max_pixels: 4_799,
            ..exact
        },
    ] {
        assert!(matches!(
            decode(&file, &limits),
            Err(Error::TooLarge { .. })
        ));
    }
}

/// A WSQ of a few hundred bytes may be blank and of any size: beyond a million pixels, a file must
/// have bytes for them, and never more than a scanner gives.
#[test]
fn a_wsq_has_pixels_in_proportion_to_its_bytes() {
    let blank = |width: u32, height: u32| {
        let samples = vec![90; (width * height) as usize];
        let image = Image::new(Colour::Grey8, width, height, samples).unwrap();
        encode_wsq(&image, 0.75).unwrap()
    };
    assert!(decode(&blank(1_000, 1_000), &DecodeLimits::UPLOAD).is_ok());
    let mut file = blank(2_000, 1_500);
    assert!(file.len() < 1_000);
    assert!(matches!(refused(&file), Error::TooLarge { .. }));
    // Bytes behind the end count: they take memory too.
    file.extend([0; 2_000]);
    assert!(decode(&file, &DecodeLimits::UPLOAD).is_ok());
    let frame = file.windows(2).position(|m| m == [0xFF, 0xA2]).unwrap();
    file[frame + 6..frame + 10].copy_from_slice(&[0x10, 0x01, 0x10, 0x00]);
    file.extend([0; 10_000]);
    assert!(matches!(refused(&file), Error::TooLarge { .. }));
}

/// Runs that end early, or leave pixels out, would be painted black.
#[test]
fn a_bmp_of_runs_has_every_pixel() {
    let bmp = |bits: u8, compression: u8, runs: &[u8]| {
        let mut file = b"BM\0\0\0\0\0\0\0\0".to_vec();
        let colours = 1_usize << bits;
        let start = 54 + 4 * colours as u32;
        for number in [
            start,
            40,
            5,
            2,
            1 | u32::from(bits) << 16,
            compression.into(),
        ] {
            file.extend(number.to_le_bytes());
        }
        file.extend([0; 20]);
        file.extend((0..colours).flat_map(|grey| [grey as u8, grey as u8, grey as u8, 0]));
        file.extend(runs);
        file
    };
    let rle8: [(&[u8], bool); 7] = [
        (&[5, 9, 0, 0, 5, 9, 0, 1], true),
        (&[2, 9, 0, 3, 1, 2, 3, 0, 0, 0, 5, 9, 0, 0, 0, 1], true),
        (&[5, 9, 0, 1], false),
        (&[0, 1], false),
        (&[5, 9, 0, 0, 4, 9, 0, 1], false),
        (&[5, 9, 0, 0, 0, 2, 5, 0, 0, 1], false),
        (&[5, 9, 0, 0, 5], false),
    ];
    let rle4: [(&[u8], bool); 2] = [
        (&[5, 0x12, 0, 0, 0, 5, 0x12, 0x34, 0x50, 0, 0, 1], true),
        (&[5, 0x12, 0, 0, 0, 4, 0x12, 0x34, 0, 1], false),
    ];
    let of_8 = rle8.map(|(runs, is_whole)| (bmp(8, 1, runs), is_whole));
    let of_4 = rle4.map(|(runs, is_whole)| (bmp(4, 2, runs), is_whole));
    for (file, is_whole) in of_8.into_iter().chain(of_4) {
        match decode(&file, &DecodeLimits::UPLOAD) {
            Ok(image) => assert!(is_whole && (image.width(), image.height()) == (5, 2)),
            Err(Error::Malformed { .. }) => assert!(!is_whole, "{file:02X?}"),
            Err(error) => panic!("{error}"),
        }
    }
}

#[test]
fn a_png_that_says_its_resolution_twice_is_refused() {
    let file = encode_png(&coloured(60, 80).with_ppi(300)).unwrap();
    assert_eq!(
        decode(&file, &DecodeLimits::UPLOAD).unwrap().ppi(),
        Some(300)
    );
    let chunk = 33..33 + 21;
    assert_eq!(&file[37..41], b"pHYs");
    let twice = [&file[..chunk.end], &file[chunk]].concat();
    let twice = [&twice[..], &file[54..]].concat();
    assert!(matches!(refused(&twice), Error::Malformed { at: 54, .. }));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Changed bytes in real files reach much deeper than noise.
    #[test]
    fn changed_files_never_panic(
        which in 0..3_usize,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
    ) {
        let mut file = files()[which].clone();
        for (index, value) in changes {
            let at = index.index(file.len());
            file[at] = value;
        }
        let _ = dimensions(&file);
        let _ = decode(&file, &DecodeLimits::CHIP);
    }

    #[test]
    fn noise_behind_a_signature_never_panics(
        which in 0..3_usize,
        kept in 2..200_usize,
        noise in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let mut file = files()[which].clone();
        file.truncate(kept);
        file.extend(noise);
        let _ = decode(&file, &DecodeLimits::CHIP);
    }

    #[test]
    fn noise_is_no_record(noise in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = FaceRecord::parse(&[b"FAC\x00010\0", noise.as_slice()].concat());
        let _ = FingerRecord::parse(&[b"FIR\x00010\0", noise.as_slice()].concat());
        let _ = FaceRecord::parse(&noise);
        let _ = FingerRecord::parse(&noise);
        let _ = iso39794_5::FaceRecord::parse(&noise);
        let _ = iso39794_4::FingerRecord::parse(&noise);
        let _ = iso39794_6::IrisRecord::parse(&noise);
        let _ = iso19794_6::IrisRecord::parse(&[b"IIR\x00010\0", noise.as_slice()].concat());
    }
}
