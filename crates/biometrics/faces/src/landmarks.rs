/// A place in a picture, in pixels; the origin is the top left corner of the top left pixel.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Point {
    /// Rightwards.
    pub x: f32,
    /// Downwards.
    pub y: f32,
}

impl Point {
    /// A point at these coordinates.
    #[must_use]
    pub const fn new(x: f32, y: f32) -> Self {
        Self { x, y }
    }

    /// The point half way to another.
    #[must_use]
    pub fn midway(self, other: Self) -> Self {
        Self::new((self.x + other.x) / 2.0, (self.y + other.y) / 2.0)
    }

    /// How far away another point is, in pixels.
    #[must_use]
    pub fn distance(self, other: Self) -> f32 {
        let (dx, dy) = (self.x - other.x, self.y - other.y);
        (dx * dx + dy * dy).sqrt()
    }
}

/// The 68 landmarks of a face, in the order of iBUG 300-W. Left and right are those of the picture:
/// the left eye here is the person's right eye.
///
/// | index | what |
/// |---|---|
/// | 0–16 | jaw from the left ear over the chin (8) to the right ear |
/// | 17–21, 22–26 | left and right brow, each from left to right |
/// | 27–30, 31–35 | bridge of the nose to its tip (30), nostrils from left to right |
/// | 36–41 | left eye: outer corner 36, upper lid 37 38, inner corner 39, lower lid 40 41 |
/// | 42–47 | right eye: inner corner 42, upper lid 43 44, outer corner 45, lower lid 46 47 |
/// | 48–59 | outer lips from the left corner (48) over the upper lip to the right corner (54) and back |
/// | 60–67 | inner lips from the left corner (60): upper 61 62 63, right corner 64, lower 65 66 67 |
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Landmarks {
    points: [Point; Landmarks::COUNT],
}

impl Landmarks {
    /// How many there are.
    pub const COUNT: usize = 68;

    /// The landmarks at these places, in pixels of the picture.
    #[must_use]
    pub const fn new(points: [Point; Self::COUNT]) -> Self {
        Self { points }
    }

    /// All points in order.
    #[must_use]
    pub const fn points(&self) -> &[Point; Self::COUNT] {
        &self.points
    }

    /// Centre of the eye on the left of the picture: half way between its corners.
    #[must_use]
    pub const fn left_eye(&self) -> Point {
        let [outer, inner] = [self.points[36], self.points[39]];
        Point::new((outer.x + inner.x) / 2.0, (outer.y + inner.y) / 2.0)
    }

    /// Centre of the eye on the right of the picture: half way between its corners.
    #[must_use]
    pub const fn right_eye(&self) -> Point {
        let [inner, outer] = [self.points[42], self.points[45]];
        Point::new((outer.x + inner.x) / 2.0, (outer.y + inner.y) / 2.0)
    }

    /// Half way between the centres of the eyes.
    #[must_use]
    pub fn eyes(&self) -> Point {
        self.left_eye().midway(self.right_eye())
    }

    /// Inter-eye distance: from one centre to the other, in pixels.
    #[must_use]
    pub fn eye_distance(&self) -> f32 {
        self.left_eye().distance(self.right_eye())
    }

    /// Tip of the nose.
    #[must_use]
    pub const fn nose(&self) -> Point {
        self.points[30]
    }

    /// Centre of the mouth: half way between its corners.
    #[must_use]
    pub fn mouth(&self) -> Point {
        let [left, right] = self.mouth_corners();
        left.midway(right)
    }

    /// Left and right corner of the mouth.
    #[must_use]
    pub const fn mouth_corners(&self) -> [Point; 2] {
        [self.points[48], self.points[54]]
    }

    /// The chin: lowest point of the jaw.
    #[must_use]
    pub const fn chin(&self) -> Point {
        self.points[8]
    }

    /// Every point moved by a function.
    #[must_use]
    pub fn map(&self, place: impl FnMut(Point) -> Point) -> Self {
        Self::new(self.points.map(place))
    }
}
