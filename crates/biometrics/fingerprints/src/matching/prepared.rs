//! A template made ready for many comparisons.

use core::f32::consts::{PI, TAU};

use crate::minutiae::{Kind, Minutiae};
use crate::print::NOMINAL_PPI;

/// Most minutiae that take part, the best ones: it bounds the time of a comparison.
pub const MAX_COMPARED: usize = 96;
/// Neighbours of a minutia that make its star.
const NEIGHBOURS: usize = 10;
/// Shortest and longest edge, in pixels at 500 ppi.
const EDGE: (f32, f32) = (8.0, 144.0);
/// Cells of the table of edges: lengths of 16 pixels, angles of 30°. A tolerance of half a cell needs two cells each way.
const CELL: f32 = 16.0;
const LENGTHS: usize = 9;
const ANGLES: usize = 12;
/// What two edges of a true pair may differ by: pixels, with a part of the length, and angle.
const LENGTH_TOLERANCE: f32 = 4.0;
const STRETCH: f32 = 0.04;
const ANGLE_TOLERANCE: f32 = 0.26;

/// A minutia at 500 ppi, y growing upwards as angles do.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Place {
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) angle: f32,
    /// 0 other, 1 ending, 2 bifurcation.
    pub(super) kind: u8,
    /// How much it may be relied on, 0 … 1.
    pub(super) weight: f32,
}

/// From one minutia to a neighbour, as it looks whatever way the finger is turned.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Edge {
    pub(super) from: u16,
    pub(super) to: u16,
    length: f32,
    /// The angles of both minutiae against the edge, 0 … 2π.
    near: f32,
    far: f32,
}

/// Minutiae with their edges and a table of these.
#[derive(Clone)]
pub struct Prepared {
    pub(super) places: Vec<Place>,
    /// The stars, minutia by minutia.
    pub(super) edges: Vec<Edge>,
    /// Where each cell's edges begin in `sorted`.
    starts: Vec<u16>,
    sorted: Vec<Edge>,
    /// The corners around all minutiae, counter-clockwise.
    pub(super) hull: Vec<(f32, f32)>,
    /// Minutiae in a pixel of the hull.
    pub(super) density: f32,
}

impl core::fmt::Debug for Prepared {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Prepared({} minutiae)", self.places.len())
    }
}

impl Prepared {
    /// Prepares the best [`MAX_COMPARED`] minutiae of a print or template.
    #[must_use]
    pub fn new(minutiae: &Minutiae) -> Self {
        let places = places(minutiae);
        let edges = stars(&places);
        let (starts, sorted) = table(&edges);
        let hull = hull(&places);
        let density = places.len() as f32 / area(&hull).max(20_000.0);
        Self {
            places,
            edges,
            starts,
            sorted,
            hull,
            density,
        }
    }

    /// How many minutiae take part in comparisons.
    #[must_use]
    pub const fn minutiae(&self) -> usize {
        self.places.len()
    }

    /// Edges that look like this one, and how much (0 … 1).
    pub(super) fn like(&self, edge: Edge) -> impl Iterator<Item = (Edge, f32)> {
        let [length, near, far] = cells(&edge).map(|cell| [Some(cell.0), cell.1]);
        let lengths = length.into_iter().flatten();
        let cells = lengths.flat_map(move |length| {
            near.into_iter().flatten().flat_map(move |near| {
                let number = move |far| (length * ANGLES + near) * ANGLES + far;
                far.into_iter().flatten().map(number)
            })
        });
        let edges = cells.flat_map(|cell| {
            let start = self.starts.get(cell).copied().unwrap_or_default();
            let end = self.starts.get(cell + 1).copied().unwrap_or_default();
            let edges = self.sorted.get(usize::from(start)..usize::from(end));
            edges.unwrap_or_default().iter().copied()
        });
        edges.filter_map(move |other| Some((other, likeness(&edge, &other)?)))
    }
}

/// How alike two edges are, 0 … 1; nothing beyond the tolerance.
pub(super) fn likeness(a: &Edge, b: &Edge) -> Option<f32> {
    let length = (a.length - b.length).abs() / (LENGTH_TOLERANCE + STRETCH * a.length);
    let near = turn(a.near - b.near).abs() / ANGLE_TOLERANCE;
    let far = turn(a.far - b.far).abs() / ANGLE_TOLERANCE;
    let worst = length.max(near).max(far);
    (worst < 1.0).then_some(1.0 - 0.6 * worst)
}

/// An angle as −π … π.
pub(super) fn turn(angle: f32) -> f32 {
    angle - TAU * (angle / TAU).round()
}

fn places(minutiae: &Minutiae) -> Vec<Place> {
    let scale = f32::from(NOMINAL_PPI) / f32::from(minutiae.ppi.max(1));
    let mut points: Vec<_> = minutiae
        .points
        .iter()
        .filter(|m| m.x.is_finite() && m.y.is_finite() && m.angle.is_finite())
        .collect();
    points.sort_by_key(|minutia| core::cmp::Reverse(minutia.quality));
    let place = |minutia: &&crate::minutiae::Minutia| Place {
        x: minutia.x * scale,
        y: -minutia.y * scale,
        angle: minutia.angle.rem_euclid(TAU),
        kind: match minutia.kind {
            Kind::Other => 0,
            Kind::Ending => 1,
            Kind::Bifurcation => 2,
        },
        weight: if minutia.quality == 0 {
            0.6
        } else {
            0.25 + 0.75 * f32::from(minutia.quality.min(100)) / 100.0
        },
    };
    points.iter().take(MAX_COMPARED).map(place).collect()
}

