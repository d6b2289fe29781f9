//! Bits of a block: behind every FF a zero is stuffed, so that no marker can arise (IAFIS-IC-0110).

/// The octets of a block without stuffing, and how many of the codestream they took.
pub(crate) fn unstuffed(data: &[u8]) -> (Vec<u8>, usize) {
    let mut block = Vec::new();
    let mut rest = data;
    loop {
        let run = rest
            .iter()
            .position(|&octet| octet == 0xFF)
            .unwrap_or(rest.len());
        let (plain, behind) = rest.split_at_checked(run).unwrap_or((rest, &[]));
        block.extend_from_slice(plain);
        let [0xFF, 0, behind @ ..] = behind else {
            return (block, data.len() - behind.len());
        };
        block.push(0xFF);
        rest = behind;
    }
}

/// How many octets of a codestream hold so many of a block.
pub(crate) fn stuffed_len(data: &[u8], block_octets: usize) -> usize {
    let mut at = 0;
    for _ in 0..block_octets {
        at += if data.get(at) == Some(&0xFF) { 2 } else { 1 };
    }
    at.min(data.len())
}

/// Bits from the left of each octet.
pub(crate) struct Reader<'a> {
    block: &'a [u8],
    /// Octets taken into `held`.
    taken: usize,
    /// Bits to come, from the left.
    held: u64,
    count: u32,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(block: &'a [u8]) -> Self {
        Self {
            block,
            taken: 0,
            held: 0,
            count: 0,
        }
    }

    /// At least 32 bits, or all that are left.
    #[inline]
    pub(crate) fn refill(&mut self) {
        if self.count >= 32 {
            return;
        }
        let rest = self.block.get(self.taken..).unwrap_or_default();
        if let Some(four) = rest.first_chunk::<4>() {
            self.held |= u64::from(u32::from_be_bytes(*four)) << (32 - self.count);
            self.count += 32;
            self.taken += 4;
            return;
        }
        for &octet in rest {
            self.held |= u64::from(octet) << (56 - self.count);
            self.count += 8;
            self.taken += 1;
        }
    }

    /// The next 16 bits, with zeros behind the last.
    #[inline]
    pub(crate) fn peek(&self) -> u16 {
        (self.held >> 48) as u16
    }

    /// Bits left, exact once fewer than 32.
    #[inline]
    pub(crate) fn left(&self) -> u32 {
        self.count
    }

    #[inline]
    pub(crate) fn skip(&mut self, bits: u32) {
        self.held <<= bits;
        self.count = self.count.saturating_sub(bits);
    }

    /// The octet of the block in which the next bit is.
    pub(crate) fn octet(&self) -> usize {
        self.taken - (self.count as usize).div_ceil(8)
    }
}

/// Writes bits, stuffing as it goes.
#[derive(Default)]
pub(crate) struct Writer {
    held: u64,
    count: u32,
}

impl Writer {
    /// At most 32 bits.
    #[inline]
    pub(crate) fn put(&mut self, value: u32, bits: u32, out: &mut Vec<u8>) {
        self.held = self.held << bits | u64::from(value);
        self.count += bits;
        while self.count >= 8 {
            self.count -= 8;
            let octet = (self.held >> self.count) as u8;
            out.push(octet);
            if octet == 0xFF {
                out.push(0);
            }
        }
    }

    /// Ones up to the end of the octet.
    pub(crate) fn finish(mut self, out: &mut Vec<u8>) {
        let missing = (8 - self.count % 8) % 8;
        self.put((1 << missing) - 1, missing, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stuffing_goes_and_comes() {
        let data = [1, 0xFF, 0, 2, 0xFF, 0, 0xFF, 0xA1, 9];
        let (block, len) = unstuffed(&data);
        assert_eq!((block.as_slice(), len), (&[1, 0xFF, 2, 0xFF][..], 6));
        assert_eq!(
            [0, 1, 2, 3, 4, 5].map(|octets| stuffed_len(&data, octets)),
            [0, 1, 3, 4, 6, 8]
        );
        assert_eq!(unstuffed(&[5, 0xFF]), (vec![5], 1));
        assert_eq!(unstuffed(&[]), (vec![], 0));

        let mut out = Vec::new();
        let mut writer = Writer::default();
        writer.put(0x1FF, 9, &mut out);
        writer.put(0x7F, 7, &mut out);
        writer.put(0b10, 2, &mut out);
        writer.finish(&mut out);
        assert_eq!(out, [0xFF, 0, 0xFF, 0, 0b1011_1111]);
    }

    #[test]
    fn bits_to_the_last() {
        let block = [0xA5, 0x5A, 0x0F, 0xF0, 0x12, 0x34, 0x56];
        let mut reader = Reader::new(&block);
        let mut read = String::new();
        for _ in 0..56 {
            reader.refill();
            assert!(reader.left() > 0);
            read.push(if reader.peek() >> 15 == 1 { '1' } else { '0' });
            reader.skip(1);
        }
        reader.refill();
        assert_eq!((reader.left(), reader.octet()), (0, 7));
        let want: String = block.iter().map(|octet| format!("{octet:08b}")).collect();
        assert_eq!(read, want);
    }
}
