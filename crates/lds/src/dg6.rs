//! EF.DG6: reserved, not to be written (Doc 9303-10 §4.7.6).

use iso7816::tlv::{Tag, Tlv};

use crate::{Deviations, File, FileContent, Result};

/// EF.DG6. Reserved by the standard: what a chip has there is kept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Dg6 {
    /// The value of the outer object.
    pub content: Vec<u8>,
}

impl FileContent for Dg6 {
    const FILE: File = File::Dg6;
    const TAG: Tag = Tag::new(0x66);

    fn read(outer: &Tlv<'_>, _: &mut Deviations) -> Result<Self> {
        let content = outer.value.to_vec();
        Ok(Self { content })
    }

    fn value(&self) -> Vec<u8> {
        self.content.clone()
    }
}
