//! Quality of a portrait: the measures of ISO 29794-5 that need no large network, by the formulas of
//! OFIQ 1.0.3, and some of our own.
//!
//! | measure | beside OFIQ |
//! |---|---|
//! | 43, 44, 45, 48, 4B, 4C, 4E, 52 to 57 | the formula, on 68 landmarks instead of 98 |
//! | 42 | the formula, on a background mask of our own instead of a network's |
//! | 46, 47 | the formula, without the network that takes glasses and hands out of the face |
//! | 4D | the formula, with the middle pair of lid points taken between its neighbours |
//! | 58, 59, 5A | the mapping, on a pose from 68 landmarks |
//! | 49, 4A, 5B | networks and a forest that are not to be had: [`MeasureId::FaceDetail`], [`MeasureId::JpegQuality`], [`MeasureId::Blockiness`] and [`MeasureId::Smile`] stand there, under names of their own |
//! | 41, 4F, 50, 51, 5C | networks: not measured |

mod aligned;
mod background;
mod cheeks;
mod compression;
mod eye_white;
mod filter;
mod geometry;
mod id;
mod luminance;
mod mapping;
mod mask;
mod points;
mod sharpness;

pub use compression::JpegTable;
pub use id::{Basis, Gate, MeasureId, Stage};
pub use sharpness::focus_features;

use aligned::Aligned;
use background::Background;
use luminance::{Histogram, Luminance};
use mask::FaceMask;

use crate::report::{Assessment, Measured};
use crate::thresholds::Thresholds;
use crate::{Face, Picture};

/// Which measures are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// A frame of a running camera: number, distance, place, pose, eyes, mouth, light, focus.
    Live,
    /// A picture that a portrait will be cut from: all but the portrait's own geometry.
    Complete,
    /// A finished portrait: everything.
    Portrait,
}

/// Assesses a picture that a portrait will be cut from, by all measures ([`Profile::Complete`]).
///
/// `faces` are all that were found; the largest is measured. For one frame after the other, keep an
/// [`Assessor`].
///
/// ```
/// # fn check(picture: &faces::Picture) -> faces::Result<()> {
/// use faces::{measure, thresholds::Thresholds};
///
/// let assessment = measure::assess(picture, &faces::find(picture)?, &Thresholds::default());
/// for advice in assessment.advice() {
///     println!("{}: {}", advice.id, advice.vietnamese);
/// }
/// # Ok(())
/// # }
/// ```
#[must_use]
pub fn assess(picture: &Picture, faces: &[Face], thresholds: &Thresholds) -> Assessment {
    Assessor::new().assess(picture, faces, thresholds, Profile::Complete, None)
}

/// Takes the measures; its buffers (about 2 MB) serve one picture after the other.
pub struct Assessor {
    luminance: Luminance,
    aligned: Aligned,
    mask: FaceMask,
    background: Background,
}

impl Default for Assessor {
    fn default() -> Self {
        Self::new()
    }
}

impl Assessor {
    /// With empty buffers.
    #[must_use]
    pub fn new() -> Self {
        Self {
            luminance: Luminance::new(),
            aligned: Aligned::new(),
            mask: FaceMask::new(),
            background: Background::new(),
        }
    }

    /// Assesses a picture. `table` is that of the JPEG file which the picture came in, if it did.
    pub fn assess(
        &mut self,
        picture: &Picture,
        faces: &[Face],
        thresholds: &Thresholds,
        profile: Profile,
        table: Option<&JpegTable>,
    ) -> Assessment {
        let mut natives = vec![(
            MeasureId::SingleFacePresent,
            Some(geometry::second_face(faces)),
        )];
        let largest = faces
            .iter()
            .max_by(|one, other| one.bounds.area().total_cmp(&other.bounds.area()));
        if let Some(face) = largest {
            natives.extend(some(geometry::measures(picture, face)));
            self.pixels(picture, face, profile, &mut natives);
            if profile == Profile::Portrait {
                natives.extend(some(geometry::portrait(picture, face)));
            }
            if profile != Profile::Live {
                natives.push((
                    MeasureId::Blockiness,
                    compression::blockiness(picture, &face.bounds),
                ));
                natives.extend(table.map(|table| (MeasureId::JpegQuality, Some(table.quality()))));
            }
        }
        let judged = |(id, native): (MeasureId, Option<f64>)| {
            Measured::judged(id, native.filter(|native| native.is_finite()), thresholds)
        };
        Assessment::new(faces.len(), natives.into_iter().map(judged).collect())
    }

    /// What is measured on the aligned picture.
    fn pixels(
        &mut self,
        picture: &Picture,
        face: &Face,
        profile: Profile,
        natives: &mut Vec<(MeasureId, Option<f64>)>,
    ) {
        use MeasureId as M;
        if !self.aligned.take(picture, &face.landmarks) {
            let every = [
                M::LuminanceMean,
                M::IlluminationUniformity,
                M::FaceDetail,
                M::BackgroundUniformity,
            ];
            natives.extend(every.map(|id| (id, None)));
            return;
        }
        self.mask.take(self.aligned.landmarks());
        natives.extend(some(self.face_histogram().measures()));
        natives.extend(some(cheeks::measures(
            &self.aligned,
            &self.mask,
            &self.luminance,
        )));
        natives.push((
            M::EyeWhite,
            eye_white::measure(&self.aligned, &self.luminance),
        ));
        natives.push((
            M::FaceDetail,
            sharpness::face_detail(&self.aligned, &self.mask),
        ));
        if profile != Profile::Live {
            match self.background.measures(&self.aligned, &self.luminance) {
                Some(found) => natives.extend(some(found)),
                None => natives.push((M::BackgroundUniformity, None)),
            }
        }
    }

    /// The luminance of the face, in one pass.
    fn face_histogram(&self) -> Histogram {
        let mut histogram = Histogram::new();
        for (row, &(first, end)) in self.aligned.rows().zip(self.mask.spans()) {
            for &pixel in row.as_chunks::<3>().0.get(first..end).unwrap_or_default() {
                histogram.add(self.luminance.of(pixel));
            }
        }
        histogram
    }
}

fn some(
    found: impl IntoIterator<Item = (MeasureId, f64)>,
) -> impl Iterator<Item = (MeasureId, Option<f64>)> {
    found.into_iter().map(|(id, native)| (id, Some(native)))
}
