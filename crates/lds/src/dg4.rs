//! EF.DG4: irises (Doc 9303-10 §4.7.4).

use iso7816::tlv::{Tag, Tlv};

use crate::biometric_template::{
    BiometricInformationGroup, BiometricRecord, BiometricSubtype, Modality,
};
use crate::{Deviations, File, FileContent, Result};

/// EF.DG4: records of one eye each, or none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Dg4(pub BiometricInformationGroup);

impl Dg4 {
    /// The file of these eyes, the interoperable record first.
    ///
    /// # Errors
    /// [`crate::Error::Misuse`] when there are more than the file can hold.
    pub fn of_eyes(
        eyes: impl IntoIterator<Item = (BiometricSubtype, BiometricRecord)>,
    ) -> Result<Self> {
        let records = eyes.into_iter().map(|(eye, record)| (Some(eye), record));
        BiometricInformationGroup::new(Modality::Iris, records).map(Self)
    }

    /// The file of a holder who has none to give; random octets make its hash unlike that of others
    /// (Doc 9303-10 §4.7.4.2.2).
    #[must_use]
    pub fn none(random: &[u8]) -> Self {
        Self(BiometricInformationGroup::empty(random))
    }
}

impl FileContent for Dg4 {
    const FILE: File = File::Dg4;
    const TAG: Tag = Tag::new(0x76);

    fn read(outer: &Tlv<'_>, deviations: &mut Deviations) -> Result<Self> {
        BiometricInformationGroup::read(outer, Modality::Iris, deviations).map(Self)
    }

    fn value(&self) -> Vec<u8> {
        self.0.value()
    }
}
