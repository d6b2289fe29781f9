//! Which way a head is turned, from where its landmarks stand.
//!
//! Fifteen points that neither speech nor smile moves (nose, eye corners, beside the ears) are those
//! of a generic head, turned and projected without perspective. The turn is found in closed form: the
//! best linear map from the head to the picture, then the nearest pair of perpendicular axes of equal
//! length (pose from orthography and scaling).

use crate::{Landmarks, Point, Pose};

/// Landmark, and its place on a head that looks into the camera: rightwards, downwards and away from
/// the camera, in inter-eye distances from the middle between the eyes.
///
/// Measured, not copied: the mean of what the network of `models/` says of ten frontal composite
/// portraits, made symmetric. So zero degrees is how people hold their head for such a portrait.
const HEAD: [(usize, [f64; 3]); 15] = [
    (0, [-1.106, 0.112, 0.855]),
    (1, [-1.093, 0.345, 0.915]),
    (15, [1.093, 0.345, 0.915]),
    (16, [1.106, 0.112, 0.855]),
    (27, [0.0, -0.104, -0.308]),
    (28, [0.0, 0.122, -0.471]),
    (29, [0.0, 0.332, -0.664]),
    (30, [0.0, 0.468, -0.708]),
    (31, [-0.256, 0.672, -0.305]),
    (33, [0.0, 0.694, -0.435]),
    (35, [0.256, 0.672, -0.305]),
    (36, [-0.723, -0.010, 0.044]),
    (39, [-0.277, 0.010, -0.044]),
    (42, [0.277, 0.010, -0.044]),
    (45, [0.723, -0.010, 0.044]),
];

type Vector = [f64; 3];

/// The pose of a head, in degrees; all zero when the landmarks are in one place.
#[must_use]
pub fn of(landmarks: &Landmarks) -> Pose {
    axes(landmarks).map_or_else(Pose::default, |(right, down)| pose(right, down))
}

/// Rightward and downward axis of the picture in the head's own coordinates.
fn axes(landmarks: &Landmarks) -> Option<(Vector, Vector)> {
    let points = landmarks.points();
    let known = HEAD
        .iter()
        .filter_map(|(index, place)| Some((points.get(*index)?, *place)));
    let known: Vec<(&Point, Vector)> = known.collect();
    let share = 1.0 / known.len() as f64;
    let centre = known
        .iter()
        .fold([0.0; 3], |sum, (_, place)| plus(sum, *place, share));
    let mut spread = [[0.0; 3]; 3];
    let (mut along, mut below) = ([0.0; 3], [0.0; 3]);
    for (point, place) in &known {
        let place = plus(*place, centre, -1.0);
        for (row, value) in spread.iter_mut().zip(place) {
            *row = plus(*row, place, value);
        }
        along = plus(along, place, f64::from(point.x));
        below = plus(below, place, f64::from(point.y));
    }
    let (along, below) = (unit(solve(&spread, along)?)?, unit(solve(&spread, below)?)?);
    // Both turned by the same angle until they are perpendicular.
    let (sum, difference) = (
        unit(plus(along, below, 1.0))?,
        unit(plus(along, below, -1.0))?,
    );
    Some((
        unit(plus(sum, difference, 1.0))?,
        unit(plus(sum, difference, -1.0))?,
    ))
}

/// Angles of ISO 39794-5: turns about the vertical, the lateral and the viewing axis.
fn pose(right: Vector, down: Vector) -> Pose {
    let [away_x, away_y, away_z] = cross(right, down);
    let level = (away_x * away_x + away_z * away_z).sqrt();
    // Where the lateral and vertical axis of the head point in the picture.
    let ([right_x, ..], [down_x, ..]) = (right, down);
    let degrees = |sine: f64, cosine: f64| sine.atan2(cosine).to_degrees() as f32;
    Pose {
        yaw: degrees(away_x, away_z),
        pitch: degrees(away_y, level),
        roll: degrees(-down_x, right_x),
    }
}

