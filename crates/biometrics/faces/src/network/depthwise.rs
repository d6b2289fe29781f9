use super::{LANE, Lane, Map, Window};
use crate::{Error, Result};

/// Places of the 3 × 3 window.
pub(super) const TAPS: usize = 9;

/// Each channel as a weighted sum of its own 3 × 3 surroundings, zeros beyond the border.
#[derive(Debug, Clone)]
pub(crate) struct Depthwise {
    window: Window,
    /// The nine weights of each group of channels.
    weights: Vec<[Lane; TAPS]>,
    bias: Vec<Lane>,
}

impl Depthwise {
    /// `weights`: all channels of the first tap, then of the second.
    pub(super) fn new(stride: usize, weights: &[Lane], bias: Vec<Lane>) -> Option<Self> {
        let lanes = bias.len();
        if lanes == 0 || weights.len() != lanes * TAPS || !(1..=2).contains(&stride) {
            return None;
        }
        let tap = |lane: usize, tap: usize| weights.get(tap * lanes + lane).copied();
        let group = |lane| core::array::from_fn(|at| tap(lane, at).unwrap_or_default());
        Some(Self {
            window: Window {
                size: 3,
                stride,
                same: true,
            },
            weights: (0..lanes).map(group).collect(),
            bias,
        })
    }

    pub(super) fn stride(&self) -> usize {
        self.window.stride
    }

    pub(super) fn run(&self, map: &Map) -> Result<Map> {
        if map.lanes != self.bias.len() {
            return Err(Error::Model);
        }
        let (width, left) = self.window.along(map.width);
        let (height, top) = self.window.along(map.height);
        let nothing = vec![[0.0; LANE]; map.lanes];
        let mut values = Vec::with_capacity(width * height * map.lanes);
        for (y, x) in (0..height).flat_map(|y| (0..width).map(move |x| (y, x))) {
            let x = (x * self.window.stride) as isize - left as isize;
            let y = (y * self.window.stride) as isize - top as isize;
            let taps: [&[Lane]; TAPS] = core::array::from_fn(|tap| {
                let (dx, dy) = ((tap % 3) as isize, (tap / 3) as isize);
                map.at(x + dx, y + dy).unwrap_or(&nothing)
            });
            self.place(taps, &mut values);
        }
        Ok(Map {
            width,
            height,
            lanes: map.lanes,
            values,
        })
    }

    fn place(&self, taps: [&[Lane]; TAPS], out: &mut Vec<Lane>) {
        for (lane, (weights, bias)) in self.weights.iter().zip(&self.bias).enumerate() {
            let mut sum = *bias;
            for (weight, tap) in weights.iter().zip(taps) {
                let Some(values) = tap.get(lane) else {
                    continue;
                };
                for ((sum, weight), value) in sum.iter_mut().zip(weight).zip(values) {
                    *sum += weight * value;
                }
            }
            out.push(sum);
        }
    }
}
