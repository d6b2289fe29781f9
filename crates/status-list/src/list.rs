//! The list itself: some bits for each entry, packed and compressed (draft-ietf-oauth-status-list-21 §4.1).

use std::io::{Read, Write};

use flate2::Compression;
use flate2::bufread::ZlibDecoder;
use flate2::write::ZlibEncoder;

use crate::error::ListFault;
use crate::{Error, Result, Status};

/// The most octets a list unpacks to: a million entries of eight bits.
pub const MAX_LIST_BYTES: usize = 1024 * 1024;

/// How many bits an entry has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bits {
    /// Valid and invalid.
    One,
    /// Suspended as well, and one status of one's own.
    Two,
    /// Sixteen statuses.
    Four,
    /// 256 statuses.
    Eight,
}

impl Bits {
    /// From the number.
    ///
    /// # Errors
    /// [`ListFault::Bits`].
    pub const fn from_count(count: u64) -> core::result::Result<Self, ListFault> {
        match count {
            1 => Ok(Self::One),
            2 => Ok(Self::Two),
            4 => Ok(Self::Four),
            8 => Ok(Self::Eight),
            other => Err(ListFault::Bits(other)),
        }
    }

    /// The number.
    #[must_use]
    pub const fn count(self) -> u8 {
        match self {
            Self::One => 1,
            Self::Two => 2,
            Self::Four => 4,
            Self::Eight => 8,
        }
    }

    const fn mask(self) -> u8 {
        u8::MAX >> (8 - self.count())
    }

    const fn entries_of_octet(self) -> u64 {
        (8 / self.count()) as u64
    }
}

/// A list of statuses. Entries lie from the least significant bit of an octet upwards.
#[derive(Clone, PartialEq, Eq)]
pub struct StatusList {
    bits: Bits,
    octets: Vec<u8>,
}

impl StatusList {
    /// A list in which everything is valid. The number of entries is rounded up to whole octets.
    ///
    /// # Errors
    /// [`ListFault::Entries`] for none, or more than [`MAX_LIST_BYTES`] hold.
    pub fn new(bits: Bits, entries: u64) -> Result<Self> {
        let octets = usize::try_from(entries.div_ceil(bits.entries_of_octet()));
        match octets {
            Ok(octets @ 1..=MAX_LIST_BYTES) => Ok(Self {
                bits,
                octets: vec![0; octets],
            }),
            _ => Err(ListFault::Entries(most_entries(bits)).into()),
        }
    }

    /// Bits of an entry.
    #[must_use]
    pub const fn bits(&self) -> Bits {
        self.bits
    }

    /// Entries: as many as its octets hold.
    #[must_use]
    pub fn entries(&self) -> u64 {
        u64::try_from(self.octets.len()).unwrap_or(u64::MAX) * self.bits.entries_of_octet()
    }

    /// The status of an entry.
    ///
    /// # Errors
    /// [`Error::NoSuchIndex`]: beyond the end a list says nothing, not even that something is valid.
    pub fn status(&self, index: u64) -> Result<Status> {
        let (at, shift) = self.place(index)?;
        let octet = self.octets.get(at).ok_or_else(|| self.beyond(index))?;
        Ok(Status::from_value(octet >> shift & self.bits.mask()))
    }

    /// Sets the status of an entry.
    ///
    /// # Errors
    /// [`Error::NoSuchIndex`], [`Error::StatusTooLarge`].
    pub fn set(&mut self, index: u64, status: Status) -> Result<()> {
        let (value, mask) = (status.value(), self.bits.mask());
        if value & !mask != 0 {
            return Err(Error::StatusTooLarge {
                status: value,
                bits: self.bits.count(),
            });
        }
        let (at, shift) = self.place(index)?;
        let beyond = self.beyond(index);
        let octet = self.octets.get_mut(at).ok_or(beyond)?;
        *octet = *octet & !(mask << shift) | value << shift;
        Ok(())
    }

    fn place(&self, index: u64) -> Result<(usize, u8)> {
        let in_octet = self.bits.entries_of_octet();
        let at = usize::try_from(index / in_octet).map_err(|_| self.beyond(index))?;
        let shift = (index % in_octet).to_le_bytes()[0] * self.bits.count();
        Ok((at, shift))
    }

    fn beyond(&self, index: u64) -> Error {
        let entries = self.entries();
        Error::NoSuchIndex { index, entries }
    }

    /// Packs it: ZLIB at the highest level, as the draft recommends.
    #[must_use]
    pub fn compress(&self) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        // Writing to memory cannot fail.
        let _ = encoder.write_all(&self.octets);
        encoder.finish().unwrap_or_default()
    }

    /// Unpacks one, and no more of it than a list can have.
    ///
    /// # Errors
    /// [`ListFault`].
    pub fn decompress(bits: Bits, compressed: &[u8]) -> Result<Self> {
        let most = u64::try_from(MAX_LIST_BYTES).unwrap_or(u64::MAX);
        let mut decoder = ZlibDecoder::new(compressed);
        let mut octets = Vec::new();
        let mut limited = decoder.by_ref().take(most + 1);
        limited
            .read_to_end(&mut octets)
            .map_err(|_| ListFault::Zlib)?;
        if octets.len() > MAX_LIST_BYTES {
            return Err(ListFault::TooLarge(MAX_LIST_BYTES).into());
        }
        if !decoder.into_inner().is_empty() {
            return Err(ListFault::Trailing.into());
        }
        if octets.is_empty() {
            return Err(ListFault::Entries(most_entries(bits)).into());
        }
        Ok(Self { bits, octets })
    }
}

fn most_entries(bits: Bits) -> u64 {
    u64::try_from(MAX_LIST_BYTES).unwrap_or(u64::MAX) * bits.entries_of_octet()
}

impl core::fmt::Debug for StatusList {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let (entries, bits) = (self.entries(), self.bits.count());
        write!(f, "StatusList({entries} entries of {bits} bits)")
    }
}

#[cfg(test)]
mod tests;
