//! Faces of the drawn specimen people, and pictures without any.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use faces::{Error, Face, Picture, Point, crop, find};

fn specimen(name: &str) -> Picture {
    let path = test_support::fixture(&format!("people/{name}/portrait.png"));
    let image = image::open(path).unwrap().into_rgb8();
    let (width, height) = image.dimensions();
    Picture::new(image.into_raw(), width, height).unwrap()
}

/// Pictures pasted into a grey one: each with its corner and the step at which its pixels are taken.
fn pasted(width: u32, height: u32, parts: &[(&Picture, u32, u32, u32)]) -> Picture {
    let mut rgb = vec![180; (width * height * 3) as usize];
    for (part, left, top, step) in parts {
        for (y, x) in
            (0..part.height() / step).flat_map(|y| (0..part.width() / step).map(move |x| (y, x)))
        {
            let (to_x, to_y) = (left + x, top + y);
            if let (true, Some(colour)) = (
                to_x < width && to_y < height,
                part.pixel(x * step, y * step),
            ) {
                let at = ((to_y * width + to_x) * 3) as usize;
                rgb[at..at + 3].copy_from_slice(&colour);
            }
        }
    }
    Picture::new(rgb, width, height).unwrap()
}

fn only(picture: &Picture) -> Face {
    let faces = find(picture).unwrap();
    assert_eq!(faces.len(), 1);
    faces[0]
}

fn near(found: Point, x: f32, y: f32, tolerance: f32) {
    let off = found.distance(Point::new(x, y));
    assert!(off <= tolerance, "{found:?} is {off} from {x}, {y}");
}

/// Where the networks see the drawn people: eyes, mouth, chin, in pixels. Looked at by a person: the
/// eyes are those drawn.
const SEEN: [(&str, [(f32, f32); 4]); 3] = [
    (
        "uto-passport-anton",
        [
            (310.7, 507.3),
            (519.2, 507.9),
            (415.6, 740.7),
            (415.4, 886.6),
        ],
    ),
    (
        "vn-citizen-dao",
        [
            (309.0, 506.9),
            (518.0, 507.7),
            (415.2, 741.4),
            (416.0, 871.0),
        ],
    ),
    (
        "vn-citizen-nam",
        [
            (313.0, 508.2),
            (518.8, 508.1),
            (415.2, 742.0),
            (414.4, 884.6),
        ],
    ),
];

#[test]
fn the_specimen_people_have_one_face_each() {
    for (name, places) in SEEN {
        let face = only(&specimen(name));
        let marks = face.landmarks;
        let found = [
            marks.left_eye(),
            marks.right_eye(),
            marks.mouth(),
            marks.chin(),
        ];
        for (found, (x, y)) in found.into_iter().zip(places) {
            near(found, x, y, 0.5);
        }
        assert!(face.bounds.confidence > 0.9, "{name}");
        let pose = face.pose;
        assert!(
            pose.yaw.abs() < 2.0 && pose.roll.abs() < 1.0,
            "{name}: {pose:?}"
        );
    }
}

#[test]
fn places_follow_the_picture() {
    let person = specimen("vn-citizen-nam");
    let shifted = pasted(1400, 1300, &[(&person, 500, 200, 1)]);
    let (a, b) = (only(&person).landmarks, only(&shifted).landmarks);
    for (a, b) in a.points().iter().zip(b.points()) {
        near(*b, a.x + 500.0, a.y + 200.0, 0.06 * 206.0);
    }
    let half = pasted(640, 480, &[(&person, 100, 0, 3)]);
    near(
        only(&half).landmarks.left_eye(),
        100.0 + 313.0 / 3.0,
        508.2 / 3.0,
        3.0,
    );
}

#[test]
fn two_people_are_two_faces_and_the_larger_is_first() {
    let (near_one, far_one) = (specimen("vn-citizen-dao"), specimen("uto-passport-anton"));
    for step in [1, 2, 3] {
        let picture = pasted(
            1700,
            1100,
            &[(&near_one, 0, 0, 1), (&far_one, 850, 20, step)],
        );
        let faces = find(&picture).unwrap();
        let places: Vec<Point> = faces.iter().map(|face| face.landmarks.left_eye()).collect();
        assert_eq!(faces.len(), 2, "1/{step}: {places:?}");
        assert!(faces[0].bounds.area() >= faces[1].bounds.area());
        let step = step as f32;
        let is_second = |at: &&Point| at.x > 850.0;
        let second = places.iter().find(is_second).unwrap();
        near(*second, 850.0 + 310.7 / step, 20.0 + 507.3 / step, 12.0);
    }
}

