//! NFIQ 2.3 against NIST's program, and against pictures that are no prints.

// Helpers of tests are not recognised as tests by the lint.
#![allow(clippy::indexing_slicing, clippy::unwrap_used)]

use std::collections::HashMap;
use std::path::Path;

use fingerprints::quality::{Actionable, MinutiaMeasures, Quality, assess, assess_with_minutiae};
use fingerprints::{Error, Print};

/// How far a measure may be from NIST's, in proportion: sums are added up in another order.
const TOLERANCE: f64 = 1e-9;

/// The score of each vector with our own minutiae, and NIST's. The two may differ, since our extractor is not NIST's; what is pinned is
/// by how much, so that no change of the extractor, to the better or the worse, goes unseen. Who changes it puts the new scores here.
const OWN_SCORES: [(&str, u8, u8); 7] = [
    ("blotted", 40, 38),
    ("clear", 57, 58),
    ("dark_ground", 60, 61),
    ("faint_in_white_frame", 50, 49),
    ("hard", 57, 56),
    ("ties_and_white_corner", 50, 49),
    ("two_levels", 59, 56),
];

#[test]
fn every_measure_is_that_of_the_reference() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../test-vectors/nfiq2");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "png") {
            compare(&path);
            seen += 1;
        }
    }
    assert_eq!(seen, 7);
}

fn compare(path: &Path) {
    let name = path.file_stem().unwrap().to_str().unwrap();
    let text = std::fs::read_to_string(path.with_file_name(format!("{name}_output.txt"))).unwrap();
    let lines = text.lines().map(|line| line.split_once(": ").unwrap());
    let published: HashMap<&str, f64> = lines
        .map(|(name, value)| (name, value.parse().unwrap()))
        .collect();
    let picture = image::open(path).unwrap().into_luma8();
    let (width, height) = picture.dimensions();
    let print = Print::new(picture.into_raw(), width, height, 500).unwrap();
    let minutiae = MinutiaMeasures {
        total: published["FingerJetFX_MinutiaeCount"],
        central: published["FingerJetFX_MinCount_COMMinRect200x200"],
        in_grey: published["FJFXPos_Mu_MinutiaeQuality_2"],
        in_certainty: published["FJFXPos_OCL_MinutiaeQuality_80"],
    };
    let quality = assess_with_minutiae(&print, &minutiae).unwrap();
    let features = quality
        .features
        .iter()
        .map(|(id, value)| (id.to_string(), *value));
    let feedback = quality
        .feedback
        .iter()
        .map(|(remark, value)| (remark.published_name().to_owned(), *value));
    let ours: Vec<(String, f64)> = features.chain(feedback).collect();
    assert_eq!(ours.len() + 1, published.len(), "{name}");
    for (measure, value) in ours {
        let want = published[measure.as_str()];
        assert!(
            (value - want).abs() <= TOLERANCE * want.abs(),
            "{name} {measure}: {value}, not {want}"
        );
    }
    assert_eq!(
        f64::from(quality.score),
        published["UnifiedQualityScore"],
        "{name}"
    );
    let own = assess(&print).unwrap().score;
    let pinned = OWN_SCORES.iter().find(|(vector, ..)| *vector == name);
    assert_eq!(pinned, Some(&(name, own, quality.score)), "{name}");
}

fn picture(width: u32, height: u32, grey: impl Fn(u32, u32) -> u8) -> Print {
    let pixels = (0..height)
        .flat_map(|y| (0..width).map(move |x| (x, y)))
        .map(|(x, y)| grey(x, y))
        .collect();
    Print::new(pixels, width, height, 500).unwrap()
}

fn assess_without_minutiae(print: &Print) -> Result<Quality, Error> {
    assess_with_minutiae(print, &MinutiaMeasures::default())
}

#[test]
fn what_cannot_be_assessed_is_refused() {
    let nothing = |found, remark| Err(Error::NoRidgePattern { found, remark });
    let stripes = |x: u32, y: u32| {
        if ((x + y) / 5).is_multiple_of(2) {
            30
        } else {
            220
        }
    };
    let cases: [(&str, Print, Result<(), Error>); 9] = [
        (
            "black",
            picture(400, 400, |_, _| 0),
            nothing(0, Actionable::UniformImage),
        ),
        (
            "white",
            picture(400, 400, |_, _| 255),
            nothing(0, Actionable::UniformImage),
        ),
        (
            "grey",
            picture(64, 64, |_, _| 128),
            nothing(0, Actionable::UniformImage),
        ),
        (
            "a dark corner",
            picture(400, 400, |x, y| if x + y < 40 { 90 } else { 245 }),
            nothing(0, Actionable::TooLittleForeground),
        ),
        (
            "tiny",
            picture(64, 64, stripes),
            nothing(1, Actionable::TooLittleForeground),
        ),
        ("narrow", picture(64, 1000, stripes), Ok(())),
        (
            "wide",
            picture(801, 400, stripes),
            Err(Error::QualitySize {
                width: 801,
                height: 400,
            }),
        ),
        (
            "high",
            picture(400, 1001, stripes),
            Err(Error::QualitySize {
                width: 400,
                height: 1001,
            }),
        ),
        (
            "huge",
            picture(4096, 4096, stripes),
            Err(Error::QualitySize {
                width: 4096,
                height: 4096,
            }),
        ),
    ];
    for (name, print, want) in cases {
        assert_eq!(assess_without_minutiae(&print).map(|_| ()), want, "{name}");
    }
    let slow = Print::new(vec![0; 100 * 100], 100, 100, 1000).unwrap();
    assert_eq!(
        assess_without_minutiae(&slow).map(|_| ()),
        Err(Error::QualityResolution { ppi: 1000 })
    );
    assert_eq!(
        assess(&slow).map(|_| ()),
        Err(Error::QualityResolution { ppi: 1000 })
    );
}

#[test]
fn a_white_frame_changes_nothing() {
    let inked = |x: u32, y: u32| ((x * x + 3 * y * y + x * y / 7) / 900 % 200) as u8;
    let bare = assess_without_minutiae(&picture(300, 320, inked)).unwrap();
    let framed = picture(700, 900, |x, y| {
        match (x.checked_sub(101), y.checked_sub(203)) {
            (Some(x), Some(y)) if x < 300 && y < 320 => inked(x, y),
            _ => 255,
        }
    });
    assert_eq!(assess_without_minutiae(&framed).unwrap(), bare);
}

#[test]
fn any_size_and_any_noise_is_assessed_or_refused() {
    let mut state = 1_u32;
    for side in (64..200).step_by(3) {
        let mut noise = vec![0; (side * (330 - side)) as usize];
        for pixel in &mut noise {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *pixel = (state >> 24) as u8 >> (side % 8);
        }
        let print = Print::new(noise, side, 330 - side, 500).unwrap();
        if let Ok(quality) = assess_without_minutiae(&print) {
            assert!(quality.score <= 100 && quality.features.len() == 69);
            assert!(
                quality.features.iter().all(|(_, value)| value.is_finite()),
                "{side}: {:?}",
                quality.features
            );
            assert!(quality.actionable.contains(&Actionable::TooFewMinutiae));
        }
    }
}