fn plus(a: Vector, b: Vector, times: f64) -> Vector {
    let ([ax, ay, az], [bx, by, bz]) = (a, b);
    [ax + bx * times, ay + by * times, az + bz * times]
}

fn dot(a: Vector, b: Vector) -> f64 {
    let ([ax, ay, az], [bx, by, bz]) = (a, b);
    ax * bx + ay * by + az * bz
}

fn cross(a: Vector, b: Vector) -> Vector {
    let ([ax, ay, az], [bx, by, bz]) = (a, b);
    [ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx]
}

fn unit(a: Vector) -> Option<Vector> {
    let length = dot(a, a).sqrt();
    (length > 1e-9 && length.is_finite()).then(|| a.map(|value| value / length))
}

/// `matrix · x = right`, by Cramer's rule.
fn solve(matrix: &[Vector; 3], right: Vector) -> Option<Vector> {
    let [a, b, c] = *matrix;
    let determinant = dot(a, cross(b, c));
    let found = [
        dot(right, cross(b, c)),
        dot(a, cross(right, c)),
        dot(a, cross(b, right)),
    ];
    // The matrix is symmetric: its rows are its columns.
    (determinant.abs() > 1e-9).then(|| found.map(|value| value / determinant))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The generic head turned by angles (ISO 39794-5 signs) and seen from far away.
    fn head(yaw: f64, pitch: f64, roll: f64) -> Landmarks {
        let (yaw, pitch, roll) = (yaw.to_radians(), pitch.to_radians(), roll.to_radians());
        let mut points = [Point::default(); Landmarks::COUNT];
        for (index, [x, y, z]) in HEAD {
            let (y, z) = (
                y * pitch.cos() - z * pitch.sin(),
                y * pitch.sin() + z * pitch.cos(),
            );
            let (x, z) = (x * yaw.cos() - z * yaw.sin(), x * yaw.sin() + z * yaw.cos());
            let (x, y) = (
                x * roll.cos() + y * roll.sin(),
                y * roll.cos() - x * roll.sin(),
            );
            assert!(z.is_finite());
            points[index] = Point::new(300.0 + 80.0 * x as f32, 200.0 + 80.0 * y as f32);
        }
        Landmarks::new(points)
    }

    #[test]
    fn a_turned_head_is_seen_turned() {
        for (yaw, pitch, roll) in [
            (0.0, 0.0, 0.0),
            (25.0, 0.0, 0.0),
            (-40.0, 0.0, 0.0),
            (0.0, 15.0, 0.0),
            (0.0, -20.0, 0.0),
            (0.0, 0.0, 30.0),
            (0.0, 0.0, -170.0),
        ] {
            let pose = of(&head(yaw, pitch, roll));
            for (found, want) in [(pose.yaw, yaw), (pose.pitch, pitch), (pose.roll, roll)] {
                let off = (f64::from(found) - want).abs();
                assert!(off < 0.1, "{yaw} {pitch} {roll}: {pose:?}");
            }
        }
    }

    #[test]
    fn size_and_place_do_not_matter() {
        let near = of(&head(10.0, 5.0, -3.0).map(|p| Point::new(p.x * 4.0 - 900.0, p.y * 4.0)));
        let far = of(&head(10.0, 5.0, -3.0));
        assert!((near.yaw - far.yaw).abs() < 0.01 && (near.pitch - far.pitch).abs() < 0.01);
    }

    #[test]
    fn points_without_extent_have_no_pose() {
        let same = Landmarks::new([Point::new(5.0, 5.0); Landmarks::COUNT]);
        assert_eq!(of(&same), Pose::default());
        let broken = Landmarks::new([Point::new(f32::NAN, f32::INFINITY); Landmarks::COUNT]);
        assert_eq!(of(&broken), Pose::default());
    }
}
