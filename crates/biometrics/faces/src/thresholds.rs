//! Limits of the measures as configuration: a table keyed by measure.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::measure::{Gate, MeasureId};

/// What a band of values is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// The native value, in the measure's own unit.
    Native,
    /// The quality, 0 to 100.
    Quality,
}

/// The values that satisfy, both ends included; an end may be infinite.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Band {
    /// What the ends are of.
    pub scale: Scale,
    /// The least value that satisfies.
    pub least: f64,
    /// The largest value that satisfies.
    pub most: f64,
}

impl Band {
    /// A quality of at least this much.
    #[must_use]
    pub const fn quality(least: f64) -> Self {
        Self {
            scale: Scale::Quality,
            least,
            most: f64::INFINITY,
        }
    }

    /// A native value from one end to the other.
    #[must_use]
    pub const fn native(least: f64, most: f64) -> Self {
        Self {
            scale: Scale::Native,
            least,
            most,
        }
    }

    /// Whether a measured value satisfies; what is not a number does not.
    #[must_use]
    pub fn holds(&self, native: f64, quality: u8) -> bool {
        let value = match self.scale {
            Scale::Native => native,
            Scale::Quality => f64::from(quality),
        };
        (self.least..=self.most).contains(&value)
    }
}

/// A band and where it comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct Limit {
    /// What satisfies.
    pub band: Band,
    /// The standard, measurement or decision behind it.
    pub source: Cow<'static, str>,
}

/// The limits of one measure.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Threshold {
    warn: Option<Limit>,
    refuse: Option<(Gate, Limit)>,
}

impl Threshold {
    /// Beyond this the operator is warned.
    #[must_use]
    pub fn warn(&self) -> Option<&Limit> {
        self.warn.as_ref()
    }

    /// Beyond this the portrait is refused.
    #[must_use]
    pub fn refuse(&self) -> Option<(Gate, &Limit)> {
        self.refuse.as_ref().map(|(gate, limit)| (*gate, limit))
    }
}

/// The limits of all measures. A measure without a limit is reported and passes.
///
/// A limit that refuses needs a [`Gate`], and a measure that depends on the tone of the skin has none:
/// no configuration can refuse a person for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Thresholds {
    table: BTreeMap<MeasureId, Threshold>,
}

impl Thresholds {
    /// No limit at all.
    #[must_use]
    pub const fn none() -> Self {
        Self {
            table: BTreeMap::new(),
        }
    }

    /// The limits of a measure.
    #[must_use]
    pub fn of(&self, id: MeasureId) -> Option<&Threshold> {
        self.table.get(&id)
    }

    /// All measures that have a limit, in the order of [`MeasureId`].
    pub fn iter(&self) -> impl Iterator<Item = (MeasureId, &Threshold)> {
        self.table.iter().map(|(id, threshold)| (*id, threshold))
    }

    /// Warns outside of a band.
    pub fn set_warning(&mut self, id: MeasureId, band: Band, source: impl Into<Cow<'static, str>>) {
        let source = source.into();
        self.table.entry(id).or_default().warn = Some(Limit { band, source });
    }

    /// Refuses outside of a band.
    pub fn set_refusal(&mut self, gate: Gate, band: Band, source: impl Into<Cow<'static, str>>) {
        let source = source.into();
        self.table.entry(gate.measure()).or_default().refuse = Some((gate, Limit { band, source }));
    }

    /// Takes the limits of a measure away.
    pub fn clear(&mut self, id: MeasureId) {
        self.table.remove(&id);
    }
}

