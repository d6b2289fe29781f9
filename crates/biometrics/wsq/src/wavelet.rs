//! The picture as wavelet coefficients and back.
//!
//! A pass takes some lines at a time, side by side in small arrays: the same sums are then done for all of them at once, and
//! rows and columns need one kernel only.

use std::collections::HashMap;

use crate::filters::FilterBank;
use crate::lines::Plan;
use crate::tree::{Node, Region, nodes};

/// Lines that are worked on together.
const LANES: usize = 16;
/// One sample of each of them.
type Sample = [f32; LANES];

/// The picture, row by row.
pub(crate) struct Plane<'a> {
    pub(crate) samples: &'a mut [f32],
    pub(crate) width: usize,
    pub(crate) height: usize,
}

/// Lines being worked on.
#[derive(Default)]
struct Strip {
    source: Vec<Sample>,
    result: Vec<Sample>,
}

impl Strip {
    fn reset(&mut self, len: usize) {
        self.source.resize(len, [0.0; LANES]);
        self.result.resize(len, [0.0; LANES]);
    }

    fn apply(&mut self, plan: &Plan) {
        for (result, terms) in self.result.iter_mut().zip(plan.sums()) {
            let mut terms = terms.iter().filter_map(|term| {
                let sample = self.source.get(term.sample)?;
                Some((sample, term.factor))
            });
            let mut sums = [0.0; LANES];
            if let Some((sample, factor)) = terms.next() {
                sums = sample.map(|value| value * factor);
            }
            for (sample, factor) in terms {
                for (sum, value) in sums.iter_mut().zip(sample) {
                    *sum += value * factor;
                }
            }
            *result = sums;
        }
    }
}

/// The rows of a rectangle.
fn rows<'a>(plane: &'a mut Plane<'_>, region: Region) -> impl Iterator<Item = &'a mut [f32]> {
    let Region {
        x,
        y,
        width,
        height,
    } = region;
    let rows = plane.samples.chunks_mut(plane.width).skip(y).take(height);
    rows.map(move |row| row.get_mut(x..x + width).unwrap_or_default())
}

fn pass_over_rows(plane: &mut Plane<'_>, region: Region, plan: &Plan, strip: &mut Strip) {
    strip.reset(region.width);
    for top in (0..region.height).step_by(LANES) {
        let part = Region {
            y: region.y + top,
            height: LANES.min(region.height - top),
            ..region
        };
        for (lane, row) in rows(plane, part).enumerate() {
            for (sample, value) in strip.source.iter_mut().zip(row) {
                if let Some(place) = sample.get_mut(lane % LANES) {
                    *place = *value;
                }
            }
        }
        strip.apply(plan);
        for (lane, row) in rows(plane, part).enumerate() {
            for (value, sample) in row.iter_mut().zip(&strip.result) {
                if let Some(result) = sample.get(lane % LANES) {
                    *value = *result;
                }
            }
        }
    }
}

fn pass_over_columns(plane: &mut Plane<'_>, region: Region, plan: &Plan, strip: &mut Strip) {
    strip.reset(region.height);
    for left in (0..region.width).step_by(LANES) {
        let part = Region {
            x: region.x + left,
            width: LANES.min(region.width - left),
            ..region
        };
        for (sample, row) in strip.source.iter_mut().zip(rows(plane, part)) {
            for (place, value) in sample.iter_mut().zip(row) {
                *place = *value;
            }
        }
        strip.apply(plan);
        for (row, sample) in rows(plane, part).zip(&strip.result) {
            for (value, result) in row.iter_mut().zip(sample) {
                *value = *result;
            }
        }
    }
}

/// Plans by length of line and order of bands: many nodes share them.
struct Plans<F> {
    make: F,
    made: HashMap<(usize, bool), Plan>,
}

impl<F: Fn(usize, bool) -> Plan> Plans<F> {
    fn new(make: F) -> Self {
        Self {
            make,
            made: HashMap::new(),
        }
    }

    fn of(&mut self, len: usize, high_first: bool) -> &Plan {
        let plan = self.made.entry((len, high_first));
        plan.or_insert_with(|| (self.make)(len, high_first))
    }
}

/// Splits the picture into its subbands, in place.
pub(crate) fn decompose(plane: &mut Plane<'_>, bank: &FilterBank) {
    let mut plans = Plans::new(|len, high_first| Plan::splitting(len, bank, high_first));
    let mut strip = Strip::default();
    for Node {
        region,
        high_first_x,
        high_first_y,
    } in nodes(plane.width, plane.height)
    {
        let plan = plans.of(region.width, high_first_x);
        pass_over_rows(plane, region, plan, &mut strip);
        let plan = plans.of(region.height, high_first_y);
        pass_over_columns(plane, region, plan, &mut strip);
    }
}

/// Joins the picture from its subbands, in place.
pub(crate) fn reconstruct(plane: &mut Plane<'_>, bank: &FilterBank) {
    let mut plans = Plans::new(|len, high_first| Plan::joining(len, bank, high_first));
    let mut strip = Strip::default();
    for Node {
        region,
        high_first_x,
        high_first_y,
    } in nodes(plane.width, plane.height).into_iter().rev()
    {
        let plan = plans.of(region.height, high_first_y);
        pass_over_columns(plane, region, plan, &mut strip);
        let plan = plans.of(region.width, high_first_x);
        pass_over_rows(plane, region, plan, &mut strip);
    }
}
