//! Measures by landmarks, boxes and pose alone (ISO 29794-5, ids 4C to 5A; ISO 39794-5 Annex D).

use super::MeasureId;
use super::points::{Reference, eye_opening, mouth_opening, smile};
use crate::{Face, Picture};

/// Crown to chin by eyes to chin: the eyes lie half way, as drawing books and anthropometry have it.
/// The crown is no landmark.
const HEAD_LENGTH: f64 = 2.0;

/// SingleFacePresent: the root of the second face's area by the first's (as OFIQ's code has it; its
/// documentation leaves out the root). 0 for one face, 1 for none.
pub(crate) fn second_face(faces: &[Face]) -> f64 {
    let (mut first, mut second) = (0.0_f32, 0.0_f32);
    for area in faces.iter().map(|face| face.bounds.area()) {
        if area > first {
            (first, second) = (area, first);
        } else {
            second = second.max(area);
        }
    }
    if faces.is_empty() {
        1.0
    } else if first > 0.0 {
        f64::from(second / first).sqrt()
    } else {
        0.0
    }
}

/// Everything that the points of a face tell.
pub(crate) fn measures(picture: &Picture, face: &Face) -> [(MeasureId, f64); 12] {
    use MeasureId as M;
    let reference = Reference::of(&face.landmarks);
    let (width, height) = (f64::from(picture.width()), f64::from(picture.height()));
    let (eyes, apart, chin) = (
        reference.eyes,
        reference.eye_distance,
        reference.eyes_to_chin,
    );
    let left = f64::from(face.landmarks.left_eye().x);
    let right = f64::from(face.landmarks.right_eye().x);
    [
        (M::EyesOpen, eye_opening(&face.landmarks) / chin),
        (M::MouthClosed, mouth_opening(&face.landmarks) / chin),
        (M::Smile, smile(&face.landmarks)),
        (
            M::InterEyeDistance,
            apart / f64::from(face.pose.yaw).to_radians().cos(),
        ),
        (M::HeadSize, chin / height),
        // Each from the farther eye: OFIQ's expected results of a picture 3024 wide say so.
        (M::LeftwardCrop, right / apart),
        (M::RightwardCrop, (width - left) / apart),
        (M::MarginAbove, f64::from(eyes.y) / chin),
        (M::MarginBelow, (height - f64::from(eyes.y)) / chin),
        (M::Yaw, f64::from(face.pose.yaw)),
        (M::Pitch, f64::from(face.pose.pitch)),
        (M::Roll, f64::from(face.pose.roll)),
    ]
}

/// Where the head is in a finished portrait (ISO 39794-5, Annex D).
pub(crate) fn portrait(picture: &Picture, face: &Face) -> [(MeasureId, f64); 5] {
    use MeasureId as M;
    let reference = Reference::of(&face.landmarks);
    let (width, height) = (f64::from(picture.width()), f64::from(picture.height()));
    let jaw = face.landmarks.points();
    [
        (M::PortraitAspect, width / height),
        (
            M::PortraitHeadWidth,
            f64::from(jaw[0].distance(jaw[16])) / width,
        ),
        (
            M::PortraitHeadLength,
            HEAD_LENGTH * reference.eyes_to_chin / height,
        ),
        (M::PortraitCentreAcross, f64::from(reference.eyes.x) / width),
        (M::PortraitCentreDown, f64::from(reference.eyes.y) / height),
    ]
}
