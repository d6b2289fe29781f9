//! Points, curves and the small functions that shape them.

use core::ops::{Add, Mul, Sub};

/// A point of the picture. The unit is the distance between the eyes, the origin lies midway
/// between them, y grows downwards.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Point {
    pub(crate) x: f32,
    pub(crate) y: f32,
}

pub(crate) const fn at(x: f32, y: f32) -> Point {
    Point { x, y }
}

impl Point {
    pub(crate) fn length(self) -> f32 {
        self.x.hypot(self.y)
    }

    /// Of length one, or zero.
    pub(crate) fn unit(self) -> Self {
        let length = self.length();
        if length > 0.0 {
            self * (1.0 / length)
        } else {
            self
        }
    }

    pub(crate) fn dot(self, other: Self) -> f32 {
        self.x * other.x + self.y * other.y
    }

    /// Turned by a quarter, from right to down.
    pub(crate) fn across(self) -> Self {
        at(-self.y, self.x)
    }

    pub(crate) fn lerp(self, other: Self, t: f32) -> Self {
        self + (other - self) * t
    }

    pub(crate) fn mirrored(self) -> Self {
        at(-self.x, self.y)
    }
}

impl Add for Point {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        at(self.x + other.x, self.y + other.y)
    }
}

impl Sub for Point {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        at(self.x - other.x, self.y - other.y)
    }
}

impl Mul<f32> for Point {
    type Output = Self;
    fn mul(self, factor: f32) -> Self {
        at(self.x * factor, self.y * factor)
    }
}

/// A smooth curve through its points (Catmull–Rom), from the first to the last.
#[derive(Debug, Clone)]
pub(crate) struct Curve {
    points: Vec<Point>,
}

impl Curve {
    pub(crate) fn through(points: impl Into<Vec<Point>>) -> Self {
        Self {
            points: points.into(),
        }
    }

    /// The point at `t` from 0, the first, to 1, the last.
    pub(crate) fn at(&self, t: f32) -> Point {
        let last = self.points.len().saturating_sub(1);
        let position = t.clamp(0.0, 1.0) * last as f32;
        let index = (position as usize).min(last.saturating_sub(1));
        let point = |offset: isize| {
            let index = index.saturating_add_signed(offset).min(last);
            self.points.get(index).copied().unwrap_or(at(0.0, 0.0))
        };
        let (before, from, to, after) = (point(-1), point(0), point(1), point(2));
        let t = position - index as f32;
        let (t2, t3) = (t * t, t * t * t);
        before * (-0.5 * t3 + t2 - 0.5 * t)
            + from * (1.5 * t3 - 2.5 * t2 + 1.0)
            + to * (-1.5 * t3 + 2.0 * t2 + 0.5 * t)
            + after * (0.5 * t3 - 0.5 * t2)
    }

    /// The direction at `t`, of length one.
    pub(crate) fn direction(&self, t: f32) -> Point {
        const STEP: f32 = 0.01;
        (self.at(t + STEP) - self.at(t - STEP)).unit()
    }

    /// `count` points spread evenly over t.
    pub(crate) fn points(&self, count: usize) -> Vec<Point> {
        let last = count.saturating_sub(1).max(1) as f32;
        (0..count).map(|i| self.at(i as f32 / last)).collect()
    }
}

/// 0 below `from`, 1 above `to`, smooth between; falls when `from` is above `to`.
pub(crate) fn smoothstep(from: f32, to: f32, x: f32) -> f32 {
    let t = ((x - from) / (to - from)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// A bell of height 1 and deviation 1.
pub(crate) fn bell(x: f32) -> f32 {
    (-0.5 * x * x).exp()
}

pub(crate) fn lerp(from: f32, to: f32, t: f32) -> f32 {
    from + (to - from) * t
}

/// The distance of `point` from the line through `points`.
pub(crate) fn distance_to(points: &[Point], point: Point) -> f32 {
    points
        .windows(2)
        .filter_map(|pair| match pair {
            [from, to] => Some(distance_to_segment(*from, *to, point).0),
            _ => None,
        })
        .fold(f32::INFINITY, f32::min)
}

/// The distance of `point` from a segment, and where along it the nearest point lies (0 to 1).
pub(crate) fn distance_to_segment(from: Point, to: Point, point: Point) -> (f32, f32) {
    let along = to - from;
    let square = along.dot(along);
    let t = if square > 0.0 {
        ((point - from).dot(along) / square).clamp(0.0, 1.0)
    } else {
        0.0
    };
    ((point - from.lerp(to, t)).length(), t)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_goes_through_its_points() {
        let points = [at(0.0, 0.0), at(1.0, 2.0), at(3.0, 1.0), at(4.0, 4.0)];
        let curve = Curve::through(points);
        for (index, point) in points.into_iter().enumerate() {
            assert!((curve.at(index as f32 / 3.0) - point).length() < 1e-5);
        }
    }

    #[test]
    fn distances_are_measured_to_the_nearest_part() {
        let line = [at(0.0, 0.0), at(2.0, 0.0), at(2.0, 2.0)];
        for (point, distance) in [
            (at(1.0, 1.0), 1.0),
            (at(-3.0, 0.0), 3.0),
            (at(5.0, 6.0), 5.0),
        ] {
            assert!((distance_to(&line, point) - distance).abs() < 1e-5);
        }
    }
}
