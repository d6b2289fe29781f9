//! EF.DG9: structure features (Doc 9303-10 §4.7.9).

use iso7816::tlv::{Tag, Tlv};

use crate::counted_content::CountedContent;
use crate::{Deviations, File, FileContent, Result};

/// EF.DG9.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Dg9(pub CountedContent);

impl FileContent for Dg9 {
    const FILE: File = File::Dg9;
    const TAG: Tag = Tag::new(0x69);

    fn read(outer: &Tlv<'_>, _: &mut Deviations) -> Result<Self> {
        CountedContent::read(outer).map(Self)
    }

    fn value(&self) -> Vec<u8> {
        self.0.value()
    }
}
