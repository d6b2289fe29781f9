//! Runs the small convolutional networks of `models/`: convolution, depthwise and pointwise
//! convolution, ReLU and PReLU, pooling and residual sums, in 32-bit floats.
//!
//! The order of every sum is fixed and nothing is fused, so that the same picture gives the same
//! bits on every machine. Channels come in groups of eight ([`Lane`]), which the compiler turns into
//! vector instructions without `unsafe`.

mod depthwise;
mod file;
mod half;
mod pointwise;

use crate::{Error, Result};
use depthwise::Depthwise;
use pointwise::Pointwise;

/// Channels that are worked on together.
pub(crate) const LANE: usize = 8;
/// Eight channels of one place.
pub(crate) type Lane = [f32; LANE];

/// Values of a picture inside the network: rows from the top, `lanes` groups of channels a place.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Map {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) lanes: usize,
    pub(crate) values: Vec<Lane>,
}

impl Map {
    /// The groups of channels at a place; nothing outside.
    fn at(&self, x: isize, y: isize) -> Option<&[Lane]> {
        let (x, y) = (usize::try_from(x).ok()?, usize::try_from(y).ok()?);
        if x >= self.width || y >= self.height {
            return None;
        }
        let start = (y * self.width + x) * self.lanes;
        self.values.get(start..start + self.lanes)
    }
}

/// What the input is: three colours a place, no filling.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Colours {
    pub(crate) side: usize,
    pub(crate) values: Vec<f32>,
}

/// What follows a sum.
#[derive(Debug, Clone, PartialEq)]
enum Activation {
    None,
    Relu,
    /// Negative values times a slope of their channel.
    Prelu(Vec<Lane>),
}

/// One step of a network. Slots are where values wait between steps.
#[derive(Debug, Clone)]
struct Step {
    from: usize,
    to: usize,
    kind: Kind,
}

#[derive(Debug, Clone)]
enum Kind {
    /// A full convolution: the surroundings of each place as one long row of inputs.
    Convolution {
        window: Window,
        pointwise: Pointwise,
    },
    /// Depthwise 3 × 3, pointwise, plus the input itself (pooled when the stride is two).
    Residual {
        depthwise: Depthwise,
        pointwise: Pointwise,
    },
}

/// How a window moves over a map.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Window {
    size: usize,
    stride: usize,
    /// Whether zeros surround the map so that it keeps its size (divided by the stride).
    same: bool,
}

impl Window {
    /// Places along a side, and how many zeros stand before the first.
    fn along(self, side: usize) -> (usize, usize) {
        if self.same {
            let places = side.div_ceil(self.stride);
            let reach = (places.saturating_sub(1)) * self.stride + self.size;
            (places, reach.saturating_sub(side) / 2)
        } else {
            let places = side
                .checked_sub(self.size)
                .map_or(0, |room| room / self.stride + 1);
            (places, 0)
        }
    }
}

/// A network ready to run.
#[derive(Debug, Clone)]
pub(crate) struct Network {
    side: usize,
    slots: usize,
    steps: Vec<Step>,
}

impl Network {
    /// Side of the square input, in pixels.
    pub(crate) fn side(&self) -> usize {
        self.side
    }

    /// Runs all steps. The answer holds what nothing else consumes, in the order it was made.
    pub(crate) fn run(&self, input: &Colours) -> Result<Vec<Map>> {
        let mut slots: Vec<Option<Map>> = vec![None; self.slots];
        for step in &self.steps {
            let source = slots.get(step.from).ok_or(Error::Model)?.as_ref();
            let made = match (&step.kind, source) {
                (Kind::Convolution { window, pointwise }, None) if step.from == 0 => {
                    colour_patches(input, *window, pointwise)?
                }
                (Kind::Convolution { window, pointwise }, Some(map)) => {
                    map_patches(map, *window, pointwise)?
                }
                (
                    Kind::Residual {
                        depthwise,
                        pointwise,
                    },
                    Some(map),
                ) => residual(map, depthwise, pointwise)?,
                _ => return Err(Error::Model),
            };
            *slots.get_mut(step.to).ok_or(Error::Model)? = Some(made);
        }
        let is_end = |slot: &usize| self.steps.iter().all(|step| step.from != *slot);
        let ends = self.steps.iter().map(|step| step.to).filter(is_end);
        ends.map(|slot| {
            slots
                .get_mut(slot)
                .and_then(Option::take)
                .ok_or(Error::Model)
        })
        .collect()
    }
}

