//! Quantized coefficients as values of Huffman codes, and back (IAFIS-IC-0110).
//!
//! 1 to 100: so many zeros. 107 to 254: the coefficient and 180. Between them escapes with 8 or 16 bits behind the code.

use crate::bits::{self, Reader};
use crate::huffman::Decoder;
use crate::{Error, Segment};

/// Zeros that one code can stand for.
const MAX_RUN: u8 = 100;
const POSITIVE_8: u8 = 101;
const NEGATIVE_8: u8 = 102;
const POSITIVE_16: u8 = 103;
const NEGATIVE_16: u8 = 104;
const RUN_8: u8 = 105;
const RUN_16: u8 = 106;
/// The value of a zero coefficient, never used: it is a run of one.
const ZERO: i16 = 180;
/// Coefficients with values of their own.
const LEAST: i16 = -73;
const GREATEST: i16 = 74;

/// A value and the bits behind its code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) value: u8,
    pub(crate) extra: u16,
}

/// Bits behind the code of a value.
#[inline]
pub(crate) fn extra_bits(value: u8) -> u32 {
    match value {
        POSITIVE_8 | NEGATIVE_8 | RUN_8 => 8,
        POSITIVE_16 | NEGATIVE_16 | RUN_16 => 16,
        _ => 0,
    }
}

fn run(zeros: usize, tokens: &mut Vec<Token>) {
    let mut left = zeros;
    while left > 0 {
        let extra = u16::try_from(left).unwrap_or(u16::MAX);
        left -= usize::from(extra);
        tokens.push(match u8::try_from(extra) {
            Ok(value) if value <= MAX_RUN => Token { value, extra: 0 },
            Ok(_) => Token {
                value: RUN_8,
                extra,
            },
            Err(_) => Token {
                value: RUN_16,
                extra,
            },
        });
    }
}

fn single(coefficient: i16) -> Token {
    if (LEAST..=GREATEST).contains(&coefficient) {
        let value = (coefficient + ZERO) as u8;
        return Token { value, extra: 0 };
    }
    let extra = coefficient.unsigned_abs();
    let value = match (coefficient > 0, extra) {
        (true, ..=255) => POSITIVE_8,
        (true, _) => POSITIVE_16,
        (false, ..=255) => NEGATIVE_8,
        (false, _) => NEGATIVE_16,
    };
    Token { value, extra }
}

/// The tokens of a block.
pub(crate) fn tokens(coefficients: &[i16]) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(coefficients.len() / 4);
    let mut zeros = 0;
    for &coefficient in coefficients {
        if coefficient == 0 {
            zeros += 1;
            continue;
        }
        if zeros > 0 {
            run(zeros, &mut tokens);
            zeros = 0;
        }
        tokens.push(single(coefficient));
    }
    run(zeros, &mut tokens);
    tokens
}

/// Coefficients as they come out of the blocks.
pub(crate) struct Coefficients {
    pub(crate) values: Vec<i16>,
    /// All there can be.
    pub(crate) expected: usize,
}

impl Coefficients {
    /// Memory is taken as blocks fill it, never for more than `expected`, which [`Limits`](crate::Limits) bound. Runs of zeros fill it
    /// from few octets.
    pub(crate) fn new(expected: usize) -> Self {
        Self {
            values: Vec::new(),
            expected,
        }
    }

    /// Reads a block that begins at `at` and goes on to the next marker; returns the octets it takes.
    pub(crate) fn read_block(
        &mut self,
        data: &[u8],
        at: usize,
        table: &Decoder,
    ) -> Result<usize, Error> {
        let (block, len) = bits::unstuffed(data);
        let mut reader = Reader::new(&block);
        let read = self.read_codes(&mut reader, table);
        let here = || at + bits::stuffed_len(data, reader.octet());
        read.map(|()| len)
            .map_err(|fault| fault.at(here(), self.expected))
    }

    fn read_codes(&mut self, reader: &mut Reader<'_>, table: &Decoder) -> Result<(), Fault> {
        loop {
            reader.refill();
            let found = table.find(reader.peek());
            let bits = u32::from(found.bits);
            // What is left is filling, or nothing.
            if bits > reader.left() || (bits == 0 && reader.left() < 16) {
                return Ok(());
            }
            if bits == 0 {
                return Err(Fault::NoSuchCode);
            }
            reader.skip(bits);
            match found.value {
                107..=254 => self.push(i16::from(found.value) - ZERO)?,
                zeros @ 1..=MAX_RUN => self.zeros(usize::from(zeros))?,
                0 | 255 => return Err(Fault::NoSuchCode),
                escape => self.escape(escape, reader)?,
            }
        }
    }

    fn escape(&mut self, value: u8, reader: &mut Reader<'_>) -> Result<(), Fault> {
        reader.refill();
        let bits = extra_bits(value);
        if bits > reader.left() {
            return Err(Fault::CutOff);
        }
        let extra = reader.peek() >> (16 - bits);
        reader.skip(bits);
        if matches!(value, RUN_8 | RUN_16) {
            return self.zeros(usize::from(extra));
        }
        let size = i16::try_from(extra).map_err(|_| Fault::Range)?;
        let is_negative = matches!(value, NEGATIVE_8 | NEGATIVE_16);
        self.push(if is_negative { -size } else { size })
    }

    #[inline]
    fn push(&mut self, value: i16) -> Result<(), Fault> {
        if self.values.len() >= self.expected {
            return Err(Fault::TooMany);
        }
        self.values.push(value);
        Ok(())
    }

    #[inline]
    fn zeros(&mut self, count: usize) -> Result<(), Fault> {
        let len = self.values.len() + count;
        if len > self.expected {
            return Err(Fault::TooMany);
        }
        self.values.resize(len, 0);
        Ok(())
    }
}

/// What is wrong with a block; where is known one step above.
enum Fault {
    NoSuchCode,
    CutOff,
    Range,
    TooMany,
}

impl Fault {
    fn at(self, at: usize, expected: usize) -> Error {
        match self {
            Self::NoSuchCode => Error::NoSuchCode { at },
            Self::CutOff => Error::Truncated {
                at,
                segment: Segment::BlockHeader,
            },
            Self::Range => Error::CoefficientRange { at },
            Self::TooMany => Error::TooManyCoefficients { at, expected },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Case<'a> = (Vec<i16>, &'a [(u8, u16)]);

    #[test]
    fn tokens_of_coefficients() {
        let zeros = |count: usize| vec![0; count];
        let cases: Vec<Case> = vec![
            (vec![], &[]),
            (vec![-73, 74, 1], &[(107, 0), (254, 0), (181, 0)]),
            (
                vec![-74, -255, -256, i16::MIN],
                &[(102, 74), (102, 255), (104, 256), (104, 32768)],
            ),
            (
                vec![75, 255, 256, i16::MAX],
                &[(101, 75), (101, 255), (103, 256), (103, 32767)],
            ),
            (vec![0, 5, 0, 0], &[(1, 0), (185, 0), (2, 0)]),
            (zeros(100), &[(100, 0)]),
            (zeros(101), &[(105, 101)]),
            (zeros(255), &[(105, 255)]),
            (zeros(256), &[(106, 256)]),
            (zeros(65535), &[(106, 65535)]),
            (zeros(65536), &[(106, 65535), (1, 0)]),
        ];
        for (coefficients, want) in cases {
            let found: Vec<_> = tokens(&coefficients)
                .iter()
                .map(|t| (t.value, t.extra))
                .collect();
            assert_eq!(found, want);
        }
    }
}
