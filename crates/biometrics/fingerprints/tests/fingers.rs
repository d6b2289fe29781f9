//! Fingers of nobody, drawn: minutiae, comparisons, hands and slaps.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

#[path = "synthesis/drawing.rs"]
mod drawing;

use std::f32::consts::{PI, TAU};

use drawing::slap::{Laid, lay, seed_of};
use drawing::{Class, Finger, Touch, press};
use fingerprints::matching::{Finding, Labelled, Prepared, against, belongs_to, compare, repeats};
use fingerprints::minutiae::{self, Kind, Minutia, Minutiae};
use fingerprints::quality::MinutiaMeasures;
use fingerprints::slap::{self, Digit, Expected, Hand};
use fingerprints::{Error, Print, template};

fn prepared(finger: &Finger, touch: &Touch) -> Prepared {
    Prepared::new(&minutiae::extract(&press(finger, touch)).unwrap())
}

/// A print turned by quarters of a turn, clockwise.
fn turned(print: &Print, quarters: usize) -> Print {
    let mut print = print.clone();
    for _ in 0..quarters {
        let (width, height) = (print.width(), print.height());
        let pixel = |x: u32, y: u32| print.pixel(y, height - 1 - x).unwrap();
        let pixels = (0..width).flat_map(|y| (0..height).map(move |x| (x, y)));
        let pixels = pixels.map(|(x, y)| pixel(x, y)).collect();
        print = Print::new(pixels, height, width, 500).unwrap();
    }
    print
}

/// Each pixel as four, at twice the resolution.
fn doubled(print: &Print) -> Print {
    let (width, height) = (2 * print.width(), 2 * print.height());
    let places = (0..height).flat_map(|y| (0..width).map(move |x| (x / 2, y / 2)));
    let pixels = places.map(|(x, y)| print.pixel(x, y).unwrap()).collect();
    Print::new(pixels, width, height, 1000).unwrap()
}

#[test]
fn a_finger_is_known_again_and_others_are_not() {
    let fingers: Vec<Finger> = (1..=5).map(Finger::grow).collect();
    let first: Vec<Prepared> = fingers
        .iter()
        .map(|f| prepared(f, &Touch::usual(f.seed, 0)))
        .collect();
    let second: Vec<Prepared> = fingers
        .iter()
        .map(|f| prepared(f, &Touch::usual(f.seed, 1)))
        .collect();
    for (i, a) in first.iter().enumerate() {
        for (j, b) in second.iter().enumerate() {
            let comparison = compare(a, b);
            assert_eq!(
                comparison.is_same_finger(),
                i == j,
                "{i} {j} {comparison:?}"
            );
        }
    }
}

#[test]
fn a_finger_may_be_turned_any_way() {
    let finger = Finger::grow(21);
    let upright = press(&finger, &Touch::good(0));
    let known = Prepared::new(&minutiae::extract(&upright).unwrap());
    for quarters in 0..4 {
        let print = turned(&press(&finger, &Touch::good(1)), quarters);
        let found = Prepared::new(&minutiae::extract(&print).unwrap());
        let comparison = compare(&known, &found);
        assert!(comparison.is_same_finger(), "{quarters}: {comparison:?}");
        // The second was turned clockwise: it is turned back counter-clockwise.
        let back = comparison.rotation - quarters as f32 * PI / 2.0;
        let off = (back + PI).rem_euclid(TAU) - PI;
        assert!(off.abs() < 0.1, "{quarters}: {comparison:?}");
    }
    for degrees in [-35.0, -20.0, 12.0, 30.0] {
        let touch = Touch {
            rotation: degrees,
            ..Touch::good(2)
        };
        let comparison = compare(&known, &prepared(&finger, &touch));
        assert!(comparison.is_same_finger(), "{degrees}: {comparison:?}");
        assert!(
            (comparison.rotation.to_degrees() - degrees).abs() < 6.0,
            "{degrees}: {comparison:?}"
        );
    }
}

#[test]
fn resolution_is_taken_into_account() {
    let finger = Finger::grow(22);
    let known = prepared(&finger, &Touch::good(0));
    let print = press(&finger, &Touch::good(1));
    let large = doubled(&print);
    let found = minutiae::extract(&large).unwrap();
    assert_eq!(
        (found.ppi, found.width, found.height),
        (500, print.width(), print.height())
    );
    assert!(compare(&known, &Prepared::new(&found)).is_same_finger());
    let mistaken = Print::new(large.pixels().to_vec(), large.width(), large.height(), 500).unwrap();
    let mistaken = minutiae::extract(&mistaken).unwrap();
    assert!(!compare(&known, &Prepared::new(&mistaken)).is_same_finger());
}

