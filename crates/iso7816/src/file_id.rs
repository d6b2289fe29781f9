//! File identifiers.

use core::fmt;

use crate::{Error, Result};

/// A two-octet file identifier (ISO 7816-4 §7.3.1).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u16);

impl FileId {
    /// The master file.
    pub const MASTER_FILE: Self = Self(0x3F00);

    /// Big-endian octets as they stand in SELECT.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 2] {
        self.0.to_be_bytes()
    }
}

impl fmt::Debug for FileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04X}", self.0)
    }
}

impl fmt::Display for FileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// A short file identifier, 1 to 30 (ISO 7816-4 §7.3.2).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sfi(u8);

impl Sfi {
    /// Checks the range.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for 0, 31 and more: 0 means "current file", 31 is reserved.
    pub const fn new(value: u8) -> Result<Self> {
        match value {
            1..=30 => Ok(Self(value)),
            _ => Err(Error::OutOfRange("a short file identifier is 1 to 30")),
        }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }

    /// P1 of READ BINARY that names the file: b8 set, b7 and b6 zero (Doc 9303-10 §3.6.3).
    #[must_use]
    pub const fn as_p1(self) -> u8 {
        0x80 | self.0
    }
}

impl fmt::Debug for Sfi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02X}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Sfi;

    #[test]
    fn range_of_sfi() {
        assert!(Sfi::new(0).is_err() && Sfi::new(31).is_err());
        assert_eq!(Sfi::new(30).unwrap().as_p1(), 0x9E);
    }
}
