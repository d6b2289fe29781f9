//! The format of `models/*.net`, described in `models/README.md`.

use super::{
    Activation, Kind, LANE, Lane, Network, Step, Window,
    depthwise::{Depthwise, TAPS},
    half::from_half,
    pointwise::Pointwise,
};
use crate::{Error, Result};

/// What a file starts with.
const MAGIC: [u8; 4] = *b"FNET";
/// The only version.
const VERSION: u16 = 1;

impl Network {
    /// Reads a network.
    ///
    /// # Errors
    /// [`Error::Model`] when the bytes are not such a file, whole and to the end.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self> {
        let mut reader = Reader { rest: bytes };
        if reader.bytes::<4>()? != MAGIC || reader.number()? != usize::from(VERSION) {
            return Err(Error::Model);
        }
        let (side, count, slots) = (reader.number()?, reader.number()?, reader.number()?);
        let steps: Vec<Step> = (0..count).map(|_| reader.step()).collect::<Result<_>>()?;
        let is_whole =
            reader.rest.is_empty() && steps.iter().all(|step| step.from.max(step.to) < slots);
        if is_whole {
            Ok(Self { side, slots, steps })
        } else {
            Err(Error::Model)
        }
    }
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl Reader<'_> {
    fn bytes<const N: usize>(&mut self) -> Result<[u8; N]> {
        let (head, rest) = self.rest.split_first_chunk().ok_or(Error::Model)?;
        self.rest = rest;
        Ok(*head)
    }

    fn number(&mut self) -> Result<usize> {
        Ok(usize::from(u16::from_le_bytes(self.bytes()?)))
    }

    fn lane(&mut self) -> Result<Lane> {
        let mut lane = [0.0; LANE];
        for value in &mut lane {
            *value = from_half(u16::from_le_bytes(self.bytes()?));
        }
        Ok(lane)
    }

    fn lanes(&mut self, count: usize) -> Result<Vec<Lane>> {
        // What is not there is not allocated.
        if count * LANE * 2 > self.rest.len() {
            return Err(Error::Model);
        }
        (0..count).map(|_| self.lane()).collect()
    }

    fn step(&mut self) -> Result<Step> {
        let [kind, from, to, size, stride, same, activation, _] = self.bytes()?;
        let (inputs, outputs) = (self.number()?, self.number()?);
        if size == 0 || stride == 0 || inputs == 0 || outputs == 0 || outputs % LANE != 0 {
            return Err(Error::Model);
        }
        let window = Window {
            size: size.into(),
            stride: stride.into(),
            same: same == 1,
        };
        let kind = match kind {
            0 => Kind::Convolution {
                window,
                pointwise: self.pointwise(
                    inputs * window.size * window.size,
                    outputs,
                    activation,
                )?,
            },
            1 if inputs % LANE == 0 => Kind::Residual {
                depthwise: self.depthwise(window.stride, inputs / LANE)?,
                pointwise: self.pointwise(inputs, outputs, activation)?,
            },
            _ => return Err(Error::Model),
        };
        Ok(Step {
            from: from.into(),
            to: to.into(),
            kind,
        })
    }

    fn depthwise(&mut self, stride: usize, lanes: usize) -> Result<Depthwise> {
        let weights = self.lanes(lanes * TAPS)?;
        let bias = self.lanes(lanes)?;
        Depthwise::new(stride, &weights, bias).ok_or(Error::Model)
    }

    fn pointwise(&mut self, inputs: usize, outputs: usize, activation: u8) -> Result<Pointwise> {
        let lanes = outputs / LANE;
        let weights = self.lanes(inputs * lanes)?;
        let bias = self.lanes(lanes)?;
        let activation = match activation {
            0 => Activation::None,
            1 => Activation::Relu,
            2 => Activation::Prelu(self.lanes(lanes)?),
            _ => return Err(Error::Model),
        };
        Pointwise::new(inputs, weights, bias, activation).ok_or(Error::Model)
    }
}