#[test]
fn minutiae_are_where_ridges_end_and_fork() {
    let print = press(&Finger::grow(23), &Touch::good(0));
    let found = minutiae::extract(&print).unwrap();
    assert!((20..=110).contains(&found.points.len()), "{found:?}");
    assert!(
        found
            .points
            .windows(2)
            .all(|pair| pair[0].quality >= pair[1].quality)
    );
    for m in &found.points {
        assert!(m.x < print.width() as f32 && m.y < print.height() as f32);
        assert!((0.0..TAU).contains(&m.angle) && (1..=100).contains(&m.quality));
        assert_ne!(m.kind, Kind::Other);
    }
    let counted = MinutiaMeasures::of(&print).unwrap();
    assert!(
        (0.9..1.8).contains(&(counted.total / found.points.len() as f64)),
        "{counted:?}, {found:?}"
    );
    assert!(counted.central > 0.0 && counted.central < counted.total);
    assert_eq!(
        found,
        minutiae::extract(&print).unwrap(),
        "the same print, the same minutiae"
    );
}

/// Straight ridges with one more on one side: one minutia in the middle, and it points to where the ridge is.
#[test]
fn a_minutia_points_along_the_ridge_that_is_more() {
    for (spiral, want) in [(1.0, 0.0), (-1.0, PI)] {
        let places = (0..300_u32).flat_map(|y| (0..300_u32).map(move |x| (x, y)));
        let pixels = places.map(|(x, y)| {
            let (x, y) = (x as f32 - 150.0, y as f32 - 150.0);
            let phase = TAU * y / 9.0 + spiral * y.atan2(x);
            (128.0 + 100.0 * phase.cos()) as u8
        });
        let print = Print::new(pixels.collect(), 300, 300, 500).unwrap();
        let found = minutiae::extract(&print).unwrap();
        assert_eq!(found.points.len(), 1, "{spiral} {:?}", found.points);
        let m = found.points[0];
        assert!((m.x - 150.0).hypot(m.y - 150.0) < 8.0, "{spiral} {m:?}");
        let off = (m.angle - want + PI).rem_euclid(TAU) - PI;
        assert!(off.abs() < 0.3, "{spiral} {m:?}");
    }
}

#[test]
fn nothing_on_the_glass_is_no_finger() {
    let size = (416_u32, 560_u32);
    let count = (size.0 * size.1) as usize;
    let stripes = (0..count).map(|i| if i % 416 / 40 % 2 == 0 { 0 } else { 255 });
    let noise = (0..count as u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8);
    let cases = [
        vec![0; count],
        vec![255; count],
        stripes.collect(),
        noise.collect(),
    ];
    let finger = prepared(&Finger::grow(24), &Touch::good(0));
    for (number, pixels) in cases.into_iter().enumerate() {
        let print = Print::new(pixels, size.0, size.1, 500).unwrap();
        let found = minutiae::extract(&print).unwrap();
        let comparison = compare(&finger, &Prepared::new(&found));
        assert!(
            !comparison.is_same_finger(),
            "{number}: {found:?} {comparison:?}"
        );
        assert_eq!(slap::segment(&print).unwrap().hand, None, "{number}");
    }
}

#[test]
fn sizes_at_the_limits_are_worked_or_refused() {
    let side = |width: u32, height: u32, ppi: u16| {
        let count = (width * height) as usize;
        let wave =
            (0..count).map(|i| (128.0 + 90.0 * ((i % width as usize) as f32 * 0.7).sin()) as u8);
        Print::new(wave.collect(), width, height, ppi).unwrap()
    };
    for (width, height, ppi) in [
        (64, 64, 500),
        (64, 64, 1200),
        (64, 1250, 500),
        (65, 67, 300),
        (100, 2500, 1000),
    ] {
        let found = minutiae::extract(&side(width, height, ppi)).unwrap();
        assert_eq!(found.ppi, 500);
    }
    let refused = minutiae::extract(&side(64, 1251, 500)).unwrap_err();
    assert_eq!(refused, Error::NotOneFinger { side: 1251 });
    for (width, height) in [(64, 64), (4096, 64), (64, 4096)] {
        slap::segment(&side(width, height, 500)).unwrap();
    }
}

