//! What is no finger, and what is not at its resolution.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

#[path = "synthesis/drawing.rs"]
mod drawing;

use std::f32::consts::TAU;
use std::path::Path;

use drawing::slap::{Laid, lay};
use drawing::{Finger, Touch, press};
use fingerprints::minutiae::extract;
use fingerprints::minutiae::pattern::{Pattern, Ridged, Scale};
use fingerprints::{Print, quality, slap};

fn pattern(print: &Print) -> Pattern {
    Pattern::of(print, &extract(print).unwrap())
}

fn picture(mut grey: impl FnMut(f32, f32) -> u8) -> Print {
    let places = (0..560_u16).flat_map(|y| (0..416_u16).map(move |x| (x, y)));
    let pixels = places.map(|(x, y)| grey(x.into(), y.into())).collect();
    Print::new(pixels, 416, 560, 500).unwrap()
}

/// Bytes without an order (Knuth's generator).
fn noise() -> impl FnMut() -> u8 {
    let mut state = 7_u64;
    move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005);
        state = state.wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    }
}

/// A print that was sampled anew while its header stayed.
fn scaled(print: &Print, by: f32) -> Print {
    let size = |side: u32| (side as f32 * by) as u32;
    let (width, height) = (size(print.width()), size(print.height()));
    let at = |x: u32, y: u32| {
        let (x, y) = (x.min(print.width() - 1), y.min(print.height() - 1));
        f32::from(print.pixel(x, y).unwrap())
    };
    let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    let pixels = places.map(|(x, y)| {
        let (x, y) = (x as f32 / by, y as f32 / by);
        let (left, top, right, down) = (x as u32, y as u32, x.fract(), y.fract());
        let row = |y| at(left, y) * (1.0 - right) + at(left + 1, y) * right;
        (row(top) * (1.0 - down) + row(top + 1) * down) as u8
    });
    Print::new(pixels.collect(), width, height, 500).unwrap()
}

#[test]
fn what_nfiq_takes_for_a_good_print_is_no_finger() {
    let mut random = noise();
    let ring = |x: f32, y: f32| (x - 200.0).hypot(y - 200.0);
    let wave = |way: f32| (128.0 + 100.0 * (TAU * way / 9.0).cos()) as u8;
    let cases = [
        ("random bytes", picture(|_, _| random())),
        (
            "black and white noise",
            picture(|_, _| 255 * (random() & 1)),
        ),
        ("noise of 20 levels", picture(|_, _| 108 + random() % 41)),
        ("upright stripes", picture(|x, _| wave(x))),
        ("slanting stripes", picture(|x, y| wave(0.6 * x + 0.8 * y))),
        (
            "sharp stripes",
            picture(|x, _| if x % 7.0 < 3.5 { 30 } else { 220 }),
        ),
        ("rings", picture(|x, y| wave(ring(x, y)))),
    ];
    for (name, print) in cases {
        let (score, found) = (quality::assess(&print).unwrap().score, pattern(&print));
        assert!(score >= 30, "{name}: NFIQ 2 refuses it by itself");
        assert_eq!(found.ridged(), Ridged::No, "{name}: {found:?}");
    }
    for grey in [0, 128, 255] {
        assert_eq!(pattern(&picture(|_, _| grey)).ridged(), Ridged::No);
    }
}

#[test]
fn fingers_are_fingers_at_their_resolution() {
    for seed in 61..=68 {
        let finger = Finger::grow(seed);
        let touches = [Touch::good(0), Touch::varied(seed, 1), Touch::hard(seed, 2)];
        for touch in touches {
            let found = pattern(&press(&finger, &touch));
            let judged = (found.ridged(), found.scale());
            assert_eq!(judged, (Ridged::Yes, Scale::Usual), "{seed}: {found:?}");
        }
    }
    let slap = slap::segment(&lay(&Laid::usual(69, true))).unwrap();
    assert!(!slap.segments.is_empty());
    for segment in slap.segments {
        let found = pattern(&segment.print);
        assert_eq!(found.ridged(), Ridged::Yes, "{found:?}");
    }
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../test-vectors/nfiq2");
    for name in [
        "blotted",
        "clear",
        "dark_ground",
        "faint_in_white_frame",
        "hard",
    ] {
        let grey = image::open(vectors.join(name).with_extension("png")).unwrap();
        let grey = grey.into_luma8();
        let (width, height) = grey.dimensions();
        let found = pattern(&Print::new(grey.into_raw(), width, height, 500).unwrap());
        let judged = (found.ridged(), found.scale());
        assert_eq!(judged, (Ridged::Yes, Scale::Usual), "{name}: {found:?}");
    }
}

/// The finger of seed 23 has ridges 9.4 pixels apart.
#[test]
fn another_resolution_than_the_header_states_is_seen() {
    let print = press(&Finger::grow(23), &Touch::good(0));
    let own = pattern(&print).period;
    for (by, want) in [
        (0.5, Scale::Impossible),
        (0.6, Scale::Unusual),
        (0.7, Scale::Unusual),
        (1.0, Scale::Usual),
        (1.25, Scale::Unusual),
        (1.4, Scale::Impossible),
        (1.7, Scale::Impossible),
        (2.0, Scale::Impossible),
    ] {
        let found = pattern(&scaled(&print, by));
        assert_eq!(found.scale(), want, "{own} by {by}: {found:?}");
        assert!(
            (found.period / own / by - 1.0).abs() < 0.06,
            "{own} {found:?}"
        );
    }
}
