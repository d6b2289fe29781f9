//! Which fingers they are: how far their tips reach, how wide they are and how far apart.

use super::contact::Fingertip;
use super::{Digit, Hand, LEAST_MARGIN};

/// How far a fingertip lies below the middle finger's, in pixels at 500 ppi, with its deviation: estimates from usual
/// digit lengths and the bow of the knuckles, tried on drawn slaps only.
const TIPS: [(f32, f32); 4] = [(190.0, 60.0), (0.0, 45.0), (130.0, 55.0), (450.0, 85.0)];
/// Widths of the contact against the mean of the hand, with their deviation.
const WIDTHS: [f32; 4] = [1.04, 1.06, 1.03, 0.87];
const WIDTH_DEVIATION: f32 = 0.09;
/// From finger to finger in mean widths, with its deviation.
const SPACING: (f32, f32) = (1.15, 0.22);
/// How far the hand's tilt may have been misjudged, in degrees (deviation), and how far is tried.
const TILT_DEVIATION: f32 = 6.0;
const TILTS: i32 = 16;
/// What it costs to take a hand for larger or smaller than usual (deviation of the scale).
const SCALE_DEVIATION: f32 = 0.12;

/// The likeliest reading of what lies on the glass.
pub(super) struct Arrangement {
    /// The fingers from left to right.
    pub(super) digits: Vec<Digit>,
    hand: Hand,
    /// How much likelier than the other hand, as a logarithm.
    pub(super) margin: f32,
}

impl Arrangement {
    /// Reads fingertips from left to right; `known` are the digits when it is known which are there.
    pub(super) fn of(tips: &[Fingertip], _tilt: f32, known: Option<&[Digit]>) -> Self {
        let count = tips.len().min(4);
        let mut best: [Option<(f32, Vec<Digit>)>; 2] = [None, None];
        for (hand, best) in [Hand::Right, Hand::Left].into_iter().zip(&mut best) {
            for digits in choices(count, hand) {
                if known.is_some_and(|known| !digits.iter().all(|digit| known.contains(digit))) {
                    continue;
                }
                let cost = cost(tips, &digits, hand);
                if best.as_ref().is_none_or(|(least, _)| cost < *least) {
                    *best = Some((cost, digits));
                }
            }
        }
        let [right, left] = best.map(|best| best.unwrap_or((f32::MAX, Vec::new())));
        let margin = (right.0 - left.0).abs();
        let (hand, (_, mut digits)) = if right.0 <= left.0 {
            (Hand::Right, right)
        } else {
            (Hand::Left, left)
        };
        // More than four are no hand: the last is named anew so that nothing is lost.
        digits.resize(tips.len(), Digit::Little);
        let margin = if count < 2 { 0.0 } else { margin };
        Self {
            digits,
            hand,
            margin,
        }
    }

    pub(super) fn hand(&self) -> Option<Hand> {
        (self.margin >= LEAST_MARGIN).then_some(self.hand)
    }
}

/// All ways to be so many fingers of a hand, from left to right.
fn choices(count: usize, hand: Hand) -> Vec<Vec<Digit>> {
    (0..16_u8)
        .filter(|bits| bits.count_ones() as usize == count)
        .map(|bits| {
            let is_in = |digit: &Digit| bits >> (*digit as u8) & 1 == 1;
            let mut digits: Vec<Digit> = Digit::ALL.into_iter().filter(is_in).collect();
            if hand == Hand::Left {
                digits.reverse();
            }
            digits
        })
        .collect()
}

/// Half the squared deviations of a reading, at its best tilt and scale.
fn cost(tips: &[Fingertip], digits: &[Digit], hand: Hand) -> f32 {
    let tilts = (-TILTS..=TILTS).step_by(2);
    let costs =
        tilts.flat_map(|tilt| (0..9).map(move |step| (tilt as f32, 0.76 + 0.06 * step as f32)));
    let costs = costs.map(|(tilt, scale)| {
        let prior = (tilt / TILT_DEVIATION).powi(2) + ((scale - 1.0) / SCALE_DEVIATION).powi(2);
        0.5 * prior + heights(tips, digits, tilt, scale)
    });
    costs.fold(f32::MAX, f32::min) + widths(tips, digits) + spacings(tips, digits, hand)
}

/// How badly the tips reach where they should.
fn heights(tips: &[Fingertip], digits: &[Digit], tilt: f32, scale: f32) -> f32 {
    let slope = tilt.to_radians().tan();
    let deviations = tips.iter().zip(digits).map(|(tip, digit)| {
        let (below, deviation) = TIPS.get(*digit as usize).copied().unwrap_or_default();
        (
            tip.top - slope * tip.u - scale * below,
            1.0 / (deviation * deviation),
        )
    });
    let (sum, weights) = deviations
        .clone()
        .fold((0.0, 0.0), |all, (v, w)| (all.0 + v * w, all.1 + w));
    let mean = sum / f32::max(weights, 1e-9);
    0.5 * deviations.map(|(v, w)| (v - mean).powi(2) * w).sum::<f32>()
}

/// How badly the widths fit, against their mean.
fn widths(tips: &[Fingertip], digits: &[Digit]) -> f32 {
    let count = digits.len().max(1) as f32;
    let usual = |digit: &Digit| WIDTHS.get(*digit as usize).copied().unwrap_or(1.0);
    let found = tips.iter().map(|tip| tip.width).sum::<f32>() / count;
    let wanted = digits.iter().map(usual).sum::<f32>() / count;
    let pairs = tips.iter().zip(digits);
    let squares =
        pairs.map(|(tip, digit)| (tip.width / found.max(1.0) - usual(digit) / wanted).powi(2));
    0.5 * squares.sum::<f32>() / (WIDTH_DEVIATION * WIDTH_DEVIATION)
}

/// How badly the distances fit: a finger that is not there leaves a gap.
fn spacings(tips: &[Fingertip], digits: &[Digit], hand: Hand) -> f32 {
    let mean = tips.iter().map(|tip| tip.width).sum::<f32>() / tips.len().max(1) as f32;
    let side = if hand == Hand::Right { 1.0 } else { -1.0 };
    let pairs = tips.windows(2).zip(digits.windows(2));
    let squares = pairs.map(|(tips, digits)| match (tips, digits) {
        ([a, b], [from, to]) => {
            let steps = side * (*to as i8 - *from as i8) as f32;
            let wanted = SPACING.0 * steps;
            (((b.u - a.u) / mean.max(1.0) - wanted) / (SPACING.1 * steps.abs().max(1.0))).powi(2)
        }
        _ => 0.0,
    });
    0.5 * squares.sum::<f32>()
}
