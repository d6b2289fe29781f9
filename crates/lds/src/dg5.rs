//! EF.DG5: displayed portrait (Doc 9303-10 §4.7.5).

use iso7816::tlv::{Tag, Tlv};

use crate::{Deviations, File, FileContent, Result, displayed_image};

const PORTRAIT: Tag = Tag::new(0x5F40);

/// EF.DG5, one to nine images.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Dg5 {
    /// The portraits, each a whole JPEG or JPEG 2000 file.
    pub portraits: Vec<Vec<u8>>,
}

impl FileContent for Dg5 {
    const FILE: File = File::Dg5;
    const TAG: Tag = Tag::new(0x65);

    fn read(outer: &Tlv<'_>, deviations: &mut Deviations) -> Result<Self> {
        let portraits = displayed_image::read(outer, PORTRAIT, deviations)?;
        Ok(Self { portraits })
    }

    fn value(&self) -> Vec<u8> {
        displayed_image::value(&self.portraits, PORTRAIT)
    }
}
