use biometrics::Error;
use biometrics::image::{
    Colour, DecodeLimits, Image, ImageFormat, decode, dimensions, encode_jpeg, encode_jpeg_to_size,
    encode_jpeg2000, encode_jpeg2000_lossless, encode_png, sniff,
};

use crate::picture::{coloured, psnr, ridges};

fn read(file: &[u8]) -> Image {
    decode(file, &DecodeLimits::UPLOAD).unwrap()
}

/// Every format, in grey and in colour, gives back size, resolution and the picture.
#[test]
fn what_is_encoded_is_decoded() {
    type Encode = fn(&Image) -> biometrics::Result<Vec<u8>>;
    let encoders: [(ImageFormat, Encode, f64); 4] = [
        (ImageFormat::Png, encode_png, f64::MAX),
        (ImageFormat::Jp2, encode_jpeg2000_lossless, f64::MAX),
        (
            ImageFormat::Jp2,
            |image| encode_jpeg2000(image, 20_000),
            34.0,
        ),
        (ImageFormat::Jpeg, |image| encode_jpeg(image, 90), 34.0),
    ];
    let images = [
        coloured(413, 531).with_ppi(300),
        ridges(256, 360),
        coloured(131, 97),
    ];
    for image in &images {
        for (format, encode, least) in encoders {
            let file = encode(image).unwrap();
            assert_eq!(sniff(&file), Some(format));
            assert_eq!(dimensions(&file).unwrap(), (image.width(), image.height()));
            let read_back = read(&file);
            assert_eq!(read_back.ppi(), image.ppi(), "{format}");
            if least == f64::MAX {
                assert_eq!(read_back, *image, "{format} without loss");
            } else {
                let quality = psnr(image, &read_back);
                assert!(quality > least, "{format}: {quality:.1} dB");
            }
        }
    }
}

#[test]
fn resolutions_survive() {
    for ppi in [1, 72, 300, 500, 1000, 2540] {
        let image = ridges(16, 16).with_ppi(ppi);
        for file in [
            encode_png(&image).unwrap(),
            encode_jpeg(&image, 80).unwrap(),
            encode_jpeg2000_lossless(&image).unwrap(),
        ] {
            assert_eq!(read(&file).ppi(), Some(ppi), "{:?}", sniff(&file));
        }
    }
}

/// The sizes that EF.DG2 and EF.DG3 are given, and odd ones.
#[test]
fn jpeg2000_hits_its_target() {
    let portrait = coloured(413, 531);
    let finger = ridges(416, 560);
    for (image, target) in [
        (&portrait, 10_000),
        (&portrait, 15_000),
        (&portrait, 15_360),
        (&portrait, 20_001),
        (&finger, 15_530),
        (&finger, 30_000),
    ] {
        let length = encode_jpeg2000(image, target).unwrap().len();
        assert!(
            length <= target && length * 100 >= target * 99,
            "{length} of {target}"
        );
    }
}

#[test]
fn jpeg2000_that_needs_less_is_without_loss() {
    let flat = Image::new(Colour::Rgb8, 64, 64, vec![90; 64 * 64 * 3]).unwrap();
    let file = encode_jpeg2000(&flat, 15_000).unwrap();
    assert!(file.len() < 1_000);
    assert_eq!(read(&file), flat);
}

