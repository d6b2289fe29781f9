//! What a picture does to ridges is undone: gaps, spurs, crumbs and bridges.

use super::Heading;
use super::ridges::{Ridges, between_directions, between_headings};
use super::skeleton::{Pixel, Skeleton, Stop};

/// Shortest ridge with two ends, in pixels.
const LEAST_RIDGE: usize = 14;
/// Shortest branch that ends freely.
const LEAST_BRANCH: usize = 9;
/// Longest bridge between two ridges: a little more than their period.
const BRIDGE: usize = 13;
/// Longest side of a pore that looks like a lake.
const LAKE: usize = 12;
/// Widest gap that is closed, in pixels.
const GAP: f32 = 13.0;
/// How far from a straight line the two sides of a gap may run.
const GAP_ANGLE: f32 = 0.6;
/// Pixels of a line that give its heading.
const HEADING: usize = 10;

pub(super) fn repair(skeleton: &mut Skeleton, ridges: &Ridges) {
    close_gaps(skeleton);
    cut_short_ends(skeleton);
    cut_bridges(skeleton, ridges);
    cut_short_ends(skeleton);
}

/// The heading of a line away from a pixel, in the picture (rows run downwards).
pub(super) fn heading(from: Pixel, path: &[Pixel]) -> Option<Heading> {
    let to = path.last()?;
    let (dx, dy) = ((to.0 - from.0) as f32, (to.1 - from.1) as f32);
    (dx != 0.0 || dy != 0.0).then(|| dy.atan2(dx))
}

/// Joins ends that face each other across a narrow gap.
fn close_gaps(skeleton: &mut Skeleton) {
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
        let near = near.take_while(|(b, _)| ((b.1 - a.1) as f32) <= GAP);
        for (b, b_heading) in near {
            let (dx, dy) = ((b.0 - a.0) as f32, (b.1 - a.1) as f32);
            let across = dy.atan2(dx);
            let opposed = core::f32::consts::PI - between_headings(*a_heading, *b_heading);
            let straight =
                between_directions(across, *a_heading).max(between_directions(across, *b_heading));
            let apart = between_headings(across, *a_heading) > core::f32::consts::FRAC_PI_2;
            let distance = dx.hypot(dy);
            if distance <= GAP
                && opposed < GAP_ANGLE
                && apart
                && (straight < GAP_ANGLE || distance < 4.0)
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
fn cut_short_ends(skeleton: &mut Skeleton) {
    let (ends, _) = skeleton.ends_and_junctions();
    for end in ends {
        if !skeleton.is_on(end) {
            continue;
        }
        let Some(first) = skeleton.branches(end).first().copied() else {
            skeleton.set(end, false);
            continue;
        };
        let walk = skeleton.walk(end, first, LEAST_RIDGE);
        let (keeps_last, is_short) = match walk.stop {
            Stop::End => (0, true),
            Stop::Junction(_) => (1, walk.path.len() <= LEAST_BRANCH),
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
fn cut_bridges(skeleton: &mut Skeleton, ridges: &Ridges) {
    let (_, junctions) = skeleton.ends_and_junctions();
    for junction in junctions {
        if skeleton.crossings(junction) < 3 {
            continue;
        }
        let walks = skeleton.branches(junction).into_iter();
        let walks: Vec<_> = walks
            .map(|first| skeleton.walk(junction, first, BRIDGE))
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
            let is_lake = walk.path.len() <= LAKE
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
