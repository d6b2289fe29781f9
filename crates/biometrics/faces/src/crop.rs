//! Cuts the portrait of a document out of a picture: turned so that the eyes are level, with the head
//! where ISO 39794-5 Annex D.1 and Doc 9303-3 §3.9 want it.

use crate::{
    Error, Landmarks, Picture, Point, Result,
    frame::{Frame, Square},
    picture::MAX_SIDE,
};

/// Longest side of a portrait, in pixels.
pub const MAX_PORTRAIT_SIDE: u32 = 2_048;
/// Shortest side of a portrait, in pixels.
pub const MIN_PORTRAIT_SIDE: u32 = 64;
/// Eyes closer together than this, in pixels, make no portrait.
pub const MIN_EYE_DISTANCE: f32 = 8.0;

/// Size of a portrait and where the eyes are in it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Geometry {
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
    /// From the upper border to the eyes, as a share of the height.
    pub eyes: f32,
    /// Between the centres of the eyes, as a share of the width.
    pub eye_distance: f32,
}

impl Geometry {
    /// 413 × 531 pixels, 35 × 45 mm at 300 dpi, as in the reference data sets for DG2. The eyes stand
    /// as in the token frontal image (ISO 19794-5:2005 §9): a quarter of the width apart and 0.6 widths
    /// below the upper border. A head is then about 72 % of the height (Doc 9303-3 §3.9: 70 to 80 %).
    pub const CHIP: Self = Self {
        width: 413,
        height: 531,
        eyes: 0.6 * 413.0 / 531.0,
        eye_distance: 0.25,
    };
    /// 600 × 771 pixels of the same proportions, for print.
    pub const PRINT: Self = Self {
        width: 600,
        height: 771,
        eyes: 0.6 * 600.0 / 771.0,
        eye_distance: 0.25,
    };
}

/// What to do where the portrait reaches beyond the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Border {
    /// Refuse: a portrait shows nothing that the camera has not seen.
    Refuse,
    /// Continue the outermost pixels, and say how many were made up.
    Extend,
}

/// A portrait, and what was done for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Portrait {
    /// The pixels.
    pub picture: Picture,
    /// The landmarks, in pixels of the portrait.
    pub landmarks: Landmarks,
    /// Pixels of the original for one of the portrait: below 1 the portrait is enlarged.
    pub scale: f32,
    /// Share of the pixels that the original does not have, 0 to 1.
    pub invented: f32,
}

/// From a portrait to its picture: a turn, one scale, a shift.
#[derive(Debug, Clone, Copy)]
struct Placement {
    origin: Point,
    /// One pixel of the portrait to the right, in the picture.
    right: Point,
}

impl Placement {
    fn of(landmarks: &Landmarks, geometry: &Geometry) -> Result<Self> {
        check(landmarks, geometry)?;
        let level = Square::direction(landmarks.left_eye(), landmarks.right_eye());
        let scale = landmarks.eye_distance() / (geometry.eye_distance * geometry.width as f32);
        let right = Point::new(level.x * scale, level.y * scale);
        let (x, y) = (
            geometry.width as f32 / 2.0,
            geometry.height as f32 * geometry.eyes,
        );
        let eyes = landmarks.eyes();
        let origin = Point::new(
            eyes.x - x * right.x + y * right.y,
            eyes.y - x * right.y - y * right.x,
        );
        Ok(Self { origin, right })
    }

    fn scale(&self) -> f32 {
        Point::default().distance(self.right)
    }

    fn to_picture(self, x: f32, y: f32) -> Point {
        Point::new(
            self.origin.x + x * self.right.x - y * self.right.y,
            self.origin.y + x * self.right.y + y * self.right.x,
        )
    }

    fn to_portrait(self, point: Point) -> Point {
        let (x, y) = (point.x - self.origin.x, point.y - self.origin.y);
        let square = self.scale() * self.scale();
        Point::new(
            (x * self.right.x + y * self.right.y) / square,
            (y * self.right.x - x * self.right.y) / square,
        )
    }
}

/// Cuts the portrait of a face.
///
/// Where the picture has more pixels than the portrait, all of them count in the means.
///
/// # Errors
/// [`Error::Portrait`] when the geometry or the eyes are out of range ([`MIN_PORTRAIT_SIDE`],
/// [`MAX_PORTRAIT_SIDE`], [`MIN_EYE_DISTANCE`]); [`Error::BeyondBorder`] when the portrait reaches beyond
/// the picture and the border is [`Border::Refuse`].
pub fn portrait(
    picture: &Picture,
    landmarks: &Landmarks,
    geometry: &Geometry,
    border: Border,
) -> Result<Portrait> {
    let placement = match border {
        Border::Refuse => inside(picture, landmarks, geometry)?,
        Border::Extend => Placement::of(landmarks, geometry)?,
    };
    let (rgb, invented) = resample(picture, &placement, geometry);
    let pixels = geometry.width * geometry.height;
    Ok(Portrait {
        picture: Picture::new(rgb, geometry.width, geometry.height)?,
        landmarks: landmarks.map(|point| placement.to_portrait(point)),
        scale: placement.scale(),
        invented: invented as f32 / pixels as f32,
    })
}

