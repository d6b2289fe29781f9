//! EF.DG7: displayed signature or usual mark (Doc 9303-10 §4.7.7).

use iso7816::tlv::{Tag, Tlv};

use crate::{Deviations, File, FileContent, Result, displayed_image};

const SIGNATURE: Tag = Tag::new(0x5F43);

/// EF.DG7, one to nine images.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Dg7 {
    /// The signatures or marks, each a whole JPEG or JPEG 2000 file.
    pub signatures: Vec<Vec<u8>>,
}

impl FileContent for Dg7 {
    const FILE: File = File::Dg7;
    const TAG: Tag = Tag::new(0x67);

    fn read(outer: &Tlv<'_>, deviations: &mut Deviations) -> Result<Self> {
        let signatures = displayed_image::read(outer, SIGNATURE, deviations)?;
        Ok(Self { signatures })
    }

    fn value(&self) -> Vec<u8> {
        displayed_image::value(&self.signatures, SIGNATURE)
    }
}
