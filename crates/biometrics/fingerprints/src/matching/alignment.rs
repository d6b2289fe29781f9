//! One finger laid upon the other.

use super::prepared::{Place, Prepared, turn};

/// How far skin may be displaced against a stiff motion, in pixels, and how far minutiae may be turned.
const STIFF: (f32, f32) = (15.0, 0.5);
/// The same once the displacement of the neighbourhood is known.
const ELASTIC: (f32, f32) = (10.0, 0.45);
/// Over which distance neighbours are displaced alike, in pixels.
const NEIGHBOURHOOD: f32 = 65.0;
/// How much a displacement is believed to be none.
const PRIOR: f32 = 1.2;

/// Minutia `a` of the one and `b` of the other are the same.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Pair {
    pub(super) a: u16,
    pub(super) b: u16,
    /// Pixels between them, and the angle, when laid upon each other.
    pub(super) distance: f32,
    pub(super) angle: f32,
}

/// Turns and shifts the second finger upon the first.
#[derive(Debug, Clone, Copy)]
pub(super) struct Motion {
    cos: f32,
    sin: f32,
    right: f32,
    up: f32,
    pub(super) rotation: f32,
}

impl Motion {
    /// The stiff motion with the least squared distances. The headings of a single pair give its rotation.
    pub(super) fn of(first: &Prepared, second: &Prepared, pairs: &[Pair]) -> Option<Self> {
        let both = |pair: &Pair| {
            let a = first.places.get(usize::from(pair.a))?;
            Some((a, second.places.get(usize::from(pair.b))?))
        };
        let count = pairs.len().max(1) as f32;
        let (mut ax, mut ay, mut bx, mut by) = (0.0, 0.0, 0.0, 0.0);
        for (a, b) in pairs.iter().filter_map(both) {
            (ax, ay, bx, by) = (ax + a.x, ay + a.y, bx + b.x, by + b.y);
        }
        let (ax, ay, bx, by) = (ax / count, ay / count, bx / count, by / count);
        let (mut dot, mut cross) = (0.0, 0.0);
        for (a, b) in pairs.iter().filter_map(both) {
            let (px, py, qx, qy) = (a.x - ax, a.y - ay, b.x - bx, b.y - by);
            // The headings vote too, as if each were an arm of this many pixels.
            const ARM: f32 = 12.0;
            let (sin, cos) = (a.angle - b.angle).sin_cos();
            dot += qx * px + qy * py + ARM * ARM * cos;
            cross += qx * py - qy * px + ARM * ARM * sin;
        }
        let rotation = cross.atan2(dot);
        let (sin, cos) = rotation.sin_cos();
        (!pairs.is_empty()).then_some(Self {
            cos,
            sin,
            right: ax - (cos * bx - sin * by),
            up: ay - (sin * bx + cos * by),
            rotation,
        })
    }

    pub(super) fn moved(&self, place: Place) -> Place {
        Place {
            x: self.cos * place.x - self.sin * place.y + self.right,
            y: self.sin * place.x + self.cos * place.y + self.up,
            angle: place.angle + self.rotation,
            ..place
        }
    }

    /// Where a place of the first finger lies in the second.
    pub(super) fn back(&self, x: f32, y: f32) -> (f32, f32) {
        let (x, y) = (x - self.right, y - self.up);
        (self.cos * x + self.sin * y, self.cos * y - self.sin * x)
    }
}

/// The second finger upon the first, stiffly, and the pairs that meet.
pub(super) fn stiff(
    first: &Prepared,
    second: &Prepared,
    start: &[Pair],
) -> Option<(Motion, Vec<Pair>)> {
    let laid = |motion: &Motion| {
        let moved: Vec<Place> = second
            .places
            .iter()
            .map(|place| motion.moved(*place))
            .collect();
        meeting(first, &moved, STIFF)
    };
    let motion = Motion::of(first, second, start)?;
    let pairs = laid(&motion);
    // Most starts are chance, and it shows at once.
    if pairs.len() < super::LEAST_PAIRS {
        return None;
    }
    let motion = Motion::of(first, second, &pairs)?;
    let pairs = laid(&motion);
    Some((Motion::of(first, second, &pairs)?, pairs))
}

