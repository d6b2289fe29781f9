//! What the fake camera sees: a scene from bad to good with a drawn person, as JPEG pictures one after the other in a file.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use image::codecs::jpeg::JpegEncoder;
use image::{ImageEncoder as _, RgbImage, imageops};
use test_support::fixture;

const WIDTH: u32 = 1280;
const HEIGHT: u32 = 960;
/// Chromium shows thirty pictures of the file a second, and begins again at its end.
const A_SECOND: usize = 30;

/// Nobody for a second, the person too far away for a second, then as it should be for eight.
pub fn scene(person: &str, folder: &Path) -> PathBuf {
    let portrait = image::open(fixture(&format!("people/{person}/portrait.png")))
        .unwrap()
        .into_rgb8();
    let path = folder.join(format!("{person}.mjpeg"));
    let mut file = File::create(&path).unwrap();
    let scenes = [
        (room(&portrait), A_SECOND),
        (standing(&portrait, 0.3), A_SECOND),
        (standing(&portrait, 0.8), 8 * A_SECOND),
    ];
    for (picture, times) in scenes {
        let picture = jpeg(&picture);
        for _ in 0..times {
            file.write_all(&picture).unwrap();
        }
    }
    path
}

/// The same as a file that a camera would have stored.
pub fn photograph(person: &str, folder: &Path) -> PathBuf {
    let portrait = image::open(fixture(&format!("people/{person}/portrait.png")))
        .unwrap()
        .into_rgb8();
    let path = folder.join(format!("{person}.jpg"));
    fs::write(&path, jpeg(&standing(&portrait, 0.8))).unwrap();
    path
}

/// The wall behind the person.
fn room(portrait: &RgbImage) -> RgbImage {
    RgbImage::from_pixel(WIDTH, HEIGHT, *portrait.get_pixel(4, 4))
}

/// The person as high as a share of the picture, a little above its lower edge. Wall and clothes go on where the portrait ends.
fn standing(portrait: &RgbImage, share: f64) -> RgbImage {
    let height = (f64::from(HEIGHT) * share) as u32;
    let width = height * portrait.width() / portrait.height();
    let person = imageops::resize(portrait, width, height, imageops::FilterType::Lanczos3);
    let (left, top) = ((WIDTH - width) / 2, (HEIGHT - height) * 2 / 3);
    RgbImage::from_fn(WIDTH, HEIGHT, |x, y| {
        let (x, y) = (x.saturating_sub(left), y.saturating_sub(top));
        *person.get_pixel(x.min(width - 1), y.min(height - 1))
    })
}

fn jpeg(picture: &RgbImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, 92)
        .write_image(
            picture,
            picture.width(),
            picture.height(),
            image::ExtendedColorType::Rgb8,
        )
        .unwrap();
    bytes
}
