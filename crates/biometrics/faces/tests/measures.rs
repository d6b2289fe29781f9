//! What the measures say of drawn faces, and how they stand beside an outside oracle.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

#[path = "measures/drawn.rs"]
mod drawn;
#[path = "measures/oracle.rs"]
mod oracle;

use drawn::{
    Pixel, Scene, Turn, assessed, draw, face, noise, open_mouth, picture, shut_eyes, widen_mouth,
};
use faces::measure::{Assessor, MeasureId, Profile, Stage, assess};
use faces::report::Verdict;
use faces::thresholds::{Band, Thresholds};
use faces::{Face, FaceBox, Landmarks, Picture, Point, Pose};

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
