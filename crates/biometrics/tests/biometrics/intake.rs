//! What an operator's files may be: limits, conversions, and errors that say what to do.

use std::io::Cursor;

use biometrics::image::{
    Colour, DecodeLimits, Image, decode, decode_reduced, encode_jpeg, encode_jpeg2000, encode_png,
};
use biometrics::{Advice, Error};
use image::{DynamicImage, ImageFormat};

use crate::picture::{coloured, psnr, ridges};

fn read(file: &[u8]) -> Image {
    decode(file, &DecodeLimits::UPLOAD).unwrap()
}

fn written(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    picture.write_to(&mut file, format).unwrap();
    file.into_inner()
}

fn dynamic(image: &Image) -> DynamicImage {
    let (width, height, samples) = (image.width(), image.height(), image.samples().to_vec());
    match image.colour() {
        Colour::Grey8 => image::GrayImage::from_raw(width, height, samples).map(Into::into),
        Colour::Rgb8 => image::RgbImage::from_raw(width, height, samples).map(Into::into),
    }
    .unwrap()
}

#[test]
fn bitmaps_of_scanners_are_read_with_their_resolution() {
    let print = ridges(61, 47);
    let mut file = written(&dynamic(&print), ImageFormat::Bmp);
    file[38..42].copy_from_slice(&19_685_u32.to_le_bytes());
    file[42..46].copy_from_slice(&19_685_u32.to_le_bytes());
    let decoded = read(&file);
    assert_eq!(decoded, print.clone().with_ppi(500));
    assert!(decoded.require_ppi(500).is_ok());
    file[42] = 0;
    assert!(matches!(
        read(&file).require_ppi(500),
        Err(Error::NoResolution)
    ));
    let colours = coloured(30, 20);
    let file = written(&dynamic(&colours), ImageFormat::Bmp);
    assert_eq!(read(&file), colours);
    for length in 0..file.len() {
        assert!(
            decode(&file[..length], &DecodeLimits::UPLOAD).is_err(),
            "{length}"
        );
    }
}

#[test]
fn pictures_of_16_bits_and_palettes_are_read() {
    let grey = ridges(33, 21).with_ppi(0);
    let deep = DynamicImage::from(dynamic(&grey).into_luma16());
    assert_eq!(read(&written(&deep, ImageFormat::Png)), grey);
    let colours = coloured(33, 21);
    let deep = DynamicImage::from(dynamic(&colours).into_rgb16());
    assert_eq!(read(&written(&deep, ImageFormat::Png)), colours);

    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, 4, 2);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Two);
    encoder.set_palette([9, 8, 7, 255, 0, 0, 0, 0, 255].as_slice());
    let mut writer = encoder.write_header().unwrap();
    writer
        .write_image_data(&[0b00_01_10_00, 0b10_10_01_01])
        .unwrap();
    writer.finish().unwrap();
    let samples = read(&file).samples().to_vec();
    assert_eq!(samples[..12], [9, 8, 7, 255, 0, 0, 0, 0, 255, 9, 8, 7]);
}

/// A PNG of these chunks.
fn png_of(chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let mut file = b"\x89PNG\r\n\x1A\n".to_vec();
    for (kind, content) in chunks {
        let chunk = [kind.as_slice(), content].concat();
        file.extend_from_slice(&(content.len() as u32).to_be_bytes());
        file.extend_from_slice(&chunk);
        file.extend_from_slice(&crc32(&chunk).to_be_bytes());
    }
    file
}

/// Four grey pixels in the passes of Adam7: the first, its neighbour, the row below.
#[test]
fn interlaced_pngs_are_read() {
    let file = png_of(&[
        (b"IHDR", &[0, 0, 0, 2, 0, 0, 0, 2, 8, 0, 0, 0, 1]),
        // zlib: one stored block of seven bytes; each row begins with its filter.
        (
            b"IDAT",
            &[
                0x78, 0x01, 1, 7, 0, 0xF8, 0xFF, 0, 10, 0, 20, 0, 30, 40, 0x00, 0xF7, 0, 0x65,
            ],
        ),
        (b"IEND", &[]),
    ]);
    assert_eq!(read(&file).samples(), [10, 20, 30, 40]);
    assert!(decode(&file[..file.len() - 20], &DecodeLimits::UPLOAD).is_err());
}

