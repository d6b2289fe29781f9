//! What a lens out of focus does to the drawn specimen people: the more of it, the lower the measure.

#![allow(clippy::indexing_slicing, clippy::unwrap_used)]

use faces::measure::{Assessor, MeasureId, Profile};
use faces::report::{Measured, Verdict};
use faces::thresholds::Thresholds;
use faces::{Face, Picture};
use image::codecs::jpeg::JpegEncoder;
use image::imageops::{FilterType, overlay, resize};
use image::{Rgb, RgbImage};

const PEOPLE: [&str; 3] = ["uto-passport-anton", "vn-citizen-dao", "vn-citizen-nam"];
/// Deviations of the blur, in pixels.
const SIGMAS: [f32; 12] = [
    0.0, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 10.0, 12.0, 15.0, 20.0, 25.0,
];
/// The blur from which every portrait is refused, by the distance from eye to eye.
const REFUSED_FROM: f32 = 0.03;

fn specimen(name: &str) -> RgbImage {
    let path = test_support::fixture(&format!("people/{name}/portrait.png"));
    image::open(path).unwrap().into_rgb8()
}

/// As large a part of a camera's frame as a person at the right distance.
fn framed(portrait: &RgbImage) -> RgbImage {
    let person = resize(portrait, 545, 700, FilterType::CatmullRom);
    let mut frame = RgbImage::from_pixel(1280, 960, *person.get_pixel(2, 2));
    overlay(&mut frame, &person, 367, 260);
    frame
}

/// Through a JPEG file of a quality, or as a PNG file would keep it.
fn kept(image: &RgbImage, quality: Option<u8>) -> Picture {
    let image = quality.map_or_else(
        || image.clone(),
        |quality| {
            let mut file = Vec::new();
            JpegEncoder::new_with_quality(&mut file, quality)
                .encode_image(image)
                .unwrap();
            image::load_from_memory(&file).unwrap().into_rgb8()
        },
    );
    let (width, height) = image.dimensions();
    Picture::new(image.into_raw(), width, height).unwrap()
}

fn detail(assessor: &mut Assessor, picture: &Picture, face: Face) -> Measured {
    let limits = Thresholds::default();
    let found = assessor.assess(picture, &[face], &limits, Profile::Live, None);
    found.of(MeasureId::FaceDetail).unwrap().clone()
}

/// A plane of colours that is blurred further and further, unrounded.
struct Blurred {
    pixels: Vec<[f32; 3]>,
    width: usize,
    sigma: f32,
}

impl Blurred {
    fn new(image: &RgbImage) -> Self {
        Self {
            pixels: image.pixels().map(|pixel| pixel.0.map(f32::from)).collect(),
            width: image.width() as usize,
            sigma: 0.0,
        }
    }

    /// Blurs until the Gaussian has this deviation in all.
    fn until(&mut self, sigma: f32) {
        let variance = sigma * sigma - self.sigma * self.sigma;
        self.sigma = sigma;
        if variance > 0.0 {
            let height = self.pixels.len() / self.width;
            self.pixels = along_rows_turned(&self.pixels, self.width, variance);
            self.pixels = along_rows_turned(&self.pixels, height, variance);
        }
    }

    fn rounded(&self) -> RgbImage {
        let width = self.width;
        let height = self.pixels.len() / width;
        RgbImage::from_fn(width as u32, height as u32, |x, y| {
            let pixel = self.pixels[y as usize * width + x as usize];
            Rgb(pixel.map(|value| value.round() as u8))
        })
    }
}

/// Rows blurred by a Gaussian, as columns.
fn along_rows_turned(pixels: &[[f32; 3]], width: usize, variance: f32) -> Vec<[f32; 3]> {
    let reach = (3.0 * variance.sqrt()).ceil() as i32;
    let taps: Vec<f32> = (-reach..=reach)
        .map(|at| (-(at * at) as f32 / (2.0 * variance)).exp())
        .collect();
    let sum: f32 = taps.iter().sum();
    let (reach, height) = (reach as usize, pixels.len() / width);
    let mut turned = vec![[0.0; 3]; pixels.len()];
    for (y, row) in pixels.chunks_exact(width).enumerate() {
        let line: Vec<_> = (0..width + 2 * reach)
            .map(|at| row[at.saturating_sub(reach).min(width - 1)])
            .collect();
        for x in 0..width {
            let mut mixed = [0.0; 3];
            for (tap, colour) in taps.iter().zip(&line[x..]) {
                for (mixed, value) in mixed.iter_mut().zip(colour) {
                    *mixed += tap * value;
                }
            }
            turned[x * height + y] = mixed.map(|value: f32| value / sum);
        }
    }
    turned
}

#[test]
fn the_specimen_people_are_sharp() {
    let mut assessor = Assessor::new();
    for name in PEOPLE {
        let portrait = specimen(name);
        for picture in [kept(&portrait, None), kept(&framed(&portrait), Some(92))] {
            let face = faces::find(&picture).unwrap()[0];
            let found = detail(&mut assessor, &picture, face);
            assert!(found.quality >= 90, "{name}: {found:?}");
        }
    }
}

/// Rounding and compression leave fine noise on a smooth face: it must not be taken for detail.
#[test]
fn more_blur_is_never_more_detail() {
    let mut assessor = Assessor::new();
    for (name, width, height) in [
        (PEOPLE[0], 620, 797),
        (PEOPLE[1], 413, 531),
        (PEOPLE[2], 413, 531),
    ] {
        let sharp = resize(&specimen(name), width, height, FilterType::CatmullRom);
        let face = faces::find(&kept(&sharp, None)).unwrap()[0];
        let eyes = face
            .landmarks
            .left_eye()
            .distance(face.landmarks.right_eye());
        let mut blurred = Blurred::new(&sharp);
        let mut before = [100; 4];
        for sigma in SIGMAS {
            blurred.until(sigma);
            let image = blurred.rounded();
            let files = [None, Some(92), Some(75), Some(50)];
            for (quality, before) in files.into_iter().zip(&mut before) {
                let found = detail(&mut assessor, &kept(&image, quality), face);
                let what = format!("{name}, {width} wide, {sigma}, JPEG {quality:?}: {found:?}");
                assert!(found.quality <= *before, "{what} after {before}");
                let refused = matches!(found.verdict, Verdict::Refuse(_));
                assert!(refused || sigma < REFUSED_FROM * eyes, "{what}");
                assert!(!refused || sigma > 0.0, "{what}");
                *before = found.quality;
            }
        }
    }
}
