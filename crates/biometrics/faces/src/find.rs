use crate::{
    Face, FaceBox, Picture, Point, Result,
    detector::{self, Detection},
    frame::{self, Frame, Pyramid, Square},
    mesh, pose,
};

/// Longest side of the copy that is worked on, in pixels.
pub const WORKING_SIDE: u32 = 1024;
/// More faces than this are not looked at closely; the largest are.
pub const MAX_FACES: usize = 8;
/// Side of the four corners that are looked at for smaller faces, as a share of the longer side.
const CORNER: f32 = 0.6;
/// A face wider than this share of a corner is left to the look at the whole.
const CORNER_WIDEST: f32 = 0.4;
/// How sure the detector must be of a small face: there are more places for errors.
const CORNER_CONFIDENCE: f32 = 0.7;
/// Two boxes of which the smaller shares more than this with the larger are one face.
const SAME_FACE: f32 = 0.4;

/// All faces of a picture, largest first.
///
/// The picture is first brought to at most [`WORKING_SIDE`] pixels; it is looked at as a whole and in
/// four overlapping corners. So the time hardly grows with its size, and faces are found from about a
/// twelfth of the longer side on, smaller than a portrait may show but large enough to be a second
/// person.
///
/// # Errors
/// [`crate::Error::Model`] when the program itself is damaged; never because of a picture.
pub fn find(picture: &Picture) -> Result<Vec<Face>> {
    let factor = frame::factor(picture, WORKING_SIDE);
    let pyramid = Pyramid::new(Frame::new(picture, factor));
    let (width, height) = (picture.width() as f32, picture.height() as f32);
    let mut candidates = detector::detect(
        &pyramid,
        &square(width / 2.0, height / 2.0, width.max(height)),
    )?;
    for corner in corners(width, height) {
        let found = detector::detect(&pyramid, &corner)?;
        let small = found.into_iter().filter(|face| {
            face.bounds.width < CORNER_WIDEST * corner.side
                && face.bounds.confidence > CORNER_CONFIDENCE
        });
        candidates.extend(small);
    }
    candidates.sort_by(|a, b| b.bounds.area().total_cmp(&a.bounds.area()));
    let mut faces: Vec<Face> = Vec::new();
    for candidate in candidates {
        let is_known = faces
            .iter()
            .any(|face| share(&face.bounds, &candidate.bounds) > SAME_FACE);
        if !is_known && faces.len() < MAX_FACES {
            faces.extend(face(&pyramid, &candidate)?);
        }
    }
    Ok(faces)
}

fn face(pyramid: &Pyramid, candidate: &Detection) -> Result<Option<Face>> {
    let landmarks = mesh::landmarks(pyramid, candidate)?;
    Ok(landmarks.map(|landmarks| Face {
        bounds: candidate.bounds,
        landmarks,
        pose: pose::of(&landmarks),
    }))
}

fn square(x: f32, y: f32, side: f32) -> Square {
    Square {
        centre: Point::new(x, y),
        side,
        right: Square::LEVEL,
    }
}

/// Four squares that cover the picture and overlap where they can.
fn corners(width: f32, height: f32) -> [Square; 4] {
    let side = width.max(height) * CORNER;
    let half = side / 2.0;
    let (left, top) = (half.min(width / 2.0), half.min(height / 2.0));
    [
        square(left, top, side),
        square(width - left, top, side),
        square(left, height - top, side),
        square(width - left, height - top, side),
    ]
}

/// How much of the smaller box lies in the other.
fn share(a: &FaceBox, b: &FaceBox) -> f32 {
    let along = (a.left + a.width).min(b.left + b.width) - a.left.max(b.left);
    let down = (a.top + a.height).min(b.top + b.height) - a.top.max(b.top);
    let least = a.area().min(b.area());
    if least > 0.0 {
        along.max(0.0) * down.max(0.0) / least
    } else {
        1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corners_cover_the_picture() {
        for (width, height) in [
            (640.0, 480.0),
            (480.0, 640.0),
            (500.0, 500.0),
            (3000.0, 100.0),
        ] {
            let squares = corners(width, height);
            for (x, y) in [
                (0.0, 0.0),
                (0.5, 0.5),
                (1.0, 0.0),
                (0.0, 1.0),
                (0.3, 0.9),
                (1.0, 1.0),
            ] {
                let (x, y) = (x * width, y * height);
                let covers = |square: &Square| {
                    let reach = square.side / 2.0 + 0.01;
                    (square.centre.x - x).abs() <= reach && (square.centre.y - y).abs() <= reach
                };
                assert!(squares.iter().any(covers), "{width} x {height}: {x} {y}");
            }
        }
    }

    #[test]
    fn a_box_inside_another_is_the_same_face() {
        let bounds = |left, width| FaceBox {
            left,
            top: 0.0,
            width,
            height: width,
            confidence: 1.0,
        };
        assert_eq!(share(&bounds(0.0, 100.0), &bounds(20.0, 30.0)), 1.0);
        assert_eq!(share(&bounds(0.0, 100.0), &bounds(100.0, 100.0)), 0.0);
        assert_eq!(share(&bounds(0.0, 100.0), &bounds(50.0, 100.0)), 0.5);
    }
}
