//! What is drawn: the same each time, with the geometry of a passport photograph, fit to be enrolled.

// Helpers of tests are not recognised as tests by the lint.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::BTreeMap;

use biometrics::image::{Colour, DecodeLimits, Image, decode, encode_png};
use enrolment::{Language, RecordFile, check, profiles};
use specimens::fingerprint::{self, Class, Finger};
use specimens::people::{self, Person};
use specimens::portrait;
use time::macros::date;

/// A portrait large enough for the rules of enrolment, and small enough for a test.
const SMALL: (u32, u32) = (330, 424);

/// A quarter of a print.
const QUARTER: (u32, u32) = (208, 280);

fn grey(image: &Image, x: f32, y: f32) -> f32 {
    let (column, row) = (
        (x * image.width() as f32) as usize,
        (y * image.height() as f32) as usize,
    );
    let index = row * image.width() as usize + column;
    f32::from(image.to_grey().samples()[index])
}

#[test]
fn the_same_person_is_drawn_the_same_each_time() {
    for person in people::all() {
        let draw = || portrait::draw(&person.look, (103, 133)).unwrap();
        assert_eq!(draw(), draw(), "{}", person.id);
    }
    let finger = Finger {
        seed: 7,
        class: Class::Whorl,
    };
    let print = |finger, impression| fingerprint::draw(&finger, impression, QUARTER).unwrap();
    assert_eq!(print(finger, 0), print(finger, 0));
    assert_ne!(print(finger, 0), print(finger, 1));
    assert_ne!(print(finger, 0), print(Finger { seed: 8, ..finger }, 0));
}

/// ISO 39794-5 annex D, Doc 9303-3 §3.9: eyes on a line in the middle, at least a quarter of
/// the width apart; crown to chin 70 to 80 % of the height; plain light background.
#[test]
fn portraits_have_the_geometry_of_a_passport_photograph() {
    for person in people::all() {
        let image = portrait::draw(&person.look, SMALL).unwrap();
        let [left, right] = portrait::EYES;
        assert!((left.1 - right.1).abs() < 1e-6 && (0.30..=0.50).contains(&left.1));
        assert!((left.0 + right.0 - 1.0).abs() < 1e-6 && right.0 - left.0 > 0.25);
        for (x, y) in [left, right] {
            let (pupil, cheek) = (grey(&image, x, y), grey(&image, x, y + 0.12));
            assert!(
                pupil < 70.0 && cheek > 100.0,
                "{}: {pupil} {cheek}",
                person.id
            );
        }
        for (x, y) in [(0.02, 0.02), (0.98, 0.02), (0.03, 0.5), (0.97, 0.5)] {
            assert!(grey(&image, x, y) > 190.0, "{}: background", person.id);
        }
        let crown = (0..424)
            .map(|row| (row as f32 + 0.5) / 424.0)
            .find(|y| grey(&image, 0.5, *y) < 150.0)
            .unwrap();
        let head = portrait::CHIN - crown;
        assert!((0.70..=0.80).contains(&head), "{}: {head}", person.id);
    }
}

#[test]
fn prints_are_ridges_at_500_pixels_per_inch() {
    for class in [Class::RightLoop, Class::LeftLoop, Class::Whorl, Class::Arch] {
        let print = fingerprint::draw(&Finger { seed: 5, class }, 0, QUARTER).unwrap();
        assert_eq!((print.colour(), print.ppi()), (Colour::Grey8, Some(500)));
        let file = encode_png(&print).unwrap();
        assert_eq!(decode(&file, &DecodeLimits::CHIP).unwrap(), print);
        let middle = print.crop(60, 80, 88, 120).unwrap();
        let dark = middle.samples().iter().filter(|v| **v < 128).count();
        let part = dark as f32 / middle.samples().len() as f32;
        assert!((0.35..0.65).contains(&part), "{class:?}: {part}");
    }
}

/// Two impressions of a finger lie upon each other, those of two fingers do not.
#[test]
fn impressions_show_the_finger() {
    let finger = |seed| Finger {
        seed,
        class: Class::RightLoop,
    };
    let middle = |seed, impression| {
        let print = fingerprint::draw(&finger(seed), impression, QUARTER).unwrap();
        print.crop(44, 60, 120, 160).unwrap()
    };
    let (first, second, other) = (middle(1, 0), middle(1, 1), middle(2, 0));
    let (genuine, impostor) = (correlation(&first, &second), correlation(&first, &other));
    assert!(
        genuine > 0.6 && impostor.abs() < 0.35,
        "{genuine} {impostor}"
    );
}

fn correlation(a: &Image, b: &Image) -> f32 {
    let centred = |image: &Image| -> Vec<f32> {
        let values: Vec<f32> = image.samples().iter().map(|v| f32::from(*v)).collect();
        let mean = values.iter().sum::<f32>() / values.len() as f32;
        values.iter().map(|value| value - mean).collect()
    };
    let (a, b) = (centred(a), centred(b));
    let product = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    product(&a, &b) / (product(&a, &a) * product(&b, &b)).sqrt()
}

/// Nobody at the counter would have a word to say, not even a warning.
#[test]
fn specimens_are_accepted() {
    for person in people::all() {
        let file = RecordFile::parse(&specimens::record(&person)).unwrap();
        assert_eq!(file.profile(), person.profile);
        let profile = profiles::by_id(person.profile).unwrap();
        let record = file.with_images(&images(&person)).unwrap();
        let findings = check(&record, profile, date!(2026 - 11 - 21));
        let said: Vec<String> = findings
            .iter()
            .map(|finding| finding.message(Language::English))
            .collect();
        assert!(said.is_empty(), "{}: {said:?}", person.id);
    }
}

fn images(person: &Person) -> BTreeMap<String, Vec<u8>> {
    let print = |finger| fingerprint::draw(finger, 0, QUARTER).unwrap();
    [
        ("portrait.png", portrait::draw(&person.look, SMALL).unwrap()),
        ("right-index.png", print(&person.right_index)),
        ("left-index.png", print(&person.left_index)),
    ]
    .into_iter()
    .map(|(name, image)| (name.to_owned(), encode_png(&image).unwrap()))
    .collect()
}
