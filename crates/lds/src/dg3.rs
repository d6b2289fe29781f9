//! EF.DG3: fingers (Doc 9303-10 §4.7.3).

use iso7816::tlv::{Tag, Tlv};

use crate::biometric_template::{
    BiometricInformationGroup, BiometricRecord, BiometricSubtype, Modality,
};
use crate::{Deviations, File, FileContent, Result};

/// EF.DG3: records of one finger each, or none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Dg3(pub BiometricInformationGroup);

impl Dg3 {
    /// The file of these fingers, the interoperable record first.
    ///
    /// # Errors
    /// [`crate::Error::Misuse`] when there are more than the file can hold.
    pub fn of_fingers(
        fingers: impl IntoIterator<Item = (BiometricSubtype, BiometricRecord)>,
    ) -> Result<Self> {
        let records = fingers
            .into_iter()
            .map(|(finger, record)| (Some(finger), record));
        BiometricInformationGroup::new(Modality::Finger, records).map(Self)
    }

    /// The file of a holder who has none to give; random octets make its hash unlike that of others
    /// (Doc 9303-10 §4.7.3.2.2).
    #[must_use]
    pub fn none(random: &[u8]) -> Self {
        Self(BiometricInformationGroup::empty(random))
    }
}

impl FileContent for Dg3 {
    const FILE: File = File::Dg3;
    const TAG: Tag = Tag::new(0x63);

    fn read(outer: &Tlv<'_>, deviations: &mut Deviations) -> Result<Self> {
        BiometricInformationGroup::read(outer, Modality::Finger, deviations).map(Self)
    }

    fn value(&self) -> Vec<u8> {
        self.0.value()
    }
}
