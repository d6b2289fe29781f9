//! Places the 68 landmarks on a face that was found.
//!
//! The network is the face mesh of MediaPipe (`models/README.md`); of its 468 points those are kept
//! that stand where the 68 of iBUG 300-W do. It looks at a square of the picture turned so that the
//! eyes are level: first where the detector says, then again, better centred, where the first answer
//! says.

use std::sync::LazyLock;

use crate::{
    Error, Landmarks, Point, Result,
    detector::Detection,
    frame::{Pyramid, Square},
    network::{Colours, Network},
};

/// The square is this much larger than the face.
const MARGIN: f32 = 1.5;
/// Logit of the network above which its square holds a face.
const FACE: f32 = 0.0;
/// Points that the network gives: the landmarks and the top of the forehead.
const POINTS: usize = Landmarks::COUNT + 1;

static NETWORK: LazyLock<Result<Network>> =
    LazyLock::new(|| Network::parse(include_bytes!("../models/landmarks.net")));

/// What the network says of a square.
#[derive(Debug, Clone)]
struct Mesh {
    points: [Point; POINTS],
    /// Whether it is a face, as a logit.
    face: f32,
}

/// The landmarks of a face, or nothing when a closer look finds none.
pub(crate) fn landmarks(pyramid: &Pyramid, face: &Detection) -> Result<Option<Landmarks>> {
    let first = mesh(pyramid, &first_square(face))?;
    if first.face <= FACE {
        return Ok(None);
    }
    let second = mesh(pyramid, &next_square(&first))?;
    if second.face <= FACE {
        return Ok(None);
    }
    Ok(second.landmarks())
}

impl Mesh {
    fn landmarks(&self) -> Option<Landmarks> {
        self.points.first_chunk().copied().map(Landmarks::new)
    }
}

/// A square around what the detector found, eyes level.
fn first_square(face: &Detection) -> Square {
    let bounds = &face.bounds;
    Square {
        centre: Point::new(
            bounds.left + bounds.width / 2.0,
            bounds.top + bounds.height / 2.0,
        ),
        side: bounds.width.max(bounds.height) * MARGIN,
        right: Square::direction(face.eyes[0], face.eyes[1]),
    }
}

/// A square around the points, eyes level.
fn next_square(mesh: &Mesh) -> Square {
    let right = mesh.landmarks().map_or(Square::LEVEL, |landmarks| {
        Square::direction(landmarks.left_eye(), landmarks.right_eye())
    });
    // Extent along the eyes and across them.
    let along = |p: &Point| p.x * right.x + p.y * right.y;
    let across = |p: &Point| p.y * right.x - p.x * right.y;
    let (left, far) = extent(mesh.points.iter().map(along));
    let (top, low) = extent(mesh.points.iter().map(across));
    let (u, v) = ((left + far) / 2.0, (top + low) / 2.0);
    Square {
        centre: Point::new(u * right.x - v * right.y, u * right.y + v * right.x),
        side: (far - left).max(low - top) * MARGIN,
        right,
    }
}

fn extent(values: impl Iterator<Item = f32>) -> (f32, f32) {
    values.fold((f32::MAX, f32::MIN), |(least, most), value| {
        (least.min(value), most.max(value))
    })
}

fn mesh(pyramid: &Pyramid, square: &Square) -> Result<Mesh> {
    let network = NETWORK.as_ref().map_err(Clone::clone)?;
    let side = network.side();
    // The network wants colours between 0 and 1.
    let values = pyramid.square(square, side, 1.0 / 255.0, 0.0);
    let ends = network.run(&Colours { side, values })?;
    let [face, points] = ends.as_slice() else {
        return Err(Error::Model);
    };
    let face = face.values.as_flattened().first().ok_or(Error::Model)?;
    let (triples, _) = points.values.as_flattened().as_chunks::<3>();
    let side = side as f32;
    let mut placed = triples
        .iter()
        .map(|[x, y, _]| square.place(x / side, y / side));
    let points = core::array::from_fn(|_| placed.next().unwrap_or_default());
    Ok(Mesh {
        points,
        face: *face,
    })
}
