//! Whether two prints are of the same finger.
//!
//! Pairs of neighbouring minutiae look the same however a finger is turned: their distance and the angles of both against the line
//! between them. Such edges of one print are looked up in a table of the other's (the idea of edge tables that Bozorth3 and
//! SourceAFIS published); minutiae whose edges agree are laid upon each other, the neighbourhood's displacement is taken out, and the
//! meeting is judged by the logarithm of its likelihood ratio: of one finger against of two.

mod alignment;
mod hands;
mod likelihood;
mod prepared;

use self::alignment::Pair;
pub use self::hands::{Finding, Labelled, against, belongs_to, repeats};
use self::prepared::{Edge, likeness};
pub use self::prepared::{MAX_COMPARED, Prepared};

/// Starting points that are tried, the best first.
const STARTS: usize = 20;
/// Meetings that are looked at elastically.
const ELASTIC: usize = 3;
/// Least likeness of two stars, summed over their edges, to start from.
const LEAST_VOTES: f32 = 1.2;
/// Fewest pairs of a meeting.
const LEAST_PAIRS: usize = 4;

/// What a comparison found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparison {
    /// The logarithm of the likelihood ratio, 0 where nothing speaks for the same finger.
    pub score: f32,
    /// Minutiae that the prints share.
    pub pairs: u16,
    /// By which angle the second print is turned against the first, counter-clockwise, −π … π.
    pub rotation: f32,
}

impl Comparison {
    /// Nothing in common.
    const NONE: Self = Self {
        score: 0.0,
        pairs: 0,
        rotation: 0.0,
    };

    /// Whether the score reaches [`SAME_FINGER`].
    #[must_use]
    pub fn is_same_finger(&self) -> bool {
        self.score >= SAME_FINGER
    }
}

/// The score from which two prints are held to be of one finger.
///
/// Measured on drawn prints only (`examples/matching.rs --draw 150 3`: 150 fingers, three touches each, 450 genuine and 100,575 impostor
/// comparisons): no false match and no false non-match with touches as at a counter; with `--hard` (half fingers, pulled, dry, wet,
/// cut) a false match in 25,000 and 3.3 % false non-matches. Drawn fingers are kinder than skin: before thresholds
/// of an office depend on it, the same table should be made of its own captures.
pub const SAME_FINGER: f32 = 24.0;

/// Compares two prints, thousands of times a second. The second print may be turned and shifted any way against the first.
#[must_use]
pub fn compare(first: &Prepared, second: &Prepared) -> Comparison {
    let votes = votes(first, second);
    let mut meetings = Vec::new();
    let mut seen = vec![false; votes.len()];
    let width = second.places.len().max(1);
    for (index, _) in starts(&votes).into_iter().take(STARTS) {
        if seen.get(index).copied().unwrap_or(true) {
            continue;
        }
        let star = star(
            first,
            second,
            (index / width) as u16,
            (index % width) as u16,
        );
        if let Some((motion, pairs)) = alignment::stiff(first, second, &star) {
            for pair in &pairs {
                let index = usize::from(pair.a) * width + usize::from(pair.b);
                if let Some(seen) = seen.get_mut(index) {
                    *seen = true;
                }
            }
            meetings.push((motion, pairs));
        }
    }
    meetings.sort_by_key(|(_, pairs)| core::cmp::Reverse(pairs.len()));
    let judged = meetings.iter().take(ELASTIC).map(|(motion, pairs)| {
        let (moved, pairs) = alignment::elastic(first, second, motion, pairs);
        let score = likelihood::of(first, second, motion, &moved, &pairs);
        Comparison {
            score: if pairs.len() < LEAST_PAIRS {
                0.0
            } else {
                score.max(0.0)
            },
            pairs: pairs.len() as u16,
            rotation: motion.rotation,
        }
    });
    judged.fold(Comparison::NONE, |best, one| {
        if one.score > best.score { one } else { best }
    })
}

/// For each two minutiae how alike their stars are, row by row.
fn votes(first: &Prepared, second: &Prepared) -> Vec<f32> {
    let width = second.places.len();
    let mut votes = vec![0.0; first.places.len() * width];
    for edge in &second.edges {
        for (other, likeness) in first.like(*edge) {
            let index = usize::from(other.from) * width + usize::from(edge.from);
            if let Some(vote) = votes.get_mut(index) {
                *vote += likeness;
            }
        }
    }
    votes
}

/// The best places to start from, best first.
fn starts(votes: &[f32]) -> Vec<(usize, f32)> {
    let enough = votes
        .iter()
        .copied()
        .enumerate()
        .filter(|(_, vote)| *vote >= LEAST_VOTES);
    let mut starts: Vec<(usize, f32)> = enough.collect();
    starts.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    starts
}

/// Two minutiae and the neighbours that agree.
fn star(first: &Prepared, second: &Prepared, a: u16, b: u16) -> Vec<Pair> {
    let of = |edges: &[Edge], from: u16| -> Vec<Edge> {
        let start = edges.partition_point(|edge| edge.from < from);
        let star = edges
            .iter()
            .skip(start)
            .take_while(|edge| edge.from == from);
        star.copied().collect()
    };
    let pair = |a, b| Pair {
        a,
        b,
        ..Pair::default()
    };
    let mut pairs = vec![pair(a, b)];
    let others = of(&second.edges, b);
    for edge in of(&first.edges, a) {
        let alike = others
            .iter()
            .filter_map(|other| Some((likeness(&edge, other)?, other)));
        let best = alike.max_by(|p, q| p.0.total_cmp(&q.0));
        pairs.extend(best.map(|(_, other)| pair(edge.to, other.to)));
    }
    pairs
}