#[test]
fn too_few_bytes_are_refused_with_the_least() {
    let portrait = coloured(413, 531);
    for refused in [
        encode_jpeg2000(&portrait, 100),
        encode_jpeg2000(&portrait, 0),
        encode_jpeg_to_size(&portrait, 1_000),
    ] {
        match refused {
            Err(Error::DoesNotFit { target, least }) => assert!(least > target),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn jpeg_hits_its_target_at_no_less_than_the_best_whole_quality() {
    let portrait = coloured(413, 531);
    for target in [8_000, 15_000, 15_360, 25_000] {
        let file = encode_jpeg_to_size(&portrait, target).unwrap();
        let length = file.len();
        assert!(
            length <= target && length * 100 >= target * 99,
            "{length} of {target}"
        );
        let whole = (1..=95)
            .rev()
            .map(|quality| encode_jpeg(&portrait, quality).unwrap())
            .find(|file| file.len() <= target)
            .unwrap();
        let lost = psnr(&portrait, &read(&whole)) - psnr(&portrait, &read(&file));
        assert!(lost < 0.05, "{lost:.2} dB worse than a smaller file");
    }
    let flat = Image::new(Colour::Rgb8, 64, 64, vec![90; 64 * 64 * 3]).unwrap();
    let best = encode_jpeg(&flat, 95).unwrap();
    assert_eq!(encode_jpeg_to_size(&flat, 15_000).unwrap(), best);
}

/// Non-interleaved 4:2:0 baseline files: zune-jpeg 0.5.15 reads them to garbage without an error.
#[test]
fn jpegs_with_a_scan_per_component_are_read_right() {
    let portrait = coloured(413, 531);
    let mut file = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut file, 90);
    encoder.set_sampling_factor(jpeg_encoder::SamplingFactor::R_4_2_0);
    encoder.set_optimized_huffman_tables(true);
    encoder
        .encode(portrait.samples(), 413, 531, jpeg_encoder::ColorType::Rgb)
        .unwrap();
    let scans = file.windows(2).filter(|pair| *pair == [0xFF, 0xDA]).count();
    assert_eq!(
        scans, 3,
        "the encoder no longer makes the file this test is about"
    );
    let quality = psnr(&portrait, &read(&file));
    assert!(quality > 33.0, "{quality:.1} dB");
}

#[test]
fn progressive_jpegs_are_read() {
    let portrait = coloured(200, 150);
    let mut file = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut file, 90);
    encoder.set_progressive(true);
    encoder
        .encode(portrait.samples(), 200, 150, jpeg_encoder::ColorType::Rgb)
        .unwrap();
    assert!(psnr(&portrait, &read(&file)) > 33.0);
}

/// EXIF orientation 6: the camera was held on its side, the picture is to be turned clockwise.
#[test]
fn exif_orientation_turns_the_picture_upright() {
    let upright = coloured(150, 200);
    let rotated = image::imageops::rotate270(
        &image::RgbImage::from_raw(150, 200, upright.samples().to_vec()).unwrap(),
    );
    for one_scan_per_component in [false, true] {
        let mut file = Vec::new();
        let mut encoder = jpeg_encoder::Encoder::new(&mut file, 95);
        encoder.set_optimized_huffman_tables(one_scan_per_component);
        encoder.set_sampling_factor(jpeg_encoder::SamplingFactor::R_4_2_0);
        encoder
            .add_exif_metadata(b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0")
            .unwrap();
        encoder
            .encode(&rotated, 200, 150, jpeg_encoder::ColorType::Rgb)
            .unwrap();
        let read_back = read(&file);
        assert_eq!((read_back.width(), read_back.height()), (150, 200));
        assert!(psnr(&upright, &read_back) > 33.0);
    }
}

#[test]
fn opaque_alpha_is_dropped_and_transparency_refused() {
    for (alpha, accepted) in [(255, true), (254, false), (0, false)] {
        let mut picture = image::RgbaImage::from_pixel(8, 8, image::Rgba([9, 8, 7, 255]));
        picture.put_pixel(3, 3, image::Rgba([9, 8, 7, alpha]));
        let mut file = std::io::Cursor::new(Vec::new());
        picture
            .write_to(&mut file, image::ImageFormat::Png)
            .unwrap();
        match decode(file.get_ref(), &DecodeLimits::UPLOAD) {
            Ok(image) => {
                assert!(accepted);
                assert_eq!(image.colour(), Colour::Rgb8);
                assert_eq!(image.samples().first_chunk(), Some(&[9, 8, 7]));
            }
            Err(Error::Transparent) => assert!(!accepted),
            Err(other) => panic!("{other:?}"),
        }
    }
}

#[test]
fn cmyk_is_refused_by_name() {
    let mut file = Vec::new();
    jpeg_encoder::Encoder::new(&mut file, 80)
        .encode(&[0; 16 * 16 * 4], 16, 16, jpeg_encoder::ColorType::Cmyk)
        .unwrap();
    let refused = decode(&file, &DecodeLimits::UPLOAD);
    assert!(matches!(refused, Err(Error::Cmyk)));
}

#[test]
fn bare_codestreams_are_read() {
    let image = coloured(90, 70);
    let file = encode_jpeg2000_lossless(&image).unwrap();
    let start = file
        .windows(4)
        .position(|bytes| bytes == [0xFF, 0x4F, 0xFF, 0x51])
        .unwrap();
    let codestream = &file[start..];
    assert_eq!(sniff(codestream), Some(ImageFormat::Jpeg2000Codestream));
    assert_eq!(dimensions(codestream).unwrap(), (90, 70));
    assert_eq!(read(codestream), image);
}

/// Records whose length is a few bytes too long hand over a padded image.
#[test]
fn padding_behind_an_image_is_no_fault() {
    let image = coloured(50, 40);
    for file in [
        encode_jpeg(&image, 90).unwrap(),
        encode_png(&image).unwrap(),
        encode_jpeg2000_lossless(&image).unwrap(),
    ] {
        for padding in 1..=9 {
            let padded = [file.as_slice(), &[0; 9][..padding]].concat();
            assert_eq!(read(&padded), read(&file), "{:?}", sniff(&file));
        }
    }
}
