use super::{Activation, LANE, Lane, Map, larger, smaller};
use crate::{Error, Result};

/// Places that are worked on together, so that a weight is read once for all of them.
const TOGETHER: usize = 4;

/// Every output channel as a weighted sum of all input channels of the same place.
#[derive(Debug, Clone)]
pub(crate) struct Pointwise {
    inputs: usize,
    /// Eight outputs for each input, then the next eight outputs.
    weights: Vec<Lane>,
    bias: Vec<Lane>,
    activation: Activation,
}

impl Pointwise {
    /// `inputs × bias.len()` groups of weights; nothing when they are not so many.
    pub(super) fn new(
        inputs: usize,
        weights: Vec<Lane>,
        bias: Vec<Lane>,
        activation: Activation,
    ) -> Option<Self> {
        let fits = inputs > 0 && weights.len() == inputs * bias.len();
        fits.then_some(Self {
            inputs,
            weights,
            bias,
            activation,
        })
    }

    pub(super) fn inputs(&self) -> usize {
        self.inputs
    }

    /// Groups of output channels.
    pub(super) fn lanes(&self) -> usize {
        self.bias.len()
    }

    /// Rows of `inputs` values in, groups of outputs for each row out. A shortcut is added before
    /// the activation; where it has fewer channels, the others count as zero.
    pub(super) fn run(&self, rows: &[f32], shortcut: Option<&Map>) -> Result<Vec<Lane>> {
        let places = rows.len() / self.inputs;
        let lanes = self.lanes();
        if places * self.inputs != rows.len()
            || shortcut.is_some_and(|map| map.width * map.height != places)
        {
            return Err(Error::Model);
        }
        let mut out = vec![[0.0; LANE]; places * lanes];
        let together = rows.chunks(self.inputs * TOGETHER);
        for (rows, out) in together.zip(out.chunks_mut(lanes * TOGETHER)) {
            self.sums(rows, out);
        }
        if let Some(map) = shortcut {
            for (out, from) in out
                .chunks_exact_mut(lanes)
                .zip(map.values.chunks_exact(map.lanes))
            {
                for (out, from) in out.iter_mut().zip(from) {
                    add(out, from);
                }
            }
        }
        self.activation.apply(&mut out, lanes);
        Ok(out)
    }

    fn sums(&self, rows: &[f32], out: &mut [Lane]) {
        let lanes = self.lanes();
        let columns = self.weights.chunks_exact(self.inputs).zip(&self.bias);
        for (lane, (weights, bias)) in columns.enumerate() {
            let mut sums = [*bias; TOGETHER];
            let mut parts = rows.chunks_exact(self.inputs);
            if let [Some(a), Some(b), Some(c), Some(d)] = core::array::from_fn(|_| parts.next()) {
                sums = four(sums, weights, [a, b, c, d]);
            } else {
                for (sum, row) in sums.iter_mut().zip(rows.chunks_exact(self.inputs)) {
                    *sum = one(*sum, weights, row);
                }
            }
            for (out, sum) in out.chunks_exact_mut(lanes).zip(sums) {
                if let Some(to) = out.get_mut(lane) {
                    *to = sum;
                }
            }
        }
    }
}

/// Four places at once: eight sums each stay in registers over all inputs.
fn four(sums: [Lane; TOGETHER], weights: &[Lane], rows: [&[f32]; TOGETHER]) -> [Lane; TOGETHER] {
    let [mut sa, mut sb, mut sc, mut sd] = sums;
    let [a, b, c, d] = rows;
    for ((((weight, a), b), c), d) in weights.iter().zip(a).zip(b).zip(c).zip(d) {
        add_scaled(&mut sa, *a, weight);
        add_scaled(&mut sb, *b, weight);
        add_scaled(&mut sc, *c, weight);
        add_scaled(&mut sd, *d, weight);
    }
    [sa, sb, sc, sd]
}

fn one(mut sum: Lane, weights: &[Lane], row: &[f32]) -> Lane {
    for (weight, value) in weights.iter().zip(row) {
        add_scaled(&mut sum, *value, weight);
    }
    sum
}

#[inline(always)]
fn add_scaled(sum: &mut Lane, value: f32, weight: &Lane) {
    for (sum, weight) in sum.iter_mut().zip(weight) {
        *sum += value * weight;
    }
}

fn add(to: &mut Lane, from: &Lane) {
    for (to, from) in to.iter_mut().zip(from) {
        *to += from;
    }
}

impl Activation {
    fn apply(&self, values: &mut [Lane], lanes: usize) {
        match self {
            Self::None => (),
            Self::Relu => {
                for value in values.as_flattened_mut() {
                    *value = larger(*value, 0.0);
                }
            }
            Self::Prelu(slopes) => {
                for place in values.chunks_exact_mut(lanes) {
                    for (value, slope) in place.iter_mut().zip(slopes) {
                        for (value, slope) in value.iter_mut().zip(slope) {
                            *value = larger(*value, 0.0) + smaller(*value, 0.0) * slope;
                        }
                    }
                }
            }
        }
    }
}
