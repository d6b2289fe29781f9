//! The shortest Huffman code for a block (IAFIS-IC-0110; ISO 10918-1 §K.2 has the same procedure).
//!
//! A value that never comes takes part, so that no code consists of ones only: ones fill the end of a block.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::Segment;
use crate::bits::Writer;
use crate::coefficients::{Token, extra_bits};
use crate::huffman::MAX_BITS;

const VALUES: usize = 256;
/// The value that never comes.
const RESERVED: usize = VALUES;
/// Longer codes cannot arise: the sum of all counts would have to exceed 64 bits.
const MAX_DEPTH: usize = 96;

/// A code: its bits and how many they are.
#[derive(Clone, Copy, Debug, Default)]
struct Code {
    bits: u16,
    len: u8,
}

/// A Huffman table to encode with.
pub(crate) struct Encoder {
    counts: [u8; MAX_BITS],
    values: Vec<u8>,
    codes: [Code; VALUES],
}

impl Encoder {
    /// The table for all these tokens.
    pub(crate) fn new<'a>(tokens: impl IntoIterator<Item = &'a Token>) -> Self {
        let mut frequencies = [0_u64; VALUES];
        for token in tokens {
            if let Some(frequency) = frequencies.get_mut(usize::from(token.value)) {
                *frequency += 1;
            }
        }
        let lengths = lengths(&frequencies);
        let counts = limited(&lengths);
        let mut by_length: Vec<(usize, u8)> = lengths
            .into_iter()
            .zip(0..=u8::MAX)
            .filter(|(len, _)| *len > 0)
            .collect();
        by_length.sort_unstable();
        let values: Vec<u8> = by_length.into_iter().map(|(_, value)| value).collect();
        let codes = codes(&counts, &values);
        Self {
            counts,
            values,
            codes,
        }
    }

    /// Appends the segment with marker.
    pub(crate) fn write_table(&self, number: u8, out: &mut Vec<u8>) {
        out.extend(Segment::HuffmanTable.marker().to_be_bytes());
        let length = 3 + MAX_BITS + self.values.len();
        out.extend((length as u16).to_be_bytes());
        out.push(number);
        out.extend(self.counts);
        out.extend(&self.values);
    }

    /// Appends a block with its header.
    pub(crate) fn write_block(&self, number: u8, tokens: &[Token], out: &mut Vec<u8>) {
        out.extend(Segment::BlockHeader.marker().to_be_bytes());
        out.extend([0, 3, number]);
        let mut writer = Writer::default();
        for token in tokens {
            let code = self
                .codes
                .get(usize::from(token.value))
                .copied()
                .unwrap_or_default();
            let extra = extra_bits(token.value);
            let bits = u32::from(code.bits) << extra | u32::from(token.extra);
            writer.put(bits, u32::from(code.len) + extra, out);
        }
        writer.finish(out);
    }
}

/// The length of each value's code, however long. Of equally rare values the greater one goes first, as in the reference.
fn lengths(frequencies: &[u64; VALUES]) -> [usize; VALUES] {
    let mut parents: Vec<Option<usize>> = vec![None; VALUES + 1];
    let mut heap = BinaryHeap::new();
    for (value, &frequency) in frequencies
        .iter()
        .enumerate()
        .filter(|(_, frequency)| **frequency > 0)
    {
        heap.push(Reverse((frequency, Reverse(value), value)));
    }
    heap.push(Reverse((1, Reverse(RESERVED), RESERVED)));
    while let (Some(Reverse(first)), Some(Reverse(second))) = (heap.pop(), heap.pop()) {
        let parent = parents.len();
        parents.push(None);
        for (_, _, node) in [first, second] {
            if let Some(place) = parents.get_mut(node) {
                *place = Some(parent);
            }
        }
        heap.push(Reverse((first.0 + second.0, first.1, parent)));
    }
    let depth = |value: usize| {
        let up = |node: &usize| parents.get(*node).copied().flatten();
        std::iter::successors(up(&value), up).count()
    };
    std::array::from_fn(depth)
}

/// How many codes there are of each length, none longer than 16 bits: two of the longest become one a bit shorter, and a shorter one
/// is split in two.
fn limited(lengths: &[usize; VALUES]) -> [u8; MAX_BITS] {
    let mut counts = [0_usize; MAX_DEPTH];
    let longest = lengths.iter().copied().max().unwrap_or(0);
    for &len in lengths.iter().chain([&longest]).filter(|len| **len > 0) {
        if let Some(count) = counts.get_mut(len) {
            *count += 1;
        }
    }
    let mut len = longest;
    while len > MAX_BITS {
        if counts.get(len).is_none_or(|&count| count == 0) {
            len -= 1;
            continue;
        }
        let shorter = (1..len - 1)
            .rev()
            .find(|len| counts.get(*len).is_some_and(|&count| count > 0));
        let Some(shorter) = shorter else {
            break;
        };
        let changes = [(len, -2), (len - 1, 1), (shorter + 1, 2), (shorter, -1)];
        for (len, change) in changes {
            if let Some(count) = counts.get_mut(len) {
                *count = count.saturating_add_signed(change);
            }
        }
    }
    // The value that never comes has one of the longest codes.
    if let Some(count) = counts.iter_mut().rfind(|count| **count > 0) {
        *count -= 1;
    }
    let counts: Vec<u8> = counts
        .iter()
        .skip(1)
        .take(MAX_BITS)
        .map(|&count| count as u8)
        .collect();
    counts.try_into().unwrap_or_default()
}

fn codes(counts: &[u8; MAX_BITS], values: &[u8]) -> [Code; VALUES] {
    let mut codes = [Code::default(); VALUES];
    let mut values = values.iter();
    let mut bits = 0_u16;
    for (len, &count) in (1..).zip(counts) {
        bits <<= 1;
        for &value in values.by_ref().take(usize::from(count)) {
            if let Some(code) = codes.get_mut(usize::from(value)) {
                *code = Code { bits, len };
            }
            bits = bits.wrapping_add(1);
        }
    }
    codes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cursor::Cursor;
    use crate::huffman;

    fn token(value: u8) -> Token {
        Token { value, extra: 0 }
    }

    /// Every value used has a code, codes are found again, and none is of ones only: at frequencies that make codes of 40 bits too.
    #[test]
    fn codes_of_all_depths() {
        for values in [0, 1, 2, 3, 17, 30, 100, 256] {
            for growth in [1.0, 1.1, 1.62] {
                let mut tokens = Vec::new();
                for value in 0..values {
                    let times = f64::powi(growth, (value % 26) as i32) as usize;
                    tokens.extend(std::iter::repeat_n(token(value as u8), times));
                }
                check(&tokens, values);
            }
        }
    }

    fn check(tokens: &[Token], values: usize) {
        let table = Encoder::new(tokens);
        assert_eq!(table.values.len(), values);
        assert_eq!(
            table
                .counts
                .iter()
                .map(|&count| usize::from(count))
                .sum::<usize>(),
            values
        );
        let mut out = Vec::new();
        table.write_table(0, &mut out);
        let tables = huffman::read(&mut Cursor::new(&out[2..])).unwrap();
        for &value in &table.values {
            let Code { bits, len } = table.codes[usize::from(value)];
            assert!(
                (1..=16).contains(&len) && bits != ((1_u32 << len) - 1) as u16,
                "{value}"
            );
            let found = tables[0].1.find(bits << (16 - len));
            assert_eq!((found.value, found.bits), (value, len));
        }
    }
}
