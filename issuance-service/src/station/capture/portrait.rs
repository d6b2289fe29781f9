//! A face in front of the camera, or in a file.

use biometrics::Result;
use faces::crop::{Border, Geometry};
use faces::measure::{Assessor, JpegTable, Profile};
use faces::report::{Assessment, Measured, Verdict};
use faces::thresholds::Thresholds;
use faces::{Face, Picture};
use serde::{Deserialize, Serialize};

use super::picture::{self, FRAME, PHOTOGRAPH, picture};
use super::{Remark, Weight, passes, room};

/// A portrait that is finished already has these proportions, width in per mille of its height (ISO 39794-5 Annex D: 0.74 to 0.80).
const FINISHED: core::ops::RangeInclusive<u32> = 740..=800;

/// What a page shows beside a measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Light {
    /// As it should be.
    Green,
    /// The operator is told.
    Amber,
    /// It refuses.
    Red,
    /// Nothing is asked of it, or it could not be measured.
    Grey,
}

/// A measure of a face as a page shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measure {
    /// The identifier of ISO 29794-5 in hexadecimal; the name where it has none.
    pub id: String,
    /// The name of ISO 29794-5, or our own.
    pub name: String,
    /// Its light.
    pub light: Light,
    /// The value in its own unit.
    pub value: Option<f64>,
    /// 0 to 100.
    pub quality: u8,
    /// What to do, in Vietnamese; empty where nothing is to be done.
    pub vi: String,
    /// What to do, in English.
    pub en: String,
}

/// Where a face is, in pixels of the picture.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// Left side.
    pub left: f32,
    /// Upper side.
    pub top: f32,
    /// Left to right.
    pub width: f32,
    /// Top to bottom.
    pub height: f32,
}

/// What was found of a picture.
#[derive(Debug, Clone)]
pub struct CheckedPortrait {
    /// Whether all is well, so that a camera may release by itself.
    pub is_flawless: bool,
    /// Every measure.
    pub measures: Vec<Measure>,
    /// What does not pass, the gravest first.
    pub remarks: Vec<Remark>,
    /// The largest face.
    pub face: Option<Place>,
    /// Width and height of the picture.
    pub size: (u32, u32),
    /// The portrait of the record as PNG; none of a frame, nor where none can be cut.
    pub cut: Option<Vec<u8>>,
}

impl CheckedPortrait {
    /// Whether nothing refuses.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        passes(&self.remarks)
    }

    fn of(picture: &Picture, faces: &[Face], assessment: &Assessment) -> Self {
        Self {
            is_flawless: assessment.is_flawless(),
            measures: measures(assessment),
            remarks: remarks(assessment),
            face: faces.first().map(|face| Place {
                left: face.bounds.left,
                top: face.bounds.top,
                width: face.bounds.width,
                height: face.bounds.height,
            }),
            size: (picture.width(), picture.height()),
            cut: None,
        }
    }

    /// Adds whether the picture has room for the portrait around the face.
    fn add_room(&mut self, room: &faces::Result<()>) {
        let (measure, remark) = room::judge(room);
        self.is_flawless &= remark.is_none();
        self.measures.push(measure);
        self.remarks.splice(0..0, remark);
    }

    /// Adds what another look at the portrait has to say that was not said yet.
    fn add(&mut self, assessment: &Assessment) {
        for remark in remarks(assessment) {
            if !self.remarks.iter().any(|known| known.rule == remark.rule) {
                self.remarks.push(remark);
            }
        }
        for measure in measures(assessment) {
            if !self.measures.iter().any(|known| known.id == measure.id) {
                self.measures.push(measure);
            }
        }
        self.remarks
            .sort_by_key(|remark| core::cmp::Reverse(remark.severity));
        self.is_flawless &= assessment.is_flawless();
    }
}

/// Measures faces, one picture after the other, with the same buffers.
pub struct Examiner {
    assessor: Assessor,
    thresholds: Thresholds,
}

impl Examiner {
    /// With these limits.
    #[must_use]
    pub fn new(thresholds: Thresholds) -> Self {
        Self {
            assessor: Assessor::new(),
            thresholds,
        }
    }

