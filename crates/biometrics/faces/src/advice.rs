//! What the operator should do about a finding: one sentence in English and in Vietnamese.

mod sentences;

use crate::measure::MeasureId;
use crate::report::Verdict;
use crate::thresholds::{Band, Scale};

/// One thing to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Advice {
    /// The measure that asks for it.
    pub id: MeasureId,
    /// Whether the portrait is refused or may be used all the same.
    pub verdict: Verdict,
    /// The sentence in English.
    pub english: &'static str,
    /// The sentence in Vietnamese (NFC).
    pub vietnamese: &'static str,
}

/// On which side of its band a value lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Low,
    High,
    Unmeasured,
}

/// A measure that does not pass, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) id: MeasureId,
    pub(crate) side: Side,
}

impl Finding {
    /// The finding about a value beside the band that it broke.
    pub(crate) fn of(id: MeasureId, native: Option<f64>, band: Option<Band>) -> Self {
        let side = match (native, band) {
            (None, _) => Side::Unmeasured,
            (Some(native), Some(band)) if band.scale == Scale::Native => {
                if native < band.least {
                    Side::Low
                } else {
                    Side::High
                }
            }
            (Some(native), _) => {
                if native < best(id) {
                    Side::Low
                } else {
                    Side::High
                }
            }
        };
        Self { id, side }
    }
}

/// The native value of best quality, for measures that are bad on both of its sides or below it.
fn best(id: MeasureId) -> f64 {
    use MeasureId as M;
    match id {
        M::LuminanceMean => 0.5,
        // The sine of OFIQ's mapping is highest at 60·v/(60·v + 1) = 1/2.
        M::LuminanceVariance => 1.0 / 60.0,
        M::HeadSize => 0.45,
        M::Yaw | M::Pitch | M::Roll => 0.0,
        M::PortraitAspect => 0.77,
        M::PortraitHeadWidth => 0.625,
        M::PortraitHeadLength => 0.75,
        M::PortraitCentreAcross => 0.5,
        M::PortraitCentreDown => 0.4,
        _ => f64::INFINITY,
    }
}

impl Advice {
    /// The advice about a finding, for a picture of so many faces.
    pub(crate) fn for_finding(finding: Finding, faces: usize) -> Self {
        let (english, vietnamese) = sentences::of(finding, faces);
        Self {
            id: finding.id,
            verdict: Verdict::Warn,
            english,
            vietnamese,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_side_tells_the_direction() {
        let check = |id, native, band, faces, start: &str| {
            let advice = Advice::for_finding(Finding::of(id, native, band), faces);
            assert!(
                advice.english.starts_with(start),
                "{id}: {}",
                advice.english
            );
        };
        let angle = Some(Band::native(-5.0, 5.0));
        check(
            MeasureId::Yaw,
            Some(9.0),
            angle,
            1,
            "Ask the person to turn the head a little to their right",
        );
        check(
            MeasureId::Yaw,
            Some(-9.0),
            angle,
            1,
            "Ask the person to turn the head a little to their left",
        );
        check(
            MeasureId::Yaw,
            Some(-9.0),
            Some(Band::quality(90.0)),
            1,
            "Ask the person to turn the head a little to their left",
        );
        check(
            MeasureId::Pitch,
            Some(9.0),
            angle,
            1,
            "Ask the person to raise",
        );
        check(
            MeasureId::Pitch,
            Some(-9.0),
            angle,
            1,
            "Ask the person to lower",
        );
        check(
            MeasureId::Roll,
            Some(9.0),
            angle,
            1,
            "Ask the person to straighten the head towards their left",
        );
        check(
            MeasureId::Roll,
            Some(-9.0),
            angle,
            1,
            "Ask the person to straighten the head towards their right",
        );
        check(
            MeasureId::LuminanceMean,
            Some(0.1),
            Some(Band::quality(50.0)),
            1,
            "The face is dark",
        );
        check(
            MeasureId::LuminanceMean,
            Some(0.9),
            Some(Band::quality(50.0)),
            1,
            "The face is too bright",
        );
        check(
            MeasureId::LuminanceVariance,
            Some(0.001),
            Some(Band::quality(50.0)),
            1,
            "The face has little contrast",
        );
        check(
            MeasureId::LuminanceVariance,
            Some(0.1),
            Some(Band::quality(50.0)),
            1,
            "The contrast",
        );
        check(
            MeasureId::InterEyeDistance,
            Some(30.0),
            Some(Band::quality(50.0)),
            1,
            "Too far",
        );
        check(
            MeasureId::HeadSize,
            Some(0.2),
            Some(Band::quality(50.0)),
            1,
            "Too far",
        );
        check(
            MeasureId::HeadSize,
            Some(0.7),
            Some(Band::quality(50.0)),
            1,
            "Too close",
        );
        check(
            MeasureId::SingleFacePresent,
            Some(1.0),
            Some(Band::native(0.0, 0.5)),
            0,
            "No face",
        );
        check(
            MeasureId::SingleFacePresent,
            Some(1.0),
            Some(Band::native(0.0, 0.5)),
            2,
            "More than one",
        );
        check(
            MeasureId::BackgroundUniformity,
            None,
            None,
            1,
            "The background cannot be judged",
        );
        check(
            MeasureId::BackgroundUniformity,
            Some(300.0),
            Some(Band::quality(50.0)),
            1,
            "The background is not plain",
        );
    }
}
