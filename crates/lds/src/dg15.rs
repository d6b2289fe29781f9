//! EF.DG15: public key of active authentication (Doc 9303-10 §4.7.15).

use crypto::PublicKey;
use iso7816::tlv::{Tag, Tlv};

use crate::asn1::SEQUENCE;
use crate::data_object::Row;
use crate::{Deviations, File, FileContent, Result, SubjectPublicKey};

/// EF.DG15.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dg15 {
    /// The key.
    pub public_key: SubjectPublicKey,
}

impl Dg15 {
    /// The file of a key.
    ///
    /// # Errors
    /// [`crate::Error::Misuse`] for a key that cannot be written.
    pub fn new(public_key: PublicKey) -> Result<Self> {
        SubjectPublicKey::new(public_key).map(|public_key| Self { public_key })
    }
}

impl FileContent for Dg15 {
    const FILE: File = File::Dg15;
    const TAG: Tag = Tag::new(0x6F);

    fn read(outer: &Tlv<'_>, deviations: &mut Deviations) -> Result<Self> {
        let mut objects = Row::inside(outer, deviations)?;
        let key = objects.require(SEQUENCE, "EF.DG15, no SubjectPublicKeyInfo", deviations)?;
        objects.rest(deviations);
        Ok(Self {
            public_key: SubjectPublicKey::from_der(key.raw),
        })
    }

    fn value(&self) -> Vec<u8> {
        self.public_key.as_der().to_vec()
    }
}