/// The portrait that Annex D of ISO 39794-5 asks for.
const ANNEX_D: &str = "ISO 39794-5 Annex D";
/// From eye to eye in a portrait of 413 pixels' width: a face of fewer pixels would be enlarged.
const NOT_ENLARGED: &str = "own choice: the portrait of 413 x 531 pixels is not enlarged";
/// Room that the head takes, with and without that around it in a portrait of ISO 39794-5 Annex D.
const ROOM: &str = "own choice: room for the head, and for the portrait of ISO 39794-5 Annex D";
/// Eyes: 102 neutral studio portraits open them by 0.064 (fifth percentile) and 0.069 (median); mouths:
/// by 0.018 (median) and 0.071 (95th percentile).
const MEASURED: &str = "own measurement, percentiles of 102 neutral studio portraits";
/// Our figures, by ten composite portraits and 57 synthetic faces, neutral and smiling, and by four
/// pictures that are too dark: smiles from 0.92, dark eyes up to 0.06, eyes in studio light from 0.16.
const SAMPLED: &str = "own measurement on composite and synthetic faces";
/// Annex D of ISO 39794-5 asks for 5 degrees; frontal composites are measured within 3.6 of 0, and
/// synthetic frontal faces about 8.5 (half of them).
const PITCH: &str = "ISO 39794-5 Annex D, and 5 degrees for the error of the measurement";
/// Portraits, composite and drawn, blurred by a Gaussian: a deviation of about 0.007 of the distance from
/// eye to eye gives a quality of 50 and one of about 0.011 a quality of 10; as JPEG of quality 50 about
/// 0.01 and 0.02, since compression leaves noise. From 0.03 on all are refused (`tests/blur.rs`).
const BLURRED: &str = "own measurement on blurred composite portraits";
/// Composite portraits, compressed: the IJG's quality 95 gives 1.1, 85 1.3, 75 1.5, 60 1.8, 40 2.2,
/// 25 2.8, 10 5.5. A pattern behind the person can look alike: it only warns.
const COMPRESSED: &str = "own measurement on compressed composite portraits";
/// Our choice, where neither a standard nor a measurement names a figure.
const CHOSEN: &str = "own choice: far outside of what usable portraits show";
/// No official threshold exists; a low quality of OFIQ is pointed out.
const POINTED_OUT: &str = "own choice: quality of OFIQ 1.0.3 that is rare among studio portraits; no official threshold exists";

/// Luminance follows the tone of the skin: composites of ten groups, in the same light, have qualities
/// from 6 to 82. The limit lies below the darkest, so that nobody is told to be too dark.
const ALL_SKINS: &str =
    "own choice: below portraits of the darkest skin in studio light; no official threshold exists";

/// What warns by default.
const WARNINGS: [(MeasureId, Band, &str); 29] = {
    use MeasureId as M;
    [
        (M::SingleFacePresent, Band::native(0.0, 0.0), ANNEX_D),
        (
            M::InterEyeDistance,
            Band::native(100.0, f64::INFINITY),
            NOT_ENLARGED,
        ),
        (M::HeadSize, Band::quality(1.0), POINTED_OUT),
        (M::LeftwardCrop, Band::native(2.4, f64::INFINITY), ROOM),
        (M::RightwardCrop, Band::native(2.4, f64::INFINITY), ROOM),
        (M::MarginAbove, Band::native(1.2, f64::INFINITY), ROOM),
        (M::MarginBelow, Band::native(1.4, f64::INFINITY), ROOM),
        (M::Yaw, Band::native(-5.0, 5.0), ANNEX_D),
        (M::Pitch, Band::native(-10.0, 10.0), PITCH),
        (M::Roll, Band::native(-5.0, 5.0), CHOSEN),
        (M::EyesOpen, Band::native(0.045, f64::INFINITY), MEASURED),
        (M::MouthClosed, Band::native(0.0, 0.08), MEASURED),
        (M::Smile, Band::native(0.0, 0.90), SAMPLED),
        (M::EyeWhite, Band::native(0.07, 1.0), SAMPLED),
        (M::LuminanceMean, Band::quality(3.0), ALL_SKINS),
        (M::LuminanceVariance, Band::quality(10.0), ALL_SKINS),
        (M::UnderExposurePrevention, Band::quality(30.0), ALL_SKINS),
        (M::OverExposurePrevention, Band::native(0.0, 0.05), CHOSEN),
        (M::DynamicRange, Band::quality(40.0), ALL_SKINS),
        (M::IlluminationUniformity, Band::quality(30.0), POINTED_OUT),
        (M::NaturalColour, Band::quality(50.0), POINTED_OUT),
        (M::BackgroundUniformity, Band::quality(50.0), POINTED_OUT),
        (M::BackgroundLightness, Band::native(60.0, 100.0), CHOSEN),
        (M::BackgroundPlainness, Band::native(0.95, 1.0), SAMPLED),
        (M::FaceDetail, Band::quality(50.0), BLURRED),
        (M::JpegQuality, Band::native(70.0, 100.0), CHOSEN),
        (M::Blockiness, Band::native(0.0, 1.8), COMPRESSED),
        (M::PortraitCentreAcross, Band::native(0.45, 0.55), ANNEX_D),
        (M::PortraitCentreDown, Band::native(0.30, 0.50), ANNEX_D),
    ]
};