#[test]
fn pngs_are_turned_as_exif_says() {
    // Orientation 6, as big-endian TIFF.
    let exif = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    let picture = coloured(20, 10);
    let mut file = encode_png(&picture).unwrap();
    let mut chunk = b"eXIf".to_vec();
    chunk.extend_from_slice(exif);
    let length = (exif.len() as u32).to_be_bytes();
    let crc = crc32(&chunk).to_be_bytes();
    file.splice(33..33, [length.as_slice(), &chunk, &crc].concat());
    let turned = read(&file);
    assert_eq!((turned.width(), turned.height()), (10, 20));
    assert_eq!(dynamic(&turned), dynamic(&picture).rotate90());
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg())
        })
    })
}

/// Every format gives a smaller picture for the asking, which shows the same.
#[test]
fn large_pictures_become_smaller_while_they_are_read() {
    let picture = coloured(512, 384).with_ppi(400);
    let mut progressive = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut progressive, 90);
    encoder.set_progressive(true);
    encoder
        .encode(picture.samples(), 512, 384, jpeg_encoder::ColorType::Rgb)
        .unwrap();
    let files = [
        encode_jpeg(&picture, 95).unwrap(),
        progressive,
        encode_png(&picture).unwrap(),
        encode_jpeg2000(&picture, 60_000).unwrap(),
        written(&dynamic(&picture), ImageFormat::Bmp),
    ];
    for file in &files {
        for (most, factor) in [
            (200_000, 1),
            (196_608, 1),
            (196_607, 2),
            (13_000, 4),
            (800, 16),
        ] {
            let reduced = decode_reduced(file, &DecodeLimits::UPLOAD, most).unwrap();
            let sides = (512 / factor, 384 / factor);
            assert_eq!((reduced.width(), reduced.height()), sides);
            let ppi = read(file).ppi().map(|ppi| ppi / factor as u16);
            assert_eq!(reduced.ppi(), ppi);
            let wanted = picture.resize(sides.0, sides.1).unwrap();
            let quality = psnr(&wanted, &reduced);
            assert!(quality > 24.0, "{factor}: {quality:.1} dB");
        }
    }
}

#[test]
fn every_refusal_says_what_to_do() {
    let mut cmyk = Vec::new();
    jpeg_encoder::Encoder::new(&mut cmyk, 80)
        .encode(&[0; 16 * 16 * 4], 16, 16, jpeg_encoder::ColorType::Cmyk)
        .unwrap();
    let transparent = image::RgbaImage::from_pixel(8, 8, image::Rgba([1, 2, 3, 254]));
    let transparent = written(&transparent.into(), ImageFormat::Png);
    let jpeg = encode_jpeg(&coloured(64, 64), 80).unwrap();
    let mut huge = encode_png(&coloured(8, 8)).unwrap();
    huge[16..20].copy_from_slice(&20_000_u32.to_be_bytes());
    for (file, advice) in [
        (&b""[..], Advice::ChooseAnother),
        (b"%PDF-1.7", Advice::ChooseAnother),
        (&jpeg[..jpeg.len() / 2], Advice::CopyAgain),
        (b"BM123456", Advice::CopyAgain),
        (&cmyk, Advice::SaveAsRgb),
        (&transparent, Advice::PutOnBackground),
        (&huge, Advice::MakeSmaller),
    ] {
        let refused = decode(file, &DecodeLimits::UPLOAD).unwrap_err();
        assert_eq!(refused.advice(), Some(advice), "{refused}");
        for words in [advice.english(), advice.vietnamese()] {
            assert!(words.ends_with('.') && words.len() > 20);
        }
    }
}