    /// Looks at a frame of the running camera.
    ///
    /// # Errors
    /// Those of the decoder; [`FRAME`] is the limit.
    pub fn frame(&mut self, file: &[u8]) -> Result<CheckedPortrait> {
        let picture = picture(file, &FRAME)?;
        let faces = find(&picture)?;
        let assessment = self.assess(&picture, &faces, Profile::Live, None);
        let mut checked = CheckedPortrait::of(&picture, &faces, &assessment);
        if let Some(face) = faces.first() {
            let room = faces::crop::room(&picture, &face.landmarks, &Geometry::CHIP);
            checked.add_room(&room);
        }
        Ok(checked)
    }

    /// Looks at a photograph with everything there is, cuts the portrait out and looks at that again.
    ///
    /// # Errors
    /// Those of the decoder; [`PHOTOGRAPH`] is the limit.
    pub fn photograph(&mut self, file: &[u8]) -> Result<CheckedPortrait> {
        let picture = picture(file, &PHOTOGRAPH)?;
        let faces = find(&picture)?;
        let table = JpegTable::of(file);
        let assessment = self.assess(&picture, &faces, Profile::Complete, table.as_ref());
        let mut checked = CheckedPortrait::of(&picture, &faces, &assessment);
        let Some(face) = faces.first() else {
            return Ok(checked);
        };
        let cut = faces::crop::portrait(&picture, &face.landmarks, &Geometry::CHIP, Border::Refuse);
        let portrait = match cut {
            Ok(cut) => cut.picture,
            // A portrait that somebody has cut already has no room to spare: it is measured as it is.
            Err(_) if is_finished(&picture) => picture,
            Err(why) => {
                checked.add_room(&Err(why));
                return Ok(checked);
            }
        };
        let faces = find(&portrait)?;
        let assessment = self.assess(&portrait, &faces, Profile::Portrait, None);
        checked.add(&assessment);
        checked.cut = Some(picture::portrait_file(&portrait)?);
        Ok(checked)
    }

    fn assess(
        &mut self,
        picture: &Picture,
        faces: &[Face],
        profile: Profile,
        table: Option<&JpegTable>,
    ) -> Assessment {
        self.assessor
            .assess(picture, faces, &self.thresholds, profile, table)
    }
}

fn find(picture: &Picture) -> Result<Vec<Face>> {
    faces::find(picture).map_err(|_| biometrics::Error::Misuse("the face network of this program"))
}

fn is_finished(picture: &Picture) -> bool {
    FINISHED.contains(&(picture.width() * 1000 / picture.height()))
}

fn light(measured: &Measured) -> Light {
    match measured.verdict {
        Verdict::Refuse(_) => Light::Red,
        Verdict::Warn => Light::Amber,
        Verdict::Pass if measured.limit.is_none() || measured.native.is_none() => Light::Grey,
        Verdict::Pass => Light::Green,
    }
}

fn measures(assessment: &Assessment) -> Vec<Measure> {
    let advice = assessment.advice();
    let measure = |measured: &Measured| {
        let said = advice.iter().find(|advice| advice.id == measured.id);
        let name = measured.id.name();
        Measure {
            id: measured
                .id
                .code()
                .map_or_else(|| name.to_owned(), |code| format!("{code:02X}")),
            name: name.to_owned(),
            light: light(measured),
            value: measured.native,
            quality: measured.quality,
            vi: said.map_or("", |advice| advice.vietnamese).to_owned(),
            en: said.map_or("", |advice| advice.english).to_owned(),
        }
    };
    assessment.measured().iter().map(measure).collect()
}

fn remarks(assessment: &Assessment) -> Vec<Remark> {
    let advice = assessment.advice().into_iter();
    let remark = |advice: faces::advice::Advice| Remark {
        rule: advice.id.name().to_owned(),
        severity: match advice.verdict {
            Verdict::Refuse(_) => Weight::Refuse,
            Verdict::Warn | Verdict::Pass => Weight::Warn,
        },
        vi: advice.vietnamese.to_owned(),
        en: advice.english.to_owned(),
    };
    advice.map(remark).collect()
}
