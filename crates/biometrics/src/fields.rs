use crate::{Error, Result};

/// Reads the big-endian fields of a record one after the other.
#[derive(Debug, Clone)]
pub(crate) struct Fields<'a> {
    rest: &'a [u8],
    at: usize,
}

impl<'a> Fields<'a> {
    pub(crate) fn new(record: &'a [u8]) -> Self {
        Self {
            rest: record,
            at: 0,
        }
    }

    /// How many bytes were read.
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// How many bytes are left.
    pub(crate) fn remaining(&self) -> usize {
        self.rest.len()
    }

    /// The next `length` bytes, which are `what`.
    pub(crate) fn bytes(&mut self, length: usize, what: &'static str) -> Result<&'a [u8]> {
        let (bytes, rest) = self
            .rest
            .split_at_checked(length)
            .ok_or(Error::Malformed { what, at: self.at })?;
        self.rest = rest;
        self.at += length;
        Ok(bytes)
    }

    pub(crate) fn array<const N: usize>(&mut self, what: &'static str) -> Result<[u8; N]> {
        let (bytes, rest) = self
            .rest
            .split_first_chunk()
            .ok_or(Error::Malformed { what, at: self.at })?;
        self.rest = rest;
        self.at += N;
        Ok(*bytes)
    }

    pub(crate) fn u8(&mut self, what: &'static str) -> Result<u8> {
        self.array(what).map(u8::from_be_bytes)
    }

    pub(crate) fn u16(&mut self, what: &'static str) -> Result<u16> {
        self.array(what).map(u16::from_be_bytes)
    }

    pub(crate) fn u24(&mut self, what: &'static str) -> Result<u32> {
        let [a, b, c] = self.array(what)?;
        Ok(u32::from_be_bytes([0, a, b, c]))
    }

    pub(crate) fn u32(&mut self, what: &'static str) -> Result<u32> {
        self.array(what).map(u32::from_be_bytes)
    }

    pub(crate) fn u48(&mut self, what: &'static str) -> Result<u64> {
        let [a, b, c, d, e, f] = self.array(what)?;
        Ok(u64::from_be_bytes([0, 0, a, b, c, d, e, f]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_in_order_and_says_where_the_end_was() {
        let mut fields = Fields::new(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
        assert_eq!(fields.u8("a").unwrap(), 1);
        assert_eq!(fields.u16("b").unwrap(), 0x0203);
        assert_eq!(fields.u24("c").unwrap(), 0x0004_0506);
        assert_eq!(fields.u48("d").unwrap(), 0x0708_090A_0B0C);
        assert_eq!(fields.remaining(), 1);
        assert!(matches!(
            fields.u32("e"),
            Err(Error::Malformed { what: "e", at: 12 })
        ));
        assert_eq!(fields.bytes(1, "f").unwrap(), &[13]);
    }
}