/// The pairs that meet when each minutia is displaced as its paired neighbours are.
pub(super) fn elastic(
    first: &Prepared,
    second: &Prepared,
    motion: &Motion,
    pairs: &[Pair],
) -> (Vec<Place>, Vec<Pair>) {
    let mut moved: Vec<Place> = second
        .places
        .iter()
        .map(|place| motion.moved(*place))
        .collect();
    let mut known: Vec<Pair> = pairs.to_vec();
    for _ in 0..2 {
        let stiff: Vec<Place> = second
            .places
            .iter()
            .map(|place| motion.moved(*place))
            .collect();
        let pulls = pulls(first, &stiff, &known);
        moved = stiff
            .iter()
            .enumerate()
            .map(|(number, place)| displaced(*place, number as u16, &pulls))
            .collect();
        known = meeting(first, &moved, ELASTIC);
    }
    (moved, known)
}

/// How far a pair's minutiae lie apart, and where.
struct Pull {
    number: u16,
    x: f32,
    y: f32,
    right: f32,
    up: f32,
}

fn pulls(first: &Prepared, moved: &[Place], pairs: &[Pair]) -> Vec<Pull> {
    let pull = |pair: &Pair| {
        let a = first.places.get(usize::from(pair.a))?;
        let b = moved.get(usize::from(pair.b))?;
        Some(Pull {
            number: pair.b,
            x: b.x,
            y: b.y,
            right: a.x - b.x,
            up: a.y - b.y,
        })
    };
    pairs.iter().filter_map(pull).collect()
}

/// A place displaced as the pairs around it are, but for its own pair: that has to prove itself.
fn displaced(place: Place, number: u16, pulls: &[Pull]) -> Place {
    let (mut total, mut right, mut up) = (PRIOR, 0.0, 0.0);
    for pull in pulls.iter().filter(|pull| pull.number != number) {
        let (dx, dy) = (pull.x - place.x, pull.y - place.y);
        let near = 1.0 / (1.0 + (dx * dx + dy * dy) / (NEIGHBOURHOOD * NEIGHBOURHOOD));
        let weight = near * near;
        total += weight;
        right += weight * pull.right;
        up += weight * pull.up;
    }
    Place {
        x: place.x + right / total,
        y: place.y + up / total,
        ..place
    }
}

/// Minutiae that lie upon each other, each in one pair at most, the best pairs first.
fn meeting(first: &Prepared, moved: &[Place], (reach, turned): (f32, f32)) -> Vec<Pair> {
    let mut found = Vec::with_capacity(2 * moved.len());
    for (b, second) in moved.iter().enumerate() {
        for (a, place) in first.places.iter().enumerate() {
            let (dx, dy) = (place.x - second.x, place.y - second.y);
            let square = dx * dx + dy * dy;
            if square < reach * reach {
                let angle = turn(place.angle - second.angle).abs();
                if angle < turned {
                    let cost = square / (reach * reach) + (angle / turned).powi(2);
                    let distance = square.sqrt();
                    let (a, b) = (a as u16, b as u16);
                    found.push((
                        cost,
                        Pair {
                            a,
                            b,
                            distance,
                            angle,
                        },
                    ));
                }
            }
        }
    }
    found.sort_by(|p, q| p.0.total_cmp(&q.0));
    let mut taken = [[false; super::prepared::MAX_COMPARED]; 2];
    let [first_taken, second_taken] = &mut taken;
    let mut pairs = Vec::with_capacity(moved.len());
    for (_, pair) in found {
        let a = first_taken.get_mut(usize::from(pair.a));
        let b = second_taken.get_mut(usize::from(pair.b));
        if let (Some(a @ false), Some(b @ false)) = (a, b) {
            (*a, *b) = (true, true);
            pairs.push(pair);
        }
    }
    pairs
}
