//! Reading octets, and knowing where.

use crate::{Error, Segment};

/// A place in a codestream.
pub(crate) struct Cursor<'a> {
    data: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(data: &'a [u8]) -> Self {
        Self { data, at: 0 }
    }

    pub(crate) fn at(&self) -> usize {
        self.at
    }

    pub(crate) fn rest(&self) -> &'a [u8] {
        self.data.get(self.at..).unwrap_or_default()
    }

    pub(crate) fn skip(&mut self, octets: usize) {
        self.at = self.at.saturating_add(octets).min(self.data.len());
    }

    pub(crate) fn take(&mut self, octets: usize, segment: Segment) -> Result<&'a [u8], Error> {
        let taken = self.rest().get(..octets).ok_or(Error::Truncated {
            at: self.data.len(),
            segment,
        })?;
        self.at += octets;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self, segment: Segment) -> Result<[u8; N], Error> {
        let found = self.rest().first_chunk::<N>();
        let found = *found.ok_or(Error::Truncated {
            at: self.data.len(),
            segment,
        })?;
        self.at += N;
        Ok(found)
    }

    pub(crate) fn u8(&mut self, segment: Segment) -> Result<u8, Error> {
        Ok(u8::from_be_bytes(self.array(segment)?))
    }

    pub(crate) fn u16(&mut self, segment: Segment) -> Result<u16, Error> {
        Ok(u16::from_be_bytes(self.array(segment)?))
    }

    pub(crate) fn u32(&mut self, segment: Segment) -> Result<u32, Error> {
        Ok(u32::from_be_bytes(self.array(segment)?))
    }

    /// A length that can only be one, as of a frame header.
    pub(crate) fn fixed_length(&mut self, length: u16, segment: Segment) -> Result<(), Error> {
        let at = self.at;
        match self.u16(segment)? {
            said if said == length => Ok(()),
            length => Err(Error::Length {
                at,
                segment,
                length,
            }),
        }
    }

    /// A length and as many octets, less its own two.
    pub(crate) fn sized(&mut self, segment: Segment) -> Result<&'a [u8], Error> {
        let at = self.at;
        let length = self.u16(segment)?;
        let inside = length.checked_sub(2).ok_or(Error::Length {
            at,
            segment,
            length,
        })?;
        self.take(usize::from(inside), segment)
    }
}
