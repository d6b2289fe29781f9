//! What an assessment found.

use crate::advice::{Advice, Finding};
use crate::measure::{Gate, MeasureId};
use crate::thresholds::{Limit, Thresholds};

/// What becomes of a portrait because of a measure, or of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Nothing is said against it.
    Pass,
    /// The operator is told; the portrait may be used.
    Warn,
    /// The portrait is not to be used, because of this measure. It takes a [`Gate`], which no measure
    /// has that depends on the tone of the skin.
    Refuse(Gate),
}

/// One measure of one picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// Which.
    pub id: MeasureId,
    /// The value in the measure's own unit; none when it could not be measured, as the background of a
    /// picture that shows none.
    pub native: Option<f64>,
    /// 0 worst to 100 best; 0 when it could not be measured.
    pub quality: u8,
    /// What becomes of the portrait.
    pub verdict: Verdict,
    /// The limit that was broken, or the one that comes first; none for a measure that is only shown.
    pub limit: Option<Limit>,
}

impl Measured {
    /// A value beside its limits. What could not be measured warns, if it has any limit.
    pub(crate) fn judged(id: MeasureId, native: Option<f64>, thresholds: &Thresholds) -> Self {
        let quality = native.map_or(0, |native| id.quality(native));
        let threshold = thresholds.of(id);
        let (warn, refuse) = threshold.map_or((None, None), |t| (t.warn(), t.refuse()));
        let broken = |limit: &Limit| native.is_none_or(|native| !limit.band.holds(native, quality));
        let (verdict, limit) = match (refuse, warn) {
            (Some((gate, limit)), _) if native.is_some() && broken(limit) => {
                (Verdict::Refuse(gate), Some(limit))
            }
            (_, Some(limit)) if broken(limit) => (Verdict::Warn, Some(limit)),
            (Some((_, limit)), None) if native.is_none() => (Verdict::Warn, Some(limit)),
            (refuse, warn) => (Verdict::Pass, warn.or(refuse.map(|(_, limit)| limit))),
        };
        Self {
            id,
            native,
            quality,
            verdict,
            limit: limit.cloned(),
        }
    }

    fn finding(&self) -> Finding {
        Finding::of(
            self.id,
            self.native,
            self.limit.as_ref().map(|limit| limit.band),
        )
    }
}

/// All measures of one picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Assessment {
    faces: usize,
    measured: Vec<Measured>,
}

impl Assessment {
    pub(crate) fn new(faces: usize, mut measured: Vec<Measured>) -> Self {
        measured.sort_by_key(|m| (m.id.stage(), m.id));
        Self { faces, measured }
    }

    /// How many faces were in the picture; the largest is the one measured.
    #[must_use]
    pub fn faces(&self) -> usize {
        self.faces
    }

    /// Every measure, in the order of [`crate::measure::Stage`].
    #[must_use]
    pub fn measured(&self) -> &[Measured] {
        &self.measured
    }

    /// One measure.
    #[must_use]
    pub fn of(&self, id: MeasureId) -> Option<&Measured> {
        self.measured.iter().find(|m| m.id == id)
    }

    /// The worst verdict of all measures; of several refusals the one an operator is told first.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let refusal = self
            .measured
            .iter()
            .map(|m| m.verdict)
            .find(|v| matches!(v, Verdict::Refuse(_)));
        let warned = || self.measured.iter().any(|m| m.verdict == Verdict::Warn);
        refusal.unwrap_or_else(|| {
            if warned() {
                Verdict::Warn
            } else {
                Verdict::Pass
            }
        })
    }

    /// Whether the portrait may be used: nothing refuses it.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        !matches!(self.verdict(), Verdict::Refuse(_))
    }

    /// Whether all is well, so that a camera may release by itself.
    #[must_use]
    pub fn is_flawless(&self) -> bool {
        self.verdict() == Verdict::Pass
    }

    /// What to do, one sentence for each measure that does not pass: refusals first, each in the order
    /// of a capture. The same sentence is not said twice.
    #[must_use]
    pub fn advice(&self) -> Vec<Advice> {
        let mut said: Vec<Advice> = Vec::new();
        let refused = self
            .measured
            .iter()
            .filter(|m| matches!(m.verdict, Verdict::Refuse(_)));
        let warned = self.measured.iter().filter(|m| m.verdict == Verdict::Warn);
        for measured in refused.chain(warned) {
            let advice = Advice::for_finding(measured.finding(), self.faces);
            if !said.iter().any(|known| known.english == advice.english) {
                said.push(Advice {
                    verdict: measured.verdict,
                    ..advice
                });
            }
        }
        said
    }

    /// The one message for a live picture.
    #[must_use]
    pub fn first_advice(&self) -> Option<Advice> {
        self.advice().into_iter().next()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use MeasureId as M;

    fn assessment(natives: &[(M, Option<f64>)]) -> Assessment {
        let thresholds = Thresholds::default();
        let judged = natives
            .iter()
            .map(|&(id, native)| Measured::judged(id, native, &thresholds));
        Assessment::new(1, judged.collect())
    }

    #[test]
    fn one_thing_is_told_at_a_time_and_refusals_first() {
        let check = |natives: &[(M, Option<f64>)], want: &[M]| {
            let assessment = assessment(natives);
            let told: Vec<M> = assessment.advice().iter().map(|advice| advice.id).collect();
            assert_eq!(told, want, "{natives:?}");
            assert_eq!(
                assessment.first_advice().map(|advice| advice.id),
                want.first().copied()
            );
        };
        check(&[], &[]);
        check(&[(M::Yaw, Some(0.0)), (M::EyesOpen, Some(0.07))], &[]);
        // All refuse: distance, place, pose, eyes, mouth.
        check(
            &[
                (M::MouthClosed, Some(0.5)),
                (M::EyesOpen, Some(0.0)),
                (M::Roll, Some(20.0)),
                (M::LeftwardCrop, Some(1.0)),
                (M::InterEyeDistance, Some(40.0)),
            ],
            &[
                M::InterEyeDistance,
                M::LeftwardCrop,
                M::Roll,
                M::EyesOpen,
                M::MouthClosed,
            ],
        );
        // A refusal at the end of the order comes before a warning at its start.
        check(
            &[
                (M::InterEyeDistance, Some(95.0)),
                (M::FaceDetail, Some(0.17)),
                (M::EyeWhite, Some(0.01)),
            ],
            &[M::FaceDetail, M::InterEyeDistance, M::EyeWhite],
        );
        // The same sentence once.
        check(
            &[
                (M::UnderExposurePrevention, Some(0.99)),
                (M::EyeWhite, Some(0.01)),
            ],
            &[M::UnderExposurePrevention],
        );
    }

    #[test]
    fn what_cannot_be_measured_warns() {
        let check = |id, native, want: Verdict| {
            assert_eq!(
                assessment(&[(id, native)]).verdict(),
                want,
                "{id} {native:?}"
            );
        };
        check(M::BackgroundUniformity, None, Verdict::Warn);
        check(M::FaceDetail, None, Verdict::Warn);
        check(M::PortraitAspect, None, Verdict::Warn);
        check(M::BackgroundUniformity, Some(20.0), Verdict::Pass);
        let nothing = Measured::judged(M::FaceDetail, None, &Thresholds::none());
        assert_eq!((nothing.verdict, nothing.quality), (Verdict::Pass, 0));
    }
}
