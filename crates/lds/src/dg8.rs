//! EF.DG8: data features (Doc 9303-10 §4.7.8).

use iso7816::tlv::{Tag, Tlv};

use crate::counted_content::CountedContent;
use crate::{Deviations, File, FileContent, Result};

/// EF.DG8.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Dg8(pub CountedContent);

impl FileContent for Dg8 {
    const FILE: File = File::Dg8;
    const TAG: Tag = Tag::new(0x68);

    fn read(outer: &Tlv<'_>, _: &mut Deviations) -> Result<Self> {
        CountedContent::read(outer).map(Self)
    }

    fn value(&self) -> Vec<u8> {
        self.0.value()
    }
}
