//! Four fingers laid on the glass at once: found, counted, told apart.
//!
//! The glass is looked at from above, fingertips up, as the standards' slaps are: a right hand shows its index finger on the left.

mod arrangement;
mod contact;
mod cut;

use crate::Result;
use crate::print::Print;

/// Most fingers of a slap.
pub const MAX_FINGERS: usize = 4;
/// How much likelier (as a logarithm) one hand must be than the other to be told.
pub const LEAST_MARGIN: f32 = 2.0;

/// A hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Hand {
    /// The right one.
    Right,
    /// The left one.
    Left,
}

/// A finger of a slap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Digit {
    /// Beside the thumb.
    Index,
    /// The longest.
    Middle,
    /// Beside the little finger.
    Ring,
    /// The shortest.
    Little,
}

impl Digit {
    /// From index to little finger.
    pub const ALL: [Self; 4] = [Self::Index, Self::Middle, Self::Ring, Self::Little];

    /// The code of this finger of a hand: 2–5 right index to little, 7–10 left (ISO 19794-4:2005).
    #[must_use]
    pub const fn position(self, hand: Hand) -> u8 {
        let first = match hand {
            Hand::Right => 2,
            Hand::Left => 7,
        };
        first + self as u8
    }
}

/// A fingertip on the glass.
#[derive(Debug, Clone)]
pub struct Segment {
    /// Upper left, upper right, lower right and lower left corner as the finger points up, in pixels of the slap.
    pub corners: [(f32, f32); 4],
    /// By how much the finger is turned clockwise, in degrees.
    pub rotation: f32,
    /// Whether the finger reaches the border of the picture, so that a part may be missing.
    pub is_cut_off: bool,
    /// Which finger it is most likely.
    pub digit: Digit,
    /// The fingertip alone, turned upright.
    pub print: Print,
}

/// What lies on the glass.
#[derive(Debug, Clone)]
pub struct Slap {
    /// The fingertips from left to right.
    pub segments: Vec<Segment>,
    /// Whose fingers they are, if their lengths and places tell.
    pub hand: Option<Hand>,
    /// How much likelier this hand is than the other, as a logarithm.
    pub margin: f32,
    /// By how much the hand is turned clockwise, in degrees.
    pub tilt: f32,
}

/// What the operator asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// The hand that should lie there.
    pub hand: Hand,
    /// Fingers that are known to be missing or bandaged.
    pub missing: Vec<Digit>,
}

/// What is not as asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Finding {
    /// There are fewer fingers than there should be.
    TooFewFingers {
        /// How many were found.
        found: usize,
        /// How many there should be.
        expected: usize,
    },
    /// There are more fingers than there should be.
    TooManyFingers {
        /// How many were found.
        found: usize,
        /// How many there should be.
        expected: usize,
    },
    /// This finger is the one that most likely does not touch.
    NotTouching(Digit),
    /// It is the other hand.
    WrongHand(Hand),
    /// The lengths of the fingers do not tell which hand it is.
    HandUnsure,
    /// This finger reaches the border of the glass.
    CutOff(Digit),
}

/// Finds the fingertips of a slap: one to four fingers, turned by at most 45°.
///
/// Tried on drawn slaps only (`examples/slaps.rs --draw 40`): 78 of 80 counted right, no hand taken for the other; without the little
/// finger a hand is nearly its own mirror image, and [`Slap::hand`] is then none.
///
/// Nothing on the glass is a slap without segments, no error.
///
/// # Errors
/// [`crate::Error::Size`] when a fingertip is too small or too large to be a print, which no finger is at the stated resolution.
pub fn segment(print: &Print) -> Result<Slap> {
    let grey = crate::resample::to_nominal(print);
    let contact = contact::Contact::of(&grey);
    let fingers = contact.fingertips();
    let arrangement = arrangement::Arrangement::of(&fingers, contact.tilt, None);
    let scale = f32::from(print.ppi()) / 500.0;
    let scale = if print.is_nominal() { 1.0 } else { scale };
    let mut segments = Vec::with_capacity(fingers.len());
    for (finger, digit) in fingers.iter().zip(&arrangement.digits) {
        segments.push(cut::segment(&grey, finger, *digit, scale)?);
    }
    Ok(Slap {
        segments,
        hand: arrangement.hand(),
        margin: arrangement.margin,
        tilt: contact.tilt.to_degrees(),
    })
}

impl Slap {
    /// What is not as asked for, the gravest first; nothing when all is well.
    #[must_use]
    pub fn check(&self, expected: &Expected) -> Vec<Finding> {
        let present = Digit::ALL
            .into_iter()
            .filter(|digit| !expected.missing.contains(digit));
        let present: Vec<Digit> = present.collect();
        let (found, wanted) = (self.segments.len(), present.len());
        let mut findings = Vec::new();
        if found > wanted {
            findings.push(Finding::TooManyFingers {
                found,
                expected: wanted,
            });
        }
        if found < wanted {
            findings.push(Finding::TooFewFingers {
                found,
                expected: wanted,
            });
            let is_here =
                |digit: &&Digit| self.segments.iter().any(|segment| segment.digit == **digit);
            let absent = present.iter().filter(|digit| !is_here(digit));
            findings.extend(absent.map(|digit| Finding::NotTouching(*digit)));
        }
        match self.hand {
            Some(hand) if hand != expected.hand => findings.push(Finding::WrongHand(hand)),
            None if found > 0 => findings.push(Finding::HandUnsure),
            _ => {}
        }
        let cut_off = self.segments.iter().filter(|segment| segment.is_cut_off);
        findings.extend(cut_off.map(|segment| Finding::CutOff(segment.digit)));
        findings
    }
}
