//! The measures beside an outside oracle.

use faces::Picture;
use faces::measure::{MeasureId, assess, focus_features};
use faces::thresholds::Thresholds;

use crate::drawn::{face, picture};

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
