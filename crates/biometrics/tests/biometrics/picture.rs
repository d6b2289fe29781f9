//! A picture with smooth shading, edges and fine texture, and the measure of what encoding loses.

use biometrics::image::{Colour, Image};

/// A colour picture, the same each time.
pub(crate) fn coloured(width: u32, height: u32) -> Image {
    let samples = pixels(width, height)
        .flat_map(|(x, y)| {
            let disc = f32::from((x - 0.5).hypot(y - 0.4) < 0.25);
            let texture = ((x * 90.0).sin() * (y * 70.0).cos() + 1.0) * 0.08;
            [
                0.2 + 0.5 * x + 0.25 * disc,
                0.8 - 0.5 * y + texture,
                0.3 + 0.4 * x * y + 0.2 * disc,
            ]
        })
        .map(|value| (value.clamp(0.0, 1.0) * 255.0) as u8)
        .collect();
    Image::new(Colour::Rgb8, width, height, samples).unwrap()
}

/// Rings like ridges, the same each time.
pub(crate) fn ridges(width: u32, height: u32) -> Image {
    let samples = pixels(width, height)
        .map(|(x, y)| {
            let radius = ((x - 0.5) * width as f32).hypot((y - 0.45) * height as f32);
            ((radius * 0.7).sin() * 90.0 + 140.0) as u8
        })
        .collect();
    Image::new(Colour::Grey8, width, height, samples)
        .unwrap()
        .with_ppi(500)
}

/// Peak signal-to-noise ratio in dB between two images of one size.
pub(crate) fn psnr(a: &Image, b: &Image) -> f64 {
    assert_eq!(
        (a.width(), a.height(), a.colour()),
        (b.width(), b.height(), b.colour())
    );
    let squares: f64 = a
        .samples()
        .iter()
        .zip(b.samples())
        .map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2))
        .sum();
    let mean = squares / a.samples().len() as f64;
    10.0 * (255.0 * 255.0 / mean.max(1e-9)).log10()
}

fn pixels(width: u32, height: u32) -> impl Iterator<Item = (f32, f32)> {
    (0..height).flat_map(move |y| {
        (0..width).map(move |x| (x as f32 / width as f32, y as f32 / height as f32))
    })
}