#[test]
fn a_leaning_head_is_found_and_set_upright() {
    let person = specimen("vn-citizen-dao");
    // The sine of the turn.
    let lean = 0.25f32;
    let mut rgb = vec![200; 1300 * 1200 * 3];
    for (y, x) in (0..1200u32).flat_map(|y| (0..1300u32).map(move |x| (y, x))) {
        let (dx, dy) = (x as f32 - 650.0, y as f32 - 600.0);
        let (cos, sin) = ((1.0 - lean * lean).sqrt(), lean);
        let from = (dx * cos + dy * sin + 413.0, dy * cos - dx * sin + 531.0);
        if from.0 >= 0.0
            && from.1 >= 0.0
            && let Some(colour) = person.pixel(from.0 as u32, from.1 as u32)
        {
            let at = ((y * 1300 + x) * 3) as usize;
            rgb[at..at + 3].copy_from_slice(&colour);
        }
    }
    let picture = Picture::new(rgb, 1300, 1200).unwrap();
    let face = only(&picture);
    let degrees = lean.asin().to_degrees();
    assert!(
        (face.pose.roll.abs() - degrees).abs() < 1.0,
        "{:?}",
        face.pose
    );
    let cut = crop::portrait(
        &picture,
        &face.landmarks,
        &crop::Geometry::CHIP,
        crop::Border::Extend,
    );
    let upright = only(&cut.unwrap().picture);
    assert!(upright.pose.roll.abs() < 1.0, "{:?}", upright.pose);
}

#[test]
fn pictures_without_a_face() {
    let noise = |i: u32| (i.wrapping_mul(2_654_435_761) >> 24) as u8;
    for (width, height) in [
        (32, 32),
        (640, 480),
        (32, 2000),
        (2000, 32),
        (16_384, 40),
        (33, 1001),
    ] {
        let bytes = width * height * 3;
        let kinds: [Vec<u8>; 4] = [
            vec![0; bytes as usize],
            vec![255; bytes as usize],
            (0..bytes).map(noise).collect(),
            (0..bytes)
                .map(|i| (i / 3 % width * 255 / width) as u8)
                .collect(),
        ];
        for (kind, rgb) in kinds.into_iter().enumerate() {
            let picture = Picture::new(rgb, width, height).unwrap();
            let faces = find(&picture).unwrap();
            assert!(faces.is_empty(), "{width} x {height}, {kind}: {faces:?}");
        }
    }
}

#[test]
fn a_portrait_has_the_geometry_asked_for() {
    let person = specimen("vn-citizen-nam");
    let landmarks = only(&person).landmarks;
    for geometry in [crop::Geometry::CHIP, crop::Geometry::PRINT] {
        let cut = crop::portrait(&person, &landmarks, &geometry, crop::Border::Extend).unwrap();
        assert_eq!(
            (cut.picture.width(), cut.picture.height()),
            (geometry.width, geometry.height)
        );
        let (width, y) = (geometry.width as f32, 0.6 * geometry.width as f32);
        near(cut.landmarks.left_eye(), 0.375 * width, y, 0.1);
        near(cut.landmarks.right_eye(), 0.625 * width, y, 0.1);
        // Found again in what was cut.
        near(
            only(&cut.picture).landmarks.left_eye(),
            0.375 * width,
            y,
            0.02 * width,
        );
    }
}

#[test]
fn nothing_is_invented_unless_wanted() {
    let person = specimen("uto-passport-anton");
    let landmarks = only(&person).landmarks;
    let refused = crop::portrait(
        &person,
        &landmarks.map(|p| Point::new(p.x - 150.0, p.y)),
        &crop::Geometry::CHIP,
        crop::Border::Refuse,
    );
    let Err(Error::BeyondBorder { left, right, .. }) = refused else {
        panic!("{refused:?}");
    };
    assert!((100..200).contains(&left) && right == 0, "{left} {right}");
    let roomy = pasted(1400, 1500, &[(&person, 300, 200, 1)]);
    let landmarks = only(&roomy).landmarks;
    let cut = crop::portrait(
        &roomy,
        &landmarks,
        &crop::Geometry::CHIP,
        crop::Border::Refuse,
    );
    assert_eq!(cut.unwrap().invented, 0.0);
    let moved = landmarks.map(|p| Point::new(p.x - 500.0, p.y));
    let cut = crop::portrait(&roomy, &moved, &crop::Geometry::CHIP, crop::Border::Extend).unwrap();
    assert!((0.05..0.6).contains(&cut.invented), "{}", cut.invented);
}

#[test]
fn senseless_portraits_are_refused() {
    let person = specimen("uto-passport-anton");
    let landmarks = only(&person).landmarks;
    let chip = crop::Geometry::CHIP;
    for (geometry, landmarks) in [
        (crop::Geometry { width: 0, ..chip }, landmarks),
        (
            crop::Geometry {
                height: u32::MAX,
                ..chip
            },
            landmarks,
        ),
        (
            crop::Geometry {
                eyes: f32::NAN,
                ..chip
            },
            landmarks,
        ),
        (
            crop::Geometry {
                eye_distance: 0.0,
                ..chip
            },
            landmarks,
        ),
        (chip, landmarks.map(|_| Point::new(5.0, 5.0))),
        (chip, landmarks.map(|p| Point::new(p.x, f32::NAN))),
        (chip, landmarks.map(|p| Point::new(p.x * 1e30, p.y))),
    ] {
        let refused = crop::portrait(&person, &landmarks, &geometry, crop::Border::Extend);
        assert!(
            matches!(refused, Err(Error::Portrait { .. })),
            "{geometry:?}: {refused:?}"
        );
    }
}
