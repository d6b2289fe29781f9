//! Four fingers on the glass at once.

use fingerprints::Print;

use super::finger::{Class, Finger};
use super::impression::{self, Touch};
use super::random::{Field, Random};

/// Size of the scanner's glass: 3.2 by 3 inches.
pub const SIZE: (usize, usize) = (1600, 1500);

/// A hand as it is laid down.
#[derive(Debug, Clone, Copy)]
pub struct Laid {
    pub seed: u64,
    pub right: bool,
    /// Turned clockwise, in degrees.
    pub tilt: f32,
    /// Index, middle, ring, little that are there.
    pub present: [bool; 4],
    /// Whether the middle phalanges touch too.
    pub phalanges: bool,
    /// Pixels between the fingers' contacts; negative when they touch.
    pub gap: f32,
}

impl Laid {
    /// As people lay their hands: tilt, gaps and phalanges by chance.
    pub fn usual(seed: u64, right: bool) -> Self {
        let mut random = Random::new(seed, "laid");
        Self {
            seed,
            right,
            tilt: (8.0 * random.normal()).clamp(-22.0, 22.0),
            present: [true; 4],
            phalanges: random.unit() < 0.5,
            gap: random.between(-15.0, 70.0),
        }
    }
}

/// How far the tips lie below the middle finger's, in pixels at 500 ppi (means and deviations, estimates
/// that no measurement of people stands behind), and how large the fingertips are.
const TIPS: [(f32, f32); 4] = [(190.0, 35.0), (0.0, 0.0), (130.0, 35.0), (470.0, 60.0)];
const SIZES: [f32; 4] = [0.79, 0.81, 0.78, 0.66];

/// The slap of a hand, and the fingers' seeds from index to little.
pub fn lay(laid: &Laid) -> Print {
    let mut random = Random::new(laid.seed, "slap");
    let mut canvas = Field::of(SIZE.0, SIZE.1, |_, _| 245.0);
    let whole = random.between(0.9, 1.08);
    let side = if laid.right { 1.0 } else { -1.0 };
    let half_width = |digit: usize| 165.0 * SIZES[digit] * whole;
    let mut across = 0.0;
    let mut places = Vec::new();
    for (digit, (tip, deviation)) in TIPS.into_iter().enumerate() {
        if digit > 0 {
            across += half_width(digit - 1) + half_width(digit) + laid.gap + 8.0 * random.normal();
        }
        places.push((across, (tip + deviation * random.normal()) * whole));
    }
    let centre = (across / 2.0, 300.0);
    let (sin, cos) = laid.tilt.to_radians().sin_cos();
    for (digit, (u, v)) in places
        .into_iter()
        .enumerate()
        .filter(|(digit, _)| laid.present[*digit])
    {
        let size = SIZES[digit] * whole;
        let mut touch = Touch::usual(seed_of(laid, digit), 50 + laid.seed % 7);
        touch.rotation = laid.tilt + touch.rotation.clamp(-5.0, 5.0);
        touch.contact = (0.0, 0.0);
        let reach = touch.reach.1;
        let mut press = |touch: &Touch, finger: &Finger, down: f32| {
            let (x, y) = (side * (u - centre.0), v + reach * size + down - centre.1);
            let place = (800.0 + x * cos - y * sin, 620.0 + x * sin + y * cos);
            impression::press_onto(&mut canvas, finger, touch, place, size);
        };
        let finger = Finger::grow(seed_of(laid, digit));
        press(&touch, &finger, 0.0);
        if laid.phalanges {
            touch.reach = (touch.reach.0 * 0.95, touch.reach.1 * 0.6);
            let finger = Finger::grow_as(seed_of(laid, digit) ^ 0xFACE, Class::Arch);
            press(&touch, &finger, (reach * 1.6 + 34.0) * size);
        }
    }
    impression::print(&canvas, &mut random)
}

/// The seed of a finger of the hand.
pub fn seed_of(laid: &Laid, digit: usize) -> u64 {
    laid.seed * 16 + digit as u64 + if laid.right { 0 } else { 8 }
}
