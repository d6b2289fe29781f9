//! EF.DG2: face (Doc 9303-10 §4.7.2).

use iso7816::tlv::{Tag, Tlv};

use crate::biometric_template::{BiometricInformationGroup, BiometricRecord, Modality};
use crate::{Deviations, File, FileContent, Result};

/// EF.DG2: one to nine records, each of one face.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Dg2(pub BiometricInformationGroup);

impl Dg2 {
    /// The file of these faces, the interoperable record first.
    ///
    /// # Errors
    /// [`crate::Error::Misuse`] when there is none, or more than nine.
    pub fn of_faces(faces: impl IntoIterator<Item = BiometricRecord>) -> Result<Self> {
        let records = faces.into_iter().map(|record| (None, record));
        BiometricInformationGroup::new(Modality::Face, records).map(Self)
    }
}

impl FileContent for Dg2 {
    const FILE: File = File::Dg2;
    const TAG: Tag = Tag::new(0x75);

    fn read(outer: &Tlv<'_>, deviations: &mut Deviations) -> Result<Self> {
        BiometricInformationGroup::read(outer, Modality::Face, deviations).map(Self)
    }

    fn value(&self) -> Vec<u8> {
        self.0.value()
    }
}
