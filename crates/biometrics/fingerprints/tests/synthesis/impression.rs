//! How a finger touches the glass.

use fingerprints::Print;

use super::finger::{Finger, HEIGHT, WIDTH};
use super::random::{Field, Random};

/// Size of the picture of one finger.
pub const SIZE: (usize, usize) = (416, 560);
const OUTSIDE: f32 = 245.0;
const VALLEY: f32 = 232.0;
const RIDGE: f32 = 45.0;

/// One touch of the glass.
#[derive(Debug, Clone, Copy)]
pub struct Touch {
    /// Seed of noise and distortion.
    pub number: u64,
    /// Turned clockwise in the picture, in degrees.
    pub rotation: f32,
    /// The finger's middle in the picture, in pixels from the picture's.
    pub shift: (f32, f32),
    /// Which part of the skin lies on the glass: its middle from the finger's, and its half axes, in pixels.
    pub contact: (f32, f32),
    pub reach: (f32, f32),
    /// How far skin is displaced, root of the mean square, in pixels.
    pub distortion: f32,
    /// Added to the ridges before they are cut at 0: above it they run together (wet), below they break (dry).
    pub moisture: f32,
    /// Weight of grain and spots.
    pub noise: f32,
    /// Cuts and folds across the ridges.
    pub scratches: usize,
}

impl Touch {
    /// A careful touch.
    pub const fn good(number: u64) -> Self {
        Self {
            number,
            rotation: 0.0,
            shift: (0.0, 0.0),
            contact: (0.0, 0.0),
            reach: (168.0, 236.0),
            distortion: 1.5,
            moisture: 0.0,
            noise: 1.0,
            scratches: 0,
        }
    }

    /// A touch as it comes at a counter: turned, shifted, pulled, dry or wet, sometimes partial or scratched.
    pub fn usual(finger: u64, number: u64) -> Self {
        Self::drawn(finger, number, 1.0)
    }

    /// One in four as bad as it gets, the others usual.
    pub fn varied(finger: u64, number: u64) -> Self {
        let is_bad = Random::new(finger.wrapping_mul(977) ^ number, "bad").unit() < 0.25;
        Self::drawn(finger, number, if is_bad { 1.8 } else { 1.0 })
    }

    /// A touch nobody should accept: half of the finger, pulled, dry or wet, cut.
    pub fn hard(finger: u64, number: u64) -> Self {
        let mut touch = Self::drawn(finger, number, 2.2);
        let mut random = Random::new(finger.rotate_left(40) ^ number, "hard");
        let mut part = |reach: f32| reach * random.between(0.55, 0.85);
        touch.reach = (part(165.0), part(232.0));
        touch.distortion = 2.0 + 3.5 * Random::new(finger ^ number, "pull").unit();
        touch
    }

    fn drawn(finger: u64, number: u64, hardship: f32) -> Self {
        let mut random = Random::new(finger.rotate_left(20) ^ number, "touch");
        let mut normal = |deviation: f32| deviation * hardship * random.normal().clamp(-2.5, 2.5);
        let (rotation, shift) = (normal(9.0), (normal(12.0), normal(14.0)));
        let (contact, moisture) = ((normal(16.0), normal(22.0)), normal(0.22));
        let (thinner, shorter) = (normal(0.08).abs(), normal(0.1).abs());
        let distortion = 2.0 + normal(0.8).abs();
        let scratches = (normal(1.6).abs()) as usize;
        Self {
            number,
            rotation,
            shift,
            contact,
            reach: (165.0 * (1.0 - thinner), 232.0 * (1.0 - shorter)),
            distortion,
            moisture,
            noise: 0.9 + 0.35 * hardship,
            scratches,
        }
    }
}

/// The print of one touch.
pub fn press(finger: &Finger, touch: &Touch) -> Print {
    let mut canvas = Field::of(SIZE.0, SIZE.1, |_, _| OUTSIDE);
    let middle = (
        SIZE.0 as f32 / 2.0 + touch.shift.0,
        SIZE.1 as f32 / 2.0 + touch.shift.1,
    );
    press_onto(&mut canvas, finger, touch, middle, 1.0);
    let mut random = Random::new(finger.seed ^ touch.number, "levels");
    print(&canvas, &mut random)
}

