use std::sync::LazyLock;

use biometrics::Error;
use biometrics::face::iso19794_5::FaceRecord;
use biometrics::face::iso39794_5;
use biometrics::finger::iso19794_4::FingerRecord;
use biometrics::finger::iso39794_4;
use biometrics::image::{
    DecodeLimits, ImageFormat, decode, dimensions, encode_jpeg, encode_jpeg2000, encode_png,
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
