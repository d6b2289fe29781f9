//! The measures beside an outside oracle, and what they say of drawn faces.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

use faces::measure::{Assessor, JpegTable, MeasureId, Profile, Stage, assess, focus_features};
use faces::report::{Assessment, Verdict};
use faces::thresholds::{Band, Thresholds};
use faces::{Face, FaceBox, Landmarks, Picture, Point, Pose};

/// A face in the middle of the aligned picture of ISO 29794-5, in whole pixels.
fn drawn() -> Vec<(f32, f32)> {
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
fn face(degrees: f32, scale: f32, at: (f32, f32)) -> Face {
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
fn picture(width: u32, height: u32, pixel: impl Fn(u32, u32) -> [u8; 3]) -> Picture {
    let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    let rgb = places.flat_map(|(x, y)| pixel(x, y)).collect();
    Picture::new(rgb, width, height).expect("a picture")
}

/// The textured picture that the oracle was asked about.
fn textured() -> Picture {
    picture(900, 1000, |x, y| {
        let (x, y) = (u64::from(x), u64::from(y));
        let grain = ((x * 7919 + y * 104_729 + x * y * 31) >> 5) & 31;
        let [r, g] = [90 + x * 110 / 900 + grain, 60 + y * 90 / 1000 + grain];
        [
            r as u8,
            g as u8,
            (40 + (x + y) * 60 / 1900 + grain / 2) as u8,
        ]
    })
}

fn vectors(name: &str) -> serde_json::Value {
    let path = test_support::vectors("faces")
        .into_iter()
        .find(|(stem, _)| stem == name)
        .expect(name)
        .1;
    test_support::read_json(&path)
}

#[test]
fn natives_become_the_qualities_of_ofiq() {
    let vectors = vectors("ofiq_native_to_quality");
    for (name, pairs) in vectors["pairs"].as_object().expect("pairs") {
        let id = MeasureId::named(name).expect(name);
        for pair in pairs.as_array().expect(name) {
            let (native, want) = (pair[0].as_f64().expect(name), pair[1].as_u64().expect(name));
            assert_eq!(u64::from(id.quality(native)), want, "{name} of {native}");
        }
    }
}

#[test]
fn natives_are_those_of_the_oracle() {
    let vectors = vectors("ofiq_formulas");
    let faces = [face(6.0, 1.3, (110.0, 25.0))];
    let assessment = assess(&textured(), &faces, &Thresholds::none());
    for (name, want) in vectors["natives"].as_object().expect("natives") {
        let (want, tolerance) = (want[0].as_f64().expect(name), want[1].as_f64().expect(name));
        let id = MeasureId::named(name).expect(name);
        let found = assessment.of(id).and_then(|m| m.native).expect(name);
        assert!(
            (found - want).abs() <= tolerance,
            "{name}: {found}, not {want} ± {tolerance}"
        );
    }
}

#[test]
fn focus_features_are_those_of_the_oracle() {
    let vectors = vectors("ofiq_formulas");
    let picture = textured();
    let grey = |[r, g, b]: [u8; 3]| {
        (f64::from(r) * 0.299 + f64::from(g) * 0.587 + f64::from(b) * 0.114).round() as u8
    };
    let places = (300..420).flat_map(|y| (200..340).map(move |x| (x, y)));
    let pixels: Vec<u8> = places
        .map(|(x, y)| grey(picture.pixel(x, y).expect("inside")))
        .collect();
    let spans: Vec<_> = (0..120).map(|y| (5 + y / 4, 140 - y / 3)).collect();
    for (at, found) in focus_features(&pixels, 140, &spans).into_iter().enumerate() {
        for part in 0..2 {
            let want = vectors["focus"][at][part].as_f64().expect("a feature");
            assert!(
                (found[part] / want - 1.0).abs() < 1e-3,
                "{at}.{part}: {} not {want}",
                found[part]
            );
        }
    }
}

/// Changes what was found of a face.
type Turn = fn(&mut Face);
/// Changes a pixel by its place, its colour and whether it is skin.
type Pixel = fn(u32, u32, [u8; 3], bool) -> [u8; 3];

/// A thing that is drawn wrong.
#[derive(Clone, Copy, Default)]
struct Scene {
    face: Option<Turn>,
    pixel: Option<Pixel>,
    second: bool,
    nobody: bool,
    at: Option<(f32, f32)>,
    scale: Option<f32>,
    degrees: f32,
    jpeg: Option<u8>,
}

fn noise(x: u32, y: u32) -> u8 {
    let mixed = x.wrapping_mul(0x9E37_79B1) ^ y.wrapping_mul(0x85EB_CA77);
    ((mixed ^ (mixed >> 15)).wrapping_mul(0x2C1B_3C6D) >> 27) as u8
}

/// The places of a drawn picture of 800 × 1000, and whether they are skin.
fn draw(scene: Scene, face: &Face) -> Picture {
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

fn assessed(scene: Scene, profile: Profile) -> Assessment {
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
fn moved(face: &mut Face, change: impl Fn(usize, Point) -> Point) {
    let mut index = 0..Landmarks::COUNT;
    face.landmarks = face
        .landmarks
        .map(|point| change(index.next().unwrap_or_default(), point));
}

fn shut_eyes(face: &mut Face) {
    let line = face.landmarks.eyes().y;
    moved(face, |index, p| {
        if (36..48).contains(&index) {
            Point::new(p.x, line)
        } else {
            p
        }
    });
}

fn open_mouth(face: &mut Face) {
    moved(face, |index, p| {
        if (65..68).contains(&index) {
            Point::new(p.x, p.y + 45.0)
        } else {
            p
        }
    });
}

fn widen_mouth(face: &mut Face, by: f32) {
    let middle = face.landmarks.mouth();
    moved(face, |index, p| match index {
        48 | 54 => Point::new(middle.x + by * (p.x - middle.x), p.y),
        _ => p,
    });
}

#[test]
fn what_is_wrong_is_told_first() {
    let check = |scene: Scene, want: Option<(MeasureId, bool)>, sentence: &str| {
        let assessment = assessed(scene, Profile::Complete);
        let advice = assessment.first_advice();
        let found = advice.map(|a| (a.id, matches!(a.verdict, Verdict::Refuse(_))));
        assert_eq!(found, want, "{:#?}", assessment.advice());
        assert_eq!(assessment.is_flawless(), want.is_none());
        assert_eq!(
            assessment.is_accepted(),
            !want.is_some_and(|(_, refused)| refused)
        );
        let said = advice.map_or("", |a| a.english);
        assert!(
            said.starts_with(sentence),
            "{said:?} does not start with {sentence:?}"
        );
    };
    use MeasureId as M;
    let good = Scene::default();
    check(good, None, "");
    check(
        Scene {
            nobody: true,
            ..good
        },
        Some((M::SingleFacePresent, true)),
        "No face",
    );
    check(
        Scene {
            second: true,
            ..good
        },
        Some((M::SingleFacePresent, true)),
        "More than one",
    );
    let far = Scene {
        scale: Some(0.7),
        at: Some((180.0, 200.0)),
        ..good
    };
    check(far, Some((M::InterEyeDistance, true)), "Too far");
    check(
        Scene {
            at: Some((-230.0, 60.0)),
            ..good
        },
        Some((M::LeftwardCrop, true)),
        "The face is too near the left",
    );
    check(
        Scene {
            at: Some((290.0, 60.0)),
            ..good
        },
        Some((M::RightwardCrop, true)),
        "The face is too near the right",
    );
    check(
        Scene {
            at: Some((30.0, -150.0)),
            ..good
        },
        Some((M::MarginAbove, true)),
        "Too little room above",
    );
    check(
        Scene {
            at: Some((30.0, 400.0)),
            ..good
        },
        Some((M::MarginBelow, true)),
        "Too little room below",
    );
    let turned: [(Turn, M, &str); 6] = [
        (
            |f| f.pose.yaw = 25.0,
            M::Yaw,
            "Ask the person to turn the head a little to their right",
        ),
        (
            |f| f.pose.yaw = -25.0,
            M::Yaw,
            "Ask the person to turn the head a little to their left",
        ),
        (|f| f.pose.pitch = 25.0, M::Pitch, "Ask the person to raise"),
        (
            |f| f.pose.pitch = -25.0,
            M::Pitch,
            "Ask the person to lower",
        ),
        (
            |f| f.pose.roll = 12.0,
            M::Roll,
            "Ask the person to straighten the head towards their left",
        ),
        (
            |f| f.pose.roll = -12.0,
            M::Roll,
            "Ask the person to straighten the head towards their right",
        ),
    ];
    for (turn, id, sentence) in turned {
        check(
            Scene {
                face: Some(turn),
                ..good
            },
            Some((id, true)),
            sentence,
        );
    }
    check(
        Scene {
            face: Some(shut_eyes),
            ..good
        },
        Some((M::EyesOpen, true)),
        "Ask the person to open both eyes",
    );
    check(
        Scene {
            face: Some(open_mouth),
            ..good
        },
        Some((M::MouthClosed, true)),
        "Ask the person to close the mouth",
    );
    check(
        Scene {
            face: Some(|f| widen_mouth(f, 1.25)),
            ..good
        },
        Some((M::Smile, false)),
        "Ask the person not to smile",
    );
    check(
        Scene {
            jpeg: Some(50),
            ..good
        },
        Some((M::JpegQuality, false)),
        "The picture is compressed",
    );
}

#[test]
fn light_and_background_warn() {
    use MeasureId as M;
    let cases: [(Pixel, M, Verdict); 8] = [
        (
            |_, _, rgb, _| rgb.map(|c| c / 3),
            M::EyeWhite,
            Verdict::Warn,
        ),
        (
            |_, _, rgb, skin| if skin { rgb.map(|c| c / 12) } else { rgb },
            M::LuminanceMean,
            Verdict::Warn,
        ),
        (
            |_, _, rgb, skin| if skin { rgb.map(|c| c / 12) } else { rgb },
            M::UnderExposurePrevention,
            Verdict::Warn,
        ),
        (
            |_, _, rgb, skin| {
                if skin {
                    rgb.map(|c| c.saturating_add(150))
                } else {
                    rgb
                }
            },
            M::OverExposurePrevention,
            Verdict::Warn,
        ),
        (
            |x, _, rgb, skin| {
                if skin && x < 400 {
                    rgb.map(|c| c / 4)
                } else {
                    rgb
                }
            },
            M::IlluminationUniformity,
            Verdict::Warn,
        ),
        (
            |_, _, [r, g, b], skin| if skin { [b, r, g] } else { [r, g, b] },
            M::NaturalColour,
            Verdict::Warn,
        ),
        (
            |x, y, rgb, skin| {
                if !skin && (x / 20 + y / 20) % 2 == 0 {
                    rgb.map(|c| c / 3)
                } else {
                    rgb
                }
            },
            M::BackgroundUniformity,
            Verdict::Warn,
        ),
        (
            |_, _, rgb, skin| if skin { rgb } else { rgb.map(|c| c / 4) },
            M::BackgroundLightness,
            Verdict::Warn,
        ),
    ];
    for (pixel, id, want) in cases {
        let scene = Scene {
            pixel: Some(pixel),
            ..Scene::default()
        };
        let assessment = assessed(scene, Profile::Complete);
        let found = assessment.of(id).expect("measured");
        assert_eq!(
            found.verdict, want,
            "{id}: {:?}, {}",
            found.native, found.quality
        );
        assert!(assessment.is_accepted(), "{id}: {:?}", assessment.verdict());
    }
}

/// However a configuration sets its limits, a measure of the light on the face cannot refuse.
#[test]
fn no_light_and_no_skin_is_refused() {
    let mut strictest = Thresholds::none();
    for id in MeasureId::ALL {
        strictest.set_warning(id, Band::native(1.0, 0.0), "nothing satisfies");
        if let Some(gate) = id.gate() {
            strictest.set_refusal(gate, Band::native(1.0, 0.0), "nothing satisfies");
        }
    }
    for share in [0.02, 0.1, 0.5, 1.0, 1.5] {
        let drawn = face(0.0, 1.2, (30.0, 60.0));
        let picture = draw(Scene::default(), &drawn);
        let lit = picture
            .rgb()
            .iter()
            .map(|&c| (f32::from(c) * share) as u8)
            .collect();
        let picture = Picture::new(lit, 800, 1000).expect("a picture");
        let assessment =
            Assessor::new().assess(&picture, &[drawn], &strictest, Profile::Portrait, None);
        for measured in assessment.measured() {
            let refused = matches!(measured.verdict, Verdict::Refuse(_));
            let of_skin = measured.id.depends_on_skin();
            assert_eq!(
                of_skin,
                measured.id.stage() == Stage::Light,
                "{}",
                measured.id
            );
            assert_eq!(refused, !of_skin, "{} at {share}", measured.id);
        }
    }
}

#[test]
fn blur_is_seen_at_any_contrast() {
    let blurred = |picture: &Picture, times: u32| {
        let (width, height) = (picture.width(), picture.height());
        let mut rgb = picture.rgb().to_vec();
        for _ in 0..times {
            let before = rgb.clone();
            let stride = width as usize * 3;
            for at in stride + 3..rgb.len() - stride - 3 {
                let around = [at - stride, at - 3, at, at + 3, at + stride];
                let sum: u32 = around.iter().map(|&at| u32::from(before[at])).sum();
                rgb[at] = ((sum + 2) / 5) as u8;
            }
        }
        Picture::new(rgb, width, height).expect("a picture")
    };
    let drawn = face(0.0, 1.0, (30.0, 60.0));
    let detail = |contrast: u8, times| {
        let picture = picture(700, 760, |x, y| {
            // Squares, for there is nothing coarser in noise by which its detail could be judged.
            [100 + contrast * (noise(x / 6, y / 6) / 8); 3]
        });
        let assessment = assess(&blurred(&picture, times), &[drawn], &Thresholds::default());
        assessment
            .of(MeasureId::FaceDetail)
            .map(|m| (m.quality, m.native))
            .expect("measured")
    };
    for contrast in [4, 10, 40] {
        let [sharp, soft, blurred] = [0, 2, 12].map(|times| detail(contrast, times));
        assert!(
            sharp.1 > soft.1 && soft.1 > blurred.1,
            "{contrast}: {sharp:?} {soft:?} {blurred:?}"
        );
        assert!(
            sharp.0 == 100 && blurred.0 < 10,
            "{contrast}: {sharp:?} {soft:?} {blurred:?}"
        );
    }
}

#[test]
fn a_finished_portrait_is_measured_by_annex_d() {
    use MeasureId as M;
    let check = |width, height, scale, at, failing: &[M]| {
        let drawn = face(0.0, scale, at);
        let picture = picture(width, height, |_, _| [200, 180, 170]);
        let found = Assessor::new().assess(
            &picture,
            &[drawn],
            &Thresholds::default(),
            Profile::Portrait,
            None,
        );
        for id in [
            M::PortraitAspect,
            M::PortraitHeadWidth,
            M::PortraitHeadLength,
            M::PortraitCentreAcross,
            M::PortraitCentreDown,
        ] {
            let measured = found.of(id).expect("measured");
            assert_eq!(
                measured.verdict != Verdict::Pass,
                failing.contains(&id),
                "{id} {:?}",
                measured.native
            );
        }
    };
    // The drawn face is 250 wide and has 215 from eyes to chin, eyes at (307.5, 272).
    check(413, 531, 1.0, (-101.0, -52.0), &[]);
    check(
        531,
        531,
        1.0,
        (-42.0, -52.0),
        &[M::PortraitAspect, M::PortraitHeadWidth],
    );
    check(
        413,
        531,
        0.7,
        (-9.0, 30.0),
        &[M::PortraitHeadWidth, M::PortraitHeadLength],
    );
    check(
        413,
        531,
        1.3,
        (-193.0, -134.0),
        &[M::PortraitHeadWidth, M::PortraitHeadLength],
    );
    check(
        413,
        531,
        1.0,
        (-61.0, 20.0),
        &[M::PortraitCentreAcross, M::PortraitCentreDown],
    );
}

#[test]
fn hostile_faces_do_no_harm() {
    let small = picture(32, 32, |x, y| [x as u8, y as u8, 7]);
    let [nan, inf, huge] = [f32::NAN, f32::INFINITY, f32::MAX];
    for value in [
        0.0,
        -1.0,
        5.0,
        1e9,
        -1e9,
        nan,
        inf,
        -inf,
        huge,
        -huge,
        f32::MIN_POSITIVE,
    ] {
        for spread in [0.0, 1e-6, 1.0, 1e20, nan] {
            let mut step = 0.0;
            let landmarks = Landmarks::new([Point::default(); 68]).map(|_| {
                step += spread;
                Point::new(value + step, value - step * step)
            });
            let bounds = FaceBox {
                left: value,
                top: spread,
                width: value,
                height: value,
                confidence: nan,
            };
            let pose = Pose {
                yaw: value,
                pitch: spread,
                roll: nan,
            };
            let hostile = Face {
                bounds,
                landmarks,
                pose,
            };
            for profile in [Profile::Live, Profile::Complete, Profile::Portrait] {
                let faces = [hostile, hostile];
                let found =
                    Assessor::new().assess(&small, &faces, &Thresholds::default(), profile, None);
                assert!(!found.is_flawless(), "{value} {spread} {profile:?}");
            }
        }
    }
}