/// Minutiae as nobody has them: compared without harm, and in bounded time.
#[test]
fn hostile_minutiae_are_compared_without_harm() {
    let of = |point: fn(usize) -> (f32, f32, f32)| {
        let points = (0..255).map(|n| {
            let (x, y, angle) = point(n);
            Minutia {
                x,
                y,
                angle,
                kind: Kind::Ending,
                quality: 255,
            }
        });
        Prepared::new(&Minutiae {
            width: 1,
            height: 1,
            ppi: 0,
            area: 0,
            points: points.collect(),
        })
    };
    let empty = Prepared::new(&Minutiae {
        width: 0,
        height: 0,
        ppi: 500,
        area: 0,
        points: Vec::new(),
    });
    let cases = [
        empty,
        of(|_| (0.0, 0.0, 0.0)),
        of(|_| (f32::NAN, f32::INFINITY, f32::NAN)),
        of(|n| (n as f32 * 1e30, -1e30, 1e30)),
        of(|n| ((n % 16) as f32 * 9.0, (n / 16) as f32 * 9.0, 0.0)),
        of(|n| (n as f32 * 0.01, 0.0, 0.0)),
    ];
    let finger = prepared(&Finger::grow(25), &Touch::good(0));
    for a in &cases {
        for b in &cases {
            assert!(compare(a, b).score.is_finite(), "{a:?} {b:?}");
        }
        assert!(!compare(&finger, a).is_same_finger() && !compare(a, &finger).is_same_finger());
    }
}

#[test]
fn a_template_is_as_good_as_the_print() {
    let finger = Finger::grow(26);
    let found = minutiae::extract(&press(&finger, &Touch::good(0))).unwrap();
    let record = template::write(&template::Template::of(&found, 2, 60).unwrap()).unwrap();
    let (read, deviations) = template::read(&record).unwrap();
    assert_eq!(deviations, []);
    let again = prepared(&finger, &Touch::usual(26, 3));
    let (direct, over_template) = (
        compare(&Prepared::new(&found), &again),
        compare(&Prepared::new(&read.minutiae(0).unwrap()), &again),
    );
    assert!(over_template.is_same_finger());
    assert!(
        (direct.score - over_template.score).abs() < 0.2 * direct.score,
        "{direct:?} {over_template:?}"
    );
}

/// Three fingers of the right hand and two of the left.
fn person(seed: u64) -> Vec<(u8, Finger)> {
    let finger = |position: u8| (position, Finger::grow(seed * 100 + u64::from(position)));
    [2, 3, 4, 7, 8].into_iter().map(finger).collect()
}

fn touched(person: &[(u8, Finger)], touch: u64) -> Vec<(u8, Prepared)> {
    let print = |finger: &Finger| prepared(finger, &Touch::usual(finger.seed, touch));
    person
        .iter()
        .map(|(position, finger)| (*position, print(finger)))
        .collect()
}

fn labelled(prints: &[(u8, Prepared)]) -> Vec<Labelled<'_>> {
    prints
        .iter()
        .map(|(position, print)| Labelled {
            position: *position,
            print,
        })
        .collect()
}

#[test]
fn swapped_repeated_and_foreign_fingers_are_caught() {
    let (holder, operator) = (person(3), person(4));
    let known = touched(&holder, 0);
    let known = labelled(&known);
    let again = touched(&holder, 1);
    let straight = labelled(&again);
    assert_eq!(against(&known, &straight), []);
    assert_eq!(repeats(&straight), []);
    // Index and middle finger of the right hand swapped; the left hand laid down for the right one.
    let print = |position: u8| {
        straight
            .iter()
            .find(|one| one.position == position)
            .unwrap()
            .print
    };
    for (label, finger) in [(2, 3), (3, 2), (2, 7), (3, 8)] {
        let captured = [Labelled {
            position: label,
            print: print(finger),
        }];
        let findings = against(&known, &captured);
        assert!(
            matches!(findings[..], [Finding::Swapped { captured, enrolled, .. }] if (captured, enrolled) == (label, finger)),
            "{label} {finger} {findings:?}"
        );
    }
    // The same finger twice, touched anew, under two labels.
    let mut twice = labelled(&again);
    let third = touched(&holder[..1], 2);
    twice[1] = Labelled {
        position: 3,
        print: &third[0].1,
    };
    let findings = repeats(&twice);
    assert!(
        matches!(
            findings[..],
            [Finding::Repeated {
                positions: (2, 3),
                ..
            }]
        ),
        "{findings:?}"
    );
    // The operator's finger.
    let enrolled = touched(&operator, 0);
    let enrolled = labelled(&enrolled);
    assert_eq!(belongs_to(print(2), &enrolled), None);
    assert_eq!(
        belongs_to(print(2), &known).map(|(position, _)| position),
        Some(2)
    );
    let lent = touched(&operator[..1], 1);
    assert!(belongs_to(&lent[0].1, &enrolled).is_some());
    let findings = against(&known, &labelled(&lent[..1]));
    assert!(
        matches!(findings[..], [Finding::Different { position: 2, .. }]),
        "{findings:?}"
    );
}

