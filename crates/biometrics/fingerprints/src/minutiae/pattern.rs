//! Whether a picture shows the ridges of a finger at all, and whether it has the resolution that it states.
//!
//! NFIQ 2 tells a good print from a poor one and takes for granted that there is a finger: noise and stripes reach 40 … 50. What all
//! fingers share is asked here: ridges that run on and come again at an even distance, that bend, that end and fork. It is no defence
//! against somebody who draws a finger.
//!
//! The limits lie between what was measured of fingers (drawn ones, SFinGe's, the public scans of SourceAFIS) and of what is none;
//! `examples/plausibility.rs` measures them again.

use super::ridges::{BLOCK, Ridges, period};
use super::{Minutiae, enhance};
use crate::plane::Plane;
use crate::print::{NOMINAL_PPI, Print};
use crate::resample;

/// Blocks from one place that is looked at to the next: two ridges.
const STEP: usize = 2;
/// Periods that are looked for, in pixels at 500 ppi: wider than people have, so that a wrong resolution is seen.
const PERIODS: (f32, f32) = (3.0, 24.0);
/// Least contrast of a place with ink, in grey levels and as a part of the picture's high contrast: those of the minutiae.
const CONTRAST: (f32, f32) = (9.0, 0.28);
/// Least agreement of the gradients around a place with ridges: noise has 0.07, coarse noise 0.18, fingers 0.7 … 0.95.
const COHERENCE: f32 = 0.3;
/// Least correlation of its ridges with themselves, one period on: noise has 0.25, fingers 0.5 … 0.9.
const CORRELATION: f32 = 0.4;

/// Least part of the inked places that has ridges. Noise has at most 0.02, a portrait 0.11; the worst of 800 drawn touches 0.57, a
/// scanned sheet with a rolled print and writing 0.61.
const SHARE: Limits = Limits {
    none: 0.25,
    few: 0.45,
};
/// Least area of ridges in mm²: a square of 4 mm holds eight ridges, one of 7 mm is the tip of a finger; the least of 800 drawn touches,
/// half of them hard, has 82.
const AREA_MM2: Limits = Limits {
    none: 16.0,
    few: 50.0,
};
/// Least variety of directions. Straight stripes have less than 0.001; the least of 800 drawn touches has 0.10.
const VARIETY: Limits = Limits {
    none: 0.02,
    few: 0.05,
};
/// Fewest minutiae in a cm² of ridges. Stripes and rings have none; of 800 drawn touches the least has 5 and the median 19.
const DENSITY: Limits = Limits {
    none: 1.0,
    few: 3.0,
};

/// Median periods of people in pixels at 500 ppi. Moore 1989 (in Ashbaugh 1999): 0.41 mm for women and 0.47 mm for men, 8.1 and 9.3
/// pixels; children of school age have less. Drawn fingers have 7.7 … 10.8, public samples 7.5 … 10.5.
const USUAL_PERIODS: (f32, f32) = (7.0, 10.8);
/// Beyond these no finger of a schoolchild or an adult is known: infants have 4 to 5 pixels (Jain et al. 2014), and 12.5 are 0.63 mm,
/// a third more than the mean of men.
const POSSIBLE_PERIODS: (f32, f32) = (5.5, 12.5);

/// Below `none` there is no finger, below `few` somebody has to look.
struct Limits {
    none: f32,
    few: f32,
}

/// Whether there are the ridges of a finger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ridged {
    /// The picture shows no finger.
    No,
    /// Fewer than fingers have: worn, hardly touching, or none.
    Doubtful,
    /// As a finger has them.
    Yes,
}

/// Whether the ridges lie as far apart as those of people at the resolution stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scale {
    /// As most people have them.
    Usual,
    /// As few people have them.
    Unusual,
    /// As no schoolchild or adult has them: the resolution is another.
    Impossible,
}

