//! Finds faces: one look at the whole picture, brought to 128 × 128 pixels.
//!
//! The network is the short-range detector of MediaPipe (`models/README.md`). For each of 896 places
//! it says how sure it is of a face, where its box is and where six points of it are.

use std::sync::LazyLock;

use crate::{
    Error, FaceBox, Point, Result,
    frame::{Pyramid, Square},
    network::{Colours, Map, Network},
};

/// Surer than this is a face: 0.5 as a logit.
const THRESHOLD: f32 = 0.0;
/// Boxes that share more than this of their union are one face.
const SAME_FACE: f32 = 0.3;
/// Numbers for each place: a box of four and six points.
const NUMBERS: usize = 16;
/// Cells along a side and places in each cell, for both outputs of the network.
const GRIDS: [(usize, usize); 2] = [(16, 2), (8, 6)];

static NETWORK: LazyLock<Result<Network>> =
    LazyLock::new(|| Network::parse(include_bytes!("../models/detector.net")));

/// A face as the detector sees it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Detection {
    pub(crate) bounds: FaceBox,
    /// Eyes, in pixels of the picture: left and right of the picture.
    pub(crate) eyes: [Point; 2],
}

/// A candidate in coordinates of the square, 0 to 1: box as left, top, right, bottom, then x and y of
/// six points; and its weight.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    numbers: [f32; NUMBERS],
    confidence: f32,
}

/// All faces inside a square of the picture, surest first.
pub(crate) fn detect(pyramid: &Pyramid, square: &Square) -> Result<Vec<Detection>> {
    let network = NETWORK.as_ref().map_err(Clone::clone)?;
    let side = network.side();
    // The network wants colours between -1 and 1.
    let values = pyramid.square(square, side, 2.0 / 255.0, -1.0);
    let ends = network.run(&Colours { side, values })?;
    let [near_sure, far_sure, near, far] = ends.as_slice() else {
        return Err(Error::Model);
    };
    let mut candidates = candidates(near_sure, near, GRIDS[0], side);
    candidates.extend(self::candidates(far_sure, far, GRIDS[1], side));
    // A stable sort: equally sure candidates stay in the order of the grid.
    candidates.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    Ok(merged(candidates)
        .iter()
        .map(|face| detection(face, square))
        .collect())
}

/// Reads one output of the network.
fn candidates(sure: &Map, places: &Map, grid: (usize, usize), side: usize) -> Vec<Candidate> {
    let (cells, each) = grid;
    let mut found = Vec::new();
    let logits = sure.values.chunks_exact(sure.lanes);
    let numbers = places.values.chunks_exact(places.lanes);
    for (cell, (logits, numbers)) in logits.zip(numbers).enumerate() {
        let centre = |at: usize| (at as f32 + 0.5) / cells as f32;
        let (x, y) = (centre(cell % cells), centre(cell / cells));
        let places = numbers.as_flattened().as_chunks::<NUMBERS>().0;
        for (logit, raw) in logits.as_flattened().iter().take(each).zip(places) {
            if *logit > THRESHOLD {
                found.push(Candidate {
                    numbers: absolute(raw, x, y, side as f32),
                    confidence: crate::sigmoid::sigmoid(*logit),
                });
            }
        }
    }
    found
}

/// From offsets in pixels of the network to places in the square.
fn absolute(raw: &[f32; NUMBERS], x: f32, y: f32, side: f32) -> [f32; NUMBERS] {
    let [dx, dy, width, height, ..] = raw.map(|value| value / side);
    let mut numbers = *raw;
    for (index, number) in numbers.iter_mut().enumerate() {
        *number = *number / side + if index % 2 == 0 { x } else { y };
    }
    let [left, top, right, bottom, ..] = &mut numbers;
    (*left, *right) = (x + dx - width / 2.0, x + dx + width / 2.0);
    (*top, *bottom) = (y + dy - height / 2.0, y + dy + height / 2.0);
    numbers
}

/// Candidates of the same face become one, each counting as much as it is sure.
fn merged(mut rest: Vec<Candidate>) -> Vec<Candidate> {
    let mut faces = Vec::new();
    while let Some(best) = rest.first().copied() {
        let (same, other): (Vec<_>, Vec<_>) = rest
            .into_iter()
            .partition(|candidate| shared(&best.numbers, &candidate.numbers) > SAME_FACE);
        rest = other;
        let total: f32 = same.iter().map(|candidate| candidate.confidence).sum();
        if same.is_empty() || total <= 0.0 {
            break;
        }
        let mut numbers = [0.0; NUMBERS];
        for candidate in &same {
            for (sum, number) in numbers.iter_mut().zip(candidate.numbers) {
                *sum += number * (candidate.confidence / total);
            }
        }
        faces.push(Candidate {
            numbers,
            confidence: best.confidence,
        });
    }
    faces
}

/// Intersection over union of two boxes.
fn shared(a: &[f32; NUMBERS], b: &[f32; NUMBERS]) -> f32 {
    let [al, at, ar, ab, ..] = *a;
    let [bl, bt, br, bb, ..] = *b;
    let common = (ar.min(br) - al.max(bl)).max(0.0) * (ab.min(bb) - at.max(bt)).max(0.0);
    let union = (ar - al) * (ab - at) + (br - bl) * (bb - bt) - common;
    if union > 0.0 { common / union } else { 0.0 }
}

fn detection(face: &Candidate, square: &Square) -> Detection {
    let [left, top, right, bottom, ex, ey, fx, fy, ..] = face.numbers;
    let corner = square.place(left, top);
    Detection {
        bounds: FaceBox {
            left: corner.x,
            top: corner.y,
            width: (right - left) * square.side,
            height: (bottom - top) * square.side,
            confidence: face.confidence,
        },
        eyes: [square.place(ex, ey), square.place(fx, fy)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(left: f32, confidence: f32) -> Candidate {
        let mut numbers = [0.0; NUMBERS];
        numbers[..4].copy_from_slice(&[left, 0.0, left + 0.2, 0.2]);
        Candidate {
            numbers,
            confidence,
        }
    }

    #[test]
    fn overlapping_candidates_are_weighed_and_others_stay() {
        let faces = merged(vec![
            candidate(0.1, 0.9),
            candidate(0.14, 0.6),
            candidate(0.7, 0.5),
        ]);
        assert_eq!(faces.len(), 2);
        assert!((faces[0].numbers[0] - 0.116).abs() < 1e-6);
        assert_eq!(faces[0].confidence, 0.9);
        assert_eq!(faces[1].numbers[0], 0.7);
    }

    #[test]
    fn shared_area_by_hand() {
        let (a, b) = (candidate(0.0, 1.0), candidate(0.1, 1.0));
        assert!((shared(&a.numbers, &b.numbers) - 1.0 / 3.0).abs() < 1e-6);
        assert_eq!(shared(&a.numbers, &candidate(0.3, 1.0).numbers), 0.0);
    }
}
