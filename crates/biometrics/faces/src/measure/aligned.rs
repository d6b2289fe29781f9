//! The aligned picture of ISO 29794-5: eyes, nose and mouth at fixed places of 616 × 616 pixels.

use crate::{Landmarks, Picture, Point};

/// Side of the aligned picture, in pixels.
pub(crate) const SIDE: usize = 616;

/// Where OFIQ 1.0.3 puts the eyes, the tip of the nose and the corners of the mouth.
const PLACES: [Point; 5] = [
    Point::new(251.0, 272.0),
    Point::new(364.0, 272.0),
    Point::new(308.0, 336.0),
    Point::new(262.0, 402.0),
    Point::new(355.0, 402.0),
];

/// A turn, a scale and a shift: `(x, y)` goes to `(a·x − b·y + tx, b·x + a·y + ty)`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Similarity {
    a: f64,
    b: f64,
    tx: f64,
    ty: f64,
}

impl Similarity {
    /// The one that brings points nearest to others, by least squares; none when the points are all
    /// in one place. (OFIQ takes the least median of squares, which may leave out a point.)
    fn fit(from: &[Point; 5], to: &[Point; 5]) -> Option<Self> {
        let centre = |points: &[Point; 5]| {
            let sum = points.iter().fold((0.0, 0.0), |(x, y), p| {
                (x + f64::from(p.x), y + f64::from(p.y))
            });
            (sum.0 / 5.0, sum.1 / 5.0)
        };
        let ((fx, fy), (gx, gy)) = (centre(from), centre(to));
        let (mut along, mut across, mut size) = (0.0, 0.0, 0.0);
        for (p, q) in from.iter().zip(to) {
            let (px, py) = (f64::from(p.x) - fx, f64::from(p.y) - fy);
            let (qx, qy) = (f64::from(q.x) - gx, f64::from(q.y) - gy);
            along += px * qx + py * qy;
            across += px * qy - py * qx;
            size += px * px + py * py;
        }
        let (a, b) = (along / size, across / size);
        let fitted = Self {
            a,
            b,
            tx: gx - a * fx + b * fy,
            ty: gy - b * fx - a * fy,
        };
        ((a * a + b * b).is_normal() && fitted.tx.is_finite() && fitted.ty.is_finite())
            .then_some(fitted)
    }

    fn inverse(self) -> Self {
        let size = self.a * self.a + self.b * self.b;
        let (a, b) = (self.a / size, -self.b / size);
        Self {
            a,
            b,
            tx: -(a * self.tx - b * self.ty),
            ty: -(b * self.tx + a * self.ty),
        }
    }

    fn apply(self, x: f64, y: f64) -> (f64, f64) {
        (
            self.a * x - self.b * y + self.tx,
            self.b * x + self.a * y + self.ty,
        )
    }
}

/// The aligned picture; its buffers serve one frame after the other.
pub(crate) struct Aligned {
    rgb: Vec<u8>,
    inside: Vec<(usize, usize)>,
    landmarks: Landmarks,
}

impl Aligned {
    pub(crate) fn new() -> Self {
        Self {
            rgb: vec![0; SIDE * SIDE * 3],
            inside: vec![(0, 0); SIDE],
            landmarks: Landmarks::new([Point::default(); Landmarks::COUNT]),
        }
    }

    /// Fills the aligned picture from a face; false when the landmarks span no face.
    pub(crate) fn take(&mut self, picture: &Picture, landmarks: &Landmarks) -> bool {
        // Landmarks count from the corner of the first pixel, the formulas from its centre.
        let centred = landmarks.map(|p| Point::new(p.x - 0.5, p.y - 0.5));
        let [left, right] = centred.mouth_corners();
        let five = [
            centred.left_eye(),
            centred.right_eye(),
            centred.nose(),
            left,
            right,
        ];
        let Some(forth) = Similarity::fit(&five, &PLACES) else {
            return false;
        };
        self.landmarks = centred.map(|p| {
            let (x, y) = forth.apply(f64::from(p.x), f64::from(p.y));
            Point::new(x.round() as f32, y.round() as f32)
        });
        let back = forth.inverse();
        let rows = self.rgb.chunks_exact_mut(SIDE * 3).zip(&mut self.inside);
        for (y, (row, inside)) in rows.enumerate() {
            *inside = fill_row(picture, back, y, row);
        }
        true
    }

    /// Rows of red, green and blue; black where the picture does not reach.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &[u8]> {
        self.rgb.chunks_exact(SIDE * 3)
    }

    /// For each row, the first column that the picture reaches and the first that it does not.
    pub(crate) fn inside(&self) -> &[(usize, usize)] {
        &self.inside
    }

    /// The landmarks, rounded to whole pixels as OFIQ does.
    pub(crate) fn landmarks(&self) -> &Landmarks {
        &self.landmarks
    }
}

/// The part of `0..SIDE` where `start + step · n` lies in `0.0..=last`.
fn reach(start: f64, step: f64, last: f64) -> (f64, f64) {
    if step.abs() < 1e-12 {
        let all = (0.0..=last).contains(&start);
        return if all { (0.0, SIDE as f64) } else { (0.0, 0.0) };
    }
    let (one, other) = (-start / step, (last - start) / step);
    (one.min(other), one.max(other))
}

/// One row of the aligned picture, by bilinear interpolation; what it reaches of the picture.
fn fill_row(picture: &Picture, back: Similarity, y: usize, row: &mut [u8]) -> (usize, usize) {
    row.fill(0);
    let (x0, y0) = back.apply(0.0, y as f64);
    // A hair less than the last pixel, so that the four neighbours exist.
    let across = reach(x0, back.a, f64::from(picture.width()) - 1.001);
    let down = reach(y0, back.b, f64::from(picture.height()) - 1.001);
    let start = across.0.max(down.0).max(0.0).ceil() as usize;
    let end = (across.1.min(down.1).min(SIDE as f64 - 1.0) + 1.0).max(0.0) as usize;
    if start >= end {
        return (0, 0);
    }
    let stride = picture.width() as usize * 3;
    let bytes = picture.rgb();
    let pixels = row.chunks_exact_mut(3).enumerate().take(end).skip(start);
    for (x, pixel) in pixels {
        let (sx, sy) = (x0 + back.a * x as f64, y0 + back.b * x as f64);
        let (column, line) = (sx as usize, sy as usize);
        let (fx, fy) = (
            ((sx - column as f64) * 256.0) as u32,
            ((sy - line as f64) * 256.0) as u32,
        );
        let at = line * stride + column * 3;
        let (Some(upper), Some(lower)) = (
            bytes.get(at..at + 6),
            bytes.get(at + stride..at + stride + 6),
        ) else {
            continue;
        };
        blend(pixel, upper, lower, fx, fy);
    }
    (start, end)
}

/// Mixes two pixels of two rows by fractions of 256.
fn blend(pixel: &mut [u8], upper: &[u8], lower: &[u8], fx: u32, fy: u32) {
    let (Some((u0, u1)), Some((l0, l1))) = (upper.split_at_checked(3), lower.split_at_checked(3))
    else {
        return;
    };
    let pairs = u0.iter().zip(u1).zip(l0.iter().zip(l1));
    for (target, ((&a, &b), (&c, &d))) in pixel.iter_mut().zip(pairs) {
        let above = u32::from(a) * (256 - fx) + u32::from(b) * fx;
        let below = u32::from(c) * (256 - fx) + u32::from(d) * fx;
        *target = ((above * (256 - fy) + below * fy + (1 << 15)) >> 16) as u8;
    }
}