/// The canvas as a print, with the scanner's noise.
pub fn print(canvas: &Field, random: &mut Random) -> Print {
    let level = |value: &f32| (value + 3.0 * random.normal()).round().clamp(0.0, 255.0) as u8;
    let pixels = canvas.values.iter().map(level).collect();
    Print::new(pixels, canvas.width as u32, canvas.height as u32, 500).unwrap()
}

/// Presses a finger onto a part of a canvas; `size` is the finger's size, 1 for a grown index finger.
pub fn press_onto(
    canvas: &mut Field,
    finger: &Finger,
    touch: &Touch,
    middle: (f32, f32),
    size: f32,
) {
    let mut random = Random::new(finger.seed ^ touch.number.rotate_left(32), "impression");
    let mut noise = |distance| Field::noise(WIDTH, HEIGHT, distance, &mut random);
    let (right, down) = (noise(45.0), noise(45.0));
    let (grain, spots, wet) = (noise(1.0), noise(6.0), noise(40.0));
    let scratches = Scratch::some(touch.scratches, &mut random);
    let (sin, cos) = touch.rotation.to_radians().sin_cos();
    let half = (WIDTH as f32 / 2.0, HEIGHT as f32 / 2.0);
    // What of the canvas the finger can reach.
    let span = half.0.hypot(half.1) * size;
    let range = |middle: f32, length: usize| {
        (middle - span).max(0.0) as usize..((middle + span).max(0.0) as usize).min(length)
    };
    let columns = range(middle.0, canvas.width);
    for y in range(middle.1, canvas.height) {
        for x in columns.clone() {
            let (dx, dy) = ((x as f32 - middle.0) / size, (y as f32 - middle.1) / size);
            let (u, v) = (dx * cos + dy * sin, dy * cos - dx * sin);
            let reach = ((u - touch.contact.0) / touch.reach.0)
                .hypot((v - touch.contact.1) / touch.reach.1);
            if reach > 1.25 || u.abs() >= half.0 - 1.0 || v.abs() >= half.1 - 1.0 {
                continue;
            }
            let place = (v + half.1) as usize * WIDTH + (u + half.0) as usize;
            let pull = |field: &Field| touch.distortion * field.values[place];
            let ridge = finger
                .ridges
                .sample(u + half.0 + pull(&right), v + half.1 + pull(&down));
            let moisture = touch.moisture + 0.1 * touch.noise * wet.values[place];
            let rough = touch.noise * (0.13 * grain.values[place] + 0.18 * spots.values[place]);
            let cut: f32 = scratches.iter().map(|scratch| scratch.depth(u, v)).sum();
            // A soft cut at 0 is what optics make of an edge.
            let dark = 1.0 / (1.0 + (-9.0 * (ridge + rough + moisture - 2.5 * cut)).exp());
            let edge = reach + 0.05 * spots.values[place].clamp(-2.0, 2.0);
            let contact = 1.0 / (1.0 + (18.0 * (edge - 1.0)).exp());
            let level = VALLEY + (RIDGE - VALLEY) * dark;
            let to = &mut canvas.values[y * canvas.width + x];
            *to += (level - OUTSIDE) * contact;
        }
    }
}

/// A straight cut.
struct Scratch {
    from: (f32, f32),
    along: (f32, f32),
    length: f32,
    width: f32,
}

impl Scratch {
    fn some(count: usize, random: &mut Random) -> Vec<Self> {
        let one = |_| {
            let angle = random.between(0.0, std::f32::consts::TAU);
            Self {
                from: (110.0 * random.normal() * 0.7, 150.0 * random.normal() * 0.7),
                along: (angle.cos(), angle.sin()),
                length: random.between(40.0, 150.0),
                width: random.between(1.0, 2.2),
            }
        };
        (0..count.min(8)).map(one).collect()
    }

    fn depth(&self, x: f32, y: f32) -> f32 {
        let (dx, dy) = (x - self.from.0, y - self.from.1);
        let along = dx * self.along.0 + dy * self.along.1;
        let across = dx * self.along.1 - dy * self.along.0;
        if !(0.0..self.length).contains(&along) {
            return 0.0;
        }
        (-0.5 * (across / self.width).powi(2)).exp()
    }
}
