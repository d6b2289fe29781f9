//! EF.DG13: optional details, the issuer's own (Doc 9303-10 §4.7.13).

pub mod vietnam;

use iso7816::tlv::{Tag, Tlv};

use crate::{Deviations, File, FileContent, Result};

/// EF.DG13. Whatever the issuer put there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Dg13 {
    /// The value of the outer object.
    pub content: Vec<u8>,
}

impl FileContent for Dg13 {
    const FILE: File = File::Dg13;
    const TAG: Tag = Tag::new(0x6D);

    fn read(outer: &Tlv<'_>, _: &mut Deviations) -> Result<Self> {
        let content = outer.value.to_vec();
        Ok(Self { content })
    }

    fn value(&self) -> Vec<u8> {
        self.content.clone()
    }
}
