//! A face made of landmarks, and pictures drawn around it: right, or wrong in one thing.

use faces::measure::{Assessor, JpegTable, Profile};
use faces::report::Assessment;
use faces::thresholds::Thresholds;
use faces::{Face, FaceBox, Landmarks, Picture, Point, Pose};

/// A face in the middle of the aligned picture of ISO 29794-5, in whole pixels.
pub(crate) fn drawn() -> Vec<(f32, f32)> {
    let mut points: Vec<(f32, f32)> = (0..=16)
        .map(|step| core::f32::consts::PI * step as f32 / 16.0)
        .map(|turn| (308.0 - 125.0 * turn.cos(), 272.0 + 215.0 * turn.sin()))
        .collect();
    points.extend((0..5).map(|n| (196.0 + 22.0 * n as f32, 235.0)));
    points.extend((0..5).map(|n| (332.0 + 22.0 * n as f32, 235.0)));
    points.extend((0..4).map(|n| (308.0, 276.0 + 20.0 * n as f32)));
    points.extend((0..5).map(|n| (286.0 + 11.0 * n as f32, 350.0)));
    for centre in [251.0, 364.0] {
        let eye = [
            (-20.0, 0.0),
            (-8.0, -8.0),
            (8.0, -8.0),
            (20.0, 0.0),
            (8.0, 8.0),
            (-8.0, 8.0),
        ];
        points.extend(eye.map(|(x, y)| (centre + x, 272.0 + y)));
    }
    let outer = [262, 280, 296, 308, 321, 337, 355, 337, 321, 308, 296, 280];
    let lips = [402, 392, 388, 390, 388, 392, 402, 414, 420, 421, 420, 414];
    points.extend(
        outer
            .into_iter()
            .zip(lips)
            .map(|(x, y)| (x as f32, y as f32)),
    );
    points.extend(
        [
            (266, 402),
            (296, 399),
            (308, 400),
            (321, 399),
            (351, 402),
            (321, 406),
            (308, 408),
            (296, 406),
        ]
        .map(|(x, y)| (x as f32, y as f32)),
    );
    points
        .into_iter()
        .map(|(x, y)| (x.round(), y.round()))
        .collect()
}

/// The drawn face, turned by degrees, scaled and moved.
pub(crate) fn face(degrees: f32, scale: f32, at: (f32, f32)) -> Face {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let place = |(x, y): (f32, f32)| {
        Point::new(
            scale * (cos * x - sin * y) + at.0 + 0.5,
            scale * (sin * x + cos * y) + at.1 + 0.5,
        )
    };
    let points: Vec<Point> = drawn().into_iter().map(place).collect();
    let landmarks = Landmarks::new(points.try_into().expect("68 points"));
    let middle = landmarks.nose();
    Face {
        bounds: FaceBox {
            left: middle.x - 150.0 * scale,
            top: middle.y - 180.0 * scale,
            width: 300.0 * scale,
            height: 360.0 * scale,
            confidence: 1.0,
        },
        landmarks,
        pose: Pose::default(),
    }
}

/// A picture by a function of the place.
pub(crate) fn picture(width: u32, height: u32, pixel: impl Fn(u32, u32) -> [u8; 3]) -> Picture {
    let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    let rgb = places.flat_map(|(x, y)| pixel(x, y)).collect();
    Picture::new(rgb, width, height).expect("a picture")
}

/// Changes what was found of a face.
pub(crate) type Turn = fn(&mut Face);
/// Changes a pixel by its place, its colour and whether it is skin.
pub(crate) type Pixel = fn(u32, u32, [u8; 3], bool) -> [u8; 3];

/// A thing that is drawn wrong.
#[derive(Clone, Copy, Default)]
pub(crate) struct Scene {
    pub(crate) face: Option<Turn>,
    pub(crate) pixel: Option<Pixel>,
    pub(crate) second: bool,
    pub(crate) nobody: bool,
    pub(crate) at: Option<(f32, f32)>,
    pub(crate) scale: Option<f32>,
    pub(crate) degrees: f32,
    pub(crate) jpeg: Option<u8>,
}

pub(crate) fn noise(x: u32, y: u32) -> u8 {
    let mixed = x.wrapping_mul(0x9E37_79B1) ^ y.wrapping_mul(0x85EB_CA77);
    ((mixed ^ (mixed >> 15)).wrapping_mul(0x2C1B_3C6D) >> 27) as u8
}

/// The places of a drawn picture of 800 × 1000, and whether they are skin.
pub(crate) fn draw(scene: Scene, face: &Face) -> Picture {
    let landmarks = face.landmarks;
    let (eyes, reach) = (landmarks.eyes(), landmarks.eye_distance());
    picture(800, 1000, |x, y| {
        let (dx, dy) = (
            (x as f32 - eyes.x) / (1.15 * reach),
            (y as f32 - eyes.y) / (1.85 * reach),
        );
        let skin = dx * dx + dy * dy < 1.0;
        let shirt = y as f32 > landmarks.chin().y + 0.3 * reach;
        let grain = noise(x, y) / 2 + ((x / 13 + y / 11) % 8) as u8 * 4;
        let plain = match (skin, shirt) {
            (true, _) => [165 + grain, 115 + grain, 90 + grain],
            (_, true) => [40, 60, 120],
            _ => [220, 224, 226],
        };
        scene
            .pixel
            .map_or(plain, |change| change(x, y, plain, skin))
    })
}

pub(crate) fn assessed(scene: Scene, profile: Profile) -> Assessment {
    let mut drawn = face(
        scene.degrees,
        scene.scale.unwrap_or(1.2),
        scene.at.unwrap_or((30.0, 60.0)),
    );
    let picture = draw(scene, &drawn);
    widen_mouth(&mut drawn, 0.9);
    if let Some(change) = scene.face {
        change(&mut drawn);
    }
    let faces = match (scene.nobody, scene.second) {
        (true, _) => vec![],
        (_, true) => vec![drawn, drawn],
        _ => vec![drawn],
    };
    let file = |entry: u8| [&[0xFF, 0xD8, 0xFF, 0xDB, 0, 67, 0][..], &[entry; 64]].concat();
    let table = scene.jpeg.and_then(|entry| JpegTable::of(&file(entry)));
    Assessor::new().assess(
        &picture,
        &faces,
        &Thresholds::default(),
        profile,
        table.as_ref(),
    )
}

/// Moves landmarks of the drawn face.
pub(crate) fn moved(face: &mut Face, change: impl Fn(usize, Point) -> Point) {
    let mut index = 0..Landmarks::COUNT;
    face.landmarks = face
        .landmarks
        .map(|point| change(index.next().unwrap_or_default(), point));
}

pub(crate) fn shut_eyes(face: &mut Face) {
    let line = face.landmarks.eyes().y;
    moved(face, |index, p| {
        if (36..48).contains(&index) {
            Point::new(p.x, line)
        } else {
            p
        }
    });
}

pub(crate) fn open_mouth(face: &mut Face) {
    moved(face, |index, p| {
        if (65..68).contains(&index) {
            Point::new(p.x, p.y + 45.0)
        } else {
            p
        }
    });
}

pub(crate) fn widen_mouth(face: &mut Face, by: f32) {
    let middle = face.landmarks.mouth();
    moved(face, |index, p| match index {
        48 | 54 => Point::new(middle.x + by * (p.x - middle.x), p.y),
        _ => p,
    });
}
