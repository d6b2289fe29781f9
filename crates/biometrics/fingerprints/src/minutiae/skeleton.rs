//! Ridges as lines of one pixel, and walks along them.

use crate::plane::Plane;

/// The neighbours of a pixel, clockwise from above: bit `n` of a code is neighbour `n`.
const NEIGHBOURS: [(i32, i32); 8] = [
    (0, -1),
    (1, -1),
    (1, 0),
    (1, 1),
    (0, 1),
    (-1, 1),
    (-1, 0),
    (-1, -1),
];
/// Rounds of thinning: the widest ridge loses a pixel on each side in every one.
const MAX_ROUNDS: usize = 24;

/// A pixel of the picture.
pub(super) type Pixel = (i32, i32);

/// Lines of one pixel.
#[derive(Clone)]
pub(super) struct Skeleton {
    lines: Plane<bool>,
}

/// How a walk along a line ended.
pub(super) enum Stop {
    /// At the end of the line.
    End,
    /// At a pixel where lines meet.
    Junction(Pixel),
    /// After the number of steps that was allowed.
    Far,
}

/// A walk along a line: the pixels gone, without that where it started.
pub(super) struct Walk {
    pub(super) path: Vec<Pixel>,
    pub(super) stop: Stop,
}

impl Skeleton {
    /// Thins ridges to lines, taking pixels from two sides in turn (Guo and Hall 1989).
    pub(super) fn of(ridges: &Plane<bool>) -> Self {
        let mut lines = ridges.clone();
        let mut goes = Vec::new();
        for _ in 0..MAX_ROUNDS {
            let mut changed = false;
            for half in [false, true] {
                goes.clear();
                for y in 0..lines.height() {
                    let row = lines.row(y).iter().enumerate();
                    for (x, _) in row.filter(|(_, on)| **on) {
                        if may_go(code(&lines, x as i32, y as i32), half) {
                            goes.push((x, y));
                        }
                    }
                }
                changed |= !goes.is_empty();
                for (x, y) in goes.iter().copied() {
                    lines.set(x, y, false);
                }
            }
            if !changed {
                break;
            }
        }
        Self { lines }
    }

    pub(super) fn is_on(&self, (x, y): Pixel) -> bool {
        self.lines.at_signed(x, y)
    }

    pub(super) fn set(&mut self, (x, y): Pixel, on: bool) {
        if let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y)) {
            self.lines.set(x, y, on);
        }
    }

    /// How many lines leave a pixel: 1 at an end, 3 and more where lines meet (Rutovitz 1966).
    pub(super) fn crossings(&self, (x, y): Pixel) -> u32 {
        transitions(code(&self.lines, x, y))
    }

    /// Pixels that end a line (`Stop::End`) or join some, in order of rows.
    pub(super) fn ends_and_junctions(&self) -> (Vec<Pixel>, Vec<Pixel>) {
        let (mut ends, mut junctions) = (Vec::new(), Vec::new());
        for y in 0..self.lines.height() {
            for (x, _) in self.lines.row(y).iter().enumerate().filter(|(_, on)| **on) {
                let pixel = (x as i32, y as i32);
                match self.crossings(pixel) {
                    1 => ends.push(pixel),
                    2 => {}
                    0 => {}
                    _ => junctions.push(pixel),
                }
            }
        }
        (ends, junctions)
    }

    /// The first pixel of each line that leaves a pixel: of neighbours side by side, the nearest.
    pub(super) fn branches(&self, (x, y): Pixel) -> Vec<Pixel> {
        let code = code(&self.lines, x, y);
        let is_on = |n: usize| code >> (n % 8) & 1 == 1;
        let mut first = Vec::new();
        for (n, (dx, dy)) in NEIGHBOURS.into_iter().enumerate() {
            let is_straight = n % 2 == 0;
            let covered = !is_straight && (is_on(n + 1) || is_on(n + 7));
            if is_on(n) && !covered {
                first.push((x + dx, y + dy));
            }
        }
        first
    }

    /// Walks from `from` over its neighbour `first`, at most so many pixels.
    pub(super) fn walk(&self, from: Pixel, first: Pixel, steps: usize) -> Walk {
        let mut path = vec![first];
        let (mut before, mut here) = (from, first);
        while path.len() < steps {
            if self.crossings(here) > 2 {
                let stop = Stop::Junction(here);
                return Walk { path, stop };
            }
            let onward = |next: &Pixel| *next != before && !touches(*next, before);
            let Some(next) = self.branches(here).into_iter().find(onward) else {
                let stop = Stop::End;
                return Walk { path, stop };
            };
            (before, here) = (here, next);
            path.push(here);
        }
        let stop = if self.crossings(here) > 2 {
            Stop::Junction(here)
        } else {
            Stop::Far
        };
        Walk { path, stop }
    }

    /// Draws a line between two pixels.
    pub(super) fn join(&mut self, from: Pixel, to: Pixel) {
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let steps = dx.abs().max(dy.abs()).max(1);
        for step in 1..steps {
            let along = |start: i32, length: i32| {
                start + (length as f32 * step as f32 / steps as f32).round() as i32
            };
            self.set((along(from.0, dx), along(from.1, dy)), true);
        }
    }
}

