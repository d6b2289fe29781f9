//! What a document says of its holder, for people.

use core::fmt;
use std::collections::BTreeMap;

use biometrics::image::ImageFormat;
use lds::File;
use mrz::Mrz;

/// The holder's data out of the files that were read.
///
/// Whether they may be believed is not said here but by [`crate::Report::data`]: the same values are wrapped as verified or
/// as unverified.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Document {
    /// Machine readable zone of EF.DG1.
    pub mrz: Option<Mrz>,
    /// First image of EF.DG2.
    pub portrait: Option<Portrait>,
    /// Fields of EF.DG11, EF.DG12 and EF.DG13 in the order of the files: label and text.
    pub details: Vec<(String, String)>,
    /// The files as read, for a folder or for hashing by somebody else.
    pub files: BTreeMap<File, Vec<u8>>,
}

/// Which files there are, and nothing of what they say.
impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lengths: BTreeMap<&str, usize> = self
            .files
            .iter()
            .map(|(file, bytes)| (file.name(), bytes.len()))
            .collect();
        f.debug_struct("Document")
            .field("details", &self.details.len())
            .field("files", &lengths)
            .finish_non_exhaustive()
    }
}

/// The image of the holder's face.
#[derive(Clone, PartialEq, Eq)]
pub struct Portrait {
    /// Format of the image, by its first octets.
    pub format: ImageFormat,
    /// The image file.
    pub bytes: Vec<u8>,
}

impl fmt::Debug for Portrait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Portrait({:?}, {} bytes)", self.format, self.bytes.len())
    }
}

/// The holder's data, by what passive authentication said of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Data {
    /// Every data group that was read, EF.DG1 among them, carries the signature of a document signer that a trusted CSCA has
    /// certified.
    Verified(Document),
    /// At least one of that could not be shown. To be looked at, not to be believed.
    Unverified(Document),
}

impl Data {
    /// The data without the distinction: for showing them beside the verdict.
    #[must_use]
    pub const fn as_shown(&self) -> &Document {
        match self {
            Self::Verified(document) | Self::Unverified(document) => document,
        }
    }

    /// The data, if they may be believed.
    #[must_use]
    pub const fn verified(&self) -> Option<&Document> {
        match self {
            Self::Verified(document) => Some(document),
            Self::Unverified(_) => None,
        }
    }
}