/// What a picture has of the ridges of a finger.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pattern {
    /// The part of the inked places that has ridges, 0 … 1.
    pub share: f32,
    /// The area of the ridges.
    pub area_mm2: f32,
    /// The median distance from ridge to ridge in pixels at 500 ppi; 0 without ridges.
    pub period: f32,
    /// How much the direction of the ridges varies: 0 when all are parallel, 1 when all directions are as frequent.
    pub variety: f32,
    /// Minutiae in a cm² of ridges.
    pub density: f32,
}

impl Pattern {
    /// Measures a print and the minutiae that were found in it.
    #[must_use]
    pub fn of(print: &Print, minutiae: &Minutiae) -> Self {
        let (inked, mut places) = places(&resample::to_nominal(print));
        let found = places.len() as f32;
        let block_mm = (STEP * BLOCK) as f32 * 25.4 / f32::from(NOMINAL_PPI);
        let area_mm2 = found * block_mm * block_mm;
        let (cos, sin) = places.iter().fold((0.0, 0.0), |(cos, sin), place| {
            let doubled = 2.0 * place.direction;
            (cos + doubled.cos(), sin + doubled.sin())
        });
        places.sort_by(|a, b| a.period.total_cmp(&b.period));
        let median = places.get(places.len() / 2).map(|place| place.period);
        let at_least_one = found.max(1.0);
        Self {
            share: found / (inked as f32).max(1.0),
            area_mm2,
            period: median.unwrap_or_default(),
            variety: 1.0 - f32::hypot(cos, sin) / at_least_one,
            density: 100.0 * minutiae.points.len() as f32 / area_mm2.max(1.0),
        }
    }

    /// Whether there are the ridges of a finger.
    #[must_use]
    pub fn ridged(&self) -> Ridged {
        let measures = [
            (self.share, SHARE),
            (self.area_mm2, AREA_MM2),
            (self.variety, VARIETY),
            (self.density, DENSITY),
        ];
        let judged = measures.map(|(value, limits)| match value {
            value if value >= limits.few => Ridged::Yes,
            value if value >= limits.none => Ridged::Doubtful,
            _ => Ridged::No,
        });
        judged.into_iter().min().unwrap_or(Ridged::No)
    }

    /// Whether the ridges are as far apart as those of people.
    #[must_use]
    pub fn scale(&self) -> Scale {
        let within = |(least, most): (f32, f32)| (least..=most).contains(&self.period);
        match (within(USUAL_PERIODS), within(POSSIBLE_PERIODS)) {
            (true, _) => Scale::Usual,
            (_, true) => Scale::Unusual,
            _ => Scale::Impossible,
        }
    }
}

/// A place with ridges.
struct Place {
    direction: f32,
    period: f32,
}

/// How many places have ink, and those of them that have ridges.
fn places(grey: &Plane<f32>) -> (usize, Vec<Place>) {
    let (normal, deviation) = enhance::normalised(grey);
    let ridges = Ridges::of(&normal);
    let coherence = ridges.coherence.gaussian(1.2);
    let mut sorted = deviation.values().to_vec();
    sorted.sort_by(f32::total_cmp);
    let high = sorted.get(sorted.len() * 9 / 10).copied();
    let least = CONTRAST.0.max(CONTRAST.1 * high.unwrap_or_default());
    let (mut inked, mut found) = (0, Vec::new());
    for row in (0..coherence.height()).step_by(STEP) {
        for column in (0..coherence.width()).step_by(STEP) {
            let middle = |block: usize| block * BLOCK + BLOCK / 2;
            let (x, y) = (middle(column), middle(row));
            if deviation.at(x, y) < least {
                continue;
            }
            inked += 1;
            if coherence.at(column, row) < COHERENCE {
                continue;
            }
            let direction = ridges.direction.at(column, row);
            let measured = period(&normal, (x as f32, y as f32), direction, PERIODS);
            if let Some((period, correlation)) = measured
                && correlation >= CORRELATION
            {
                found.push(Place { direction, period });
            }
        }
    }
    (inked, found)
}
