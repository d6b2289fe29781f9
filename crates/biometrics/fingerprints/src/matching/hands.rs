//! Several fingers at once: taken twice, swapped, of the other hand, or somebody else's.

use super::{Comparison, Prepared, compare};

/// A print and the finger it is said to be of: 1–5 right thumb to little, 6–10 left (ISO 19794-2:2005).
#[derive(Debug, Clone, Copy)]
pub struct Labelled<'a> {
    /// The code of the finger.
    pub position: u8,
    /// Its print.
    pub print: &'a Prepared,
}

/// What prints say about their labels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Finding {
    /// Two labels, one finger: it was laid down twice.
    Repeated {
        /// The labels.
        positions: (u8, u8),
        /// How alike the prints are.
        comparison: Comparison,
    },
    /// The print is not of the finger with its label, but of another of the same person: fingers swapped, or the other hand.
    Swapped {
        /// What the print is labelled.
        captured: u8,
        /// Which finger it is.
        enrolled: u8,
        /// How alike the prints are.
        comparison: Comparison,
    },
    /// The print is of none of the person's known fingers.
    Different {
        /// What the print is labelled.
        position: u8,
        /// The best comparison that there was.
        comparison: Comparison,
    },
}

/// Fingers that were taken twice within one capture, under whatever labels: 45 comparisons for ten prints.
#[must_use]
pub fn repeats(captured: &[Labelled<'_>]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, first) in captured.iter().enumerate() {
        for second in captured.iter().skip(index + 1) {
            let comparison = compare(first.print, second.print);
            if comparison.is_same_finger() {
                let positions = (first.position, second.position);
                findings.push(Finding::Repeated {
                    positions,
                    comparison,
                });
            }
        }
    }
    findings
}

/// Prints against what is known of the person: each should be of the finger with its label. A finger that is not known, because
/// it was missing, is told only when it is another known one.
#[must_use]
pub fn against(known: &[Labelled<'_>], captured: &[Labelled<'_>]) -> Vec<Finding> {
    captured
        .iter()
        .filter_map(|print| one_against(known, print))
        .collect()
}

fn one_against(known: &[Labelled<'_>], captured: &Labelled<'_>) -> Option<Finding> {
    let mut own = None;
    let mut best: Option<(u8, Comparison)> = None;
    for finger in known {
        let comparison = compare(finger.print, captured.print);
        if finger.position == captured.position {
            own = Some(comparison);
        }
        if best.is_none_or(|(_, known)| comparison.score > known.score) {
            best = Some((finger.position, comparison));
        }
    }
    if own.is_some_and(|own| own.is_same_finger()) {
        return None;
    }
    let (enrolled, comparison) = best?;
    if comparison.is_same_finger() {
        let captured = captured.position;
        return Some(Finding::Swapped {
            captured,
            enrolled,
            comparison,
        });
    }
    let position = captured.position;
    own.map(|_| Finding::Different {
        position,
        comparison,
    })
}

/// Whether a print is of one of these fingers, as of an operator who must not lend theirs: the best comparison, if it is one.
#[must_use]
pub fn belongs_to(print: &Prepared, fingers: &[Labelled<'_>]) -> Option<(u8, Comparison)> {
    let comparisons = fingers
        .iter()
        .map(|finger| (finger.position, compare(finger.print, print)));
    let best = comparisons.max_by(|a, b| a.1.score.total_cmp(&b.1.score));
    best.filter(|(_, comparison)| comparison.is_same_finger())
}