fn touches(a: Pixel, b: Pixel) -> bool {
    (a.0 - b.0).abs() + (a.1 - b.1).abs() <= 1
}

/// The neighbours of a pixel as bits.
fn code(lines: &Plane<bool>, x: i32, y: i32) -> u8 {
    let mut code = 0;
    for (bit, (dx, dy)) in NEIGHBOURS.into_iter().enumerate() {
        code |= u8::from(lines.at_signed(x + dx, y + dy)) << bit;
    }
    code
}

/// Changes from off to on, once around.
fn transitions(code: u8) -> u32 {
    (code & !code.rotate_left(1)).count_ones()
}

/// Whether a pixel with these neighbours may be taken without breaking or shortening a line.
fn may_go(code: u8, half: bool) -> bool {
    let on = |n: u32| code >> (n % 8) & 1 == 1;
    let pair = |a: u32, b: u32| u32::from(on(a) || on(b));
    // P2 … P9 of the paper are neighbours 0 … 7.
    let parts: u32 = [0, 2, 4, 6]
        .into_iter()
        .map(|n| u32::from(!on(n) && (on(n + 1) || on(n + 2))))
        .sum();
    let odd = pair(7, 0) + pair(1, 2) + pair(3, 4) + pair(5, 6);
    let even = pair(0, 1) + pair(2, 3) + pair(4, 5) + pair(6, 7);
    let (least, side) = (
        odd.min(even),
        if half {
            (on(4) || on(5) || !on(7)) && on(6)
        } else {
            (on(0) || on(1) || !on(3)) && on(2)
        },
    );
    parts == 1 && (2..=3).contains(&least) && !side
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(rows: &[&str]) -> Plane<bool> {
        let width = rows[0].len();
        Plane::of(width, rows.len(), |x, y| rows[y].as_bytes()[x] == b'#')
    }

    #[test]
    fn a_bar_becomes_a_line_with_two_ends() {
        let bar = Plane::of(60, 20, |x, y| (5..55).contains(&x) && (7..14).contains(&y));
        let skeleton = Skeleton::of(&bar);
        let (ends, junctions) = skeleton.ends_and_junctions();
        assert_eq!((ends.len(), junctions.len()), (2, 0));
        let on = skeleton.lines.values().iter().filter(|on| **on).count();
        assert!((40..=50).contains(&on), "{on}");
    }

    #[test]
    fn walks_end_where_lines_do() {
        let fork = drawn(&[
            "..........",
            "......##..",
            ".....#....",
            ".####.....",
            ".....#....",
            "......##..",
            "..........",
        ]);
        let skeleton = Skeleton { lines: fork };
        let (ends, junctions) = skeleton.ends_and_junctions();
        assert_eq!(ends, [(7, 1), (1, 3), (7, 5)]);
        assert_eq!(junctions, [(4, 3)]);
        assert_eq!(skeleton.branches((4, 3)).len(), 3);
        let walk = skeleton.walk((1, 3), (2, 3), 20);
        assert!(matches!(walk.stop, Stop::Junction((4, 3))));
        let walk = skeleton.walk((4, 3), (5, 2), 20);
        assert!(matches!(walk.stop, Stop::End));
        assert_eq!(walk.path, [(5, 2), (6, 1), (7, 1)]);
    }
}
