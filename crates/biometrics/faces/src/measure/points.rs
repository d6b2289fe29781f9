//! The reference points of ISO 29794-5 on the 68 landmarks.
//!
//! OFIQ 1.0.3 names its points by a scheme of 98; ours are the 68 of iBUG 300-W:
//!
//! | what | of 98 | of 68 | |
//! |---|---|---|---|
//! | eye corners | 60, 64 / 68, 72 | 36, 39 / 42, 45 | same |
//! | lid pairs, left | 61–67, 62–66, 63–65 | 37–41, between, 38–40 | the middle pair is taken between its neighbours |
//! | lid pairs, right | 69–75, 70–74, 71–73 | 43–47, between, 44–46 | likewise |
//! | tip of the nose | 54 | 30 | same |
//! | mouth corners | 76, 82 | 48, 54 | same |
//! | inner lips | 89–95, 90–94, 91–93 | 61–67, 62–66, 63–65 | same |
//! | centre of the mouth | 90, 94 | 62, 66 | same |
//! | chin | 16 | 8 | same |
//! | face mask | hull of 98 | hull of 68 | 33 points of the jaw against 17: under 1 % of the area |
//!
//! OFIQ rounds its landmarks to whole pixels; ours keep their fractions.

use crate::{Landmarks, Point};

/// Distances of a face that the formulas are made of, in pixels.
pub(crate) struct Reference {
    /// Half way between the eyes.
    pub(crate) eyes: Point,
    /// From eye to eye.
    pub(crate) eye_distance: f64,
    /// **T** of the standard: from half way between the eyes to the chin.
    pub(crate) eyes_to_chin: f64,
}

impl Reference {
    pub(crate) fn of(landmarks: &Landmarks) -> Self {
        let eyes = landmarks.eyes();
        Self {
            eyes,
            eye_distance: f64::from(landmarks.eye_distance()),
            eyes_to_chin: f64::from(eyes.distance(landmarks.chin())),
        }
    }
}

/// The centre of the inner lips.
pub(crate) fn lips(landmarks: &Landmarks) -> Point {
    let points = landmarks.points();
    points[62].midway(points[66])
}

/// Opening of the narrower eye, in pixels: the widest of its three lid distances.
pub(crate) fn eye_opening(landmarks: &Landmarks) -> f64 {
    let points = landmarks.points();
    let widest = |[outer, inner, below_inner, below_outer]: [Point; 4]| {
        let sides = outer.distance(below_outer).max(inner.distance(below_inner));
        sides.max(
            outer
                .midway(inner)
                .distance(below_outer.midway(below_inner)),
        )
    };
    let left = widest([points[37], points[38], points[40], points[41]]);
    let right = widest([points[43], points[44], points[46], points[47]]);
    f64::from(left.min(right))
}

/// What a lift of the mouth's corners counts beside the mouth's width.
const LIFT: f64 = 3.0;

/// `Smile`: the width of the mouth in inter-eye distances, and three times the height of its corners
/// above the line between the lips by the distance from eyes to chin. By its width alone a mouth
/// that is broad by nature would pass for a smile.
pub(crate) fn smile(landmarks: &Landmarks) -> f64 {
    let (left, right) = (landmarks.left_eye(), landmarks.right_eye());
    let reference = Reference::of(landmarks);
    let (along, across) = (f64::from(right.x - left.x), f64::from(right.y - left.y));
    let down =
        |p: Point| (f64::from(p.y) * along - f64::from(p.x) * across) / reference.eye_distance;
    let [corner, other] = landmarks.mouth_corners();
    let lift = down(lips(landmarks)) - down(corner.midway(other));
    f64::from(corner.distance(other)) / reference.eye_distance
        + LIFT * lift / reference.eyes_to_chin
}

/// Opening of the mouth, in pixels: the widest distance of the inner lips.
pub(crate) fn mouth_opening(landmarks: &Landmarks) -> f64 {
    let points = landmarks.points();
    let pairs = [
        (points[61], points[67]),
        (points[62], points[66]),
        (points[63], points[65]),
    ];
    f64::from(
        pairs
            .map(|(upper, lower)| upper.distance(lower))
            .into_iter()
            .fold(0.0, f32::max),
    )
}
