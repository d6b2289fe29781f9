//! Colour as linear light.

use core::ops::{Add, Mul};

/// Red, green and blue as linear light, 1 is white.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Colour(pub(crate) [f32; 3]);

/// A colour as it is written in sRGB: `0xRRGGBB`.
pub(crate) fn srgb(code: u32) -> Colour {
    let [_, red, green, blue] = code.to_be_bytes();
    Colour([red, green, blue].map(|value| to_linear(f32::from(value) / 255.0)))
}

impl Colour {
    /// This colour with a part of another.
    pub(crate) fn mix(self, other: Self, part: f32) -> Self {
        let Self([r, g, b]) = self;
        let Self([r2, g2, b2]) = other;
        Self([
            r + (r2 - r) * part,
            g + (g2 - g) * part,
            b + (b2 - b) * part,
        ])
    }

    /// Seen through a filter of another colour.
    pub(crate) fn filtered(self, filter: Self) -> Self {
        let Self([r, g, b]) = self;
        let Self([fr, fg, fb]) = filter;
        Self([r * fr, g * fg, b * fb])
    }

    /// The three bytes of sRGB.
    pub(crate) fn to_srgb(self) -> [u8; 3] {
        self.0
            .map(|value| (from_linear(value.clamp(0.0, 1.0)) * 255.0).round() as u8)
    }
}

impl Mul<f32> for Colour {
    type Output = Self;
    fn mul(self, factor: f32) -> Self {
        Self(self.0.map(|value| value * factor))
    }
}

impl Add for Colour {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        let (Self([r, g, b]), Self([r2, g2, b2])) = (self, other);
        Self([r + r2, g + g2, b + b2])
    }
}

fn to_linear(value: f32) -> f32 {
    if value <= 0.040_45 {
        value / 12.92
    } else {
        ((value + 0.055) / 1.055).powf(2.4)
    }
}

fn from_linear(value: f32) -> f32 {
    if value <= 0.003_130_8 {
        value * 12.92
    } else {
        1.055 * value.powf(1.0 / 2.4) - 0.055
    }
}
