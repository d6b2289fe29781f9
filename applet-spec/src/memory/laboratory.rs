//! What a laboratory does to a chip that a terminal cannot: make it lie.

use lds::File;

use super::ChipMemory;
use crate::{Error, Result};

impl ChipMemory {
    /// Alters one octet of a file behind the back of every check: `octet xor mask`.
    ///
    /// A tool for negative tests: inspection must notice. No command of the chip leads here.
    ///
    /// # Errors
    /// [`Error::Misuse`] when the chip does not have the file, or it is shorter.
    pub fn tamper(&mut self, file: File, offset: usize, mask: u8) -> Result<()> {
        let octet = self
            .stored_file_mut(file)
            .and_then(|stored| stored.octets.get_mut(offset))
            .ok_or(Error::Misuse("no such octet on the chip"))?;
        *octet ^= mask;
        Ok(())
    }

    /// Puts other content in the place of a file of the chip, of whatever length.
    ///
    /// A tool for negative tests, as [`ChipMemory::tamper`]: a file swapped with another card's.
    ///
    /// # Errors
    /// [`Error::Misuse`] when the chip does not have the file.
    pub fn replace_file(&mut self, file: File, octets: Vec<u8>) -> Result<()> {
        let stored = self
            .stored_file_mut(file)
            .ok_or(Error::Misuse("no such file on the chip"))?;
        stored.mark = octets.len();
        stored.octets = octets;
        Ok(())
    }
}