#[test]
fn slaps_are_counted_and_the_hand_is_known() {
    let missing = |digit: Digit| {
        let mut present = [true; 4];
        present[digit as usize] = false;
        present
    };
    let cases = [
        (31, true, [true; 4], 0.0, 30.0),
        (32, false, [true; 4], 14.0, 12.0),
        (33, true, missing(Digit::Middle), -12.0, 40.0),
        (34, false, missing(Digit::Ring), 5.0, 20.0),
    ];
    for (seed, right, present, tilt, gap) in cases {
        let laid = Laid {
            seed,
            right,
            tilt,
            present,
            phalanges: seed % 2 == 0,
            gap,
        };
        let slap = slap::segment(&lay(&laid)).unwrap();
        let hand = if right { Hand::Right } else { Hand::Left };
        let other = if right { Hand::Left } else { Hand::Right };
        let absent = Digit::ALL
            .into_iter()
            .filter(|digit| !present[*digit as usize]);
        let absent: Vec<Digit> = absent.collect();
        let expected = |hand, missing: &[Digit]| Expected {
            hand,
            missing: missing.to_vec(),
        };
        assert_eq!(
            slap.check(&expected(hand, &absent)),
            [],
            "{laid:?} {slap:?}"
        );
        let wrong = slap.check(&expected(other, &absent));
        assert_eq!(wrong, [slap::Finding::WrongHand(hand)], "{laid:?}");
        let (found, wanted) = (4 - absent.len(), 4);
        if let [digit] = absent[..] {
            let undeclared = slap.check(&expected(hand, &[]));
            let few = slap::Finding::TooFewFingers {
                found,
                expected: wanted,
            };
            assert_eq!(
                undeclared,
                [few, slap::Finding::NotTouching(digit)],
                "{laid:?}"
            );
        } else {
            let declared = slap.check(&expected(hand, &[Digit::Index]));
            assert_eq!(
                declared,
                [slap::Finding::TooManyFingers {
                    found: 4,
                    expected: 3
                }]
            );
        }
        assert!((slap.tilt - tilt).abs() < 9.0, "{laid:?} {}", slap.tilt);
    }
}

/// What is cut out of a slap is the finger: it matches a single print of it, and no other.
#[test]
fn fingers_of_a_slap_match_their_single_prints() {
    let laid = Laid {
        seed: 35,
        right: true,
        tilt: -10.0,
        present: [true; 4],
        phalanges: true,
        gap: 25.0,
    };
    let slap = slap::segment(&lay(&laid)).unwrap();
    assert_eq!(slap.segments.len(), 4);
    let cut: Vec<Prepared> = slap
        .segments
        .iter()
        .map(|segment| Prepared::new(&minutiae::extract(&segment.print).unwrap()))
        .collect();
    let again = lay(&Laid { tilt: 6.0, ..laid });
    let again = slap::segment(&again).unwrap();
    for (i, segment) in again.segments.iter().enumerate() {
        assert_eq!(segment.digit, Digit::ALL[i]);
        assert_ne!(seed_of(&laid, i), seed_of(&laid, (i + 1) % 4));
        let print = Prepared::new(&minutiae::extract(&segment.print).unwrap());
        for (j, known) in cut.iter().enumerate() {
            let comparison = compare(known, &print);
            assert_eq!(
                comparison.is_same_finger(),
                i == j,
                "{i} {j} {comparison:?}"
            );
            // Both were turned upright.
            assert!(
                i != j || comparison.rotation.to_degrees().abs() < 12.0,
                "{comparison:?}"
            );
        }
    }
}

#[test]
fn classes_are_drawn_as_named() {
    let arch = Finger::grow_as(5, Class::Arch);
    let whorl = Finger::grow_as(5, Class::Whorl);
    let comparison = compare(
        &prepared(&arch, &Touch::good(0)),
        &prepared(&whorl, &Touch::good(0)),
    );
    assert!(!comparison.is_same_finger(), "{comparison:?}");
}
