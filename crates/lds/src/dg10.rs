//! EF.DG10: substance features (Doc 9303-10 §4.7.10).

use iso7816::tlv::{Tag, Tlv};

use crate::counted_content::CountedContent;
use crate::{Deviations, File, FileContent, Result};

/// EF.DG10.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Dg10(pub CountedContent);

impl FileContent for Dg10 {
    const FILE: File = File::Dg10;
    const TAG: Tag = Tag::new(0x6A);

    fn read(outer: &Tlv<'_>, _: &mut Deviations) -> Result<Self> {
        CountedContent::read(outer).map(Self)
    }

    fn value(&self) -> Vec<u8> {
        self.0.value()
    }
}
