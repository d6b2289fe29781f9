//! What a picture does to ridges is undone: gaps, spurs, crumbs and bridges.

use super::Heading;
use super::ridges::{Ridges, between_directions, between_headings};
use super::skeleton::{Pixel, Skeleton, Stop};

/// What is taken for a disturbance, lengths in pixels.
#[derive(Debug, Clone, Copy)]
pub(super) struct Repair {
    /// Shortest ridge with two ends.
    least_ridge: usize,
    /// Longest branch that ends freely and is none.
    spur: usize,
    /// Longest bridge between two ridges.
    bridge: usize,
    /// Longest side of a pore that looks like a lake.
    lake: usize,
    /// Widest gap that is closed.
    gap: f32,
    /// How far from a straight line the two sides of a gap may run.
    gap_angle: f32,
}

impl Repair {
    /// For matching: a minutia that is none costs more than one that is missed. A bridge is a little longer than a ridge period.
    pub(super) const THOROUGH: Self = Self {
        least_ridge: 14,
        spur: 9,
        bridge: 13,
        lake: 12,
        gap: 13.0,
        gap_angle: 0.6,
    };
    /// For quality: what the reference's extractor counts too (fitted, see [`super::extraction`]).
    pub(super) const SPARING: Self = Self {
        least_ridge: 5,
        spur: 3,
        bridge: 8,
        lake: 8,
        gap: 6.0,
        gap_angle: 0.5,
    };
}

/// Pixels of a line that give its heading.
const HEADING: usize = 10;

pub(super) fn repair(skeleton: &mut Skeleton, ridges: &Ridges, limits: &Repair) {
    close_gaps(skeleton, limits);
    cut_short_ends(skeleton, limits);
    cut_bridges(skeleton, ridges, limits);
    cut_short_ends(skeleton, limits);
}

/// The heading of a line away from a pixel, in the picture (rows run downwards).
pub(super) fn heading(from: Pixel, path: &[Pixel]) -> Option<Heading> {
    let to = path.last()?;
    let (dx, dy) = ((to.0 - from.0) as f32, (to.1 - from.1) as f32);
    (dx != 0.0 || dy != 0.0).then(|| dy.atan2(dx))
}

/// Joins ends that face each other across a narrow gap.
fn close_gaps(skeleton: &mut Skeleton, limits: &Repair) {
    let (ends, _) = skeleton.ends_and_junctions();
    let facing: Vec<(Pixel, Heading)> = ends
        .into_iter()
        .filter_map(|end| {
            let first = *skeleton.branches(end).first()?;
            let walk = skeleton.walk(end, first, HEADING);
            (walk.path.len() >= 4).then_some(())?;
            Some((end, heading(end, &walk.path)?))
        })
        .collect();
    let mut joined = Vec::new();
    for (n, (a, a_heading)) in facing.iter().enumerate() {
        // Ends are in order of rows, so that the search stops below the gap.
        let near = facing.iter().skip(n + 1);
        let near = near.take_while(|(b, _)| ((b.1 - a.1) as f32) <= limits.gap);
        for (b, b_heading) in near {
            let (dx, dy) = ((b.0 - a.0) as f32, (b.1 - a.1) as f32);
            let across = dy.atan2(dx);
            let opposed = core::f32::consts::PI - between_headings(*a_heading, *b_heading);
            let straight =
                between_directions(across, *a_heading).max(between_directions(across, *b_heading));
            let apart = between_headings(across, *a_heading) > core::f32::consts::FRAC_PI_2;
            let distance = dx.hypot(dy);
            if distance <= limits.gap
                && opposed < limits.gap_angle
                && apart
                && (straight < limits.gap_angle || distance < 4.0)
            {
                joined.push((*a, *b));
            }
        }
    }
    for (a, b) in joined {
        skeleton.join(a, b);
    }
}

/// Takes away lines that are too short for a ridge, and branches too short for one.
fn cut_short_ends(skeleton: &mut Skeleton, limits: &Repair) {
    let (ends, _) = skeleton.ends_and_junctions();
    for end in ends {
        if !skeleton.is_on(end) {
            continue;
        }
        let Some(first) = skeleton.branches(end).first().copied() else {
            skeleton.set(end, false);
            continue;
        };
        let walk = skeleton.walk(end, first, limits.least_ridge);
        let (keeps_last, is_short) = match walk.stop {
            Stop::End => (0, true),
            Stop::Junction(_) => (1, walk.path.len() <= limits.spur),
            Stop::Far => (0, false),
        };
        if is_short {
            skeleton.set(end, false);
            let cut = walk.path.len().saturating_sub(keeps_last);
            for pixel in walk.path.iter().take(cut) {
                skeleton.set(*pixel, false);
            }
        }
    }
}

/// Takes away short lines between two junctions: those that cross the ridges, and one side of a pore.
fn cut_bridges(skeleton: &mut Skeleton, ridges: &Ridges, limits: &Repair) {
    let (_, junctions) = skeleton.ends_and_junctions();
    for junction in junctions {
        if skeleton.crossings(junction) < 3 {
            continue;
        }
        let walks = skeleton.branches(junction).into_iter();
        let walks: Vec<_> = walks
            .map(|first| skeleton.walk(junction, first, limits.bridge))
            .collect();
        let ends_of = |stop: &Stop| match stop {
            Stop::Junction(other) if *other != junction => Some(*other),
            _ => None,
        };
        for (n, walk) in walks.iter().enumerate() {
            let Some(other) = ends_of(&walk.stop) else {
                continue;
            };
            let line = ((other.1 - junction.1) as f32).atan2((other.0 - junction.0) as f32);
            let (x, y) = (
                (junction.0 + other.0) as f32 * 0.5,
                (junction.1 + other.1) as f32 * 0.5,
            );
            let crosses = between_directions(line, ridges.direction_at(x, y)) > 0.7;
            let is_lake = walk.path.len() <= limits.lake
                && walks
                    .iter()
                    .skip(n + 1)
                    .any(|w| ends_of(&w.stop) == Some(other));
            if (crosses && walk.path.len() > 2) || is_lake {
                let inner = walk.path.len().saturating_sub(1);
                for pixel in walk.path.iter().take(inner) {
                    skeleton.set(*pixel, false);
                }
            }
        }
    }
}
