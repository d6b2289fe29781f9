//! Huffman tables (DHT) and finding the values of codes (IAFIS-IC-0110).

use crate::cursor::Cursor;
use crate::error::HuffmanFault;
use crate::{Error, Segment};

/// The longest code.
pub(crate) const MAX_BITS: usize = 16;
/// Tables of a codestream.
pub(crate) const TABLES: usize = 8;
/// Codes up to this length are found by one look.
const LOOK_BITS: usize = 11;

/// A value and the length of its code; of length zero where there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) value: u8,
    pub(crate) bits: u8,
}

/// A table ready to decode with.
#[derive(Clone, Debug)]
pub(crate) struct Decoder {
    look: Vec<Found>,
    /// The longer codes, by length.
    long: Vec<LongCodes>,
}

#[derive(Clone, Debug)]
struct LongCodes {
    bits: u8,
    first: u32,
    values: Vec<u8>,
}

impl Decoder {
    /// Codes by length, and values in the order of their codes.
    fn new(at: usize, counts: &[u8; MAX_BITS], values: &[u8]) -> Result<Self, Error> {
        let mut look = vec![Found::default(); 1 << LOOK_BITS];
        let mut long = Vec::new();
        let mut rest = values;
        let mut code = 0_u32;
        for (bits, &count) in (1_u8..).zip(counts) {
            code <<= 1;
            let count = usize::from(count);
            let (these, others) = rest.split_at_checked(count).unwrap_or((rest, &[]));
            rest = others;
            if code as usize + count > 1 << bits {
                let fault = HuffmanFault::Oversubscribed;
                return Err(Error::Huffman { at, fault });
            }
            if usize::from(bits) <= LOOK_BITS {
                let each = 1 << (LOOK_BITS - usize::from(bits));
                let places = look.iter_mut().skip(code as usize * each);
                let found = these
                    .iter()
                    .flat_map(|&value| std::iter::repeat_n(Found { value, bits }, each));
                for (place, found) in places.zip(found) {
                    *place = found;
                }
            } else if !these.is_empty() {
                let values = these.to_vec();
                let first = code;
                long.push(LongCodes {
                    bits,
                    first,
                    values,
                });
            }
            code += count as u32;
        }
        Ok(Self { look, long })
    }

    /// The value whose code the 16 bits begin with.
    #[inline]
    pub(crate) fn find(&self, bits: u16) -> Found {
        let short = self.look.get(usize::from(bits) >> (MAX_BITS - LOOK_BITS));
        match short {
            Some(found) if found.bits > 0 => *found,
            _ => self.find_long(bits),
        }
    }

    #[cold]
    fn find_long(&self, bits: u16) -> Found {
        let found = self.long.iter().find_map(|codes| {
            let code = u32::from(bits) >> (MAX_BITS - usize::from(codes.bits));
            let place = code.checked_sub(codes.first)? as usize;
            codes.values.get(place).map(|&value| Found {
                value,
                bits: codes.bits,
            })
        });
        found.unwrap_or_default()
    }
}

/// All tables of a segment, with their numbers.
pub(crate) fn read(cursor: &mut Cursor<'_>) -> Result<Vec<(usize, Decoder)>, Error> {
    const SEGMENT: Segment = Segment::HuffmanTable;
    let start = cursor.at();
    let content = cursor.sized(SEGMENT)?;
    let length = content.len() as u16 + 2;
    let wrong_length = Error::Length {
        at: start,
        segment: SEGMENT,
        length,
    };
    let mut found = Vec::new();
    let mut rest = content;
    loop {
        let at = cursor.at() - rest.len();
        let refused = |fault| Err(Error::Huffman { at, fault });
        let Some((&[number, ref counts @ ..], behind)) =
            rest.split_first_chunk::<{ 1 + MAX_BITS }>()
        else {
            return Err(wrong_length);
        };
        if usize::from(number) >= TABLES {
            return refused(HuffmanFault::Number);
        }
        let values: usize = counts.iter().map(|&count| usize::from(count)).sum();
        if values > 256 {
            return refused(HuffmanFault::Values);
        }
        let Some((values, behind)) = behind.split_at_checked(values) else {
            return Err(wrong_length);
        };
        found.push((usize::from(number), Decoder::new(at, counts, values)?));
        rest = behind;
        if rest.is_empty() {
            return Ok(found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(tables: &[(u8, &[u8], &[u8])]) -> Vec<u8> {
        let mut inside = Vec::new();
        for (number, counts, values) in tables {
            inside.push(*number);
            inside.extend(counts.iter().chain(&[0; 16]).take(16));
            inside.extend(*values);
        }
        let mut out = (inside.len() as u16 + 2).to_be_bytes().to_vec();
        out.extend(inside);
        out
    }

    #[test]
    fn codes_are_found_whatever_their_length() {
        // 0, 10, 110, and one of 16 bits behind them.
        let mut counts = [0; 16];
        counts[0..3].fill(1);
        counts[15] = 2;
        let octets = segment(&[(3, &counts, &[7, 8, 9, 10, 11])]);
        let tables = read(&mut Cursor::new(&octets)).unwrap();
        let (number, table) = &tables[0];
        assert_eq!(*number, 3);
        let cases = [
            (0x0000, (7, 1)),
            (0x7FFF, (7, 1)),
            (0x8000, (8, 2)),
            (0xC123, (9, 3)),
            (0xE000, (10, 16)),
            (0xE001, (11, 16)),
            (0xE002, (0, 0)),
            (0xFFFF, (0, 0)),
        ];
        for (bits, (value, bits_of)) in cases {
            let want = Found {
                value,
                bits: bits_of,
            };
            assert_eq!(table.find(bits), want, "{bits:04X}");
        }
    }

    #[test]
    fn tables_that_are_none() {
        let full = [255; 16];
        let cases: [(Vec<u8>, &str); 6] = [
            (segment(&[(8, &[1], &[1])]), "its number is above 7"),
            (segment(&[(0, &[3], &[1, 2, 3])]), "more codes than"),
            (segment(&[(0, &[2, 1], &[1, 2, 3])]), "more codes than"),
            (segment(&[(0, &full, &[])]), "more than 256 values"),
            (segment(&[(0, &[2], &[1])]), "cannot be 20 octets"),
            (vec![0, 2], "cannot be 2 octets"),
        ];
        for (octets, want) in cases {
            let error = read(&mut Cursor::new(&octets)).unwrap_err().to_string();
            assert!(error.contains(want), "{error}: {want}");
        }
        let two = segment(&[(0, &[2], &[1, 2]), (1, &[], &[])]);
        assert_eq!(read(&mut Cursor::new(&two)).unwrap().len(), 2);
    }
}