/// Whether the picture has room for the portrait of a face: what a running camera is asked before it releases.
///
/// # Errors
/// Those of [`portrait`] with [`Border::Refuse`].
pub fn room(picture: &Picture, landmarks: &Landmarks, geometry: &Geometry) -> Result<()> {
    inside(picture, landmarks, geometry).map(drop)
}

/// Where the portrait is, if it is inside the picture.
fn inside(picture: &Picture, landmarks: &Landmarks, geometry: &Geometry) -> Result<Placement> {
    let placement = Placement::of(landmarks, geometry)?;
    match beyond(picture, &placement, geometry) {
        None => Ok(placement),
        Some([left, top, right, bottom]) => Err(Error::BeyondBorder {
            left,
            top,
            right,
            bottom,
        }),
    }
}

fn check(landmarks: &Landmarks, geometry: &Geometry) -> Result<()> {
    let sides = MIN_PORTRAIT_SIDE..=MAX_PORTRAIT_SIDE;
    let shares = [geometry.eyes, geometry.eye_distance];
    let is_known = landmarks
        .points()
        .iter()
        .all(|point| point.x.is_finite() && point.y.is_finite());
    let distance = landmarks.eye_distance();
    let fits = sides.contains(&geometry.width)
        && sides.contains(&geometry.height)
        && shares.iter().all(|share| (0.05..=0.95).contains(share));
    if fits && is_known && (MIN_EYE_DISTANCE..=MAX_SIDE as f32).contains(&distance) {
        return Ok(());
    }
    Err(Error::Portrait {
        width: geometry.width,
        height: geometry.height,
        eye_distance: distance as u32,
    })
}

/// Pixels that are missing left, above, right and below, if any.
fn beyond(picture: &Picture, placement: &Placement, geometry: &Geometry) -> Option<[u32; 4]> {
    let (width, height) = (geometry.width as f32, geometry.height as f32);
    let corners = [(0.0, 0.0), (width, 0.0), (0.0, height), (width, height)];
    let places = corners.map(|(x, y)| placement.to_picture(x, y));
    let most = |of: fn(Point, f32, f32) -> f32| {
        let (w, h) = (picture.width() as f32, picture.height() as f32);
        let far = places
            .iter()
            .map(|place| of(*place, w, h))
            .fold(0.0, f32::max);
        far.ceil() as u32
    };
    let missing = [
        most(|place, _, _| -place.x),
        most(|place, _, _| -place.y),
        most(|place, w, _| place.x - w),
        most(|place, _, h| place.y - h),
    ];
    (missing != [0; 4]).then_some(missing)
}

/// All pixels of the portrait, and how many are made up.
fn resample(picture: &Picture, placement: &Placement, geometry: &Geometry) -> (Vec<u8>, u32) {
    // Blocks of whole pixels first, then as many places as are needed so that none is passed over.
    let factor = (placement.scale() / 2.0).floor().max(1.0);
    let frame = Frame::new(picture, factor as u32);
    let taps = (placement.scale() / factor).ceil().clamp(1.0, 4.0) as u32;
    let (width, height) = (picture.width() as f32, picture.height() as f32);
    let share = 1.0 / (taps * taps) as f32;
    let mut rgb = Vec::with_capacity(geometry.width as usize * geometry.height as usize * 3);
    let mut invented = 0;
    for (y, x) in (0..geometry.height).flat_map(|y| (0..geometry.width).map(move |x| (y, x))) {
        let middle = placement.to_picture(x as f32 + 0.5, y as f32 + 0.5);
        let is_seen = (0.0..=width).contains(&middle.x) && (0.0..=height).contains(&middle.y);
        invented += u32::from(!is_seen);
        let mut sum = [0.0f32; 4];
        for (dy, dx) in (0..taps).flat_map(|dy| (0..taps).map(move |dx| (dy, dx))) {
            let inside = |at: u32, tap: u32| at as f32 + (tap as f32 + 0.5) / taps as f32;
            let place = placement.to_picture(inside(x, dx), inside(y, dy));
            let place = Point::new(place.x.clamp(0.0, width), place.y.clamp(0.0, height));
            for (sum, value) in sum.iter_mut().zip(frame.nearest(place)) {
                *sum += value;
            }
        }
        rgb.extend(sum.iter().take(3).map(|sum| (sum * share + 0.5) as u8));
    }
    (rgb, invented)
}