/// What refuses by default.
const REFUSALS: [(MeasureId, Band, &str); 16] = {
    use MeasureId as M;
    [
        (M::SingleFacePresent, Band::native(0.0, 0.5), CHOSEN),
        (
            M::InterEyeDistance,
            Band::native(90.0, f64::INFINITY),
            ANNEX_D,
        ),
        (M::LeftwardCrop, Band::native(1.7, f64::INFINITY), ROOM),
        (M::RightwardCrop, Band::native(1.7, f64::INFINITY), ROOM),
        (M::MarginAbove, Band::native(1.05, f64::INFINITY), ROOM),
        (M::MarginBelow, Band::native(1.1, f64::INFINITY), ROOM),
        (M::Yaw, Band::native(-12.0, 12.0), CHOSEN),
        (M::Pitch, Band::native(-18.0, 18.0), CHOSEN),
        (M::Roll, Band::native(-8.0, 8.0), ANNEX_D),
        (M::EyesOpen, Band::native(0.03, f64::INFINITY), MEASURED),
        (M::MouthClosed, Band::native(0.0, 0.15), MEASURED),
        (M::FaceDetail, Band::quality(10.0), BLURRED),
        (M::JpegQuality, Band::native(30.0, 100.0), CHOSEN),
        (M::PortraitAspect, Band::native(0.74, 0.80), ANNEX_D),
        (M::PortraitHeadWidth, Band::native(0.50, 0.75), ANNEX_D),
        (M::PortraitHeadLength, Band::native(0.60, 0.90), ANNEX_D),
    ]
};

impl Default for Thresholds {
    fn default() -> Self {
        let mut thresholds = Self::none();
        for (id, band, source) in WARNINGS {
            thresholds.set_warning(id, band, source);
        }
        for (id, band, source) in REFUSALS {
            if let Some(gate) = id.gate() {
                thresholds.set_refusal(gate, band, source);
            }
        }
        thresholds
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_takes_effect() {
        let thresholds = Thresholds::default();
        for (id, band, source) in WARNINGS {
            let limit = thresholds.of(id).and_then(Threshold::warn).unwrap();
            assert_eq!((limit.band, limit.source.as_ref()), (band, source), "{id}");
        }
        for (id, band, _) in REFUSALS {
            let (gate, limit) = thresholds.of(id).and_then(Threshold::refuse).unwrap();
            assert_eq!((gate.measure(), limit.band), (id, band), "{id}");
        }
    }

    #[test]
    fn warnings_come_before_refusals() {
        for (id, refusal, _) in REFUSALS {
            let Some((_, warning, _)) = WARNINGS.iter().find(|(warned, ..)| *warned == id) else {
                continue;
            };
            assert_eq!(warning.scale, refusal.scale, "{id}");
            assert!(
                warning.least >= refusal.least && warning.most <= refusal.most,
                "{id}"
            );
        }
    }

    #[test]
    fn no_configuration_refuses_for_the_skin() {
        for id in MeasureId::ALL {
            assert_eq!(id.gate().is_none(), id.depends_on_skin(), "{id}");
            let limits = Thresholds::default();
            if id.depends_on_skin() {
                assert!(limits.of(id).and_then(Threshold::refuse).is_none(), "{id}");
            }
        }
    }

    #[test]
    fn bands_hold_their_ends_and_no_nan() {
        for (band, native, quality, want) in [
            (Band::native(1.0, 2.0), 1.0, 0, true),
            (Band::native(1.0, 2.0), 2.0, 0, true),
            (Band::native(1.0, 2.0), 2.1, 100, false),
            (
                Band::native(f64::NEG_INFINITY, f64::INFINITY),
                f64::NAN,
                0,
                false,
            ),
            (Band::quality(50.0), 9.0, 50, true),
            (Band::quality(50.0), 99.0, 49, false),
        ] {
            assert_eq!(
                band.holds(native, quality),
                want,
                "{band:?} {native} {quality}"
            );
        }
    }
}
