//! The face mask of ISO 29794-5: the convex hull of the landmarks, as one span for each row.

use super::aligned::SIDE;
use crate::{Landmarks, Point};

/// Which columns of each row of the aligned picture show the face: `first..end`.
pub(crate) struct FaceMask {
    spans: Vec<(usize, usize)>,
}

/// A rectangle of the aligned picture; right and bottom do not belong to it.
pub(crate) struct Bounds {
    pub(crate) left: usize,
    pub(crate) top: usize,
    pub(crate) right: usize,
    pub(crate) bottom: usize,
}

impl FaceMask {
    pub(crate) fn new() -> Self {
        Self {
            spans: vec![(0, 0); SIDE],
        }
    }

    /// Becomes the hull of landmarks.
    pub(crate) fn take(&mut self, landmarks: &Landmarks) {
        let hull = convex_hull(landmarks.points());
        for (y, span) in self.spans.iter_mut().enumerate() {
            *span = cut(&hull, y as f32);
        }
    }

    /// For each row from the top, the first column of the face and the first that is not any more.
    pub(crate) fn spans(&self) -> &[(usize, usize)] {
        &self.spans
    }

    /// The least rectangle around the face; none without a face.
    pub(crate) fn bounds(&self) -> Option<Bounds> {
        let mut rows = self
            .spans
            .iter()
            .enumerate()
            .filter(|(_, (first, end))| first < end);
        let (top, &(left, right)) = rows.next()?;
        let around = Bounds {
            left,
            top,
            right,
            bottom: top + 1,
        };
        Some(rows.fold(around, |b, (y, &(first, end))| Bounds {
            left: b.left.min(first),
            top: b.top,
            right: b.right.max(end),
            bottom: y + 1,
        }))
    }

    /// The columns of one row.
    pub(crate) fn span(&self, y: usize) -> (usize, usize) {
        self.spans.get(y).copied().unwrap_or_default()
    }
}

/// The rows and columns inside of the hull of some points: `(y, first, end)`.
pub(crate) fn inside_hull(points: &[Point]) -> impl Iterator<Item = (usize, usize, usize)> {
    let hull = convex_hull(points);
    let reach = |from: f32, p: &Point| from.max(p.y);
    let top = points
        .iter()
        .map(|p| p.y)
        .fold(f32::INFINITY, f32::min)
        .max(0.0) as usize;
    let bottom = points.iter().fold(0.0, reach).min((SIDE - 1) as f32) as usize;
    (top..=bottom)
        .map(move |y| (y, cut(&hull, y as f32)))
        .map(|(y, (first, end))| (y, first, end))
}

/// Twice the area of a triangle, by the sense in which it turns.
fn turn(a: Point, b: Point, c: Point) -> f32 {
    (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)
}

/// The convex hull, by Andrew's monotone chain.
fn convex_hull(points: &[Point]) -> Vec<Point> {
    let mut points = points.to_vec();
    points.sort_by(|p, q| p.x.total_cmp(&q.x).then(p.y.total_cmp(&q.y)));
    let mut hull = half(points.iter().copied());
    hull.extend(half(points.iter().rev().copied()));
    hull
}

/// One half of the hull, without its last point.
fn half(points: impl Iterator<Item = Point>) -> Vec<Point> {
    let mut chain: Vec<Point> = Vec::with_capacity(Landmarks::COUNT);
    for point in points {
        while let [.., before, last] = *chain.as_slice()
            && turn(before, last, point) <= 0.0
        {
            chain.pop();
        }
        chain.push(point);
    }
    chain.pop();
    chain
}

/// The columns at which a row cuts a convex polygon.
fn cut(hull: &[Point], y: f32) -> (usize, usize) {
    let (mut first, mut last) = (f32::INFINITY, f32::NEG_INFINITY);
    for (p, q) in hull.iter().zip(hull.iter().cycle().skip(1)) {
        if (p.y.min(q.y)..=p.y.max(q.y)).contains(&y) {
            let part = if p.y == q.y {
                0.0
            } else {
                (y - p.y) / (q.y - p.y)
            };
            let x = p.x + part * (q.x - p.x);
            (first, last) = (first.min(x), last.max(x));
            if p.y == q.y {
                (first, last) = (first.min(q.x), last.max(q.x));
            }
        }
    }
    if last < 0.0 || first > (SIDE - 1) as f32 || first > last {
        return (0, 0);
    }
    let end = (last.floor() as usize + 1).min(SIDE);
    (first.max(0.0).ceil() as usize, end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mask_of(corners: &[(f32, f32)]) -> FaceMask {
        let mut points = [Point::new(corners[0].0, corners[0].1); Landmarks::COUNT];
        for (point, corner) in points.iter_mut().zip(corners) {
            *point = Point::new(corner.0, corner.1);
        }
        let mut mask = FaceMask::new();
        mask.take(&Landmarks::new(points));
        mask
    }

    #[test]
    fn the_hull_is_cut_into_rows() {
        let check = |corners: &[(f32, f32)], rows: &[(usize, (usize, usize))]| {
            let mask = mask_of(corners);
            for (y, span) in rows {
                assert_eq!(mask.span(*y), *span, "{corners:?} row {y}");
            }
        };
        let square = [
            (10.0, 20.0),
            (30.0, 20.0),
            (30.0, 40.0),
            (10.0, 40.0),
            (20.0, 30.0),
        ];
        check(
            &square,
            &[
                (19, (0, 0)),
                (20, (10, 31)),
                (30, (10, 31)),
                (40, (10, 31)),
                (41, (0, 0)),
            ],
        );
        let diamond = [(50.0, 10.0), (60.0, 20.0), (50.0, 30.0), (40.0, 20.0)];
        check(
            &diamond,
            &[
                (10, (50, 51)),
                (15, (45, 56)),
                (20, (40, 61)),
                (30, (50, 51)),
            ],
        );
        let beyond = [(-50.0, 5.0), (900.0, 5.0), (900.0, 9.0), (-50.0, 9.0)];
        check(&beyond, &[(5, (0, SIDE)), (9, (0, SIDE)), (10, (0, 0))]);
        check(
            &[(-9.0, 5.0), (-5.0, 5.0), (-9.0, 9.0)],
            &[(5, (0, 0)), (7, (0, 0))],
        );
        check(&[(f32::NAN, 5.0), (10.0, f32::NAN)], &[(5, (0, 0))]);
    }
}