fn stars(places: &[Place]) -> Vec<Edge> {
    let mut edges = Vec::with_capacity(places.len() * NEIGHBOURS);
    let mut near = Vec::with_capacity(places.len());
    for (from, a) in places.iter().enumerate() {
        near.clear();
        let lengths = places.iter().enumerate().map(|(to, b)| {
            let (dx, dy) = (b.x - a.x, b.y - a.y);
            (dx * dx + dy * dy, to, dx, dy, b.angle)
        });
        let square = |length: f32| length * length;
        near.extend(lengths.filter(|(d, ..)| (square(EDGE.0)..square(EDGE.1)).contains(d)));
        near.sort_by(|a, b| a.0.total_cmp(&b.0));
        for (square, to, dx, dy, angle) in near.iter().take(NEIGHBOURS) {
            let along = dy.atan2(*dx);
            edges.push(Edge {
                from: from as u16,
                to: *to as u16,
                length: square.sqrt(),
                near: (a.angle - along).rem_euclid(TAU),
                far: (angle - along).rem_euclid(TAU),
            });
        }
    }
    edges
}

/// For length and both angles: the cell, and the one beside it on the nearer side.
fn cells(edge: &Edge) -> [(usize, Option<usize>); 3] {
    let cell = |value: f32, size: f32| {
        let place = value / size;
        let cell = place.floor();
        (cell as usize, place - cell > 0.5)
    };
    let (length, upper) = cell(edge.length, CELL);
    let beside = if upper {
        Some(length + 1)
    } else {
        length.checked_sub(1)
    };
    let around = |angle: f32| {
        let (angle, upper) = cell(angle, 2.0 * PI / ANGLES as f32);
        let beside = if upper { angle + 1 } else { angle + ANGLES - 1 };
        (angle % ANGLES, Some(beside % ANGLES))
    };
    let length = (length.min(LENGTHS), beside.filter(|cell| *cell < LENGTHS));
    [length, around(edge.near), around(edge.far)]
}

/// Edges sorted by cell, and where each cell begins.
fn table(edges: &[Edge]) -> (Vec<u16>, Vec<Edge>) {
    let number = |edge: &Edge| {
        let [length, near, far] = cells(edge).map(|cell| cell.0);
        (length.min(LENGTHS - 1) * ANGLES + near) * ANGLES + far
    };
    let mut numbered: Vec<(usize, Edge)> = edges.iter().map(|edge| (number(edge), *edge)).collect();
    numbered.sort_by_key(|(number, _)| *number);
    let mut starts = Vec::with_capacity(LENGTHS * ANGLES * ANGLES + 1);
    let mut index = 0;
    for cell in 0..=LENGTHS * ANGLES * ANGLES {
        while numbered
            .get(index)
            .is_some_and(|(number, _)| *number < cell)
        {
            index += 1;
        }
        starts.push(index as u16);
    }
    (starts, numbered.into_iter().map(|(_, edge)| edge).collect())
}

/// The convex hull (Andrew 1979), counter-clockwise.
fn hull(places: &[Place]) -> Vec<(f32, f32)> {
    let mut points: Vec<(f32, f32)> = places.iter().map(|place| (place.x, place.y)).collect();
    points.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let chain = |points: &mut dyn Iterator<Item = (f32, f32)>| {
        let mut chain: Vec<(f32, f32)> = Vec::new();
        for point in points {
            while let [.., a, b] = chain.as_slice() {
                if side(*a, *b, point) > 0.0 {
                    break;
                }
                chain.pop();
            }
            chain.push(point);
        }
        chain.pop();
        chain
    };
    let mut corners = chain(&mut points.iter().copied());
    corners.extend(chain(&mut points.iter().rev().copied()));
    corners
}

/// Positive when `c` lies left of the way from `a` to `b`.
fn side(a: (f32, f32), b: (f32, f32), c: (f32, f32)) -> f32 {
    (b.0 - a.0) * (c.1 - a.1) - (b.1 - a.1) * (c.0 - a.0)
}

fn area(hull: &[(f32, f32)]) -> f32 {
    let next = hull.iter().cycle().skip(1);
    let sum: f32 = hull
        .iter()
        .zip(next)
        .map(|(a, b)| a.0 * b.1 - a.1 * b.0)
        .sum();
    0.5 * sum.abs()
}

/// Whether a place lies in a hull or at most `margin` pixels outside.
pub(super) fn is_within(hull: &[(f32, f32)], x: f32, y: f32, margin: f32) -> bool {
    let next = hull.iter().cycle().skip(1);
    hull.iter().zip(next).all(|(a, b)| {
        let length = (b.0 - a.0).hypot(b.1 - a.1).max(1e-3);
        side(*a, *b, (x, y)) / length > -margin
    })
}
