//! What a file says before anybody has verified it.
//!
//! The person at the counter wants to see the name while the portrait is still being read. What is shown then has a type of its
//! own, from which nothing verified can be made: [`crate::Data::Verified`] comes only with a report.

use lds::{Dg1, File, FileContent as _};
use mrz::Mrz;

use crate::document::Portrait;
use crate::document_details;
use crate::steps::content;

/// A file as it came out of the chip. To be shown with a mark, never to be believed.
#[derive(Clone, Copy)]
pub struct NotYetVerified<'a> {
    file: File,
    bytes: &'a [u8],
}

impl<'a> NotYetVerified<'a> {
    pub(crate) const fn new(file: File, bytes: &'a [u8]) -> Self {
        Self { file, bytes }
    }

    /// Which file.
    #[must_use]
    pub const fn file(&self) -> File {
        self.file
    }

    /// Its octets.
    #[must_use]
    pub const fn size(&self) -> usize {
        self.bytes.len()
    }

    /// The machine readable zone, if the file is EF.DG1 and can be understood.
    #[must_use]
    pub fn zone(&self) -> Option<Mrz> {
        let dg1 = Dg1::parse(self.of(File::Dg1)?).ok()?;
        Some(dg1.value.mrz().clone())
    }

    /// The image of the face, if the file is EF.DG2 and has one.
    #[must_use]
    pub fn portrait(&self) -> Option<Portrait> {
        content::portrait(self.of(File::Dg2)?)
    }

    /// Label and text of every field, if the file is EF.DG11, EF.DG12 or EF.DG13.
    #[must_use]
    pub fn details(&self) -> Vec<(String, String)> {
        document_details::details(|file| self.of(file))
    }

    fn of(&self, file: File) -> Option<&'a [u8]> {
        (self.file == file).then_some(self.bytes)
    }
}

/// The content stays out of logs.
impl core::fmt::Debug for NotYetVerified<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "NotYetVerified({}, {} bytes)", self.file, self.size())
    }
}