/// Convolution of the picture itself.
fn colour_patches(input: &Colours, window: Window, pointwise: &Pointwise) -> Result<Map> {
    let (places, before) = window.along(input.side);
    let length = window.size * window.size * 3;
    let stride = input.side * 3;
    let mut patches = vec![0.0; places * places * length];
    for (index, patch) in patches.chunks_exact_mut(length).enumerate() {
        let (x, y) = (
            index % places * window.stride,
            index / places * window.stride,
        );
        // Columns left of the picture and right of it stay zero.
        let skipped = before.saturating_sub(x);
        let left = (x + skipped).saturating_sub(before);
        let right = (x + window.size).saturating_sub(before).min(input.side);
        for (dy, to) in patch.chunks_exact_mut(window.size * 3).enumerate() {
            let Some(row) = (y + dy).checked_sub(before).filter(|row| *row < input.side) else {
                continue;
            };
            let from = input
                .values
                .get(row * stride + left * 3..row * stride + right * 3);
            let to = to.get_mut(skipped * 3..);
            for (to, from) in to.into_iter().flatten().zip(from.into_iter().flatten()) {
                *to = *from;
            }
        }
    }
    let values = pointwise.run(&patches, None)?;
    Ok(Map {
        width: places,
        height: places,
        lanes: pointwise.lanes(),
        values,
    })
}

/// Convolution of a map.
fn map_patches(map: &Map, window: Window, pointwise: &Pointwise) -> Result<Map> {
    let ((width, left), (height, top)) = (window.along(map.width), window.along(map.height));
    let mut patches = Vec::with_capacity(width * height * pointwise.inputs());
    let nothing = vec![[0.0; LANE]; map.lanes];
    for (y, x) in (0..height).flat_map(|y| (0..width).map(move |x| (y, x))) {
        for (dy, dx) in (0..window.size).flat_map(|dy| (0..window.size).map(move |dx| (dy, dx))) {
            let place = |at: usize, by: usize, before: usize| {
                (at * window.stride + by) as isize - before as isize
            };
            let found = map.at(place(x, dx, left), place(y, dy, top));
            patches.extend_from_slice(found.unwrap_or(&nothing).as_flattened());
        }
    }
    let values = pointwise.run(&patches, None)?;
    Ok(Map {
        width,
        height,
        lanes: pointwise.lanes(),
        values,
    })
}

fn residual(map: &Map, depthwise: &Depthwise, pointwise: &Pointwise) -> Result<Map> {
    let spread = depthwise.run(map)?;
    let pooled = (depthwise.stride() == 2).then(|| pool(map));
    let shortcut = pooled.as_ref().unwrap_or(map);
    let values = pointwise.run(spread.values.as_flattened(), Some(shortcut))?;
    Ok(Map {
        width: spread.width,
        height: spread.height,
        lanes: pointwise.lanes(),
        values,
    })
}

/// The largest of each 2 × 2 places.
fn pool(map: &Map) -> Map {
    let (width, height) = (map.width / 2, map.height / 2);
    let mut values = Vec::with_capacity(width * height * map.lanes);
    for (y, x) in (0..height).flat_map(|y| (0..width).map(move |x| (y as isize, x as isize))) {
        let corner = |dx, dy| map.at(2 * x + dx, 2 * y + dy).unwrap_or_default();
        let [a, b, c, d] = [corner(0, 0), corner(1, 0), corner(0, 1), corner(1, 1)];
        for (((a, b), c), d) in a.iter().zip(b).zip(c).zip(d) {
            let mut most = *a;
            for (((m, b), c), d) in most.iter_mut().zip(b).zip(c).zip(d) {
                *m = larger(larger(*m, *b), larger(*c, *d));
            }
            values.push(most);
        }
    }
    Map {
        width,
        height,
        lanes: map.lanes,
        values,
    }
}

/// As one instruction, which `f32::max` with its care for NaN is not.
fn larger(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

fn smaller(a: f32, b: f32) -> f32 {
    if a < b { a } else { b }
}

#[cfg(test)]
mod tests;
