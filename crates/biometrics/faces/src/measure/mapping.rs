//! From the native value of a measure to its quality, 0 to 100 (ISO 29794-5, parameters of OFIQ 1.0.3).

use super::MeasureId;

/// `h · (a + s · S(x))` with `S(x) = 1 / (1 + exp((x0 − x) / w))`.
#[derive(Clone, Copy)]
struct Curve {
    h: f64,
    a: f64,
    s: f64,
    x0: f64,
    w: f64,
}

impl Curve {
    const fn rising(x0: f64, w: f64) -> Self {
        Self {
            h: 100.0,
            a: 0.0,
            s: 1.0,
            x0,
            w,
        }
    }

    const fn falling(h: f64, a: f64, x0: f64, w: f64) -> Self {
        Self {
            h,
            a,
            s: -1.0,
            x0,
            w,
        }
    }

    fn at(self, x: f64) -> f64 {
        self.h * (self.a + self.s * sigmoid(x, self.x0, self.w))
    }
}

fn sigmoid(x: f64, x0: f64, w: f64) -> f64 {
    1.0 / (1.0 + ((x0 - x) / w).exp())
}

/// 100 from `least` to `most`, falling to 0 at `fade` outside.
fn within(x: f64, least: f64, most: f64, fade: f64) -> f64 {
    let outside = (least - x).max(x - most).max(0.0);
    100.0 * (1.0 - outside / fade)
}

fn cosine_squared(degrees: f64) -> f64 {
    100.0 * degrees.to_radians().cos().max(0.0).powi(2)
}

/// The height of the eyes above the chin, by the height of the picture, that OFIQ takes for best.
const BEST_HEAD_SIZE: f64 = 0.45;

impl MeasureId {
    /// The quality of a native value: 0 worst, 100 best; 0 for what is not a number.
    #[must_use]
    pub fn quality(self, native: f64) -> u8 {
        let x = native;
        let raw = match self {
            Self::BackgroundUniformity => Curve::falling(190.0, 1.0, 10.0, 100.0).at(x),
            Self::IlluminationUniformity => 100.0 * x.powf(0.3),
            Self::LuminanceMean => 100.0 * sigmoid(x, 0.2, 0.05) * (1.0 - sigmoid(x, 0.8, 0.05)),
            Self::LuminanceVariance => {
                100.0 * (core::f64::consts::PI * 60.0 * x / (60.0 * x + 1.0)).sin()
            }
            Self::UnderExposurePrevention => Curve::falling(120.0, 0.832, 0.92, 0.05).at(x),
            Self::OverExposurePrevention => 1.0 / (x + 0.01),
            Self::DynamicRange => 12.5 * x,
            Self::NaturalColour => Curve::falling(200.0, 1.0, 0.0, 10.0).at(x),
            Self::SingleFacePresent => 100.0 * (1.0 - x),
            Self::EyesOpen => Curve::rising(0.02, 0.01).at(x),
            Self::MouthClosed => Curve::falling(100.0, 1.0, 0.2, 0.06).at(x),
            Self::InterEyeDistance => Curve::rising(70.0, 20.0).at(x),
            Self::HeadSize => Curve::falling(200.0, 1.0, 0.0, 0.05).at((x - BEST_HEAD_SIZE).abs()),
            Self::LeftwardCrop | Self::RightwardCrop => Curve::rising(0.9, 0.1).at(x),
            Self::MarginAbove => Curve::rising(1.4, 0.1).at(x),
            Self::MarginBelow => Curve::rising(1.8, 0.1).at(x),
            Self::Yaw | Self::Pitch | Self::Roll => cosine_squared(x),
            // 1/2 for a blur of 0.8 pixels (standard deviation) at 113 pixels from eye to eye.
            Self::FaceDetail => Curve::rising(0.29, 0.025).at(x),
            Self::JpegQuality | Self::BackgroundLightness => x,
            Self::BackgroundPlainness => 100.0 * x,
            // About the quality on the scale of the IJG's library.
            Self::Blockiness => 100.0 * (1.1 / x).powf(1.4),
            Self::Smile => Curve::falling(100.0, 1.0, 0.95, 0.04).at(x),
            Self::EyeWhite => Curve::rising(0.07, 0.012).at(x),
            Self::PortraitAspect => within(x, 0.74, 0.80, 0.2),
            Self::PortraitHeadWidth => within(x, 0.50, 0.75, 0.2),
            Self::PortraitHeadLength => within(x, 0.60, 0.90, 0.2),
            Self::PortraitCentreAcross => within(x, 0.45, 0.55, 0.2),
            Self::PortraitCentreDown => within(x, 0.30, 0.50, 0.2),
        };
        // `as` of a number that is none gives 0.
        raw.round().clamp(0.0, 100.0) as u8
    }
}
